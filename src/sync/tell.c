/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell - what a sync says: progress on a terminal, a line at the end, or
 * one JSON object; and the signals it obeys.
 */
#include "client.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SKEW_S 30 /* of the clock: worth a word */

/* ---- signals and waiting --------------------------------------------------------------- */

static void
on_signal(void *arg, int signo)
{
	struct client *s = arg;

	if (signo == SIGUSR1)
		s->woken = true;
	else if (signo == SIGUSR2)
		s->urgent = true;
	else
		s->stopping = true;
}

int
client_signals(struct client *s, struct err *err)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1,
		SIGUSR2 };

	for (size_t i = 0; i < nitems(signals); i++)
		if (loop_signal(s->loop, signals[i], on_signal, s, err) < 0)
			return -1;
	return 0;
}

static void
wait_over(void *arg)
{
	struct client *s = arg;

	s->waited = true;
}

void
client_wait(struct client *s, int64_t ms)
{
	int timer = loop_at(s->loop, loop_now_ms(s->loop) + ms, wait_over, s);

	s->waited = false;
	if (ms > 1000 && isatty(STDERR_FILENO))
		fprintf(stderr, _("begins in %lld s, so that not all posts "
		    "call at once; --now begins at once\n"),
		    (long long)(ms / 1000));
	while (!s->waited && !s->stopping && !s->urgent)
		if (loop_turn(s->loop, -1, NULL) < 0)
			break;
	loop_cancel(s->loop, timer);
}

/* ---- while it runs --------------------------------------------------------------------------- */

void
client_progress(void *arg, int64_t sent, int64_t waiting)
{
	struct client *s = arg;

	if (s->options->watch || s->options->json || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%s", "");
	fprintf(stderr, _("%lld sent, %lld to go"), (long long)sent,
	    (long long)waiting);
	fputs("\033[K", stderr);
	s->drawn = true;
}

void
client_pulled(void *arg, int64_t bytes, int64_t of)
{
	struct client *s = arg;

	if (s->options->watch || s->options->json || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%s", "");
	fprintf(stderr, _("lists: %lld of %lld kB"), (long long)(bytes / 1000),
	    (long long)(of / 1000));
	fputs("\033[K", stderr);
	s->drawn = true;
}

void
client_request(void *arg, const struct http_reply *reply, bool good)
{
	struct client *s = arg;
	bool down = trouble_is_down(reply->trouble);

	if (link_note(&s->link, good, down, reply->took_ms) &&
	    s->options->watch)
		watch_link(s);
}

/* ---- at the end --------------------------------------------------------------------------------- */

void
client_count(struct client *s)
{
	char path[SYNC_PATH_MAX];
	struct outbox_state outbox;
	struct sync_state state;
	struct outbox *box;

	snprintf(path, sizeof(path), "%s/outbox.db", s->conf->state);
	box = outbox_open(path, OUTBOX_READ, NULL, NULL, NULL);
	if (box == NULL)
		return;
	if (outbox_state(box, &outbox, NULL) == 0 && sync_state(
	    s->conf->state, outbox_epoch(box), &state, NULL) == 0) {
		int64_t first = outbox.head.seq - outbox.records;

		s->result.head.epoch = outbox_epoch(box);
		s->result.head.acknowledged = state.head.seq;
		s->result.refused = state.refused;
		s->result.oldest_at = outbox.oldest_waiting_at;
		s->result.waiting = outbox.head.seq - (state.head.seq > first ?
		    state.head.seq : first);
	}
	outbox_close(box);
}

static void
report_json(struct client *s, int status)
{
	const struct push_result *r = &s->result;
	struct text text = { .len = 0 };
	char at[21];

	text_printf(&text, "{\"result\":%d,\"trouble\":\"%s\",\"words\":",
	    status, trouble_row(r->trouble)->word);
	text_json(&text, r->words);
	text_printf(&text, ",\"sent\":%" PRId64 ",\"waiting\":%" PRId64
	    ",\"refused\":%" PRId64 ",\"epoch\":\"%08x\",\"acknowledged\":%"
	    PRId64, r->sent, r->waiting, r->refused,
	    (unsigned)r->head.epoch, r->head.acknowledged);
	text_printf(&text, ",\"lists\":%d", s->lists);
	if (r->fork_seq > 0)
		text_printf(&text, ",\"fork\":%" PRId64, r->fork_seq);
	if (r->hub_ms > 0) {
		time_print(r->hub_ms / 1000, at);
		text_printf(&text, ",\"hub_time\":\"%s\",\"clock_off_s\":%"
		    PRId64, at, s->run.wall_at - s->run.hub_at);
	}
	printf("%s}\n", text.bytes);
	text_free(&text);
}

static void
report_clock(const struct client *s)
{
	int64_t off = s->run.wall_at - s->run.hub_at;
	char at[21];

	if (s->result.hub_ms == 0 || (off < SKEW_S && off > -SKEW_S))
		return;
	time_print(s->run.hub_at, at);
	printf(off > 0 ? _("the clock of this post is %lld s ahead: it is %s\n")
	    : _("the clock of this post is %lld s behind: it is %s\n"),
	    (long long)(off > 0 ? off : -off), at);
}

int
client_report(struct client *s, int status)
{
	const struct push_result *r = &s->result;

	if (s->drawn)
		fputs("\r\033[K", stderr);
	if (s->options->json) {
		report_json(s, status);
		return status;
	}
	if (r->words[0] != '\0')
		fprintf(stderr, "chot-sync: %s\n", r->words);
	printf(_("%lld sent, %lld waiting\n"), (long long)r->sent,
	    (long long)r->waiting);
	if (r->refused > 0)
		printf(_("%lld refused by the hub: see chot outbox refused\n"),
		    (long long)r->refused);
	if (s->lists > 0)
		printf(ngettext("%d new list\n", "%d new lists\n",
		    (unsigned long)s->lists), s->lists);
	report_clock(s);
	return status;
}
