/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header - the two lines at the top: which post and lane, who is on duty and
 * when; then what the officer must know of the post (states.c).
 */
#include "parts.h"

#include <string.h>

/* Writes texts one after another, with lines between. */
struct pen {
	struct canvas *canvas;
	int x, end;
	bool begun;
};

static void
pen_add(struct pen *pen, const char *text)
{
	if (pen->begun && pen->x + 4 < pen->end) {
		canvas_cell(pen->canvas, 0, pen->x + 1, CODE_DOWN,
		    STYLE_HEADER);
		pen->x += 3;
	}
	if (pen->x + 2 >= pen->end)
		return;
	pen->x += canvas_text(pen->canvas, 0, pen->x, pen->end - pen->x,
	    STYLE_HEADER, text);
	pen->begun = true;
}

/* ---- the first line ------------------------------------------------------------- */

static void
time_text(const struct view *view, char *out, size_t capacity)
{
	struct calendar now = calendar_at(view->at, view->utc_offset_s);

	snprintf(out, capacity, "%s %02d/%02d %02d:%02d:%02d%s",
	    word_weekday(now.weekday), now.day, now.month, now.hour,
	    now.minute, now.second,
	    view->clock == CLOCK_UNCONFIRMED ? " ?" : "");
}

static int
mark_draw(struct canvas *canvas, int end, const char *text)
{
	int width = canvas_columns(text) + 2;

	canvas_fill(canvas, (struct box){ 0, end - width, 1, width }, ' ',
	    STYLE_MARK);
	canvas_text(canvas, 0, end - width + 1, width - 2, STYLE_MARK, text);
	return end - width - 1;
}

/* "TRAINING, not counted"; where there is no room for it beside who is at
 * work, only what stands before the comma, and the rest on the second line. */
static const char *
training_text(bool narrow, char out[VIEW_TEXT_MAX])
{
	const char *text = _("TRAINING, not counted"), *rest = strchr(text, ',');

	if (!narrow || rest == NULL) {
		snprintf(out, VIEW_TEXT_MAX, "%s", text);
		return "";
	}
	snprintf(out, VIEW_TEXT_MAX, "%.*s", (int)(rest - text), text);
	return rest + 1 + strspn(rest + 1, " ");
}

static bool
training_narrow(const struct canvas *canvas, const struct view *view)
{
	return view->training && canvas->cols < LARGE_COLS;
}

static void
first_line(struct canvas *canvas, const struct view *view)
{
	struct pen pen = { .canvas = canvas, .x = 1 };
	char text[VIEW_TEXT_MAX];
	int end = canvas->cols - 1;

	canvas_fill(canvas, (struct box){ 0, 0, 1, canvas->cols }, ' ',
	    STYLE_HEADER);
	time_text(view, text, sizeof(text));
	end = canvas_right(canvas, 0, 0, end, STYLE_HEADER, text) - 1;
	if (view->demo)
		end = mark_draw(canvas, end, _("DEMO"));
	if (view->training) {
		training_text(training_narrow(canvas, view), text);
		end = mark_draw(canvas, end, text);
	}
	pen.end = end;
	if (training_narrow(canvas, view))
		snprintf(text, sizeof(text), "%s", view->station_id);
	else
		snprintf(text, sizeof(text), "%s %s", view->station_id,
		    view->station_name);
	pen_add(&pen, text);
	snprintf(text, sizeof(text), _("LANE %s %s"), view->lane.title,
	    word_direction(view->lane.direction));
	pen_add(&pen, text);
	if (view->officer[0] != '\0')
		pen_add(&pen, view->officer);
}

void
header_draw(struct canvas *canvas, const struct view *view)
{
	char text[VIEW_TEXT_MAX] = "";

	first_line(canvas, view);
	states_draw(canvas, 1, view, training_narrow(canvas, view) ?
	    training_text(true, text) : "");
}
