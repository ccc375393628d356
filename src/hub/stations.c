/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stations - the posts that may speak, by command.
 */
#include "parts.h"

#include <string.h>

static int
check_name(const char *station, struct err *err)
{
	if (station_valid((struct slice){ station, strlen(station) }))
		return 0;
	return err_set(err, ERR_USAGE, "a station's id is 1 to %d letters, "
	    "digits and . _ : -", OUTBOX_STATION_MAX - 1);
}

static int
call(const char *database, const char *sql, const char *const *texts,
    int count, db_row_fn fn, void *arg, struct err *err)
{
	struct db *db = db_new(database);
	struct db_value values[4];
	int ret = migrate_check(db, err);

	for (int i = 0; i < count; i++)
		values[i] = db_text(texts[i]);
	if (ret == 0)
		ret = db_call(db, sql, values, count, fn, arg, err);
	db_free(db);
	return ret;
}

int
hub_station_add(const char *database, const char *station, struct err *err)
{
	if (check_name(station, err) < 0)
		return -1;
	return call(database, "SELECT hub.station_add($1)", &station, 1, NULL,
	    NULL, err);
}

static void
take_yes(void *arg, char **fields, int count)
{
	(void)count;
	*(bool *)arg = fields[0] != NULL && fields[0][0] == 't';
}

int
hub_station_revoke(const char *database, const char *station,
    const char *reason, struct err *err)
{
	const char *texts[] = { station, reason };
	bool there = false;

	if (check_name(station, err) < 0 ||
	    call(database, "SELECT hub.station_revoke($1, $2)", texts, 2,
	    take_yes, &there, err) < 0)
		return -1;
	return there ? 0 : err_set(err, ERR_INPUT, "no such post: %s",
	    station);
}

int
hub_station_watch(const char *database, const char *station, bool watches,
    struct err *err)
{
	const char *texts[] = { station, watches ? "yes" : "no" };
	bool there = false;

	if (check_name(station, err) < 0 ||
	    call(database, "SELECT hub.station_watch($1, $2::boolean)", texts,
	    2, take_yes, &there, err) < 0)
		return -1;
	return there ? 0 : err_set(err, ERR_INPUT, "no such post: %s",
	    station);
}

static void
print_row(void *arg, char **fields, int count)
{
	for (int i = 0; i < count; i++)
		fprintf(arg, "%s%c", fields[i] != NULL ? fields[i] : "-",
		    i + 1 < count ? '\t' : '\n');
}

int
hub_station_list(const char *database, FILE *out, struct err *err)
{
	return call(database, "SELECT id, CASE WHEN revoked IS NULL THEN "
	    "'serves' ELSE 'revoked' END, lpad(to_hex(epoch), 8, '0'), seq, "
	    "to_char(moved, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), forks, gaps "
	    "FROM hub.stations ORDER BY id", NULL, 0, print_row, out, err);
}

int
hub_messages(const char *database, FILE *out, struct err *err)
{
	return call(database, "SELECT message, station, coalesce(officer, '-'),"
	    " to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
	    "FROM hub.message_read ORDER BY message, station, at", NULL, 0,
	    print_row, out, err);
}

int
hub_station_audience(const char *database, const char *station,
    const char *const *names, size_t count, struct err *err)
{
	bool there = false;

	if (check_name(station, err) < 0 ||
	    call(database, "DELETE FROM hub.audience WHERE station = (SELECT "
	    "no FROM hub.station WHERE id = $1)", &station, 1, NULL, NULL,
	    err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *texts[] = { station, names[i] };

		if (call(database, "INSERT INTO hub.audience SELECT no, $2 "
		    "FROM hub.station WHERE id = $1 RETURNING true", texts, 2,
		    take_yes, &there, err) < 0)
			return -1;
		if (!there)
			return err_set(err, ERR_INPUT, "no such post: %s",
			    station);
	}
	return 0;
}
