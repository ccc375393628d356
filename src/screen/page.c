/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page - one view to one canvas: where things are, and the last lines.
 *
 * A verdict keeps its field whatever window opens: help and details make it
 * a band, they never hide it.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define ZONE_ROWS (BIG_ROWS + 2)
#define ZONE_ROWS_LARGE (2 * BIG_ROWS + 2)
#define ZONE_ROWS_READY 14
#define LANES_SMALL 3 /* rows for the other lanes, where rows are few */
#define BAND_ROWS 3
#define LARGE_ROWS 36

/* ---- the last lines -------------------------------------------------------------------- */

static void
fault_line(struct canvas *canvas, int y, const struct view_lane *lane)
{
	char text[VIEW_TEXT_MAX * 2], capitals[64];
	const char *fault = lane->record_fault[0] != '\0' ?
	    _(lane->record_fault) : _("recorder");

	word_capitals(_("Write on paper"), capitals, sizeof(capitals));
	snprintf(text, sizeof(text), _("NOT RECORDED: %s"), fault);
	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_BAD);
	canvas_right(canvas, y, canvas->cols / 2, canvas->cols / 2 - 1,
	    STYLE_BAD, capitals);
	canvas_text(canvas, y, 1,
	    canvas->cols - 4 - canvas_columns(capitals), STYLE_BAD, text);
}

/* Where not all fits, that the decision is open says the caption already. */
static void
recorded_line(struct canvas *canvas, int y, const struct view_lane *lane)
{
	const char *told = word_told(lane->told);
	int room = canvas->cols - 2;
	char text[VIEW_TEXT_MAX * 2], capitals[64];
	size_t n;

	if (told[0] != '\0') {
		room -= canvas_columns(told);
		canvas_text(canvas, y, 1 + room, canvas->cols - 2, lane->told ==
		    TOLD_DONE ? STYLE_LABEL : STYLE_WARN, told);
		room -= 2;
	}
	word_capitals(_("Recorded"), capitals, sizeof(capitals));
	n = (size_t)snprintf(text, sizeof(text), "%s %s", capitals,
	    lane->record_id);
	snprintf(text + n, sizeof(text) - n, ", %s", _("decision open"));
	if (canvas_columns(text) > room)
		text[n] = '\0';
	canvas_text(canvas, y, 1, room, STYLE_GOOD, text);
}

/* What the recorder said of the record on the screen. */
static void
status_draw(struct canvas *canvas, int y, const struct view_lane *lane)
{
	bool verdict = lane->phase == PHASE_VERDICT;

	switch (lane->recorded) {
	case RECORDED_FAULT:
		fault_line(canvas, y, lane);
		return;
	case RECORDED_LATE:
		canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols },
		    ' ', STYLE_WARN);
		canvas_text(canvas, y, 1, canvas->cols - 2, STYLE_WARN,
		    _("Not yet recorded: waiting for the disk"));
		return;
	case RECORDED_NOT_YET:
		if (verdict)
			canvas_text(canvas, y, 1, canvas->cols - 2,
			    STYLE_LABEL, _("Recording…"));
		return;
	case RECORDED_DONE:
		if (!verdict)
			return;
		recorded_line(canvas, y, lane);
	}
}

static void
messages_draw(struct canvas *canvas, int y, int x, const struct view *view)
{
	char text[VIEW_TEXT_MAX];
	int width, end = canvas->cols - 1;

	word_messages(view, text);
	width = canvas_columns(text);
	if (text[0] == '\0' || x + 16 > end)
		return;
	if (width < end - x)
		x = end - width;
	canvas_text(canvas, y, x, end - x, view->messages_urgent > 0 ?
	    STYLE_WARN : STYLE_LABEL, text);
}

