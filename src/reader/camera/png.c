/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * png - PNG pictures by libpng's simplified interface; transparent ones lie
 * on white paper. Only this file knows libpng.
 */
#include "parts.h"

#include <png.h>
#include <string.h>

struct grey *
png_parse(const unsigned char *bytes, size_t n, struct err *err)
{
	static const png_color white = { 255, 255, 255 };
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct grey *grey = NULL;

	if (!png_image_begin_read_from_memory(&image, bytes, n)) {
		err_set(err, ERR_INPUT, "damaged PNG: %s", image.message);
		return NULL;
	}
	if (image.width > GREY_SIDE_MAX || image.height > GREY_SIDE_MAX)
		err_set(err, ERR_INPUT, "a picture of %lu x %lu is refused",
		    (unsigned long)image.width, (unsigned long)image.height);
	else
		grey = grey_new((int)image.width, (int)image.height, err);
	if (grey != NULL) {
		image.format = PNG_FORMAT_GRAY;
		if (!png_image_finish_read(&image, &white, grey->pixels, 0,
		    NULL)) {
			err_set(err, ERR_INPUT, "damaged PNG: %s",
			    image.message);
			grey_free(grey);
			grey = NULL;
		}
	}
	png_image_free(&image);
	return grey;
}

int
png_write(const char *path, const unsigned char *rgb, int width, int height,
    struct err *err)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)width, .height = (png_uint_32)height,
		.format = PNG_FORMAT_RGB };

	if (!png_image_write_to_file(&image, path, 0, rgb, 0, NULL))
		return err_set(err, ERR_RETRY, "%s: %s", path, image.message);
	return 0;
}
