/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything happens once, in order, and callbacks may rearrange it all. */
#include "base.h"

#include "test.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct world {
	struct loop *loop;
	char log[128];
	int pipe[2], other[2];
	int timer;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->loop = loop_new(NULL);
	*state = w;
	return pipe(w->pipe) != 0 || pipe(w->other) != 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	loop_free(w->loop);
	for (int i = 0; i < 2; i++) {
		close(w->pipe[i]);
		close(w->other[i]);
	}
	free(w);
	return 0;
}

static void
say_a(void *arg)
{
	strcat(((struct world *)arg)->log, "a");
}

static void
say_b(void *arg)
{
	strcat(((struct world *)arg)->log, "b");
}

static void
say_c(void *arg)
{
	strcat(((struct world *)arg)->log, "c");
}

static void
turn(struct world *w)
{
	struct err err = { 0 };

	assert_int_equal(loop_turn(w->loop, 0, &err), 0);
}

static void
test_timers_fire_by_time_and_then_by_age(void **state)
{
	struct world *w = *state;
	int64_t now_ms = loop_now_ms(w->loop);

	loop_at(w->loop, now_ms, say_b, w);
	loop_at(w->loop, now_ms - 5, say_a, w);
	loop_at(w->loop, now_ms, say_c, w);
	loop_at(w->loop, now_ms + 1000000, say_a, w);
	turn(w);
	assert_string_equal(w->log, "abc");
	turn(w);
	assert_string_equal(w->log, "abc");
}

static void
test_cancel(void **state)
{
	struct world *w = *state;
	int64_t now_ms = loop_now_ms(w->loop);
	int id = loop_at(w->loop, now_ms, say_a, w);

	assert_true(id > 0);
	loop_at(w->loop, now_ms, say_b, w);
	loop_cancel(w->loop, id);
	loop_cancel(w->loop, id);
	loop_cancel(w->loop, 0);
	loop_cancel(w->loop, 12345);
	turn(w);
	assert_string_equal(w->log, "b");
}

static void
cancel_the_other(void *arg)
{
	struct world *w = arg;

	strcat(w->log, "x");
	loop_cancel(w->loop, w->timer);
}

static void
test_a_timer_may_cancel_one_that_is_due(void **state)
{
	struct world *w = *state;
	int64_t now_ms = loop_now_ms(w->loop);

	loop_at(w->loop, now_ms - 1, cancel_the_other, w);
	w->timer = loop_at(w->loop, now_ms, say_a, w);
	turn(w);
	turn(w);
	assert_string_equal(w->log, "x");
}

static void
again(void *arg)
{
	struct world *w = arg;

	strcat(w->log, "r");
	loop_at(w->loop, loop_now_ms(w->loop), again, w);
}

static void
test_a_timer_that_rearms_itself_fires_once_a_turn(void **state)
{
	struct world *w = *state;

	loop_at(w->loop, loop_now_ms(w->loop), again, w);
	turn(w);
	assert_string_equal(w->log, "r");
	turn(w);
	assert_string_equal(w->log, "rr");
}

static void
stop(void *arg)
{
	loop_stop(((struct world *)arg)->loop);
}

static void
test_run_waits_for_a_timer(void **state)
{
	struct world *w = *state;
	int64_t start_ms = loop_now_ms(w->loop);

	loop_at(w->loop, start_ms + 20, stop, w);
	assert_int_equal(loop_run(w->loop, NULL), 0);
	assert_true(loop_now_ms(w->loop) - start_ms >= 20);
}

/* A reader whose first word nobody takes stops before its loop has begun. */
static void
test_a_stop_before_the_run_counts_once(void **state)
{
	struct world *w = *state;
	int64_t start_ms = loop_now_ms(w->loop);

	loop_at(w->loop, start_ms + 20, stop, w);
	loop_stop(w->loop);
	assert_int_equal(loop_run(w->loop, NULL), 0);
	assert_true(loop_now_ms(w->loop) - start_ms < 20);
	assert_int_equal(loop_run(w->loop, NULL), 0);
	assert_true(loop_now_ms(w->loop) - start_ms >= 20);
}

