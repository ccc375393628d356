/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * show - what the station shows: the screen for the officer, the status file
 * for everybody else.
 */
#include "parts.h"
#include "shoulder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNSENT_DAYS 3 /* then somebody is to carry it */

struct moment
station_moment(const struct station *st)
{
	struct moment m = { .now_ms = loop_now_ms(st->loop) };

	m.clock = clock_trust_now(&st->clock, m.now_ms);
	if (!clock_now(&st->clock, m.now_ms, &m.wall))
		m.wall = loop_wall(st->loop);
	return m;
}

/* ---- what is shown ---------------------------------------------------------------------------------- */

static void
trouble(struct view *view, const char *format, const char *words)
{
	if (words[0] != '\0' && view->ntroubles < VIEW_TROUBLES_MAX)
		snprintf(view->troubles[view->ntroubles++], VIEW_TEXT_MAX,
		    format, words);
}

/* Lanes go in pairs, so that each keeps its half of a wide screen; the last of
 * an odd number takes the half that is left. */
static void
beside(const struct station *st, const struct moment *m, struct view *view)
{
	size_t i = st->active ^ 1;

	if (st->nlanes < 2)
		return;
	if (i >= st->nlanes)
		i = st->active - 1;
	view->has_beside = true;
	view->beside_left = i % 2 == 0;
	view_lane(&st->lanes[i].session, m, &view->beside);
	view->beside.prints = outputs_printer(st->lanes[i].outputs);
}

static enum told
told(const struct uplink *uplink, const struct view_lane *lane)
{
	if (uplink == NULL || lane->phase != PHASE_VERDICT ||
	    lane->judgement.verdict != VERDICT_STOP)
		return TOLD_NOBODY;
	return uplink_has(uplink, lane->record_id) ? TOLD_DONE :
	    uplink_state(uplink)->up ? TOLD_NOT_YET : TOLD_OFFLINE;
}

static void
uplink_view(const struct station *st, const struct moment *m,
    struct view *view)
{
	const struct uplink_state *link;
	char words[VIEW_TEXT_MAX] = "";
	int days;

	view->link_down_min = -2;
	view->queue_waiting = -1;
	if (st->uplink == NULL)
		return;
	link = uplink_state(st->uplink);
	view->lane.told = told(st->uplink, &view->lane);
	view->beside.told = told(st->uplink, &view->beside);
	view->link_down_min = link->up ? -1 :
	    (m->now_ms - link->since_ms) / 60000;
	view->queue_waiting = link->waiting;
	days = (int)((m->wall - link->oldest_at) / 86400);
	if (link->oldest_at != 0 && m->clock != CLOCK_UNCONFIRMED &&
	    days >= UNSENT_DAYS)
		snprintf(words, sizeof(words),
		    _("UNSENT FOR %d DAYS: send it by USB stick"), days);
	trouble(view, "%s", words);
	if (link->revoked)
		trouble(view, "%s", _("The hub has shut this post out"));
}

/* That the network is down says the link already; why, the machine's page. */
static void
machine_view(const struct station *st, struct view *view)
{
	const struct machine *health = upkeep_machine(st->upkeep);
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	size_t n = machine_alarms(health, false, alarms);

	view->battery_percent = (int)health->battery_percent;
	view->mains = health->mains == 1;
	for (size_t i = 0; i < n; i++)
		trouble(view, "%s", alarms[i].text);
}

static void
others(const struct station *st, const struct moment *m, struct view *view)
{
	for (size_t i = 0; i < st->nlanes; i++) {
		const struct session *s = &st->lanes[i].session;
		struct view_other *other = &view->others[view->nothers];

		if (i == st->active)
			continue;
		snprintf(other->title, sizeof(other->title), "%.31s",
		    s->setup.lane->title);
		snprintf(other->direction, sizeof(other->direction), "%s",
		    s->direction);
		other->phase = s->phase;
		other->verdict = s->judgement.verdict;
		other->since_s = (int)((m->now_ms - s->recorded_ms) / 1000);
		view->nothers++;
	}
}

/* Nobody sits at a kiosk, and citizens do not read this. */
static void
late_view(const struct station *st, struct view *view)
{
	for (size_t i = 0; i < st->nlanes; i++) {
		const struct session *s = &st->lanes[i].session;

		if (s->late_until_ms != 0 && !s->kiosk)
			trouble(view,
			    _("PASSED, NOW STOP: tell the next post (%s)"),
			    s->late_who);
	}
}

