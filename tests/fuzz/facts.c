/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts: what is taken comes back the same from its own JSON. */
#include "policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts facts, again;
	struct err err = { 0 };
	char *one, *two;

	if (facts_parse((const char *)data, size, &facts, &err) < 0) {
		assert(err.kind == ERR_INPUT && err.text[0] != '\0');
		return 0;
	}
	one = facts_json(&facts);
	assert(facts_parse(one, strlen(one), &again, &err) == 0);
	two = facts_json(&again);
	assert(strcmp(one, two) == 0);
	free(one);
	free(two);
	return 0;
}
