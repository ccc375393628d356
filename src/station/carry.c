/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * carry - carries out what the sessions want done outside: look up, record,
 * let through, print, sound; and hands back what the outputs said of it.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static void
ring(struct station *st)
{
	if (st->screen != NULL)
		screen_bell(st->screen);
}

/* Once for each person, and again when the word for citizens changes. */
static void
sound(struct post_lane *lane)
{
	const struct session *s = &lane->session;
	bool pass = s->judgement.verdict == VERDICT_PASS;

	if (s->phase != PHASE_VERDICT || s->person.record_n == 0 ||
	    (s->kiosk && s->recorded != RECORDED_DONE) ||
	    (s->person.record_n == lane->sounded_n &&
	    pass == lane->sounded_pass) ||
	    strcmp(s->setup.lane->voice, "none") == 0)
		return;
	lane->sounded_n = s->person.record_n;
	lane->sounded_pass = pass;
	if (!outputs_sound(lane->outputs, pass))
		ring(lane->station);
}

static void
carry_out_lane(struct station *st, struct post_lane *lane)
{
	struct session *session = &lane->session;
	const struct policy_grant *grant = policy_grant(st->policy);
	struct effect effects[EFFECTS_MAX];
	size_t n = session_effects(session, effects);
	struct moment m = station_moment(st);
	int state;

	for (size_t i = 0; i < n; i++) {
		struct effect *e = &effects[i];

		switch (e->kind) {
		case EFFECT_LOOK:
			lookup_ask(st->lookup, e->n, e->identity, e->plate,
			    m.clock != CLOCK_UNCONFIRMED ? m.wall : 0,
			    grant != NULL ? grant->name : "");
			if (st->online != NULL && (e->identity[0] != '\0' ||
			    e->plate[0] != '\0'))
				lookup_hash(st->lookup, e->n, e->identity,
				    e->plate);
			break;
		case EFFECT_RECORD:
			if (!journal_put(st->journal, e->n, e->body, e->of_n,
			    e->of_id))
				session_record_fault(session, e->n,
				    _("too many records wait for the disk"));
			break;
		case EFFECT_GATE:
			outputs_let_through(lane->outputs, e->body);
			free(e->body);
			break;
		case EFFECT_SLIP:
			outputs_print(lane->outputs, e->body);
			free(e->body);
			break;
		case EFFECT_BADGE:
			free(e->body);
			office_badge(st, session);
			break;
		}
	}
	sound(lane);
	if (session->late_bell && !session->kiosk)
		ring(st);
	session->late_bell = false;
	state = ((int)session->phase * 4 + (int)session->judgement.verdict) *
	    8 + (int)session->recorded;
	if (state != session->live_state) {
		session->live_state = state;
		st->live_ms = 0; /* others look at it: chot display */
	}
}

void
station_carry_out(struct station *st)
{
	struct moment m = station_moment(st);

	/* Before any question: the next one is answered with it. */
	granted_send(&st->shift, st->lookup, &m);
	for (size_t i = 0; i < st->nlanes; i++)
		carry_out_lane(st, &st->lanes[i]);
	desk_settle(&st->desk, &st->lanes[st->active].session);
	venue_save(st, false);
	st->shift.recorder_full = journal_waiting(st->journal) >= JOURNAL_MAX;
	st->dirty = true;
}

/* ---- what the outputs say ------------------------------------------------------------ */

static void
on_changed(void *arg)
{
	struct station *st = ((struct post_lane *)arg)->station;

	st->dirty = true;
	st->live_ms = 0;
}

static void
on_output_note(void *arg, const char *words)
{
	struct post_lane *lane = arg;
	struct moment m = station_moment(lane->station);

	session_note(&lane->session, true, &m, "%s", words);
	lane->station->dirty = true;
}

static void
on_switched(void *arg, const struct output_switch *s)
{
	struct post_lane *lane = arg;
	struct moment m = station_moment(lane->station);

	session_switched(&lane->session, s, &m);
	station_carry_out(lane->station);
}

static void
on_printed_before(void *arg)
{
	struct post_lane *lane = arg;
	struct station *st = lane->station;
	struct moment m = station_moment(st);

	if (lane != &st->lanes[st->active] ||
	    !desk_ask_print(&st->desk, &lane->session))
		session_note(&lane->session, false, &m, "%s",
		    _("Printed before: press I once more"));
	st->dirty = true;
}

static void
on_bell(void *arg)
{
	ring(((struct post_lane *)arg)->station);
}

int
station_start_outputs(struct post_lane *lane, struct err *err)
{
	const struct station *st = lane->station;
	struct outputs_calls calls = { on_changed, on_output_note,
		on_switched, on_printed_before, on_bell, lane };

	lane->outputs = outputs_start(st->loop, st->conf,
	    lane->session.setup.lane, st->options, &calls, err);
	return lane->outputs != NULL ? 0 : -1;
}
