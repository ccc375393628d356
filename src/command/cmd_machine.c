/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot health STATE [ROOT] - the station's child that looks after the
 * machine: a line of machine.h at once and then every 30 s, until its
 * standard input ends.
 */
#include "parts.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "machine.h"

#define EVERY_MS 30000

int
cmd_machine(int argc, char **argv)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char line[MACHINE_LINE_MAX], bytes[256];
	struct machine health;
	const char *root;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("machine", "");
	if (argc != 2 && argc != 3)
		return command_usage("machine", _("it takes STATE and maybe ROOT"));
	root = argc == 3 ? argv[2] : "";
	confine_machine(root);
	for (;;) {
		machine_read(root, argv[1], &health);
		machine_print(&health, line);
		if (printf("%s\n", line) < 0 || fflush(stdout) != 0)
			return EX_OK; /* nobody listens any more */
		if (poll(&in, 1, EVERY_MS) > 0 &&
		    read(STDIN_FILENO, bytes, sizeof(bytes)) <= 0)
			return EX_OK;
	}
}
