/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drive - keeps a relay's or a printer's wire open and moves its machine.
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

struct drive {
	struct actuator *actuator;
	struct wire wire;
	struct guard guard;
	struct relay relay;
	struct printer printer;
	bool is_relay, lost;
	short events; /* that are watched for */
	int deadline_timer, reopen_timer, connect_timer, look_timer;
	int64_t fault_ms; /* when it was last said; 0: it is not down */
	char why[200];
};

static void open_it(struct drive *drive);
static void go_on(struct drive *drive);

static int64_t
now_of(const struct drive *drive)
{
	return loop_now_ms(drive->actuator->loop);
}

static void
cancel(struct drive *drive, int *timer)
{
	loop_cancel(drive->actuator->loop, *timer);
	*timer = 0;
}

/* ---- what the machines are given -------------------------------------------------- */

static ssize_t
sink_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct drive *drive = arg;
	ssize_t done = wire_write(&drive->wire, bytes, n);

	if (done < 0)
		drive->lost = true; /* and taken down when the machine rests */
	return done;
}

static size_t
sink_pending(void *arg)
{
	const struct drive *drive = arg;

	return wire_pending(&drive->wire);
}

static void
sink_say_line(void *arg, const char *line)
{
	const struct drive *drive = arg;

	actuator_say(drive->actuator, line);
}

static void
sink_arm(void *arg, long ms)
{
	struct drive *drive = arg;

	guard_arm(&drive->guard, ms);
}

/* ---- up and down --------------------------------------------------------------------- */

static void
say_down(struct drive *drive, const char *why)
{
	const struct sink_out sink = { .say = sink_say_line, .arg = drive };
	int64_t now_ms = now_of(drive);

	if (drive->fault_ms != 0 && strcmp(why, drive->why) == 0 &&
	    now_ms - drive->fault_ms < FAULT_AGAIN_MS)
		return;
	if (drive->fault_ms == 0)
		sink_say(&sink, "status lost");
	snprintf(drive->why, sizeof(drive->why), "%s", why);
	drive->fault_ms = now_ms;
	sink_fault(&sink, 0, "%s: %.150s",
	    actuator_role_word(drive->actuator->tuning.role), why);
}

static void
on_reopen(void *arg)
{
	struct drive *drive = arg;

	drive->reopen_timer = 0;
	open_it(drive);
}

static void
down(struct drive *drive, const char *why)
{
	struct loop *loop = drive->actuator->loop;
	bool was_up = drive->wire.port.fd >= 0 && !drive->wire.port.connecting;

	if (drive->wire.port.fd >= 0)
		loop_drop(loop, drive->wire.port.fd);
	guard_stop(&drive->guard, false);
	wire_close(&drive->wire);
	drive->lost = false;
	drive->events = 0;
	cancel(drive, &drive->deadline_timer);
	cancel(drive, &drive->connect_timer);
	cancel(drive, &drive->look_timer);
	actuator_quiet(drive->actuator);
	say_down(drive, why);
	if (was_up && drive->is_relay)
		relay_down(&drive->relay, now_of(drive));
	else if (was_up)
		printer_down(&drive->printer, now_of(drive));
	cancel(drive, &drive->reopen_timer);
	drive->reopen_timer = loop_at(loop, now_of(drive) + REOPEN_MS,
	    on_reopen, drive);
	if (drive->actuator->last) /* nobody can give it another order */
		actuator_done(drive->actuator);
}

static void
on_deadline(void *arg)
{
	struct drive *drive = arg;

	drive->deadline_timer = 0;
	if (drive->is_relay)
		relay_tick(&drive->relay, now_of(drive));
	else
		printer_tick(&drive->printer, now_of(drive));
	go_on(drive);
}

static void
on_ready(void *arg, int fd, short revents)
{
	struct drive *drive = arg;
	unsigned char bytes[512];
	ssize_t n = 0;

	if ((revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0) {
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && (errno == EAGAIN || errno == EINTR) &&
		    (revents & (POLLHUP | POLLERR | POLLNVAL)) == 0)
			n = 0;
		/* A port that reads 0 is gone; a printer just says nothing. */
		else if (n < 0 || (n == 0 && drive->wire.kind == WIRE_PORT) ||
		    (n == 0 && (revents & POLLIN) == 0)) {
			down(drive, N_("lost; unplugged or switched off?"));
			return;
		}
	}
	if (drive->is_relay)
		relay_bytes(&drive->relay, bytes, (size_t)n, now_of(drive));
	else
		printer_bytes(&drive->printer, bytes, (size_t)n,
		    now_of(drive));
	go_on(drive);
}

