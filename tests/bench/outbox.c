/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench outbox - how long a record takes to be on disk, and the chain to be
 * checked.
 *
 *   bench/outbox [RECORDS [DIR]]
 *
 * Each record is a body of 1,200 bytes, sealed and committed on its own with
 * synchronous=FULL, as the recorder does it; DIR (else the directory one is
 * in) should lie on the disk that is meant. Bytes are what the kernel was
 * told to write (/proc/self/io).
 */
#include "outbox.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BODY_BYTES 1200
#define RUN 1

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
fail(const struct err *err)
{
	fprintf(stderr, "bench: %s\n", err->text);
	exit(1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int64_t
written(void)
{
	FILE *io = fopen("/proc/self/io", "r");
	char line[128];
	int64_t bytes = 0;

	while (io != NULL && fgets(line, sizeof(line), io) != NULL)
		sscanf(line, "write_bytes: %" SCNd64, &bytes);
	if (io != NULL)
		fclose(io);
	return bytes;
}

static void
put_all(struct outbox *box, int count)
{
	double *times = calloc((size_t)count, sizeof(*times));
	int64_t before = written();
	char body[BODY_BYTES + 1];
	struct err err;

	for (int n = 1; n <= count; n++) {
		double start = now_ms();
		struct outbox_id id;

		snprintf(body, sizeof(body), "{\"n\":%d,\"x\":\"%0*d\"}", n,
		    BODY_BYTES - 40, n);
		if (outbox_put(box, RUN, n, body, 1634256000 + n, &id,
		    &err) < 0)
			fail(&err);
		times[n - 1] = now_ms() - start;
	}
	qsort(times, (size_t)count, sizeof(*times), compare);
	printf("put            p50 %.3f ms, p99 %.3f ms, worst %.1f ms\n",
	    times[count / 2], times[(int64_t)count * 99 / 100],
	    times[count - 1]);
	printf("written        %.1f KB a record\n",
	    (double)(written() - before) / count / 1024);
	free(times);
}

static void
remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

int
main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 20000;
	char dir[512], db[600], pub[600], key[600];
	struct outbox *box;
	struct err err = { 0 };
	struct stat st;
	double start;

	snprintf(dir, sizeof(dir), "%s/bench-outbox.XXXXXX",
	    argc > 2 ? argv[2] : ".");
	if (count < 1 || mkdtemp(dir) == NULL)
		return 1;
	snprintf(db, sizeof(db), "%s/outbox.db", dir);
	snprintf(pub, sizeof(pub), "%s/site.pub", dir);
	snprintf(key, sizeof(key), "%s/site.key", dir);
	if (seal_key_make(pub, key, &err) < 0 ||
	    (box = outbox_open(db, OUTBOX_WRITE, "BENCH", pub, &err)) == NULL)
		fail(&err);
	printf("outbox: %d records of %d bytes, each its own commit\n", count,
	    BODY_BYTES);
	put_all(box, count);
	start = now_ms();
	if (outbox_verify(box, &err) != count)
		fail(&err);
	printf("verify         %.1f s per million records\n",
	    (now_ms() - start) / count * 1e3);
	outbox_close(box);
	stat(db, &st);
	printf("file           %.2f KB a record\n",
	    (double)st.st_size / count / 1024);
	start = now_ms();
	box = outbox_open(db, OUTBOX_WRITE, "BENCH", pub, &err);
	if (box == NULL)
		fail(&err);
	printf("open to write  %.0f ms, with its checks\n", now_ms() - start);
	outbox_close(box);
	remove_dir(dir);
	return 0;
}
