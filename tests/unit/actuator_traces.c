/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each recording of tests/traces that starts with "# drive: ROLE OPTIONS",
 * orders and what the device answered, gives the lines beside it: what was
 * said when, and what was sent to the device ("> HEX"). However the answers
 * arrive, through a pty at the speed of the line, and with any byte of them
 * harmed, nothing stays on and nothing is printed twice. Each board has one.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "reader_play.h"
#include "../../src/actuator/parts.h"

#define WALL 1633046400
#define REST_MS 20000 /* after the last line */
#define HARMS 4
#define BOARDS_MAX 32

struct drive {
	struct tuning tuning;
	struct printlog log;
	struct relay relay;
	struct printer printer;
	int64_t now_ms;
	FILE *out;
	char *events;
	size_t len;
	struct cable *wire;     /* NULL: straight into the machine */
	size_t piece, harm_at;  /* bytes at a time; which one is harmed */
	int harm;
	size_t seen;
	unsigned ons, prints;
	bool on[CHANNELS_MAX];  /* by the frames that were sent */
};

static unsigned boards_done;
static bool printer_done;

/* ---- what the machine is given -------------------------------------------------- */

/* A board switches by what it is sent. */
static void
switch_by(struct drive *d, const unsigned char *bytes, size_t n)
{
	for (int channel = 1; channel <= d->tuning.channels; channel++)
		for (int on = 0; on < 2; on++) {
			unsigned char frame[16];
			size_t len = d->tuning.board->frame(d->tuning.address,
			    channel, on, frame);

			if (len != n || memcmp(frame, bytes, n) != 0)
				continue;
			d->ons += on && !d->on[channel - 1];
			d->on[channel - 1] = on;
		}
}

static ssize_t
on_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct drive *d = arg;
	unsigned char out[512];
	char hex[2 * sizeof(out) + 1];
	size_t some = n < sizeof(out) ? n : sizeof(out);

	/* Through the pty the other way round, as the device would get it. */
	memcpy(out, bytes, some);
	if (d->wire != NULL) {
		const struct cable back = { .master = d->wire->port,
			.port = d->wire->master };

		assert_int_equal(cable_pass(&back, bytes, some, out), 0);
		assert_memory_equal(out, bytes, some);
	}
	hex_print(out, some, hex);
	fprintf(d->out, "@%lld > %s\n", (long long)d->now_ms, hex);
	if (d->tuning.role == ACTUATOR_RELAY)
		switch_by(d, out, some);
	return (ssize_t)some;
}

static size_t
on_pending(void *arg)
{
	(void)arg;
	return 0;
}

static void
on_say(void *arg, const char *line)
{
	struct drive *d = arg;

	fprintf(d->out, "@%lld %s\n", (long long)d->now_ms, line);
	d->prints += strncmp(line, "done ", 5) == 0;
}

static void
on_arm(void *arg, long ms)
{
	(void)arg;
	(void)ms;
}

/* ---- playing -------------------------------------------------------------------- */

static int64_t
deadline(const struct drive *d)
{
	return d->tuning.role == ACTUATOR_RELAY ?
	    relay_deadline(&d->relay) : printer_deadline(&d->printer);
}

static void
pass_until(struct drive *d, int64_t at_ms)
{
	int64_t due;

	while ((due = deadline(d)) >= 0 && due <= at_ms) {
		d->now_ms = due > d->now_ms ? due : d->now_ms + 1;
		if (d->tuning.role == ACTUATOR_RELAY)
			relay_tick(&d->relay, d->now_ms);
		else
			printer_tick(&d->printer, d->now_ms);
	}
	d->now_ms = at_ms > d->now_ms ? at_ms : d->now_ms;
}

static void
give_order(struct drive *d, char *line)
{
	struct order order;
	struct err err = { .text = "" };

	if (order_parse(line, &order, &err) < 0)
		fail_msg("%s", err.text);
	if (d->tuning.role == ACTUATOR_RELAY)
		relay_order(&d->relay, &order, d->now_ms);
	else
		printer_order(&d->printer, &order, d->now_ms, WALL);
}

static void
give_bytes(struct drive *d, const unsigned char *bytes, size_t n)
{
	unsigned char out[CHUNK_MAX];

	assert_true(n <= sizeof(out));
	memcpy(out, bytes, n);
	if (d->wire != NULL)
		assert_int_equal(cable_pass(d->wire, bytes, n, out), 0);
	if (d->tuning.role == ACTUATOR_RELAY)
		relay_bytes(&d->relay, out, n, d->now_ms);
	else
		printer_bytes(&d->printer, out, n, d->now_ms);
}

/* Changed, dropped, doubled, or with another before it. */
static void
harm(struct drive *d, struct trace_entry *entry)
{
	size_t at = d->harm_at - d->seen - 1;
	bool here = d->harm_at > d->seen && at < entry->n;
	unsigned char *byte = entry->bytes + at;

	d->seen += entry->n;
	if (!here)
		return;
	if (d->harm == 0) {
		*byte ^= 0x55;
	} else if (d->harm == 1) {
		memmove(byte, byte + 1, --entry->n - at);
	} else {
		memmove(byte + 1, byte, entry->n++ - at);
		if (d->harm == 3)
			*byte = 0xff;
	}
}

