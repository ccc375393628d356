/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a device's bytes has no person in it, and ends. */
#include "test.h"

#include "../../src/reader/parts.h"

#define DAY_MS (24 * INT64_C(3600000))

static const char *
told(struct trail *t, int64_t now_ms)
{
	static struct event event;

	trail_print(t, now_ms, &event);
	return event.words;
}

static void
test_letters_and_digits_are_not_told(void **state)
{
	static const struct {
		bool frames;
		const char *bytes, *want;
	} cases[] = {
		/* A scanner: ends and separators, and nothing else. */
		{ false, "]Q1AB|7\r\n", "5D......" "..7C" ".." "0D0A" },
		{ false, "H\xe1\xbb\x93 1\r", "........20..0D" },
		/* A thermometer's frame is told... */
		{ true, "ZZE\x04\x0e" "D\x0a\x05S", "5A5A45040E440A0553" },
		/* ...but not what a scanner on its port says. */
		{ true, "T H\xe1\xbb\x93 123|4\r", "54" "20........20"
		    "3132337C340D" },
		{ true, "T 1234|5\r", "5420........7C350D" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const unsigned char *bytes = (const void *)cases[i].bytes;
		struct trail whole, single;

		trail_init(&whole, cases[i].frames);
		trail_init(&single, cases[i].frames);
		trail_note(&whole, bytes, strlen(cases[i].bytes), 0);
		for (size_t k = 0; bytes[k] != '\0'; k++)
			trail_note(&single, bytes + k, 1, (int64_t)k);
		assert_string_equal(told(&whole, 10), cases[i].want);
		assert_string_equal(told(&single, 10), cases[i].want);
		/* Nor are they kept anywhere. */
		for (size_t k = 0; k < whole.n; k++)
			assert_true(!whole.hidden[k] || whole.bytes[k] == 0);
	}
}

static void
test_the_newest_bytes_are_told(void **state)
{
	unsigned char many[TRAIL_MAX + 7];
	char want[2 * TRAIL_MAX + 1];
	struct trail t;

	(void)state;
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = (unsigned char)(i % 32);
	hex_print(many + 7, TRAIL_MAX, want);
	trail_init(&t, false);
	trail_note(&t, many, sizeof(many), 0);
	assert_string_equal(told(&t, 0), want);
	/* After silence another message begins. */
	trail_note(&t, (const void *)"\r", 1, 999);
	assert_int_equal(strlen(told(&t, 999)), 2 * TRAIL_MAX);
	trail_note(&t, (const void *)"\n", 1, 1999);
	assert_string_equal(told(&t, 2000), "0A");
}

static void
test_they_are_gone_after_a_day(void **state)
{
	struct trail t;
	struct event event;

	(void)state;
	trail_init(&t, false);
	assert_string_equal(told(&t, 0), "-");
	trail_note(&t, (const void *)"\r", 1, 5);
	trail_print(&t, DAY_MS + 4, &event);
	assert_string_equal(event.words, "0D");
	assert_int_equal(event.age_ms, DAY_MS - 1);
	trail_tick(&t, DAY_MS + 5);
	assert_int_equal(t.n, 0);
	assert_string_equal(told(&t, DAY_MS + 5), "-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_and_digits_are_not_told),
		cmocka_unit_test(test_the_newest_bytes_are_told),
		cmocka_unit_test(test_they_are_gone_after_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
