/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - sync.db: how far the hub is, what it refused, how the last try
 * went; the one file here that knows SQLite.
 *
 * All of it can be asked again from the hub: a file that is lost or damaged
 * costs a question, no record. So it is made anew when it cannot be read,
 * and a commit that a power cut takes back does no harm.
 */
#include "parts.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x43687379 /* "Chsy" */
#define TABLES_VERSION 1

struct ledger {
	sqlite3 *db;
	char path[SYNC_PATH_MAX];
};

/* A head of epoch E is read by the room outbox too: outbox_state(). */
static const char tables[] =
    "CREATE TABLE head (epoch INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
    " acknowledged INTEGER NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL,"
    " signature TEXT NOT NULL) STRICT;"
    "CREATE TABLE refused (epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " status INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,"
    " tries INTEGER NOT NULL, again INTEGER NOT NULL,"
    " PRIMARY KEY (epoch, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE run (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " begun INTEGER NOT NULL, ended INTEGER NOT NULL, result INTEGER NOT NULL,"
    " words TEXT NOT NULL, sent INTEGER NOT NULL, failures INTEGER NOT NULL,"
    " success_at INTEGER NOT NULL, failure_at INTEGER NOT NULL,"
    " hub_at INTEGER NOT NULL, wall_at INTEGER NOT NULL,"
    " boot TEXT NOT NULL, boot_ms INTEGER NOT NULL,"
    " not_before_ms INTEGER NOT NULL, success_ms INTEGER NOT NULL) STRICT;"
    "INSERT INTO run VALUES (1,0,0,0,'',0,0,0,0,0,0,'',0,0,0);";

static const char settings[] =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-256; PRAGMA mmap_size=0;"
    "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=100;"
    "PRAGMA journal_size_limit=1048576; PRAGMA busy_timeout=5000";

/* ---- SQLite in words -------------------------------------------------------------- */

static int
fail(struct ledger *ledger, struct err *err)
{
	return err_set(err, ERR_RETRY, "%s: %s", ledger->path,
	    ledger->db != NULL ? sqlite3_errmsg(ledger->db) : "no memory");
}

static int
run_sql(struct ledger *ledger, const char *sql, struct err *err)
{
	return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK ?
	    0 : fail(ledger, err);
}

static int
ask_number(struct ledger *ledger, const char *sql, int64_t *value,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int ret = -1;

	*value = 0;
	if (sqlite3_prepare_v2(ledger->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW) {
		*value = sqlite3_column_int64(stmt, 0);
		ret = 0;
	}
	if (ret < 0)
		fail(ledger, err);
	sqlite3_finalize(stmt);
	return ret;
}

static sqlite3_stmt *
prepare(struct ledger *ledger, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(ledger->db, sql, -1, &stmt, NULL) == SQLITE_OK)
		return stmt;
	fail(ledger, err);
	return NULL;
}

/* Run to its end a statement that gives no rows. */
static int
finish(struct ledger *ledger, sqlite3_stmt *stmt, struct err *err)
{
	int ret = sqlite3_step(stmt) == SQLITE_DONE ? 0 : fail(ledger, err);

	sqlite3_finalize(stmt);
	return ret;
}

/* ---- opening --------------------------------------------------------------------------- */

static int
connect_file(struct ledger *ledger, bool writing, struct err *err)
{
	int flags = writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE :
	    SQLITE_OPEN_READONLY;

	if (sqlite3_open_v2(ledger->path, &ledger->db,
	    flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return fail(ledger, err);
	sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_LENGTH, 1 << 20);
	return run_sql(ledger, settings, err);
}

/* 0, -1, or 1: cannot be used, and may be made anew. */
static int
prepare_tables(struct ledger *ledger, bool writing, struct err *err)
{
	int64_t id, version, count;
	char *sql;
	int ret;

	if (ask_number(ledger, "PRAGMA application_id", &id, err) < 0 ||
	    ask_number(ledger, "PRAGMA user_version", &version, err) < 0 ||
	    ask_number(ledger, "SELECT count(*) FROM sqlite_schema", &count,
	    err) < 0)
		return 1;
	if (id == APPLICATION_ID && version > TABLES_VERSION)
		return err_set(err, ERR_SETUP,
		    _("%s: made by a newer chot"), ledger->path);
	if (id == APPLICATION_ID && version == TABLES_VERSION)
		return ask_number(ledger, "SELECT (SELECT count(*) FROM head) +"
		    " (SELECT count(*) FROM refused) + (SELECT one FROM run)",
		    &count, err) < 0 ? 1 : 0;
	if (count != 0 || !writing) {
		err_set(err, ERR_SETUP, _("%s: not a sync.db"), ledger->path);
		return count != 0 ? 1 : -1;
	}
	sql = sqlite3_mprintf("PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; %s"
	    "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
	    tables, APPLICATION_ID, TABLES_VERSION);
	if (sql == NULL)
		mem_none();
	ret = run_sql(ledger, sql, err);
	sqlite3_free(sql);
	return ret;
}

/* Nothing in it is lost that the hub would not tell again. */
static void
set_aside(struct ledger *ledger)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char from[SYNC_PATH_MAX + 16], to[SYNC_PATH_MAX + 32];

	for (size_t i = 0; i < nitems(tails); i++) {
		snprintf(from, sizeof(from), "%s%s", ledger->path, tails[i]);
		snprintf(to, sizeof(to), "%s.damaged%s", ledger->path, tails[i]);
		rename(from, to);
	}
}

