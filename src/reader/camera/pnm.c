/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pnm - PBM and PGM pictures, as text (P1, P2) and as bytes (P4, P5).
 *
 * Everything is counted against the bytes at hand: a header may claim what it
 * likes. In a PBM 1 is black.
 */
#include "parts.h"

#include <string.h>

struct cursor {
	const unsigned char *bytes;
	size_t n, at;
};

static bool
blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' ||
	    c == '\f';
}

static void
skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->n) {
		if (cursor->bytes[cursor->at] == '#')
			while (cursor->at < cursor->n &&
			    cursor->bytes[cursor->at] != '\n')
				cursor->at++;
		else if (blank(cursor->bytes[cursor->at]))
			cursor->at++;
		else
			return;
	}
}

/* The next number, at most 65535; -1 when there is none. */
static long
number(struct cursor *cursor)
{
	long value = -1;

	skip_blanks(cursor);
	while (cursor->at < cursor->n && cursor->bytes[cursor->at] >= '0' &&
	    cursor->bytes[cursor->at] <= '9') {
		value = (value < 0 ? 0 : value) * 10 +
		    (cursor->bytes[cursor->at++] - '0');
		if (value > 65535)
			return -1;
	}
	return value;
}

/* In P1 the digits may stand without a gap. */
static long
text_sample(struct cursor *cursor, char kind)
{
	if (kind == '2')
		return number(cursor);
	skip_blanks(cursor);
	if (cursor->at == cursor->n)
		return -1;
	return cursor->bytes[cursor->at] == '0' ? 0 :
	    cursor->bytes[cursor->at] == '1' ? 1 : -1;
}

static int
read_text(struct cursor *cursor, char kind, long top, struct grey *grey)
{
	size_t n = (size_t)grey->width * (size_t)grey->height;

	for (size_t i = 0; i < n; i++) {
		long value = text_sample(cursor, kind);

		if (value < 0 || value > top)
			return -1;
		if (kind == '1') {
			cursor->at++;
			value = 1 - value;
		}
		grey->pixels[i] = (unsigned char)(value * 255 / top);
	}
	return 0;
}

static int
read_bits(struct cursor *cursor, struct grey *grey)
{
	size_t row = ((size_t)grey->width + 7) / 8;
	const unsigned char *from = cursor->bytes + cursor->at;

	if ((cursor->n - cursor->at) / row < (size_t)grey->height)
		return -1;
	for (int y = 0; y < grey->height; y++, from += row)
		for (int x = 0; x < grey->width; x++)
			grey->pixels[(size_t)y * (size_t)grey->width +
			    (size_t)x] = from[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
	return 0;
}

static int
read_bytes(struct cursor *cursor, long top, struct grey *grey)
{
	size_t n = (size_t)grey->width * (size_t)grey->height;
	size_t wide = top > 255 ? 2 : 1;
	const unsigned char *from = cursor->bytes + cursor->at;

	if ((cursor->n - cursor->at) / wide < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		long value = wide == 1 ? from[i] :
		    from[2 * i] << 8 | from[2 * i + 1];

		if (value > top)
			value = top;
		grey->pixels[i] = (unsigned char)(value * 255 / top);
	}
	return 0;
}

struct grey *
pnm_parse(const unsigned char *bytes, size_t n, struct err *err)
{
	struct cursor cursor = { .bytes = bytes, .n = n, .at = 2 };
	struct grey *grey = NULL;
	long width, height, top = 1;
	char kind;
	int got;

	if (n < 3 || bytes[0] != 'P' || strchr("1245", bytes[1]) == NULL ||
	    bytes[1] == '\0') {
		err_set(err, ERR_INPUT, "not a PBM or PGM picture");
		return NULL;
	}
	kind = (char)bytes[1];
	width = number(&cursor);
	height = number(&cursor);
	if (kind == '2' || kind == '5')
		top = number(&cursor);
	if (width < 1 || height < 1 || top < 1) {
		err_set(err, ERR_INPUT, "damaged PNM header");
		return NULL;
	}
	/* A text sample takes a byte at least, a packed one a bit. */
	if ((size_t)width * (size_t)height / 8 > n) {
		err_set(err, ERR_INPUT, "cut short");
		return NULL;
	}
	grey = grey_new((int)width, (int)height, err);
	if (grey == NULL)
		return NULL;
	if (kind >= '4' && cursor.at < n)
		cursor.at++; /* the one blank after the header */
	got = kind < '4' ? read_text(&cursor, kind, top, grey) :
	    kind == '4' ? read_bits(&cursor, grey) :
	    read_bytes(&cursor, top, grey);
	if (got != 0) {
		grey_free(grey);
		err_set(err, ERR_INPUT, "cut short or damaged");
		return NULL;
	}
	return grey;
}
