/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit - lays a symbol's grid over the picture.
 *
 * Of the eight numbers of a homography three finder centres give six; what
 * is left is one bend for each arm. The bends are searched on the timing
 * patterns, then on the alignment patterns, and at last the four corners are
 * moved a little for the best agreement of everything that a code of this
 * version must show.
 */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIT_POINTS_MAX 6000
#define FIT_ROUNDS 9
#define FIT_GOOD 0.75f
#define FIT_ROUNDS_GOOD 5
#define FIT_ALL_MAX 350  /* modules; of more only every second is used */
#define FIT_STRETCH 16   /* points, before the rest is judged */
#define FIT_WORSE -2.0f
#define FIT_VISITS 3     /* one point's work in visits of a pixel, about */
#define FIT_ASIDE 0.32f     /* modules from a module's middle */
#define FIT_ASIDE_FROM 2.4f /* pixels a module */
#define FIT_BOW 0.14f     /* of a symbol's side, at most */
#define FIT_BOW_MAX 10.0f /* modules */
#define FIT_BOW_ALONG 1.1f
#define FIT_BOW_STEP 0.5f
#define FIT_STEPS 8 /* of a bend, each way */

struct point {
	float u, v, sign; /* sign 1: light is expected */
};

struct fit {
	const struct view *view;
	struct cost *cost;
	float polarity; /* -1 for a light code on dark */
	float gain;     /* 1 / a usual contrast */
	size_t n;
	struct point *points;
};

/* What a point says for the place, -1 to 1. */
static inline float
agreement(const struct fit *fit, const struct place *place,
    const struct point *p)
{
	const struct grey *grey = fit->view->grey;
	float x, y, value;
	int level;

	place_point(place, p->u, p->v, &x, &y);
	if (!(x >= 0 && y >= 0 && x < (float)(grey->width - 1) &&
	    y < (float)(grey->height - 1)))
		return -0.5f;
	level = levels_at(&fit->view->levels, (int)x, (int)y);
	value = level == 0 ? 1 :
	    (grey_inside(grey, x, y) - (float)level) * fit->gain;
	value = value > 1 ? 1 : value < -1 ? -1 : value;
	return value * p->sign * fit->polarity;
}

/* The mean over all points; FIT_WORSE as soon as it cannot be above least. */
static float
score(const struct fit *fit, const struct place *place, float least)
{
	float sum = 0, n = (float)fit->n;
	size_t i = 0;

	while (i < fit->n) {
		size_t end = i + FIT_STRETCH < fit->n ? i + FIT_STRETCH :
		    fit->n;

		for (; i < end; i++)
			sum += agreement(fit, place, &fit->points[i]);
		if (sum + n - (float)i < least * n)
			break;
	}
	cost_add(fit->cost, STAGE_GEOMETRY, (int64_t)i * FIT_VISITS);
	return i == fit->n && i > 0 ? sum / n : FIT_WORSE;
}

/* The homography through three finder centres with the given bends. */
static void
place_bent(const struct triple *t, int size, float wx, float wy,
    struct place *place)
{
	float d = (float)(size - 7);
	const struct finder *c = &t->corner, *r = &t->right, *b = &t->below;
	/* Columns of the matrix that takes (s, t, 1) to the picture. */
	float sx = wx * r->x - c->x, sy = wx * r->y - c->y, sw = wx - 1;
	float tx = wy * b->x - c->x, ty = wy * b->y - c->y, tw = wy - 1;
	float *h = place->h;

	place->bowed = false;
	h[0] = sx / d;
	h[1] = tx / d;
	h[2] = c->x - 3.5f * (sx + tx) / d;
	h[3] = sy / d;
	h[4] = ty / d;
	h[5] = c->y - 3.5f * (sy + ty) / d;
	h[6] = sw / d;
	h[7] = tw / d;
	h[8] = 1 - 3.5f * (sw + tw) / d;
}

/* The homography that takes the symbol's square to four corners: solved in
 * closed form. False when they are no convex square. */
static bool
place_corners(const float corner[8], int size, struct place *place)
{
	float x0 = corner[0], y0 = corner[1], x1 = corner[2], y1 = corner[3];
	float x2 = corner[4], y2 = corner[5], x3 = corner[6], y3 = corner[7];
	float dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3;
	float dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
	float whole = dx1 * dy2 - dx2 * dy1;
	float n = (float)size, g, k;
	float *h = place->h;

	if (fabsf(whole) < 1e-3f)
		return false;
	g = (sx * dy2 - dx2 * sy) / whole;
	k = (dx1 * sy - sx * dy1) / whole;
	if (g < -0.9f || k < -0.9f || g + k < -0.9f)
		return false;
	h[0] = (x1 - x0 + g * x1) / n;
	h[1] = (x3 - x0 + k * x3) / n;
	h[2] = x0;
	h[3] = (y1 - y0 + g * y1) / n;
	h[4] = (y3 - y0 + k * y3) / n;
	h[5] = y0;
	h[6] = g / n;
	h[7] = k / n;
	h[8] = 1;
	return true;
}

