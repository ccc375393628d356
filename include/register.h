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
struct register_answer {
	bool known; /* the register could be asked */
	char why[REGISTER_WORD_MAX]; /* not known: the reason, a msgid; else "" */
	int64_t oldest_list_at; /* when the oldest list in use was made; 0: no list */

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
};
#define REGISTER_LISTS_MAX 8

/* create: make an empty register when there is none. */
void register_answer_init(struct register_answer *answer); /* all not given */

/* A file of a later version of the program is refused untouched. */
struct register_store *register_open(const char *path, bool create,
    struct err *err);
void register_close(struct register_store *store);

/* The key lies in locked memory until it is wiped. */
int register_key_load(const char *path, struct register_key *key,
    struct err *err);
void register_key_wipe(struct register_key *key);
/* A new random key in a file of mode 0600; refuses to overwrite. */
int register_key_make(const char *path, struct err *err);

/* "094300000123", nine digits or canonical text to canonical text. */
int register_identity(const char *text, char identity[80], struct err *err);

/* Import one CSV; its header says which list it is (chot(1)). All or
 * nothing: every bad line is reported to report as "FILE:LINE: words" (the
 * first REGISTER_REPORTS_MAX, then their number) and then nothing is
 * changed. now is when the list was made. Returns rows imported or -1.
 * progress may be NULL. */
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

/* How many are loaded, or -1. */
int register_lists(struct register_store *store,
    struct register_list lists[REGISTER_LISTS_MAX], struct err *err);

/* Read every page and every row, and compare counts; key may be NULL, else
 * it must be the register's. */
int register_verify(struct register_store *store,
    const struct register_key *key, struct err *err);

/* ---- the look-up child and its lines ------------------------------------------
 * to it    look N IDENTITY PLATE      ('-' for none)
 * from it  hello 1 lookup | found N JSON | fault N WORDS | ok (every 10 s)
 *
 * Ends with its input. Register and key may come, go and change while it
 * runs: each look-up sees the last committed import. No register or no key
 * is `found` with known false; fault is for a broken line (N is 0 when it had
 * none), file or disk.
 */
int register_serve(const char *register_path, const char *key_path, int in_fd,
    int out_fd, struct err *err);
/* Parse a "found N JSON" line. */
int register_found_parse(const char *line, int64_t *n,
    struct register_answer *answer, struct err *err);
/* An answer as one JSON object; malloc'ed. */
char *register_answer_json(const struct register_answer *answer);

#endif
