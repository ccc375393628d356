/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text: bounded, valid, and the second time changes nothing. */
#include "base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef size_t (*text_fn)(const char *text, size_t n, char *out,
    size_t capacity);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const text_fn fns[] = { text_nfc, text_fold, text_clean,
		text_upper };
	size_t capacity;
	char *one, *two;
	const char *text = (const char *)data + 1;

	if (size < 1)
		return 0;
	size--;
	/* A small room for every third input, else one that is enough. */
	capacity = data[0] % 3 == 0 ? data[0] : 4 * size + 1;
	one = malloc(capacity + 1);
	two = malloc(capacity + 1);
	for (size_t i = 0; i < nitems(fns); i++) {
		size_t n = fns[i](text, size, one, capacity), m;

		assert(n < capacity || capacity == 0);
		assert(utf8_valid(one, n));
		if (capacity == 0)
			continue;
		assert(one[n] == '\0');
		m = fns[i](one, n, two, capacity);
		assert(m == n && memcmp(one, two, n) == 0);
	}
	free(one);
	free(two);
	return 0;
}
