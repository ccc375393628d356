/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts - what the modules of chot-camera share.
 *
 * Pictures come in (still.c, stream.c), become grey frames (grey.c), are
 * looked at (look.c and its stages) and decoded by zbar (decode.c); event
 * lines go out (report.c). Every stage is bounded: by the size of a frame,
 * by a count of candidates, by a budget of work.
 */
#ifndef CAMERA_PARTS_H
#define CAMERA_PARTS_H

#include "base.h"
#include "conf.h"

/* ---- grey.c: a grey picture ------------------------------------------------ */

#define GREY_SIDE_MAX 16384
#define GREY_PIXELS_MAX (40 * 1000 * 1000) /* the largest picture taken */

struct grey {
	int width, height;     /* pixels; rows follow each other without a gap */
	unsigned char *pixels; /* 0 black to 255 white */
};

/* The caller frees it. NULL with err: sides out of bounds, or no memory. */
struct grey *grey_new(int width, int height, struct err *err);
void grey_free(struct grey *grey); /* NULL is allowed */
bool grey_fits(long width, long height);

/* ---- picture.c, pnm.c, png.c, jpeg.c: files -------------------------------- */

#define PICTURE_BYTES_MAX (64u << 20) /* the largest file taken */

/* Read a picture file of any known format; damaged ones are ERR_INPUT. */
struct grey *picture_read(const char *path, struct err *err);
bool picture_named(const char *name); /* by its ending */
struct grey *pnm_parse(const unsigned char *bytes, size_t n, struct err *err);
struct grey *png_parse(const unsigned char *bytes, size_t n, struct err *err);
/* Write rows of red, green, blue. */
int png_write(const char *path, const unsigned char *rgb, int width,
    int height, struct err *err);
struct grey *jpeg_parse(const unsigned char *bytes, size_t n, struct err *err);

/* ---- y4m.c: uncompressed video ----------------------------------------------- */

#define Y4M_LINE_MAX 256                   /* bytes of a header line */
#define Y4M_PIXELS_MAX (16 * 1000 * 1000)  /* of one frame */

enum y4m_state { Y4M_HEADER, Y4M_MARK, Y4M_LUMA, Y4M_CHROMA, Y4M_LOST };

struct y4m {
	enum y4m_state state;
	char line[Y4M_LINE_MAX + 1];
	size_t line_len;
	struct grey *frame; /* NULL before the header */
	size_t chroma;      /* bytes after each luma plane */
	size_t got;         /* bytes of this plane so far */
	long rate, scale;   /* frames in so many seconds */
	int64_t frames;     /* whole ones so far */
};

/* frame is borrowed until fn returns; at_ms is its time in the stream. */
typedef void (*frame_fn)(void *arg, const struct grey *frame, int64_t at_ms);

void y4m_init(struct y4m *y4m);
void y4m_clear(struct y4m *y4m); /* frees the frame */
/* Take n bytes, moving both. -1 with ERR_INPUT: damaged; push what is left
 * again to go on at the next header. */
int y4m_push(struct y4m *y4m, const unsigned char **bytes, size_t *n,
    frame_fn fn, void *arg, struct err *err);
/* False in the middle of a frame or header: it was cut short. */
bool y4m_whole(const struct y4m *y4m);

/* ---- convert.c: what cameras deliver -------------------------------------------- */

enum pixels { PIXELS_GREY, PIXELS_YUYV, PIXELS_UYVY, PIXELS_NV12,
	PIXELS_MJPEG };

struct raw {
	enum pixels pixels;
	int width, height;
	size_t stride; /* bytes a row; not used for MJPEG */
};

/* By the four characters of V4L2; -1 when the format is not known. */
int pixels_of(const char fourcc[4], enum pixels *pixels);
struct grey *convert(const struct raw *raw, const unsigned char *bytes,
    size_t n, struct err *err);

/* ---- decode.c: zbar ------------------------------------------------------------ */

#define CODE_BYTES_MAX 7089 /* a QR code of digits alone */
#define CODES_MAX 8         /* in one frame */

struct code {
	size_t len;
	unsigned char bytes[CODE_BYTES_MAX];
};

struct codes {
	size_t count;
	struct code code[CODES_MAX];
};

struct decoder;

struct decoder *decoder_new(struct err *err);
void decoder_free(struct decoder *decoder); /* NULL is allowed */
/* Forget what earlier frames left behind. */
int decoder_fresh(struct decoder *decoder, struct err *err);
/* Scan every density-th line; add new codes to codes. The count found, or -1. */
int decoder_scan(struct decoder *decoder, const struct grey *grey, int density,
    struct codes *codes, struct err *err);
/* Add a code unless the same is there, or there is no room. */
void codes_add(struct codes *codes, const void *bytes, size_t len);

/* ---- cost: what a frame may take, and what it took --------------------------- */

enum stage { STAGE_GATE, STAGE_GEOMETRY, STAGE_SAMPLING, STAGE_ZBAR, STAGES };

/*
 * Work is counted in visits of a pixel, not in milliseconds: a frame's result
 * then depends on neither the machine nor its load, and a hostile picture
 * costs no more than its budget.
 */
struct cost {
	int64_t spent[STAGES];
	int64_t budget; /* of all stages together */
};

void cost_add(struct cost *cost, enum stage stage, int64_t visits);
bool cost_over(const struct cost *cost);

