/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aside - outboxes that the recorder set aside as damaged: what can be read
 * of them goes to the hub by itself, from where it lies and under the numbers
 * it had, so that it is there once. The hub notes the gaps. The files stay.
 */
#include "client.h"

#include <string.h>
#include <unistd.h>

static bool
sent_path(const char *aside, char out[SYNC_PATH_MAX])
{
	return snprintf(out, SYNC_PATH_MAX, "%s.sent", aside) < SYNC_PATH_MAX;
}

/* Its own troubles keep no other records from being sent. */
static bool
is_its_own(enum trouble trouble)
{
	return trouble == TROUBLE_FORK || trouble == TROUBLE_LIE ||
	    trouble == TROUBLE_DISK;
}

static void
push_one(struct client *s, const char *aside, const char *sent)
{
	struct push push = { .ledger = s->ledger, .station = s->conf->id,
		.failures = s->run.failures, .whole = true,
		.transport = http_send, .transport_arg = s->http,
		.progress = client_progress, .request = client_request,
		.arg = s };
	struct push_result result;
	struct outbox_found found;

	/* A number that is passed over is not sent later, so that the recorder
	 * first brings to light all there is. */
	if (outbox_found(aside, &found) < 0)
		return;
	push.box = outbox_open_aside(aside, NULL);
	if (push.box == NULL)
		return; /* nothing of it can be read */
	push_run(&push, &result);
	outbox_close(push.box);
	s->result.sent += result.sent;
	if (result.trouble == TROUBLE_NONE) {
		file_write(sent, "", 0, 0644, false, NULL);
	} else if (is_its_own(result.trouble)) {
		log_line(loop_wall(s->loop), LOG_LEVEL_WARN, "%s: %s", aside,
		    result.words);
	} else {
		s->result.trouble = result.trouble;
		strcpy(s->result.words, result.words);
	}
}

void
aside_push(struct client *s)
{
	char path[SYNC_PATH_MAX], aside[SYNC_PATH_MAX], sent[SYNC_PATH_MAX];

	snprintf(path, sizeof(path), "%s/outbox.db", s->conf->state);
	for (int i = 1; s->result.trouble == TROUBLE_NONE &&
	    outbox_aside(path, i, aside, sizeof(aside)); i++) {
		if (!sent_path(aside, sent))
			return;
		/* A hub that was set back may have lost these as well. */
		if (s->result.fell_back)
			unlink(sent);
		if (access(sent, F_OK) != 0)
			push_one(s, aside, sent);
	}
}
