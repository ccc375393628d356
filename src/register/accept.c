/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accept - pieces of published lists to lists in force, at the post.
 *
 * Whoever brings them, network or stick, is believed nothing: only a key in
 * STATE/keys/publishers makes a manifest, only the manifest makes a piece.
 * Pieces gather in incoming.data and may go on after a break; when the last
 * one is there, all is checked, the files get their names and `current` is
 * written anew. Before that the old lists are in force.
 */
#include "intake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
path_of(const struct register_intake *in, const char *name,
    char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s", in->dir, name);
}

/* ---- incoming ------------------------------------------------------------ */

void
intake_drop(struct register_intake *in)
{
	static const char *const names[] = { "incoming.list", "incoming.no",
		"incoming.data" };
	char path[PATH_MAX];

	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
	for (size_t i = 0; i < nitems(names); i++) {
		path_of(in, names[i], path);
		unlink(path);
	}
	if (in->open)
		manifest_free(&in->manifest);
	in->open = false;
	in->taken = 0;
}

static int
open_data(struct register_intake *in, int flags, struct err *err)
{
	char path[PATH_MAX];

	path_of(in, "incoming.data", path);
	in->fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_NOFOLLOW | flags,
	    0600);
	return in->fd >= 0 ? 0 : err_set(err, ERR_RETRY, "%s: %s", path,
	    strerror(errno));
}

static int
write_data(struct register_intake *in, const void *bytes, size_t n,
    struct err *err)
{
	if (file_write_all(in->fd, bytes, n) == 0)
		return 0;
	return err_set(err, ERR_RETRY, _("the list cannot be written: %s"),
	    strerror(errno));
}

static int
take_manifest(struct register_intake *in, int64_t no, const char *bytes,
    size_t n, struct err *err)
{
	char path[PATH_MAX], number[32];
	struct manifest m;
	int ret;

	if (n > REGISTER_MANIFEST_MAX)
		return err_set(err, ERR_INPUT, _("a piece is too long"));
	if (manifest_parse(bytes, n, &m, err) < 0)
		return -1;
	ret = admit_judge(in, no, bytes, &m, err);
	if (ret != REGISTER_PIECE_MORE) {
		manifest_free(&m);
		return ret;
	}
	intake_drop(in);
	in->manifest = m;
	in->first_no = no;
	in->open = true;
	snprintf(number, sizeof(number), "%" PRId64 "\n", no);
	path_of(in, "incoming.no", path);
	ret = file_write(path, number, strlen(number), 0600, false, err);
	path_of(in, "incoming.list", path);
	if (ret == 0)
		ret = file_write(path, bytes, n, 0600, false, err);
	if (ret == 0)
		ret = open_data(in, O_TRUNC, err);
	if (ret < 0)
		intake_drop(in);
	return ret;
}

/* ---- door ---------------------------------------------------------------- */

static bool
is_next(const struct register_intake *in, const void *bytes, size_t n)
{
	unsigned char digest[DIGEST_BYTES];
	const struct manifest_chunk *next = &in->manifest.chunks[in->taken];

	if (!in->open || in->taken == in->manifest.nchunks || n != next->bytes)
		return false;
	hash_digest(bytes, n, digest);
	return memcmp(digest, next->digest, DIGEST_BYTES) == 0;
}

int
register_intake_piece(struct register_intake *in, int64_t no,
    const void *bytes, size_t n, struct err *err)
{
	int ret = REGISTER_PIECE_MORE;

	if (in->skip > 0) {
		in->skip--;
		return REGISTER_PIECE_FOREIGN;
	}
	if (is_next(in, bytes, n)) {
		if (write_data(in, bytes, n, err) < 0) {
			intake_drop(in);
			return -1;
		}
		in->taken++;
	} else if (n >= 12 && memcmp(bytes, "chot-list-1\n", 12) == 0) {
		ret = take_manifest(in, no, bytes, n, err);
	} else {
		intake_drop(in);
		return err_set(err, ERR_INPUT, _("a piece that belongs to no "
		    "list, or is damaged"));
	}
	if (ret == REGISTER_PIECE_MORE && in->open &&
	    in->taken == in->manifest.nchunks)
		return enforce_list(in, err);
	return ret;
}

