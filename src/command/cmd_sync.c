/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot sync - becomes chot-sync, a program of its own: libcurl and what it
 * drags in are nobody else's.
 */
#include "parts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char options_text[] = N_(
    "  -c, --config FILE    the configuration\n"
    "      --now            neither spread nor back off: try at once\n"
    "      --watch          go on, one line for each event\n"
    "      --json           one JSON object at the end\n"
    "      --stations       the status pages of all posts, one a line\n"
    "      --url URL        of a hub, instead of the configuration's\n"
    "      --enrol          becomes a post: the ticket of the sheet is read\n"
    "                       from standard input\n"
    "      --state DIR      enrol without a configuration: for its keys\n");

int
cmd_sync(int argc, char **argv)
{
	char path[PATH_MAX];
	struct err err = { 0 };
	char **args;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0))
		return command_help("sync", _(options_text));
	args = calloc((size_t)argc + 3, sizeof(*args));
	if (args == NULL)
		mem_none();
	snprintf(path, sizeof(path), "%s/chot-sync", command_libexec());
	args[0] = path;
	args[1] = (char *)"--chot"; /* it asks us for the status page */
	args[2] = (char *)command_self();
	memcpy(args + 3, argv + 1, (size_t)(argc - 1) * sizeof(*args));
	execv(path, args);
	err_set(&err, ERR_ABSENT, "%s: %s", path, strerror(errno));
	free(args);
	return command_fail(&err);
}
