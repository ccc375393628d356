/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uplink - the station's side of chot-sync: whether the hub is reached, how
 * much waits, what time it is there. What the hub acknowledges goes on to
 * the recorder, the one writer of the outbox.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define STALE_MS 60000
#define LINE_MAX_BYTES 1024 /* SYNC_LINE_MAX of sync.h */

struct uplink {
	struct loop *loop;
	struct child *child;
	struct uplink_calls calls;
	struct uplink_state state;
};

static void
set_link(struct uplink *u, bool up, const char *words)
{
	if (up != u->state.up)
		u->state.since_ms = loop_now_ms(u->loop);
	u->state.up = up;
	text_clean(words, strlen(words), u->state.words,
	    sizeof(u->state.words));
}

/* Its word alone: it is for programs, and the words behind it are shown
 * where the link is. */
static void
set_trouble(struct uplink *u, const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz-");

	snprintf(u->state.trouble, sizeof(u->state.trouble), "%.*s",
	    n < sizeof(u->state.trouble) && strncmp(word, "none", n) != 0 ?
	    (int)n : 0, word);
}

/* "acknowledged 415 7f3a91c2" */
static void
set_acknowledged(struct uplink *u, const char *line)
{
	uint32_t epoch;
	int64_t seq;

	if (sscanf(line, "acknowledged %" SCNd64 " %" SCNx32, &seq,
	    &epoch) != 2)
		return;
	u->state.acknowledged = seq;
	u->state.epoch = epoch;
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct uplink *u = arg;
	int64_t n;

	(void)len;
	if (strcmp(line, "link up") == 0)
		set_link(u, true, "");
	else if (strncmp(line, "link down", 9) == 0)
		set_link(u, false, line + 9 + (line[9] == ' '));
	else if (sscanf(line, "waiting %" SCNd64, &n) == 1 && n >= 0)
		u->state.waiting = n;
	else if (sscanf(line, "oldest %" SCNd64, &n) == 1 && n >= 0)
		u->state.oldest_at = n;
	else if (sscanf(line, "refused %" SCNd64, &n) == 1 && n >= 0)
		u->state.refused = n;
	else if (sscanf(line, "time %" SCNd64, &n) == 1 && n > 0)
		u->calls.hub_time(u->calls.arg, n);
	else if (strncmp(line, "trouble ", 8) == 0)
		set_trouble(u, line + 8);
	else if (strcmp(line, "revoked") == 0)
		u->state.revoked = true;
	else if (strncmp(line, "acknowledged ", 13) == 0 ||
	    strncmp(line, "fork ", 5) == 0)
		u->calls.recorder(u->calls.arg, line);
	else
		return;
	set_acknowledged(u, line);
	u->calls.changed(u->calls.arg);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct uplink *u = arg;

	if (state != CHILD_DOWN && state != CHILD_STALE)
		return;
	set_link(u, false, words);
	u->calls.changed(u->calls.arg);
}

struct uplink *
uplink_start(struct loop *loop, const struct station_options *options,
    const struct uplink_calls *calls, struct err *err)
{
	struct uplink *u = calloc(1, sizeof(*u));
	char program[CONF_PATH_MAX];
	char *argv[] = { program, (char *)"--watch", (char *)"--chot",
		(char *)options->self, (char *)(options->demo ? "--now" :
		"--watch"), (char *)"-c", (char *)options->conf, NULL };
	struct child_spec spec = {
		.name = "sync", .argv = argv, .line_max = LINE_MAX_BYTES,
		.stale_ms = STALE_MS, .restart_min_ms = 5000,
		.restart_max_ms = 300000, .on_line = on_line,
		.on_state = on_state, .arg = u,
	};

	if (u == NULL)
		mem_none();
	snprintf(program, sizeof(program), "%s/chot-sync", options->libexec);
	if (options->conf == NULL)
		argv[5] = NULL;
	u->loop = loop;
	u->calls = *calls;
	u->state.waiting = -1;
	u->state.since_ms = loop_now_ms(loop);
	u->child = child_start(loop, &spec, err);
	if (u->child == NULL) {
		free(u);
		return NULL;
	}
	return u;
}

void
uplink_stop(struct uplink *u)
{
	if (u == NULL)
		return;
	child_stop(u->child);
	free(u);
}

const struct uplink_state *
uplink_state(const struct uplink *u)
{
	return &u->state;
}

bool
uplink_has(const struct uplink *u, const char *record_id)
{
	uint32_t epoch;
	int64_t seq;

	return u != NULL && sscanf(record_id, "%*[^/]/%" SCNx32 "/%" SCNd64,
	    &epoch, &seq) == 2 && epoch == u->state.epoch &&
	    seq <= u->state.acknowledged;
}

void
uplink_wake(struct uplink *u)
{
	if (u != NULL)
		child_send(u->child, "wake", NULL); /* down: it asks itself */
}
