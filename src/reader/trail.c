/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail - the last bytes a device sent, for whoever mends it, without the
 * persons in them.
 *
 * Letters and digits are forgotten as they come, and all bytes from 80 on,
 * which are letters too. The frames of a thermometer are numbers that name
 * nobody: there only runs of four such bytes and more go, which are text, of
 * a scanner on the wrong port. What remains is the shape: line ends,
 * prefixes, separators, headers. It is in memory alone, and gone after a day.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define TRAIL_KEPT_MS (24 * INT64_C(3600000))
#define PAUSE_MS 1000 /* what comes after it is another message */
#define TEXT_RUN 4    /* bytes */

static bool
is_letter(unsigned char byte)
{
	return byte >= 0x80 || isalnum(byte);
}

static void
hide(struct trail *t, size_t i)
{
	t->hidden[i] = true;
	t->bytes[i] = 0;
}

static void
add(struct trail *t, unsigned char byte)
{
	if (t->n == TRAIL_MAX) {
		memmove(t->bytes, t->bytes + 1, TRAIL_MAX - 1);
		memmove(t->hidden, t->hidden + 1,
		    (TRAIL_MAX - 1) * sizeof(t->hidden[0]));
		t->n--;
	}
	t->bytes[t->n] = byte;
	t->hidden[t->n++] = false;
	t->run = is_letter(byte) ? t->run + 1 : 0;
	if (t->run == 0 || (t->frames && t->run < TEXT_RUN))
		return;
	/* The ones before it were waiting to be told from a frame. */
	for (size_t back = 1; back <= t->n && back <= t->run &&
	    back <= TEXT_RUN; back++)
		hide(t, t->n - back);
}

void
trail_init(struct trail *t, bool frames)
{
	*t = (struct trail){ .frames = frames };
}

void
trail_note(struct trail *t, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	if (t->n > 0 && now_ms - t->last_ms >= PAUSE_MS)
		trail_init(t, t->frames);
	t->last_ms = now_ms;
	for (size_t i = 0; i < n; i++)
		add(t, bytes[i]);
}

void
trail_tick(struct trail *t, int64_t now_ms)
{
	if (t->n > 0 && now_ms - t->last_ms >= TRAIL_KEPT_MS)
		trail_init(t, t->frames);
}

void
trail_print(struct trail *t, int64_t now_ms, struct event *event)
{
	char *out = event->words;

	trail_tick(t, now_ms);
	event->kind = EVENT_RAW;
	event->age_ms = t->n > 0 ? (int32_t)(now_ms - t->last_ms) : 0;
	strcpy(out, t->n > 0 ? "" : "-");
	for (size_t i = 0; i < t->n; i++, out += 2)
		if (t->hidden[i])
			strcpy(out, "..");
		else
			hex_print(&t->bytes[i], 1, out);
}
