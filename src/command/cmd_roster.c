/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot roster DIR - the station's child that knows the officers.
 */
#include "parts.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "register.h"

int
cmd_roster(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("roster", "");
	if (argc != 2)
		return command_usage("roster", _("DIR is wanted"));
	confine_roster(argv[1]);
	if (register_roster(argv[1], STDIN_FILENO, STDOUT_FILENO, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
