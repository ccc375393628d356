/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzers start from, and what they once found, in every build. */
#include "test.h"

#include <dirent.h>

#include "base.h"

#define LLVMFuzzerTestOneInput fuzz_ascii
#include "../fuzz/ascii.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_conf
#include "../fuzz/conf.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_device
#include "../fuzz/device.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_frame
#include "../fuzz/frame.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_guess
#include "../fuzz/guess.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_thermometer
#include "../fuzz/thermometer.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_trace
#include "../fuzz/trace.c"
#undef LLVMFuzzerTestOneInput

static void
test_corpora_are_survived(void **state)
{
	static const struct {
		const char *name;
		int (*fn)(const uint8_t *data, size_t size);
	} targets[] = {
		{ "ascii", fuzz_ascii }, { "conf", fuzz_conf },
		{ "device", fuzz_device }, { "frame", fuzz_frame },
		{ "guess", fuzz_guess },
		{ "thermometer", fuzz_thermometer }, { "trace", fuzz_trace },
	};

	(void)state;
	for (size_t i = 0; i < nitems(targets); i++) {
		char folder[4096];
		struct dirent *entry;
		DIR *directory;
		int seen = 0;

		snprintf(folder, sizeof(folder), "%s/%s",
		    test_path("SRCDIR", "tests/fuzz/corpus"),
		    targets[i].name);
		directory = opendir(folder);
		assert_non_null(directory);
		while ((entry = readdir(directory)) != NULL) {
			char path[4400];
			struct err err = { .text = "" };
			size_t n;
			char *bytes;

			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", folder,
			    entry->d_name);
			bytes = file_read(path, 1 << 20, &n, &err);
			if (bytes == NULL)
				fail_msg("%s", err.text);
			targets[i].fn((const void *)bytes, n);
			free(bytes);
			seen++;
		}
		closedir(directory);
		assert_true(seen > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpora_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
