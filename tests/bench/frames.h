/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames - camera frames drawn from a seed: the same on every machine.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "../../src/reader/camera/parts.h"

#define FRAMES_TEXTS_MAX 64

struct frame_made {
	struct grey *grey; /* the caller frees it */
	size_t ntexts;
	char text[FRAMES_TEXTS_MAX][2400];
};

/* What is wrong with the frames of a kind; NULL after the last. */
const char *frames_kind(int kind);
int frames_make(int kind, unsigned seed, struct frame_made *made,
    struct err *err);

/* empty.c: frames without a code; likewise. */
extern const int empty_kinds_count;
const char *empty_kind(int kind);
int empty_make(int kind, unsigned seed, struct frame_made *made,
    struct err *err);

/* hostile.c: frames that are nothing but work; likewise. */
const char *hostile_kind(int kind);
int hostile_make(int kind, unsigned seed, struct frame_made *made,
    struct err *err);

/* squeeze.c: as JPEG of this quality leaves it. */
void squeeze(struct grey *grey, int quality);

#endif
