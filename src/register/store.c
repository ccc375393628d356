/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - register.db: its schema, its transactions, what is known of lists.
 *
 * One table a list, without rowids: 12 bytes of hash and a few packed bytes
 * are the whole row, kept once, in the tree that finds it (rows.c). WAL, so
 * that the look-up child reads while an import writes. A file of a later
 * version is refused untouched.
 */
#include "published.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define APPLICATION_ID 0x63687267 /* "chrg" */

/* steps[n] brings a file of version n to n + 1; a new file is of version 0. */
static const char *const steps[] = {
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE lists(name TEXT PRIMARY KEY, entries INTEGER NOT NULL,"
	" made_at INTEGER NOT NULL, imported_at INTEGER NOT NULL,"
	" given INTEGER NOT NULL, source TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE words(list INTEGER, id INTEGER, word TEXT NOT NULL,"
	" PRIMARY KEY(list, id)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX words_by_word ON words(list, word);"
	"CREATE TABLE declarations(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE statuses(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE permits(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE vehicles(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE persons(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE tests(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;",
	/* Declared places stood in clear. Without the key they cannot be
	 * sealed: the list goes, and has to be imported again. */
	"PRAGMA secure_delete = ON;"
	"DELETE FROM words WHERE list = 0; DELETE FROM declarations;"
	"DELETE FROM lists WHERE name = 'declarations';",
};

#define SCHEMA_VERSION ((int)nitems(steps))

static const char *const statements[STORE_ROWS] = {
	[STORE_BEGIN] = "BEGIN",
	[STORE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_VERSION] = "PRAGMA user_version",
	[STORE_DATA_VERSION] = "PRAGMA data_version",
	[STORE_INTEGRITY] = "PRAGMA integrity_check(1)",
	[STORE_LISTS] = "SELECT name, entries, made_at, imported_at, given, source FROM lists",
	[STORE_LIST_SET] = "INSERT OR REPLACE INTO lists(name, entries, made_at, imported_at, given, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STORE_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[STORE_META_SET] = "INSERT OR REPLACE INTO meta(name, value) VALUES (?1, ?2)",
};

static const char key_check[] = "key_check"; /* its name in meta */

static struct sqlite3_stmt *
keep(struct register_store *store, enum store_statement which, struct err *err)
{
	return sql_keep(store->sql, which, statements[which], err);
}

static int
run(struct register_store *store, enum store_statement which, struct err *err)
{
	return sql_run(store->sql, keep(store, which, err), err);
}

/* ---- opening --------------------------------------------------------------------------- */

/* The one number that a pragma gives. */
static int
pragma(struct register_store *store, enum store_statement which, int64_t *value,
    struct err *err)
{
	struct sqlite3_stmt *statement = keep(store, which, err);

	if (statement == NULL)
		return -1;
	if (sql_step(store->sql, statement, err) < 0) {
		sql_reset(statement);
		return -1;
	}
	*value = sql_number(statement, 0);
	sql_reset(statement);
	return 0;
}

static int
version(struct register_store *store, int64_t *found, struct err *err)
{
	if (pragma(store, STORE_VERSION, found, err) < 0)
		return -1;
	return *found <= SCHEMA_VERSION ? 0 :
	    store_file_too_new(sql_path(store->sql), *found, err);
}

/* Every step in one transaction: half a migration does not exist. */
static int
migrate(struct register_store *store, struct err *err)
{
	char marks[96];
	int64_t found;

	if (run(store, STORE_BEGIN_WRITE, err) < 0)
		return -1;
	if (version(store, &found, err) < 0)
		goto abandon;
	for (; found < SCHEMA_VERSION; found++)
		if (sql_exec(store->sql, steps[found], err) < 0)
			goto abandon;
	snprintf(marks, sizeof(marks),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    APPLICATION_ID, SCHEMA_VERSION);
	if (sql_exec(store->sql, marks, err) < 0)
		goto abandon;
	return store_write_commit(store, err);

abandon:
	store_write_abandon(store);
	return -1;
}

static int
set_up(struct register_store *store, bool create, struct err *err)
{
	int64_t found;

	if (version(store, &found, err) < 0)
		return -1;
	if (!create)
		return found == SCHEMA_VERSION ? 0 : err_set(err, ERR_ABSENT,
		    _("%s: empty or of an earlier version: import a list"),
		    sql_path(store->sql));
	if (sql_exec(store->sql, "PRAGMA journal_mode = WAL;"
	    "PRAGMA journal_size_limit = 0; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;"
	    "PRAGMA cache_size = -16000", err) < 0)
		return -1;
	return found == SCHEMA_VERSION ? 0 : migrate(store, err);
}

/* Published lists lie beside the file, in lists/. */
static struct shelf *
shelf_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s%slists",
	    slash != NULL ? (int)(slash - path) : 0, path,
	    slash != NULL ? "/" : "");
	return shelf_new(dir);
}

