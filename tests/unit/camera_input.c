/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures and video come in whole or are refused whole, whatever a header
 * claims and however the bytes arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/reader/camera/parts.h"

#define BYTES(text) (const unsigned char *)(text), sizeof(text) - 1

static void
test_pnm_pixels(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		int width, height;
		const char *pixels;
	} cases[] = {
		{ "P5 2 1 255\n\x00\xff", 13, 2, 1, "\x00\xff" },
		{ "P5\n# a note\n2 1\n255\n\x07\x08", 22, 2, 1, "\x07\x08" },
		{ "P5 1 1 65535\n\xff\xff", 15, 1, 1, "\xff" },
		{ "P2 2 2 15 0 15 15 0", 19, 2, 2, "\x00\xff\xff\x00" },
		{ "P1 3 1 101", 10, 3, 1, "\x00\xff\x00" },
		{ "P4 3 1\n\xa0", 8, 3, 1, "\x00\xff\x00" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err;
		struct grey *grey = pnm_parse((const void *)cases[i].bytes,
		    cases[i].n, &err);

		assert_non_null(grey);
		assert_int_equal(grey->width, cases[i].width);
		assert_int_equal(grey->height, cases[i].height);
		assert_memory_equal(grey->pixels, cases[i].pixels,
		    (size_t)(grey->width * grey->height));
		grey_free(grey);
	}
}

