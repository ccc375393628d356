/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each put is answered once and in order; nothing that comes in ends the
 * recorder, and what is refused is not stored.
 */
#include "../../src/outbox/parts.h"

#include "outbox_place.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct outbox_place at;
	char answers[96];
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	*state = w;
	if (outbox_place_make(&w->at, "/tmp/chot-recorder.XXXXXX", &w->err) < 0)
		return -1;
	snprintf(w->answers, sizeof(w->answers), "%s/answers", w->at.dir);
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

/* The recorder's standard error is not the test's. */
static void
quiet(void)
{
	int fd = open("/dev/null", O_WRONLY);

	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* All of input in, until its end; the answers, with the epoch as E. */
static char *
serve(struct world *w, const char *input, size_t len)
{
	char in_path[96], *text, *at;
	int in_fd, out_fd, status;
	size_t n;
	pid_t pid;

	snprintf(in_path, sizeof(in_path), "%s/input", w->at.dir);
	assert_int_equal(file_write(in_path, input, len, 0600, false, NULL), 0);
	pid = fork();
	if (pid == 0) {
		quiet();
		in_fd = open(in_path, O_RDONLY);
		out_fd = open(w->answers, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		_exit(recorder_serve(w->at.db, "ST-1", w->at.pub, in_fd, out_fd,
		    &w->err) < 0 ? err_exit_status(&w->err) : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	text = file_read(w->answers, 1 << 20, &n, NULL);
	assert_non_null(text);
	at = strstr(text, "hello 1 ");
	if (at != NULL) {
		char epoch[9];

		memcpy(epoch, at + 8, 8);
		epoch[8] = '\0';
		while ((at = strstr(text, epoch)) != NULL) {
			*at = 'E';
			memmove(at + 1, at + 8, strlen(at + 8) + 1);
		}
	}
	return text;
}

static void
test_answers(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "hello 1 1\n", "hello 1 E 0\n" },
		{ "hello 1 1\r\nput 1 {}\r\n",
		    "hello 1 E 0\ndone 1 ST-1/E/1\n" },
		{ "hello 1 1\nput 1 {}\n", /* a resend */
		    "hello 1 E 1\ndone 1 ST-1/E/1\n" },
		{ "hello 7 1 later words\nput 2 {\"a\":[1,2.5e-3]}\nput 3 {}\n",
		    "hello 1 E 1\ndone 2 ST-1/E/2\ndone 3 ST-1/E/3\n" },
		{ "put 1 {}\n", "fault 1 no hello yet\n" },
		{ "hello 1 1\nput 5 {}\nput 4 {}\n",
		    "hello 1 E 3\nfault 5 out of order\ndone 4 ST-1/E/4\n" },
		{ "hello 1 ffffffffffffffff\nput 1 {}\nhello 1 1\nput 4 {}\n",
		    "hello 1 E 0\ndone 1 ST-1/E/5\nhello 1 E 4\n"
		    "done 4 ST-1/E/4\n" },
		{ "hello 1 18446744073709551615\n", "hello 1 E 1\n" },
		{ "hello 1 xyz\nput 1 {}\n",
		    "fault 0 not a hello\nfault 1 no hello yet\n" },
		{ "hello\nwhat is this\n\nput\nok\n", "" },
		{ "hello 1 2\nput x {}\nput -1 {}\nput 0 {}\nput 1\n"
		    "put 99999999999999999999 {}\n",
		    "hello 1 E 0\nfault 0 record without a number\n"
		    "fault 0 record without a number\n"
		    "fault 0 record without a number\n"
		    "fault 1 record without a number\n"
		    "fault 0 record without a number\n" },
		{ "hello 1 2\nput 1 {\nput 1 \nput 1 [1]\nput 1 {} {}\n"
		    "put 1 \"\\u001b\"\nput 1 {\"a\":\"\xff\"}\n",
		    "hello 1 E 0\nfault 1 not a record\nfault 1 not a record\n"
		    "fault 1 not a record\nfault 1 not a record\n"
		    "fault 1 not a record\nfault 1 not a record\n" },
		{ "hello 1 2\nput 1 {}", "hello 1 E 0\n" }, /* cut off */
	};
	struct world *w = *state;

	for (size_t i = 0; i < nitems(cases); i++) {
		char *out = serve(w, cases[i].in, strlen(cases[i].in));

		assert_string_equal(out, cases[i].out);
		free(out);
	}
}

/* A put that was dropped for its length or a NUL is answered as well. */
static void
test_a_dropped_line_is_answered(void **state)
{
	static const char nul[] = "hello 1 1\nput 1 {\"a\":\"\0\"}\nput 1 {}\n";
	static const size_t lengths[] = { RECORD_BODY_MAX - 1, RECORD_BODY_MAX,
		RECORD_BODY_MAX + 1, RECORDER_LINE_MAX, 200000 };
	struct world *w = *state;
	char *out = serve(w, nul, sizeof(nul) - 1);

	assert_string_equal(out, "hello 1 E 0\nfault 1 record too long\n"
	    "done 1 ST-1/E/1\n");
	free(out);
	for (size_t i = 0; i < nitems(lengths); i++) {
		size_t len = lengths[i];
		char *in = malloc(len + 64), want[128];
		int n, put = (int)i < 2 ? (int)i + 2 : 4;

		n = sprintf(in, "hello 1 1\nput %d {", put);
		memset(in + n, ' ', len - 2);
		strcpy(in + n + len - 2, "}\n");
		out = serve(w, in, strlen(in));
		snprintf(want, sizeof(want), len <= RECORD_BODY_MAX ?
		    "hello 1 E %d\ndone %d ST-1/E/%d\n" :
		    "hello 1 E %d\nfault %d record too long\n", put - 1, put,
		    put);
		assert_string_equal(out, want);
		free(out);
		free(in);
	}
}

static void
test_bodies(void **state)
{
	static const struct {
		const char *text;
		bool object;
	} cases[] = {
		{ "{}", true }, { " {\t} ", true },
		{ "{\"a\":1,\"b\":[true,false,null,-0.5E+10,\"\\u00e9\"]}", true },
		{ "{\"a\":{\"b\":{}}}", true }, { "{\"\":\"ế\"}", true },
		{ "", false }, { "[]", false }, { "1", false },
		{ "{} x", false }, { "{}{}", false }, { "{", false },
		{ "{\"a\"}", false }, { "{\"a\":}", false },
		{ "{\"a\":1,}", false }, { "{,}", false },
		{ "{\"a\":01}", false }, { "{\"a\":1.}", false },
		{ "{\"a\":.5}", false }, { "{\"a\":1e}", false },
		{ "{\"a\":-}", false }, { "{\"a\":+1}", false },
		{ "{\"a\":tru}", false }, { "{'a':1}", false },
		{ "{\"a\":\"\\x\"}", false }, { "{\"a\":\"\\u12g4\"}", false },
		{ "{\"a\":\"\t\"}", false }, { "{\"a\":\"\xc3\"}", false },
		{ "{\"a\":\"\xed\xa0\x80\"}", false },
	};
	char deep[3 * 64 + 1] = "";

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (body_is_object(cases[i].text, strlen(cases[i].text)) !=
		    cases[i].object)
			fail_msg("%s", cases[i].text);
	for (int depth = 1; depth < 64; depth++) {
		sprintf(deep, "{\"a\":");
		memset(deep + 5, '[', (size_t)depth);
		memset(deep + 5 + depth, ']', (size_t)depth);
		strcpy(deep + 5 + 2 * depth, "}");
		assert_int_equal(body_is_object(deep, strlen(deep)),
		    depth + 1 <= 32);
	}
}

/* Whatever comes before it, a good record is taken. */
static void
test_noise_harms_nothing(void **state)
{
	static const char good[] = "\nhello 1 1\nput 1 {}\n";
	static const char want[] = "hello 1 E 0\ndone 1 ST-1/E/1\n";
	struct world *w = *state;
	char noise[4096 + sizeof(good)], *out;
	uint32_t seed = 1;

	for (size_t i = 0; i < 4096; i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (char)(seed >> 24);
	}
	memcpy(noise + 4096, good, sizeof(good));
	out = serve(w, noise, 4096 + sizeof(good) - 1);
	assert_string_equal(out, want);
	free(out);
}

static void
test_corpus(void **state)
{
	static const char folder[] = "tests/fuzz/corpus/recorder";
	DIR *dir = opendir(test_path("SRCDIR", folder));
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char name[400];
		size_t len;
		char *bytes;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		bytes = file_read(test_path("SRCDIR", name), 1 << 20, &len,
		    NULL);
		assert_non_null(bytes);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
		free(bytes);
		count++;
	}
	closedir(dir);
	assert_true(count >= 6);
}

/* ---- a recorder to talk with --------------------------------------------------------------- */

struct talk {
	pid_t pid;
	int to, from;
};

static void
start(struct world *w, struct talk *t)
{
	int in[2], out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	t->pid = fork();
	if (t->pid == 0) {
		quiet();
		close(in[1]);
		close(out[0]);
		_exit(recorder_serve(w->at.db, "ST-1", w->at.pub, in[0], out[1],
		    &w->err) < 0 ? err_exit_status(&w->err) : 0);
	}
	close(in[0]);
	close(out[1]);
	t->to = in[1];
	t->from = out[0];
}

static void
tell(struct talk *t, const char *line)
{
	assert_int_equal(write(t->to, line, strlen(line)), strlen(line));
	assert_int_equal(write(t->to, "\n", 1), 1);
}

/* The next line but for signs of life. */
static void
hear(struct talk *t, char line[256])
{
	do {
		size_t n = 0;

		while (n < 255 && read(t->from, line + n, 1) == 1 &&
		    line[n] != '\n')
			n++;
		line[n] = '\0';
	} while (strcmp(line, "ok") == 0);
}

static int
stop(struct talk *t)
{
	int status;

	close(t->to);
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	close(t->from);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Puts until something else than done comes. Returns its n. */
static int
put_until_fault(struct talk *t, int n, int max, char line[256])
{
	char put[3200];

	for (; n <= max; n++) {
		snprintf(put, sizeof(put), "put %d {\"x\":\"%03000d\"}", n, n);
		tell(t, put);
		hear(t, line);
		if (strncmp(line, "done ", 5) != 0)
			return n;
	}
	fail_msg("the disk was never full");
	return 0;
}

static int64_t
records(struct world *w)
{
	struct outbox *box = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL,
	    &w->err);
	int64_t count = outbox_verify(box, &w->err);

	outbox_close(box);
	return count;
}

static void
test_a_second_recorder_ends_and_says_why(void **state)
{
	struct world *w = *state;
	struct talk first, second;
	char line[256], want[64];

	start(w, &first);
	tell(&first, "hello 1 1");
	hear(&first, line);
	start(w, &second);
	hear(&second, line);
	snprintf(want, sizeof(want), "process %d", (int)first.pid);
	assert_int_equal(strncmp(line, "fault 0 ", 8), 0);
	assert_non_null(strstr(line, want));
	assert_int_equal(stop(&second), 75);
	tell(&first, "put 1 {}");
	hear(&first, line);
	assert_int_equal(strncmp(line, "done 1 ", 7), 0);
	assert_int_equal(stop(&first), 0);
}

static void
test_what_was_sent_is_stored_though_nobody_listens(void **state)
{
	struct world *w = *state;
	struct talk t;
	char line[256];
	int status;

	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	close(t.from);
	tell(&t, "put 1 {}");
	tell(&t, "put 2 {}");
	close(t.to);
	assert_int_equal(waitpid(t.pid, &status, 0), t.pid);
	assert_int_equal(status, 0);
	assert_int_equal(records(w), 2);
}

static void
test_a_signal_ends_it_after_what_was_sent(void **state)
{
	struct world *w = *state;
	struct talk t;
	char line[256];
	int status;

	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	kill(t.pid, SIGSTOP);
	for (int n = 1; n <= 20; n++) {
		snprintf(line, sizeof(line), "put %d {}", n);
		tell(&t, line);
	}
	kill(t.pid, SIGTERM);
	kill(t.pid, SIGCONT);
	assert_int_equal(waitpid(t.pid, &status, 0), t.pid);
	assert_int_equal(status, 0);
	assert_int_equal(records(w), 20);
	close(t.to);
	close(t.from);
}

static void
test_a_new_outbox_is_told(void **state)
{
	struct world *w = *state;
	struct talk t;
	char first[256], line[256];

	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, first);
	tell(&t, "put 1 {}");
	hear(&t, line);
	assert_int_equal(unlink(w->at.db), 0);
	tell(&t, "put 2 {}");
	hear(&t, line);
	assert_int_equal(strncmp(line, "notice ", 7), 0);
	hear(&t, line);
	assert_string_equal(line, "fault 2 outbox was removed");
	tell(&t, "put 2 {}");
	hear(&t, line);
	assert_int_equal(strncmp(line, "hello 1 ", 8), 0);
	assert_string_not_equal(line, first);
	hear(&t, line);
	assert_int_equal(strncmp(line, "done 2 ", 7), 0);
	assert_string_equal(strrchr(line, '/'), "/1");
	assert_int_equal(stop(&t), 0);
}

