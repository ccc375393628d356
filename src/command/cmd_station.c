/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot station - the full-screen post.
 */
#include "parts.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "station.h"
#include "sync.h"

/* Times before this program was written are not believed (2026-11-01). */
#define CLOCK_FLOOR 1793491200
#define CLOCK_SLACK_S 300

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration\n"
    "      --plain         lines of text instead of the screen\n");

/* What the hub signed, or answered with, is past. Officers type minutes. */
static void
raise_clock_floor(const struct conf *conf, struct station_options *post)
{
	struct sync_state state;

	if (sync_state(conf->state, 0, &state, NULL) == 0 &&
	    state.hub_at - CLOCK_SLACK_S > post->clock_floor)
		post->clock_floor = state.hub_at - CLOCK_SLACK_S;
}

int
cmd_station(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "plain", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	/* Large: its lanes. Lives as long as the program. */
	static struct conf conf;
	char values[PATH_MAX];
	struct station_options post = {
		.values = command_values(values, sizeof(values)),
		.self = command_self(), .libexec = command_libexec(),
		.machine = getenv("CHOT_MACHINE"), .clock_floor = CLOCK_FLOOR,
	};
	const char *path = NULL;
	struct err err = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help("station", _(options_help));
		if (c == 'p')
			post.plain = true;
		else if (c == 'c')
			path = optarg;
		else
			return command_usage("station", _("unknown option"));
	}
	if (optind < argc)
		return command_usage("station", _("too many arguments"));
	post.conf = path;
	if (conf_load(path, &conf, &err) != 0)
		return command_fail(&err);
	raise_clock_floor(&conf, &post);
	if (station_run(&conf, &post, &err) != 0)
		return command_fail(&err);
	return EX_OK;
}
