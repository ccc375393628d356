/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet - cuts a device's byte stream into binary frames.
 *
 * A driver's recogniser looks at the start of what has come. Where no good
 * frame starts, one byte is dropped and it looks again: so the frame after a
 * damaged one is found, wherever it begins.
 */
#include "parts.h"

#include <string.h>

/* Longer than any pause within a frame, even behind a busy USB hub: what has
 * begun before it was cut. It keeps frames without a checksum in step. */
#define PAUSE_MS 250

void
packet_init(struct packet *p, const struct settings *settings)
{
	memset(p, 0, sizeof(*p));
	p->settings = settings;
}

void
packet_reset(struct packet *p)
{
	p->len = 0;
}

/* Takes what can be taken; keeps the start of a frame. */
static void
take_all(struct packet *p, sample_fn fn, void *arg)
{
	const struct driver *driver = p->settings->driver;
	size_t at = 0;

	while (at < p->len) {
		struct sample sample = { .has_object = false };
		int taken = driver->take(p->settings, p->data + at,
		    p->len - at, &sample);

		if (taken > 0) {
			at += (size_t)taken;
			p->noise = 0;
			fn(arg, &sample);
			continue;
		}
		if (taken == TAKE_MORE &&
		    (at > 0 || p->len < sizeof(p->data)))
			break;
		if (taken == TAKE_DAMAGED)
			p->damaged++;
		p->noise++;
		at++;
	}
	p->len -= at;
	memmove(p->data, p->data + at, p->len);
}

void
packet_push(struct packet *p, const unsigned char *bytes, size_t n,
    int64_t now_ms, sample_fn fn, void *arg)
{
	if (p->len > 0 && now_ms - p->last_ms >= PAUSE_MS) {
		p->damaged++;
		p->len = 0;
	}
	p->last_ms = now_ms;
	while (n > 0) {
		size_t room = sizeof(p->data) - p->len;
		size_t part = n < room ? n : room;

		memcpy(p->data + p->len, bytes, part);
		p->len += part;
		bytes += part;
		n -= part;
		take_all(p, fn, arg);
	}
}
