/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * taken - where symbols of this frame have been read already: finder patterns
 * there need no second look, in this view of the frame or in another.
 */
#include "stages.h"

#include <math.h>

#define TAKEN_MARGIN 0.04f /* of a symbol's side */
#define TAKEN_NEAR (2.0f * LEVELS_BLOCK) /* pixels */

void
taken_view(struct taken *taken, float scale, float x, float y)
{
	taken->scale = scale;
	taken->x = x;
	taken->y = y;
}

void
taken_add(struct taken *taken, const struct place *place, int size)
{
	static const float corner[4][2] = {
		{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 },
	};
	struct quad *quad;

	if (taken->count == CODES_MAX)
		return;
	quad = &taken->quad[taken->count++];
	for (int i = 0; i < 4; i++) {
		float part_u = corner[i][0] + (2 * corner[i][0] - 1) *
		    TAKEN_MARGIN;
		float part_v = corner[i][1] + (2 * corner[i][1] - 1) *
		    TAKEN_MARGIN;
		float x, y;

		place_point(place, part_u * (float)size, part_v * (float)size,
		    &x, &y);
		quad->x[i] = taken->scale * x + taken->x;
		quad->y[i] = taken->scale * y + taken->y;
	}
}

/* On one side of all four edges, whichever way round they go. */
static bool
inside(const struct quad *quad, float x, float y)
{
	int left = 0;

	for (int i = 0; i < 4; i++) {
		int next = (i + 1) % 4;

		left += (quad->x[next] - quad->x[i]) * (y - quad->y[i]) -
		    (quad->y[next] - quad->y[i]) * (x - quad->x[i]) > 0;
	}
	return left == 0 || left == 4;
}

void
taken_drop(const struct taken *taken, struct finders *finders)
{
	size_t kept = 0;

	for (size_t i = 0; i < finders->count; i++) {
		const struct finder *f = &finders->finder[i];
		float x = taken->scale * f->x + taken->x;
		float y = taken->scale * f->y + taken->y;
		bool in = false;

		for (size_t k = 0; k < taken->count && !in; k++)
			in = inside(&taken->quad[k], x, y);
		if (!in)
			finders->finder[kept++] = *f;
	}
	finders->count = kept;
}

/* In or near it: detail counts for the blocks around it as well. */
static bool
close_to(const struct quad *quad, float x, float y)
{
	float dx = (quad->x[0] + quad->x[1] + quad->x[2] + quad->x[3]) / 4 - x;
	float dy = (quad->y[0] + quad->y[1] + quad->y[2] + quad->y[3]) / 4 - y;
	float nearer = fminf(TAKEN_NEAR / (hypotf(dx, dy) + 1), 1);

	return inside(quad, x + nearer * dx, y + nearer * dy);
}

void
taken_clear(const struct taken *taken, struct levels *levels)
{
	const float half = LEVELS_BLOCK / 2.0f;

	for (int i = 0; i < levels->cols * levels->rows; i++) {
		float x = (float)(i % levels->cols * LEVELS_BLOCK) + half;
		float y = (float)(i / levels->cols * LEVELS_BLOCK) + half;

		for (size_t k = 0; k < taken->count &&
		    levels->dense[i] > 0; k++)
			if (close_to(&taken->quad[k], x, y))
				levels->dense[i] = 0;
	}
}
