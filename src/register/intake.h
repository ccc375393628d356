/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules share that bring published lists into force at a post:
 * accept.c takes pieces, admit.c says whether a list may be taken at all,
 * enforce.c checks a whole one and puts it in force.
 */
#ifndef REGISTER_INTAKE_H
#define REGISTER_INTAKE_H

#include "published.h"

#include <limits.h>

#define KEYS_MAX 16

struct register_intake {
	struct register_intake_setup setup;
	char dir[PATH_MAX - 64], state_dir[PATH_MAX - 128];
	size_t nkeys;
	struct public_key keys[KEYS_MAX];
	struct shelf_state state;
	bool open;           /* a manifest was taken, pieces are awaited */
	struct manifest manifest;
	int64_t first_no;    /* its number at the hub, 0: from a stick */
	size_t taken;        /* pieces */
	size_t skip;         /* pieces of a list that is not for us */
	int fd;              /* incoming.data */
	int lock_fd;
};

/* ---- admit.c ---- */

/* Those of STATE/keys/publishers. */
size_t admit_load_keys(const char *state_dir,
    struct public_key keys[KEYS_MAX]);
int admit_signed(const struct public_key *keys, size_t count,
    const struct manifest *manifest, const char *bytes, struct err *err);
/* What a manifest is to this post: an enum register_piece, or -1. */
int admit_judge(struct register_intake *in, int64_t no, const char *bytes,
    const struct manifest *manifest, struct err *err);
/* How many versions of the stream stay below the manifest's; -1: it adds to
 * one that is not here. */
int admit_kept(const struct shelf_stream *stream,
    const struct manifest *manifest);

/* ---- accept.c ---- */

void intake_drop(struct register_intake *in); /* what came of a list so far */

/* ---- enforce.c ---- */

/* All pieces are there: REGISTER_PIECE_DONE, or -1 and the old is in force. */
int enforce_list(struct register_intake *in, struct err *err);

#endif
