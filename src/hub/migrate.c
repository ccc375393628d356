/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrate - brings the database to the version of this program, one numbered
 * file of src/hub/sql after the other, each in a transaction of its own. A
 * database of a later version is refused untouched.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* For as long as we are connected: two that start at once take turns. */
static const char alone_sql[] = "SET client_min_messages = warning;"
    "SET statement_timeout = 0; SET lock_timeout = 0;"
    "SELECT pg_advisory_lock(hashtext('chot-hub migrate'))";

static const char first_sql[] =
    "BEGIN; CREATE SCHEMA IF NOT EXISTS hub;"
    "CREATE TABLE IF NOT EXISTS hub.schema_migrations ("
    "number integer PRIMARY KEY, name text NOT NULL,"
    "applied timestamptz NOT NULL DEFAULT now()); COMMIT";

static void
take_number(void *arg, char **fields, int count)
{
	(void)count;
	*(int *)arg = fields[0] != NULL ? atoi(fields[0]) : 0;
}

/* The number of the last migration, 0 for none, -1. */
static int
version(struct db *db, struct err *err)
{
	int there = 0, number = 0;

	if (db_call(db, "SELECT (to_regclass('hub.schema_migrations') "
	    "IS NOT NULL)::integer", NULL, 0, take_number, &there, err) < 0)
		return -1;
	if (there != 0 && db_call(db, "SELECT max(number) FROM "
	    "hub.schema_migrations", NULL, 0, take_number, &number, err) < 0)
		return -1;
	return number;
}

static int
apply(struct db *db, int number, struct err *err)
{
	const struct migration *m = &migrations[number - 1];
	struct text sql = { 0 };
	struct err ignored = { 0 };
	int ret;

	/* Names are of our own files. */
	text_add(&sql, "BEGIN; INSERT INTO hub.schema_migrations (number, name)"
	    " VALUES (%d, '%s'); %s; COMMIT", number, m->name, m->sql);
	ret = db_script(db, sql.bytes, err);
	if (ret < 0) {
		db_script(db, "ROLLBACK", &ignored);
		err_within(err, "%s", m->name);
	}
	text_free(&sql);
	return ret;
}

static int
refuse_later(int number, struct err *err)
{
	return err_set(err, ERR_SETUP, "the database is of version %d, this "
	    "program of %zu: a later chot-hub is needed", number,
	    migrations_count);
}

int
migrate_all(struct db *db, FILE *out, struct err *err)
{
	int number, ret = 0;

	if (db_script(db, alone_sql, err) < 0)
		return -1;
	number = version(db, err);
	if (number < 0)
		return -1;
	if (number > (int)migrations_count)
		return refuse_later(number, err);
	if (number == 0)
		ret = db_script(db, first_sql, err);
	while (ret == 0 && number < (int)migrations_count) {
		ret = apply(db, ++number, err);
		if (ret == 0 && out != NULL)
			fprintf(out, "%s\n", migrations[number - 1].name);
	}
	return ret;
}

int
migrate_check(struct db *db, struct err *err)
{
	int number = version(db, err);

	if (number < 0)
		return -1;
	if (number > (int)migrations_count)
		return refuse_later(number, err);
	if (number < (int)migrations_count)
		return err_set(err, ERR_SETUP, "the database is of version %d, "
		    "this program of %zu: run chot-hub migrate", number,
		    migrations_count);
	return 0;
}
