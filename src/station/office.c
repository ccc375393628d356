/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office - carries out what duty.c and the pages decide: asks the roster,
 * gives the look-up child its key, records, and tells the lanes.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIOSK_PAGE_MS 60000 /* then the citizens have it again */
#define UNLOCKED_S (12 * 3600) /* the register's key; a shift is shorter */

/* ---- recording and telling ------------------------------------------------------- */

void
office_say(struct office *o, const char *type, const char *const fields[])
{
	struct moment m = station_moment(o->st);

	session_record(&o->st->lanes[0].session, type, fields, &m);
}

void
office_share(struct office *o)
{
	struct shift *shift = &o->st->shift;
	bool kiosk = strcmp(o->st->conf->mode, "kiosk") == 0;

	snprintf(shift->officer, sizeof(shift->officer), "%s",
	    o->duty.on.id);
	shift->closed = !kiosk && duty_needed(&o->duty) &&
	    !duty_may(&o->duty, RIGHT_PEOPLE);
	shift->closed_why = duty_closed(&o->duty) ? N_("Locked: scan badge") :
	    N_("An administrator decides about nobody: log in an officer");
	shift->leaders = duty_holder(&o->duty, RIGHT_STOP);
	shift->medics = duty_holder(&o->duty, RIGHT_CLEAR);
	if (o->questions != o->duty.questions)
		for (size_t i = 0; i < o->st->nlanes; i++)
			session_badge_anew(&o->st->lanes[i].session);
	o->questions = o->duty.questions;
	o->st->dirty = true;
}

/* ---- the roster's words -------------------------------------------------------------- */

static void
on_officers(void *arg, size_t n)
{
	struct office *o = arg;

	duty_roster(&o->duty, n);
	o->st->inside_kept = -1; /* a child anew knows of no file */
	office_share(o);
}

static void
on_officer(void *arg, const struct duty_officer *officer)
{
	struct office *o = arg;

	duty_roster_one(&o->duty, officer);
	office_share(o);
}

static const char *
how(const struct office *o)
{
	return o->duty.by_badge ? "badge" : "name";
}

static void
logged_in(struct office *o, const struct moment *m)
{
	const struct duty_officer *on = &o->duty.on;

	if (o->duty.secret[0] != '\0')
		lookup_unlock(o->st->lookup, o->duty.secret, UNLOCKED_S);
	office_share(o);
	office_say(o, "log-in", (const char *const[]){ "name", on->name,
	    "role", officer_role_word(on->role), "how", how(o), NULL });
	if (!o->book.open && right_of(on->role, RIGHT_PEOPLE))
		shifts_begin(o, m);
	o->page = PAGE_NONE;
	if (strcmp(o->st->conf->mode, "kiosk") == 0)
		page_open(o, m);
}

static void
taken_over(struct office *o, const struct moment *m)
{
	const struct duty_officer *on = &o->duty.on;

	shifts_end(o, "hand-over", m);
	if (o->duty.secret[0] != '\0')
		lookup_unlock(o->st->lookup, o->duty.secret, UNLOCKED_S);
	office_share(o);
	office_say(o, "log-in", (const char *const[]){ "name", on->name,
	    "role", officer_role_word(on->role), "how", how(o), NULL });
	shifts_begin(o, m);
	o->page = PAGE_SHEET;
	o->closing = true;
}

static void
happened(struct office *o, enum duty_event event, const struct moment *m)
{
	switch (event) {
	case DUTY_LOGGED_IN:
		logged_in(o, m);
		break;
	case DUTY_TAKEN_OVER:
		taken_over(o, m);
		break;
	case DUTY_APPROVED:
		leader_approved(o, m);
		break;
	case DUTY_WRONG:
		office_say(o, "wrong-pin", (const char *const[]){ "who",
		    o->duty.who.id, "how", how(o), NULL });
		break;
	case DUTY_CANCELLED:
		o->asked = FOR_NOTHING;
		break;
	case DUTY_NOTHING:
		break;
	}
	if (event == DUTY_LOGGED_IN || event == DUTY_TAKEN_OVER ||
	    event == DUTY_APPROVED)
		duty_forget(&o->duty);
	office_share(o);
}

static void
on_answer(void *arg, int64_t n, const char *word, long seconds)
{
	struct office *o = arg;
	struct moment m = station_moment(o->st);

	happened(o, duty_answer(&o->duty, n, word, seconds, &m), &m);
	station_carry_out(o->st);
}

static void
on_fault(void *arg, int64_t n, const char *words)
{
	struct office *o = arg;
	struct moment m = station_moment(o->st);

	log_line(m.wall, LOG_LEVEL_WARN, "roster: %s", words);
	if (n == 0) {
		o->duty.told = o->duty.broken = true;
		office_share(o);
	}
	/* Down: what it was asked has no answer. */
	if (n != 0)
		duty_answer(&o->duty, n > 0 ? n : o->duty.check_n, "fault", 0,
		    &m);
	o->st->dirty = true;
}

