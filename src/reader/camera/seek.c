/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seek - finds finder patterns by their shape, where noise and blur have
 * broken their runs.
 *
 * Means over nested squares (3, 5, 7 and 9 modules a side) take all pixels of
 * a pattern together: dark core, light ring, dark ring, light ring. The sums
 * of a square cost four look-ups, whatever its size.
 */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEEK_KEPT 24
#define SEEK_CONTRAST 5 /* grey levels between the rings */
#define SEEK_VISITS 4   /* of each pixel, for each size, about */

/* Pixels a module. */
static const float sizes[] = { 1.5f, 1.8f, 2.2f, 2.7f, 3.3f, 4.0f, 4.9f };

struct hit {
	float x, y; /* in the upright picture */
	float module, contrast;
};

struct seek {
	const struct grey *grey; /* upright, or turned by 45 degrees */
	bool turned;
	float middle_x, middle_y; /* of the upright picture */
	unsigned *sums; /* (width + 1) x (height + 1) */
	float *line[3]; /* contrasts of three rows */
	struct hit hits[SEEK_KEPT];
	size_t count;
};

static void
sum_up(struct seek *seek)
{
	const struct grey *grey = seek->grey;
	size_t wide = (size_t)grey->width + 1;

	memset(seek->sums, 0, wide * sizeof(*seek->sums));
	for (int y = 0; y < grey->height; y++) {
		const unsigned char *p = grey->pixels +
		    (size_t)y * (size_t)grey->width;
		unsigned *to = seek->sums + (size_t)(y + 1) * wide;
		unsigned row = 0;

		to[0] = 0;
		for (int x = 0; x < grey->width; x++) {
			row += p[x];
			to[x + 1] = to[x + 1 - (ptrdiff_t)wide] + row;
		}
	}
}

/* Contrasts of the pattern centred at the pixels of row y. Half sides are
 * whole numbers, so that every square has the pixel in its middle. */
static void
contrast_row(const struct seek *seek, int y, const int half[4], float *to)
{
	int width = seek->grey->width;
	size_t wide = (size_t)width + 1;
	float area[4];

	for (int k = 0; k < 4; k++)
		area[k] = (float)((2 * half[k] + 1) * (2 * half[k] + 1));
	for (int x = 0; x < width; x++)
		to[x] = 0;
	for (int x = half[3]; x < width - half[3]; x++) {
		float sum[4], ring[4];
		float light, dark;

		for (int k = 0; k < 4; k++) {
			int h = half[k];
			const unsigned *a = seek->sums +
			    (size_t)(y - h) * wide + (size_t)(x - h);
			const unsigned *b = a + (size_t)(2 * h + 1) * wide;

			sum[k] = (float)(b[2 * h + 1] - b[0] - a[2 * h + 1] +
			    a[0]);
		}
		ring[0] = sum[0] / area[0];
		for (int k = 1; k < 4; k++)
			ring[k] = (sum[k] - sum[k - 1]) /
			    (area[k] - area[k - 1]);
		light = ring[1] < ring[3] ? ring[1] : ring[3];
		dark = ring[0] > ring[2] ? ring[0] : ring[2];
		to[x] = light - dark;
	}
}

/* Keep the hits of most contrast; of close ones only the best. */
static void
keep(struct seek *seek, struct hit hit)
{
	size_t i, last;

	for (i = 0; i < seek->count; i++) {
		const struct hit *h = &seek->hits[i];
		float reach = 2 * (h->module > hit.module ? h->module :
		    hit.module);

		if (fabsf(h->x - hit.x) > reach || fabsf(h->y - hit.y) > reach)
			continue;
		if (h->contrast >= hit.contrast)
			return;
		seek->count--;
		memmove(&seek->hits[i], &seek->hits[i + 1],
		    (seek->count - i) * sizeof(hit));
		i--;
	}
	for (i = seek->count; i > 0 &&
	    seek->hits[i - 1].contrast < hit.contrast; i--)
		;
	if (i == SEEK_KEPT)
		return;
	last = seek->count < SEEK_KEPT ? seek->count++ : SEEK_KEPT - 1;
	memmove(&seek->hits[i + 1], &seek->hits[i], (last - i) * sizeof(hit));
	seek->hits[i] = hit;
}

