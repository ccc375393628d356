/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * open - makes the post ready before it works, and leaves it in order: the
 * lock, the time, the rules, the lanes; at the end the last records.
 */
#include "parts.h"
#include "shoulder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define GOODBYE_MS 3000 /* for the recorder to finish what it has */

int
station_prepare(struct station *st, struct err *err)
{
	const struct conf *conf = st->conf;
	char path[CONF_PATH_MAX + 32];
	uint64_t run;

	if (conf->nlanes == 0)
		return err_set(err, ERR_SETUP, _("the configuration has no lane"));
	if (dir_make(conf->state, 0700, err) != 0 ||
	    dir_make(conf->run, 0755, err) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/station.lock", conf->state);
	if (lock_take(path, err) < 0)
		return err_within(err, _("another station runs on %s"),
		    conf->state);
	st->locked = true;
	if (seal_choose(conf, st->seal, err) != 0)
		return -1;
	boot_id(st->boot);
	if (getrandom(&run, sizeof(run), 0) != sizeof(run) ||
	    getrandom(st->secret, sizeof(st->secret), 0) < 0)
		return err_set(err, ERR_RETRY, "getrandom: %s", strerror(errno));
	snprintf(st->run, sizeof(st->run), "%016" PRIx64, run);
	snprintf(path, sizeof(path), "%s/clock", conf->run);
	clock_init(&st->clock);
	if (st->options->wall != 0) {
		loop_set_wall(st->loop, st->options->wall);
		clock_confirm(&st->clock, st->options->wall,
		    loop_now_ms(st->loop));
	} else {
		clock_load(&st->clock, path);
	}
	issuers_changed(conf->state, &st->ring_seen);
	st->ring = issuers_load(conf->state);
	/* Looked at before they are read: what comes in between is new. */
	st->takeup = takeup_new(st);
	st->policy = policy_choose(conf, st->policy_trouble, err);
	return st->policy != NULL ? 0 : -1;
}

static void
share_keys(struct station *st)
{
	st->shift.issuers = st->ring;
	if (st->ring->skipped > 0)
		log_line(0, LOG_LEVEL_WARN, "%s/trust: %zu keys, %zu skipped",
		    st->conf->state, st->ring->keys, st->ring->skipped);
}

void
station_open_lanes(struct station *st)
{
	struct moment m = station_moment(st);

	shift_init(&st->shift, st->secret, &m);
	share_keys(st);
	st->lanes = calloc(st->conf->nlanes, sizeof(*st->lanes));
	if (st->lanes == NULL)
		mem_none();
	st->nlanes = st->conf->nlanes;
	st->sign_key = sign_choose(st->conf);
	venue_load(st);
	for (size_t i = 0; i < st->nlanes; i++) {
		struct session_setup setup = { .conf = st->conf,
			.lane = &st->conf->lanes[i], .policy = st->policy,
			.trust = st->ring->trust, .sign_key = st->sign_key,
			.language = st->language, .boot = st->boot,
			.run = st->run };

		st->lanes[i].station = st;
		session_init(&st->lanes[i].session, &setup, &st->shift);
	}
}

void
station_name_codes(struct station *st)
{
	struct err problem;

	if (st->options->values == NULL)
		return;
	st->values = valuesets_load(st->options->values, &problem);
	for (size_t i = 0; i < st->nlanes; i++)
		st->lanes[i].session.setup.values = st->values;
	if (problem.text[0] != '\0')
		log_line(0, LOG_LEVEL_WARN, "value sets: %s", problem.text);
}

void
station_refresh_keys(struct station *st)
{
	struct issuers *old = st->ring;

	if (!issuers_changed(st->conf->state, &st->ring_seen))
		return;
	st->ring = issuers_load(st->conf->state);
	for (size_t i = 0; i < st->nlanes; i++)
		st->lanes[i].session.setup.trust = st->ring->trust;
	issuers_free(old);
	share_keys(st);
	st->dirty = true;
}

/* Give the recorder time to finish: what is shown must be on disk. */
static void
say_goodbye(struct station *st)
{
	int64_t until = loop_now_ms(st->loop) + GOODBYE_MS;

	if (st->journal == NULL)
		return;
	while (journal_waiting(st->journal) > 0 &&
	    loop_now_ms(st->loop) < until)
		if (loop_turn(st->loop, 100, NULL) != 0)
			break;
}

void
station_close(struct station *st)
{
	char path[CONF_PATH_MAX + 16];

	loop_drop(st->loop, STDIN_FILENO);
	screen_close(st->screen);
	plain_close(st->plain);
	st->screen = NULL;
	st->plain = NULL;
	shoulder_close(st->shoulder);
	st->shoulder = NULL; /* records are still answered */
	say_goodbye(st); /* everything else still lives: seconds go on */
	office_stop(st);
	if (st->lanes != NULL)
		venue_save(st, true);
	for (size_t i = 0; i < st->nlanes; i++) {
		devices_stop(st->lanes[i].devices);
		outputs_stop(st->lanes[i].outputs);
	}
	lookup_stop(st->lookup);
	online_stop(st->online);
	uplink_stop(st->uplink);
	upkeep_stop(st->upkeep);
	journal_stop(st->journal);
	keys_free(st->keys);
	takeup_free(st->takeup);
	policy_free(st->policy);
	issuers_free(st->ring);
	credential_values_free(st->values);
	if (st->sign_key != NULL)
		explicit_bzero(st->sign_key, strlen(st->sign_key));
	free(st->sign_key);
	loop_free(st->loop);
	if (st->stderr_fd > 0) {
		dup2(st->stderr_fd, STDERR_FILENO);
		close(st->stderr_fd);
	}
	snprintf(path, sizeof(path), "%s/status", st->conf->run);
	if (st->locked)
		unlink(path);
}
