/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A code's bytes come out exactly, once for as long as it lies in view, and
 * as an event line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/reader/camera/parts.h"

static struct code *
code(const char *text)
{
	static struct code made;

	made.word = "qr";
	made.len = strlen(text);
	memcpy(made.bytes, text, made.len);
	return &made;
}

static void
test_the_same_code_is_one_read(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	(void)state;
	assert_non_null(seen);
	assert_false(seen_again(seen, code("A"), 0));
	assert_true(seen_again(seen, code("A"), 40));
	/* Two in view: each is one read. */
	assert_false(seen_again(seen, code("B"), 80));
	assert_true(seen_again(seen, code("A"), 120));
	assert_true(seen_again(seen, code("B"), 120));
	/* Lying there for a minute, with gaps of just 5 s. */
	for (int64_t at = 5120; at < 60000; at += SEEN_MS)
		assert_true(seen_again(seen, code("A"), at));
	assert_false(seen_again(seen, code("B"), 120 + SEEN_MS + 1));
	assert_false(seen_again(seen, code("AB"), 120));
	free(seen);
}

static void
test_many_codes_push_out_the_oldest(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	char text[24];

	(void)state;
	assert_non_null(seen);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "code %d", i);
		assert_false(seen_again(seen, code(text), i));
	}
	assert_true(seen_again(seen, code("code 99"), 100));
	assert_true(seen_again(seen, code("code 93"), 100));
	assert_false(seen_again(seen, code("code 0"), 100));
	free(seen);
}

static void
test_codes_are_kept_once_and_bounded(void **state)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	static const char long_one[CODE_BYTES_MAX + 1];

	(void)state;
	assert_non_null(codes);
	codes_add(codes, "qr", "a\0b", 3);
	codes_add(codes, "qr", "a\0b", 3);
	codes_add(codes, "qr", "a\0c", 3);
	codes_add(codes, "qr", "", 0);
	codes_add(codes, "qr", long_one, sizeof(long_one));
	assert_int_equal(codes->count, 2);
	assert_memory_equal(codes->code[1].bytes, "a\0c", 3);
	for (char c = 1; c < 127; c++)
		codes_add(codes, "qr", &c, 1);
	assert_int_equal(codes->count, CODES_MAX);
	free(codes);
}

/* What a report writes, as one text. */
static void
read_back(int fd, char *text, size_t size)
{
	ssize_t n = read(fd, text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
}

static void
test_event_lines(void **state)
{
	struct report report;
	char text[16384];
	struct code *big = calloc(1, sizeof(*big));
	int ends[2];

	(void)state;
	assert_non_null(big);
	assert_int_equal(pipe(ends), 0);
	report_init(&report, ends[1], 2);
	report_hello(&report);
	report_ok(&report);
	report_fault(&report, "a\x1b[2J\n.png", "damaged");
	report_scan(&report, code("\xe1\xbb\x85"));
	read_back(ends[0], text, sizeof(text));
	assert_string_equal(text, "hello 1 camera\nok\n"
	    "fault a\xef\xbf\xbd[2J .png: damaged\nscan qr E1BB85\n");
	big->len = EVENT_PAYLOAD_MAX + 1;
	report_scan(&report, big);
	read_back(ends[0], text, sizeof(text));
	assert_memory_equal(text, "fault ", 6);
	assert_false(report_done(&report));
	report_scan(&report, code("B"));
	assert_true(report_done(&report));
	report_scan(&report, code("C"));
	read_back(ends[0], text, sizeof(text));
	assert_string_equal(text, "scan qr 42\n");
	close(ends[0]);
	close(ends[1]);
	free(big);
}

static void
test_hints_keep_their_distance(void **state)
{
	struct report report;
	char text[256];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	report_init(&report, ends[1], 0);
	report_hint(&report, "dark", 100);
	report_hint(&report, "far", 599);
	report_hint(&report, "blurred", 600);
	read_back(ends[0], text, sizeof(text));
	assert_string_equal(text, "hint dark\nhint blurred\n");
	close(ends[0]);
	close(ends[1]);
}

/* Vietnamese byte for byte: zbar without binary mode gets this one wrong. */
static void
test_vietnamese_is_exact(void **state)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct decoder *decoder;
	struct grey *grey;
	char path[4096];
	struct err err;

	(void)state;
	assert_non_null(codes);
	snprintf(path, sizeof(path), "%s/tests/camera/cccd-easy.png",
	    getenv("SRCDIR"));
	grey = picture_read(path, &err);
	assert_non_null(grey);
	decoder = decoder_new(&err);
	assert_non_null(decoder);
	for (int i = 0; i < 3; i++) {
		codes->count = 0;
		assert_int_equal(decoder_scan(decoder, grey, 1, codes, &err),
		    1);
		assert_int_equal(codes->count, 1);
		assert_non_null(memmem(codes->code[0].bytes,
		    codes->code[0].len, "|Vũ Bảo Thùy Bình|",
		    strlen("|Vũ Bảo Thùy Bình|")));
	}
	decoder_free(decoder);
	grey_free(grey);
	free(codes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_code_is_one_read),
		cmocka_unit_test(test_many_codes_push_out_the_oldest),
		cmocka_unit_test(test_codes_are_kept_once_and_bounded),
		cmocka_unit_test(test_event_lines),
		cmocka_unit_test(test_hints_keep_their_distance),
		cmocka_unit_test(test_vietnamese_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
