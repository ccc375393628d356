/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spawn - fork and exec with two pipes, so that nothing of ours leaks into
 * the program and the program does not outlive us.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Both ends above standard error, so that dup2() in the child never meets a
 * descriptor that it still needs. */
static int
pipe_above(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low[i]);
	}
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return -1;
}

/* In the child: only what is safe between fork(2) and exec(3). */
static _Noreturn void
become(char *const *argv, pid_t parent, int in_fd, int out_fd)
{
	sigset_t none;

	/* SIGTERM, so that a program may still finish what it was given. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) /* it died before the line above */
		_exit(0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in_fd, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0)
		_exit(SPAWN_NO_EXEC);
	/* For what a library opened without O_CLOEXEC. */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	execv(argv[0], argv);
	_exit(SPAWN_NO_EXEC);
}

/* A write to a program that has ended must be an error, not our end. */
static void
ignore_sigpipe(void)
{
	struct sigaction old;

	if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

static int
start(char *const *argv, struct spawned *spawned, const int in[2],
    const int out[2])
{
	pid_t parent = getpid();

	spawned->pid = fork();
	if (spawned->pid < 0)
		return -1;
	if (spawned->pid == 0)
		become(argv, parent, in[0], out[1]);
	spawned->pidfd = pidfd_open(spawned->pid, 0); /* O_CLOEXEC by itself */
	if (spawned->pidfd >= 0)
		return 0;
	kill(spawned->pid, SIGKILL);
	waitpid(spawned->pid, NULL, 0);
	return -1;
}

int
spawn(char *const *argv, struct spawned *spawned, struct err *err)
{
	int in[2], out[2];

	ignore_sigpipe();
	if (pipe_above(in) != 0)
		return err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
	if (pipe_above(out) != 0) {
		err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
		close(in[0]);
		close(in[1]);
		return -1;
	}
	if (fcntl(in[1], F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) != 0 ||
	    start(argv, spawned, in, out) != 0) {
		err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
		close(in[1]);
		close(out[0]);
		close(in[0]);
		close(out[1]);
		return -1;
	}
	close(in[0]);
	close(out[1]);
	spawned->in_fd = in[1];
	spawned->out_fd = out[0];
	return 0;
}
