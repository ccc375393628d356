/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * levels - the grey level that divides dark from light at each place.
 *
 * It is the mean of the 5 x 5 blocks around, 40 pixels a side. Where all of
 * them are about equally bright nothing is dark: a blank wall must not turn
 * into noise that the gate then has to look at.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_REACH 2   /* blocks on each side */
#define LEVELS_LOOP 16
#define LEVELS_LAG 2     /* pixels between which steps are looked at */
#define LEVELS_QUIET 5   /* squared grey levels that are always noise */
#define LEVELS_SHADES 8  /* of brightness, each with its own noise */
#define LEVELS_NOISE 100 /* the most that passes for it: 10 grey levels */
#define LEVELS_DENSE 109   /* dense is 60 for usual noise */

static int
make_room(struct levels *levels, size_t n, struct err *err)
{
	unsigned char *all;

	if (n <= levels->capacity)
		return 0;
	all = realloc(levels->detail, 6 * n + n * sizeof(*levels->detail));
	if (all == NULL)
		return err_set(err, ERR_RETRY, "no memory");
	levels->detail = (unsigned short *)all;
	levels->level = all + n * sizeof(*levels->detail);
	levels->busy = levels->level + n;
	levels->dense = levels->level + 5 * n;
	levels->low = levels->level + 2 * n;
	levels->high = levels->level + 3 * n;
	levels->spare = levels->level + 4 * n;
	levels->capacity = n;
	return 0;
}

struct sums {
	unsigned short value[GREY_SIDE_MAX];
	unsigned square[GREY_SIDE_MAX]; /* of every second row */
};

/* Mean and detail of one block from the sums of its columns. */
static void
measure_block(struct levels *levels, const struct sums *sums, int at, int x0,
    int wide, int tall)
{
	int half = wide * ((tall + 1) / 2);
	unsigned all = 0, squares = 0;

	for (int x = x0; x < x0 + wide; x++) {
		all += sums->value[x];
		squares += sums->square[x];
	}
	levels->level[at] = (unsigned char)(all / (unsigned)(wide * tall));
	/* Each step holds the noise of two pixels. */
	levels->detail[at] = (unsigned short)(squares / (unsigned)(2 * half));
}

/* Loops of a fixed length become vector instructions at -O2 as well. */
static void
add_row(struct sums *sums, const unsigned char *p, int n)
{
	int x = 0;

	for (; x + LEVELS_LOOP <= n; x += LEVELS_LOOP)
		for (int k = 0; k < LEVELS_LOOP; k++)
			sums->value[x + k] = (unsigned short)
			    (sums->value[x + k] + p[x + k]);
	for (; x < n; x++)
		sums->value[x] = (unsigned short)(sums->value[x] + p[x]);
}

static void
add_steps(struct sums *sums, const unsigned char *p, int n)
{
	int x = 0;

	for (; x + LEVELS_LOOP <= n; x += LEVELS_LOOP)
		for (int k = 0; k < LEVELS_LOOP; k++) {
			int step = p[x + k + LEVELS_LAG] - p[x + k];

			sums->square[x + k] += (unsigned)(step * step);
		}
	for (; x < n; x++) {
		int step = p[x + LEVELS_LAG] - p[x];

		sums->square[x] += (unsigned)(step * step);
	}
}

static void
measure_row(struct levels *levels, const struct grey *grey, int row,
    struct sums *sums)
{
	int width = grey->width;
	int top = row * LEVELS_BLOCK;
	int tall = grey->height - top < LEVELS_BLOCK ? grey->height - top :
	    LEVELS_BLOCK;

	memset(sums->value, 0, sizeof(sums->value[0]) * (size_t)width);
	memset(sums->square, 0, sizeof(sums->square[0]) * (size_t)width);
	for (int y = 0; y < tall; y++) {
		const unsigned char *p = grey->pixels +
		    (size_t)(top + y) * (size_t)width;

		add_row(sums, p, width);
		if (y % 2 == 0)
			add_steps(sums, p, width - LEVELS_LAG);
	}
	for (int col = 0; col < levels->cols; col++) {
		int x0 = col * LEVELS_BLOCK;
		int wide = width - x0 < LEVELS_BLOCK ? width - x0 :
		    LEVELS_BLOCK;

		measure_block(levels, sums, row * levels->cols + col, x0, wide,
		    tall);
	}
}

enum fold { FOLD_MEAN, FOLD_LOW, FOLD_HIGH };

/* to[i] from five values each; simple enough for vector instructions. */
static void
fold_five(const unsigned char *const from[5], unsigned char *to, int n,
    enum fold how)
{
	const unsigned char *a = from[0], *b = from[1], *c = from[2],
	    *d = from[3], *e = from[4];

	for (int i = 0; how == FOLD_MEAN && i < n; i++)
		to[i] = (unsigned char)((a[i] + b[i] + c[i] + d[i] + e[i]) *
		    13108u >> 16);
	for (int i = 0; how == FOLD_LOW && i < n; i++) {
		int ab = a[i] < b[i] ? a[i] : b[i];
		int de = d[i] < e[i] ? d[i] : e[i];
		int all = ab < de ? ab : de;

		to[i] = (unsigned char)(all < c[i] ? all : c[i]);
	}
	for (int i = 0; how == FOLD_HIGH && i < n; i++) {
		int ab = a[i] > b[i] ? a[i] : b[i];
		int de = d[i] > e[i] ? d[i] : e[i];
		int all = ab > de ? ab : de;

		to[i] = (unsigned char)(all > c[i] ? all : c[i]);
	}
}

