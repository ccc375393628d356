/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sync - brings the queue to the hub: over HTTPS, or on a USB stick.
 *
 * Reads the outbox in short reads and never writes it; what the hub has is
 * kept in sync.db beside it. A record has one id on every road, so that the
 * hub takes it once however often it arrives. HTTPS is the program
 * chot-sync's alone; the state, the refusals and the bundles are anybody's.
 */
#ifndef SYNC_H
#define SYNC_H

#include <stdio.h>

#include "base.h"
#include "conf.h"
#include "outbox.h"

/* ---- the lines of chot-sync --watch ---------------------------------------------------
 * from it  hello 1 sync
 *          link up | link down WORDS     with hysteresis; told when it changes
 *          acknowledged SEQ EPOCH        the hub has all of that epoch up to SEQ:
 *                                        the station passes the line on to the
 *                                        recorder as it is
 *          fork SEQ EPOCH                the hub has another record SEQ of that
 *                                        epoch: this card was cloned or restored.
 *                                        Passed on to the recorder as well
 *          waiting N                     records the hub does not have
 *          oldest UNIX                   when the oldest of them was recorded; 0
 *          refused N                     records the hub could not take
 *          time UNIX_MS                  the hub's time when the line was written
 *          revoked                       the hub took this post's access away;
 *                                        lists and register key have been wiped
 *          trouble WORD WORDS            why the last try failed (trouble none: it
 *                                        did not); WORD is for programs
 *          ok                            alive, every 10 s
 * to it    now                           try at once, whatever the back-off says
 *          wake                          try, unless a back-off is running
 * SIGUSR1 is wake, SIGUSR2 now. acknowledged, waiting, oldest and refused are said at
 * the start and whenever they change; unknown lines are ignored both ways.
 *
 * The station starts it so:
 *
 *	char *argv[] = { "LIBEXEC/chot-sync", "--watch", "--chot", SELF, "-c", CONF, NULL };
 *	struct child_spec spec = { .name = "sync", .argv = argv,
 *	    .line_max = SYNC_LINE_MAX, .stale_ms = 60000,
 *	    .restart_min_ms = 5000, .restart_max_ms = 300000, ... };
 *
 * and only where hub{} is configured. It ends by itself with 78 when the
 * configuration cannot work, and the words are on standard error.
 */
#define SYNC_LINE_MAX 1024

/* ---- the lines of chot-sync --look ------------------------------------------------------
 * to it    look N CHECK IDENTITY PLATE NOW  hashes as register.h's look-up
 *                                        child says them, '-' for none; NOW is
 *                                        Unix seconds, 0 not to be trusted
 * from it  hello 1 look | ok             alive, every 10 s
 *          found N JSON                  as of the look-up child, of the post's
 *                                        lists and the hub's later ones
 *          nothing N                     the hub knows nothing more, or gave no
 *                                        usable answer within 800 ms
 *          state up | state down WORDS   whether it is asked at all
 * It ends with its input.
 */

/* ---- what was done, for status pages ---------------------------------------------------- */

#define SYNC_WORDS_MAX 300
#define SYNC_REASON_MAX 100

struct sync_state {
	struct outbox_id head; /* what the hub has; seq 0: nothing */
	int64_t success_at, failure_at; /* of the last ones, 0: none */
	int failures;          /* in a row */
	int64_t refused;
	int64_t hub_at;        /* the hub's time with its last reply */
	char words[SYNC_WORDS_MAX]; /* of the last try, "" when it went well */
};

/* state_dir: where outbox.db lies. ERR_ABSENT: nothing was ever sent. */
int sync_state(const char *state_dir, uint32_t epoch,
    struct sync_state *state, struct err *err);

struct sync_refusal {
	struct outbox_id id;
	int status;  /* of HTTP; 200: the hub keeps it in quarantine */
	int64_t at;
	int tries;
	bool again;  /* to be sent again with the next sync */
	char reason[SYNC_REASON_MAX]; /* clean */
};

