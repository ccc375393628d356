/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot errand PROGRAM [WORD ...] - the station's child that runs one command
 * of the site to its end and then says "errand STATUS WORDS", the last line
 * the command said. No shell and no environment of ours; it cannot become
 * another user, and it ends with the station or after 45 s.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define ENDS_MS 45000
#define SAID_MAX 200 /* bytes of the line that is shown */

struct errand {
	pid_t pid;
	int pidfd, out_fd;
	char said[SAID_MAX]; /* the last line; a longer one is not kept */
	size_t n;
	bool fresh, spoilt;  /* the next byte begins a line */
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static _Noreturn void
become(char **argv, int out_fd)
{
	char *const environment[] = { (char *)"LC_ALL=C.UTF-8",
		(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"HOME=/",
		NULL };
	const struct rlimit none = { 0, 0 };
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGPIPE, SIG_DFL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(out_fd, STDOUT_FILENO) < 0 || dup2(out_fd, STDERR_FILENO) < 0)
		_exit(EX_OSERR);
	close_range(STDERR_FILENO + 1, ~0u, 0);
	execve(argv[0], argv, environment);
	dprintf(STDOUT_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(EX_UNAVAILABLE);
}

static int
start(struct errand *e, char **argv)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	e->out_fd = ends[0];
	fcntl(e->out_fd, F_SETFL, O_NONBLOCK);
	e->pid = fork();
	if (e->pid == 0)
		become(argv, ends[1]);
	close(ends[1]);
	if (e->pid < 0)
		return -1;
	e->pidfd = pidfd_open(e->pid, 0);
	return e->pidfd < 0 ? -1 : 0;
}

static void
hear(struct errand *e, char c)
{
	if (c == '\n' || c == '\r') {
		e->fresh = true;
		return;
	}
	if (e->fresh) {
		e->n = 0;
		e->fresh = e->spoilt = false;
	}
	if (e->n == sizeof(e->said) - 1)
		e->spoilt = true;
	else
		e->said[e->n++] = c;
}

/* False at its end. Bounded by the pipe: a flood waits for the next turn. */
static bool
drain(struct errand *e)
{
	char bytes[4096];
	ssize_t n = read(e->out_fd, bytes, sizeof(bytes));

	for (ssize_t i = 0; i < n; i++)
		hear(e, bytes[i]);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* The exit status; -1: it took too long, or the station has gone. */
static int
see_to_its_end(struct errand *e)
{
	int64_t end_ms = now_ms() + ENDS_MS, left_ms;
	int status;

	while ((left_ms = end_ms - now_ms()) > 0) {
		struct pollfd fds[] = {
			{ .fd = e->pidfd, .events = POLLIN },
			{ .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = e->out_fd, .events = POLLIN },
		};

		if (poll(fds, nitems(fds), (int)left_ms) < 0 && errno != EINTR)
			break;
		if (fds[2].revents != 0 && e->out_fd >= 0 && !drain(e)) {
			close(e->out_fd);
			e->out_fd = -1;
		}
		if (fds[1].revents != 0)
			break;
		if (fds[0].revents == 0)
			continue;
		while (e->out_fd >= 0 && fds[2].revents != 0 &&
		    poll(&fds[2], 1, 0) > 0 && drain(e))
			continue;
		if (waitpid(e->pid, &status, 0) == e->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
			    128 + WTERMSIG(status);
		break;
	}
	kill(-e->pid, SIGKILL);
	kill(e->pid, SIGKILL);
	waitpid(e->pid, NULL, 0);
	return -1;
}

int
cmd_errand(int argc, char **argv)
{
	struct errand e = { .out_fd = -1, .pidfd = -1, .fresh = true };
	char clean[SAID_MAX], byte;
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("errand", "");
	if (argc < 2 || argv[1][0] != '/')
		return command_usage("errand", _("the path of a PROGRAM is wanted"));
	signal(SIGPIPE, SIG_IGN);
	if (start(&e, argv + 1) != 0) {
		printf("errand -1 %s\n", strerror(errno));
	} else {
		status = see_to_its_end(&e);
		text_clean(e.said, e.spoilt ? 0 : e.n, clean, sizeof(clean));
		printf("errand %d %s\n", status, clean);
	}
	fflush(stdout);
	/* Until the station has heard it and lets go: an end would be told as
	 * a fault. */
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return EX_OK;
}
