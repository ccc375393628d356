/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a scanner's, cut anywhere, with pauses: no scan is empty or
 * too long, and the same bytes in one piece give the same scans. */
#include <assert.h>
#include <string.h>

#include "../../src/reader/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_frame(void *arg, const unsigned char *data, size_t len)
{
	unsigned char copy[FRAME_MAX], *payload;
	const char *word;
	size_t n = len;

	assert(len > 0 && len <= FRAME_MAX);
	assert(memchr(data, '\0', len) == NULL);
	*(uint32_t *)arg = *(uint32_t *)arg * 31 + (uint32_t)len;
	memcpy(copy, data, len);
	payload = aim_strip(AIM_AUTO, copy, &n, &word);
	assert(payload >= copy && payload + n <= copy + len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct frame one, two;
	uint32_t whole = 0, pieces = 0;
	enum frame_end end;
	size_t step;

	if (size < 2)
		return 0;
	end = (enum frame_end)(data[0] % (END_NONE + 1));
	step = data[1] + 1u;
	data += 2;
	size -= 2;
	frame_init(&one, end, 100);
	frame_init(&two, end, 100);
	frame_push(&one, data, size, 0, on_frame, &whole);
	frame_tick(&one, 100, on_frame, &whole);
	for (size_t at = 0; at < size; at += step)
		frame_push(&two, data + at, at + step > size ? size - at :
		    step, 0, on_frame, &pieces);
	frame_tick(&two, 100, on_frame, &pieces);
	assert(whole == pieces);
	assert(one.overlong == two.overlong && one.cut == two.cut);
	return 0;
}
