/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jpeg - JPEG pictures by libjpeg-turbo, luma only. Only this file knows it.
 *
 * libjpeg repairs what it can and calls that a warning. A picture of which a
 * part is missing is refused here: what it shows there was never seen.
 */
#include "parts.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#define JPEG_SCANS_MAX 100 /* a progressive picture may have thousands */

struct trouble {
	struct jpeg_error_mgr manager; /* first: libjpeg knows only this */
	jmp_buf back;
	char text[JMSG_LENGTH_MAX];
};

static void
give_up(j_common_ptr common)
{
	struct trouble *trouble = (struct trouble *)common->err;

	trouble->manager.format_message(common, trouble->text);
	longjmp(trouble->back, 1);
}

/* Bytes between markers are harmless; all other repairs are damage. */
static void
on_message(j_common_ptr common, int level)
{
	if (level < 0 && common->err->msg_code != JWRN_EXTRANEOUS_DATA)
		give_up(common);
}

static void
on_progress(j_common_ptr common)
{
	struct jpeg_decompress_struct *jpeg = (void *)common;

	if (jpeg->input_scan_number > JPEG_SCANS_MAX) {
		struct trouble *trouble = (struct trouble *)common->err;

		snprintf(trouble->text, sizeof(trouble->text),
		    "more than %d scans", JPEG_SCANS_MAX);
		longjmp(trouble->back, 1);
	}
}

static struct grey *
read_rows(struct jpeg_decompress_struct *jpeg, struct grey **grey,
    struct err *err)
{
	jpeg_read_header(jpeg, TRUE);
	if (!grey_fits((long)jpeg->image_width, (long)jpeg->image_height)) {
		err_set(err, ERR_INPUT, "a picture of %u x %u is refused",
		    jpeg->image_width, jpeg->image_height);
		return NULL;
	}
	jpeg->out_color_space = JCS_GRAYSCALE;
	/* The fast one turns whole modules of a sharp code around. */
	jpeg->dct_method = JDCT_ISLOW;
	jpeg_start_decompress(jpeg);
	*grey = grey_new((int)jpeg->output_width, (int)jpeg->output_height,
	    err);
	while (*grey != NULL && jpeg->output_scanline < jpeg->output_height) {
		JSAMPROW row = (*grey)->pixels + (size_t)jpeg->output_scanline *
		    jpeg->output_width;

		jpeg_read_scanlines(jpeg, &row, 1);
	}
	if (*grey != NULL)
		jpeg_finish_decompress(jpeg);
	return *grey;
}

struct grey *
jpeg_parse(const unsigned char *bytes, size_t n, struct err *err)
{
	struct jpeg_decompress_struct jpeg;
	struct jpeg_progress_mgr progress = { .progress_monitor = on_progress };
	struct trouble trouble = { .text = "" };
	/* Volatile: it must survive the jump. */
	struct grey *volatile grey = NULL;
	struct grey *got = NULL;

	memset(&jpeg, 0, sizeof(jpeg));
	jpeg.err = jpeg_std_error(&trouble.manager);
	trouble.manager.error_exit = give_up;
	trouble.manager.emit_message = on_message;
	if (setjmp(trouble.back) != 0) {
		err_set(err, ERR_INPUT, "damaged JPEG: %s", trouble.text);
		jpeg_destroy_decompress(&jpeg);
		grey_free(grey);
		return NULL;
	}
	jpeg_create_decompress(&jpeg);
	jpeg.progress = &progress;
	jpeg_mem_src(&jpeg, bytes, (unsigned long)n);
	got = read_rows(&jpeg, (struct grey **)&grey, err);
	jpeg_destroy_decompress(&jpeg);
	return got;
}
