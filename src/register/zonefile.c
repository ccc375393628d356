/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zonefile - lists of zones: CSV as somebody wrote it, from a file of the
 * post or as the hub published it. Nothing of it is about a person, so it is
 * kept as it came and asked before anybody has logged in.
 */
#include "published.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

enum { PLACE, LEVEL, SINCE, ENDS, SOURCE, FIELDS };

static const struct {
	const char *name;
	bool needed;
} columns[FIELDS] = {
	[PLACE] = { "place", true }, [LEVEL] = { "level", true },
	[SINCE] = { "since", true }, [ENDS] = { "ends", false },
	[SOURCE] = { "source", false },
};

static const char *const levels[] = { "", "green", "yellow", "orange", "red" };

struct reading {
	const char *name; /* of the file */
	struct zones *zones;
	struct zone like; /* what every row of it has */
	int utc_offset_s;
	size_t nfields;   /* 0: the header is still to come */
	int column[CSV_FIELDS_MAX];
	bool looks;
	int bad, rows;
	void (*report)(void *arg, const char *line);
	void *arg;
};

static void
complain(struct reading *r, int64_t line, const char *words)
{
	char text[ERR_TEXT_MAX + PATH_MAX], clean[sizeof(text)];

	if (r->bad++ >= REGISTER_REPORTS_MAX || r->report == NULL)
		return;
	snprintf(text, sizeof(text), "%s:%lld: %s", r->name, (long long)line,
	    words);
	text_clean(text, strlen(text), clean, sizeof(clean));
	r->report(r->arg, clean);
}

static void
take_header(struct reading *r, int64_t line, char **fields, size_t n)
{
	bool given[FIELDS] = { false };
	char words[160];

	r->nfields = n;
	for (size_t i = 0; i < n; i++) {
		const char *name = field_trim(fields[i]);

		r->column[i] = FIELD_IGNORED;
		for (int c = 0; c < FIELDS; c++)
			if (strcasecmp(columns[c].name, name) == 0) {
				r->column[i] = c;
				given[c] = true;
			}
		if (r->column[i] == FIELD_IGNORED &&
		    strcasecmp(name, "note") != 0) {
			snprintf(words, sizeof(words),
			    _("unknown column: %.100s"), name);
			complain(r, line, words);
		}
	}
	r->looks = given[PLACE] && given[LEVEL];
	for (int c = 0; c < FIELDS; c++) {
		if (given[c] || !columns[c].needed)
			continue;
		snprintf(words, sizeof(words), _("column %s is missing"),
		    columns[c].name);
		complain(r, line, words);
	}
}

static int
take_place(const char *text, struct zone *zone, struct err *err)
{
	char nfc[2 * ZONE_PLACE_MAX], clean[sizeof(nfc)];
	size_t n = text_nfc(text, strlen(text), nfc, sizeof(nfc));

	text_clean(nfc, n, clean, sizeof(clean));
	if (n == 0 || n >= ZONE_PLACE_MAX || strcmp(nfc, clean) != 0)
		return err_set(err, ERR_INPUT, _("place: one line of text, at "
		    "most %d bytes"), ZONE_PLACE_MAX - 1);
	memcpy(zone->place, nfc, n + 1);
	return 0;
}

static int
take_level(const char *text, struct zone *zone, struct err *err)
{
	for (int level = 1; level <= 4; level++)
		if ((text[0] == '0' + level && text[1] == '\0') ||
		    strcasecmp(text, levels[level]) == 0) {
			zone->level = level;
			return 0;
		}
	return err_set(err, ERR_INPUT, _("level: 1 to 4, or green, yellow, "
	    "orange, red"));
}

/* A day alone is all of it: from its first second, to its last. */
static int
take_times(const struct reading *r, char *const values[FIELDS],
    struct zone *zone, struct err *err)
{
	if (time_parse(values[SINCE], r->utc_offset_s, &zone->since) < 0 ||
	    (values[ENDS][0] != '\0' && time_parse(values[ENDS],
	    r->utc_offset_s, &zone->ends) < 0))
		return err_set(err, ERR_INPUT,
		    _("since, ends: not a time like 2021-08-12 "
		    "or 2021-08-12T14:30+07:00"));
	if (strlen(values[ENDS]) == 10)
		zone->ends += 86399;
	if (zone->since < CELL_TIME_MIN || zone->since > CELL_TIME_MAX ||
	    zone->ends > CELL_TIME_MAX ||
	    (values[ENDS][0] != '\0' && zone->ends < zone->since))
		return err_set(err, ERR_INPUT, _("ends before it begins"));
	return 0;
}

