/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each stage, from what is dark to which module is, on symbols drawn at known
 * places; and a frame never takes more than its budget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/reader/camera/stages.h"

/* The same noise on every machine. */
static unsigned
chance(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* A symbol with arbitrary data; dark is size x size. */
static void
make_modules(const struct symbol *symbol, unsigned char *dark, unsigned seed)
{
	for (int i = 0; i < symbol->size * symbol->size; i++)
		dark[i] = symbol->fixed[i] == FIXED_DARK ? 1 :
		    symbol->fixed[i] == FIXED_LIGHT ? 0 : chance(&seed) & 1;
}

/* A square of size modules around (x, y), turned in its plane and tilted
 * away at its top, seen from a distance of three times its side. */
static struct place
tilted(int size, float module, float x, float y, float turn, float tilt)
{
	float s = module, c = (float)size / 2;
	float a = cosf(turn) * s, b = sinf(turn) * s;
	float far = sinf(tilt) / (3 * (float)size * module);
	struct place p = { .h = { a, -b, 0, b * cosf(tilt), a * cosf(tilt), 0,
	    -b * far, -a * far, 1 } };

	/* Turn about the middle, and move it to (x, y). */
	for (int i = 0; i < 3; i++)
		p.h[3 * i + 2] -= c * (p.h[3 * i] + p.h[3 * i + 1]);
	for (int i = 0; i < 3; i++) {
		p.h[i] += x * p.h[6 + i];
		p.h[3 + i] += y * p.h[6 + i];
	}
	return p;
}

static void
invert(const float h[9], float to[9])
{
	for (int i = 0; i < 9; i++) {
		int r0 = (i % 3 + 1) % 3, r1 = (i % 3 + 2) % 3;
		int c0 = (i / 3 + 1) % 3, c1 = (i / 3 + 2) % 3;

		to[i] = h[3 * r0 + c0] * h[3 * r1 + c1] -
		    h[3 * r0 + c1] * h[3 * r1 + c0];
	}
}

static float
shade(const unsigned char *dark, int size, float u, float v)
{
	int iu = (int)floorf(u), iv = (int)floorf(v);

	if (iu < -4 || iv < -4 || iu >= size + 4 || iv >= size + 4)
		return 110;
	if (iu < 0 || iv < 0 || iu >= size || iv >= size)
		return 215;
	return dark[iv * size + iu] ? 30 : 215;
}

/* Each pixel is the mean of 16 points, plus noise. */
static void
render(struct grey *grey, const unsigned char *dark, int size,
    const struct place *place, int noise, unsigned seed)
{
	float back[9];

	invert(place->h, back);
	for (int y = 0; y < grey->height; y++)
		for (int x = 0; x < grey->width; x++) {
			float sum = 0;

			for (int k = 0; k < 16; k++) {
				float px = (float)x + (float)(k % 4) / 4 - .375f;
				float py = (float)y + (float)(k / 4) / 4 - .375f;
				float w = back[6] * px + back[7] * py + back[8];

				sum += shade(dark, size, (back[0] * px +
				    back[1] * py + back[2]) / w,
				    (back[3] * px + back[4] * py + back[5]) /
				    w);
			}
			sum = sum / 16 + (noise > 0 ? (float)(chance(&seed) %
			    (unsigned)(2 * noise + 1)) - (float)noise : 0);
			grey->pixels[y * grey->width + x] = (unsigned char)
			    (sum < 0 ? 0 : sum > 255 ? 255 : sum);
		}
}

struct scene {
	struct symbol symbol;
	unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	struct grey *grey;
	struct place place;
	struct view view;
	struct finders finders;
	struct triples triples;
	struct sample sample;
	struct cost cost;
};

static struct scene *
scene_new(int version, float module, float turn, float tilt, int noise)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct err err;

	assert_non_null(s);
	symbol_make(&s->symbol, version);
	make_modules(&s->symbol, s->dark, (unsigned)version);
	s->grey = grey_new(640, 480, &err);
	assert_non_null(s->grey);
	s->place = tilted(s->symbol.size, module, 320, 240, turn, tilt);
	render(s->grey, s->dark, s->symbol.size, &s->place, noise, 7);
	s->view.grey = s->grey;
	assert_int_equal(levels_make(&s->view.levels, s->grey, &err), 0);
	s->cost.budget = INT64_MAX;
	return s;
}

