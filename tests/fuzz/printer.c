/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a printer's answers, at any pace, whatever it takes: every
 * slip ends in exactly one done or fault. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/actuator/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzzed {
	size_t room;
	int ended[4];
};

static ssize_t
on_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;

	(void)bytes;
	if (n > f->room)
		n = f->room;
	f->room -= n;
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

	if (sscanf(line, "done %u", &n) == 1 ||
	    sscanf(line, "fault %u", &n) == 1) {
		assert(n >= 1 && n <= 3);
		f->ended[n]++;
	}
}

static void
give(struct printer *p, int n, int64_t now_ms)
{
	char line[100];
	struct order order;
	struct err err;

	snprintf(line, sizeof(line),
	    "slip %d {\"title\":\"T\",\"serial\":\"%d\"}", n, n);
	if (order_parse(line, &order, &err) == 0)
		printer_order(p, &order, now_ms, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct tuning tuning = { .role = ACTUATOR_PRINTER,
		.dots = 192, .band = 128, .cut = CUT_NONE, .ask = 1 };
	struct fuzzed f = { .room = 0 };
	const struct sink_out sink = { on_write, on_pending, on_say, NULL,
		&f };
	struct printer printer;
	struct printlog log;
	int64_t now_ms = 1000;

	printlog_open(&log, NULL);
	printer_init(&printer, &tuning, &log, &sink);
	printer_up(&printer, true, now_ms);
	for (int n = 1; n <= 3; n++)
		give(&printer, n, now_ms);
	/* Pairs: how long it waits and what it takes, then what it says. */
	for (size_t i = 0; i + 1 < size; i += 2) {
		now_ms += (data[i] & 0x0F) * 100;
		f.room += (data[i] & 0xF0u) * 40u;
		printer_bytes(&printer, &data[i + 1], 1, now_ms);
	}
	for (int i = 0; i < 20000 && printer_busy(&printer); i++) {
		int64_t at_ms = printer_deadline(&printer);

		assert(at_ms >= 0);
		now_ms = at_ms > now_ms ? at_ms : now_ms + 20;
		printer_tick(&printer, now_ms);
	}
	for (int n = 1; n <= 3; n++)
		assert(f.ended[n] == 1);
	printer_free(&printer);
	return 0;
}
