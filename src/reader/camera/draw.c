/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw - a symbol's modules as the clean picture that zbar likes best.
 *
 * zbar compares each pixel with the mean of 16 or more around, so that the
 * middle of a large dark area would turn light. Where there is one, only the
 * middle of each dark module is black and its rim a little lighter: then the
 * middle, which zbar looks at, is always darker than the mean.
 */
#include "stages.h"

#include <string.h>

/* The least that zbar, at density 1, decodes as surely as anything larger. */
#define DRAW_MODULE 2 /* pixels */
#define DRAW_QUIET 2  /* modules */
#define DRAW_SOLID 7  /* modules a side of a large dark area */
#define DRAW_SOLID_MODULE 3
#define DRAW_RIM 20   /* grey level */

/* Is there a dark square of DRAW_SOLID modules a side? */
static bool
has_solid(const unsigned char *dark, int size)
{
	unsigned char side[SYMBOL_SIZE_MAX + 1] = { 0 }; /* ends above (u, v) */

	for (int v = 0; v < size; v++) {
		unsigned char before = 0; /* above and to the left */

		for (int u = 0; u < size; u++) {
			unsigned char above = side[u + 1], least = before;

			least = above < least ? above : least;
			least = side[u] < least ? side[u] : least;
			side[u + 1] = dark[v * size + u] ?
			    (unsigned char)(least + 1) : 0;
			if (side[u + 1] == DRAW_SOLID)
				return true;
			before = above;
		}
	}
	return false;
}

/* The modules of one row, from pixel row y on. */
static void
draw_row(struct grey *grey, int y, const unsigned char *dark, int size,
    int module)
{
	bool solid = module == DRAW_SOLID_MODULE;
	size_t middle = (size_t)module / 2;
	size_t side = (size_t)grey->width;
	unsigned char *to = grey->pixels + (size_t)y * side +
	    DRAW_QUIET * module;

	for (int u = 0; u < size; u++)
		if (dark[u])
			memset(to + u * module, solid ? DRAW_RIM : 0,
			    (size_t)module);
	for (int k = 1; k < module; k++)
		memcpy(to + (size_t)k * side, to, (size_t)(size * module));
	for (int u = 0; solid && u < size; u++)
		if (dark[u])
			to[middle * side + (size_t)(u * module) + middle] = 0;
}

struct grey *
draw_modules(const unsigned char *dark, int size, struct err *err)
{
	bool solid = has_solid(dark, size);
	int module = solid ? DRAW_SOLID_MODULE : DRAW_MODULE;
	int side = (size + 2 * DRAW_QUIET) * module;
	struct grey *grey = grey_new(side, side, err);

	if (grey == NULL)
		return NULL;
	memset(grey->pixels, 255, (size_t)side * (size_t)side);
	for (int v = 0; v < size; v++)
		draw_row(grey, (v + DRAW_QUIET) * module, dark + v * size,
		    size, module);
	return grey;
}
