/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notices - the wards that people leave, go to and live in are told: a file
 * for each, of what was decided at posts since the last time.
 *
 * How far a round goes is noted before its files are written, and that it was
 * done after: after a crash the same ones are written again under the same
 * names.
 */
#include "parts.h"
#include "register.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNIT_MAX 40 /* bytes of a ward's name: it is a file's */
#define NOWHERE ""  /* whose place nobody named */

struct notice {
	const char *unit; /* borrowed */
	size_t order;
	char *line;
};

struct round {
	struct zones *places; /* their levels mean nothing here */
	struct unit {
		char place[ZONE_PLACE_MAX], name[UNIT_MAX + 1];
	} *units;             /* as places lists them */
	size_t nunits;
	struct notice *notices;
	size_t n, size, crossings;
	char since[40], upto[40], stamp[20];
};

/* ---- who is told of which place ------------------------------------------------------- */

static bool
names_file(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= UNIT_MAX && text[0] != '.' &&
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-") == n;
}

static int
add_place(void *arg, int line, const char *const *cells, struct err *err)
{
	struct round *r = arg;
	struct zone place = { .level = 1 };
	struct unit *unit;

	if (cells[0][0] == '\0' || strlen(cells[0]) >= sizeof(place.place))
		return err_set(err, ERR_INPUT, "line %d: a place has 1 to %d "
		    "bytes", line, ZONE_PLACE_MAX - 1);
	if (!names_file(cells[1]))
		return err_set(err, ERR_INPUT, "line %d: a unit has 1 to %d "
		    "letters, digits and . _ -", line, UNIT_MAX);
	snprintf(place.place, sizeof(place.place), "%s", cells[0]);
	if (zones_add(r->places, &place, err) < 0)
		return err_within(err, "line %d", line);
	r->units = realloc(r->units, (r->nunits + 1) * sizeof(*r->units));
	if (r->units == NULL)
		mem_none();
	unit = &r->units[r->nunits++];
	snprintf(unit->place, sizeof(unit->place), "%s", cells[0]);
	snprintf(unit->name, sizeof(unit->name), "%s", cells[1]);
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	return strcmp(((const struct unit *)a)->place,
	    ((const struct unit *)b)->place);
}

/* One place has one unit: whom to tell may not depend on the order. */
static int
read_places(struct round *r, const char *path, struct err *err)
{
	static const char *const columns[] = { "place", "unit" };
	int ret = cells_read(path, columns, nitems(columns), add_place, r,
	    err);

	if (ret == 0 && r->nunits == 0)
		ret = err_set(err, ERR_INPUT, "names no place");
	if (ret == 0)
		qsort(r->units, r->nunits, sizeof(*r->units), by_place);
	for (size_t i = 1; i < r->nunits && ret == 0; i++)
		if (by_place(&r->units[i - 1], &r->units[i]) == 0)
			ret = err_set(err, ERR_INPUT, "%s is there twice",
			    r->units[i].place);
	zones_ready(r->places);
	return ret < 0 ? err_within(err, "%s", path) : 0;
}

static const char *
unit_of(const struct round *r, const char *address)
{
	const struct zone *place = address != NULL ?
	    zones_find(r->places, address, 1) : NULL;
	struct unit key, *unit;

	if (place == NULL)
		return NOWHERE;
	snprintf(key.place, sizeof(key.place), "%s", place->place);
	unit = bsearch(&key, r->units, r->nunits, sizeof(key), by_place);
	return unit != NULL ? unit->name : NOWHERE;
}

/* ---- what there is to tell ----------------------------------------------------------------- */

enum { OF, AT, STATION, DIRECTION, OUTCOME, WAS, NAME, NUMBER, BIRTH, PHONE,
	PLATE, FROM, TO, HOME, FIELDS };

static const char header[] = "id,concerns,at,station,direction,outcome,"
    "before,name,number,birth,phone,plate,from,to,home\n";

static const char query[] = "SELECT id, to_char(to_timestamp(at) AT TIME ZONE "
    "'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), station, direction, outcome, "
    "was, name, number, birth, phone, plate, from_place, to_place, home "
    "FROM hub.notices($1::timestamptz, $2::timestamptz)";

/* A cell that no spreadsheet takes for a formula or for two. */
static void
add_cell(struct text *out, const char *cell)
{
	char clean[512];

	text_clean(cell, strlen(cell), clean, sizeof(clean));
	text_add(out, "%s", strchr("=+-@", clean[0]) != NULL &&
	    clean[0] != '\0' ? ",\"'" : ",\"");
	for (const char *c = clean; *c != '\0'; c++)
		text_add(out, *c == '"' ? "\"\"" : "%c", *c);
	text_add(out, "\"");
}

static void
add_notice(struct round *r, const char *unit, const char *concerns,
    char **fields)
{
	struct text line = { NULL, 0, 0 };

	if (r->n == r->size) {
		r->size = r->size == 0 ? 256 : r->size * 2;
		r->notices = realloc(r->notices, r->size *
		    sizeof(*r->notices));
		if (r->notices == NULL)
			mem_none();
	}
	text_add(&line, "%s,%s", fields[OF], concerns);
	for (int i = AT; i < FIELDS; i++)
		add_cell(&line, fields[i] != NULL ? fields[i] : "");
	text_add(&line, "\n");
	r->notices[r->n] = (struct notice){ unit, r->n, line.bytes };
	r->n++;
}

