/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enforce - a list whose pieces are all there: what is in it is checked
 * against what it says and what it adds to, then it is in force.
 */
#include "intake.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- all is there: check it ---------------------------------------------- */

/* What the rows of an addition change in the number of entries. */
static int
count_changes(struct rowfile *file, struct shelf_list *below, int64_t *entries,
    struct err *err)
{
	struct rowfile_place place = { 0 };
	struct rowfile_row row;
	int rc, was;

	while ((rc = rowfile_next(file, &place, &row, err)) > 0) {
		was = shelf_find(below, row.hash, NULL, err);
		if (was < 0)
			return -1;
		*entries += (row.gone ? 0 : 1) - was;
	}
	return rc;
}

static int
compare_counts(struct register_intake *in, struct rowfile *file,
    struct shelf_list *below, int64_t before, struct err *err)
{
	const struct rowfile_counts *counts = rowfile_counts(file);
	const struct manifest *m = &in->manifest;
	int64_t entries = before, words = 1;

	if (below->count > 0) {
		const struct rowfile_counts *last =
		    rowfile_counts(below->files[below->count - 1]);

		words = (int64_t)last->first_word + last->words;
	}
	if (counts->first_word != words || rowfile_check(file, below->list,
	    err) < 0)
		return err_set(err, ERR_INPUT, _("%s is not what it says"),
		    m->list);
	if (count_changes(file, below, &entries, err) < 0)
		return -1;
	if (counts->rows != m->rows || entries != m->entries)
		return err_set(err, ERR_INPUT, _("%s: %lld entries, but %lld "
		    "were published"), m->list, (long long)entries,
		    (long long)m->entries);
	return 0;
}

static int
check_rows(struct register_intake *in, const char *data, struct err *err)
{
	struct shelf_stream *stream = shelf_stream_find(&in->state,
	    in->manifest.list, in->manifest.audience);
	struct shelf_list below = {
		.list = manifest_list(in->manifest.list) };
	int keep = admit_kept(stream, &in->manifest), ret = 0;
	struct rowfile *file = NULL;
	char path[PATH_MAX];
	int64_t before = 0;
	struct manifest m;

	for (int i = 0; ret == 0 && i < keep; i++) {
		snprintf(path, sizeof(path), "%s/%" PRId64 ".data", in->dir,
		    stream->chain[i]);
		below.files[i] = rowfile_open(path, err);
		ret = below.files[i] != NULL ? 0 : -1;
		below.count += ret == 0;
	}
	if (ret == 0 && keep > 0) {
		ret = shelf_manifest(in->dir, in->manifest.from, &m, err);
		before = ret == 0 ? m.entries : 0;
		if (ret == 0)
			manifest_free(&m);
	}
	if (ret == 0)
		file = rowfile_open(data, err);
	ret = file == NULL ? -1 : compare_counts(in, file, &below, before,
	    err);
	rowfile_close(file);
	for (size_t i = 0; i < below.count; i++)
		rowfile_close(below.files[i]);
	return ret;
}

static int
check_data(struct register_intake *in, const char *data, struct err *err)
{
	unsigned char *bytes;
	int64_t count;
	size_t n;

	if (!register_is_archive(in->manifest.list))
		return check_rows(in, data, err);
	bytes = (unsigned char *)file_read(data, ARCHIVE_BYTES_MAX, &n, err);
	if (bytes == NULL)
		return -1;
	count = archive_each(bytes, n, NULL, NULL, err);
	if (count >= 0 && placing_check(in->manifest.list, bytes, n, NULL,
	    NULL, err) < 0)
		count = -1;
	free(bytes);
	if (count >= 0 && count != in->manifest.entries)
		return err_set(err, ERR_INPUT, _("%s: %lld entries, but %lld "
		    "were published"), in->manifest.list, (long long)count,
		    (long long)in->manifest.entries);
	return count < 0 ? -1 : 0;
}

/* ---- into force ---------------------------------------------------------- */

