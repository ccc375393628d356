/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas - a grid of cells that pages draw on, in memory.
 *
 * Every text goes through text_clean() here, and nothing is ever written
 * beyond the grid: pages need not be careful with what they are given.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define CLEAN_MAX 2048 /* bytes; longer texts end earlier, at a character */

static int
clamp(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

/* What outsiders must not draw: box lines and filled cells; and what a terminal
 * gives another width than we do, for all behind it would move. */
static bool
is_harmful(uint32_t code, int columns)
{
	return (code >= 0x2500 && code <= 0x259F) ||
	    (code >= 0x300 && wcwidth((wchar_t)code) != columns);
}

/* Columns of *code, which may become another. 0: a mark without a letter. */
static int
code_columns(uint32_t *code)
{
	char text[5] = "";
	int columns = 1;

	if (*code >= 0x300) {
		text[utf8_put(*code, text)] = '\0';
		columns = text_columns(text);
	}
	if (columns <= 0 || !is_harmful(*code, columns))
		return columns;
	*code = '?';
	return 1;
}

struct canvas *
canvas_new(int cols, int rows)
{
	struct canvas *canvas = calloc(1, sizeof(*canvas));

	if (canvas == NULL)
		mem_none();
	canvas->cols = clamp(cols, 1, CANVAS_COLS_MAX);
	canvas->rows = clamp(rows, 1, CANVAS_ROWS_MAX);
	canvas->cells = calloc((size_t)canvas->cols * (size_t)canvas->rows,
	    sizeof(*canvas->cells));
	if (canvas->cells == NULL)
		mem_none();
	canvas_fill(canvas, (struct box){ 0, 0, canvas->rows, canvas->cols },
	    ' ', STYLE_TEXT);
	return canvas;
}

void
canvas_free(struct canvas *canvas)
{
	if (canvas == NULL)
		return;
	free(canvas->cells);
	free(canvas);
}

void
canvas_cell(struct canvas *canvas, int y, int x, uint32_t code,
    enum style style)
{
	struct cell *cell;

	if (y < 0 || y >= canvas->rows || x < 0 || x >= canvas->cols)
		return;
	/* Half of a wide letter is none. */
	cell = &canvas->cells[y * canvas->cols + x];
	if (code != 0 && cell->code == 0 && x > 0)
		cell[-1].code = ' ';
	if (code != 0 && x + 1 < canvas->cols && cell[1].code == 0)
		cell[1].code = ' ';
	*cell = (struct cell){ .code = code, .style = (unsigned char)style };
}

void
canvas_fill(struct canvas *canvas, struct box box, uint32_t code,
    enum style style)
{
	for (int y = box.y; y < box.y + box.h; y++)
		for (int x = box.x; x < box.x + box.w; x++)
			canvas_cell(canvas, y, x, code, style);
}

void
canvas_across(struct canvas *canvas, int y, int x, int w, enum style style)
{
	canvas_fill(canvas, (struct box){ y, x, 1, w }, CODE_ACROSS, style);
}

void
canvas_frame(struct canvas *canvas, struct box box, enum style style)
{
	int bottom = box.y + box.h - 1, right = box.x + box.w - 1;

	if (box.h < 2 || box.w < 2)
		return;
	canvas_across(canvas, box.y, box.x, box.w, style);
	canvas_across(canvas, bottom, box.x, box.w, style);
	for (int y = box.y + 1; y < bottom; y++) {
		canvas_cell(canvas, y, box.x, CODE_DOWN, style);
		canvas_cell(canvas, y, right, CODE_DOWN, style);
	}
	canvas_cell(canvas, box.y, box.x, 0x250C, style);
	canvas_cell(canvas, box.y, right, 0x2510, style);
	canvas_cell(canvas, bottom, box.x, 0x2514, style);
	canvas_cell(canvas, bottom, right, 0x2518, style);
}

/* Draw clean text; the caller made sure of the columns. Returns the columns. */
static int
put(struct canvas *canvas, int y, int x, int width, enum style style,
    const char *clean, size_t n)
{
	int used = 0;

	for (size_t at = 0; at < n;) {
		uint32_t code = utf8_next(clean, n, &at);
		int columns = code_columns(&code);

		if (columns <= 0)
			continue; /* a mark that found no letter */
		if (used + columns > width)
			break;
		canvas_cell(canvas, y, x + used, code, style);
		if (columns == 2)
			canvas_cell(canvas, y, x + used + 1, 0, style);
		used += columns;
	}
	return used;
}

static int
columns_of(const char *clean, size_t n)
{
	int columns = 0;

	for (size_t at = 0; at < n;) {
		uint32_t code = utf8_next(clean, n, &at);
		int one = code_columns(&code);

		columns += one > 0 ? one : 0;
	}
	return columns;
}

int
canvas_columns(const char *text)
{
	char clean[CLEAN_MAX];
	size_t n = text_clean(text, strlen(text), clean, sizeof(clean));

	return columns_of(clean, n);
}

int
canvas_text(struct canvas *canvas, int y, int x, int width, enum style style,
    const char *text)
{
	char clean[CLEAN_MAX];
	size_t n = text_clean(text, strlen(text), clean, sizeof(clean));
	int used;

	if (width <= 0)
		return 0;
	if (columns_of(clean, n) <= width)
		return put(canvas, y, x, width, style, clean, n);
	used = put(canvas, y, x, width - 1, style, clean, n);
	canvas_cell(canvas, y, x + used, CODE_ELLIPSIS, style);
	return used + 1;
}

int
canvas_right(struct canvas *canvas, int y, int x, int width, enum style style,
    const char *text)
{
	int columns = canvas_columns(text);
	int begin = columns < width ? x + width - columns : x;

	canvas_text(canvas, y, begin, x + width - begin, style, text);
	return begin;
}

int
canvas_centre(struct canvas *canvas, int y, int x, int width,
    enum style style, const char *text)
{
	int columns = canvas_columns(text);
	int begin = columns < width ? x + (width - columns) / 2 : x;

	return canvas_text(canvas, y, begin, x + width - begin, style, text);
}

/* Bytes of clean[at..n) that go on one line of width columns. */
static size_t
line_length(const char *clean, size_t n, size_t at, int width)
{
	size_t last_space = 0, pos = at;
	int columns = 0;

	while (pos < n) {
		size_t before = pos;
		uint32_t code = utf8_next(clean, n, &pos);
		int one = code_columns(&code);

		columns += one > 0 ? one : 0;
		if (columns > width)
			return (last_space > at ? last_space : before > at ?
			    before : pos) - at;
		if (clean[before] == ' ')
			last_space = before;
	}
	return n - at;
}

/* canvas NULL: only count. The last row of the box takes all that is left,
 * so that an ellipsis shows that there is more. */
static int
wrap(struct canvas *canvas, struct box box, enum style style,
    const char *text)
{
	char clean[CLEAN_MAX];
	size_t n = text_clean(text, strlen(text), clean, sizeof(clean));
	size_t at = 0;
	int row = 0;

	while (row < box.h) {
		size_t len;

		while (at < n && clean[at] == ' ')
			at++;
		if (at >= n)
			break;
		len = line_length(clean, n, at, box.w);
		if (canvas != NULL && row == box.h - 1)
			canvas_text(canvas, box.y + row, box.x, box.w, style,
			    clean + at);
		else if (canvas != NULL)
			put(canvas, box.y + row, box.x, box.w, style,
			    clean + at, len);
		at += len;
		row++;
	}
	return row;
}

int
canvas_wrap(struct canvas *canvas, struct box box, enum style style,
    const char *text)
{
	return box.w > 0 ? wrap(canvas, box, style, text) : 0;
}

int
canvas_wrapped(int width, const char *text)
{
	return width > 0 ? wrap(NULL, (struct box){ 0, 0, CANVAS_ROWS_MAX,
	    width }, STYLE_TEXT, text) : 0;
}
