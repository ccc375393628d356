/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * player - runs a shell command once and gives it bytes on standard input:
 * a sound for aplay, a slip for CUPS. What it prints is nobody's.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: only what is safe between fork(2) and exec(3). */
static _Noreturn void
become(const char *command, int in_fd, pid_t parent)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *const argv[] = { shell, option, (char *)(uintptr_t)command,
		NULL };
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(in_fd, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO); /* ours speaks lines to the station */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	execv(argv[0], argv);
	_exit(127);
}

static void
close_input(struct player *player)
{
	if (player->in_fd < 0)
		return;
	loop_drop(player->loop, player->in_fd);
	close(player->in_fd);
	player->in_fd = -1;
}

static void
forget(struct player *player)
{
	close_input(player);
	loop_drop(player->loop, player->pidfd);
	close(player->pidfd);
	loop_cancel(player->loop, player->timer);
	free(player->bytes);
	player->bytes = NULL;
	player->pid = 0;
}

static void
on_end(void *arg, int fd, short revents)
{
	struct player *player = arg;
	char words[64] = "";
	int status = 0;
	bool good;

	(void)fd;
	(void)revents;
	if (waitpid(player->pid, &status, WNOHANG) == 0)
		return;
	good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (WIFSIGNALED(status))
		snprintf(words, sizeof(words), "the program was ended by "
		    "signal %d", WTERMSIG(status));
	else if (!good)
		snprintf(words, sizeof(words),
		    "the program ended with status %d", WEXITSTATUS(status));
	forget(player);
	player->fn(player->arg, good, words);
}

static void
on_limit(void *arg)
{
	struct player *player = arg;

	player->timer = 0;
	kill(player->pid, SIGKILL); /* on_end() tells of it */
}

static void
on_room(void *arg, int fd, short revents)
{
	struct player *player = arg;
	ssize_t done = write(fd, player->bytes + player->at,
	    player->n - player->at);

	(void)revents;
	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done > 0)
		player->at += (size_t)done;
	/* One that wants no more is no failure: its status tells. */
	if (done < 0 || player->at == player->n)
		close_input(player);
}

int
player_start(struct player *player, struct loop *loop, const char *command,
    const unsigned char *bytes, size_t n, long limit_ms, player_fn fn,
    void *arg, struct err *err)
{
	pid_t parent = getpid();
	int ends[2];

	*player = (struct player){ .loop = loop, .in_fd = -1, .pidfd = -1,
		.n = n, .fn = fn, .arg = arg };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
	player->pid = fork();
	if (player->pid == 0)
		become(command, ends[0], parent);
	close(ends[0]);
	if (player->pid > 0)
		player->pidfd = pidfd_open(player->pid, 0);
	if (player->pidfd < 0) {
		err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
		close(ends[1]);
		if (player->pid > 0) {
			kill(player->pid, SIGKILL);
			waitpid(player->pid, NULL, 0);
		}
		player->pid = 0;
		return -1;
	}
	player->in_fd = ends[1];
	fcntl(player->in_fd, F_SETFL, O_NONBLOCK);
	player->bytes = malloc(n);
	if (player->bytes == NULL)
		mem_none();
	memcpy(player->bytes, bytes, n);
	loop_watch(loop, player->in_fd, POLLOUT, on_room, player, NULL);
	loop_watch(loop, player->pidfd, POLLIN, on_end, player, NULL);
	player->timer = loop_at(loop, loop_now_ms(loop) + limit_ms, on_limit,
	    player);
	return 0;
}

void
player_stop(struct player *player)
{
	if (player->pid == 0)
		return;
	kill(player->pid, SIGKILL);
	while (waitpid(player->pid, NULL, 0) < 0 && errno == EINTR)
		;
	forget(player);
}