void
office_locked(void *arg, bool locked, const char *words)
{
	struct office *o = ((struct station *)arg)->office;

	if (o == NULL)
		return;
	o->key_locked = locked;
	snprintf(o->key_words, sizeof(o->key_words), "%s", words);
	if (!locked)
		lookup_ask(o->st->lookup, 0, "", "", 0, ""); /* how old the lists are */
	o->st->dirty = true;
}

void
office_answer(struct station *st, const struct register_answer *answer)
{
	if (st->office != NULL)
		st->office->key_locked = !answer->known &&
		    strcmp(answer->why, "no register key") == 0;
}

/* ---- keys, badges, time ------------------------------------------------------------------- */

/* Does somebody stand at a lane, undecided? A kiosk decides by itself. */
static void
look_at_lanes(struct office *o)
{
	bool kiosk = strcmp(o->st->conf->mode, "kiosk") == 0;

	o->duty.busy = false;
	for (size_t i = 0; i < o->st->nlanes; i++)
		o->duty.busy |= !kiosk &&
		    o->st->lanes[i].session.phase != PHASE_READY;
}

/* The PIN goes out once, and is nowhere then. */
static void
ask_roster(struct office *o, const struct moment *m)
{
	if (!o->duty.ask)
		return;
	o->duty.ask = false;
	if (!roster_check(o->roster, o->duty.check_n, o->duty.who.id,
	    o->duty.pin))
		duty_answer(&o->duty, o->duty.check_n, "fault", 0, m);
	explicit_bzero(o->duty.pin, sizeof(o->duty.pin));
}

bool
office_input(struct station *st, const struct input *input)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);
	enum duty_event event;

	bool kiosk = strcmp(st->conf->mode, "kiosk") == 0;

	look_at_lanes(o);
	/* A post that is closed keeps asking; a kiosk is the citizens'. */
	if (kiosk && o->duty.step == DUTY_WHO &&
	    input->action == ACTION_ESCAPE) {
		happened(o, DUTY_CANCELLED, &m);
		duty_forget(&o->duty);
		return true;
	}
	if (!kiosk || o->duty.step != DUTY_IDLE) {
		if (duty_input(&o->duty, input, &m, &event)) {
			happened(o, event, &m);
			ask_roster(o, &m);
			return true;
		}
	}
	return o->page != PAGE_NONE && page_input(o, input, &m);
}

void
office_open(struct station *st)
{
	struct moment m = station_moment(st);

	page_open(st->office, &m);
}

void
office_lock(struct station *st)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);

	if (!duty_needed(&o->duty)) {
		session_note(&st->lanes[st->active].session, false, &m, "%s",
		    _("Log-in is not set up here: no lock"));
		return;
	}
	office_say(o, "lock", (const char *const[]){ "by", "key", NULL });
	duty_lock(&o->duty, &m);
	office_share(o);
}

void
office_badge(struct station *st, struct session *session)
{
	struct moment m = station_moment(st);
	const char *wrong;

	look_at_lanes(st->office);
	wrong = duty_badge(&st->office->duty, &session->badge,
	    session->badge_secret, &m);

	explicit_bzero(session->badge_secret, sizeof(session->badge_secret));
	if (wrong != NULL)
		session_note(session, true, &m, "%s", _(wrong));
	office_share(st->office);
}

void
office_busy(struct station *st)
{
	st->office->duty.active_ms = loop_now_ms(st->loop);
}

static bool
idle(const struct station *st)
{
	for (size_t i = 0; i < WAITING_MAX; i++)
		if (st->shift.waiting[i].present)
			return false;
	for (size_t i = 0; i < st->nlanes; i++)
		if (st->lanes[i].session.phase != PHASE_READY ||
		    st->lanes[i].session.has_behind)
			return false;
	return true;
}

static void
count_faults(struct office *o)
{
	struct station *st = o->st;
	char lines[VIEW_TROUBLES_MAX][VIEW_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < st->nlanes; i++) {
		n += devices_troubles(st->lanes[i].devices, lines,
		    VIEW_TROUBLES_MAX);
		n += outputs_troubles(st->lanes[i].outputs, lines,
		    VIEW_TROUBLES_MAX);
	}
	if (n > o->troubles && !st->shift.training)
		st->shift.counts.device_faults += (int)(n - o->troubles);
	o->troubles = n;
}

static void
end_doubt(struct office *o, const struct moment *m)
{
	if (o->doubt_ms == 0 || m->now_ms < o->doubt_ms)
		return;
	o->doubt_ms = 0;
	o->st->shift.accepted = 0;
	policy_accept(o->st->policy, 0);
	office_say(o, "doubt-end", (const char *const[]){ NULL });
}

