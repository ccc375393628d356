/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ascii - what a thermometer means by a line of text.
 *
 * "36.5", "T body = 36,5 ,OK", "Tbody:36.5C Tamb:28.1", "97.7F". A label tells
 * what a number is; one number without a label is the reading. Where it is
 * not plain which number is meant, none is taken.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define LABEL_MAX 32
#define NUMBERS_MAX 8
#define FAHRENHEIT_LEAST_MC 80000 /* 26.7 C; nobody is 80 C */
#define FAHRENHEIT_MOST_MC 115000

enum meaning { IS_PLAIN, IS_OBJECT, IS_BODY, IS_AMBIENT, IS_OTHER };

struct number {
	enum meaning meaning;
	int32_t value_mc;
	bool has_point;
	char unit; /* 'c', 'f' or '\0' */
};

/* The first row whose text is in the label; a row of "=x" is the whole. */
static const struct {
	const char *text;
	enum meaning meaning;
} labels[] = {
	{ "amb", IS_AMBIENT }, { "room", IS_AMBIENT }, { "env", IS_AMBIENT },
	{ "air", IS_AMBIENT }, { "=ta", IS_AMBIENT },
	{ "body", IS_BODY }, { "fore", IS_BODY }, { "wrist", IS_BODY },
	{ "=bo", IS_BODY }, { "=tb", IS_BODY },
	{ "obj", IS_OBJECT }, { "skin", IS_OBJECT }, { "surf", IS_OBJECT },
	{ "=to", IS_OBJECT },
	{ "hum", IS_OTHER }, { "bat", IS_OTHER }, { "count", IS_OTHER },
	{ "date", IS_OTHER }, { "time", IS_OTHER }, { "=no", IS_OTHER },
	{ "=id", IS_OTHER }, { "dist", IS_OTHER }, { "emis", IS_OTHER },
	{ "volt", IS_OTHER }, { "offset", IS_OTHER },
};

static enum meaning
meaning_of(const char *label)
{
	for (size_t i = 0; i < nitems(labels); i++) {
		const char *text = labels[i].text;

		if (text[0] == '=' ? strcmp(label, text + 1) == 0 :
		    strstr(label, text) != NULL)
			return labels[i].meaning;
	}
	return IS_PLAIN;
}

/* Digits, at most one point or comma, digits. Returns its length; 0 when it
 * is too long for a temperature. */
static size_t
take_number(const unsigned char *p, size_t n, struct number *number)
{
	int32_t whole = 0, part = 0, scale = 1000;
	size_t i = 0, digits = 0;

	for (; i < n && isdigit(p[i]); i++, digits++)
		if (digits < 6)
			whole = whole * 10 + (p[i] - '0');
	number->has_point = i + 1 < n && (p[i] == '.' || p[i] == ',') &&
	    isdigit(p[i + 1]);
	if (number->has_point)
		for (i++; i < n && isdigit(p[i]); i++)
			if (scale > 1) {
				scale /= 10;
				part += (p[i] - '0') * scale;
			}
	number->value_mc = whole * 1000 + part;
	if (digits > 3)
		number->value_mc = INT32_MAX; /* no temperature */
	return i;
}

/* "C", "F", "degC", also behind a degree sign of any encoding. */
static char
take_unit(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n && i < 4 && (p[i] == ' ' || p[i] == '*' || p[i] >= 0x80))
		i++;
	if (i + 3 < n && strncasecmp((const char *)p + i, "deg", 3) == 0)
		i += p[i + 3] == ' ' ? 4 : 3;
	if (i >= n || (i + 1 < n && isalpha(p[i + 1])))
		return '\0';
	if (p[i] == 'C' || p[i] == 'c' || p[i] == 'F' || p[i] == 'f')
		return (char)tolower(p[i]);
	return '\0';
}

/* Letters before a number, in lower case and without a unit before them. */
static void
add_label(char *label, size_t *len, unsigned char c)
{
	if (isalpha(c) && *len < LABEL_MAX - 1) {
		label[(*len)++] = (char)tolower(c);
		label[*len] = '\0';
	}
}

