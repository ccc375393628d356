/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page that cannot be read, or that is used twice, is damage wherever it
 * lies, and however long the outbox is; one that is read again in the end is
 * none. The pages of a long one are looked at by a process of their own.
 */
#include "../../src/outbox/parts.h"

#include "../tools/careless.h"
#include "outbox_place.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN 7
#define AT 1634256000
#define PAGE 4096
#define LONG_RECORDS 1250 /* of 58,000 bytes: more than the start checks */
#define LONG_BYTES 58000
#define SHORT_RECORDS 600
#define SHORT_BYTES 2500
#define FREE_PAGES_AT 36  /* in the header: how many pages are free */
#define ANSWER_MS 60000

struct world {
	struct outbox_place at;
	struct outbox *box;
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	return outbox_place_make(&w->at, "/tmp/chot-pages.XXXXXX", &w->err);
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	outbox_close(w->box);
	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

static void
open_box(struct world *w)
{
	outbox_close(w->box);
	w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1", w->at.pub,
	    &w->err);
	if (w->box == NULL)
		fail_msg("%s", w->err.text);
}

static void
fill(struct world *w, int records, size_t bytes)
{
	char *body = malloc(bytes + 1);
	struct outbox_id id;

	memset(body, ' ', bytes);
	memcpy(body, "{}", 2);
	body[bytes] = '\0';
	careless_set(true);
	open_box(w);
	for (int n = 1; n <= records; n++)
		assert_int_equal(outbox_put(w->box, RUN, n, body, AT, &id,
		    &w->err), 0);
	outbox_close(w->box);
	careless_set(false);
	w->box = NULL;
	free(body);
}

/* ---- a disk with a bad sector ---------------------------------------------------------- */

/* SQLite calls back without an argument of ours. */
static struct {
	sqlite3_vfs *real;
	sqlite3_io_methods methods;
	const sqlite3_io_methods *below;
	int64_t bad_at;  /* a byte of it */
	int times;       /* that it is refused yet */
	int refused;
} disk;

static int
bad_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	if (disk.times > 0 && at <= disk.bad_at && disk.bad_at < at + n) {
		disk.times--;
		disk.refused++;
		return SQLITE_IOERR_READ;
	}
	return disk.below->xRead(file, out, n, at);
}

static int
bad_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
    int *out_flags)
{
	int code = disk.real->xOpen(disk.real, path, file, flags, out_flags);

	(void)vfs;
	if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0)
		return code;
	disk.below = file->pMethods;
	disk.methods = *disk.below;
	disk.methods.xRead = bad_read;
	file->pMethods = &disk.methods;
	return code;
}

static sqlite3_vfs bad_disk;

static void
disk_begin(void)
{
	disk.real = sqlite3_vfs_find(NULL);
	bad_disk = *disk.real;
	bad_disk.zName = "bad";
	bad_disk.xOpen = bad_open;
	bad_disk.pNext = NULL;
	disk.times = disk.refused = 0;
	assert_int_equal(sqlite3_vfs_register(&bad_disk, 1), SQLITE_OK);
}

static void
disk_end(struct world *w)
{
	disk.times = 0;
	outbox_close(w->box);
	w->box = NULL;
	assert_int_equal(sqlite3_vfs_unregister(&bad_disk), SQLITE_OK);
}

/* The whole chain, as the recorder walks it; what is told of it. */
static void
walk(struct world *w, char words[ERR_TEXT_MAX])
{
	int more = 1;

	words[0] = '\0';
	while (more > 0 && words[0] == '\0') {
		more = outbox_check(w->box, &w->err);
		outbox_notice(w->box, words);
	}
	assert_int_not_equal(more, -1);
}

/* A page that was bad once, or twice. */
static void
test_what_is_read_in_the_end_is_no_damage(void **state)
{
	struct world *w = *state;
	char words[ERR_TEXT_MAX];
	uint32_t epoch;

	fill(w, SHORT_RECORDS, SHORT_BYTES);
	for (int times = 1; times <= 2; times++) {
		disk_begin();
		open_box(w);
		epoch = outbox_epoch(w->box);
		disk.bad_at = 20 * PAGE;
		disk.times = times;
		walk(w, words);
		assert_string_equal(words, "");
		assert_int_equal(disk.refused, times);
		assert_int_equal(outbox_epoch(w->box), epoch);
		disk_end(w);
	}
}

