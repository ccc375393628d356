/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot recorder - the station's child that writes the outbox: its lines on
 * standard input, its answers on standard output. Runs by hand as well.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "outbox.h"

int
cmd_recorder(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return command_help("recorder",
		    "chot recorder OUTBOX_DB STATION SEAL_PUB\n");
	if (argc != 4)
		return command_usage("recorder",
		    _("it takes OUTBOX_DB STATION SEAL_PUB"));
	confine_recorder(argv[1], argv[3]);
	if (recorder_serve(argv[1], argv[2], argv[3], STDIN_FILENO,
	    STDOUT_FILENO, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
