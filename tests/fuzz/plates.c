/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event of a plate camera: the first line is its Content-Type. */
#include <stdlib.h>
#include <string.h>

#include "../../src/reader/plates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *line = memchr(data, '\n', n);
	size_t head = line != NULL ? (size_t)(line - data) : 0;
	char type[256], plate[PLATE_TEXT_MAX];

	if (head >= sizeof(type))
		return 0;
	memcpy(type, data, head);
	type[head] = '\0';
	if (plate_find(type, (const char *)data + head, n - head, plate) &&
	    strlen(plate) < 4)
		abort();
	return 0;
}
