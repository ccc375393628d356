/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * squeeze - deflates a body; the one file here that knows zlib. Records are
 * sealed, so that the gain is what base64 and hexadecimal lost.
 */
#include "parts.h"

#include <stdlib.h>
#include <zlib.h>

unsigned char *
squeeze(const char *bytes, size_t n, size_t *len)
{
	uLongf room = compressBound((uLong)n);
	unsigned char *out = malloc(room);

	if (out == NULL || compress2(out, &room, (const Bytef *)bytes,
	    (uLong)n, Z_BEST_SPEED) != Z_OK)
		mem_none();
	*len = room;
	return out;
}