int64_t
register_intake_since(const struct register_intake *in)
{
	return in->open && in->first_no > 0 ?
	    in->first_no + (int64_t)in->taken : in->state.since;
}

void
register_intake_progress(const struct register_intake *in, int64_t *bytes,
    int64_t *of)
{
	*bytes = *of = 0;
	for (size_t i = 0; in->open && i < in->manifest.nchunks; i++) {
		*of += in->manifest.chunks[i].bytes;
		if (i < in->taken)
			*bytes += in->manifest.chunks[i].bytes;
	}
}

int
register_intake_restart(struct register_intake *in, struct err *err)
{
	intake_drop(in);
	in->state.since = 0;
	return shelf_state_save(in->dir, &in->state, err);
}

/* Whole pieces that lie there from before a break count. */
static void
resume_data(struct register_intake *in)
{
	unsigned char *piece = malloc(REGISTER_CHUNK_MAX);
	off_t at = 0;

	if (piece == NULL)
		mem_none();
	while (in->taken < in->manifest.nchunks) {
		size_t n = in->manifest.chunks[in->taken].bytes;

		if (pread(in->fd, piece, n, at) != (ssize_t)n ||
		    !is_next(in, piece, n))
			break;
		at += (off_t)n;
		in->taken++;
	}
	free(piece);
	if (ftruncate(in->fd, at) < 0 || lseek(in->fd, at, SEEK_SET) < 0)
		intake_drop(in);
}

static void
resume(struct register_intake *in)
{
	char path[PATH_MAX], *bytes, *number;
	size_t n, len;
	bool good;

	path_of(in, "incoming.list", path);
	bytes = file_read(path, REGISTER_MANIFEST_MAX, &n, NULL);
	path_of(in, "incoming.no", path);
	number = file_read(path, 32, &len, NULL);
	good = bytes != NULL && number != NULL &&
	    manifest_parse(bytes, n, &in->manifest, NULL) == 0;
	if (good) {
		in->open = true;
		in->first_no = strtoll(number, NULL, 10);
		good = admit_judge(in, 0, bytes, &in->manifest, NULL) ==
		    REGISTER_PIECE_MORE && open_data(in, 0, NULL) == 0;
		in->skip = 0;
	}
	free(bytes);
	free(number);
	if (good)
		resume_data(in);
	else
		intake_drop(in);
}

struct register_intake *
register_intake_open(const struct register_intake_setup *setup,
    struct err *err)
{
	struct register_intake *in = calloc(1, sizeof(*in));
	struct err local = { 0 };
	char path[PATH_MAX];

	if (in == NULL)
		mem_none();
	in->setup = *setup;
	in->fd = -1;
	snprintf(in->state_dir, sizeof(in->state_dir), "%s", setup->state);
	snprintf(in->dir, sizeof(in->dir), "%s/lists", setup->state);
	if (dir_make(in->dir, 0700, err) < 0) {
		free(in);
		return NULL;
	}
	path_of(in, "lock", path);
	in->lock_fd = lock_take(path, err);
	if (in->lock_fd < 0) {
		free(in);
		return NULL;
	}
	in->nkeys = admit_load_keys(in->state_dir, in->keys);
	/* Damaged: what is in force cannot be known, so all of it comes anew. */
	if (shelf_state_load(in->dir, &in->state, &local) < 0) {
		if (local.kind != ERR_ABSENT)
			log_line(setup->now, LOG_LEVEL_FAULT, "%s",
			    local.text);
		in->state = (struct shelf_state){ .since = 0 };
	}
	for (size_t i = 0; i < in->state.nstreams; i++)
		if (placing_do(in->state_dir, in->state.streams[i].list,
		    &local) < 0)
			log_line(setup->now, LOG_LEVEL_FAULT, "%s",
			    local.text);
	resume(in);
	return in;
}

void
register_intake_close(struct register_intake *in)
{
	if (in == NULL)
		return;
	if (in->fd >= 0)
		close(in->fd);
	if (in->open)
		manifest_free(&in->manifest);
	close(in->lock_fd);
	free(in);
}