/* ---- filter.c: other views of a frame ------------------------------------------ */

/* The caller frees what these give; NULL with err for lack of memory. */
struct grey *grey_half(const struct grey *grey, struct err *err);
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
/* Where dense detail lies, as in a code; false when there is none. */
bool levels_region(const struct levels *levels, struct region *region);

static inline int
levels_at(const struct levels *levels, int x, int y)
{
	return levels->level[y / LEVELS_BLOCK * levels->cols +
	    x / LEVELS_BLOCK];
}

/* ---- view: a frame with its levels ------------------------------------------------ */

struct view {
	const struct grey *grey;
	struct levels levels;
};

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

#define FINDERS_MAX 160

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

/* ---- seek.c: finder patterns in noise -------------------------------------------------- */

/* Dark ones on light only, most contrast first. */
void seek_find(const struct grey *grey, struct finders *finders,
    struct cost *cost);

/* ---- triples.c: three finder patterns that may be one symbol ---------------------------- */

#define TRIPLES_MAX 24
#define TRIPLES_FROM 40 /* of the best finders */

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
};

static inline void
place_point(const struct place *place, float u, float v, float *x, float *y)
{
	const float *h = place->h;
	float w = 1.0f / (h[6] * u + h[7] * v + h[8]);

	*x = (h[0] * u + h[1] * v + h[2]) * w;
	*y = (h[3] * u + h[4] * v + h[5]) * w;
}

/* How well the timing patterns of a version agree, at the best bend. */
float fit_timing(const struct view *view, const struct triple *triple,
    int version, struct cost *cost);
/* Fit a symbol of this version to a triple. Returns the agreement of all
 * function patterns, -1 to 1. */
float fit_symbol(const struct view *view, const struct triple *triple,
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
	float scale, x, y; /* frame = scale * view + (x, y) */
	struct note note[NOTES_MAX];
};

/* All of these allow NULL for notes. */
void notes_pass(struct notes *notes, const char *pass, float scale, float x,
    float y);
void notes_finders(struct notes *notes, const struct finders *finders);
void notes_triple(struct notes *notes, const struct triple *triple);
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
	struct symbol symbol;
	struct sample sample;
	unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX];
};

/* Read what triples promise; the count of codes read. */
int read_triples(struct work *work, struct codes *codes);

/* ---- hint.c: why does nothing read? ----------------------------------------------------- */

/* region: where dense detail is, or NULL. dark, bright, blurred, far, glare,
 * cut; NULL when nothing seems to be wrong. */
const char *hint_word(const struct view *view, const struct finders *finders,
    const struct region *region);

/* ---- look.c: one frame, all stages ------------------------------------------------ */

struct look;

/* The caller frees it. */
struct look *look_new(struct err *err);
void look_free(struct look *look); /* NULL is allowed */
/* still: a picture for itself, that gets all passes at once. codes is filled
 * and *hint says why nothing reads, NULL when there is nothing to say. */
int look_at(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, const char **hint, struct err *err);
/* Have the stages noted from now on; NULL ends it. */
void look_note(struct look *look, struct notes *notes);
/* Of the last frame: which pass read it, "none"; what it took. */
const char *look_pass(const struct look *look);
const struct cost *look_cost(const struct look *look);

/* ---- seen.c: the same code again ---------------------------------------------------- */

#define SEEN_MAX 8
#define SEEN_MS 5000

struct sighting {
	bool used;
	int64_t last_ms;
	struct code code;
};

struct seen {
	struct sighting sightings[SEEN_MAX];
};

/* True when the code was seen within SEEN_MS; remembers it either way. */
bool seen_again(struct seen *seen, const struct code *code, int64_t now_ms);

/* ---- report.c: event lines out --------------------------------------------------------- */

#define REPORT_HINT_MS 500 /* between two hints */

struct report {
	int fd;
	long readings, limit; /* limit 0: without end */
	bool hinted;
	int64_t hint_ms;
	bool gone; /* nobody reads any more */
};

void report_init(struct report *report, int fd, long limit);
void report_hello(struct report *report);
void report_ok(struct report *report);
void report_scan(struct report *report, const struct code *code);
void report_hint(struct report *report, const char *word, int64_t now_ms);
/* subject (a file's name, may be NULL) is cleaned and put before the words. */
void report_fault(struct report *report, const char *subject,
    const char *words);
bool report_done(const struct report *report); /* limit reached, or gone */

/* ---- explain.c: a picture of what the stages saw ------------------------------------------- */

int explain(const char *picture, const char *out, struct err *err);

/* ---- camera.c: from frames to events; still.c, stream.c, v4l2.c: their sources ------- */

struct camera {
	struct loop *loop;
	struct look *look;
	struct report report;
	struct seen seen;
	struct codes codes;
};

void camera_frame(struct camera *camera, const struct grey *grey, bool still,
    int64_t at_ms);
/* Give every picture of a folder. 0 at the end, -1 when it cannot be listed. */
int still_run(struct camera *camera, const char *path, struct err *err);
/* Frames of a camera, until it fails. */
int v4l2_run(struct camera *camera, const struct device *device,
    struct err *err);
/* Follow a Y4M file to its end, or a FIFO until stopped. */
int stream_run(struct camera *camera, const char *path, struct err *err);

#endif
