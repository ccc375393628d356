/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selftest - asks for each code of the test page, and says what the scanner's
 * settings do to it. Bytes are taken as they come, without a framer; those of
 * a packet protocol as the payloads it gives.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENCE_MS 1000 /* the end of a scan, with pauses in it or not */
#define CONNECT_MS 5000

struct selftest {
	struct loop *loop;
	const struct device *device;
	struct settings settings;
	struct intake intake; /* of a protocol of packets */
	struct link link;
	struct err why; /* there is no connection */
	FILE *out;
	long wait_s;
	int timer;
	int asked;          /* the number of the code */
	unsigned wrong;     /* codes that showed a wrong setting */
	enum frame_end end; /* that of the last code */
	bool lost, nothing, away;
	size_t n;
	int64_t first_ms, last_ms, gap_ms;
	unsigned char bytes[FRAME_MAX];
};

static void on_silence(void *arg);
static void on_nothing(void *arg);

static bool
is_packets(const struct selftest *t)
{
	return t->settings.driver->kind != DRIVER_LINE;
}

static void
set_timer(struct selftest *t, int64_t ms, void (*fn)(void *arg))
{
	loop_cancel(t->loop, t->timer);
	t->timer = loop_at(t->loop, loop_now_ms(t->loop) + ms, fn, t);
}

static void
ask(struct selftest *t)
{
	static const char *const names[TESTCODES] = {
		N_("plain letters and numbers"), N_("Vietnamese letters"),
		N_("signs"), N_("a long code"),
	};

	t->n = 0;
	t->gap_ms = 0;
	fprintf(t->out, _("Scan code %d of the test page: %s\n"), t->asked,
	    _(names[t->asked - 1]));
	fflush(t->out);
	set_timer(t, t->wait_s * 1000, on_nothing);
}

static void
print(struct selftest *t, const struct diagnosis *d)
{
	char text[256];

	if (d->found == 0)
		fprintf(t->out, "  %d: %s\n", d->code, _(finding_words(
		    FINDING_GOOD)));
	for (unsigned i = 1; i < FINDINGS; i++) {
		if ((d->found & 1u << i) == 0)
			continue;
		snprintf(text, sizeof(text), _(finding_words((enum finding)i)),
		    d->detail);
		fprintf(t->out, "  %d: %s\n     -> %s\n", d->code, text,
		    _(finding_advice((enum finding)i)));
	}
	fflush(t->out);
}

static void
judge(struct selftest *t)
{
	const struct burst burst = { t->bytes, t->n, t->last_ms - t->first_ms,
		t->gap_ms };
	struct diagnosis d = diagnose(t->asked, &burst, t->settings.idle_ms);

	if (is_packets(t)) /* a packet ends by itself */
		d.found &= ~(1u << FINDING_NO_TERMINATOR |
		    1u << FINDING_PAUSES);
	print(t, &d);
	t->wrong += d.found != 0;
	t->end = d.end;
	if (t->asked++ == TESTCODES)
		loop_stop(t->loop);
	else
		ask(t);
}

static void
on_silence(void *arg)
{
	judge(arg);
}

static void
on_nothing(void *arg)
{
	struct selftest *t = arg;

	t->nothing = true;
	loop_stop(t->loop);
}

static void
add(struct selftest *t, const unsigned char *bytes, size_t n)
{
	int64_t now_ms = loop_now_ms(t->loop);
	size_t room = sizeof(t->bytes) - t->n;

	if (t->n == 0)
		t->first_ms = now_ms;
	else if (now_ms - t->last_ms > t->gap_ms)
		t->gap_ms = now_ms - t->last_ms;
	t->last_ms = now_ms;
	memcpy(t->bytes + t->n, bytes, n < room ? n : room);
	t->n += n < room ? n : room;
	set_timer(t, SILENCE_MS, on_silence);
}

static void
on_event(void *arg, const struct event *event)
{
	if (event->kind == EVENT_SCAN)
		add(arg, event->payload, event->payload_len);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct selftest *t = arg;

	if (write(t->link.fd, bytes, n) < 0 && errno != EAGAIN)
		t->lost = true;
}

