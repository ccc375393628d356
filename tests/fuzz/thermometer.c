/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a thermometer's or an SSI scanner's, for every driver: the
 * first byte chooses it, then records of (pause, length, bytes). */
#include <assert.h>
#include <string.h>

#include "../../src/reader/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_event(void *arg, const struct event *event)
{
	char line[EVENT_LINE_MAX + 1];
	struct event again;
	struct err err;

	(void)arg;
	event_print(event, line);
	assert(event_parse(line, &again, &err) == 0);
	if (event->kind == EVENT_TEMP)
		assert(event->temp.raw_mc >= 20000 &&
		    event->temp.raw_mc <= 45000);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	assert(n > 0 && n <= 260);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct intake intake;
	const struct sink sink = { on_event, on_send, NULL };
	struct device device;
	struct settings settings;
	struct err err;
	char text[128];
	enum reader_role role = ROLE_THERMOMETER;
	int64_t now_ms = 0;
	size_t at = 2;

	if (size < 2)
		return 0;
	snprintf(text, sizeof(text), "trace:x,protocol=%s",
	    drivers[data[0] % ndrivers].name);
	if ((drivers[data[0] % ndrivers].roles & 1u << ROLE_SCANNER) != 0)
		role = data[1] % 2 == 0 ? ROLE_SCANNER : ROLE_PLATE;
	else if (data[1] % 2 == 1)
		strcat(text, ",single=0");
	if (device_parse(text, &device, &err) < 0 ||
	    settings_fill(role, &device, &settings, &err) < 0)
		return 0;
	intake_init(&intake, &settings, &sink);
	intake_start(&intake, now_ms);
	while (at + 2 <= size) {
		size_t n = data[at + 1];
		int64_t deadline;

		now_ms += data[at] * 8;
		at += 2;
		if (n > size - at)
			n = size - at;
		while ((deadline = intake_deadline(&intake)) >= 0 &&
		    deadline <= now_ms)
			intake_tick(&intake, deadline);
		intake_bytes(&intake, data + at, n, now_ms);
		at += n;
	}
	intake_tick(&intake, now_ms + 10000);
	return 0;
}
