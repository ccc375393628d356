/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emulator.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static void
unplug(struct emulator *e)
{
	if (e->master < 0)
		return;
	loop_drop(e->loop, e->master);
	if (e->slave >= 0) {
		unlink(e->link);
		close(e->slave);
	}
	close(e->master);
	e->master = e->slave = -1;
}

static void
on_bytes(void *arg, int fd, short revents)
{
	struct emulator *e = arg;
	unsigned char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0)
		e->bytes(e->arg, bytes, (size_t)n);
	else if (n == 0 && e->listener >= 0)
		unplug(e);
	fflush(stdout);
}

static void
listen_to(struct emulator *e)
{
	if (e->stalled)
		loop_drop(e->loop, e->master);
	else
		loop_watch(e->loop, e->master, POLLIN, on_bytes, e, NULL);
}

/* One program at a time, as converters have it; the next one waits. */
static void
on_client(void *arg, int fd, short revents)
{
	struct emulator *e = arg;

	(void)revents;
	unplug(e);
	e->master = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (e->master < 0)
		return;
	listen_to(e);
	puts("connected"); /* what is sent from now on is heard */
	fflush(stdout);
}

static int
plug_network(struct emulator *e)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	char text[16];

	if (e->listener >= 0)
		return 0;
	e->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (e->listener < 0 ||
	    bind(e->listener, (struct sockaddr *)&name, length) != 0 ||
	    listen(e->listener, 4) != 0 ||
	    getsockname(e->listener, (struct sockaddr *)&name, &length) != 0)
		return -1;
	snprintf(text, sizeof(text), "%d\n", ntohs(name.sin_port));
	loop_watch(e->loop, e->listener, POLLIN, on_client, e, NULL);
	return file_write(e->link + 4, text, strlen(text), 0600, false, NULL);
}

static int
plug(struct emulator *e)
{
	struct termios t;

	if (strncmp(e->link, "tcp:", 4) == 0)
		return plug_network(e);
	unplug(e);
	e->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (e->master < 0 || grantpt(e->master) != 0 ||
	    unlockpt(e->master) != 0)
		return -1;
	/* Held open and raw: no echo, and no hang-up between two users. */
	e->slave = open(ptsname(e->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (e->slave < 0 || tcgetattr(e->slave, &t) != 0)
		return -1;
	cfmakeraw(&t);
	if (tcsetattr(e->slave, TCSANOW, &t) != 0)
		return -1;
	unlink(e->link);
	e->stalled = false;
	listen_to(e);
	return symlink(ptsname(e->master), e->link);
}

void
emulator_send(struct emulator *e, const void *bytes, size_t n)
{
	if (e->master >= 0 && write(e->master, bytes, n) != (ssize_t)n)
		fprintf(stderr, "emulator: an answer was lost\n");
}

static bool
obey(struct emulator *e, const char *line)
{
	if (strcmp(line, "open") == 0)
		return plug(e) == 0;
	if (strcmp(line, "close") == 0) {
		unplug(e);
		return true;
	}
	if (strcmp(line, "stall") == 0 || strcmp(line, "go") == 0) {
		e->stalled = line[0] == 's';
		if (e->master >= 0)
			listen_to(e);
		return true;
	}
	return e->command(e->arg, line);
}

static void
on_line(void *arg, char *line, size_t len)
{
	(void)len;
	printf("%s %s\n", obey(arg, line) ? "ok" : "error", line);
	fflush(stdout);
}

struct input {
	struct emulator *emulator;
	struct lines lines;
	char buffer[9001]; /* a long code in hexadecimal */
};

static void
on_input(void *arg, int fd, short revents)
{
	struct input *input = arg;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n <= 0)
		loop_stop(input->emulator->loop);
	else
		lines_push(&input->lines, bytes, (size_t)n, on_line,
		    input->emulator);
}

static void
on_term(void *arg, int signo)
{
	(void)signo;
	loop_stop(((struct emulator *)arg)->loop);
}

int
emulator_run(struct emulator *e)
{
	struct input input = { .emulator = e };
	struct err err;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	e->master = e->slave = e->listener = -1;
	e->loop = loop_new(&err);
	if (e->loop == NULL || plug(e) != 0) {
		perror(e->link);
		return 69;
	}
	lines_init(&input.lines, input.buffer, sizeof(input.buffer) - 1);
	loop_signal(e->loop, SIGTERM, on_term, e, &err);
	loop_watch(e->loop, STDIN_FILENO, POLLIN, on_input, &input, &err);
	if (e->started != NULL)
		e->started(e->arg);
	puts("ok");
	fflush(stdout);
	loop_run(e->loop, &err);
	unplug(e);
	loop_free(e->loop);
	return 0;
}
