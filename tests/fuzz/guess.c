/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what an unknown device sent. */
#include <assert.h>

#include "../../src/reader/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guess got;

	if (guess(9600, data, size, &got))
		assert(got.driver != NULL &&
		    (got.driver->roles & 1u << got.role) != 0);
	return 0;
}
