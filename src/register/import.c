/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import - CSV files to lists, all or nothing, in one transaction.
 *
 * Every bad line is told before the import is given up: somebody has to mend
 * the file, and one error at a time would take them all night. What is told
 * never repeats what the cell holds.
 */
#include "parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536
#define PROGRESS_EVERY 10000

struct intake { /* what an import in progress knows */
	struct register_store *store;
	const struct register_key *key;
	const struct register_import *what;
	size_t file;          /* that is read now */
	bool has_header, hopeless; /* hopeless: the header is no list's */
	struct header header;
	bool seen[LIST_COUNT];
	unsigned given[LIST_COUNT];
	int64_t rows, bad;
	bool broken;          /* the store failed: err says how */
	struct err *err;
};

static void
complain(struct intake *in, size_t file, int64_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
complain(struct intake *in, size_t file, int64_t line, const char *format, ...)
{
	char words[ERR_TEXT_MAX], text[PATH_MAX + ERR_TEXT_MAX];
	char clean[sizeof(text)];
	va_list ap;

	if (in->bad++ >= REGISTER_REPORTS_MAX)
		return;
	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s:%" PRId64 ": %s",
	    in->what->files[file].path, line, words);
	text_clean(text, strlen(text), clean, sizeof(clean)); /* a path may be anything */
	in->what->report(in->what->arg, clean);
}

/* ---- one record ------------------------------------------------------------------- */

/* The first file of a list settles its columns, and empties what was there. */
static int
open_list(struct intake *in, int64_t line)
{
	enum list_number list = in->header.list;
	const struct store_list *old = store_list(in->store, list);
	bool first = !in->seen[list];

	if (first && !in->what->add &&
	    store_clear(in->store, list, in->err) < 0)
		return -1;
	if (first)
		in->given[list] = in->what->add && old->loaded ? old->given :
		    in->header.given;
	in->seen[list] = true;
	snprintf(in->what->files[in->file].list,
	    sizeof(in->what->files[in->file].list), "%s", lists[list].name);
	if (in->given[list] != in->header.given) {
		complain(in, in->file, line,
		    _("other columns than the list %s has"), lists[list].name);
		in->hopeless = true;
	}
	return 0;
}

/* Texts get their numbers, plates their hashes. */
static int
settle(struct intake *in, enum list_number number, struct row *row)
{
	const struct list *list = &lists[number];
	unsigned char hash[HASH_BYTES];

	for (size_t i = 1; i < list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];

		if (!cell->given)
			continue;
		seal_cell(in->key, &list->columns[i], cell);
		if (list->columns[i].type == COLUMN_TEXT) {
			cell->number = store_word_number(in->store, number,
			    cell->text, in->err);
			if (cell->number < 0)
				return -1;
		} else if (list->columns[i].type == COLUMN_SEEN) {
			hash_key(in->key, cell->text, hash);
			cell->number = hash_seen(hash);
		}
	}
	return 0;
}

static int
take_row(struct intake *in, int64_t line, char **fields)
{
	enum list_number list = in->header.list;
	unsigned char packed[ROW_PACKED_MAX];
	struct staged staged = { .file = (int64_t)in->file, .line = line };
	struct err err = { 0 };
	struct row row;

	if (row_parse(&in->header, fields, in->what->utc_offset_s, &row,
	    &err) < 0) {
		complain(in, in->file, line, "%s", err.text);
		return 0;
	}
	if (in->bad > 0)
		return 0; /* nothing will be kept: only look for more errors */
	if (settle(in, list, &row) < 0)
		return -1;
	hash_key(in->key, row.cells[0].text, staged.hash);
	staged.weight = row_weight(&lists[list], &row);
	staged.len = row_pack(&lists[list], &row, packed);
	staged.bytes = packed;
	return store_stage(in->store, list, &staged, in->err);
}

static int
take_header(struct intake *in, int64_t line, char **fields, size_t nfields)
{
	struct err err = { 0 };

	in->has_header = true;
	if (header_parse(fields, nfields, &in->header, &err) == 0)
		return open_list(in, line);
	complain(in, in->file, line, "%s", err.text);
	in->hopeless = true;
	return 0;
}

