/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - looks for codes in one frame: gate, geometry, sampling, zbar.
 *
 * The first pass is the frame as it is. When it reads nothing and there is
 * reason to believe in a code (dense detail, good finder patterns), heavier
 * passes follow on the part of the frame that gives the reason: all of them
 * for a still picture, one a frame in rotation for video, until the budget of
 * work is spent. Nearly all frames show no such reason and end at once.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_BUDGET_STILL 200 /* visits of each pixel, on an average */
#define LOOK_BUDGET_VIDEO 8
#define LOOK_BUDGET_FLOOR 2000000 /* and so many in any case */
#define LOOK_ZBAR_VISITS 8   /* of a pixel, by zbar at density 1, about */
#define LOOK_MARGIN 24       /* pixels around dense detail */
#define LOOK_HITS_GOOD 3
#define LOOK_FINDERS_SPEAK 3 /* two patterns, one of them good */
#define LOOK_MISSES_HINT 5 /* frames, before a hint is given */
#define LOOK_PIXELS_MAX 2500000 /* larger frames are halved first */
#define LOOK_DOUBLE_MAX 700000 /* pixels worth doubling */
#define LOOK_QUARTER_MIN 240 /* pixels a side that may show modules of 13 */
#define LOOK_ZBAR_FINDERS 60 /* more of them keep zbar busy for seconds */

struct look {
	struct work work;
	const char *pass;
	size_t turn; /* of the heavier passes, in video */
	unsigned frame; /* of video */
	int misses;  /* frames with reason, one after another, none read */
	clock_fn now_us;
	struct stack stack; /* of these */
	struct fair fair;
	struct light light;
};

struct look *
look_new(struct err *err)
{
	struct look *look = calloc(1, sizeof(*look));

	if (look == NULL) {
		err_set(err, ERR_RETRY, "no memory");
		return NULL;
	}
	look->work.decoder = decoder_new(err);
	if (look->work.decoder == NULL) {
		look_free(look);
		return NULL;
	}
	return look;
}

void
look_free(struct look *look)
{
	if (look == NULL)
		return;
	decoder_free(look->work.decoder);
	levels_clear(&look->work.view.levels);
	stack_clear(&look->stack);
	free(look);
}

static int
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

	if (work->finders.count > LOOK_ZBAR_FINDERS)
		return 0;
	work->view.grey = grey;
	if (levels_make(&work->view.levels, grey, err) != 0)
		return -1;
	binary = grey_binary(grey, &work->view.levels, err);
	if (binary == NULL)
		return -1;
	if (!cost_fits(&work->cost, (int64_t)grey->width * grey->height *
	    LOOK_ZBAR_VISITS)) {
		grey_free(binary);
		return 0;
	}
	cost_add(&work->cost, STAGE_ZBAR, (int64_t)grey->width *
	    grey->height * LOOK_ZBAR_VISITS);
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
} passes[] = {
	{ "sharper", grey_sharper, 1, pass_view },
	{ "bent", as_it_is, 1, pass_bent },
	{ "double", grey_double, 0.5f, pass_view },
	{ "half", grey_half, 2, pass_view },
	{ "blurred", grey_blurred, 1, pass_view },
	{ "zbar", as_it_is, 1, pass_zbar },
	{ "zbar-double", grey_double, 0.5f, pass_zbar },
	{ "seek", as_it_is, 1, pass_seek },
	{ "seek-double", grey_double, 0.5f, pass_seek },
};

/* Modules of 13 pixels and more: the frame's dense part shows little of a code
 * as large as this. */
static const struct pass quarter = { "quarter", grey_quarter, 4, pass_view };
static const struct pass exact = { "exact", as_it_is, 1, pass_exact };

