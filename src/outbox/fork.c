/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fork - a new epoch for a card that was copied or restored: the hub has
 * other records under its numbers, so that the tail that differs gets new
 * ones and a chain of its own. Nothing is opened: ciphertexts stay as they
 * are, and so do run and n, by which the station knows what it has stored.
 */
#include "parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COPIES_MAX 8 /* a hub that lies shall not fill the card */
#define SQL_MAX (PATH_MAX + 64)

static const unsigned char no_hash[OUTBOX_HASH_BYTES];

static int
keep_copy(struct store *store, const char *path, char *to, size_t capacity,
    struct err *err)
{
	char sql[SQL_MAX];

	for (int i = 1; i <= COPIES_MAX; i++) {
		if (snprintf(to, capacity, "%s.forked-%d", path, i) >=
		    (int)capacity || strchr(to, '\'') != NULL)
			return err_set(err, ERR_SETUP, _("path too long"));
		if (access(to, F_OK) == 0)
			continue;
		snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", to);
		if (store_ask(store, sql, NULL, err) == 0)
			return files_sync_dir(path, err);
		unlink(to); /* half of a copy is none */
		return -1;
	}
	return err_set(err, ERR_SETUP, "%s",
	    N_("this card was forked too often: set it up anew"));
}

/* One record, from its old number to the one behind last. */
static int
move_record(struct store *store, int64_t seq, struct store_place *last,
    uint32_t epoch, struct err *err)
{
	unsigned char hash[OUTBOX_HASH_BYTES];
	struct store_place place;
	struct outbox_item item;
	char sql[SQL_MAX];

	if (store_place(store, seq, &place, err) <= 0 ||
	    links_next(store, seq - 1, &item, err) <= 0)
		return -1;
	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE seq = %" PRId64,
	    seq);
	if (store_ask(store, sql, NULL, err) < 0)
		return -1;
	item.id = (struct outbox_id){ .epoch = epoch, .seq = last->seq + 1 };
	item.prev = last->seq > 0 ? last->hash : no_hash;
	item.hash = hash;
	envelope_hash(store_view(store)->meta.station, &item, hash);
	if (store_insert(store, &item, place.run, place.n, err) < 0)
		return -1;
	last->seq++;
	memcpy(last->hash, hash, sizeof(hash));
	return 0;
}

static int
move_all(struct store *store, const char *path, int64_t seq, int64_t end,
    struct err *err)
{
	struct store_place last = { .seq = 0 };
	uint32_t epoch;
	char sql[SQL_MAX];

	seal_random(&epoch, sizeof(epoch));
	/* gap: a run goes on in the middle, as after a loss. */
	snprintf(sql, sizeof(sql), "UPDATE meta SET epoch = %u, gap = 1;"
	    " DELETE FROM record WHERE seq < %" PRId64, (unsigned)epoch, seq);
	/* Noted first: whoever has to go through the pages must know it. */
	if (epochs_note(path, epoch, err) < 0 ||
	    store_ask(store, sql, NULL, err) < 0)
		return -1;
	for (; seq <= end; seq++)
		if (move_record(store, seq, &last, epoch, err) < 0)
			return -1;
	return store_ask(store, "COMMIT", NULL, err);
}

int
fork_chain(struct store *store, const char *path, int64_t seq, char *to,
    size_t capacity, struct err *err)
{
	struct store_ends ends;

	if (store_ends(store, 0, &ends, err) < 0)
		return -1;
	if (seq < ends.first || seq > ends.last + 1)
		return err_set(err, ERR_INPUT, "%s",
		    N_("a fork where there are no records"));
	if (keep_copy(store, path, to, capacity, err) < 0 ||
	    store_ask(store, "BEGIN IMMEDIATE", NULL, err) < 0)
		return -1;
	if (move_all(store, path, seq, ends.last, err) == 0)
		return 0;
	store_ask(store, "ROLLBACK", NULL, NULL);
	return -1;
}
