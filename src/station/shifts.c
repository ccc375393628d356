/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shifts - keeps the book of the shift where a restart finds it: at once in
 * the run directory, which no card wears out by, and now and then in the
 * state, by the roster child. At the end a sheet is kept, printed, recorded.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_MS 20000 /* how much counting a power cut may cost */
#define STALE_S (24 * 3600) /* without officers nobody ends a shift */

static void
run_path(const struct office *o, char path[CONF_PATH_MAX + 16])
{
	snprintf(path, CONF_PATH_MAX + 16, "%s/shift", o->st->conf->run);
}

static void
load_one(const char *path, struct book *book, struct view_counts *counts)
{
	struct view_counts numbers;
	struct book other;
	size_t n;
	char *text = file_read(path, BOOK_TEXT_MAX, &n, NULL);

	if (text != NULL && strlen(text) == n && book_parse(text, &other,
	    &numbers) == 0 && other.serial > book->serial) {
		*book = other;
		*counts = numbers;
	}
	free(text);
}

void
shifts_load(struct office *o)
{
	struct station *st = o->st;
	struct view_counts counts = { .since = 0 };
	struct moment m = station_moment(st);
	char path[CONF_PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/shift", st->conf->state);
	load_one(path, &o->book, &counts);
	run_path(o, path);
	load_one(path, &o->book, &counts);
	if (o->book.open && m.wall - counts.since < STALE_S)
		st->shift.counts = counts;
	else
		o->book.open = false;
	o->kept = st->shift.counts;
}

void
shifts_keep(struct office *o, bool now)
{
	const struct view_counts *counts = &o->st->shift.counts;
	int64_t now_ms = loop_now_ms(o->st->loop);
	char path[CONF_PATH_MAX + 16], text[BOOK_TEXT_MAX];

	if (memcmp(counts, &o->kept, sizeof(*counts)) != 0) {
		o->kept = *counts;
		o->book.serial++;
	} else if (!now && o->book.serial == o->kept_serial) {
		return;
	}
	book_print(&o->book, counts, text);
	run_path(o, path);
	file_write(path, text, strlen(text), 0600, false, NULL);
	if (!now && now_ms - o->kept_ms < KEEP_MS)
		return;
	if (roster_keep(o->roster, "shift", text)) {
		o->kept_serial = o->book.serial;
		o->kept_ms = now_ms;
	}
}

void
shifts_begin(struct office *o, const struct moment *m)
{
	const struct conf *conf = o->st->conf;
	const struct duty_officer *on = &o->duty.on;

	search_clear(&o->st->shift);
	book_begin(&o->book, &o->st->shift.counts, m->wall,
	    conf->utc_offset_s);
	snprintf(o->book.officer, sizeof(o->book.officer), "%s", on->id);
	snprintf(o->book.name, sizeof(o->book.name), "%s", on->name);
	if (duty_needed(&o->duty))
		session_record_sheet(&o->st->lanes[0].session, "shift-start",
		    &o->book, (const char *const[]){ NULL }, m);
	shifts_keep(o, true);
}

/* "sheets/2021-10-22-1.txt" */
static void
keep_sheet(struct office *o, const struct moment *m)
{
	struct calendar c = calendar_at(m->wall, o->st->conf->utc_offset_s);
	char name[64], text[SHEET_TEXT_MAX];
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "%s %s\n",
	    o->st->conf->id, o->st->conf->name);
	for (size_t i = 0; i < o->nsheet && n < sizeof(text) - 1; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
		    o->sheet[i]);
	snprintf(name, sizeof(name), "sheets/%04d-%02d-%02d-%d.txt",
	    c.year % 10000, c.month % 100, c.day % 100, o->book.number % 100);
	roster_keep(o->roster, name, text);
}

void
shifts_end(struct office *o, const char *type, const struct moment *m)
{
	struct station *st = o->st;
	struct session *session = &st->lanes[0].session;
	struct post_lane *lane = &st->lanes[st->active];

	o->nsheet = book_lines(&o->book, &st->shift.counts, m->wall,
	    st->conf->utc_offset_s, o->sheet, nitems(o->sheet));
	session_record_sheet(session, type, &o->book, (const char *const[]){
	    "taken_by", strcmp(type, "hand-over") == 0 ? o->duty.who.id : "",
	    NULL }, m);
	keep_sheet(o, m);
	for (size_t i = 0; i < st->nlanes && !outputs_printer(lane->outputs);
	    i++)
		lane = &st->lanes[i];
	if (outputs_printer(lane->outputs))
		session_act(&lane->session, EFFECT_SLIP,
		    record_sheet_slip(&lane->session, m, &o->book));
	o->book.open = false;
	o->book.serial++;
	shifts_keep(o, true);
}

/* "2 open since 2021-10-22T06:00:00Z": for whoever looks after many posts,
 * who is not told who is at work. */
void
shifts_words(const struct office *o, char out[SHIFT_WORDS_MAX])
{
	const struct view_counts *counts = &o->st->shift.counts;
	char at[21];

	time_print(counts->since, at);
	if (!o->book.open)
		snprintf(out, SHIFT_WORDS_MAX, "none");
	else if (counts->since == 0)
		snprintf(out, SHIFT_WORDS_MAX, "%d open", o->book.number);
	else
		snprintf(out, SHIFT_WORDS_MAX, "%d %s since %s", o->book.number,
		    o->duty.locked ? "locked" : "open", at);
}
