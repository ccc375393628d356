/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench published - a large list published, put in force at a post, looked
 * up, and added to while it is looked up.
 *
 * Method: a CSV of ROWS statuses of invented numbers is made an edition and
 * signed, as chot-hub publish does; its pieces go to a post as chot-sync
 * hands them over, with every check and fsync. Then LOOKS look-ups (whole
 * answers, half of them found, in an order that jumps over the whole list),
 * each timed by CLOCK_MONOTONIC; the first tenth warms the cache and is not
 * counted. Then 100,000 rows change: another process brings that version
 * into force again and again, at a low priority, while this one looks up.
 *
 *   bench/published [ROWS [LOOKS]]
 */
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "register_published.h"

#define NOW 1634886000
#define STEP 7919 /* a prime: visits numbers all over */
#define PIECES_MAX 8192
#define CHANGES 100000

static char dir[] = "/tmp/chot-bench-XXXXXX";
static struct register_key key;
static struct register_signer signer;

static struct parcel {
	char *manifest;
	size_t manifest_len, count;
	char *pieces[PIECES_MAX];
	size_t lens[PIECES_MAX];
} whole, addition;

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
	fprintf(stderr, "bench published: %s\n", err->text);
	exit(1);
}

static void
on_report(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "bench published: %s\n", line);
}

static void
write_list(const char *path, long rows, long changed)
{
	FILE *file = fopen(path, "w");

	fputs("id,status,since,ends,source\n", file);
	for (long i = 0; i < rows; i++)
		fprintf(file, "%03ld%09ld,F%ld,2021-%02ld-%02ld,2021-12-%02ld,"
		    "station %ld\n", 1 + i * 2 / 1000000000,
		    i * 2 % 1000000000, (i + (i * 97 % rows < changed)) % 4,
		    1 + i % 10, 1 + i % 28, 1 + i % 31, i % 100);
	fclose(file);
}

static int
keep(void *arg, int64_t number, const void *bytes, size_t n, struct err *err)
{
	struct parcel *parcel = arg;

	(void)err;
	parcel->pieces[number] = malloc(n);
	memcpy(parcel->pieces[number], bytes, n);
	parcel->lens[number] = n;
	parcel->count++;
	return 0;
}

static void
publish(const char *csv, const char *below, int64_t version,
    const char *data_path, struct parcel *parcel)
{
	struct register_file file = { .path = csv };
	struct register_edition edition = { .files = &file, .nfiles = 1,
		.utc_offset_s = 7 * 3600, .chain = &below,
		.nchain = below != NULL, .report = on_report, .given = 31,
		.list = "statuses" };
	FILE *data = fopen(data_path, "w+");
	struct register_version v = { .version = version, .audience = "all",
		.source = "bench", .published = NOW - 60,
		.expires = NOW + 86400, .made_at = NOW - 60, .floors = "",
		.with = "" };
	int64_t before = now_ns();
	struct err err = { 0 };
	struct rusage usage;
	struct stat st;

	if (data == NULL || register_edition_make(&key, &edition, data,
	    &err) < 0)
		die(&err);
	v.from = edition.below > 0 ? version - 1 : 0;
	v.list = edition.list;
	v.check = edition.check;
	v.given = edition.given;
	v.rows = edition.rows;
	v.entries = edition.entries;
	parcel->manifest = register_version_sign(&v, &signer, data, keep,
	    parcel, &parcel->manifest_len, &err);
	if (parcel->manifest == NULL)
		die(&err);
	fstat(fileno(data), &st);
	fclose(data);
	getrusage(RUSAGE_SELF, &usage);
	printf("publish  %" PRId64 " of %" PRId64 " rows in %.1f s, %.1f MB "
	    "in %zu pieces; %ld MB of memory\n", edition.rows,
	    edition.entries, (double)(now_ns() - before) / 1e9,
	    (double)st.st_size / 1e6, parcel->count, usage.ru_maxrss / 1024);
}

static void
deliver(const struct parcel *parcel)
{
	struct register_intake_setup setup = { .state = dir, .now = NOW,
		.station = "ST-1" };
	struct err err = { 0 };
	struct register_intake *in = register_intake_open(&setup, &err);
	int ret;

	if (in == NULL)
		die(&err);
	ret = register_intake_piece(in, 0, parcel->manifest,
	    parcel->manifest_len, &err);
	for (size_t i = 0; ret == REGISTER_PIECE_MORE && i < parcel->count; i++)
		ret = register_intake_piece(in, 0, parcel->pieces[i],
		    parcel->lens[i], &err);
	if (ret < 0)
		die(&err);
	register_intake_close(in);
}

