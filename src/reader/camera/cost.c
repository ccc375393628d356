/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost - counts the work of a frame, so that it can be bounded.
 */
#include "stages.h"

void
cost_add(struct cost *cost, enum stage stage, int64_t visits)
{
	cost->spent[stage] += visits;
}

bool
cost_over(const struct cost *cost)
{
	int64_t all = 0;

	for (int i = 0; i < STAGES; i++)
		all += cost->spent[i];
	return all >= cost->budget;
}
