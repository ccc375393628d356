/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tar - a header of 512 bytes before each file, filled up to blocks of 512,
 * two empty blocks at the end.
 */
#include "tar.h"

#include <inttypes.h>
#include <string.h>

#define BLOCK 512

struct header { /* POSIX.1-1988; numbers are octal text */
	char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8],
	    kind, link[100], magic[6], version[2], user[32], group[32],
	    major[8], minor[8], prefix[155], rest[12];
};

void
tar_add(FILE *out, const char *name, const char *bytes, size_t n, int64_t at)
{
	static const char nothing[BLOCK];
	struct header h = { .kind = '0', .magic = "ustar",
		.version = { '0', '0' } };
	unsigned sum = 0;

	_Static_assert(sizeof(h) == BLOCK, "a block");
	snprintf(h.name, sizeof(h.name), "%s", name);
	snprintf(h.mode, sizeof(h.mode), "%07o", 0600);
	snprintf(h.uid, sizeof(h.uid), "%07o", 0);
	snprintf(h.gid, sizeof(h.gid), "%07o", 0);
	snprintf(h.size, sizeof(h.size), "%011zo", n);
	snprintf(h.time, sizeof(h.time), "%011" PRIo64, (uint64_t)at);
	memset(h.sum, ' ', sizeof(h.sum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	snprintf(h.sum, sizeof(h.sum), "%06o", sum);
	fwrite(&h, sizeof(h), 1, out);
	fwrite(bytes, 1, n, out);
	fwrite(nothing, 1, (BLOCK - n % BLOCK) % BLOCK, out);
}

void
tar_end(FILE *out)
{
	static const char nothing[2 * BLOCK];

	fwrite(nothing, sizeof(nothing), 1, out);
}