static void
on_bytes(void *arg, int fd, short revents)
{
	struct selftest *t = arg;
	unsigned char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0 && is_packets(t)) {
		intake_bytes(&t->intake, bytes, (size_t)n,
		    loop_now_ms(t->loop));
	} else if (n > 0) {
		add(t, bytes, (size_t)n);
	} else if (n == 0 || errno != EAGAIN ||
	    (revents & (POLLHUP | POLLERR)) != 0) {
		t->lost = true;
		loop_stop(t->loop);
	}
}

/* Over a network, once the connection stands; at a port, at once. */
static void
begin(struct selftest *t)
{
	const struct sink sink = { on_event, on_send, t };

	intake_init(&t->intake, &t->settings, &sink);
	intake_start(&t->intake, loop_now_ms(t->loop));
	t->asked = 1;
	ask(t);
}

static void
on_connected(void *arg, int fd, short revents)
{
	struct selftest *t = arg;

	(void)revents;
	loop_drop(t->loop, fd);
	if (link_connected(&t->link, &t->why) == 0 &&
	    loop_watch(t->loop, fd, POLLIN, on_bytes, t, &t->why) == 0) {
		begin(t);
		return;
	}
	t->away = true;
	loop_stop(t->loop);
}

static void
on_no_connection(void *arg)
{
	struct selftest *t = arg;

	err_set(&t->why, ERR_RETRY, _("does not answer"));
	t->away = true;
	loop_stop(t->loop);
}

static void
print_line(const struct selftest *t)
{
	static const char *const names[] = {
		[END_AUTO] = "auto", [END_CR] = "cr", [END_LF] = "lf",
		[END_CRLF] = "crlf", [END_TAB] = "tab", [END_ETX] = "etx",
		[END_NONE] = "none",
	};
	bool serial = t->device->transport == TRANSPORT_SERIAL;

	fprintf(t->out, "scanner = { \"%s:%s", serial ? "serial" : "tcp",
	    t->device->path);
	if (serial && !is_packets(t))
		fprintf(t->out, ",baud=%ld", t->settings.baud);
	fprintf(t->out, ",protocol=%s", t->settings.driver->name);
	if (!is_packets(t))
		fprintf(t->out, ",end=%s", names[t->end]);
	fprintf(t->out, "\" }\n");
}

static int
conclude(const struct selftest *t, struct err *err)
{
	if (t->away)
		return err_set(err, ERR_RETRY, "%s: %s", t->device->path,
		    t->why.text);
	if (t->lost)
		return err_set(err, ERR_RETRY, _("the scanner was lost"));
	if (t->nothing)
		return err_set(err, ERR_RETRY, _("nothing came: look at cable, "
		    "power and line speed, and whether it is set to serial"));
	if (t->wrong > 0)
		return err_set(err, ERR_INPUT,
		    _("%u of %d codes show a wrong setting"), t->wrong,
		    TESTCODES);
	fprintf(t->out, _("The scanner is set up right.\n"));
	print_line(t);
	return 0;
}

static int
run(struct selftest *t, struct err *err)
{
	t->loop = loop_new(err);
	if (t->loop == NULL || link_open(t->device, &t->settings, &t->link,
	    err) < 0)
		return -1;
	if (loop_watch(t->loop, t->link.fd, t->link.connecting ? POLLOUT :
	    POLLIN, t->link.connecting ? on_connected : on_bytes, t, err) < 0)
		return -1;
	if (t->link.connecting)
		t->timer = loop_at(t->loop, loop_now_ms(t->loop) + CONNECT_MS,
		    on_no_connection, t);
	else
		begin(t);
	return loop_run(t->loop, err) < 0 ? -1 : conclude(t, err);
}

int
reader_test(const struct device *device, long wait_s, FILE *out,
    struct err *err)
{
	struct selftest *t = calloc(1, sizeof(*t));
	int done = -1;

	if (t == NULL)
		mem_none();
	t->device = device;
	t->wait_s = wait_s;
	t->out = out;
	t->link.fd = -1;
	if (device->transport != TRANSPORT_SERIAL &&
	    device->transport != TRANSPORT_TCP)
		err_set(err, ERR_SETUP,
		    _("the test takes a scanner at serial: or tcp:"));
	else if (settings_fill(ROLE_SCANNER, device, &t->settings, err) == 0)
		done = run(t, err);
	link_close(&t->link);
	loop_free(t->loop);
	free(t);
	return done;
}