static int
run_pass(struct look *look, const struct pass *pass, const struct grey *part,
    const struct region *region, struct codes *codes, struct err *err)
{
	struct work *work = &look->work;
	struct grey *view;
	int got;

	if ((pass->scale < 1 && part->width * part->height > LOOK_DOUBLE_MAX) ||
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
	if (codes->count > 0)
		look->pass = pass->name;
	return got;
}

/* Dark finder patterns that several rows saw and no symbol has taken. */
static int
good_finders(const struct finders *finders)
{
	int good = 0;

	for (size_t i = 0; i < finders->count; i++)
		good += finders->finder[i].hits >= LOOK_HITS_GOOD &&
		    !finders->finder[i].light;
	return good;
}

/* A symbol's edge may look less dense than it. */
static void
widen(struct region *region, const struct grey *grey)
{
	int right = region->x + region->width + LOOK_MARGIN;
	int low = region->y + region->height + LOOK_MARGIN;

	region->x = region->x > LOOK_MARGIN ? region->x - LOOK_MARGIN : 0;
	region->y = region->y > LOOK_MARGIN ? region->y - LOOK_MARGIN : 0;
	right = right < grey->width ? right : grey->width;
	low = low < grey->height ? low : grey->height;
	region->width = right - region->x;
	region->height = low - region->y;
}

/* Is there reason to look harder, and where? */
static bool
find_reason(const struct work *work, const struct grey *grey,
    struct regions *regions)
{
	if (regions_find(&work->view.levels, regions)) {
		for (int i = 0; i < regions->count; i++)
			widen(&regions->region[i], grey);
		widen(&regions->all, grey);
		return true;
	}
	regions->count = 0;
	regions->all = (struct region){ 0, 0, grey->width, grey->height };
	return finders_speak(&work->finders) >= LOOK_FINDERS_SPEAK;
}

/* Some codes of a picture are read, and three patterns more are there. */
static int
look_for_more(struct look *look, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	const struct region whole = { 0, 0, grey->width, grey->height };
	const char *first = look->pass;
	int got = 0;

	for (size_t i = 0; i < nitems(passes) && got == 0 &&
	    good_finders(&look->work.finders) >= 3; i++)
		if (passes[i].run == pass_view && passes[i].scale >= 1)
			got = run_pass(look, &passes[i], grey, &whole, codes,
			    err);
	look->pass = first;
	return got;
}

/* What is looked for in the whole frame, be there a reason or not. */
static int
look_large(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, struct err *err)
{
	const struct region whole = { 0, 0, grey->width, grey->height };
	int got = 0;

	if (grey->width < LOOK_QUARTER_MIN || grey->height < LOOK_QUARTER_MIN)
		return 0;
	/* In video every second frame will do. */
	if (still || look->frame++ % 2 == 0)
		got = run_pass(look, &quarter, grey, &whole, codes, err);
	return got;
}

static int
look_exactly(struct look *look, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	const struct region whole = { 0, 0, grey->width, grey->height };

	return run_pass(look, &exact, grey, &whole, codes, err);
}

static int
look_harder_at(struct look *look, const struct grey *grey,
    const struct region *region, struct codes *codes, struct err *err)
{
	struct grey *part = grey_part(grey, region->x, region->y,
	    region->width, region->height, err);
	int got = part == NULL ? -1 : 0;

	for (size_t i = 0; i < nitems(passes) && got == 0 &&
	    codes->count == 0 && !cost_over(&look->work.cost); i++)
		got = run_pass(look, &passes[i], part, region, codes, err);
	grey_free(part);
	return got;
}

/* At each place by itself, and at last at all that lies around them: glare
 * may have cut one code into several. */
static int
look_harder(struct look *look, const struct grey *grey,
    const struct regions *regions, struct codes *codes, struct err *err)
{
	int got = 0;

	for (int i = 0; i < regions->count && got == 0 && codes->count == 0;
	    i++)
		got = look_harder_at(look, grey, &regions->region[i], codes,
		    err);
	if (got == 0 && codes->count == 0 && regions->count != 1)
		got = look_harder_at(look, grey, &regions->all, codes, err);
	return got;
}

/* In video the mean of the last frames is looked at: by turns as it is, and
 * by one of the heavier passes; by turns at the likeliest place, and at all
 * of them. */
static int
look_at_stack(struct look *look, const struct grey *grey,
    const struct regions *regions, struct codes *codes, struct err *err)
{
	static const struct pass plain = { "stack", as_it_is, 1, pass_view };
	size_t turn = look->turn++, heavy = turn / 2;
	const struct region *region = regions->count == 0 ||
	    heavy / nitems(passes) % 2 != 0 ? &regions->all :
	    &regions->region[0];
	struct grey *part;
	int got;

	stack_add(&look->stack, grey, region);
	cost_add(&look->work.cost, STAGE_GATE,
	    (int64_t)grey->width * grey->height);
	if (look->stack.count == 0)
		return 0;
	part = stack_mean(&look->stack, region, err);
	if (part == NULL)
		return -1;
	got = run_pass(look, look->stack.count > 1 && turn % 2 != 0 ? &plain :
	    &passes[heavy % nitems(passes)], part, region, codes, err);
	grey_free(part);
	return got;
}

/* The gate knows nothing of lines: who asks for them pays on each frame. */
static int
look_for_lines(struct work *work, const struct grey *grey,
    struct codes *codes, struct err *err)
{
	if (!decoder_wants_lines(work->decoder))
		return 0;
	cost_add(&work->cost, STAGE_ZBAR, (int64_t)grey->width *
	    grey->height * LOOK_ZBAR_VISITS);
	return decoder_scan_lines(work->decoder, grey, codes, err) < 0 ? -1 :
	    0;
}

static int
look_sized(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, const char **hint, struct err *err)
{
	struct work *work = &look->work;
	struct regions regions;
	struct region seen;
	bool reason;
	int got;

	notes_pass(work->notes, "plain", 1, 0, 0);
	work->taken.count = 0;
	taken_view(&work->taken, 1, 0, 0);
	if (pass_gate(work, grey, err) != 0)
		return -1;
	if (still)
		read_finders(work, codes);
	else
		fair_read(&look->fair, work, codes);
	if (look_for_lines(work, grey, codes, err) != 0)
		return -1;
	if (codes->count > 0) {
		look->pass = "plain";
		look->misses = 0;
		look->stack.count = 0;
		return still ? look_for_more(look, grey, codes, err) : 0;
	}
	reason = find_reason(work, grey, &regions);
	seen = regions.count > 0 ? regions.all :
	    finders_region(&work->finders, grey);
	*hint = hint_word(&work->view, &work->finders, reason ? &seen : NULL);
	if (reason)
		hint_light(grey, &seen, &look->light);
	got = look_large(look, grey, still, codes, err);
	if (got == 0 && codes->count == 0 && still)
		got = look_exactly(look, grey, codes, err);
	if (got == 0 && codes->count == 0 && reason)
		got = still ? look_harder(look, grey, &regions, codes, err) :
		    look_at_stack(look, grey, &regions, codes, err);
	look->misses = (reason || *hint != NULL) && codes->count == 0 ?
	    look->misses + 1 : 0;
	look->light.code = reason && codes->count == 0;
	/* One bad frame among good ones is nothing to talk about. */
	if (codes->count > 0 ||
	    (!still && look->misses < LOOK_MISSES_HINT))
		*hint = NULL;
	return got;
}

int
look_at(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, const char **hint, struct err *err)
{
	int64_t pixels = (int64_t)grey->width * grey->height;
	struct grey *half = NULL;
	int got;

	codes->count = 0;
	*hint = NULL;
	look->pass = "none";
	look->light.code = false;
	if (still && decoder_fresh(look->work.decoder, err) != 0)
		return -1;
	cost_start(&look->work.cost, LOOK_BUDGET_FLOOR +
	    pixels * (still ? LOOK_BUDGET_STILL : LOOK_BUDGET_VIDEO),
	    look->now_us, still ? LOOK_STILL_MS : LOOK_VIDEO_MS);
	while (pixels > LOOK_PIXELS_MAX) {
		struct grey *smaller = grey_half(half != NULL ? half : grey,
		    err);

		grey_free(half);
		if (smaller == NULL)
			return -1;
		half = smaller;
		pixels = (int64_t)half->width * half->height;
	}
	got = look_sized(look, half != NULL ? half : grey, still, codes, hint,
	    err);
	grey_free(half);
	return got;
}

void
look_clock(struct look *look, clock_fn now_us)
{
	look->now_us = now_us;
}

int
look_also(struct look *look, const char *names, struct err *err)
{
	return decoder_also(look->work.decoder, names, err);
}

void
look_note(struct look *look, struct notes *notes)
{
	look->work.notes = notes;
}

const char *
look_pass(const struct look *look)
{
	return look->pass;
}

const struct light *
look_light(const struct look *look)
{
	return &look->light;
}

const struct cost *
look_cost(const struct look *look)
{
	return &look->work.cost;
}
