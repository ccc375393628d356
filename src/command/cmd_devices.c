/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devices - finds what is plugged in and prints the lines to configure it.
 * What speaks by itself is listened to; relay boards are asked.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "actuator.h"
#include "reader.h"

#define SECONDS_DEFAULT 10
#define SECONDS_MAX 600

static const char options_text[] =
    N_("  -t, --time SECONDS   listen that long in all (10)\n"
       "      --boards         ask for relay boards instead; switches nothing\n"
       "      --lines          leave DTR and RTS raised, as some RS-232 scanners want\n"
       "Scan codes and stand before the thermometer while it listens. Nothing\n"
       "is sent: a device that waits to be asked stays silent.\n");

/* ---- relay boards --------------------------------------------------------------- */

static void
ask_port(const struct reader_port_name *port)
{
	struct err err = { .kind = ERR_NONE };
	const char *protocol = actuator_recognise(port->path, &err);

	printf("# %s  %s\n", port->path, port->words);
	if (protocol != NULL)
		printf("relay = \"serial:%s,protocol=%s\"\n", port->path,
		    protocol);
	else if (err.kind != ERR_NONE)
		printf("#   %s\n", _(err.text));
	else
		printf(_("#   no board answers; LCUS-1 and HW-667 never do: try "
		    "protocol=lcus or hw667\n"));
	fflush(stdout);
}

static int
ask_ports(const char *const *paths, size_t count)
{
	static struct reader_port_name ports[READER_PORTS_MAX]; /* large */
	size_t n = reader_ports(paths, count, ports);

	for (size_t i = 0; i < n; i++)
		ask_port(&ports[i]);
	if (n == 0)
		printf(_("# no serial ports\n"));
	return EX_OK;
}

int
cmd_devices(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "boards", no_argument, NULL, 'b' },
		{ "lines", no_argument, NULL, 'l' },
		{ "time", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err err = { .kind = ERR_NONE };
	long seconds = SECONDS_DEFAULT;
	bool boards = false, lines = false;
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "t:h", longs, NULL)) != -1) {
		if (option == 'h')
			return command_help("devices", _(options_text));
		boards |= option == 'b';
		lines |= option == 'l';
		if (option == 'b' || option == 'l')
			continue;
		if (option != 't')
			return command_usage("devices", _("bad option"));
		errno = 0;
		seconds = strtol(optarg, &end, 10);
		if (end == optarg || *end != '\0' || errno != 0 ||
		    seconds < 1 || seconds > SECONDS_MAX)
			return command_usage("devices",
			    _("-t takes 1 to 600 seconds"));
	}
	if (boards)
		return ask_ports((const char *const *)argv + optind,
		    (size_t)(argc - optind));
	if (reader_find((const char *const *)argv + optind,
	    (size_t)(argc - optind), seconds, lines, stdout,
	    &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