/* ---- a full disk ----------------------------------------------------------------------------- */

static void
test_a_file_that_may_not_grow(void **state)
{
	static const struct rlimit little = { 300000, RLIM_INFINITY },
	    enough = { RLIM_INFINITY, RLIM_INFINITY };
	struct world *w = *state;
	struct talk t;
	char line[256], want[64];
	int n;

	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	assert_int_equal(prlimit(t.pid, RLIMIT_FSIZE, &little, NULL), 0);
	n = put_until_fault(&t, 1, 1000, line);
	snprintf(want, sizeof(want), "fault %d disk full", n);
	assert_string_equal(line, want);
	put_until_fault(&t, n, 1000, line);
	assert_string_equal(line, want); /* still */
	assert_int_equal(prlimit(t.pid, RLIMIT_FSIZE, &enough, NULL), 0);
	snprintf(line, sizeof(line), "put %d {}", n);
	tell(&t, line);
	hear(&t, line);
	snprintf(want, sizeof(want), "done %d ", n);
	assert_int_equal(strncmp(line, want, strlen(want)), 0);
	assert_int_equal(stop(&t), 0);
	assert_int_equal(records(w), n);
}

static void
fill(const char *path, size_t n)
{
	char *zeros = calloc(1, n);

	assert_int_equal(file_write(path, zeros, n, 0600, false, NULL), 0);
	free(zeros);
}

