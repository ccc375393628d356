/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event lines: what is taken must survive being printed and parsed again. */
#include "base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event event, again;
	static char out[EVENT_LINE_MAX + 1], out2[EVENT_LINE_MAX + 1];
	char *line = malloc(size + 1);
	struct err err = { 0 };

	memcpy(line, data, size);
	line[size] = '\0';
	if (event_parse(line, &event, &err) == 0 &&
	    event.kind != EVENT_UNKNOWN) {
		size_t n = event_print(&event, out);

		assert(n == strlen(out) && n <= EVENT_LINE_MAX);
		assert(utf8_valid(out, n));
		assert(event_parse(out, &again, &err) == 0);
		assert(event_print(&again, out2) == n && strcmp(out, out2) == 0);
	}
	free(line);
	return 0;
}
