/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzers start from and once found, whole and cut, is survived. */
#include "base.h"

#include <dirent.h>

#include "test.h"

#ifndef CORPUS
#error "CORPUS names the folder of tests/fuzz/corpus"
#endif

#define FILE_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(const char *dir, const char *name)
{
	char path[4096];
	struct err err = { 0 };
	size_t n;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	bytes = file_read(path, FILE_MAX, &n, &err);
	if (bytes == NULL)
		fail_msg("%s", err.text);
	for (size_t len = 0; len <= n; len++) {
		/* Of the exact size, so that reading past it is found. */
		uint8_t *copy = malloc(len > 0 ? len : 1);

		assert_non_null(copy);
		memcpy(copy, bytes, len);
		LLVMFuzzerTestOneInput(copy, len);
		free(copy);
	}
	free(bytes);
}

static void
test_corpus_whole_and_cut_at_every_byte(void **state)
{
	char folder[4096];
	struct dirent *entry;
	int files = 0;
	DIR *dir;

	(void)state;
	snprintf(folder, sizeof(folder), "%s",
	    test_path("SRCDIR", "tests/fuzz/corpus/" CORPUS));
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		replay(folder, entry->d_name);
		files++;
	}
	closedir(dir);
	assert_true(files >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus_whole_and_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
