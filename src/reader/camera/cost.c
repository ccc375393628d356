/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost - counts the work of a frame, so that it can be bounded.
 */
#include "stages.h"

void
cost_start(struct cost *cost, int64_t budget, clock_fn now_us,
    int64_t deadline_ms)
{
	*cost = (struct cost){ .budget = budget, .now_us = now_us };
	if (now_us == NULL)
		return;
	cost->start_us = now_us();
	cost->deadline_us = cost->start_us + deadline_ms * 1000;
}

void
cost_add(struct cost *cost, enum stage stage, int64_t visits)
{
	cost->spent[stage] += visits;
}

static int64_t
spent(const struct cost *cost)
{
	int64_t all = 0;

	for (int i = 0; i < STAGES; i++)
		all += cost->spent[i];
	return all;
}

bool
cost_over(const struct cost *cost)
{
	return spent(cost) >= cost->budget || (cost->now_us != NULL &&
	    cost->now_us() >= cost->deadline_us);
}

/* The time it will take is told by what the work so far took. */
bool
cost_fits(const struct cost *cost, int64_t visits)
{
	int64_t done = spent(cost), now_us;

	if (done + visits > cost->budget)
		return false;
	if (cost->now_us == NULL || done <= 0)
		return true;
	now_us = cost->now_us();
	return (double)(now_us - cost->start_us) / (double)done *
	    (double)visits < (double)(cost->deadline_us - now_us);
}
