/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorder lines: what is taken as a record has a number and is an object. */
#include "../../src/outbox/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), *body = malloc(size);
	struct recorder_line out;
	struct err err = { 0 };

	memcpy(line, data, size);
	line[size] = '\0';
	if (recorder_parse(line, &out, &err) < 0) {
		assert(err.kind == ERR_INPUT && out.kind != RECORDER_UNKNOWN);
		assert(out.n >= 0);
	} else if (out.kind == RECORDER_PUT) {
		size_t len = strlen(out.body);

		assert(out.n > 0 && len >= 2 && len <= RECORD_BODY_MAX);
		assert(utf8_valid(out.body, len));
		assert(!body_is_object(out.body, len - 1) ||
		    out.body[len - 1] == ' ' || out.body[len - 1] == '\t');
	}
	/* Without a NUL behind it, so that a step too far is seen. */
	if (size > 0) {
		memcpy(body, data, size);
		if (body_is_object(body, size))
			assert(utf8_valid(body, size));
	}
	free(line);
	free(body);
	return 0;
}
