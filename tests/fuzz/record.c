/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records and case lines, which people and other programs write. */
#include "policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/policy/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy_case one;
	struct facts facts;
	struct err err = { 0 };
	enum verdict verdict;
	char id[128];

	facts_init(&facts);
	if (case_parse((const char *)data, size, &facts, &one, &err) == 0)
		assert(memchr(one.name, '\0', sizeof(one.name)) != NULL &&
		    one.nreasons <= REASONS_MAX);
	else
		assert(err.text[0] != '\0');
	if (policy_record((const char *)data, size, &facts, &verdict, id,
	    &err) > 0)
		assert(verdict <= VERDICT_STOP &&
		    memchr(id, '\0', sizeof(id)) != NULL);
	return 0;
}
