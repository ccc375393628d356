/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ready - the page between two persons: where to hold the code, this shift,
 * who waits, who just passed; and while a person is being gathered.
 */
#include "parts.h"

#include <string.h>

#define LEFT_X 2
#define LEFT_COLS 34
#define RIGHT_X (LEFT_X + LEFT_COLS + 4)
#define RIGHT_COLS 38
#define PICTURE_ROWS 7

static const char *const code_picture[PICTURE_ROWS] = {
	"###### # # ######",
	"#    # ##  #    #",
	"###### # # ######",
	" # ##  ## #  # ##",
	"######  ## # # # ",
	"#    # # ## ## # ",
	"###### ##  #  ## ",
};

static const char *const warmth_picture[PICTURE_ROWS] = {
	" ######   ###### ",
	" ##  ##  ##    ##",
	" ######  ##      ",
	"         ##      ",
	"         ##      ",
	"         ##    ##",
	"          ###### ",
};

static const char *const closed_picture[PICTURE_ROWS] = { /* no entry */
	"    #########    ",
	"  #############  ",
	" ############### ",
	" ##           ## ",
	" ############### ",
	"  #############  ",
	"    #########    ",
};

struct count {
	const char *label; /* translated */
	const int *values; /* less than 0: not known yet */
};

/* ---- the picture ------------------------------------------------------------------ */

static void
picture_draw(struct canvas *canvas, int y, int x, int scale,
    const char *const *rows)
{
	for (int row = 0; row < PICTURE_ROWS * scale; row++) {
		const char *line = rows[row / scale];

		for (int col = 0; col < (int)strlen(line) * scale; col++)
			canvas_cell(canvas, y + row, x + col,
			    line[col / scale] == '#' ? CODE_FULL : ' ',
			    STYLE_INVITE);
	}
}

/* How long ago the same person was here, in large digits. */
static void
repeat_draw(struct canvas *canvas, struct box box, int64_t minutes)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", minutes < 0 ? 0 : minutes > 999 ? 999 :
	    (int)minutes);
	bigtext_draw(canvas, (struct box){ box.y + 1, box.x + 2, box.h - 3,
	    box.w - 4 }, CODE_FULL, STYLE_INVITE, text);
	canvas_centre(canvas, box.y + box.h - 2, box.x + 1, box.w - 2,
	    STYLE_STRONG, _("minutes ago, here"));
}

/* How many are inside a venue, in large digits. */
static void
venue_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	bool full = view->inside >= view->capacity;
	char text[64];

	snprintf(text, sizeof(text), "%d", view->inside);
	bigtext_draw(canvas, (struct box){ box.y + 1, box.x + 2, box.h - 3,
	    box.w - 4 }, CODE_FULL, STYLE_INVITE, text);
	snprintf(text, sizeof(text), full ? _(" FULL: %d may be inside ") :
	    _("inside, of %d"), view->capacity);
	canvas_centre(canvas, box.y + box.h - 2, box.x + 1, box.w - 2,
	    full ? STYLE_WARN : STYLE_STRONG, text);
}

struct invitation {
	const char *const *rows;
	enum style style; /* of the words */
	char words[VIEW_TEXT_MAX];
};

static void
invitation_of(const struct view *view, struct invitation *it)
{
	const struct view_lane *lane = &view->lane;
	const char *hint = word_hint(lane->hint), *words = hint;
	bool warmth = lane->phase == PHASE_GATHER && !lane->needs_identity;

	if (view->closed) {
		words = _("LANES CLOSED: P logs in an officer");
		it->rows = closed_picture;
		it->style = STYLE_WARN;
		snprintf(it->words, sizeof(it->words), " %.*s ",
		    (int)strcspn(words, ":"), words);
		return;
	}
	if (hint[0] == '\0')
		words = warmth ? _("FOREHEAD OR WRIST TO THE READER") :
		    _("HOLD THE CODE 10 - 25 cm AWAY");
	it->rows = warmth && lane->needs_temperature ? warmth_picture :
	    code_picture;
	it->style = hint[0] != '\0' ? STYLE_WARN : STYLE_STRONG;
	snprintf(it->words, sizeof(it->words), "%s", words);
}

