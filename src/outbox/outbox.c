/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox - the sealed, chained queue: what a record's number is, what its
 * chain says, and what is done when the file is damaged or lost.
 */
#include "parts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK_TAIL 1000 /* records whose chain is checked at start */
#define PRUNE_MOST 500  /* records at once: the next put waits for it */
#define STEP_RECORDS 200 /* in a step of the whole check, or so many bytes */
#define STEP_BYTES (256u << 10)
#define TRIES_MAX 3     /* of the whole check at one place, each opened anew */
#define DAMAGED_MAX 2   /* puts that damage fails, though it opens well */

struct outbox {
	struct store *store;
	enum outbox_mode mode;
	int lock_fd;
	char path[PATH_MAX];
	struct store_meta meta; /* for a database that is yet to be made */
	struct seal_key seal;
	struct store_place last; /* record, when the store is open */
	struct links check; /* how far the whole chain was walked */
	uint32_t check_epoch;
	int check_tries; /* in a row that could not be read */
	struct scrub *scrub; /* borrowed; NULL: nobody reads them */
	struct err spoilt; /* it is damaged, whatever a short look at it says */
	int damaged; /* puts in a row that found damage */
	uint64_t begun_run; /* the first of it asked for, in an empty database */
	int64_t begun_n;
	char notice[ERR_TEXT_MAX];
	unsigned char sealed[SEALED_MAX]; /* for outbox_put() */
};

static const unsigned char no_hash[OUTBOX_HASH_BYTES];

/* ---- opening ------------------------------------------------------------------------ */

/* 0, -1, or 1 for damage. */
static int
open_checked(struct outbox *box, bool after_error, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	int64_t from;

	if (store_open(box->store, box->path, box->mode == OUTBOX_WRITE,
	    &box->meta, &why) < 0 ||
	    store_place(box->store, 0, &box->last, &why) < 0)
		goto failed;
	if (box->mode == OUTBOX_READ)
		return 0;
	from = box->last.seq > CHECK_TAIL ? box->last.seq - CHECK_TAIL : 0;
	if ((scrub_is_long(box->path) ||
	    store_check(box->store, &why) == 0) &&
	    links_all(box->store, from, &why) >= 0 &&
	    store_settle(box->store, after_error, &why) == 0 &&
	    epochs_note(box->path, outbox_epoch(box), &why) == 0)
		return 0;
failed:
	store_close(box->store);
	err_set(err, why.kind, "%s", why.text);
	return why.kind == ERR_INPUT ||
	    store_view(box->store)->trouble == STORE_DAMAGED ? 1 : -1;
}

/* A file that is there and ours, or a new one. 0, -1, or 1 for damage. */
static int
look_at_file(struct outbox *box, struct err *err)
{
	enum files_kind kind;

	if (files_aside_rest(box->path, err) < 0 || files_sniff(box->path,
	    STORE_APPLICATION_ID, STORE_VERSION, &kind, err) < 0)
		return -1;
	/* For tables that are yet to be made, in whatever there is. */
	box->begun_n = 0;
	box->meta.gap = box->meta.gap || files_was_aside(box->path);
	seal_random(&box->meta.epoch, sizeof(box->meta.epoch));
	switch (kind) {
	case FILES_NONE:
		return files_begin(box->path, err);
	case FILES_NEWER:
		return err_set(err, ERR_SETUP, _("made by a newer chot"));
	case FILES_FOREIGN:
		return err_set(err, ERR_SETUP, _("not an outbox"));
	case FILES_DAMAGED:
		err_set(err, ERR_RETRY, "%s", N_("outbox damaged"));
		return 1;
	default:
		return 0;
	}
}

static int
set_aside(struct outbox *box, const struct err *why, struct err *err)
{
	char to[PATH_MAX];

	if (files_aside(box->path, to, sizeof(to), err) < 0)
		return -1;
	snprintf(box->notice, sizeof(box->notice),
	    "damaged (%.100s): set aside as %.300s, a new outbox is begun",
	    why->text, to);
	box->spoilt.kind = ERR_NONE;
	return 0;
}

static int
open_write(struct outbox *box, bool after_error, struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	/* Damage is looked at twice: SQLite calls EIO at a read so, too. */
	for (int try = 0; try < 3; try++) {
		int ret = look_at_file(box, &why);

		if (ret == 0 && box->spoilt.kind != ERR_NONE) {
			why = box->spoilt;
			ret = 1;
		} else if (ret == 0) {
			ret = open_checked(box, after_error, &why);
		}
		if (ret == 0)
			return 0;
		if (ret < 0)
			break;
		if (try == 1 && set_aside(box, &why, err) < 0)
			return -1;
	}
	return err_set(err, why.kind, "%s", why.text);
}

static int
open_first(struct outbox *box, const char *station, const char *seal_path,
    struct err *err)
{
	char lock[PATH_MAX];
	int ret;

