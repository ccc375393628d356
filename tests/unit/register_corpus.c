/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzer once found, and what it starts from, is survived. */
#include "base.h"

#include <dirent.h>

#include "test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); /* tests/fuzz */

#define FILE_MAX 65536
#ifndef CORPUS
#define CORPUS "tests/fuzz/corpus/register"
#define FILES 9
#endif

static void
replay(const char *dir, const char *name, bool cut)
{
	char path[4096];
	struct err err = { 0 };
	size_t n;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	bytes = file_read(path, FILE_MAX, &n, &err);
	if (bytes == NULL)
		fail_msg("%s", err.text);
	for (size_t len = cut ? 0 : n; len <= n; len++)
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
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
	    test_path("SRCDIR", CORPUS));
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		replay(folder, entry->d_name, true);
		files++;
	}
	closedir(dir);
	assert_true(files >= FILES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus_whole_and_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
