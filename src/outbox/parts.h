/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room outbox share. Only outbox.c knows SQLite,
 * only seal.c knows libsodium.
 */
#ifndef OUTBOX_PARTS_H
#define OUTBOX_PARTS_H

#include <limits.h>

#include "outbox.h"

#define RECORD_SCHEMA 1 /* of the JSON that is sealed: chot-record(5) */

/* ---- seal.c: keys, sealing, hashes ------------------------------------------- */

#define SEAL_KEY_BYTES 32
#define SEAL_ID_MAX 17   /* 16 hex digits and NUL */
#define SEAL_OVERHEAD 48 /* bytes a sealed box is longer than what is in it */
#define SEAL_PAD 128     /* bodies are filled up with spaces to a multiple */
#define SEAL_FILE_MAX 1024
#define SEALED_MAX (RECORD_BODY_MAX + SEAL_PAD + SEAL_OVERHEAD)

struct seal_key {
	bool secret; /* bytes are the secret key */
	unsigned char bytes[SEAL_KEY_BYTES];
	unsigned char public[SEAL_KEY_BYTES];
	char id[SEAL_ID_MAX]; /* of the public key */
};

/* A key file is one line: TYPE HEX ID [COMMENT]. The id is checked, since
 * a public key with one wrong digit would seal records to nobody. */
int seal_key_parse(const char *text, size_t len, struct seal_key *key,
    struct err *err);
int seal_key_load(const char *path, bool secret, struct seal_key *key,
    struct err *err);
/* out holds SEALED_MAX bytes. */
int seal_body(const struct seal_key *key, const char *body, size_t len,
    unsigned char *out, size_t *sealed_len, struct err *err);
void seal_hash(const unsigned char *head, size_t head_len,
    const unsigned char *tail, size_t tail_len,
    unsigned char hash[OUTBOX_HASH_BYTES]);
void seal_random(void *bytes, size_t n);
void seal_wipe(void *bytes, size_t n);

/* ---- envelope.c: the canonical form --------------------------------------------- */

/* All of item but its hash goes in; its hash comes out. */
void envelope_hash(const char *station, const struct outbox_item *item,
    unsigned char hash[OUTBOX_HASH_BYTES]);

/* ---- body.c ------------------------------------------------------------------------ */

/* One JSON object, nothing before or after it but spaces, valid UTF-8. */
bool body_is_object(const char *text, size_t len);

/* ---- files.c: what is done to the database as a file ------------------------------- */

enum files_kind { FILES_NONE, FILES_EMPTY, FILES_OURS, FILES_NEWER,
	FILES_FOREIGN, FILES_DAMAGED };

/* Look at the header without SQLite, so that nothing is touched. Closing
 * drops this process's POSIX locks: never while SQLite has the file open. */
int files_sniff(const char *path, uint32_t application_id, uint32_t version,
    enum files_kind *kind, struct err *err);
int files_begin(const char *path, struct err *err); /* empty, mode 0600 */
int files_sync_dir(const char *path, struct err *err); /* the one it is in */
int files_sync_wal(const char *path, struct err *err); /* none is allowed */
/* Rename database and log, whole, to names that are free; to tells them.
 * A rename that a crash cut in two is finished by files_aside_rest(). */
int files_aside(const char *path, char *to, size_t capacity, struct err *err);
int files_aside_rest(const char *path, struct err *err);
bool files_was_aside(const char *path);
#define FILES_URI_MAX (3 * 4096 + 32)
/* On a write-protected card SQLite can only read what it may take for
 * unchanging. False: there is no need, or a log that would be overlooked. */
bool files_immutable(const char *path, char uri[FILES_URI_MAX]);
/* As pread(2), for who comes from the end of the file, which the kernel takes
 * for reading at random: at each border the stretch before is fetched too. */
ssize_t files_read_backwards(int fd, void *buf, size_t n, off_t offset);
size_t files_lock_path(const char *path, char *out, size_t capacity);

/* ---- ballast.c: 16 MB that a full disk gives back ------------------------------------- */