	if (box->mode == OUTBOX_READ) {
		if (access(box->path, F_OK) != 0)
			return err_set(err, ERR_ABSENT, "%s", strerror(errno));
		ret = open_checked(box, false, err);
		if (ret > 0 && err != NULL)
			err->kind = ERR_INPUT;
		return ret == 0 ? station_check(outbox_station(box), err) : -1;
	}
	if (station_check(station, err) < 0)
		return -1;
	strcpy(box->meta.station, station);
	if (seal_key_load(seal_path, false, &box->seal, err) < 0) {
		if (err != NULL && err->kind == ERR_ABSENT)
			err->kind = ERR_SETUP; /* a person makes one */
		return -1;
	}
	if (files_lock_path(box->path, lock, sizeof(lock)) >= sizeof(lock))
		return err_set(err, ERR_SETUP, _("path too long"));
	box->lock_fd = lock_take(lock, err);
	if (box->lock_fd < 0)
		return -1;
	return open_write(box, false, err);
}

struct outbox *
outbox_open(const char *path, enum outbox_mode mode, const char *station,
    const char *seal_path, struct err *err)
{
	struct outbox *box = calloc(1, sizeof(*box));

	if (box == NULL)
		mem_none();
	box->store = store_new();
	box->mode = mode;
	box->lock_fd = -1;
	if (snprintf(box->path, sizeof(box->path), "%s", path) >=
	    (int)sizeof(box->path))
		err_set(err, ERR_SETUP, _("path too long"));
	else if (open_first(box, station, seal_path, err) == 0)
		return box;
	err_within(err, "%s", path);
	outbox_close(box);
	return NULL;
}

void
outbox_close(struct outbox *box)
{
	if (box == NULL)
		return;
	store_free(box->store);
	if (box->lock_fd >= 0)
		close(box->lock_fd);
	free(box);
}

/* ---- asking --------------------------------------------------------------------------- */

uint32_t
outbox_epoch(const struct outbox *box)
{
	return store_view(box->store)->meta.epoch;
}

const char *
outbox_station(const struct outbox *box)
{
	return store_view(box->store)->meta.station;
}

bool
outbox_was_full(const struct outbox *box)
{
	return store_view(box->store)->trouble == STORE_FULL;
}

void
outbox_notice(struct outbox *box, char words[ERR_TEXT_MAX])
{
	memcpy(words, box->notice, ERR_TEXT_MAX);
	box->notice[0] = '\0';
}

int
outbox_next(struct outbox *box, int64_t seq, struct outbox_item *item,
    struct err *err)
{
	return links_next(box->store, seq, item, err);
}

int
outbox_state(struct outbox *box, struct outbox_state *state, struct err *err)
{
	return standing_state(box->store, box->path, state, err);
}

int64_t
outbox_prune(struct outbox *box, struct outbox_id id, int64_t now,
    struct err *err)
{
	if (!store_view(box->store)->open || id.epoch != outbox_epoch(box))
		return 0;
	if (id.seq > box->last.seq)
		return err_set(err, ERR_INPUT, "%s",
		    N_("acknowledged what is not here"));
	return store_prune(box->store, id.seq, now - OUTBOX_KEEP_S,
	    PRUNE_MOST, err);
}

int64_t
outbox_verify(struct outbox *box, struct err *err)
{
	return store_check(box->store, err) < 0 ? -1 :
	    links_all(box->store, 0, err);
}

/* A lost or damaged file was a run's whole past: see expected(). */
static int
mend(struct outbox *box, struct err *err)
{
	if (store_view(box->store)->open)
		return 0;
	if (box->scrub != NULL)
		scrub_stop(box->scrub);
	return open_write(box, true, err);
}

int
outbox_spoil(struct outbox *box, const struct err *why, struct err *err)
{
	box->spoilt = *why;
	store_close(box->store);
	return mend(box, err);
}

void
outbox_beside(struct outbox *box, struct scrub *scrub)
{
	box->scrub = scrub;
}

int
outbox_check_end(struct outbox *box, int64_t now, struct err *err)
{
	return standing_checked(box->path, box->check.count, now, err);
}

int
outbox_check(struct outbox *box, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	int more;

	if (mend(box, err) < 0)
		return -1;
	if (box->check.seq == 0 || box->check_epoch != outbox_epoch(box)) {
		links_begin(&box->check, 0);
		box->check_epoch = outbox_epoch(box);
	}
	more = links_walk(&box->check, box->store, STEP_RECORDS, STEP_BYTES,
	    &why);
	box->check_tries = more < 0 ? box->check_tries + 1 : 0;
	if (more >= 0)
		return more;
	if (why.kind == ERR_INPUT || (box->check_tries >= TRIES_MAX &&
	    store_view(box->store)->trouble == STORE_DAMAGED))
		return outbox_spoil(box, &why, err) < 0 ? -1 : 1;
	if (box->check_tries >= TRIES_MAX)
		return err_set(err, why.kind, "%s", why.text);
	/* A card that comes to itself again has lost nothing. */
	store_close(box->store);
	return mend(box, err) < 0 ? -1 : 1;
}

