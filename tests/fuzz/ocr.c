/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a document reader's: in pieces they give what they give whole,
 * and what comes out are rows of one width. */
#include <assert.h>
#include <string.h>

#include "../../src/reader/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_rows(void *arg, const unsigned char *text, size_t len)
{
	uint32_t *hash = arg;
	const unsigned char *cr = memchr(text, '\r', len);
	size_t width = cr == NULL ? len : (size_t)(cr - text);

	assert(len == 72 || len == 88 || len == 90 || len == 2 * 36 + 1 ||
	    len == 2 * 44 + 1 || len == 3 * 30 + 2);
	for (size_t i = 0; i < len; i++) {
		assert((cr != NULL && (i + 1) % (width + 1) == 0) ==
		    (text[i] == '\r'));
		*hash = *hash * 31 + text[i];
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ocr one, two;
	uint32_t whole = 0, pieces = 0;
	size_t step;

	if (size < 1)
		return 0;
	step = data[0] + 1u;
	data++;
	size--;
	ocr_init(&one, 150);
	ocr_init(&two, 150);
	ocr_push(&one, data, size, 10, on_rows, &whole);
	for (size_t at = 0; at < size; at += step)
		ocr_push(&two, data + at, at + step > size ? size - at : step,
		    10, on_rows, &pieces);
	for (int64_t now_ms = 100; now_ms < 3000; now_ms += 100) {
		ocr_tick(&one, now_ms, on_rows, &whole);
		ocr_tick(&two, now_ms, on_rows, &pieces);
	}
	assert(whole == pieces && one.parts == two.parts &&
	    one.others == two.others);
	assert(ocr_deadline(&one) == -1);
	return 0;
}
