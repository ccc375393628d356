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
#define DECODER_LINES_LEAST 2 /* scan lines that agree on a code of lines */
#define DECODER_LETTERS_LEAST 3 /* a Code 39 has no check digit */

static const struct symbology {
	const char *option, *word;
	zbar_symbol_type_t type;
} symbologies[] = {
	{ "qr", "qr", ZBAR_QRCODE },
	{ "code128", "code128", ZBAR_CODE128 },
	{ "code39", "code39", ZBAR_CODE39 },
	{ "ean", "ean13", ZBAR_EAN13 },
	{ "ean", "ean8", ZBAR_EAN8 },
};

struct decoder {
	zbar_image_scanner_t *scanner;
	zbar_image_scanner_t *lines; /* NULL: nobody asked */
	unsigned wanted;             /* bits of symbologies[] */
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

/* Lines have a scanner of their own: drawings of QR codes hold none. */
static int
fresh_lines(struct decoder *decoder, struct err *err)
{
	if (decoder->lines != NULL)
		zbar_image_scanner_destroy(decoder->lines);
	decoder->lines = NULL;
	if (!decoder_wants_lines(decoder))
		return 0;
	decoder->lines = zbar_image_scanner_create();
	if (decoder->lines == NULL)
		return err_set(err, ERR_RETRY, "zbar: no memory");
	zbar_image_scanner_set_config(decoder->lines, 0, ZBAR_CFG_ENABLE, 0);
	for (size_t i = 1; i < nitems(symbologies); i++)
		if (decoder->wanted & 1u << i)
			zbar_image_scanner_set_config(decoder->lines,
			    symbologies[i].type, ZBAR_CFG_ENABLE, 1);
	zbar_image_scanner_set_config(decoder->lines, ZBAR_CODE39,
	    ZBAR_CFG_MIN_LEN, DECODER_LETTERS_LEAST);
	return 0;
}

bool
decoder_wants_lines(const struct decoder *decoder)
{
	return decoder->wanted > 1;
}

int
decoder_also(struct decoder *decoder, const char *names, struct err *err)
{
	for (const char *p = names; ; ) {
		size_t n = strcspn(p, "+");
		bool known = false;

		for (size_t i = 0; i < nitems(symbologies); i++)
			if (strlen(symbologies[i].option) == n &&
			    strncmp(symbologies[i].option, p, n) == 0) {
				decoder->wanted |= 1u << i;
				known = true;
			}
		if (!known)
			return err_set(err, ERR_SETUP, "codes=%s: there are "
			    "qr, code128, code39 and ean, with + between",
			    names);
		if (p[n] == '\0')
			return fresh_lines(decoder, err);
		p += n + 1;
	}
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
	return fresh_lines(decoder, err);
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
	if (decoder->lines != NULL)
		zbar_image_scanner_destroy(decoder->lines);
	free(decoder);
}

void
codes_add(struct codes *codes, const char *word, const void *bytes, size_t len)
{
	if (len == 0 || len > CODE_BYTES_MAX || codes->count == CODES_MAX)
		return;
	for (size_t i = 0; i < codes->count; i++)
		if (codes->code[i].len == len &&
		    memcmp(codes->code[i].bytes, bytes, len) == 0)
			return;
	codes->code[codes->count].word = word;
	codes->code[codes->count].len = len;
	memcpy(codes->code[codes->count++].bytes, bytes, len);
}

static const struct symbology *
symbology_of(zbar_symbol_type_t type)
{
	for (size_t i = 0; i < nitems(symbologies); i++)
		if (symbologies[i].type == type)
			return &symbologies[i];
	return NULL;
}

static int
collect(struct decoder *decoder, struct codes *codes)
{
	const zbar_symbol_t *symbol = zbar_image_first_symbol(decoder->image);
	int found = 0;

	for (; symbol != NULL; symbol = zbar_symbol_next(symbol)) {
		zbar_symbol_type_t type = zbar_symbol_get_type(symbol);
		const struct symbology *known = symbology_of(type);

		/* One line may be read into a code by chance. */
		if (known == NULL || (type != ZBAR_QRCODE &&
		    zbar_symbol_get_quality(symbol) < DECODER_LINES_LEAST))
			continue;
		/* The length, not strlen(): a payload may hold NULs. */
		codes_add(codes, known->word, zbar_symbol_get_data(symbol),
		    zbar_symbol_get_data_length(symbol));
		decoder->hits++;
		found++;
	}
	return found;
}

static int
scan(struct decoder *decoder, zbar_image_scanner_t *scanner,
    const struct grey *grey, struct codes *codes, struct err *err)
{
	int found;

	zbar_image_set_size(decoder->image, (unsigned)grey->width,
	    (unsigned)grey->height);
	zbar_image_set_data(decoder->image, grey->pixels,
	    (unsigned long)grey->width * (unsigned long)grey->height, NULL);
	found = zbar_scan_image(scanner, decoder->image);
	if (found >= 0)
		found = collect(decoder, codes);
	/* The pixels are the caller's: keep neither them nor the symbols. */
	zbar_image_set_symbols(decoder->image, NULL);
	zbar_image_set_data(decoder->image, NULL, 0, NULL);
	if (found < 0)
		return err_set(err, ERR_INPUT, "zbar refused the frame");
	return found;
}

int
decoder_scan(struct decoder *decoder, const struct grey *grey, int density,
    struct codes *codes, struct err *err)
{
	if (decoder->hits >= DECODER_HITS_MAX &&
	    decoder_fresh(decoder, err) != 0)
		return -1;
	set(decoder, 0, ZBAR_CFG_X_DENSITY, density);
	set(decoder, 0, ZBAR_CFG_Y_DENSITY, density);
	return scan(decoder, decoder->scanner, grey, codes, err);
}

int
decoder_scan_lines(struct decoder *decoder, const struct grey *grey,
    struct codes *codes, struct err *err)
{
	if (decoder->hits >= DECODER_HITS_MAX &&
	    decoder_fresh(decoder, err) != 0)
		return -1;
	if (decoder->lines == NULL)
		return 0;
	return scan(decoder, decoder->lines, grey, codes, err);
}
