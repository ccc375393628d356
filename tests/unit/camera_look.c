/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look as a whole: why nothing reads, codes of any size, its deadline, and
 * memory that stays as it is.
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

#include "../../src/reader/camera/stages.h"

#define SIDE 21 /* modules of tests/camera/code.pgm */
#define WIDTH 640
#define HEIGHT 480

/* ---- scenes ---------------------------------------------------------------------- */

static unsigned
chance(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static struct grey *
blank(int width, int height, int level)
{
	struct err err;
	struct grey *grey = grey_new(width, height, &err);

	assert_non_null(grey);
	memset(grey->pixels, level, (size_t)width * (size_t)height);
	return grey;
}

/* The modules of the code that reads "51F-123.45". */
static void
read_code(unsigned char *dark)
{
	char path[4096];
	struct err err;
	struct grey *grey;

	snprintf(path, sizeof(path), "%s/tests/camera/code.pgm",
	    getenv("SRCDIR"));
	grey = picture_read(path, &err);
	assert_non_null(grey);
	for (int i = 0; i < SIDE * SIDE; i++)
		dark[i] = grey->pixels[(18 + 4 * (i / SIDE)) * grey->width +
		    18 + 4 * (i % SIDE)] < 128;
	grey_free(grey);
}

/* size modules at (x, y), as much of them as the frame holds. */
static void
put(struct grey *grey, const unsigned char *dark, int size, int module, int x,
    int y, int ink, int paper)
{
	for (int v = -2 * module; v < (size + 2) * module; v++)
		for (int u = -2 * module; u < (size + 2) * module; u++) {
			bool in = u >= 0 && v >= 0 && u < size * module &&
			    v < size * module;

			if (x + u < 0 || y + v < 0 || x + u >= grey->width ||
			    y + v >= grey->height)
				continue;
			grey->pixels[(y + v) * grey->width + x + u] =
			    (unsigned char)(in && dark[v / module * size +
			    u / module] ? ink : paper);
		}
}

/* A symbol of version 7 whose data no decoder takes. */
static void
put_unreadable(struct grey *grey, int module, int x, int y, int ink,
    int paper)
{
	static unsigned char dark[45 * 45];
	static struct symbol symbol;
	unsigned seed = 3;

	symbol_make(&symbol, 7);
	for (int i = 0; i < 45 * 45; i++)
		dark[i] = symbol.fixed[i] == FIXED_DARK ? 1 :
		    symbol.fixed[i] == FIXED_LIGHT ? 0 : chance(&seed) & 1;
	put(grey, dark, 45, module, x, y, ink, paper);
}

static struct grey *
blurred(struct grey *grey, int times)
{
	struct err err;

	for (int i = 0; i < times; i++) {
		struct grey *soft = grey_blurred(grey, &err);

		assert_non_null(soft);
		grey_free(grey);
		grey = soft;
	}
	return grey;
}

/* ---- hints ----------------------------------------------------------------------- */

static struct grey *
scene(const char *word)
{
	struct grey *grey = blank(WIDTH, HEIGHT, 150);

	if (strcmp(word, "dark") == 0) {
		memset(grey->pixels, 14, WIDTH * HEIGHT);
		put_unreadable(grey, 4, 200, 120, 8, 24);
	} else if (strcmp(word, "bright") == 0) {
		memset(grey->pixels, 245, WIDTH * HEIGHT);
		put_unreadable(grey, 4, 200, 120, 236, 250);
	} else if (strcmp(word, "blurred") == 0) {
		put_unreadable(grey, 4, 200, 120, 30, 210);
		grey = blurred(grey, 12);
	} else if (strcmp(word, "far") == 0) {
		put_unreadable(grey, 1, 300, 220, 30, 210);
	} else if (strcmp(word, "glare") == 0) {
		put_unreadable(grey, 4, 200, 120, 30, 210);
		for (int y = 155; y < 265; y++)
			memset(grey->pixels + y * WIDTH + 235, 255, 110);
	} else if (strcmp(word, "cut") == 0) {
		put_unreadable(grey, 4, 540, 120, 30, 210);
	}
	return grey;
}

static void
test_each_hint_has_its_picture(void **state)
{
	static const char *const words[] = { "dark", "bright", "blurred",
		"far", "glare", "cut" };
	struct codes *codes = calloc(1, sizeof(*codes));

	(void)state;
	assert_non_null(codes);
	for (size_t i = 0; i < nitems(words); i++) {
		struct grey *grey = scene(words[i]);
		struct err err;
		struct look *look = look_new(&err);
		const char *hint = NULL;

		assert_non_null(look);
		for (int frame = 0; frame < 6; frame++)
			assert_int_equal(look_at(look, grey, false, codes,
			    &hint, &err), 0);
		assert_int_equal(codes->count, 0);
		assert_string_equal(hint != NULL ? hint : "none", words[i]);
		look_free(look);
		grey_free(grey);
	}
	free(codes);
}

static void
test_an_empty_frame_gives_no_hint(void **state)
{
	struct grey *grey = blank(WIDTH, HEIGHT, 150);
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint = "";
	unsigned seed = 9;

	(void)state;
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		grey->pixels[i] = (unsigned char)(140 + chance(&seed) % 20);
	for (int frame = 0; frame < 10; frame++) {
		assert_int_equal(look_at(look, grey, false, codes, &hint,
		    &err), 0);
		assert_null(hint);
	}
	look_free(look);
	grey_free(grey);
	free(codes);
}

/* ---- sizes ------------------------------------------------------------------------ */

static void
expect_code(const struct grey *grey, bool still, int frames)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;

	assert_true(look != NULL && codes != NULL);
	for (int i = 0; i < frames && codes->count == 0; i++)
		assert_int_equal(look_at(look, grey, still, codes, &hint,
		    &err), 0);
	assert_int_equal(codes->count, 1);
	assert_int_equal(codes->code[0].len, 10);
	assert_memory_equal(codes->code[0].bytes, "51F-123.45", 10);
	look_free(look);
	free(codes);
}