static void
add(struct fit *fit, float u, float v, bool dark)
{
	if (fit->n < FIT_POINTS_MAX)
		fit->points[fit->n++] = (struct point){ u, v,
			dark ? -1.0f : 1.0f };
}

static void
add_timing(struct fit *fit, int size, bool down)
{
	for (int i = 8; i < size - 8; i++)
		add(fit, (down ? 6 : (float)i) + 0.5f,
		    (down ? (float)i : 6) + 0.5f, i % 2 == 0);
}

static bool
in_finder(int u, int v, int size)
{
	return (u < 8 && v < 8) || (u >= size - 8 && v < 8) ||
	    (u < 8 && v >= size - 8);
}

/*
 * All function patterns, with or without the finder patterns. aside: points
 * near opposite corners of each module instead of its middle, by turns; only
 * these feel where the middle of a large module is.
 */
static void
add_fixed(struct fit *fit, const struct symbol *symbol, bool finders,
    float aside)
{
	int n = symbol->size;
	/* In a large symbol every second one says as much. */
	bool all = symbol->nfixed < FIT_ALL_MAX;

	for (int v = 0; v < n; v++)
		for (int u = 0; u < n; u++) {
			int what = symbol->fixed[v * n + u];
			float du = aside, dv = (u + v) % 2 ? aside : -aside;

			if (what != FIXED_DARK && what != FIXED_LIGHT)
				continue;
			if (in_finder(u, v, n) && !finders)
				continue;
			if (!all && u != 6 && v != 6 && (u + v) % 2 != 0)
				continue;
			add(fit, (float)u + 0.5f + du, (float)v + 0.5f + dv,
			    what == FIXED_DARK);
			if (aside > 0)
				add(fit, (float)u + 0.5f - du,
				    (float)v + 0.5f - dv, what == FIXED_DARK);
		}
}

/* Grey levels between the local level and the finder pattern's own. */
static void
set_gain(struct fit *fit, const struct triple *t)
{
	const struct finder *at[3] = { &t->corner, &t->right, &t->below };
	float sum = 0;

	for (int i = 0; i < 3; i++) {
		int level = levels_at(&fit->view->levels, (int)at[i]->x,
		    (int)at[i]->y);

		sum += fabsf(grey_at(fit->view->grey, at[i]->x, at[i]->y) -
		    (float)level);
	}
	fit->gain = 1.2f / fmaxf(sum / 3, 4);
}

/* Search the bends around *wx, *wy. along: 0 both, 1 x alone, 2 y alone. */
static float
search(struct fit *fit, const struct triple *t, int size, int along,
    int steps, float step, float *wx, float *wy)
{
	float best = FIT_WORSE, cx = *wx, cy = *wy;
	int reach_x = along == 2 ? 0 : steps, reach_y = along == 1 ? 0 : steps;
	struct place middle;

	/* It is often the best, and cuts the others short. */
	if (cx + cy >= 1.2f) {
		place_bent(t, size, cx, cy, &middle);
		best = score(fit, &middle, FIT_WORSE);
	}
	for (int j = -reach_y; j <= reach_y; j++)
		for (int i = -reach_x; i <= reach_x; i++) {
			float tx = cx * (1 + (float)i * step);
			float ty = cy * (1 + (float)j * step);
			struct place place;
			float got;

			if (tx + ty < 1.2f || (i == 0 && j == 0))
				continue;
			place_bent(t, size, tx, ty, &place);
			/* At equal scores the smaller change. */
			got = score(fit, &place, best) -
			    0.002f * (float)(abs(i) + abs(j));
			if (got > best) {
				best = got;
				*wx = tx;
				*wy = ty;
			}
		}
	return best;
}

static float
refine(struct fit *fit, int size, float step, struct place *place)
{
	float corner[8], best = score(fit, place, FIT_WORSE);
	float n = (float)size;
	int rounds;

	place_flat(place, 0, 0, &corner[0], &corner[1]);
	place_flat(place, n, 0, &corner[2], &corner[3]);
	place_flat(place, n, n, &corner[4], &corner[5]);
	place_flat(place, 0, n, &corner[6], &corner[7]);
	/* What fits this well needs no more than a touch. */
	rounds = best > FIT_GOOD ? FIT_ROUNDS_GOOD : FIT_ROUNDS;
	for (int round = 0; round < rounds; round++) {
		bool moved = false;

		for (int i = 0; i < 16; i++) {
			float old = corner[i / 2];
			struct place tried = *place;
			float got;

			corner[i / 2] += i % 2 == 0 ? step : -step;
			got = place_corners(corner, size, &tried) ?
			    score(fit, &tried, best) : FIT_WORSE;
			if (got > best) {
				best = got;
				*place = tried;
				moved = true;
			} else {
				corner[i / 2] = old;
			}
		}
		if (!moved)
			step /= 2;
	}
	return best;
}

