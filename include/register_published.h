/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register_published - the register's other door: lists that a hub publishes
 * and posts take. For hub and sync; a station reads what is in force by
 * register.h.
 */
#ifndef REGISTER_PUBLISHED_H
#define REGISTER_PUBLISHED_H

#include "register.h"

/* ---- what a hub publishes: chot-register(5) ----------------------------------
 *
 * A list comes as a signed manifest and pieces that the manifest names. A
 * post puts them into STATE/lists, beside register.db, and register_open()
 * finds both: of two rows of one key the newer counts.
 */
#define REGISTER_CHUNK_MAX (512u << 10)   /* bytes of a piece */
#define REGISTER_MANIFEST_MAX (700u << 10)
#define REGISTER_SIGNER_ID 17

/* An Ed25519 key as `chot-hub sign-key` makes it; in locked memory. */
struct register_signer {
	char id[REGISTER_SIGNER_ID];
	unsigned char secret[64];
};
int register_signer_load(const char *path, struct register_signer *signer,
    struct err *err);
void register_signer_wipe(struct register_signer *signer);

/* The making of a list at a hub, from CSV. */
struct register_edition {
	const struct register_file *files; /* path of each */
	size_t nfiles;
	int utc_offset_s;
	const char *const *chain; /* files of the versions in force */
	size_t nchain;
	bool whole;               /* all of it, whatever is in force */
	void (*report)(void *arg, const char *line);
	void (*progress)(void *arg, int64_t rows); /* may be NULL */
	void *arg;
	/* In: of the list in force; out: of the new one. */
	char list[24];
	unsigned given;
	/* Out. */
	char check[25];
	int64_t rows, entries;
	size_t below;             /* versions that it adds to; 0: whole */
};

/* Which list is that file? */
int register_edition_list(const char *path, char list[24], struct err *err);
/* Write what is new to out, which must be seekable. */
int register_edition_make(const struct register_key *key,
    struct register_edition *edition, FILE *out, struct err *err);
/* Files as they are: badges, messages, officers, packs, trust or zones. What
 * posts would refuse is not taken, and report says why. A count or -1. */
bool register_is_archive(const char *list);
int64_t register_archive_make(const char *list,
    const struct register_file *files, size_t n, FILE *out,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);

struct register_version { /* what the manifest says */
	int64_t version, from;
	const char *list, *audience, *check, *source;
	unsigned given;
	int64_t published, expires, made_at, rows, entries;
	/* "KEY VERSION" and "LIST VERSION", one a line; or "". */
	const char *floors, *with;
};

/* The pieces of data (file, from its beginning) to piece in order; then the
 * signed manifest, malloc'ed. */
typedef int (*register_piece_fn)(void *arg, int64_t number,
    const void *bytes, size_t n, struct err *err);
char *register_version_sign(const struct register_version *version,
    const struct register_signer *signer, FILE *data, register_piece_fn fn,
    void *arg, size_t *len, struct err *err);

/* The taking of lists at a post. */
struct register_intake_setup {
	const char *state; /* directory */
	const char *station, *unit, *province; /* NULL: not known */
	int64_t now;       /* as far as it can be trusted; 0: not at all */
};

enum register_piece {
	REGISTER_PIECE_MORE,    /* taken, or in need of others */
	REGISTER_PIECE_DONE,    /* a list came into force */
	REGISTER_PIECE_OLD,     /* it is in force already, or a newer one is */
	REGISTER_PIECE_FOREIGN, /* for others */
};

struct register_intake;

/* Without a publisher's key nothing could be believed. */
bool register_has_publisher(const char *state_dir);
/* Is such an archive in force here? */
bool register_is_published(const char *state_dir, const char *list);
/* One at a time; ERR_RETRY: another process does it now. */
struct register_intake *register_intake_open(
    const struct register_intake_setup *setup, struct err *err);
void register_intake_close(struct register_intake *intake);
/* A manifest or one of its pieces, in order. no is its number at the hub, 0
 * from a stick. Gives an enum register_piece, or -1: it was refused, and
 * what is in force stays so. */
int register_intake_piece(struct register_intake *intake, int64_t no,
    const void *bytes, size_t n, struct err *err);
/* The number of the last piece that is not wanted again. */
int64_t register_intake_since(const struct register_intake *intake);
/* Of the list that is coming in. */
void register_intake_progress(const struct register_intake *intake,
    int64_t *bytes, int64_t *of);
/* Look again at all that is in force, which reads it whole. A list that is no
 * longer as it was signed is out of force, all of it is to be asked for anew,
 * and the log says so. Returns how many. */
int register_intake_audit(struct register_intake *intake);
/* The hub counts anew: ask from the beginning. */
int register_intake_restart(struct register_intake *intake, struct err *err);

#endif
