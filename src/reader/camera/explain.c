/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - draws what each stage saw of one frame, for the support call.
 *
 * One picture of everything, and one a stage beside it: what is dark, the
 * finder patterns (blue crosses), triples of them (yellow) with the grids
 * that were fitted (red), the modules that were sampled, and what was read
 * (green). All but the modules may be sent around: they are the payload.
 */
#include "stages.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND(kind) (1u << (kind))

struct canvas {
	int width, height;
	unsigned char *rgb;
};

static const unsigned char colours[][3] = {
	[NOTE_PASS] = { 0, 0, 0 },
	[NOTE_FINDER] = { 40, 120, 255 },
	[NOTE_TRIPLE] = { 255, 210, 0 },
	[NOTE_PLACE] = { 255, 40, 40 },
	[NOTE_READ] = { 0, 220, 60 },
};

static void
dot(struct canvas *canvas, float x, float y, const unsigned char colour[3])
{
	unsigned char *to;

	if (!(x >= 0 && y >= 0 && x < (float)canvas->width &&
	    y < (float)canvas->height))
		return;
	to = canvas->rgb + ((size_t)y * (size_t)canvas->width + (size_t)x) * 3;
	for (int i = 0; i < 3; i++)
		to[i] = colour[i];
}

/* A wild fit may leave the frame by far: only so many dots are set. */
static void
line(struct canvas *canvas, float x0, float y0, float x1, float y1,
    const unsigned char colour[3])
{
	float length = fmaxf(fabsf(x1 - x0), fabsf(y1 - y0));
	int steps = length > 0 && length < 10000 ? (int)length + 1 : 1;

	for (int i = 0; i <= steps; i++) {
		float part = (float)i / (float)steps;

		dot(canvas, x0 + part * (x1 - x0), y0 + part * (y1 - y0),
		    colour);
	}
}

static void
draw_note(struct canvas *canvas, const struct note *note)
{
	const unsigned char *colour = colours[note->kind];
	const float *x = note->x, *y = note->y;
	float arm = note->number * 3.5f;

	switch (note->kind) {
	case NOTE_PASS:
		break;
	case NOTE_FINDER:
		line(canvas, x[0] - arm, y[0], x[0] + arm, y[0], colour);
		line(canvas, x[0], y[0] - arm, x[0], y[0] + arm, colour);
		break;
	case NOTE_TRIPLE:
		line(canvas, x[1], y[1], x[0], y[0], colour);
		line(canvas, x[0], y[0], x[2], y[2], colour);
		break;
	case NOTE_PLACE:
	case NOTE_READ:
		for (int i = 0; i < 4; i++)
			line(canvas, x[i], y[i], x[(i + 1) % 4],
			    y[(i + 1) % 4], colour);
		break;
	}
}

static int
draw(const struct grey *grey, const struct notes *notes, unsigned kinds,
    const char *out, struct err *err)
{
	size_t n = (size_t)grey->width * (size_t)grey->height;
	struct canvas canvas = { grey->width, grey->height, malloc(3 * n) };
	int got;

	if (canvas.rgb == NULL)
		return err_set(err, ERR_RETRY, "no memory");
	for (size_t i = 0; i < 3 * n; i++)
		canvas.rgb[i] = grey->pixels[i / 3];
	for (size_t i = 0; i < notes->count; i++)
		if (kinds & KIND(notes->note[i].kind))
			draw_note(&canvas, &notes->note[i]);
	got = png_write(out, canvas.rgb, canvas.width, canvas.height, err);
	free(canvas.rgb);
	return got;
}

/* OUT.png becomes OUT-STAGE.png. */
static int
stage_path(const char *out, const char *stage, char path[PATH_MAX],
    struct err *err)
{
	const char *dot = strrchr(out, '.'), *slash = strrchr(out, '/');
	int stem = dot != NULL && (slash == NULL || dot > slash + 1) ?
	    (int)(dot - out) : (int)strlen(out);

	if (snprintf(path, PATH_MAX, "%.*s-%s.png", stem, out, stage) >=
	    PATH_MAX)
		return err_set(err, ERR_INPUT, "%s: too long a name", out);
	return 0;
}

