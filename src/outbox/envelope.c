/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope - the one byte form of what is clear about a record, so that
 * post and hub hash the same bytes.
 *
 *   "chot-envelope-1" NUL
 *   station: length (2 bytes), bytes
 *   epoch (4)  seq (8)  hash of the record before (32; zeros for the first)
 *   recorded, Unix seconds (8)  key id: length (2), hex digits
 *   schema (4)  length of the ciphertext (4)
 *
 * Numbers are big-endian. The record's hash is BLAKE2b-256 over this and
 * the ciphertext behind it.
 */
#include "parts.h"

#include <assert.h>
#include <string.h>

static const char magic[] = "chot-envelope-1"; /* its NUL included */

#define ENVELOPE_MAX (sizeof(magic) + 2 + OUTBOX_STATION_MAX + 4 + 8 + \
	OUTBOX_HASH_BYTES + 8 + 2 + SEAL_ID_MAX + 4 + 4)

struct writer {
	unsigned char bytes[ENVELOPE_MAX];
	size_t len;
};

static void
put_bytes(struct writer *w, const void *bytes, size_t n)
{
	assert(n <= sizeof(w->bytes) - w->len);
	memcpy(w->bytes + w->len, bytes, n);
	w->len += n;
}

static void
put_number(struct writer *w, uint64_t value, size_t width)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < width; i++)
		bytes[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
	put_bytes(w, bytes, width);
}

static void
put_text(struct writer *w, const char *text)
{
	put_number(w, strlen(text), 2);
	put_bytes(w, text, strlen(text));
}

void
envelope_hash(const char *station, const struct outbox_item *item,
    unsigned char hash[OUTBOX_HASH_BYTES])
{
	struct writer w = { .len = 0 };

	put_bytes(&w, magic, sizeof(magic));
	put_text(&w, station);
	put_number(&w, item->id.epoch, 4);
	put_number(&w, (uint64_t)item->id.seq, 8);
	put_bytes(&w, item->prev, OUTBOX_HASH_BYTES);
	put_number(&w, (uint64_t)item->at, 8);
	put_text(&w, item->key_id);
	put_number(&w, (uint32_t)item->schema, 4);
	put_number(&w, item->sealed_len, 4);
	seal_hash(w.bytes, w.len, item->sealed, item->sealed_len, hash);
}
