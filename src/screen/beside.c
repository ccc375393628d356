/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beside - two lanes on a wide screen, each a page of its own.
 *
 * Each lane keeps its half whichever the officer works on; windows and keys
 * are in the half of that one, and the other says how to get there.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static void
blit(struct canvas *to, int x, const struct canvas *from)
{
	for (int row = 0; row < from->rows; row++)
		for (int col = 0; col < from->cols; col++) {
			const struct cell *cell =
			    &from->cells[row * from->cols + col];

			if (cell->code != 0 && x + col < to->cols)
				canvas_cell(to, row, x + col, cell->code,
				    (enum style)cell->style);
		}
}

/* The neighbour is told in full, so it is no line here. */
static void
without(struct view *view, const char *title)
{
	size_t n = 0;

	for (size_t i = 0; i < view->nothers; i++)
		if (strcmp(view->others[i].title, title) != 0)
			view->others[n++] = view->others[i];
	view->nothers = n;
}

/* Which of the two the keys are for must be seen at once. */
static void
step_back(struct canvas *canvas)
{
	char text[VIEW_TEXT_MAX];
	int y = canvas->rows - 1;

	for (int col = 0; col < canvas->cols; col++)
		if (canvas->cells[col].style == STYLE_HEADER)
			canvas->cells[col].style = STYLE_STATE;
	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_STATE);
	snprintf(text, sizeof(text), "Tab %s", _("to this lane"));
	canvas_text(canvas, y, 1, canvas->cols - 2, STYLE_STATE, text);
}

bool
beside_fits(const struct canvas *canvas, const struct view *view)
{
	return view->has_beside && canvas->cols >= 2 * SCREEN_COLS &&
	    canvas->rows >= SCREEN_ROWS;
}

void
beside_draw(struct canvas *canvas, const struct view *view)
{
	int left = canvas->cols / 2, right = canvas->cols - left;
	struct canvas *mine = canvas_new(view->beside_left ? right : left,
	    canvas->rows);
	struct canvas *other = canvas_new(view->beside_left ? left : right,
	    canvas->rows);
	struct view *copy = malloc(sizeof(*copy)); /* large */

	if (copy == NULL)
		mem_none();
	*copy = *view;
	copy->has_beside = false;
	without(copy, view->beside.title);
	page_draw(mine, copy);
	copy->lane = view->beside;
	copy->window = WINDOW_NONE;
	copy->nothers = 0;
	page_draw(other, copy);
	step_back(other);
	blit(canvas, view->beside_left ? left : 0, mine);
	blit(canvas, view->beside_left ? 0 : left, other);
	free(copy);
	canvas_free(mine);
	canvas_free(other);
}
