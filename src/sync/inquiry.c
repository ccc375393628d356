/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inquiry - chot-sync --look, the station's child that asks the hub about the
 * person who stands there: lines in, lines out (see sync.h).
 *
 * It is told hashes and passes hashes on. What the hub tells counts where
 * its lists are later than the post's; so it reads those, too, and gives an
 * answer of the look-up child's kind, which the station takes as a better
 * one. The station waits for none of this.
 */
#include "parts.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "register.h"

#define OK_MS 10000
#define ASK_MS 800         /* a question's whole life */
#define TRY_MS 10000       /* when nobody waits for it */
#define QUESTIONS_MAX 8    /* that came at once */

struct question {
	int64_t n, now, came_ms;
	struct register_hashes hashes;
};

struct inquiry {
	const struct conf *conf;
	int64_t clock_floor;
	struct loop *loop;
	struct http *http;
	struct register_store *store;
	char path[SYNC_PATH_MAX];
	struct reach reach;
	size_t nquestions;
	struct question questions[QUESTIONS_MAX];
	char line[SYNC_LINE_MAX + 1];
	struct lines lines;
	bool ended, told;
	struct told told_lists; /* large */
};

/* ---- lines ------------------------------------------------------------------------------ */

static void
say(struct inquiry *q, const char *text)
{
	printf("%s\n", text);
	if (fflush(stdout) != 0)
		q->ended = true; /* the station has */
}

static void
say_state(struct inquiry *q, const char *words)
{
	char line[SYNC_LINE_MAX];

	snprintf(line, sizeof(line), "state %s%s%.200s",
	    reach_is_up(&q->reach) ? "up" : "down",
	    words[0] != '\0' ? " " : "", words);
	say(q, line);
}

static bool
take_hash(const char *word, char out[REGISTER_HASH_HEX])
{
	if (strcmp(word, "-") == 0)
		out[0] = '\0';
	else if (strlen(word) == REGISTER_HASH_HEX - 1 &&
	    strspn(word, "0123456789abcdef") == REGISTER_HASH_HEX - 1)
		strcpy(out, word);
	else
		return false;
	return true;
}

/* "look N CHECK IDENTITY PLATE NOW"; others may be a later station's. */
static void
on_line(void *arg, char *line, size_t len)
{
	struct inquiry *q = arg;
	struct question *new = &q->questions[q->nquestions];
	char check[32], identity[32], plate[32];

	(void)len;
	if (q->nquestions == QUESTIONS_MAX || sscanf(line, "look %18" SCNd64
	    " %31s %31s %31s %18" SCNd64, &new->n, check, identity, plate,
	    &new->now) != 5)
		return;
	if (!take_hash(check, new->hashes.check) ||
	    !take_hash(identity, new->hashes.identity) ||
	    !take_hash(plate, new->hashes.plate))
		return;
	new->came_ms = loop_now_ms(q->loop);
	q->nquestions++;
}

static void
on_input(void *arg, int fd, short revents)
{
	struct inquiry *q = arg;
	char bytes[2048];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0)
		lines_push(&q->lines, bytes, (size_t)n, on_line, q);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		q->ended = true;
}

static void
on_ok(void *arg)
{
	struct inquiry *q = arg;

	say(q, "ok");
	loop_at(q->loop, loop_now_ms(q->loop) + OK_MS, on_ok, q);
}

/* ---- asking ------------------------------------------------------------------------------- */

static void
note(struct inquiry *q, const struct http_reply *reply, bool good,
    const char *words)
{
	struct reach_news news = { .good = good,
		.down = trouble_is_down(reply->trouble),
		.took_ms = reply->took_ms,
		.retry_after_s = reply->retry_after_s };
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) < 0)
		random = 0;
	if (reach_note(&q->reach, &news, loop_now_ms(q->loop), random) ||
	    !q->told)
		say_state(q, good ? "" : words);
	q->told = true;
}

/* Is that the hub, and what does it say? Its word that it is too much (429)
 * is no failure. */
static bool
judge_reply(const struct http_reply *reply, char words[SYNC_WORDS_MAX])
{
	enum trouble trouble;
	struct reply *hub = calloc(1, sizeof(*hub)); /* large */
	bool good;

	if (hub == NULL)
		mem_none();
	judge(reply, hub, &trouble, words);
	good = hub->hub && (reply->status == 200 || reply->status == 429);
	if (!good && words[0] == '\0')
		snprintf(words, SYNC_WORDS_MAX, "%s",
		    trouble_row(trouble)->word);
	free(hub);
	return good;
}

/* A clock that is behind would hold every certificate for unborn. */
static void
send_within(struct inquiry *q, const struct http_request *request, int64_t limit_ms,
    struct http_reply *reply)
{
	http_limit(q->http, limit_ms);
	http_verify_at(q->http, loop_wall(q->loop) < q->clock_floor ?
	    q->clock_floor : 0);
	http_send(q->http, request, reply);
}

/* Those of now: they may have come a second ago. */
static void
open_lists(struct inquiry *q)
{
	register_close(q->store);
	q->store = register_open(q->path, false, NULL);
}

static void
add_versions(struct inquiry *q, struct text *body)
{
	struct register_list lists[REGISTER_LISTS_MAX];
	int n = q->store != NULL ? register_lists(q->store, lists, NULL) : 0;
	const char *comma = "";

	text_printf(body, ",\"have\":[");
	for (int i = 0; i < n; i++) {
		if (lists[i].version == 0)
			continue;
		text_printf(body, "%s%" PRId64, comma, lists[i].version);
		comma = ",";
	}
	text_printf(body, "]}");
}

