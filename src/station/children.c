/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * children - the children of a post: started, and what they tell is handed to
 * the sessions of the lanes.
 */
#include "parts.h"
#include "shoulder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what they tell ------------------------------------------------------------------ */

static void
on_event(void *arg, enum reader_role role, int number,
    const struct event *event)
{
	struct post_lane *lane = arg;
	struct station *st = lane->station;
	struct session *session = &lane->session;
	struct moment m = station_moment(st);
	struct reading reading = { .source = TEMP_DEVICE, .device = number,
		.taken_ms = m.now_ms, .temp = event->temp };
	char words[EVENT_WORDS_MAX];

	switch (event->kind) {
	case EVENT_SCAN:
		office_busy(st);
		session_scan(session, event->payload, event->payload_len,
		    role == ROLE_CAMERA ? SCAN_CAMERA :
		    strcmp(event->word, "unknown") != 0 ? SCAN_NAMED :
		    SCAN_SCANNER, &m);
		break;
	case EVENT_TEMP:
		session_reading(session, &reading, &m);
		break;
	case EVENT_PLATE:
		session_plate_read(session, event->word, &m);
		break;
	case EVENT_FAULT:
		fault_words(event->words, words, sizeof(words));
		session_note(session, true, &m, "%s", words);
		break;
	case EVENT_HINT:
		session_hint(session, event->word, &m);
		outputs_hint(lane->outputs, event->word);
		break;
	default:
		return;
	}
	station_carry_out(st);
}

static void
on_devices(void *arg)
{
	struct station *st = ((struct post_lane *)arg)->station;

	st->dirty = true;
	st->live_ms = 0;
}

static void
on_answer(void *arg, int64_t n, const struct register_answer *answer)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	office_answer(st, answer);
	if (answer->known) {
		st->lists_at = answer->oldest_list_at;
		st->lists_known = true;
	}
	for (size_t i = 0; i < st->nlanes; i++)
		session_answer(&st->lanes[i].session, n, answer, &m);
	station_carry_out(st);
}

static void
on_lookup_state(void *arg, bool up, const char *words)
{
	struct station *st = arg;

	fault_words(up ? "" : words, st->lookup_down,
	    sizeof(st->lookup_down));
	st->dirty = true;
}

static void
on_hashed(void *arg, int64_t n, const char *hashes)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	online_ask(st->online, n, hashes,
	    m.clock != CLOCK_UNCONFIRMED ? m.wall : 0);
}

static void
on_granted(void *arg, int64_t n, const char *fault)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	granted_done(&st->shift, n, fault, &m);
	granted_send(&st->shift, st->lookup, &m);
	st->dirty = true;
}

static void
on_better(void *arg, int64_t n, const struct register_answer *answer)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	for (size_t i = 0; i < st->nlanes; i++)
		session_better(&st->lanes[i].session, n, answer, &m);
	station_carry_out(st);
}

static void
on_online(void *arg)
{
	((struct station *)arg)->live_ms = 0; /* it stands in the status file */
}

static void
on_done(void *arg, int64_t n, const char *id)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	for (size_t i = 0; i < st->nlanes; i++)
		session_recorded(&st->lanes[i].session, n, id, &m);
	shoulder_recorded(st->shoulder, n);
	uplink_wake(st->uplink);
	station_carry_out(st);
}

static void
on_record_fault(void *arg, int64_t n, const char *words)
{
	struct station *st = arg;

	for (size_t i = 0; i < st->nlanes; i++)
		session_record_fault(&st->lanes[i].session, n, words);
	st->dirty = true;
}

static void
on_recorder_state(void *arg, bool up, const char *words)
{
	struct station *st = arg;

	fault_words(up ? "" : words, st->recorder_down,
	    sizeof(st->recorder_down));
	st->dirty = true;
}

static void
on_uplink(void *arg)
{
	struct station *st = arg;

	st->shift.link_up = uplink_state(st->uplink)->up;
	st->dirty = true;
}

static void
on_recorder_line(void *arg, const char *line)
{
	struct station *st = arg;

	journal_say(st->journal, line);
}

/* The outbox was damaged, set aside and begun anew: it stays on the screen. */
static void
on_notice(void *arg, const char *words)
{
	struct station *st = arg;
	long long saved, lost;

	log_line(station_moment(st).wall, LOG_LEVEL_FAULT, "outbox: %s", words);
	if (sscanf(words, "salvaged %18lld %18lld", &saved, &lost) == 2)
		snprintf(st->outbox_notice, sizeof(st->outbox_notice),
		    _("OLD RECORDS DAMAGED: %lld saved, %lld lost"), saved,
		    lost);
	else
		snprintf(st->outbox_notice, sizeof(st->outbox_notice), "%s",
		    _("OLD RECORDS DAMAGED, set aside: call the help desk"));
	st->dirty = true;
}

/* ---- starting ------------------------------------------------------------------------ */

static int
start_uplink(struct station *st, struct err *err)
{
	struct uplink_calls links = { on_uplink, station_hub_time,
		on_recorder_line, st };
	struct online_calls better = { on_better, on_online, st };

	st->shift.hub = true;
	st->uplink = uplink_start(st->loop, st->options, &links, err);
	if (st->uplink == NULL)
		return -1;
	if (strcmp(st->conf->hub.lookup, "on") != 0)
		return 0;
	st->online = online_start(st->loop, st->options, &better, err);
	st->shift.online = st->online != NULL;
	return st->online != NULL ? 0 : -1;
}

int
station_start_children(struct station *st, struct err *err)
{
	const struct conf *conf = st->conf;
	char outbox[CONF_PATH_MAX + 32], lists[CONF_PATH_MAX + 32],
	    key[CONF_PATH_MAX + 32];
	char *const recorder[] = { (char *)st->options->self,
		(char *)"recorder", outbox, (char *)conf->id, st->seal, NULL };
	char *const looker[] = { (char *)st->options->self,
		(char *)"lookup", lists, key, NULL };
	struct journal_calls records = { on_done, on_record_fault,
		on_recorder_state, on_notice, st };
	struct lookup_calls answers = { on_answer, on_lookup_state,
		office_locked, on_hashed, on_granted, st };

	snprintf(outbox, sizeof(outbox), "%s/outbox.db", conf->state);
	snprintf(lists, sizeof(lists), "%s/register.db", conf->state);
	snprintf(key, sizeof(key), "%s/keys/register.key", conf->state);
	st->journal = journal_start(st->loop, recorder,
	    strtoull(st->run, NULL, 16), &records, err);
	if (st->journal == NULL)
		return -1;
	st->lookup = lookup_start(st->loop, looker, &answers, err);
	if (st->lookup == NULL)
		return -1;
	if (office_start(st, err) != 0)
		return -1;
	lookup_ask(st->lookup, 0, "", "", 0, "");
	st->list_ms = loop_now_ms(st->loop);
	st->upkeep = upkeep_start(st->loop, st->options, conf->state,
	    &st->dirty, err);
	if (st->upkeep == NULL)
		return -1;
	if (conf->hub.present && start_uplink(st, err) != 0)
		return -1;
	for (size_t i = 0; i < st->nlanes; i++) {
		struct devices_calls events = { on_event, on_devices,
			&st->lanes[i] };
		st->lanes[i].devices = devices_start(st->loop,
		    &conf->lanes[i], st->options, &events, err);
		if (st->lanes[i].devices == NULL)
			return -1;
		if (station_start_outputs(&st->lanes[i], err) != 0)
			return -1;
	}
	return 0;
}