static double
disk_mb(void)
{
	char path[320], lists[64];
	double bytes = 0;
	struct dirent *entry;
	struct stat st;
	DIR *d;

	snprintf(lists, sizeof(lists), "%s/lists", dir);
	d = opendir(lists);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", lists, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			bytes += (double)st.st_size;
	}
	if (d != NULL)
		closedir(d);
	return bytes / 1e6;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
look(const char *what, long rows, long looks)
{
	int64_t *took = malloc((size_t)looks * sizeof(*took));
	struct register_answer answer;
	struct register_store *store;
	struct err err = { 0 };
	char text[96];
	long found = 0, counted = 0;

	snprintf(text, sizeof(text), "%s/register.db", dir);
	store = register_open(text, false, &err);
	if (store == NULL)
		die(&err);
	for (long i = 0; i < looks; i++) {
		int64_t number = (int64_t)i * STEP % (rows * 2), before;

		snprintf(text, sizeof(text), "VNM:PIN:%03" PRId64 "%09" PRId64,
		    1 + number / 1000000000, number % 1000000000);
		before = now_ns();
		if (register_look_at(store, &key, text, "", NOW, &answer,
		    &err) < 0)
			die(&err);
		if (i >= looks / 10)
			took[counted++] = now_ns() - before;
		found += strcmp(answer.status, "none") != 0;
	}
	register_close(store);
	qsort(took, (size_t)counted, sizeof(*took), compare);
	printf("%s  %ld of %ld found; median %.3f ms, p99 %.3f ms, worst "
	    "%.3f ms\n", what, found, looks, (double)took[counted / 2] / 1e6,
	    (double)took[counted * 99 / 100] / 1e6,
	    (double)took[counted - 1] / 1e6);
	free(took);
}

/* A file from the whole list on, so that the addition is news each time. */
static void
look_while_it_changes(long rows, long looks)
{
	char current[96];
	struct err err = { 0 };
	size_t n;
	char *text;
	pid_t pid;

	snprintf(current, sizeof(current), "%s/lists/current", dir);
	text = file_read(current, 4096, &n, &err);
	if (text == NULL)
		die(&err);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int64_t before = now_ns();
		int times = 0;

		setpriority(PRIO_PROCESS, 0, 10);
		for (; times < 10; times++) {
			deliver(&addition);
			if (times < 9 && file_write(current, text, n, 0600,
			    false, &err) < 0)
				die(&err);
		}
		printf("apply    %d changes in %.2f s\n", CHANGES,
		    (double)(now_ns() - before) / 1e9 / times);
		fflush(stdout);
		_exit(0);
	}
	look("meanwhile", rows, looks);
	waitpid(pid, NULL, 0);
	free(text);
}

static void
make_signer(void)
{
	char path[96], command[256];
	struct err err = { 0 };

	snprintf(command, sizeof(command), "mkdir -p %s/keys/publishers && "
	    "chot-hub sign-key %s/sign >/dev/null && cp %s/sign.pub "
	    "%s/keys/publishers/", dir, dir, dir, dir);
	snprintf(path, sizeof(path), "%s/sign.key", dir);
	if (system(command) != 0 ||
	    register_signer_load(path, &signer, &err) < 0)
		die(&err);
	snprintf(path, sizeof(path), "%s/register.key", dir);
	if (register_key_make(path, &err) < 0 ||
	    register_key_load(path, &key, &err) < 0)
		die(&err);
}

int
main(int argc, char **argv)
{
	long rows = argc > 1 ? atol(argv[1]) : 1000000;
	long looks = argc > 2 ? atol(argv[2]) : 100000;
	char csv[96], first[96], second[96];
	int64_t before;

	if (rows < 1000 || rows > 100000000 || looks < 100 ||
	    mkdtemp(dir) == NULL)
		return 64;
	make_signer();
	snprintf(csv, sizeof(csv), "%s/list.csv", dir);
	snprintf(first, sizeof(first), "%s/first", dir);
	snprintf(second, sizeof(second), "%s/second", dir);
	write_list(csv, rows, 0);
	publish(csv, NULL, 1, first, &whole);
	before = now_ns();
	deliver(&whole);
	printf("apply    %ld rows in %.1f s; %.1f MB on the post\n", rows,
	    (double)(now_ns() - before) / 1e9, disk_mb());
	look("look-up", rows, looks);
	write_list(csv, rows, CHANGES < rows / 10 ? CHANGES : rows / 10);
	publish(csv, first, 2, second, &addition);
	unlink(csv);
	look_while_it_changes(rows, looks);
	look("after", rows, looks);
	snprintf(csv, sizeof(csv), "rm -rf %s", dir);
	return system(csv) == 0 ? 0 : 1;
}
