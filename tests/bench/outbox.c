/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench outbox - how long a record takes to be on disk, and the chain to be
 * checked.
 *
 *   bench/outbox [RECORDS [DIR [QUEUE]]]
 *
 * and, with a queue of QUEUE records (a million) in the same file: how long
 * opening takes with its checks, from memory and from the disk; how long a
 * recorder takes from its start until it knows that chain and pages are whole,
 * and how long records take that come in meanwhile; and how long a record takes to be
 * stored behind the queue.
 *
 * Each record is a body of 1,200 bytes, sealed and committed on its own with
 * synchronous=FULL, as the recorder does it; DIR (else the directory one is
 * in) should lie on the disk that is meant. Bytes are what the kernel was
 * told to write (/proc/self/io).
 */
#include "outbox.h"

#include "../tools/careless.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BODY_BYTES 1200
#define RUN 1
#define BEHIND 1000 /* stored behind a long queue */
#define WHOLE_LIMIT_S 5.0 /* for chain and pages of a million */

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
put(struct outbox *box, int n)
{
	char body[BODY_BYTES + 1];
	struct outbox_id id;
	struct err err;

	snprintf(body, sizeof(body), "{\"n\":%d,\"x\":\"%0*d\"}", n,
	    BODY_BYTES - 40, n);
	if (outbox_put(box, RUN, n, body, 1634256000 + n, &id, &err) < 0)
		fail(&err);
}

static void
put_all(struct outbox *box, int after, int count)
{
	double *times = calloc((size_t)count, sizeof(*times));
	int64_t before = written();

	for (int n = 1; n <= count; n++) {
		double start = now_ms();

		put(box, after + n);
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

static struct outbox *
open_box(const char *db, const char *pub)
{
	struct err err = { 0 };
	double start = now_ms();
	struct outbox *box = outbox_open(db, OUTBOX_WRITE, "BENCH", pub, &err);

	if (box == NULL)
		fail(&err);
	printf("open to write  %.0f ms, with its checks\n", now_ms() - start);
	return box;
}

/* So that the next one who reads it has it from the disk. */
static void
forget(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

/* From a recorder's start until it wrote down that all of it is whole, while a
 * record comes in every 50 ms. */
static void
whole_check(const char *db, const char *pub, int queue)
{
	int to[2], from[2], n = 0, status;
	double start = now_ms(), worst = 0, hello = 0;
	int64_t records = 0, at;
	struct err err;
	FILE *answers;
	char line[512];
	pid_t pid;

	if (pipe(to) != 0 || pipe(from) != 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		close(to[1]);
		close(from[0]);
		_exit(recorder_serve(db, "BENCH", pub, to[0], from[1],
		    &err) < 0);
	}
	close(to[0]);
	close(from[1]);
	answers = fdopen(from[0], "r");
	dprintf(to[1], "hello 1 2\n");
	if (fgets(line, sizeof(line), answers) != NULL)
		hello = now_ms() - start;
	while (outbox_checked(db, &records, &at) != 0) {
		double asked;

		usleep(50000);
		asked = now_ms();
		dprintf(to[1], "put %d {}\n", ++n);
		if (fgets(line, sizeof(line), answers) == NULL)
			break;
		worst = now_ms() - asked > worst ? now_ms() - asked : worst;
	}
	printf("start to hello %.0f ms, to the end of the check of %" PRId64
	    " records %.1f s (limit %.0f a million)\n", hello, records,
	    (now_ms() - start) / 1e3, WHOLE_LIMIT_S);
	printf("put meanwhile  worst of %d %.1f ms\n", n, worst);
	close(to[1]);
	fclose(answers);
	waitpid(pid, &status, 0);
	if (status != 0 || records < queue)
		exit(1);
}

static void
long_queue(const char *db, const char *pub, int had, int queue)
{
	struct outbox *box;
	struct stat st;
	struct err err;

	if (queue <= had)
		return;
	box = outbox_open(db, OUTBOX_WRITE, "BENCH", pub, &err);
	if (box == NULL)
		fail(&err);
	careless_set(true);
	for (int n = had + 1; n <= queue; n++)
		put(box, n);
	outbox_close(box);
	careless_set(false);
	forget(db);
	stat(db, &st);
	printf("\na queue of %d records, %.1f GB; from the disk:\n", queue,
	    (double)st.st_size / 1e9);
	outbox_close(open_box(db, pub));
	forget(db);
	printf("the recorder, from the disk:\n");
	whole_check(db, pub, queue);
	printf("from memory:\n");
	box = open_box(db, pub);
	put_all(box, queue, BEHIND);
	outbox_close(box);
}

int
main(int argc, char **argv)
{
	int queue = argc > 3 ? atoi(argv[3]) : 1000000;
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
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN); /* as every command of ours */
	snprintf(db, sizeof(db), "%s/outbox.db", dir);
	snprintf(pub, sizeof(pub), "%s/site.pub", dir);
	snprintf(key, sizeof(key), "%s/site.key", dir);
	if (seal_key_make(pub, key, &err) < 0 ||
	    (box = outbox_open(db, OUTBOX_WRITE, "BENCH", pub, &err)) == NULL)
		fail(&err);
	printf("outbox: %d records of %d bytes, each its own commit\n", count,
	    BODY_BYTES);
	put_all(box, 0, count);
	start = now_ms();
	if (outbox_verify(box, &err) != count)
		fail(&err);
	printf("verify         %.1f s per million records, chain and pages"
	    " (limit %.0f)\n", (now_ms() - start) / count * 1e3,
	    WHOLE_LIMIT_S);
	outbox_close(box);
	stat(db, &st);
	printf("file           %.2f KB a record\n",
	    (double)st.st_size / count / 1024);
	outbox_close(open_box(db, pub));
	long_queue(db, pub, count, queue);
	remove_dir(dir);
	return 0;
}
