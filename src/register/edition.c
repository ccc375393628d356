/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edition - CSV files to what is published of a list, at the hub: all of it,
 * or what is new since the version that posts have.
 *
 * All rows are held in memory, about 50 bytes each. Which way is taken is
 * found out by comparing; texts keep their numbers as long as versions are
 * added to, so that equal rows are equal bytes.
 */
#include "edition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* More than a quarter new: then all of it is not much more to fetch. */
#define QUARTER 4
#define CHAIN_FULL (SHELF_CHAIN_MAX - 1)

struct edition {
	struct register_edition *what;
	const struct register_key *key;
	struct words words;
	size_t count, capacity;
	struct entry *entries;
	struct text_pool pool;  /* packed rows */
	size_t file;
	bool has_header, hopeless;
	struct header header;
	const struct list *list;
	int64_t bad;
};

/* ---- CSV in ------------------------------------------------------------------------------ */

static void
complain(struct edition *e, size_t file, int64_t line, const char *words)
{
	char raw[ERR_TEXT_MAX + 600], clean[sizeof(raw)];

	if (e->bad++ >= REGISTER_REPORTS_MAX)
		return;
	snprintf(raw, sizeof(raw), "%s:%" PRId64 ": %s",
	    e->what->files[file].path, line, words);
	text_clean(raw, strlen(raw), clean, sizeof(clean));
	e->what->report(e->what->arg, clean);
}

/* Texts get their numbers, plates their hashes. */
static void
settle(struct edition *e, struct row *row)
{
	unsigned char hash[HASH_BYTES];

	for (size_t i = 1; i < e->list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];

		if (!cell->given)
			continue;
		seal_cell(e->key, &e->list->columns[i], cell);
		if (e->list->columns[i].type == COLUMN_TEXT) {
			cell->number = words_number(&e->words, cell->text);
		} else if (e->list->columns[i].type == COLUMN_SEEN) {
			hash_key(e->key, cell->text, hash);
			cell->number = hash_seen(hash);
		}
	}
}

static void
add_entry(struct edition *e, int64_t line, const struct row *row)
{
	unsigned char packed[ROW_PACKED_MAX];
	struct entry *entry;

	if (e->count == e->capacity) {
		e->capacity = e->capacity > 0 ? e->capacity * 2 : 4096;
		e->entries = realloc(e->entries,
		    e->capacity * sizeof(*e->entries));
		if (e->entries == NULL)
			mem_none();
	}
	entry = &e->entries[e->count++];
	hash_key(e->key, row->cells[0].text, entry->hash);
	entry->weight = row_weight(e->list, row);
	entry->line = (uint32_t)line;
	entry->file = (uint16_t)e->file;
	entry->len = (uint16_t)row_pack(e->list, row, packed);
	entry->at = pool_add(&e->pool, packed, entry->len);
}

static int
take_header(struct edition *e, int64_t line, char **fields, size_t n)
{
	struct err err = { 0 };
	struct header header;

	if (header_parse(fields, n, &header, &err) < 0) {
		complain(e, e->file, line, err.text);
		return -1;
	}
	if (e->list != NULL && (e->list != &lists[header.list] ||
	    e->header.given != header.given)) {
		complain(e, e->file, line,
		    _("another list, or other columns, than the file before"));
		return -1;
	}
	e->header = header;
	e->list = &lists[header.list];
	e->has_header = true;
	return 0;
}

static void
on_record(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem)
{
	struct edition *e = arg;
	struct err err = { 0 };
	struct row row;

	if (e->hopeless)
		return;
	if (problem != NULL) {
		complain(e, e->file, line, _(problem));
	} else if (!e->has_header) {
		e->hopeless = take_header(e, line, fields, nfields) < 0;
	} else if (nfields != e->header.nfields) {
		complain(e, e->file, line, _("another number of fields than "
		    "the first line has"));
	} else if (row_parse(&e->header, fields, e->what->utc_offset_s, &row,
	    &err) < 0) {
		complain(e, e->file, line, err.text);
	} else {
		settle(e, &row);
		add_entry(e, line, &row);
		if (e->count % 100000 == 0 && e->what->progress != NULL)
			e->what->progress(e->what->arg, (int64_t)e->count);
	}
}

