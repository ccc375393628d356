/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files: what is taken names itself, and is refused when it is cut. */
#include "../../src/outbox/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct seal_key key;
	struct err err = { 0 };

	memcpy(text, data, size);
	if (seal_key_parse(text, size, &key, &err) < 0) {
		assert(err.kind == ERR_SETUP);
	} else {
		assert(strlen(key.id) == SEAL_ID_MAX - 1);
		assert(memmem(data, size, key.id, SEAL_ID_MAX - 1) != NULL);
		assert(seal_key_parse(text, 80, &key, &err) < 0);
	}
	free(text);
	return 0;
}
