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

/* Times are Unix seconds; 0 means not given. Words are "" when not given. */
struct register_answer {
	bool known; /* the register could be asked */
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
	int permit_minute_from, permit_minute_until; /* of the local day; -1 all day */
	char exempt[REGISTER_WORD_MAX]; /* group name or none */
	int wanted, shipper;  /* 0, 1, -1 not given */
	int doses, doses_required; /* -1 not given */
	int64_t last_dose_at, recovered_at;
	char test[16], test_kind[16]; /* none, negative, positive; pcr, antigen */
	int64_t test_sampled_at, test_result_at;
	char benefit[16];

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
struct register_store *register_open(const char *path, bool create,
    struct err *err);
void register_close(struct register_store *store);

int register_key_load(const char *path, struct register_key *key,
    struct err *err);
/* A new random key in a file of mode 0600; refuses to overwrite. */
int register_key_make(const char *path, struct err *err);

/* Import one CSV; its header says which list it is (chot(1)). All or
 * nothing: every bad line is reported to report as "FILE:LINE: words" and
 * then nothing is changed. Returns rows imported or -1. progress may be
 * NULL. */
int64_t register_import(struct register_store *store,
    const struct register_key *key, const char *csv_path, int64_t now,
    int utc_offset_s, void (*report)(void *arg, const char *line),
    void (*progress)(void *arg, int64_t rows), void *arg, struct err *err);

/* identity or plate may be NULL or "". */
int register_look(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, struct register_answer *answer,
    struct err *err);

int register_lists(struct register_store *store,
    struct register_list lists[REGISTER_LISTS_MAX], struct err *err);

/* ---- the look-up child and its lines ------------------------------------------
 * to it    look N IDENTITY PLATE      ('-' for none)
 * from it  hello 1 lookup | found N JSON | fault N WORDS | ok (every 10 s)
 */
int register_serve(const char *register_path, const char *key_path, int in_fd,
    int out_fd, struct err *err);
/* Parse a "found N JSON" line. */
int register_found_parse(const char *line, int64_t *n,
    struct register_answer *answer, struct err *err);
/* An answer as one JSON object; malloc'ed. */
char *register_answer_json(const struct register_answer *answer);

#endif
