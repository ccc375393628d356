/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header - the two lines at the top: which post and lane, who is on duty and
 * when; then what the officer must know of the post.
 */
#include "parts.h"

#include <string.h>

#define DATA_WARN_H 24.0
#define DATA_BAD_H 48.0
#define BATTERY_WARN 20

/* Writes texts one after another, with lines between. */
struct pen {
	struct canvas *canvas;
	int y, x, end;
	bool begun;
	enum style line;
};

static void
pen_add(struct pen *pen, enum style style, const char *text)
{
	bool marked = style != pen->line;

	if (pen->begun && pen->x + 4 < pen->end) {
		canvas_cell(pen->canvas, pen->y, pen->x + 1, CODE_DOWN,
		    pen->line);
		pen->x += 3;
	}
	if (pen->x + 2 >= pen->end)
		return;
	if (marked) /* a coloured field has a margin */
		canvas_cell(pen->canvas, pen->y, pen->x - 1, ' ', style);
	pen->x += canvas_text(pen->canvas, pen->y, pen->x,
	    pen->end - pen->x, style, text);
	if (marked)
		canvas_cell(pen->canvas, pen->y, pen->x, ' ', style);
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
	struct pen pen = { .canvas = canvas, .y = 0, .x = 1,
		.line = STYLE_HEADER };
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
	pen_add(&pen, STYLE_HEADER, text);
	snprintf(text, sizeof(text), _("LANE %s %s"), view->lane.title,
	    word_direction(view->lane.direction));
	pen_add(&pen, STYLE_HEADER, text);
	if (view->officer[0] != '\0')
		pen_add(&pen, STYLE_HEADER, view->officer);
}

/* ---- the second line --------------------------------------------------------------- */

static void
clock_state(struct pen *pen, const struct view *view)
{
	if (view->clock == CLOCK_UNCONFIRMED)
		pen_add(pen, STYLE_STATE_WARN,
		    _("Clock unknown: O confirms the time"));
	else
		pen_add(pen, STYLE_STATE, view->clock == CLOCK_HELD ?
		    _("Clock held") : _("Clock confirmed"));
}

static void
link_state(struct pen *pen, const struct view *view)
{
	char text[VIEW_TEXT_MAX];

	if (view->link_down_min == -2)
		return; /* a post without a hub has no link to miss */
	if (view->link_down_min >= 0)
		snprintf(text, sizeof(text),
		    _("OFFLINE %ld min, %ld to send"),
		    (long)view->link_down_min, (long)(view->queue_waiting > 0 ?
		    view->queue_waiting : 0));
	else if (view->queue_waiting > 0)
		snprintf(text, sizeof(text), _("online, %ld to send"),
		    (long)view->queue_waiting);
	else
		snprintf(text, sizeof(text), "%s", _("online"));
	pen_add(pen, view->link_down_min >= 0 ? STYLE_STATE_WARN : STYLE_STATE,
	    text);
}

static void
data_state(struct pen *pen, const struct view *view)
{
	double age = view->register_age_h;
	char text[64];

	if (age < 0) {
		pen_add(pen, STYLE_STATE_WARN, _("no lists"));
		return;
	}
	if (age < DATA_BAD_H)
		snprintf(text, sizeof(text), _("data %.0f h old"), age);
	else if (age < 24 * 365)
		snprintf(text, sizeof(text), _("data %.0f days old"), age / 24);
	else
		snprintf(text, sizeof(text), "%s", _("data very old"));
	pen_add(pen, age >= DATA_BAD_H ? STYLE_STATE_BAD : age >= DATA_WARN_H ?
	    STYLE_STATE_WARN : STYLE_STATE, text);
}

static void
battery_state(struct pen *pen, const struct view *view)
{
	char text[64];

	if (view->battery_percent < 0)
		return;
	snprintf(text, sizeof(text), _("battery %d%%"), view->battery_percent);
	pen_add(pen, view->battery_percent <= BATTERY_WARN ? STYLE_STATE_WARN :
	    STYLE_STATE, text);
}

static void
trouble_state(struct pen *pen, const struct view *view)
{
	size_t n = view->ntroubles < VIEW_TROUBLES_MAX ? view->ntroubles :
	    VIEW_TROUBLES_MAX, i;
	int end = pen->end;

	for (i = 0; i < n; i++) {
		if (i > 0 && pen->x + canvas_columns(view->troubles[i]) + 4 >
		    end / 2)
			break;
		pen->end = i == 0 && view->watched[0] == '\0' ?
		    end * 5 / 8 : end;
		pen_add(pen, STYLE_STATE_BAD, view->troubles[i]);
	}
	pen->end = end;
	if (i < n) {
		char text[32];

		snprintf(text, sizeof(text), "+%zu", n - i);
		pen_add(pen, STYLE_STATE_BAD, text);
	}
}

static void
surge_state(struct pen *pen, const struct view *view)
{
	char text[64];

	if (view->surge_min <= 0)
		return;
	snprintf(text, sizeof(text), _("Surge, %d min left"), view->surge_min);
	pen_add(pen, STYLE_STATE_WARN, text);
}

void
header_draw(struct canvas *canvas, const struct view *view)
{
	struct pen pen = { .canvas = canvas, .y = 1, .x = 1,
		.end = canvas->cols - 1, .line = STYLE_STATE };
	char word[VIEW_TEXT_MAX];

	first_line(canvas, view);
	canvas_fill(canvas, (struct box){ 1, 0, 1, canvas->cols }, ' ',
	    STYLE_STATE);
	if (view->watched[0] != '\0') /* before all else: it is always told */
		pen_add(&pen, STYLE_STATE_BAD, view->watched);
	if (training_narrow(canvas, view))
		pen_add(&pen, STYLE_STATE_WARN, training_text(true, word));
	surge_state(&pen, view);
	trouble_state(&pen, view);
	if (view->clock == CLOCK_UNCONFIRMED)
		clock_state(&pen, view);
	if (view->doubt[0] != '\0')
		pen_add(&pen, STYLE_STATE_WARN, view->doubt);
	link_state(&pen, view);
	data_state(&pen, view);
	if (view->clock != CLOCK_UNCONFIRMED)
		clock_state(&pen, view);
	battery_state(&pen, view);
}
