/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standing - how an outbox stands, for those who ask from outside: how much
 * waits, and when its whole chain was last walked. That one is a note for
 * people: nothing is left unchecked because of it.
 */
#include "parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECKED_FILE_MAX 200

static int
checked_path(const char *path, char out[PATH_MAX], struct err *err)
{
	if (snprintf(out, PATH_MAX, "%s.checked", path) >= PATH_MAX)
		return err_set(err, ERR_SETUP, _("path too long"));
	return 0;
}

int
standing_checked(const char *path, int64_t records, int64_t at, struct err *err)
{
	char name[PATH_MAX], text[CHECKED_FILE_MAX];
	int n = snprintf(text, sizeof(text), "whole %" PRId64 " at %" PRId64
	    "\n", records, at);

	if (checked_path(path, name, err) < 0)
		return -1;
	return file_write(name, text, (size_t)n, 0644, false, err);
}

int
outbox_checked(const char *path, int64_t *records, int64_t *at)
{
	char name[PATH_MAX], *text;
	size_t len;
	int got;

	text = checked_path(path, name, NULL) == 0 ? file_read(name,
	    CHECKED_FILE_MAX, &len, NULL) : NULL;
	if (text == NULL)
		return -1;
	got = sscanf(text, "whole %18" SCNd64 " at %18" SCNd64, records, at);
	free(text);
	return got == 2 ? 0 : -1;
}

int
standing_state(struct store *store, const char *path,
    struct outbox_state *state, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct store_ends ends;
	char beside[PATH_MAX];
	int64_t sent;

	snprintf(beside, sizeof(beside), "%.*ssync.db",
	    slash != NULL ? (int)(slash - path + 1) : 0, path);
	sent = access(beside, R_OK) == 0 ?
	    store_acknowledged(store, beside) : 0;
	*state = (struct outbox_state){ .acknowledged = sent };
	if (store_ends(store, sent, &ends, err) < 0)
		return -1;
	/* What is not here any more was acknowledged; what is not yet, not. */
	if (sent < ends.first)
		state->acknowledged = ends.first > 0 ? ends.first - 1 : 0;
	if (sent > ends.last)
		state->acknowledged = ends.last;
	state->head.epoch = store_view(store)->meta.epoch;
	state->head.seq = ends.last;
	state->records = ends.last > 0 ? ends.last - ends.first + 1 : 0;
	state->oldest_waiting_at = ends.waiting_at;
	return 0;
}