void
invite_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	struct invitation it;
	int scale, w, h, x, y;

	canvas_frame(canvas, box, STYLE_LINE);
	if (lane->phase == PHASE_REPEAT) {
		repeat_draw(canvas, box, lane->repeat_min);
		return;
	}
	if (view->capacity > 0 && lane->phase == PHASE_READY &&
	    !view->closed && word_hint(lane->hint)[0] == '\0') {
		venue_draw(canvas, box, view);
		return;
	}
	invitation_of(view, &it);
	w = (int)strlen(it.rows[0]);
	scale = box.h >= 2 * PICTURE_ROWS + 5 && box.w >= 2 * w + 6 ? 2 : 1;
	w *= scale;
	h = PICTURE_ROWS * scale;
	x = box.x + (box.w - w) / 2;
	y = box.y + (box.h - h - 2) / 2;
	picture_draw(canvas, y, x, scale, it.rows);
	if (it.rows == code_picture)
		canvas_frame(canvas, (struct box){ y - 1, x - 2, h + 2, w + 4 },
		    STYLE_INVITE);
	canvas_centre(canvas, box.y + box.h - 2, box.x + 1, box.w - 2, it.style,
	    it.words);
}

/* ---- this shift ------------------------------------------------------------------------ */

static void
clock_text(int64_t at, int utc_offset_s, bool seconds, char *out,
    size_t capacity)
{
	struct calendar time = calendar_at(at, utc_offset_s);

	if (seconds)
		snprintf(out, capacity, "%02d:%02d:%02d", time.hour,
		    time.minute, time.second);
	else
		snprintf(out, capacity, "%02d:%02d", time.hour, time.minute);
}

/* From the first scan to the outcome, on average; -1: nobody was timed. */
static int
seconds_each(const struct view_counts *counts, int side)
{
	int64_t n = counts->timed[side];

	return n == 0 ? -1 :
	    (int)((counts->timed_ms[side] + n * 500) / (n * 1000));
}

static void
count_draw(struct canvas *canvas, int y, int x, const struct count *row)
{
	char text[16];

	canvas_text(canvas, y, x, 22, STYLE_TEXT, row->label);
	for (int side = 0; side < 2; side++) {
		snprintf(text, sizeof(text), "%d", row->values[side]);
		canvas_right(canvas, y, x + 22 + side * 8, 7, STYLE_STRONG,
		    row->values[side] < 0 ? "" : text);
	}
}

static int
counts_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	const struct view_counts *counts = &view->counts;
	const int seconds[2] = { seconds_each(counts, 0),
		seconds_each(counts, 1) };
	const struct count rows[] = {
		{ _("People"), counts->people },
		{ _("Cars"), counts->cars },
		{ _("Motorbikes"), counts->motorbikes },
		{ _("Let pass"), counts->passed },
		{ _("Turned back"), counts->turned_back },
		{ _("Health desk"), counts->health },
		{ _("Against the verdict"), counts->against },
		{ _("Seconds per person"), seconds },
	};
	char text[96], time[16];
	int y = box.y + 1;

	clock_text(counts->since, view->utc_offset_s, false, time,
	    sizeof(time));
	snprintf(text, sizeof(text), _("THIS SHIFT since %s"), time);
	canvas_text(canvas, box.y, box.x, 24, STYLE_LABEL, text);
	canvas_right(canvas, box.y, box.x + 22, 7, STYLE_LABEL,
	    word_direction("in"));
	canvas_right(canvas, box.y, box.x + 30, 7, STYLE_LABEL,
	    word_direction("out"));
	for (size_t i = 0; i < nitems(rows) && y < box.y + box.h; i++)
		if (rows[i].values[0] >= 0 || rows[i].values[1] >= 0)
			count_draw(canvas, y++, box.x, &rows[i]);
	return y - box.y;
}

/* ---- who waits ------------------------------------------------------------------------------ */

