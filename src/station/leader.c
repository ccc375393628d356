/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leader - what somebody allows by name and PIN, most of it a shift leader:
 * letting a STOP pass, a surge, old lists or the clock for some hours,
 * training, switching off, a look at what devices send; the medical staff,
 * who was sent to the health desk. Whose word it takes is in rights.c.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

void
leader_ask(struct office *o, enum office_for asked, const struct moment *m)
{
	static const enum right rights[] = {
		[FOR_PASS] = RIGHT_STOP, [FOR_CORRECT] = RIGHT_STOP,
		[FOR_CLEAR] = RIGHT_CLEAR, [FOR_DOUBT] = RIGHT_DOUBT,
		[FOR_TRAINING] = RIGHT_TRAINING, [FOR_SURGE] = RIGHT_SURGE,
		[FOR_POWER] = RIGHT_MACHINE, [FOR_TIME] = RIGHT_MACHINE,
		[FOR_NETWORK] = RIGHT_MACHINE, [FOR_RAW] = RIGHT_BYTES,
	};

	if (!duty_holder(&o->duty, rights[asked])) {
		snprintf(o->note, sizeof(o->note), "%s",
		    _("Nobody in the list of officers may do this"));
		return;
	}
	o->asked = asked;
	duty_ask_right(&o->duty, rights[asked], m);
}

void
leader_ask_pass(struct station *st, const char *why, bool corrects)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);

	o->session = &st->lanes[st->active].session;
	o->shown_n = corrects ? o->session->decided.record_n :
	    o->session->shown_n;
	o->why = why;
	leader_ask(o, corrects ? FOR_CORRECT : strcmp(why, WHY_CLEARED) == 0 ?
	    FOR_CLEAR : FOR_PASS, &m);
}

void
leader_ask_surge(struct station *st, int minutes)
{
	struct moment m = station_moment(st);

	st->office->session = &st->lanes[st->active].session;
	st->office->minutes = minutes;
	leader_ask(st->office, FOR_SURGE, &m);
}

/* Whoever may and is at work needs no second PIN. */
void
leader_ask_raw(struct station *st)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);

	if (duty_may(&o->duty, RIGHT_BYTES)) {
		st->shows_raw = true;
		station_raw(st);
	} else if (duty_holder(&o->duty, RIGHT_BYTES)) {
		leader_ask(o, FOR_RAW, &m);
	}
}

bool
leader_still_asked(const struct office *o)
{
	const struct session *s = o->session;

	if (o->asked == FOR_PASS || o->asked == FOR_CLEAR)
		return s->phase == PHASE_VERDICT && s->shown_n == o->shown_n;
	if (o->asked == FOR_CORRECT)
		return s->decided.present &&
		    s->decided.record_n == o->shown_n;
	if (o->asked == FOR_RAW)
		return o->st->desk.window == WINDOW_DEVICES;
	return true;
}

static void
allow(struct office *o, const struct moment *m)
{
	struct session *s = o->session;

	snprintf(o->asked == FOR_CLEAR ? s->medical : s->leader,
	    OFFICER_ID_MAX, "%s", o->duty.who.id);
	if (o->asked == FOR_SURGE)
		surge_start(s, o->minutes, m);
	else if (o->asked == FOR_PASS || o->asked == FOR_CLEAR)
		session_decide(s, "passed", "key", o->why, m);
	else
		session_correct(s, "passed", o->why, m);
	s->leader[0] = s->medical[0] = '\0';
}

static void
accept_doubt(struct office *o, const struct moment *m)
{
	struct shift *shift = &o->st->shift;
	char until[21];

	shift->accepted = o->doubts;
	shift->accepted_until = m->wall + o->hours * 3600;
	snprintf(shift->accepted_by, sizeof(shift->accepted_by), "%s",
	    o->duty.who.id);
	o->doubt_ms = m->now_ms + o->hours * 3600000LL;
	time_print(shift->accepted_until, until);
	office_say(o, "doubt", (const char *const[]){ "leader",
	    o->duty.who.id, "name", o->duty.who.name, "why", o->why, NULL });
	policy_accept(o->st->policy, shift->accepted);
	for (size_t i = 0; i < o->st->nlanes; i++)
		session_clock(&o->st->lanes[i].session, m);
}

static void
turn_training(struct office *o)
{
	struct shift *shift = &o->st->shift;
	bool on = !shift->training;

	if (on)
		shift->training = true; /* its own record is marked as well */
	office_say(o, "training", (const char *const[]){ "leader",
	    o->duty.who.id, "detail", on ? "begins" : "ends", NULL });
	if (!on)
		shift->training = false;
	o->st->live_ms = 0; /* chot display shows it */
}

void
leader_approved(struct office *o, const struct moment *m)
{
	enum office_for asked = o->asked;

	o->page = PAGE_NONE;
	o->page_ms = m->now_ms;
	if (leader_still_asked(o)) {
		if (asked == FOR_PASS || asked == FOR_CORRECT ||
		    asked == FOR_SURGE || asked == FOR_CLEAR)
			allow(o, m);
		else if (asked == FOR_DOUBT)
			accept_doubt(o, m);
		else if (asked == FOR_TRAINING)
			turn_training(o);
		else if (asked == FOR_POWER)
			machinery_off(o);
		else if (asked == FOR_TIME)
			adjust_time(o, m);
		else if (asked == FOR_NETWORK)
			adjust_network(o);
		o->st->shows_raw |= asked == FOR_RAW;
		station_raw(o->st);
	}
	o->asked = FOR_NOTHING;
}
