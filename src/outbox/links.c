/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links - walks the chain: every hash over envelope and ciphertext, every
 * link to the record before. A long one in steps, so that it can be done
 * beside other work; records may be pruned and added meanwhile.
 */
#include "parts.h"

#include <string.h>

static const unsigned char no_hash[OUTBOX_HASH_BYTES];

void
links_begin(struct links *links, int64_t seq)
{
	*links = (struct links){ .seq = seq };
	memcpy(links->hash, no_hash, sizeof(no_hash));
}

static int
step(struct links *links, const char *station, const struct outbox_item *item,
    struct err *err)
{
	unsigned char hash[OUTBOX_HASH_BYTES];
	/* What was before the first one here may be pruned. */
	bool linked = links->linked || item->id.seq == 1;

	envelope_hash(station, item, hash);
	if (linked && item->id.seq != links->seq + 1)
		return err_set(err, ERR_INPUT, _("record %lld is missing"),
		    (long long)links->seq + 1);
	if (memcmp(hash, item->hash, sizeof(hash)) != 0)
		return err_set(err, ERR_INPUT, _("record %lld was changed"),
		    (long long)item->id.seq);
	if (linked && memcmp(links->hash, item->prev, sizeof(hash)) != 0)
		return err_set(err, ERR_INPUT,
		    _("record %lld does not follow the one before"),
		    (long long)item->id.seq);
	memcpy(links->hash, item->hash, sizeof(hash));
	links->seq = item->id.seq;
	links->linked = true;
	links->count++;
	return 0;
}

/* Pruned up to here meanwhile: the next one follows what is gone. */
static bool
was_pruned(const struct links *links, struct store *store)
{
	struct store_place place;

	return links->linked && store_place(store, links->seq, &place,
	    NULL) == 0;
}

int
links_walk(struct links *links, struct store *store, int records,
    size_t bytes, struct err *err)
{
	const char *station = store_view(store)->meta.station;
	struct outbox_item item;
	size_t seen = 0;

	if (was_pruned(links, store))
		links->linked = false;
	for (int i = 0; i < records && seen < bytes; i++) {
		int found = store_next(store, links->seq, &item, err);

		if (found <= 0)
			return found;
		if (step(links, station, &item, err) < 0)
			return -1;
		seen += item.sealed_len;
	}
	return 1;
}

int64_t
links_all(struct store *store, int64_t seq, struct err *err)
{
	struct links links;

	links_begin(&links, seq);
	return links_walk(&links, store, INT_MAX, SIZE_MAX, err) < 0 ? -1 :
	    links.count;
}
