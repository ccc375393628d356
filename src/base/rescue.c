/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rescue - gives a terminal back when the program ends in the middle of a
 * screen: by a fatal signal, or for lack of memory.
 */
#include "parts.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A signal handler gets no pointer of ours: it can only reach it here. */
static struct {
	volatile sig_atomic_t armed;
	pid_t owner; /* not a child of it */
	struct termios before;
	const char *end;
} rescue;

static const int fatal_signals[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV };

void
terminal_say(const char *bytes)
{
	size_t n = strlen(bytes);

	while (n > 0) {
		ssize_t sent = write(STDOUT_FILENO, bytes, n);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return; /* it is gone, or takes nothing */
		bytes += sent;
		n -= (size_t)sent;
	}
}

void
rescue_now(void)
{
	if (!rescue.armed || getpid() != rescue.owner)
		return;
	rescue.armed = 0;
	terminal_say(rescue.end);
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.before);
}

static void
on_fatal(int signo)
{
	rescue_now();
	signal(signo, SIG_DFL);
	raise(signo);
}

void
rescue_arm(const struct termios *before, const char *end)
{
	struct sigaction action = { .sa_handler = on_fatal,
		.sa_flags = (int)SA_RESETHAND };

	rescue.before = *before;
	rescue.owner = getpid();
	rescue.end = end;
	rescue.armed = 1;
	for (size_t i = 0; i < nitems(fatal_signals); i++)
		sigaction(fatal_signals[i], &action, NULL);
}

void
rescue_disarm(void)
{
	rescue.armed = 0;
	for (size_t i = 0; i < nitems(fatal_signals); i++)
		signal(fatal_signals[i], SIG_DFL);
}
