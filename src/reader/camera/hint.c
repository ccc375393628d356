/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hint - why does nothing read? One word for the citizen's display, from what
 * the gate measured anyway.
 */
#include "stages.h"

#define HINT_DARK 32      /* mean grey level of a frame, or of a code */
#define HINT_CODE_DARK 48
#define HINT_BRIGHT 225
#define HINT_GLARE 250    /* a pixel as bright as this shows nothing */
#define HINT_FAR_SIDE 80  /* pixels of a code that is too small */
#define HINT_FAR_MODULE 1.8f
#define HINT_STEP 4       /* of the pixels every fourth will do */

struct tally {
	int64_t all, sum, blown;
};

static struct tally
count_pixels(const struct grey *grey, const struct region *region)
{
	struct tally tally = { 0, 0, 0 };

	for (int y = region->y; y < region->y + region->height; y += HINT_STEP)
		for (int x = region->x; x < region->x + region->width;
		    x += HINT_STEP) {
			int value = grey->pixels[(size_t)y *
			    (size_t)grey->width + (size_t)x];

			tally.all++;
			tally.sum += value;
			tally.blown += value >= HINT_GLARE;
		}
	return tally;
}

static bool
too_small(const struct finders *finders, const struct region *region)
{
	float sum = 0;
	int n = 0;

	for (size_t i = 0; i < finders->count; i++) {
		const struct finder *f = &finders->finder[i];

		if (f->hits < 2 || f->light || f->x < (float)region->x ||
		    f->y < (float)region->y ||
		    f->x > (float)(region->x + region->width) ||
		    f->y > (float)(region->y + region->height))
			continue;
		sum += (f->across + f->down) / 2;
		n++;
	}
	if (n >= 2)
		return sum / (float)n < HINT_FAR_MODULE;
	return region->width < HINT_FAR_SIDE && region->height < HINT_FAR_SIDE;
}

const char *
hint_word(const struct view *view, const struct finders *finders,
    const struct region *region)
{
	const struct grey *grey = view->grey;
	struct tally tally;

	if (view->levels.mean < HINT_DARK)
		return "dark";
	if (view->levels.mean > HINT_BRIGHT)
		return "bright";
	if (region == NULL)
		return regions_speck(&view->levels) ? "far" : NULL;
	tally = count_pixels(grey, region);
	/* Paper may be white to the full; a third of a code is more. */
	if (tally.blown * 3 > tally.all)
		return "glare";
	if (tally.sum < tally.all * HINT_CODE_DARK)
		return "dark";
	if (region->x == 0 || region->y == 0 ||
	    region->x + region->width >= grey->width ||
	    region->y + region->height >= grey->height)
		return "cut";
	return too_small(finders, region) ? "far" : "blurred";
}

void
hint_light(const struct grey *grey, const struct region *region,
    struct light *light)
{
	struct tally tally = count_pixels(grey, region);

	light->code = tally.all > 0;
	light->mean = tally.all > 0 ? (int)(tally.sum / tally.all) : 0;
	light->blown = tally.all > 0 ?
	    (int)(tally.blown * 1000 / tally.all) : 0;
}