bool ballast_drop(const char *outbox_path); /* true: there was some */
void ballast_keep(const char *outbox_path); /* when there is ample room */

/* ---- sql.c ------------------------------------------------------------------------------ */

enum store_stmt { STMT_INSERT, STMT_NEXT, STMT_PLACE, STMT_LAST, STMT_ENDS,
	STMT_PRUNE, STMT_COUNT };

extern const char *const store_statements[STMT_COUNT];
extern const char store_tables[], store_settings[];

/* ---- store.c: rows ---------------------------------------------------------------------- */

#define STORE_APPLICATION_ID 0x43686f74 /* "Chot", in the file's header */
#define STORE_VERSION 1                 /* user_version: of the tables */

struct store;

struct store_meta {
	char station[OUTBOX_STATION_MAX];
	uint32_t epoch;
	bool gap; /* begun in the middle of a run: an earlier one was lost */
};

struct store_place {
	int64_t seq, n; /* seq 0: none */
	uint64_t run;
	unsigned char hash[OUTBOX_HASH_BYTES];
};

struct store_ends {
	int64_t first, last; /* seq, 0 when there is none */
	int64_t waiting_at;  /* of the first record behind the one asked for */
};

/* Why the last call failed. BROKEN: open it again before the next. */
enum store_trouble { STORE_WELL, STORE_BUSY, STORE_FULL, STORE_BROKEN,
	STORE_DAMAGED };

struct store_view {
	bool open;
	struct store_meta meta;
	enum store_trouble trouble;
};

struct store *store_new(void);
void store_free(struct store *store);
/* The file must be there; an empty one gets its tables, and meta tells what
 * goes into them. path is borrowed until store_close(). */
int store_open(struct store *store, const char *path, bool writing,
    const struct store_meta *meta, struct err *err);
void store_close(struct store *store); /* a closed one is allowed */
const struct store_view *store_view(const struct store *store);

struct store_word {
	char text[OUTBOX_STATION_MAX];
};
/* The first value that comes back; word may be NULL. */
int store_ask(struct store *store, const char *sql, struct store_word *word,
    struct err *err);
int store_check(struct store *store, struct err *err); /* all its pages */
/* What a killed recorder wrote may be whole and yet be on no disk: before
 * it counts as recorded it is synced, and copied out of the log. */
int store_settle(struct store *store, bool after_error, struct err *err);
/* True when the path no longer leads to this file: it is lost. */
bool store_moved(struct store *store);

/* 0: committed and synced. */
int store_insert(struct store *store, const struct outbox_item *item,
    uint64_t run, int64_t n, struct err *err);
/* The record at seq, or the last one for seq 0. 1, 0 for none, -1. */
int store_place(struct store *store, int64_t seq, struct store_place *place,
    struct err *err);
typedef int (*store_walk_fn)(void *arg, const struct outbox_item *item,
    struct err *err);
/* All behind seq in one reading, until fn gives something but 0: that comes
 * back, or 0 at the end. An item lasts until the next call on store. */
int store_walk(struct store *store, int64_t seq, store_walk_fn fn, void *arg,
    struct err *err);
int store_ends(struct store *store, int64_t after, struct store_ends *ends,
    struct err *err);
/* Delete from the first record on, up to seq, those before `before`: at most
 * `most` of them and never the last one. The count, or -1. */
int store_prune(struct store *store, int64_t seq, int64_t before, int most,
    struct err *err);
/* What the room sync wrote beside it: seq up to which the hub has all. */
int64_t store_acknowledged(struct store *store, const char *sync_path);

/* ---- item.c ------------------------------------------------------------------------------ */

int station_check(const char *station, struct err *err);

/* ---- links.c: the chain ------------------------------------------------------------------ */

struct links {
	const char *station;
	int64_t seq;   /* of the last one that was walked over */
	int64_t count; /* walked over */
	bool linked;   /* hash is that one's */
	unsigned char hash[OUTBOX_HASH_BYTES];
	int records;   /* these two: left to do in this step */
	size_t bytes;
};

