/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - one poll(2) for everything: descriptors, timers, signals.
 *
 * The only module that reads a clock; it does so once a turn, and all that
 * happens in a turn happens at that time. Ten or twenty descriptors and
 * timers are many here, so both are plain arrays.
 */
#include "parts.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* poll(2) does not count time asleep, our clock does: look that often. */
#define WAIT_MAX_MS 5000
#define SIGNALS 65

struct watch {
	int fd;
	short events;
	uint64_t serial; /* tells a new watch on a reused fd from the old */
	loop_fd_fn fn;
	void *arg;
};

struct timer {
	int id;
	int64_t at_ms;
	loop_timer_fn fn;
	void *arg;
};

struct signal_watch {
	loop_signal_fn fn;
	void *arg;
};

struct loop {
	struct watch *watches;
	struct pollfd *polled; /* of this turn, as long as watches */
	uint64_t *serials;     /* of this turn */
	size_t watch_count, watch_size;
	struct timer *timers; /* sorted, the earliest last */
	size_t timer_count, timer_size;
	int last_timer;
	uint64_t last_serial;
	sigset_t signals;
	struct signal_watch by_signal[SIGNALS];
	int signal_fd;
	int64_t now_ms, wall;
	bool injected;
	int64_t injected_offset_ms;
	bool stopped;
};

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
wall_now(void)
{
	return read_clock(CLOCK_REALTIME) / 1000;
}

static void
look_at_clock(struct loop *loop)
{
	loop->now_ms = read_clock(CLOCK_BOOTTIME);
	loop->wall = wall_now();
}

struct loop *
loop_new(struct err *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		err_set(err, ERR_RETRY, "out of memory");
		return NULL;
	}
	loop->signal_fd = -1;
	sigemptyset(&loop->signals);
	look_at_clock(loop);
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	free(loop->watches);
	free(loop->polled);
	free(loop->serials);
	free(loop->timers);
	free(loop);
}

/* ---- descriptors ---- */

static struct watch *
find_watch(struct loop *loop, int fd)
{
	for (size_t i = 0; i < loop->watch_count; i++)
		if (loop->watches[i].fd == fd)
			return &loop->watches[i];
	return NULL;
}

int
loop_watch(struct loop *loop, int fd, short events, loop_fd_fn fn, void *arg,
    struct err *err)
{
	struct watch *watch = find_watch(loop, fd);

	if (fd < 0)
		return err_set(err, ERR_SETUP, "no descriptor to watch");
	if (watch == NULL) {
		if (loop->watch_count == loop->watch_size) {
			loop->watch_size += 16;
			loop->watches = mem_grow(loop->watches,
			    loop->watch_size, sizeof(*loop->watches));
		}
		watch = &loop->watches[loop->watch_count++];
		watch->serial = ++loop->last_serial;
		watch->fd = fd;
	}
	watch->events = events;
	watch->fn = fn;
	watch->arg = arg;
	return 0;
}

void
loop_drop(struct loop *loop, int fd)
{
	struct watch *watch = find_watch(loop, fd);

	if (watch != NULL)
		*watch = loop->watches[--loop->watch_count];
}

/* ---- timers ---- */

static int
new_timer_id(struct loop *loop)
{
	bool taken;

	do {
		loop->last_timer = loop->last_timer == INT_MAX ? 1 :
		    loop->last_timer + 1;
		taken = false;
		for (size_t i = 0; i < loop->timer_count; i++)
			taken |= loop->timers[i].id == loop->last_timer;
	} while (taken);
	return loop->last_timer;
}

int
loop_at(struct loop *loop, int64_t at_ms, loop_timer_fn fn, void *arg)
{
	int id = new_timer_id(loop);
	size_t i;

	if (loop->timer_count == loop->timer_size) {
		loop->timer_size += 16;
		loop->timers = mem_grow(loop->timers, loop->timer_size,
		    sizeof(*loop->timers));
	}
	/* Of equal times the older stays nearer the end and fires first. */
	for (i = loop->timer_count; i > 0; i--) {
		if (loop->timers[i - 1].at_ms > at_ms)
			break;
		loop->timers[i] = loop->timers[i - 1];
	}
	loop->timers[i] = (struct timer){ id, at_ms, fn, arg };
	loop->timer_count++;
	return id;
}

void
loop_cancel(struct loop *loop, int id)
{
	for (size_t i = 0; i < loop->timer_count; i++) {
		if (loop->timers[i].id != id)
			continue;
		loop->timer_count--;
		memmove(&loop->timers[i], &loop->timers[i + 1],
		    (loop->timer_count - i) * sizeof(loop->timers[0]));
		return;
	}
}

/* Fires what is due when it is called: a timer that arms itself again for
 * now waits for the next turn, so that descriptors get theirs. */
