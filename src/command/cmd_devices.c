/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devices - finds what is plugged in and prints the lines to configure it.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sysexits.h>

#include "reader.h"

#define SECONDS_DEFAULT 10
#define SECONDS_MAX 600

static const char options_text[] =
    N_("  -t SECONDS   listen that long in all (default 10)\n"
       "Scan codes and stand before the thermometer while it listens. Nothing\n"
       "is sent: a device that waits to be asked stays silent.\n");

int
cmd_devices(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "time", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err err = { .kind = ERR_NONE };
	long seconds = SECONDS_DEFAULT;
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "t:h", longs, NULL)) != -1) {
		if (option == 'h')
			return command_help("devices", _(options_text));
		if (option != 't')
			return command_usage("devices", _("bad option"));
		errno = 0;
		seconds = strtol(optarg, &end, 10);
		if (end == optarg || *end != '\0' || errno != 0 ||
		    seconds < 1 || seconds > SECONDS_MAX)
			return command_usage("devices",
			    _("-t takes 1 to 600 seconds"));
	}
	if (reader_find((const char *const *)argv + optind,
	    (size_t)(argc - optind), seconds, stdout, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
