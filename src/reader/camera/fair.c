/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair - a slow machine reads a few codes of a full sheet before its deadline:
 * the others come first in the next frame.
 *
 * The symbols that were read are remembered by their place until all were
 * reached, and those triples that were tried in vain by their number. A sheet
 * that moves meanwhile makes the order worse, and nothing else.
 */
#include "stages.h"

#include <string.h>

/* Finders of symbols that this round has reached wait for the others. */
static bool
read_others(struct fair *fair, struct work *work, struct codes *codes)
{
	struct finders *all = &work->set_aside;

	memcpy(all, &work->finders, sizeof(*all));
	taken_drop(&fair->reached, &work->finders);
	read_finders(work, codes);
	memcpy(&work->finders, all, sizeof(*all));
	return !work->left && !cost_over(&work->cost);
}

static void
remember(struct fair *fair, const struct work *work)
{
	const struct taken *taken = &work->taken;

	fair->reached.scale = 1;
	for (size_t i = 0; i < taken->count &&
	    fair->reached.count < CODES_MAX; i++)
		fair->reached.quad[fair->reached.count++] = taken->quad[i];
}

void
fair_read(struct fair *fair, struct work *work, struct codes *codes)
{
	bool over;

	work->left = false;
	work->failed = 0;
	work->first = fair->first;
	/* All others were reached: a new round begins with this frame. */
	if (fair->reached.count > 0 && read_others(fair, work, codes))
		fair->reached.count = 0;
	if (fair->reached.count == 0)
		read_finders(work, codes);
	else
		taken_drop(&work->taken, &work->finders);
	over = work->left || cost_over(&work->cost);
	if (over && fair->reached.count < CODES_MAX)
		remember(fair, work);
	else
		fair->reached.count = 0;
	fair->first = over ? fair->first + work->failed : 0;
}
