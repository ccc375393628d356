/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a recording, played into the driver that its first line names,
 * a line scanner when it names none. */
#include <stdlib.h>

#include "../unit/reader_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct played played = { .temps = 0 };
	struct settings settings;
	struct err err;
	char first[256] = "";
	FILE *file;

	if (size == 0)
		return 0;
	memcpy(first, data, size < sizeof(first) - 1 ? size :
	    sizeof(first) - 1);
	if (play_settings(first, &settings, &err) < 0)
		play_settings("# play: scanner protocol=line", &settings, &err);
	file = fmemopen((void *)(uintptr_t)data, size, "r");
	played.out = open_memstream(&played.events, &played.len);
	play(file, "fuzz", &settings, 0, &played, &err);
	fclose(played.out);
	free(played.events);
	return 0;
}
