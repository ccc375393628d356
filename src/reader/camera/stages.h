/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stages - what the stages of a look share: from a grey frame by way of what
 * is dark, finder patterns, triples of them, the grid and the modules to the
 * clean drawing that zbar decodes.
 *
 * Each stage counts its work; look.c puts them together.
 */
#ifndef CAMERA_STAGES_H
#define CAMERA_STAGES_H

#include "parts.h"

/* ---- cost: what a frame may take, and what it took --------------------------- */

enum stage { STAGE_GATE, STAGE_GEOMETRY, STAGE_SAMPLING, STAGE_ZBAR, STAGES };

/*
 * Work is counted in visits of a pixel: a frame's result then depends on
 * neither the machine nor its load, and a hostile picture costs no more than
 * its budget. On a slow machine a frame ends at its deadline before that.
 */
struct cost {
	int64_t spent[STAGES];
	int64_t budget;         /* of all stages together */
	clock_fn now_us;        /* NULL: no deadline */
	int64_t start_us, deadline_us;
};

void cost_start(struct cost *cost, int64_t budget, clock_fn now_us,
    int64_t deadline_ms);
void cost_add(struct cost *cost, enum stage stage, int64_t visits);
bool cost_over(const struct cost *cost);
/* Is there room, and time, for so much more? */
bool cost_fits(const struct cost *cost, int64_t visits);

/* ---- filter.c: other views of a frame ------------------------------------------ */

/* The caller frees what these give; NULL with err for lack of memory. */
struct grey *grey_half(const struct grey *grey, struct err *err);
struct grey *grey_quarter(const struct grey *grey, struct err *err);
struct grey *grey_double(const struct grey *grey, struct err *err);
struct grey *grey_blurred(const struct grey *grey, struct err *err);
struct grey *grey_sharper(const struct grey *grey, struct err *err);
/* The part of grey at (x, y); it must lie within. */
struct grey *grey_part(const struct grey *grey, int x, int y, int width,
    int height, struct err *err);
/* Black and white at the local level. */
struct levels;
struct grey *grey_binary(const struct grey *grey, const struct levels *levels,
    struct err *err);

/* Between pixels; outside the picture its edge goes on. */
static inline float
grey_at(const struct grey *grey, float x, float y)
{
	float right = (float)(grey->width - 1), low = (float)(grey->height - 1);
	const unsigned char *p;
	float fx, fy, top, bottom;
	int x0, y0, step_x, step_y;

	/* Written so that a NaN becomes 0. */
	x = x > 0 ? (x < right ? x : right) : 0;
	y = y > 0 ? (y < low ? y : low) : 0;
	x0 = (int)x;
	y0 = (int)y;
	fx = x - (float)x0;
	fy = y - (float)y0;
	step_x = x0 + 1 < grey->width;
	step_y = y0 + 1 < grey->height ? grey->width : 0;
	p = grey->pixels + (size_t)y0 * (size_t)grey->width + x0;
	top = p[0] + fx * (float)(p[step_x] - p[0]);
	bottom = p[step_y] +
	    fx * (float)(p[step_y + step_x] - p[step_y]);
	return top + fy * (bottom - top);
}

/* As grey_at(), for points that are known to lie at least a pixel inside. */
static inline float
grey_inside(const struct grey *grey, float x, float y)
{
	int x0 = (int)x, y0 = (int)y;
	float fx = x - (float)x0, fy = y - (float)y0;
	const unsigned char *p = grey->pixels +
	    (size_t)y0 * (size_t)grey->width + x0;
	const unsigned char *q = p + grey->width;
	float top = p[0] + fx * (float)(p[1] - p[0]);
	float bottom = q[0] + fx * (float)(q[1] - q[0]);

	return top + fy * (bottom - top);
}

/* ---- levels.c: what is dark here? ------------------------------------------------ */

#define LEVELS_BLOCK 8 /* pixels a side */

/* The local mean for each block, 0 where nothing stands out. */
struct levels {
	int cols, rows;
	unsigned char *level; /* cols x rows, as all of these */
	unsigned short *detail; /* half the mean square of steps in a row */
	unsigned char *busy;    /* does anything around stand out? */
	unsigned char *dense;   /* share of blocks around with dense detail */
	unsigned char *low, *high, *spare;
	size_t capacity; /* blocks the arrays hold */
	int mean;        /* of the whole frame */
	int spread;      /* between the brightest and the darkest block */
};