static void
waiting_line(struct canvas *canvas, int y, int x, int width,
    const struct view_waiting *who)
{
	char text[64];
	bool due = who->due_in_s <= 0;

	canvas_text(canvas, y, x, 8, STYLE_STRONG, who->who);
	canvas_text(canvas, y, x + 8, 7, STYLE_TEXT, who->temperature);
	if (due)
		snprintf(text, sizeof(text), " %s ", _("DUE"));
	else
		snprintf(text, sizeof(text), _("in %ld:%02ld"),
		    (long)(who->due_in_s / 60), (long)(who->due_in_s % 60));
	canvas_text(canvas, y, x + 15, 11, due ? STYLE_WARN : STYLE_TEXT, text);
	snprintf(text, sizeof(text), _("reading %d"), who->number);
	canvas_text(canvas, y, x + 27, width - 27, STYLE_LABEL, text);
}

void
waiting_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	size_t n = view->nwaiting < VIEW_WAITING_MAX ? view->nwaiting :
	    VIEW_WAITING_MAX;

	for (size_t i = 0; i < n && (int)i < box.h; i++) {
		if ((int)i + 1 == box.h && i + 1 < n) {
			char text[64];

			snprintf(text, sizeof(text), _("%zu more: H"), n - i);
			canvas_text(canvas, box.y + (int)i, box.x, box.w,
			    STYLE_LABEL, text);
			return;
		}
		waiting_line(canvas, box.y + (int)i, box.x, box.w,
		    &view->waiting[i]);
	}
}

/* ---- who just passed --------------------------------------------------------------------------- */

void
recent_line(struct canvas *canvas, int y, int cols, enum style plain,
    const struct view *view, const struct view_recent *recent)
{
	static const enum style marks[] = { [VERDICT_PASS] = STYLE_GOOD,
		[VERDICT_CHECK] = STYLE_WARN, [VERDICT_STOP] = STYLE_BAD };
	enum style label = plain == STYLE_TEXT ? STYLE_LABEL : plain;
	enum style strong = plain == STYLE_TEXT ? STYLE_STRONG : plain;
	int spread = (cols - SCREEN_COLS) / 6;
	int x = 2, gap = spread < 0 ? 0 : spread > 6 ? 6 : spread;
	char text[VIEW_TEXT_MAX];
	enum verdict verdict = recent->verdict <= VERDICT_STOP ?
	    recent->verdict : VERDICT_CHECK;

	clock_text(recent->at, view->utc_offset_s, true, text, sizeof(text));
	x += canvas_text(canvas, y, x, 8, label, text) + 2 + gap;
	canvas_text(canvas, y, x, 4, plain,
	    word_direction(recent->direction));
	x += 5 + gap;
	canvas_text(canvas, y, x, 6, strong, recent->who);
	x += 7 + gap;
	canvas_text(canvas, y, x, 11, plain, recent->vehicle[0] != '\0' ?
	    recent->vehicle : _("on foot"));
	x += 12 + gap;
	snprintf(text, sizeof(text), " %s ", word_verdict(verdict));
	canvas_text(canvas, y, x, 10, marks[verdict], text);
	x += 11 + gap;
	canvas_text(canvas, y, x, 23, plain,
	    word_outcome(recent->outcome));
	x += 24 + gap;
	canvas_text(canvas, y, x, cols - 1 - x, plain,
	    recent->temperature);
}

static void
recents_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	size_t n = view->nrecent < VIEW_RECENT_MAX ? view->nrecent :
	    VIEW_RECENT_MAX;

	if (n == 0)
		return;
	canvas_text(canvas, box.y, 1, box.w - 2, STYLE_LABEL,
	    view->recent[0].correctable && !view->closed ?
	    _("JUST NOW (U: correct the last decision within 60 s)") :
	    _("JUST NOW"));
	for (size_t i = 0; i < n && (int)i + 1 < box.h; i++)
		recent_line(canvas, box.y + 1 + (int)i, canvas->cols,
		    STYLE_TEXT, view, &view->recent[i]);
}

