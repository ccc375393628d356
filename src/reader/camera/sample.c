/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample - reads each module's grey value and tells dark from light.
 *
 * First by the middle between the dark and the light modules around. Where
 * the picture is blurred, a module's value holds a share of its neighbours':
 * the shares are estimated from the whole symbol, and what the neighbours
 * gave is taken off before it is decided again, and so on a few times.
 */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_TAPS 4
#define SAMPLE_TAP 0.17f    /* modules from the middle, both ways */
#define SAMPLE_SIDE (SYMBOL_SIZE_MAX + 1)
/* Work in visits of a pixel, about: of a tap, of levelling a module out, of
 * taking its neighbours off once. */
#define SAMPLE_TAP_VISITS 3
#define SAMPLE_LEVEL_VISITS 20
#define SAMPLE_ROUND_VISITS 25
#define SAMPLE_SHARES 9     /* a module and its neighbours */

/* Sums over rectangles, of values and of how many. */
struct sums {
	float value[SAMPLE_SIDE * SAMPLE_SIDE];
	float count[SAMPLE_SIDE * SAMPLE_SIDE];
};

/*
 * The mean of four taps. Within one module a homography is as good as affine:
 * its slopes at the module's middle serve all of them.
 */
static float
take_module(const struct grey *grey, const float *h, float u, float v)
{
	float w = 1.0f / (h[6] * u + h[7] * v + h[8]);
	float x = (h[0] * u + h[1] * v + h[2]) * w;
	float y = (h[3] * u + h[4] * v + h[5]) * w;
	float ux = (h[0] - x * h[6]) * w * SAMPLE_TAP;
	float uy = (h[3] - y * h[6]) * w * SAMPLE_TAP;
	float vx = (h[1] - x * h[7]) * w * SAMPLE_TAP;
	float vy = (h[4] - y * h[7]) * w * SAMPLE_TAP;
	float far_x = fabsf(ux) + fabsf(vx), far_y = fabsf(uy) + fabsf(vy);
	bool inside = x - far_x >= 0 && y - far_y >= 0 &&
	    x + far_x < (float)(grey->width - 1) &&
	    y + far_y < (float)(grey->height - 1);
	float sum = 0;

	for (int j = -1; j <= 1; j += 2)
		for (int i = -1; i <= 1; i += 2) {
			float px = x + (float)i * ux + (float)j * vx;
			float py = y + (float)i * uy + (float)j * vy;

			sum += inside ? grey_inside(grey, px, py) :
			    grey_at(grey, px, py);
		}
	return sum / SAMPLE_TAPS;
}

void
sample_take(const struct view *view, const struct place *place,
    const struct symbol *symbol, bool light, struct sample *sample,
    struct cost *cost)
{
	int n = symbol->size;

	sample->size = n;
	for (int v = 0; v < n; v++)
		for (int u = 0; u < n; u++) {
			float at_u = (float)u + 0.5f, at_v = (float)v + 0.5f;
			float value;

			if (place->bowed)
				place_bow(place, &at_u, &at_v);
			value = take_module(view->grey, place->h, at_u, at_v);
			sample->value[v * n + u] = light ? 255 - value : value;
		}
	cost_add(cost, STAGE_SAMPLING,
	    (int64_t)n * n * SAMPLE_TAPS * SAMPLE_TAP_VISITS);
}

/* Sum up the modules whose dark bit is want; want 2 takes all of them. */
static void
sum_up(struct sums *sums, const float *value, const unsigned char *dark,
    int want, int n)
{
	memset(sums->value, 0, sizeof(float) * (size_t)(n + 1));
	memset(sums->count, 0, sizeof(float) * (size_t)(n + 1));
	for (int v = 0; v < n; v++) {
		float *to = sums->value + (v + 1) * (n + 1);
		float *many = sums->count + (v + 1) * (n + 1);
		float row = 0, in_row = 0;

		to[0] = many[0] = 0;
		for (int u = 0; u < n; u++) {
			if (want == 2 || dark[v * n + u] == want) {
				row += value[v * n + u];
				in_row++;
			}
			to[u + 1] = to[u + 1 - (n + 1)] + row;
			many[u + 1] = many[u + 1 - (n + 1)] + in_row;
		}
	}
}

/* The mean within reach of (u, v); fallback when there is none. */
static float
mean_near(const struct sums *sums, int u, int v, int reach, int n,
    float fallback)
{
	int u0 = u > reach ? u - reach : 0, v0 = v > reach ? v - reach : 0;
	int u1 = u + reach < n ? u + reach + 1 : n;
	int v1 = v + reach < n ? v + reach + 1 : n;
	int a = v0 * (n + 1), b = v1 * (n + 1);
	float count = sums->count[b + u1] - sums->count[b + u0] -
	    sums->count[a + u1] + sums->count[a + u0];

	if (count < 1)
		return fallback;
	return (sums->value[b + u1] - sums->value[b + u0] -
	    sums->value[a + u1] + sums->value[a + u0]) / count;
}

/* Whether that changed any. */
static bool
decide(const float *value, unsigned char *dark, const struct symbol *symbol)
{
	int n = symbol->size;
	unsigned changed = 0;

	for (int i = 0; i < n * n; i++) {
		unsigned char now = symbol->fixed[i] == FIXED_DARK ? 1 :
		    symbol->fixed[i] == FIXED_LIGHT ? 0 : value[i] < 0;

		changed |= now ^ dark[i];
		dark[i] = now;
	}
	return changed != 0;
}

/*
 * Make out light and dark around each module: value becomes -1 for a usual
 * dark module of its surroundings and 1 for a light one.
 */