static void
test_modules_of_any_size_are_read(void **state)
{
	static const int modules[] = { 2, 3, 5, 8, 11, 13, 16, 19, 22, 26 };
	unsigned char dark[SIDE * SIDE];

	(void)state;
	read_code(dark);
	for (size_t i = 0; i < nitems(modules); i++)
		for (int still = 0; still < 2; still++) {
			int m = modules[i];
			struct grey *grey = blank(1280, 720, 120);

			put(grey, dark, SIDE, m, 640 - SIDE * m / 2,
			    360 - SIDE * m / 2, 40, 200);
			grey = blurred(grey, 1);
			expect_code(grey, still, 2);
			grey_free(grey);
		}
}

/* A card around a can: columns sink towards the middle, by up to `depth`. */
static struct grey *
bent(const struct grey *flat, int width, int depth)
{
	struct grey *grey = blank(flat->width, flat->height, 120);

	for (int x = 0; x < grey->width; x++) {
		int aside = 2 * x - grey->width;
		int down = depth - depth * aside * aside / (width * width);

		for (int y = 0; y < grey->height; y++)
			if (down > 0 && y >= down)
				grey->pixels[y * grey->width + x] =
				    flat->pixels[(y - down) * grey->width + x];
			else
				grey->pixels[y * grey->width + x] =
				    flat->pixels[y * grey->width + x];
	}
	return grey;
}

static void
test_a_code_on_bent_paper_is_read(void **state)
{
	unsigned char dark[SIDE * SIDE];

	(void)state;
	read_code(dark);
	for (int depth = 0; depth <= 18; depth += 6) {
		struct grey *flat = blank(WIDTH, HEIGHT, 120), *grey;

		put(flat, dark, SIDE, 8, 236, 156, 40, 200);
		grey = blurred(bent(flat, 220, depth), 1);
		expect_code(grey, true, 1);
		grey_free(grey);
		grey_free(flat);
	}
}

