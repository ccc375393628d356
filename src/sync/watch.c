/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watch - one sync after the other, as the station's child: lines out (see
 * sync.h) and a few words in. A try runs outside of the loop's callbacks,
 * and turns the loop while it waits for the hub.
 */
#include "client.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK_MS 10000

/* ---- lines out ----------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
say(struct client *s, const char *format, ...)
{
	char raw[SYNC_LINE_MAX], line[SYNC_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	text_clean(raw, strlen(raw), line, sizeof(line));
	printf("%s\n", line);
	/* Nobody listens any more: then nobody waits either. */
	if (fflush(stdout) != 0)
		s->stopping = true;
}

void
watch_link(struct client *s)
{
	if (s->link.up)
		say(s, "link up");
	else
		say(s, "link down %s", s->result.words);
}

static void
tell_numbers(struct client *s)
{
	const struct push_result *r = &s->result;
	const struct head *head = &r->head;

	if (head->acknowledged > 0 && (head->epoch != s->told_epoch ||
	    head->acknowledged != s->told_acknowledged))
		say(s, "acknowledged %" PRId64 " %08x", head->acknowledged,
		    (unsigned)head->epoch);
	s->told_acknowledged = head->acknowledged;
	s->told_epoch = head->epoch;
	if (!s->told || r->waiting != s->told_waiting)
		say(s, "waiting %" PRId64, r->waiting);
	s->told_waiting = r->waiting;
	if (!s->told || r->oldest_at != s->told_oldest)
		say(s, "oldest %" PRId64, r->oldest_at);
	s->told_oldest = r->oldest_at;
	if (!s->told || r->refused != s->told_refused)
		say(s, "refused %" PRId64, r->refused);
	s->told_refused = r->refused;
	s->told = true;
}

static void
tell_trouble(struct client *s)
{
	const struct push_result *r = &s->result;
	char now[SYNC_WORDS_MAX];

	snprintf(now, sizeof(now), "%s %s", trouble_row(r->trouble)->word,
	    r->words);
	/* Said each time: whoever mends it may have missed it. */
	if (r->trouble == TROUBLE_FORK)
		say(s, "fork %" PRId64 " %08x", r->fork_seq,
		    (unsigned)r->head.epoch);
	if (strcmp(now, s->told_trouble) == 0)
		return;
	strcpy(s->told_trouble, now);
	say(s, "trouble %s", now);
	if (r->trouble == TROUBLE_REVOKED)
		say(s, "revoked");
}

/* ---- words in --------------------------------------------------------------------------------- */

static void
on_line(void *arg, char *line, size_t len)
{
	struct client *s = arg;

	(void)len;
	if (strcmp(line, "wake") == 0)
		s->woken = true;
	else if (strcmp(line, "now") == 0)
		s->urgent = true;
}

/* At the end of its input it goes on: it dies with its parent, and may have
 * been started without any. */
static void
on_input(void *arg, int fd, short revents)
{
	struct client *s = arg;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0)
		lines_push(&s->lines, bytes, (size_t)n, on_line, s);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		loop_drop(s->loop, fd);
}

/* ---- the loop ------------------------------------------------------------------------------------ */

static void
on_ok(void *arg)
{
	struct client *s = arg;

	say(s, "ok");
	loop_at(s->loop, loop_now_ms(s->loop) + OK_MS, on_ok, s);
}

static void
try(struct client *s)
{
	bool urgent = s->urgent;

	s->woken = s->urgent = false;
	client_try(s);
	if (s->stopping)
		return;
	if (s->result.hub_ms > 0)
		say(s, "time %" PRId64, s->result.hub_ms);
	if (urgent && s->result.trouble == TROUBLE_NONE &&
	    link_reset(&s->link))
		watch_link(s);
	tell_numbers(s);
	tell_trouble(s);
}

/* When the next try is due, by loop_now_ms(). */
static int64_t
due_ms(const struct client *s, int64_t last_ms)
{
	int64_t at = last_ms + s->conf->hub.every_s * 1000;

	if (s->urgent)
		return 0;
	if (s->run.not_before_ms > 0)
		return s->run.not_before_ms;
	return s->woken ? 0 : at;
}

int
watch_run(struct client *s, struct err *err)
{
	int64_t last_ms = INT64_MIN / 2;

	lines_init(&s->lines, s->line, SYNC_LINE_MAX);
	if (loop_watch(s->loop, STDIN_FILENO, POLLIN, on_input, s, err) < 0)
		return -1;
	say(s, "hello 1 sync");
	client_count(s);
	tell_numbers(s);
	loop_at(s->loop, loop_now_ms(s->loop) + OK_MS, on_ok, s);
	if (client_first(s)) {
		s->run.not_before_ms = loop_now_ms(s->loop) +
		    pace_spread_ms(s->conf->id);
		ledger_set_run(s->ledger, &s->run, NULL);
	}
	while (!s->stopping) {
		int64_t wait = due_ms(s, last_ms) - loop_now_ms(s->loop);

		if (wait <= 0) {
			try(s);
			last_ms = loop_now_ms(s->loop);
		} else if (loop_turn(s->loop, wait > OK_MS ? OK_MS :
		    (int)wait, err) < 0) {
			return -1;
		}
	}
	return 0;
}
