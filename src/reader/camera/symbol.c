/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * symbol - what every QR code of a version has in common (ISO/IEC 18004):
 * size, finder, timing and alignment patterns, and the two words, protected
 * by BCH codes, that say format and version. What the data mean is zbar's.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_MASK 0x5412
#define FORMAT_POLY 0x537
#define VERSION_POLY 0x1f25

int
symbol_size(int version)
{
	return 17 + 4 * version;
}

int
symbol_alignments(int version, int at[7])
{
	int count = version == 1 ? 0 : version / 7 + 2;
	int last = symbol_size(version) - 7;
	int step;

	if (count == 0)
		return 0;
	/* Even steps, as equal as can be; version 32 is the standard's own. */
	step = version == 32 ? 26 : (version * 4 + count * 2 + 1) /
	    (count * 2 - 2) * 2;
	for (int i = count - 1; i > 0; i--)
		at[i] = last - (count - 1 - i) * step;
	at[0] = 6;
	return count;
}

static void
put(struct symbol *symbol, int u, int v, bool dark)
{
	if (u >= 0 && v >= 0 && u < symbol->size && v < symbol->size)
		symbol->fixed[v * symbol->size + u] =
		    dark ? FIXED_DARK : FIXED_LIGHT;
}

/* Concentric squares around (cu, cv); dark where the ring's bit is set. */
static void
put_rings(struct symbol *symbol, int cu, int cv, int reach, unsigned rings)
{
	for (int dv = -reach; dv <= reach; dv++)
		for (int du = -reach; du <= reach; du++) {
			int ring = abs(du) > abs(dv) ? abs(du) : abs(dv);

			put(symbol, cu + du, cv + dv, rings >> ring & 1);
		}
}

static void
put_format(struct symbol *symbol)
{
	int n = symbol->size;

	for (int i = 0; i < 9; i++) {
		if (i == 6)
			continue;
		symbol->fixed[8 * n + i] = FIXED_FORMAT;
		symbol->fixed[i * n + 8] = FIXED_FORMAT;
		if (i == 8)
			continue;
		symbol->fixed[8 * n + n - 1 - i] = FIXED_FORMAT;
		symbol->fixed[(n - 1 - i) * n + 8] = FIXED_FORMAT;
	}
	symbol->fixed[8 * n + n - 1 - 6] = FIXED_FORMAT;
	symbol->fixed[8 * n + n - 1 - 7] = FIXED_FORMAT;
	put(symbol, 8, n - 8, true);
}

/* 18 bits: the version and its BCH remainder. */
static unsigned
version_word(int version)
{
	unsigned rest = (unsigned)version << 12;

	for (int bit = 17; bit >= 12; bit--)
		if (rest >> bit & 1)
			rest ^= VERSION_POLY << (bit - 12);
	return (unsigned)version << 12 | rest;
}

static void
put_version(struct symbol *symbol)
{
	unsigned word = version_word(symbol->version);

	for (int i = 0; i < 18; i++) {
		int a = i / 3, b = symbol->size - 11 + i % 3;

		put(symbol, a, b, word >> i & 1);
		put(symbol, b, a, word >> i & 1);
	}
}

void
symbol_make(struct symbol *symbol, int version)
{
	int at[7], count = symbol_alignments(version, at);
	int n = symbol_size(version);

	*symbol = (struct symbol){ .version = version, .size = n };
	for (int i = 8; i < n - 8; i++) {
		put(symbol, i, 6, i % 2 == 0);
		put(symbol, 6, i, i % 2 == 0);
	}
	for (int i = 0; i < count; i++)
		for (int k = 0; k < count; k++) {
			bool corner = (i == 0 && (k == 0 || k == count - 1)) ||
			    (k == 0 && i == count - 1);

			if (!corner)
				put_rings(symbol, at[i], at[k], 2, 05);
		}
	put_rings(symbol, 3, 3, 4, 013);
	put_rings(symbol, n - 4, 3, 4, 013);
	put_rings(symbol, 3, n - 4, 4, 013);
	put_format(symbol);
	if (version >= 7)
		put_version(symbol);
	for (int i = 0; i < n * n; i++)
		symbol->nfixed += symbol->fixed[i] == FIXED_DARK ||
		    symbol->fixed[i] == FIXED_LIGHT;
}

static int
bits_in(unsigned word)
{
	return __builtin_popcount(word);
}

static int
format_errors(unsigned read)
{
	int least = 15;

	for (unsigned data = 0; data < 32; data++) {
		unsigned rest = data << 10;
		int differ;

		for (int bit = 14; bit >= 10; bit--)
			if (rest >> bit & 1)
				rest ^= FORMAT_POLY << (bit - 10);
		differ = bits_in(read ^ ((data << 10 | rest) ^ FORMAT_MASK));
		least = differ < least ? differ : least;
	}
	return least;
}

int
symbol_format_errors(const unsigned char *dark, int size)
{
	/* Around the first corner, from the low bit up: (column, row). */
	static const unsigned char first[15][2] = {
		{ 8, 0 }, { 8, 1 }, { 8, 2 }, { 8, 3 }, { 8, 4 }, { 8, 5 },
		{ 8, 7 }, { 8, 8 }, { 7, 8 }, { 5, 8 }, { 4, 8 }, { 3, 8 },
		{ 2, 8 }, { 1, 8 }, { 0, 8 },
	};
	unsigned words[4] = { 0, 0, 0, 0 };
	int least = 15;

	for (int i = 0; i < 15; i++) {
		int u = first[i][0], v = first[i][1];
		int far_u = i < 8 ? size - 1 - i : 8;
		int far_v = i < 8 ? 8 : size - 15 + i;

		/* Mirrored symbols are read as well: both ways round. */
		words[0] |= (unsigned)dark[v * size + u] << i;
		words[1] |= (unsigned)dark[u * size + v] << i;
		words[2] |= (unsigned)dark[far_v * size + far_u] << i;
		words[3] |= (unsigned)dark[far_u * size + far_v] << i;
	}
	for (int i = 0; i < 4; i++) {
		int differ = format_errors(words[i]);

		least = differ < least ? differ : least;
	}
	return least;
}

int
symbol_version_errors(const unsigned char *dark, int size, int version)
{
	unsigned want = version_word(version), right = 0, below = 0;
	int a, b;

	if (version < 7)
		return 0;
	for (int i = 0; i < 18; i++) {
		right |= (unsigned)dark[i / 3 * size + size - 11 + i % 3] << i;
		below |= (unsigned)dark[(size - 11 + i % 3) * size + i / 3] << i;
	}
	a = bits_in(right ^ want);
	b = bits_in(below ^ want);
	return a < b ? a : b;
}