static int
read_file(struct edition *e, size_t file, struct err *err)
{
	const char *path = e->what->files[file].path;
	FILE *in = fopen(path, "re");
	static char chunk[65536];
	struct csv *csv = malloc(sizeof(*csv));
	size_t n;
	int ret = 0;

	if (csv == NULL)
		mem_none();
	if (in == NULL) {
		free(csv);
		return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	}
	e->file = file;
	e->has_header = e->hopeless = false;
	csv_init(csv, on_record, e);
	while (!e->hopeless && (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		csv_push(csv, chunk, n);
	if (ferror(in))
		ret = err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
	else if (!e->hopeless)
		csv_end(csv);
	if (ret == 0 && !e->hopeless && !e->has_header)
		complain(e, file, 1, _("the file is empty"));
	fclose(in);
	free(csv);
	return ret;
}

/* ---- sorted, each key once ------------------------------------------------------------------ */

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, HASH_BYTES);

	if (order != 0)
		return order;
	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static bool
has_newest(const struct list *list)
{
	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].flags & COLUMN_NEWEST)
			return true;
	return false;
}

/* The last of one key stays: it is the newest. */
static void
sort(struct edition *e)
{
	size_t to = 0;

	if (e->count == 0)
		return;
	qsort(e->entries, e->count, sizeof(*e->entries), compare);
	for (size_t i = 0; i < e->count; i++) {
		bool again = i + 1 < e->count && memcmp(e->entries[i].hash,
		    e->entries[i + 1].hash, HASH_BYTES) == 0;

		if (again && !has_newest(e->list))
			complain(e, e->entries[i + 1].file,
			    e->entries[i + 1].line,
			    _("the same key as in a line before"));
		if (!again)
			e->entries[to++] = e->entries[i];
	}
	e->count = to;
}

static int
read_all(struct edition *e, struct err *err)
{
	e->count = 0;
	e->pool.len = 0;
	e->bad = 0;
	e->list = NULL;
	for (size_t i = 0; i < e->what->nfiles; i++)
		if (read_file(e, i, err) < 0)
			return -1;
	if (e->bad == 0)
		sort(e);
	return e->bad == 0 ? 0 : err_set(err, ERR_INPUT, _("%" PRId64
	    " bad lines: nothing was published"), e->bad);
}

/* ---- what is new ------------------------------------------------------------------------------ */

static void
emit(struct rowmake *make, const struct edition *e, const struct entry *entry)
{
	rowmake_row(make, &(struct rowfile_row){ .hash = entry->hash,
	    .bytes = e->pool.bytes + entry->at, .len = entry->len });
}

/* make NULL: only count what differs from the versions below. */
static int64_t
differ(struct edition *e, struct chain *below, struct rowmake *make,
    struct err *err)
{
	struct rowfile_row old;
	int64_t changes = 0;
	size_t i = 0;
	int rc = chain_begin(below, &old, err);

	while (rc > 0 || (rc == 0 && i < e->count)) {
		const struct entry *entry = &e->entries[i];
		int order = rc == 0 ? 1 : i == e->count ? -1 :
		    memcmp(old.hash, entry->hash, HASH_BYTES);
		bool same = order == 0 && old.len == entry->len &&
		    memcmp(old.bytes, e->pool.bytes + entry->at, old.len) == 0;

		changes += !same;
		if (make != NULL && order < 0)
			rowmake_row(make, &(struct rowfile_row){
			    .hash = old.hash, .bytes = old.bytes,
			    .gone = true });
		else if (make != NULL && !same)
			emit(make, e, entry);
		i += order >= 0;
		if (order <= 0)
			rc = chain_next(below, &old, err);
	}
	return rc < 0 ? -1 : changes;
}