static void
on_record(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem)
{
	struct intake *in = arg;
	struct register_file *file = &in->what->files[in->file];

	if (in->broken || in->hopeless)
		return;
	if (problem != NULL) {
		complain(in, in->file, line, "%s", _(problem));
		in->hopeless = !in->has_header;
		return;
	}
	if (!in->has_header) {
		in->broken = take_header(in, line, fields, nfields) < 0;
		return;
	}
	if (nfields != in->header.nfields) {
		complain(in, in->file, line, _("%zu fields; the header has %zu"),
		    nfields, in->header.nfields);
		return;
	}
	in->broken = take_row(in, line, fields) < 0;
	file->rows++;
	if (++in->rows % PROGRESS_EVERY == 0 && in->what->progress != NULL)
		in->what->progress(in->what->arg, in->rows);
}

/* ---- one file ------------------------------------------------------------------------ */

static int
open_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_INPUT, _("%s: not a file"), path);
	}
	return fd;
}

static int
read_file(struct intake *in, size_t file)
{
	const char *path = in->what->files[file].path;
	char chunk[CHUNK];
	struct csv csv;
	ssize_t n = 0;
	int fd = open_file(path, in->err);

	if (fd < 0)
		return -1;
	in->file = file;
	in->has_header = in->hopeless = false;
	in->what->files[file].rows = 0;
	in->what->files[file].list[0] = '\0';
	csv_init(&csv, on_record, in);
	while (!in->broken && !in->hopeless) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		csv_push(&csv, chunk, (size_t)n);
	}
	if (!in->broken && !in->hopeless && n < 0)
		in->broken = err_set(in->err, ERR_RETRY, "%s: %s", path,
		    strerror(errno)) < 0;
	close(fd);
	if (!in->broken && !in->hopeless)
		csv_end(&csv);
	if (!in->broken && !in->has_header)
		complain(in, file, 1, _("the file is empty"));
	return in->broken ? -1 : 0;
}

/* ---- one list, sorted -------------------------------------------------------------------- */

struct merge {
	struct intake *in;
	enum list_number list;
	bool pending;
	struct staged last;
	unsigned char bytes[ROW_PACKED_MAX];
};

/* Is what the list holds already newer than the staged row? */
static int
older(struct merge *m)
{
	unsigned char bytes[ROW_PACKED_MAX];
	struct row row;
	size_t len;
	int found;

	if (!m->in->what->add)
		return 0;
	found = store_get(m->in->store, m->list, m->last.hash, bytes, &len,
	    m->in->err);
	if (found <= 0)
		return found;
	if (row_unpack(&lists[m->list], bytes, len, &row) < 0)
		return store_damaged(m->in->store, m->in->err);
	return row_weight(&lists[m->list], &row) > m->last.weight;
}

static int
flush(struct merge *m)
{
	int skip;

	if (!m->pending)
		return 0;
	m->pending = false;
	skip = older(m);
	if (skip != 0)
		return skip < 0 ? -1 : 0;
	return store_put(m->in->store, m->list, m->last.hash, m->bytes,
	    m->last.len, m->in->err);
}

static bool
has_newest(const struct list *list)
{
	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].flags & COLUMN_NEWEST)
			return true;
	return false;
}

/* Rows of one key come together, the newest last. */
static int
on_staged(void *arg, const struct staged *staged, struct err *err)
{
	struct merge *m = arg;
	bool same = m->pending &&
	    memcmp(m->last.hash, staged->hash, HASH_BYTES) == 0;

	(void)err;
	if (same && !has_newest(&lists[m->list]))
		complain(m->in, (size_t)staged->file, staged->line,
		    _("the same %s as in %s:%" PRId64),
		    lists[m->list].columns[0].name,
		    m->in->what->files[m->last.file].path, m->last.line);
	if (!same && flush(m) < 0)
		return -1;
	m->pending = true;
	m->last = *staged;
	assert(staged->len <= sizeof(m->bytes));
	memcpy(m->bytes, staged->bytes, staged->len);
	return 0;
}

