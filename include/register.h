/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register - what is known here of persons and vehicles: declarations,
 * statuses, permits, vehicles, under a keyed hash of the canonical identity.
 *
 * Lists come in by register_import(); the station asks through the look-up
 * child (`chot lookup`), which alone reads register.db while a post runs.
 * Without the register's key nothing can be asked and every answer is
 * "not known", which the policy makes a CHECK.
 */
#ifndef REGISTER_H
#define REGISTER_H

#include <stdio.h>

#include "base.h"

struct register_store;

#define REGISTER_KEY_BYTES 32
#define REGISTER_WORD_MAX 64
#define REGISTER_AUDIENCE_MAX 112

struct register_key {
	unsigned char bytes[REGISTER_KEY_BYTES];
};

/*
 * Times are Unix seconds; 0 means not given. Words are "" when not given,
 * numbers -1, zones 0.
 *
 * known false: nothing was asked (why says the reason) and every field below
 * it is not given. Otherwise, list by list:
 *
 *   list not loaded, or no identity (vehicles: no plate) to ask for
 *       all its fields are not given: the facts they make are NULL
 *   loaded, and the key is not there
 *       the word is "none": declaration, status, permit, test; plate_known
 *       is 0. Where the list has such a column, exempt is "none", benefit
 *       "not-listed", and wanted, shipper, green_lane, vehicle_wanted are 0.
 *       Everything else is not given (nobody is unvaccinated for being in
 *       no list).
 *   there
 *       as in the row. A blank cell is not given, but for state of a
 *       declaration ("valid"), exempt ("none") and benefit ("not-listed")
 *       where the list has the column. plate_known is 1.
 *
 *   list          fields
 *   declarations  declaration declared_at symptoms from to origin_zone
 *                 destination_zone plate_agrees
 *   statuses      status status_since status_ends status_source
 *   permits       permit permit_*
 *   persons       exempt wanted shipper doses doses_required last_dose_at
 *                 recovered_at residence_zone benefit
 *   tests         test test_kind test_sampled_at test_result_at
 *   vehicles      plate_known green_lane vehicle_wanted vehicle_kind
 *                 group_declared
 *
 * "expired" is nobody's word here: the register is not told the time.
 */
enum register_granted { GRANTED_NOT, GRANTED_BEFORE,
	GRANTED_UNKNOWN /* noted under another key: no telling */ };
#define REGISTER_GRANT_MAX 48 /* bytes of a name */

struct register_answer {
	bool known; /* the register could be asked */
	char why[REGISTER_WORD_MAX]; /* not known: the reason, a msgid; else "" */
	int64_t oldest_list_at; /* when the oldest list in use was made; 0: no list */
	char expired[24]; /* a published list that says nothing any more, or "" */

	/* person */
	char declaration[16]; /* none, valid, unsigned, invalid, revoked */
	int64_t declared_at;
	int symptoms;         /* -1 not given */
	char from[REGISTER_WORD_MAX], to[REGISTER_WORD_MAX]; /* places, as declared */
	int origin_zone, destination_zone, residence_zone; /* 1-4, 0 not given */
	char status[16];      /* none, F0 ... deceased */
	int64_t status_since, status_ends;
	char status_source[REGISTER_WORD_MAX];
	char permit[16];      /* none, valid, revoked, invalid */
	int64_t permit_from, permit_until;
	char permit_days[8];  /* digits 1 (Monday) to 7; "" every day */
	/* Of the local day, 0 to 1440; -1 all day. from > until: over midnight. */
	int permit_minute_from, permit_minute_until;
	char exempt[REGISTER_WORD_MAX]; /* group name or none */
	int wanted, shipper;  /* 0, 1, -1 not given */
	int doses, doses_required; /* -1 not given */
	int64_t last_dose_at, recovered_at;
	char test[16], test_kind[16]; /* none, negative, positive; pcr, antigen */
	int64_t test_sampled_at, test_result_at;
	char benefit[16];

	int plate_agrees;     /* the plate asked for is the declared one; -1 no telling */

	/* By this post itself, where the question named what it gives once. */
	int granted;          /* enum register_granted; -1 not given */
	int64_t granted_at;   /* when, as far as that was known */

	/* vehicle */
	int plate_known, green_lane, vehicle_wanted; /* -1 not given */
	char vehicle_kind[24];
	int group_declared;   /* persons declared aboard, -1 not given */
};

