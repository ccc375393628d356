/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modes of the shift (surge, venue, search, charts) and what comes in on
 * paper: pure, beside the session that they work on.
 */
#ifndef STATION_MODES_H
#define STATION_MODES_H

#include "screen.h"

struct moment;
struct person;
struct session;
struct shift;
struct station;

struct declared { /* at this post, by keys */
	int64_t at_ms;  /* 0: not */
	int symptoms;   /* -1 not said */
	char from[FIELD_TEXT_MAX], to[FIELD_TEXT_MAX];
};

/* The post is open for a time: people are counted, nobody waits (surge.c). */
struct surge {
	int64_t until_ms;     /* 0: not open */
	int vehicles, people; /* since it was opened */
};

#define SURGE_MINUTES_MAX 120
#define SURGE_CLEARS_MS 1500 /* after `done` */

struct tally { /* for the charts */
	int64_t hour[CHART_HOURS]; /* local hours since 1970 */
	int people[CHART_HOURS][2], verdicts[CHART_VERDICTS],
	    temps[CHART_TEMPS];
};

#define SEARCH_MAX 2048 /* crossings of the shift that can be found */
#define SEARCH_LEAST 3  /* characters */
#define SEARCH_TAILS 4  /* of 3, 4, 5, 6 characters */

struct searched {
	struct view_recent shown; /* the plate is cut short */
	size_t serial;            /* as in recent_serial */
	uint64_t number[SEARCH_TAILS], plate[SEARCH_TAILS], whole_plate;
};

/* ---- surge, venue, search: modes of the shift ------------------------------------------------- */

bool surge_open(const struct shift *shift, const struct moment *m);
int surge_minutes_left(const struct shift *shift, const struct moment *m); /* 0: closed */
/* Recorded with the officer; false: it is open, or nothing can be recorded. */
bool surge_start(struct session *s, int minutes, const struct moment *m);
void surge_stop(struct session *s, const struct moment *m);
void surge_tick(struct session *s, const struct moment *m);
/* One vehicle with 1 to 9 aboard. False: there is no surge. */
bool surge_vehicle(struct session *s, int aboard, const struct moment *m);
/* What stands passes; a STOP does not. */
bool surge_decide(struct session *s, const char *by, const struct moment *m);

void tally_person(struct session *s, const struct moment *m);
void tally_time(struct session *s, const char *by, const struct moment *m);
void tally_people(struct shift *shift, int64_t at, int utc_offset_s, int direction, int people);
void tally_view(const struct shift *shift, int64_t now, int utc_offset_s, struct view_chart *chart);

void venue_count(struct shift *shift, int direction, int people);
struct station;
/* The officer counted; recorded. */
void venue_set(struct session *s, long inside, const struct moment *m);
void venue_load(struct station *st);
void venue_save(struct station *st, bool ending);

void search_add(struct shift *shift, const struct person *person, const struct view_recent *shown);
void search_correct(struct shift *shift, size_t serial, const char *outcome);
void search_clear(struct shift *shift); /* when a shift begins */
/* query: last digits, a plate or its end, a time. Newest first. */
size_t search_find(const struct shift *shift, const char *query, int utc_offset_s, struct view_recent *found, size_t most);

/* An ID card whose Vietnamese letters were lost on the way? */
bool charset_lost(const unsigned char *payload, size_t n);

/* ---- paper: what was on paper comes in by keys, pure ---------------------------------------- */

enum paper_kind { PAPER_DECLARATION, PAPER_LOGBOOK, PAPER_ZONE };

struct paper {
	enum paper_kind kind;
	uint64_t person; /* key of the person it is for; 0: opens a new one */
	struct fields fields;
};

void paper_open(struct paper *paper, enum paper_kind kind, const struct session *s);
/* FORM_DONE: recorded, and judged again where it is about the person. */
enum form_result paper_input(struct paper *paper, struct session *s, const struct input *input, const struct moment *m);
/* After anything happened: false when the person it was for is gone. */
bool paper_settle(struct paper *paper, const struct session *s);
/* A machine-readable zone (zone.c): what fields_input() made of a key. */
void zone_open(struct fields *fields);
enum form_result zone_input(struct fields *fields, struct session *s, const struct input *input, const struct moment *m);
void paper_recorded(struct session *s, int64_t n, const char *id, const struct moment *m);

#endif