typedef void (*sync_refusal_fn)(void *arg, const struct sync_refusal *refusal);
int sync_refused(const char *state_dir, sync_refusal_fn fn, void *arg,
    struct err *err);
/* Have a refused record sent again; id.seq 0: all. Returns the count or -1. */
int64_t sync_retry(const char *state_dir, struct outbox_id id,
    struct err *err);

/* Ask the one that holds sync.lock to try. False when nobody does. */
bool sync_wake(const char *state_dir, bool now);

/* ---- USB sticks: chot-bundle(5) ------------------------------------------------------------ */

struct sync_bundle {
	char path[CONF_PATH_MAX + 160]; /* of the bundle, "" when nothing waits */
	int64_t first, last;            /* seq */
	int64_t records;
};

/*
 * Write all that waits into a new bundle in dir, sync it, read it back and
 * verify it. The queue is as before: only what the hub acknowledges leaves
 * it. page: the status page that goes along, JSON, or NULL. at is the wall
 * clock. Nothing waits: 0 with records 0.
 */
int sync_export(const struct conf *conf, const char *dir, const char *page,
    int64_t at, struct sync_bundle *bundle, struct err *err);

/* The same of a file that was set aside as damaged: what the hub does not
 * have, as far as it can be read; *lost: how many records could not. The hub
 * notes the gaps. */
int sync_salvage(const struct conf *conf, const char *file, const char *dir,
    int64_t at, struct sync_bundle *bundle, int64_t *lost, struct err *err);

/* Read a bundle whole: framing, signature by the certificate in it, END. */
int sync_check(const char *path, struct sync_bundle *bundle, struct err *err);

struct sync_import {
	bool found;  /* there was something for this post */
	bool raised; /* and it was news */
	bool fell_back; /* the hub was set back: it gets records again */
	bool forked;    /* it has others: a new epoch is begun at the next try */
	struct outbox_id head;
	int64_t refused;
	int64_t pieces; /* of published lists that were in it */
	int lists;      /* that came into force */
};

/* Take the hub's acknowledgements and lists from a bundle; those for others
 * are let be. Nothing is believed that the hub's key did not sign. A bundle
 * that says the post is revoked is obeyed: ERR_DENIED. */
int sync_import(const struct conf *conf, const char *path,
    struct sync_import *import, struct err *err);

/* ---- their framing, for the hub as well ------------------------------------------------------ */

#define STICK_TYPE_BYTES 4
#define STICK_HEAD_BYTES 8
#define STICK_PART_MAX (4u << 20)
#define STICK_DIGEST_BYTES 32
#define STICK_SIGNED_BYTES (14 + STICK_DIGEST_BYTES)

struct tls_digest;

struct stick_out {
	FILE *file;
	struct tls_digest *digest;
	uint64_t count;
};

/* All but the last return -1 with errno set. */
int stick_begin(struct stick_out *out, FILE *file);
int stick_put(struct stick_out *out, const char *type, const void *bytes,
    size_t n);
int stick_end(struct stick_out *out);
void stick_free(struct stick_out *out);
/* What is signed: a magic and the digest of all before the signature. */
void stick_signed(const unsigned char digest[STICK_DIGEST_BYTES],
    unsigned char out[STICK_SIGNED_BYTES]);

typedef int (*stick_fn)(void *arg, const char *type,
    const unsigned char *bytes, size_t n, struct err *err);
/* Each part but SIGN and END to fn, NUL behind it; -1 of fn ends it. 0 only
 * when the bundle was whole: what fn got before counts not until. */
int stick_read(FILE *file, stick_fn fn, void *arg, bool *was_signed,
    struct err *err);

/* ---- the program chot-sync ------------------------------------------------------------------- */

struct sync_options {
	bool watch; /* until a signal; lines on standard output */
	bool now;   /* no spreading, no back-off */
	bool json;
	const char *chot;   /* program that tells the status; NULL: none */
	const char *config; /* for it, NULL: where it always is */
	int64_t clock_floor; /* times before it are not believed */
};

/* Returns the exit status; what there is to say was said. */
int sync_main(const struct conf *conf, const struct sync_options *options);

#endif