static void
level_out(const struct sample *sample, const struct symbol *symbol, int reach,
    struct sums sums[2], float *value, unsigned char *dark)
{
	int n = sample->size;

	sum_up(&sums[0], sample->value, NULL, 2, n);
	for (int v = 0; v < n; v++)
		for (int u = 0; u < n; u++)
			value[v * n + u] = sample->value[v * n + u] -
			    mean_near(&sums[0], u, v, reach, n, 128);
	decide(value, dark, symbol);
	for (int round = 0; round < 2; round++) {
		sum_up(&sums[0], sample->value, dark, 0, n);
		sum_up(&sums[1], sample->value, dark, 1, n);
		for (int v = 0; v < n; v++)
			for (int u = 0; u < n; u++) {
				float here = sample->value[v * n + u];
				float l = mean_near(&sums[0], u, v, reach, n,
				    here + 1);
				float d = mean_near(&sums[1], u, v, reach, n,
				    here - 1);

				value[v * n + u] = (here - (l + d) / 2) /
				    fmaxf((l - d) / 2, 1.5f);
			}
		/* The same again would come to the same. */
		if (!decide(value, dark, symbol))
			break;
	}
}

/* Around the symbol it is light. */
static float
side_of(const unsigned char *dark, int u, int v, int n)
{
	if (u < 0 || v < 0 || u >= n || v >= n)
		return 1;
	return dark[v * n + u] ? -1 : 1;
}

static void
neighbours(const unsigned char *dark, int u, int v, int n,
    float side[SAMPLE_SHARES])
{
	for (int k = 0; k < SAMPLE_SHARES; k++)
		side[k] = side_of(dark, u + k % 3 - 1, v + k / 3 - 1, n);
}

/* Least squares by elimination; false when there is no one answer. */
static bool
solve(float a[SAMPLE_SHARES][SAMPLE_SHARES + 1], float x[SAMPLE_SHARES])
{
	for (int c = 0; c < SAMPLE_SHARES; c++) {
		int best = c;

		for (int r = c + 1; r < SAMPLE_SHARES; r++)
			if (fabsf(a[r][c]) > fabsf(a[best][c]))
				best = r;
		if (fabsf(a[best][c]) < 1e-3f)
			return false;
		for (int k = 0; k <= SAMPLE_SHARES; k++) {
			float swap = a[c][k];

			a[c][k] = a[best][k];
			a[best][k] = swap;
		}
		for (int r = 0; r < SAMPLE_SHARES; r++) {
			float f = a[r][c] / a[c][c];

			for (int k = c; r != c && k <= SAMPLE_SHARES; k++)
				a[r][k] -= f * a[c][k];
		}
	}
	for (int c = 0; c < SAMPLE_SHARES; c++)
		x[c] = a[c][SAMPLE_SHARES] / a[c][c];
	return true;
}

/* How much of a value comes from the module and each of its neighbours. */
static bool
estimate_shares(const float *value, const unsigned char *dark, int n,
    float shares[SAMPLE_SHARES])
{
	float a[SAMPLE_SHARES][SAMPLE_SHARES + 1] = { { 0 } };

	for (int v = 0; v < n; v++)
		for (int u = 0; u < n; u++) {
			float side[SAMPLE_SHARES];
			float here = value[v * n + u];

			here = here > 2 ? 2 : here < -2 ? -2 : here;
			neighbours(dark, u, v, n, side);
			for (int i = 0; i < SAMPLE_SHARES; i++) {
				for (int k = 0; k < SAMPLE_SHARES; k++)
					a[i][k] += side[i] * side[k];
				a[i][SAMPLE_SHARES] += side[i] * here;
			}
		}
	return solve(a, shares) && shares[4] > 0.05f;
}

/* One round: take the neighbours' shares off and decide again. */
static void
unmix(const float *value, const struct symbol *symbol,
    const float shares[SAMPLE_SHARES], float weight, float *spare,
    unsigned char *dark)
{
	int n = symbol->size;

	for (int v = 0; v < n; v++)
		for (int u = 0; u < n; u++) {
			float side[SAMPLE_SHARES];
			float own = value[v * n + u];

			neighbours(dark, u, v, n, side);
			for (int k = 0; k < SAMPLE_SHARES; k++)
				if (k != 4)
					own -= weight * shares[k] * side[k];
			spare[v * n + u] = own;
		}
	decide(spare, dark, symbol);
}

static const struct {
	int reach; /* modules */
	int rounds;
} tries[SAMPLE_TRIES] = {
	{ 7, 0 }, { 7, 4 }, { 4, 3 }, { 12, 5 }, { 4, 0 }, { 20, 0 },
};

bool
sample_decide(const struct sample *sample, const struct symbol *symbol,
    int try, unsigned char *dark, struct cost *cost)
{
	int n = sample->size;
	size_t room = (size_t)n * (size_t)n * sizeof(float);
	struct sums *sums = malloc(2 * sizeof(*sums));
	float *value = malloc(room), *spare = malloc(room);
	float shares[SAMPLE_SHARES];
	bool new = sums != NULL && value != NULL && spare != NULL;

	if (new)
		level_out(sample, symbol, tries[try].reach, sums, value, dark);
	for (int i = 0; new && i < tries[try].rounds; i++) {
		if (!estimate_shares(value, dark, n, shares))
			break;
		unmix(value, symbol, shares, i == 0 ? 0.6f : 1, spare, dark);
	}
	cost_add(cost, STAGE_SAMPLING,
	    (int64_t)n * n * (SAMPLE_LEVEL_VISITS +
	    SAMPLE_ROUND_VISITS * tries[try].rounds));
	free(sums);
	free(value);
	free(spare);
	return new;
}
