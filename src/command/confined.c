/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confined - what the station's own children may still do. Readers have
 * theirs in their room.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

void
confine_lookup(const char *register_path, const char *key_path)
{
	char granted[3][4096];
	const struct confine_path paths[] = {
		{ register_path, CONFINE_READ | CONFINE_BESIDE },
		{ key_path, CONFINE_READ | CONFINE_BESIDE },
		/* All that it writes; they were made before. */
		{ granted[0], CONFINE_UPDATE }, { granted[1], CONFINE_UPDATE },
		{ granted[2], CONFINE_UPDATE },
	};
	static const char *const tails[] = { "", "-wal", "-shm" };
	const char *slash = strrchr(register_path, '/');

	for (size_t i = 0; i < nitems(tails); i++)
		snprintf(granted[i], sizeof(granted[i]), "%.*sgranted.db%s",
		    slash != NULL ? (int)(slash - register_path) + 1 : 0,
		    register_path, tails[i]);

	confine_self("lookup", &(struct confine){ .paths = paths,
	    .npaths = nitems(paths), .keyring = true });
}

void
confine_roster(const char *dir)
{
	const struct confine_path paths[] = {
		{ dir, CONFINE_UPDATE | CONFINE_REMOVE },
	};

	confine_self("roster", &(struct confine){ .paths = paths,
	    .npaths = nitems(paths) });
}

void
confine_recorder(const char *outbox_path, const char *seal_path)
{
	const struct confine_path paths[] = {
		{ outbox_path, CONFINE_UPDATE | CONFINE_REMOVE |
			CONFINE_BESIDE },
		{ seal_path, CONFINE_READ | CONFINE_BESIDE },
	};

	/* A process of its own looks at the pages of a long outbox. */
	confine_self("recorder", &(struct confine){ .paths = paths,
	    .npaths = nitems(paths), .may_clone = true });
}

void
confine_machine(const char *root)
{
	char sys[4096], proc[4096];
	const struct confine_path paths[] = {
		{ sys, CONFINE_READ }, { proc, CONFINE_READ },
	};

	snprintf(sys, sizeof(sys), "%s/sys", root);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	confine_self("machine", &(struct confine){ .paths = paths,
	    .npaths = nitems(paths) });
}
