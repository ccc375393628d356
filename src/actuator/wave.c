/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wave - the one neutral tone, as a WAV file. There is only one: bystanders
 * must not hear who was let pass.
 */
#include "parts.h"

#include <string.h>

#define RATE 16000
#define SAMPLES 4000 /* a quarter of a second */
#define RAMP 240     /* samples; a tone that begins at once clicks */
#define LOUDNESS 9000.0
/* 880 Hz at RATE: sin w and 2 cos w, for the recurrence of a sine. */
#define SIN_W 0.3387379202452914
#define TWO_COS_W 1.881761537908451

static void
put(unsigned char *out, unsigned long value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static void
put_head(unsigned char *out)
{
	memcpy(out, "RIFF....WAVEfmt ....", 20);
	put(out + 4, 36 + 2 * SAMPLES, 4);
	put(out + 16, 16, 4);
	put(out + 20, 1, 2); /* PCM */
	put(out + 22, 1, 2); /* mono */
	put(out + 24, RATE, 4);
	put(out + 28, 2 * RATE, 4);
	put(out + 32, 2, 2);
	put(out + 34, 16, 2);
	memcpy(out + 36, "data", 4);
	put(out + 40, 2 * SAMPLES, 4);
}

size_t
wave_tone(unsigned char out[WAVE_MAX])
{
	double before = -SIN_W, now = 0;

	put_head(out);
	for (int i = 0; i < SAMPLES; i++) {
		double next = TWO_COS_W * now - before, ramp = 1;

		if (i < RAMP)
			ramp = (double)i / RAMP;
		else if (i >= SAMPLES - RAMP)
			ramp = (double)(SAMPLES - 1 - i) / RAMP;
		put(out + 44 + 2 * i, (unsigned long)(long)(LOUDNESS * now *
		    ramp), 2);
		before = now;
		now = next;
	}
	return 44 + 2 * SAMPLES;
}
