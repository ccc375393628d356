/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codes that say odd things: NULs, bytes that are no text, character sets that
 * do not fit or do not exist, as much as a code holds. What a code holds comes
 * out to the byte, or is refused whole.
 */
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/reader/camera/parts.h"
#include "test.h"

#define MODULE 3 /* pixels */
#define QUIET 4  /* modules */
#define NO_ECI -1

static struct grey *
picture(const QRcode *code)
{
	int size = code->width, side = (size + 2 * QUIET) * MODULE;
	struct err err;
	struct grey *grey = grey_new(side, side, &err);

	assert_non_null(grey);
	memset(grey->pixels, 220, (size_t)side * (size_t)side);
	for (int y = 0; y < size * MODULE; y++)
		for (int x = 0; x < size * MODULE; x++)
			if (code->data[y / MODULE * size + x / MODULE] & 1)
				grey->pixels[(y + QUIET * MODULE) * side + x +
				    QUIET * MODULE] = 30;
	return grey;
}

static struct grey *
encode(long eci, QRencodeMode mode, const unsigned char *bytes, size_t n)
{
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_L);
	struct grey *grey;
	QRcode *code;

	assert_non_null(input);
	if (eci != NO_ECI)
		assert_int_equal(QRinput_appendECIheader(input,
		    (unsigned)eci), 0);
	assert_int_equal(QRinput_append(input, mode, (int)n, bytes), 0);
	code = QRcode_encodeInput(input);
	assert_non_null(code);
	grey = picture(code);
	QRcode_free(code);
	QRinput_free(input);
	return grey;
}

/* Text that does not fit the character set which the code names: zbar gives
 * some as it is and refuses the rest, which is told as for any code that does
 * not read. */
static void
expect_event(const struct grey *grey, const unsigned char *bytes, size_t n)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;

	assert_true(codes != NULL && look != NULL);
	assert_int_equal(look_at(look, grey, true, codes, &hint, &err), 0);
	if (codes->count == 0) {
		assert_non_null(hint);
	} else {
		assert_int_equal(codes->count, 1);
		assert_int_equal(codes->code[0].len, n);
		assert_memory_equal(codes->code[0].bytes, bytes, n);
	}
	look_free(look);
	free(codes);
}

/* As a picture and as video. */
static void
expect(const struct grey *grey, const unsigned char *bytes, size_t n)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;

	assert_true(codes != NULL && look != NULL);
	for (int still = 0; still < 2; still++) {
		assert_int_equal(look_at(look, grey, still, codes, &hint,
		    &err), 0);
		assert_int_equal(codes->count, 1);
		assert_int_equal(codes->code[0].len, n);
		assert_memory_equal(codes->code[0].bytes, bytes, n);
	}
	look_free(look);
	free(codes);
}

static void
test_bytes_come_out_as_they_are(void **state)
{
	static const struct {
		long eci;
		const char *bytes;
		size_t n;
		const char *text; /* NULL: the bytes; "": these, or none */
	} cases[] = {
		{ NO_ECI, "a\0b\0\0c", 6, NULL },
		{ NO_ECI, "\0\0\0\0", 4, NULL },
		{ NO_ECI, "\xff\xfe\x80\xc3", 4, NULL },
		{ NO_ECI, "094300000123|Vũ Bảo", 22, NULL },
		{ NO_ECI, "\r\n\x1b[2J", 6, NULL },
		{ 26, "Nguy\xe1\xbb\x85n", 8, NULL },
		{ 26, "\xc3\x28\xa0\xff\x00\xed\xa0\x80", 8, "" }, /* no UTF-8 */
		{ 26, "\xf8\x88\x80\x80\x80", 5, "" },
		{ 3, "\xe9t\xe9", 3, "été" },
		{ 20, "\x81\x20\xff\x93", 4, "" }, /* no Shift JIS */
		{ 25, "\xd8\x00\x41", 3, "" }, /* half of a pair, odd */
		{ 170, "\x80\x81", 2, NULL },        /* ASCII */
		{ 899, "\x00\x01\xff", 3, NULL },    /* bytes */
		{ 5555, "abc", 3, NULL },            /* never assigned */
		{ 999999, "abc", 3, "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const unsigned char *bytes = (const void *)cases[i].bytes;
		struct grey *grey = encode(cases[i].eci, QR_MODE_8, bytes,
		    cases[i].n);

		if (cases[i].text == NULL)
			expect(grey, bytes, cases[i].n);
		else if (*cases[i].text != '\0')
			expect(grey, (const void *)cases[i].text,
			    strlen(cases[i].text));
		else
			expect_event(grey, bytes, cases[i].n);
		grey_free(grey);
	}
}

static void
test_every_byte(void **state)
{
	unsigned char bytes[256];
	struct grey *grey;

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)(255 - i);
	grey = encode(NO_ECI, QR_MODE_8, bytes, sizeof(bytes));
	expect(grey, bytes, sizeof(bytes));
	grey_free(grey);
}

/* As many as a code holds; a line of ours takes 4,296 of them. */
static void
test_the_largest_codes(void **state)
{
	static const struct {
		QRencodeMode mode;
		size_t n;
		bool taken;
	} cases[] = {
		{ QR_MODE_8, 2953, true },
		{ QR_MODE_AN, 4296, true },
		{ QR_MODE_NUM, 4297, false },
		{ QR_MODE_NUM, 7089, false },
	};
	static char text[16384];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct code *code = calloc(1, sizeof(*code));
		struct report report;
		struct grey *grey;
		int ends[2];
		ssize_t n;

		assert_non_null(code);
		*code = (struct code){ .word = "qr", .len = cases[i].n };
		for (size_t k = 0; k < code->len; k++)
			code->bytes[k] = (unsigned char)('0' + k * 7 % 10);
		grey = encode(NO_ECI, cases[i].mode, code->bytes, code->len);
		expect(grey, code->bytes, code->len);
		assert_int_equal(pipe(ends), 0);
		report_init(&report, ends[1], 0);
		report_scan(&report, code);
		n = read(ends[0], text, sizeof(text));
		assert_true(n > 6);
		assert_memory_equal(text, cases[i].taken ? "scan q" : "fault ",
		    6);
		assert_int_equal(cases[i].taken, n > 4000);
		close(ends[0]);
		close(ends[1]);
		grey_free(grey);
		free(code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_come_out_as_they_are),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_the_largest_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
