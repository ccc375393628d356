/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stick that anybody may have written: whole, or of no effect. */
#include "../../src/sync/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_part(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	size_t *total = arg;

	(void)err;
	assert(strlen(type) <= STICK_TYPE_BYTES && n <= STICK_PART_MAX);
	assert(bytes[n] == '\0');
	*total += n + STICK_HEAD_BYTES;
	return 0;
}

static void
read_bytes(const uint8_t *data, size_t size)
{
	FILE *file = fmemopen((void *)data, size, "r");
	struct err err = { 0 };
	size_t total = 0;
	bool was_signed;

	if (file == NULL)
		return;
	if (stick_read(file, on_part, &total, &was_signed, &err) < 0)
		assert(err.kind == ERR_INPUT && err.text[0] != '\0');
	assert(total <= size);
	fclose(file);
}

/* The same with a true END, which no fuzzer guesses: data is what is between
 * the magic and it. */
static void
read_ended(const uint8_t *data, size_t size)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&bytes, &len);
	struct stick_out out;

	if (file == NULL)
		return;
	stick_begin(&out, file);
	for (size_t at = 0; at + 5 <= size;) {
		char type[5] = "RECS";
		size_t n = data[at + 4];

		memcpy(type, data + at, 4);
		at += 5;
		if (n > size - at)
			n = size - at;
		stick_put(&out, type, data + at, n);
		at += n;
	}
	stick_end(&out);
	stick_free(&out);
	fclose(file);
	read_bytes((const uint8_t *)bytes, len);
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		read_bytes(data, size);
	read_ended(data, size);
	return 0;
}
