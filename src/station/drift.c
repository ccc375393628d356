/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drift - whether a thermometer has moved: the median of its last 50 passers
 * against that of its first 50. Crowds are warm alike; what moves by more
 * than 0.4 degrees is the sun on the sensor, a new distance, or its end.
 * Pure. It alarms and corrects nothing.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int32_t
median(const struct drift *d)
{
	int32_t sorted[DRIFT_PASSERS];

	memcpy(sorted, d->last, sizeof(sorted));
	qsort(sorted, DRIFT_PASSERS, sizeof(sorted[0]), compare);
	return (sorted[DRIFT_PASSERS / 2 - 1] + sorted[DRIFT_PASSERS / 2]) / 2;
}

void
drift_add(struct drift *d, const struct event_temp *temp)
{
	if (strcmp(temp->quality, "ok") != 0)
		return;
	d->last[d->count++ % DRIFT_PASSERS] = temp->result_mc;
	if (d->count == DRIFT_PASSERS)
		d->first_mc = median(d);
}

int32_t
drift_mc(const struct drift *d)
{
	int32_t moved;

	if (d->count <= DRIFT_PASSERS)
		return 0;
	moved = median(d) - d->first_mc;
	return abs(moved) > DRIFT_LIMIT_MC ? moved : 0;
}
