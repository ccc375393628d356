/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask - the status page of the post, for one that may start no program. What
 * the page says is `chot status --json` to say; the clerk, a process that is
 * made before we give up our rights, runs that and nothing else, and takes
 * nothing from us but "again".
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define STATUS_WAIT_MS 5000 /* for more of its words */
#define CLERK_WAIT_MS 15000 /* for all of them */

/* ---- the clerk ----------------------------------------------------------------------------- */

static pid_t
start_status(const char *chot, const char *config, int *fd)
{
	char *argv[] = { (char *)chot, (char *)"status", (char *)"--json",
		(char *)(config != NULL ? "-c" : NULL), (char *)config, NULL };
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
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

		if (poll(&wait, 1, STATUS_WAIT_MS) <= 0)
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

static uint32_t
run_status(const char *chot, const char *config, char page[ASK_PAGE_MAX])
{
	int fd = -1, status = 0;
	pid_t pid = start_status(chot, config, &fd);
	ssize_t n;

	if (pid < 0)
		return 0;
	n = read_all(fd, page, ASK_PAGE_MAX);
	close(fd);
	if (n < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	while (n > 0 && (page[n - 1] == '\n' || page[n - 1] == ' '))
		n--;
	return status == 0 && n > 1 && page[0] == '{' && page[n - 1] == '}' ?
	    (uint32_t)n : 0;
}

/* Each byte that comes is answered by a length and the page. */
static _Noreturn void
be_clerk(const char *chot, const char *config, int in, int out, pid_t parent)
{
	char *page = malloc(ASK_PAGE_MAX);
	sigset_t none;
	uint32_t n;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (page == NULL || getppid() != parent)
		_exit(EX_UNAVAILABLE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	confine_self("sync's clerk", &(struct confine){ .may_exec = true });
	while (read(in, &byte, 1) == 1) {
		n = run_status(chot, config, page);
		if (file_write_all(out, &n, sizeof(n)) != 0 ||
		    file_write_all(out, page, n) != 0)
			break;
	}
	_exit(EX_OK);
}

/* ---- asking it ------------------------------------------------------------------------------ */

void
ask_start(struct ask *ask, const char *chot, const char *config)
{
	int to[2], from[2], nothing;
	pid_t parent = getpid();

	*ask = (struct ask){ .to = -1, .from = -1 };
	if (chot == NULL || pipe2(to, O_CLOEXEC) != 0)
		return;
	if (pipe2(from, O_CLOEXEC) != 0) {
		close(to[0]);
		close(to[1]);
		return;
	}
	ask->pid = fork();
	if (ask->pid == 0) {
		close(to[1]); /* so that it learns of our end */
		close(from[0]);
		/* Neither our lines nor those that are meant for us. */
		nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
		be_clerk(chot, config, to[0], from[1], parent);
	}
	close(to[0]);
	close(from[1]);
	ask->to = to[1];
	ask->from = from[0];
	if (ask->pid < 0)
		ask_end(ask);
}

static int
take(int fd, void *out, size_t size)
{
	char *at = out;

	while (size > 0) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&wait, 1, CLERK_WAIT_MS) <= 0)
			return -1;
		got = read(fd, at, size);
		if (got == 0 || (got < 0 && errno != EINTR))
			return -1;
		at += got > 0 ? got : 0;
		size -= got > 0 ? (size_t)got : 0;
	}
	return 0;
}

size_t
ask_page(struct ask *ask, char page[ASK_PAGE_MAX])
{
	uint32_t n = 0;

	if (ask->to < 0)
		return 0;
	if (write(ask->to, "", 1) == 1 && take(ask->from, &n, sizeof(n)) == 0 &&
	    n <= ASK_PAGE_MAX && take(ask->from, page, n) == 0)
		return n;
	/* What it says later would be taken for the next answer. */
	ask_end(ask);
	return 0;
}

/* It ends by itself when nobody can ask any more. */
void
ask_end(struct ask *ask)
{
	if (ask->to >= 0)
		close(ask->to);
	if (ask->from >= 0)
		close(ask->from);
	ask->to = ask->from = -1;
}
