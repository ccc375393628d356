/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line is taken whole or refused; what later programs add is ignored. */
#include "base.h"

#include "test.h"

#include <dirent.h>

/* 0x01010101... of n bytes, as "scan qr HEX". */
static void
scan_line(char *line, size_t bytes)
{
	size_t at = (size_t)sprintf(line, "scan qr ");

	for (size_t i = 0; i < bytes; i++)
		at += (size_t)sprintf(line + at, "41");
}

static void
test_good_lines_print_as_they_were(void **state)
{
	static const char *const lines[] = {
		"hello 1 scanner", "scan qr 4843313A36", "scan code128 00",
		"temp 36600 raw=35700 ambient=28100 offset=900 samples=8 spread=120 quality=ok",
		"temp -5000 ambient=-12000 quality=cold",
		"temp 36600 quality=brandnew", "plate 51F12345",
		"plate 51-MĐ1234.56", "hint dark", "ok",
		"fault no such device: /dev/ttyUSB0",
	};

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		struct event event;
		struct err err = { 0 };
		char out[EVENT_LINE_MAX + 1];

		assert_int_equal(event_parse(lines[i], &event, &err), 0);
		assert_int_equal(event_print(&event, out), strlen(lines[i]));
		assert_string_equal(out, lines[i]);
	}
}

static void
test_fields(void **state)
{
	struct event e;

	(void)state;
	assert_int_equal(event_parse("hello 1 thermometer", &e, NULL), 0);
	assert_int_equal(e.kind, EVENT_HELLO);
	assert_int_equal(e.version, 1);
	assert_string_equal(e.word, "thermometer");

	assert_int_equal(event_parse("scan qr 00fF41", &e, NULL), 0);
	assert_int_equal(e.kind, EVENT_SCAN);
	assert_string_equal(e.word, "qr");
	assert_int_equal(e.payload_len, 3);
	assert_memory_equal(e.payload, "\x00\xff\x41", 3);

	assert_int_equal(event_parse("temp 36600 ambient=28100 offset=-900 "
	    "samples=8 spread=120 quality=unstable", &e, NULL), 0);
	assert_int_equal(e.kind, EVENT_TEMP);
	assert_int_equal(e.temp.result_mc, 36600);
	assert_false(e.temp.has_raw);
	assert_true(e.temp.has_ambient);
	assert_int_equal(e.temp.ambient_mc, 28100);
	assert_int_equal(e.temp.offset_mc, -900);
	assert_int_equal(e.temp.samples, 8);
	assert_int_equal(e.temp.spread_mc, 120);
	assert_string_equal(e.temp.quality, "unstable");

	assert_int_equal(event_parse("fault  two  words ", &e, NULL), 0);
	assert_string_equal(e.words, "two  words");
}

static void
test_tolerance(void **state)
{
	static const struct {
		const char *line;
		enum event_kind kind;
	} cases[] = {
		{ "", EVENT_UNKNOWN }, { "  ", EVENT_UNKNOWN },
		{ "weather sunny \x1b", EVENT_UNKNOWN },
		{ "okay", EVENT_UNKNOWN }, { "OK", EVENT_UNKNOWN },
		{ " ok ", EVENT_OK }, { "ok uptime=5 x=", EVENT_OK },
		{ "hello  2   camera  fps=30", EVENT_HELLO },
		{ "scan qr 41 symbols=2 box=1,2,3", EVENT_SCAN },
		{ "temp 36600 emissivity=98 quality=ok", EVENT_TEMP },
		{ "temp 36600", EVENT_TEMP }, { "hint dark lux=2", EVENT_HINT },
		{ "plate 51F12345 raw=1", EVENT_PLATE },
		{ "raw 0 -", EVENT_RAW }, { "raw 86400000 5d..0D n=3", EVENT_RAW },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct event event;
		struct err err = { 0 };

		assert_int_equal(event_parse(cases[i].line, &event, &err), 0);
		assert_int_equal(event.kind, cases[i].kind);
	}
}

