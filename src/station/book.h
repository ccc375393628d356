/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book - the shift as it is counted and handed on: a number of the day, who
 * began it, figures, and no person. Pure; office.c keeps it in files.
 */
#ifndef STATION_BOOK_H
#define STATION_BOOK_H

#include "register.h"
#include "screen.h"

#define BOOK_TEXT_MAX 2048  /* bytes of the file */
#define SHEET_TEXT_MAX 3072 /* bytes of a sheet */

struct book {
	bool open;
	int number;       /* of the local day, from 1 */
	int64_t day;      /* which one: days since 1970 */
	int64_t serial;   /* grows with each change: the newer file wins */
	char officer[OFFICER_ID_MAX], name[REGISTER_WORD_MAX]; /* who began it */
};

struct book_row { /* of the sheet; [0] in, [1] out */
	const char *word, *label; /* N_() */
	size_t at; /* of the two counts, in struct view_counts */
};

const struct book_row *book_row(size_t i); /* NULL past the end */
const int *book_count(const struct view_counts *counts, size_t i);

void book_begin(struct book *book, struct view_counts *counts, int64_t at, int utc_offset_s);
void book_print(const struct book *book, const struct view_counts *counts, char out[BOOK_TEXT_MAX]);
/* -1: no such file; nothing is changed then. */
int book_parse(const char *text, struct book *book, struct view_counts *counts);
/* "Shift 1: NAME" for the header, or "" when there is nobody. */
void book_title(const struct book *book, const char *name, char *out, size_t size);
/* The sheet as lines of text. */
size_t book_lines(const struct book *book, const struct view_counts *counts, int64_t until, int utc_offset_s, char lines[][VIEW_TEXT_MAX], size_t most);

#endif
