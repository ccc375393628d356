/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grants - what this post gave once: to whom, as the keyed hash that lists
 * have, under what name, and until when that counts.
 *
 * A file of its own beside register.db, which imports lock and replace. One
 * process writes it, the look-up child; what it said is noted is on disk.
 */
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define APPLICATION_ID 0x63686774 /* "chgt" */
#define SCHEMA_VERSION 1

enum { GRANTS_PUT, GRANTS_DROP, GRANTS_FIND, GRANTS_KEY, GRANTS_OTHER,
	GRANTS_BEGIN, GRANTS_COMMIT, GRANTS_ROLLBACK };

/* keys: of a name that was noted under another key nothing can be told. */
static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS granted(name TEXT, k BLOB,"
	" at INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(name, k)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS keys(name TEXT, key BLOB,"
	" until INTEGER NOT NULL, PRIMARY KEY(name, key)) WITHOUT ROWID;"
	"PRAGMA application_id = 1667786612; PRAGMA user_version = 1;"
	"COMMIT";
_Static_assert(APPLICATION_ID == 1667786612, "as in the schema");

static const char *const statements[] = {
	[GRANTS_PUT] = "INSERT INTO granted(name, k, at, until) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT DO UPDATE SET until = iif(until = 0 OR excluded.until = 0, 0,"
	    " max(until, excluded.until))",
	[GRANTS_DROP] = "DELETE FROM granted WHERE name = ?1 AND k = ?2",
	[GRANTS_FIND] = "SELECT at, until FROM granted WHERE name = ?1 AND k = ?2",
	[GRANTS_KEY] = "INSERT INTO keys(name, key, until) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT DO UPDATE SET until = iif(until = 0 OR excluded.until = 0, 0,"
	    " max(until, excluded.until))",
	[GRANTS_OTHER] = "SELECT 1 FROM keys WHERE name = ?1 AND key <> ?2"
	    " AND (until = 0 OR until > ?3) LIMIT 1",
	[GRANTS_BEGIN] = "BEGIN IMMEDIATE",
	[GRANTS_COMMIT] = "COMMIT",
	[GRANTS_ROLLBACK] = "ROLLBACK",
};

struct grants {
	char *path;
	struct sql *sql; /* NULL: not open */
	dev_t dev;       /* of the file that is open */
	ino_t ino;
	bool pruned;
};

struct grants *
grants_new(const char *register_path)
{
	const char *slash = strrchr(register_path, '/');
	struct grants *g = calloc(1, sizeof(*g));

	if (g == NULL || asprintf(&g->path, "%.*sgranted.db",
	    slash != NULL ? (int)(slash - register_path) + 1 : 0,
	    register_path) < 0)
		mem_none();
	return g;
}

static void
shut(struct grants *g)
{
	sql_close(g->sql);
	g->sql = NULL;
}

void
grants_free(struct grants *g)
{
	if (g == NULL)
		return;
	shut(g);
	free(g->path);
	free(g);
}

static struct sqlite3_stmt *
keep(struct grants *g, int which, struct err *err)
{
	return sql_keep(g->sql, (size_t)which, statements[which], err);
}

/* The file that is there now. ERR_ABSENT: there is none, and none is made. */
static int
ready(struct grants *g, bool create, struct err *err)
{
	struct stat st;

	if (g->sql != NULL && stat(g->path, &st) == 0 && st.st_dev == g->dev &&
	    st.st_ino == g->ino)
		return 0;
	shut(g);
	if (store_file_check(g->path, create, APPLICATION_ID, SCHEMA_VERSION,
	    err) < 0)
		return -1;
	if (stat(g->path, &st) < 0)
		return err_set(err, ERR_RETRY, "%s: %s", g->path,
		    strerror(errno));
	g->dev = st.st_dev;
	g->ino = st.st_ino;
	g->sql = sql_open(g->path, true, err);
	if (g->sql == NULL)
		return -1;
	if (sql_exec(g->sql, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA secure_delete = FAST; PRAGMA cache_size = -500", err) == 0 &&
	    sql_exec(g->sql, schema, err) == 0)
		return 0;
	shut(g);
	return -1;
}

int
register_grants_make(const char *register_path, struct err *err)
{
	struct grants *g = grants_new(register_path);
	int result = ready(g, true, err);

	grants_free(g);
	return result;
}

/* What no longer counts is nobody's business. */
static void
prune(struct grants *g, int64_t now)
{
	char text[160];

	if (g->pruned || now <= 0)
		return;
	snprintf(text, sizeof(text), "DELETE FROM granted WHERE until"
	    " BETWEEN 1 AND %lld; DELETE FROM keys WHERE until BETWEEN 1"
	    " AND %lld", (long long)now, (long long)now);
	g->pruned = sql_exec(g->sql, text, NULL) == 0;
}

static int
change(struct grants *g, const struct register_key *key,
    const struct grant *grant, struct err *err)
{
	struct sqlite3_stmt *statement;
	unsigned char hash[HASH_BYTES], check[HASH_BYTES];

	hash_key(key, grant->identity, hash);
	hash_check(key, check);
	statement = keep(g, grant->drop ? GRANTS_DROP : GRANTS_PUT, err);
	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, grant->name);
	sql_bind_bytes(statement, 2, hash, sizeof(hash));
	if (!grant->drop) {
		sql_bind_number(statement, 3, grant->at);
		sql_bind_number(statement, 4, grant->until);
	}
	if (sql_run(g->sql, statement, err) < 0 || grant->drop)
		return grant->drop ? 0 : -1;
	statement = keep(g, GRANTS_KEY, err);
	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, grant->name);
	sql_bind_bytes(statement, 2, check, sizeof(check));
	sql_bind_number(statement, 3, grant->until);
	return sql_run(g->sql, statement, err);
}

