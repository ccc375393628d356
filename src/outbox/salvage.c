/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * salvage - what can still be read of a database that was set aside. Each
 * record proves itself by its hash, so that nothing half read is passed on.
 */
#include "parts.h"

#include <string.h>

#define MISSES_MAX 200000 /* numbers in a row under which nothing is read */

bool
salvage_is_whole(const struct outbox *box, const struct outbox_item *item)
{
	unsigned char hash[OUTBOX_HASH_BYTES];

	outbox_item_hash(outbox_station(box), item, hash);
	return memcmp(hash, item->hash, sizeof(hash)) == 0;
}

int
outbox_next_whole(struct outbox *box, int64_t after, struct outbox_item *item,
    int64_t *lost)
{
	int64_t seq = after;

	/* A page that cannot be read takes its numbers with it; the next one
	 * may be well. */
	for (int misses = 0; misses < MISSES_MAX; misses++) {
		int found = outbox_next(box, seq, item, NULL);

		if (found == 0)
			return 0;
		if (found > 0 && item->id.seq > seq && salvage_is_whole(box, item)) {
			*lost += item->id.seq - after - 1;
			return 1;
		}
		/* Not on to the number that a broken page names. */
		seq++;
	}
	return 0;
}
