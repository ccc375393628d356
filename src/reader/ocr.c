/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ocr - cuts the stream of a document reader into machine-readable zones.
 *
 * They come in three shapes: rows with CR or LF between them; a block of SOH,
 * a length, "OU", STX, a flag, three rows (the missing ones empty), ETX and a
 * check byte; rows by themselves, as an imager reads one after the other. How
 * the check byte is made is in no paper: the zone's own check digits, which
 * the room credential looks at, are what protects it. Rows with a pause
 * between them belong together only for a moment: who changes documents takes
 * longer, and the row with the name has no check digit of its own.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define SOH 0x01
#define STX 0x02
#define ETX 0x03
#define TOGETHER_MS 1000
#define HEAD_LEN 5 /* length, "OU", STX, flag */
#define PADDING 8  /* a row of 36 in a place for 44 */

static bool
is_whole(size_t n)
{
	return n == 72 || n == 88 || n == 90;
}

static bool
is_row(size_t n)
{
	return n == 30 || n == 36 || n == 44;
}

/* Document, issuer's letters; in cards the number is in the first row. */
static bool
may_be_first(const char *row, size_t n)
{
	int digits = 0;

	for (size_t i = 2; i < 5; i++)
		digits += isdigit((unsigned char)row[i]) != 0;
	if (strchr("PVIAC1", toupper((unsigned char)row[0])) == NULL ||
	    digits > 1)
		return false;
	return n != 30 || strpbrk(row + 5, "0123456789") != NULL;
}

/* Dates are there: the row of a name has no digits. */
static bool
may_be_second(const char *row, size_t n)
{
	size_t from = n == 30 ? 0 : 13, to = n == 30 ? 14 : 27;
	int digits = 0;

	for (size_t i = from; i < to; i++)
		digits += isdigit((unsigned char)row[i]) != 0;
	return digits >= 4;
}

static void
forget(struct ocr *o)
{
	o->len = 0;
	o->rows = 0;
}

static void
emit(struct ocr *o, frame_fn fn, void *arg)
{
	size_t len = o->len;

	forget(o);
	fn(arg, (const unsigned char *)o->text, len);
}

/* '_' is how some readers print '<', and how they fill up a short row. */
static size_t
tidy(char *row, size_t n)
{
	char *first = strchr(row, '_');

	if (n == 44 && strchr(row, '<') != NULL && first == row + n - PADDING &&
	    strspn(first, "_") == PADDING)
		n -= PADDING;
	row[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (row[i] == '_')
			row[i] = '<';
	return n;
}

static void
add_row(struct ocr *o, const char *row, size_t n, frame_fn fn,
    void *arg)
{
	if (o->rows > 0 && (n != o->width ||
	    (o->rows == 1 && !may_be_second(row, n)))) {
		o->parts++;
		forget(o);
	}
	if (o->rows == 0 && !may_be_first(row, n)) {
		o->parts++;
		return;
	}
	if (o->rows > 0)
		o->text[o->len++] = '\r';
	memcpy(o->text + o->len, row, n);
	o->len += n;
	o->width = n;
	o->rows++;
	if (o->rows == (n == 30 ? 3 : 2))
		emit(o, fn, arg);
}

static void
end_row(struct ocr *o, frame_fn fn, void *arg)
{
	size_t n = o->nrow;
	bool spoilt = o->spoilt;

	o->nrow = 0;
	o->spoilt = false;
	if (n == 0 && !spoilt)
		return;
	o->row[n] = '\0';
	n = tidy(o->row, n);
	if (!spoilt && is_row(n)) {
		add_row(o, o->row, n, fn, arg);
		return;
	}
	if (o->rows > 0)
		o->parts++;
	forget(o);
	if (spoilt || !is_whole(n)) {
		o->others++;
		return;
	}
	memcpy(o->text, o->row, n);
	o->len = n;
	emit(o, fn, arg);
}

/* The frame around a block has ended, wherever it stands. */
static void
end_block(struct ocr *o, frame_fn fn, void *arg)
{
	o->state = OCR_TEXT;
	end_row(o, fn, arg);
	if (o->rows > 0)
		o->parts++;
	forget(o);
}

static void
take_text(struct ocr *o, unsigned char c, frame_fn fn, void *arg)
{
	if (c == ' ')
		return;
	if (c < ' ') {
		end_row(o, fn, arg);
		return;
	}
	if (o->nrow == OCR_ROW_MAX || (!isalnum(c) && c != '<' && c != '_'))
		o->spoilt = true;
	else
		o->row[o->nrow++] = (char)c;
}

static void
take(struct ocr *o, unsigned char c, frame_fn fn, void *arg)
{
	static const unsigned char head[HEAD_LEN] = { 0, 'O', 'U', STX, 0 };

	switch (o->state) {
	case OCR_TEXT:
		if (c != SOH) {
			take_text(o, c, fn, arg);
			break;
		}
		end_block(o, fn, arg); /* what came before is no part of it */
		o->state = OCR_HEAD;
		o->nhead = 0;
		break;
	case OCR_HEAD:
		if (head[o->nhead] != 0 && c != head[o->nhead]) {
			o->state = OCR_TEXT;
			o->spoilt = true;
		} else if (++o->nhead == HEAD_LEN) {
			o->state = OCR_BLOCK;
		}
		break;
	case OCR_BLOCK:
		if (c == ETX)
			o->state = OCR_CHECK;
		else
			take_text(o, c, fn, arg);
		break;
	case OCR_CHECK:
		end_block(o, fn, arg);
		break;
	}
}

void
ocr_init(struct ocr *o, int idle_ms)
{
	memset(o, 0, sizeof(*o));
	o->idle_ms = idle_ms;
}

void
ocr_reset(struct ocr *o)
{
	ocr_init(o, o->idle_ms);
}

void
ocr_push(struct ocr *o, const unsigned char *bytes, size_t n,
    int64_t now_ms, frame_fn fn, void *arg)
{
	ocr_tick(o, now_ms, fn, arg);
	for (size_t i = 0; i < n; i++)
		take(o, bytes[i], fn, arg);
	o->last_ms = now_ms;
}

void
ocr_tick(struct ocr *o, int64_t now_ms, frame_fn fn, void *arg)
{
	int64_t silent_ms = now_ms - o->last_ms;

	if (o->state != OCR_TEXT) {
		if (silent_ms >= o->idle_ms)
			end_block(o, fn, arg);
		return;
	}
	if (silent_ms >= o->idle_ms)
		end_row(o, fn, arg);
	if (o->rows > 0 && silent_ms >= TOGETHER_MS) {
		o->parts++;
		forget(o);
	}
}

int64_t
ocr_deadline(const struct ocr *o)
{
	if (o->state != OCR_TEXT || o->nrow > 0 || o->spoilt)
		return o->last_ms + o->idle_ms;
	return o->rows > 0 ? o->last_ms + TOGETHER_MS : -1;
}
