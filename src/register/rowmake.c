/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowmake - writes a file of sorted rows (rowfile.c reads them).
 *
 * Rows come in the order of their hashes; words after them. What cannot be
 * written is noticed at the end, once.
 */
#include "published.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char magic[16] = "chot-rows-1";

static void
put(unsigned char *out, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		out[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
}

void
rowmake_begin(struct rowmake *make, FILE *file, uint32_t first_word)
{
	static const unsigned char head[ROWFILE_HEAD];

	*make = (struct rowmake){ .file = file, .at = 2,
	    .counts = { .first_word = first_word } };
	fwrite(head, 1, sizeof(head), file); /* written again at the end */
}

static void
end_block(struct rowmake *make)
{
	struct rowfile_counts *c = &make->counts;

	if (make->in_block == 0)
		return;
	memset(make->block + make->at, 0, ROWFILE_BLOCK - make->at);
	put(make->block, make->in_block, 2);
	fwrite(make->block, 1, ROWFILE_BLOCK, make->file);
	if ((c->blocks & (c->blocks + 1)) == 0) { /* 2^n - 1 of them: full */
		make->index = realloc(make->index,
		    ((size_t)c->blocks + 1) * 2 * HASH_BYTES);
		if (make->index == NULL)
			mem_none();
	}
	memcpy(make->index + (size_t)c->blocks * HASH_BYTES, make->block + 2,
	    HASH_BYTES);
	c->blocks++;
	make->in_block = 0;
	make->at = 2;
}

void
rowmake_row(struct rowmake *make, const struct rowfile_row *row)
{
	size_t need = HASH_BYTES + 1 + row->len;

	assert(row->len <= ROW_PACKED_MAX);
	if (make->at + need > ROWFILE_BLOCK)
		end_block(make);
	memcpy(make->block + make->at, row->hash, HASH_BYTES);
	make->block[make->at + HASH_BYTES] = row->gone ? ROWFILE_GONE :
	    (unsigned char)row->len;
	memcpy(make->block + make->at + HASH_BYTES + 1, row->bytes, row->len);
	make->at += need;
	make->in_block++;
	make->counts.rows++;
}

void
rowmake_words(struct rowmake *make)
{
	end_block(make);
	if (make->counts.blocks > 0)
		fwrite(make->index, HASH_BYTES, make->counts.blocks,
		    make->file);
}

void
rowmake_word(struct rowmake *make, const char *text)
{
	unsigned char len[2];
	size_t n = strlen(text);

	put(len, n, 2);
	fwrite(len, 1, 2, make->file);
	fwrite(text, 1, n, make->file);
	make->counts.words++;
	make->counts.words_bytes += (uint32_t)(2 + n);
}

int
rowmake_end(struct rowmake *make, struct err *err)
{
	unsigned char head[ROWFILE_HEAD] = { 0 };
	const struct rowfile_counts *c = &make->counts;

	memcpy(head, magic, sizeof(magic));
	put(head + 16, (uint64_t)c->rows, 8);
	put(head + 24, c->blocks, 4);
	put(head + 28, c->words, 4);
	put(head + 32, c->words_bytes, 4);
	put(head + 36, c->first_word, 4);
	free(make->index);
	make->index = NULL;
	if (fseek(make->file, 0, SEEK_SET) != 0 ||
	    fwrite(head, 1, sizeof(head), make->file) != sizeof(head) ||
	    fflush(make->file) != 0 || ferror(make->file))
		return err_set(err, ERR_RETRY, _("the list cannot be written: %s"),
		    strerror(errno));
	return 0;
}
