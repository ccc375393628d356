/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live - runs a device behind a descriptor: a port, a pty, a pipe, a socket.
 *
 * A device that goes away is told and opened again every 500 ms under the
 * same name, for ever: somebody will plug it in again.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REOPEN_MS 500
#define FAULT_AGAIN_MS 10000 /* the station takes 30 s of silence for death */
#define CONNECT_MS 5000
#define LOOK_MS 5000

struct live {
	struct reader *reader;
	struct link link;
	int deadline_timer, reopen_timer, connect_timer, look_timer;
	int64_t fault_ms; /* when it was last said; 0: it is not down */
	char why[EVENT_WORDS_MAX];
};

static void open_it(struct live *live);

static void
cancel(struct live *live, int *timer)
{
	loop_cancel(live->reader->loop, *timer);
	*timer = 0;
}

/* Says why it is down: at once when that is news, else now and then. */
static void
say_down(struct live *live, const char *why)
{
	int64_t now_ms = loop_now_ms(live->reader->loop);

	if (live->fault_ms != 0 && strcmp(why, live->why) == 0 &&
	    now_ms - live->fault_ms < FAULT_AGAIN_MS)
		return;
	snprintf(live->why, sizeof(live->why), "%s", why);
	live->fault_ms = now_ms;
	intake_fault(&live->reader->intake, "%s: %.150s",
	    reader_role_word(live->reader->settings.role), why);
}

static void
on_reopen(void *arg)
{
	struct live *live = arg;

	live->reopen_timer = 0;
	trail_tick(&live->reader->intake.trail,
	    loop_now_ms(live->reader->loop));
	open_it(live);
}

static void
down(struct live *live, const char *why)
{
	struct reader *reader = live->reader;

	if (live->link.fd >= 0) {
		loop_drop(reader->loop, live->link.fd);
		link_close(&live->link);
	}
	cancel(live, &live->deadline_timer);
	cancel(live, &live->connect_timer);
	cancel(live, &live->look_timer);
	reader_quiet(reader);
	say_down(live, why);
	cancel(live, &live->reopen_timer);
	live->reopen_timer = loop_at(reader->loop,
	    loop_now_ms(reader->loop) + REOPEN_MS, on_reopen, live);
}

static void
on_deadline(void *arg);

/* Sets the timer to what the intake waits for. */
static void
arm(struct live *live)
{
	int64_t at_ms = intake_deadline(&live->reader->intake);

	cancel(live, &live->deadline_timer);
	if (at_ms >= 0 && live->link.fd >= 0)
		live->deadline_timer = loop_at(live->reader->loop, at_ms,
		    on_deadline, live);
}

static void
on_deadline(void *arg)
{
	struct live *live = arg;

	live->deadline_timer = 0;
	intake_tick(&live->reader->intake,
	    loop_now_ms(live->reader->loop));
	arm(live);
}

/* A name that leads to another device now: the one we hold was replaced. */
static void
on_look(void *arg)
{
	struct live *live = arg;
	struct stat held, named;

	live->look_timer = loop_at(live->reader->loop,
	    loop_now_ms(live->reader->loop) + LOOK_MS, on_look, live);
	if (fstat(live->link.fd, &held) == 0 &&
	    stat(live->reader->device->path, &named) == 0 &&
	    (held.st_dev != named.st_dev || held.st_ino != named.st_ino))
		down(live, "replaced by another device");
}

static void
on_bytes(void *arg, int fd, short revents)
{
	struct live *live = arg;
	struct reader *reader = live->reader;
	unsigned char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0) {
		intake_bytes(&reader->intake, bytes, (size_t)n,
		    loop_now_ms(reader->loop));
		arm(live);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR) &&
	    (revents & (POLLHUP | POLLERR | POLLNVAL)) == 0)
		return;
	/* An unplugged port reads 0 or EIO for ever, a closed pty EIO. */
	down(live, "lost; unplugged or switched off?");
}

static void
up(struct live *live)
{
	struct reader *reader = live->reader;
	struct err err;

	live->link.connecting = false;
	cancel(live, &live->connect_timer);
	live->fault_ms = 0;
	if (loop_watch(reader->loop, live->link.fd, POLLIN, on_bytes, live,
	    &err) < 0) {
		down(live, err.text);
		return;
	}
	intake_start(&reader->intake, loop_now_ms(reader->loop));
	reader_alive(reader);
	arm(live);
	if (reader->device->transport == TRANSPORT_SERIAL)
		live->look_timer = loop_at(reader->loop,
		    loop_now_ms(reader->loop) + LOOK_MS, on_look, live);
}

static void
on_connected(void *arg, int fd, short revents)
{
	struct live *live = arg;
	struct err err;

	(void)fd;
	(void)revents;
	if (link_connected(&live->link, &err) < 0)
		down(live, err.text);
	else
		up(live);
}

static void
on_connect_timer(void *arg)
{
	struct live *live = arg;

	live->connect_timer = 0;
	down(live, "does not answer");
}

static void
open_it(struct live *live)
{
	struct reader *reader = live->reader;
	struct err err = { .text = "" };

	if (link_open(reader->device, &reader->settings, &live->link,
	    &err) < 0) {
		down(live, err.text);
		return;
	}
	if (!live->link.connecting) {
		up(live);
		return;
	}
	live->connect_timer = loop_at(reader->loop,
	    loop_now_ms(reader->loop) + CONNECT_MS, on_connect_timer, live);
	if (loop_watch(reader->loop, live->link.fd, POLLOUT, on_connected,
	    live, &err) < 0)
		down(live, err.text);
}

static void
on_event(void *arg, const struct event *event)
{
	struct live *live = arg;

	reader_say(live->reader, event);
}

/* A few bytes: what a full line does not take at once is lost, and said. */
static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct live *live = arg;

	if (live->link.fd < 0 || live->link.connecting)
		return;
	if (write(live->link.fd, bytes, n) != (ssize_t)n && errno != EIO)
		intake_fault(&live->reader->intake,
		    N_("the device takes no command"));
}

/* Commands for a device that is not there are not kept for later. */
static void
on_command(struct reader *reader, const char *line)
{
	struct live *live = reader->live;

	/* What it sent before it was lost can be asked for. */
	if ((live->link.fd < 0 || live->link.connecting) &&
	    strcmp(line, "raw") != 0)
		intake_fault(&reader->intake, N_("no device for the command"));
	else
		intake_command(&reader->intake, line,
		    loop_now_ms(reader->loop));
	arm(live);
}

int
run_link(struct reader *reader, struct err *err)
{
	struct live live = { .reader = reader, .link = { .fd = -1 } };
	const struct sink sink = { on_event, on_send, &live };
	int done;

	intake_init(&reader->intake, &reader->settings, &sink);
	reader->live = &live;
	reader->on_command = on_command;
	open_it(&live);
	done = loop_run(reader->loop, err);
	link_close(&live.link);
	return done;
}
