/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * venue - how many are inside: counted in and out, one number and nobody's
 * name. It outlives a restart in the run directory, and a power cut in the
 * state directory, where the roster child keeps it at each change: the station
 * waits for no SD card.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSIDE_MAX 1000000

void
venue_count(struct shift *shift, int direction, int people)
{
	long inside = shift->inside + (direction == 0 ? people : -people);

	shift->inside = inside < 0 ? 0 : inside > INSIDE_MAX ? INSIDE_MAX :
	    inside;
}

static bool
load(const char *dir, long *inside)
{
	char path[CONF_PATH_MAX + 16], *text, *end;
	size_t n;
	long value;

	snprintf(path, sizeof(path), "%s/occupancy", dir);
	text = file_read(path, 64, &n, NULL);
	if (text == NULL)
		return false;
	value = strtol(text, &end, 10);
	if (end == text || *end != '\n' || value < 0 || value > INSIDE_MAX) {
		free(text);
		return false;
	}
	free(text);
	*inside = value;
	return true;
}

static void
save(const char *dir, long inside)
{
	char path[CONF_PATH_MAX + 16], text[32];
	struct err err = { 0 };
	int n = snprintf(text, sizeof(text), "%ld\n", inside);

	snprintf(path, sizeof(path), "%s/occupancy", dir);
	if (file_write(path, text, (size_t)n, 0644, false, &err) != 0)
		log_line(0, LOG_LEVEL_WARN, "%s", err.text);
}

void
venue_load(struct station *st)
{
	long inside = 0;

	if (st->conf->capacity == 0)
		return;
	if (load(st->conf->run, &inside) || load(st->conf->state, &inside))
		st->shift.inside = inside;
	st->inside_run = st->shift.inside;
	st->inside_kept = -1;
}

void
venue_save(struct station *st, bool ending)
{
	char text[32];

	if (st->conf->capacity == 0)
		return;
	if (st->inside_run != st->shift.inside) {
		save(st->conf->run, st->shift.inside);
		st->inside_run = st->shift.inside;
	}
	if (ending) {
		save(st->conf->state, st->shift.inside);
		return;
	}
	/* One at a time: on a slow card the next one takes all that came. */
	if (st->office == NULL || st->office->roster == NULL ||
	    st->inside_kept == st->shift.inside ||
	    roster_keeps(st->office->roster))
		return;
	snprintf(text, sizeof(text), "%ld\n", st->shift.inside);
	if (roster_keep(st->office->roster, "occupancy", text))
		st->inside_kept = st->shift.inside;
}

void
venue_set(struct session *s, long inside, const struct moment *m)
{
	struct record_head head = { "venue", ++s->shift->next_n };
	char now[16], was[16];

	snprintf(now, sizeof(now), "%ld", inside);
	snprintf(was, sizeof(was), "%ld", s->shift->inside);
	s->shift->inside = inside;
	session_put(s, record_fields(s, &head, m, "venue",
	    (const char *const[]){ "#inside", now, "#was", was, NULL }),
	    head.n, 0, "");
}