static void
on_record(void *arg, int64_t line, char **fields, size_t n,
    const char *problem)
{
	struct reading *r = arg;
	struct zone zone = r->like;
	char none[] = "", *values[FIELDS];
	struct err err = { 0 };

	if (problem != NULL) {
		complain(r, line, _(problem));
		return;
	}
	if (r->nfields == 0) {
		take_header(r, line, fields, n);
		return;
	}
	if (n != r->nfields) {
		complain(r, line, _("not as many fields as the first line"));
		return;
	}
	for (int c = 0; c < FIELDS; c++)
		values[c] = none;
	for (size_t i = 0; i < n; i++)
		if (r->column[i] != FIELD_IGNORED)
			values[r->column[i]] = field_trim(fields[i]);
	if (take_place(values[PLACE], &zone, &err) < 0 ||
	    take_level(values[LEVEL], &zone, &err) < 0 ||
	    take_times(r, values, &zone, &err) < 0 ||
	    zones_add(r->zones, &zone, &err) < 0)
		complain(r, line, err.text);
	else
		r->rows++;
}

static int
read_bytes(struct reading *r, const char *bytes, size_t n, struct err *err)
{
	struct csv *csv = mem_take(sizeof(*csv));

	csv_init(csv, on_record, r);
	csv_push(csv, bytes, n);
	csv_end(csv);
	free(csv);
	if (r->bad > 0)
		return err_set(err, ERR_INPUT,
		    _("%s: %d lines are wrong; nothing was changed"), r->name,
		    r->bad);
	return r->rows > 0 ? r->rows : err_set(err, ERR_INPUT,
	    _("%s: no zone is in it"), r->name);
}

int
zonefile_check(const char *name, const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	struct zones *zones = zones_new();
	struct reading r = { .name = name, .zones = zones,
		.utc_offset_s = ZONES_OFFSET_S, .report = report, .arg = arg };
	int rows = read_bytes(&r, (const char *)bytes, n, err);

	zones_free(zones);
	return rows;
}

/* ---- all that a post has ------------------------------------------------------- */

struct loading {
	struct zones *zones;
	struct zone like;
};

static int
on_file(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct loading *l = arg;
	struct reading r = { .name = name, .zones = l->zones, .like = l->like,
		.utc_offset_s = ZONES_OFFSET_S };

	return read_bytes(&r, (const char *)bytes, n, err) < 0 ? -1 : 0;
}

static int
load_own(const char *state_dir, struct zones *zones, struct err *err)
{
	char path[PATH_MAX];
	struct loading l = { .zones = zones };
	struct err local = { 0 };
	struct stat st;
	size_t n;
	char *text;
	int ret;

	snprintf(path, sizeof(path), "%s/" ZONES_FILE, state_dir);
	text = file_read(path, ZONES_BYTES_MAX, &n, &local);
	if (text == NULL)
		return local.kind == ERR_ABSENT ? 0 :
		    err_set(err, ERR_SETUP, "%s", local.text);
	l.like.made_at = stat(path, &st) == 0 ? st.st_mtime : 0;
	ret = on_file(&l, path, (const unsigned char *)text, n, err);
	free(text);
	return ret;
}

static int
load_published(void *arg, const struct manifest *m, const unsigned char *bytes,
    size_t n, struct err *err)
{
	struct loading *l = arg;

	l->like = (struct zone){ .made_at = m->made_at,
		.expires = m->expires };
	return archive_each(bytes, n, on_file, l, err) < 0 ? -1 : 0;
}

int
zones_load(const char *state_dir, struct zones *zones, struct err *err)
{
	struct loading l = { .zones = zones };

	zones_clear(zones);
	if (archive_streams(state_dir, "zones", load_published, &l, err) < 0 ||
	    load_own(state_dir, zones, err) < 0) {
		zones_clear(zones);
		return -1;
	}
	zones_ready(zones);
	return 0;
}

/* ---- import -------------------------------------------------------------------- */

static void
on_first(void *arg, int64_t line, char **fields, size_t n,
    const char *problem)
{
	struct reading *r = arg;

	if (problem == NULL && r->nfields == 0)
		take_header(r, line, fields, n);
	r->nfields = 1;
}

bool
zones_is(const char *csv_path)
{
	struct reading r = { .name = csv_path };
	struct csv *csv;
	size_t n;
	char *text = file_read(csv_path, ZONES_BYTES_MAX, &n, NULL);

	if (text == NULL)
		return false;
	csv = mem_take(sizeof(*csv));
	csv_init(csv, on_first, &r);
	csv_push(csv, text, n);
	csv_end(csv);
	free(csv);
	free(text);
	return r.looks;
}

int
zones_import(const char *csv_path, const char *state_dir, int64_t made_at,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	const struct timespec times[2] = { { .tv_sec = made_at },
		{ .tv_sec = made_at } };
	char path[PATH_MAX];
	size_t n;
	char *text = file_read(csv_path, ZONES_BYTES_MAX, &n, err);
	int rows;

	if (text == NULL)
		return -1;
	rows = zonefile_check(csv_path, (unsigned char *)text, n, report, arg,
	    err);
	snprintf(path, sizeof(path), "%s/" ZONES_FILE, state_dir);
	if (rows > 0 && (file_write(path, text, n, 0644, true, err) < 0 ||
	    utimensat(AT_FDCWD, path, times, 0) < 0))
		rows = -1;
	free(text);
	return rows;
}
