/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each recording of tests/traces gives the events beside it, however its
 * bytes arrive, and through a pty at the speed of its line; damaged in any
 * byte, it gives no number nobody measured. Each driver has a recording. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>

#include "reader_play.h"

#define LONG_BYTES 6000 /* such recordings are not damaged to their end */
#define LONG_ENTRIES 2
#define WIRE_ENTRIES 2 /* a pty takes its time: each layout once */
#define DRIVERS_MAX 64

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
wire_open(struct wire *wire, struct link *link,
    const struct settings *settings)
{
	struct device device;
	struct err err = { .text = "" };
	char text[128];

	*wire = (struct wire){ .master = posix_openpt(O_RDWR | O_NOCTTY),
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
		struct wire wire;
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

/* Codes in packets have a sum: each that comes is one of the recording's. */
static void
known_codes_only(const char *path, const struct played *played,
    const struct played *whole)
{
	for (char *at = played->events; (at = strstr(at, "scan qr ")) != NULL;
	    at++) {
		char line[EVENT_LINE_MAX + 1];

		snprintf(line, sizeof(line), "%.*s",
		    (int)strcspn(at, "\n"), at);
		if (strstr(whole->events, line) == NULL)
			fail_msg("%s damaged at %zu: %s", path,
			    played->damage_at, line);
	}
}

static void
check_one_damage(const char *path, const struct settings *settings,
    const struct played *whole, const struct played *played)
{
	/* Two frames may become one reading, or one two. */
	assert_true(played->scans <= whole->scans + 2);
	if (settings->driver->kind == DRIVER_SSI)
		known_codes_only(path, played, whole);
	if (!has_sum(settings))
		return;
	assert_true(played->temps <= whole->temps);
	/* One sample lost moves the median by a step. */
	assert_true(played->temps == 0 ||
	    (played->most_mc <= whole->most_mc + 100 &&
	    played->least_mc >= whole->least_mc - 100));
}

/* Each byte of the first entries, 0 being all; by a pty where there is one. */
static size_t
damage(const char *path, const struct settings *settings, size_t most,
    struct wire *wire)
{
	struct played whole;
	size_t seen;

	start(&whole);
	whole.most = most;
	run(path, settings, 0, &whole);
	for (size_t at = 1; at <= whole.seen; at++) {
		struct played played;

		start(&played);
		played.damage_at = at;
		played.most = most;
		played.wire = wire;
		if (wire != NULL)
			wire->us = 0;
		run(path, settings, 0, &played);
		check_one_damage(path, settings, &whole, &played);
		free(played.events);
	}
	seen = whole.seen;
	free(whole.events);
	return seen;
}

static void
check_damaged(const char *path, const struct settings *settings,
    const char *want)
{
	struct played whole;
	struct wire wire;
	struct link link;
	bool is_long;

	(void)want;
	start(&whole);
	run(path, settings, 0, &whole);
	is_long = whole.seen > LONG_BYTES;
	free(whole.events);
	damage_done[settings->driver - drivers] |=
	    damage(path, settings, is_long ? LONG_ENTRIES : 0, NULL) > 0;
	if (is_long)
		return;
	wire_open(&wire, &link, settings);
	damage(path, settings, WIRE_ENTRIES, &wire);
	link_close(&link);
	close(wire.master);
}

static void
test_damaged_in_every_byte(void **state)
{
	(void)state;
	for_each(check_damaged);
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
		cmocka_unit_test(test_damaged_in_every_byte),
		cmocka_unit_test(test_every_driver_was_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
