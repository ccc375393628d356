/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * squeeze - a frame to JPEG and back, for what that takes away.
 */
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

void
squeeze(struct grey *grey, int quality)
{
	struct jpeg_compress_struct out;
	struct jpeg_error_mgr manager;
	unsigned char *bytes = NULL;
	unsigned long n = 0;
	struct grey *back;
	struct err err;

	out.err = jpeg_std_error(&manager);
	jpeg_create_compress(&out);
	jpeg_mem_dest(&out, &bytes, &n);
	out.image_width = (JDIMENSION)grey->width;
	out.image_height = (JDIMENSION)grey->height;
	out.input_components = 1;
	out.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&out);
	jpeg_set_quality(&out, quality, TRUE);
	jpeg_start_compress(&out, TRUE);
	while (out.next_scanline < out.image_height) {
		JSAMPROW row = grey->pixels + (size_t)out.next_scanline *
		    out.image_width;

		jpeg_write_scanlines(&out, &row, 1);
	}
	jpeg_finish_compress(&out);
	jpeg_destroy_compress(&out);
	back = jpeg_parse(bytes, n, &err);
	if (back != NULL)
		memcpy(grey->pixels, back->pixels,
		    (size_t)grey->width * (size_t)grey->height);
	grey_free(back);
	free(bytes);
}
