/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large words are whole, within their box, and told apart by their marks. */
#include "test.h"

#include "../../src/screen/parts.h"

#include <locale.h>

#define INK '@'

/* Draw into the middle of a larger canvas and count; a cell of ink outside
 * the box fails. rows (may be NULL) gets the drawing. */
static int
draw(const char *text, int h, int w, char *rows)
{
	struct canvas *canvas = canvas_new(w + 8, h + 8);
	int ink = 0;

	bigtext_draw(canvas, (struct box){ 4, 4, h, w }, INK, STYLE_PASS,
	    text);
	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->cols; x++) {
			bool full = canvas->cells[y * canvas->cols + x].code ==
			    INK;

			ink += full;
			if (full && (y < 4 || y >= 4 + h || x < 4 || x >= 4 + w))
				fail_msg("%s: ink outside its box", text);
			if (rows != NULL)
				*rows++ = full ? '#' : ' ';
		}
	}
	if (rows != NULL)
		*rows = '\0';
	canvas_free(canvas);
	return ink;
}

/* What the word must have: the sum of its letters, none on another. */
static int
ink_of_letters(const char *text, int h)
{
	size_t n = strlen(text), at = 0;
	int ink = 0;

	while (at < n) {
		size_t before = at;
		char letter[5] = "";

		utf8_next(text, n, &at);
		memcpy(letter, text + before, at - before);
		if (letter[0] != ' ')
			ink += draw(letter, h, bigtext_width(letter), NULL);
	}
	return ink;
}

static void
test_words_of_the_screen(void **state)
{
	static const struct {
		const char *word;
		int width;
	} words[] = {
		{ "ĐƯỢC QUA", 76 }, { "KIỂM TRA", 67 }, { "DỪNG LẠI", 67 },
		{ "PASS", 38 }, { "CHECK", 48 }, { "STOP", 38 },
		{ "MỜI QUA", 59 }, { "MỜI GẶP", 59 }, { "CÁN BỘ", 51 },
		{ "0123456789", 96 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(words); i++) {
		int width = bigtext_width(words[i].word);

		if (width != words[i].width)
			print_error("%s: %d\n", words[i].word, width);
		assert_int_equal(width, words[i].width);
		assert_int_equal(draw(words[i].word, BIG_ROWS, width, NULL),
		    ink_of_letters(words[i].word, BIG_ROWS));
		/* one column less, and it is not drawn large */
		assert_int_equal(draw(words[i].word, BIG_ROWS, width - 1,
		    NULL), 0);
	}
}

static void
test_the_verdict_fits_80_columns(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain("chot", test_path("BUILDDIR", "locale"));
	textdomain("chot");
	assert_string_equal(screen_check_words(LANGUAGE_VI), "");
	assert_string_equal(word_verdict(VERDICT_PASS), "ĐƯỢC QUA");
	assert_string_equal(word_verdict(VERDICT_CHECK), "KIỂM TRA");
	assert_string_equal(word_verdict(VERDICT_STOP), "DỪNG LẠI");
	assert_string_equal(screen_check_words(LANGUAGE_EN), "");
	assert_string_equal(word_verdict(VERDICT_STOP), "STOP");
}

/* All 67 capitals with marks, and what has none. */
static const char capitals[] =
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static void
test_every_letter_is_drawn_and_differs(void **state)
{
	static char drawings[128][(BIG_ROWS + 8) * 19 + 1];
	size_t n = strlen(capitals), at = 0, count = 0;

	(void)state;
	while (at < n) {
		size_t before = at;
		char letter[5] = "";

		utf8_next(capitals, n, &at);
		memcpy(letter, capitals + before, at - before);
		assert_true(draw(letter, BIG_ROWS, 11, drawings[count]) >= 14);
		for (size_t i = 0; i < count; i++)
			if (strcmp(drawings[i], drawings[count]) == 0)
				fail_msg("%s looks like another", letter);
		count++;
	}
	assert_int_equal(count, 67 + 36);
}

static void
test_marks_stay_off_the_letter_where_there_is_room(void **state)
{
	char rows[(BIG_ROWS + 8) * 19 + 1];

	(void)state;
	draw("Á", BIG_ROWS, 11, rows);
	/* two rows of the mark, a free one, seven of the letter */
	assert_non_null(memchr(rows + 4 * 19, '#', 19));
	assert_null(memchr(rows + 6 * 19, '#', 19));
	assert_non_null(memchr(rows + 7 * 19, '#', 19));
}

static int
ink_of_rows(const char *const *rows)
{
	int ink = 0;

	for (int y = 0; rows != NULL && y < 2; y++)
		for (const char *p = rows[y]; *p != '\0'; p++)
			ink += *p == '#';
	return ink;
}

/* No mark covers another, or the letter. */
static void
test_letter_and_marks_are_whole(void **state)
{
	size_t n = strlen(capitals), at = 0;

	(void)state;
	while (at < n) {
		size_t before = at;
		char letter[5] = "", base[2] = "";
		struct marked marked;
		int want;

		assert_true(glyph_marks(utf8_next(capitals, n, &at), &marked));
		if (marked.shape == SHAPE_HORN || marked.shape == SHAPE_STROKE)
			continue; /* these grow together with the letter */
		memcpy(letter, capitals + before, at - before);
		base[0] = marked.letter;
		want = draw(base, BIG_ROWS, bigtext_width(base), NULL) +
		    ink_of_rows(shape_rows(marked.shape)) +
		    ink_of_rows(tone_rows(marked.tone,
		    shape_rows(marked.shape) != NULL)) +
		    (marked.tone == TONE_DOT ? 2 : 0);
		if (draw(letter, BIG_ROWS, bigtext_width(letter), NULL) != want)
			fail_msg("%s is not whole", letter);
	}
}

static void
test_grows_with_the_screen(void **state)
{
	int one = draw("STOP", BIG_ROWS, 40, NULL);

	(void)state;
	assert_int_equal(draw("STOP", 2 * BIG_ROWS, 76, NULL), 4 * one);
	assert_true(draw("STOP", BIG_ROWS, 60, NULL) > one);
	assert_true(draw("ĐƯỢC QUA", 2 * BIG_ROWS, 128, NULL) >
	    2 * draw("ĐƯỢC QUA", BIG_ROWS, 76, NULL));
}

static void
test_what_cannot_be_large_is_small(void **state)
{
	struct canvas *canvas = canvas_new(40, 12);

	(void)state;
	assert_int_equal(bigtext_width("漢字"), -1);
	assert_int_equal(bigtext_width("d\xff"), -1);
	assert_int_equal(bigtext_width(""), -1);
	bigtext_draw(canvas, (struct box){ 0, 0, 12, 40 }, INK, STYLE_PASS,
	    "so so");
	assert_int_equal(canvas->cells[6 * 40 + 17].code, 's');
	canvas_free(canvas);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_of_the_screen),
		cmocka_unit_test(test_the_verdict_fits_80_columns),
		cmocka_unit_test(test_every_letter_is_drawn_and_differs),
		cmocka_unit_test(test_marks_stay_off_the_letter_where_there_is_room),
		cmocka_unit_test(test_letter_and_marks_are_whole),
		cmocka_unit_test(test_grows_with_the_screen),
		cmocka_unit_test(test_what_cannot_be_large_is_small),
	};

	return cmocka_run_group_tests_name("bigtext", tests, NULL, NULL);
}
