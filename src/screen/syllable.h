/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * syllable - the word at the end of a text as a Vietnamese syllable.
 */
#ifndef SCREEN_SYLLABLE_H
#define SCREEN_SYLLABLE_H

#include "parts.h"

#define WORD_MAX 16 /* letters; nghiêng has 7, longer words stay as typed */

struct letter {
	char base; /* a small letter, or 0 for what is no letter here */
	enum shape shape;
	enum tone tone;
	bool capital;
};

struct word {
	size_t start; /* bytes of the text before it */
	size_t n;
	struct letter letters[WORD_MAX];
	/* what word_split() found */
	size_t vowels, coda; /* where they begin */
	bool syllable;       /* or may still become one */
};

/* The last word of text; false when it is none of ours. */
bool word_read(const char *text, struct word *word);
/* Find onset, vowels and coda again after a change of letters. */
void word_split(struct word *word);
/* Write the word back; false, and text untouched, when there is no room. */
bool word_write(const struct word *word, char *text, size_t capacity);
/* The letter that carries the tone of a syllable. */
size_t word_tone_place(const struct word *word);
/* Take the tone off, wherever it is. */
enum tone word_tone_take(struct word *word);
/* Split, and put the tone where it belongs now. */
void word_settle(struct word *word);

#endif
