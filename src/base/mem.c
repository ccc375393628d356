/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem - memory that is there, or the process ends.
 */
#include "parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
no_memory(void)
{
	fputs("chot: out of memory\n", stderr);
	abort();
}

void *
mem_grow(void *old, size_t count, size_t size)
{
	void *grown = reallocarray(old, count, size);

	if (grown == NULL && count > 0 && size > 0)
		no_memory();
	return grown;
}

char *
mem_string(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(mem_grow(NULL, size, 1), text, size);
}
