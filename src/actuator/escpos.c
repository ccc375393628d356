/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escpos - a slip as bytes for the printer, with the places where another
 * command may come between: a picture that was cut short must be filled up
 * before anything else is understood.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define STEP 8192

void
escpos_put(struct escpos *e, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	if (e->len + n > e->size) {
		e->size = e->len + n + STEP;
		e->bytes = realloc(e->bytes, e->size);
		if (e->bytes == NULL)
			mem_none();
	}
	memcpy(e->bytes + e->len, bytes, n);
	e->len += n;
}

void
escpos_end(struct escpos *e)
{
	if (e->nends == e->ends_size) {
		e->ends_size += 64;
		e->ends = reallocarray(e->ends, e->ends_size,
		    sizeof(*e->ends));
		if (e->ends == NULL)
			mem_none();
	}
	e->ends[e->nends++] = e->len;
}

void
escpos_free(struct escpos *e)
{
	free(e->bytes);
	free(e->ends);
	*e = (struct escpos){ .len = 0 };
}

size_t
escpos_owed(const struct escpos *e, size_t at)
{
	for (size_t i = 0; i < e->nends; i++)
		if (e->ends[i] >= at)
			return at == 0 ? 0 : e->ends[i] - at;
	return 0;
}

/* GS v 0, in bands that a small printer's buffer holds. */
void
escpos_raster(struct escpos *e, const struct raster *raster, size_t band)
{
	for (size_t y = 0; y < raster->rows; y += band) {
		size_t rows = raster->rows - y < band ? raster->rows - y : band;
		const unsigned char head[] = { 0x1D, 'v', '0', 0,
			(unsigned char)raster->stride,
			(unsigned char)(raster->stride >> 8),
			(unsigned char)rows, (unsigned char)(rows >> 8) };

		escpos_put(e, head, sizeof(head));
		escpos_put(e, raster->bits + y * raster->stride,
		    rows * raster->stride);
		escpos_end(e);
	}
}

static void
finish(const struct tuning *tuning, struct escpos *out)
{
	const unsigned char feed[] = { 0x1B, 'd', (unsigned char)tuning->feed };
	/* Fed as far as the knife by the printer itself. */
	const unsigned char cut[] = { 0x1D, 'V',
		tuning->cut == CUT_FULL ? 0x41 : 0x42, 0 };

	escpos_put(out, feed, sizeof(feed));
	escpos_end(out);
	if (tuning->cut == CUT_NONE)
		return;
	escpos_put(out, cut, sizeof(cut));
	escpos_end(out);
}

int
escpos_slip(const struct slip *slip, const struct tuning *tuning,
    struct escpos *out, struct err *err)
{
	static const unsigned char start[] = { 0x1B, '@' };
	struct raster raster;

	*out = (struct escpos){ .len = 0 };
	escpos_put(out, start, sizeof(start));
	escpos_end(out);
	if (tuning->mode != PRINT_RASTER) {
		if (tcvn_slip(slip, tuning, out, err) < 0) {
			escpos_free(out);
			return -1;
		}
	} else {
		if (layout_raster(slip, (size_t)tuning->dots, &raster,
		    err) < 0) {
			escpos_free(out);
			return -1;
		}
		escpos_raster(out, &raster, (size_t)tuning->band);
		raster_free(&raster);
	}
	finish(tuning, out);
	return 0;
}
