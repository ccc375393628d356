/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reading must come out whole, once, and however the bytes arrive. */
#include "test.h"

#include "../../src/reader/parts.h"

#define IDLE_MS 150

/* Joins readings with '|', so that a case is one line. */
static void
join(void *arg, const unsigned char *data, size_t len)
{
	strncat(arg, (const char *)data, len);
	strcat(arg, "|");
}

static void
test_ends(void **state)
{
	static const struct {
		enum frame_end end;
		const char *sent, *want; /* at once; then after silence */
		const char *later;
	} cases[] = {
		{ END_AUTO, "36.6", "", "36.6|" },
		{ END_AUTO, "36.6\r", "36.6|", "" },
		{ END_AUTO, "A\r\nB\r\n", "A|B|", "" },
		{ END_AUTO, "A\nB\n", "A|B|", "" },
		{ END_AUTO, "\r\r\n\n", "", "" },
		{ END_AUTO, "A\t", "", "A|" },
		{ END_AUTO, "A\tB\t", "", "A\tB|" },
		{ END_AUTO, "\002A\003", "", "A|" },
		{ END_AUTO, "\002A\003\r", "A|", "" },
		{ END_AUTO, "\t", "", "" },
		{ END_CR, "A\rB\r\nC\nD\r", "A|B|C\nD|", "" },
		{ END_CR, "A\r\n\nB\r", "A|\nB|", "" },
		{ END_LF, "A\nB\r\nC\rD\n", "A|B|C\rD|", "" },
		{ END_CRLF, "A\r\nB\rC\nD\r\n", "A|B\rC\nD|", "" },
		{ END_CRLF, "A\r", "", "" },
		{ END_CRLF, "\nA\r\n", "\nA|", "" },
		{ END_TAB, "A B\tC\r\t", "A B|C\r|", "" },
		{ END_ETX, "\002A\003\002B\003", "A|B|", "" },
		{ END_NONE, "A\r\nB\t\r", "", "A\r\nB\t\r|" },
		/* A terminator was promised and never came. */
		{ END_CR, "A\rHALF", "A|", "" },
		{ END_TAB, "HALF", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const unsigned char *sent = (const void *)cases[i].sent;
		size_t len = strlen(cases[i].sent);

		for (size_t piece = 1; piece <= len; piece++) {
			char got[64] = "";
			struct frame f;

			frame_init(&f, cases[i].end, IDLE_MS);
			for (size_t at = 0; at < len; at += piece)
				frame_push(&f, sent + at,
				    at + piece > len ? len - at : piece, 0,
				    join, got);
			assert_string_equal(got, cases[i].want);
			got[0] = '\0';
			frame_tick(&f, IDLE_MS - 1, join, got);
			assert_string_equal(got, "");
			frame_tick(&f, IDLE_MS, join, got);
			assert_string_equal(got, cases[i].later);
			assert_int_equal(frame_deadline(&f), -1);
		}
	}
}

static void
test_silence_ends_a_reading(void **state)
{
	char got[64] = "";
	struct frame f;

	(void)state;
	frame_init(&f, END_AUTO, 50);
	assert_int_equal(frame_deadline(&f), -1);
	frame_push(&f, (const void *)"36.", 3, 1000, join, got);
	frame_push(&f, (const void *)"6", 1, 1049, join, got);
	assert_int_equal(frame_deadline(&f), 1099);
	frame_tick(&f, 1098, join, got);
	assert_string_equal(got, "");
	/* Also where nobody ticked in between. */
	frame_push(&f, (const void *)"37.0\r", 5, 1099, join, got);
	assert_string_equal(got, "36.6|37.0|");
}

static void
test_cut_reading_is_dropped_and_counted(void **state)
{
	char got[64] = "";
	struct frame f;

	(void)state;
	frame_init(&f, END_CR, 50);
	frame_push(&f, (const void *)"0943000", 7, 0, join, got);
	frame_push(&f, (const void *)"GOOD\r", 5, 60, join, got);
	assert_string_equal(got, "GOOD|");
	assert_int_equal(f.cut, 1);
	assert_int_equal(f.overlong, 0);
}

static void
test_nul_is_dropped(void **state)
{
	char got[64] = "";
	struct frame f;

	(void)state;
	frame_init(&f, END_AUTO, 50);
	frame_push(&f, (const void *)"\0A\0B\0\r\0\nC\r", 10, 0, join, got);
	assert_string_equal(got, "AB|C|");
}

static void
count(void *arg, const unsigned char *data, size_t len)
{
	(void)data;
	*(size_t *)arg += len;
}

static void
test_too_long_is_dropped_whole(void **state)
{
	unsigned char *big = malloc(100000);
	struct frame f;

	(void)state;
	memset(big, 'x', 100000);
	for (size_t piece = 1; piece < 100000; piece = piece * 7 + 3) {
		size_t got = 0;

		frame_init(&f, END_AUTO, 50);
		for (size_t at = 0; at < 100000; at += piece)
			frame_push(&f, big, at + piece > 100000 ?
			    100000 - at : piece, 0, count, &got);
		assert_int_equal(got, 0);
		assert_int_equal(f.overlong, 1);
		/* Its end is the end of the dropped one. */
		frame_push(&f, (const void *)"TAIL\rNEXT\r", 10, 0, count,
		    &got);
		assert_int_equal(got, 4);
		assert_int_equal(f.overlong, 1);
	}
	free(big);
}

static void
test_nothing_but_nuls_is_counted(void **state)
{
	static const unsigned char nuls[] = { 0, 0, 0, 0, '\r' };
	static const unsigned char mixed[] = { 0, 'A', 0, '\r', '\r' };
	char got[16] = "";
	struct frame f;

	(void)state;
	frame_init(&f, END_CR, 60);
	frame_push(&f, nuls, sizeof(nuls), 0, join, got);
	assert_int_equal(f.empty, 1);
	frame_push(&f, mixed, sizeof(mixed), 0, join, got);
	assert_int_equal(f.empty, 1);
	assert_string_equal(got, "A|");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_silence_ends_a_reading),
		cmocka_unit_test(test_cut_reading_is_dropped_and_counted),
		cmocka_unit_test(test_nul_is_dropped),
		cmocka_unit_test(test_too_long_is_dropped_whole),
		cmocka_unit_test(test_nothing_but_nuls_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