struct region {
	int x, y, width, height; /* pixels */
};

int levels_make(struct levels *levels, const struct grey *grey,
    struct err *err);
void levels_clear(struct levels *levels);

static inline int
levels_at(const struct levels *levels, int x, int y)
{
	return levels->level[y / LEVELS_BLOCK * levels->cols +
	    x / LEVELS_BLOCK];
}

struct view {
	const struct grey *grey;
	struct levels levels;
};

/* ---- regions.c: where dense detail lies, as in a code ------------------------------- */

#define REGIONS_MAX 3

struct regions {
	int count;
	struct region region[REGIONS_MAX]; /* the likeliest first */
	struct region all;                 /* around all that is dense */
	bool apart;                        /* and all is more than one */
};

/* False when there is none. */
bool regions_find(const struct levels *levels, struct regions *regions);
/* Are there edges enough for a code? */
bool region_like_code(const struct view *view, const struct region *region);
/* Drop those that are not; false when none is left. */
bool regions_like_codes(const struct view *view, struct regions *regions);
/* Dense detail in one place that is too small for a code that could be read? */
bool regions_speck(const struct levels *levels);

/* ---- stack.c: the mean of successive frames ------------------------------------------ */

struct stack {
	int width, height;
	int count;           /* frames in it */
	unsigned short *sum; /* of each pixel */
};

/* region: where to look whether something has moved. */
void stack_add(struct stack *stack, const struct grey *grey,
    const struct region *region);
/* The mean in a region of a stack that is not empty; the caller frees it. */
struct grey *stack_mean(const struct stack *stack, const struct region *region,
    struct err *err);
void stack_clear(struct stack *stack);

/* ---- view: a frame with its levels ------------------------------------------------ */

/* ---- span.c: 1:1:3:1:1 along a line ------------------------------------------------ */

struct span {
	float back, ahead; /* from the start to the pattern's outer edges */
	float module;      /* in pixels along the line */
	float middle;      /* centre of the pattern, from the start */
};

/* Five runs as a finder pattern gives them, within what blur and noise do? */
bool span_fits(const float run[5], float *module);
/* Measure through (x, y) along (dx, dy), at most reach pixels each way. light:
 * the pattern is light on dark. False: no pattern there. */
bool span_measure(const struct view *view, float x, float y, float dx,
    float dy, bool light, float reach, struct span *span);

/* ---- gate.c: finder patterns ---------------------------------------------------------- */

#define FINDERS_MAX 320 /* of some hundred symbols */

struct finder {
	float x, y;    /* centre */
	float across, down; /* pixels a module along a row, along a column */
	int hits;      /* rows that saw it */
	bool light;    /* light on dark */
};

struct finders {
	size_t count;
	bool full; /* more were there */
	struct finder finder[FINDERS_MAX];
};

void gate_find(const struct view *view, struct finders *finders,
    struct cost *cost);
/* How much dark patterns speak for a code: three rows that saw one are no
 * chance, 2; two rows may be, 1. */
int finders_speak(const struct finders *finders);
/* Around them; the whole frame when there are none. */
struct region finders_region(const struct finders *finders,
    const struct grey *grey);

/* ---- seek.c: finder patterns in noise -------------------------------------------------- */

/* Dark ones on light only, most contrast first. */
void seek_find(const struct grey *grey, struct finders *finders,
    struct cost *cost);

/* ---- triples.c: three finder patterns that may be one symbol ---------------------------- */

#define TRIPLES_MAX 64
#define TRIPLES_FROM 40 /* best finders, of which any three may be one */

struct triple {
	struct finder corner, right, below;
	float size;           /* modules a side, estimated */
	float doubt;          /* how far the size may be off, as a share */
	float bend_x, bend_y; /* perspective along the two arms, 1 for none */
	float score;          /* small is good */
};

struct triples {
	size_t count;
	struct triple triple[TRIPLES_MAX];
};

void triples_find(const struct view *view, const struct finders *finders,
    struct triples *triples, struct cost *cost);
/* The same where patterns cannot be measured along the arms: by shape. */
void triples_guess(const struct finders *finders, struct triples *triples);