void links_begin(struct links *links, int64_t seq); /* behind seq */
/* At most so much. 1: there is more; 0: that was the end; -1, with ERR_INPUT
 * for a chain that breaks. */
int links_walk(struct links *links, struct store *store, int records,
    size_t bytes, struct err *err);
/* To the end: how many that were, or -1. */
int64_t links_all(struct store *store, int64_t seq, struct err *err);
/* As outbox_next(). */
int links_next(struct store *store, int64_t seq, struct outbox_item *item,
    struct err *err);

/* ---- scrub.c: the pages of a long outbox, by a process beside ----------------------------- */

struct scrub {
	int fd;    /* readable when it has something to say; -1: none runs */
	pid_t pid; /* 0: none, or it was stopped */
	bool due;  /* nobody knows yet whether they are whole */
};

enum scrub_word { SCRUB_WHOLE, SCRUB_DAMAGED, SCRUB_UNKNOWN };

bool scrub_is_long(const char *path); /* too many for the start to check */
/* If they are: before SQLite is used here, since it would take our locks for
 * its own; with the recorder's descriptors, which are not for it. */
void scrub_fork(struct scrub *scrub, const char *path, int in_fd, int out_fd);
void scrub_go(struct scrub *scrub); /* now that the outbox is open */
void scrub_stop(struct scrub *scrub); /* it reads no more; its end is told */
enum scrub_word scrub_end(struct scrub *scrub); /* when fd is readable */

/* ---- runs.c --------------------------------------------------------------------------- */

/* The last record of a run, in the outbox that ends with end: of the last run
 * or one further back; seq 0: there is none. */
int runs_find(struct store *store, const struct store_place *end, uint64_t run,
    struct store_place *place, struct err *err);
/* The n-th of the run whose last one that is, if it was stored earlier. 1, 0
 * for none, -1. */
int runs_stored(struct store *store, const struct store_place *last, int64_t n,
    int64_t *seq, struct err *err);

/* ---- standing.c ------------------------------------------------------------------------ */

/* As outbox_state(). */
int standing_state(struct store *store, const char *path,
    struct outbox_state *state, struct err *err);
/* Write down that a chain of so many was found whole. */
int standing_checked(const char *path, int64_t records, int64_t at,
    struct err *err);

/* ---- fork.c ------------------------------------------------------------------------------ */

/* Begin a new epoch with the records from seq on, in one transaction. What
 * was is copied beside path first, whole; to tells where. */
int fork_chain(struct store *store, const char *path, int64_t seq,
    char *to, size_t capacity, struct err *err);

/* ---- outbox.c ---------------------------------------------------------------------------- */

bool outbox_was_full(const struct outbox *box); /* why the last call failed */
/* What happened to an earlier database, "" for nothing; told once. */
void outbox_notice(struct outbox *box, char words[ERR_TEXT_MAX]);
/* Go on with the check of the whole chain. 1: there is more; 0: it is whole.
 * Damage: set aside, and begun anew; outbox_notice(). */
int outbox_check(struct outbox *box, struct err *err);
/* Write down that chain and pages were found whole. */
int outbox_check_end(struct outbox *box, int64_t now, struct err *err);
/* Whoever reads the pages beside is stopped where that would be in the way. */
void outbox_beside(struct outbox *box, struct scrub *scrub);
/* It is damaged: set aside, and begun anew. */
int outbox_spoil(struct outbox *box, const struct err *why, struct err *err);
/* When nothing is to be done: empty the log, mend what is broken. */
int outbox_tidy(struct outbox *box, struct err *err);

/* ---- epochs.c ---------------------------------------------------------------------------- */

#define EPOCHS_MAX 64

/* The newest last. */
size_t epochs_list(const char *path, uint32_t epochs[EPOCHS_MAX]);
int epochs_note(const char *path, uint32_t epoch, struct err *err);

/* ---- leaves.c: records without SQLite ------------------------------------------------------- */

#define LEAVES_PAGE 4096 /* as our databases are made */

struct leaves {
	int fd, wal_fd; /* -1: none */
	int64_t pages, frames, next;
	unsigned char page[LEAVES_PAGE], row[SEALED_MAX + 256];
};

