/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any pixels and any three finder patterns: geometry and sampling stay within
 * the picture, and a whole look within its budget.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/reader/camera/stages.h"

#define SIDE_MAX 96

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct finder
take_finder(const uint8_t *data)
{
	float module = 0.5f + (float)data[2] / 32;

	return (struct finder){ .x = (float)data[0] / 2 - 8,
		.y = (float)data[1] / 2 - 8, .across = module,
		.down = module + (float)data[3] / 64, .hits = 3 };
}

static void
fit(const struct grey *grey, const uint8_t data[16])
{
	static struct symbol symbol;
	static struct sample sample;
	static unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	struct view view = { .grey = grey };
	struct cost cost = { .budget = INT64_MAX };
	struct triple t = { .corner = take_finder(data),
		.right = take_finder(data + 4), .below = take_finder(data + 8),
		.bend_x = 0.5f + (float)data[12] / 128,
		.bend_y = 0.5f + (float)data[13] / 128 };
	struct place place;
	struct err err;

	/* Centres come from the gate: they lie in the picture. */
	if (t.corner.x < 0 || t.right.x < 0 || t.below.x < 0 ||
	    t.corner.y < 0 || t.right.y < 0 || t.below.y < 0 ||
	    t.corner.x >= (float)grey->width ||
	    t.right.x >= (float)grey->width ||
	    t.below.x >= (float)grey->width ||
	    t.corner.y >= (float)grey->height ||
	    t.right.y >= (float)grey->height ||
	    t.below.y >= (float)grey->height)
		return;
	assert(levels_make(&view.levels, grey, &err) == 0);
	symbol_make(&symbol, 1 + data[14] % 7);
	fit_symbol(&view, &t, &symbol, &place, &cost);
	fit_finely(&view, &t, &symbol, &place, &cost);
	sample_take(&view, &place, &symbol, data[15] & 1, &sample, &cost);
	sample_decide(&sample, &symbol, data[15] % SAMPLE_TRIES, dark, &cost);
	fit_bent(&view, &t, &symbol, &place, &cost);
	sample_take(&view, &place, &symbol, data[15] & 1, &sample, &cost);
	levels_clear(&view.levels);
}

/* A picture, then video: one frame after another goes on where it was. */
static void
look(const struct grey *grey)
{
	static struct codes codes;
	struct err err;
	struct look *it = look_new(&err);
	const char *hint;

	assert(it != NULL);
	for (int frame = 0; frame < 3; frame++) {
		const struct cost *cost;
		int64_t all = 0;

		assert(look_at(it, grey, frame == 0, &codes, &hint,
		    &err) == 0);
		cost = look_cost(it);
		for (int i = 0; i < STAGES; i++)
			all += cost->spent[i];
		assert(all < cost->budget * 3 / 2);
	}
	look_free(it);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct grey *grey;
	struct err err;
	size_t n;

	if (size < 19)
		return 0;
	grey = grey_new(1 + data[0] % SIDE_MAX, 1 + data[1] % SIDE_MAX, &err);
	assert(grey != NULL);
	n = (size_t)grey->width * (size_t)grey->height;
	for (size_t i = 0; i < n; i++)
		grey->pixels[i] = data[18 + i % (size - 18)];
	fit(grey, data + 2);
	look(grey);
	grey_free(grey);
	return 0;
}
