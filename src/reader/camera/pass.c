/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pass - the ways to look at a part of a frame: as it is, or in another view
 * of it, by our own stages or by zbar. Which of them, and when, is look.c's.
 */
#include "stages.h"

#define PASS_DOUBLE_MAX 700000 /* pixels worth doubling */
#define PASS_ZBAR_WORST 60 /* visits of a pixel */
#define PASS_ZBAR_FINDERS 60 /* more of them keep zbar busy for seconds */

int
pass_gate(struct work *work, const struct grey *grey, struct err *err)
{
	work->view.grey = grey;
	if (levels_make(&work->view.levels, grey, err) != 0)
		return -1;
	gate_find(&work->view, &work->finders, &work->cost);
	notes_finders(work->notes, &work->finders);
	return 0;
}

/* Gate, geometry and sampling on one view. */
static int
pass_view(struct work *work, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	if (pass_gate(work, grey, err) != 0)
		return -1;
	read_finders(work, codes);
	return 0;
}

static int
pass_bent(struct work *work, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	if (pass_gate(work, grey, err) != 0)
		return -1;
	read_bent(work, codes);
	return 0;
}

static int
pass_zbar(struct work *work, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	struct grey *binary;
	int got;

	if (work->finders.count > PASS_ZBAR_FINDERS)
		return 0;
	work->view.grey = grey;
	if (levels_make(&work->view.levels, grey, err) != 0)
		return -1;
	binary = grey_binary(grey, &work->view.levels, err);
	if (binary == NULL)
		return -1;
	/* What looks like many codes keeps zbar, which nothing ends before it
	 * is done, several times as long as a usual frame. */
	if (!cost_fits(&work->cost, (int64_t)grey->width * grey->height *
	    PASS_ZBAR_WORST)) {
		grey_free(binary);
		return 0;
	}
	cost_add(&work->cost, STAGE_ZBAR, (int64_t)grey->width *
	    grey->height * PASS_ZBAR_VISITS);
	got = decoder_scan(work->decoder, binary, 1, codes, err);
	grey_free(binary);
	return got < 0 ? -1 : 0;
}

static int
pass_seek(struct work *work, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	work->view.grey = grey;
	if (levels_make(&work->view.levels, grey, err) != 0)
		return -1;
	seek_find(grey, &work->finders, &work->cost);
	notes_finders(work->notes, &work->finders);
	taken_drop(&work->taken, &work->finders);
	triples_guess(&work->finders, &work->triples);
	read_triples(work, codes);
	return 0;
}

static int
pass_exact(struct work *work, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	int size = exact_modules(grey, work->dark);

	(void)err;
	cost_add(&work->cost, STAGE_SAMPLING,
	    (int64_t)grey->width * grey->height);
	if (size > 0)
		read_modules(work, size, codes);
	return 0;
}

static struct grey *
as_it_is(const struct grey *grey, struct err *err)
{
	return grey_part(grey, 0, 0, grey->width, grey->height, err);
}

static const struct pass {
	const char *name;
	struct grey *(*make)(const struct grey *grey, struct err *err);
	float scale; /* pixels of the frame to one of the view */
	int (*run)(struct work *work, const struct grey *grey,
	    struct codes *codes, struct err *err);
} passes[PASSES] = {
	[PASS_SHARPER] = { "sharper", grey_sharper, 1, pass_view },
	[PASS_BENT] = { "bent", as_it_is, 1, pass_bent },
	[PASS_DOUBLE] = { "double", grey_double, 0.5f, pass_view },
	[PASS_HALF] = { "half", grey_half, 2, pass_view },
	[PASS_BLURRED] = { "blurred", grey_blurred, 1, pass_view },
	[PASS_ZBAR] = { "zbar", as_it_is, 1, pass_zbar },
	[PASS_ZBAR_DOUBLE] = { "zbar-double", grey_double, 0.5f, pass_zbar },
	[PASS_SEEK] = { "seek", as_it_is, 1, pass_seek },
	[PASS_SEEK_DOUBLE] = { "seek-double", grey_double, 0.5f, pass_seek },
	[PASS_STACK] = { "stack", as_it_is, 1, pass_view },
	/* Modules of 13 pixels and more: the frame's dense part shows little
	 * of a code as large as this. */
	[PASS_QUARTER] = { "quarter", grey_quarter, 4, pass_view },
	[PASS_EXACT] = { "exact", as_it_is, 1, pass_exact },
};

bool
pass_views(enum pass_kind kind)
{
	return passes[kind].run == pass_view && passes[kind].scale >= 1;
}

int
pass_run(struct work *work, enum pass_kind kind, const struct grey *part,
    const struct region *region, struct codes *codes, struct err *err)
{
	const struct pass *pass = &passes[kind];
	size_t before = codes->count;
	struct grey *view;
	int got;

	if ((pass->scale < 1 && part->width * part->height > PASS_DOUBLE_MAX) ||
	    !cost_fits(&work->cost, (int64_t)((float)part->width *
	    (float)part->height / (pass->scale * pass->scale))))
		return 0;
	view = pass->make(part, err);
	if (view == NULL)
		return -1;
	notes_pass(work->notes, pass->name, pass->scale, (float)region->x,
	    (float)region->y);
	taken_view(&work->taken, pass->scale, (float)region->x,
	    (float)region->y);
	cost_add(&work->cost, STAGE_GATE, (int64_t)view->width * view->height);
	got = pass->run(work, view, codes, err);
	grey_free(view);
	if (before == 0 && codes->count > 0)
		work->pass = pass->name;
	return got;
}
