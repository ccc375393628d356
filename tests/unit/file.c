/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small file is there whole, as it was or as it is now. */
#include "base.h"

#include "test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static const char *
in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/chot-file.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void
test_comes_back(void **state)
{
	struct err err = { 0 };
	size_t len = 0;
	struct stat st;
	char *got;

	(void)state;
	assert_int_equal(file_write(in_dir("a"), "a\0b", 3, 0600, true, &err),
	    0);
	got = file_read(in_dir("a"), 3, &len, &err);
	assert_non_null(got);
	assert_int_equal(len, 3);
	assert_memory_equal(got, "a\0b\0", 4);
	free(got);
	assert_int_equal(stat(in_dir("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(in_dir("a.part"), F_OK), -1);
}

static void
test_longer_than_a_step(void **state)
{
	static char big[100000];
	size_t len = 0;
	char *got;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(file_write(in_dir("big"), big, sizeof(big), 0600,
	    false, NULL), 0);
	got = file_read(in_dir("big"), sizeof(big), &len, NULL);
	assert_non_null(got);
	assert_int_equal(len, sizeof(big));
	assert_memory_equal(got, big, sizeof(big));
	free(got);
}

static void
test_too_large_is_refused_whole(void **state)
{
	struct err err = { 0 };
	size_t len = 0;
	char *got;

	(void)state;
	file_write(in_dir("a"), "1234", 4, 0600, false, NULL);
	assert_null(file_read(in_dir("a"), 3, &len, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	/* A file that never ends is no trap either. */
	assert_null(file_read("/dev/zero", 10000, &len, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	/* Nor is one that never begins. */
	assert_int_equal(mkfifo(in_dir("pipe"), 0600), 0);
	assert_null(file_read(in_dir("pipe"), 10, &len, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	got = file_read("/dev/null", 0, &len, &err);
	assert_non_null(got);
	assert_int_equal(len, 0);
	free(got);
}

static void
test_failures_have_their_kind(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(file_read(in_dir("none"), 10, NULL, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_non_null(strstr(err.text, "none"));
	assert_int_equal(file_write(in_dir("no/dir"), "", 0, 0600, false,
	    &err), -1);
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_null(file_read(dir, 10, NULL, &err)); /* EISDIR */
	assert_int_equal(err.kind, ERR_SETUP);
}

static void
test_a_link_in_the_way_is_not_followed(void **state)
{
	struct err err = { 0 };

	(void)state;
	file_write(in_dir("old"), "old", 3, 0600, false, NULL);
	assert_int_equal(symlink("/dev/full", in_dir("old.part")), 0);
	assert_int_equal(file_write(in_dir("old"), "new", 3, 0600, false,
	    &err), 0);
	assert_int_equal(access(in_dir("old.part"), F_OK), -1);
}

static void
test_a_failed_write_keeps_the_old_file(void **state)
{
	struct err err = { 0 };
	char *got;

	(void)state;
	file_write(in_dir("kept"), "old", 3, 0600, false, NULL);
	mkdir(in_dir("kept.part"), 0700);
	assert_int_equal(file_write(in_dir("kept"), "new", 3, 0600, false,
	    &err), -1);
	got = file_read(in_dir("kept"), 10, NULL, &err);
	assert_non_null(got);
	assert_string_equal(got, "old");
	free(got);
}

static void
test_directories_with_parents(void **state)
{
	struct err err = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(dir_make(in_dir("x/y//z/"), 0700, &err), 0);
	assert_int_equal(stat(in_dir("x/y/z"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(dir_make(in_dir("x/y/z"), 0700, &err), 0);
	assert_int_equal(dir_make("/", 0700, &err), 0);
	assert_int_equal(dir_make("", 0700, &err), -1);
	file_write(in_dir("plain"), "", 0, 0600, false, NULL);
	assert_int_equal(dir_make(in_dir("plain"), 0700, &err), -1);
	assert_int_equal(dir_make(in_dir("plain/x"), 0700, &err), -1);
}

/* Beyond every buffer on its way, and empty. */
static void
test_what_is_printed_into_memory_is_whole(void **state)
{
	char *text;
	size_t n;
	FILE *out = mem_stream(&text, &n);

	(void)state;
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "");
	free(text);
	out = mem_stream(&text, &n);
	for (int i = 0; i < 100000; i++)
		fprintf(out, "%06d\n", i);
	fflush(out);
	assert_int_equal(n, 700000);
	fprintf(out, "%06d\n", 100000);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), 700007);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(atoi(text + 7 * i), i);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_longer_than_a_step),
		cmocka_unit_test(test_too_large_is_refused_whole),
		cmocka_unit_test(test_failures_have_their_kind),
		cmocka_unit_test(test_a_link_in_the_way_is_not_followed),
		cmocka_unit_test(test_a_failed_write_keeps_the_old_file),
		cmocka_unit_test(test_directories_with_parents),
		cmocka_unit_test(test_what_is_printed_into_memory_is_whole),
	};

	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
