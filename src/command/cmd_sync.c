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
    "      --help           this text\n");

int
cmd_sync(int argc, char **argv)
{
	char path[PATH_MAX];
	struct err err = { 0 };
	char **args;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0))
		return command_help("sync", _(options_text));
	args = calloc((size_t)argc + 1, sizeof(*args));
	if (args == NULL)
		mem_none();
	memcpy(args, argv, (size_t)argc * sizeof(*args));
	snprintf(path, sizeof(path), "%s/chot-sync", command_libexec());
	args[0] = path;
	execv(path, args);
	err_set(&err, ERR_ABSENT, "%s: %s", path, strerror(errno));
	free(args);
	return command_fail(&err);
}