/* Which lists are loaded, for status and screen. */
struct register_list {
	char name[24];     /* declarations, statuses, permits, vehicles, ... */
	int64_t entries;
	int64_t made_at;   /* time of the list, from the import */
	char source[REGISTER_WORD_MAX];
	/* Of published ones only: */
	int64_t version, expires_at;
	char audience[REGISTER_AUDIENCE_MAX]; /* "" of an import */
};
#define REGISTER_LISTS_MAX 80

/* create: make an empty register when there is none. */
void register_answer_init(struct register_answer *answer); /* all not given */

struct register_store *register_open(const char *path, bool create,
    struct err *err); /* a later version's file is refused untouched */
void register_close(struct register_store *store);
bool register_is_outdated(const struct register_store *store); /* open anew */

int register_key_load(const char *path, struct register_key *key,
    struct err *err); /* into locked memory, until it is wiped */
void register_key_wipe(struct register_key *key);
/* A new random key in a file of mode 0600; refuses to overwrite. */
int register_key_make(const char *path, struct err *err);

/* "094300000123", nine digits or canonical text to canonical text. */
int register_identity(const char *text, char identity[80], struct err *err);

/* Import one CSV; its header says which list it is (chot(1)). All or
 * nothing: every bad line is reported as "FILE:LINE: words" (the first
 * REGISTER_REPORTS_MAX, then their number). now is when the list was made.
 * Returns rows imported or -1. progress may be NULL. */
#define REGISTER_REPORTS_MAX 100
int64_t register_import(struct register_store *store,
    const struct register_key *key, const char *csv_path, int64_t now,
    int utc_offset_s, void (*report)(void *arg, const char *line),
    void (*progress)(void *arg, int64_t rows), void *arg, struct err *err);

/*
 * The same for several files in one transaction; files of one list are
 * joined. add: rows are put beside those that are there, and replace rows of
 * the same key unless those are newer; the list keeps its older time. Two
 * rows of one key in the files: the newer declaration, status or test
 * counts, in other lists it is an error. The first import binds the register
 * to the key; with another one nothing is taken.
 */
struct register_file {
	const char *path;
	const char *source; /* whose list; NULL: the name of the file */
	int64_t made_at;
	int64_t rows;     /* out: rows read */
	char list[24];    /* out: which list it is */
};

struct register_import {
	struct register_file *files;
	size_t nfiles;
	bool add;
	int utc_offset_s;  /* of plain dates */
	int64_t now;
	void (*report)(void *arg, const char *line);
	void (*progress)(void *arg, int64_t rows); /* may be NULL */
	void *arg;
};

int64_t register_import_files(struct register_store *store,
    const struct register_key *key, const struct register_import *import,
    struct err *err);

/* identity or plate may be NULL or "", and so may key be NULL. 0 also when
 * nothing could be asked (known false); -1: a broken identity, or a fault of
 * the disk or the file. */
int register_look(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, struct register_answer *answer,
    struct err *err);

/* The same at a time, where it can be trusted: published lists that have
 * expired by then are as if they were not loaded, and `expired` names one. */
int register_look_at(struct register_store *store,
    const struct register_key *key, const char *identity, const char *plate,
    int64_t now, struct register_answer *answer, struct err *err);

/* ---- asked of the hub as well: all that leaves a post about a person are the
 * hashes that the hub's lists have ------------------------------------------------ */
#define REGISTER_HASH_HEX 25 /* 24 digits and NUL */

struct register_hashes {
	char check[REGISTER_HASH_HEX]; /* which key it is */
	char identity[REGISTER_HASH_HEX], plate[REGISTER_HASH_HEX]; /* "" none */
};

int register_hash(const struct register_key *key, const char *identity,
    const char *plate, struct register_hashes *hashes, struct err *err);

#define REGISTER_ROW_MAX 160      /* bytes of a row as lists hold it */
#define REGISTER_ROW_WORDS 16

struct register_told { /* what the hub says of one list, for one audience */
	char list[24], audience[REGISTER_AUDIENCE_MAX];
	char check[REGISTER_HASH_HEX];
	int64_t version, made_at, expires_at;
	unsigned given;
	bool found; /* the list has such a row */
	unsigned char row[REGISTER_ROW_MAX];
	size_t len;
	size_t nwords; /* texts that the row names by numbers */
	struct {
		int64_t number;
		char text[REGISTER_WORD_MAX];
	} words[REGISTER_ROW_WORDS];
};
#define REGISTER_TOLD_MAX 64

/* As register_look_at(), with hashes and with what the hub told: that counts
 * where it is of a later version than the post's own. ERR_INPUT: something
 * of it does not fit; then all of it counts for nothing. */
