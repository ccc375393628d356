/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - looks for codes in one frame: gate, geometry, sampling, zbar.
 *
 * The first pass is the frame as it is. When it reads nothing and there is
 * reason to believe in a code (dense detail with edges enough for one, good
 * finder patterns), heavier passes follow on the part of the frame that gives
 * the reason: all of them for a still picture, one a frame in rotation for
 * video, until the budget of work is spent. Nearly all frames show no such
 * reason and end at once. In video a place beside codes that are read is such a reason as well.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_BUDGET_STILL 200 /* visits of each pixel, on an average */
#define LOOK_BUDGET_VIDEO 8
#define LOOK_BUDGET_FLOOR 2000000 /* and so many in any case */
#define LOOK_MARGIN 24       /* pixels around dense detail */
#define LOOK_HITS_GOOD 3
#define LOOK_FINDERS_SPEAK 3 /* two patterns, one of them good */
#define LOOK_MISSES_HINT 5 /* frames, before a hint is given */
#define LOOK_PIXELS_MAX 2500000 /* larger frames are halved first */
#define LOOK_BESIDE_EACH 2 /* frames, to look beside codes that are read */
#define LOOK_BESIDE_SELDOM 8
#define LOOK_BESIDE_VAIN (4 * LOOK_BESIDE_EACH * PASS_HEAVY)
#define LOOK_QUARTER_MIN 240 /* pixels a side that may show modules of 13 */

struct look {
	struct work work;
	size_t turn; /* of the heavier passes, in video */
	unsigned frame; /* of video */
	unsigned beside; /* frames whose codes were read, with reason for more */
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

static bool
by_finders(const struct work *work, const struct grey *grey,
    struct regions *regions)
{
	*regions = (struct regions){ .apart = true,
		.all = { 0, 0, grey->width, grey->height } };
	return finders_speak(&work->finders) >= LOOK_FINDERS_SPEAK;
}

/* Is there reason to believe in a code, and where? */
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
	return by_finders(work, grey, regions);
}

/* Enough to look harder? */
static bool
worth_more(const struct work *work, const struct grey *grey,
    struct regions *regions)
{
	struct region between = finders_region(&work->finders, grey);

	return (regions->count > 0 &&
	    regions_like_codes(&work->view, regions)) ||
	    (by_finders(work, grey, regions) &&
	    region_like_code(&work->view, &between));
}

/* Some codes of a picture are read, and three patterns more are there. */
static int
look_for_more(struct look *look, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	const struct region whole = { 0, 0, grey->width, grey->height };
	int got = 0;

	for (int kind = 0; kind < PASS_HEAVY && got == 0 &&
	    good_finders(&look->work.finders) >= 3; kind++)
		if (pass_views(kind))
			got = pass_run(&look->work, kind, grey, &whole, codes,
			    err);
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
		got = pass_run(&look->work, PASS_QUARTER, grey, &whole, codes,
		    err);
	return got;
}

static int
look_exactly(struct look *look, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	const struct region whole = { 0, 0, grey->width, grey->height };

	return pass_run(&look->work, PASS_EXACT, grey, &whole, codes, err);
}

static int
look_harder_at(struct look *look, const struct grey *grey,
    const struct region *region, struct codes *codes, struct err *err)
{
	struct grey *part = grey_part(grey, region->x, region->y,
	    region->width, region->height, err);
	int got = part == NULL ? -1 : 0;

	for (int kind = 0; kind < PASS_HEAVY && got == 0 &&
	    codes->count == 0 && !cost_over(&look->work.cost); kind++)
		got = pass_run(&look->work, kind, part, region, codes, err);
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
	if (got == 0 && codes->count == 0 && regions->apart)
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
	size_t turn = look->turn++, heavy = turn / 2;
	const struct region *region = regions->count == 0 ||
	    heavy / PASS_HEAVY % 2 != 0 ? &regions->all :
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
	got = pass_run(&look->work, look->stack.count > 1 && turn % 2 != 0 ?
	    PASS_STACK : (enum pass_kind)(heavy % PASS_HEAVY), part, region,
	    codes, err);
	grey_free(part);
	return got;
}

/*
 * Codes of this frame of video are read, and something beside them looks like
 * a code: a card in the shade next to a bright phone. It gets the same passes,
 * in fewer frames, since it may be print; after all of them in vain, in few.
 */
static int
look_beside(struct look *look, const struct grey *grey, struct codes *codes,
    struct err *err)
{
	struct work *work = &look->work;
	size_t read = codes->count;
	struct regions regions;
	unsigned each;
	int got;

	taken_clear(&work->taken, &work->view.levels);
	if (work->left || cost_over(&work->cost) ||
	    !find_reason(work, grey, &regions) ||
	    !worth_more(work, grey, &regions)) {
		look->beside = 0;
		look->stack.count = 0;
		return 0;
	}
	each = look->beside < LOOK_BESIDE_VAIN ? LOOK_BESIDE_EACH :
	    LOOK_BESIDE_SELDOM;
	if (look->beside++ % each != 0)
		return 0;
	got = look_at_stack(look, grey, &regions, codes, err);
	if (codes->count > read)
		look->beside = 0;
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
	    grey->height * PASS_ZBAR_VISITS);
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
	bool reason, worth;
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
		work->pass = "plain";
		look->misses = 0;
		return still ? look_for_more(look, grey, codes, err) :
		    look_beside(look, grey, codes, err);
	}
	look->beside = 0;
	reason = find_reason(work, grey, &regions);
	seen = regions.count > 0 ? regions.all :
	    finders_region(&work->finders, grey);
	worth = reason && worth_more(work, grey, &regions);
	*hint = hint_word(&work->view, &work->finders, reason ? &seen : NULL);
	if (reason)
		hint_light(grey, &seen, &look->light);
	got = look_large(look, grey, still, codes, err);
	if (got == 0 && codes->count == 0 && still)
		got = look_exactly(look, grey, codes, err);
	if (got == 0 && codes->count == 0 && worth)
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
	look->work.pass = "none";
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
	return look->work.pass;
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
