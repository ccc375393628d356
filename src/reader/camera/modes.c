/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modes - which of a camera's formats, sizes and rates is best for reading.
 *
 * The size counts most, since a code needs its pixels. Then five frames a
 * second: over an old bus raw frames of full size may come at one or two.
 * Then what a frame costs: luma that is there as it is before MJPEG.
 */
#include "parts.h"

#include <math.h>

#define MODES_RATE_LEAST 5.0f

static const float costs[] = {
	[PIXELS_GREY] = 0, [PIXELS_NV12] = 0.1f, [PIXELS_YUYV] = 0.15f,
	[PIXELS_UYVY] = 0.15f, [PIXELS_MJPEG] = 0.6f,
};

void
modes_add(struct modes *modes, const struct mode *mode)
{
	if (modes->count < MODES_MAX && grey_fits(mode->width, mode->height))
		modes->mode[modes->count++] = *mode;
}

static float
regret(const struct mode *mode, int width, int height, int rate)
{
	float area = (float)mode->width * (float)mode->height;
	float wider = log2f(area / ((float)width * (float)height));
	float frames = mode->rate > 0 ? mode->rate : (float)rate;
	float sum = costs[mode->pixels];

	sum += wider < 0 ? -4 * wider : 2 * wider;
	if (frames < MODES_RATE_LEAST)
		sum += 3 * log2f(MODES_RATE_LEAST / frames);
	if (frames < (float)rate)
		sum += 0.3f * log2f((float)rate / frames);
	return sum;
}

const struct mode *
modes_choose(const struct modes *modes, int width, int height, int rate)
{
	const struct mode *best = NULL;

	for (size_t i = 0; i < modes->count; i++)
		if (best == NULL || regret(&modes->mode[i], width, height,
		    rate) < regret(best, width, height, rate))
			best = &modes->mode[i];
	return best;
}