static void
test_what_is_never_read_is_set_aside_and_salvaged(void **state)
{
	struct world *w = *state;
	char words[ERR_TEXT_MAX];
	struct outbox_found found;
	struct survey survey;
	struct outbox_id id;
	uint32_t epoch;

	fill(w, SHORT_RECORDS, SHORT_BYTES);
	disk_begin();
	open_box(w);
	epoch = outbox_epoch(w->box);
	disk.bad_at = 20 * PAGE;
	disk.times = INT_MAX;
	walk(w, words);
	assert_non_null(strstr(words, "set aside"));
	assert_int_not_equal(outbox_epoch(w->box), epoch);
	assert_in_range(disk.refused, 3, 10);
	/* The run goes on at once. */
	assert_int_equal(outbox_put(w->box, RUN, SHORT_RECORDS + 1, "{}", AT,
	    &id, &w->err), 0);
	assert_int_equal(id.seq, 1);
	assert_true(survey_begin(&survey, w->at.db, "ST-1"));
	while (survey_step(&survey) > 0)
		;
	found = survey.found;
	assert_int_equal(survey_end(&survey, &w->err), 0);
	assert_int_equal(outbox_aside(w->at.db, 1, words, sizeof(words)), true);
	assert_int_equal(outbox_found(words, &found), 0);
	assert_int_equal(found.saved + found.lost, SHORT_RECORDS);
	assert_true(found.saved > SHORT_RECORDS - 10);
	disk_end(w);
}

/* ---- many pages -------------------------------------------------------------------------- */

/* Free pages are counted wrongly: no record is touched, and each new one may
 * overwrite another. */
static void
spoil_free_pages(struct world *w)
{
	static const unsigned char wrong[4] = { 0, 0, 0, 1 };
	sqlite3 *db;
	int fd;

	assert_int_equal(sqlite3_open(w->at.db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM record WHERE seq < 9;"
	    " PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fd = open(w->at.db, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, wrong, sizeof(wrong), FREE_PAGES_AT),
	    sizeof(wrong));
	assert_int_equal(close(fd), 0);
}

static enum scrub_word
look(struct world *w, bool lets)
{
	struct pollfd told = { .events = POLLIN };
	struct scrub scrub;
	int pair[2];

	assert_int_equal(pipe(pair), 0);
	scrub_fork(&scrub, w->at.db, pair[0], pair[1]);
	close(pair[0]);
	close(pair[1]);
	assert_true(scrub.fd >= 0);
	open_box(w);
	if (lets)
		scrub_go(&scrub);
	else
		scrub_stop(&scrub);
	told.fd = scrub.fd;
	assert_int_equal(poll(&told, 1, ANSWER_MS), 1);
	return scrub_end(&scrub);
}

static void
test_many_pages_are_looked_at_beside(void **state)
{
	struct world *w = *state;
	char words[ERR_TEXT_MAX];
	struct scrub scrub;

	fill(w, 3, 100);
	scrub_fork(&scrub, w->at.db, -1, -1); /* the start itself does it */
	assert_int_equal(scrub.fd, -1);
	assert_false(scrub.due);
	unlink(w->at.db);

	fill(w, LONG_RECORDS, LONG_BYTES);
	assert_int_equal(look(w, true), SCRUB_WHOLE);
	outbox_close(w->box);
	w->box = NULL;
	/* One that is ended before it began says nothing. */
	spoil_free_pages(w);
	assert_int_equal(look(w, false), SCRUB_UNKNOWN);
	assert_int_equal(look(w, true), SCRUB_DAMAGED);
	walk(w, words); /* which no walk finds */
	assert_string_equal(words, "");
	outbox_close(w->box);
	w->box = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err);
	assert_non_null(w->box);
	assert_int_equal(outbox_verify(w->box, &w->err), -1);
}

