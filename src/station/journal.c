/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal - the station's side of the recorder: keeps every record until the
 * recorder has answered `done`, and sends again what it may have missed.
 *
 * Records go out one at a time and in order. After a fault the same record
 * is tried again every second: the disk may have room by then. A recorder
 * that was restarted says the last number it holds of this run.
 */
#include "parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS 1000
#define STALE_MS 30000
#define IDS_MAX 512 /* ids of late records, for those that name them */
#define ENTRIES_MAX (2 * JOURNAL_MAX) /* corrections and updates come on top */

struct entry {
	int64_t n, of_n; /* as the session counts */
	int64_t wire_n;  /* as the recorder counts: without a gap */
	char of_id[OUTBOX_ID_MAX];
	char *body;
};

struct journal {
	struct loop *loop;
	struct child *child;
	struct journal_calls calls;
	uint64_t run;
	int64_t wire_n;
	bool ready;   /* it said hello and how far it is */
	bool sent;    /* the first entry is out, unanswered */
	int retry;    /* timer */
	struct entry entries[ENTRIES_MAX]; /* oldest first */
	size_t n;
	char fault[EVENT_WORDS_MAX];
	struct { int64_t n; char id[OUTBOX_ID_MAX]; } ids[IDS_MAX];
	size_t next_id;
};

static const char *
id_of(const struct journal *j, const struct entry *e)
{
	if (e->of_id[0] != '\0')
		return e->of_id;
	for (size_t i = 0; i < IDS_MAX; i++)
		if (j->ids[i].n == e->of_n)
			return j->ids[i].id;
	return "";
}

/* Records hold who crossed. */
static void
wipe(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

static void
send_first(struct journal *j)
{
	static const char closing[] = ",\"of\":\"%s\"}";
	const struct entry *e = &j->entries[0];
	char of[OUTBOX_ID_MAX + 16] = "}";
	char *line;
	int n;

	if (!j->ready || j->sent || j->n == 0 || j->retry != 0)
		return;
	if (e->of_n != 0 || e->of_id[0] != '\0')
		snprintf(of, sizeof(of), closing, id_of(j, e));
	n = asprintf(&line, "put %" PRId64 " %s%s", e->wire_n, e->body, of);
	if (n < 0)
		mem_none();
	j->sent = child_send(j->child, line, NULL) == 0;
	wipe(line);
}

static void
retry(void *arg)
{
	struct journal *j = arg;

	j->retry = 0;
	send_first(j);
}

static void
drop_first(struct journal *j)
{
	wipe(j->entries[0].body);
	j->n--;
	memmove(&j->entries[0], &j->entries[1], j->n * sizeof(j->entries[0]));
	j->sent = false;
}

static void
done(struct journal *j, int64_t wire_n, const char *id)
{
	int64_t n = j->n > 0 ? j->entries[0].n : 0;

	if (j->n == 0 || j->entries[0].wire_n != wire_n)
		return; /* answered before the restart as well */
	j->ids[j->next_id].n = n;
	snprintf(j->ids[j->next_id].id, OUTBOX_ID_MAX, "%s", id);
	j->next_id = (j->next_id + 1) % IDS_MAX;
	j->fault[0] = '\0';
	drop_first(j);
	j->calls.done(j->calls.arg, n, id);
	send_first(j);
}

static void
fault(struct journal *j, int64_t wire_n, const char *words)
{
	char said[EVENT_WORDS_MAX];

	if (j->n == 0 || j->entries[0].wire_n != wire_n)
		return;
	fault_words(words, said, sizeof(said));
	text_clean(said, strlen(said), j->fault, sizeof(j->fault));
	j->sent = false;
	if (j->retry == 0)
		j->retry = loop_at(j->loop, loop_now_ms(j->loop) + RETRY_MS,
		    retry, j);
	/* The ones behind it cannot be kept before it is. */
	for (size_t i = 0; i < j->n; i++)
		j->calls.fault(j->calls.arg, j->entries[i].n, j->fault);
}

/* It holds everything up to last of this run; what it had stored without
 * being able to say so is asked for again, and answered by its id. */
static void
hello(struct journal *j)
{
	j->ready = true;
	j->sent = false;
	j->calls.state(j->calls.arg, true, "");
	send_first(j);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct journal *j = arg;
	char words[EVENT_WORDS_MAX];
	int64_t n;
	int at = 0;

	(void)len;
	if (strncmp(line, "hello 1 ", 8) == 0) {
		hello(j);
	} else if (sscanf(line, "done %" SCNd64 " %n", &n, &at) == 1 && at > 0) {
		text_clean(line + at, strlen(line + at), words, sizeof(words));
		done(j, n, words);
	} else if (strncmp(line, "notice outbox ", 14) == 0) {
		j->calls.notice(j->calls.arg, line + 14);
	} else if (sscanf(line, "fault %" SCNd64 " %n", &n, &at) == 1 && at > 0) {
		fault(j, n, line + at);
	}
}

/* The very first start may be reported before child_start() has returned. */
static void
greet(struct journal *j)
{
	char line[64];

	if (j->child == NULL)
		return;
	snprintf(line, sizeof(line), "hello 1 %016" PRIx64, j->run);
	child_send(j->child, line, NULL);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct journal *j = arg;

	if (state == CHILD_STARTING) {
		greet(j);
	} else if (state == CHILD_DOWN || state == CHILD_STALE) {
		j->ready = j->sent = false;
		j->calls.state(j->calls.arg, false, words);
	}
}

struct journal *
journal_start(struct loop *loop, char *const argv[], uint64_t run,
    const struct journal_calls *calls, struct err *err)
{
	struct journal *j = calloc(1, sizeof(*j));
	struct child_spec spec = {
		.name = "recorder", .argv = argv,
		.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
		.restart_min_ms = 100, .restart_max_ms = 5000,
		.on_line = on_line, .on_state = on_state, .arg = j,
	};

	if (j == NULL)
		mem_none();
	j->loop = loop;
	j->calls = *calls;
	j->run = run;
	j->child = child_start(loop, &spec, err);
	if (j->child == NULL) {
		free(j);
		return NULL;
	}
	greet(j);
	return j;
}

void
journal_stop(struct journal *j)
{
	if (j == NULL)
		return;
	loop_cancel(j->loop, j->retry);
	child_stop(j->child);
	while (j->n > 0)
		drop_first(j);
	free(j);
}

bool
journal_put(struct journal *j, int64_t n, char *body, int64_t of_n,
    const char *of_id)
{
	struct entry *e;

	if (j->n == ENTRIES_MAX) {
		wipe(body);
		return false;
	}
	e = &j->entries[j->n++];
	*e = (struct entry){ .n = n, .of_n = of_n, .body = body,
		.wire_n = ++j->wire_n };
	snprintf(e->of_id, sizeof(e->of_id), "%s", of_id);
	send_first(j);
	return true;
}

void
journal_say(struct journal *j, const char *line)
{
	if (j->ready)
		child_send(j->child, line, NULL);
}

size_t
journal_waiting(const struct journal *j)
{
	return j->n;
}

bool
journal_failing(const struct journal *j, const char **words)
{
	*words = j->fault;
	return j->n > 0 && j->fault[0] != '\0';
}
