/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forked - where the hub has other records than this post, as a stick told:
 * kept until the recorder has begun a new epoch, since the one who reads a
 * stick does not write the outbox.
 */
#include "forked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define FORKED_FILE_MAX 100

static int
forked_path(const char *state_dir, char out[SYNC_PATH_MAX], struct err *err)
{
	if (snprintf(out, SYNC_PATH_MAX, "%s/outbox.db.fork", state_dir) >=
	    SYNC_PATH_MAX)
		return err_set(err, ERR_SETUP, _("path too long"));
	return 0;
}

int
forked_write(const char *state_dir, struct outbox_id id, struct err *err)
{
	char path[SYNC_PATH_MAX], text[FORKED_FILE_MAX];
	int n = snprintf(text, sizeof(text), "%" PRId64 " %08x\n", id.seq,
	    (unsigned)id.epoch);

	if (forked_path(state_dir, path, err) < 0)
		return -1;
	return file_write(path, text, (size_t)n, 0644, true, err);
}

/* 0: nobody can tell now. */
static uint32_t
epoch_now(const char *state_dir)
{
	char path[SYNC_PATH_MAX];
	struct outbox *box;
	uint32_t epoch;

	snprintf(path, sizeof(path), "%s/outbox.db", state_dir);
	box = outbox_open(path, OUTBOX_READ, NULL, NULL, NULL);
	epoch = box != NULL ? outbox_epoch(box) : 0;
	outbox_close(box);
	return epoch;
}

bool
forked_read(const char *state_dir, struct outbox_id *id)
{
	char path[SYNC_PATH_MAX], *text;
	unsigned epoch = 0;
	uint32_t now;
	size_t len;
	int got;

	if (forked_path(state_dir, path, NULL) < 0 || access(path, F_OK) != 0)
		return false;
	text = file_read(path, FORKED_FILE_MAX, &len, NULL);
	got = text != NULL ? sscanf(text, "%18" SCNd64 " %8x", &id->seq,
	    &epoch) : 0;
	free(text);
	id->epoch = epoch;
	now = epoch_now(state_dir);
	if (got == 2 && id->seq > 0 && epoch == now)
		return true;
	if (now != 0)
		unlink(path); /* it is done */
	return false;
}
