/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scrub - every page of a long outbox is checked beside the work. SQLite does
 * that in one go, which is seconds where a million records wait: so a process
 * of its own does it, of the lowest rank, and answers with one byte.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE_BYTES (64LL << 20) /* so much is checked before the start */
#define LEAST 19                   /* of the ranks of setpriority(2) */
#define TRIES_MAX 3                /* at what cannot be read, opened anew */

static const char go = 'g', end = 'e', whole = 'w', damaged = 'd';

bool
scrub_is_long(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > AT_ONCE_BYTES;
}

static const char *
look_once(const char *path)
{
	struct store_meta meta = { .epoch = 0 };
	struct store *store = store_new();
	const char *word = NULL;

	if (store_open(store, path, false, &meta, NULL) == 0 &&
	    store_check(store, NULL) == 0)
		word = &whole;
	else if (store_view(store)->trouble == STORE_DAMAGED)
		word = &damaged;
	store_free(store);
	return word;
}

static void
look(const char *path, int fd)
{
	const char *word = &damaged;
	struct pollfd more = { fd, POLLIN, 0 };
	char told;

	/* The next byte ends it, by SIGIO: a recorder that is confined can
	 * signal nobody, and SQLite does not look up from its pages. */
	if (read(fd, &told, 1) != 1 || told != go ||
	    fcntl(fd, F_SETOWN, getpid()) != 0 ||
	    fcntl(fd, F_SETFL, O_ASYNC) != 0 || poll(&more, 1, 0) != 0)
		return;
	setpriority(PRIO_PROCESS, 0, LEAST);
	for (int i = 0; i < TRIES_MAX && word == &damaged; i++)
		word = look_once(path);
	if (word != NULL && write(fd, word, 1) != 1)
		return; /* the recorder is gone */
}

/* The station must see the recorder's end when that is gone. */
static void
become(const char *path, pid_t parent, int fd, int in_fd, int out_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent) {
		dup2(fd, in_fd);
		dup2(fd, out_fd);
		look(path, fd);
	}
	_exit(0);
}

void
scrub_fork(struct scrub *scrub, const char *path, int in_fd, int out_fd)
{
	pid_t parent = getpid();
	int pair[2];

	*scrub = (struct scrub){ .fd = -1, .due = scrub_is_long(path) };
	if (!scrub->due ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return;
	scrub->pid = fork();
	if (scrub->pid == 0) {
		close(pair[0]);
		become(path, parent, pair[1], in_fd, out_fd);
	}
	close(pair[1]);
	scrub->fd = pair[0];
	if (scrub->pid < 0)
		scrub_end(scrub);
}

void
scrub_go(struct scrub *scrub)
{
	/* One that is gone already is told by scrub_end(). */
	(void)!write(scrub->fd, &go, 1);
}

static void
wait_for_end(struct scrub *scrub)
{
	while (scrub->pid > 0 && waitpid(scrub->pid, NULL, 0) < 0 &&
	    errno == EINTR)
		;
	scrub->pid = 0;
}

void
scrub_stop(struct scrub *scrub)
{
	if (scrub->pid > 0)
		(void)!write(scrub->fd, &end, 1);
	wait_for_end(scrub);
}

enum scrub_word
scrub_end(struct scrub *scrub)
{
	char word;
	bool told = read(scrub->fd, &word, 1) == 1;

	wait_for_end(scrub);
	close(scrub->fd);
	scrub->fd = -1;
	scrub->due = !told || word != whole;
	return told && word == damaged ? SCRUB_DAMAGED :
	    scrub->due ? SCRUB_UNKNOWN : SCRUB_WHOLE;
}