/* ---- symbol.c: what every QR code of a version has ----------------------------------------- */

#define SYMBOL_VERSIONS 40
#define SYMBOL_SIZE_MAX 177

struct symbol {
	int version, size;
	int nfixed; /* modules that are the same in all codes of a version */
	unsigned char fixed[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX]; /* see below */
};

enum { FIXED_NO, FIXED_LIGHT, FIXED_DARK, FIXED_FORMAT };

int symbol_size(int version);
void symbol_make(struct symbol *symbol, int version);
/* Centres of alignment patterns along a side; returns how many. */
int symbol_alignments(int version, int at[7]);
/* The number of bits by which the best copy of the format information differs
 * from a valid one, 0 to 15; likewise version information (from version 7).
 * dark is size x size. */
int symbol_format_errors(const unsigned char *dark, int size);
int symbol_version_errors(const unsigned char *dark, int size, int version);

/* ---- fit.c: where the modules lie ------------------------------------------------------------ */

struct place {
	float h[9]; /* module coordinates to pixels, a homography */
	/* On paper that is bent modules lie aside from the flat grid: by
	 * this much in u and v halfway along u, and halfway along v. */
	bool bowed;
	int size; /* modules a side */
	float bow[4];
};

/* On the flat grid. */
static inline void
place_flat(const struct place *place, float u, float v, float *x, float *y)
{
	const float *h = place->h;
	float w = 1.0f / (h[6] * u + h[7] * v + h[8]);

	*x = (h[0] * u + h[1] * v + h[2]) * w;
	*y = (h[3] * u + h[4] * v + h[5]) * w;
}

/* Where on the flat grid a module of bent paper lies. */
static inline void
place_bow(const struct place *place, float *u, float *v)
{
	float n = (float)place->size, across = 1 / (n - 7);
	float s = (2 * *u - n) * across, t = (2 * *v - n) * across;
	float along_u = 1 - s * s, along_v = 1 - t * t;

	*u += place->bow[0] * along_u + place->bow[2] * along_v;
	*v += place->bow[1] * along_u + place->bow[3] * along_v;
}

static inline void
place_point(const struct place *place, float u, float v, float *x, float *y)
{
	if (place->bowed)
		place_bow(place, &u, &v);
	place_flat(place, u, v, x, y);
}

/* How well the timing patterns of a version agree, at the best bend. */
float fit_timing(const struct view *view, const struct triple *triple,
    int version, struct cost *cost);
/* Fit a symbol of this version to a triple. Returns the agreement of all
 * function patterns, -1 to 1. */
float fit_symbol(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost);

/* The same on paper that is bent like a sheet around a can. */
float fit_bent(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost);

/* Centre the grid better in large modules; false when they are too small. */
bool fit_finely(const struct view *view, const struct triple *triple,
    const struct symbol *symbol, struct place *place, struct cost *cost);

/* ---- sample.c: from pixels to modules ---------------------------------------------------------- */

struct sample {
	int size;
	float value[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX]; /* light is positive */
};

#define SAMPLE_TRIES 6

void sample_take(const struct view *view, const struct place *place,
    const struct symbol *symbol, bool light, struct sample *sample,
    struct cost *cost);
/* The try-th way to tell dark from light; dark is size x size. False: this
 * try has nothing new. */
bool sample_decide(const struct sample *sample, const struct symbol *symbol,
    int try, unsigned char *dark, struct cost *cost);

/* ---- exact.c: a picture that a program drew --------------------------------- */

/* Modules of whole pixels, upright and with nothing around: the size of the
 * symbol, 0 for another picture. dark is size x size. */
int exact_modules(const struct grey *grey,
    unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX]);

/* ---- taken.c: where symbols were read ------------------------------------------- */

struct quad {
	float x[4], y[4]; /* in the frame */
};

struct taken {
	float scale, x, y; /* frame = scale * view + (x, y) */
	size_t count;
	struct quad quad[CODES_MAX];
};

void taken_view(struct taken *taken, float scale, float x, float y);
void taken_add(struct taken *taken, const struct place *place, int size);
/* Forget the finder patterns of symbols that were read. */
void taken_drop(const struct taken *taken, struct finders *finders);
/* Forget the dense detail of symbols that were read in this frame itself. */
void taken_clear(const struct taken *taken, struct levels *levels);

