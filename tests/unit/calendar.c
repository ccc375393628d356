/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times are what a calendar on the wall says, whatever TZ is. */
#include "base.h"

#include "test.h"

#include <time.h>

#define VIETNAM (7 * 3600)

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t at; /* -1: refused */
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01", -VIETNAM },
		{ "2021-10-15T00:00+07:00", 1634230800 },
		{ "2021-10-14T17:00Z", 1634230800 },
		{ "2021-10-14T17:00:00Z", 1634230800 },
		{ "2021-10-14T17:00:59Z", 1634230859 },
		{ "2021-10-15", 1634230800 },
		{ "2021-10-14T12:30-04:30", 1634230800 },
		{ "2000-02-29", 951757200 },
		{ "2100-02-29", -1 }, { "2021-02-29", -1 }, { "2021-13-01", -1 },
		{ "2021-00-01", -1 }, { "2021-01-00", -1 }, { "2021-04-31", -1 },
		{ "0000-01-01", -1 }, { "2021-1-01", -1 }, { "21-01-01", -1 },
		{ "2021-10-15T24:00Z", -1 }, { "2021-10-15T00:60Z", -1 },
		{ "2021-10-15T00:00:60Z", -1 }, { "2021-10-15T00:00", -1 },
		{ "2021-10-15T00:00z", -1 }, { "2021-10-15 00:00Z", -1 },
		{ "2021-10-15T00:00+7:00", -1 }, { "2021-10-15T00:00+15:00", -1 },
		{ "2021-10-15T00:00+07:00x", -1 }, { "2021-10-15x", -1 },
		{ "", -1 }, { "now", -1 }, { "-021-10-15", -1 },
		{ "+021-10-15", -1 }, { "2021-10-15T", -1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int64_t at = -1;
		int result = time_parse(cases[i].text, VIETNAM, &at);

		assert_int_equal(at, cases[i].at);
		assert_int_equal(result, cases[i].at == -1 ? -1 : 0);
	}
}

static void
test_offsets(void **state)
{
	static const struct {
		const char *text;
		int want; /* -1: refused */
	} cases[] = {
		{ "+07:00", 25200 }, { "-05:30", -19800 }, { "+00:00", 0 },
		{ "+14:00", 50400 }, { "+14:01", -1 }, { "07:00", -1 },
		{ "+0700", -1 }, { "+07:60", -1 }, { "Z", -1 }, { "", -1 },
		{ "+07:00 ", -1 }, { "+-7:00", -1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int offset = -1;

		utc_offset_parse(cases[i].text, &offset);
		assert_int_equal(offset, cases[i].want);
	}
}

static void
test_agrees_with_libc(void **state)
{
	(void)state;
	/* Every 5 days and some odd seconds, from 1601 to 2400. */
	for (int64_t at = -11644473600; at < 13569465600; at += 432000 + 12345) {
		time_t t = (time_t)at + VIETNAM;
		struct calendar c = calendar_at(at, VIETNAM);
		struct tm tm;
		int64_t days = 0;

		if ((int64_t)t != at + VIETNAM)
			continue; /* a libc whose time ends in 2038 */
		gmtime_r(&t, &tm);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(c.weekday, tm.tm_wday);
		assert_true(calendar_days(c.year, c.month, c.day, &days));
		assert_int_equal(days * 86400 + c.hour * 3600 + c.minute * 60 +
		    c.second, t);
	}
}

static void
test_print_comes_back(void **state)
{
	static const int64_t times[] = { 0, 1634230800, 1795405422, 951827696,
		-1, 253402300799 };
	char text[21];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < nitems(times); i++) {
		time_print(times[i], text);
		assert_int_equal(time_parse(text, 0, &at), 0);
		assert_int_equal(at, times[i]);
	}
	time_print(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	time_print(INT64_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_agrees_with_libc),
		cmocka_unit_test(test_print_comes_back),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
