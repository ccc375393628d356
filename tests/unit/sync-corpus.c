/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The corpus of a fuzz target of the room sync, replayed; CORPUS names it. */
#include "test.h"

#include "base.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
test_the_corpus_is_taken_or_refused(void **state)
{
	const char *dir = test_path("SRCDIR", "tests/fuzz/corpus/" CORPUS);
	char path[8192];
	DIR *files = opendir(dir);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(files);
	while ((entry = readdir(files)) != NULL) {
		size_t len;
		char *bytes;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		bytes = file_read(path, 1 << 20, &len, NULL);
		assert_non_null(bytes);
		/* Cut anywhere as well. */
		for (size_t n = 0; n <= len; n++)
			LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
		free(bytes);
		count++;
	}
	closedir(files);
	assert_true(count > 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_corpus_is_taken_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