/* ---- draw.c: modules to a clean picture ------------------------------------------------------------ */

struct grey *draw_modules(const unsigned char *dark, int size, struct err *err);

/* ---- notes.c: what each stage saw, for people -------------------------------------- */

#define NOTES_MAX 600

enum note_kind { NOTE_PASS, NOTE_FINDER, NOTE_TRIPLE, NOTE_PLACE, NOTE_READ };

struct note {
	enum note_kind kind;
	const char *pass;     /* its name, static */
	float x[4], y[4];     /* in the frame: corners, or a centre */
	int version;
	float number;         /* finder: module; place: agreement */
};

struct notes {
	size_t count;
	const char *pass;
	bool read; /* so were the modules in dark */
	float scale, x, y; /* frame = scale * view + (x, y) */
	struct note note[NOTES_MAX];
	int size; /* of the last symbol that was sampled, 0 for none */
	unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
};

/* All of these allow NULL for notes. */
void notes_pass(struct notes *notes, const char *pass, float scale, float x,
    float y);
void notes_finders(struct notes *notes, const struct finders *finders);
void notes_triple(struct notes *notes, const struct triple *triple);
/* Modules as they go to zbar; those that were read are kept. */
void notes_modules(struct notes *notes, const unsigned char *dark, int size,
    bool read);
void notes_place(struct notes *notes, enum note_kind kind,
    const struct place *place, const struct symbol *symbol, float agreement);

/* ---- read.c: from a view to codes ---------------------------------------------------- */

/* What the stages work on. */
struct work {
	struct decoder *decoder;
	struct cost cost;
	struct notes *notes; /* NULL: nobody asks */
	struct view view;
	struct finders finders;
	struct triples triples;
	struct taken taken;
	struct symbol symbol;
	struct sample sample;
	unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
	struct finders set_aside;
	size_t first;  /* triple to begin with */
	size_t failed; /* triples that were tried in vain */
	bool left;     /* triples were left untried */
	const char *pass; /* the one that read first, static */
};

/* Decode work->dark, size x size. */
bool read_modules(struct work *work, int size, struct codes *codes);
/* Read what triples promise; the count of symbols read. */
int read_triples(struct work *work, struct codes *codes);
/* Read what finder patterns promise, as often as more is read. */
void read_finders(struct work *work, struct codes *codes);
/* ---- fair.c: who was not reached comes first in the next frame ----------------------- */

struct fair {
	struct taken reached; /* symbols of this round */
	size_t first;         /* triple to go on with */
};

/* As read_finders(), for the first look at a frame of video. */
void fair_read(struct fair *fair, struct work *work, struct codes *codes);

/* Read what lies on bent paper. */
void read_bent(struct work *work, struct codes *codes);

/* ---- pass.c: ways to look at a part of a frame --------------------------------------------- */

#define PASS_ZBAR_VISITS 8 /* of a pixel, by zbar at density 1, about */

/* The heavier ones in the order in which they are tried, then the others. */
enum pass_kind {
	PASS_SHARPER, PASS_BENT, PASS_DOUBLE, PASS_HALF, PASS_BLURRED,
	PASS_ZBAR, PASS_ZBAR_DOUBLE, PASS_SEEK, PASS_SEEK_DOUBLE, PASS_HEAVY,
	PASS_STACK = PASS_HEAVY, PASS_QUARTER, PASS_EXACT, PASSES
};

/* Levels and finder patterns of a frame, the first look at it. */
int pass_gate(struct work *work, const struct grey *grey, struct err *err);
/* Is it one by our own stages that makes the picture no larger? */
bool pass_views(enum pass_kind kind);
/* part is the region of the frame. Nothing is done when it would not fit into
 * what is left of the frame's budget. */
int pass_run(struct work *work, enum pass_kind kind, const struct grey *part,
    const struct region *region, struct codes *codes, struct err *err);

/* ---- hint.c: why does nothing read? ----------------------------------------------------- */

/* region: where dense detail is, or NULL. dark, bright, blurred, far, glare,
 * cut; NULL when nothing seems to be wrong. */
const char *hint_word(const struct view *view, const struct finders *finders,
    const struct region *region);
void hint_light(const struct grey *grey, const struct region *region,
    struct light *light);

#endif
