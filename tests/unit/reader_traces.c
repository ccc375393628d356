/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each recording of tests/traces gives the events beside it, however its
 * bytes arrive, and through a pty at the speed of its line; with any byte
 * changed, dropped, doubled or one put before it, it gives no number nobody
 * measured. Each driver has a recording. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>

#include "reader_play.h"

#define WIRE_ENTRIES 2 /* a pty takes its time: each layout once */
#define DRIVERS_MAX 64
#define ENTRIES_MAX 256
#define ALL_BYTES 2000
#define SOME_PLACES 100

/* What was played, by the driver's place in drivers[]. */
static bool whole_done[DRIVERS_MAX], damage_done[DRIVERS_MAX],
    wire_done[DRIVERS_MAX];

typedef void (*trace_fn)(const char *path, const struct settings *settings,
    const char *want);

static char *
slurp(const char *path)
{
	struct err err = { .text = "" };
	size_t n;
	char *text = file_read(path, 1 << 20, &n, &err);

	if (text == NULL)
		fail_msg("%s", err.text);
	return text;
}

static void
start(struct played *played)
{
	memset(played, 0, sizeof(*played));
	played->out = open_memstream(&played->events, &played->len);
	assert_non_null(played->out);
}

static void
run(const char *path, const struct settings *settings, size_t piece,
    struct played *played)
{
	struct err err = { .text = "" };
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	if (play(file, path, settings, piece, played, &err) < 0)
		fail_msg("%s", err.text);
	fclose(played->out);
}

static void
for_each(trace_fn fn)
{
	struct dirent *entry;
	DIR *directory = opendir(test_path("SRCDIR", "tests/traces"));
	int count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		char path[4096], events[4096], *text, *want;
		size_t n = strlen(entry->d_name);
		struct settings settings;
		struct err err = { .text = "" };

		if (n < 6 || strcmp(entry->d_name + n - 6, ".trace") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s",
		    test_path("SRCDIR", "tests/traces"), entry->d_name);
		snprintf(events, sizeof(events), "%.*s.events",
		    (int)strlen(path) - 6, path);
		text = slurp(path);
		if (strncmp(text, "# drive: ", 9) == 0) {
			free(text); /* tests/unit/actuator_traces.c */
			continue;
		}
		want = slurp(events);
		if (play_settings(text, &settings, &err) < 0)
			fail_msg("%s: %s", path, err.text);
		fn(path, &settings, want);
		free(text);
		free(want);
		count++;
	}
	closedir(directory);
	assert_true(count >= 30);
}

static void
check_pieces(const char *path, const struct settings *settings,
    const char *want)
{
	static const size_t pieces[] = { 0, 1, 2, 3, 7, 64, 1000 };

	for (size_t i = 0; i < nitems(pieces); i++) {
		struct played played;

		start(&played);
		run(path, settings, pieces[i], &played);
		if (strcmp(played.events, want) != 0)
			fail_msg("%s in pieces of %zu:\n%s", path, pieces[i],
			    played.events);
		free(played.events);
	}
	whole_done[settings->driver - drivers] = true;
}

static void
test_events_of_every_recording(void **state)
{
	(void)state;
	for_each(check_pieces);
}

/* ---- through a pty ---------------------------------------------------------- */

/* The reader's own port at the end of a pty, as link.c opens it. */
static void
wire_open(struct cable *wire, struct link *link,
    const struct settings *settings)
{
	struct device device;
	struct err err = { .text = "" };
	char text[128];

	*wire = (struct cable){ .master = posix_openpt(O_RDWR | O_NOCTTY),
		.baud = settings->baud };
	assert_true(wire->master >= 0);
	assert_int_equal(grantpt(wire->master), 0);
	assert_int_equal(unlockpt(wire->master), 0);
	snprintf(text, sizeof(text), "serial:%s", ptsname(wire->master));
	assert_int_equal(device_parse(text, &device, &err), 0);
	if (link_open(&device, settings, link, &err) < 0)
		fail_msg("%s", err.text);
	wire->port = link->fd;
}

static void
check_wire(const char *path, const struct settings *settings,
    const char *want)
{
	static const size_t pieces[] = { 0, 1, 14 /* of a UART's FIFO */ };

	for (size_t i = 0; i < nitems(pieces); i++) {
		struct played played;
		struct cable wire;
		struct link link;

		wire_open(&wire, &link, settings);
		start(&played);
		played.wire = &wire;
		run(path, settings, pieces[i], &played);
		if (strcmp(played.events, want) != 0)
			fail_msg("%s through a pty in pieces of %zu:\n%s",
			    path, pieces[i], played.events);
		free(played.events);
		link_close(&link);
		close(wire.master);
	}
	wire_done[settings->driver - drivers] = true;
}

