/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An error is one harmless line, and says what to do next. */
#include "base.h"

#include "test.h"

static void
test_set_returns_minus_one_and_fills(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(err_set(&err, ERR_RETRY, "%s: %d", "a", 1), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	assert_string_equal(err.text, "a: 1");
	assert_int_equal(err_set(NULL, ERR_RETRY, "a"), -1);
	assert_int_equal(err_within(NULL, "a"), -1);
}

static void
test_within_adds_context_in_front(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_set(&err, ERR_SETUP, "no such file");
	assert_int_equal(err_within(&err, "line %d", 7), -1);
	assert_string_equal(err.text, "line 7: no such file");
	assert_int_equal(err.kind, ERR_SETUP);
}

static void
test_within_says_nothing_twice(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_set(&err, ERR_SETUP, "outbox.db: Permission denied");
	err_within(&err, "%s", "outbox.db");
	assert_string_equal(err.text, "outbox.db: Permission denied");
	err_within(&err, "%s", "out");
	assert_string_equal(err.text, "out: outbox.db: Permission denied");
}

static void
test_its_own_text_may_be_an_argument(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_set(&err, ERR_INPUT, "inner");
	err_set(&err, ERR_RETRY, "outer: %s", err.text);
	assert_string_equal(err.text, "outer: inner");
}

static void
test_text_is_one_harmless_line(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
		{ "a\nb", "a?b" },
		{ "\x1b[2J", "?[2J" },
		{ "\xff", "?" },
		{ "\xc2\x9b", "?" },         /* C1 */
		{ "\xe2\x80\xae", "?" },     /* bidi */
		{ "Chốt", "Chốt" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };

		err_set(&err, ERR_INPUT, "%s", cases[i].given);
		assert_string_equal(err.text, cases[i].want);
		err_set(&err, ERR_INPUT, "x");
		err_within(&err, "%s", cases[i].given);
		assert_memory_equal(err.text, cases[i].want,
		    strlen(cases[i].want));
	}
}

static void
test_long_text_is_cut_inside_the_buffer(void **state)
{
	char text[2 * ERR_TEXT_MAX];
	struct err err = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, ERR_INPUT, "%s", text);
	assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
	err_within(&err, "%s", text);
	assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
}

static void
test_kinds_become_sysexits(void **state)
{
	static const struct {
		enum err_kind kind;
		int status;
	} cases[] = {
		{ ERR_NONE, 0 }, { ERR_USAGE, 64 }, { ERR_INPUT, 65 },
		{ ERR_ABSENT, 69 }, { ERR_RETRY, 75 }, { ERR_DENIED, 77 },
		{ ERR_SETUP, 78 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { .kind = cases[i].kind };

		assert_int_equal(err_exit_status(&err), cases[i].status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_returns_minus_one_and_fills),
		cmocka_unit_test(test_within_adds_context_in_front),
		cmocka_unit_test(test_within_says_nothing_twice),
		cmocka_unit_test(test_its_own_text_may_be_an_argument),
		cmocka_unit_test(test_text_is_one_harmless_line),
		cmocka_unit_test(test_long_text_is_cut_inside_the_buffer),
		cmocka_unit_test(test_kinds_become_sysexits),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
