/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db - one connection to PostgreSQL, made when it is needed and made again
 * when it was lost. The one file that knows libpq.
 *
 * Only the first line of what the server says goes on: its details may hold
 * a row, and rows are about persons.
 */
#include "parts.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define DB_VALUES_MAX 16

struct db {
	const char *conninfo;
	PGconn *conn;
};

static const char session[] =
    "SET client_min_messages = warning; SET TimeZone = 'UTC';"
    "SET search_path = pg_catalog; SET synchronous_commit = on;"
    "SET statement_timeout = '20s'; SET lock_timeout = '10s'";

struct db *
db_new(const char *conninfo)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		mem_none();
	db->conninfo = conninfo;
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

static int
lost(struct db *db, struct err *err)
{
	char text[256];

	snprintf(text, sizeof(text), "%s", PQerrorMessage(db->conn));
	text[strcspn(text, "\n")] = '\0';
	PQfinish(db->conn);
	db->conn = NULL;
	return err_set(err, ERR_RETRY, "database: %s", text);
}

static int
failed(const PGresult *result, struct err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(result,
	    PG_DIAG_MESSAGE_PRIMARY);

	return err_set(err, ERR_RETRY, "database: %s: %s",
	    state != NULL ? state : "?", words != NULL ? words : "?");
}

static void
no_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static int
set_up(struct db *db, struct err *err)
{
	PGresult *result = PQexec(db->conn, session);
	int ret = 0;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		ret = lost(db, err);
	PQclear(result);
	return ret;
}

static int
connect_db(struct db *db, struct err *err)
{
	/* What the conninfo says stands: it comes last. */
	static const char *const words[] = { "connect_timeout",
		"tcp_user_timeout", "application_name", "client_encoding",
		"dbname", NULL };
	const char *const values[] = { "5", "30000", "chot-hub", "UTF8",
		db->conninfo, NULL };

	db->conn = PQconnectdbParams(words, values, 1);
	if (db->conn == NULL)
		mem_none();
	if (PQstatus(db->conn) != CONNECTION_OK)
		return lost(db, err);
	PQsetNoticeReceiver(db->conn, no_notice, NULL);
	return set_up(db, err);
}

static void
tell_rows(const PGresult *result, db_row_fn fn, void *arg)
{
	int count = PQnfields(result);

	for (int row = 0; fn != NULL && row < PQntuples(result); row++) {
		char *fields[DB_FIELDS_MAX] = { NULL };

		for (int i = 0; i < count && i < DB_FIELDS_MAX; i++)
			if (!PQgetisnull(result, row, i))
				fields[i] = PQgetvalue(result, row, i);
		fn(arg, fields, count < DB_FIELDS_MAX ? count : DB_FIELDS_MAX);
	}
}

/* 1: the connection was lost, and err says how. */
static int
settle(struct db *db, PGresult *result, db_row_fn fn, void *arg,
    struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	int ret = 0;

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		tell_rows(result, fn, arg);
	else if (PQstatus(db->conn) == CONNECTION_OK)
		ret = failed(result, err);
	else
		ret = 1;
	PQclear(result);
	if (ret == 1)
		lost(db, err);
	return ret;
}

static int
call_once(struct db *db, const char *sql, const struct db_value *values,
    int count, db_row_fn fn, void *arg, struct err *err)
{
	const char *bytes[DB_VALUES_MAX];
	int lengths[DB_VALUES_MAX], formats[DB_VALUES_MAX];
	Oid types[DB_VALUES_MAX];

	if (db->conn == NULL && connect_db(db, err) < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		types[i] = values[i].type;
		bytes[i] = values[i].bytes;
		lengths[i] = (int)values[i].len;
		formats[i] = 1;
	}
	return settle(db, PQexecParams(db->conn, sql, count, types, bytes,
	    lengths, formats, 0), fn, arg, err);
}

int
db_call(struct db *db, const char *sql, const struct db_value *values,
    int count, db_row_fn fn, void *arg, struct err *err)
{
	int ret;

	if (count > DB_VALUES_MAX)
		abort();
	ret = call_once(db, sql, values, count, fn, arg, err);
	if (ret == 1)
		ret = call_once(db, sql, values, count, fn, arg, err);
	return ret == 0 ? 0 : -1;
}

struct db_value
db_text(const char *text)
{
	return (struct db_value){ PG_TEXT, text, strlen(text) };
}

int
db_be_patient(struct db *db, struct err *err)
{
	return db_script(db, "SET statement_timeout = '30min'", err);
}

int
db_script(struct db *db, const char *sql, struct err *err)
{
	if (db->conn == NULL && connect_db(db, err) < 0)
		return -1;
	return settle(db, PQexec(db->conn, sql), NULL, NULL, err) == 0 ? 0 : -1;
}
