/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot display - what citizens see, on a second terminal.
 */
#include "parts.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "station.h"

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration\n"
    "      --lane TITLE    the lane to show; otherwise the first\n");

static bool
has_lane(const struct conf *conf, const char *title)
{
	for (size_t i = 0; i < conf->nlanes; i++)
		if (strcmp(conf->lanes[i].title, title) == 0)
			return true;
	return false;
}

int
cmd_display(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "lane", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct conf conf; /* large: its lanes */
	const char *path = NULL, *lane = NULL;
	struct err err = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'l':
			lane = optarg;
			break;
		case 'h':
			return command_help("display", _(options_help));
		default:
			return command_usage("display", _("unknown option"));
		}
	}
	if (optind < argc)
		return command_usage("display", _("too many arguments"));
	if (conf_load(path, &conf, &err) != 0)
		return command_fail(&err);
	if (lane != NULL && !has_lane(&conf, lane))
		return command_usage("display", _("no lane \"%s\""), lane);
	return station_display(&conf, lane, &err) != 0 ?
	    command_fail(&err) : EX_OK;
}
