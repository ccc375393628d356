/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each recording of tests/traces gives the events beside it, however its
 * bytes arrive; damaged in any byte, it gives no number nobody measured. */
#include "test.h"

#include <dirent.h>

#include "reader_play.h"

#define DAMAGED_MAX 6000 /* bytes: longer ones are not played that often */

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
}

static void
test_events_of_every_recording(void **state)
{
	(void)state;
	for_each(check_pieces);
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

static void
check_damaged(const char *path, const struct settings *settings,
    const char *want)
{
	struct played whole;

	(void)want;
	start(&whole);
	run(path, settings, 0, &whole);
	for (size_t at = 1; at <= whole.seen && whole.seen < DAMAGED_MAX;
	    at++) {
		struct played played;

		start(&played);
		played.damage_at = at;
		run(path, settings, 0, &played);
		/* Two frames may become one reading, or one two. */
		assert_true(played.scans <= whole.scans + 2);
		if (has_sum(settings)) {
			assert_true(played.temps <= whole.temps);
			/* One sample lost moves the median by a step. */
			assert_true(played.temps == 0 ||
			    (played.most_mc <= whole.most_mc + 100 &&
			    played.least_mc >= whole.least_mc - 100));
		}
		free(played.events);
	}
	free(whole.events);
}

static void
test_damaged_in_every_byte(void **state)
{
	(void)state;
	for_each(check_damaged);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_of_every_recording),
		cmocka_unit_test(test_damaged_in_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