int
grants_change(struct grants *g, const struct register_key *key,
    const struct grant *grant, struct err *err)
{
	if (!identity_valid(grant->identity))
		return err_set(err, ERR_INPUT, _("not an identity"));
	if (ready(g, true, err) < 0)
		return -1;
	prune(g, grant->now);
	if (sql_run(g->sql, keep(g, GRANTS_BEGIN, err), err) < 0)
		goto fail;
	if (change(g, key, grant, err) < 0) {
		sql_run(g->sql, keep(g, GRANTS_ROLLBACK, NULL), NULL);
		goto fail;
	}
	if (sql_run(g->sql, keep(g, GRANTS_COMMIT, err), err) == 0)
		return 0;
fail:
	shut(g); /* looked at anew the next time */
	return -1;
}

/* 1: there is a row; *until is of it. */
static int
row_of(struct grants *g, int which, const char *name,
    const unsigned char hash[HASH_BYTES], int64_t now, int64_t *at,
    int64_t *until, struct err *err)
{
	struct sqlite3_stmt *statement = keep(g, which, err);
	int found;

	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, name);
	sql_bind_bytes(statement, 2, hash, HASH_BYTES);
	if (which == GRANTS_OTHER)
		sql_bind_number(statement, 3, now);
	found = sql_step(g->sql, statement, err);
	if (found == 1 && which == GRANTS_FIND) {
		*at = sql_number(statement, 0);
		*until = sql_number(statement, 1);
	}
	sql_reset(statement);
	return found;
}

int
grants_find(struct grants *g, const struct register_key *key,
    const char *name, const char *identity, int64_t now, int *granted,
    int64_t *at, struct err *err)
{
	unsigned char hash[HASH_BYTES];
	struct err absent = { 0 };
	int64_t until = 0;
	int found;

	*granted = GRANTED_NOT;
	*at = 0;
	if (ready(g, false, &absent) < 0) {
		if (absent.kind == ERR_ABSENT)
			return 0;
		return err_set(err, absent.kind, "%s", absent.text);
	}
	hash_key(key, identity, hash);
	found = row_of(g, GRANTS_FIND, name, hash, now, at, &until, err);
	if (found == 1 && (until == 0 || now == 0 || now < until)) {
		*granted = GRANTED_BEFORE;
		return 0;
	}
	*at = 0;
	hash_check(key, hash);
	if (found >= 0)
		found = row_of(g, GRANTS_OTHER, name, hash, now, at, &until,
		    err);
	if (found == 1)
		*granted = GRANTED_UNKNOWN;
	if (found < 0)
		shut(g);
	return found < 0 ? -1 : 0;
}