/* ---- pages ---------------------------------------------------------------------------------------- */

/* What is waited for, or what just happened. */
static void
state_text(const struct view *view, char *out, size_t capacity)
{
	const struct view_lane *lane = &view->lane;
	const char *text = view->surge_min > 0 ? _("Surge") : _("Ready");

	if (lane->phase == PHASE_REPEAT) {
		snprintf(out, capacity, _("Passed here %ld min ago: "
		    "Enter records again, Esc leaves it"),
		    (long)lane->repeat_min);
		return;
	}
	if (lane->phase == PHASE_READY && view->closed) {
		snprintf(out, capacity, "%s",
		    _("LANES CLOSED: P logs in an officer"));
		return;
	}
	if (lane->phase == PHASE_READY && lane->held[0] != '\0') {
		char capitals[64];

		word_capitals(_("Waiting for a document"), capitals,
		    sizeof(capitals));
		snprintf(out, capacity, "%s (%s °C)", capitals, lane->held);
		return;
	}
	if (lane->phase == PHASE_READY) {
		char capitals[64];

		word_capitals(text, capitals, sizeof(capitals));
		snprintf(out, capacity, "%s: %s", capitals,
		    view->surge_min > 0 ?
		    _("1-9 = PEOPLE IN THE VEHICLE, codes are read") :
		    _("NEXT PERSON PLEASE"));
		return;
	}
	if (lane->needs_identity && lane->needs_temperature)
		text = _("Waiting for a document and temperature");
	else if (lane->needs_identity)
		text = _("Waiting for a document");
	else if (lane->needs_temperature)
		text = _("Waiting for temperature");
	else
		text = _("Reading…");
	word_capitals(text, out, capacity);
}

static void
lower_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	int y = at->zone.y + at->zone.h - 1;
	char text[VIEW_TEXT_MAX * 2];

	if (lane->notice[0] != '\0') {
		caption_draw(canvas, y, STYLE_LINE, lane->notice_bad ?
		    STYLE_WARN : STYLE_READY, lane->notice);
	} else {
		state_text(view, text, sizeof(text));
		caption_draw(canvas, y, STYLE_LINE, lane->phase ==
		    PHASE_REPEAT ? STYLE_WARN : STYLE_READY, text);
	}
	recents_draw(canvas, at->body, view);
}

static struct box
left_box(const struct layout *at)
{
	int w = at->zone.h > 16 ? LEFT_COLS + 12 : LEFT_COLS;

	return (struct box){ at->zone.y, LEFT_X, at->zone.h - 1, w };
}

static struct box
right_box(const struct layout *at)
{
	struct box left = left_box(at);
	int x = left.x + left.w + 4, w = at->cols - 2 - x;

	return (struct box){ left.y, x, left.h, w };
}

void
ready_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box box = right_box(at);
	int used;

	invite_draw(canvas, left_box(at), view);
	box.y++;
	box.h--;
	used = counts_draw(canvas, box, view);
	if (view->nwaiting > 0) {
		box.y += used + (box.h > used + 5);
		box.h -= used + (box.h > used + 5);
		canvas_text(canvas, box.y, box.x, box.w, STYLE_LABEL,
		    _("WAITING FOR A SECOND READING"));
		waiting_draw(canvas, (struct box){ box.y + 1, box.x + 1,
		    box.h - 1, box.w - 1 }, view);
	}
	lower_draw(canvas, at, view);
}

void
gather_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box box = right_box(at);

	invite_draw(canvas, left_box(at), view);
	person_column(canvas, (struct box){ box.y + 1, box.x, box.h - 2,
	    box.w }, &view->lane.person);
	if (!view->lane.person.present && view->lane.person.temperature[0] !=
	    '\0') {
		canvas_text(canvas, box.y + 1, box.x, 12, STYLE_LABEL,
		    _("Temperature"));
		canvas_text(canvas, box.y + 1, box.x + 13, box.w - 13,
		    STYLE_STRONG, view->lane.person.temperature);
	}
	lower_draw(canvas, at, view);
}
