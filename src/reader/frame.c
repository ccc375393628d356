/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - cuts a device's byte stream into text frames.
 *
 * A frame that outgrows the buffer is dropped whole: half a credential must
 * never reach the parser, where it could pass for a shorter one. For the same
 * reason a frame whose terminator was configured and never came is dropped
 * after silence; without a configured one, silence is the end of a frame.
 */
#include "parts.h"

#include <string.h>

#define STX 0x02
#define ETX 0x03

/* Whether silence ends a frame rather than spoiling it. */
static bool
silence_ends(const struct frame *f)
{
	return f->end == END_AUTO || f->end == END_NONE;
}

static void
finish(struct frame *f, frame_fn fn, void *arg)
{
	const unsigned char *data = f->data;
	size_t len = f->len;
	bool whole = !f->spoilt;

	if (f->end == END_AUTO && len > 0 &&
	    (data[len - 1] == '\t' || data[len - 1] == ETX))
		len--;
	if ((f->end == END_AUTO || f->end == END_ETX) && len > 0 &&
	    data[0] == STX) {
		data++;
		len--;
	}
	if (whole && len == 0 && f->nuls)
		f->empty++;
	frame_reset(f);
	if (whole && len > 0)
		fn(arg, data, len);
}

/* Whether c ends the frame; what belongs to a longer terminator goes. */
static bool
ends(struct frame *f, unsigned char c)
{
	switch (f->end) {
	case END_AUTO:
		return c == '\r' || c == '\n';
	case END_CR:
		return c == '\r';
	case END_LF:
	case END_CRLF:
		if (c != '\n' || (f->end == END_CRLF && f->last != '\r'))
			return false;
		if (!f->spoilt && f->len > 0 && f->last == '\r')
			f->len--;
		return true;
	case END_TAB:
		return c == '\t';
	case END_ETX:
		return c == ETX;
	case END_NONE:
		break;
	}
	return false;
}

static void
add(struct frame *f, unsigned char c)
{
	f->last = c;
	if (f->spoilt)
		return;
	if (f->len < sizeof(f->data)) {
		f->data[f->len++] = c;
		return;
	}
	f->spoilt = true;
	f->overlong++;
}

void
frame_init(struct frame *f, enum frame_end end, int idle_ms)
{
	memset(f, 0, sizeof(*f));
	f->end = end;
	f->idle_ms = idle_ms;
}

void
frame_reset(struct frame *f)
{
	f->len = 0;
	f->spoilt = false;
	f->nuls = false;
	f->last = '\0';
}

void
frame_push(struct frame *f, const unsigned char *bytes, size_t n,
    int64_t now_ms, frame_fn fn, void *arg)
{
	frame_tick(f, now_ms, fn, arg);
	for (size_t i = 0; i < n; i++) {
		bool after_cr = f->after_cr;

		if (bytes[i] == '\0') {
			f->nuls = true;
			continue;
		}
		f->after_cr = false;
		if (after_cr && bytes[i] == '\n')
			continue;
		if (!ends(f, bytes[i])) {
			add(f, bytes[i]);
			continue;
		}
		f->after_cr = bytes[i] == '\r';
		finish(f, fn, arg);
	}
	f->last_ms = now_ms;
}

void
frame_tick(struct frame *f, int64_t now_ms, frame_fn fn, void *arg)
{
	int64_t deadline = frame_deadline(f);

	if (deadline < 0 || now_ms < deadline)
		return;
	if (!silence_ends(f) && !f->spoilt) {
		f->cut++;
		f->spoilt = true;
	}
	finish(f, fn, arg);
}

int64_t
frame_deadline(const struct frame *f)
{
	if (f->len == 0 && !f->spoilt)
		return -1;
	return f->last_ms + f->idle_ms;
}
