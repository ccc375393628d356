/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * surge - the post is opened for a time: one key counts a vehicle with the
 * people aboard, scans are judged and recorded as ever, and nobody but a STOP
 * waits for a decision. Pure; lanes share it, since it is the road that is
 * open.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

bool
surge_open(const struct shift *shift, const struct moment *m)
{
	return shift->surge.until_ms != 0 && m->now_ms < shift->surge.until_ms;
}

int
surge_minutes_left(const struct shift *shift, const struct moment *m)
{
	return !surge_open(shift, m) ? 0 :
	    (int)((shift->surge.until_ms - m->now_ms + 59999) / 60000);
}

static void
put(struct session *s, const char *state, const char *const numbers[],
    const struct moment *m)
{
	struct record_head head = { "surge", ++s->shift->next_n };
	const char *fields[8] = { "state", state };
	size_t n = 2;

	for (size_t i = 0; numbers[i] != NULL && n + 1 < nitems(fields); i++)
		fields[n++] = numbers[i];
	session_put(s, record_fields(s, &head, m, "surge", fields), head.n, 0,
	    "");
}

bool
surge_start(struct session *s, int minutes, const struct moment *m)
{
	struct surge *surge = &s->shift->surge;
	char text[16];

	if (s->shift->recorder_full || surge_open(s->shift, m) ||
	    minutes < 1 || minutes > SURGE_MINUTES_MAX)
		return false;
	*surge = (struct surge){ .until_ms = m->now_ms + minutes * 60000 };
	snprintf(text, sizeof(text), "%d", minutes);
	put(s, "opened", (const char *const[]){ "#minutes", text,
	    s->leader[0] != '\0' ? "leader" : NULL, s->leader, NULL }, m);
	return true;
}

void
surge_stop(struct session *s, const struct moment *m)
{
	struct surge *surge = &s->shift->surge;
	char vehicles[16], people[16];

	if (surge->until_ms == 0)
		return;
	snprintf(vehicles, sizeof(vehicles), "%d", surge->vehicles);
	snprintf(people, sizeof(people), "%d", surge->people);
	surge->until_ms = 0;
	put(s, "closed", (const char *const[]){ "#vehicles", vehicles,
	    "#people", people, NULL }, m);
	session_note(s, false, m, _("Surge over: %d vehicles, %d persons"),
	    surge->vehicles, surge->people);
}

void
surge_tick(struct session *s, const struct moment *m)
{
	if (s->shift->surge.until_ms != 0 && !surge_open(s->shift, m) &&
	    !s->shift->recorder_full)
		surge_stop(s, m);
}

static void
count_vehicle(struct session *s, int aboard, const struct moment *m)
{
	struct shift *shift = s->shift;
	int side = session_direction(s);

	shift->counts.cars[side]++;
	shift->counts.people[side] += aboard;
	shift->counts.passed[side] += aboard;
	tally_people(shift, m->wall, s->setup.conf->utc_offset_s, side, aboard);
	venue_count(shift, side, aboard);
}

bool
surge_vehicle(struct session *s, int aboard, const struct moment *m)
{
	struct shift *shift = s->shift;
	char text[16];

	if (!surge_open(shift, m) || aboard < 1 || aboard > 9)
		return false;
	if (shift->recorder_full) {
		session_note(s, true, m,
		    _("Nothing more can be recorded: write on paper"));
		return true;
	}
	snprintf(text, sizeof(text), "%d", aboard);
	put(s, "vehicle", (const char *const[]){ "#aboard", text, NULL }, m);
	shift->surge.vehicles++;
	shift->surge.people += aboard;
	if (!shift->training)
		count_vehicle(s, aboard, m);
	session_note(s, false, m, _("Vehicle %d, %d aboard"),
	    shift->surge.vehicles, aboard);
	return true;
}

/* A CHECK passes by the order that opened the post, and the record says so. */
bool
surge_decide(struct session *s, const char *by, const struct moment *m)
{
	if (!surge_open(s->shift, m) || s->phase != PHASE_VERDICT ||
	    s->judgement.verdict == VERDICT_STOP)
		return false;
	return session_decide(s, "passed", by,
	    s->judgement.verdict == VERDICT_CHECK ? "leaders-order" : "", m);
}
