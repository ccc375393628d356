/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes with times. The first byte says whether bursts are scans; then pairs
 * of a wait in milliseconds and a byte. A letter may act only when it came
 * alone: nothing within 40 ms after it.
 */
#include "screen.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct typed {
	int64_t now_ms;
	int64_t last_ms;  /* of the byte before the one being pushed */
	bool wedge;
	bool escaped;     /* a number pad may send letters as sequences */
};

static void
take(void *arg, const struct input *input)
{
	const struct typed *typed = arg;
	size_t n = strlen(input->character);

	assert(n <= 4 && utf8_valid(input->character, n));
	assert(input->scan_len <= EVENT_PAYLOAD_MAX);
	assert((input->kind == INPUT_ACTION) == (input->action != ACTION_NONE));
	assert(input->kind != INPUT_CHARACTER || n > 0);
	if (input->kind == INPUT_SCAN)
		assert(typed->wedge && n == 0);
	if (typed->wedge && !typed->escaped && input->kind == INPUT_ACTION &&
	    input->action != ACTION_BACKSPACE)
		assert(typed->now_ms - typed->last_ms >= 40);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct typed typed = { .last_ms = -1000 };
	struct keys *keys;

	if (size < 1)
		return 0;
	typed.wedge = (data[0] & 1) != 0;
	keys = keys_new(typed.wedge);
	for (size_t i = 1; i + 1 < size; i += 2) {
		int64_t due;

		typed.escaped |= data[i + 1] == 0x1B;
		/* high waits are long, low ones milliseconds */
		due = typed.now_ms + (data[i] < 200 ? data[i] :
		    (data[i] - 199) * 40);
		while (keys_deadline(keys) >= 0 && keys_deadline(keys) <= due) {
			typed.now_ms = keys_deadline(keys);
			keys_tick(keys, typed.now_ms, take, &typed);
			assert(keys_deadline(keys) != typed.now_ms ||
			    keys_deadline(keys) < 0);
		}
		typed.now_ms = due;
		keys_push(keys, &data[i + 1], 1, due, take, &typed);
		typed.last_ms = due;
	}
	while (keys_deadline(keys) >= 0) {
		typed.now_ms = keys_deadline(keys);
		keys_tick(keys, typed.now_ms, take, &typed);
	}
	keys_free(keys);
	return 0;
}
