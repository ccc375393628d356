/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program that ends, hangs, floods or reads nothing harms nobody but
 * itself. Real short-lived children; each test waits at most ten seconds.
 */
#include "base.h"

#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_LINE_MAX 40

struct world {
	struct loop *loop;
	struct child *child;
	char log[4096];
	const char *until; /* stop when the log holds this */
	bool stop_inside;  /* and stop the child inside the callback */
	const char *send;  /* when it is alive */
	bool timed_out;
};

static void
note(struct world *w, const char *text)
{
	if (strlen(w->log) + strlen(text) + 2 < sizeof(w->log)) {
		strcat(w->log, text);
		strcat(w->log, "|");
	}
	if (w->until == NULL || strstr(w->log, w->until) == NULL)
		return;
	loop_stop(w->loop);
	if (w->stop_inside) {
		child_stop(w->child);
		w->child = NULL;
	}
}

static void
on_line(void *arg, char *line, size_t len)
{
	assert_int_equal(strlen(line), len);
	note(arg, line);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	static const char *const names[] = { "starting", "alive", "stale",
		"down" };
	struct world *w = arg;
	char text[300];

	if (state == CHILD_ALIVE && w->send != NULL)
		assert_int_equal(child_send(w->child, w->send, NULL), 0);
	snprintf(text, sizeof(text), "%s%s%s", names[state],
	    words[0] != '\0' ? ": " : "", words);
	note(w, text);
}

static void
on_timeout(void *arg)
{
	struct world *w = arg;

	w->timed_out = true;
	loop_stop(w->loop);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->loop = loop_new(NULL);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	child_stop(w->child);
	loop_free(w->loop);
	free(w);
	return 0;
}

static void
start(struct world *w, const char *script, int64_t stale_ms)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script,
		NULL };
	struct child_spec spec = { .name = "test", .argv = argv,
		.line_max = CHILD_LINE_MAX, .stale_ms = stale_ms, .restart_min_ms = 10,
		.restart_max_ms = 40, .on_line = on_line,
		.on_state = on_state, .arg = w };
	struct err err = { 0 };

	w->child = child_start(w->loop, &spec, &err);
	assert_non_null(w->child);
}

static void
run_until(struct world *w, const char *until)
{
	int timer = loop_at(w->loop, loop_now_ms(w->loop) + 10000, on_timeout,
	    w);

	w->until = until;
	if (strstr(w->log, until) == NULL)
		assert_int_equal(loop_run(w->loop, NULL), 0);
	loop_cancel(w->loop, timer);
	if (w->timed_out)
		fail_msg("no \"%s\" in \"%s\"", until, w->log);
}

static void
test_speaks_and_hears(void **state)
{
	struct world *w = *state;

	w->send = "hi there";
	start(w, "echo ready; read x; echo \"got $x\"; read y", 0);
	assert_true(child_pid(w->child) > 0);
	run_until(w, "got hi there");
	assert_string_equal(w->log, "alive|ready|got hi there|");
}

static void
test_last_words_are_heard_before_the_end(void **state)
{
	struct world *w = *state;

	start(w, "echo one; echo two; exit 3", 0);
	run_until(w, "down");
	assert_string_equal(w->log, "alive|one|two|down: ended with status 3|");
	assert_int_equal(child_pid(w->child), 0);
}

static void
test_is_started_again(void **state)
{
	struct world *w = *state;

	start(w, "echo x", 0);
	run_until(w, "starting|alive|x|down: ended with status 0|starting");
}

static void
test_a_kill_is_told(void **state)
{
	struct world *w = *state;

	start(w, "kill -9 $$", 0);
	run_until(w, "down: killed by signal 9");
}

static void
test_what_cannot_be_run_goes_down(void **state)
{
	struct world *w = *state;
	char *argv[] = { (char *)"/nonexistent/program", NULL };
	struct child_spec spec = { .name = "none", .argv = argv,
		.line_max = 20, .restart_min_ms = 10, .restart_max_ms = 10,
		.on_state = on_state, .arg = w };

	w->child = child_start(w->loop, &spec, NULL);
	assert_non_null(w->child);
	run_until(w, "down: /nonexistent/program cannot be run");
}

static void
test_silence_is_stale_and_ends_it(void **state)
{
	struct world *w = *state;

	/* Deaf to SIGTERM as well: SIGKILL must follow. */
	start(w, "trap '' TERM; echo x; while :; do read y; done", 50);
	run_until(w, "starting");
	assert_string_equal(w->log, "alive|x|stale: silent for 0 s|"
	    "down: silent for 0 s|starting|");
}

static void
test_too_long_lines_are_dropped(void **state)
{
	struct world *w = *state;

	start(w, "echo 12345678901234567890123456789012345678901; echo ok;"
	    "read x", 0);
	run_until(w, "ok");
	assert_string_equal(w->log, "alive|ok|");
}

static void
test_a_closed_output_ends_it(void **state)
{
	struct world *w = *state;

	start(w, "exec >&-; read x", 0);
	run_until(w, "down: closed its output");
}

static void
test_may_be_stopped_from_its_own_line(void **state)
{
	struct world *w = *state;

	w->stop_inside = true;
	start(w, "echo a; echo b; echo c; read x", 0);
	run_until(w, "a|");
	assert_string_equal(w->log, "alive|a|");
	assert_null(w->child);
}