static void
on_news(void *arg)
{
	(void)arg;
}

/* It is written down once both are known, chain and pages. */
static void
test_what_is_whole_is_written_down(void **state)
{
	struct world *w = *state;
	struct slices slices = { .path = w->at.db, .calls.news = on_news };
	int64_t records, at;
	int pair[2];

	fill(w, LONG_RECORDS, LONG_BYTES);
	assert_int_equal(pipe(pair), 0);
	scrub_fork(&slices.scrub, w->at.db, pair[0], pair[1]);
	close(pair[0]);
	close(pair[1]);
	open_box(w);
	slices.loop = loop_new(&w->err);
	slices.box = w->box;
	slices_begin(&slices);
	while (slices.checks || slices_scrub(&slices)) {
		assert_int_equal(outbox_checked(w->at.db, &records, &at), -1);
		assert_int_equal(loop_turn(slices.loop, ANSWER_MS, &w->err),
		    0);
	}
	assert_int_equal(outbox_checked(w->at.db, &records, &at), 0);
	assert_int_equal(records, LONG_RECORDS);
	slices_end(&slices);
	loop_free(slices.loop);
}

/* ---- a recorder with a long outbox ---------------------------------------------------------- */

static pid_t
serve(struct world *w, FILE **to, FILE **from)
{
	int in[2], out[2];
	pid_t pid;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		close(in[1]);
		close(out[0]);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		_exit(recorder_serve(w->at.db, "ST-1", w->at.pub, in[0], out[1],
		    &w->err) < 0);
	}
	close(in[0]);
	close(out[1]);
	*to = fdopen(in[1], "w");
	*from = fdopen(out[0], "r");
	setvbuf(*to, NULL, _IONBF, 0);
	return pid;
}

/* The next line that begins so. */
static void
hear(FILE *from, const char *begin, char line[512])
{
	do
		assert_non_null(fgets(line, 512, from));
	while (strncmp(line, begin, strlen(begin)) != 0);
}

static void
test_a_recorder_sets_aside_what_the_start_did_not_see(void **state)
{
	struct world *w = *state;
	char line[512];
	FILE *to, *from;
	int status;
	pid_t pid;

	fill(w, LONG_RECORDS, LONG_BYTES);
	spoil_free_pages(w);
	pid = serve(w, &to, &from);
	fprintf(to, "hello 1 7\n");
	hear(from, "notice outbox damaged", line);
	hear(from, "hello", line); /* a new epoch */
	fprintf(to, "put %d {}\n", LONG_RECORDS + 1);
	hear(from, "done", line);
	fclose(to);
	fclose(from);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* At the borders of what is fetched, before them, and at the file's end. */
static void
test_reading_backwards_gives_what_is_there(void **state)
{
	static const off_t places[] = { 0, PAGE, (1 << 20) - PAGE, 1 << 20,
		(2 << 20) - PAGE, (3 << 20) - PAGE, 3 << 20, 4 << 20 };
	struct world *w = *state;
	char plain[PAGE], back[PAGE];
	int fd;

	fill(w, SHORT_RECORDS * 2, SHORT_BYTES);
	fd = open(w->at.db, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t i = 0; i < nitems(places); i++) {
		ssize_t n = pread(fd, plain, PAGE, places[i]);

		assert_int_equal(files_read_backwards(fd, back, PAGE,
		    places[i]), n);
		assert_memory_equal(back, plain, (size_t)n);
	}
	close(fd);
	assert_int_equal(files_read_backwards(fd, back, PAGE, 0), -1);
}

int
main(void)
{
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		WITH_WORLD(test_what_is_read_in_the_end_is_no_damage),
		WITH_WORLD(test_what_is_never_read_is_set_aside_and_salvaged),
		WITH_WORLD(test_many_pages_are_looked_at_beside),
		WITH_WORLD(test_what_is_whole_is_written_down),
		WITH_WORLD(test_a_recorder_sets_aside_what_the_start_did_not_see),
		WITH_WORLD(test_reading_backwards_gives_what_is_there),
	};

	signal(SIGPIPE, SIG_IGN); /* as every command of ours */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
