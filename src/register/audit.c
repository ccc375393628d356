/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit - published lists that are in force, looked at again: every
 * signature, every piece, every row. A card rots, and who has it in hand may
 * write on it: what is no longer as it was signed says nothing any more.
 */
#include "intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
check_pieces(const char *path, const struct manifest *m, struct err *err)
{
	FILE *file = fopen(path, "re");
	char *piece = malloc(REGISTER_CHUNK_MAX);
	unsigned char digest[DIGEST_BYTES];
	bool good = file != NULL;

	if (piece == NULL)
		mem_none();
	for (size_t i = 0; good && i < m->nchunks; i++) {
		size_t n = m->chunks[i].bytes;

		good = fread(piece, 1, n, file) == n;
		if (good)
			hash_digest(piece, n, digest);
		good = good && memcmp(digest, m->chunks[i].digest,
		    DIGEST_BYTES) == 0;
	}
	good = good && fgetc(file) == EOF && !ferror(file);
	if (file != NULL)
		fclose(file);
	free(piece);
	return good ? 0 : err_set(err, ERR_SETUP,
	    _("%s: a published list is damaged"), path);
}

static int
check_version(const char *dir, int64_t version, const struct public_key *keys,
    size_t nkeys, struct err *err)
{
	char path[PATH_MAX], *bytes;
	struct rowfile *file;
	struct manifest m;
	size_t n;
	int ret;

	snprintf(path, sizeof(path), "%s/%" PRId64 ".list", dir, version);
	bytes = file_read(path, REGISTER_MANIFEST_MAX, &n, err);
	if (bytes == NULL)
		return -1;
	ret = manifest_parse(bytes, n, &m, err);
	if (ret == 0)
		ret = admit_signed(keys, nkeys, &m, bytes, err);
	if (ret < 0)
		err_within(err, "%s", path);
	free(bytes);
	snprintf(path, sizeof(path), "%s/%" PRId64 ".data", dir, version);
	if (ret == 0)
		ret = check_pieces(path, &m, err);
	if (ret == 0 && manifest_list(m.list) != NULL) {
		file = rowfile_open(path, err);
		ret = file == NULL ? -1 : rowfile_check(file,
		    manifest_list(m.list), err);
		rowfile_close(file);
	}
	manifest_free(&m);
	return ret;
}

static int
check_stream(const char *dir, const struct shelf_stream *stream,
    const struct public_key *keys, size_t nkeys, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < stream->count; i++)
		ret = check_version(dir, stream->chain[i], keys, nkeys, err);
	return ret;
}

int
audit_lists(const char *dir, struct err *err)
{
	struct shelf_state *state = malloc(sizeof(*state));
	struct public_key keys[KEYS_MAX];
	char state_dir[PATH_MAX];
	struct err local = { 0 };
	size_t nkeys;
	int ret;

	if (state == NULL)
		mem_none();
	/* DIR is STATE/lists. */
	snprintf(state_dir, sizeof(state_dir), "%s/..", dir);
	nkeys = admit_load_keys(state_dir, keys);
	ret = shelf_state_load(dir, state, &local);
	if (ret < 0 && local.kind == ERR_ABSENT) {
		free(state);
		return 0;
	}
	if (ret < 0)
		err_set(err, local.kind, "%s", local.text);
	for (size_t i = 0; ret == 0 && i < state->nstreams; i++)
		ret = check_stream(dir, &state->streams[i], keys, nkeys, err);
	free(state);
	return ret;
}

int
register_intake_audit(struct register_intake *in)
{
	size_t kept = 0, had = in->state.nstreams;
	struct err err = { 0 };

	for (size_t i = 0; i < had; i++)
		if (check_stream(in->dir, &in->state.streams[i], in->keys,
		    in->nkeys, &err) == 0)
			in->state.streams[kept++] = in->state.streams[i];
		else
			log_line(in->setup.now, LOG_LEVEL_FAULT, "%s",
			    err.text);
	if (kept == had)
		return 0;
	in->state.nstreams = kept;
	if (register_intake_restart(in, &err) < 0)
		log_line(in->setup.now, LOG_LEVEL_FAULT, "%s", err.text);
	return (int)(had - kept);
}
