/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dates - partial dates as text: 2000-03-15, 2000-03 or 2000.
 *
 * Cards write an unknown day or month as 00, personal codes mask them with
 * stars; both become a shorter date, never a guessed one.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static int
number(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = 10 * value + (text[i] - '0');
	return value;
}

bool
date_put(int year, int month, int day, char out[11])
{
	int64_t days;

	out[0] = '\0';
	if (year < 1 || year > 9999 || month < 0 || month > 12 || day < 0)
		return false;
	/* A day without its month is worth nothing, but must be a day. */
	if (!calendar_days(year, month == 0 ? 1 : month, day == 0 ? 1 : day,
	    &days))
		return false;
	if (month == 0)
		snprintf(out, 11, "%04u", (unsigned)year % 10000);
	else if (day == 0)
		snprintf(out, 11, "%04u-%02u", (unsigned)year % 10000,
		    (unsigned)month % 100);
	else
		snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000,
		    (unsigned)month % 100, (unsigned)day % 100);
	return true;
}

bool
date_from_dmy(const char *text, size_t n, char out[11])
{
	out[0] = '\0';
	if (n != 8 || !all_digits(text, n))
		return false;
	return date_put(number(text + 4, 4), number(text + 2, 2),
	    number(text, 2), out);
}

/* Two digits, or stars or 00 for "unknown"; -1: neither. */
static int
part(const char *text)
{
	if (memcmp(text, "**", 2) == 0)
		return 0;
	return all_digits(text, 2) ? number(text, 2) : -1;
}

bool
date_from_iso(const char *text, size_t n, char out[11])
{
	int month = 0, day = 0;

	out[0] = '\0';
	if (n < 4 || !all_digits(text, 4))
		return false;
	if (n > 10 && (text[10] == 'T' || text[10] == ' '))
		n = 10;
	if (n != 4 && n != 7 && n != 10)
		return false;
	if (n >= 7 && (text[4] != '-' || (month = part(text + 5)) < 0))
		return false;
	if (n == 10 && (text[7] != '-' || (day = part(text + 8)) < 0))
		return false;
	return date_put(number(text, 4), month, day, out);
}

bool
date_agrees(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);

	return strncmp(a, b, na < nb ? na : nb) == 0;
}

/* Today against the date, as far as that is known; 0 without a clock. */
static int
compare_today(const struct credential_context *context, const char *date)
{
	struct calendar day;
	char today[11];

	if (context == NULL || !context->has_now || date[0] == '\0')
		return 0;
	day = calendar_at(context->now, VIETNAM_OFFSET_S);
	if (!date_put(day.year, day.month, day.day, today))
		return 0;
	return strncmp(date, today, strlen(date));
}

bool
date_is_future(const struct credential_context *context, const char *date)
{
	return compare_today(context, date) > 0;
}

bool
date_is_past(const struct credential_context *context, const char *date)
{
	return compare_today(context, date) < 0;
}
