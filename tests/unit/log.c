/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log line is one line, dated by the caller, harmless on a terminal. */
#include "base.h"

#include "test.h"

#include <unistd.h>

static void
check(int64_t at, enum log_level level, const char *given, const char *want)
{
	char got[2048] = "";
	int saved = dup(STDERR_FILENO), ends[2];
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_line(at, level, "%s", given);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	n = read(ends[0], got, sizeof(got) - 1);
	close(ends[0]);
	assert_true(n >= 0);
	assert_string_equal(got, want);
}

static void
test_levels_and_times(void **state)
{
	(void)state;
	check(1795405422, LOG_LEVEL_WARN, "text",
	    "2026-11-23T03:43:42Z warn: text\n");
	check(0, LOG_LEVEL_INFO, "text", "info: text\n");
	check(0, LOG_LEVEL_FAULT, "lỗi", "fault: lỗi\n");
}

static void
test_controls_are_replaced(void **state)
{
	(void)state;
	check(0, LOG_LEVEL_INFO, "a\nfault: b\x1b[0m\x7f\xc2\x85",
	    "info: a?fault: b?[0m??\n");
}

static void
test_long_text_stays_one_line(void **state)
{
	char text[5000];
	char want[1100];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(want, sizeof(want), "info: %.1023s\n", text);
	check(0, LOG_LEVEL_INFO, text, want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels_and_times),
		cmocka_unit_test(test_controls_are_replaced),
		cmocka_unit_test(test_long_text_stays_one_line),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
