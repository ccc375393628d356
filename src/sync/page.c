/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page - the status page of the post, which is left at the hub with each
 * sync, and those of all posts for one that may see them. What the page says
 * is `chot status --json` to say: this program asks that one.
 */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define PAGE_BYTES_MAX 60000 /* the hub takes 64 KiB */
#define PAGE_WAIT_MS 5000
#define STATIONS_TURNS_MAX 1000 /* of 50 posts */

/* ---- asking chot status --------------------------------------------------------------- */

static pid_t
start(const struct client *s, int *fd)
{
	const char *config = s->options->config;
	char *argv[] = { (char *)s->options->chot, (char *)"status",
		(char *)"--json", (char *)(config != NULL ? "-c" : NULL),
		(char *)config, NULL };
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(argv[0], argv);
		_exit(EX_UNAVAILABLE);
	}
	close(ends[1]);
	*fd = ends[0];
	if (pid < 0)
		close(ends[0]);
	return pid;
}

/* The count, or -1: it took too long, said too much or failed. */
static ssize_t
read_all(int fd, char *out, size_t size)
{
	size_t n = 0;

	while (n < size) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&wait, 1, PAGE_WAIT_MS) <= 0)
			return -1;
		got = read(fd, out + n, size - n);
		if (got == 0)
			return (ssize_t)n;
		if (got < 0 && errno != EINTR)
			return -1;
		n += got > 0 ? (size_t)got : 0;
	}
	return -1;
}

static ssize_t
ask_status(const struct client *s, char *out, size_t size)
{
	int fd = -1, status = 0;
	pid_t pid = start(s, &fd);
	ssize_t n;

	if (pid < 0)
		return -1;
	n = read_all(fd, out, size);
	close(fd);
	if (n < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == ' '))
		n--;
	return status == 0 && n > 1 && out[0] == '{' && out[n - 1] == '}' ?
	    n : -1;
}

/* ---- leaving it ------------------------------------------------------------------------ */

void
page_leave(struct client *s)
{
	struct text body = { .len = 0 };
	struct http_request request = { .path = "/v1/status" };
	struct http_reply reply;
	char *page = malloc(PAGE_BYTES_MAX);
	unsigned char *squeezed;
	ssize_t n = -1;

	if (page == NULL)
		mem_none();
	if (s->options->chot != NULL)
		n = ask_status(s, page, PAGE_BYTES_MAX);
	if (n > 0) {
		text_printf(&body, "{\"version\":1,\"program\":\"%s\","
		    "\"station\":", PACKAGE_VERSION);
		text_json(&body, s->conf->id);
		text_printf(&body, ",\"status\":");
		text_add(&body, page, (size_t)n);
		text_add(&body, "}", 1);
		squeezed = squeeze(body.bytes, body.len, &request.len);
		request.body = (char *)squeezed;
		request.deflated = true;
		/* Whether it was heard matters to nobody here. */
		http_send(s->http, &request, &reply);
		free(reply.body);
		free(squeezed);
		text_free(&body);
	}
	free(page);
}

/* ---- those of all posts --------------------------------------------------------------------- */

/* 1: there are more, behind `after`. */
static int
show_some(struct http *http, char after[OUTBOX_STATION_MAX],
    struct err *err)
{
	char path[OUTBOX_STATION_MAX + 32], detail[SYNC_WORDS_MAX];
	struct http_request request = { .path = path };
	struct reply *reply = calloc(1, sizeof(*reply)); /* large */
	char words[SYNC_WORDS_MAX];
	enum trouble trouble;
	struct http_reply raw;
	int ret;

	if (reply == NULL)
		mem_none();
	snprintf(path, sizeof(path), "/v1/stations?after=%s", after);
	http_send(http, &request, &raw);
	if (judge(&raw, reply, &trouble, detail) == JUDGE_TAKEN) {
		ret = stations_print(raw.body, raw.len, after, stdout, err);
	} else {
		trouble_print(trouble != TROUBLE_NONE ? trouble : TROUBLE_LIE,
		    detail, words);
		ret = err_set(err, trouble_row(trouble)->kind != ERR_NONE ?
		    trouble_row(trouble)->kind : ERR_RETRY, "%s", words);
	}
	free(raw.body);
	free(reply);
	return ret;
}

int
page_show_all(const struct conf *conf)
{
	char after[OUTBOX_STATION_MAX] = "";
	struct err err = { 0 };
	struct http *http = http_new(&conf->hub, NULL, NULL, &err);
	int more = http != NULL ? 1 : -1;

	for (int turn = 0; more > 0 && turn < STATIONS_TURNS_MAX; turn++)
		more = show_some(http, after, &err);
	http_free(http);
	if (more >= 0)
		return EX_OK;
	fprintf(stderr, "chot-sync: %s\n", err.text);
	return err_exit_status(&err);
}