/* 1: there is a file; 0: there is none, but published lists; -1. */
static int
find_file(struct register_store *store, const char *path, struct err *err)
{
	if (store_file_check(path, store->write, APPLICATION_ID,
	    SCHEMA_VERSION, err) == 0)
		return 1;
	if (store->write || (err != NULL && err->kind != ERR_ABSENT) ||
	    shelf_refresh(store->shelf, err) < 0)
		return -1;
	return shelf_count(store->shelf) > 0 ? 0 : -1;
}

struct register_store *
register_open(const char *path, bool create, struct err *err)
{
	struct register_store *store = calloc(1, sizeof(*store));
	struct err local = { 0 };
	int there;

	if (store == NULL)
		mem_none();
	if (err == NULL)
		err = &local;
	store->write = create;
	store->data_version = -1;
	store->shelf = shelf_beside(path);
	there = find_file(store, path, err);
	if (there == 0)
		return store;
	if (there > 0)
		store->sql = sql_open(path, create, err);
	if (store->sql != NULL && set_up(store, create, err) == 0)
		return store;
	register_close(store);
	return NULL;
}

bool
register_is_local(const struct register_store *store)
{
	return store->sql != NULL;
}

bool
register_is_outdated(const struct register_store *store)
{
	return store->sql != NULL && sql_is_outdated(store->sql);
}

void
register_close(struct register_store *store)
{
	if (store == NULL)
		return;
	sql_close(store->sql);
	shelf_free(store->shelf);
	free(store);
}

/* ---- transactions and what is known of the lists ------------------------------------------ */

static void
take_list(struct register_store *store, struct sqlite3_stmt *row)
{
	char name[24];

	for (size_t i = 0; sql_text(row, 0, name, sizeof(name)) &&
	    i < LIST_COUNT; i++) {
		struct store_list *list = &store->lists[i];

		if (strcmp(lists[i].name, name) != 0)
			continue;
		list->loaded = true;
		list->entries = sql_number(row, 1);
		list->made_at = sql_number(row, 2);
		list->imported_at = sql_number(row, 3);
		list->given = (unsigned)sql_number(row, 4);
		sql_text(row, 5, list->source, sizeof(list->source));
	}
}

/* The metadata is read again only after another process wrote. */
static int
refresh(struct register_store *store, struct err *err)
{
	struct sqlite3_stmt *each = keep(store, STORE_LISTS, err);
	int64_t now;
	int rc;

	if (each == NULL || pragma(store, STORE_DATA_VERSION, &now, err) < 0)
		return -1;
	if (now == store->data_version)
		return 0;
	memset(store->lists, 0, sizeof(store->lists));
	while ((rc = sql_step(store->sql, each, err)) > 0)
		take_list(store, each);
	sql_reset(each);
	if (rc == 0)
		store->data_version = now;
	return rc;
}

static int
begin(struct register_store *store, enum store_statement how, struct err *err)
{
	if (run(store, how, err) < 0)
		return -1;
	if (refresh(store, err) < 0) {
		store_write_abandon(store);
		return -1;
	}
	return 0;
}

