/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording is read line by line, or refused by line. */
#include "test.h"

#include "../../src/reader/parts.h"

/* "12:4142|30:scan qr 41|", and the error's text after it. */
static void
read_all(const char *text, char *got, size_t size)
{
	struct trace_entry *entry = malloc(sizeof(*entry));
	FILE *file = fmemopen((void *)text, strlen(text) + 0, "r");
	struct err err = { .text = "" };
	struct trace trace;
	size_t n = 0;
	int more;

	assert_non_null(file);
	got[0] = '\0';
	trace_use(&trace, file, "t");
	while ((more = trace_next(&trace, entry, &err)) == 1) {
		char hex[2 * TRACE_BYTES_MAX + 1] = "";

		if (!entry->is_line)
			hex_print(entry->bytes, entry->n, hex);
		n += (size_t)snprintf(got + n, size - n, "%lld:%s|",
		    (long long)entry->at_ms,
		    entry->is_line ? entry->text : hex);
	}
	if (more < 0)
		snprintf(got + n, size - n, "%s", err.text);
	trace_close(&trace);
	free(entry);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "# only\n\n   \n", "" },
		{ "41", "0:41|" },
		{ "41 42\r\n@12 4A 4b # tail\n", "0:4142|12:4A4B|" },
		{ "@5\n414243\n44\n", "5:414243|5:44|" },
		{ "@5 scan qr 41\nok\nfault a b\n", "5:scan qr 41|5:ok|5:fault a b|" },
		/* Words of hexadecimal letters are bytes. */
		{ "fade\nbad\n", "0:FADE|t:2: neither bytes nor an event line" },
		{ "@\n", "t:1: @ is followed by milliseconds" },
		{ "@x 41\n", "t:1: @ is followed by milliseconds" },
		{ "@10 41\n@9 42\n", "10:41|t:2: the time goes back" },
		{ "@86400001\n", "t:1: longer than a day" },
		{ "@99999999999999999999 41\n", "t:1: longer than a day" },
		{ "41 4\n", "t:1: neither bytes nor an event line" },
		{ "\n4 1\n", "t:2: neither bytes nor an event line" },
		{ "Scan qr 41\n", "t:1: neither bytes nor an event line" },
	};
	char got[256];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		read_all(cases[i].text, got, sizeof(got));
		assert_string_equal(got, cases[i].want);
	}
}

static void
test_long_lines_are_refused(void **state)
{
	char *text = malloc(40001), got[64 + 3 * TRACE_BYTES_MAX];

	(void)state;
	memset(text, 'A', 40000);
	text[40000] = '\0';
	read_all(text, got, sizeof(got));
	assert_string_equal(got, "t:1: the line is too long");
	text[2 * TRACE_BYTES_MAX + 2] = '\0';
	read_all(text, got, sizeof(got));
	assert_string_equal(got, "t:1: too many bytes in a line");
	text[2 * TRACE_BYTES_MAX] = '\0';
	read_all(text, got, sizeof(got));
	assert_int_equal(strlen(got), 2 * TRACE_BYTES_MAX + 3);
	memcpy(text, "fault ", 6);
	memset(text + 6, 'x', EVENT_LINE_MAX);
	text[EVENT_LINE_MAX + 1] = '\0';
	read_all(text, got, sizeof(got));
	assert_string_equal(got, "t:1: the line is too long");
	free(text);
}

static void
test_directory_is_no_recording(void **state)
{
	struct trace trace;
	struct err err;

	(void)state;
	assert_int_equal(trace_open(&trace, "/", &err), -1);
	assert_int_equal(trace_open(&trace, "/nonexistent", &err), -1);
	assert_int_equal(err.kind, ERR_SETUP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_lines_are_refused),
		cmocka_unit_test(test_directory_is_no_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
