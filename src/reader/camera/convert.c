/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * convert - what a camera delivers to a grey frame.
 *
 * Every format but MJPEG holds the luma somewhere as it is. Drivers deliver
 * short frames when the bus is busy: they are refused, not filled up.
 */
#include "parts.h"

#include <string.h>

static const struct {
	const char *fourcc;
	enum pixels pixels;
	int step;   /* bytes between two luma values in a row */
	int offset; /* of the first */
} formats[] = {
	{ "GREY", PIXELS_GREY, 1, 0 },
	{ "YUYV", PIXELS_YUYV, 2, 0 },
	{ "UYVY", PIXELS_UYVY, 2, 1 },
	{ "NV12", PIXELS_NV12, 1, 0 },
	{ "MJPG", PIXELS_MJPEG, 0, 0 },
};

int
pixels_of(const char fourcc[4], enum pixels *pixels)
{
	for (size_t i = 0; i < nitems(formats); i++)
		if (memcmp(formats[i].fourcc, fourcc, 4) == 0) {
			*pixels = formats[i].pixels;
			return 0;
		}
	return -1;
}

struct grey *
convert(const struct raw *raw, const unsigned char *bytes, size_t n,
    struct err *err)
{
	size_t width = (size_t)raw->width, height = (size_t)raw->height;
	size_t step = (size_t)formats[raw->pixels].step;
	struct grey *grey;

	if (raw->pixels == PIXELS_MJPEG)
		return jpeg_parse(bytes, n, err);
	if (!grey_fits(raw->width, raw->height) ||
	    raw->stride < width * step) {
		err_set(err, ERR_INPUT, "frames of %d x %d are refused",
		    raw->width, raw->height);
		return NULL;
	}
	if (n / raw->stride < height) {
		err_set(err, ERR_INPUT, N_("short frame"));
		return NULL;
	}
	grey = grey_new(raw->width, raw->height, err);
	if (grey == NULL)
		return NULL;
	for (size_t y = 0; y < height; y++) {
		const unsigned char *from = bytes + y * raw->stride +
		    formats[raw->pixels].offset;
		unsigned char *to = grey->pixels + y * width;

		for (size_t x = 0; x < width; x++)
			to[x] = from[x * step];
	}
	return grey;
}