/* Read the files with the texts of so many versions below; -1, or how many
 * rows differ from them. */
static int64_t
prepare(struct edition *e, size_t below, struct err *err)
{
	struct chain chain;
	int64_t changes = -1;

	words_clear(&e->words);
	if (chain_open(&chain, e->what->chain, below, err) == 0 &&
	    chain_words(&chain, &e->words, err) == 0 && read_all(e, err) == 0)
		changes = differ(e, &chain, NULL, err);
	chain_close(&chain);
	return changes;
}

static int
write_rows(struct edition *e, size_t below, FILE *out, struct err *err)
{
	struct rowmake make;
	struct chain chain;
	uint32_t first = 1;
	int ret = -1;

	if (chain_open(&chain, e->what->chain, below, err) == 0) {
		first = chain_next_word(&chain);
		rowmake_begin(&make, out, first);
		if (differ(e, &chain, &make, err) >= 0) {
			rowmake_words(&make);
			for (size_t i = first; i <= e->words.count; i++)
				rowmake_word(&make, words_text(&e->words, i));
			ret = rowmake_end(&make, err);
			e->what->rows = make.counts.rows;
		}
	}
	chain_close(&chain);
	return ret;
}

/* How many versions stay below: all, the whole one, or none. */
static int
choose(struct edition *e, size_t *below, struct err *err)
{
	int64_t changes;

	*below = e->what->whole ? 0 : e->what->nchain < CHAIN_FULL ?
	    e->what->nchain : 1;
	changes = prepare(e, *below, err);
	if (changes < 0)
		return -1;
	if (*below == 0 || (changes <= (int64_t)e->count / QUARTER &&
	    e->header.given == e->what->given &&
	    strcmp(e->list->name, e->what->list) == 0))
		return 0;
	*below = 0;
	return prepare(e, 0, err) < 0 ? -1 : 0;
}

int
register_edition_make(const struct register_key *key,
    struct register_edition *what, FILE *out, struct err *err)
{
	unsigned char check[HASH_BYTES];
	struct edition e = { .what = what, .key = key };
	size_t below = 0;
	int ret = choose(&e, &below, err);

	if (ret == 0)
		ret = write_rows(&e, below, out, err);
	if (ret == 0) {
		what->below = below;
		what->entries = (int64_t)e.count;
		what->given = e.header.given;
		snprintf(what->list, sizeof(what->list), "%s", e.list->name);
		hash_check(key, check);
		hash_hex(check, sizeof(check), what->check);
	}
	words_clear(&e.words);
	free(e.entries);
	free(e.pool.bytes);
	return ret;
}

/* ---- which list is it? ------------------------------------------------------------------------ */

struct glance {
	bool done, found;
	struct header header;
};

static void
on_first(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem)
{
	struct glance *glance = arg;

	(void)line;
	if (!glance->done && problem == NULL)
		glance->found = header_parse(fields, nfields, &glance->header,
		    NULL) == 0;
	glance->done = true;
}

int
register_edition_list(const char *path, char list[24], struct err *err)
{
	FILE *in = fopen(path, "re");
	struct glance glance = { .done = false };
	struct csv *csv = malloc(sizeof(*csv));
	char chunk[4096];
	size_t n;

	if (csv == NULL)
		mem_none();
	csv_init(csv, on_first, &glance);
	while (in != NULL && !glance.done &&
	    (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		csv_push(csv, chunk, n);
	csv_end(csv);
	free(csv);
	if (in == NULL)
		return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	fclose(in);
	if (!glance.found)
		return err_set(err, ERR_INPUT,
		    _("%s: its first line is no list's"), path);
	snprintf(list, 24, "%s", lists[glance.header.list].name);
	return 0;
}