static struct hit
upright(const struct seek *seek, float x, float y, float module,
    float contrast)
{
	struct hit hit = { x, y, module, contrast };

	if (seek->turned) {
		float u = x - (float)seek->grey->width / 2;
		float v = y - (float)seek->grey->height / 2;

		hit.x = seek->middle_x + (u - v) * (float)M_SQRT1_2;
		hit.y = seek->middle_y + (u + v) * (float)M_SQRT1_2;
	}
	return hit;
}

static struct grey *
turned(const struct grey *grey, struct err *err)
{
	int side = (int)((float)(grey->width + grey->height) *
	    (float)M_SQRT1_2);
	struct grey *to = grey_new(side, side, err);

	for (int y = 0; to != NULL && y < side; y++)
		for (int x = 0; x < side; x++) {
			float u = (float)x - (float)side / 2;
			float v = (float)y - (float)side / 2;

			to->pixels[y * side + x] = (unsigned char)grey_at(grey,
			    (float)grey->width / 2 + (u - v) *
			    (float)M_SQRT1_2, (float)grey->height / 2 +
			    (u + v) * (float)M_SQRT1_2);
		}
	return to;
}

static void
seek_size(struct seek *seek, float module)
{
	int half[4];
	int width = seek->grey->width, height = seek->grey->height;

	for (int k = 0; k < 4; k++)
		half[k] = (int)(((float)(2 * k + 3) * module - 1) / 2 + 0.5f);
	if (2 * half[3] >= width || 2 * half[3] + 2 >= height)
		return;
	for (int y = half[3]; y < height - half[3]; y++) {
		float *below = seek->line[2], *here = seek->line[1];
		const float *above = seek->line[0];

		contrast_row(seek, y, half, below);
		for (int x = half[3] + 1; y > half[3] + 1 &&
		    x < width - half[3] - 1; x++) {
			float c = here[x];

			if (c < SEEK_CONTRAST || c < here[x - 1] ||
			    c < here[x + 1] || c < above[x] || c < below[x])
				continue;
			keep(seek, upright(seek, (float)x, (float)(y - 1),
			    module, c));
		}
		seek->line[2] = seek->line[0];
		seek->line[0] = here;
		seek->line[1] = below;
	}
}

static void
seek_all(struct seek *seek, const struct grey *grey, struct cost *cost)
{
	size_t width = (size_t)grey->width;
	float *lines = malloc(3 * width * sizeof(*lines));

	seek->grey = grey;
	seek->sums = malloc((width + 1) * ((size_t)grey->height + 1) *
	    sizeof(*seek->sums));
	for (size_t i = 0; i < 3; i++)
		seek->line[i] = lines + i * width;
	if (seek->sums != NULL && lines != NULL) {
		sum_up(seek);
		for (size_t i = 0; i < nitems(sizes); i++) {
			if (cost_over(cost))
				break;
			seek_size(seek, sizes[i]);
			cost_add(cost, STAGE_GATE, (int64_t)grey->width *
			    grey->height * SEEK_VISITS);
		}
	}
	free(seek->sums);
	free(lines);
}

void
seek_find(const struct grey *grey, struct finders *finders, struct cost *cost)
{
	struct seek seek = { .middle_x = (float)grey->width / 2,
		.middle_y = (float)grey->height / 2 };
	struct err err;
	struct grey *diamond = turned(grey, &err);

	seek_all(&seek, grey, cost);
	/* Upright squares fit patterns turned by up to a quarter as well. */
	seek.turned = true;
	if (diamond != NULL)
		seek_all(&seek, diamond, cost);
	grey_free(diamond);
	finders->count = 0;
	finders->full = false;
	for (size_t i = 0; i < seek.count; i++) {
		const struct hit *h = &seek.hits[i];

		finders->finder[finders->count++] = (struct finder){
			.x = h->x, .y = h->y, .across = h->module,
			.down = h->module, .hits = 2 };
	}
}
