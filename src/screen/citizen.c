/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * citizen - what the citizen sees at a kiosk or on a second display: where
 * to hold the code, and then one of two words. CHECK and STOP look the same,
 * nobody is named, and no reason is given: the queue reads along.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* Two lines of large letters: the words split where both halves are shortest.
 * One line, but where two have room for letters twice as large. */
static void
word_draw(struct canvas *canvas, struct box box, enum style style,
    const char *word)
{
	char upper[VIEW_TEXT_MAX], lower[VIEW_TEXT_MAX];
	const char *split = NULL, *middle = word + strlen(word) / 2;
	int times = box.h >= 2 * 2 * BIG_ROWS ? 2 : 1;

	for (const char *c = strchr(word, ' '); c != NULL;
	    c = strchr(c + 1, ' '))
		if (split == NULL || labs(c - middle) < labs(split - middle))
			split = c;
	if (split == NULL || times * bigtext_width(word) <= box.w) {
		bigtext_draw(canvas, box, CODE_FULL, style, word);
		return;
	}
	snprintf(upper, sizeof(upper), "%.*s", (int)(split - word), word);
	snprintf(lower, sizeof(lower), "%s", split + 1);
	bigtext_draw(canvas, (struct box){ box.y, box.x, box.h / 2, box.w },
	    CODE_FULL, style, upper);
	bigtext_draw(canvas, (struct box){ box.y + box.h / 2, box.x,
	    box.h - box.h / 2, box.w }, CODE_FULL, style, lower);
}

static void
foot_draw(struct canvas *canvas, const struct view *view)
{
	struct calendar time = calendar_at(view->at, view->utc_offset_s);
	int y = canvas->rows - 1;
	char text[VIEW_TEXT_MAX];

	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_HEADER);
	/* On its own side: no trouble may take the place of this word. */
	snprintf(text, sizeof(text), "%s  %s", view->station_id,
	    view->training ? _("TRAINING, not counted") : view->station_name);
	canvas_text(canvas, y, 1, canvas->cols / 2, STYLE_HEADER, text);
	/* What an officer must mend is said here, without alarming anybody. */
	if (view->watched[0] != '\0')
		snprintf(text, sizeof(text), "! %s", view->watched);
	else if (view->ntroubles > 0)
		snprintf(text, sizeof(text), "! %s", view->troubles[0]);
	else
		snprintf(text, sizeof(text), "%02d:%02d%s", time.hour,
		    time.minute, view->clock == CLOCK_UNCONFIRMED ? " ?" : "");
	canvas_right(canvas, y, canvas->cols / 2, canvas->cols / 2 - 1,
	    STYLE_HEADER, text);
}

void
citizen_draw(struct canvas *canvas, const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	struct box all = { 0, 0, canvas->rows - 1, canvas->cols };
	struct box inside = { 1, 1, canvas->rows - 3, canvas->cols - 2 };
	bool pass = lane->judgement.verdict == VERDICT_PASS;
	enum style style = pass ? STYLE_PASS : STYLE_CHECK;

	if (lane->phase != PHASE_VERDICT) {
		invite_draw(canvas, (struct box){ 1, 2, canvas->rows - 3,
		    canvas->cols - 4 }, view);
	} else if (lane->recorded != RECORDED_DONE &&
	    lane->recorded != RECORDED_FAULT) {
		word_draw(canvas, inside, STYLE_STRONG, "...");
	} else {
		canvas_fill(canvas, all, ' ', style);
		word_draw(canvas, inside, style, pass &&
		    lane->recorded == RECORDED_DONE ? _("PLEASE PASS") :
		    _("SEE THE OFFICER"));
		if (!pass)
			canvas_frame(canvas, all, style);
	}
	foot_draw(canvas, view);
}