static void
scene_free(struct scene *s)
{
	levels_clear(&s->view.levels);
	grey_free(s->grey);
	free(s);
}

static void
test_a_blank_wall_shows_nothing(void **state)
{
	struct grey *grey;
	struct levels levels = { .cols = 0 };
	struct regions regions;
	struct err err;
	unsigned seed = 1;

	(void)state;
	grey = grey_new(320, 240, &err);
	assert_non_null(grey);
	for (int i = 0; i < 320 * 240; i++)
		grey->pixels[i] = (unsigned char)(100 + i % 320 / 8 +
		    (int)(chance(&seed) % 15));
	assert_int_equal(levels_make(&levels, grey, &err), 0);
	assert_false(regions_find(&levels, &regions));
	levels_clear(&levels);
	grey_free(grey);
}

static void
test_dense_detail_is_found_where_it_is(void **state)
{
	struct scene *s = scene_new(8, 3, 0.4f, 0, 8);
	struct regions regions;
	struct region region;

	(void)state;
	assert_true(regions_find(&s->view.levels, &regions));
	assert_int_equal(regions.count, 1);
	region = regions.region[0];
	assert_true(region.x > 150 && region.x < 300);
	assert_true(region.x + region.width > 340);
	assert_true(region.x + region.width < 490);
	scene_free(s);
}

/* Detail elsewhere must not make the place of a code larger. */
static void
test_each_dense_place_is_one_region(void **state)
{
	struct scene *s = scene_new(8, 3, 0.4f, 0, 8);
	struct regions regions;
	struct region code;
	struct err err;
	unsigned seed = 5;

	(void)state;
	assert_true(regions_find(&s->view.levels, &regions));
	code = regions.region[0];
	for (int y = 10; y < 60; y++)
		for (int x = 500; x < 620; x++)
			s->grey->pixels[y * 640 + x] =
			    chance(&seed) % 2 ? 30 : 220;
	assert_int_equal(levels_make(&s->view.levels, s->grey, &err), 0);
	assert_true(regions_find(&s->view.levels, &regions));
	assert_int_equal(regions.count, 2);
	assert_int_equal(regions.region[0].x, code.x);
	assert_int_equal(regions.region[0].width, code.width);
	assert_true(regions.region[1].x > 450);
	assert_true(regions.all.y < 70);
	assert_true(regions.all.y + regions.all.height > 300);
	scene_free(s);
}

/* A grating: sharp edges everywhere, but few on a line across, none down. */
static void
test_a_grating_is_like_no_code(void **state)
{
	struct scene *s = scene_new(8, 3, 0.4f, 0, 8);
	struct regions regions;
	struct region code;
	struct err err;

	(void)state;
	assert_true(regions_find(&s->view.levels, &regions));
	assert_true(regions_like_codes(&s->view, &regions));
	assert_int_equal(regions.count, 1);
	code = regions.region[0];
	for (int y = 10; y < 110; y++)
		for (int x = 504; x < 584; x++)
			s->grey->pixels[y * 640 + x] =
			    x / 8 % 2 == 0 ? 30 : 220;
	assert_int_equal(levels_make(&s->view.levels, s->grey, &err), 0);
	assert_true(regions_find(&s->view.levels, &regions));
	assert_int_equal(regions.count, 2);
	assert_true(regions_like_codes(&s->view, &regions));
	assert_int_equal(regions.count, 1);
	assert_int_equal(regions.region[0].x, code.x);
	scene_free(s);
}