struct leaves_record {
	struct outbox_item item; /* without its epoch; lasts for the call */
	uint64_t run;
	int64_t n;
	char key_id[SEAL_ID_MAX];
};

typedef void (*leaves_fn)(void *arg, const struct leaves_record *record);

bool leaves_open(struct leaves *l, const char *path); /* close it */
/* What is in the next page; false: that was all. Records come in no order,
 * and some twice or out of what was deleted: only their hashes are proof. */
bool leaves_step(struct leaves *l, leaves_fn fn, void *arg);
void leaves_close(struct leaves *l);

/* ---- regain.c: out of the pages into an outbox beside ---------------------------------------- */

struct regain {
	struct leaves leaves;
	bool open;           /* leaves is */
	struct store *store; /* NULL: no record was found yet */
	char station[OUTBOX_STATION_MAX], path[PATH_MAX], sync[PATH_MAX];
	uint32_t epochs[EPOCHS_MAX], epoch;
	size_t nepochs, nth; /* epoch is the nth of them, from 1 on */
	int64_t acknowledged, first, last; /* seq */
	int64_t saved;
	bool failed; /* no room for more */
};

/* path: of the outbox; aside: of what was set aside beside it. */
bool regain_begin(struct regain *r, const char *path, const char *aside,
    const char *station);
bool regain_step(struct regain *r); /* one page; false: that was all */
/* Keep what it made: it is on the disk then. -1: there is nothing to keep. */
int regain_end(struct regain *r, bool counts, struct outbox_found *found);
void regain_drop(struct regain *r); /* and what it made, if not kept */

/* ---- salvage.c, survey.c: what was set aside ---------------------------------------------- */

/* Whether the item holds its hash. */
bool salvage_is_whole(const struct outbox *box, const struct outbox_item *item);

struct survey {
	struct outbox *box;  /* NULL: it cannot be opened */
	const char *outbox, *station; /* borrowed */
	struct regain regain; /* where SQLite did not get at all of it */
	bool regains;
	char path[PATH_MAX]; /* of the file that was set aside */
	int64_t seq, misses; /* since the last whole one */
	bool counts;         /* the next gap is a loss */
	bool knows;          /* what the hub has */
	struct outbox_found found;
};

/* The first that was set aside beside path and not looked at yet; false:
 * there is none. End or drop it. */
bool survey_begin(struct survey *s, const char *path, const char *station);
int survey_step(struct survey *s); /* one number; 0: that was all */
/* Write down what was found. */
int survey_end(struct survey *s, struct err *err);
void survey_drop(struct survey *s);

/* ---- slices.c: what the recorder does beside its work ---------------------------------------- */

struct slices_calls {
	void (*news)(void *arg); /* outbox_notice() may have words */
	void (*found)(void *arg, const struct outbox_found *found);
	void *arg;
};

struct slices { /* the first five by the recorder */
	struct loop *loop;
	struct outbox *box;
	const char *path;
	struct slices_calls calls;
	struct scrub scrub;
	struct survey survey; /* of what was set aside */
	bool checks, surveys, runs;
	int64_t began_ms, due_ms;
};

void slices_begin(struct slices *s);
bool slices_scrub(const struct slices *s); /* the log cannot be emptied */
void slices_look_aside(struct slices *s); /* whether there is anything new */
void slices_end(struct slices *s);

/* ---- recorder.c ------------------------------------------------------------------------- */

enum recorder_kind { RECORDER_UNKNOWN, RECORDER_HELLO, RECORDER_PUT,
	RECORDER_ACKNOWLEDGED, RECORDER_FORK };

struct recorder_line {
	enum recorder_kind kind;
	uint64_t run;     /* hello */
	int64_t n;        /* put; 0 when it cannot be read */
	const char *body; /* put: in the line */
	struct outbox_id id; /* acknowledged, fork */
};

/* -1 with ERR_INPUT for a known word with a wrong rest. */
int recorder_parse(const char *line, struct recorder_line *out,
    struct err *err);

#endif
