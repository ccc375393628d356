/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child - a program that speaks lines, kept alive.
 *
 * Lines in and out, never waiting for either; silence and ends are told and
 * followed by a new start after a back-off. Its end is seen through a pidfd:
 * no SIGCHLD handler, and nobody else's children are reaped.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_STEP 16384
#define DRAIN_MAX (1 << 20) /* what a dead program may have left in the pipe */
#define KILL_AFTER_MS 1000
#define SETTLED_MS 10000 /* alive that long: the back-off starts anew */
#define RESTART_MIN_MS 250

struct child {
	struct loop *loop;
	struct child_spec spec; /* name and argv are ours */
	struct spawned run;     /* pid 0: down */
	enum child_state state;
	char why[160]; /* known before its end: "silent for 30 s" */
	struct lines lines;
	char *queue; /* waiting for the program: from sent to queued */
	size_t sent, queued, queue_size;
	int64_t backoff_ms, spoke_ms; /* spoke_ms: its first line, or 0 */
	int restart_timer, stale_timer, kill_timer;
	bool busy;    /* inside a callback of ours */
	bool stopped; /* stopped by that callback: free it afterwards */
};

static void go(struct child *child);

static void
tell(struct child *child, enum child_state state, const char *words)
{
	if (child->state == state || child->stopped)
		return;
	child->state = state;
	if (child->spec.on_state != NULL)
		child->spec.on_state(child->spec.arg, state, words);
}

/* What was sent may have been a secret. */
static void
wipe(struct child *child)
{
	if (child->queued > 0)
		explicit_bzero(child->queue, child->queued);
	child->sent = child->queued = 0;
}

static void
close_input(struct child *child)
{
	if (child->run.in_fd < 0)
		return;
	loop_drop(child->loop, child->run.in_fd);
	close(child->run.in_fd);
	child->run.in_fd = -1;
	wipe(child);
}

static void
close_output(struct child *child)
{
	if (child->run.out_fd < 0)
		return;
	loop_drop(child->loop, child->run.out_fd);
	close(child->run.out_fd);
	child->run.out_fd = -1;
}

static void
cancel(struct child *child, int *timer)
{
	loop_cancel(child->loop, *timer);
	*timer = 0;
}

static void
on_kill_timer(void *arg)
{
	struct child *child = arg;

	child->kill_timer = 0;
	if (child->run.pid != 0)
		kill(child->run.pid, SIGKILL);
}

static void
end_it(struct child *child, const char *why)
{
	if (child->why[0] == '\0')
		snprintf(child->why, sizeof(child->why), "%s", why);
	kill(child->run.pid, SIGTERM);
	if (child->kill_timer == 0)
		child->kill_timer = loop_at(child->loop,
		    loop_now_ms(child->loop) + KILL_AFTER_MS, on_kill_timer,
		    child);
}

static void
on_mute_timer(void *arg)
{
	struct child *child = arg;

	child->kill_timer = 0;
	end_it(child, N_("closed its output"));
}

/* ---- silence ---- */

static void
on_stale_timer(void *arg)
{
	struct child *child = arg;
	char words[64];

	child->stale_timer = 0;
	snprintf(words, sizeof(words), N_("silent for %lld s"),
	    (long long)(child->spec.stale_ms / 1000));
	end_it(child, words);
	tell(child, CHILD_STALE, words); /* last: it may stop the child */
}

static void
watch_silence(struct child *child)
{
	cancel(child, &child->stale_timer);
	if (child->spec.stale_ms > 0 && child->state != CHILD_STALE)
		child->stale_timer = loop_at(child->loop,
		    loop_now_ms(child->loop) + child->spec.stale_ms,
		    on_stale_timer, child);
}

/* ---- its lines ---- */

static void
on_line(void *arg, char *line, size_t len)
{
	struct child *child = arg;

	if (child->stopped)
		return;
	if (child->spoke_ms == 0)
		child->spoke_ms = loop_now_ms(child->loop);
	watch_silence(child);
	if (child->state == CHILD_STARTING)
		tell(child, CHILD_ALIVE, "");
	if (!child->stopped && child->spec.on_line != NULL)
		child->spec.on_line(child->spec.arg, line, len);
}

/* Returns what read(2) gave. */
static ssize_t
read_some(struct child *child)
{
	char bytes[READ_STEP];
	ssize_t got = read(child->run.out_fd, bytes, sizeof(bytes));

	if (got > 0)
		lines_push(&child->lines, bytes, (size_t)got, on_line, child);
	return got;
}

