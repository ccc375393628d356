/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows - the rows of the lists in register.db, and the texts they share.
 *
 * Imported rows wait in a temporary table and come back sorted by hash, so
 * that the tree is written from left to right and its pages are full.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static const struct {
	enum store_statement first;
	const char *text;
} list_statements[] = {
	{ ROWS_GET, "SELECT v FROM %s WHERE k = ?1" },
	{ ROWS_PUT, "INSERT OR REPLACE INTO %s(k, v) VALUES (?1, ?2)" },
	{ ROWS_CLEAR, "DELETE FROM %s" },
	{ ROWS_COUNT, "SELECT count(*) FROM %s" },
	{ ROWS_EACH, "SELECT v FROM %s" },
};

static const struct {
	enum store_statement which;
	const char *text;
} statements[] = {
	{ WORDS_FIND, "SELECT id FROM words WHERE list = ?1 AND word = ?2" },
	{ WORDS_ADD, "INSERT INTO words(list, id, word) SELECT ?1, 1 + coalesce(max(id), 0), ?2 FROM words WHERE list = ?1 RETURNING id" },
	{ WORDS_GET, "SELECT word FROM words WHERE list = ?1 AND id = ?2" },
	{ WORDS_CLEAR, "DELETE FROM words WHERE list = ?1" },
	{ STAGE_PUT, "INSERT INTO temp.staged(list, k, weight, file, line, v) VALUES (?1, ?2, ?3, ?4, ?5, ?6)" },
	{ STAGE_EACH, "SELECT k, weight, file, line, v FROM temp.staged WHERE list = ?1 ORDER BY k, weight, file, line" },
};

/* A statement of one list: slot first + list. */
static struct sqlite3_stmt *
keep_list(struct register_store *store, enum store_statement first,
    enum list_number list, struct err *err)
{
	char text[96] = "";

	for (size_t i = 0; i < nitems(list_statements); i++)
		if (list_statements[i].first == first)
			snprintf(text, sizeof(text), list_statements[i].text,
			    lists[list].name);
	return sql_keep(store->sql, (size_t)first + list, text, err);
}

static struct sqlite3_stmt *
keep(struct register_store *store, enum store_statement which, struct err *err)
{
	const char *text = "";

	for (size_t i = 0; i < nitems(statements); i++)
		if (statements[i].which == which)
			text = statements[i].text;
	return sql_keep(store->sql, which, text, err);
}

int
store_get(struct register_store *store, enum list_number list,
    const unsigned char hash[HASH_BYTES], unsigned char out[ROW_PACKED_MAX],
    size_t *len, struct err *err)
{
	struct sqlite3_stmt *get = keep_list(store, ROWS_GET, list, err);
	const void *bytes;
	int found;

	if (get == NULL)
		return -1;
	sql_bind_bytes(get, 1, hash, HASH_BYTES);
	found = sql_step(store->sql, get, err);
	if (found > 0) {
		bytes = sql_bytes(get, 0, len);
		if (*len > ROW_PACKED_MAX)
			found = store_damaged(store, err);
		else
			memcpy(out, bytes, *len);
	}
	sql_reset(get);
	return found;
}

int
store_put(struct register_store *store, enum list_number list,
    const unsigned char hash[HASH_BYTES], const unsigned char *bytes,
    size_t len, struct err *err)
{
	struct sqlite3_stmt *put = keep_list(store, ROWS_PUT, list, err);

	if (put == NULL)
		return -1;
	sql_bind_bytes(put, 1, hash, HASH_BYTES);
	sql_bind_bytes(put, 2, bytes, len);
	return sql_run(store->sql, put, err);
}

int
store_clear(struct register_store *store, enum list_number list,
    struct err *err)
{
	struct sqlite3_stmt *words = keep(store, WORDS_CLEAR, err);

	if (words == NULL)
		return -1;
	sql_bind_number(words, 1, list);
	if (sql_run(store->sql, words, err) < 0)
		return -1;
	return sql_run(store->sql, keep_list(store, ROWS_CLEAR, list, err), err);
}

