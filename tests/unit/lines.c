/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line comes out whole, once, and however the bytes arrive. */
#include "base.h"

#include "test.h"

#define CAPACITY 6

/* Joins lines with '|', so that a case is one line. */
static void
join(void *arg, char *line, size_t len)
{
	assert_int_equal(strlen(line), len);
	strcat(arg, line);
	strcat(arg, "|");
}

static void
test_lines(void **state)
{
	static const struct {
		const char *sent;
		size_t n;
		const char *want;
		unsigned dropped;
	} cases[] = {
#define CASE(sent, want, dropped) { sent, sizeof(sent) - 1, want, dropped }
		CASE("", "", 0),
		CASE("ok", "", 0),
		CASE("ok\n", "ok|", 0),
		CASE("ok\r\nok\n", "ok|ok|", 0),
		CASE("\n\r\n", "||", 0),
		CASE("a\rb\n", "a\rb|", 0),
		CASE("123456\nok\n", "123456|ok|", 0),
		CASE("123456\r\nok\n", "123456|ok|", 0),
		CASE("1234567\nok\n", "ok|", 1),
		CASE("123456\r\r\nok\n", "ok|", 1),
		CASE("123456\r7\nok\n", "ok|", 1),
		CASE("12345678901234567890\n\n", "|", 1),
		CASE("a\0b\nok\n", "ok|", 1),
		CASE("\0\n\0\nok\n", "ok|", 2),
		CASE("123456\0\nok\n", "ok|", 1),
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		for (size_t piece = 1; piece <= cases[i].n; piece++) {
			char buffer[CAPACITY + 1], got[64] = "";
			struct lines lines;

			lines_init(&lines, buffer, CAPACITY);
			for (size_t at = 0; at < cases[i].n; at += piece)
				lines_push(&lines, cases[i].sent + at,
				    at + piece > cases[i].n ?
				    cases[i].n - at : piece, join, got);
			assert_string_equal(got, cases[i].want);
			assert_int_equal(lines.dropped, cases[i].dropped);
		}
	}
}

static void
spoil(void *arg, char *line, size_t len)
{
	(void)arg;
	memset(line, 'x', len);
}

static void
test_the_callee_may_change_the_line(void **state)
{
	char buffer[CAPACITY + 1], got[64] = "";
	struct lines lines;

	(void)state;
	lines_init(&lines, buffer, CAPACITY);
	lines_push(&lines, "123456\n", 7, spoil, NULL);
	lines_push(&lines, "ab\n", 3, join, got);
	assert_string_equal(got, "ab|");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_the_callee_may_change_the_line),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
