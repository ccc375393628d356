/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrays - PostgreSQL's binary form of one-dimensional arrays: no quoting,
 * nothing to escape, and no text for the server to parse.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define ARRAY_FIRST 4096

static unsigned char *
room(struct array *array, size_t more)
{
	size_t size = array->size > 0 ? array->size : ARRAY_FIRST;

	while (size < array->len + more)
		size *= 2;
	if (size > array->size) {
		array->bytes = realloc(array->bytes, size);
		if (array->bytes == NULL)
			mem_none();
		array->size = size;
	}
	array->len += more;
	return array->bytes + array->len - more;
}

static void
put(struct array *array, uint64_t value, size_t width)
{
	unsigned char *to = room(array, width);

	for (size_t i = 0; i < width; i++)
		to[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
}

void
array_begin(struct array *array, enum pg_type element, size_t count)
{
	array->len = 0;
	put(array, count > 0 ? 1 : 0, 4); /* dimensions */
	put(array, 1, 4);                 /* there may be NULLs */
	put(array, element, 4);
	if (count > 0) {
		put(array, count, 4);
		put(array, 1, 4); /* the first index */
	}
}

void
array_bytes(struct array *array, const void *bytes, size_t n)
{
	put(array, n, 4);
	if (n > 0)
		memcpy(room(array, n), bytes, n);
}

void
array_null(struct array *array)
{
	put(array, UINT32_MAX, 4);
}

void
array_number(struct array *array, int64_t value, size_t width)
{
	put(array, width, 4);
	put(array, (uint64_t)value, width);
}

void
array_free(struct array *array)
{
	if (array->bytes != NULL)
		explicit_bzero(array->bytes, array->len);
	free(array->bytes);
	*array = (struct array){ 0 };
}