/* A tmpfs of 1 MB with a file that fills half of it, if this user may
 * mount; it ends with the directory it is in. */
static void
small_disk(struct world *w, char filler[112])
{
	char disk[96];

	snprintf(disk, sizeof(disk), "%s/disk", w->at.dir);
	assert_int_equal(dir_make(disk, 0700, NULL), 0);
	if (mount("none", disk, "tmpfs", 0, "size=1m") != 0)
		skip();
	snprintf(w->at.db, sizeof(w->at.db), "%s/outbox.db", disk);
	snprintf(filler, 112, "%s/filler", disk);
	fill(filler, 500000);
}

static int
teardown_disk(void **state)
{
	struct world *w = *state;
	char disk[96];

	snprintf(disk, sizeof(disk), "%s/disk", w->at.dir);
	umount2(disk, MNT_DETACH);
	return teardown(state);
}

static void
test_a_full_disk(void **state)
{
	struct world *w = *state;
	char filler[112], line[256], want[64];
	struct talk t;
	int n;

	small_disk(w, filler);
	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	n = put_until_fault(&t, 1, 1000, line);
	snprintf(want, sizeof(want), "fault %d disk full", n);
	assert_string_equal(line, want);
	assert_int_equal(stop(&t), 0);
	start(w, &t); /* also on a full disk it starts */
	tell(&t, "hello 1 1");
	hear(&t, line);
	snprintf(want, sizeof(want), " %d", n - 1);
	assert_string_equal(strrchr(line, ' '), want);
	n = put_until_fault(&t, n, 1000, line);
	snprintf(want, sizeof(want), "fault %d disk full", n);
	assert_string_equal(line, want);
	assert_int_equal(unlink(filler), 0);
	snprintf(line, sizeof(line), "put %d {}", n);
	tell(&t, line);
	hear(&t, line);
	snprintf(want, sizeof(want), "done %d ", n);
	assert_int_equal(strncmp(line, want, strlen(want)), 0);
	assert_int_equal(stop(&t), 0);
	assert_int_equal(records(w), n);
}

