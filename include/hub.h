/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub - takes the records of posts, once each, into PostgreSQL.
 *
 * Processes without a state of their own: what is known is in the database,
 * and what is done with data is SQL (src/hub/sql). In come HTTP requests
 * (contrib/hub/openapi.yaml) of posts that a client certificate names; out
 * go replies, and rows. The hub judges no crossing: it happened.
 */
#ifndef HUB_H
#define HUB_H

#include <stdio.h>

#include "base.h"

#define HUB_WORKERS_MAX 64

struct hub_options {
	const char *listen;   /* ADDRESS:PORT */
	const char *database; /* libpq's conninfo; "" takes it from PG... */
	const char *keys;     /* directory of secret seal keys, NAME.key */
	const char *sign;     /* file of the key that signs heads; NULL: none */
	const char *certificate, *key, *ca; /* PEM files; NULL behind a proxy */
	const char *proxy;    /* the one address that may connect, or NULL */
	const char *header;   /* in which the proxy tells the subject */
	const char *minimum;  /* oldest program of a post that is served */
	const char *ca_key;   /* of ca, which signs posts; NULL: it signs none */
	const char *server_ca; /* who signed the hub's own; NULL: ca */
	const char *hand_out; /* directory of the public keys posts are given */
	int days;             /* of life of a post's certificate */
	int workers;
};

/* Serve until SIGTERM or SIGINT; what was begun is finished. */
int hub_run(const struct hub_options *options, struct err *err);

/* Bring the database to this program's version; out says what was done. */
int hub_migrate(const char *database, FILE *out, struct err *err);

/* Add, revoke (with a reason) or list posts. Adding a revoked one again
 * serves it again. */
int hub_station_add(const char *database, const char *station,
    struct err *err);
int hub_station_revoke(const char *database, const char *station,
    const char *reason, struct err *err);
/* Whether it may read the status pages of all posts. */
int hub_station_watch(const char *database, const char *station,
    bool watches, struct err *err);
int hub_station_list(const char *database, FILE *out, struct err *err);
/* Which messages were read, by whom and where: a line each, tabs between. */
int hub_messages(const char *database, FILE *out, struct err *err);

/* ---- persons: for those who may trace a case, and the wards ------------------- */

struct hub_trace {
	const char *database;
	const char *number; /* of a person, as on the paper; "" for a plate */
	const char *plate;  /* "" for a person */
	int64_t since, until;
	int minutes;        /* who was near for so long; 0: the case alone */
	const char *asked_by, *why; /* kept */
	bool json;          /* an object a line, else a table with tabs */
	FILE *out;
};

/* Where somebody crossed, or who was at the same post at that time. Nothing
 * is printed before it is kept who asked. */
int hub_trace(const struct hub_trace *trace, struct err *err);
int hub_inspections(const char *database, FILE *out, struct err *err);

struct hub_notices {
	const char *database;
	const char *places; /* CSV: place,unit */
	const char *dir;    /* for a file a unit */
	FILE *out;
};

/* What was decided since the last time, to those whose place it concerns. */
int hub_notices(const struct hub_notices *notices, struct err *err);

struct hub_tickets {
	const char *database;
	const char *table;     /* CSV with a column id, and maybe name */
	const char *dir;       /* for the sheets */
	const char *url;       /* where posts reach the hub */
	const char *server_ca; /* PEM file */
	int days;              /* that they may be used */
	bool plain;            /* print tickets, not the paths of their sheets */
	FILE *out;
};

/* Make a one-time sheet for each post of a table; posts that are new are
 * added. The last sheet of a post counts. */
int hub_enrol(const struct hub_tickets *tickets, struct err *err);

#define HUB_FILES_MAX 256

struct hub_import {
	const struct hub_options *options; /* database, keys, sign, ca */
	const char *const *files; /* bundles of posts */
	int count;
	const char *dir;          /* for the answers */
	FILE *out;
	bool no_lists;            /* acknowledgements alone */
};

/* Take what posts put on sticks, once, and write what goes back to them:
 * how far the hub is, who is revoked, and the lists that they do not have. */
int hub_import(const struct hub_import *import, struct err *err);

/* Make the pair that heads are signed with: NAME.pub and NAME.key. */
int hub_sign_key_make(const char *name, struct err *err);

/* Publish the next version of a list, from CSV files, or from any files as
 * one of messages, packs and trust. What is said goes to standard output,
 * progress and bad lines to standard error. */

struct hub_publish {
	const char *database;
	const char *sign;         /* secret key, as of hub_sign_key_make() */
	const char *register_key; /* what identities are hashed under */
	const char *list;         /* NULL: as the first line of the CSV says */
	const char *audience;     /* all, station=ID, unit=NAME, province=NAME */
	const char *source;       /* NULL: the name of the first file */
	const char *floors;       /* "KEY VERSION" lines: keys withdrawn; "" */
	int64_t made_at;          /* 0: now */
	long days;                /* until it expires */
	bool whole;               /* all of it, not only what is new */
	const char *const *files;
	size_t nfiles;
};

int hub_publish(const struct hub_publish *publish, struct err *err);

/* What is in force into a file for sticks; station "": for all posts. */
int hub_bundle(const char *database, const char *path, const char *station,
    struct err *err);

/* Names beside its own that a post goes by: unit=..., province=... */
int hub_station_audience(const char *database, const char *station,
    const char *const *names, size_t count, struct err *err);

#endif