int
outbox_fork(struct outbox *box, struct outbox_id id, struct err *err)
{
	char to[PATH_MAX];
	int ret;

	if (!store_view(box->store)->open || id.epoch != outbox_epoch(box))
		return 0;
	ret = fork_chain(box->store, box->path, id.seq, to, sizeof(to), err);
	if (ret == 0)
		snprintf(box->notice, sizeof(box->notice), "copied or restored"
		    ": a new epoch is begun, the old one is %.300s", to);
	store_close(box->store);
	return mend(box, ret == 0 ? err : NULL) < 0 ? -1 : ret;
}

/* ---- putting --------------------------------------------------------------------------- */

/* A run starts with 1; but one that went on while its database was lost
 * goes on in the new one with whatever comes first, stored or not. */
static int64_t
expected(struct outbox *box, const struct store_place *last, uint64_t run,
    int64_t n)
{
	if (last->seq > 0)
		return last->n + 1;
	if (!store_view(box->store)->meta.gap || box->last.seq > 0)
		return 1;
	if (box->begun_n == 0 || box->begun_run != run) {
		box->begun_run = run;
		box->begun_n = n;
	}
	return box->begun_n;
}

static int
append(struct outbox *box, uint64_t run, int64_t n, const char *body,
    size_t len, int64_t at, struct outbox_id *id, struct err *err)
{
	unsigned char hash[OUTBOX_HASH_BYTES];
	struct outbox_item item = {
		.id = { .epoch = outbox_epoch(box), .seq = box->last.seq + 1 },
		.at = at, .schema = RECORD_SCHEMA, .key_id = box->seal.id,
		.prev = box->last.seq > 0 ? box->last.hash : no_hash,
		.hash = hash, .sealed = box->sealed,
	};

	if (seal_body(&box->seal, body, len, box->sealed, &item.sealed_len,
	    err) < 0)
		return -1;
	envelope_hash(outbox_station(box), &item, hash);
	if (store_insert(box->store, &item, run, n, err) < 0)
		return -1;
	box->last = (struct store_place){ .seq = item.id.seq, .run = run,
		.n = n };
	memcpy(box->last.hash, hash, sizeof(hash));
	*id = item.id;
	return 0;
}

/* After an error the file alone knows whether the record is in it. */
static int
read_back(struct outbox *box, uint64_t run, int64_t n, struct outbox_id *id)
{
	struct store_place last;

	if (store_place(box->store, 0, &last, NULL) <= 0 ||
	    last.run != run || last.n != n ||
	    store_settle(box->store, true, NULL) < 0)
		return -1;
	box->last = last;
	*id = (struct outbox_id){ .epoch = outbox_epoch(box), .seq = last.seq };
	return 0;
}

static int
put(struct outbox *box, uint64_t run, int64_t n, const char *body,
    size_t len, int64_t at, struct outbox_id *id, struct err *err)
{
	struct store_place last;
	int found;

	if (runs_find(box->store, &box->last, run, &last, err) < 0)
		return -1;
	found = runs_stored(box->store, &last, n, &id->seq, err);
	id->epoch = outbox_epoch(box);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (n != expected(box, &last, run, n))
		return err_set(err, ERR_INPUT, N_("out of order"));
	return append(box, run, n, body, len, at, id, err);
}

static void
abandon(struct outbox *box, const struct err *why)
{
	enum store_trouble trouble = store_view(box->store)->trouble;

	/* Opened again it looked well, and this is where it is not. */
	if (trouble == STORE_DAMAGED && ++box->damaged >= DAMAGED_MAX)
		box->spoilt = *why;
	if (trouble == STORE_BROKEN || trouble == STORE_DAMAGED)
		store_close(box->store);
}

int
outbox_put(struct outbox *box, uint64_t run, int64_t n, const char *body,
    int64_t at, struct outbox_id *id, struct err *err)
{
	size_t len = strlen(body);
	struct err why = { .kind = ERR_NONE };
	int ret;

	if (len > RECORD_BODY_MAX)
		return err_set(err, ERR_INPUT, "%s", N_("record too long"));
	if (n < 1)
		return err_set(err, ERR_INPUT, "%s", N_("out of order"));
	if (mend(box, err) < 0)
		return -1;
	ret = put(box, run, n, body, len, at, id, &why);
	if (ret < 0 && why.kind == ERR_RETRY)
		ret = read_back(box, run, n, id);
	if (ret < 0) {
		abandon(box, &why);
	} else if (store_moved(box->store)) {
		/* Written into a file that nobody will find again. */
		box->meta.gap = true;
		store_close(box->store);
		snprintf(box->notice, sizeof(box->notice),
		    "%.300s was moved or removed, a new outbox is begun",
		    box->path);
		ret = err_set(&why, ERR_RETRY, "%s", N_("outbox was removed"));
	} else {
		box->damaged = 0;
	}
	return ret < 0 ? err_set(err, why.kind, "%s", why.text) : 0;
}

int64_t
outbox_last(struct outbox *box, uint64_t run)
{
	struct store_place last;

	if (mend(box, NULL) < 0 ||
	    runs_find(box->store, &box->last, run, &last, NULL) < 0)
		return 0;
	return last.n;
}

int
outbox_tidy(struct outbox *box, struct err *err)
{
	if (!store_view(box->store)->open)
		return mend(box, err);
	return store_settle(box->store, false, err);
}