static int
open_once(struct ledger *ledger, bool writing, struct err *err)
{
	int ret = connect_file(ledger, writing, err) < 0 ? 1 :
	    prepare_tables(ledger, writing, err);

	if (ret != 0) {
		sqlite3_close(ledger->db);
		ledger->db = NULL;
	}
	return ret;
}

struct ledger *
ledger_open(const char *state, enum ledger_use use, struct err *err)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	bool writing = use != LEDGER_READ;
	int ret;

	if (ledger == NULL)
		mem_none();
	if (snprintf(ledger->path, sizeof(ledger->path), "%s/sync.db", state) >=
	    (int)sizeof(ledger->path)) {
		err_set(err, ERR_SETUP, _("path too long"));
		ret = -1;
	} else if (!writing && access(ledger->path, F_OK) != 0) {
		err_set(err, ERR_ABSENT, _("nothing was sent yet"));
		ret = -1;
	} else {
		ret = open_once(ledger, writing, err);
	}
	/* Only the one that holds sync.lock may put a file aside. */
	if (ret > 0 && use == LEDGER_OWN) {
		set_aside(ledger);
		ret = open_once(ledger, writing, err);
	}
	if (ret == 0)
		return ledger;
	free(ledger);
	return NULL;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	sqlite3_close(ledger->db);
	free(ledger);
}

/* ---- head --------------------------------------------------------------------------------- */

static void
copy_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	snprintf(out, size, "%s", text != NULL ? text : "");
}

int
ledger_head(struct ledger *ledger, uint32_t epoch, struct head *head,
    struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "SELECT seq, hash, acknowledged,"
	    " at, signature FROM head WHERE epoch = ?1", err);
	int code;

	*head = (struct head){ .epoch = epoch };
	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, epoch);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && sqlite3_column_int64(stmt, 0) > 0 &&
	    sqlite3_column_bytes(stmt, 1) == OUTBOX_HASH_BYTES) {
		head->seq = sqlite3_column_int64(stmt, 0);
		memcpy(head->hash, sqlite3_column_blob(stmt, 1),
		    OUTBOX_HASH_BYTES);
		head->acknowledged = sqlite3_column_int64(stmt, 2);
		head->at = sqlite3_column_int64(stmt, 3);
		copy_text(stmt, 4, head->signature, sizeof(head->signature));
	}
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 :
	    fail(ledger, err);
}

int
ledger_set_head(struct ledger *ledger, const struct head *head, struct err *err)
{
	/* What was refused here (status not 200: the hub does not have it)
	 * is waited for still, and all behind it is kept as well. */
	sqlite3_stmt *stmt = prepare(ledger, "INSERT OR REPLACE INTO head"
	    " VALUES (?1, ?2, min(?2, ifnull((SELECT min(seq) - 1 FROM refused"
	    " WHERE epoch = ?1 AND status <> 200), ?2)), ?3, ?4, ?5)", err);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, head->epoch);
	sqlite3_bind_int64(stmt, 2, head->seq);
	sqlite3_bind_blob(stmt, 3, head->hash, OUTBOX_HASH_BYTES,
	    SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, head->at);
	sqlite3_bind_text(stmt, 5, head->signature, -1, SQLITE_STATIC);
	return finish(ledger, stmt, err);
}

/* ---- refusals ------------------------------------------------------------------------------ */

int
ledger_refuse(struct ledger *ledger, const struct sync_refusal *refusal,
    struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "INSERT INTO refused VALUES"
	    " (?1, ?2, ?3, ?4, ?5, 1, 0) ON CONFLICT DO UPDATE SET status = ?3,"
	    " reason = ?4, at = ?5, tries = tries + 1, again = 0", err);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, refusal->id.epoch);
	sqlite3_bind_int64(stmt, 2, refusal->id.seq);
	sqlite3_bind_int(stmt, 3, refusal->status);
	sqlite3_bind_text(stmt, 4, refusal->reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, refusal->at);
	return finish(ledger, stmt, err);
}

int
ledger_unrefuse(struct ledger *ledger, struct outbox_id id, struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger,
	    "DELETE FROM refused WHERE epoch = ?1 AND seq = ?2", err);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, id.epoch);
	sqlite3_bind_int64(stmt, 2, id.seq);
	return finish(ledger, stmt, err);
}

