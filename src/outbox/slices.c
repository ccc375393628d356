/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slices - what the recorder does beside its work, a little at a time: the
 * chain is checked whole after the start, and what was set aside is looked
 * at. A record that comes in waits for one slice at most.
 *
 * A long outbox has its pages checked meanwhile by a process of its own.
 *
 * In the first seconds slices follow each other, since nothing can be more
 * urgent than to know what there is; then they rest, and longer where the
 * card is slow: by how much one comes late is how long the last one took.
 */
#include "parts.h"

#include <poll.h>
#include <string.h>

#define EAGER_MS 5000
#define NUMBERS 50 /* of what was set aside, in a slice */
#define REST_MS 5
#define REST_TIMES 5 /* so much longer it rests than a slice took */

static void
tell_found(struct slices *s)
{
	struct outbox_found found;
	struct err err;

	s->surveys = false;
	if (survey_end(&s->survey, &err) < 0)
		log_line(loop_wall(s->loop), LOG_LEVEL_WARN, "outbox: %s",
		    err.text);
	found = s->survey.found;
	log_line(loop_wall(s->loop), LOG_LEVEL_FAULT, "%s: %lld records that "
	    "were not sent can be read, %lld are lost", s->survey.path,
	    (long long)found.saved, (long long)found.lost);
	s->calls.found(s->calls.arg, &found);
}

static void
survey_slice(struct slices *s)
{
	int more = 1;

	for (int i = 0; i < NUMBERS && more > 0; i++)
		more = survey_step(&s->survey);
	if (more == 0)
		tell_found(s);
}

static void
warn(struct slices *s, const char *words)
{
	log_line(loop_wall(s->loop), LOG_LEVEL_WARN, "outbox: %s", words);
}

/* Once chain and pages are known to be whole. */
static void
note_whole(struct slices *s)
{
	struct err err;

	if (!s->scrub.due && outbox_check_end(s->box, loop_wall(s->loop),
	    &err) < 0)
		warn(s, err.text);
}

static void
check_slice(struct slices *s)
{
	struct err err = { .kind = ERR_NONE };
	uint32_t epoch = outbox_epoch(s->box);
	int more = outbox_check(s->box, &err);

	s->checks = more > 0;
	if (more == 0)
		note_whole(s);
	if (more < 0)
		warn(s, err.text);
	s->calls.news(s->calls.arg);
	if (outbox_epoch(s->box) != epoch)
		slices_look_aside(s); /* it was set aside just now */
}

static void
on_slice(void *arg)
{
	struct slices *s = arg;
	int64_t now_ms = loop_now_ms(s->loop);
	int64_t late_ms = now_ms - s->due_ms;
	bool eager = now_ms - s->began_ms < EAGER_MS;

	s->runs = false;
	if (s->checks)
		check_slice(s);
	else if (s->surveys)
		survey_slice(s);
	s->due_ms = now_ms + (eager ? 0 : REST_MS + late_ms * REST_TIMES);
	if ((s->checks || s->surveys) && !s->runs) {
		s->runs = true;
		loop_at(s->loop, s->due_ms, on_slice, s);
	}
}

static void
run(struct slices *s)
{
	if (s->runs)
		return;
	s->runs = true;
	s->due_ms = loop_now_ms(s->loop);
	loop_at(s->loop, s->due_ms, on_slice, s);
}

static void
on_scrub(void *arg, int fd, short revents)
{
	struct slices *s = arg;
	struct err why, err;

	(void)revents;
	loop_drop(s->loop, fd);
	switch (scrub_end(&s->scrub)) {
	case SCRUB_WHOLE:
		if (!s->checks)
			note_whole(s);
		break;
	case SCRUB_DAMAGED:
		err_set(&why, ERR_INPUT, "%s", N_("outbox damaged"));
		if (outbox_spoil(s->box, &why, &err) < 0)
			warn(s, err.text);
		s->calls.news(s->calls.arg);
		s->checks = true; /* of what was begun */
		slices_look_aside(s);
		run(s);
		break;
	case SCRUB_UNKNOWN:
		warn(s, "not all of its pages could be looked at");
	}
}

bool
slices_scrub(const struct slices *s)
{
	return s->scrub.fd >= 0;
}

void
slices_begin(struct slices *s)
{
	outbox_beside(s->box, &s->scrub);
	if (s->scrub.fd >= 0 && loop_watch(s->loop, s->scrub.fd, POLLIN,
	    on_scrub, s, NULL) == 0)
		scrub_go(&s->scrub);
	s->began_ms = loop_now_ms(s->loop);
	s->checks = true;
	slices_look_aside(s);
	run(s);
}

void
slices_look_aside(struct slices *s)
{
	if (s->surveys || !survey_begin(&s->survey, s->path,
	    outbox_station(s->box)))
		return;
	s->surveys = true;
	run(s);
}

void
slices_end(struct slices *s)
{
	scrub_stop(&s->scrub);
	if (s->scrub.fd >= 0)
		scrub_end(&s->scrub);
	survey_drop(&s->survey);
}
