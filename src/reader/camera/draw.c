/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw - a symbol's modules as the clean picture that zbar likes best.
 */
#include "stages.h"

#include <string.h>

/* The least that zbar, at density 1, decodes as surely as anything larger. */
#define DRAW_MODULE 2 /* pixels */
#define DRAW_QUIET 2  /* modules */

struct grey *
draw_modules(const unsigned char *dark, int size, struct err *err)
{
	int side = (size + 2 * DRAW_QUIET) * DRAW_MODULE;
	struct grey *grey = grey_new(side, side, err);

	if (grey == NULL)
		return NULL;
	memset(grey->pixels, 255, (size_t)side * (size_t)side);
	for (int v = 0; v < size * DRAW_MODULE; v++) {
		unsigned char *to = grey->pixels + (size_t)(v +
		    DRAW_QUIET * DRAW_MODULE) * (size_t)side +
		    DRAW_QUIET * DRAW_MODULE;

		for (int u = 0; u < size; u++)
			if (dark[v / DRAW_MODULE * size + u])
				memset(to + u * DRAW_MODULE, 0, DRAW_MODULE);
	}
	return grey;
}