static struct grey *
darkness(const struct grey *grey, const struct notes *notes, struct err *err)
{
	struct levels levels = { .cols = 0 };
	struct grey *binary = NULL;

	(void)notes;
	if (levels_make(&levels, grey, err) == 0)
		binary = grey_binary(grey, &levels, err);
	levels_clear(&levels);
	return binary;
}

static struct grey *
frame(const struct grey *grey, const struct notes *notes, struct err *err)
{
	(void)notes;
	return grey_part(grey, 0, 0, grey->width, grey->height, err);
}

/* Nothing sampled is a symbol without modules: its quiet zone. */
static struct grey *
modules(const struct grey *grey, const struct notes *notes, struct err *err)
{
	(void)grey;
	return draw_modules(notes->dark, notes->size, err);
}

static int
draw_stages(const struct grey *grey, const struct notes *notes,
    const char *out, struct err *err)
{
	static const struct {
		const char *name;
		struct grey *(*ground)(const struct grey *grey,
		    const struct notes *notes, struct err *err);
		unsigned kinds;
	} stages[] = {
		{ "1-dark", darkness, 0 },
		{ "2-gate", frame, KIND(NOTE_FINDER) },
		{ "3-geometry", frame, KIND(NOTE_TRIPLE) | KIND(NOTE_PLACE) },
		{ "4-sampling", modules, 0 },
		{ "5-read", frame, KIND(NOTE_READ) },
	};

	for (size_t i = 0; i < nitems(stages); i++) {
		char path[PATH_MAX];
		struct grey *ground;
		int got;

		if (stage_path(out, stages[i].name, path, err) != 0)
			return -1;
		ground = stages[i].ground(grey, notes, err);
		if (ground == NULL)
			return -1;
		got = draw(ground, notes, stages[i].kinds, path, err);
		grey_free(ground);
		if (got != 0)
			return -1;
		printf("picture %s\n", path);
	}
	return 0;
}

static void
print(const struct look *look, const struct notes *notes,
    const struct codes *codes, const char *hint)
{
	static const char *const stages[STAGES] = { "gate", "geometry",
		"sampling", "zbar" };
	const struct cost *cost = look_cost(look);

	for (size_t i = 0; i < notes->count; i++) {
		const struct note *note = &notes->note[i];

		if (note->kind == NOTE_PASS)
			printf("pass %s\n", note->pass);
		else if (note->kind == NOTE_TRIPLE)
			printf("  three finder patterns, %.0f modules a side\n",
			    (double)note->number);
		else if (note->kind == NOTE_PLACE)
			printf("    version %d fits to %.0f %%\n",
			    note->version, (double)note->number * 100);
		else if (note->kind == NOTE_READ)
			printf("    version %d is read\n", note->version);
	}
	printf("codes %zu, by pass %s, hint %s\n", codes->count,
	    look_pass(look), hint != NULL ? hint : "none");
	for (int i = 0; i < STAGES; i++)
		printf("cost %s %lld\n", stages[i],
		    (long long)cost->spent[i]);
	printf("budget %lld\n", (long long)cost->budget);
}

int
explain(const char *picture, const char *out, struct err *err)
{
	struct grey *grey = picture_read(picture, err);
	struct look *look = look_new(err);
	struct notes *notes = calloc(1, sizeof(*notes));
	struct codes *codes = calloc(1, sizeof(*codes));
	const char *hint;
	int got = -1;

	if (grey == NULL)
		err_within(err, "%s", picture);
	else if (notes == NULL || codes == NULL)
		err_set(err, ERR_RETRY, "no memory");
	else if (look != NULL) {
		look_note(look, notes);
		got = look_at(look, grey, true, codes, &hint, err);
		if (got == 0)
			print(look, notes, codes, hint);
		if (got == 0)
			got = draw(grey, notes, ~0u, out, err);
		if (got == 0)
			got = draw_stages(grey, notes, out, err);
	}
	free(codes);
	free(notes);
	look_free(look);
	grey_free(grey);
	return got;
}
