/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shelf - the published lists of a post, STATE/lists: which versions are in
 * force, and what is found in them.
 *
 * `current` names all files that count; whoever changes anything writes new
 * files and then that one anew, so that a power cut leaves the old lists or
 * the new ones and a reader never waits. Nothing is written here.
 */
#include "published.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char magic[] = "chot-lists-1\n";

/* ---- the file `current` ---------------------------------------------------------------- */

static bool
take_stream(struct shelf_state *state, char *words)
{
	struct shelf_stream *stream = &state->streams[state->nstreams];
	int at = 0;

	if (state->nstreams == SHELF_STREAMS_MAX ||
	    sscanf(words, "%23s %111s%n", stream->list, stream->audience,
	    &at) != 2)
		return false;
	stream->count = 0;
	for (words += at; *words == ' '; words += at) {
		if (stream->count == SHELF_CHAIN_MAX || sscanf(words,
		    " %18" SCNd64 "%n", &stream->chain[stream->count],
		    &at) != 1)
			return false;
		stream->count++;
	}
	state->nstreams++;
	return *words == '\0' && stream->count > 0;
}

static bool
take_line(struct shelf_state *state, char *line)
{
	struct manifest_mark *floor = &state->floors[state->nfloors];

	if (sscanf(line, "since %18" SCNd64, &state->since) == 1 ||
	    sscanf(line, "high %18" SCNd64, &state->high) == 1)
		return true;
	if (strncmp(line, "stream ", 7) == 0)
		return take_stream(state, line + 7);
	if (state->nfloors == MANIFEST_MARKS_MAX || sscanf(line,
	    "floor %23s %18" SCNd64, floor->word, &floor->version) != 2)
		return false;
	state->nfloors++;
	return true;
}

int
shelf_state_load(const char *dir, struct shelf_state *state, struct err *err)
{
	char path[PATH_MAX], *text, *line, *save = NULL;
	bool good = true;
	size_t len;

	*state = (struct shelf_state){ .since = 0 };
	snprintf(path, sizeof(path), "%s/current", dir);
	text = file_read(path, 65536, &len, err);
	if (text == NULL)
		return -1;
	good = strncmp(text, magic, sizeof(magic) - 1) == 0;
	line = strtok_r(text + (good ? sizeof(magic) - 1 : len), "\n", &save);
	for (; good && line != NULL; line = strtok_r(NULL, "\n", &save))
		good = take_line(state, line);
	free(text);
	return good ? 0 : err_set(err, ERR_SETUP,
	    _("%s is damaged: remove it, and the next sync brings all lists"),
	    path);
}

int
shelf_state_save(const char *dir, const struct shelf_state *state,
    struct err *err)
{
	char path[PATH_MAX], *text = NULL;
	size_t len;
	FILE *out = mem_stream(&text, &len);
	int ret;

	fprintf(out, "%ssince %" PRId64 "\nhigh %" PRId64 "\n", magic,
	    state->since, state->high);
	for (size_t i = 0; i < state->nfloors; i++)
		fprintf(out, "floor %s %" PRId64 "\n", state->floors[i].word,
		    state->floors[i].version);
	for (size_t i = 0; i < state->nstreams; i++) {
		const struct shelf_stream *stream = &state->streams[i];

		fprintf(out, "stream %s %s", stream->list, stream->audience);
		for (size_t j = 0; j < stream->count; j++)
			fprintf(out, " %" PRId64, stream->chain[j]);
		fputc('\n', out);
	}
	fclose(out);
	snprintf(path, sizeof(path), "%s/current", dir);
	ret = file_write(path, text, len, 0600, true, err);
	free(text);
	return ret;
}

struct shelf_stream *
shelf_stream_find(struct shelf_state *state, const char *list,
    const char *audience)
{
	for (size_t i = 0; i < state->nstreams; i++)
		if (strcmp(state->streams[i].list, list) == 0 &&
		    strcmp(state->streams[i].audience, audience) == 0)
			return &state->streams[i];
	return NULL;
}

int
shelf_manifest(const char *dir, int64_t version, struct manifest *m,
    struct err *err)
{
	char path[PATH_MAX], *text;
	size_t len;
	int ret;

	snprintf(path, sizeof(path), "%s/%" PRId64 ".list", dir, version);
	text = file_read(path, REGISTER_MANIFEST_MAX, &len, err);
	if (text == NULL)
		return -1;
	ret = manifest_parse(text, len, m, err);
	free(text);
	return ret < 0 ? err_within(err, "%s", path) : 0;
}

/* ---- open for looking -------------------------------------------------------------------- */

