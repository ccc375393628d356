/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays a recording into an intake, in its own time: for the unit tests and
 * fuzz targets. The first line of a recording in tests/traces says how:
 * "# play: ROLE protocol=...,option=value".
 */
#ifndef READER_PLAY_H
#define READER_PLAY_H

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/reader/parts.h"

/* A pseudo terminal between the recording and the intake: the reader's own
 * port at one end. Time is that of the line, not of this machine. */
struct cable {
	int master, port;
	long baud;
	int64_t us; /* when the last byte was through */
};

struct played {
	char *events;   /* lines */
	size_t len;
	FILE *out;      /* to events */
	unsigned temps, scans;
	int32_t most_mc, least_mc; /* of raw values */
	unsigned sound;            /* those of quality ok, and theirs */
	int32_t sound_most_mc, sound_least_mc;
	struct cable *wire; /* NULL: straight into the intake */
};

static void
played_event(void *arg, const struct event *event)
{
	struct played *played = arg;
	char line[EVENT_LINE_MAX + 1];

	event_print(event, line);
	fprintf(played->out, "%s\n", line);
	if (event->kind == EVENT_SCAN)
		played->scans++;
	if (event->kind != EVENT_TEMP)
		return;
	if (strcmp(event->temp.quality, "ok") == 0) {
		int32_t raw_mc = event->temp.raw_mc;

		if (played->sound == 0 || raw_mc > played->sound_most_mc)
			played->sound_most_mc = raw_mc;
		if (played->sound == 0 || raw_mc < played->sound_least_mc)
			played->sound_least_mc = raw_mc;
		played->sound++;
	}
	if (played->temps == 0 || event->temp.raw_mc > played->most_mc)
		played->most_mc = event->temp.raw_mc;
	if (played->temps == 0 || event->temp.raw_mc < played->least_mc)
		played->least_mc = event->temp.raw_mc;
	played->temps++;
}

static void
played_send(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
}

/* Everything that is due before at_ms. */
static inline void
play_until(struct intake *intake, int64_t at_ms)
{
	int64_t deadline;

	while ((deadline = intake_deadline(intake)) >= 0 &&
	    deadline < at_ms)
		intake_tick(intake, deadline);
}

/* How the first line says that it is played; -1 when it does not. */
static inline int
play_settings(const char *first, struct settings *settings, struct err *err)
{
	char role_word[32], options[200], text[300];
	enum reader_role role;
	struct device device;

	if (sscanf(first, "# play: %31s %199s", role_word, options) != 2 ||
	    reader_role_parse(role_word, &role) < 0)
		return err_set(err, ERR_INPUT, "no \"# play:\" line");
	snprintf(text, sizeof(text), "trace:x,%s", options);
	if (device_parse(text, &device, err) < 0)
		return -1;
	return settings_fill(role, &device, settings, err);
}

#define BITS_A_BYTE 10 /* with start and stop */
#define CHUNK_MAX 1024 /* bytes that a pty surely takes */
#define CHUNK_MS 10    /* no line brings more at once */

/* What was written comes out at the other end; -1: it does not. */
static inline int
cable_pass(const struct cable *wire, const unsigned char *bytes, size_t n,
    unsigned char *out)
{
	size_t got = 0;

	if (write(wire->master, bytes, n) != (ssize_t)n)
		return -1;
	while (got < n) {
		struct pollfd wait = { wire->port, POLLIN, 0 };
		ssize_t some;

		if (poll(&wait, 1, 10000) != 1)
			return -1;
		some = read(wire->port, out + got, n - got);
		if (some <= 0)
			return -1;
		got += (size_t)some;
	}
	return 0;
}

static inline int
cable_send(struct cable *wire, const unsigned char *bytes, size_t n,
    int64_t at_ms, struct intake *intake)
{
	unsigned char out[CHUNK_MAX];
	size_t chunk = (size_t)(wire->baud * CHUNK_MS / 1000 / BITS_A_BYTE);

	if (wire->us < at_ms * 1000)
		wire->us = at_ms * 1000;
	if (chunk > CHUNK_MAX)
		chunk = CHUNK_MAX;
	for (size_t at = 0; at < n; at += chunk) {
		size_t some = n - at < chunk ? n - at : chunk;

		if (cable_pass(wire, bytes + at, some, out) < 0)
			return -1;
		wire->us += (int64_t)some * BITS_A_BYTE * 1000000 / wire->baud;
		play_until(intake, wire->us / 1000);
		intake_bytes(intake, out, some, wire->us / 1000);
	}
	return 0;
}

/* Returns 0, or -1 when the pty gives back other bytes than it took. */
static inline int
play_bytes(struct played *played, const unsigned char *bytes, size_t n,
    int64_t at_ms, struct intake *intake)
{
	if (played->wire != NULL)
		return cable_send(played->wire, bytes, n, at_ms, intake);
	intake_bytes(intake, bytes, n, at_ms);
	return 0;
}

/* One entry, piece bytes at a time, 0 all of it. 0, or -1: no pty. */
static inline int
play_entry(struct played *played, const struct trace_entry *entry,
    size_t piece, struct intake *intake)
{
	size_t step = piece > 0 ? piece : entry->n;

	play_until(intake, entry->at_ms);
	if (entry->is_line) {
		intake_line(intake, entry->text, entry->at_ms);
		return 0;
	}
	for (size_t at = 0; at < entry->n; at += step)
		if (play_bytes(played, entry->bytes + at,
		    at + step > entry->n ? entry->n - at : step,
		    entry->at_ms, intake) < 0)
			return -1;
	return 0;
}

/* 0, or -1: the recording is bad. */
static inline int
play(FILE *file, const char *name, const struct settings *settings,
    size_t piece, struct played *played, struct err *err)
{
	const struct sink sink = { played_event, played_send, played };
	struct intake *intake = malloc(sizeof(*intake));
	struct trace_entry *entry = malloc(sizeof(*entry));
	struct trace trace;
	int got;

	trace_use(&trace, file, name);
	intake_init(intake, settings, &sink);
	intake_start(intake, 0);
	while ((got = trace_next(&trace, entry, err)) == 1)
		if (play_entry(played, entry, piece, intake) < 0) {
			got = err_set(err, ERR_ABSENT, "pty");
			break;
		}
	play_until(intake, trace.at_ms + 20000);
	trace_close(&trace);
	free(intake);
	free(entry);
	return got < 0 ? -1 : 0;
}

#endif
