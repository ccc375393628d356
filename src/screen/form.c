/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form - one typed line: a number, a plate, a temperature, the time.
 *
 * What a kind does not take is ignored, so that a letter typed into a number
 * cannot decide anything. text holds what was typed, without separators.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_LEN 12
#define NUMBER_OLD_LEN 9
#define TEMPERATURE_LEN 3
#define TEMPERATURE_LEAST 300 /* tenths: less is a wrist in the rain or a typo */
#define TEMPERATURE_MOST 449
#define PLATE_LEN 14
#define PLATE_LEAST 4

typedef bool (*takes_fn)(unsigned char c);
typedef enum form_result (*finish_fn)(struct form *form);

struct form_info {
	size_t length;    /* no more characters than this */
	bool ends_itself; /* done by the last character, without Enter */
	takes_fn takes;
	finish_fn finish; /* by Enter or the last character */
};

static bool
takes_digit(unsigned char c)
{
	return isdigit(c) != 0;
}

static bool
takes_plate(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '.';
}

static bool
takes_search(unsigned char c)
{
	return takes_plate(c) || c == ':';
}

static enum form_result
problem(struct form *form, const char *words)
{
	snprintf(form->problem, sizeof(form->problem), "%s", words);
	return FORM_EDITING;
}

static enum form_result
finish_number(struct form *form)
{
	size_t n = strlen(form->text);

	if (n == NUMBER_LEN || n == NUMBER_OLD_LEN)
		return FORM_DONE;
	return problem(form, _("A number has 12 digits, an old one 9"));
}

static enum form_result
finish_temperature(struct form *form)
{
	int tenths = 0;

	if (strlen(form->text) != TEMPERATURE_LEN)
		return problem(form, _("Three digits: 368 is 36.8"));
	for (const char *p = form->text; *p != '\0'; p++)
		tenths = tenths * 10 + (*p - '0');
	if (tenths < TEMPERATURE_LEAST || tenths > TEMPERATURE_MOST)
		return problem(form, _("Not a temperature of a person"));
	return FORM_DONE;
}

static enum form_result
finish_plate(struct form *form)
{
	size_t letters = 0;

	if (form->text[0] == '\0')
		return FORM_DONE; /* the next ones come on foot */
	for (const char *p = form->text; *p != '\0'; p++)
		letters += isalnum((unsigned char)*p) != 0;
	if (letters < PLATE_LEAST)
		return problem(form, _("A plate has more characters"));
	return FORM_DONE;
}

static enum form_result
finish_minutes(struct form *form)
{
	int minutes = 0;

	for (const char *p = form->text; *p != '\0'; p++)
		minutes = minutes * 10 + (*p - '0');
	return minutes >= 1 && minutes <= 120 ? FORM_DONE :
	    problem(form, _("1 to 120 minutes"));
}

static enum form_result
finish_inside(struct form *form)
{
	return form->text[0] != '\0' ? FORM_DONE :
	    problem(form, _("How many are inside"));
}

static enum form_result
finish_search(struct form *form)
{
	return strlen(form->text) >= 3 ? FORM_DONE :
	    problem(form, _("Three characters or more"));
}

/* Two digits of the typed time, at a place. */
static int
two(const char *text, size_t at)
{
	return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

static enum form_result
finish_clock(struct form *form)
{
	const char *text = form->text;
	size_t n = strlen(text);
	int64_t days;

	if (n == 0)
		return FORM_DONE; /* the time shown is right */
	if ((n != 4 && n != 12) || two(text, 0) > 23 || two(text, 2) > 59 ||
	    (n == 12 && !calendar_days(two(text, 8) * 100 + two(text, 10),
	    two(text, 6), two(text, 4), &days)))
		return problem(form,
		    _("Hour and minute, then day, month, year: 1403 22102021"));
	return FORM_DONE;
}

static const struct form_info forms[] = {
	[FORM_NUMBER] = { NUMBER_LEN, true, takes_digit, finish_number },
	[FORM_PLATE] = { PLATE_LEN, false, takes_plate, finish_plate },
	[FORM_TEMPERATURE] = { TEMPERATURE_LEN, true, takes_digit,
	    finish_temperature },
	[FORM_CLOCK] = { 12, false, takes_digit, finish_clock },
	[FORM_MINUTES] = { 3, false, takes_digit, finish_minutes },
	[FORM_INSIDE] = { 5, false, takes_digit, finish_inside },
	[FORM_SEARCH] = { PLATE_LEN, false, takes_search, finish_search },
};

void
form_open(struct form *form, enum form_kind kind)
{
	*form = (struct form){ .kind = kind };
}

static enum form_result
type(struct form *form, const struct form_info *info, const char *character)
{
	size_t n = strlen(form->text);
	unsigned char c = (unsigned char)character[0];

	if (character[0] == '\0' || character[1] != '\0' || !info->takes(c))
		return FORM_EDITING;
	form->problem[0] = '\0';
	if (n >= info->length)
		return problem(form, _("No more characters: Enter, or erase"));
	form->text[n] = (char)toupper(c);
	form->text[n + 1] = '\0';
	if (info->ends_itself && n + 1 == info->length)
		return info->finish(form);
	return FORM_EDITING;
}

enum form_result
form_input(struct form *form, const struct input *input)
{
	size_t n = strlen(form->text);

	if (form->kind <= FORM_NONE || (size_t)form->kind >= nitems(forms))
		return FORM_CANCELLED;
	if (input->kind == INPUT_PASTE)
		return problem(form, _("Nothing can be pasted here"));
	if (input->kind == INPUT_SCAN)
		return FORM_EDITING; /* a scan is a scan wherever the focus is */
	if (input->kind == INPUT_ACTION && input->action == ACTION_ESCAPE)
		return FORM_CANCELLED;
	if (input->kind == INPUT_ACTION && input->action == ACTION_ENTER)
		return forms[form->kind].finish(form);
	if (input->kind == INPUT_ACTION && input->action == ACTION_BACKSPACE) {
		form->problem[0] = '\0';
		if (n > 0)
			form->text[n - 1] = '\0';
		return FORM_EDITING;
	}
	return type(form, &forms[form->kind], input->character);
}

int64_t
form_time(const struct form *form, int64_t at, int utc_offset_s)
{
	struct calendar day = calendar_at(at, utc_offset_s);
	const char *text = form->text;
	int64_t days;

	if (form->kind != FORM_CLOCK || strlen(text) < 4)
		return at;
	if (strlen(text) == 12) {
		day.year = two(text, 8) * 100 + two(text, 10);
		day.month = two(text, 6);
		day.day = two(text, 4);
	}
	if (!calendar_days(day.year, day.month, day.day, &days))
		return at;
	return days * 86400 + two(text, 0) * 3600 + two(text, 2) * 60 -
	    utc_offset_s;
}