/* Each block's from the five by five around; the frame's edge goes on. */
static void
fold(struct levels *levels, unsigned char *plane, enum fold how)
{
	int cols = levels->cols, rows = levels->rows;
	unsigned char line[GREY_SIDE_MAX / LEVELS_BLOCK + 2 * LEVELS_REACH];
	const unsigned char *from[5];

	for (int y = 0; y < rows; y++) {
		const unsigned char *row = plane + y * cols;

		memset(line, row[0], LEVELS_REACH);
		memcpy(line + LEVELS_REACH, row, (size_t)cols);
		memset(line + LEVELS_REACH + cols, row[cols - 1],
		    LEVELS_REACH);
		for (int k = 0; k < 5; k++)
			from[k] = line + k;
		fold_five(from, levels->spare + y * cols, cols, how);
	}
	for (int y = 0; y < rows; y++) {
		for (int k = 0; k < 5; k++) {
			int at = y + k - LEVELS_REACH;

			at = at < 0 ? 0 : at >= rows ? rows - 1 : at;
			from[k] = levels->spare + at * cols;
		}
		fold_five(from, plane + y * cols, cols, how);
	}
}

/* What the frame looks like as a whole, for hints. */
static void
measure_whole(struct levels *levels)
{
	int n = levels->cols * levels->rows;
	int least = 255, most = 0;
	int64_t all = 0;

	for (int i = 0; i < n; i++) {
		int value = levels->level[i];

		all += value;
		least = value < least ? value : least;
		most = value > most ? value : most;
	}
	levels->mean = (int)(all / n);
	levels->spread = most - least;
}

/* The detail of usual noise: that of the calmer two fifths of so many blocks,
 * count[d] of which have detail d. */
static int
calm_detail(const int count[LEVELS_NOISE + 1], int all)
{
	int calm = 0, detail = 0;

	while (detail < LEVELS_NOISE && calm + count[detail] <= all * 2 / 5)
		calm += count[detail++];
	return detail;
}

/*
 * The noise of each brightness. Bright places are noisier than dark ones; but
 * a code that fills a brightness alone must not pass for noise, nor must one
 * that fills the frame: so there are limits, and too few blocks tell nothing.
 */
static void
find_noise(const struct levels *levels, int noise[LEVELS_SHADES])
{
	int count[LEVELS_SHADES][LEVELS_NOISE + 1] = { { 0 } };
	int all[LEVELS_SHADES] = { 0 }, every[LEVELS_NOISE + 1] = { 0 };
	int n = levels->cols * levels->rows, whole;

	for (int i = 0; i < n; i++) {
		int shade = levels->level[i] * LEVELS_SHADES / 256;
		int detail = levels->detail[i] < LEVELS_NOISE ?
		    levels->detail[i] : LEVELS_NOISE;

		count[shade][detail]++;
		all[shade]++;
		every[detail]++;
	}
	whole = calm_detail(every, n) + LEVELS_QUIET;
	for (int i = 0; i < LEVELS_SHADES; i++) {
		noise[i] = all[i] < n / 64 ? whole :
		    calm_detail(count[i], all[i]) + LEVELS_QUIET;
		if (noise[i] < whole)
			noise[i] = whole;
		if (noise[i] > 4 * whole)
			noise[i] = 4 * whole;
	}
}

/* Detail in noise, 60 for usual noise; a sharp edge counts little more than
 * the detail of a code. */
static int
dense(int detail, int noise)
{
	int share = 60 * detail / noise;

	return share > 132 ? 132 : share;
}

/* Low and high become the darkest and brightest block around, dense the mean
 * around. Where nothing stands out the level is 0. */
static void
look_around(struct levels *levels, const int noise[LEVELS_SHADES])
{
	int n = levels->cols * levels->rows;

	for (int i = 0; i < n; i++) {
		int shade = levels->level[i] * LEVELS_SHADES / 256;

		levels->low[i] = levels->high[i] = levels->level[i];
		levels->dense[i] = (unsigned char)dense(levels->detail[i],
		    noise[shade]);
		levels->busy[i] = levels->detail[i] > 2 * noise[shade];
	}
	fold(levels, levels->level, FOLD_MEAN);
	fold(levels, levels->low, FOLD_LOW);
	fold(levels, levels->high, FOLD_HIGH);
	fold(levels, levels->busy, FOLD_HIGH);
	fold(levels, levels->dense, FOLD_MEAN);
	for (int i = 0; i < n; i++)
		levels->dense[i] = levels->dense[i] >= LEVELS_DENSE ? 250 : 0;
	fold(levels, levels->dense, FOLD_MEAN);
	for (int i = 0; i < n; i++) {
		int shade = levels->level[i] * LEVELS_SHADES / 256;
		int range = levels->high[i] - levels->low[i];

		if (!levels->busy[i] && range * range < 8 * noise[shade])
			levels->level[i] = 0;
	}
}

int
levels_make(struct levels *levels, const struct grey *grey, struct err *err)
{
	int cols = (grey->width + LEVELS_BLOCK - 1) / LEVELS_BLOCK;
	int rows = (grey->height + LEVELS_BLOCK - 1) / LEVELS_BLOCK;
	struct sums *sums = malloc(sizeof(*sums));
	int noise[LEVELS_SHADES];

	if (sums == NULL)
		return err_set(err, ERR_RETRY, "no memory");
	if (make_room(levels, (size_t)cols * (size_t)rows, err) != 0) {
		free(sums);
		return -1;
	}
	levels->cols = cols;
	levels->rows = rows;
	for (int row = 0; row < rows; row++)
		measure_row(levels, grey, row, sums);
	free(sums);
	measure_whole(levels);
	find_noise(levels, noise);
	look_around(levels, noise);
	return 0;
}

void
levels_clear(struct levels *levels)
{
	free(levels->detail);
	*levels = (struct levels){ .capacity = 0 };
}
