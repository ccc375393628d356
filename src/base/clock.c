/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the time, and who vouched for it.
 *
 * Many posts have no battery clock, and a wrong time turns fresh papers into
 * old ones. The clock of the machine is therefore no fact: trusted time is
 * an offset to the time since boot, set when somebody vouches for it. It
 * must not know how the time since boot is read.
 */
#include "parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_2100_S 4102444800LL
#define FILE_MAX 256

bool
clock_plausible(int64_t at, int64_t floor)
{
	return at >= floor && at < YEAR_2100_S;
}

const char *
clock_trust_word(enum clock_trust trust)
{
	static const char *const words[] = {
		[CLOCK_UNCONFIRMED] = "unconfirmed",
		[CLOCK_HELD] = "held",
		[CLOCK_CONFIRMED] = "confirmed",
	};

	return words[trust];
}

void
clock_init(struct clock *clock)
{
	*clock = (struct clock){ .trust = CLOCK_UNCONFIRMED };
}

void
clock_confirm(struct clock *clock, int64_t at, int64_t now_ms)
{
	clock->trust = CLOCK_CONFIRMED;
	clock->offset_ms = at * 1000 - now_ms;
	clock->confirmed_ms = now_ms;
}

bool
clock_now(const struct clock *clock, int64_t now_ms, int64_t *at)
{
	int64_t ms = now_ms + clock->offset_ms;

	if (clock->trust == CLOCK_UNCONFIRMED)
		return false;
	*at = ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
	return true;
}

enum clock_trust
clock_trust_now(const struct clock *clock, int64_t now_ms)
{
	if (clock->trust == CLOCK_CONFIRMED &&
	    now_ms - clock->confirmed_ms >= CLOCK_HELD_AFTER_MS)
		return CLOCK_HELD;
	return clock->trust;
}

int
clock_save(const struct clock *clock, const char *path, struct err *err)
{
	char id[37], text[FILE_MAX];
	int n;

	boot_id(id);
	n = snprintf(text, sizeof(text), "%s %" PRId64 " %" PRId64 "\n", id,
	    clock->offset_ms, clock->confirmed_ms);
	/* Not durable: it is worth nothing after the boot it belongs to. */
	return file_write(path, text, (size_t)n, 0644, false, err);
}

void
clock_load(struct clock *clock, const char *path)
{
	char id[37], its_id[37];
	int64_t offset_ms, confirmed_ms;
	char *text;
	int end = 0;

	clock_init(clock);
	boot_id(id);
	text = file_read(path, FILE_MAX, NULL, NULL);
	if (text == NULL)
		return;
	/* Lengths first: sscanf says nothing about numbers that overflow. */
	if (strlen(text) < 100 &&
	    sscanf(text, "%36s %18" SCNd64 " %18" SCNd64 "%n", its_id,
	    &offset_ms, &confirmed_ms, &end) == 3 &&
	    strcmp(text + end, "\n") == 0 && id[0] != '\0' &&
	    strcmp(id, its_id) == 0 &&
	    clock_plausible(offset_ms / 1000, 0) && confirmed_ms >= 0) {
		clock->trust = CLOCK_HELD;
		clock->offset_ms = offset_ms;
		clock->confirmed_ms = confirmed_ms;
	}
	free(text);
}

void
boot_id(char id[37])
{
	size_t len = 0;
	char *text = file_read("/proc/sys/kernel/random/boot_id", 64, &len,
	    NULL);

	id[0] = '\0';
	if (text != NULL && len >= 36) {
		memcpy(id, text, 36);
		id[36] = '\0';
	}
	free(text);
}
