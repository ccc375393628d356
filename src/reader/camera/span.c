/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * span - the runs 1:1:3:1:1 of a finder pattern along a line.
 *
 * Edges are placed between pixels, since at two pixels a module a whole pixel
 * is half of one. Ink spreads and lenses bloom: dark runs grow by what light
 * ones lose. So neighbours are taken in pairs, whose sums stay 2:4:4:2.
 */
#include "stages.h"

#include <math.h>

bool
span_fits(const float run[5], float *module)
{
	float pair[4] = { run[0] + run[1], run[1] + run[2], run[2] + run[3],
		run[3] + run[4] };
	float m = (pair[0] + pair[1] + pair[2] + pair[3]) * (1.0f / 12);
	float slack = 0.2f + 0.55f * m;

	*module = m;
	return m > 0.9f && fabsf(pair[0] - 2 * m) < slack &&
	    fabsf(pair[3] - 2 * m) < slack &&
	    fabsf(pair[1] - 4 * m) < slack * 1.4f &&
	    fabsf(pair[2] - 4 * m) < slack * 1.4f &&
	    run[0] > 0.25f * m && run[1] > 0.25f * m && run[3] > 0.25f * m &&
	    run[4] > 0.25f * m && run[2] > 1.7f * m && run[2] < 4.3f * m;
}

/* How far a point is on the pattern's own side of the local level. */
static float
inside(const struct view *view, float x, float y, float sign)
{
	const struct grey *grey = view->grey;
	int level = levels_at(&view->levels, (int)x, (int)y);
	bool within = x < (float)(grey->width - 1) &&
	    y < (float)(grey->height - 1);

	return sign * ((float)level - (within ? grey_inside(grey, x, y) :
	    grey_at(grey, x, y)));
}

/*
 * Walk from (x, y) and note where the first three edges are, in steps. The
 * start must be inside.
 */
static bool
walk(const struct view *view, float x, float y, float dx, float dy,
    float sign, int steps, float edge[3])
{
	float right = (float)(view->grey->width - 1);
	float low = (float)(view->grey->height - 1);
	float before = inside(view, x, y, sign);
	int found = 0;

	if (before <= 0)
		return false;
	for (int i = 1; i <= steps; i++) {
		float px = x + (float)i * dx, py = y + (float)i * dy;
		float now;

		if (px < 0 || py < 0 || px > right || py > low)
			return false;
		now = inside(view, px, py, sign);
		if ((now > 0) != (before > 0)) {
			edge[found++] = (float)i - 1 +
			    before / (before - now);
			if (found == 3)
				return true;
		}
		before = now;
	}
	return false;
}

bool
span_measure(const struct view *view, float x, float y, float dx, float dy,
    bool light, float reach, struct span *span)
{
	float sign = light ? -1.0f : 1.0f;
	/* One pixel a step along the longer side. */
	float longer = fmaxf(fabsf(dx), fabsf(dy));
	float ahead[3], back[3], run[5];
	float step_x = dx / longer, step_y = dy / longer;
	float step = hypotf(step_x, step_y);
	int steps = (int)(reach / step) + 1;

	if (!(x >= 0 && y >= 0 && x <= (float)(view->grey->width - 1) &&
	    y <= (float)(view->grey->height - 1)))
		return false;
	if (!walk(view, x, y, step_x, step_y, sign, steps, ahead) ||
	    !walk(view, x, y, -step_x, -step_y, sign, steps, back))
		return false;
	run[0] = back[2] - back[1];
	run[1] = back[1] - back[0];
	run[2] = back[0] + ahead[0];
	run[3] = ahead[1] - ahead[0];
	run[4] = ahead[2] - ahead[1];
	if (!span_fits(run, &span->module))
		return false;
	span->module *= step;
	span->back = back[2] * step;
	span->ahead = ahead[2] * step;
	/* The inner and outer edges agree on the middle; take them together. */
	span->middle = (ahead[2] - back[2] + ahead[1] - back[1] + ahead[0] -
	    back[0]) * step / 6;
	return true;
}