static void
test_runs_of_a_finder_pattern(void **state)
{
	static const struct {
		float run[5];
		bool fits;
	} cases[] = {
		{ { 2, 2, 6, 2, 2 }, true },
		{ { 2.8f, 1.2f, 6.8f, 1.2f, 2.8f }, true }, /* spread ink */
		{ { 1.2f, 2.8f, 5.2f, 2.8f, 1.2f }, true }, /* glare */
		{ { 1, 1, 3, 1, 1 }, true },
		{ { 2, 2, 2, 2, 2 }, false },
		{ { 2, 2, 6, 2, 9 }, false },
		{ { 2, 2, 12, 2, 2 }, false },
		{ { 0.3f, 0.3f, 1, 0.3f, 0.3f }, false },
		{ { 0, 0, 0, 0, 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		float module;

		assert_int_equal(span_fits(cases[i].run, &module),
		    cases[i].fits);
	}
}

/* Is there a finder within a module of the place's own? */
static bool
has_finder(const struct scene *s, float u, float v)
{
	float x, y;

	place_point(&s->place, u, v, &x, &y);
	for (size_t i = 0; i < s->finders.count; i++) {
		const struct finder *f = &s->finders.finder[i];

		if (hypotf(f->x - x, f->y - y) < f->across * 0.8f)
			return true;
	}
	return false;
}

static const struct {
	int version;
	float module, turn, tilt;
	int noise;
} places[] = {
	{ 1, 8, 0, 0, 0 },
	{ 1, 3, 0.7f, 0, 10 },
	{ 7, 4, 0.3f, 0.3f, 10 },
	{ 8, 2.2f, 1.2f, 0, 5 },
	{ 10, 5, 2.5f, 0.6f, 10 },
	{ 18, 3.6f, 0.1f, 0.5f, 10 },
	{ 20, 3.4f, -0.2f, 0.7f, 5 },
	/* Turned so that one of the rows looked at crosses a middle. */
	{ 20, 2.6f, 0.66f, 0, 5 },
	{ 20, 2.8f, 0.63f, 0, 5 },
};

static void
test_gate_finds_both_polarities(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * nitems(places); i++) {
		struct scene *s = scene_new(places[i / 2].version,
		    places[i / 2].module, places[i / 2].turn,
		    places[i / 2].tilt, places[i / 2].noise);
		float n = (float)s->symbol.size;
		struct err err;

		for (int k = 0; i % 2 != 0 && k < 640 * 480; k++)
			s->grey->pixels[k] = 255 - s->grey->pixels[k];
		assert_int_equal(levels_make(&s->view.levels, s->grey, &err),
		    0);
		gate_find(&s->view, &s->finders, &s->cost);
		assert_true(has_finder(s, 3.5f, 3.5f));
		assert_true(has_finder(s, n - 3.5f, 3.5f));
		assert_true(has_finder(s, 3.5f, n - 3.5f));
		assert_int_equal(s->finders.finder[0].light, i % 2);
		scene_free(s);
	}
}

static void
test_geometry_and_sampling(void **state)
{
	static const float at[4][2] = {
		{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 },
	};
	static unsigned char got[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < nitems(places); i++) {
		struct scene *s = scene_new(places[i].version,
		    places[i].module, places[i].turn, places[i].tilt,
		    places[i].noise);
		float n = (float)s->symbol.size;
		struct place place;

		gate_find(&s->view, &s->finders, &s->cost);
		triples_find(&s->view, &s->finders, &s->triples, &s->cost);
		assert_true(s->triples.count > 0);
		assert_true(fabsf(s->triples.triple[0].size - n) <
		    2 + 0.06f * n);
		assert_true(fit_symbol(&s->view, &s->triples.triple[0],
		    &s->symbol, &place, &s->cost) > 0.5f);
		fit_finely(&s->view, &s->triples.triple[0], &s->symbol, &place,
		    &s->cost);
		for (int k = 0; k < 4; k++) {
			float x, y, want_x, want_y;

			place_point(&place, at[k][0] * n, at[k][1] * n, &x,
			    &y);
			place_point(&s->place, at[k][0] * n, at[k][1] * n,
			    &want_x, &want_y);
			assert_true(hypotf(x - want_x, y - want_y) <
			    0.5f * places[i].module);
		}
		sample_take(&s->view, &place, &s->symbol, false, &s->sample,
		    &s->cost);
		assert_true(sample_decide(&s->sample, &s->symbol, 0, got,
		    &s->cost));
		assert_memory_equal(got, s->dark,
		    (size_t)(s->symbol.size * s->symbol.size));
		scene_free(s);
	}
}

/* Blur of more than half a module: only unmixing still tells all apart. */
static void
test_neighbours_are_taken_off(void **state)
{
	static unsigned char got[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	struct symbol *symbol = calloc(1, sizeof(*symbol));
	struct sample *sample = calloc(1, sizeof(*sample));
	unsigned char *dark = calloc(1, sizeof(got));
	struct cost cost = { .budget = INT64_MAX };
	int n, wrong[2] = { 0, 0 };

	(void)state;
	assert_true(symbol != NULL && sample != NULL && dark != NULL);
	symbol_make(symbol, 10);
	make_modules(symbol, dark, 3);
	n = sample->size = symbol->size;
	for (int i = 0; i < n * n; i++) {
		float sum = dark[i] ? 0 : 0.30f;

		for (int k = 0; k < 9; k++) {
			int u = i % n + k % 3 - 1, v = i / n + k / 3 - 1;
			float share = k % 2 != 0 ? 0.12f : 0.055f;
			bool light = u < 0 || v < 0 || u >= n || v >= n ||
			    !dark[v * n + u];

			sum += k != 4 && light ? share : 0;
		}
		sample->value[i] = 40 + 100 * sum;
	}
	for (int try = 0; try < 2; try++) {
		assert_true(sample_decide(sample, symbol, try, got, &cost));
		for (int i = 0; i < n * n; i++)
			wrong[try] += got[i] != dark[i];
	}
	assert_true(wrong[0] > 20);
	assert_true(wrong[1] < wrong[0] / 20);
	free(symbol);
	free(sample);
	free(dark);
}

static void
test_alignment_patterns_are_the_standards(void **state)
{
	static const struct {
		int version, count, at[7];
	} cases[] = {
		{ 1, 0, { 0 } },
		{ 2, 2, { 6, 18 } },
		{ 7, 3, { 6, 22, 38 } },
		{ 14, 4, { 6, 26, 46, 66 } },
		{ 22, 5, { 6, 26, 50, 74, 98 } },
		{ 32, 6, { 6, 34, 60, 86, 112, 138 } },
		{ 36, 7, { 6, 24, 50, 76, 102, 128, 154 } },
		{ 40, 7, { 6, 30, 58, 86, 114, 142, 170 } },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int at[7];

		assert_int_equal(symbol_alignments(cases[i].version, at),
		    cases[i].count);
		for (int k = 0; k < cases[i].count; k++)
			assert_int_equal(at[k], cases[i].at[k]);
	}
}

static void
test_format_and_version_words(void **state)
{
	struct symbol *symbol = calloc(1, sizeof(*symbol));
	unsigned char *dark = calloc(1, sizeof(symbol->fixed));
	/* Level M, mask 0, from bit 14 down, as in the standard's example. */
	static const char word[] = "101010000010010";
	int n;

	(void)state;
	assert_true(symbol != NULL && dark != NULL);
	symbol_make(symbol, 7);
	n = symbol->size;
	make_modules(symbol, dark, 1);
	assert_int_equal(symbol_version_errors(dark, n, 7), 0);
	assert_true(symbol_version_errors(dark, n, 8) >= 8);
	/* Bits 0 to 7 run to the left below the upper right finder. */
	for (int i = 0; i < 15; i++)
		dark[i < 8 ? 8 * n + n - 1 - i : (n - 15 + i) * n + 8] =
		    word[14 - i] == '1';
	assert_int_equal(symbol_format_errors(dark, n), 0);
	for (int i = 0; i < 9; i++)
		dark[8 * n + i] = dark[i * n + 8] = 0;
	dark[8 * n + n - 1] ^= 1;
	dark[8 * n + n - 3] ^= 1;
	assert_int_equal(symbol_format_errors(dark, n), 2);
	free(symbol);
	free(dark);
}

static void
test_a_drawing_has_a_quiet_zone(void **state)
{
	static const unsigned char dark[9] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
	struct err err;
	struct grey *grey = draw_modules(dark, 3, &err);

	(void)state;
	assert_non_null(grey);
	assert_int_equal(grey->width, 14);
	assert_int_equal(grey->pixels[3 * 14 + 3], 255);
	assert_int_equal(grey->pixels[4 * 14 + 4], 0);
	assert_int_equal(grey->pixels[5 * 14 + 5], 0);
	assert_int_equal(grey->pixels[6 * 14 + 6], 255);
	assert_int_equal(grey->pixels[9 * 14 + 9], 0);
	assert_int_equal(grey->pixels[10 * 14 + 10], 255);
	grey_free(grey);
}

static int
look_once(const struct grey *grey, bool still, struct codes *codes,
    struct cost *cost)
{
	struct err err;
	struct look *look = look_new(&err);
	const char *hint;
	int got;

	assert_non_null(look);
	got = look_at(look, grey, still, codes, &hint, &err);
	*cost = *look_cost(look);
	look_free(look);
	return got;
}

/* The modules of tests/camera/code.pgm, 21 x 21 at 4 pixels. */
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
	for (int i = 0; i < 21 * 21; i++)
		dark[i] = grey->pixels[(18 + 4 * (i / 21)) * grey->width + 18 +
		    4 * (i % 21)] < 128;
	grey_free(grey);
}

static void
test_a_tilted_code_is_read(void **state)
{
	static unsigned char dark[21 * 21];
	struct codes *codes = calloc(1, sizeof(*codes));
	struct cost cost;
	struct err err;
	struct grey *grey = grey_new(640, 480, &err);

	(void)state;
	assert_true(grey != NULL && codes != NULL);
	read_code(dark);
	for (int i = 0; i < 8; i++) {
		struct place place = tilted(21, 2.0f + (float)i, 320, 240,
		    (float)i, 0.1f * (float)i);

		render(grey, dark, 21, &place, 10, 7);
		assert_int_equal(look_once(grey, i % 2 != 0, codes, &cost), 0);
		assert_int_equal(codes->count, 1);
		assert_int_equal(codes->code[0].len, 10);
		assert_memory_equal(codes->code[0].bytes, "51F-123.45", 10);
	}
	grey_free(grey);
	free(codes);
}

/* In noise that hides a code from every single frame eight of them show it;
 * and what moved is not mixed into it. */
static void
test_frames_of_a_still_code_are_combined(void **state)
{
	static unsigned char dark[21 * 21];
	struct codes *codes = calloc(1, sizeof(*codes));
	struct err err;
	struct grey *grey = grey_new(160, 120, &err);
	struct look *look = look_new(&err);
	struct cost cost;
	const char *hint;
	int read = 0, alone = 0;

	(void)state;
	assert_true(grey != NULL && codes != NULL && look != NULL);
	read_code(dark);
	for (unsigned i = 0; i < 16; i++) {
		struct place place = tilted(21, 2.3f, 80, 60, 0.3f, 0.2f);

		render(grey, dark, 21, &place, 150, i);
		assert_int_equal(look_once(grey, true, codes, &cost), 0);
		alone += codes->count > 0;
		assert_int_equal(look_at(look, grey, false, codes, &hint,
		    &err), 0);
		read += codes->count > 0;
	}
	assert_true(alone <= 1);
	assert_true(read > alone);
	look_free(look);
	grey_free(grey);
	free(codes);
}

static void
test_a_stack_begins_anew_when_something_moves(void **state)
{
	struct stack stack = { .count = 0 };
	struct region region = { 0, 0, 64, 64 };
	struct err err;
	struct grey *grey = grey_new(64, 64, &err), *mean;

	(void)state;
	assert_non_null(grey);
	for (int i = 0; i < 20; i++) {
		memset(grey->pixels, 100 + i % 2, 64 * 64);
		stack_add(&stack, grey, &region);
		assert_int_equal(stack.count, i < 8 ? i + 1 : 5 + i % 4);
	}
	/* Bars that were not there. */
	for (int i = 0; i < 64 * 64; i++)
		grey->pixels[i] = i / 4 % 2 ? 150 : 50;
	stack_add(&stack, grey, &region);
	assert_int_equal(stack.count, 1);
	mean = stack_mean(&stack, &region, &err);
	assert_non_null(mean);
	assert_int_equal(mean->pixels[64 * 63 + 63], 150);
	assert_int_equal(mean->pixels[64 * 63], 50);
	grey_free(mean);
	grey_free(grey);
	grey = grey_new(32, 64, &err);
	assert_non_null(grey);
	region.width = 32;
	stack_add(&stack, grey, &region);
	assert_int_equal(stack.count, 1);
	grey_free(grey);
	stack_clear(&stack);
}

static void
put_finder(struct grey *grey, int x0, int y0)
{
	for (int i = 0; i < 49; i++) {
		int u = abs(i % 7 - 3), v = abs(i / 7 - 3);
		int ring = u > v ? u : v;

		for (int k = 0; k < 4; k++)
			grey->pixels[(y0 + 2 * (i / 7) + k / 2) * grey->width +
			    x0 + 2 * (i % 7) + k % 2] = ring == 2 ? 230 : 20;
	}
}

/* No work is lost on a picture that is nothing but finder patterns. */
static void
test_a_thousand_finder_patterns_are_bounded(void **state)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct cost cost;
	struct err err;
	struct grey *grey = grey_new(640, 480, &err);

	(void)state;
	assert_true(grey != NULL && codes != NULL);
	memset(grey->pixels, 230, 640 * 480);
	for (int i = 0; i < 1000; i++)
		put_finder(grey, 2 + i % 40 * 16, 2 + i / 40 * 18);
	for (int still = 0; still < 2; still++) {
		int64_t all = 0;

		assert_int_equal(look_once(grey, still, codes, &cost), 0);
		assert_int_equal(codes->count, 0);
		for (int i = 0; i < STAGES; i++)
			all += cost.spent[i];
		assert_true(all < cost.budget * 3 / 2);
	}
	grey_free(grey);
	free(codes);
}

