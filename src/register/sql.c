/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql - the few things the register asks of SQLite, with our errors.
 *
 * Statements are prepared once and kept by number. Knows no table.
 */
#include "parts.h"

#include <sqlite3.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_READ_MS 100 /* an answer must not wait */
#define BUSY_WRITE_MS 2000

struct sql {
	sqlite3 *db;
	char *path;
	bool alone;    /* was opened where no log was */
	sqlite3_stmt *kept[SQL_KEPT_MAX];
};

static const struct {
	int code;
	enum err_kind kind;
} kinds[] = {
	{ SQLITE_CORRUPT, ERR_SETUP }, { SQLITE_NOTADB, ERR_SETUP },
	{ SQLITE_READONLY, ERR_DENIED }, { SQLITE_PERM, ERR_DENIED },
	{ SQLITE_AUTH, ERR_DENIED }, { SQLITE_CANTOPEN, ERR_ABSENT },
	{ SQLITE_ERROR, ERR_SETUP }, { SQLITE_SCHEMA, ERR_SETUP },
};

static bool
has_log(const char *path)
{
	char log[PATH_MAX];

	return snprintf(log, sizeof(log), "%s-wal", path) < PATH_MAX &&
	    access(log, F_OK) == 0;
}

static int
fail(struct sql *sql, struct err *err)
{
	int code = sqlite3_errcode(sql->db) & 0xff;
	enum err_kind kind = ERR_RETRY; /* busy, full, I/O, memory */

	for (size_t i = 0; i < nitems(kinds); i++)
		if (kinds[i].code == code)
			kind = kinds[i].kind;
	return err_set(err, kind, "%s: %s", sql->path, sqlite3_errmsg(sql->db));
}

/* A file that was copied here has no log beside it, and nobody writes to it
 * now: the first who does makes one, which sql_is_outdated() sees. */
static const char *
name_of(const char *path, bool write, char name[3 * PATH_MAX + 32])
{
	char *out = name + sprintf(name, "file:");

	if (write)
		return path;
	for (const char *c = path; *c != '\0' && c < path + PATH_MAX; c++)
		out += sprintf(out, strchr("%?#", *c) != NULL ? "%%%02X" :
		    "%c", (unsigned char)*c);
	strcpy(out, has_log(path) ? "?mode=ro" : "?mode=ro&immutable=1");
	return name;
}

struct sql *
sql_open(const char *path, bool write, struct err *err)
{
	struct sql *sql = calloc(1, sizeof(*sql));
	int flags = write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_URI;
	char name[3 * PATH_MAX + 32];

	if (sql == NULL || (sql->path = strdup(path)) == NULL)
		mem_none();
	sql->alone = !write && !has_log(path);
	if (sqlite3_open_v2(name_of(path, write, name), &sql->db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE, NULL) != SQLITE_OK) {
		fail(sql, err);
		sql_close(sql);
		return NULL;
	}
	/* Who only reads could not make the files of the log. */
	if (write)
		sqlite3_file_control(sql->db, NULL, SQLITE_FCNTL_PERSIST_WAL,
		    &(int){ 1 });
	sqlite3_busy_timeout(sql->db, write ? BUSY_WRITE_MS : BUSY_READ_MS);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return sql;
}

void
sql_close(struct sql *sql)
{
	if (sql == NULL)
		return;
	for (size_t i = 0; i < SQL_KEPT_MAX; i++)
		sqlite3_finalize(sql->kept[i]);
	sqlite3_close(sql->db);
	free(sql->path);
	free(sql);
}

bool
sql_is_outdated(const struct sql *sql)
{
	return sql->alone && has_log(sql->path);
}

const char *
sql_path(const struct sql *sql)
{
	return sql->path;
}

int
sql_exec(struct sql *sql, const char *text, struct err *err)
{
	if (sqlite3_exec(sql->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return fail(sql, err);
	return 0;
}

struct sqlite3_stmt *
sql_keep(struct sql *sql, size_t slot, const char *text, struct err *err)
{
	if (sql->kept[slot] == NULL && sqlite3_prepare_v3(sql->db, text, -1,
	    SQLITE_PREPARE_PERSISTENT, &sql->kept[slot], NULL) != SQLITE_OK)
		fail(sql, err);
	return sql->kept[slot];
}

void
sql_bind_number(struct sqlite3_stmt *statement, int at, int64_t number)
{
	sqlite3_bind_int64(statement, at, number);
}

void
sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void
sql_bind_bytes(struct sqlite3_stmt *statement, int at, const void *bytes,
    size_t n)
{
	/* A null pointer would bind NULL, not an empty blob. */
	sqlite3_bind_blob(statement, at, n > 0 ? bytes : "", (int)n,
	    SQLITE_STATIC);
}

int
sql_step(struct sql *sql, struct sqlite3_stmt *statement, struct err *err)
{
	int rc = sqlite3_step(statement);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : fail(sql, err);
}

void
sql_reset(struct sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

int
sql_run(struct sql *sql, struct sqlite3_stmt *statement, struct err *err)
{
	int result = statement == NULL ? -1 : sql_step(sql, statement, err);

	if (statement != NULL)
		sql_reset(statement);
	return result < 0 ? -1 : 0;
}

int64_t
sql_number(struct sqlite3_stmt *statement, int column)
{
	return sqlite3_column_int64(statement, column);
}

const void *
sql_bytes(struct sqlite3_stmt *statement, int column, size_t *n)
{
	const void *bytes = sqlite3_column_blob(statement, column);

	*n = bytes == NULL ? 0 :
	    (size_t)sqlite3_column_bytes(statement, column);
	return *n == 0 ? "" : bytes;
}

bool
sql_text(struct sqlite3_stmt *statement, int column, char *out,
    size_t capacity)
{
	size_t n;
	const void *text = sql_bytes(statement, column, &n);

	out[0] = '\0';
	if (n >= capacity || memchr(text, '\0', n) != NULL)
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

bool
sql_in_transaction(struct sql *sql)
{
	return !sqlite3_get_autocommit(sql->db);
}

void
sql_checkpoint(struct sql *sql)
{
	sqlite3_wal_checkpoint_v2(sql->db, "main", SQLITE_CHECKPOINT_TRUNCATE,
	    NULL, NULL);
}
