/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * station - the post at work: readers and keys in, sessions per lane, what
 * is recorded and shown (ARCHITECTURE.md has the state table).
 *
 * One thread, one poll loop; waits for no device, disk or network. The
 * judgement of who a reading belongs to is session.c, which is pure.
 */
#ifndef STATION_H
#define STATION_H

#include <stdio.h>
#include <time.h>

#include "base.h"
#include "conf.h"
#include "credential.h"

/* In the state: signs what the post gives out; its public half is trusted. */
#define SIGN_KEY "keys/sign.key"

struct station_options {
	const char *self;      /* path of the chot program, for its children */
	const char *libexec;   /* directory of chot-camera and chot-sync */
	const char *values;    /* directory of value sets; NULL: none */
	const char *machine;   /* a directory in place of / (tests); NULL */
	const char *conf;      /* path of the configuration for chot-sync; NULL: the default */
	bool plain;            /* lines of text instead of the screen */
	bool demo;             /* marked on the screen */
	const char *officer;   /* of a demo: at work from the start; or NULL */
	int64_t wall;          /* injected wall clock, Unix seconds; 0: the machine's */
	int64_t clock_floor;   /* times before it are not believed */
};

/* Run the full-screen post until the officer leaves or a signal ends it. */
int station_run(const struct conf *conf, const struct station_options *options,
    struct err *err);

/* What citizens see of a lane, on another terminal; NULL: the first lane.
 * Until a signal or two Ctrl-Q end it. */
int station_display(const struct conf *conf, const char *lane,
    struct err *err);

/* ---- value sets: what codes in documents stand for ------------------------------ */

/* Every *.json of the directory; each is refused whole, and the rest counts.
 * Never NULL; problem: the first, "file:line: why", or "". */
struct credential_values *valuesets_load(const char *path,
    struct err *problem);

/* ---- issuers' keys: the files of STATE/trust ----------------------------------- */

#define ISSUERS_SOURCES_MAX 64
#define ISSUERS_NAME_MAX 64
#define ISSUERS_DISTRUSTED_MAX 256

struct issuers_source { /* one file */
	char name[ISSUERS_NAME_MAX];
	char form[12];        /* german, swedish, dutch; else keys */
	int64_t imported_at;  /* 0: nobody knows */
	int64_t made_at;      /* by its own word; 0: it says nothing */
	bool checked;         /* a signer's key fitted when it was imported */
	size_t added, skipped;
};

struct issuers {
	struct credential_trust *trust;
	size_t keys, skipped, keys_distrusted;
	int64_t lists_at;     /* of the oldest list; 0: no list, or no date */
	size_t nsources;
	struct issuers_source sources[ISSUERS_SOURCES_MAX]; /* by name */
	size_t ndistrusted;
	char distrusted[ISSUERS_DISTRUSTED_MAX][CREDENTIAL_KEY_NAME_MAX];
	char fault[256];      /* "", or why no key is believed */
};

/* Never NULL, maybe empty. */
struct issuers *issuers_load(const char *state);
void issuers_free(struct issuers *ring); /* NULL is allowed */
int64_t issuers_source_at(const struct issuers_source *source);
/* Has a file come, gone or been replaced since the time in *seen? */
bool issuers_changed(const char *state, struct timespec *seen);

struct issuers_import {
	const char *path;
	const char *signer; /* file of the key that must have signed a list, or NULL */
	const char *name;   /* in STATE/trust; NULL: what it is, or is called */
	bool force;         /* also over a newer one, or one that was proven */
	int64_t now;
};

/* Put the file in its place, whole or not at all; what it replaces is gone.
 * ERR_INPUT: no keys, or not signed; ERR_DENIED: what is there is better. */
int issuers_import(const char *state, const struct issuers_import *import,
    struct issuers_source *source, struct err *err);
/* name as credential_key_name() gives it. Off: ERR_INPUT when it was not on. */
int issuers_distrust(const char *state, const char *name, bool on,
    struct err *err);

/* ---- the post from outside -------------------------------------------------------- */

enum status_format {
	STATUS_TEXT,    /* lines for people */
	STATUS_JSON,    /* one object */
	STATUS_METRICS, /* OpenMetrics */
	STATUS_CHECK,   /* one line for monitoring */
};

/* What `chot status` prints: read from the post's files, running or not. now:
 * the machine's clock. Returns 0 well, 1 attention, 2 failing. */
int station_status(const struct conf *conf, enum status_format format,
    int64_t now, FILE *out);

#endif
