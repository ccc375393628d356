/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes before a grey frame: which mode of a camera, which exposure,
 * where a picture in a stream ends; and codes of lines, which are off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/reader/camera/stages.h"

/* ---- modes ---------------------------------------------------------------------- */

static void
test_the_mode_that_reads_best(void **state)
{
	static const struct mode webcam[] = {
		{ PIXELS_YUYV, 1, 640, 480, 30 },
		{ PIXELS_YUYV, 2, 1280, 720, 10 },
		{ PIXELS_YUYV, 3, 1920, 1080, 5 },
		{ PIXELS_MJPEG, 4, 1280, 720, 30 },
		{ PIXELS_MJPEG, 5, 1920, 1080, 30 },
	};
	static const struct mode slow[] = {
		{ PIXELS_YUYV, 1, 1280, 720, 1 },
		{ PIXELS_MJPEG, 2, 1280, 720, 30 },
	};
	static const struct mode untold[] = {
		{ PIXELS_MJPEG, 1, 1280, 720, 0 },
		{ PIXELS_NV12, 2, 1280, 720, 0 },
	};
	static const struct {
		const struct mode *mode;
		size_t n;
		int width, height, rate;
		unsigned want;
	} cases[] = {
		{ webcam, 5, 1280, 720, 10, 2 },
		{ webcam, 5, 640, 480, 10, 1 },
		{ webcam, 5, 1920, 1080, 10, 3 },
		{ webcam, 5, 1280, 720, 120, 4 },
		{ webcam, 5, 1000, 700, 10, 2 },
		{ slow, 2, 1280, 720, 10, 2 },
		{ untold, 2, 1280, 720, 10, 2 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct modes modes = { .count = 0 };
		const struct mode *got;

		for (size_t k = 0; k < cases[i].n; k++)
			modes_add(&modes, &cases[i].mode[k]);
		got = modes_choose(&modes, cases[i].width, cases[i].height,
		    cases[i].rate);
		assert_non_null(got);
		assert_int_equal(got->fourcc, cases[i].want);
	}
}

static void
test_sizes_that_are_none_are_left_out(void **state)
{
	struct modes modes = { .count = 0 };

	(void)state;
	modes_add(&modes, &(struct mode){ PIXELS_GREY, 1, 0, 480, 30 });
	modes_add(&modes, &(struct mode){ PIXELS_GREY, 1, 70000, 480, 30 });
	assert_null(modes_choose(&modes, 640, 480, 10));
	for (int i = 0; i < MODES_MAX + 5; i++)
		modes_add(&modes, &(struct mode){ PIXELS_GREY, 1, 8, 8, 30 });
	assert_int_equal(modes.count, MODES_MAX);
}

/* ---- exposure ------------------------------------------------------------------- */

static void
test_exposure_follows_the_code_and_is_given_back(void **state)
{
	struct expose e = { .least = 3, .most = 1000, .value = 250,
		.step_ms = -1000 };
	struct light glare = { true, 220, 700 }, good = { true, 140, 20 };
	struct light dark = { true, 20, 0 }, none = { false, 0, 0 };

	(void)state;
	assert_int_equal(expose_step(&e, &good, 0), EXPOSE_KEEP);
	assert_int_equal(expose_step(&e, &glare, 100), EXPOSE_SET);
	assert_int_equal(e.value, 150);
	/* A step must show before the next. */
	assert_int_equal(expose_step(&e, &glare, 300), EXPOSE_KEEP);
	assert_int_equal(expose_step(&e, &glare, 400), EXPOSE_SET);
	assert_int_equal(expose_step(&e, &dark, 700), EXPOSE_SET);
	assert_int_equal(e.value, 145);
	assert_int_equal(expose_step(&e, &none, 5000), EXPOSE_KEEP);
	assert_int_equal(expose_step(&e, &none, 10700), EXPOSE_GIVE_BACK);
	assert_int_equal(expose_step(&e, &none, 11000), EXPOSE_KEEP);
}

static void
test_exposure_stays_within_the_driver_s_limits(void **state)
{
	struct expose e = { .least = 3, .most = 1000, .value = 4 };
	struct light glare = { true, 220, 700 }, dark = { true, 20, 0 };
	int64_t now_ms = 1000;

	(void)state;
	for (int i = 0; i < 20; i++)
		expose_step(&e, &glare, now_ms += 500);
	assert_int_equal(e.value, 3);
	for (int i = 0; i < 40; i++)
		expose_step(&e, &dark, now_ms += 500);
	assert_int_equal(e.value, 1000);
}

/* ---- streams of parts ------------------------------------------------------------ */

static void
join(void *arg, const unsigned char *part, size_t n)
{
	strncat(arg, (const char *)part, n);
	strcat(arg, "|");
}

static void
test_parts_come_out_whole_however_the_bytes_arrive(void **state)
{
	static const struct {
		const char *type, *sent, *want;
	} cases[] = {
		{ "multipart/x-mixed-replace; boundary=x",
		    "--x\r\nContent-Length: 3\r\n\r\nabc\r\n--x\r\n"
		    "content-length:2\r\n\r\nde\r\n", "abc|de|" },
		/* No length, and a boundary's beginning in a part. */
		{ "multipart/x-mixed-replace;boundary=\"xyz\"",
		    "--xyz\r\n\r\nab--xy\r\nc\r\n--xyz\r\nA: b\r\n\r\nd\n--xyz\n",
		    "ab--xy\r\nc|d|" },
		/* Dashes in the type as well, and more of them in the line. */
		{ "multipart/x-mixed-replace; boundary=--b; charset=q",
		    "junk\r\n----b\r\n\r\nab\r\n----b\r\n\r\ncd\r\n----b--\r\n",
		    "ab|cd|" },
		/* The boundary in a part, but not at a line's beginning. */
		{ "multipart/x-mixed-replace; boundary=b",
		    "--b\n\nx--b\ny\n--b\n\n", "x--b\ny|" },
		/* A length that is none is not believed. */
		{ "multipart/x-mixed-replace; boundary=b",
		    "--b\nContent-Length: -4\n\nxy\n--b\n", "xy|" },
		/* Cut short: nothing comes. */
		{ "multipart/x-mixed-replace; boundary=b",
		    "--b\nContent-Length: 9\n\nxy", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const unsigned char *sent = (const void *)cases[i].sent;
		size_t len = strlen(cases[i].sent);

		for (size_t piece = 1; piece <= len; piece++) {
			char got[200] = "";
			struct multipart m;
			struct err err;

			assert_int_equal(multipart_init(&m, cases[i].type,
			    &err), 0);
			for (size_t at = 0; at < len; at += piece)
				multipart_push(&m, sent + at,
				    at + piece > len ? len - at : piece, join,
				    got);
			multipart_clear(&m);
			assert_string_equal(got, cases[i].want);
		}
	}
}

static void
test_a_type_without_a_boundary_is_refused(void **state)
{
	static const char *const types[] = { "", "text/html",
		"multipart/x-mixed-replace", "text/html; boundary=x",
		"multipart/x; boundary=", "multipart/x; boundary=--" };
	char endless[400] = "multipart/x; boundary=";
	struct multipart m;
	struct err err;

	(void)state;
	for (size_t i = 0; i < nitems(types); i++)
		assert_int_equal(multipart_init(&m, types[i], &err), -1);
	memset(endless + strlen(endless), 'b', 300);
	assert_int_equal(multipart_init(&m, endless, &err), -1);
}

static void
count_part(void *arg, const unsigned char *part, size_t n)
{
	(void)part;
	*(size_t *)arg += n;
}

static void
test_a_part_without_an_end_is_dropped_whole(void **state)
{
	static unsigned char chunk[65536];
	struct multipart m;
	struct err err;
	size_t got = 0;

	(void)state;
	assert_int_equal(multipart_init(&m, "multipart/x; boundary=b", &err),
	    0);
	multipart_push(&m, (const void *)"--b\n\n", 5, count_part, &got);
	for (size_t i = 0; i < 3 * MULTIPART_PART_MAX / sizeof(chunk); i++)
		multipart_push(&m, chunk, sizeof(chunk), count_part, &got);
	assert_true(m.room <= 2 * MULTIPART_PART_MAX);
	multipart_push(&m, (const void *)"\n--b\n\nok\n--b\n", 13, count_part,
	    &got);
	assert_int_equal(got, 2);
	multipart_clear(&m);
}

/* ---- codes of lines ---------------------------------------------------------------- */

/* An EAN-13 of 3 pixels a module. */
static struct grey *
draw_ean(const char *digits)
{
	static const char *const left[10] = { "0001101", "0011001", "0010011",
		"0111101", "0100011", "0110001", "0101111", "0111011",
		"0110111", "0001011" };
	static const char *const parity[10] = { "LLLLLL", "LLGLGG", "LLGGLG",
		"LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
		"LGGLGL" };
	char bars[128] = "00000000000101";
	struct grey *grey;
	struct err err;

	for (int i = 1; i < 13; i++) {
		const char *code = left[digits[i] - '0'];
		char kind = i < 7 ? parity[digits[0] - '0'][i - 1] : 'R';
		size_t at = strlen(bars);

		if (i == 7) {
			strcat(bars, "01010");
			at += 5;
		}
		for (int k = 0; k < 7; k++) {
			char bit = code[kind == 'G' ? 6 - k : k];

			bars[at++] = kind == 'L' ? bit : bit == '0' ? '1' : '0';
		}
		bars[at] = '\0';
	}
	strcat(bars, "10100000000000");
	grey = grey_new(3 * (int)strlen(bars), 90, &err);
	assert_non_null(grey);
	for (int y = 0; y < grey->height; y++)
		for (int x = 0; x < grey->width; x++)
			grey->pixels[y * grey->width + x] =
			    y > 10 && y < 80 && bars[x / 3] == '1' ? 0 : 255;
	return grey;
}

static void
test_lines_are_read_when_asked_for(void **state)
{
	static const char digits[] = "8934563138165";
	struct grey *grey = draw_ean(digits);
	struct codes *codes = calloc(1, sizeof(*codes));
	const char *hint;
	struct err err;
	struct look *look = look_new(&err);

	(void)state;
	assert_non_null(look);
	assert_int_equal(look_at(look, grey, true, codes, &hint, &err), 0);
	assert_int_equal(codes->count, 0);
	assert_int_equal(look_also(look, "qr+code128", &err), 0);
	assert_int_equal(look_at(look, grey, true, codes, &hint, &err), 0);
	assert_int_equal(codes->count, 0);
	assert_int_equal(look_also(look, "ean", &err), 0);
	assert_int_equal(look_at(look, grey, true, codes, &hint, &err), 0);
	assert_int_equal(codes->count, 1);
	assert_string_equal(codes->code[0].word, "ean13");
	assert_int_equal(codes->code[0].len, strlen(digits));
	assert_memory_equal(codes->code[0].bytes, digits, strlen(digits));
	assert_int_equal(look_also(look, "qr+aztec", &err), -1);
	assert_int_equal(look_also(look, "", &err), -1);
	look_free(look);
	free(codes);
	grey_free(grey);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_mode_that_reads_best),
		cmocka_unit_test(test_sizes_that_are_none_are_left_out),
		cmocka_unit_test(
		    test_exposure_follows_the_code_and_is_given_back),
		cmocka_unit_test(
		    test_exposure_stays_within_the_driver_s_limits),
		cmocka_unit_test(
		    test_parts_come_out_whole_however_the_bytes_arrive),
		cmocka_unit_test(test_a_type_without_a_boundary_is_refused),
		cmocka_unit_test(test_a_part_without_an_end_is_dropped_whole),
		cmocka_unit_test(test_lines_are_read_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
