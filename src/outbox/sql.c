/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql - the tables of outbox.db and what is asked of them.
 */
#include "parts.h"

#ifndef OUTBOX_SYNCHRONOUS
#define OUTBOX_SYNCHRONOUS "FULL" /* a test shows that NORMAL loses records */
#endif

const char *const store_statements[STMT_COUNT] = {
	[STMT_INSERT] = "INSERT INTO record (seq, at, run, n, schema, key_id,"
	    " prev, hash, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[STMT_NEXT] = "SELECT seq, at, schema, key_id, prev, hash, sealed"
	    " FROM record WHERE seq > ?1 ORDER BY seq",
	[STMT_PLACE] = "SELECT seq, run, n, hash FROM record WHERE seq = ?1",
	[STMT_LAST] = "SELECT seq, run, n, hash FROM record"
	    " ORDER BY seq DESC LIMIT 1",
	[STMT_ENDS] = "SELECT (SELECT min(seq) FROM record),"
	    " (SELECT max(seq) FROM record),"
	    " (SELECT at FROM record WHERE seq > ?1 ORDER BY seq LIMIT 1)",
	/* A run of old ones from the first on, never the last one: the next
	 * record is numbered and chained by it. */
	[STMT_PRUNE] = "DELETE FROM record WHERE seq <= ?1"
	    " AND seq < (SELECT max(seq) FROM record)"
	    " AND seq < ifnull((SELECT seq FROM (SELECT seq, at FROM record"
	    " ORDER BY seq LIMIT ?3) WHERE at >= ?2 LIMIT 1),"
	    " (SELECT min(seq) FROM record) + ?3)",
};

const char store_tables[] =
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " epoch INTEGER NOT NULL, station TEXT NOT NULL, gap INTEGER NOT NULL)"
    " STRICT;"
    "CREATE TABLE record (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " run INTEGER NOT NULL, n INTEGER NOT NULL, schema INTEGER NOT NULL,"
    " key_id TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,"
    " sealed BLOB NOT NULL) STRICT;";

const char store_settings[] =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-512; PRAGMA mmap_size=0;"
    "PRAGMA synchronous=" OUTBOX_SYNCHRONOUS "; PRAGMA wal_autocheckpoint=200;"
    "PRAGMA journal_size_limit=4194304; PRAGMA busy_timeout=5000";
