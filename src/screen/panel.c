/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * panel - a window of words, things to pick and one typed line: log-in, the
 * page of the post, the sheet of a shift. What it is for, the station knows.
 */
#include "parts.h"

#include <string.h>

#define PANEL_COLS 68 /* the longest advice of an alarm fits */
#define MARGINS 4     /* rows: the frame, and a blank line within */

int
panel_rows(const struct view_panel *panel)
{
	return (int)panel->nlines + (int)panel->nchoices +
	    (panel->asks ? 2 : 0) + (panel->problem[0] != '\0') +
	    (panel->nlines > 0 && panel->nchoices > 0);
}

/* What can be picked goes side by side where there is no room for all. */
static int
choice_rows(const struct view_panel *panel, int room)
{
	int n = (int)panel->nchoices;

	return panel_rows(panel) > room ? (n + 1) / 2 : n;
}

/* And comes before the lines: what is not shown cannot be picked. */
static int
lines_draw(struct canvas *canvas, struct box in,
    const struct view_panel *panel)
{
	int rest = choice_rows(panel, in.h) + (panel->asks ? 2 : 0) +
	    (panel->problem[0] != '\0');
	int room = in.h - rest;
	int y = in.y + (in.h > panel_rows(panel));

	for (size_t i = 0; i < panel->nlines && (int)i < room &&
	    y < in.y + in.h; i++, y++)
		canvas_text(canvas, y, in.x, in.w, STYLE_WINDOW,
		    panel->lines[i]);
	return y;
}

static int
choices_draw(struct canvas *canvas, struct box in, int y,
    const struct view_panel *panel)
{
	int rows = choice_rows(panel, in.h);
	int columns = rows < (int)panel->nchoices ? 2 : 1, w = in.w / columns;

	for (int i = 0; i < (int)panel->nchoices; i++) {
		char key[4] = { ' ', panel->choices[i].key, ' ', '\0' };
		int at = y + i / columns, x = in.x + i % columns * w;

		if (at >= in.y + in.h)
			break;
		canvas_text(canvas, at, x, 3, STYLE_WINDOW_KEY, key);
		canvas_text(canvas, at, x + 4, w - 5, STYLE_WINDOW,
		    panel->choices[i].text);
	}
	return y + rows < in.y + in.h ? y + rows : in.y + in.h;
}

void
panel_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	const struct view_panel *panel = &view->panel;
	int rows = panel_rows(panel) + MARGINS, y;
	struct box box = window_place(at, view, rows, PANEL_COLS), in;

	if (panel->covers)
		box = (struct box){ 3 + (at->rows - 7 - rows) / 2,
			(at->cols - PANEL_COLS) / 2, rows, PANEL_COLS };
	else if (view->lane.phase == PHASE_VERDICT)
		window_stretch(&box, panel_rows(panel));
	in = window_open(canvas, box, panel->title);
	y = lines_draw(canvas, in, panel);
	if (panel->nlines > 0 && panel->nchoices > 0 &&
	    in.h >= panel_rows(panel))
		y++;
	y = choices_draw(canvas, in, y, panel);
	if (panel->asks && y < in.y + in.h) {
		canvas_fill(canvas, (struct box){ y, in.x + 2, 1, in.w - 4 },
		    ' ', STYLE_INPUT);
		canvas_text(canvas, y++, in.x + 3, in.w - 6, STYLE_INPUT,
		    panel->typed);
	}
	if (panel->problem[0] != '\0' && y < in.y + in.h)
		canvas_text(canvas, y, in.x + 2, in.w - 4, STYLE_WARN,
		    panel->problem);
}
