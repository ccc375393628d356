/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any line as a thermometer's text. */
#include <assert.h>

#include "../../src/reader/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sample sample;

	if (ascii_parse(data, size, &sample) == ASCII_OK)
		assert(sample.has_object || sample.has_body);
	return 0;
}
