/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slip says what it was given in letters that are all there, fits its
 * paper, and never names a person. */
#include "test.h"

#include "../../src/actuator/parts.h"

/* All 134 letters that ASCII lacks, by base and mark. */
static size_t
for_each_letter(void (*fn)(uint32_t code, void *arg), void *arg)
{
	static const char *const bases[] = { "a", "ă", "â", "e", "ê", "i",
		"o", "ô", "ơ", "u", "ư", "y", "A", "Ă", "Â", "E", "Ê", "I",
		"O", "Ô", "Ơ", "U", "Ư", "Y" };
	static const char *const tones[] = { "", "\xCC\x80", "\xCC\x81",
		"\xCC\x83", "\xCC\x89", "\xCC\xA3" };
	size_t count = 2;

	for (size_t i = 0; i < nitems(bases); i++)
		for (size_t k = 0; k < nitems(tones); k++) {
			char text[16], letter[16];
			size_t n, at = 0;
			uint32_t code;

			snprintf(text, sizeof(text), "%s%s", bases[i],
			    tones[k]);
			n = text_nfc(text, strlen(text), letter,
			    sizeof(letter));
			code = utf8_next(letter, n, &at);
			assert_int_equal(at, n); /* one code, composed */
			if (code < 0x80)
				continue;
			fn(code, arg);
			count++;
		}
	fn(0x111, arg);
	fn(0x110, arg);
	return count;
}

static void
is_in_the_font(uint32_t code, void *arg)
{
	static const struct glyph empty;

	(void)arg;
	assert_true(font_has(code));
	assert_int_equal(font_glyph(code)->code, code);
	assert_memory_not_equal(font_glyph(code)->rows, empty.rows,
	    GLYPH_HEIGHT);
}

static void
test_the_font_has_every_letter(void **state)
{
	(void)state;
	assert_int_equal(for_each_letter(is_in_the_font, NULL), 134);
	for (uint32_t code = ' '; code < 0x7F; code++)
		assert_true(font_has(code));
	for (size_t i = 1; i < glyphs_count; i++)
		assert_true(glyphs_table[i - 1].code < glyphs_table[i].code);
	assert_false(font_has(0x4E2D));
	assert_int_equal(font_glyph(0x4E2D)->code, 0xFFFD);
}

static void
has_a_byte(uint32_t code, void *arg)
{
	bool (*taken)[2][256] = arg;
	unsigned char byte;
	int page;

	assert_true(tcvn_byte(code, &byte, &page));
	assert_true(page == 30 || page == 31);
	assert_true(byte >= 0xA8);
	assert_false((*taken)[page - 30][byte]);
	(*taken)[page - 30][byte] = true;
}

static void
test_tcvn_has_every_letter_once(void **state)
{
	static const struct {
		uint32_t code;
		unsigned char byte;
		int page;
	} cases[] = {
		{ 0x103, 0xA8, 30 }, { 0x111, 0xAE, 30 }, { 0xE0, 0xB5, 30 },
		{ 0x1EB7, 0xC6, 30 }, { 0x1EA7, 0xC7, 30 }, { 0xE8, 0xCC, 30 },
		{ 0x1EC5, 0xD4, 30 }, { 0xEC, 0xD7, 30 }, { 0x1ECB, 0xDE, 30 },
		{ 0xF2, 0xDF, 30 }, { 0x1ECD, 0xE4, 30 }, { 0x1ED9, 0xE9, 30 },
		{ 0x1EDD, 0xEA, 30 }, { 0x1EE3, 0xEE, 30 }, { 0xF9, 0xEF, 30 },
		{ 0x1EE5, 0xF4, 30 }, { 0x1EF1, 0xF9, 30 }, { 0x1EF5, 0xFE, 30 },
		{ 0x110, 0xAE, 31 }, { 0x1EC4, 0xD4, 31 }, { 0x1EF4, 0xFE, 31 },
		{ 'A', 'A', 0 },
	};
	bool taken[2][256] = { { false } };
	unsigned char byte;
	int page;

	(void)state;
	assert_int_equal(for_each_letter(has_a_byte, &taken), 134);
	for (size_t i = 0; i < nitems(cases); i++) {
		assert_true(tcvn_byte(cases[i].code, &byte, &page));
		assert_int_equal(byte, cases[i].byte);
		assert_int_equal(page, cases[i].page);
	}
	assert_false(tcvn_byte(0x1B, &byte, &page));
	assert_false(tcvn_byte(0x20AC, &byte, &page));
}