static void
test_ballast_is_given_back(void **state)
{
	struct world *w = *state;
	char filler[112], ballast[128], line[256];
	struct talk t;
	int without, with;

	small_disk(w, filler);
	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	snprintf(ballast, sizeof(ballast), "%s.ballast", w->at.db);
	fill(ballast, 200000);
	with = put_until_fault(&t, 1, 1000, line);
	assert_int_equal(access(ballast, F_OK), -1);
	assert_int_equal(stop(&t), 0);
	unlink(w->at.db);
	snprintf(line, sizeof(line), "%s-wal", w->at.db);
	unlink(line); /* a full disk does not let it be emptied */
	unlink(filler);
	fill(filler, 700000);
	start(w, &t);
	tell(&t, "hello 1 1");
	hear(&t, line);
	without = put_until_fault(&t, 1, 1000, line);
	assert_true(with >= without + 10);
	assert_int_equal(stop(&t), 0);
}

int
main(void)
{
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define WITH_DISK(f) cmocka_unit_test_setup_teardown(f, setup, teardown_disk)
	static const struct CMUnitTest tests[] = {
		WITH_WORLD(test_answers),
		WITH_WORLD(test_a_dropped_line_is_answered),
		cmocka_unit_test(test_bodies),
		WITH_WORLD(test_noise_harms_nothing),
		cmocka_unit_test(test_corpus),
		WITH_WORLD(test_a_second_recorder_ends_and_says_why),
		WITH_WORLD(test_what_was_sent_is_stored_though_nobody_listens),
		WITH_WORLD(test_a_signal_ends_it_after_what_was_sent),
		WITH_WORLD(test_a_new_outbox_is_told),
		WITH_WORLD(test_a_file_that_may_not_grow),
		WITH_DISK(test_a_full_disk),
		WITH_DISK(test_ballast_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
