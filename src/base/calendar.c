/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calendar - Unix seconds to days and hours, and times as text.
 *
 * The offset from UTC is always told: TZ and the C library's idea of it have
 * no say here.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define DAY_S 86400
#define OFFSET_MAX_S (14 * 3600)
#define YEAR_9999_S 253402300799LL /* 9999-12-31T23:59:59Z */
#define YEAR_0001_S (-62135596800LL)

/* Days since 1970-01-01 of the proleptic Gregorian calendar; years are
 * counted from March, so that the leap day comes last. */
static int64_t
days_from(int64_t year, int month, int day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

struct calendar
calendar_at(int64_t at, int utc_offset_s)
{
	struct calendar c;
	int64_t days, rest, era, of_era, year, of_year, month;

	if (at < YEAR_0001_S - utc_offset_s)
		at = YEAR_0001_S - utc_offset_s;
	if (at > YEAR_9999_S - utc_offset_s)
		at = YEAR_9999_S - utc_offset_s;
	at += utc_offset_s;
	days = at / DAY_S;
	rest = at % DAY_S;
	if (rest < 0) {
		rest += DAY_S;
		days--;
	}
	c.weekday = (int)(((days + 4) % 7 + 7) % 7); /* day 0: a Thursday */
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	c.day = (int)(of_year - (153 * month + 2) / 5 + 1);
	c.month = (int)(month + (month < 10 ? 3 : -9));
	c.year = (int)(year + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

bool
calendar_days(int year, int month, int day, int64_t *days)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	*days = -1;
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && leap))
		return false;
	*days = days_from(year, month, day);
	return true;
}

/* Exactly count digits and then the character end; moves *text past both. */
static int
number(const char **text, int count, char end)
{
	const char *s = *text;
	int value = 0;

	for (int i = 0; i < count; i++, s++) {
		if (*s < '0' || *s > '9')
			return -1;
		value = value * 10 + (*s - '0');
	}
	if (end != '\0') {
		if (*s != end)
			return -1;
		s++;
	}
	*text = s;
	return value;
}

int
utc_offset_parse(const char *text, int *offset_s)
{
	int sign = text[0] == '-' ? -1 : 1, hours, minutes, offset;

	if (text[0] != '+' && text[0] != '-')
		return -1;
	text++;
	hours = number(&text, 2, ':');
	if (hours < 0)
		return -1;
	minutes = number(&text, 2, '\0');
	if (minutes < 0 || minutes > 59 || *text != '\0')
		return -1;
	offset = hours * 3600 + minutes * 60;
	if (offset > OFFSET_MAX_S)
		return -1;
	*offset_s = sign * offset;
	return 0;
}

/* HH:MM, seconds if there are any, then Z or an offset. */
static int
clock_time_parse(const char *text, int *second, int *offset_s)
{
	int hour, minute, s = 0;

	hour = number(&text, 2, ':');
	if (hour < 0 || hour > 23)
		return -1;
	minute = number(&text, 2, '\0');
	if (minute < 0 || minute > 59)
		return -1;
	if (*text == ':') {
		text++;
		s = number(&text, 2, '\0');
		if (s < 0 || s > 59)
			return -1;
	}
	*second = hour * 3600 + minute * 60 + s;
	if (strcmp(text, "Z") == 0) {
		*offset_s = 0;
		return 0;
	}
	return utc_offset_parse(text, offset_s);
}

int
time_parse(const char *text, int default_offset_s, int64_t *at)
{
	int year, month, day, second = 0, offset_s = default_offset_s;
	int64_t days;

	year = number(&text, 4, '-');
	if (year < 0)
		return -1;
	month = number(&text, 2, '-');
	if (month < 0)
		return -1;
	day = number(&text, 2, '\0');
	if (day < 0 || !calendar_days(year, month, day, &days))
		return -1;
	if (*text == 'T') {
		if (clock_time_parse(text + 1, &second, &offset_s) != 0)
			return -1;
	} else if (*text != '\0') {
		return -1;
	}
	*at = days * DAY_S + second - offset_s;
	return 0;
}

void
time_print(int64_t at, char out[21])
{
	struct calendar c = calendar_at(at, 0);

	/* The remainders only tell the compiler what calendar_at() promises. */
	snprintf(out, 21, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)c.year % 10000, (unsigned)c.month % 100,
	    (unsigned)c.day % 100, (unsigned)c.hour % 100,
	    (unsigned)c.minute % 100, (unsigned)c.second % 100);
}