static bool
is_named(const struct shelf_state *state, int64_t version)
{
	for (size_t i = 0; i < state->nstreams; i++)
		for (size_t j = 0; j < state->streams[i].count; j++)
			if (state->streams[i].chain[j] == version)
				return true;
	return false;
}

/* Files that `current` does not name: older versions, or what a power cut
 * left behind. */
static void
sweep(const struct register_intake *in)
{
	DIR *dir = opendir(in->dir);
	struct dirent *entry;
	char path[PATH_MAX + 256];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *end;
		int64_t version = strtoll(entry->d_name, &end, 10);

		if (end == entry->d_name || (strcmp(end, ".list") != 0 &&
		    strcmp(end, ".data") != 0) ||
		    is_named(&in->state, version))
			continue;
		snprintf(path, sizeof(path), "%s/%s", in->dir, entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
}

/* The wider the audience, the earlier: of two equally new rows the one that
 * was meant for fewer counts. */
static int
width(const char *audience)
{
	static const char *const kinds[] = { "all", "province", "unit",
		"station" };
	int i = 0;

	while (i < 3 && strncmp(kinds[i], audience, strlen(kinds[i])) != 0)
		i++;
	return i;
}

static struct shelf_stream *
make_stream(struct shelf_state *state, const struct manifest *m)
{
	struct shelf_stream *stream = shelf_stream_find(state, m->list,
	    m->audience);
	size_t at = 0;

	if (stream != NULL)
		return stream;
	while (at < state->nstreams &&
	    width(state->streams[at].audience) <= width(m->audience))
		at++;
	stream = &state->streams[at];
	memmove(stream + 1, stream, (state->nstreams++ - at) * sizeof(*stream));
	*stream = (struct shelf_stream){ .count = 0 };
	strcpy(stream->list, m->list);
	strcpy(stream->audience, m->audience);
	return stream;
}

static void
raise_floors(struct shelf_state *state, const struct manifest *m)
{
	for (size_t i = 0; i < m->nfloors; i++) {
		size_t j = 0;

		while (j < state->nfloors && strcmp(state->floors[j].word,
		    m->floors[i].word) != 0)
			j++;
		assert(j < MANIFEST_MARKS_MAX); /* see admit_judge() */
		if (j == state->nfloors)
			state->floors[state->nfloors++] = m->floors[i];
		else if (state->floors[j].version < m->floors[i].version)
			state->floors[j].version = m->floors[i].version;
	}
}

static int
rename_incoming(struct register_intake *in, const char *tail, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/incoming%s", in->dir, tail);
	snprintf(to, sizeof(to), "%s/%" PRId64 "%s", in->dir,
	    in->manifest.version, tail);
	return rename(from, to) == 0 ? 0 : err_set(err, ERR_RETRY, "%s: %s",
	    to, strerror(errno));
}

static int
put_in_force(struct register_intake *in, struct err *err)
{
	struct shelf_state old = in->state;
	const struct manifest *m = &in->manifest;
	struct shelf_stream *stream = make_stream(&in->state, m);
	int keep = admit_kept(stream, m);

	stream->count = (size_t)(keep > 0 ? keep : 0);
	stream->chain[stream->count++] = m->version;
	raise_floors(&in->state, m);
	if (m->version > in->state.high)
		in->state.high = m->version;
	if (in->first_no > 0)
		in->state.since = in->first_no + (int64_t)m->nchunks;
	if (fsync(in->fd) < 0 || rename_incoming(in, ".data", err) < 0 ||
	    rename_incoming(in, ".list", err) < 0 ||
	    shelf_state_save(in->dir, &in->state, err) < 0) {
		in->state = old;
		intake_drop(in);
		return err_within(err, "%s", m->list);
	}
	intake_drop(in);
	sweep(in);
	return placing_do(in->state_dir, stream->list, err) < 0 ? -1 : REGISTER_PIECE_DONE;
}

int
enforce_list(struct register_intake *in, struct err *err)
{
	char data[PATH_MAX];

	snprintf(data, sizeof(data), "%s/incoming.data", in->dir);
	if (check_data(in, data, err) < 0) {
		intake_drop(in);
		return -1;
	}
	return put_in_force(in, err);
}
