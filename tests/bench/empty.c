/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * empty - frames without a code, as a post's camera sees them nearly all the
 * time: things on a desk, in all lights.
 */
#include "../../src/reader/camera/parts.h"
#include "frames.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define THINGS_MAX 40

struct scene {
	const char *name;
	int things;
	float light;  /* grey level of the background */
	float spread; /* of things, around it */
	float noise;  /* sigma in grey levels */
	float soft;   /* pixels from inside to outside of an edge */
};

static const struct scene scenes[] = {
	{ "empty bright", 8, 170, 60, 2, 1.5f },
	{ "empty dark", 8, 30, 60, 8, 2 },
	{ "empty blurred", 12, 110, 90, 3, 5 },
	{ "empty night", 6, 12, 20, 14, 2 },
	{ "empty crowded", 40, 110, 100, 4, 1 },
};

const int empty_kinds_count = (int)nitems(scenes);

struct thing {
	float x, y, cos, sin;
	float wide, high; /* half of each */
	float grey;
	int shape; /* 0 a box, 1 an ellipse, 2 a frame */
};

static unsigned
throw_dice(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static float
between(unsigned *seed, float from, float to)
{
	return from + (to - from) * (float)throw_dice(seed) / 65535;
}

static struct thing
make_thing(const struct scene *scene, const struct grey *grey, unsigned *seed)
{
	float turn = between(seed, 0, (float)M_PI);
	bool thin = throw_dice(seed) % 3 == 0;

	return (struct thing){
		.x = between(seed, 0, (float)grey->width),
		.y = between(seed, 0, (float)grey->height),
		.cos = cosf(turn), .sin = sinf(turn),
		.wide = between(seed, 10, 90),
		.high = thin ? between(seed, 2, 6) : between(seed, 10, 70),
		.grey = scene->light +
		    between(seed, -scene->spread, scene->spread),
		.shape = (int)throw_dice(seed) % 3,
	};
}

/* Pixels that (x, y) lies within the thing's edge; outside less than 0. */
static float
depth(const struct thing *t, float x, float y)
{
	float u = fabsf((x - t->x) * t->cos + (y - t->y) * t->sin);
	float v = fabsf((y - t->y) * t->cos - (x - t->x) * t->sin);
	float in = fminf(t->wide - u, t->high - v);

	if (t->shape == 1)
		return (1 - hypotf(u / t->wide, v / t->high)) *
		    fminf(t->wide, t->high);
	return t->shape == 2 ? fminf(in, 4 - in) : in;
}

static float
light_at(const struct scene *scene, const struct thing things[], float x,
    float y)
{
	float value = scene->light;

	for (int i = 0; i < scene->things; i++) {
		float share = 0.5f + depth(&things[i], x, y) / scene->soft;

		if (share > 0)
			value += (things[i].grey - value) * fminf(share, 1);
	}
	return value;
}

const char *
empty_kind(int kind)
{
	return scenes[kind].name;
}

int
empty_make(int kind, unsigned seed, struct frame_made *made, struct err *err)
{
	const struct scene *scene = &scenes[kind];
	struct thing things[THINGS_MAX];
	struct grey *grey = grey_new(640, 480, err);

	memset(made, 0, sizeof(*made));
	made->grey = grey;
	if (grey == NULL)
		return -1;
	for (int i = 0; i < scene->things; i++)
		things[i] = make_thing(scene, grey, &seed);
	for (int i = 0; i < grey->width * grey->height; i++) {
		float x = (float)(i % grey->width);
		float y = (float)(i / grey->width), noise = 0;
		float fall = 0.8f + 0.2f * cosf(x / 130) * sinf(y / 110);

		for (int k = 0; k < 6; k++)
			noise += between(&seed, -1, 1);
		noise = light_at(scene, things, x, y) * fall +
		    noise * scene->noise * 0.7f;
		grey->pixels[i] = (unsigned char)(noise < 0 ? 0 :
		    noise > 255 ? 255 : noise);
	}
	return 0;
}