int register_look_told(struct register_store *store,
    const struct register_hashes *hashes, const struct register_told *told,
    size_t ntold, int64_t now, struct register_answer *answer,
    struct err *err);

/* For the hub: the numbers of the texts in a row, or -1: not such a row; and
 * the i-th list whose key is a plate, or NULL. */
int register_row_words(const char *list, const unsigned char *row, size_t n,
    int64_t numbers[REGISTER_ROW_WORDS]);
const char *register_plate_list(size_t i);

bool register_is_local(const struct register_store *store); /* imports as well */

int register_lists(struct register_store *store, /* how many are loaded, or -1 */
    struct register_list lists[REGISTER_LISTS_MAX], struct err *err);

/* The versions of published lists that a post has in force, as far as there
 * is room: a count. */
size_t register_versions(const char *state, int64_t *versions, size_t room);

/* Read every page and every row, and compare counts; key may be NULL, else
 * it must be the register's. */
int register_verify(struct register_store *store,
    const struct register_key *key, struct err *err);

/* ---- messages ------------------------------------------------------------------ */

/* What the hub wrote to this post. All borrowed until fn returns; the text is
 * valid UTF-8 and somebody else's: clean it before it is shown. */
struct register_message {
	const char *name, *audience;
	bool urgent;       /* its name begins with urgent- */
	int64_t published; /* the list that it came with */
	const char *text;
	size_t len;
};
typedef void (*register_message_fn)(void *arg,
    const struct register_message *message);
int register_messages(const char *state_dir, register_message_fn fn,
    void *arg, struct err *err);

#define REGISTER_MESSAGES_MAX 64 /* on a screen */
#define REGISTER_MESSAGE_TEXT_MAX 4000
#define REGISTER_MESSAGE_MARK 17 /* what it is known by, with NUL */

/* ---- the look-up child and its lines ------------------------------------------
 * to it    look N IDENTITY PLATE [NOW [GRANT]]   ('-' for none; NOW: Unix
 *          seconds where the clock can be trusted, by which published lists
 *          expire; GRANT: what this post gives once, by its name)
 *          grant N IDENTITY GRANT AT UNTIL NOW   it was given; Unix seconds,
 *          UNTIL 0 for ever, NOW as in look
 *          ungrant N IDENTITY GRANT              it was not, after all
 *          unlock SECRET SECONDS      a badge's: its key, for so long
 *          lock
 *          hash N IDENTITY PLATE      what the hub may be asked by
 * from it  hello 1 lookup | found N JSON | fault N WORDS | ok (every 10 s)
 *          hashed N CHECK IDENTITY PLATE   ('-' for none; without a key: nothing)
 *          unlocked | locked WORDS
 *          granted N (it is on disk) | ungranted N WORDS (it could not be)
 *
 * Ends with its input. Register and key may come, go and change while it
 * runs: each look-up sees the last committed import. No register or no key
 * is `found` with known false; fault is for a broken line (N is 0 when it had
 * none), file or disk.
 */
int register_serve(const char *register_path, const char *key_path, int in_fd,
    int out_fd, struct err *err);
/* Make the file of what is given once, empty, where there is none. Before the
 * process is confined: SQLite removes a journal while it makes one. */
int register_grants_make(const char *register_path, struct err *err);
/* Parse a "found N JSON" line. */
int register_found_parse(const char *line, int64_t *n,
    struct register_answer *answer, struct err *err);
/* An answer as one JSON object; malloc'ed. */
char *register_answer_json(const struct register_answer *answer);

/* ---- zones: no persons, so not under the register's key ----------------------- */
#define ZONES_MAX 20000
#define ZONE_PLACE_MAX 160

struct zone {
	char place[ZONE_PLACE_MAX]; /* as in an address, the narrowest first */
	int level;                  /* 1 green to 4 red */
	int64_t since, ends;        /* ends 0: not said */
	int64_t made_at, expires;   /* of its list; expires 0: never */
};

struct zones;

struct zones *zones_new(void);
void zones_free(struct zones *zones); /* NULL is allowed */
void zones_clear(struct zones *zones);
int zones_add(struct zones *zones, const struct zone *zone, struct err *err);
void zones_ready(struct zones *zones); /* after the last, before asking */
size_t zones_count(const struct zones *zones);
const struct zone *zones_at(const struct zones *zones, size_t i);
/* The narrowest zone of an address that is in force at now (0: not to be
 * trusted). NULL: none is known, or it is open which one is meant. Borrowed
 * until zones change; zones may be NULL. */
