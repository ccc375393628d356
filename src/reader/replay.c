/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay - trace:FILE, a recording in place of a device.
 *
 * The intake is told the time of the recording, not of the clock: played at
 * any speed, it gives the same events.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* Silence after the last line, so that what it began can end. */
#define REST_MS 10000

struct replay {
	struct reader *reader;
	struct trace trace;
	struct trace_entry *entry;
	bool ended;      /* entry is none: the rest is silence */
	int64_t start_ms; /* of the loop's clock */
	int64_t now_ms;   /* of the recording */
};

static void
on_event(void *arg, const struct event *event)
{
	struct replay *replay = arg;

	reader_say(replay->reader, event);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg; /* a recording does not answer */
	(void)bytes;
	(void)n;
}

static int
fetch(struct replay *replay, struct err *err)
{
	int got = trace_next(&replay->trace, replay->entry, err);

	if (got < 0)
		return -1;
	if (got == 0) {
		replay->ended = true;
		replay->entry->at_ms = replay->trace.at_ms + REST_MS;
	} else if (!replay->entry->is_line &&
	    replay->reader->settings.driver == NULL)
		return err_set(err, ERR_INPUT,
		    "%s:%d: bytes, but no protocol for them",
		    replay->trace.path, replay->trace.line);
	return 0;
}

/* When something is to be done next, in the recording's time. Questions to a
 * recording lead nowhere: at its end nothing waits for them. */
static int64_t
next_ms(const struct replay *replay)
{
	int64_t deadline = intake_deadline(&replay->reader->intake);

	return deadline >= 0 && deadline < replay->entry->at_ms ? deadline :
	    replay->entry->at_ms;
}

/* Does what is due; returns 0, or -1 when the recording is spoilt. */
static int
step(struct replay *replay, struct err *err)
{
	struct intake *intake = &replay->reader->intake;
	const struct trace_entry *entry = replay->entry;

	replay->now_ms = next_ms(replay);
	if (replay->now_ms < entry->at_ms) {
		intake_tick(intake, replay->now_ms);
		return 0;
	}
	if (replay->ended) {
		intake_tick(intake, replay->now_ms);
		reader_stop(replay->reader, NULL);
		return 0;
	}
	if (entry->is_line)
		intake_line(intake, entry->text, replay->now_ms);
	else
		intake_bytes(intake, entry->bytes, entry->n,
		    replay->now_ms);
	return fetch(replay, err);
}

static void on_time(void *arg);

static void
arm(struct replay *replay)
{
	long speed = replay->reader->settings.speed;
	int64_t at_ms = replay->start_ms;

	/* The silence at the end need not be waited for. */
	if (speed > 0 && !replay->ended)
		at_ms += next_ms(replay) * 1000 / speed;
	loop_at(replay->reader->loop, at_ms, on_time, replay);
}

static void
on_time(void *arg)
{
	struct replay *replay = arg;
	struct err err;

	if (replay->reader->stopped)
		return;
	if (step(replay, &err) < 0) {
		intake_fault(&replay->reader->intake,
		    N_("the recording is spoilt"));
		reader_stop(replay->reader, &err);
		return;
	}
	arm(replay);
}

static void
on_command(struct reader *reader, const char *line)
{
	struct replay *replay = reader->live;

	intake_command(&reader->intake, line, replay->now_ms);
}

int
run_trace(struct reader *reader, struct err *err)
{
	struct replay replay = { .reader = reader };
	const struct sink sink = { on_event, on_send, &replay };
	int done = -1;

	if (trace_open(&replay.trace, reader->device->path, err) < 0)
		return -1;
	replay.entry = calloc(1, sizeof(*replay.entry));
	if (replay.entry == NULL)
		mem_none();
	intake_init(&reader->intake, &reader->settings, &sink);
	reader->live = &replay;
	reader->on_command = on_command;
	replay.start_ms = loop_now_ms(reader->loop);
	intake_start(&reader->intake, 0);
	if (fetch(&replay, err) == 0) {
		reader_alive(reader);
		arm(&replay);
		done = loop_run(reader->loop, err);
	}
	trace_close(&replay.trace);
	free(replay.entry);
	return done;
}