int64_t
ledger_retry(struct ledger *ledger, struct outbox_id id, struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "UPDATE refused SET again = 1"
	    " WHERE ?2 = 0 OR (epoch = ?1 AND seq = ?2)", err);

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, id.epoch);
	sqlite3_bind_int64(stmt, 2, id.seq);
	return finish(ledger, stmt, err) < 0 ? -1 : sqlite3_changes(ledger->db);
}

int
ledger_is_barred(struct ledger *ledger, struct outbox_id id, struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "SELECT 1 FROM refused WHERE"
	    " epoch = ?1 AND seq = ?2 AND status <> 200 AND again = 0", err);
	int code;

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, id.epoch);
	sqlite3_bind_int64(stmt, 2, id.seq);
	code = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 :
	    fail(ledger, err);
}

int
ledger_next_refusal(struct ledger *ledger, struct outbox_id after, bool again,
    struct sync_refusal *refusal, struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "SELECT epoch, seq, status, reason,"
	    " at, tries, again FROM refused WHERE (epoch, seq) > (?1, ?2)"
	    " AND again >= ?3 ORDER BY epoch, seq LIMIT 1", err);
	int code;

	if (stmt == NULL)
		return -1;
	sqlite3_bind_int64(stmt, 1, after.epoch);
	sqlite3_bind_int64(stmt, 2, after.seq);
	sqlite3_bind_int(stmt, 3, again);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		const char *reason = (const char *)sqlite3_column_text(stmt, 3);

		*refusal = (struct sync_refusal){
			.id = { .epoch = (uint32_t)sqlite3_column_int64(stmt, 0),
			    .seq = sqlite3_column_int64(stmt, 1) },
			.status = sqlite3_column_int(stmt, 2),
			.at = sqlite3_column_int64(stmt, 4),
			.tries = sqlite3_column_int(stmt, 5),
			.again = sqlite3_column_int(stmt, 6) != 0,
		};
		snprintf(refusal->reason, sizeof(refusal->reason), "%s",
		    reason != NULL ? reason : "");
	}
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 :
	    fail(ledger, err);
}

int
ledger_count_refused(struct ledger *ledger, int64_t *count, struct err *err)
{
	return ask_number(ledger, "SELECT count(*) FROM refused", count, err);
}

/* ---- how it went ----------------------------------------------------------------------------- */

int
ledger_run(struct ledger *ledger, struct run *run, struct err *err)
{
	sqlite3_stmt *stmt = prepare(ledger, "SELECT begun, ended, result, words,"
	    " sent, failures, success_at, failure_at, hub_at, wall_at, boot,"
	    " boot_ms, not_before_ms, success_ms FROM run", err);

	*run = (struct run){ .begun = 0 };
	if (stmt == NULL)
		return -1;
	if (sqlite3_step(stmt) != SQLITE_ROW) {
		fail(ledger, err);
		sqlite3_finalize(stmt);
		return -1;
	}
	run->begun = sqlite3_column_int64(stmt, 0);
	run->ended = sqlite3_column_int64(stmt, 1);
	run->result = sqlite3_column_int(stmt, 2);
	copy_text(stmt, 3, run->words, sizeof(run->words));
	run->sent = sqlite3_column_int64(stmt, 4);
	run->failures = sqlite3_column_int(stmt, 5);
	run->success_at = sqlite3_column_int64(stmt, 6);
	run->failure_at = sqlite3_column_int64(stmt, 7);
	run->hub_at = sqlite3_column_int64(stmt, 8);
	run->wall_at = sqlite3_column_int64(stmt, 9);
	copy_text(stmt, 10, run->boot, sizeof(run->boot));
	run->boot_ms = sqlite3_column_int64(stmt, 11);
	run->not_before_ms = sqlite3_column_int64(stmt, 12);
	run->success_ms = sqlite3_column_int64(stmt, 13);
	sqlite3_finalize(stmt);
	return 0;
}

int
ledger_set_run(struct ledger *ledger, const struct run *run, struct err *err)
{
	const int64_t numbers[] = { run->begun, run->ended, run->result,
		run->sent, run->failures, run->success_at, run->failure_at,
		run->hub_at, run->wall_at, run->boot_ms, run->not_before_ms,
		run->success_ms };
	sqlite3_stmt *stmt = prepare(ledger, "UPDATE run SET begun = ?1,"
	    " ended = ?2, result = ?3, sent = ?4, failures = ?5,"
	    " success_at = ?6, failure_at = ?7, hub_at = ?8, wall_at = ?9,"
	    " boot_ms = ?10, not_before_ms = ?11, success_ms = ?12,"
	    " words = ?13, boot = ?14", err);

	if (stmt == NULL)
		return -1;
	for (size_t i = 0; i < nitems(numbers); i++)
		sqlite3_bind_int64(stmt, (int)i + 1, numbers[i]);
	sqlite3_bind_text(stmt, 13, run->words, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 14, run->boot, -1, SQLITE_STATIC);
	return finish(ledger, stmt, err);
}
