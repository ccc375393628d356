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

struct selftest {
	struct loop *loop;
	const struct device *device;
	struct settings settings;
	struct intake intake; /* of a protocol of packets */
	struct link link;
	FILE *out;
	long wait_s;
	int timer;
	int asked;          /* the number of the code */
	unsigned wrong;     /* codes that showed a wrong setting */
	enum frame_end end; /* that of the last code */
	bool lost, nothing;
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

static int
conclude(const struct selftest *t, struct err *err)
{
	static const char *const names[] = {
		[END_AUTO] = "auto", [END_CR] = "cr", [END_LF] = "lf",
		[END_CRLF] = "crlf", [END_TAB] = "tab", [END_ETX] = "etx",
		[END_NONE] = "none",
	};

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
	if (is_packets(t))
		fprintf(t->out, "scanner = { \"serial:%s,protocol=%s\" }\n",
		    t->device->path, t->settings.driver->name);
	else
		fprintf(t->out, "scanner = { \"serial:%s,baud=%ld,"
		    "protocol=%s,end=%s\" }\n", t->device->path,
		    t->settings.baud, t->settings.driver->name, names[t->end]);
	return 0;
}

static int
run(struct selftest *t, struct err *err)
{
	const struct sink sink = { on_event, on_send, t };

	t->loop = loop_new(err);
	if (t->loop == NULL || link_open(t->device, &t->settings, &t->link,
	    err) < 0)
		return -1;
	if (t->link.connecting)
		return err_set(err, ERR_SETUP,
		    _("the test takes a scanner at a port of this machine"));
	if (loop_watch(t->loop, t->link.fd, POLLIN, on_bytes, t, err) < 0)
		return -1;
	intake_init(&t->intake, &t->settings, &sink);
	intake_start(&t->intake, loop_now_ms(t->loop));
	t->asked = 1;
	ask(t);
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
	if (device->transport != TRANSPORT_SERIAL)
		err_set(err, ERR_SETUP,
		    _("the test takes a scanner at a port of this machine"));
	else if (settings_fill(ROLE_SCANNER, device, &t->settings, err) == 0)
		done = run(t, err);
	link_close(&t->link);
	loop_free(t->loop);
	free(t);
	return done;
}
