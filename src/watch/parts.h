/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room watch share. report.c and table.c are pure.
 */
#ifndef WATCH_PARTS_H
#define WATCH_PARTS_H

#include <stdio.h>

#include "base.h"
#include "watch.h"

/* ---- report: one post's answer ------------------------------------------------- */

#define REPORT_BYTES_MAX 65536
#define REPORT_LINES_MAX 128
#define REPORT_NAME_MAX 56
#define REPORT_VALUE_MAX 400

struct report_line {
	const char *name, *value; /* clean, and no longer than that */
	bool number;
};

/* No larger than what was said: a nation has thousands of posts. */
struct report {
	size_t n;
	struct report_line *lines;
};

void report_free(struct report *report); /* it is empty then */
/* One object of text and numbers, refused whole when it is anything else. What
 * was in the report before is freed. */
int report_parse(const char *text, size_t n, struct report *report,
    struct err *err);
const char *report_find(const struct report *report, const char *name);

/* ---- a picture of a post's screen --------------------------------------------------- */

#define PICTURE_BYTES_MAX (256 * 1024)

struct picture {
	char *text, *styles; /* rows; free() both */
	char end[32];        /* a word instead: there are no more */
};

/* -1: it is none, and nothing is in it. */
int picture_parse(const char *line, size_t n, struct picture *picture,
    struct err *err);

/* ---- a post that is watched --------------------------------------------------------- */

struct post {
	char host[WATCH_HOST_MAX];
	struct report report;    /* the last good one */
	bool heard, asked;       /* a good one; any answer, or none in time */
	bool reached;            /* the last try was good */
	char why[REPORT_VALUE_MAX]; /* it was not */
	int64_t heard_ms;
};

/* A line of chot-sync --stations: a post as its hub knows it, at that time.
 * heard_ms becomes how long ago that was, as a negative number. -1: it is not
 * such a line; a page in it that is no status is told as such in post->why. */
int report_page(const char *text, size_t n, struct post *post, int64_t at,
    struct err *err);

void posts_free(struct post *posts, size_t n);
/* 0 well, 1 attention, 2 failing or not reached. */
int post_level(const struct post *post);

/* ---- gather: all posts of a hub --------------------------------------------------------- */

struct gather {
	struct loop *loop;
	const struct watch_options *options;
	void (*done)(void *arg); /* a round is over */
	void *arg;
	/* Of that round; the posts are the caller's who takes them. */
	struct post *posts;
	size_t n, room;
	bool whole;
	char why[REPORT_VALUE_MAX]; /* it is not */
	struct child *child;
	int timer;
};

void gather_ask(struct gather *g); /* one round */
void gather_end(struct gather *g);

/* ---- table ---------------------------------------------------------------------------- */

#define TABLE_STAY 2      /* columns that always stand on the left */
#define TABLE_LEFT_MAX 11 /* so many can go out behind those */

struct table {
	const struct post *posts;
	size_t n, chosen, first; /* first row shown */
	size_t left;             /* columns that went out on the left */
	bool detail;             /* the chosen one alone */
	bool colour;
	int columns, rows;       /* 0: as long as it gets */
	int64_t now_ms;
};

void table_print(const struct table *table, FILE *out);
/* One post as a JSON line: host, reached, why and its status. */
void report_json(const struct post *post, FILE *out);

#endif
