/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errand - the station's side of a command of the site that is run once: its
 * exit status and the last line it said come back. `chot errand` runs it and
 * sees to its end, so that the station waits for nothing.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 90000 /* chot errand gives up long before */

struct errand {
	struct child *child;
	struct errand_calls calls;
	bool told;
};

static void
tell(struct errand *errand, int status, const char *words)
{
	if (errand->told)
		return;
	errand->told = true;
	errand->calls.done(errand->calls.arg, status, words);
}

/* "errand STATUS WORDS" */
static void
on_line(void *arg, char *line, size_t len)
{
	struct errand *errand = arg;
	char words[EVENT_WORDS_MAX];
	int status, at = 0;

	(void)len;
	if (sscanf(line, "errand %d %n", &status, &at) != 1 || at == 0)
		return;
	text_clean(line + at, strlen(line + at), words, sizeof(words));
	tell(errand, status, words);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	if (state == CHILD_DOWN || state == CHILD_STALE)
		tell(arg, -1, words);
}

struct errand *
errand_start(struct loop *loop, const char *self, char *const words[],
    const struct errand_calls *calls, struct err *err)
{
	struct errand *errand = calloc(1, sizeof(*errand));
	char *argv[COMMAND_WORDS_MAX + 3] = { (char *)self, (char *)"errand" };
	struct child_spec spec = {
		.name = "errand", .argv = argv, .line_max = EVENT_LINE_MAX,
		.stale_ms = STALE_MS, .restart_min_ms = 600000,
		.restart_max_ms = 600000, .on_line = on_line,
		.on_state = on_state, .arg = errand,
	};

	if (errand == NULL)
		mem_none();
	for (size_t i = 0; i < COMMAND_WORDS_MAX && words[i] != NULL; i++)
		argv[2 + i] = words[i];
	errand->calls = *calls;
	errand->child = child_start(loop, &spec, err);
	if (errand->child == NULL) {
		free(errand);
		return NULL;
	}
	return errand;
}

void
errand_stop(struct errand *errand)
{
	if (errand == NULL)
		return;
	child_stop(errand->child);
	free(errand);
}
