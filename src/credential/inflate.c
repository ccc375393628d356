/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inflate - compressed bytes to plain ones, never more than the caller has
 * room for: 4 kB of a code can inflate to megabytes. The only module of the
 * room that knows zlib.
 */
#include "parts.h"

#include <zlib.h>

#define RAW_WINDOW (-15) /* of zlib: no header, no checksum */
#define ZLIB_WINDOW 15

ssize_t
inflate_bytes(enum inflate_form form, const void *bytes, size_t n,
    unsigned char *out, size_t capacity)
{
	z_stream z = { .next_in = (Bytef *)bytes, .avail_in = (uInt)n,
		.next_out = out, .avail_out = (uInt)capacity };
	int status;

	if (n > UINT32_MAX || capacity > UINT32_MAX ||
	    inflateInit2(&z, form == INFLATE_RAW ? RAW_WINDOW : ZLIB_WINDOW) !=
	    Z_OK)
		return -1;
	status = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	if (status != Z_STREAM_END || z.avail_in > 0)
		return -1;
	return (ssize_t)(capacity - z.avail_out);
}

ssize_t
deflate_bytes(const void *bytes, size_t n, unsigned char *out, size_t capacity)
{
	uLongf len = capacity;

	if (compress2(out, &len, bytes, n, Z_BEST_COMPRESSION) != Z_OK)
		return -1;
	return (ssize_t)len;
}
