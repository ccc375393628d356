/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench register - a large list in, then look-ups as the look-up child does
 * them (identity and plate, whole answers).
 *
 * Method: a CSV of ROWS statuses of invented numbers and one of as many
 * vehicles / 10 is written, imported in one transaction and timed; then LOOKS
 * look-ups, half of people who are listed, in an order that jumps over the
 * whole tree, each timed by CLOCK_MONOTONIC; the first tenth warms the cache
 * and is not counted.
 *
 * At the end what it costs to try a PIN, which is what unlocking waits for.
 *
 *   bench/register [ROWS [LOOKS]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "register.h"

#define NOW 1634886000
#define STEP 7919 /* a prime: visits numbers all over */
#define UNLOCKS 5
#define UNLOCK_LIMIT_S 3.0 /* a locked station: the officer waits for it */

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
die(const struct err *err)
{
	fprintf(stderr, "bench register: %s\n", err->text);
	exit(1);
}

static void
on_report(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "bench register: %s\n", line);
}

static void
write_lists(const char *dir, long rows)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/statuses.csv", dir);
	file = fopen(path, "w");
	fputs("id,status,since,ends,source\n", file);
	for (long i = 0; i < rows; i++)
		fprintf(file, "094%09ld,F%ld,2021-%02ld-%02ld,2021-12-%02ld,"
		    "station %ld\n", i * 2, i % 4, 1 + i % 10, 1 + i % 28,
		    1 + i % 31, i % 100);
	fclose(file);
	snprintf(path, sizeof(path), "%s/vehicles.csv", dir);
	file = fopen(path, "w");
	fputs("plate,kind,green_lane,wanted\n", file);
	for (long i = 0; i < rows / 10 && i < 100000; i++)
		fprintf(file, "83A%05ld,truck,%ld,0\n", i, i % 2);
	fclose(file);
}

static void
import(const char *dir, struct register_store *store,
    const struct register_key *key)
{
	char paths[2][128];
	struct register_file files[2] = { { .path = paths[0], .made_at = NOW },
	    { .path = paths[1], .made_at = NOW } };
	struct register_import what = { .files = files, .nfiles = 2,
	    .utc_offset_s = 7 * 3600, .now = NOW, .report = on_report };
	struct err err = { 0 };
	int64_t before = now_ns(), rows;
	double seconds;

	snprintf(paths[0], sizeof(paths[0]), "%s/statuses.csv", dir);
	snprintf(paths[1], sizeof(paths[1]), "%s/vehicles.csv", dir);
	rows = register_import_files(store, key, &what, &err);
	if (rows < 0)
		die(&err);
	seconds = (double)(now_ns() - before) / 1e9;
	printf("import   %" PRId64 " rows in %.1f s, %.0f rows/s\n", rows,
	    seconds, (double)rows / seconds);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
look(struct register_store *store, const struct register_key *key, long rows,
    long looks)
{
	int64_t *took = malloc((size_t)looks * sizeof(*took));
	struct register_answer answer;
	struct err err = { 0 };
	char identity[40], plate[16];
	long found = 0, counted = 0;

	for (long i = 0; i < looks; i++) {
		int64_t before;

		snprintf(identity, sizeof(identity), "VNM:PIN:094%09ld",
		    i * STEP % (rows * 2));
		snprintf(plate, sizeof(plate), "83A%05ld", i % 100000);
		before = now_ns();
		if (register_look(store, key, identity, plate, &answer,
		    &err) < 0)
			die(&err);
		if (i >= looks / 10)
			took[counted++] = now_ns() - before;
		found += strcmp(answer.status, "none") != 0;
	}
	qsort(took, (size_t)counted, sizeof(*took), compare);
	printf("look-up  %ld of %ld found; median %.3f ms, p99 %.3f ms, "
	    "worst %.3f ms\n", found, looks, (double)took[counted / 2] / 1e6,
	    (double)took[counted * 99 / 100] / 1e6,
	    (double)took[counted - 1] / 1e6);
	free(took);
}

/* A PIN is tried by hashing it: the rest of unlocking is two lines in a pipe
 * and a picture. */
static void
unlock(void)
{
	int64_t worst = 0;

	for (int i = 0; i < UNLOCKS; i++) {
		char hash[OFFICER_HASH_MAX];
		struct err err = { 0 };
		int64_t before = now_ns();

		if (officer_pin_hash("270451", hash, &err) < 0)
			die(&err);
		if (now_ns() - before > worst)
			worst = now_ns() - before;
	}
	printf("unlock   %.3f s for a PIN, the worst of %d; limit %.0f s\n",
	    (double)worst / 1e9, UNLOCKS, UNLOCK_LIMIT_S);
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "register.db", "register.db-wal",
	    "register.db-shm", "register.key", "statuses.csv", "vehicles.csv" };
	long rows = argc > 1 ? atol(argv[1]) : 1000000;
	long looks = argc > 2 ? atol(argv[2]) : 100000;
	char dir[] = "/tmp/chot-bench-XXXXXX", path[128];
	struct register_store *store;
	struct register_key key;
	struct rusage usage;
	struct err err = { 0 };
	struct stat st;

	if (rows < 10 || rows > 100000000 || looks < 100 || mkdtemp(dir) == NULL)
		return 64;
	printf("register of %ld statuses; %ld look-ups\n", rows, looks);
	write_lists(dir, rows);
	snprintf(path, sizeof(path), "%s/register.key", dir);
	if (register_key_make(path, &err) < 0 ||
	    register_key_load(path, &key, &err) < 0)
		die(&err);
	snprintf(path, sizeof(path), "%s/register.db", dir);
	store = register_open(path, true, &err);
	if (store == NULL)
		die(&err);
	import(dir, store, &key);
	register_close(store);
	store = register_open(path, false, &err);
	if (store == NULL || stat(path, &st) < 0)
		die(&err);
	printf("file     %.1f MB, %.1f bytes an entry\n",
	    (double)st.st_size / 1e6, (double)st.st_size / (double)rows);
	look(store, &key, rows, looks);
	register_close(store);
	getrusage(RUSAGE_SELF, &usage);
	printf("memory   %.1f MB at most\n", (double)usage.ru_maxrss / 1024);
	unlock();
	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	return 0;
}
