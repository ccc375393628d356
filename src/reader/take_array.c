/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thermometers with an array of pixels. The warmest pixel of a region is the
 * object; the region is configuration, the whole picture unless given.
 */
#include "packets.h"

#include <string.h>

enum pixel { PIXEL_BE, PIXEL_LE };

struct array {
	int columns, rows;
	enum pixel order;
	size_t first;    /* offset of the first pixel */
	size_t ambient;  /* offset, 0 for none */
	bool is_signed;
	int32_t zero;    /* the number that means 0 degrees */
	int32_t unit_mc; /* of one step */
};

static int32_t
number(const struct array *array, const unsigned char *p)
{
	int32_t value = array->order == PIXEL_BE ? p[0] << 8 | p[1] :
	    p[0] | p[1] << 8;

	if (array->is_signed && value >= 0x8000)
		value -= 0x10000;
	return (value - array->zero) * array->unit_mc;
}

/* The region, cut to the picture; no region is the whole picture. */
static void
region(const struct settings *settings, const struct array *array, int *left,
    int *top, int *right, int *bottom)
{
	*left = (int)settings->left < array->columns ? (int)settings->left : 0;
	*top = (int)settings->top < array->rows ? (int)settings->top : 0;
	*right = *left + (int)settings->width;
	*bottom = *top + (int)settings->height;
	if (settings->width == 0 || *right > array->columns)
		*right = array->columns;
	if (settings->height == 0 || *bottom > array->rows)
		*bottom = array->rows;
}

static void
warmest(const struct settings *settings, const struct array *array,
    const unsigned char *bytes, struct sample *sample)
{
	int left, top, right, bottom;

	region(settings, array, &left, &top, &right, &bottom);
	sample->has_object = true;
	sample->object_mc = INT32_MIN;
	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++) {
			int32_t mc = number(array, bytes + array->first +
			    2 * (size_t)(y * array->columns + x));

			if (mc > sample->object_mc)
				sample->object_mc = mc;
		}
	if (array->ambient != 0) {
		sample->ambient_mc = number(array, bytes + array->ambient);
		sample->has_ambient = true;
	}
}

/* The whole frame once its header fits, with a last byte where there is one. */
static int
take(const struct settings *settings, const struct array *array,
    const void *header, size_t header_len, int length, int last,
    const unsigned char *bytes, size_t n, struct sample *sample)
{
	if (memcmp(bytes, header, n < header_len ? n : header_len) != 0)
		return TAKE_NOISE;
	if (n < (size_t)length)
		return TAKE_MORE;
	if (last >= 0 && bytes[length - 1] != last)
		return TAKE_DAMAGED;
	warmest(settings, array, bytes, sample);
	return length;
}

/* 16x4 pixels; two bytes between ambient and the last byte. */
int
take_mlx90621(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	static const struct array array = { 16, 4, PIXEL_BE, 3, 131, true, 0,
		10 };

	return take(settings, &array, "\xa5\x06", 2, 136, 0xbf, bytes, n,
	    sample);
}

/* 32x32 pixels in tenths of a kelvin. The header is one byte: the intake
 * asks for each picture and so keeps in step. */
int
take_chuwo(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	static const struct array array = { 32, 32, PIXEL_BE, 1, 2049, false,
		2731, 100 };

	return take(settings, &array, "\xe1", 1, 2055, -1, bytes, n, sample);
}

int
take_ym32a(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	static const struct array array = { 32, 32, PIXEL_BE, 6, 0, true, 0,
		100 };

	return take(settings, &array, "ABCDEF", 6, 2061, -1, bytes, n, sample);
}

/* 32x24 pixels. How its two checksum bytes are made is not known: the header
 * with its length is all that is checked. */
int
take_mcu90640(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	static const struct array array = { 32, 24, PIXEL_LE, 4, 1540, true, 0,
		10 };

	return take(settings, &array, "\x5a\x5a\x02\x06", 4, 1544, -1, bytes,
	    n, sample);
}
