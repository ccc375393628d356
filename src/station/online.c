/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * online - the station's side of chot-sync --look, which asks the hub about
 * who stands here. It is told hashes from the look-up child; what comes back
 * may better an answer that stands already, and nothing waits for it.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 60000 /* it tries a dead network for ten seconds */

struct online {
	struct child *child;
	struct online_calls calls;
	struct online_state state;
};

static void
set_state(struct online *o, bool known, bool up, const char *words)
{
	o->state.known = known;
	o->state.up = up;
	text_clean(words, strlen(words), o->state.words,
	    sizeof(o->state.words));
	o->calls.changed(o->calls.arg);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct online *o = arg;
	struct register_answer answer;
	struct err err = { 0 };
	int64_t n;

	(void)len;
	if (strncmp(line, "found ", 6) == 0) {
		if (register_found_parse(line, &n, &answer, &err) != 0)
			log_line(0, LOG_LEVEL_WARN, "look-up at the hub: %s",
			    err.text);
		else
			o->calls.answer(o->calls.arg, n, &answer);
	} else if (sscanf(line, "nothing %" SCNd64, &n) == 1) {
		o->calls.answer(o->calls.arg, n, NULL);
	} else if (strcmp(line, "state up") == 0) {
		set_state(o, true, true, "");
	} else if (strncmp(line, "state down", 10) == 0) {
		set_state(o, true, false, line + 10 + (line[10] == ' '));
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	if (state == CHILD_DOWN || state == CHILD_STALE)
		set_state(arg, true, false, words);
}

struct online *
online_start(struct loop *loop, const struct station_options *options,
    const struct online_calls *calls, struct err *err)
{
	struct online *o = calloc(1, sizeof(*o));
	char program[CONF_PATH_MAX];
	char *argv[] = { program, (char *)"--look", (char *)"-c",
		(char *)options->conf, NULL };
	struct child_spec spec = {
		.name = "look", .argv = argv, .line_max = EVENT_LINE_MAX,
		.stale_ms = STALE_MS, .restart_min_ms = 5000,
		.restart_max_ms = 300000, .on_line = on_line,
		.on_state = on_state, .arg = o,
	};

	if (o == NULL)
		mem_none();
	snprintf(program, sizeof(program), "%s/chot-sync", options->libexec);
	if (options->conf == NULL)
		argv[2] = NULL;
	o->calls = *calls;
	o->child = child_start(loop, &spec, err);
	if (o->child == NULL) {
		free(o);
		return NULL;
	}
	return o;
}

void
online_stop(struct online *o)
{
	if (o == NULL)
		return;
	child_stop(o->child);
	free(o);
}

const struct online_state *
online_state(const struct online *o)
{
	return &o->state;
}

void
online_ask(struct online *o, int64_t n, const char *hashes, int64_t now)
{
	char line[160];

	if (o == NULL)
		return;
	snprintf(line, sizeof(line), "look %" PRId64 " %.90s %" PRId64, n,
	    hashes, now);
	child_send(o->child, line, NULL); /* down: nobody waits for it */
}
