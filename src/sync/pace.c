/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace - when to try, and whether the link counts as up; pure.
 *
 * What makes a storm is the first contact of all posts after an outage, not
 * their retries: so it is spread over minutes, by a hash that puts a post
 * at the same place each time. Retries get full jitter.
 */
#include "parts.h"

#include <string.h>

int64_t
pace_spread_ms(const char *station)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (; *station != '\0'; station++)
		hash = (hash ^ (unsigned char)*station) * 1099511628211u;
	/* Ids differ in their last letters, which reach the low bits only. */
	hash ^= hash >> 32;
	return (int64_t)(hash * 0x9e3779b97f4a7c15u >> 33) %
	    (SPREAD_S * 1000);
}

int64_t
pace_backoff_ms(int failures, int64_t retry_after_s, uint64_t random)
{
	int64_t limit = BACKOFF_MIN_MS, wait;

	for (int i = 0; i < failures && limit < BACKOFF_MAX_MS; i++)
		limit *= 2;
	if (limit > BACKOFF_MAX_MS)
		limit = BACKOFF_MAX_MS;
	wait = BACKOFF_MIN_MS +
	    (int64_t)(random % (uint64_t)(limit - BACKOFF_MIN_MS + 1));
	if (retry_after_s <= 0)
		return wait;
	/* All are told the same second: the jitter comes on top. */
	return retry_after_s * 1000 + wait;
}

static bool
set_link(struct link *link, bool up)
{
	bool changed = !link->known || link->up != up;

	link->known = true;
	link->up = up;
	return changed;
}

bool
link_note(struct link *link, bool good, bool down, int64_t took_ms)
{
	int64_t sum = 0;
	int bad = 0;

	if (link->n == LINK_HISTORY) {
		memmove(&link->good[0], &link->good[1],
		    (LINK_HISTORY - 1) * sizeof(link->good[0]));
		memmove(&link->took_ms[0], &link->took_ms[1],
		    (LINK_HISTORY - 1) * sizeof(link->took_ms[0]));
		link->n--;
	}
	link->good[link->n] = good;
	link->took_ms[link->n++] = took_ms;
	for (int i = 0; i < link->n; i++) {
		sum += link->took_ms[i];
		bad += link->good[i] ? 0 : 1;
	}
	if (down)
		return set_link(link, false);
	if (!link->known)
		return set_link(link, good);
	if (link->up)
		return bad >= 2 || sum / link->n > LINK_SLOW_MS ?
		    set_link(link, false) : false;
	if (link->n >= 2 && good && link->good[link->n - 2] &&
	    took_ms <= LINK_SLOW_MS) {
		/* What was before is over, or it would bring it down again. */
		link->n = 0;
		return set_link(link, true);
	}
	return false;
}

bool
link_reset(struct link *link)
{
	link->n = 0;
	return set_link(link, true);
}
