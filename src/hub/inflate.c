/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inflate - undoes Content-Encoding: deflate, up to a limit: a few bytes can
 * stand for gigabytes.
 */
#include "parts.h"

#include <stdlib.h>
#include <zlib.h>

#define INFLATE_FIRST (64u << 10)

/* Room for more, doubling up to max; false when there was max already. */
static bool
grow(char **out, size_t *size, size_t max)
{
	size_t next = *size == 0 ? INFLATE_FIRST : 2 * *size;

	if (*size == max)
		return false;
	*size = next < max ? next : max;
	*out = realloc(*out, *size + 1);
	if (*out == NULL)
		mem_none();
	return true;
}

static int
run(z_stream *z, char **out, size_t max, size_t *len, struct err *err)
{
	size_t size = 0;
	int ret = Z_OK;

	while (ret == Z_OK) {
		if (z->total_out == size && !grow(out, &size, max))
			return err_set(err, ERR_USAGE, "too long");
		z->next_out = (unsigned char *)*out + z->total_out;
		z->avail_out = (unsigned)(size - z->total_out);
		ret = inflate(z, Z_NO_FLUSH);
	}
	if (ret != Z_STREAM_END || z->avail_in > 0)
		return err_set(err, ERR_INPUT, "not deflated");
	*len = z->total_out;
	(*out)[*len] = '\0';
	return 0;
}

char *
inflate_body(const char *bytes, size_t n, size_t max, size_t *len,
    struct err *err)
{
	z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)bytes,
		.avail_in = (unsigned)n };
	char *out = NULL;
	int ret;

	if (inflateInit(&z) != Z_OK) {
		err_set(err, ERR_RETRY, "no memory");
		return NULL;
	}
	ret = run(&z, &out, max, len, err);
	inflateEnd(&z);
	if (ret == 0)
		return out;
	free(out);
	return NULL;
}
