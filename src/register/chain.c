/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain - versions of a list read as one: of equal keys the last version's
 * row counts, and what it says is gone is gone. And the texts of a list.
 */
#include "edition.h"

#include <stdlib.h>
#include <string.h>

/* ---- pool and words ------------------------------------------------------------------- */

size_t
pool_add(struct text_pool *pool, const void *bytes, size_t n)
{
	size_t at = pool->len;

	if (pool->size == 0 || pool->size - pool->len < n) {
		pool->size = (pool->len + n) * 2 + 65536;
		pool->bytes = realloc(pool->bytes, pool->size);
		if (pool->bytes == NULL)
			mem_none();
	}
	memcpy(pool->bytes + at, bytes, n);
	pool->len += n;
	return at;
}

static size_t
slot_of(const char *text, size_t slots)
{
	uint64_t hash = 14695981039346656037u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	return (size_t)(hash & (slots - 1));
}

const char *
words_text(const struct words *words, size_t number)
{
	return (const char *)words->pool.bytes + words->at[number - 1];
}

static void
grow(struct words *words)
{
	size_t slots = words->slots > 0 ? words->slots * 2 : 1024;
	uint32_t *table = calloc(slots, sizeof(*table));

	words->at = realloc(words->at, slots * sizeof(*words->at));
	if (table == NULL || words->at == NULL)
		mem_none();
	for (size_t i = 1; i <= words->count; i++) {
		size_t slot = slot_of(words_text(words, i), slots);

		while (table[slot] != 0)
			slot = (slot + 1) & (slots - 1);
		table[slot] = (uint32_t)i;
	}
	free(words->table);
	words->table = table;
	words->slots = slots;
}

int64_t
words_number(struct words *words, const char *text)
{
	size_t slot;

	if (words->count * 2 >= words->slots)
		grow(words);
	slot = slot_of(text, words->slots);
	while (words->table[slot] != 0) {
		if (strcmp(words_text(words, words->table[slot]), text) == 0)
			return words->table[slot];
		slot = (slot + 1) & (words->slots - 1);
	}
	words->at[words->count++] = pool_add(&words->pool, text,
	    strlen(text) + 1);
	words->table[slot] = (uint32_t)words->count;
	return (int64_t)words->count;
}

void
words_clear(struct words *words)
{
	free(words->pool.bytes);
	free(words->at);
	free(words->table);
	*words = (struct words){ .count = 0 };
}

/* ---- chain --------------------------------------------------------------------------------- */

int
chain_open(struct chain *chain, const char *const *paths, size_t count,
    struct err *err)
{
	*chain = (struct chain){ .count = 0 };
	if (count > SHELF_CHAIN_MAX)
		return err_set(err, ERR_SETUP, _("too many versions"));
	for (size_t i = 0; i < count; i++) {
		chain->files[i] = rowfile_open(paths[i], err);
		if (chain->files[i] == NULL)
			return -1;
		chain->count++;
	}
	return 0;
}

void
chain_close(struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		rowfile_close(chain->files[i]);
	chain->count = 0;
}

uint32_t
chain_next_word(const struct chain *chain)
{
	const struct rowfile_counts *last;

	if (chain->count == 0)
		return 1;
	last = rowfile_counts(chain->files[chain->count - 1]);
	return last->first_word + last->words;
}

int
chain_words(const struct chain *chain, struct words *words, struct err *err)
{
	char text[STORED_TEXT_MAX];

	for (size_t i = 0; i < chain->count; i++) {
		const struct rowfile_counts *c =
		    rowfile_counts(chain->files[i]);

		for (uint32_t j = 0; j < c->words; j++)
			if (!rowfile_word(chain->files[i],
			    (int64_t)c->first_word + j, text, sizeof(text)) ||
			    words_number(words, text) !=
			    (int64_t)c->first_word + j)
				return err_set(err, ERR_SETUP,
				    _("a published list is damaged"));
	}
	return 0;
}

static int
advance(struct chain *chain, size_t i, struct err *err)
{
	chain->has[i] = rowfile_next(chain->files[i], &chain->places[i],
	    &chain->heads[i], err);
	return chain->has[i] < 0 ? -1 : 0;
}

/* The least key of all; the last version that has it. */
static size_t
least(const struct chain *chain)
{
	size_t best = chain->count;

	for (size_t i = 0; i < chain->count; i++)
		if (chain->has[i] > 0 && (best == chain->count ||
		    memcmp(chain->heads[i].hash, chain->heads[best].hash,
		    HASH_BYTES) <= 0))
			best = i;
	return best;
}

/* Past the row that was given, in every version that has it. */
static int
step(struct chain *chain, const unsigned char hash[HASH_BYTES],
    struct err *err)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->has[i] > 0 && memcmp(chain->heads[i].hash, hash,
		    HASH_BYTES) == 0 && advance(chain, i, err) < 0)
			return -1;
	return 0;
}

/* The least that is not gone. */
static int
find(struct chain *chain, struct rowfile_row *row, struct err *err)
{
	unsigned char hash[HASH_BYTES];
	size_t best;

	while ((best = least(chain)) < chain->count) {
		*row = chain->heads[best];
		if (!row->gone)
			return 1;
		memcpy(hash, row->hash, sizeof(hash));
		if (step(chain, hash, err) < 0)
			return -1;
	}
	return 0;
}

int
chain_begin(struct chain *chain, struct rowfile_row *row, struct err *err)
{
	for (size_t i = 0; i < chain->count; i++)
		if (advance(chain, i, err) < 0)
			return -1;
	return find(chain, row, err);
}

int
chain_next(struct chain *chain, struct rowfile_row *row, struct err *err)
{
	unsigned char hash[HASH_BYTES];

	memcpy(hash, row->hash, sizeof(hash));
	if (step(chain, hash, err) < 0)
		return -1;
	return find(chain, row, err);
}
