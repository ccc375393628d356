/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox - keeps every record, sealed, until the hub has acknowledged it.
 *
 * One SQLite file with one writer, the recorder. A record is on disk before
 * outbox_put() returns: power lost afterwards loses nothing. The outbox
 * knows neither HTTP nor what a record says: it seals what it is given.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdio.h>

#include "base.h"

#define OUTBOX_STATION_MAX 96
#define OUTBOX_ID_MAX 128
#define OUTBOX_HASH_BYTES 32
#define RECORD_BODY_MAX 60000  /* bytes of one record's JSON */
#define RECORDER_LINE_MAX (RECORD_BODY_MAX + 64)

struct outbox;

struct outbox_id {
	uint32_t epoch; /* random, made with the database */
	int64_t seq;    /* grows by one, and is never used twice */
};

struct outbox_item {
	struct outbox_id id;
	int64_t at;                /* recorded, Unix seconds by the machine's clock */
	const unsigned char *prev, *hash; /* OUTBOX_HASH_BYTES each */
	const char *key_id;        /* of the key it is sealed to */
	int schema;
	const unsigned char *sealed; /* borrowed, see outbox_next() */
	size_t sealed_len;         /* bytes */
};

/* "ST-QL1A/7f3a91c2/123" */
size_t outbox_id_print(const char *station, struct outbox_id id,
    char out[OUTBOX_ID_MAX]);

enum outbox_mode { OUTBOX_READ, OUTBOX_WRITE };

/*
 * The caller owns the outbox and must close it. NULL: err is set. Writing
 * makes it when there is none, takes outbox.lock beside it, and needs
 * seal_path, the public key every record is sealed to.
 */
struct outbox *outbox_open(const char *path, enum outbox_mode mode,
    const char *station, const char *seal_path, struct err *err);
void outbox_close(struct outbox *box); /* NULL is allowed */

uint32_t outbox_epoch(const struct outbox *box);
const char *outbox_station(const struct outbox *box);
/* The last n stored of station run `run`, 0 when there is none. */
int64_t outbox_last(struct outbox *box, uint64_t run);

/*
 * Seal and store body, the n-th record of station run `run`; a pair that is
 * already there is not stored again, and its id is given back. n must
 * follow the last of its run. Returns 0 with id filled, or -1: then nothing
 * was stored (ERR_INPUT: out of order or too long; ERR_RETRY: disk).
 */
int outbox_put(struct outbox *box, uint64_t run, int64_t n, const char *body,
    int64_t at, struct outbox_id *id, struct err *err);

/*
 * Find the first record after seq. Returns 1 with item filled, 0 when there
 * is none, -1 with err set. The item lasts until the next call on box.
 */
int outbox_next(struct outbox *box, int64_t seq, struct outbox_item *item,
    struct err *err);

/* As outbox_next(), in what was set aside as damaged: passes over what cannot
 * be read or does not hold its hash, and adds to *lost how many numbers that
 * were. 0: nothing more is to be had. */
int outbox_next_whole(struct outbox *box, int64_t after,
    struct outbox_item *item, int64_t *lost);

/* The path of the number-th outbox (1 and on) that was set aside beside path
 * as damaged; false: there are no more. */
bool outbox_aside(const char *path, int number, char *out, size_t capacity);

/* What there is to read of it: the file itself, or what the recorder made of
 * its pages. As outbox_open() to read. */
struct outbox *outbox_open_aside(const char *aside, struct err *err);

struct outbox_found { /* of those that the hub did not have */
	int64_t saved, lost;
};
/* What the recorder found in one that was set aside; -1: it looks still. */
int outbox_found(const char *aside, struct outbox_found *found);

struct outbox_state {
	struct outbox_id head; /* last record; seq 0: empty */
	int64_t records;       /* held here */
	int64_t acknowledged;  /* seq up to which the hub has all: by the
	                        * sync.db that lies beside */
	int64_t oldest_waiting_at; /* 0: nothing waits */
};
int outbox_state(struct outbox *box, struct outbox_state *state,
    struct err *err);

#define OUTBOX_KEEP_S (14LL * 24 * 3600)

/*
 * Forget old records that the hub has, up to id: those of the last 14 days
 * stay, for a hub that is restored from a backup, and so does the last one.
 * A few hundred at a time. An id of another epoch forgets nothing. Returns
 * the count, or -1.
 */
int64_t outbox_prune(struct outbox *box, struct outbox_id id, int64_t now,
    struct err *err);

/*
 * The hub has another record id.seq of this epoch than we: begin a new epoch
 * with those from there on, under new numbers. The old outbox is kept beside
 * as a copy. An id of another epoch does nothing.
 */
int outbox_fork(struct outbox *box, struct outbox_id id, struct err *err);

/* Check every page, and walk the chain: every hash over envelope and
 * ciphertext, every link. Returns the count, or -1 naming the first record
 * that breaks. */
int64_t outbox_verify(struct outbox *box, struct err *err);

/* When the recorder, beside its work, last found all of it whole, chain and
 * pages; it looks after each start. -1: not yet. */
int outbox_checked(const char *path, int64_t *records, int64_t *at);

/* ---- seal keys -------------------------------------------------------------------- */

/* Make a pair: NAME.pub (to keep on posts) and NAME.key (to take away). */
int seal_key_make(const char *pub_path, const char *key_path, struct err *err);
/* Open an item with a secret key file: malloc'ed JSON, *len bytes. */
char *outbox_open_item(const struct outbox_item *item, const char *key_path,
    size_t *len, struct err *err);
/* The short id of a public or secret key file, 16 hex characters. */
int seal_key_id(const char *path, char id[17], struct err *err);

/* ---- for the hub, which gets items from elsewhere --------------------------------- */

/* The hash that item must have: over all of it but its hash. The station is
 * shorter than OUTBOX_STATION_MAX, the key id than 17. */
void outbox_item_hash(const char *station, const struct outbox_item *item,
    unsigned char hash[OUTBOX_HASH_BYTES]);

struct outbox_secret { /* wipe it after use */
	unsigned char bytes[32], public[32];
	char id[17];
};
int outbox_secret_load(const char *path, struct outbox_secret *secret,
    struct err *err);

/* ---- the recorder and its lines ------------------------------------------------------
 * to it    hello 1 RUN | put N JSON | acknowledged SEQ EPOCH (by the hub;
 *          no answer: what is old of it is forgotten when there is time) |
 *          fork SEQ EPOCH (the hub has another record there: a new epoch is
 *          begun, which `notice` and a new `hello` tell)
 * from it  hello 1 EPOCH LASTN | done N ID | fault N WORDS | ok (every 10 s) |
 *          notice outbox WORDS (it was damaged, moved or copied) | notice
 *          outbox salvaged SAVED LOST (of what was set aside)
 */
int recorder_serve(const char *outbox_path, const char *station,
    const char *seal_path, int in_fd, int out_fd, struct err *err);

#endif