static void
test_bad_pnm_is_refused(void **state)
{
	static const char *const cases[] = {
		"P", "P5", "P7 1 1 255\n", "P5 0 1 255\n", "P5 1 1 0\n",
		"P5 -1 1 255\nxx", "P5 4 4 255\nabc", "P5 99999 1 255\nab",
		"P5 65535 65535 255\nab", "P4 65535 65535\nab", "P2 1 1 5 6",
		"P1 2 1 12", "P2 3 1 255 1 2", "P5 2147483648 1 255\nxx",
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { .kind = ERR_NONE };

		assert_null(pnm_parse((const void *)cases[i],
		    strlen(cases[i]), &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static char *
read_test_file(const char *name, size_t *n)
{
	char path[4096];
	struct err err;
	char *bytes;

	snprintf(path, sizeof(path), "%s/tests/camera/%s", getenv("SRCDIR"),
	    name);
	bytes = file_read(path, PICTURE_BYTES_MAX, n, &err);
	assert_non_null(bytes);
	return bytes;
}

static void
test_cut_or_damaged_png_is_refused(void **state)
{
	size_t n;
	char *bytes = read_test_file("empty.png", &n);
	struct grey *grey;
	struct err err;

	(void)state;
	grey = png_parse((unsigned char *)bytes, n, &err);
	assert_non_null(grey);
	assert_int_equal(grey->width, 640);
	grey_free(grey);
	for (size_t cut = 0; cut < n - 12; cut += n / 40)
		assert_null(png_parse((unsigned char *)bytes, cut, &err));
	bytes[n / 2] ^= 0x40;
	assert_null(png_parse((unsigned char *)bytes, n, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	free(bytes);
}

static void
test_cut_jpeg_is_refused(void **state)
{
	size_t n;
	char *bytes = read_test_file("small.jpg", &n);
	struct err err = { .kind = ERR_NONE };
	struct grey *grey;

	(void)state;
	grey = jpeg_parse((unsigned char *)bytes, n, &err);
	assert_non_null(grey);
	assert_int_equal(grey->width, 64);
	assert_int_equal(grey->height, 48);
	/* Left half black, right half white. */
	assert_true(grey->pixels[20 * 64 + 4] < 30);
	assert_true(grey->pixels[20 * 64 + 60] > 225);
	grey_free(grey);
	for (size_t cut = 0; cut < n - 2; cut += 7)
		assert_null(jpeg_parse((unsigned char *)bytes, cut, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	free(bytes);
}

static void
test_camera_formats(void **state)
{
	static const struct {
		const char *fourcc;
		int stride;
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "GREY", 2, "abcd", 4 },
		{ "GREY", 3, "ab-cd-", 6 },
		{ "YUYV", 4, "aUbVcUdV", 8 },
		{ "UYVY", 4, "UaVbUcVd", 8 },
		{ "NV12", 2, "abcdUV", 6 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct raw raw = { .width = 2, .height = 2,
			.stride = (size_t)cases[i].stride };
		struct err err = { .kind = ERR_NONE };
		struct grey *grey;

		assert_int_equal(pixels_of(cases[i].fourcc, &raw.pixels), 0);
		grey = convert(&raw, (const void *)cases[i].bytes, cases[i].n,
		    &err);
		assert_non_null(grey);
		assert_memory_equal(grey->pixels, "abcd", 4);
		grey_free(grey);
		assert_null(convert(&raw, (const void *)cases[i].bytes,
		    2 * raw.stride - 1, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		raw.stride = 1;
		assert_null(convert(&raw, (const void *)cases[i].bytes,
		    cases[i].n, &err));
	}
}

/* Webcams leave the Huffman tables out of each frame. */
static void
test_mjpeg_without_tables(void **state)
{
	size_t n, at = 2, kept = 2;
	unsigned char *bytes = (void *)read_test_file("small.jpg", &n);
	struct raw raw = { .pixels = PIXELS_MJPEG };
	struct grey *grey;
	struct err err;

	(void)state;
	while (bytes[at + 1] != 0xda) {
		size_t len = (size_t)(bytes[at + 2] << 8 | bytes[at + 3]) + 2;

		if (bytes[at + 1] != 0xc4) {
			memmove(bytes + kept, bytes + at, len);
			kept += len;
		}
		at += len;
	}
	memmove(bytes + kept, bytes + at, n - at);
	assert_true(kept < at);
	grey = convert(&raw, bytes, kept + n - at, &err);
	assert_non_null(grey);
	assert_true(grey->pixels[20 * 64 + 4] < 30);
	assert_true(grey->pixels[20 * 64 + 60] > 225);
	grey_free(grey);
	assert_null(convert(&raw, bytes, kept, &err));
	free(bytes);
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(picture_named("a.png"));
	assert_true(picture_named("a.JPG"));
	assert_false(picture_named(".hidden.png"));
	assert_false(picture_named(".png"));
	assert_false(picture_named("README"));
}

/* Joins frames as "time:pixels|". */
static void
join(void *arg, const struct grey *frame, int64_t at_ms)
{
	char text[64];

	snprintf(text, sizeof(text), "%d:%.*s|", (int)at_ms,
	    frame->width * frame->height, (const char *)frame->pixels);
	strcat(arg, text);
}

/* All bytes; -1 when any of them were damaged. */
static int
push(struct y4m *y4m, const unsigned char *bytes, size_t n, char *got,
    struct err *err)
{
	int result = 0;

	while (y4m_push(y4m, &bytes, &n, join, got, err) != 0)
		result = -1;
	return result;
}

static void
test_y4m_in_any_pieces(void **state)
{
	static const struct {
		const char *sent, *want;
	} cases[] = {
		{ "YUV4MPEG2 W2 H2 F2:1\nFRAME\nabcdUVFRAME Ip\nefghUV",
		    "0:abcd|500:efgh|" },
		{ "YUV4MPEG2 W3 H1 Cmono\nFRAME\nabcFRAME\ndef",
		    "0:abc|40:def|" },
		{ "YUV4MPEG2 W3 H1 F0:0 C420jpeg\nFRAME\nabcUUVV", "0:abc|" },
		{ "YUV4MPEG2 W3 H1 C422 XNOTE\nFRAME\nabcUUVV", "0:abc|" },
		{ "YUV4MPEG2 W1 H2 C444\nFRAME\nabUUVV", "0:ab|" },
		{ "YUV4MPEG2 W1 H1 C444alpha\nFRAME\naUVA", "0:a|" },
		{ "YUV4MPEG2 W1 H1 Cmono\nFRAME\naYUV4MPEG2 W3 H1 Cmono\n"
		    "FRAME\nabc", "0:a|40:abc|" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const unsigned char *sent = (const void *)cases[i].sent;
		size_t len = strlen(cases[i].sent);

		for (size_t piece = 1; piece <= len; piece++) {
			char got[256] = "";
			struct y4m y4m;
			struct err err;

			y4m_init(&y4m);
			for (size_t at = 0; at < len; at += piece)
				assert_int_equal(push(&y4m, sent + at,
				    at + piece > len ? len - at : piece, got,
				    &err), 0);
			assert_string_equal(got, cases[i].want);
			assert_true(y4m_whole(&y4m));
			y4m_clear(&y4m);
		}
	}
}

static void
test_bad_y4m_is_refused(void **state)
{
	static const char *const cases[] = {
		"RIFF W2 H2\n", "YUV4MPEG2\n", "YUV4MPEG2 W2\n",
		"YUV4MPEG2 W0 H2\n", "YUV4MPEG2 W-2 H2\n",
		"YUV4MPEG2 W16000 H16000\n", "YUV4MPEG2 W2x H2\n",
		"YUV4MPEG2 W2 H2 C420p10\n", "YUV4MPEG2 W2 H2 Cmono16\n",
		"YUV4MPEG2 W2 H2 C\n", "\n", " \n",
		"YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRAMES\nb",
		"YUV4MPEG2 W1 H1 Cmono\nFRAME\nabFRAME\n",
	};
	char got[64] = "";
	char line[Y4M_LINE_MAX + 2];
	struct y4m y4m;
	struct err err;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		err.kind = ERR_NONE;
		y4m_init(&y4m);
		assert_int_equal(push(&y4m, (const void *)cases[i],
		    strlen(cases[i]), got, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		y4m_clear(&y4m);
	}
	memset(line, 'x', sizeof(line));
	y4m_init(&y4m);
	assert_int_equal(push(&y4m, (const void *)line, sizeof(line), got,
	    &err), -1);
	y4m_clear(&y4m);
}

static void
test_y4m_goes_on_at_the_next_header(void **state)
{
	char got[64] = "";
	struct y4m y4m;
	struct err err;

	(void)state;
	y4m_init(&y4m);
	assert_int_equal(push(&y4m, BYTES("rubbish\nYUV4YYUV4MPEG2 W1 H1 "
	    "Cmono\nFRAME\na"), got, &err), -1);
	assert_string_equal(got, "0:a|");
	y4m_clear(&y4m);
}

static void
test_y4m_cut_in_a_frame_is_not_whole(void **state)
{
	char got[64] = "";
	struct y4m y4m;
	struct err err;

	(void)state;
	y4m_init(&y4m);
	assert_int_equal(push(&y4m,
	    BYTES("YUV4MPEG2 W2 H1 Cmono\nFRAME\na"), got, &err), 0);
	assert_false(y4m_whole(&y4m));
	assert_string_equal(got, "");
	y4m_clear(&y4m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pnm_pixels),
		cmocka_unit_test(test_bad_pnm_is_refused),
		cmocka_unit_test(test_cut_or_damaged_png_is_refused),
		cmocka_unit_test(test_cut_jpeg_is_refused),
		cmocka_unit_test(test_camera_formats),
		cmocka_unit_test(test_mjpeg_without_tables),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_y4m_in_any_pieces),
		cmocka_unit_test(test_bad_y4m_is_refused),
		cmocka_unit_test(test_y4m_goes_on_at_the_next_header),
		cmocka_unit_test(test_y4m_cut_in_a_frame_is_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
