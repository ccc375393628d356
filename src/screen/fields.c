/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - a form of several lines: texts, numbers, dates, choices.
 *
 * Pure. Every field takes only what it is made of; Enter looks at it and goes
 * on, at the last one the whole form is done. Fields that are seldom needed
 * are behind one key. What may stay blank may stay blank.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define NAME_LEAST 2
#define DATE_DIGITS 8
#define YEAR_DIGITS 4
#define YEAR_LEAST 1900
#define PHONE_LEAST 9
#define PHONE_MOST 15
#define PLATE_LEAST 4
#define NUMBER_OLD_LEN 9
#define NUMBER_LEN 12
#define PASSPORT_LEAST 6
#define MINUTE_DIGITS 4
#define ZONE_MOST 44

typedef bool (*field_takes_fn)(unsigned char c);
/* NULL, or what is wrong with a value that is not blank. */
typedef const char *(*field_check_fn)(const char *value);

struct kind_info {
	size_t length; /* characters; texts are bounded by bytes */
	field_takes_fn takes;
	field_check_fn check;
};

/* ---- what a field takes, and when it is right --------------------------------- */

static bool
takes_text(unsigned char c)
{
	return c >= ' ' && c != 0x7F;
}

static bool
takes_digits(unsigned char c)
{
	return isdigit(c) != 0;
}

static bool
takes_number(unsigned char c)
{
	return isalnum(c) != 0;
}

/* Fillers as people type them: '<' wants a second key on many keyboards. */
static bool
takes_zone(unsigned char c)
{
	return isalnum(c) || (c != '\0' && strchr("< .,-", c) != NULL);
}

static bool
takes_phone(unsigned char c)
{
	return isdigit(c) || c == '+';
}

static bool
takes_plate(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '.';
}

static const char *
check_text(const char *value)
{
	return strlen(value) >= NAME_LEAST ? NULL :
	    _("Two letters at least");
}

/* Twelve digits, the old nine, or a passport: letters, then digits. */
static const char *
check_number(const char *value)
{
	size_t n = strlen(value), digits = strspn(value, "0123456789");

	if (digits == n && (n == NUMBER_LEN || n == NUMBER_OLD_LEN))
		return NULL;
	if (digits < n && n >= PASSPORT_LEAST)
		return NULL;
	return _("A number has 12 digits, an old one 9; a passport letters too");
}

static int
digits_at(const char *text, size_t at, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (text[at + i] - '0');
	return value;
}

static const char *
check_date(const char *value)
{
	size_t n = strlen(value);
	int64_t days;

	if (n == YEAR_DIGITS && digits_at(value, 0, 4) >= YEAR_LEAST)
		return NULL;
	if (n == DATE_DIGITS && digits_at(value, 4, 4) >= YEAR_LEAST &&
	    calendar_days(digits_at(value, 4, 4), digits_at(value, 2, 2),
	    digits_at(value, 0, 2), &days))
		return NULL;
	return _("Day, month, year: 15032000; or the year alone");
}

static const char *
check_time(const char *value)
{
	size_t n = strlen(value);

	if ((n == MINUTE_DIGITS || n == MINUTE_DIGITS + 4) &&
	    digits_at(value, 0, 2) < 24 && digits_at(value, 2, 2) < 60 &&
	    (n == MINUTE_DIGITS || (digits_at(value, 4, 2) >= 1 &&
	    digits_at(value, 4, 2) <= 31 && digits_at(value, 6, 2) >= 1 &&
	    digits_at(value, 6, 2) <= 12)))
		return NULL;
	return _("Hour and minute, then day and month: 1403 2210");
}

static const char *
check_phone(const char *value)
{
	size_t n = strlen(value);
	const char *plus = strrchr(value, '+');

	return n >= PHONE_LEAST && (plus == NULL || plus == value) ? NULL :
	    _("A telephone number has 9 digits or more");
}

static const char *
check_plate(const char *value)
{
	size_t letters = 0;

	for (; *value != '\0'; value++)
		letters += isalnum((unsigned char)*value) != 0;
	return letters >= PLATE_LEAST ? NULL :
	    _("A plate has more characters");
}