const struct zone *zones_find(const struct zones *zones, const char *place,
    int64_t now);

/* All that a post has: published ones and its own. None is no error. */
int zones_load(const char *state_dir, struct zones *zones, struct err *err);
/* CSV (place,level,since,ends,source); is it, by its first line? Import it in
 * place of the post's own: how many, or -1. */
bool zones_is(const char *csv_path);
int zones_import(const char *csv_path, const char *state_dir, int64_t made_at,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);

/* ---- officers: who may work here -----------------------------------------------
 * One list a post, in a file of its own (STATE/officers): it is needed before
 * the register's key is. Nothing of it is secret but the PINs, which are there
 * as argon2id hashes only.
 */
enum officer_role { OFFICER_PLAIN, OFFICER_LEADER, OFFICER_MEDICAL,
	OFFICER_ADMINISTRATOR };

#define OFFICERS_MAX 200
#define OFFICER_ID_MAX 32
#define OFFICER_PIN_MAX 12       /* digits */
#define OFFICER_PIN_MIN 4
#define OFFICER_HASH_MAX 128     /* bytes of an argon2id hash, with NUL */
#define BADGE_SECRET_BYTES 16
#define BADGE_MARK_MAX 17        /* 16 hexadecimal digits and NUL */

struct officer {
	char id[OFFICER_ID_MAX], name[REGISTER_WORD_MAX];
	enum officer_role role;
	char pin[OFFICER_HASH_MAX];
	char badge[BADGE_MARK_MAX]; /* mark of the badge that counts; "" none */
};

struct officers {
	size_t n;
	struct officer list[OFFICERS_MAX];
};

const char *officer_role_word(enum officer_role role); /* officer, leader, ... */
int officer_role_parse(const char *word, enum officer_role *role);

/* Is this CSV file, by its first line, a list of officers? */
bool officers_is(const char *csv_path);
/* CSV (id,name,role,pin,badge) into the file at path: all or nothing, reports
 * as register_import(). add: beside those that are there. Returns how many
 * are in force then, or -1. */
int officers_import(const char *csv_path, const char *path, bool add,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);
int officers_load(const char *path, struct officers *officers,
    struct err *err); /* no file: nobody, and no error */

/* Digits only, 4 to 12, not all the same nor a plain run. */
int officer_pin_check(const char *pin, struct err *err);
int officer_pin_hash(const char *pin, char hash[OFFICER_HASH_MAX],
    struct err *err);

/* A new secret for a badge, in hexadecimal, and the mark that the list of
 * officers names it by. */
void badge_make(char secret[2 * BADGE_SECRET_BYTES + 1],
    char mark[BADGE_MARK_MAX]);
/* -1: not such a secret. */
int badge_mark(const char *secret, char mark[BADGE_MARK_MAX]);
/* The register's key under a badge's secret, to KEYS_DIR/badge-MARK.key. */
int badge_wrap(const struct register_key *key, const char *secret,
    const char *keys_dir, struct err *err);
/* And back; the key lies in locked memory until it is wiped. */
int badge_unwrap(const char *secret, const char *keys_dir,
    struct register_key *key, struct err *err);

/* The station and its children get a session keyring of their own, where the
 * look-up child keeps the unwrapped key. False: the kernel has none for us;
 * the key is then in that child's locked memory only. */
bool register_keyring(void);

/* ---- the roster child and its lines ----------------------------------------------
 * to it    check N ID PIN | keep N NAME HEX
 * from it  hello 1 roster | officers COUNT, then COUNT times
 *          officer ID ROLE MARK-OR-DASH NAME | right N | wrong N SECONDS |
 *          wait N SECONDS | kept N | fault N WORDS | ok (every 10 s)
 *          messages COUNT, then for those that were read "read MARK OFFICER",
 *          then "message MARK URGENT PUBLISHED NAME HEX" for each ("-" for a
 *          text longer than a screen takes; '-' for OFFICER: nobody's name)
 *          zones COUNT, then "zone LEVEL SINCE ENDS MADE EXPIRES PLACE" for each
 *
 * The lists are told at the start and after each change. A PIN is looked at
 * only when the wait after wrong ones is over; the wait grows, and outlives
 * this process and the machine's power. keep writes a small file of the post
 * (shift, read, sheets/...) below dir. Ends with its input.
 */
int register_roster(const char *dir, int in_fd, int out_fd, struct err *err);

#endif
