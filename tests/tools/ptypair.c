/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ptypair - a serial device that a script plays.
 *
 * usage: ptypair LINK
 *
 * Makes a pseudo terminal, links its slave at LINK and obeys commands on
 * standard input; each is answered by one line on standard output, so that a
 * script can wait for it:
 *
 *   hex 30 41 0D          send bytes
 *   text ABC\r            send text; \r \n \t \\ \xHH
 *   repeat 20 100 HEX     send HEX 20 times, 100 ms apart
 *   drain                 "got HEX": what the device side has received
 *   close                 unplug: the slave hangs up, LINK goes away
 *   open                  plug in again under the same name
 */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MAX 65536
#define BYTES_MAX 32768

struct pty {
	const char *link;
	int master, slave;
	unsigned char got[BYTES_MAX]; /* not drained yet */
	size_t got_len;
};

static void
unplug(struct pty *pty)
{
	if (pty->master < 0)
		return;
	unlink(pty->link);
	close(pty->slave);
	close(pty->master);
	pty->master = pty->slave = -1;
}

static int
plug(struct pty *pty)
{
	struct termios t;
	const char *name;

	unplug(pty);
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (pty->master < 0 || grantpt(pty->master) != 0 ||
	    unlockpt(pty->master) != 0)
		return -1;
	name = ptsname(pty->master);
	/* Held open and raw: no echo, and no hang-up between two readers. */
	pty->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->slave < 0 || tcgetattr(pty->slave, &t) != 0)
		return -1;
	cfmakeraw(&t);
	if (tcsetattr(pty->slave, TCSANOW, &t) != 0)
		return -1;
	unlink(pty->link);
	return symlink(name, pty->link);
}

static void
receive(struct pty *pty)
{
	ssize_t n;

	while (pty->master >= 0 && pty->got_len < BYTES_MAX) {
		n = read(pty->master, pty->got + pty->got_len,
		    BYTES_MAX - pty->got_len);
		if (n <= 0)
			return;
		pty->got_len += (size_t)n;
	}
}

/* The other side may be slow: waits for it, but not for ever. */
static int
transmit(struct pty *pty, const unsigned char *bytes, size_t n)
{
	while (n > 0) {
		struct pollfd out = { .fd = pty->master, .events = POLLOUT };
		ssize_t put = write(pty->master, bytes, n);

		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
		} else if (errno != EAGAIN || poll(&out, 1, 5000) != 1) {
			return -1;
		}
	}
	return 0;
}

static ssize_t
parse_hex(const char *text, unsigned char *out)
{
	char digits[2 * BYTES_MAX];
	size_t n = 0;

	for (; *text != '\0' && n < sizeof(digits); text++)
		if (*text != ' ')
			digits[n++] = *text;
	return hex_parse(digits, n, out, BYTES_MAX);
}

static ssize_t
parse_text(const char *text, unsigned char *out)
{
	static const char names[] = "rnt\\", bytes[] = "\r\n\t\\";
	size_t n = 0;

	for (; *text != '\0' && n < BYTES_MAX; text++) {
		const char *name;

		if (*text != '\\') {
			out[n++] = (unsigned char)*text;
			continue;
		}
		text++;
		name = *text != '\0' ? strchr(names, *text) : NULL;
		if (name != NULL)
			out[n++] = (unsigned char)bytes[name - names];
		else if (*text == 'x' && strlen(text) > 2 &&
		    hex_parse(text + 1, 2, out + n, 1) == 1)
			n++, text += 2;
		else
			return -1;
	}
	return (ssize_t)n;
}

static int
repeat(struct pty *pty, const char *arguments)
{
	static unsigned char bytes[BYTES_MAX];
	struct timespec pause;
	int count, ms, at = 0;
	ssize_t n;

	if (sscanf(arguments, "%d %d %n", &count, &ms, &at) != 2 || at == 0)
		return -1;
	n = parse_hex(arguments + at, bytes);
	if (n < 0)
		return -1;
	pause = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
	for (int i = 0; i < count; i++) {
		if (transmit(pty, bytes, (size_t)n) != 0)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static void
drain(struct pty *pty)
{
	static char text[2 * BYTES_MAX + 1];

	receive(pty);
	hex_print(pty->got, pty->got_len, text);
	printf("got %s\n", text);
	pty->got_len = 0;
}

static int
obey(struct pty *pty, const char *line)
{
	static unsigned char bytes[BYTES_MAX];
	ssize_t n = -1;

	if (strcmp(line, "open") == 0)
		return plug(pty);
	if (strcmp(line, "close") == 0) {
		receive(pty);
		unplug(pty);
		return 0;
	}
	if (pty->master < 0)
		return -1;
	if (strncmp(line, "repeat ", 7) == 0)
		return repeat(pty, line + 7);
	if (strncmp(line, "hex ", 4) == 0)
		n = parse_hex(line + 4, bytes);
	else if (strncmp(line, "text ", 5) == 0)
		n = parse_text(line + 5, bytes);
	return n < 0 ? -1 : transmit(pty, bytes, (size_t)n);
}

static void
on_line(void *arg, char *line, size_t len)
{
	(void)len;
	if (strcmp(line, "drain") == 0)
		drain(arg);
	else if (obey(arg, line) == 0)
		puts("ok");
	else
		printf("error: %s\n", line);
	fflush(stdout);
}

static int
serve(struct pty *pty)
{
	static char buffer[COMMAND_MAX + 1];
	struct lines lines;

	lines_init(&lines, buffer, COMMAND_MAX);
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = pty->got_len < BYTES_MAX ? pty->master : -1,
			    .events = POLLIN },
		};
		char bytes[4096];
		ssize_t n;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -1;
		receive(pty);
		if (fds[0].revents == 0)
			continue;
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n <= 0)
			return 0;
		lines_push(&lines, bytes, (size_t)n, on_line, pty);
	}
}

static struct pty pty = { .master = -1, .slave = -1 };

static void
on_term(int signo)
{
	unlink(pty.link);
	_exit(128 + signo);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: ptypair LINK\n");
		return 64;
	}
	pty.link = argv[1];
	signal(SIGTERM, on_term);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (plug(&pty) != 0) {
		perror("ptypair");
		return 69;
	}
	puts("ok");
	fflush(stdout);
	serve(&pty);
	unplug(&pty);
	return 0;
}
