/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact - the modules of a picture that a program drew, not a camera.
 *
 * In a symbol of one pixel a module no run of a finder pattern is long enough
 * to be measured; but every module is where it must be.
 */
#include "stages.h"

#define EXACT_MIDDLE 128
#define EXACT_FORMAT_ERRORS 3

static bool
dark_at(const struct grey *grey, int x, int y)
{
	return grey->pixels[(size_t)y * (size_t)grey->width + (size_t)x] <
	    EXACT_MIDDLE;
}

static bool
any_dark(const struct grey *grey, int x, int y, int step_x, int step_y, int n)
{
	for (int i = 0; i < n; i++)
		if (dark_at(grey, x + i * step_x, y + i * step_y))
			return true;
	return false;
}

/* The smallest box around all that is dark, from the sides inwards: in a
 * camera's picture that ends soon. */
static bool
find_box(const struct grey *grey, struct region *box)
{
	int left = 0, right = grey->width - 1, top = 0, low = grey->height - 1;

	while (top <= low && !any_dark(grey, 0, top, 1, 0, grey->width))
		top++;
	while (low > top && !any_dark(grey, 0, low, 1, 0, grey->width))
		low--;
	if (top > low)
		return false;
	while (left < right && !any_dark(grey, left, top, 0, 1, low - top + 1))
		left++;
	while (right > left && !any_dark(grey, right, top, 0, 1,
	    low - top + 1))
		right--;
	*box = (struct region){ left, top, right - left + 1, low - top + 1 };
	return true;
}

/* The picture's modules in one of four turns. */
static void
take_modules(const struct grey *grey, const struct region *box, int size,
    int turn, unsigned char *dark)
{
	int module = box->width / size, last = size - 1;

	for (int v = 0; v < size; v++)
		for (int u = 0; u < size; u++) {
			int x = turn == 0 ? u : turn == 1 ? v :
			    turn == 2 ? last - u : last - v;
			int y = turn == 0 ? v : turn == 1 ? last - u :
			    turn == 2 ? last - v : u;

			dark[v * size + u] = dark_at(grey,
			    box->x + x * module + module / 2,
			    box->y + y * module + module / 2);
		}
}

/* Do the function patterns fit? In a box of such a side there may be a version
 * for each width of a module. */
static bool
is_symbol(int size, const unsigned char *dark)
{
	struct symbol symbol;
	int wrong = 0;

	symbol_make(&symbol, (size - 17) / 4);
	for (int i = 0; i < size * size; i++)
		wrong += (symbol.fixed[i] == FIXED_DARK && !dark[i]) ||
		    (symbol.fixed[i] == FIXED_LIGHT && dark[i]);
	return wrong * 20 < symbol.nfixed &&
	    symbol_format_errors(dark, size) <= EXACT_FORMAT_ERRORS;
}

int
exact_modules(const struct grey *grey,
    unsigned char dark[SYMBOL_SIZE_MAX * SYMBOL_SIZE_MAX])
{
	struct region box;

	if (!find_box(grey, &box) || box.width != box.height)
		return 0;
	for (int version = SYMBOL_VERSIONS; version >= 1; version--) {
		int size = symbol_size(version);

		for (int turn = 0; box.width % size == 0 && turn < 4; turn++) {
			take_modules(grey, &box, size, turn, dark);
			if (is_symbol(size, dark))
				return size;
		}
	}
	return 0;
}