static void
fire_timers(struct loop *loop)
{
	size_t due = 0;

	while (due < loop->timer_count &&
	    loop->timers[loop->timer_count - 1 - due].at_ms <= loop->now_ms)
		due++;
	for (; due > 0 && loop->timer_count > 0 && !loop->stopped; due--) {
		struct timer timer = loop->timers[loop->timer_count - 1];

		if (timer.at_ms > loop->now_ms)
			break;
		loop->timer_count--;
		timer.fn(timer.arg);
	}
}

/* ---- signals ---- */

static void
on_signal_fd(void *arg, int fd, short revents)
{
	struct loop *loop = arg;
	struct signalfd_siginfo info;

	(void)revents;
	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		struct signal_watch watch;

		if (info.ssi_signo >= SIGNALS)
			continue;
		watch = loop->by_signal[info.ssi_signo];
		if (watch.fn != NULL)
			watch.fn(watch.arg, (int)info.ssi_signo);
	}
}

int
loop_signal(struct loop *loop, int signo, loop_signal_fn fn, void *arg,
    struct err *err)
{
	sigset_t one;
	int fd;

	assert(signo > 0 && signo < SIGNALS);
	sigemptyset(&one);
	sigaddset(&one, signo);
	if (sigprocmask(SIG_BLOCK, &one, NULL) != 0)
		return err_set(err, ERR_RETRY, "signals: %s", strerror(errno));
	loop->by_signal[signo] = (struct signal_watch){ fn, arg };
	if (fn == NULL)
		sigdelset(&loop->signals, signo);
	else
		sigaddset(&loop->signals, signo);
	fd = signalfd(loop->signal_fd, &loop->signals,
	    SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_set(err, ERR_RETRY, "signals: %s", strerror(errno));
	loop->signal_fd = fd;
	return loop_watch(loop, fd, POLLIN, on_signal_fd, loop, err);
}

/* ---- turns ---- */

static int
wait_time(const struct loop *loop, int wait_ms)
{
	int64_t left, wait = WAIT_MAX_MS;

	if (wait_ms >= 0 && wait_ms < wait)
		wait = wait_ms;
	if (loop->timer_count > 0) {
		left = loop->timers[loop->timer_count - 1].at_ms -
		    read_clock(CLOCK_BOOTTIME);
		if (left < wait)
			wait = left > 0 ? left : 0;
	}
	return (int)wait;
}

/* The watches as they are now; callbacks may change them under us. */
static size_t
snapshot(struct loop *loop)
{
	size_t count = loop->watch_count;

	if (count == 0)
		return 0;
	loop->polled = mem_grow(loop->polled, count, sizeof(*loop->polled));
	loop->serials = mem_grow(loop->serials, count, sizeof(*loop->serials));
	for (size_t i = 0; i < count; i++) {
		loop->polled[i] = (struct pollfd){ .fd = loop->watches[i].fd,
			.events = loop->watches[i].events };
		loop->serials[i] = loop->watches[i].serial;
	}
	return count;
}

int
loop_turn(struct loop *loop, int wait_ms, struct err *err)
{
	size_t count = snapshot(loop);
	int ready = poll(loop->polled, (nfds_t)count, wait_time(loop, wait_ms));

	if (ready < 0 && errno != EINTR && errno != EAGAIN)
		return err_set(err, ERR_RETRY, "poll: %s", strerror(errno));
	loop->stopped = false;
	look_at_clock(loop);
	/* Descriptors before timers: what was said in time counts, however
	 * late we come to hear it. */
	for (size_t i = 0; ready > 0 && i < count && !loop->stopped; i++) {
		struct pollfd polled = loop->polled[i];
		struct watch *watch;

		if (polled.revents == 0)
			continue;
		watch = find_watch(loop, polled.fd);
		if (watch != NULL && watch->serial == loop->serials[i])
			watch->fn(watch->arg, polled.fd, polled.revents);
	}
	fire_timers(loop);
	return 0;
}

int
loop_run(struct loop *loop, struct err *err)
{
	int result = 0;

	/* A stop may come before: somebody's first word finds nobody there. */
	while (!loop->stopped && result == 0)
		result = loop_turn(loop, -1, err);
	loop->stopped = false;
	return result;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

int64_t
loop_now_ms(const struct loop *loop)
{
	return loop->now_ms;
}

int64_t
loop_wall(const struct loop *loop)
{
	int64_t ms = loop->now_ms + loop->injected_offset_ms;

	if (!loop->injected)
		return loop->wall;
	return ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
}

void
loop_set_wall(struct loop *loop, int64_t at)
{
	loop->injected = true;
	loop->injected_offset_ms = at * 1000 - loop->now_ms;
}
