/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * still - gives every picture of a folder once, in the order of their names.
 *
 * One picture a turn of the loop, so that signals and the sign of life keep
 * their time. A damaged picture is a fault line, and the next is read.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct still {
	struct camera *camera;
	const char *path;
	struct dirent **names;
	int count, at;
};

static int
wanted(const struct dirent *entry)
{
	return picture_named(entry->d_name);
}

/* By bytes, not by locale: the same everywhere. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
read_one(struct still *still)
{
	const char *name = still->names[still->at]->d_name;
	struct grey *grey;
	char path[PATH_MAX];
	struct err err;

	if (snprintf(path, sizeof(path), "%s/%s", still->path, name) >=
	    (int)sizeof(path)) {
		report_fault(&still->camera->report, name,
		    N_("name too long"));
		return;
	}
	grey = picture_read(path, &err);
	if (grey == NULL) {
		report_fault(&still->camera->report, name, err.text);
		return;
	}
	camera_frame(still->camera, grey, true, 0);
	grey_free(grey);
}

static void
on_turn(void *arg)
{
	struct still *still = arg;

	if (still->at == still->count ||
	    report_done(&still->camera->report)) {
		loop_stop(still->camera->loop);
		return;
	}
	read_one(still);
	still->at++;
	loop_at(still->camera->loop, loop_now_ms(still->camera->loop), on_turn,
	    still);
}

int
still_run(struct camera *camera, const char *path, struct err *err)
{
	struct still still = { .camera = camera, .path = path };
	int got;

	still.count = scandir(path, &still.names, wanted, by_name);
	if (still.count < 0)
		return err_set(err, ERR_SETUP, "%s: %s", path,
		    strerror(errno));
	loop_at(camera->loop, loop_now_ms(camera->loop), on_turn, &still);
	got = loop_run(camera->loop, err);
	for (int i = 0; i < still.count; i++)
		free(still.names[i]);
	free(still.names);
	return got;
}