static size_t
find_numbers(const unsigned char *text, size_t n, struct number *numbers)
{
	char label[LABEL_MAX] = "";
	size_t len = 0, count = 0;

	for (size_t i = 0; i < n && count < NUMBERS_MAX;) {
		struct number *number = &numbers[count];
		size_t used;

		if (!isdigit(text[i])) {
			add_label(label, &len, text[i++]);
			continue;
		}
		used = take_number(text + i, n - i, number);
		/* "MLX90614" and "T1=" are words. */
		if (i > 0 && isalpha(text[i - 1]) && !number->has_point) {
			i += used;
			continue;
		}
		if (i > 0 && text[i - 1] == '-')
			number->value_mc = -number->value_mc;
		number->meaning = meaning_of(label);
		i += used;
		number->unit = take_unit(text + i, n - i);
		/* The unit is no part of the next label. */
		while (number->unit != '\0' &&
		    tolower(text[i]) != number->unit)
			i++;
		if (number->unit != '\0')
			i++;
		count++;
		len = 0;
		label[0] = '\0';
	}
	return count;
}

static bool
is_fahrenheit(const struct number *number)
{
	return number->unit == 'f' || (number->unit == '\0' &&
	    number->value_mc >= FAHRENHEIT_LEAST_MC &&
	    number->value_mc <= FAHRENHEIT_MOST_MC);
}

static int32_t
celsius(const struct number *number, bool fahrenheit)
{
	if (!fahrenheit || number->value_mc == INT32_MAX)
		return number->value_mc;
	return (int32_t)(((int64_t)number->value_mc - 32000) * 5 / 9);
}

/* The reading among the numbers without a label: NULL when in doubt. */
static const struct number *
pick_plain(const struct number *numbers, size_t n)
{
	const struct number *plain = NULL, *pointed = NULL;
	int nplain = 0, npointed = 0;

	for (size_t i = 0; i < n; i++) {
		if (numbers[i].meaning != IS_PLAIN)
			continue;
		plain = &numbers[i];
		nplain++;
		if (numbers[i].has_point) {
			pointed = &numbers[i];
			npointed++;
		}
	}
	if (npointed == 1)
		return pointed;
	return nplain == 1 ? plain : NULL;
}

/* The one number of a meaning; false when there are two of them. */
static bool
pick(const struct number *numbers, size_t n, enum meaning meaning,
    const struct number **one)
{
	*one = NULL;
	for (size_t i = 0; i < n; i++) {
		if (numbers[i].meaning != meaning)
			continue;
		if (*one != NULL)
			return false;
		*one = &numbers[i];
	}
	return true;
}

static bool
says_error(const unsigned char *text, size_t n)
{
	for (size_t i = 0; i + 3 <= n; i++)
		if (strncasecmp((const char *)text + i, "err", 3) == 0 ||
		    (i + 4 <= n &&
		    strncasecmp((const char *)text + i, "fail", 4) == 0))
			return true;
	return false;
}

enum ascii_result
ascii_parse(const unsigned char *text, size_t n, struct sample *sample)
{
	struct number numbers[NUMBERS_MAX];
	const struct number *object, *body, *ambient;
	size_t count = find_numbers(text, n, numbers);
	bool fahrenheit;

	memset(sample, 0, sizeof(*sample));
	if (says_error(text, n))
		return ASCII_DOUBT;
	if (count == 0)
		return ASCII_NOTHING;
	if (!pick(numbers, count, IS_OBJECT, &object) ||
	    !pick(numbers, count, IS_BODY, &body) ||
	    !pick(numbers, count, IS_AMBIENT, &ambient))
		return ASCII_DOUBT;
	if (object == NULL && body == NULL) {
		object = pick_plain(numbers, count);
		if (object == NULL)
			return ASCII_DOUBT;
	}
	fahrenheit = (object != NULL && is_fahrenheit(object)) ||
	    (body != NULL && is_fahrenheit(body));
	sample->has_object = object != NULL;
	if (object != NULL)
		sample->object_mc = celsius(object, fahrenheit);
	sample->has_body = body != NULL;
	if (body != NULL)
		sample->body_mc = celsius(body, fahrenheit);
	/* Without a unit, the room is told in the unit of the person. */
	sample->has_ambient = ambient != NULL;
	if (ambient != NULL)
		sample->ambient_mc = celsius(ambient, ambient->unit == 'f' ||
		    (ambient->unit == '\0' && fahrenheit));
	return ASCII_OK;
}