/* At a kiosk nobody stays logged in: whoever comes next is a citizen. */
static void
leave_kiosk(struct office *o, const struct moment *m)
{
	if (o->duty.step != DUTY_IDLE &&
	    m->now_ms - o->duty.step_ms >= KIOSK_PAGE_MS)
		duty_forget(&o->duty);
	if (o->page != PAGE_NONE && o->duty.step == DUTY_IDLE &&
	    m->now_ms - o->page_ms >= KIOSK_PAGE_MS)
		o->page = PAGE_NONE;
	if (o->page != PAGE_NONE || o->duty.step != DUTY_IDLE ||
	    o->duty.on.id[0] == '\0')
		return;
	office_say(o, "log-out", (const char *const[]){ "name",
	    o->duty.on.name, NULL });
	o->duty.on = (struct duty_officer){ .id = "" };
}

void
office_tick(struct station *st)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);

	look_at_lanes(o);
	if (strcmp(st->conf->mode, "kiosk") == 0)
		leave_kiosk(o, &m);
	else if (duty_tick(&o->duty, idle(st), &m))
		office_say(o, "lock", (const char *const[]){ "by", "time-out",
		    NULL });
	if (o->asked != FOR_NOTHING && o->duty.step == DUTY_IDLE)
		o->asked = FOR_NOTHING;
	if (o->asked != FOR_NOTHING && !leader_still_asked(o)) {
		duty_forget(&o->duty);
		o->asked = FOR_NOTHING;
	}
	policy_accept(st->policy, st->shift.accepted); /* a new pack as well */
	end_doubt(o, &m);
	count_faults(o);
	shifts_keep(o, false);
	venue_save(st, false);
	office_share(o);
}

/* What stands on a lane was judged by the zones of before, and stays so. */
static void
on_zones(void *arg, struct zones *zones)
{
	struct office *o = arg;

	zones_free(o->st->shift.zones);
	o->st->shift.zones = zones;
	o->st->live_ms = 0;
}

/* ---- start and end ---------------------------------------------------------------------------- */

/* A demonstration needs no log-in. The list is read here, since the simulated
 * people do not wait for the roster. */
static void
begin_demo(struct office *o, const char *path, const char *id)
{
	struct officers *list = mem_take(sizeof(*list));
	struct moment m = station_moment(o->st);

	if (officers_load(path, list, NULL) == 0) {
		duty_roster(&o->duty, list->n);
		for (size_t i = 0; i < list->n; i++) {
			struct duty_officer one = {
			    .role = list->list[i].role };

			snprintf(one.id, sizeof(one.id), "%s",
			    list->list[i].id);
			snprintf(one.name, sizeof(one.name), "%s",
			    list->list[i].name);
			duty_roster_one(&o->duty, &one);
		}
		if (duty_begin(&o->duty, id))
			logged_in(o, &m);
	}
	free(list);
}

int
office_start(struct station *st, struct err *err)
{
	struct office *o = calloc(1, sizeof(*o));
	char *const argv[] = { (char *)st->options->self, (char *)"roster",
		(char *)st->conf->state, NULL };
	struct roster_calls calls = { on_officers, on_officer, on_answer,
		mailbox_line, on_zones, on_fault, o };
	struct moment m = station_moment(st);
	char path[CONF_PATH_MAX + 16];

	if (o == NULL)
		mem_none();
	mem_secret_stack();
	mem_secret(o->duty.pin, sizeof(o->duty.pin));
	mem_secret(o->duty.secret, sizeof(o->duty.secret));
	st->office = o;
	o->st = st;
	o->volume = 70;
	duty_init(&o->duty);
	o->duty.active_ms = loop_now_ms(st->loop);
	shifts_load(o);
	/* Until the roster has told who: closed where there is a list. Without
	 * one the post works as it is, from the first moment on. */
	snprintf(path, sizeof(path), "%s/officers", st->conf->state);
	if (access(path, F_OK) == 0)
		o->duty.coming = 1;
	else if (!o->book.open)
		book_begin(&o->book, &st->shift.counts, st->shift.counts.since,
		    st->conf->utc_offset_s);
	office_share(o);
	/* The roster may write files, but make no directory. */
	snprintf(path, sizeof(path), "%s/sheets", st->conf->state);
	if (dir_make(path, 0700, err) != 0)
		return -1;
	o->roster = roster_start(st->loop, argv, &calls, err);
	snprintf(path, sizeof(path), "%s/officers", st->conf->state);
	if (st->options->demo && st->options->officer != NULL)
		begin_demo(o, path, st->options->officer);
	/* Already on the first screen, which has no names yet: a post that is
	 * closed is never called ready. */
	if (st->shift.closed)
		duty_ask(&o->duty, DUTY_LOG_IN, &m);
	return o->roster != NULL ? 0 : -1;
}

void
office_stop(struct station *st)
{
	struct office *o = st->office;

	if (o == NULL)
		return;
	if (o->roster != NULL && o->duty.told)
		shifts_keep(o, true);
	errand_stop(o->errand);
	roster_stop(o->roster);
	duty_forget(&o->duty);
	inbox_clear(&o->inbox);
	zones_free(st->shift.zones);
	st->shift.zones = NULL;
	explicit_bzero(o, sizeof(*o));
	free(o);
	st->office = NULL;
}
