/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine - a process gives up what it does not need, for good.
 *
 * Three fences: no new privileges, files by Landlock, system calls by
 * seccomp. A kernel that lacks one is no reason to stop a post: what is
 * lacking is told, and the other fences stand.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define STATUS_MAX 8192 /* bytes of /proc/PID/status */
#define SECCOMP_FILTERING 2 /* of proc(5) */

/* What is opened next must not take the place of a closed standard stream:
 * words would be written into it. Of these nothing can be read or written. */
static void
fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null",
		    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
}

void
confine_basics(void)
{
	static const struct rlimit none = { 0, 0 };

	fill_standard();
	setrlimit(RLIMIT_CORE, &none);
	/* Nor may another process of the same user look into our memory. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Ours are read when they are first wanted, and then they are fenced off.
 * The system's stay English: the station knows those, and translates them. */
static void
load_words(void)
{
	(void)gettext("Usage");
	bindtextdomain("libc", "/");
}

void
confine_apply(const struct confine *confine, struct confined *done)
{
	*done = (struct confined){ 0 };
	load_words();
	confine_basics();
	done->privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!done->privileges || confine->may_exec)
		return;
	/* Files first: the fence around calls knows no Landlock. */
	done->landlock = confine_files(confine);
	done->calls = confine_calls(confine);
}

void
confine_words(const struct confined *done, char out[CONFINE_WORDS_MAX])
{
	char files[32] = "no Landlock";

	if (done->landlock > 0)
		snprintf(files, sizeof(files), "Landlock %d", done->landlock);
	snprintf(out, CONFINE_WORDS_MAX, "%s, %s, %s", files,
	    done->calls ? "seccomp" : "no seccomp",
	    done->privileges ? "no new privileges" : "new privileges");
}

void
confine_self(const char *name, const struct confine *confine)
{
	char words[CONFINE_WORDS_MAX];
	struct confined done;

	confine_apply(confine, &done);
	if (done.calls && done.landlock > 0)
		return;
	if (confine->may_exec && done.privileges)
		return;
	confine_words(&done, words);
	log_line(0, LOG_LEVEL_WARN, "%s is less confined on this kernel: %s",
	    name, words);
}

/* ---- asked from outside ------------------------------------------------------ */

static int
number_of(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at != NULL ? atoi(at + strlen(name)) : 0;
}

int
confine_of(pid_t pid, struct confined *seen)
{
	char path[64], *status;
	size_t n;

	*seen = (struct confined){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = file_read(path, STATUS_MAX, &n, NULL);
	if (status == NULL)
		return -1;
	seen->privileges = number_of(status, "\nNoNewPrivs:") == 1;
	seen->calls = number_of(status, "\nSeccomp:") == SECCOMP_FILTERING;
	/* The kernel tells no one who is in a domain: whoever fenced off his
	 * calls did so after his files. */
	seen->landlock = seen->calls ? confine_abi() : 0;
	free(status);
	return 0;
}
