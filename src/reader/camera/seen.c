/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen - the same code on successive frames is one read.
 *
 * A code that lies in view is seen again and again and stays one read for as
 * long as no gap is longer than SEEN_MS. Payloads are compared whole, not by
 * a hash: two people must never be taken for one.
 */
#include "parts.h"

#include <string.h>

static bool
same(const struct code *a, const struct code *b)
{
	return a->word == b->word && a->len == b->len &&
	    memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool
seen_again(struct seen *seen, const struct code *code, int64_t now_ms)
{
	struct sighting *oldest = &seen->sightings[0];

	for (size_t i = 0; i < SEEN_MAX; i++) {
		struct sighting *s = &seen->sightings[i];
		bool fresh = s->used && now_ms - s->last_ms <= SEEN_MS;

		if (s->used && same(&s->code, code)) {
			s->last_ms = now_ms;
			return fresh;
		}
		if (!s->used || (oldest->used && s->last_ms < oldest->last_ms))
			oldest = s;
	}
	oldest->used = true;
	oldest->last_ms = now_ms;
	oldest->code.word = code->word;
	oldest->code.len = code->len;
	memcpy(oldest->code.bytes, code->bytes, code->len);
	return false;
}
