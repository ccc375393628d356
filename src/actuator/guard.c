/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard - a process beside us that holds the relay's descriptor and one end
 * of a pipe. Does the pipe close, because we ended or were killed, or does
 * something stay on for longer than it was told, it sends the off-frames.
 *
 * No signal handler could do as much: SIGKILL has none.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITE_WAIT_MS 1000

/* Waits for a full wire, but not for ever. */
static ssize_t
write_patiently(void *arg, const unsigned char *bytes, size_t n)
{
	const struct wire *wire = arg;
	struct pollfd room = { .fd = wire->port.fd, .events = POLLOUT };
	ssize_t done = wire_write(wire, bytes, n);

	if (done == 0 && poll(&room, 1, WRITE_WAIT_MS) == 1)
		done = wire_write(wire, bytes, n);
	return done;
}

/* In the child: nothing of our parent's stays open but these two. */
static void
close_all_but(int one, int two)
{
	unsigned low = (unsigned)(one < two ? one : two);
	unsigned high = (unsigned)(one < two ? two : one);

	if (low > 0)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0u, 0);
}

static _Noreturn void
watch(int pipe_fd, const struct wire *wire, const struct tuning *tuning)
{
	struct wire ours = *wire;
	int32_t ms = -1;
	sigset_t all;

	/* A terminal's Ctrl-C is for our parent; we end by the pipe. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	close_all_but(pipe_fd, wire->port.fd);
	for (;;) {
		struct pollfd end = { .fd = pipe_fd, .events = POLLIN };
		int ready = poll(&end, 1, ms);

		if (ready == 0) {
			relay_off(tuning, write_patiently, &ours);
			ms = -1;
		} else if (ready > 0 &&
		    read(pipe_fd, &ms, sizeof(ms)) != sizeof(ms)) {
			relay_off(tuning, write_patiently, &ours);
			_exit(0);
		}
	}
}

int
guard_start(struct guard *guard, const struct wire *wire,
    const struct tuning *tuning, struct err *err)
{
	int ends[2];

	*guard = (struct guard){ .fd = -1 };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
	guard->pid = fork();
	if (guard->pid == 0) {
		close(ends[1]);
		watch(ends[0], wire, tuning);
	}
	close(ends[0]);
	if (guard->pid < 0) {
		close(ends[1]);
		guard->pid = 0;
		return err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
	}
	guard->fd = ends[1];
	return 0;
}

void
guard_arm(struct guard *guard, long ms)
{
	int32_t value = (int32_t)ms;

	/* Small enough to go whole; a guard that is gone is not ours to mend. */
	if (guard->pid != 0 &&
	    write(guard->fd, &value, sizeof(value)) != sizeof(value))
		log_line(0, LOG_LEVEL_WARN, "relay: the guard is gone");
}

void
guard_stop(struct guard *guard, bool fire)
{
	if (guard->pid == 0)
		return;
	if (!fire)
		kill(guard->pid, SIGKILL);
	close(guard->fd);
	while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*guard = (struct guard){ .fd = -1 };
}
