/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy - a canvas as text and back, so that what stands on one screen can be
 * looked at on another. What comes back was sent by a machine that is not
 * believed: letters are cleaned, styles are looked up, the rest is cut off.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static size_t
cell_print(const struct cell *cell, char *out)
{
	if (cell->code == 0)
		return 0;
	return utf8_put(cell->code, out);
}

char *
canvas_print(const struct canvas *canvas, char **styles)
{
	size_t cells = (size_t)canvas->cols * (size_t)canvas->rows, n = 0, m = 0;
	char *text = mem_take(cells * 4 + (size_t)canvas->rows + 1);
	char *letters = mem_take(cells + (size_t)canvas->rows + 1);

	for (size_t i = 0; i < cells; i++) {
		n += cell_print(&canvas->cells[i], text + n);
		letters[m++] = style_info(canvas->cells[i].style)->letter;
		if ((i + 1) % (size_t)canvas->cols == 0) {
			text[n++] = '\n';
			letters[m++] = '\n';
		}
	}
	text[n] = letters[m] = '\0';
	if (styles != NULL)
		*styles = letters;
	else
		free(letters);
	return text;
}

/* ---- back ------------------------------------------------------------------------- */

static enum style
style_of(char letter)
{
	for (int style = 0; style < STYLE_COUNT; style++)
		if (style_info((enum style)style)->letter == letter)
			return (enum style)style;
	return STYLE_TEXT;
}

/* Frames and filled cells are a screen's own here; nothing else is let in
 * that canvas_text() would not draw. Returns the columns used. */
static int
put_code(struct canvas *canvas, int y, int x, uint32_t code, enum style style)
{
	char text[5] = "";

	if (code >= 0x2500 && code <= 0x259F) {
		canvas_cell(canvas, y, x, code, style);
		return 1;
	}
	text[utf8_put(code, text)] = '\0';
	return canvas_text(canvas, y, x, canvas->cols - x, style, text);
}

static void
put_row(struct canvas *canvas, int y, const char *text, size_t n,
    const char *styles, size_t nstyles)
{
	int x = 0;

	for (size_t at = 0; at < n && x < canvas->cols;) {
		uint32_t code = utf8_next(text, n, &at);

		x += put_code(canvas, y, x, code, (size_t)x < nstyles ?
		    style_of(styles[x]) : STYLE_TEXT);
	}
}

void
canvas_scan(struct canvas *canvas, const char *text, const char *styles)
{
	for (int y = 0; y < canvas->rows && text[0] != '\0'; y++) {
		size_t n = strcspn(text, "\n"), m = strcspn(styles, "\n");

		put_row(canvas, y, text, n, styles, m);
		text += n + (text[n] != '\0');
		styles += m + (styles[m] != '\0');
	}
}
