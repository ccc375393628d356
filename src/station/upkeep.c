/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upkeep - the station's side of the child that looks after the machine:
 * what it said last. A child, because a battery's controller may take its
 * time to answer.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

#define STALE_MS 180000 /* it speaks every 30 s */

struct upkeep {
	struct child *child;
	struct machine health;
	bool *changed; /* the station's */
};

static void
on_line(void *arg, char *line, size_t len)
{
	struct upkeep *upkeep = arg;

	(void)len;
	if (machine_parse(line, &upkeep->health) == 0)
		*upkeep->changed = true;
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct upkeep *upkeep = arg;

	(void)words;
	if (state != CHILD_DOWN && state != CHILD_STALE)
		return;
	machine_init(&upkeep->health); /* unknown, not as it was */
	*upkeep->changed = true;
}

struct upkeep *
upkeep_start(struct loop *loop, const struct station_options *options,
    const char *state, bool *changed, struct err *err)
{
	struct upkeep *upkeep = calloc(1, sizeof(*upkeep));
	char *const argv[] = { (char *)options->self, (char *)"machine",
		(char *)state, (char *)options->machine, NULL };
	struct child_spec spec = {
		.name = "machine", .argv = argv, .line_max = MACHINE_LINE_MAX,
		.stale_ms = STALE_MS, .restart_min_ms = 5000,
		.restart_max_ms = 300000, .on_line = on_line,
		.on_state = on_state, .arg = upkeep,
	};

	if (upkeep == NULL)
		mem_none();
	upkeep->changed = changed;
	machine_init(&upkeep->health);
	upkeep->child = child_start(loop, &spec, err);
	if (upkeep->child == NULL) {
		free(upkeep);
		return NULL;
	}
	return upkeep;
}

void
upkeep_stop(struct upkeep *upkeep)
{
	if (upkeep == NULL)
		return;
	child_stop(upkeep->child);
	free(upkeep);
}

const struct machine *
upkeep_machine(const struct upkeep *upkeep)
{
	return &upkeep->health;
}

void
upkeep_look(struct upkeep *upkeep)
{
	child_send(upkeep->child, "look", NULL);
}
