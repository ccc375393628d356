/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any lines as orders for a relay: nothing is ever on for longer than the
 * maximum, and all is off at the end. Slips are parsed and set. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/actuator/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzzed {
	struct relay relay;
	int64_t now_ms, on_ms[CHANNELS_MAX];
	bool on[CHANNELS_MAX];
};

static const struct tuning relay_tuning = { .role = ACTUATOR_RELAY,
	.board = boards, .channels = 2, .pulse_ms = 700, .max_ms = 30000 };
static const struct tuning print_tuning = { .role = ACTUATOR_PRINTER,
	.dots = 384, .band = 128, .mode = PRINT_TCVN3, .cut = CUT_NONE };

static ssize_t
on_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;

	assert(n == 4 && bytes[0] == 0xA0 && bytes[1] >= 1 && bytes[1] <= 2);
	if (bytes[2] && !f->on[bytes[1]])
		f->on_ms[bytes[1]] = f->now_ms;
	f->on[bytes[1]] = bytes[2];
	assert(!f->on[1] || !f->on[2]); /* the interlock */
	return (ssize_t)n;
}

static size_t
on_pending(void *arg)
{
	(void)arg;
	return 0;
}

static void
on_say(void *arg, const char *line)
{
	(void)arg;
	assert(strlen(line) < SAY_MAX);
}

static void
on_arm(void *arg, long ms)
{
	(void)arg;
	assert(ms == -1 || (ms > 0 && ms <= 32000));
}

static void
pass(struct fuzzed *f, int64_t ms)
{
	for (int64_t end = f->now_ms + ms; f->now_ms < end; f->now_ms += 100) {
		relay_tick(&f->relay, f->now_ms);
		for (int i = 1; i <= 2; i++)
			assert(!f->on[i] ||
			    f->now_ms - f->on_ms[i] <= 30100);
	}
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct fuzzed *f = arg;
	struct order order;
	struct slip slip;
	struct escpos bytes;
	struct err err;

	if (order_parse(line, &order, &err) < 0)
		return;
	if (strcmp(order.verb, "slip") == 0 &&
	    slip_parse(order.rest, &slip, &err) == 0 &&
	    escpos_slip(&slip, &print_tuning, &bytes, &err) == 0)
		escpos_free(&bytes);
	relay_order(&f->relay, &order, f->now_ms);
	pass(f, (int64_t)(len % 7) * 1000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzzed f = { .now_ms = 1000 };
	const struct sink_out sink = { on_write, on_pending, on_say, on_arm,
		&f };
	char buffer[EVENT_LINE_MAX + 1];
	struct lines lines;

	relay_init(&f.relay, &relay_tuning, &sink);
	relay_up(&f.relay, f.now_ms);
	pass(&f, 200);
	lines_init(&lines, buffer, EVENT_LINE_MAX);
	lines_push(&lines, (const char *)data, size, on_line, &f);
	pass(&f, 31000);
	assert(!f.on[1] && !f.on[2]);
	return 0;
}