static void
lane_right(struct canvas *canvas, int y, const struct view_lane *lane)
{
	char text[VIEW_TEXT_MAX];

	if (lane->phase != PHASE_VERDICT)
		return;
	if (lane->clears_in_s >= 0)
		snprintf(text, sizeof(text), _("clears in %d s"),
		    lane->clears_in_s);
	else
		snprintf(text, sizeof(text), "%s",
		    _("stays until you decide"));
	canvas_right(canvas, y, canvas->cols / 2, canvas->cols / 2 - 1,
	    STYLE_LABEL, text);
}

/* "LANE 2 OUT: CHECK 0:12": what another lane is at, after what text holds. */
static bool
other_text(const struct view_other *other, char *text, size_t capacity)
{
	size_t n = strlen(text);
	bool verdict = other->phase == PHASE_VERDICT;

	n += (size_t)snprintf(text + n, capacity - n, "%s", n > 0 ? "   " : "");
	n += (size_t)snprintf(text + n, capacity - n, _("LANE %s %s"),
	    other->title, word_direction(other->direction));
	if (verdict)
		snprintf(text + n, capacity - n, ": %s %d:%02d",
		    word_verdict(other->verdict), other->since_s / 60,
		    other->since_s % 60);
	else
		snprintf(text + n, capacity - n, ": %s",
		    other->phase == PHASE_READY ? _("Ready") : _("Reading…"));
	return verdict && other->verdict != VERDICT_PASS;
}

/* What stands before the other lanes; false: instead of them. */
static bool
lane_left(const struct view *view, char *text, size_t capacity,
    enum style *style)
{
	const struct view_lane *lane = &view->lane;

	if (lane->phase == PHASE_VERDICT && lane->notice[0] != '\0') {
		snprintf(text, capacity, " %s ", lane->notice);
		*style = lane->notice_bad ? STYLE_WARN : STYLE_STRONG;
		return false;
	}
	if (lane->people_waiting > 0)
		snprintf(text, capacity, ngettext("%d person waits",
		    "%d persons wait", (unsigned long)lane->people_waiting),
		    lane->people_waiting);
	else if (lane->phase != PHASE_VERDICT && lane->vehicle[0] != '\0')
		snprintf(text, capacity, _("Vehicle %s: next person"),
		    lane->vehicle);
	return true;
}

/* The row-th of them, from 0: each other lane has one, where there is room. */
static void
lane_draw(struct canvas *canvas, const struct layout *at, int row,
    const struct view *view)
{
	int y = at->lane_row + row, x;
	bool verdict = view->lane.phase == PHASE_VERDICT, more = true;
	char text[VIEW_TEXT_MAX * 4] = "";
	enum style style = STYLE_STRONG;

	if (row == 0) {
		lane_right(canvas, y, &view->lane);
		more = lane_left(view, text, sizeof(text), &style);
	}
	for (size_t i = (size_t)row; i < view->nothers && more;
	    i += (size_t)at->lane_rows)
		if (other_text(&view->others[i], text, sizeof(text)))
			style = STYLE_WARN;
	x = 1 + canvas_text(canvas, y, 1, canvas->cols - 2 -
	    (verdict && row == 0 ? 32 : 0), style, text);
	if (!verdict && row == 0)
		messages_draw(canvas, y, x > 1 ? x + 2 : x, view);
}

/* ---- the page ------------------------------------------------------------------------------ */

void
layout_make(struct layout *layout, const struct view *view, int cols,
    int rows)
{
	bool verdict = view->lane.phase == PHASE_VERDICT;
	bool large = cols >= LARGE_COLS && rows >= LARGE_ROWS;
	int height = large ? ZONE_ROWS_LARGE : verdict ? ZONE_ROWS :
	    ZONE_ROWS_READY;
	int most = rows >= LARGE_ROWS ? VIEW_OTHERS_MAX : LANES_SMALL;
	int lanes = view->nothers < 1 ? 1 : view->nothers > (size_t)most ?
	    most : (int)view->nothers;
	int status = rows - 2 - lanes;

	if (verdict && (view->window == WINDOW_HELP ||
	    view->window == WINDOW_DETAIL || view->window == WINDOW_WAITING ||
	    view->window == WINDOW_FIELDS || view->window == WINDOW_DEVICES ||
	    view->window == WINDOW_CHART || view->window == WINDOW_FOUND ||
	    (view->window == WINDOW_PANEL &&
	    panel_rows(&view->panel) > status - height - 4)))
		height = BAND_ROWS;
	*layout = (struct layout){
		.cols = cols, .rows = rows,
		.status_row = status, .lane_row = status + 1,
		.lane_rows = lanes, .keys_row = rows - 1,
		.zone = { 2, 0, height, cols },
		.body = { 2 + height, 0, status - 2 - height, cols },
	};
}

