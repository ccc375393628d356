/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read - tries to read the symbols that triples of finder patterns promise.
 *
 * For the versions that the arms allow the grid is fitted; the best fits are
 * sampled, and what has a sane format word is drawn clean for zbar.
 */
#include "stages.h"

#include <math.h>

#define READ_CHANCE 5         /* agreement of n modules by chance: 5 / sqrt(n) */
/* Of a large symbol its corners alone agree to more than that, wherever the
 * other modules lie; what could be read agreed to 0.39 and more. */
#define READ_AGREE_LEAST 0.3f
#define READ_AGREE_GOOD 0.7f  /* above it, other versions are not tried */
#define READ_AGREE_FAIR 0.35f /* above it, a finer fit is worth the work */
#define READ_TRIES_QUICK 2    /* before that */
#define READ_FORMAT_ERRORS 3  /* what zbar can mend */
#define READ_ZBAR_VISITS 8    /* of a drawn pixel, about */
/* What n timing modules agree by chance, times sqrt(n): where the size of a
 * symbol is vague many versions are tried, and one fits by chance. */
#define READ_CHANCE_VAGUE 1.1f
#define READ_CHANCE_SURE 0.6f
#define READ_FITS 3
#define READ_BENT_VERSIONS 5
#define READ_BENT_MAX 3 /* triples */
#define READ_FAILS_MAX 24 /* triples, one after another */

struct fitted {
	int version;
	float agreement;
	struct place place;
};

bool
read_modules(struct work *work, int size, struct codes *codes)
{
	struct err err;
	struct grey *drawn = draw_modules(work->dark, size, &err);
	int found;

	if (drawn == NULL)
		return false;
	cost_add(&work->cost, STAGE_ZBAR,
	    (int64_t)drawn->width * drawn->height * READ_ZBAR_VISITS);
	found = decoder_scan(work->decoder, drawn, 1, codes, &err);
	grey_free(drawn);
	notes_modules(work->notes, work->dark, size, found > 0);
	return found > 0;
}

/* Sample at a place and try the ways to decide from first to last. */
static bool
read_place(struct work *work, const struct fitted *fit, bool light, int last,
    struct codes *codes)
{
	sample_take(&work->view, &fit->place, &work->symbol, light,
	    &work->sample, &work->cost);
	for (int try = 0; try < last; try++) {
		if (cost_over(&work->cost))
			return false;
		if (!sample_decide(&work->sample, &work->symbol, try,
		    work->dark, &work->cost))
			continue;
		if (symbol_format_errors(work->dark, work->symbol.size) >
		    READ_FORMAT_ERRORS)
			continue;
		if (read_modules(work, work->symbol.size, codes)) {
			notes_place(work->notes, NOTE_READ, &fit->place,
			    &work->symbol, fit->agreement);
			taken_add(&work->taken, &fit->place,
			    work->symbol.size);
			return true;
		}
	}
	return false;
}

static bool
read_fit(struct work *work, const struct triple *t, struct fitted *fit,
    struct codes *codes)
{
	bool light = t->corner.light;

	symbol_make(&work->symbol, fit->version);
	if (read_place(work, fit, light, READ_TRIES_QUICK, codes))
		return true;
	if (fit->agreement > READ_AGREE_FAIR && !fit->place.bowed)
		fit_finely(&work->view, t, &work->symbol, &fit->place,
		    &work->cost);
	return read_place(work, fit, light, SAMPLE_TRIES, codes);
}

struct candidate {
	int version;
	float score;
};

/*
 * The versions that a triple allows, the likeliest first: those whose timing
 * patterns agree best, of equals the nearest. Few modules agree more by
 * chance than many.
 */
static int
list_versions(struct work *work, const struct triple *t,
    struct candidate list[READ_FITS])
{
	float reach = 2.5f + t->doubt * t->size;
	float chance = t->doubt > 0.1f ? READ_CHANCE_VAGUE : READ_CHANCE_SURE;
	int n = 0;

	for (int version = 1; version <= SYMBOL_VERSIONS; version++) {
		float off = fabsf((float)symbol_size(version) - t->size);
		struct candidate c = { .version = version };
		int at = n < READ_FITS ? n : READ_FITS - 1;

		if (off > reach || cost_over(&work->cost))
			continue;
		c.score = fit_timing(&work->view, t, version, &work->cost) *
		    sqrtf((float)symbol_size(version) - 16) -
		    0.2f * off / reach;
		if (c.score < chance ||
		    (n == READ_FITS && list[at].score >= c.score))
			continue;
		for (; at > 0 && list[at - 1].score < c.score; at--)
			list[at] = list[at - 1];
		list[at] = c;
		n += n < READ_FITS;
	}
	return n;
}

