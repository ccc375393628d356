/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What edition.c needs beside the rest: the texts of a list by number, and
 * versions of a list read as one.
 */
#ifndef REGISTER_EDITION_H
#define REGISTER_EDITION_H

#include "published.h"

/* ---- pool: bytes that only grow -------------------------------------------- */

struct text_pool {
	unsigned char *bytes;
	size_t len, size;
};

size_t pool_add(struct text_pool *pool, const void *bytes, size_t n);

/* ---- words: texts and their numbers, from 1 ------------------------------------ */

struct words {
	struct text_pool pool;
	size_t count, slots;
	size_t *at;        /* at[i - 1]: where text i begins */
	uint32_t *table;   /* numbers by hash, 0: free */
};

int64_t words_number(struct words *words, const char *text); /* added if new */
const char *words_text(const struct words *words, size_t number);
void words_clear(struct words *words);

/* ---- entry: a row of the files ---------------------------------------------------- */

struct entry {
	unsigned char hash[HASH_BYTES];
	uint32_t line;
	int64_t weight;
	size_t at;         /* in the pool */
	uint16_t len, file;
};

/* ---- chain: versions of a list, read as one in the order of hashes ------------------ */

struct chain {
	size_t count;
	struct rowfile *files[SHELF_CHAIN_MAX];
	struct rowfile_place places[SHELF_CHAIN_MAX];
	struct rowfile_row heads[SHELF_CHAIN_MAX];
	int has[SHELF_CHAIN_MAX];
};

int chain_open(struct chain *chain, const char *const *paths, size_t count,
    struct err *err);
void chain_close(struct chain *chain);
int chain_words(const struct chain *chain, struct words *words,
    struct err *err);
uint32_t chain_next_word(const struct chain *chain);
/* 1, 0 or -1. The row is borrowed until the next one is asked for. */
int chain_begin(struct chain *chain, struct rowfile_row *row,
    struct err *err);
int chain_next(struct chain *chain, struct rowfile_row *row, struct err *err);

#endif
