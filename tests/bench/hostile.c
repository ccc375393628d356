/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hostile - frames without a code that give each stage as much to do as it
 * can get: nobody's camera sees them unless somebody holds them before it.
 */
#include "../../src/reader/camera/stages.h"
#include "frames.h"

#include <string.h>

struct hostile {
	struct grey *grey;
	unsigned seed;
};

static unsigned
throw_dice(struct hostile *h)
{
	h->seed = h->seed * 1664525u + 1013904223u;
	return h->seed >> 16;
}

/* A finder pattern, or any other rings, at (x, y). */
static void
put_finder(struct grey *grey, int x, int y, int module)
{
	for (int v = 0; v < 7 * module; v++)
		for (int u = 0; u < 7 * module; u++) {
			int i = u / module - 3, k = v / module - 3;
			int across = i < 0 ? -i : i, down = k < 0 ? -k : k;
			int ring = across > down ? across : down;

			if (x + u < grey->width && y + v < grey->height)
				grey->pixels[(y + v) * grey->width + x + u] =
				    ring == 2 ? 230 : 20;
		}
}

static void
draw_finders(struct hostile *h)
{
	memset(h->grey->pixels, 230,
	    (size_t)h->grey->width * (size_t)h->grey->height);
	for (int y = 2; y < h->grey->height; y += 18)
		for (int x = 2; x < h->grey->width; x += 16)
			put_finder(h->grey, x, y, 2);
}

/* Patterns of several sizes anywhere: triples of every shape. */
static void
draw_scattered(struct hostile *h)
{
	memset(h->grey->pixels, 230,
	    (size_t)h->grey->width * (size_t)h->grey->height);
	for (int i = 0; i < 300; i++)
		put_finder(h->grey, (int)throw_dice(h) % h->grey->width,
		    (int)throw_dice(h) % h->grey->height,
		    2 + (int)throw_dice(h) % 3);
}

/* Modules without a symbol, which are dense detail everywhere. */
static void
draw_modules_only(struct hostile *h, int module)
{
	static unsigned char dark[1280 * 960];

	for (size_t i = 0; i < sizeof(dark); i++)
		dark[i] = throw_dice(h) & 1 ? 30 : 210;
	for (int y = 0; y < h->grey->height; y++)
		for (int x = 0; x < h->grey->width; x++)
			h->grey->pixels[y * h->grey->width + x] =
			    dark[y / module * h->grey->width + x / module];
}

static void
draw_small(struct hostile *h)
{
	draw_modules_only(h, 2);
}

static void
draw_symbols(struct hostile *h)
{
	draw_modules_only(h, 4);
	for (int y = 0; y + 84 < h->grey->height; y += 100)
		for (int x = 0; x + 84 < h->grey->width; x += 100) {
			put_finder(h->grey, x, y, 4);
			put_finder(h->grey, x + 56, y, 4);
			put_finder(h->grey, x, y + 56, 4);
		}
}

/* The largest symbols, perfect but for their data. */
static void
draw_damaged(struct hostile *h)
{
	static struct symbol symbol;
	static unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	int module = h->grey->height / 200, n;

	symbol_make(&symbol, 28 + (int)h->seed % 13);
	n = symbol.size;
	for (int i = 0; i < n * n; i++)
		dark[i] = symbol.fixed[i] == FIXED_DARK ||
		    (symbol.fixed[i] != FIXED_LIGHT && throw_dice(h) & 1);
	memset(h->grey->pixels, 220,
	    (size_t)h->grey->width * (size_t)h->grey->height);
	for (int v = 0; v < n * module; v++)
		for (int u = 0; u < n * module; u++)
			h->grey->pixels[(v + 20) * h->grey->width + u + 20] =
			    dark[v / module * n + u / module] ? 30 : 220;
}

static void
draw_noise(struct hostile *h)
{
	for (int i = 0; i < h->grey->width * h->grey->height; i++)
		h->grey->pixels[i] = (unsigned char)throw_dice(h);
}

/* 1:1:3:1:1 in every row, and nothing of it in a column. */
static void
draw_stripes(struct hostile *h)
{
	static const char bars[] = "0100010111";

	for (int y = 0; y < h->grey->height; y++)
		for (int x = 0; x < h->grey->width; x++)
			h->grey->pixels[y * h->grey->width + x] =
			    bars[(x + y / 8) / 3 % 10] == '0' ? 20 : 230;
}

static const struct {
	const char *name;
	void (*draw)(struct hostile *h);
} hostiles[] = {
	{ "hostile finders", draw_finders },
	{ "hostile scattered", draw_scattered },
	{ "hostile symbols", draw_symbols },
	{ "hostile modules", draw_small },
	{ "hostile data", draw_damaged },
	{ "hostile noise", draw_noise },
	{ "hostile stripes", draw_stripes },
};

const char *
hostile_kind(int kind)
{
	return kind < (int)nitems(hostiles) ? hostiles[kind].name : NULL;
}

int
hostile_make(int kind, unsigned seed, struct frame_made *made, struct err *err)
{
	static const int sizes[][2] = { { 1280, 720 }, { 640, 480 },
		{ 1280, 960 } };
	const int *size = sizes[seed % nitems(sizes)];
	struct hostile h = { .seed = seed };

	memset(made, 0, sizeof(*made));
	made->grey = h.grey = grey_new(size[0], size[1], err);
	if (h.grey == NULL)
		return -1;
	hostiles[kind].draw(&h);
	return 0;
}
