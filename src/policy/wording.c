/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - reasons with facts and values filled in.
 *
 * "{fact}", "{:value}" and "{a - b}" stand for what they name, written as
 * the language writes it: a decimal comma in Vietnamese, whole hours and
 * minutes, days as 02/09 or 2 Sep. A fact that is not known is "?".
 */
#include "parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX (3 * FACT_TEXT_MAX)

struct operand {
	enum fact fact; /* FACT_COUNT: none */
	const struct pack_value *value; /* NULL: none */
};

struct place { /* what stands between { and } */
	struct operand a, b;
	bool difference;
};

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* ---- reading a text ------------------------------------------------------------ */

static int
read_operand(const char *text, size_t n, const struct pack *pack,
    struct operand *operand, struct err *err)
{
	while (n > 0 && text[0] == ' ')
		text++, n--;
	while (n > 0 && text[n - 1] == ' ')
		n--;
	operand->fact = FACT_COUNT;
	operand->value = NULL;
	if (n > 0 && text[0] == ':')
		operand->value = pack_value(pack, text + 1, n - 1);
	else
		operand->fact = fact_find(text, n);
	if (operand->value == NULL && operand->fact == FACT_COUNT)
		return err_set(err, ERR_SETUP, "nothing is called {%.*s}",
		    (int)n, text);
	return 0;
}

static bool
is_span(const struct operand *operand)
{
	const struct fact_info *info;

	if (operand->value != NULL)
		return true;
	info = fact_info(operand->fact);
	return info->type != FACT_TEXT && info->show != SHOW_DATE;
}

static int
read_place(const char *text, size_t n, const struct pack *pack,
    struct place *place, struct err *err)
{
	const char *minus = memchr(text, '-', n);

	*place = (struct place){ .difference = minus != NULL };
	if (minus == NULL)
		return read_operand(text, n, pack, &place->a, err);
	if (read_operand(text, (size_t)(minus - text), pack, &place->a,
	    err) < 0 || read_operand(minus + 1,
	    n - (size_t)(minus + 1 - text), pack, &place->b, err) < 0)
		return -1;
	if (!is_span(&place->a) || !is_span(&place->b))
		return err_set(err, ERR_SETUP,
		    "{%.*s}: only numbers can be subtracted", (int)n, text);
	return 0;
}

int
wording_check(const char *text, const struct pack *pack, struct err *err)
{
	struct place place;

	while ((text = strpbrk(text, "{}")) != NULL) {
		const char *end = strpbrk(text + 1, "{}");

		if (*text == '}' || end == NULL || *end == '{')
			return err_set(err, ERR_SETUP,
			    "{ and } must come in pairs");
		if (read_place(text + 1, (size_t)(end - text - 1), pack,
		    &place, err) < 0)
			return -1;
		text = end + 1;
	}
	return 0;
}

/* ---- writing values --------------------------------------------------------------- */

static void
localise(char *number, enum language language)
{
	char *point = strchr(number, '.');

	if (point != NULL && language == LANGUAGE_VI)
		*point = ',';
}

static void
show_date(int64_t at, enum language language, int utc_offset_s,
    char out[SHOWN_MAX])
{
	struct calendar day = calendar_at(at, utc_offset_s);

	if (language == LANGUAGE_VI)
		snprintf(out, SHOWN_MAX, "%02d/%02d", day.day, day.month);
	else
		snprintf(out, SHOWN_MAX, "%d %s", day.day,
		    months[(day.month + 11) % 12]);
}

static void
show_number(double number, enum fact_show show, enum language language,
    char out[SHOWN_MAX])
{
	if (show == SHOW_TENTHS)
		snprintf(out, SHOWN_MAX, "%.1f", number);
	else if (show == SHOW_WHOLE)
		snprintf(out, SHOWN_MAX, "%.0f", floor(number) + 0.0);
	else
		snprintf(out, SHOWN_MAX, "%.15g", number);
	localise(out, language);
}

static void
show_fact(const struct fact_value *value, enum fact fact,
    enum language language, int utc_offset_s, char out[SHOWN_MAX])
{
	enum fact_show show = fact_info(fact)->show;

	if (value->type == FACT_TEXT)
		text_clean(value->text, strlen(value->text), out, SHOWN_MAX);
	else if (value->type == FACT_REAL)
		show_number(value->real, show, language, out);
	else if (show == SHOW_DATE)
		show_date(value->integer, language, utc_offset_s, out);
	else
		snprintf(out, SHOWN_MAX, "%lld", (long long)value->integer);
}

static bool
number_of(const struct operand *operand, const struct facts *facts,
    double *number)
{
	const struct fact_value *value;

	if (operand->value != NULL) {
		*number = operand->value->number;
		return true;
	}
	value = facts_value(facts, operand->fact);
	*number = value->type == FACT_INTEGER ? (double)value->integer :
	    value->real;
	return value->type != FACT_NULL;
}

/* "Expired 0 h ago" would puzzle: less than one is said as one. */
static void
show_difference(const struct place *place, const struct facts *facts,
    enum language language, char out[SHOWN_MAX])
{
	enum fact_show show = place->a.value != NULL ?
	    SHOW_PLAIN : fact_info(place->a.fact)->show;
	double a, b;

	if (!number_of(&place->a, facts, &a) ||
	    !number_of(&place->b, facts, &b))
		return;
	if (show == SHOW_WHOLE && a > b && a - b < 1)
		a = b + 1;
	show_number(a - b, show, language, out);
}

static void
show_place(const struct place *place, const struct facts *facts,
    enum language language, int utc_offset_s, char out[SHOWN_MAX])
{
	const struct fact_value *value;

	snprintf(out, SHOWN_MAX, "?");
	if (place->difference) {
		show_difference(place, facts, language, out);
	} else if (place->a.value != NULL) {
		snprintf(out, SHOWN_MAX, "%s", place->a.value->text);
		localise(out, language);
	} else {
		value = facts_value(facts, place->a.fact);
		if (value->type != FACT_NULL)
			show_fact(value, place->a.fact, language,
			    utc_offset_s, out);
	}
}

/* False when it did not fit: then nothing may follow. */
static bool
append(char *out, size_t capacity, const char *text, size_t n)
{
	size_t used = strlen(out);

	text_clean(text, n, out + used, capacity - used);
	return n < capacity - used;
}

void
wording_fill(const char *text, const struct pack *pack,
    const struct facts *facts, enum language language, int utc_offset_s,
    char *out, size_t capacity)
{
	char shown[SHOWN_MAX];
	struct place place;

	out[0] = '\0';
	while (*text != '\0') {
		size_t n = strcspn(text, "{");
		const char *end;

		if (!append(out, capacity, text, n))
			return;
		text += n;
		if (*text == '\0' || (end = strchr(text, '}')) == NULL)
			return;
		if (read_place(text + 1, (size_t)(end - text - 1), pack,
		    &place, NULL) < 0)
			return; /* wording_check() let it through: cannot be */
		show_place(&place, facts, language, utc_offset_s, shown);
		if (!append(out, capacity, shown, strlen(shown)))
			return;
		text = end + 1;
	}
}