int64_t
store_count(struct register_store *store, enum list_number list,
    struct err *err)
{
	struct sqlite3_stmt *count = keep_list(store, ROWS_COUNT, list, err);
	int64_t rows = -1;

	if (count == NULL)
		return -1;
	if (sql_step(store->sql, count, err) > 0)
		rows = sql_number(count, 0);
	sql_reset(count);
	return rows;
}

int
store_each(struct register_store *store, enum list_number list,
    int (*fn)(void *arg, const unsigned char *bytes, size_t n), void *arg,
    struct err *err)
{
	struct sqlite3_stmt *each = keep_list(store, ROWS_EACH, list, err);
	int result;

	if (each == NULL)
		return -1;
	while ((result = sql_step(store->sql, each, err)) > 0) {
		size_t n;
		const void *bytes = sql_bytes(each, 0, &n);

		if (fn(arg, bytes, n) < 0) {
			result = store_damaged(store, err);
			break;
		}
	}
	sql_reset(each);
	return result;
}

/* ---- words ------------------------------------------------------------------------------ */

int64_t
store_word_number(struct register_store *store, enum list_number list,
    const char *text, struct err *err)
{
	static const enum store_statement tries[] = { WORDS_FIND, WORDS_ADD };
	int64_t id = -1;

	for (size_t i = 0; i < nitems(tries); i++) {
		struct sqlite3_stmt *statement = keep(store, tries[i], err);
		int found;

		if (statement == NULL)
			return -1;
		sql_bind_number(statement, 1, list);
		sql_bind_text(statement, 2, text);
		found = sql_step(store->sql, statement, err);
		if (found > 0)
			id = sql_number(statement, 0);
		sql_reset(statement);
		if (found != 0)
			break;
	}
	return id;
}

int
store_word_text(struct register_store *store, enum list_number list,
    int64_t id, char *out, size_t capacity, struct err *err)
{
	struct sqlite3_stmt *get = keep(store, WORDS_GET, err);
	int result;

	if (get == NULL)
		return -1;
	sql_bind_number(get, 1, list);
	sql_bind_number(get, 2, id);
	result = sql_step(store->sql, get, err);
	if (result >= 0)
		result = result > 0 && sql_text(get, 0, out, capacity) ? 0 :
		    store_damaged(store, err);
	sql_reset(get);
	return result;
}

/* ---- staging ------------------------------------------------------------------------------ */

int
store_stage_begin(struct register_store *store, struct err *err)
{
	return sql_exec(store->sql, "CREATE TEMP TABLE IF NOT EXISTS staged("
	    "list INTEGER, k BLOB, weight INTEGER, file INTEGER, line INTEGER,"
	    " v BLOB); DELETE FROM temp.staged", err);
}

int
store_stage(struct register_store *store, enum list_number list,
    const struct staged *staged, struct err *err)
{
	struct sqlite3_stmt *put = keep(store, STAGE_PUT, err);

	if (put == NULL)
		return -1;
	sql_bind_number(put, 1, list);
	sql_bind_bytes(put, 2, staged->hash, HASH_BYTES);
	sql_bind_number(put, 3, staged->weight);
	sql_bind_number(put, 4, staged->file);
	sql_bind_number(put, 5, staged->line);
	sql_bind_bytes(put, 6, staged->bytes, staged->len);
	return sql_run(store->sql, put, err);
}

int
store_staged_each(struct register_store *store, enum list_number list,
    staged_fn fn, void *arg, struct err *err)
{
	struct sqlite3_stmt *each = keep(store, STAGE_EACH, err);
	int result;

	if (each == NULL)
		return -1;
	sql_bind_number(each, 1, list);
	while ((result = sql_step(store->sql, each, err)) > 0) {
		struct staged staged = {
			.weight = sql_number(each, 1),
			.file = sql_number(each, 2),
			.line = sql_number(each, 3),
		};
		size_t n;
		const void *hash = sql_bytes(each, 0, &n);

		memcpy(staged.hash, hash, n < HASH_BYTES ? n : HASH_BYTES);
		staged.bytes = sql_bytes(each, 4, &staged.len);
		if (fn(arg, &staged, err) < 0) {
			result = -1;
			break;
		}
	}
	sql_reset(each);
	return result;
}