static void
on_fd(void *arg, int fd, short revents)
{
	struct world *w = arg;
	char byte = '?';

	assert_true(revents & POLLIN);
	assert_int_equal(read(fd, &byte, 1), 1);
	strncat(w->log, &byte, 1);
}

static void
test_descriptors(void **state)
{
	struct world *w = *state;

	assert_int_equal(loop_watch(w->loop, w->pipe[0], POLLIN, on_fd, w,
	    NULL), 0);
	turn(w);
	assert_string_equal(w->log, "");
	assert_int_equal(write(w->pipe[1], "12", 2), 2);
	turn(w);
	turn(w);
	assert_string_equal(w->log, "12");
	assert_int_equal(write(w->pipe[1], "3", 1), 1);
	loop_watch(w->loop, w->pipe[0], 0, on_fd, w, NULL);
	turn(w);
	assert_string_equal(w->log, "12");
	loop_drop(w->loop, w->pipe[0]);
	loop_drop(w->loop, w->pipe[0]);
	turn(w);
	assert_string_equal(w->log, "12");
	assert_int_equal(loop_watch(w->loop, -1, POLLIN, on_fd, w, NULL), -1);
}

/* Closes the other pipe and opens a new watch that may get its number. */
static void
swap(void *arg, int fd, short revents)
{
	struct world *w = arg;
	int mine = fd == w->pipe[0];
	int *theirs = mine ? w->other : w->pipe;

	(void)revents;
	strcat(w->log, "s");
	loop_drop(w->loop, fd);
	loop_drop(w->loop, theirs[0]);
	close(theirs[0]);
	theirs[0] = dup(fd);
	loop_watch(w->loop, theirs[0], POLLOUT, swap, w, NULL);
}

static void
test_a_reused_number_does_not_get_old_news(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->pipe[0], POLLIN, swap, w, NULL);
	loop_watch(w->loop, w->other[0], POLLIN, swap, w, NULL);
	assert_int_equal(write(w->pipe[1], "1", 1), 1);
	assert_int_equal(write(w->other[1], "1", 1), 1);
	turn(w);
	assert_string_equal(w->log, "s");
}

static void
test_news_come_before_a_timeout(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->pipe[0], POLLIN, on_fd, w, NULL);
	loop_at(w->loop, loop_now_ms(w->loop), say_a, w);
	assert_int_equal(write(w->pipe[1], "1", 1), 1);
	turn(w);
	assert_string_equal(w->log, "1a");
}

static void
on_signal(void *arg, int signo)
{
	sprintf(((struct world *)arg)->log, "signal %d", signo);
}

static void
test_signals(void **state)
{
	struct world *w = *state;

	assert_int_equal(loop_signal(w->loop, SIGUSR1, on_signal, w, NULL), 0);
	assert_int_equal(loop_signal(w->loop, SIGUSR2, NULL, NULL, NULL), 0);
	raise(SIGUSR2); /* only blocked: would end us otherwise */
	turn(w);
	assert_string_equal(w->log, "");
	raise(SIGUSR1);
	turn(w);
	assert_int_equal(atoi(w->log + 7), SIGUSR1);
}

static void
test_wall(void **state)
{
	struct world *w = *state;
	int64_t real = loop_wall(w->loop);

	assert_true(real > 1600000000);
	loop_set_wall(w->loop, 1634230800);
	assert_int_equal(loop_wall(w->loop), 1634230800);
	turn(w);
	assert_in_range(loop_wall(w->loop), 1634230800, 1634230860);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_timers_fire_by_time_and_then_by_age),
		TEST(test_cancel),
		TEST(test_a_timer_may_cancel_one_that_is_due),
		TEST(test_a_timer_that_rearms_itself_fires_once_a_turn),
		TEST(test_run_waits_for_a_timer),
		TEST(test_a_stop_before_the_run_counts_once),
		TEST(test_descriptors),
		TEST(test_a_reused_number_does_not_get_old_news),
		TEST(test_news_come_before_a_timeout),
		TEST(test_signals),
		TEST(test_wall),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