static void
add_hash(struct text *body, const char *name, const char *hash)
{
	if (hash[0] != '\0')
		text_printf(body, ",\"%s\":\"%s\"", name, hash);
}

static void
say_nothing(struct inquiry *q, int64_t n)
{
	char line[40];

	snprintf(line, sizeof(line), "nothing %" PRId64, n);
	say(q, line);
}

/* No news: what the look-up child said stands. */
static bool
answer(struct inquiry *q, const struct question *question,
    const struct told *told)
{
	struct register_answer better;
	struct err err = { 0 };
	char *json, *line;

	if (told->n == 0)
		return false;
	if (q->store == NULL || register_look_told(q->store, &question->hashes,
	    told->lists, told->n, question->now, &better, &err) < 0) {
		log_line(0, LOG_LEVEL_WARN, "look-up at the hub: %s",
		    q->store == NULL ? "no register" : err.text);
		return false;
	}
	if (!better.known)
		return false;
	json = register_answer_json(&better);
	if (asprintf(&line, "found %" PRId64 " %s", question->n, json) < 0)
		mem_none();
	say(q, line);
	free(line);
	free(json);
	return true;
}

static void
ask(struct inquiry *q, const struct question *question, int64_t left_ms)
{
	struct http_request request = { .path = "/v1/lookup" };
	struct http_reply reply;
	struct text body = { .len = 0 };
	char words[SYNC_WORDS_MAX];
	struct err err = { 0 };
	bool good;

	open_lists(q);
	text_printf(&body, "{\"version\":1,\"station\":\"%s\","
	    "\"program\":\"" PACKAGE_VERSION "\"", q->conf->id);
	add_hash(&body, "identity", question->hashes.identity);
	add_hash(&body, "plate", question->hashes.plate);
	add_versions(q, &body);
	request.body = body.bytes;
	request.len = body.len;
	send_within(q, &request, left_ms, &reply);
	good = judge_reply(&reply, words);
	if (good && reply.status == 200 && told_parse(reply.body, reply.len,
	    &q->told_lists, &err) < 0) {
		snprintf(words, sizeof(words), "%s", err.text);
		good = false;
	}
	if (!good || reply.status != 200 ||
	    !answer(q, question, &q->told_lists))
		say_nothing(q, question->n);
	note(q, &reply, good, words);
	free(reply.body);
	text_free(&body);
}

/* Nobody waits: time enough for a slow network to build up a connection. */
static void
try(struct inquiry *q)
{
	struct http_request request = { .path = "/v1/time" };
	struct http_reply reply;
	char words[SYNC_WORDS_MAX];
	bool good;

	send_within(q, &request, TRY_MS, &reply);
	good = judge_reply(&reply, words);
	note(q, &reply, good, words);
	free(reply.body);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void
ask_all(struct inquiry *q)
{
	for (size_t i = 0; i < q->nquestions; i++) {
		const struct question *question = &q->questions[i];
		int64_t now_ms = loop_now_ms(q->loop);
		int64_t left_ms = question->came_ms + ASK_MS - now_ms;

		if (left_ms > 0 && reach_may_ask(&q->reach, now_ms))
			ask(q, question, left_ms);
		else
			say_nothing(q, question->n);
	}
	q->nquestions = 0;
}

static int
turn(struct inquiry *q, struct err *err)
{
	int64_t at = reach_try_ms(&q->reach);
	int64_t wait = at < 0 ? -1 : at - loop_now_ms(q->loop);

	if (at >= 0 && wait <= 0) {
		try(q);
		return 0;
	}
	if (loop_turn(q->loop, wait > OK_MS ? OK_MS : (int)wait, err) < 0)
		return -1;
	ask_all(q);
	return 0;
}

static int
work(struct inquiry *q, struct err *err)
{
	int ret = 0;

	fence_look(q->conf, q->path);
	lines_init(&q->lines, q->line, SYNC_LINE_MAX);
	if (loop_watch(q->loop, STDIN_FILENO, POLLIN, on_input, q, err) < 0)
		return -1;
	say(q, "hello 1 look");
	loop_at(q->loop, loop_now_ms(q->loop) + OK_MS, on_ok, q);
	while (ret == 0 && !q->ended)
		ret = turn(q, err);
	return ret;
}

int
inquiry_run(const struct conf *conf, int64_t clock_floor)
{
	struct inquiry *q = calloc(1, sizeof(*q));
	struct err err = { 0 };
	int ret = -1;

	if (q == NULL)
		mem_none();
	q->conf = conf;
	q->clock_floor = clock_floor;
	snprintf(q->path, sizeof(q->path), "%s/register.db", conf->state);
	if (!conf->hub.present || conf->hub.url[0] == '\0')
		err_set(&err, ERR_SETUP, "%s",
		    _("no hub is configured: see hub{} in chot.conf(5)"));
	else if ((q->loop = loop_new(&err)) != NULL &&
	    (q->http = http_new(&conf->hub, NULL, NULL, &err)) != NULL)
		ret = work(q, &err);
	if (ret < 0)
		fprintf(stderr, "chot-sync: %s\n", err.text);
	register_close(q->store);
	http_free(q->http);
	loop_free(q->loop);
	free(q);
	return ret < 0 ? err_exit_status(&err) : 0;
}