static void
test_through_a_pty_at_line_speed(void **state)
{
	(void)state;
	for_each(check_wire);
}

/* ---- damaged ------------------------------------------------------------------ */

enum harm {
	HARM_BYTE,    /* changed in half of its bits */
	HARM_BIT,     /* one of its bits, another in each place */
	HARM_DROPPED,
	HARM_DOUBLED,
	HARM_INSERTED, /* before it, a byte that looks like the start of it */
	HARMS,
};

/* What is harmed just now, for whoever reads that a test failed. */
static struct harmed_now {
	const char *path;
	size_t at;
	enum harm harm;
} harmed_now;

struct recording {
	const struct settings *settings;
	const char *path;
	size_t n;      /* entries */
	size_t nbytes; /* of them all */
	struct trace_entry *entries[ENTRIES_MAX];
};

static void
load(const char *path, const struct settings *settings, struct recording *r)
{
	struct err err = { .text = "" };
	FILE *file = fopen(path, "r");
	struct trace trace;
	int got = 1;

	assert_non_null(file);
	*r = (struct recording){ .settings = settings, .path = path };
	trace_use(&trace, file, path);
	while (got == 1) {
		assert_true(r->n < ENTRIES_MAX);
		r->entries[r->n] = malloc(sizeof(*r->entries[0]));
		got = trace_next(&trace, r->entries[r->n], &err);
		if (got == 1 && !r->entries[r->n]->is_line)
			r->nbytes += r->entries[r->n]->n;
		if (got == 1)
			r->n++;
	}
	if (got < 0)
		fail_msg("%s", err.text);
	free(r->entries[r->n]);
	trace_close(&trace);
}

static void
unload(struct recording *r)
{
	while (r->n > 0)
		free(r->entries[--r->n]);
}

/* Harms the byte at a place of an entry. */
static void
do_harm(struct trace_entry *entry, size_t at, enum harm harm)
{
	unsigned char *byte = entry->bytes + at;

	switch (harm) {
	case HARM_BYTE:
		*byte ^= 0x55;
		break;
	case HARM_BIT:
		*byte ^= (unsigned char)(1 << at % 8);
		break;
	case HARM_DROPPED:
		memmove(byte, byte + 1, --entry->n - at);
		break;
	case HARM_DOUBLED:
	case HARM_INSERTED:
		assert_true(entry->n < sizeof(entry->bytes));
		memmove(byte + 1, byte, entry->n++ - at);
		if (harm == HARM_INSERTED)
			*byte = entry->bytes[0];
		break;
	case HARMS:
		break;
	}
}

/* Plays it with one byte harmed, the damage_at-th from 1 on; 0: none. */
static void
run_harmed(const struct recording *r, size_t most, struct cable *wire,
    size_t damage_at, enum harm harm, struct played *played)
{
	const struct sink sink = { played_event, played_send, played };
	static struct trace_entry harmed;
	static struct intake intake;
	size_t seen = 0;

	start(played);
	played->wire = wire;
	if (wire != NULL)
		wire->us = 0;
	intake_init(&intake, r->settings, &sink);
	intake_start(&intake, 0);
	for (size_t i = 0; i < r->n && (most == 0 || i < most); i++) {
		const struct trace_entry *entry = r->entries[i];

		if (!entry->is_line && damage_at > seen &&
		    damage_at <= seen + entry->n) {
			harmed = *entry;
			do_harm(&harmed, damage_at - seen - 1, harm);
			entry = &harmed;
		}
		if (!entry->is_line)
			seen += r->entries[i]->n;
		assert_int_equal(play_entry(played, entry, 0, &intake), 0);
	}
	play_until(&intake, r->entries[r->n - 1]->at_ms + 20000);
	fclose(played->out);
}

/* Those whose frames have a sum: a damaged one is never a number. */
static bool
has_sum(const struct settings *settings)
{
	static const char *const names[] = { "gy-mcu90614", "gy-mcu90615",
		"cjmcu-90614", "gy-614v", "modbus", "tn9" };

	for (size_t i = 0; i < nitems(names); i++)
		if (strcmp(settings->driver->name, names[i]) == 0)
			return true;
	return false;
}

/* Fails by saying what was harmed. */
static void
holds(bool it_does, const char *promise)
{
	if (!it_does)
		fail_msg("%s, harm %d at %zu: not %s", harmed_now.path,
		    harmed_now.harm, harmed_now.at, promise);
}

