/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowfile - a file of sorted rows, as published (chot-register(5)): made
 * once, never changed, found in by one look at an index in memory and one
 * read of 4,096 bytes.
 *
 * Whoever signed the file may be mistaken, and the card it lies on may rot:
 * no count or length in it is believed before it fits the file.
 */
#include "published.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS_BYTES_MAX (64u << 20)
#define BLOCKS_MAX (1u << 20) /* 4 GB of rows */

static const char magic[16] = "chot-rows-1";

struct rowfile {
	int fd;
	struct rowfile_counts counts;
	unsigned char *index; /* the first hash of each block */
	unsigned char *words; /* lengths and texts */
	uint32_t *word_at;    /* where each begins */
	uint32_t cached;      /* number of the block below, or none */
	unsigned char block[ROWFILE_BLOCK];
};

static uint64_t
get(const unsigned char *bytes, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

static int
damaged(struct err *err)
{
	return err_set(err, ERR_SETUP, _("a published list is damaged"));
}

static int
read_at(int fd, void *bytes, size_t n, off_t at, struct err *err)
{
	unsigned char *to = bytes;

	while (n > 0) {
		ssize_t got = pread(fd, to, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_RETRY, _("a published list "
			    "cannot be read: %s"), strerror(errno));
		if (got == 0)
			return damaged(err);
		to += got;
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

/* ---- opening ------------------------------------------------------------------------- */

static int
read_counts(struct rowfile *f, struct err *err)
{
	unsigned char head[ROWFILE_HEAD];
	struct rowfile_counts *c = &f->counts;
	struct stat st;

	if (read_at(f->fd, head, sizeof(head), 0, err) < 0)
		return -1;
	c->rows = (int64_t)get(head + 16, 8);
	c->blocks = (uint32_t)get(head + 24, 4);
	c->words = (uint32_t)get(head + 28, 4);
	c->words_bytes = (uint32_t)get(head + 32, 4);
	c->first_word = (uint32_t)get(head + 36, 4);
	if (memcmp(head, magic, sizeof(magic)) != 0 || fstat(f->fd, &st) < 0 ||
	    c->blocks > BLOCKS_MAX || c->words_bytes > WORDS_BYTES_MAX ||
	    c->words > c->words_bytes / 2 || c->rows < 0 ||
	    c->rows > (int64_t)c->blocks * ROWFILE_BLOCK || st.st_size !=
	    (off_t)ROWFILE_HEAD + (off_t)c->blocks * (ROWFILE_BLOCK +
	    HASH_BYTES) + (off_t)c->words_bytes)
		return damaged(err);
	return 0;
}

static int
index_words(struct rowfile *f, struct err *err)
{
	const struct rowfile_counts *c = &f->counts;
	size_t at = 0;

	for (uint32_t i = 0; i < c->words; i++) {
		size_t n;

		f->word_at[i] = (uint32_t)at;
		if (c->words_bytes - at < 2)
			return damaged(err);
		n = get(f->words + at, 2);
		at += 2;
		if (n > c->words_bytes - at || n >= STORED_TEXT_MAX ||
		    !utf8_valid((const char *)f->words + at, n) ||
		    memchr(f->words + at, '\0', n) != NULL)
			return damaged(err);
		at += n;
	}
	return at == c->words_bytes ? 0 : damaged(err);
}

static int
load(struct rowfile *f, struct err *err)
{
	const struct rowfile_counts *c = &f->counts;
	size_t index = (size_t)c->blocks * HASH_BYTES;
	off_t at = (off_t)ROWFILE_HEAD + (off_t)c->blocks * ROWFILE_BLOCK;

	f->index = malloc(index + 1);
	f->words = malloc(c->words_bytes + 1u);
	f->word_at = calloc(c->words + 1u, sizeof(*f->word_at));
	if (f->index == NULL || f->words == NULL || f->word_at == NULL)
		mem_none();
	if (read_at(f->fd, f->index, index, at, err) < 0 ||
	    read_at(f->fd, f->words, c->words_bytes, at + (off_t)index,
	    err) < 0)
		return -1;
	return index_words(f, err);
}

struct rowfile *
rowfile_open(const char *path, struct err *err)
{
	struct rowfile *f = calloc(1, sizeof(*f));

	if (f == NULL)
		mem_none();
	f->cached = UINT32_MAX;
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (f->fd < 0) {
		err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_RETRY,
		    "%s: %s", path, strerror(errno));
	} else if (read_counts(f, err) == 0 && load(f, err) == 0) {
		return f;
	}
	rowfile_close(f);
	return NULL;
}

void
rowfile_close(struct rowfile *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->index);
	free(f->words);
	free(f->word_at);
	free(f);
}

const struct rowfile_counts *
rowfile_counts(const struct rowfile *f)
{
	return &f->counts;
}

/* ---- rows ------------------------------------------------------------------------------ */

static int
read_block(struct rowfile *f, uint32_t number, struct err *err)
{
	if (f->cached == number)
		return 0;
	f->cached = UINT32_MAX;
	if (read_at(f->fd, f->block, ROWFILE_BLOCK, (off_t)ROWFILE_HEAD +
	    (off_t)number * ROWFILE_BLOCK, err) < 0)
		return -1;
	f->cached = number;
	return 0;
}

/* The row at *at of the block: false at what does not fit. */
static bool
take_row(const unsigned char *block, size_t *at, struct rowfile_row *row)
{
	size_t room = ROWFILE_BLOCK - *at;

	if (room < HASH_BYTES + 1)
		return false;
	row->hash = block + *at;
	row->len = block[*at + HASH_BYTES];
	row->gone = row->len == ROWFILE_GONE;
	if (row->gone)
		row->len = 0;
	row->bytes = row->hash + HASH_BYTES + 1;
	*at += HASH_BYTES + 1 + row->len;
	return row->len <= ROW_PACKED_MAX && *at <= ROWFILE_BLOCK;
}

/* The last block that does not begin behind hash, or -1. */
static int64_t
find_block(const struct rowfile *f, const unsigned char *hash)
{
	int64_t low = 0, high = f->counts.blocks;

	while (low < high) {
		int64_t middle = (low + high) / 2;

		if (memcmp(f->index + middle * HASH_BYTES, hash,
		    HASH_BYTES) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

int
rowfile_find(struct rowfile *f, const unsigned char hash[HASH_BYTES],
    struct rowfile_row *row, struct err *err)
{
	int64_t number = find_block(f, hash);
	size_t at = 2, count;

	if (number < 0)
		return 0;
	if (read_block(f, (uint32_t)number, err) < 0)
		return -1;
	count = get(f->block, 2);
	for (size_t i = 0; i < count; i++) {
		int order;

		if (!take_row(f->block, &at, row))
			return damaged(err);
		order = memcmp(row->hash, hash, HASH_BYTES);
		if (order >= 0)
			return order == 0;
	}
	return 0;
}

int
rowfile_next(struct rowfile *f, struct rowfile_place *place,
    struct rowfile_row *row, struct err *err)
{
	if (place->left == 0) {
		if (place->block == f->counts.blocks)
			return 0;
		if (read_block(f, place->block, err) < 0)
			return -1;
		place->left = (unsigned)get(f->block, 2);
		place->at = 2;
		place->block++;
		if (place->left == 0 || memcmp(f->index +
		    (size_t)(place->block - 1) * HASH_BYTES, f->block + 2,
		    HASH_BYTES) != 0)
			return damaged(err);
	} else if (read_block(f, place->block - 1, err) < 0) {
		return -1;
	}
	if (!take_row(f->block, &place->at, row))
		return damaged(err);
	place->left--;
	return 1;
}

bool
rowfile_word(const struct rowfile *f, int64_t number, char *out,
    size_t capacity)
{
	int64_t i = number - f->counts.first_word;
	size_t n;

	if (i < 0 || i >= f->counts.words)
		return false;
	n = get(f->words + f->word_at[i], 2);
	if (n >= capacity)
		return false;
	memcpy(out, f->words + f->word_at[i] + 2, n);
	out[n] = '\0';
	return true;
}

int
rowfile_check(struct rowfile *f, const struct list *list, struct err *err)
{
	const int64_t words = (int64_t)f->counts.first_word + f->counts.words;
	unsigned char last[HASH_BYTES] = { 0 };
	struct rowfile_place place = { 0 };
	struct rowfile_row found;
	struct row row;
	int64_t n = 0;
	int rc;

	while ((rc = rowfile_next(f, &place, &found, err)) > 0) {
		if (n++ > 0 && memcmp(last, found.hash, HASH_BYTES) >= 0)
			return damaged(err);
		memcpy(last, found.hash, HASH_BYTES);
		if (found.gone)
			continue;
		if (row_unpack(list, found.bytes, found.len, &row) < 0)
			return damaged(err);
		for (size_t i = 1; i < list->ncolumns; i++)
			if (list->columns[i].type == COLUMN_TEXT &&
			    row.cells[i].given && row.cells[i].number >= words)
				return damaged(err);
	}
	if (rc == 0 && n != f->counts.rows)
		return damaged(err);
	return rc;
}