static void
release(struct child *child)
{
	for (size_t i = 0; child->spec.argv[i] != NULL; i++)
		free(child->spec.argv[i]);
	free((void *)child->spec.argv);
	free((void *)child->spec.name);
	free(child->lines.buffer);
	wipe(child);
	free(child->queue);
	free(child);
}

/* Callbacks may stop the child they are called for; it is then freed here. */
static bool
enter(struct child *child)
{
	bool outer = !child->busy;

	child->busy = true;
	return outer;
}

static bool
leave(struct child *child, bool outer)
{
	bool gone = child->stopped;

	if (!outer)
		return gone;
	child->busy = false;
	if (gone)
		release(child);
	return gone;
}

static void
on_output(void *arg, int fd, short revents)
{
	struct child *child = arg;
	bool outer = enter(child);
	ssize_t got = read_some(child);
	int saved = errno;

	(void)fd;
	(void)revents;
	if (leave(child, outer))
		return;
	if (got > 0 || (got < 0 && (saved == EAGAIN || saved == EINTR)))
		return;
	/* Mostly it is about to end, and how is worth waiting for; but one
	 * that lives on and can say nothing any more is of no use. */
	close_output(child);
	if (child->run.pid != 0 && child->kill_timer == 0)
		child->kill_timer = loop_at(child->loop,
		    loop_now_ms(child->loop) + KILL_AFTER_MS, on_mute_timer,
		    child);
}

/* ---- lines to it ---- */

static void flush(struct child *child);

static void
on_input(void *arg, int fd, short revents)
{
	(void)fd;
	(void)revents;
	flush(arg);
}

static void
flush(struct child *child)
{
	while (child->sent < child->queued) {
		ssize_t put = write(child->run.in_fd,
		    child->queue + child->sent, child->queued - child->sent);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN) {
			loop_watch(child->loop, child->run.in_fd, POLLOUT,
			    on_input, child, NULL);
			return;
		}
		if (put < 0) { /* it reads no more: its end will follow */
			close_input(child);
			return;
		}
		child->sent += (size_t)put;
	}
	loop_drop(child->loop, child->run.in_fd);
	wipe(child);
}

int
child_send(struct child *child, const char *line, struct err *err)
{
	size_t len = strlen(line);

	if (child->run.pid == 0 || child->run.in_fd < 0 || child->stopped)
		return err_set(err, ERR_RETRY, "%s: not running",
		    child->spec.name);
	if (strchr(line, '\n') != NULL)
		return err_set(err, ERR_INPUT, "%s: more than one line",
		    child->spec.name);
	if (child->queued - child->sent + len + 1 > CHILD_QUEUE_MAX)
		return err_set(err, ERR_RETRY, "%s: too slow, queue is full",
		    child->spec.name);
	if (child->sent > 0) {
		memmove(child->queue, child->queue + child->sent,
		    child->queued - child->sent);
		child->queued -= child->sent;
		explicit_bzero(child->queue + child->queued, child->sent);
		child->sent = 0;
	}
	if (child->queued + len + 1 > child->queue_size) {
		child->queue_size = (child->queued + len + 1) * 2;
		child->queue = mem_move(child->queue, child->queued,
		    child->queue_size, child->spec.secrets);
	}
	memcpy(child->queue + child->queued, line, len);
	child->queue[child->queued + len] = '\n';
	child->queued += len + 1;
	flush(child);
	return 0;
}

/* ---- start and end ---- */

static void
on_restart_timer(void *arg)
{
	struct child *child = arg;

	child->restart_timer = 0;
	go(child);
}

static void
schedule_restart(struct child *child)
{
	int64_t now_ms = loop_now_ms(child->loop);

	if (child->spoke_ms != 0 && now_ms - child->spoke_ms >= SETTLED_MS)
		child->backoff_ms = child->spec.restart_min_ms;
	child->restart_timer = loop_at(child->loop, now_ms + child->backoff_ms,
	    on_restart_timer, child);
	child->backoff_ms *= 2;
	if (child->backoff_ms > child->spec.restart_max_ms)
		child->backoff_ms = child->spec.restart_max_ms;
}

/* In msgids: who shows them to people translates, formats and all. */
static void
say_end(const struct child *child, int status, char *words, size_t size)
{
	if (child->why[0] != '\0')
		snprintf(words, size, "%s", child->why);
	else if (WIFSIGNALED(status))
		snprintf(words, size, N_("killed by signal %d"),
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) == SPAWN_NO_EXEC)
		snprintf(words, size, N_("%s cannot be run"),
		    child->spec.argv[0]);
	else
		snprintf(words, size, N_("ended with status %d"),
		    WEXITSTATUS(status));
}