static void
begin(struct drive *d, const char *first)
{
	const struct sink_out sink = { on_write, on_pending, on_say, on_arm,
		d };
	char role[32], options[200], text[300];
	struct device device;
	struct err err = { .text = "" };

	assert_int_equal(sscanf(first, "# drive: %31s %199s", role, options),
	    2);
	snprintf(text, sizeof(text), "serial:x,%s", options);
	if (device_parse(text, &device, &err) < 0 ||
	    tuning_fill(strcmp(role, "relay") == 0 ? ACTUATOR_RELAY :
	    ACTUATOR_PRINTER, &device, &d->tuning, &err) < 0)
		fail_msg("%s: %s", first, err.text);
	d->events = NULL;
	d->out = open_memstream(&d->events, &d->len);
	assert_non_null(d->out);
	if (d->tuning.role == ACTUATOR_RELAY) {
		relay_init(&d->relay, &d->tuning, &sink);
		relay_up(&d->relay, 0);
	} else {
		printlog_open(&d->log, NULL);
		printer_init(&d->printer, &d->tuning, &d->log, &sink);
		printer_up(&d->printer, d->tuning.ask, 0);
	}
}

static void
run(struct drive *d, const char *path, const char *first)
{
	static struct trace_entry entry;
	struct err err = { .text = "" };
	FILE *file = fopen(path, "r");
	struct trace trace;
	int got;

	assert_non_null(file);
	begin(d, first);
	trace_use(&trace, file, path);
	while ((got = trace_next(&trace, &entry, &err)) == 1) {
		pass_until(d, entry.at_ms);
		if (entry.is_line) {
			give_order(d, entry.text);
			continue;
		}
		harm(d, &entry);
		for (size_t at = 0, n; at < entry.n; at += n) {
			n = d->piece > 0 && d->piece < entry.n - at ?
			    d->piece : entry.n - at;
			give_bytes(d, entry.bytes + at, n);
		}
	}
	if (got < 0)
		fail_msg("%s", err.text);
	if (d->tuning.role == ACTUATOR_RELAY)
		relay_last(&d->relay, d->now_ms);
	pass_until(d, d->now_ms + REST_MS);
	if (d->tuning.role == ACTUATOR_PRINTER)
		printer_free(&d->printer);
	trace_close(&trace);
	fclose(d->out);
}

/* ---- the tests -------------------------------------------------------------------- */

static void
check_harmed(const char *path, const char *first, const struct drive *whole,
    struct cable *wire)
{
	for (size_t at = 1; at <= whole->seen; at++)
		for (int kind = 0; kind < HARMS; kind++) {
			struct drive d = { .harm_at = at, .harm = kind,
				.wire = wire };

			run(&d, path, first);
			for (int i = 0; i < CHANNELS_MAX; i++)
				assert_false(d.on[i]);
			assert_true(d.ons <= whole->ons);
			assert_true(d.prints <= whole->prints);
			free(d.events);
		}
}

static void
check(const char *path, const char *first, const char *want,
    struct cable *wire)
{
	static const size_t pieces[] = { 0, 1, 2 };

	for (size_t i = 0; i < nitems(pieces); i++) {
		struct drive d = { .piece = pieces[i], .wire = wire };

		run(&d, path, first);
		if (strcmp(d.events, want) != 0) {
			fputs(d.events, stderr); /* more than a message holds */
			fail_msg("%s in pieces of %zu", path, pieces[i]);
		}
		free(d.events);
		if (i > 0)
			continue;
		for (int k = 0; k < CHANNELS_MAX; k++)
			assert_false(d.on[k]);
		check_harmed(path, first, &d, wire);
		for (size_t k = 0; k < nboards; k++)
			if (d.tuning.board == &boards[k])
				boards_done |= 1u << k;
		printer_done |= d.tuning.role == ACTUATOR_PRINTER;
	}
}

static void
check_both_ways(const char *path, const char *first, const char *want)
{
	struct cable wire = { .master = posix_openpt(O_RDWR | O_NOCTTY) };
	struct settings settings = { .baud = 9600, .bits = 8, .stop = 1 };
	struct device device;
	struct link link;
	struct err err = { .text = "" };
	char text[128];

	check(path, first, want, NULL);
	assert_true(wire.master >= 0);
	assert_int_equal(grantpt(wire.master), 0);
	assert_int_equal(unlockpt(wire.master), 0);
	snprintf(text, sizeof(text), "serial:%s", ptsname(wire.master));
	assert_int_equal(device_parse(text, &device, &err), 0);
	if (link_open(&device, &settings, &link, &err) < 0)
		fail_msg("%s", err.text);
	wire.port = link.fd;
	check(path, first, want, &wire);
	link_close(&link);
	close(wire.master);
}

static void
test_recordings_of_what_is_driven(void **state)
{
	DIR *directory = opendir(test_path("SRCDIR", "tests/traces"));
	struct dirent *entry;

	(void)state;
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		char path[4096], events[4096];
		size_t n = strlen(entry->d_name), len;
		struct err err = { .text = "" };
		char *first, *want;

		if (n < 6 || strcmp(entry->d_name + n - 6, ".trace") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s",
		    test_path("SRCDIR", "tests/traces"), entry->d_name);
		snprintf(events, sizeof(events), "%.*s.events",
		    (int)strlen(path) - 6, path);
		first = file_read(path, 1 << 20, &len, &err);
		assert_non_null(first);
		if (strncmp(first, "# drive: ", 9) == 0) {
			want = file_read(events, 1 << 20, &len, &err);
			if (want == NULL)
				fail_msg("%s", err.text);
			check_both_ways(path, first, want);
			free(want);
		}
		free(first);
	}
	closedir(directory);
}

static void
test_every_board_was_driven(void **state)
{
	(void)state;
	assert_true(nboards < BOARDS_MAX);
	for (size_t k = 0; k < nboards; k++)
		if ((boards_done & 1u << k) == 0)
			fail_msg("%s: no recording in tests/traces",
			    boards[k].name);
	assert_true(printer_done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recordings_of_what_is_driven),
		cmocka_unit_test(test_every_board_was_driven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