/* Corners of symbols on modules without one: zbar, which nothing ends before it
 * is done, is not asked about a symbol of which only the corners are there. */
static void
test_corners_alone_are_no_symbol(void **state)
{
	struct codes *codes = calloc(1, sizeof(*codes));
	struct cost cost;
	struct err err;
	struct grey *grey = grey_new(640, 480, &err);
	unsigned seed = 1;
	int64_t all = 0;

	(void)state;
	assert_true(grey != NULL && codes != NULL);
	for (int i = 0; i < 12; i++) {
		for (int v = 0; v < 240; v++)
			for (int u = 0; u < 320; u++) {
				int ink = chance(&seed) & 1 ? 30 : 210;

				for (int k = 0; k < 4; k++)
					grey->pixels[(2 * v + k / 2) * 640 +
					    2 * u + k % 2] =
					    (unsigned char)ink;
			}
		for (int k = 0; k < 16; k++)
			put_finder(grey, k % 4 * 160, k / 4 * 116);
		assert_int_equal(look_once(grey, false, codes, &cost), 0);
		assert_int_equal(codes->count, 0);
		all += cost.spent[STAGE_ZBAR];
	}
	assert_true(all < 100000);
	grey_free(grey);
	free(codes);
}

/* Noise, stripes and every small size: nothing is read, nothing breaks. */
static void
test_odd_pictures_do_no_harm(void **state)
{
	static const int sides[] = { 1, 2, 7, 8, 9, 21, 64, 333 };
	struct codes *codes = calloc(1, sizeof(*codes));
	struct cost cost;
	unsigned seed = 5;

	(void)state;
	assert_non_null(codes);
	for (size_t i = 0; i < nitems(sides) * nitems(sides) * 3; i++) {
		int width = sides[i % nitems(sides)];
		int height = sides[i / nitems(sides) % nitems(sides)];
		struct err err;
		struct grey *grey = grey_new(width, height, &err);

		assert_non_null(grey);
		for (int k = 0; k < width * height; k++)
			grey->pixels[k] = (unsigned char)(i % 3 == 0 ? 0 :
			    i % 3 == 1 ? chance(&seed) : k % 4 < 2 ? 0 : 255);
		assert_int_equal(look_once(grey, true, codes, &cost), 0);
		assert_int_equal(codes->count, 0);
		grey_free(grey);
	}
	free(codes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_blank_wall_shows_nothing),
		cmocka_unit_test(test_dense_detail_is_found_where_it_is),
		cmocka_unit_test(test_each_dense_place_is_one_region),
		cmocka_unit_test(test_a_grating_is_like_no_code),
		cmocka_unit_test(test_runs_of_a_finder_pattern),
		cmocka_unit_test(test_gate_finds_both_polarities),
		cmocka_unit_test(test_geometry_and_sampling),
		cmocka_unit_test(test_neighbours_are_taken_off),
		cmocka_unit_test(test_alignment_patterns_are_the_standards),
		cmocka_unit_test(test_format_and_version_words),
		cmocka_unit_test(test_a_drawing_has_a_quiet_zone),
		cmocka_unit_test(test_a_tilted_code_is_read),
		cmocka_unit_test(test_frames_of_a_still_code_are_combined),
		cmocka_unit_test(test_a_stack_begins_anew_when_something_moves),
		cmocka_unit_test(test_a_thousand_finder_patterns_are_bounded),
		cmocka_unit_test(test_corners_alone_are_no_symbol),
		cmocka_unit_test(test_odd_pictures_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