struct shelf {
	char dir[PATH_MAX - 64];
	struct stat seen; /* of `current` */
	size_t count;
	struct shelf_list lists[SHELF_STREAMS_MAX];
};

static void
close_lists(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->count; i++)
		for (size_t j = 0; j < shelf->lists[i].count; j++)
			rowfile_close(shelf->lists[i].files[j]);
	shelf->count = 0;
}

static int
open_stream(struct shelf *shelf, const struct shelf_stream *stream,
    struct err *err)
{
	struct shelf_list *list = &shelf->lists[shelf->count];
	char path[PATH_MAX];

	memset(list, 0, sizeof(*list));
	list->list = manifest_list(stream->list);
	if (list->list == NULL && !register_is_archive(stream->list))
		return 0; /* a later version's */
	if (shelf_manifest(shelf->dir, stream->chain[stream->count - 1],
	    &list->manifest, err) < 0)
		return -1;
	manifest_free(&list->manifest); /* its pieces are in place */
	shelf->count++;
	for (size_t i = 0; list->list != NULL && i < stream->count; i++) {
		snprintf(path, sizeof(path), "%s/%" PRId64 ".data", shelf->dir,
		    stream->chain[i]);
		list->files[i] = rowfile_open(path, err);
		if (list->files[i] == NULL)
			return -1;
		list->count++;
	}
	return 0;
}

static int
open_lists(struct shelf *shelf, struct err *err)
{
	struct shelf_state *state = malloc(sizeof(*state));
	int ret;

	if (state == NULL)
		mem_none();
	ret = shelf_state_load(shelf->dir, state, err);
	for (size_t i = 0; ret == 0 && i < state->nstreams; i++)
		ret = open_stream(shelf, &state->streams[i], err);
	free(state);
	if (ret < 0)
		close_lists(shelf);
	return ret;
}

struct shelf *
shelf_new(const char *dir)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));

	if (shelf == NULL)
		mem_none();
	snprintf(shelf->dir, sizeof(shelf->dir), "%s", dir);
	return shelf;
}

void
shelf_free(struct shelf *shelf)
{
	if (shelf == NULL)
		return;
	close_lists(shelf);
	free(shelf);
}

int
shelf_refresh(struct shelf *shelf, struct err *err)
{
	char path[PATH_MAX];
	struct stat now;

	snprintf(path, sizeof(path), "%s/current", shelf->dir);
	if (stat(path, &now) < 0) {
		close_lists(shelf);
		memset(&shelf->seen, 0, sizeof(shelf->seen));
		return 0;
	}
	if (now.st_ino == shelf->seen.st_ino &&
	    now.st_dev == shelf->seen.st_dev &&
	    now.st_mtim.tv_sec == shelf->seen.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == shelf->seen.st_mtim.tv_nsec)
		return 0;
	close_lists(shelf);
	/* Two tries: files go when a later `current` no longer names them. */
	if (open_lists(shelf, err) < 0 && open_lists(shelf, err) < 0)
		return -1;
	shelf->seen = now;
	return 0;
}

const char *
shelf_dir(const struct shelf *shelf)
{
	return shelf->dir;
}

size_t
shelf_count(const struct shelf *shelf)
{
	return shelf->count;
}

struct shelf_list *
shelf_at(struct shelf *shelf, size_t i)
{
	return &shelf->lists[i];
}

/* ---- looking -------------------------------------------------------------------------------- */

int
shelf_find(struct shelf_list *list, const unsigned char hash[HASH_BYTES],
    struct row *row, struct err *err)
{
	struct rowfile_row found;
	int rc = 0;

	for (size_t i = list->count; rc == 0 && i > 0; i--)
		rc = rowfile_find(list->files[i - 1], hash, &found, err);
	if (rc <= 0 || found.gone)
		return rc < 0 ? -1 : 0;
	if (row == NULL)
		return 1;
	if (row_unpack(list->list, found.bytes, found.len, row) < 0)
		return err_set(err, ERR_SETUP,
		    _("a published list is damaged"));
	for (size_t i = 1; i < list->list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];
		bool there = list->list->columns[i].type != COLUMN_TEXT ||
		    !cell->given;

		for (size_t j = 0; !there && j < list->count; j++)
			there = rowfile_word(list->files[j], cell->number,
			    cell->text, list->list->columns[i].flags &
			    COLUMN_SEALED ? sizeof(cell->text) :
			    list->list->columns[i].size);
		if (!there)
			return err_set(err, ERR_SETUP,
			    _("a published list is damaged"));
	}
	return 1;
}
