/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One owner, named to whoever comes second, and gone with its process. */
#include "base.h"

#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static int
setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/chot-lock.%d", (int)getpid());
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

/* Another process that has taken the lock when this returns. */
static pid_t
start_holder(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (lock_take(path, NULL) >= 0 && write(ends[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return pid;
}

static void
test_second_is_refused_and_told_who(void **state)
{
	struct err err = { 0 };
	char want[32];
	pid_t pid = start_holder();
	int fd;

	(void)state;
	assert_int_equal(lock_owner(path), pid);
	assert_int_equal(lock_take(path, &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	snprintf(want, sizeof(want), "process %d", (int)pid);
	assert_non_null(strstr(err.text, want));

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(lock_owner(path), 0);
	fd = lock_take(path, &err);
	assert_true(fd >= 0);
	close(fd);
}

static void
test_no_file_has_no_owner(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(lock_owner("/nonexistent/lock"), 0);
	assert_int_equal(lock_take("/nonexistent/lock", &err), -1);
	assert_int_equal(err.kind, ERR_SETUP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_is_refused_and_told_who),
		cmocka_unit_test(test_no_file_has_no_owner),
	};

	return cmocka_run_group_tests_name("lock", tests, setup, teardown);
}