static void
take_crossing(void *arg, char **fields, int count)
{
	static const struct {
		int field;
		const char *word;
	} roads[] = { { FROM, "from" }, { TO, "to" }, { HOME, "home" } };
	const char *units[nitems(roads)];
	struct round *r = arg;

	(void)count;
	r->crossings++;
	for (size_t i = 0; i < nitems(roads); i++)
		units[i] = unit_of(r, fields[roads[i].field]);
	for (size_t i = 0; i < nitems(roads); i++) {
		char concerns[16] = "";
		bool told = false;

		for (size_t k = 0; k < nitems(roads); k++) {
			if (strcmp(units[k], units[i]) != 0)
				continue;
			told = told || k < i;
			snprintf(concerns + strlen(concerns),
			    sizeof(concerns) - strlen(concerns), "%s%s",
			    concerns[0] != '\0' ? " " : "", roads[k].word);
		}
		/* Nobody's place is told only of whom no ward is told. */
		if (!told && (units[i][0] != '\0' ||
		    strlen(concerns) == strlen("from to home")))
			add_notice(r, units[i], concerns, fields);
	}
}

/* ---- files ------------------------------------------------------------------------------------ */

static int
by_unit(const void *a, const void *b)
{
	const struct notice *one = a, *other = b;
	int way = strcmp(one->unit, other->unit);

	return way != 0 ? way : (one->order > other->order) -
	    (one->order < other->order);
}

/* From the i-th on all of one unit; returns how many, or -1. */
static ssize_t
write_unit(const struct round *r, const char *dir, size_t i, FILE *out,
    struct err *err)
{
	const char *unit = r->notices[i].unit;
	struct text text = { NULL, 0, 0 };
	char path[PATH_MAX];
	size_t n = 0;
	int ret;

	if (snprintf(path, sizeof(path), "%s/%s-%s.csv", dir, unit[0] != '\0' ?
	    unit : "unknown", r->stamp) >= (int)sizeof(path))
		return err_set(err, ERR_USAGE, "path too long");
	text_add(&text, "%s", header);
	while (i + n < r->n && strcmp(r->notices[i + n].unit, unit) == 0)
		text_add(&text, "%s", r->notices[i + n++].line);
	ret = file_write(path, text.bytes, text.len, 0600, true, err);
	text_free(&text);
	if (ret == 0)
		fprintf(out, "%s\t%zu\n", path, n);
	return ret == 0 ? (ssize_t)n : -1;
}

static int
write_all(struct round *r, const char *dir, FILE *out, struct err *err)
{
	ssize_t n;

	if (r->n == 0)
		return 0;
	if (dir_make(dir, 0700, err) < 0)
		return -1;
	qsort(r->notices, r->n, sizeof(*r->notices), by_unit);
	for (size_t i = 0; i < r->n; i += (size_t)n) {
		n = write_unit(r, dir, i, out, err);
		if (n < 0)
			return -1;
	}
	return 0;
}

/* ---- door ----------------------------------------------------------------------------------------- */

static void
take_span(void *arg, char **fields, int count)
{
	struct round *r = arg;

	(void)count;
	snprintf(r->since, sizeof(r->since), "%s", fields[0]);
	snprintf(r->upto, sizeof(r->upto), "%s", fields[1]);
	snprintf(r->stamp, sizeof(r->stamp), "%s", fields[2]);
}

static int
tell(struct db *db, struct round *r, const struct hub_notices *what,
    struct err *err)
{
	struct db_value span[2];

	if (db_be_patient(db, err) < 0 ||
	    db_call(db, "SELECT since::text, upto::text, to_char(upto AT TIME "
	    "ZONE 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"') FROM hub.to_notice()",
	    NULL, 0, take_span, r, err) < 0)
		return -1;
	span[0] = db_text(r->since);
	span[1] = db_text(r->upto);
	if (db_call(db, query, span, 2, take_crossing, r, err) < 0 ||
	    write_all(r, what->dir, what->out, err) < 0 ||
	    db_call(db, "SELECT hub.noticed()", NULL, 0, NULL, NULL, err) < 0)
		return -1;
	fprintf(what->out, "%zu crossings, %zu notices, up to %s\n",
	    r->crossings, r->n, r->stamp);
	return 0;
}

int
hub_notices(const struct hub_notices *what, struct err *err)
{
	struct round r = { .places = zones_new() };
	struct db *db = db_new(what->database);
	int ret = read_places(&r, what->places, err);

	if (ret == 0)
		ret = migrate_check(db, err);
	if (ret == 0)
		ret = tell(db, &r, what, err);
	for (size_t i = 0; i < r.n; i++)
		free(r.notices[i].line);
	free(r.notices);
	free(r.units);
	zones_free(r.places);
	db_free(db);
	return ret;
}
