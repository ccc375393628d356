/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stuck - ends a process that no longer comes back to its loop.
 *
 * A driver may keep us in a system call, and a library in a frame: then
 * nobody is left who could say so. A timer of the kernel interrupts both, and
 * its handler, which may do no more than write(2), sends the line that was
 * laid ready for it. The station starts us again.
 */
#include "parts.h"

#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

/* A handler is given nothing: what it needs lies here. */
static struct {
	int fd;
	char line[64];
	size_t len;
} stuck;

static void
on_alarm(int signo)
{
	ssize_t ignored = write(stuck.fd, stuck.line, stuck.len);

	(void)signo;
	(void)ignored;
	_exit(EX_TEMPFAIL);
}

void
stuck_watch(int fd)
{
	struct sigaction action = { .sa_handler = on_alarm };

	stuck.fd = fd;
	stuck.len = (size_t)snprintf(stuck.line, sizeof(stuck.line),
	    "fault %s\n", N_("the camera does not answer"));
	sigaction(SIGALRM, &action, NULL);
	stuck_not();
}

void
stuck_not(void)
{
	const struct itimerval once = { .it_value = { .tv_sec = STUCK_S } };

	setitimer(ITIMER_REAL, &once, NULL);
}