static void
test_may_be_stopped_from_its_own_end(void **state)
{
	struct world *w = *state;

	w->stop_inside = true;
	start(w, "echo a", 0);
	run_until(w, "down");
	assert_null(w->child);
}

static void
test_may_be_stopped_when_stale(void **state)
{
	struct world *w = *state;

	w->stop_inside = true;
	start(w, "read x", 10);
	run_until(w, "stale");
	assert_null(w->child);
}

static void
test_a_slow_child_fills_a_bounded_queue(void **state)
{
	struct world *w = *state;
	static char line[60001];
	struct err err = { 0 };
	siginfo_t stopped;
	size_t queued = 0;

	/* It stops itself: however slow we are, it drains nothing. */
	memset(line, 'x', sizeof(line) - 1);
	start(w, "kill -STOP $$; echo woke; exec cat >/dev/null", 0);
	assert_int_equal(waitid(P_PID, (id_t)child_pid(w->child), &stopped,
	    WSTOPPED), 0);
	while (child_send(w->child, line, &err) == 0) {
		queued += sizeof(line);
		assert_true(queued < 2 * CHILD_QUEUE_MAX);
	}
	assert_int_equal(err.kind, ERR_RETRY);
	assert_true(queued > CHILD_QUEUE_MAX - sizeof(line));
	kill(child_pid(w->child), SIGCONT);
	run_until(w, "woke");
}

static void
test_a_line_cannot_hold_another(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };

	start(w, "read x", 0);
	assert_int_equal(child_send(w->child, "put 1\nput 2", &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

static void
test_nothing_is_sent_to_one_that_is_down(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };

	start(w, "exit 0", 0);
	run_until(w, "down");
	assert_int_equal(child_send(w->child, "x", &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
}

static void
test_one_that_reads_nothing_is_no_sigpipe(void **state)
{
	struct world *w = *state;

	w->send = "x";
	start(w, "exec <&-; echo a; exec sleep 0.05", 0);
	run_until(w, "down: ended with status 0");
}

static void
test_starts_with_default_signals_and_no_descriptors(void **state)
{
	struct world *w = *state;
	int fd = open("/dev/null", O_RDONLY); /* not O_CLOEXEC */
	unsigned long long ignored;
	sigset_t all;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	start(w, "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t';"
	    "ls /proc/self/fd | tr -d '\\n'; echo; read x", 0);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	run_until(w, "SigIgn");
	/* 3 is the directory that ls reads. */
	run_until(w, "0123|");
	assert_non_null(strstr(w->log, "SigBlk:0000000000000000"));
	/* What else is ignored was so before us: nohup, a shell's "&". */
	ignored = strtoull(strstr(w->log, "SigIgn:") + 7, NULL, 16);
	assert_false(ignored & 1ull << (SIGPIPE - 1));
	assert_false(ignored & 1ull << (SIGXFSZ - 1));
	close(fd);
}

/* Forks a parent that starts a child, tells its pid and is killed; gives a
 * descriptor of the child. */
static int
orphan(void)
{
	int ends[2], pidfd;
	pid_t parent, pid = 0;

	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		char *argv[] = { (char *)"/bin/sleep", (char *)"60", NULL };
		struct child_spec spec = { .name = "orphan", .argv = argv,
			.line_max = 20 };
		struct child *child = child_start(loop_new(NULL), &spec, NULL);

		pid = child_pid(child);
		if (write(ends[1], &pid, sizeof(pid)) == (ssize_t)sizeof(pid))
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &pid, sizeof(pid)), sizeof(pid));
	close(ends[0]);
	close(ends[1]);
	pidfd = pidfd_open(pid, 0);
	assert_true(pidfd >= 0);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	return pidfd;
}

static void
test_dies_with_its_parent(void **state)
{
	struct pollfd end = { .events = POLLIN };

	(void)state;
	/* Orphans come to us, so that none is left; qemu-user cannot do that,
	 * and the end is seen without. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	end.fd = orphan();
	/* By the signal, or by itself when the parent died before exec; but
	 * long before its minute is over. */
	assert_int_equal(poll(&end, 1, 10000), 1);
	close(end.fd);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void
test_stop_leaves_no_process(void **state)
{
	struct world *w = *state;
	pid_t pid;

	start(w, "echo a; read x", 0);
	run_until(w, "a|");
	pid = child_pid(w->child);
	child_stop(w->child);
	w->child = NULL;
	assert_int_equal(kill(pid, 0), -1);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_speaks_and_hears),
		TEST(test_last_words_are_heard_before_the_end),
		TEST(test_is_started_again),
		TEST(test_a_kill_is_told),
		TEST(test_what_cannot_be_run_goes_down),
		TEST(test_silence_is_stale_and_ends_it),
		TEST(test_too_long_lines_are_dropped),
		TEST(test_a_closed_output_ends_it),
		TEST(test_may_be_stopped_from_its_own_line),
		TEST(test_may_be_stopped_from_its_own_end),
		TEST(test_may_be_stopped_when_stale),
		TEST(test_a_slow_child_fills_a_bounded_queue),
		TEST(test_a_line_cannot_hold_another),
		TEST(test_nothing_is_sent_to_one_that_is_down),
		TEST(test_one_that_reads_nothing_is_no_sigpipe),
		TEST(test_starts_with_default_signals_and_no_descriptors),
		TEST(test_dies_with_its_parent),
		TEST(test_stop_leaves_no_process),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