static int
describe(struct intake *in, enum list_number list)
{
	struct store_list set = *store_list(in->store, list);
	bool keep = in->what->add && set.loaded;

	set.entries = store_count(in->store, list, in->err);
	if (set.entries < 0)
		return -1;
	set.imported_at = in->what->now;
	set.given = in->given[list];
	if (!keep)
		set.made_at = 0;
	for (size_t i = 0; i < in->what->nfiles; i++) {
		const struct register_file *file = &in->what->files[i];
		const char *slash = strrchr(file->path, '/');

		if (strcmp(file->list, lists[list].name) != 0)
			continue;
		if (set.made_at == 0 || file->made_at < set.made_at)
			set.made_at = file->made_at;
		if (keep && file->source == NULL)
			continue;
		text_clean(file->source != NULL ? file->source :
		    slash != NULL ? slash + 1 : file->path,
		    strlen(file->source != NULL ? file->source :
		    slash != NULL ? slash + 1 : file->path), set.source,
		    sizeof(set.source));
	}
	return store_list_set(in->store, list, &set, in->err);
}

static int
write_list(struct intake *in, enum list_number list)
{
	struct merge merge = { .in = in, .list = list };

	if (store_staged_each(in->store, list, on_staged, &merge, in->err) < 0 ||
	    flush(&merge) < 0)
		return -1;
	return describe(in, list);
}

/* ---- all of it -------------------------------------------------------------------------------- */

static int
bind_key(struct intake *in)
{
	unsigned char check[HASH_BYTES];

	hash_check(in->key, check);
	switch (store_key_fits(in->store, check, in->err)) {
	case STORE_KEY_FITS:
		return 0;
	case STORE_KEY_NONE:
		return store_key_set(in->store, check, in->err);
	case STORE_KEY_OTHER:
		return err_set(in->err, ERR_SETUP,
		    _("the register was made with another key; bring that key "
		    "back, or move register.db away and import all lists anew"));
	}
	return -1;
}

static int
take_all(struct intake *in)
{
	if (bind_key(in) < 0)
		return -1;
	for (size_t i = 0; i < in->what->nfiles; i++)
		if (read_file(in, i) < 0)
			return -1;
	for (int list = 0; in->bad == 0 && list < LIST_COUNT; list++)
		if (in->seen[list] && write_list(in, (enum list_number)list) < 0)
			return -1;
	return 0;
}

static int
refuse(struct intake *in)
{
	char text[120];

	if (in->bad > REGISTER_REPORTS_MAX) {
		snprintf(text, sizeof(text), _("and %" PRId64 " more"),
		    in->bad - REGISTER_REPORTS_MAX);
		in->what->report(in->what->arg, text);
	}
	return err_set(in->err, ERR_INPUT,
	    _("%" PRId64 " bad lines: nothing was imported"), in->bad);
}

int64_t
register_import_files(struct register_store *store,
    const struct register_key *key, const struct register_import *import,
    struct err *err)
{
	struct err local = { 0 };
	struct intake in = { .store = store, .key = key, .what = import,
	    .err = err != NULL ? err : &local };
	int result;

	if (store_stage_begin(store, in.err) < 0 ||
	    store_write_begin(store, in.err) < 0)
		return -1;
	result = take_all(&in);
	if (result == 0 && in.bad > 0)
		result = refuse(&in);
	if (result == 0)
		result = store_write_commit(store, in.err);
	else
		store_write_abandon(store);
	store_stage_begin(store, NULL); /* empty it again */
	return result < 0 ? -1 : in.rows;
}

int64_t
register_import(struct register_store *store, const struct register_key *key,
    const char *csv_path, int64_t now, int utc_offset_s,
    void (*report)(void *arg, const char *line),
    void (*progress)(void *arg, int64_t rows), void *arg, struct err *err)
{
	struct register_file file = { .path = csv_path, .made_at = now };
	struct register_import import = {
		.files = &file, .nfiles = 1, .utc_offset_s = utc_offset_s,
		.now = now, .report = report, .progress = progress, .arg = arg,
	};

	return register_import_files(store, key, &import, err);
}