static const struct kind_info kinds[] = {
	[FIELD_TEXT] = { FIELD_TEXT_MAX - 1, takes_text, check_text },
	[FIELD_NUMBER] = { 20, takes_number, check_number },
	[FIELD_PLATE] = { 14, takes_plate, check_plate },
	[FIELD_DATE] = { DATE_DIGITS, takes_digits, check_date },
	[FIELD_TIME] = { MINUTE_DIGITS + 4, takes_digits, check_time },
	[FIELD_PHONE] = { PHONE_MOST, takes_phone, check_phone },
	[FIELD_CHOICE] = { 0, takes_digits, NULL },
	[FIELD_ZONE] = { ZONE_MOST, takes_zone, NULL },
};

/* ---- going about ------------------------------------------------------------------ */

static size_t
choices_of(const struct field_info *info)
{
	size_t n = 0;

	while (n < FIELD_CHOICES_MAX && info->choices[n].word != NULL)
		n++;
	return n;
}

size_t
fields_shown(const struct fields *fields)
{
	size_t n = 0;

	while (n < fields->n && (fields->more || !fields->list[n].extra))
		n++;
	return n;
}

static enum form_result
wrong(struct fields *fields, size_t at, const char *words)
{
	fields->at = at;
	snprintf(fields->problem, sizeof(fields->problem), "%s", words);
	return FORM_EDITING;
}

static void
trim(char *text)
{
	size_t n = strlen(text), from = strspn(text, " ");

	while (n > from && text[n - 1] == ' ')
		n--;
	memmove(text, text + from, n - from);
	text[n - from] = '\0';
}

/* NULL, or what is wrong with the value of a field. */
static const char *
check(struct fields *fields, size_t at)
{
	const struct field_info *info = &fields->list[at];
	char *value = fields->values[at];

	trim(value);
	if (value[0] == '\0')
		return info->required ? _("This one is needed") : NULL;
	return kinds[info->kind].check != NULL ?
	    kinds[info->kind].check(value) : NULL;
}

static enum form_result
finish(struct fields *fields)
{
	for (size_t i = 0; i < fields->n; i++) {
		const char *words = check(fields, i);

		if (words == NULL)
			continue;
		if (fields->list[i].extra)
			fields->more = true;
		return wrong(fields, i, words);
	}
	return FORM_DONE;
}

static enum form_result
enter(struct fields *fields)
{
	const char *words = check(fields, fields->at);

	if (words != NULL)
		return wrong(fields, fields->at, words);
	if (fields->at + 1 >= fields_shown(fields))
		return finish(fields);
	fields->at++;
	return FORM_EDITING;
}

static void
move(struct fields *fields, int step)
{
	size_t n = fields_shown(fields);

	trim(fields->values[fields->at]);
	fields->at = (fields->at + n + (size_t)(step < 0 ? n - 1 : 1)) % n;
	fields->compose.lone_w = false;
}

/* ---- typing ------------------------------------------------------------------------- */

static void
choose(struct fields *fields, unsigned char c)
{
	const struct field_info *info = &fields->list[fields->at];
	char *value = fields->values[fields->at];
	size_t n = choices_of(info), now = 0;

	while (now < n && strcmp(info->choices[now].word, value) != 0)
		now++;
	if (c == ' ')
		now = now < n ? (now + 1) % n : 0;
	else if (isdigit(c) && c > '0' && (size_t)(c - '0') <= n)
		now = (size_t)(c - '1');
	else
		return;
	snprintf(value, FIELD_TEXT_MAX, "%s", info->choices[now].word);
}