static void
test_what_is_no_slip_is_refused(void **state)
{
	static const struct {
		const char *json, *want; /* want NULL: taken */
	} cases[] = {
		{ "{\"title\":\"T\",\"serial\":\"a/1\"}", NULL },
		{ "{\"title\":\"T\",\"serial\":\"a/1\",\"later\":[1]}", NULL },
		{ "", "one JSON object" },
		{ "[]", "one JSON object" },
		{ "{\"title\":\"T\",\"title\":\"T\",\"serial\":\"1\"}",
		    "one JSON object" },
		{ "{\"title\":\"T\",\"serial\":\"1\"} x", "one JSON object" },
		{ "{\"serial\":\"1\"}", NULL },
		{ "{\"title\":\"T\"}", "serial" },
		{ "{\"title\":\"T\",\"serial\":\"a b\"}", "serial" },
		{ "{\"title\":1,\"serial\":\"1\"}", "title is no text" },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"again\":1}", "again" },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"id\":\"094 300 000 123\"}",
		    "not masked" },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"id\":\"******000123\"}",
		    NULL },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"token\":\"a\\nb\"}",
		    "control" },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"rows\":[[\"a\"]]}",
		    "label and a value" },
		{ "{\"title\":\"T\",\"serial\":\"1\",\"rows\":{}}", "rows" },
		{ "{\"title\":\"T\",\"serial\":\"1\","
		    "\"rows\":[[\"Người\",\"412\"]]}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct slip slip;
		struct err err = { .text = "" };
		int done = slip_parse(cases[i].json, &slip, &err);

		if (cases[i].want == NULL) {
			assert_int_equal(done, 0);
			continue;
		}
		assert_int_equal(done, -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.text, cases[i].want));
	}
}

static void
test_texts_are_harmless_and_whole(void **state)
{
	struct slip slip;
	struct err err;
	char json[1200], text[700];

	(void)state;
	assert_int_equal(slip_parse("{\"title\":\"a\\u001b@b\\u202ec\","
	    "\"serial\":\"1\"}", &slip, &err), 0);
	assert_null(strchr(slip.title, 0x1B));
	assert_string_equal(slip.title, "a\xEF\xBF\xBD@b\xEF\xBF\xBD" "c");
	for (size_t n = 1; n < sizeof(text) - 1; n++) {
		memset(text, 'x', n);
		text[n] = '\0';
		snprintf(json, sizeof(json), "{\"title\":\"T\","
		    "\"serial\":\"1\",\"public\":\"%s\"}", text);
		if (slip_parse(json, &slip, &err) == 0)
			assert_string_equal(slip.public, text);
		else
			assert_true(n > 300);
	}
}

static void
test_every_width_is_kept(void **state)
{
	static const char json[] = "{\"title\":\"T\",\"serial\":\"a/1\","
	    "\"verdict\":\"MỜI GẶP CÁN BỘ\",\"public\":\"Nghiêng "
	    "Ngườiquádàikhôngcókhoảngtrắngnàocảthếmàvẫnphảiinra\","
	    "\"rows\":[[\"Người\",\"412\"],[\"Một nhãn thật là dài\","
	    "\"và một giá trị cũng dài\"]],\"token\":\"CHOT:1\"}";
	struct slip slip;
	struct err err;

	(void)state;
	assert_int_equal(slip_parse(json, &slip, &err), 0);
	for (size_t dots = 192; dots <= 832; dots += 8) {
		struct raster raster;

		assert_int_equal(layout_raster(&slip, dots, &raster, &err), 0);
		assert_true(raster.rows > 300 && raster.rows < 2000);
		raster_free(&raster);
	}
}

static void
test_a_token_that_needs_finer_dots_is_refused(void **state)
{
	struct slip slip = { .title = "T", .serial = "1" };
	struct raster raster;
	struct err err;

	(void)state;
	memset(slip.token, 'a', 400);
	assert_int_equal(layout_raster(&slip, 384, &raster, &err), 0);
	raster_free(&raster);
	memset(slip.token, 'a', 1900);
	assert_int_equal(layout_raster(&slip, 384, &raster, &err), -1);
	assert_non_null(strstr(err.text, "too long for this paper"));
}

