/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * station - the post at work: readers and keys in, sessions per lane, what
 * is recorded and shown (ARCHITECTURE.md has the state table).
 *
 * One thread, one poll loop; waits for no device, disk or network. The
 * judgement of who a reading belongs to is session.c, which is pure.
 */
#ifndef STATION_H
#define STATION_H

#include <stdio.h>

#include "base.h"
#include "conf.h"

struct station_options {
	const char *self;      /* path of the chot program, for its children */
	const char *libexec;   /* directory of chot-camera and chot-sync */
	const char *machine;   /* a directory in place of / (tests); NULL */
	const char *conf;      /* path of the configuration for chot-sync; NULL: the default */
	bool plain;            /* lines of text instead of the screen */
	bool demo;             /* marked on the screen; nothing else differs */
	int64_t wall;          /* injected wall clock, Unix seconds; 0: the machine's */
	int64_t clock_floor;   /* times before it are not believed */
};

/* Run the full-screen post until the officer leaves or a signal ends it. */
int station_run(const struct conf *conf, const struct station_options *options,
    struct err *err);

/* What citizens see of a lane, on another terminal; NULL: the first lane.
 * Until a signal or two Ctrl-Q end it. */
int station_display(const struct conf *conf, const char *lane,
    struct err *err);

enum status_format {
	STATUS_TEXT,    /* lines for people */
	STATUS_JSON,    /* one object */
	STATUS_METRICS, /* OpenMetrics */
	STATUS_CHECK,   /* one line for monitoring */
};

/* What `chot status` prints: read from the post's files, running or not. now:
 * the machine's clock. Returns 0 well, 1 attention, 2 failing. */
int station_status(const struct conf *conf, enum status_format format,
    int64_t now, FILE *out);

#endif