/* After every move of a machine: what is it waiting for now? */
static void
go_on(struct drive *drive)
{
	struct actuator *a = drive->actuator;
	short events = drive->wire.kind == WIRE_PORT ||
	    drive->wire.kind == WIRE_LP ? POLLIN : 0;
	int64_t at_ms;

	if (drive->lost)
		down(drive, N_("lost; unplugged or switched off?"));
	if (drive->wire.port.fd < 0 || drive->wire.port.connecting)
		return;
	at_ms = drive->is_relay ? relay_deadline(&drive->relay) :
	    printer_deadline(&drive->printer);
	cancel(drive, &drive->deadline_timer);
	if (at_ms >= 0)
		drive->deadline_timer = loop_at(a->loop, at_ms, on_deadline,
		    drive);
	if (events != drive->events && events != 0)
		loop_watch(a->loop, drive->wire.port.fd, events, on_ready,
		    drive, NULL);
	drive->events = events;
	if (a->last && !(drive->is_relay ? relay_busy(&drive->relay) :
	    printer_busy(&drive->printer)))
		actuator_done(a);
}

/* A name that leads to another device now: the one we hold was replaced. */
static void
on_look(void *arg)
{
	struct drive *drive = arg;
	struct stat held, named;

	drive->look_timer = loop_at(drive->actuator->loop,
	    now_of(drive) + LOOK_MS, on_look, drive);
	if (fstat(drive->wire.port.fd, &held) == 0 &&
	    stat(drive->actuator->device->path, &named) == 0 &&
	    (held.st_dev != named.st_dev || held.st_ino != named.st_ino))
		down(drive, N_("replaced by another device"));
}

static void
up(struct drive *drive)
{
	struct actuator *a = drive->actuator;
	struct err err = { .text = "" };

	drive->wire.port.connecting = false;
	cancel(drive, &drive->connect_timer);
	drive->events = 0;
	loop_drop(a->loop, drive->wire.port.fd);
	if (drive->is_relay &&
	    guard_start(&drive->guard, &drive->wire, &a->tuning, &err) < 0) {
		down(drive, err.text);
		return;
	}
	drive->fault_ms = 0;
	actuator_alive(a);
	if (drive->is_relay) {
		actuator_say(a, "status ready");
		relay_up(&drive->relay, now_of(drive));
	} else {
		printer_up(&drive->printer, drive->wire.kind != WIRE_FILE &&
		    a->tuning.ask, now_of(drive));
	}
	if (drive->wire.kind == WIRE_LP || (drive->wire.kind == WIRE_PORT &&
	    a->device->transport == TRANSPORT_SERIAL))
		drive->look_timer = loop_at(a->loop, now_of(drive) + LOOK_MS,
		    on_look, drive);
	go_on(drive);
}

static void
on_connected(void *arg, int fd, short revents)
{
	struct drive *drive = arg;
	struct err err = { .text = "" };

	(void)fd;
	(void)revents;
	if (reader_port_connected(&drive->wire.port, &err) < 0) {
		drive->wire.port.connecting = true; /* it never was up */
		down(drive, err.text);
	} else {
		up(drive);
	}
}

static void
on_connect_timer(void *arg)
{
	struct drive *drive = arg;

	drive->connect_timer = 0;
	down(drive, N_("does not answer"));
}

static void
open_it(struct drive *drive)
{
	struct actuator *a = drive->actuator;
	struct err err = { .text = "" };

	if (wire_open(a->device, &a->tuning, &drive->wire, &err) < 0) {
		down(drive, err.text);
		return;
	}
	if (!drive->wire.port.connecting) {
		up(drive);
		return;
	}
	drive->connect_timer = loop_at(a->loop, now_of(drive) + CONNECT_MS,
	    on_connect_timer, drive);
	if (loop_watch(a->loop, drive->wire.port.fd, POLLOUT, on_connected,
	    drive, &err) < 0)
		down(drive, err.text);
}

/* ---- the way ------------------------------------------------------------------------------ */

static void
way_order(struct actuator *a, struct order *order)
{
	struct drive *drive = a->state;

	if (drive->is_relay)
		relay_order(&drive->relay, order, now_of(drive));
	else
		printer_order(&drive->printer, order, now_of(drive),
		    loop_wall(a->loop));
	go_on(drive);
}

static void
way_last(struct actuator *a)
{
	struct drive *drive = a->state;

	if (drive->is_relay)
		relay_last(&drive->relay, now_of(drive));
	go_on(drive);
	if (drive->wire.port.fd < 0 || drive->wire.port.connecting)
		actuator_done(a);
}

int
run_wire(struct actuator *a, struct err *err)
{
	static const struct way way = { way_order, way_last };
	struct drive drive = { .actuator = a, .wire = { .port = { .fd = -1 } },
		.guard = { .fd = -1 },
		.is_relay = a->tuning.role == ACTUATOR_RELAY };
	const struct sink_out sink = { sink_write, sink_pending, sink_say_line,
		sink_arm, &drive };
	int done;

	relay_init(&drive.relay, &a->tuning, &sink);
	printer_init(&drive.printer, &a->tuning, &a->log, &sink);
	a->way = &way;
	a->state = &drive;
	open_it(&drive);
	done = loop_run(a->loop, err);
	/* The guard sends the off-frames: the same way as when we are killed. */
	guard_stop(&drive.guard, true);
	printer_free(&drive.printer);
	wire_close(&drive.wire);
	return done;
}
