/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gate - a cheap look for finder patterns. Nearly every frame ends here.
 *
 * Every second row is cut into runs at the local level; where five of them
 * look like 1:1:3:1:1, of either polarity, the pattern is checked along the
 * column, along the row again through its middle, and along a diagonal.
 */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GATE_ROW_STEP 2
#define GATE_LOOP 16
#define GATE_CHECK_VISITS 120 /* of pixels, by one check, about */
#define GATE_STEP 12 /* grey levels, of both sides together */
#define GATE_HALF 3.5f /* modules from its centre to a pattern's edge */
#define GATE_DIAGONAL 15 /* modules that hold half of one, with room */
#define GATE_CHECKS_MAX 20000

struct gate {
	const struct view *view;
	struct finders *finders;
	struct cost *cost;
	unsigned char *dark; /* of one row, 0 or 1, one spare in front */
	unsigned char *level;
	float *edge;
	int checks;
};

static struct finder *
near(struct finders *finders, float x, float y, float module, bool light)
{
	for (size_t i = 0; i < finders->count; i++) {
		struct finder *f = &finders->finder[i];
		float reach = 1.6f * fmaxf(module, f->across);

		if (f->light == light && fabsf(f->x - x) < reach &&
		    fabsf(f->y - y) < 2.2f * fmaxf(module, f->down))
			return f;
	}
	return NULL;
}

static bool
check(const struct gate *gate, struct finder *f, float reach)
{
	const struct view *view = gate->view;
	struct span down, across, diagonal;

	if (!span_measure(view, f->x, f->y, 0, 1, f->light, reach, &down))
		return false;
	f->y += down.middle;
	if (!span_measure(view, f->x, f->y, 1, 0, f->light, reach, &across))
		return false;
	f->x += across.middle;
	f->across = across.module;
	f->down = down.module;
	if (f->across > 2.6f * f->down || f->down > 2.6f * f->across)
		return false;
	/* Any line through the centre shows the ratio; blur rounds corners,
	 * so that one diagonal must do. */
	return span_measure(view, f->x, f->y, 1, 1, f->light, 1.5f * reach,
	    &diagonal) || span_measure(view, f->x, f->y, 1, -1, f->light,
	    1.5f * reach, &diagonal);
}

static void
consider(struct gate *gate, float x, float y, float module, bool light)
{
	struct finders *finders = gate->finders;
	struct finder *known = near(finders, x, y, module, light);
	struct finder f = { .x = x, .y = y, .hits = 1, .light = light };

	if (known != NULL) {
		known->hits++;
		return;
	}
	if (gate->checks >= GATE_CHECKS_MAX) {
		finders->full = true;
		return;
	}
	gate->checks++;
	cost_add(gate->cost, STAGE_GATE, GATE_CHECK_VISITS);
	if (!check(gate, &f, 10 * module + 3))
		return;
	known = near(finders, f.x, f.y, f.across, light);
	if (known != NULL)
		known->hits++;
	else if (finders->count < FINDERS_MAX)
		finders->finder[finders->count++] = f;
	else
		finders->full = true;
}

/* A fixed length becomes vector instructions at -O2 as well. */
static void
compare(const unsigned char *p, const unsigned char *level,
    unsigned char *dark, int n)
{
	int x = 0;

	for (; x + GATE_LOOP <= n; x += GATE_LOOP)
		for (int k = 0; k < GATE_LOOP; k++)
			dark[x + k] = p[x + k] < level[x + k];
	for (; x < n; x++)
		dark[x] = p[x] < level[x];
}

/* Edges of one row, between pixels; returns how many. *first is set when the
 * row begins dark. */
static int
cut_row(struct gate *gate, int y, bool *first)
{
	const struct grey *grey = gate->view->grey;
	const struct levels *levels = &gate->view->levels;
	const unsigned char *p = grey->pixels + (size_t)y * (size_t)grey->width;
	const unsigned char *from = levels->level +
	    (size_t)(y / LEVELS_BLOCK) * (size_t)levels->cols;
	unsigned char *dark = gate->dark + 8;
	int width = grey->width, n = 0;

	for (int col = 0; col < levels->cols; col++)
		memset(gate->level + col * LEVELS_BLOCK, from[col],
		    LEVELS_BLOCK);
	compare(p, gate->level, dark, width);
	*first = dark[0];
	dark[-1] = dark[0];
	memset(dark + width, dark[width - 1], 8);
	for (int x = 0; x < width; x += 8) {
		uint64_t here, before, differ;

		memcpy(&here, dark + x, 8);
		memcpy(&before, dark + x - 1, 8);
		differ = here ^ before;
		while (differ != 0) {
			int at = x + __builtin_ctzll(differ) / 8;
			int a = p[at - 1] - gate->level[at];
			int b = p[at] - gate->level[at];

			differ &= differ - 1;
			/* Two blocks' levels may leave both on one side. */
			gate->edge[n++] = (float)at - 1 + ((a < 0) != (b < 0) ?
			    (float)a / (float)(a - b) : 0.5f);
		}
	}
	return n;
}