static enum form_result
type(struct fields *fields, const char *character)
{
	const struct field_info *info = &fields->list[fields->at];
	const struct kind_info *kind = &kinds[info->kind];
	char *value = fields->values[fields->at];
	unsigned char c = (unsigned char)character[0];
	size_t n = strlen(value);

	if (c == '\0')
		return FORM_EDITING;
	fields->problem[0] = '\0';
	if (info->kind == FIELD_CHOICE) {
		choose(fields, c);
	} else if (info->kind == FIELD_TEXT) {
		if (!takes_text(c) || (c == ' ' && n == 0))
			return FORM_EDITING;
		if (!compose_type(&fields->compose, value, FIELD_TEXT_MAX,
		    character))
			return wrong(fields, fields->at,
			    _("No more characters: Enter, or erase"));
	} else if (character[1] == '\0' && kind->takes(c)) {
		if (n >= kind->length)
			return wrong(fields, fields->at,
			    _("No more characters: Enter, or erase"));
		value[n] = info->kind == FIELD_ZONE && !isalnum(c) ? '<' :
		    (char)toupper(c);
		value[n + 1] = '\0';
	}
	return FORM_EDITING;
}

static void
erase(struct fields *fields)
{
	char *value = fields->values[fields->at];
	size_t n = strlen(value);

	fields->problem[0] = '\0';
	if (fields->list[fields->at].kind == FIELD_TEXT)
		compose_erase(&fields->compose, value);
	else if (fields->list[fields->at].kind == FIELD_CHOICE)
		value[0] = '\0';
	else if (n > 0)
		value[n - 1] = '\0';
}

static enum form_result
act(struct fields *fields, const struct input *input)
{
	switch (input->action) {
	case ACTION_ESCAPE:
		return FORM_CANCELLED;
	case ACTION_ENTER:
		fields->problem[0] = '\0';
		return enter(fields);
	case ACTION_BACKSPACE:
		erase(fields);
		break;
	case ACTION_UP:
		move(fields, -1);
		break;
	case ACTION_DOWN:
		move(fields, 1);
		break;
	case ACTION_LANE: /* Tab: the rest of the form */
		fields->more = true;
		break;
	default:
		return type(fields, input->character);
	}
	return FORM_EDITING;
}

/* ---- door ------------------------------------------------------------------------------ */

void
fields_open(struct fields *fields, const char *title,
    const struct field_info *list, size_t n, enum compose_method method)
{
	*fields = (struct fields){ .title = title, .list = list,
		.n = n < FIELDS_MAX ? n : FIELDS_MAX,
		.compose = { .method = method } };
}

enum form_result
fields_input(struct fields *fields, const struct input *input)
{
	switch (input->kind) {
	case INPUT_PASTE:
		return wrong(fields, fields->at,
		    _("Nothing can be pasted here"));
	case INPUT_SCAN:
		return FORM_EDITING; /* a scan is a scan wherever the focus is */
	case INPUT_ACTION:
		return act(fields, input);
	case INPUT_CHARACTER:
		break;
	}
	return type(fields, input->character);
}

static size_t
find(const struct fields *fields, const char *name)
{
	size_t at = 0;

	while (at < fields->n && strcmp(fields->list[at].name, name) != 0)
		at++;
	return at;
}

const char *
fields_value(const struct fields *fields, const char *name)
{
	size_t at = find(fields, name);

	return at < fields->n ? fields->values[at] : "";
}

void
fields_fill(struct fields *fields, const char *name, const char *value)
{
	size_t at = find(fields, name);

	if (at < fields->n)
		text_nfc(value, strlen(value), fields->values[at],
		    FIELD_TEXT_MAX);
}

enum form_result
fields_refuse(struct fields *fields, const char *name, const char *words)
{
	size_t at = find(fields, name);

	if (at < fields->n && fields->list[at].extra)
		fields->more = true;
	return wrong(fields, at < fields->n ? at : fields->at, words);
}

void
fields_date(const char *typed, char out[11])
{
	if (strlen(typed) == DATE_DIGITS)
		snprintf(out, 11, "%.4s-%.2s-%.2s", typed + 4, typed + 2,
		    typed);
	else
		snprintf(out, 11, "%.4s", typed);
}

const char *
field_choice_text(const struct field_info *info, const char *word)
{
	for (size_t i = 0; i < choices_of(info); i++)
		if (strcmp(info->choices[i].word, word) == 0)
			return _(info->choices[i].text);
	return "";
}
