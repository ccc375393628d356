/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * triples - finds three finder patterns that may be the corners of a symbol.
 *
 * The size of a finder pattern along an arm, measured at both of its ends,
 * gives away how many modules long the arm is and how perspective bends it:
 * on a line with end slopes a and b and length d, the count is d / sqrt(ab).
 */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLES_MEASURED_MAX 600
#define TRIPLES_VISITS 100 /* of pixels, by one measured arm, about */

static int
by_hits(const void *a, const void *b)
{
	const struct finder *fa = a, *fb = b;

	/* A large pattern is seen by more rows: count per module. */
	float qa = (float)fa->hits / fa->down, qb = (float)fb->hits / fb->down;

	return qa < qb ? 1 : qa > qb ? -1 : 0;
}

static float
module_of(const struct finder *f)
{
	return sqrtf(f->across * f->down);
}

/* Cheap: shapes that no camera makes of a square are out. */
static bool
plausible(const struct finder *a, const struct finder *b,
    const struct finder *c)
{
	float bx = b->x - a->x, by = b->y - a->y;
	float cx = c->x - a->x, cy = c->y - a->y;
	float lb = hypotf(bx, by), lc = hypotf(cx, cy);
	float ma = module_of(a), mb = module_of(b), mc = module_of(c);
	float least = fminf(ma, fminf(mb, mc));
	float most = fmaxf(ma, fmaxf(mb, mc));
	float cosine;

	if (most > 2.2f * least || lb > 3 * lc || lc > 3 * lb)
		return false;
	if (lb < 8 * least || lc < 8 * least || lb > 230 * most ||
	    lc > 230 * most)
		return false;
	cosine = (bx * cx + by * cy) / (lb * lc);
	return fabsf(cosine) < 0.8f;
}

/* Modules between the centres of a and b, and the bend of the arm. */
static bool
measure_arm(const struct view *view, const struct finder *a,
    const struct finder *b, float *modules, float *bend)
{
	float dx = b->x - a->x, dy = b->y - a->y;
	float length = hypotf(dx, dy);
	struct span at_a, at_b;

	if (!span_measure(view, a->x, a->y, dx, dy, a->light,
	    12 * module_of(a) + 3, &at_a) ||
	    !span_measure(view, b->x, b->y, dx, dy, b->light,
	    12 * module_of(b) + 3, &at_b))
		return false;
	*modules = length / sqrtf(at_a.module * at_b.module);
	*bend = sqrtf(at_a.module / at_b.module);
	return *modules > 10 && *modules < 190 && *bend > 0.5f && *bend < 2;
}

static bool
measure(const struct view *view, struct triple *t)
{
	float nx, ny;

	if (!measure_arm(view, &t->corner, &t->right, &nx, &t->bend_x) ||
	    !measure_arm(view, &t->corner, &t->below, &ny, &t->bend_y))
		return false;
	t->size = (nx + ny) / 2 + 7;
	t->doubt = 0.08f;
	t->score = fabsf(logf(nx / ny)) * 4 + fabsf(logf(t->bend_x)) +
	    fabsf(logf(t->bend_y));
	/* The bent fourth corner must stay a corner. */
	return fabsf(logf(nx / ny)) < 0.35f &&
	    t->bend_x + t->bend_y > 1.3f;
}

/* Keep the best few, sorted. */
static void
insert(struct triples *triples, const struct triple *t)
{
	size_t i = triples->count;

	if (i == TRIPLES_MAX) {
		if (t->score >= triples->triple[i - 1].score)
			return;
		i--;
	} else {
		triples->count++;
	}
	while (i > 0 && triples->triple[i - 1].score > t->score) {
		triples->triple[i] = triples->triple[i - 1];
		i--;
	}
	triples->triple[i] = *t;
}

static struct triple
arrange(const struct finder *a, const struct finder *b,
    const struct finder *c)
{
	struct triple t = { .corner = *a, .right = *b, .below = *c,
		.bend_x = 1, .bend_y = 1 };
	/* Seen from the front, below lies clockwise of right. */
	float turn = (b->x - a->x) * (c->y - a->y) -
	    (b->y - a->y) * (c->x - a->x);

	if (turn < 0) {
		t.right = *c;
		t.below = *b;
	}
	return t;
}

static void
guess(struct triple *t)
{
	float bx = t->right.x - t->corner.x, by = t->right.y - t->corner.y;
	float cx = t->below.x - t->corner.x, cy = t->below.y - t->corner.y;
	float lb = hypotf(bx, by), lc = hypotf(cx, cy);
	float ma = module_of(&t->corner), mb = module_of(&t->right);
	float mc = module_of(&t->below), m = cbrtf(ma * mb * mc);

	t->size = sqrtf(lb * lc) / m + 7;
	t->doubt = 0.45f;
	t->score = fabsf(logf(lb / lc)) + fabsf(bx * cx + by * cy) / (lb * lc) +
	    0.5f * (fabsf(logf(ma / m)) + fabsf(logf(mb / m)) +
	    fabsf(logf(mc / m)));
}

void
triples_find(const struct view *view, const struct finders *finders,
    struct triples *triples, struct cost *cost)
{
	struct finder best[FINDERS_MAX];
	size_t n = finders->count;
	struct triple t;
	int measured = 0;

	triples->count = 0;
	memcpy(best, finders->finder, n * sizeof(best[0]));
	qsort(best, n, sizeof(best[0]), by_hits);
	n = n < TRIPLES_FROM ? n : TRIPLES_FROM;
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			for (size_t c = b + 1; c < n; c++) {
				if (a == b || a == c ||
				    best[a].light != best[b].light ||
				    best[a].light != best[c].light ||
				    !plausible(&best[a], &best[b], &best[c]))
					continue;
				if (measured++ >= TRIPLES_MEASURED_MAX)
					return;
				cost_add(cost, STAGE_GATE,
				    4 * TRIPLES_VISITS);
				t = arrange(&best[a], &best[b], &best[c]);
				if (measure(view, &t))
					insert(triples, &t);
			}
}

void
triples_guess(const struct finders *finders, struct triples *triples)
{
	const struct finder *f = finders->finder;
	size_t n = finders->count < TRIPLES_FROM ? finders->count :
	    TRIPLES_FROM;

	triples->count = 0;
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			for (size_t c = b + 1; c < n; c++) {
				struct triple t;

				if (a == b || a == c ||
				    !plausible(&f[a], &f[b], &f[c]))
					continue;
				t = arrange(&f[a], &f[b], &f[c]);
				guess(&t);
				/* Patterns of most contrast come first. */
				t.score += 0.06f * (float)(a + b + c);
				insert(triples, &t);
			}
}
