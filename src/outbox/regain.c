/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regain - makes an outbox of the records that are found in the pages of a
 * damaged one, beside it: there they have their order again, and the room
 * sync sends them as it sends others, under the numbers they had. Those that
 * the hub has are left out.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
remove_all(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	char name[PATH_MAX];

	for (size_t i = 0; i < nitems(tails); i++)
		if (snprintf(name, sizeof(name), "%s%s", path, tails[i]) <
		    (int)sizeof(name))
			unlink(name);
}

bool
regain_begin(struct regain *r, const char *path, const char *aside,
    const char *station)
{
	const char *slash = strrchr(path, '/');

	*r = (struct regain){ .first = INT64_MAX };
	if (strlen(station) >= sizeof(r->station) || snprintf(r->path,
	    sizeof(r->path), "%s.saved", aside) >= (int)sizeof(r->path) ||
	    snprintf(r->sync, sizeof(r->sync), "%.*ssync.db", slash != NULL ?
	    (int)(slash - path + 1) : 0, path) >= (int)sizeof(r->sync))
		return false;
	strcpy(r->station, station);
	r->nepochs = epochs_list(path, r->epochs);
	remove_all(r->path); /* of a try that did not come to its end */
	r->open = leaves_open(&r->leaves, aside);
	return r->open;
}

static bool
holds(const struct regain *r, struct outbox_item *item, uint32_t epoch)
{
	unsigned char hash[OUTBOX_HASH_BYTES];

	item->id.epoch = epoch;
	envelope_hash(r->station, item, hash);
	return memcmp(hash, item->hash, sizeof(hash)) == 0;
}

/* The item's place among the epochs, if it is of a later one than we have; else
 * 0. */
static size_t
later_epoch(const struct regain *r, struct outbox_item *item)
{
	size_t i = r->nepochs;

	while (i > r->nth && !holds(r, item, r->epochs[i - 1]))
		i--;
	return i > r->nth ? i : 0;
}

/* All over again for this epoch: what is there of those before was left by a
 * fork, which has a copy of it. */
static bool
begin_store(struct regain *r, size_t nth)
{
	struct store_meta meta = { .gap = true };

	if (r->store != NULL)
		store_free(r->store);
	remove_all(r->path);
	r->leaves.next = r->saved = r->last = r->acknowledged = 0;
	r->first = INT64_MAX;
	r->nth = nth;
	meta.epoch = r->epoch = r->epochs[nth - 1];
	strcpy(meta.station, r->station);
	r->store = store_new();
	/* All of it is synced at the end, or made again. */
	r->failed = files_begin(r->path, NULL) < 0 || store_open(r->store,
	    r->path, true, &meta, NULL) < 0 || store_ask(r->store,
	    "PRAGMA synchronous=OFF", NULL, NULL) < 0;
	if (!r->failed && access(r->sync, R_OK) == 0)
		r->acknowledged = store_acknowledged(r->store, r->sync);
	return !r->failed;
}

static void
on_record(void *arg, const struct leaves_record *record)
{
	struct regain *r = arg;
	struct outbox_item item = record->item;
	struct store_place place;
	size_t later = r->failed ? 0 : later_epoch(r, &item);

	if ((later > 0 && !begin_store(r, later)) || r->failed ||
	    r->store == NULL || !holds(r, &item, r->epoch))
		return;
	if (item.id.seq <= r->acknowledged ||
	    store_place(r->store, item.id.seq, &place, NULL) != 0)
		return;
	if (store_insert(r->store, &item, record->run, record->n, NULL) < 0) {
		r->failed = true;
		return;
	}
	r->saved++;
	r->first = item.id.seq < r->first ? item.id.seq : r->first;
	r->last = item.id.seq > r->last ? item.id.seq : r->last;
}

bool
regain_step(struct regain *r)
{
	return !r->failed && leaves_step(&r->leaves, on_record, r);
}

static void
forget(struct regain *r)
{
	if (r->store != NULL)
		store_free(r->store);
	r->store = NULL;
	if (r->open)
		leaves_close(&r->leaves);
	r->open = false;
}

int
regain_end(struct regain *r, bool counts, struct outbox_found *found)
{
	*found = (struct outbox_found){ .saved = 0 };
	/* Something is written, so that all of it is synced. */
	if (r->saved == 0 || store_ask(r->store, "PRAGMA synchronous=FULL;"
	    " UPDATE meta SET gap = 1", NULL, NULL) < 0 ||
	    store_settle(r->store, true, NULL) < 0)
		return -1;
	found->saved = r->saved;
	found->lost = r->last - r->saved -
	    (counts ? r->acknowledged : r->first - 1);
	forget(r);
	r->path[0] = '\0';
	return 0;
}

void
regain_drop(struct regain *r)
{
	forget(r);
	if (r->path[0] != '\0')
		remove_all(r->path);
	r->path[0] = '\0';
}
