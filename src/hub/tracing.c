/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tracing - where a case crossed, and who was near. What is shown has been
 * noted before: who asked, and why.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define SQL_MAX 2048
#define WORD_MAX 64 /* bytes of a number or a plate */

struct column {
	const char *name, *sql; /* over c, a hub.crossing */
};

static const struct column near_columns[] = {
	{ "how", "n.how" },
	{ "minutes", "round(n.seconds / 60.0)" },
};

static const struct column columns[] = {
	{ "at", "to_char(to_timestamp(c.at) AT TIME ZONE 'UTC', "
	    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')" },
	{ "station", "c.station" }, { "direction", "c.direction" },
	{ "outcome", "coalesce(c.outcome, c.verdict)" },
	{ "name", "c.name" }, { "number", "c.number" },
	{ "birth", "c.birth" }, { "phone", "c.phone" },
	{ "plate", "c.plate" }, { "from", "c.from_place" },
	{ "to", "c.to_place" }, { "home", "c.home" }, { "id", "c.id" },
};

struct listing {
	struct text out;
	int64_t rows;
};

static void
add_cell(struct text *out, const char *cell, bool last)
{
	char clean[512];

	text_clean(cell, strlen(cell), clean, sizeof(clean));
	text_add(out, "%s%c", clean[0] != '\0' ? clean : "-",
	    last ? '\n' : '\t');
}

static void
take_row(void *arg, char **fields, int count)
{
	struct listing *listing = arg;

	listing->rows++;
	for (int i = 0; i < count; i++)
		add_cell(&listing->out, fields[i] != NULL ? fields[i] : "",
		    i + 1 == count);
}

static void
take_object(void *arg, char **fields, int count)
{
	struct listing *listing = arg;

	(void)count;
	listing->rows++;
	text_add(&listing->out, "%s\n", fields[0]);
}

/* Names of the columns into the listing, their expressions into sql. */
static void
add_columns(const struct column *column, size_t n, bool last, char *sql,
    struct text *header)
{
	for (size_t i = 0; i < n; i++) {
		bool end = last && i + 1 == n;
		size_t len = strlen(sql);

		snprintf(sql + len, SQL_MAX - len, "%s AS \"%s\"%s",
		    column[i].sql, column[i].name, end ? "" : ", ");
		if (header != NULL)
			add_cell(header, column[i].name, end);
	}
}

static int
list(struct db *db, const struct hub_trace *trace, struct listing *listing,
    struct err *err)
{
	bool near = trace->minutes > 0;
	struct text *header = trace->json ? NULL : &listing->out;
	char since[24], until[24], seconds[24], sql[SQL_MAX] = "";
	size_t len;

	snprintf(since, sizeof(since), "%lld", (long long)trace->since);
	snprintf(until, sizeof(until), "%lld", (long long)trace->until);
	snprintf(seconds, sizeof(seconds), "%d", trace->minutes * 60);
	if (trace->json)
		snprintf(sql, sizeof(sql), "SELECT json_strip_nulls("
		    "row_to_json(x))::text FROM (");
	len = strlen(sql);
	snprintf(sql + len, sizeof(sql) - len, "SELECT ");
	if (near)
		add_columns(near_columns, nitems(near_columns), false, sql,
		    header);
	add_columns(columns, nitems(columns), true, sql, header);
	len = strlen(sql);
	snprintf(sql + len, sizeof(sql) - len, "%s%s", near ?
	    " FROM hub.contacts($1, $3::bigint, $4::bigint, $5::bigint) n, "
	    "LATERAL (SELECT (n.c).*) c" :
	    " FROM hub.crossings($1, $2, $3::bigint, $4::bigint) c",
	    trace->json ? ") x" : "");
	return db_call(db, sql, (const struct db_value[]){
	    db_text(trace->number), db_text(trace->plate), db_text(since),
	    db_text(until), db_text(seconds) }, 5, trace->json ? take_object :
	    take_row, listing, err);
}

/* As somebody writes it, without what only parts it. */
static void
squeeze(const char *text, bool plate, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < size; text++)
		if (plate ? isalnum((unsigned char)*text) : *text != ' ')
			out[n++] = plate ? (char)toupper((unsigned char)*text) :
			    *text;
	out[n] = '\0';
}

static int
note(struct db *db, const struct hub_trace *trace, int64_t rows,
    struct err *err)
{
	char what[256], from[21], to[21], count[24];

	time_print(trace->since, from);
	time_print(trace->until, to);
	snprintf(what, sizeof(what), "%s of %s%s, %s to %s",
	    trace->minutes > 0 ? "contacts" : "crossings", trace->number,
	    trace->plate, from, to);
	snprintf(count, sizeof(count), "%lld", (long long)rows);
	return db_call(db, "SELECT hub.inspected($1, $2, $3, $4::bigint)",
	    (const struct db_value[]){ db_text(trace->asked_by),
	    db_text(trace->why), db_text(what), db_text(count) }, 4, NULL, NULL,
	    err);
}

int
hub_trace(const struct hub_trace *asked, struct err *err)
{
	char number[WORD_MAX], plate[WORD_MAX];
	struct hub_trace whole = *asked, *trace = &whole;
	struct db *db = db_new(asked->database);
	struct listing listing = { .rows = 0 };
	int ret = migrate_check(db, err);

	squeeze(asked->number, false, number, sizeof(number));
	squeeze(asked->plate, true, plate, sizeof(plate));
	whole.number = number;
	whole.plate = plate;
	if (ret == 0)
		ret = db_be_patient(db, err);
	if (ret == 0)
		ret = list(db, trace, &listing, err);
	if (ret == 0)
		ret = note(db, trace, listing.rows, err);
	if (ret == 0 && listing.out.bytes != NULL)
		fputs(listing.out.bytes, trace->out);
	text_free(&listing.out);
	db_free(db);
	return ret;
}

int
hub_inspections(const char *database, FILE *out, struct err *err)
{
	struct db *db = db_new(database);
	struct listing listing = { .rows = 0 };
	int ret = migrate_check(db, err);

	if (ret == 0)
		ret = db_call(db, "SELECT to_char(at AT TIME ZONE 'UTC', "
		    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), asked_by, what, "
		    "crossings, why FROM hub.inspection ORDER BY at", NULL, 0,
		    take_row, &listing, err);
	if (ret == 0 && listing.out.bytes != NULL)
		fputs(listing.out.bytes, out);
	text_free(&listing.out);
	db_free(db);
	return ret;
}
