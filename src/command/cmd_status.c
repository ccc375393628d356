/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot status - the state of the post from its files, running or not.
 */
#include "parts.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "station.h"

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration\n"
    "      --json          one JSON object\n"
    "      --help          this text\n");

int
cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct conf conf; /* large: its lanes */
	const char *path = NULL;
	bool json = false;
	struct err err = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			return command_help("status", _(options_help));
		default:
			return command_usage("status", _("unknown option"));
		}
	}
	if (optind < argc)
		return command_usage("status", _("too many arguments"));
	if (conf_load(path, &conf, &err) != 0 ||
	    station_status(&conf, json, stdout, &err) != 0)
		return command_fail(&err);
	return EX_OK;
}
