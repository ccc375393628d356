/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup - the station's side of the look-up child, which alone reads the
 * register while a post runs. What it does not answer in time is unknown.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 30000

struct lookup {
	struct child *child;
	struct lookup_calls calls;
};

/* "hashed N CHECK IDENTITY PLATE": passed on as it is, and no more. */
static void
take_hashes(struct lookup *l, const char *line)
{
	static const char allowed[] = "0123456789abcdef- ";
	int64_t n;
	int at = 0;

	if (sscanf(line, "hashed %" SCNd64 " %n", &n, &at) == 1 && at > 0 &&
	    strlen(line + at) <= 80 &&
	    line[at + (int)strspn(line + at, allowed)] == '\0')
		l->calls.hashed(l->calls.arg, n, line + at);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct lookup *l = arg;
	struct register_answer answer;
	struct err err = { 0 };
	char words[EVENT_WORDS_MAX];
	int64_t n;
	int at = 0;

	(void)len;
	if (strncmp(line, "found ", 6) == 0) {
		if (register_found_parse(line, &n, &answer, &err) != 0)
			log_line(0, LOG_LEVEL_WARN, "look-up: %s", err.text);
		else
			l->calls.answer(l->calls.arg, n, &answer);
	} else if (sscanf(line, "fault %" SCNd64 " %n", &n, &at) == 1 && at > 0) {
		text_clean(line + at, strlen(line + at), words, sizeof(words));
		l->calls.state(l->calls.arg, false, words);
		memset(&answer, 0, sizeof(answer)); /* known: false */
		l->calls.answer(l->calls.arg, n, &answer);
	} else if (strncmp(line, "hashed ", 7) == 0) {
		take_hashes(l, line);
	} else if (sscanf(line, "granted %" SCNd64, &n) == 1) {
		l->calls.granted(l->calls.arg, n, NULL);
	} else if (sscanf(line, "ungranted %" SCNd64 " %n", &n, &at) == 1 &&
	    at > 0) {
		text_clean(line + at, strlen(line + at), words, sizeof(words));
		l->calls.granted(l->calls.arg, n, words);
	} else if (strcmp(line, "unlocked") == 0) {
		l->calls.locked(l->calls.arg, false, "");
	} else if (strncmp(line, "locked", 6) == 0) {
		text_clean(line + 6, strlen(line + 6), words, sizeof(words));
		l->calls.locked(l->calls.arg, true, words);
	} else if (strncmp(line, "ok", 2) == 0 ||
	    strncmp(line, "hello 1", 7) == 0) {
		l->calls.state(l->calls.arg, true, "");
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct lookup *l = arg;

	if (state == CHILD_DOWN || state == CHILD_STALE)
		l->calls.state(l->calls.arg, false, words);
}

struct lookup *
lookup_start(struct loop *loop, char *const argv[],
    const struct lookup_calls *calls, struct err *err)
{
	struct lookup *l = calloc(1, sizeof(*l));
	struct child_spec spec = {
		.name = "look-up", .argv = argv,
		.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
		.restart_min_ms = 100, .restart_max_ms = 5000,
		.secrets = true,
		.on_line = on_line, .on_state = on_state, .arg = l,
	};

	if (l == NULL)
		mem_none();
	l->calls = *calls;
	l->child = child_start(loop, &spec, err);
	if (l->child == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void
lookup_stop(struct lookup *l)
{
	if (l == NULL)
		return;
	child_stop(l->child);
	free(l);
}

/* A word of a line, or "-": identities are canonical and hold no space. */
static const char *
word(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ')
			return "-";
	return text[0] != '\0' ? text : "-";
}

void
lookup_ask(struct lookup *l, int64_t n, const char *identity,
    const char *plate, int64_t now, const char *grant)
{
	char line[320], at[24] = "-";

	if (now > 0)
		snprintf(at, sizeof(at), "%" PRId64, now);
	snprintf(line, sizeof(line), "look %" PRId64 " %s %s %s %s", n,
	    word(identity), word(plate), at, word(grant));
	child_send(l->child, line, NULL); /* down: LOOK_UP_MS ends the wait */
}

void
lookup_grant(struct lookup *l, const struct granted *g, int64_t now)
{
	char line[320];

	if (g->drop)
		snprintf(line, sizeof(line), "ungrant %" PRId64 " %s %s", g->n,
		    word(g->identity), word(g->name));
	else
		snprintf(line, sizeof(line), "grant %" PRId64 " %s %s %" PRId64
		    " %" PRId64 " %" PRId64, g->n, word(g->identity),
		    word(g->name), g->at, g->until, now);
	child_send(l->child, line, NULL); /* down: it is sent again */
}

void
lookup_hash(struct lookup *l, int64_t n, const char *identity,
    const char *plate)
{
	char line[256];

	snprintf(line, sizeof(line), "hash %" PRId64 " %s %s", n,
	    word(identity), word(plate));
	child_send(l->child, line, NULL); /* down: there is no answer */
}

void
lookup_unlock(struct lookup *l, const char *secret, long seconds)
{
	char line[96];

	snprintf(line, sizeof(line), "unlock %s %ld", secret, seconds);
	if (child_send(l->child, line, NULL) != 0)
		l->calls.locked(l->calls.arg, true, "");
	explicit_bzero(line, sizeof(line));
}

void
lookup_lock(struct lookup *l)
{
	child_send(l->child, "lock", NULL); /* down: it has no key */
}
