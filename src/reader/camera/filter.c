/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - other views of a frame: half and double size, blurred, sharper.
 *
 * A code that one view hides another may show: half size quietens noise in a
 * large code, double size gives a tiny one room, and so on.
 */
#include "stages.h"

#include <string.h>

static const unsigned char *
row_of(const struct grey *grey, int y)
{
	y = y < 0 ? 0 : y >= grey->height ? grey->height - 1 : y;
	return grey->pixels + (size_t)y * (size_t)grey->width;
}

struct grey *
grey_half(const struct grey *grey, struct err *err)
{
	struct grey *half = grey_new(grey->width > 1 ? grey->width / 2 : 1,
	    grey->height > 1 ? grey->height / 2 : 1, err);

	if (half == NULL)
		return NULL;
	for (int y = 0; y < half->height; y++) {
		const unsigned char *a = row_of(grey, 2 * y);
		const unsigned char *b = row_of(grey, 2 * y + 1);
		unsigned char *to = half->pixels +
		    (size_t)y * (size_t)half->width;
		int right = grey->width > 1;

		for (int x = 0; x < half->width; x++)
			to[x] = (unsigned char)((a[2 * x] + a[2 * x + right] +
			    b[2 * x] + b[2 * x + right] + 2) >> 2);
	}
	return half;
}

/* For large modules only: of each four by four pixels the middle four. */
struct grey *
grey_quarter(const struct grey *grey, struct err *err)
{
	struct grey *quarter = grey_new(grey->width / 4, grey->height / 4,
	    err);

	if (quarter == NULL)
		return NULL;
	for (int y = 0; y < quarter->height; y++) {
		const unsigned char *a = row_of(grey, 4 * y + 1);
		const unsigned char *b = row_of(grey, 4 * y + 2);
		unsigned char *to = quarter->pixels +
		    (size_t)y * (size_t)quarter->width;

		for (int x = 0; x < quarter->width; x++)
			to[x] = (unsigned char)((a[4 * x + 1] + a[4 * x + 2] +
			    b[4 * x + 1] + b[4 * x + 2] + 2) >> 2);
	}
	return quarter;
}

/* Each pixel lies a quarter from its source: weights 9, 3, 3, 1. */
struct grey *
grey_double(const struct grey *grey, struct err *err)
{
	struct grey *twice = grey_new(2 * grey->width, 2 * grey->height, err);

	if (twice == NULL)
		return NULL;
	for (int y = 0; y < twice->height; y++) {
		const unsigned char *near = row_of(grey, y / 2);
		const unsigned char *far = row_of(grey,
		    y / 2 + (y % 2 != 0 ? 1 : -1));
		unsigned char *to = twice->pixels +
		    (size_t)y * (size_t)twice->width;

		for (int x = 0; x < grey->width; x++) {
			int left = x > 0 ? x - 1 : 0;
			int right = x + 1 < grey->width ? x + 1 : x;
			int here = 3 * (3 * near[x] + far[x]) + 8;

			to[2 * x] = (unsigned char)((here + 3 * near[left] +
			    far[left]) >> 4);
			to[2 * x + 1] = (unsigned char)((here +
			    3 * near[right] + far[right]) >> 4);
		}
	}
	return twice;
}

/* 1 2 1 in both directions. */
struct grey *
grey_blurred(const struct grey *grey, struct err *err)
{
	struct grey *soft = grey_new(grey->width, grey->height, err);

	if (soft == NULL)
		return NULL;
	for (int y = 0; y < grey->height; y++) {
		const unsigned char *a = row_of(grey, y - 1);
		const unsigned char *b = row_of(grey, y);
		const unsigned char *c = row_of(grey, y + 1);
		unsigned char *to = soft->pixels +
		    (size_t)y * (size_t)soft->width;
		int last = grey->width - 1;

		for (int x = 0; x <= last; x++) {
			int l = x > 0 ? x - 1 : 0, r = x < last ? x + 1 : last;

			to[x] = (unsigned char)((a[l] + c[l] + a[r] + c[r] +
			    2 * (b[l] + b[r] + a[x] + c[x]) + 4 * b[x] + 8) >>
			    4);
		}
	}
	return soft;
}

struct grey *
grey_sharper(const struct grey *grey, struct err *err)
{
	struct grey *sharp = grey_blurred(grey, err);
	size_t n = (size_t)grey->width * (size_t)grey->height;

	if (sharp == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		int v = grey->pixels[i] +
		    2 * (grey->pixels[i] - sharp->pixels[i]);

		sharp->pixels[i] = (unsigned char)(v < 0 ? 0 :
		    v > 255 ? 255 : v);
	}
	return sharp;
}

struct grey *
grey_part(const struct grey *grey, int x, int y, int width, int height,
    struct err *err)
{
	struct grey *part = grey_new(width, height, err);

	for (int row = 0; part != NULL && row < height; row++)
		memcpy(part->pixels + (size_t)row * (size_t)width,
		    row_of(grey, y + row) + x, (size_t)width);
	return part;
}

struct grey *
grey_binary(const struct grey *grey, const struct levels *levels,
    struct err *err)
{
	struct grey *binary = grey_new(grey->width, grey->height, err);

	if (binary == NULL)
		return NULL;
	for (int y = 0; y < grey->height; y++) {
		const unsigned char *from = row_of(grey, y);
		unsigned char *to = binary->pixels +
		    (size_t)y * (size_t)grey->width;

		for (int x = 0; x < grey->width; x++)
			to[x] = from[x] < levels_at(levels, x, y) ? 0 : 255;
	}
	return binary;
}
