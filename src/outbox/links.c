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

/* As store_walk_fn. */
static int
step(void *arg, const struct outbox_item *item, struct err *err)
{
	struct links *links = arg;
	unsigned char hash[OUTBOX_HASH_BYTES];
	/* What was before the first one here may be pruned. */
	bool linked = links->linked || item->id.seq == 1;

	envelope_hash(links->station, item, hash);
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
	links->records--;
	links->bytes -= item->sealed_len < links->bytes ? item->sealed_len :
	    links->bytes;
	return links->records > 0 && links->bytes > 0 ? 0 : 1;
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
	if (was_pruned(links, store))
		links->linked = false;
	links->station = store_view(store)->meta.station;
	links->records = records;
	links->bytes = bytes;
	return store_walk(store, links->seq, step, links, err);
}

int64_t
links_all(struct store *store, int64_t seq, struct err *err)
{
	struct links links;

	links_begin(&links, seq);
	return links_walk(&links, store, INT_MAX, SIZE_MAX, err) < 0 ? -1 :
	    links.count;
}

/* What it holds is the store's copy: it outlives the reading. */
static int
take_one(void *arg, const struct outbox_item *item, struct err *err)
{
	(void)err;
	*(struct outbox_item *)arg = *item;
	return 1;
}

int
links_next(struct store *store, int64_t seq, struct outbox_item *item,
    struct err *err)
{
	return store_walk(store, seq, take_one, item, err);
}