static void
keys_view(const struct station *st, const struct moment *m, struct view *view)
{
	int64_t days = (m->wall - st->ring->lists_at) / 86400;
	char words[VIEW_TEXT_MAX] = "";

	trouble(view, "%s", st->ring->fault);
	if (m->clock != CLOCK_UNCONFIRMED && st->ring->lists_at != 0 &&
	    days > st->conf->trust_days)
		snprintf(words, sizeof(words),
		    _("List of certificate keys: %d days old"), (int)days);
	trouble(view, "%s", words);
}

static void
granted_view(const struct station *st, const struct moment *m,
    struct view *view)
{
	const char *why = granted_trouble(&st->shift, m);
	char words[EVENT_WORDS_MAX] = "";

	if (why == NULL)
		return;
	fault_words(why, words, sizeof(words));
	trouble(view, _("GIVEN, NOT NOTED YET: %s"),
	    words[0] != '\0' ? words : _("no answer"));
}

void
station_draw(struct station *st)
{
	struct moment m = station_moment(st);
	const struct post_lane *active = &st->lanes[st->active];
	struct view *view = &st->view;
	const char *failing;

	memset(view, 0, sizeof(*view));
	view_of(&active->session, &m, view);
	desk_view(&st->desk, &active->session, &m, view);
	if (st->office != NULL)
		office_view(st, &m, view);
	if (view->window == WINDOW_DEVICES)
		station_devices(st, view);
	shoulder_view(st->shoulder, view);
	late_view(st, view);
	others(st, &m, view);
	beside(st, &m, view);
	view->demo = st->options->demo;
	view->citizen = active->session.kiosk;
	view->lane.prints = outputs_printer(active->outputs);
	uplink_view(st, &m, view);
	view->register_age_h = !st->lists_known || st->lists_at == 0 ? -1 :
	    (double)(m.wall - st->lists_at) / 3600;
	if (journal_failing(st->journal, &failing))
		trouble(view, _("NOT RECORDED: %s"), failing);
	trouble(view, "%s", st->outbox_notice);
	mailbox_view(st, view);
	trouble(view, _("Recorder down: %s"), st->recorder_down);
	trouble(view, _("Lists down: %s"), st->lookup_down);
	granted_view(st, &m, view);
	trouble(view, "%s", st->policy_trouble);
	keys_view(st, &m, view);
	for (size_t i = 0; i < st->nlanes; i++) {
		view->ntroubles += devices_troubles(st->lanes[i].devices,
		    &view->troubles[view->ntroubles],
		    VIEW_TROUBLES_MAX - view->ntroubles);
		view->ntroubles += outputs_troubles(st->lanes[i].outputs,
		    &view->troubles[view->ntroubles],
		    VIEW_TROUBLES_MAX - view->ntroubles);
	}
	machine_view(st, view);
	if (st->plain != NULL)
		plain_show(st->plain, view);
	else
		screen_draw(st->screen, view);
	st->dirty = false;
}

void
station_write_live(struct station *st)
{
	struct moment m = station_moment(st);
	char path[CONF_PATH_MAX + 16], shift[SHIFT_WORDS_MAX] = "none";
	struct live live = {
		.at = m.wall,
		.unanswered = journal_waiting(st->journal),
		.lookup_fault = st->lookup_down, .clock = m.clock,
		.pack = policy_version(st->policy),
		.shift = shift, .counts = &st->shift.counts,
		.training = st->shift.training,
		.lanes = st->lanes, .nlanes = st->nlanes,
		.link = st->uplink != NULL ? uplink_state(st->uplink) : NULL,
		.online = st->online != NULL ? online_state(st->online) : NULL,
		.pid = getpid(),
	};
	struct overruled_rule overruled;
	struct err err = { 0 };

	if (overruled_worst(&st->shift.overruled, m.now_ms, &overruled))
		live.overruled = &overruled;
	live.messages_new = mailbox_new(st, &live.messages_urgent);
	live.zones = st->shift.zones != NULL ?
	    zones_count(st->shift.zones) : 0;
	venue_save(st, false);
	if (st->office != NULL)
		shifts_words(st->office, shift);
	if (!journal_failing(st->journal, &live.record_fault))
		live.record_fault = st->recorder_down;
	snprintf(path, sizeof(path), "%s/status", st->conf->run);
	if (live_write(&live, path, &err) != 0)
		log_line(m.wall, LOG_LEVEL_WARN, "%s", err.text);
	st->live_ms = m.now_ms;
}
