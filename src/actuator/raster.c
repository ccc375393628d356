/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raster - a picture in black and white, and letters in it.
 *
 * Letters are enlarged by Scale2x, once or twice: curves stay curves, which
 * on a worn print head is the difference between reading and guessing.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define STEP_ROWS 256

/* ---- the font ---------------------------------------------------------------- */

static const struct glyph box = { 0xFFFD, { 0, 0, 0, 0x7E, 0x42, 0x42, 0x42,
	0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x7E, 0, 0, 0, 0 } };
static const struct glyph space = { ' ', { 0 } };

static const struct glyph *
find(uint32_t code)
{
	size_t low = 0, high = glyphs_count;

	if (code == ' ' || code == 0xA0)
		return &space;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (glyphs_table[middle].code == code)
			return &glyphs_table[middle];
		if (glyphs_table[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct glyph *
font_glyph(uint32_t code)
{
	const struct glyph *glyph = find(code);

	return glyph == NULL ? &box : glyph;
}

bool
font_has(uint32_t code)
{
	return find(code) != NULL;
}

/* ---- the picture ------------------------------------------------------------- */

void
raster_init(struct raster *raster, size_t dots)
{
	*raster = (struct raster){ .dots = dots, .stride = dots / 8 };
}

void
raster_free(struct raster *raster)
{
	free(raster->bits);
	*raster = (struct raster){ .dots = 0 };
}

long
raster_extend(struct raster *raster, size_t rows)
{
	size_t first = raster->rows;

	if (rows > RASTER_ROWS_MAX || first + rows > RASTER_ROWS_MAX)
		return -1;
	if (first + rows > raster->size) {
		raster->size = first + rows + STEP_ROWS;
		raster->bits = reallocarray(raster->bits, raster->size,
		    raster->stride);
		if (raster->bits == NULL)
			mem_none();
	}
	memset(raster->bits + first * raster->stride, 0,
	    rows * raster->stride);
	raster->rows += rows;
	return (long)first;
}

void
raster_dot(struct raster *raster, size_t x, size_t y)
{
	if (x < raster->dots && y < raster->rows)
		raster->bits[y * raster->stride + x / 8] |=
		    (unsigned char)(0x80 >> x % 8);
}

bool
raster_black(const struct raster *raster, long x, long y)
{
	if (x < 0 || y < 0 || (size_t)x >= raster->dots ||
	    (size_t)y >= raster->rows)
		return false;
	return raster->bits[(size_t)y * raster->stride + (size_t)x / 8] &
	    0x80 >> x % 8;
}

/* ---- letters ------------------------------------------------------------------- */

/* Scale2x of one picture into another, which is empty and twice as wide. */
static void
enlarge(const struct raster *from, struct raster *to)
{
	raster_extend(to, from->rows * 2);
	for (long y = 0; y < (long)from->rows; y++)
		for (long x = 0; x < (long)from->dots; x++) {
			bool p = raster_black(from, x, y);
			bool a = raster_black(from, x, y - 1);
			bool b = raster_black(from, x + 1, y);
			bool c = raster_black(from, x - 1, y);
			bool d = raster_black(from, x, y + 1);
			bool odd = a != d && b != c;
			const bool quarter[4] = { odd && c == a ? a : p,
				odd && a == b ? b : p, odd && d == c ? c : p,
				odd && b == d ? d : p };

			for (size_t i = 0; i < 4; i++)
				if (quarter[i])
					raster_dot(to, (size_t)x * 2 + i % 2,
					    (size_t)y * 2 + i / 2);
		}
}

void
raster_glyph(struct raster *raster, uint32_t code, size_t x, size_t y,
    int scale)
{
	struct raster picture, larger;
	const struct glyph *glyph = font_glyph(code);
	int bold = scale >= 4 ? 2 : 0;

	raster_init(&picture, GLYPH_WIDTH);
	raster_extend(&picture, GLYPH_HEIGHT);
	memcpy(picture.bits, glyph->rows, GLYPH_HEIGHT);
	for (; scale > 1; scale /= 2) {
		raster_init(&larger, picture.dots * 2);
		enlarge(&picture, &larger);
		raster_free(&picture);
		picture = larger;
	}
	for (size_t row = 0; row < picture.rows; row++)
		for (size_t column = 0; column < picture.dots; column++)
			if (raster_black(&picture, (long)column, (long)row))
				for (size_t i = 0; i <= (size_t)bold; i++)
					raster_dot(raster, x + column + i,
					    y + row);
	raster_free(&picture);
}