static void
forget(struct child *child)
{
	loop_drop(child->loop, child->run.pidfd);
	close(child->run.pidfd);
	close_input(child);
	close_output(child);
	cancel(child, &child->stale_timer);
	cancel(child, &child->kill_timer);
	child->run.pid = 0;
}

static void
on_end(void *arg, int fd, short revents)
{
	struct child *child = arg;
	bool outer = enter(child);
	char words[256];
	int status = 0;

	(void)fd;
	(void)revents;
	/* Bounded: a grandchild may hold the pipe and go on talking. */
	for (size_t got = 0; got < DRAIN_MAX && child->run.out_fd >= 0 &&
	    !child->stopped; got += READ_STEP)
		if (read_some(child) <= 0)
			break;
	if (child->stopped) {
		leave(child, outer);
		return;
	}
	if (waitpid(child->run.pid, &status, WNOHANG) == 0) {
		leave(child, outer);
		return;
	}
	say_end(child, status, words, sizeof(words));
	forget(child);
	schedule_restart(child);
	tell(child, CHILD_DOWN, words);
	leave(child, outer);
}

static int
run(struct child *child, struct err *err)
{
	struct loop *loop = child->loop;

	if (spawn(child->spec.argv, &child->run, err) != 0) {
		child->run.pid = 0;
		return err_within(err, "%s", child->spec.name);
	}
	child->why[0] = '\0';
	child->spoke_ms = 0;
	lines_init(&child->lines, child->lines.buffer, child->spec.line_max);
	watch_silence(child);
	loop_watch(loop, child->run.out_fd, POLLIN, on_output, child, NULL);
	loop_watch(loop, child->run.pidfd, POLLIN, on_end, child, NULL);
	return 0;
}

static void
go(struct child *child)
{
	bool outer = enter(child);
	struct err err = { 0 };

	if (run(child, &err) != 0) {
		schedule_restart(child);
		tell(child, CHILD_DOWN, err.text);
	} else {
		/* Told when it can be spoken to: who greets it does so here. */
		tell(child, CHILD_STARTING, "");
	}
	leave(child, outer);
}

static void
copy_spec(struct child *child, const struct child_spec *spec)
{
	size_t count = 0;
	char **argv;

	while (spec->argv[count] != NULL)
		count++;
	argv = mem_grow(NULL, count + 1, sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		argv[i] = mem_string(spec->argv[i]);
	argv[count] = NULL;
	child->spec = *spec;
	child->spec.name = mem_string(spec->name);
	child->spec.argv = argv;
	if (child->spec.restart_min_ms <= 0)
		child->spec.restart_min_ms = RESTART_MIN_MS;
	if (child->spec.restart_max_ms < child->spec.restart_min_ms)
		child->spec.restart_max_ms = child->spec.restart_min_ms;
}

struct child *
child_start(struct loop *loop, const struct child_spec *spec, struct err *err)
{
	struct child *child = mem_grow(NULL, 1, sizeof(*child));

	*child = (struct child){ .loop = loop, .state = CHILD_STARTING,
		.run = { .pidfd = -1, .in_fd = -1, .out_fd = -1 } };
	copy_spec(child, spec);
	child->backoff_ms = child->spec.restart_min_ms;
	child->lines.buffer = mem_grow(NULL, spec->line_max + 2, 1);
	if (run(child, err) != 0) {
		release(child);
		return NULL;
	}
	return child;
}

/* Waits, but not long: programs end at SIGTERM or are killed. */
static void
wait_for_end(struct child *child)
{
	struct pollfd ended = { .fd = child->run.pidfd, .events = POLLIN };

	kill(child->run.pid, SIGTERM);
	if (poll(&ended, 1, KILL_AFTER_MS) != 1)
		kill(child->run.pid, SIGKILL);
	while (waitpid(child->run.pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
child_stop(struct child *child)
{
	if (child == NULL || child->stopped)
		return;
	cancel(child, &child->restart_timer);
	if (child->run.pid != 0) {
		close_input(child);
		wait_for_end(child);
		forget(child);
	}
	if (child->busy)
		child->stopped = true;
	else
		release(child);
}

pid_t
child_pid(const struct child *child)
{
	return child->run.pid;
}