/* Chance crossings of noise differ by little. */
static bool
stands_out(const struct gate *gate, int y, const float e[6])
{
	const struct grey *grey = gate->view->grey;
	const unsigned char *p = grey->pixels + (size_t)y * (size_t)grey->width;
	int middle = p[(int)((e[2] + e[3]) / 2 + 0.5f)];
	int left = p[(int)((e[1] + e[2]) / 2 + 0.5f)];
	int right = p[(int)((e[3] + e[4]) / 2 + 0.5f)];

	return abs(left - middle) + abs(right - middle) > GATE_STEP;
}

static void
scan_row(struct gate *gate, int y)
{
	bool first;
	int n = cut_row(gate, y, &first);
	const float *edge = gate->edge;

	for (int i = 5; i < n; i++) {
		const float *e = edge + i - 5;
		float run[5], module;

		/* Most runs fail this already. */
		run[2] = e[3] - e[2];
		run[1] = e[2] - e[1];
		run[3] = e[4] - e[3];
		if (run[2] < run[1] || run[2] < run[3])
			continue;
		run[0] = e[1] - e[0];
		run[4] = e[5] - e[4];
		if (!span_fits(run, &module) || !stands_out(gate, y, e))
			continue;
		/* The middle run is run i - 2 of the row, and every second
		 * one is as dark as the first. */
		consider(gate, (e[2] + e[3]) / 2, (float)y, module,
		    (i % 2 == 0) != first);
	}
}

/* Both diagonals show it as well, which chance hardly ever does. */
static bool
all_round(const struct gate *gate, const struct finder *f)
{
	float reach = GATE_DIAGONAL * fmaxf(f->across, f->down);
	struct span fall, rise;

	cost_add(gate->cost, STAGE_GATE, GATE_CHECK_VISITS);
	return span_measure(gate->view, f->x, f->y, 1, 1, f->light, reach,
	    &fall) && span_measure(gate->view, f->x, f->y, 1, -1, f->light,
	    reach, &rise);
}

/* Seen by one row only: chance, unless it is too small for two, or so turned
 * that few rows cross its middle. */
static void
drop_chance(const struct gate *gate)
{
	struct finders *finders = gate->finders;
	size_t kept = 0;

	for (size_t i = 0; i < finders->count; i++) {
		const struct finder *f = &finders->finder[i];

		if (f->hits > 1 || f->down < 1.5f || all_round(gate, f))
			finders->finder[kept++] = *f;
	}
	finders->count = kept;
}

void
gate_find(const struct view *view, struct finders *finders, struct cost *cost)
{
	struct gate gate = { .view = view, .finders = finders, .cost = cost };
	size_t width = (size_t)view->grey->width;

	finders->count = 0;
	finders->full = false;
	gate.dark = malloc(width + 16);
	gate.level = malloc(width + LEVELS_BLOCK);
	gate.edge = malloc((width + 1) * sizeof(*gate.edge));
	if (gate.dark != NULL && gate.level != NULL && gate.edge != NULL)
		for (int y = 0; y < view->grey->height; y += GATE_ROW_STEP)
			scan_row(&gate, y);
	cost_add(cost, STAGE_GATE, (int64_t)width * view->grey->height);
	free(gate.dark);
	free(gate.level);
	free(gate.edge);
	drop_chance(&gate);
}

int
finders_speak(const struct finders *finders)
{
	int points = 0;

	for (size_t i = 0; i < finders->count; i++)
		if (!finders->finder[i].light && finders->finder[i].hits > 1)
			points += finders->finder[i].hits > 2 ? 2 : 1;
	return points;
}

struct region
finders_region(const struct finders *finders, const struct grey *grey)
{
	float left = (float)grey->width, top = (float)grey->height;
	float right = 0, low = 0;

	for (size_t i = 0; i < finders->count; i++) {
		const struct finder *f = &finders->finder[i];

		if (f->light || f->hits < 2)
			continue;
		left = fminf(left, f->x - GATE_HALF * f->across);
		right = fmaxf(right, f->x + GATE_HALF * f->across);
		top = fminf(top, f->y - GATE_HALF * f->down);
		low = fmaxf(low, f->y + GATE_HALF * f->down);
	}
	left = fmaxf(left, 0);
	top = fmaxf(top, 0);
	right = fminf(right, (float)grey->width);
	low = fminf(low, (float)grey->height);
	if (right - left < 1 || low - top < 1)
		return (struct region){ 0, 0, grey->width, grey->height };
	return (struct region){ (int)left, (int)top, (int)(right - left),
		(int)(low - top) };
}
