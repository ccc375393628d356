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

#define TRIPLES_SMALL 0.05f
#define ARMS_NEAR 16
#define ARMS_MAX (TRIPLES_FROM + ARMS_NEAR)
#define TRIPLES_VISITS 100 /* of pixels, by one measured arm, about */

/* From one finder to another. */
struct arm {
	const struct finder *end;
	bool measured, stands;
	float modules, bend;
};

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

/* Two arms of a corner make a symbol when they are equally long. */
static bool
join(const struct finder *corner, const struct arm *b, const struct arm *c,
    struct triple *t)
{
	float nx, ny;

	*t = arrange(corner, b->end, c->end);
	if (t->right.x != b->end->x || t->right.y != b->end->y) {
		const struct arm *swap = b;

		b = c;
		c = swap;
	}
	nx = b->modules;
	ny = c->modules;
	t->bend_x = b->bend;
	t->bend_y = c->bend;
	t->size = (nx + ny) / 2 + 7;
	t->doubt = 0.08f;
	/* Where there are many, the smaller is the likelier. */
	t->score = fabsf(logf(nx / ny)) * 4 + fabsf(logf(t->bend_x)) +
	    fabsf(logf(t->bend_y)) + TRIPLES_SMALL * logf(t->size);
	/* The bent fourth corner must stay a corner. */
	return fabsf(logf(nx / ny)) < 0.35f &&
	    t->bend_x + t->bend_y > 1.3f;
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

/*
 * The finders that may be at the end of an arm from a. Any two of the best
 * may be one symbol; where there are dozens of symbols the others find their
 * own among the nearest.
 */
static int
list_arms(const struct finder best[], size_t n, size_t a,
    struct arm arms[ARMS_MAX])
{
	const struct finder *from = &best[a];
	float far[ARMS_NEAR];
	size_t near[ARMS_NEAR];
	int many = 0, count = 0;

	for (size_t b = 0; b < n; b++) {
		float d = hypotf(best[b].x - from->x, best[b].y - from->y);
		int at = many < ARMS_NEAR ? many : ARMS_NEAR - 1;

		if (a == b || best[b].light != from->light)
			continue;
		if (a < TRIPLES_FROM && b < TRIPLES_FROM) {
			arms[count++] = (struct arm){ .end = &best[b] };
			continue;
		}
		if (many == ARMS_NEAR && far[at] <= d)
			continue;
		for (; at > 0 && far[at - 1] > d; at--) {
			far[at] = far[at - 1];
			near[at] = near[at - 1];
		}
		far[at] = d;
		near[at] = b;
		many += many < ARMS_NEAR;
	}
	for (int i = 0; i < many; i++)
		arms[count++] = (struct arm){ .end = &best[near[i]] };
	return count;
}

/* Each arm is measured once, and only when somebody asks. */
static bool
arm_stands(const struct view *view, const struct finder *from,
    struct arm *arm, struct cost *cost)
{
	if (!arm->measured) {
		arm->measured = true;
		arm->stands = measure_arm(view, from, arm->end, &arm->modules,
		    &arm->bend);
		cost_add(cost, STAGE_GATE, 2 * TRIPLES_VISITS);
	}
	return arm->stands;
}

static void
find_at(const struct view *view, const struct finder *corner,
    struct arm arms[], int n, struct triples *triples, struct cost *cost)
{
	for (int b = 0; b < n; b++)
		for (int c = b + 1; c < n; c++) {
			struct triple t;

			if (!plausible(corner, arms[b].end, arms[c].end))
				continue;
			if (!arm_stands(view, corner, &arms[b], cost))
				break;
			if (!arm_stands(view, corner, &arms[c], cost))
				continue;
			if (join(corner, &arms[b], &arms[c], &t))
				insert(triples, &t);
		}
}

void
triples_find(const struct view *view, const struct finders *finders,
    struct triples *triples, struct cost *cost)
{
	struct finder best[FINDERS_MAX];
	struct arm arms[ARMS_MAX];
	size_t n = finders->count;

	triples->count = 0;
	memcpy(best, finders->finder, n * sizeof(best[0]));
	qsort(best, n, sizeof(best[0]), by_hits);
	for (size_t a = 0; a < n && !cost_over(cost); a++)
		find_at(view, &best[a], arms, list_arms(best, n, a, arms),
		    triples, cost);
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
				/* Patterns of most contrast come first; what
				 * modules look like one by chance lies within
				 * the three that are. */
				t.score += 0.06f * (float)(a + b + c) -
				    0.4f * logf(t.size);
				insert(triples, &t);
			}
}
