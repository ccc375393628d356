/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any orders, answers and stalls: when it is over, each relay of the board is
 * off, and no order was answered twice. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "../../src/actuator/parts.h"

#define ORDERS 64
#define OVER_MS 700000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzzed {
	struct testboard *board;
	struct relay relay;
	bool stalled, deaf; /* nothing goes out; nothing comes in */
	size_t nanswer;
	unsigned char answer[64];
	bool on[CHANNELS_MAX + 1];
	unsigned char done[ORDERS + 1];
};

static ssize_t
on_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;

	if (f->stalled)
		return 0;
	testboard_bytes(f->board, bytes, n);
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
	struct fuzzed *f = arg;
	unsigned n;

	if (sscanf(line, "done %u", &n) == 1 && n > 0) {
		assert(n <= ORDERS);
		assert(f->done[n]++ == 0);
	}
}

static void
on_arm(void *arg, long ms)
{
	(void)arg;
	assert(ms >= -1);
}

static void
on_board(void *arg, const char *line)
{
	struct fuzzed *f = arg;
	int channel;
	char word[8];

	assert(strncmp(line, "noise", 5) != 0);
	if (sscanf(line, "%*s %d %7s", &channel, word) == 2)
		f->on[channel] = strcmp(word, "on") == 0;
}

static void
on_answer(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;

	if (f->deaf || n > sizeof(f->answer) - f->nanswer)
		return;
	memcpy(f->answer + f->nanswer, bytes, n);
	f->nanswer += n;
}

static void
pass(struct fuzzed *f, int64_t *now_ms, int64_t until_ms)
{
	int64_t at_ms;

	for (int i = 0; i < 100000 && (at_ms = relay_deadline(&f->relay)) >= 0 &&
	    at_ms <= until_ms; i++) {
		*now_ms = at_ms > *now_ms ? at_ms : *now_ms + 1;
		relay_tick(&f->relay, *now_ms);
		relay_bytes(&f->relay, f->answer, f->nanswer, *now_ms);
		f->nanswer = 0;
	}
	*now_ms = until_ms;
}

static void
give(struct fuzzed *f, unsigned n, uint8_t what, int64_t now_ms)
{
	static const char *const verbs[] = { "open", "on", "on", "off" };
	char line[100];
	struct order order;
	struct err err;

	snprintf(line, sizeof(line), "%s %u %u reason=fuzz channel=%u",
	    verbs[what & 3], n, 1u + (what >> 2 & 7) * 5000u,
	    1u + (what >> 5 & 1));
	if (order_parse(line, &order, &err) == 0)
		relay_order(&f->relay, &order, now_ms);
}

static void
step(struct fuzzed *f, const uint8_t pair[2], unsigned *orders, int64_t now_ms)
{
	switch (pair[0] & 7) {
	case 0:
	case 1:
	case 2:
		if (*orders < ORDERS)
			give(f, ++*orders, pair[1], now_ms);
		break;
	case 3:
		relay_bytes(&f->relay, &pair[1], 1, now_ms);
		break;
	case 4:
		f->stalled = pair[1] & 1;
		f->deaf = pair[1] & 2;
		break;
	case 5:
		relay_down(&f->relay, now_ms);
		relay_up(&f->relay, now_ms);
		break;
	default:
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "lcus", "kmtronic", "modbus" };
	static struct fuzzed f;
	const struct sink_out sink = { on_write, on_pending, on_say, on_arm,
		&f };
	const struct testboard_calls calls = { on_answer, on_board, &f };
	struct device device;
	struct tuning tuning;
	struct err err;
	char text[100];
	int64_t now_ms = 1000;
	unsigned orders = 0;

	if (size < 1)
		return 0;
	memset(&f, 0, sizeof(f));
	snprintf(text, sizeof(text), "serial:x,protocol=%s,channels=2",
	    kinds[data[0] % 3]);
	if (device_parse(text, &device, &err) < 0 ||
	    tuning_fill(ACTUATOR_RELAY, &device, &tuning, &err) < 0)
		return 0;
	f.board = testboard_new(kinds[data[0] % 3], &calls);
	relay_init(&f.relay, &tuning, &sink);
	relay_up(&f.relay, now_ms);
	for (size_t i = 1; i + 1 < size && i < 400; i += 2) {
		step(&f, data + i, &orders, now_ms);
		pass(&f, &now_ms, now_ms + (data[i] >> 3) * 40);
	}
	f.stalled = f.deaf = false;
	pass(&f, &now_ms, now_ms + OVER_MS);
	for (int i = 1; i <= CHANNELS_MAX; i++)
		assert(!f.on[i]);
	testboard_free(f.board);
	return 0;
}