/* Codes in packets have a sum: each that comes is one of the recording's. */
static void
known_codes_only(const struct played *played, const struct played *whole)
{
	for (char *at = played->events; (at = strstr(at, "scan qr ")) != NULL;
	    at++) {
		char line[EVENT_LINE_MAX + 1];

		snprintf(line, sizeof(line), "%.*s",
		    (int)strcspn(at, "\n"), at);
		holds(strstr(whole->events, line) != NULL,
		    "codes that were shown alone");
	}
}

/* Nothing that nobody measured: by the sum of a frame, and where there is
 * none, because one wrong sample cannot pass among others. */
static void
known_numbers_only(const struct settings *settings,
    const struct played *played, const struct played *whole)
{
	bool sum = has_sum(settings);

	holds(!sum || played->temps <= whole->temps, "as many numbers");
	/* One sample lost moves the median by a step. */
	holds(!sum || played->temps == 0 ||
	    (played->most_mc <= whole->most_mc + 100 &&
	    played->least_mc >= whole->least_mc - 100), "the same numbers");
	holds(settings->single != 0 || played->sound == 0 ||
	    whole->temps == 0 ||
	    (played->sound_most_mc <= whole->most_mc + 300 &&
	    played->sound_least_mc >= whole->least_mc - 300),
	    "numbers that were measured");
}

static void
check_one_harm(const struct recording *r, const struct played *whole,
    const struct played *played)
{
	/* Two frames may become one reading, or one two. */
	holds(played->scans <= whole->scans + 2, "as many scans");
	if (r->settings->driver->kind == DRIVER_SSI)
		known_codes_only(played, whole);
	known_numbers_only(r->settings, played, whole);
}

/*
 * Whether this byte gets this harm now. Each gets each; of the thousands that
 * a thermal camera sends, each of one frame gets one, and some of all of them
 * each. CHOT_LONG=1: each gets each.
 */
static bool
is_due(const struct recording *r, size_t nbytes, size_t at, enum harm harm)
{
	size_t step = nbytes / SOME_PLACES | 1, seen = 0, i = 0;

	if (nbytes <= ALL_BYTES || getenv("CHOT_LONG") != NULL)
		return true;
	while (i < r->n / 2)
		seen += r->entries[i++]->n;
	if (nbytes == r->nbytes && at > seen && at <= seen + r->entries[i]->n)
		return at % HARMS == harm;
	return at % step == harm % step;
}

/* Each byte of the first entries, 0 being all; by a pty where there is one. */
static void
harm_all(const struct recording *r, size_t most, struct cable *wire)
{
	struct played whole;
	size_t nbytes = 0;

	run_harmed(r, most, wire, 0, HARMS, &whole);
	for (size_t i = 0; i < r->n && (most == 0 || i < most); i++)
		nbytes += r->entries[i]->is_line ? 0 : r->entries[i]->n;
	for (size_t at = 1; at <= nbytes; at++)
		for (enum harm harm = 0; harm < HARMS; harm++) {
			struct played played;

			if (!is_due(r, nbytes, at, harm))
				continue;
			harmed_now = (struct harmed_now){ r->path, at, harm };
			run_harmed(r, most, wire, at, harm, &played);
			check_one_harm(r, &whole, &played);
			free(played.events);
		}
	free(whole.events);
}

static void
check_harmed(const char *path, const struct settings *settings,
    const char *want)
{
	struct recording r;
	struct cable wire;
	struct link link;

	(void)want;
	load(path, settings, &r);
	harm_all(&r, 0, NULL);
	damage_done[settings->driver - drivers] |= r.nbytes > 0;
	wire_open(&wire, &link, settings);
	harm_all(&r, WIRE_ENTRIES, &wire);
	link_close(&link);
	close(wire.master);
	unload(&r);
}

static void
test_harmed_in_every_byte(void **state)
{
	(void)state;
	for_each(check_harmed);
}

/* After the others: a driver without a recording is no driver. */
static void
test_every_driver_was_played(void **state)
{
	(void)state;
	assert_true(ndrivers <= DRIVERS_MAX);
	for (size_t i = 0; i < ndrivers; i++)
		if (!whole_done[i] || !damage_done[i] || !wire_done[i])
			fail_msg("%s: no recording in tests/traces",
			    drivers[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_of_every_recording),
		cmocka_unit_test(test_through_a_pty_at_line_speed),
		cmocka_unit_test(test_harmed_in_every_byte),
		cmocka_unit_test(test_every_driver_was_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
