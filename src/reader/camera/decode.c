/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode - grey pixels to the exact bytes of the QR codes in them, by zbar.
 * Only this file knows zbar.
 *
 * Binary mode is a must: without it zbar guesses a character set and turns
 * Vietnamese names into Japanese. It takes Y800 alone. What one frame leaves
 * in a scanner changes what it sees in the next, and each code it decodes
 * leaks some 200 bytes that only the scanner's end gives back: so scanners
 * are made anew, for each still picture and every DECODER_HITS_MAX codes.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include <zbar.h>

#define DECODER_HITS_MAX 2000

struct decoder {
	zbar_image_scanner_t *scanner;
	zbar_image_t *image;
	unsigned hits;
};

static int
set(struct decoder *decoder, zbar_symbol_type_t symbology, zbar_config_t what,
    int value)
{
	return zbar_image_scanner_set_config(decoder->scanner, symbology, what,
	    value);
}

int
decoder_fresh(struct decoder *decoder, struct err *err)
{
	if (decoder->scanner != NULL)
		zbar_image_scanner_destroy(decoder->scanner);
	decoder->hits = 0;
	decoder->scanner = zbar_image_scanner_create();
	if (decoder->scanner == NULL)
		return err_set(err, ERR_RETRY, "zbar: no memory");
	if (set(decoder, 0, ZBAR_CFG_ENABLE, 0) != 0 ||
	    set(decoder, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1) != 0 ||
	    set(decoder, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1) != 0)
		return err_set(err, ERR_ABSENT,
		    "zbar has no binary mode: 0.23.1 or later is needed");
	return 0;
}

struct decoder *
decoder_new(struct err *err)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (decoder == NULL) {
		err_set(err, ERR_RETRY, "no memory");
		return NULL;
	}
	zbar_set_verbosity(0);
	decoder->image = zbar_image_create();
	if (decoder->image == NULL) {
		err_set(err, ERR_RETRY, "zbar: no memory");
		decoder_free(decoder);
		return NULL;
	}
	zbar_image_set_format(decoder->image, zbar_fourcc('Y', '8', '0', '0'));
	if (decoder_fresh(decoder, err) != 0) {
		decoder_free(decoder);
		return NULL;
	}
	return decoder;
}

void
decoder_free(struct decoder *decoder)
{
	if (decoder == NULL)
		return;
	if (decoder->image != NULL)
		zbar_image_destroy(decoder->image);
	if (decoder->scanner != NULL)
		zbar_image_scanner_destroy(decoder->scanner);
	free(decoder);
}

void
codes_add(struct codes *codes, const void *bytes, size_t len)
{
	if (len == 0 || len > CODE_BYTES_MAX || codes->count == CODES_MAX)
		return;
	for (size_t i = 0; i < codes->count; i++)
		if (codes->code[i].len == len &&
		    memcmp(codes->code[i].bytes, bytes, len) == 0)
			return;
	codes->code[codes->count].len = len;
	memcpy(codes->code[codes->count++].bytes, bytes, len);
}

static int
collect(struct decoder *decoder, struct codes *codes)
{
	const zbar_symbol_t *symbol = zbar_image_first_symbol(decoder->image);
	int found = 0;

	for (; symbol != NULL; symbol = zbar_symbol_next(symbol)) {
		if (zbar_symbol_get_type(symbol) != ZBAR_QRCODE)
			continue;
		/* The length, not strlen(): a payload may hold NULs. */
		codes_add(codes, zbar_symbol_get_data(symbol),
		    zbar_symbol_get_data_length(symbol));
		decoder->hits++;
		found++;
	}
	return found;
}

int
decoder_scan(struct decoder *decoder, const struct grey *grey, int density,
    struct codes *codes, struct err *err)
{
	int found;

	if (decoder->hits >= DECODER_HITS_MAX &&
	    decoder_fresh(decoder, err) != 0)
		return -1;
	set(decoder, 0, ZBAR_CFG_X_DENSITY, density);
	set(decoder, 0, ZBAR_CFG_Y_DENSITY, density);
	zbar_image_set_size(decoder->image, (unsigned)grey->width,
	    (unsigned)grey->height);
	zbar_image_set_data(decoder->image, grey->pixels,
	    (unsigned long)grey->width * (unsigned long)grey->height, NULL);
	found = zbar_scan_image(decoder->scanner, decoder->image);
	if (found >= 0)
		found = collect(decoder, codes);
	/* The pixels are the caller's: keep neither them nor the symbols. */
	zbar_image_set_symbols(decoder->image, NULL);
	zbar_image_set_data(decoder->image, NULL, 0, NULL);
	if (found < 0)
		return err_set(err, ERR_INPUT, "zbar refused the frame");
	return found;
}
