/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grey - a grey picture, and the one place that says how large one may be.
 */
#include "parts.h"

#include <stdlib.h>

bool
grey_fits(long width, long height)
{
	return width > 0 && height > 0 && width <= GREY_SIDE_MAX &&
	    height <= GREY_SIDE_MAX && width * height <= GREY_PIXELS_MAX;
}

struct grey *
grey_new(int width, int height, struct err *err)
{
	struct grey *grey;

	if (!grey_fits(width, height)) {
		err_set(err, ERR_INPUT, "a picture of %d x %d is refused",
		    width, height);
		return NULL;
	}
	grey = malloc(sizeof(*grey));
	if (grey != NULL) {
		*grey = (struct grey){ .width = width, .height = height };
		grey->pixels = calloc((size_t)width, (size_t)height);
	}
	if (grey == NULL || grey->pixels == NULL) {
		free(grey);
		err_set(err, ERR_RETRY, "no memory for a picture of %d x %d",
		    width, height);
		return NULL;
	}
	return grey;
}

void
grey_free(struct grey *grey)
{
	if (grey == NULL)
		return;
	free(grey->pixels);
	free(grey);
}
