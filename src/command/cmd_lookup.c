/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot lookup REGISTER_DB KEYFILE - the station's look-up child.
 */
#include "parts.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "register.h"

int
cmd_lookup(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("lookup", "");
	if (argc != 3)
		return command_usage("lookup", _("REGISTER_DB and KEYFILE are wanted"));
	/* Without it nothing can be noted, and then that is said. */
	(void)register_grants_make(argv[1], NULL);
	confine_lookup(argv[1], argv[2]);
	if (register_serve(argv[1], argv[2], STDIN_FILENO, STDOUT_FILENO,
	    &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
