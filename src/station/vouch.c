/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vouch - the officer or the hub vouches for the time: remembered for this
 * boot, recorded, and open verdicts are judged again.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

#define CLOCK_OFF_S 30 /* the hub puts a clock right from here on */

void
station_confirm_clock(struct station *st, int64_t at, const char *who)
{
	char path[CONF_PATH_MAX + 16], words[128], text[21];
	struct moment m;
	struct err err = { 0 };

	clock_confirm(&st->clock, at, loop_now_ms(st->loop));
	m = station_moment(st);
	snprintf(path, sizeof(path), "%s/clock", st->conf->run);
	if (clock_save(&st->clock, path, &err) != 0)
		log_line(m.wall, LOG_LEVEL_WARN, "%s", err.text);
	time_print(m.wall, text);
	snprintf(words, sizeof(words), "confirmed %s by %s", text, who);
	session_record_plain(&st->lanes[0].session, "clock", words, &m);
	for (size_t i = 0; i < st->nlanes; i++)
		session_clock(&st->lanes[i].session, &m);
}

/* The hub vouches for the time: once, and again when it is a while ago. */
void
station_hub_time(void *arg, int64_t hub_ms)
{
	struct station *st = arg;
	struct moment m = station_moment(st);
	int64_t off_s = hub_ms / 1000 - m.wall;

	/* The demo plays on a day of its own. */
	if (st->options->demo ||
	    !clock_plausible(hub_ms / 1000, st->options->clock_floor) ||
	    (m.clock == CLOCK_CONFIRMED && llabs(off_s) < CLOCK_OFF_S))
		return;
	station_confirm_clock(st, hub_ms / 1000, "hub");
	station_carry_out(st);
}
