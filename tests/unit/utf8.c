/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only what the standard calls UTF-8 is UTF-8, and nothing is read past. */
#include "base.h"

#include "test.h"

static void
test_valid(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{ "", true }, { "abc", true }, { "Nguyễn Thị Đậu", true },
		{ "\xf0\x9f\x98\x80", true }, { "\xf4\x8f\xbf\xbf", true },
		{ "\xed\x9f\xbf", true }, { "\xee\x80\x80", true },
		{ "\x80", false }, { "\xc0\x80", false }, { "\xc1\xbf", false },
		{ "\xe0\x80\x80", false }, { "\xe0\x9f\xbf", false },
		{ "\xed\xa0\x80", false }, { "\xf0\x80\x80\x80", false },
		{ "\xf4\x90\x80\x80", false }, { "\xf5\x80\x80\x80", false },
		{ "\xff", false }, { "\xe1\xbb", false }, { "a\xe1", false },
		{ "\xe1\x41\x42", false }, { "\xc3\xc3", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(utf8_valid(cases[i].text,
		    strlen(cases[i].text)), cases[i].valid);
}

static void
test_every_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		bool surrogate = code >= 0xD800 && code <= 0xDFFF;
		char text[4];
		size_t n = utf8_put(code, text), at = 0;

		if (utf8_next(text, n, &at) != (surrogate ? 0xFFFD : code) ||
		    at != n)
			fail_msg("U+%04X", code);
	}
}

static void
test_invalid_bytes_are_taken_one_by_one(void **state)
{
	static const char text[] = "\xe1\xbb" "A\xff";
	size_t at = 0;

	(void)state;
	assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
	assert_int_equal(at, 1);
	assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
	assert_int_equal(utf8_next(text, 4, &at), 'A');
	assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
	assert_int_equal(at, 4);
	assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
	assert_int_equal(at, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_every_code_point_comes_back),
		cmocka_unit_test(test_invalid_bytes_are_taken_one_by_one),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
