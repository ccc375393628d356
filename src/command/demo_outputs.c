/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo_outputs - the printer and the relay board of `chot demo`: what would
 * be printed is dev/slip-N.png of the demo's directory, the newest 50 of
 * them; dev/relays tells how the relays stand.
 */
#include "parts.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "actuator.h"

#define PAPER_DOTS 384 /* 58 mm */
#define SLIPS_KEPT 50
#define RELAYS 8
#define LOOK_MS 100

struct outputs_demo {
	struct loop *loop;
	const char *dir;
	int printer, relay;
	struct testpaper *paper;
	struct testboard *board;
	int slips;
	bool on[RELAYS + 1];
};

static void watch(void *arg);

static void
print_answer(void *arg, const unsigned char *bytes, size_t n)
{
	/* Nobody there to hear it: it is asked again. */
	if (write(((struct outputs_demo *)arg)->printer, bytes, n) < 0)
		return;
}

static void
relay_answer(void *arg, const unsigned char *bytes, size_t n)
{
	if (write(((struct outputs_demo *)arg)->relay, bytes, n) < 0)
		return;
}

static void
on_printed(void *arg, const char *line)
{
	struct outputs_demo *o = arg;
	char path[PATH_MAX];
	struct err err = { .text = "" };

	if (strncmp(line, "cut ", 4) != 0)
		return;
	snprintf(path, sizeof(path), "%s/dev/slip-%d.png", o->dir,
	    o->slips++ % SLIPS_KEPT + 1);
	if (testpaper_save(o->paper, path, &err) != 0)
		log_line(0, LOG_LEVEL_WARN, "demo: %s", err.text);
	testpaper_command(o->paper, "new");
}

static void
on_switched(void *arg, const char *line)
{
	struct outputs_demo *o = arg;
	char path[PATH_MAX], text[RELAYS * 16] = "", word[4];
	size_t n = 0;
	int channel;

	if (sscanf(line, "relay %d %3s", &channel, word) != 2 ||
	    channel < 1 || channel > RELAYS)
		return;
	o->on[channel] = strcmp(word, "on") == 0;
	for (int i = 1; i <= RELAYS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "relay %d %s\n", i, o->on[i] ? "on" : "off");
	snprintf(path, sizeof(path), "%s/dev/relays", o->dir);
	file_write(path, text, n, 0600, false, NULL);
}

/* A pty that its user has left hangs up, and says so without end: it is
 * looked at again after a while. */
static void
on_bytes(void *arg, int fd, short revents)
{
	struct outputs_demo *o = arg;
	unsigned char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0 && fd == o->printer)
		testpaper_bytes(o->paper, bytes, (size_t)n);
	else if (n > 0)
		testboard_bytes(o->board, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		loop_drop(o->loop, fd);
		loop_at(o->loop, loop_now_ms(o->loop) + LOOK_MS, watch, o);
	}
}

static void
watch(void *arg)
{
	struct outputs_demo *o = arg;

	loop_watch(o->loop, o->printer, POLLIN, on_bytes, o, NULL);
	loop_watch(o->loop, o->relay, POLLIN, on_bytes, o, NULL);
}

int
demo_outputs_start(struct loop *loop, const char *dir, struct err *err)
{
	static struct outputs_demo o; /* until the process ends */
	const struct testpaper_calls paper = { print_answer, on_printed, &o };
	const struct testboard_calls board = { relay_answer, on_switched, &o };

	o.loop = loop;
	o.dir = dir;
	o.printer = demo_pty(dir, "printer", err);
	o.relay = demo_pty(dir, "relay", err);
	if (o.printer < 0 || o.relay < 0)
		return -1;
	o.paper = testpaper_new(PAPER_DOTS, &paper);
	o.board = testboard_new("lcus", &board);
	watch(&o);
	return 0;
}