int
store_read_begin(struct register_store *store, struct err *err)
{
	if (shelf_refresh(store->shelf, err) < 0)
		return -1;
	return store->sql == NULL ? 0 : begin(store, STORE_BEGIN, err);
}

void
store_read_end(struct register_store *store)
{
	if (store->sql != NULL && sql_in_transaction(store->sql))
		run(store, STORE_COMMIT, NULL);
}

int
store_write_begin(struct register_store *store, struct err *err)
{
	assert(store->write);
	return begin(store, STORE_BEGIN_WRITE, err);
}

int
store_write_commit(struct register_store *store, struct err *err)
{
	store->data_version = -1;
	if (run(store, STORE_COMMIT, err) < 0) {
		store_write_abandon(store);
		return -1;
	}
	/* Bring the pages home now: the log of a large import is as large as
	 * the lists. A reader may keep that from happening; no harm done. */
	sql_checkpoint(store->sql);
	return 0;
}

void
store_write_abandon(struct register_store *store)
{
	store->data_version = -1;
	if (sql_in_transaction(store->sql))
		run(store, STORE_ROLLBACK, NULL);
}

const struct store_list *
store_list(struct register_store *store, enum list_number list)
{
	return &store->lists[list];
}

int
store_list_set(struct register_store *store, enum list_number list,
    const struct store_list *set, struct err *err)
{
	struct sqlite3_stmt *put = keep(store, STORE_LIST_SET, err);

	if (put == NULL)
		return -1;
	sql_bind_text(put, 1, lists[list].name);
	sql_bind_number(put, 2, set->entries);
	sql_bind_number(put, 3, set->made_at);
	sql_bind_number(put, 4, set->imported_at);
	sql_bind_number(put, 5, set->given);
	sql_bind_text(put, 6, set->source);
	store->data_version = -1;
	return sql_run(store->sql, put, err);
}

int
store_key_fits(struct register_store *store,
    const unsigned char check[HASH_BYTES], struct err *err)
{
	struct sqlite3_stmt *get;
	const void *bytes;
	size_t n;
	int fits;

	if (store->sql == NULL)
		return STORE_KEY_NONE;
	get = keep(store, STORE_META_GET, err);
	if (get == NULL)
		return -1;
	sql_bind_text(get, 1, key_check);
	fits = sql_step(store->sql, get, err);
	if (fits > 0) {
		bytes = sql_bytes(get, 0, &n);
		fits = n == HASH_BYTES && memcmp(bytes, check, n) == 0 ?
		    STORE_KEY_FITS : STORE_KEY_OTHER;
	} else if (fits == 0) {
		fits = STORE_KEY_NONE;
	}
	sql_reset(get);
	return fits;
}

int
store_key_set(struct register_store *store,
    const unsigned char check[HASH_BYTES], struct err *err)
{
	struct sqlite3_stmt *set = keep(store, STORE_META_SET, err);

	if (set == NULL)
		return -1;
	sql_bind_text(set, 1, key_check);
	sql_bind_bytes(set, 2, check, HASH_BYTES);
	return sql_run(store->sql, set, err);
}

int
store_damaged(struct register_store *store, struct err *err)
{
	return err_set(err, ERR_SETUP, _("%s: the register is damaged"),
	    store->sql != NULL ? sql_path(store->sql) : "register");
}

int
store_pages_check(struct register_store *store, struct err *err)
{
	struct sqlite3_stmt *check;
	char found[8] = "";
	int result;

	if (store->sql == NULL)
		return 0;
	check = keep(store, STORE_INTEGRITY, err);
	if (check == NULL)
		return -1;
	result = sql_step(store->sql, check, err);
	if (result > 0)
		sql_text(check, 0, found, sizeof(found));
	sql_reset(check);
	if (result < 0)
		return -1;
	return strcmp(found, "ok") == 0 ? 0 : store_damaged(store, err);
}