/* Walks the commands as a printer would. */
static void
walk(const struct escpos *e, size_t band)
{
	size_t at = 0, k = 0;

	while (at < e->len) {
		const unsigned char *b = e->bytes + at;
		size_t n = 1;

		if (b[0] == 0x1B)
			n = b[1] == '@' ? 2 : 3;
		else if (b[0] == 0x1D && b[1] == 'v') {
			size_t rows = b[6] + 256u * b[7];

			assert_true(rows >= 1 && rows <= band);
			n = 8 + (b[4] + 256u * b[5]) * rows;
		} else if (b[0] == 0x1D)
			n = b[1] == 'V' ? 4 : 3;
		else
			assert_true(b[0] == '\n' || b[0] >= ' ');
		at += n;
		while (k < e->nends && e->ends[k] < at)
			k++;
		if (b[0] == 0x1D && b[1] == 'v')
			assert_int_equal(e->ends[k], at);
	}
	assert_int_equal(at, e->len);
	assert_int_equal(escpos_owed(e, e->len), 0);
	assert_int_equal(escpos_owed(e, 0), 0);
}

static void
test_bytes_are_commands(void **state)
{
	static const enum print_mode modes[] = { PRINT_RASTER, PRINT_TCVN3,
		PRINT_ASCII };
	static const long bands[] = { 8, 24, 128 };
	struct slip slip = { .title = "Chốt Quốc lộ 1A", .serial = "a/1",
		.verdict = "MỜI QUA", .token = "CHOT:1" };

	(void)state;
	for (size_t i = 0; i < nitems(modes); i++)
		for (size_t k = 0; k < nitems(bands); k++) {
			const struct tuning tuning = { .dots = 384,
				.mode = modes[i], .band = bands[k],
				.cut = CUT_FULL, .feed = 4 };
			struct escpos bytes;
			struct err err;

			assert_int_equal(escpos_slip(&slip, &tuning, &bytes,
			    &err), 0);
			walk(&bytes, (size_t)bands[k]);
			assert_memory_equal(bytes.bytes + bytes.len - 4,
			    "\x1D" "VA", 4);
			escpos_free(&bytes);
		}
}

static void
test_ascii_is_what_the_letters_are(void **state)
{
	const struct tuning tuning = { .dots = 384, .mode = PRINT_ASCII,
		.band = 128, .cut = CUT_NONE };
	struct slip slip = { .title = "Ở Đường Nguyễn", .serial = "1",
		.public = "38,2 “ưỡ” …" };
	struct escpos bytes;
	struct err err;
	char text[4096] = "";

	(void)state;
	assert_int_equal(escpos_slip(&slip, &tuning, &bytes, &err), 0);
	assert_true(bytes.len < sizeof(text));
	for (size_t i = 0, n = 0; i < bytes.len; i++)
		if (bytes.bytes[i] >= ' ' || bytes.bytes[i] == '\n')
			text[n++] = (char)bytes.bytes[i];
	assert_non_null(strstr(text, "O Duong Nguyen\n"));
	assert_non_null(strstr(text, "38,2 \"uo\" .\n"));
	escpos_free(&bytes);
}

static void
test_the_tone_is_a_wav_file(void **state)
{
	static unsigned char tone[WAVE_MAX];
	size_t n = wave_tone(tone);
	int low = 0, high = 0;

	(void)state;
	assert_int_equal(n, 44 + 8000);
	assert_memory_equal(tone, "RIFF\x64\x1F\0\0WAVEfmt ", 16);
	assert_memory_equal(tone + 36, "data\x40\x1F\0\0", 8);
	for (size_t i = 44; i < n; i += 2) {
		int value = (int16_t)(tone[i] | tone[i + 1] << 8);

		low = value < low ? value : low;
		high = value > high ? value : high;
	}
	assert_in_range(high, 8000, 9001);
	assert_in_range(-low, 8000, 9001);
	assert_true(tone[44] == 0 && tone[45] == 0); /* no click */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_font_has_every_letter),
		cmocka_unit_test(test_tcvn_has_every_letter_once),
		cmocka_unit_test(test_what_is_no_slip_is_refused),
		cmocka_unit_test(test_texts_are_harmless_and_whole),
		cmocka_unit_test(test_every_width_is_kept),
		cmocka_unit_test(test_a_token_that_needs_finer_dots_is_refused),
		cmocka_unit_test(test_bytes_are_commands),
		cmocka_unit_test(test_ascii_is_what_the_letters_are),
		cmocka_unit_test(test_the_tone_is_a_wav_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