/* A sheet of sixty, each with a neighbour's patterns close by. */
static void
test_a_sheet_full_of_codes_is_read_whole(void **state)
{
	unsigned char dark[SIDE * SIDE];
	struct grey *grey = blank(1280, 960, 200);
	struct codes *codes = calloc(1, sizeof(*codes));
	struct notes *notes = calloc(1, sizeof(*notes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;
	int read = 0;

	(void)state;
	assert_true(look != NULL && codes != NULL && notes != NULL);
	read_code(dark);
	for (int i = 0; i < 60; i++)
		put(grey, dark, SIDE, 4, 20 + i % 10 * 124, 40 + i / 10 * 150,
		    40, 200);
	grey = blurred(grey, 1);
	look_note(look, notes);
	assert_int_equal(look_at(look, grey, true, codes, &hint, &err), 0);
	for (size_t i = 0; i < notes->count; i++)
		read += notes->note[i].kind == NOTE_READ;
	assert_int_equal(read, 60);
	assert_int_equal(codes->count, 1); /* they say the same */
	look_free(look);
	free(notes);
	free(codes);
	grey_free(grey);
}

static void
test_a_drawn_code_of_one_pixel_a_module_is_read(void **state)
{
	unsigned char dark[SIDE * SIDE];
	struct grey *grey = blank(SIDE, SIDE, 255);

	(void)state;
	read_code(dark);
	put(grey, dark, SIDE, 1, 0, 0, 0, 255);
	expect_code(grey, true, 1);
	grey_free(grey);
}

static void
test_what_is_nearly_a_drawn_code_is_none(void **state)
{
	static unsigned char out[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	struct grey *grey = blank(42, 42, 255);
	unsigned seed = 4;

	(void)state;
	assert_int_equal(exact_modules(grey, out), 0);
	for (int i = 0; i < 42 * 42; i++)
		grey->pixels[i] = chance(&seed) & 1 ? 255 : 0;
	assert_int_equal(exact_modules(grey, out), 0);
	memset(grey->pixels, 0, 42 * 42);
	assert_int_equal(exact_modules(grey, out), 0);
	grey_free(grey);
}

/* zbar turns the middle of a large dark area light, if it is plain. */
static void
test_a_large_dark_area_stays_dark(void **state)
{
	unsigned char dark[SIDE * SIDE] = { 0 };
	struct err err;
	struct grey *grey;

	(void)state;
	for (int v = 5; v < 15; v++)
		memset(dark + v * SIDE + 5, 1, 10);
	grey = draw_modules(dark, SIDE, &err);
	assert_non_null(grey);
	for (int v = 6; v < 14; v++)
		for (int u = 6; u < 14; u++) {
			const unsigned char *middle = grey->pixels +
			    ((v + 2) * 3 + 1) * grey->width + (u + 2) * 3 + 1;

			assert_true(middle[0] + 3 < (8 * middle[1]) / 9);
		}
	grey_free(grey);
}

/* ---- the deadline ------------------------------------------------------------------- */

static int64_t fake_us;

/* A machine on which each question for the time takes 20 ms of it. */
static int64_t
slow_clock(void)
{
	return fake_us += 20000;
}

static void
test_a_look_ends_at_its_deadline(void **state)
{
	struct grey *grey = scene("blurred");
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;

	(void)state;
	assert_non_null(look);
	look_clock(look, slow_clock);
	for (int still = 0; still < 2; still++) {
		int64_t budget_us = 1000 * (still ? LOOK_STILL_MS :
		    LOOK_VIDEO_MS);

		fake_us = 0;
		assert_int_equal(look_at(look, grey, still, codes, &hint,
		    &err), 0);
		assert_true(fake_us <= budget_us * 3 / 2);
	}
	look_free(look);
	free(codes);
	grey_free(grey);
}

/* A machine that is done with a few codes when its time is up. */
static int64_t
weak_clock(void)
{
	return fake_us += 240;
}

#define SHEET 60

/* How many codes of a sheet are read in all after some frames of video. */
static int
read_in_frames(struct look *look, const struct grey *grey, int frames,
    bool seen[SHEET])
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct notes *notes = calloc(1, sizeof(*notes));
	const char *hint;
	struct err err;
	int read = 0;

	assert_true(codes != NULL && notes != NULL);
	look_note(look, notes);
	for (int k = 0; k < frames; k++) {
		notes->count = 0;
		assert_int_equal(look_at(look, grey, false, codes, &hint,
		    &err), 0);
		for (size_t i = 0; i < notes->count; i++) {
			const struct note *n = &notes->note[i];
			int at = (int)(n->x[0] + 30) / 124 +
			    (int)(n->y[0] + 30) / 150 * 10;

			if (n->kind != NOTE_READ || at < 0 || at >= SHEET)
				continue;
			read += !seen[at];
			seen[at] = true;
		}
	}
	look_note(look, NULL);
	free(notes);
	free(codes);
	return read;
}

static void
test_codes_that_were_not_reached_come_first(void **state)
{
	unsigned char dark[SIDE * SIDE];
	struct grey *grey = blank(1280, 960, 200);
	bool seen[SHEET] = { false };
	struct err err;
	struct look *look = look_new(&err);
	int first, all, frames;

	(void)state;
	assert_non_null(look);
	read_code(dark);
	for (int i = 0; i < SHEET; i++)
		put(grey, dark, SIDE, 4, 20 + i % 10 * 124, 40 + i / 10 * 150,
		    40, 200);
	grey = blurred(grey, 1);
	look_clock(look, weak_clock);
	first = read_in_frames(look, grey, 1, seen);
	assert_true(first >= 3 && first <= SHEET / 3);
	frames = SHEET / first;
	all = first + read_in_frames(look, grey, frames, seen);
	assert_true(all >= SHEET * 9 / 10);
	all += read_in_frames(look, grey, frames, seen);
	assert_int_equal(all, SHEET);
	look_free(look);
	grey_free(grey);
}

/* ---- an easy code and a hard one ---------------------------------------------------- */

/* A card whose code lies in noise, next to a clean one. */
static struct grey *
card_and_phone(const struct grey *card, const unsigned char *dark,
    unsigned *seed)
{
	struct grey *grey = blank(card->width, card->height, 0);

	for (int i = 0; i < card->width * card->height; i++) {
		int value = 40 + card->pixels[i] / 2;

		for (int k = 0; k < 4; k++)
			value += (int)(chance(seed) % 61) - 30;
		grey->pixels[i] = (unsigned char)(value < 0 ? 0 :
		    value > 255 ? 255 : value);
	}
	put(grey, dark, SIDE, 5, 480, 60, 20, 230);
	return grey;
}

static bool
holds(const struct codes *codes, const char *start)
{
	for (size_t i = 0; i < codes->count; i++)
		if (strncmp((const char *)codes->code[i].bytes, start,
		    strlen(start)) == 0)
			return true;
	return false;
}

static void
test_a_hard_code_beside_an_easy_one_is_read(void **state)
{
	unsigned char dark[SIDE * SIDE];
	struct codes *codes = calloc(1, sizeof(*codes));
	int easy = 0, hard = 0, first = 0;
	unsigned seed = 7;
	char path[4096];
	const char *hint;
	struct err err;
	struct look *look = look_new(&err);
	struct grey *card;

	(void)state;
	assert_true(look != NULL && codes != NULL);
	read_code(dark);
	snprintf(path, sizeof(path), "%s/tests/camera/cccd-med.png",
	    getenv("SRCDIR"));
	card = picture_read(path, &err);
	assert_non_null(card);
	for (int i = 0; i < 40; i++) {
		struct grey *grey = card_and_phone(card, dark, &seed);

		assert_int_equal(look_at(look, grey, false, codes, &hint,
		    &err), 0);
		easy += holds(codes, "51F-123.45");
		hard += holds(codes, "037042658884|");
		first += i == 0 ? (int)codes->count : 0;
		assert_true(codes->count <= 2);
		grey_free(grey);
	}
	/* Nothing reads the card in the first frame; the clean code is read in
	 * every one. */
	assert_int_equal(first, 1);
	assert_int_equal(easy, 40);
	assert_true(hard > 0);
	look_free(look);
	free(codes);
	grey_free(card);
}

/* ---- memory ------------------------------------------------------------------------- */

#if !defined(__SANITIZE_ADDRESS__) /* which keeps what is freed */
static long
resident(void)
{
	long all, pages = 0;
	FILE *in = fopen("/proc/self/statm", "r");

	assert_non_null(in);
	assert_int_equal(fscanf(in, "%ld %ld", &all, &pages), 2);
	fclose(in);
	return pages;
}

/*
 * Each code that zbar decodes leaks some 200 bytes: a million of them would be
 * 200 MB. What 12,000 leave behind tells what a million would.
 */
static void
test_memory_stays_flat(void **state)
{
	unsigned char dark[SIDE * SIDE];
	struct grey *grey = blank(100, 100, 200);
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;
	long before = 0;

	(void)state;
	read_code(dark);
	put(grey, dark, SIDE, 3, 18, 18, 30, 210);
	for (int i = 0; i < 12000; i++) {
		if (i == 4000)
			before = resident();
		assert_int_equal(look_at(look, grey, false, codes, &hint,
		    &err), 0);
		assert_int_equal(codes->count, 1);
	}
	assert_true((resident() - before) * sysconf(_SC_PAGESIZE) < 300000);
	look_free(look);
	free(codes);
	grey_free(grey);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_hint_has_its_picture),
		cmocka_unit_test(test_an_empty_frame_gives_no_hint),
		cmocka_unit_test(test_modules_of_any_size_are_read),
		cmocka_unit_test(test_a_code_on_bent_paper_is_read),
		cmocka_unit_test(test_a_sheet_full_of_codes_is_read_whole),
		cmocka_unit_test(
		    test_a_drawn_code_of_one_pixel_a_module_is_read),
		cmocka_unit_test(test_what_is_nearly_a_drawn_code_is_none),
		cmocka_unit_test(test_a_large_dark_area_stays_dark),
		cmocka_unit_test(test_a_look_ends_at_its_deadline),
		cmocka_unit_test(test_codes_that_were_not_reached_come_first),
		cmocka_unit_test(test_a_hard_code_beside_an_easy_one_is_read),
#if !defined(__SANITIZE_ADDRESS__)
		cmocka_unit_test(test_memory_stays_flat),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
