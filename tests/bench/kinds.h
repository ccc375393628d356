/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds - what may be wrong with a frame, as a table of ranges.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>

enum payload { CARD, CERTIFICATE, LINK, EVERY, NUMBER, LONG };

struct range {
	float from, to;
};

struct kind {
	const char *name;
	enum payload payload;
	int width, height;
	struct range module;  /* pixels */
	struct range tilt;    /* degrees */
	struct range turn;    /* degrees */
	struct range blur;    /* sigma in modules */
	struct range motion;  /* modules */
	struct range noise;   /* sigma in grey levels */
	struct range dark, light; /* grey levels of ink and card */
	struct range gradient;    /* share of light lost over the frame */
	struct range glare;   /* radius in modules */
	struct range quiet;   /* modules of quiet zone */
	float curve;          /* depth of a bent card, share of its side */
	int jpeg;             /* quality, 0 for none */
	int across, down;     /* codes in rows and columns, 0 for one */
	float shadow;         /* share of light that edges of shadow take */
	int spots;            /* bright ones, anywhere on the code */
	int scars;            /* strokes of ink or of paper across it */
	bool inverted, mirrored, logo, moire;
	bool faint;           /* the second code is small and pale */
};

extern const struct kind frames_kinds[];
extern const int frames_kinds_count;

#endif