/* Fit them, best agreement first. */
static int
fit_versions(struct work *work, const struct triple *t,
    struct fitted fits[READ_FITS])
{
	struct candidate list[READ_FITS];
	int listed = list_versions(work, t, list), n = 0;

	for (int i = 0; i < listed && !cost_over(&work->cost); i++) {
		struct fitted fit = { .version = list[i].version };
		int at = n;

		symbol_make(&work->symbol, fit.version);
		fit.agreement = fit_symbol(&work->view, t, &work->symbol,
		    &fit.place, &work->cost);
		notes_place(work->notes, NOTE_PLACE, &fit.place, &work->symbol,
		    fit.agreement);
		if (fit.agreement < READ_AGREE_LEAST || fit.agreement *
		    sqrtf((float)work->symbol.nfixed) < READ_CHANCE)
			continue;
		for (; at > 0 && fits[at - 1].agreement < fit.agreement; at--)
			fits[at] = fits[at - 1];
		fits[at] = fit;
		n++;
		if (fit.agreement > READ_AGREE_GOOD)
			break;
	}
	return n;
}

static bool
read_triple(struct work *work, const struct triple *t, struct codes *codes)
{
	struct fitted fits[READ_FITS];
	int n = fit_versions(work, t, fits);

	/* The third best never was the one. */
	for (int i = 0; i < n && i < 2; i++)
		if (read_fit(work, t, &fits[i], codes))
			return true;
	return false;
}

static bool
same_spot(const struct finder *a, const struct finder *b)
{
	return fabsf(a->x - b->x) < a->across && fabsf(a->y - b->y) < a->down;
}

static bool
shares_corner(const struct triple *a, const struct triple *b)
{
	const struct finder *fa[3] = { &a->corner, &a->right, &a->below };
	const struct finder *fb[3] = { &b->corner, &b->right, &b->below };

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			if (same_spot(fa[i], fb[k]))
				return true;
	return false;
}

int
read_triples(struct work *work, struct codes *codes)
{
	const struct triple *done[CODES_MAX];
	size_t n = work->triples.count, first = n > 0 ? work->first % n : 0;
	int ndone = 0, failed = 0;

	work->first = 0;
	for (size_t i = 0; i < n; i++) {
		const struct triple *t =
		    &work->triples.triple[(first + i) % n];
		bool used = false;

		for (int k = 0; k < ndone; k++)
			used = used || shares_corner(t, done[k]);
		if (used)
			continue;
		if (cost_over(&work->cost) || ndone == CODES_MAX ||
		    failed == READ_FAILS_MAX) {
			work->left = true;
			break;
		}
		notes_triple(work->notes, t);
		failed++;
		work->failed++;
		if (read_triple(work, t, codes)) {
			done[ndone++] = t;
			failed = 0;
			work->failed--;
		}
	}
	return ndone;
}

void
read_finders(struct work *work, struct codes *codes)
{
	int got;

	do {
		taken_drop(&work->taken, &work->finders);
		triples_find(&work->view, &work->finders, &work->triples,
		    &work->cost);
		got = read_triples(work, codes);
	} while (got > 0 && work->finders.count > 3 &&
	    !cost_over(&work->cost));
	taken_drop(&work->taken, &work->finders);
}

/* The timing patterns of bent paper say nothing about the version before its
 * bow is known: those next to the estimate are tried. */
static bool
read_bent_triple(struct work *work, const struct triple *t,
    struct codes *codes)
{
	struct fitted best = { .agreement = -1 };
	int next = (int)((t->size - 17) / 4 + 0.5f);

	for (int i = 0; i < READ_BENT_VERSIONS; i++) {
		struct fitted fit = { .version = next +
		    (i % 2 == 0 ? i / 2 : -(i + 1) / 2) };

		if (fit.version < 1 || fit.version > SYMBOL_VERSIONS ||
		    cost_over(&work->cost))
			continue;
		symbol_make(&work->symbol, fit.version);
		fit.agreement = fit_bent(&work->view, t, &work->symbol,
		    &fit.place, &work->cost);
		notes_place(work->notes, NOTE_PLACE, &fit.place, &work->symbol,
		    fit.agreement);
		if (fit.agreement > best.agreement)
			best = fit;
		if (fit.agreement > READ_AGREE_GOOD)
			break;
	}
	return best.agreement > READ_AGREE_FAIR &&
	    read_fit(work, t, &best, codes);
}

void
read_bent(struct work *work, struct codes *codes)
{
	taken_drop(&work->taken, &work->finders);
	triples_find(&work->view, &work->finders, &work->triples, &work->cost);
	for (size_t i = 0; i < work->triples.count && i < READ_BENT_MAX &&
	    !cost_over(&work->cost); i++) {
		notes_triple(work->notes, &work->triples.triple[i]);
		if (read_bent_triple(work, &work->triples.triple[i], codes))
			break;
	}
	taken_drop(&work->taken, &work->finders);
}