/* A smaller screen than the pages were made for still says the one word. */
static void
small_draw(struct canvas *canvas, const struct view *view)
{
	static const enum style verdict_styles[] = {
		[VERDICT_PASS] = STYLE_PASS, [VERDICT_CHECK] = STYLE_CHECK,
		[VERDICT_STOP] = STYLE_BAD };
	enum verdict verdict = view->lane.judgement.verdict;
	int y = canvas->rows / 2 - 1;
	char text[VIEW_TEXT_MAX];

	if (view->lane.phase == PHASE_VERDICT && verdict <= VERDICT_STOP) {
		canvas_fill(canvas, (struct box){ 0, 0, y + 1, canvas->cols },
		    ' ', verdict_styles[verdict]);
		canvas_centre(canvas, y > 0 ? y / 2 : 0, 0, canvas->cols,
		    verdict_styles[verdict], word_verdict(verdict));
	}
	snprintf(text, sizeof(text), _("Screen too small: %dx%d, needs %dx%d"),
	    canvas->cols, canvas->rows, SCREEN_COLS, SCREEN_ROWS);
	canvas_wrap(canvas, (struct box){ y + 1, 0, canvas->rows - y - 1,
	    canvas->cols }, STYLE_STRONG, text);
	if (view->watched[0] != '\0')
		canvas_text(canvas, 0, 0, canvas->cols, STYLE_STATE_BAD,
		    view->watched);
}

void
page_draw(struct canvas *canvas, const struct view *view)
{
	struct layout layout;

	words_use(view->language);
	canvas_fill(canvas, (struct box){ 0, 0, canvas->rows, canvas->cols },
	    ' ', STYLE_TEXT);
	if (canvas->cols < SCREEN_COLS || canvas->rows < SCREEN_ROWS) {
		small_draw(canvas, view);
		return;
	}
	layout_make(&layout, view, canvas->cols, canvas->rows);
	if (view->citizen && view->window == WINDOW_NONE) {
		citizen_draw(canvas, view);
		return;
	}
	if (beside_fits(canvas, view)) {
		beside_draw(canvas, view);
		return;
	}
	header_draw(canvas, view);
	if (view->window == WINDOW_PANEL && view->panel.covers) {
		panel_draw(canvas, &layout, view);
		keybar_draw(canvas, layout.keys_row, view);
		return;
	}
	switch (view->lane.phase) {
	case PHASE_READY: ready_draw(canvas, &layout, view); break;
	case PHASE_GATHER: gather_draw(canvas, &layout, view); break;
	case PHASE_REPEAT: gather_draw(canvas, &layout, view); break;
	case PHASE_VERDICT: verdict_draw(canvas, &layout, view); break;
	}
	window_draw(canvas, &layout, view);
	for (int row = 0; row < layout.lane_rows; row++)
		lane_draw(canvas, &layout, row, view);
	status_draw(canvas, layout.status_row, &view->lane);
	keybar_draw(canvas, layout.keys_row, view);
}

/* ---- as text ----------------------------------------------------------------------------------- */

char *
screen_text(const struct view *view, int cols, int rows, char **styles)
{
	struct canvas *canvas = canvas_new(cols, rows);
	char *text;

	page_draw(canvas, view);
	text = canvas_print(canvas, styles);
	canvas_free(canvas);
	return text;
}