static void
test_bad_lines_are_refused_whole(void **state)
{
	static const char *const lines[] = {
		"hello", "hello 1", "hello x scanner", "hello 0 scanner",
		"hello 99999999999 scanner", "hello 1 a=b",
		"hello 1 scanner 2", "scan", "scan qr", "scan qr 4",
		"scan qr 4G", "scan qr 41 42", "scan qr 0x41", "scan q=r 41",
		"scan aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 41",
		"temp", "temp x", "temp 36.6", "temp 36600C", "temp +36600",
		"temp -", "temp 1000001", "temp -273151",
		"temp 99999999999999999999", "temp 36600 raw=x",
		"temp 36600 raw=", "temp 36600 raw=1 raw=1",
		"temp 36600 samples=-1", "temp 36600 spread=9999999",
		"temp 36600 quality=", "temp 36600 quality=abcdefghijklmnop",
		"temp 36600 ok", "temp 36600 =5", "plate", "plate \xff",
		"plate \xe2\x80\xae", "plate 5\x1b[2J", "hint", "ok fine",
		"fault", "fault  ", "fault \r\t",
	};

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		struct event event;
		struct err err = { 0 };

		assert_int_equal(event_parse(lines[i], &event, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_true(err.text[0] != '\0');
	}
}

static void
test_payload_limit_is_exact(void **state)
{
	static char line[EVENT_LINE_MAX * 2];
	static char out[EVENT_LINE_MAX + 1];
	struct event event;
	struct err err = { 0 };

	(void)state;
	scan_line(line, EVENT_PAYLOAD_MAX);
	assert_int_equal(event_parse(line, &event, &err), 0);
	assert_int_equal(event.payload_len, EVENT_PAYLOAD_MAX);
	event_print(&event, out);
	assert_string_equal(out, line);
	scan_line(line, EVENT_PAYLOAD_MAX + 1);
	assert_int_equal(event_parse(line, &event, &err), -1);
	assert_non_null(strstr(err.text, "4296"));
}

static void
test_line_limit_is_exact(void **state)
{
	static char line[EVENT_LINE_MAX + 2];
	struct event event;

	(void)state;
	memset(line, ' ', EVENT_LINE_MAX + 1);
	memcpy(line, "ok", 2);
	line[EVENT_LINE_MAX] = '\0';
	assert_int_equal(event_parse(line, &event, NULL), 0);
	line[EVENT_LINE_MAX] = ' ';
	assert_int_equal(event_parse(line, &event, NULL), -1);
}

static void
test_fault_words_are_bounded_and_harmless(void **state)
{
	char line[300] = "fault ";
	struct event event;

	(void)state;
	memset(line + 6, 'x', EVENT_WORDS_MAX - 1);
	assert_int_equal(event_parse(line, &event, NULL), 0);
	assert_string_equal(event.words, line + 6);
	line[6 + EVENT_WORDS_MAX - 1] = 'x';
	assert_int_equal(event_parse(line, &event, NULL), -1);
	assert_int_equal(event_parse("fault \x1b]0;x\x07 \xff", &event, NULL),
	    0);
	assert_string_equal(event.words, "\uFFFD]0;x\uFFFD \uFFFD");
	assert_int_equal(event_parse("fault \tof \r", &event, NULL), 0);
	assert_string_equal(event.words, "of");
	/* No mark is left to climb on what a screen shows before the words. */
	assert_int_equal(event_parse("fault \t \u0339x", &event, NULL), 0);
	assert_string_equal(event.words, "\uFFFDx");
	memset(line + 6, '\xff', EVENT_WORDS_MAX - 1);
	line[6 + EVENT_WORDS_MAX - 1] = '\0';
	assert_int_equal(event_parse(line, &event, NULL), 0);
	assert_true(utf8_valid(event.words, strlen(event.words)));
}

static void
test_printed_fault_stays_one_line(void **state)
{
	struct event event = { .kind = EVENT_FAULT };
	char out[EVENT_LINE_MAX + 1];

	(void)state;
	strcpy(event.words, "a\nscan qr 41");
	event_print(&event, out);
	assert_string_equal(out, "fault a?scan qr 41");
}

/* What fuzzing found or started from: must not crash, and what is taken
 * must survive being printed and parsed again. */
static void
test_corpus(void **state)
{
	const char *dir = test_path("SRCDIR", "tests/fuzz/corpus/event");
	struct dirent *entry;
	DIR *d = opendir(dir);
	int seen = 0;

	(void)state;
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		char path[4400], out[EVENT_LINE_MAX + 1];
		struct event event, again;
		char *line;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		line = file_read(path, 1 << 20, NULL, NULL);
		assert_non_null(line);
		if (event_parse(line, &event, NULL) == 0 &&
		    event.kind != EVENT_UNKNOWN) {
			event_print(&event, out);
			assert_int_equal(event_parse(out, &again, NULL), 0);
			assert_int_equal(again.kind, event.kind);
		}
		free(line);
		seen++;
	}
	closedir(d);
	assert_true(seen > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_lines_print_as_they_were),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_tolerance),
		cmocka_unit_test(test_bad_lines_are_refused_whole),
		cmocka_unit_test(test_payload_limit_is_exact),
		cmocka_unit_test(test_line_limit_is_exact),
		cmocka_unit_test(test_fault_words_are_bounded_and_harmless),
		cmocka_unit_test(test_printed_fault_stays_one_line),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
