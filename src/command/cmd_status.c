/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot status - the state of the post from its files, running or not.
 *
 * With --check the exit status is the answer for monitoring (0, 1, 2), as
 * monitoring programs have it; without, that the state could be told is 0.
 */
#include "parts.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "station.h"

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration\n"
    "      --json          one JSON object\n"
    "      --metrics       OpenMetrics text\n"
    "      --check         one line; exit status 0 well, 1 attention, 2 failing\n");

int
cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ "metrics", no_argument, NULL, 'm' },
		{ "check", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct conf conf; /* large: its lanes */
	enum status_format format = STATUS_TEXT;
	const char *path = NULL;
	struct err err = { 0 };
	int c, level, formats = 0;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help("status", _(options_help));
		if (c == '?')
			return command_usage("status", _("unknown option"));
		if (c == 'c') {
			path = optarg;
			continue;
		}
		formats++;
		format = c == 'j' ? STATUS_JSON : c == 'm' ? STATUS_METRICS :
		    STATUS_CHECK;
	}
	if (optind < argc)
		return command_usage("status", _("too many arguments"));
	if (formats > 1)
		return command_usage("status",
		    _("one of --json, --metrics and --check"));
	if (conf_load(path, &conf, &err) != 0)
		return command_fail(&err);
	level = station_status(&conf, format, (int64_t)time(NULL), stdout);
	return format == STATUS_CHECK ? level : EX_OK;
}
