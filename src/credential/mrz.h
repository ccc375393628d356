/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mrz - a machine-readable zone as its modules share it, ICAO 9303.
 */
#ifndef CHOT_CREDENTIAL_MRZ_H
#define CHOT_CREDENTIAL_MRZ_H

#include "parts.h"

#define ZONE_MAX 90
#define NUMBER_CHARS 9
#define LONG_NUMBER_MAX 22

struct span {
	unsigned char at, n; /* n 0: none */
};

struct layout {
	const char *word;
	size_t width, lines;
	bool visa;
	struct span name, number, nationality, birth, expiry, optional, composite[4];
	unsigned char number_check, birth_check, sex, expiry_check;
	unsigned char optional_check, composite_check; /* 0: none */
};

struct zone {
	char text[ZONE_MAX + 1];
	size_t n;
	const struct layout *layout; /* NULL: a part of one, or too much */
};

/* ICAO 9303-3, 4.9: weights 7, 3, 1. */
char mrz_check_digit(const char *text, size_t n);
/* The document number without fillers. A long one has '<' for its check
 * digit, and goes on in the optional field with the digit at its end, which
 * then begins later. False: the check digit does not fit. */
bool mrz_number(const struct zone *zone, char out[LONG_NUMBER_MAX + 1],
    struct span *optional);
/* NULL: all of them hold. *at: where the one is that does not. */
const char *mrz_wrong_digit(const struct zone *zone, unsigned char *at);
/* Letters for digits and digits for letters, only where one class of
 * character can stand; true when something was changed. */
bool mrz_repair(struct zone *zone);

#endif