/* The bends that suit the timing patterns; their agreement. */
static float
fit_bends(struct fit *fit, const struct triple *t, int size, int steps,
    float *wx, float *wy)
{
	float step = 0.6f / (float)(size - 7), got_x = -1, got_y = -1;

	for (int i = 0; i < 2; i++) {
		float x = *wx, y = *wy;

		fit->n = 0;
		add_timing(fit, size, false);
		got_x = search(fit, t, size, 1, steps, step, wx, wy);
		fit->n = 0;
		add_timing(fit, size, true);
		got_y = search(fit, t, size, 2, steps, step, wx, wy);
		if (*wx == x && *wy == y)
			break; /* the same again would find the same */
	}
	return (got_x + got_y) / 2;
}

static bool
start(struct fit *fit, const struct triple *t)
{
	fit->polarity = t->corner.light ? -1.0f : 1.0f;
	fit->points = malloc(FIT_POINTS_MAX * sizeof(*fit->points));
	if (fit->points == NULL)
		return false;
	set_gain(fit, t);
	return true;
}

float
fit_timing(const struct view *view, const struct triple *triple, int version,
    struct cost *cost)
{
	struct fit fit = { .view = view, .cost = cost };
	float wx = triple->bend_x, wy = triple->bend_y, got;

	if (!start(&fit, triple))
		return -1;
	got = fit_bends(&fit, triple, symbol_size(version), FIT_STEPS, &wx,
	    &wy);
	free(fit.points);
	return got;
}

float
fit_symbol(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost)
{
	struct fit fit = { .view = view, .cost = cost };
	float wx = triple->bend_x, wy = triple->bend_y, got;
	float unit = 1 / (float)(symbol->size - 7);
	float module = sqrtf(triple->corner.across * triple->corner.down);

	if (!start(&fit, triple))
		return -1;
	fit_bends(&fit, triple, symbol->size, FIT_STEPS, &wx, &wy);
	fit.n = 0;
	add_fixed(&fit, symbol, false, 0);
	for (int i = 0; i < 2; i++) {
		float x = wx, y = wy;

		search(&fit, triple, symbol->size, 1, 4, 0.5f * unit, &wx,
		    &wy);
		search(&fit, triple, symbol->size, 2, 4, 0.5f * unit, &wx,
		    &wy);
		if (wx == x && wy == y)
			break;
	}
	fit.n = 0;
	add_fixed(&fit, symbol, true, 0);
	place_bent(triple, symbol->size, wx, wy, place);
	got = refine(&fit, symbol->size, 0.6f * module, place);
	free(fit.points);
	return got;
}

/* Every bow of the two directions, along u or along v. */
static float
search_bow(const struct fit *fit, struct place *place)
{
	float reach = fminf(FIT_BOW * (float)place->size, FIT_BOW_MAX);
	struct place best = *place;
	float most = -2;

	for (int along = 0; along < 4; along += 2)
		for (float a = -reach; a <= reach; a += FIT_BOW_STEP)
			for (float b = -reach; b <= reach; b += FIT_BOW_STEP) {
				struct place tried = *place;
				float got;

				/* Bent paper moves aside, hardly along. */
				if (fabsf(along == 0 ? a : b) > FIT_BOW_ALONG)
					continue;
				tried.bow[along] = a;
				tried.bow[along + 1] = b;
				/* At equal scores the smaller bow. */
				got = score(fit, &tried, most) -
				    0.004f * (fabsf(a) + fabsf(b));
				if (got > most) {
					most = got;
					best = tried;
				}
			}
	*place = best;
	return most;
}

static float
refine_bow(const struct fit *fit, float step, struct place *place)
{
	float best = score(fit, place, FIT_WORSE);

	for (int round = 0; round < FIT_ROUNDS; round++) {
		bool moved = false;

		for (int i = 0; i < 8; i++) {
			struct place tried = *place;
			float got;

			tried.bow[i / 2] += i % 2 == 0 ? step : -step;
			got = score(fit, &tried, best);
			if (got > best) {
				best = got;
				*place = tried;
				moved = true;
			}
		}
		if (!moved)
			step /= 2;
	}
	return best;
}

float
fit_bent(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost)
{
	struct fit fit = { .view = view, .cost = cost };
	float module = sqrtf(triple->corner.across * triple->corner.down);
	float got = -1;

	if (!start(&fit, triple))
		return -1;
	place_bent(triple, symbol->size, triple->bend_x, triple->bend_y,
	    place);
	place->bowed = true;
	place->size = symbol->size;
	memset(place->bow, 0, sizeof(place->bow));
	add_fixed(&fit, symbol, false, 0);
	search_bow(&fit, place);
	refine_bow(&fit, FIT_BOW_STEP / 2, place);
	fit.n = 0;
	add_fixed(&fit, symbol, true, 0);
	for (int i = 0; i < 2; i++) {
		refine(&fit, symbol->size, 0.6f * module, place);
		got = refine_bow(&fit, FIT_BOW_STEP / 2, place);
	}
	free(fit.points);
	return got;
}

bool
fit_finely(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost)
{
	struct fit fit = { .view = view, .cost = cost };
	float module = sqrtf(triple->corner.across * triple->corner.down);

	if (module < FIT_ASIDE_FROM || !start(&fit, triple))
		return false;
	add_fixed(&fit, symbol, true, FIT_ASIDE);
	refine(&fit, symbol->size, 0.3f * module, place);
	free(fit.points);
	return true;
}
