/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regions - the places of a frame that look like a code.
 *
 * Dense detail that hangs together is one place: a code is a square of it. A
 * face, a line of print or an edge of noise elsewhere is another, and must
 * not make the part that the heavier passes look at as large as the frame.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define REGIONS_TOGETHER 140 /* dense blocks around, tenths: no chance */
#define REGIONS_GAP 3    /* blocks between what still hangs together */
#define REGIONS_LEAST 2  /* blocks a side */
#define REGIONS_SPECK 12 /* blocks a side, with those around */
/* Edges on a line across and one down, together. Things on a desk had up to
 * 11, of the codes that any pass could read the least had 14. */
#define REGIONS_EDGES 12
#define REGIONS_LINES 32 /* that are looked at, each way, about */

struct box {
	int left, top, right, low; /* blocks, both ends within */
	int mass;                  /* dense blocks in it */
};

static void
stretch(struct box *box, int x, int y)
{
	box->left = x < box->left ? x : box->left;
	box->right = x > box->right ? x : box->right;
	box->top = y < box->top ? y : box->top;
	box->low = y > box->low ? y : box->low;
	box->mass++;
}

static struct box
no_box(const struct levels *levels)
{
	return (struct box){ levels->cols, levels->rows, -1, -1, 0 };
}

static bool
large(const struct box *box)
{
	return box->right - box->left + 1 >= REGIONS_LEAST &&
	    box->low - box->top + 1 >= REGIONS_LEAST;
}

static struct region
region_of(const struct box *box)
{
	return (struct region){ box->left * LEVELS_BLOCK,
		box->top * LEVELS_BLOCK,
		(box->right - box->left + 1) * LEVELS_BLOCK,
		(box->low - box->top + 1) * LEVELS_BLOCK };
}

/* The box around the blocks that are dense to at least this. */
static struct box
box_of_all(const struct levels *levels, int least)
{
	struct box box = no_box(levels);

	for (int y = 0; y < levels->rows; y++)
		for (int x = 0; x < levels->cols; x++)
			if (levels->dense[y * levels->cols + x] >= least)
				stretch(&box, x, y);
	return box;
}

/* A code is about as wide as high, and full of detail. */
static int
worth(const struct box *box)
{
	int wide = box->right - box->left + 1, tall = box->low - box->top + 1;

	return box->mass * (wide < tall ? wide : tall) /
	    (wide > tall ? wide : tall);
}

/* What hangs together with the block at, which is taken out of open. */
static struct box
take_box(const struct levels *levels, unsigned char *open, int *queue, int at)
{
	struct box box = no_box(levels);
	int n = 0, cols = levels->cols;

	queue[n++] = at;
	open[at] = 0;
	while (n > 0) {
		int here = queue[--n], x = here % cols, y = here / cols;

		stretch(&box, x, y);
		for (int v = y - REGIONS_GAP; v <= y + REGIONS_GAP; v++)
			for (int u = x - REGIONS_GAP; u <= x + REGIONS_GAP;
			    u++) {
				if (u < 0 || v < 0 || u >= cols ||
				    v >= levels->rows || !open[v * cols + u])
					continue;
				open[v * cols + u] = 0;
				queue[n++] = v * cols + u;
			}
	}
	return box;
}

static void
insert(struct box best[REGIONS_MAX], int *n, const struct box *box)
{
	int at = *n < REGIONS_MAX ? (*n)++ : REGIONS_MAX;

	for (; at > 0 && worth(&best[at - 1]) < worth(box); at--)
		if (at < REGIONS_MAX)
			best[at] = best[at - 1];
	if (at < REGIONS_MAX)
		best[at] = *box;
}

static int
find_boxes(const struct levels *levels, struct box best[REGIONS_MAX])
{
	size_t n = (size_t)levels->cols * (size_t)levels->rows;
	int *queue = malloc(n * (sizeof(*queue) + 1)), found = 0;
	unsigned char *open = (unsigned char *)(queue + n);

	if (queue == NULL)
		return 0; /* the box of all will do */
	for (size_t i = 0; i < n; i++)
		open[i] = levels->dense[i] >= REGIONS_TOGETHER;
	for (size_t i = 0; i < n; i++) {
		struct box box;

		if (!open[i])
			continue;
		box = take_box(levels, open, queue, (int)i);
		if (large(&box))
			insert(best, &found, &box);
	}
	free(queue);
	return found;
}

/* Of the pixel against its surroundings; 0 where nothing stands out. */
static int
height_at(const struct view *view, int x, int y)
{
	int level = levels_at(&view->levels, x, y);

	return level == 0 ? 0 :
	    view->grey->pixels[y * view->grey->width + x] - level;
}

static int
mean_height(const struct view *view, const struct region *region)
{
	int64_t all = 0;
	int n = 1;

	for (int y = region->y; y < region->y + region->height; y += 3)
		for (int x = region->x; x < region->x + region->width; x += 3)
			if (height_at(view, x, y) != 0) {
				all += abs(height_at(view, x, y));
				n++;
			}
	return (int)(all / n);
}

/* Of the region's line i across, or down. */
static int
edges_on(const struct view *view, const struct region *region, bool down,
    int i, int slack)
{
	int n = down ? region->height : region->width, side = 0, edges = 0;

	for (int k = 0; k < n; k++) {
		int height = height_at(view, region->x + (down ? i : k),
		    region->y + (down ? k : i));
		int now = height > slack ? 1 : height < -slack ? -1 : side;

		edges += side != 0 && now != side;
		side = now;
	}
	return edges;
}

/* On a line, on an average of the middle ones: turned squares end in tips. */
static int
edges_each(const struct view *view, const struct region *region, bool down,
    int slack)
{
	int lines = down ? region->width : region->height;
	int step = lines / 2 / REGIONS_LINES + 1, edges = 0, n = 0;

	for (int i = lines / 4; i < lines - lines / 4; i += step) {
		edges += edges_on(view, region, down, i, slack);
		n++;
	}
	return edges / n;
}

bool
region_like_code(const struct view *view, const struct region *region)
{
	int slack = mean_height(view, region) / 2;

	return edges_each(view, region, false, slack) +
	    edges_each(view, region, true, slack) >= REGIONS_EDGES;
}

bool
regions_like_codes(const struct view *view, struct regions *regions)
{
	int kept = 0;

	for (int i = 0; i < regions->count; i++)
		if (region_like_code(view, &regions->region[i]))
			regions->region[kept++] = regions->region[i];
	regions->count = kept;
	return kept > 0;
}

bool
regions_find(const struct levels *levels, struct regions *regions)
{
	struct box all = box_of_all(levels, REGIONS_TOGETHER);
	struct box best[REGIONS_MAX];
	int n;

	regions->count = 0;
	if (!large(&all))
		return false;
	regions->all = region_of(&all);
	n = find_boxes(levels, best);
	regions->apart = n != 1;
	for (int i = 0; i < n; i++)
		regions->region[regions->count++] = region_of(&best[i]);
	if (n == 0)
		regions->region[regions->count++] = regions->all;
	return true;
}

bool
regions_speck(const struct levels *levels)
{
	struct box box = box_of_all(levels, 1);

	return large(&box) && box.right - box.left < REGIONS_SPECK &&
	    box.low - box.top < REGIONS_SPECK;
}
