/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict - the page of PASS, CHECK and STOP.
 *
 * The frame is the sign: PASS is plain, CHECK framed, STOP negative, so that
 * one who sees no colours reads the same from the same distance.
 */
#include "parts.h"

#include <string.h>

#define TEXT_ROWS_MAX 2   /* of one reason */
#define ADVICE_ROWS_MAX 2

void
caption_draw(struct canvas *canvas, int y, enum style line,
    enum style words, const char *text)
{
	int width = canvas_columns(text);

	canvas_across(canvas, y, 0, canvas->cols, line);
	if (width > canvas->cols - 8)
		width = canvas->cols - 8;
	canvas_fill(canvas, (struct box){ y, 2, 1, width + 2 }, ' ', words);
	canvas_text(canvas, y, 3, width, words, text);
}

/* The verdict again, in words, and what Enter does now. */
static void
caption_text(const struct view_lane *lane, char *out, size_t capacity)
{
	const struct judgement *judgement = &lane->judgement;
	size_t reasons = judgement->nreasons + judgement->more;
	char outcome[VIEW_TEXT_MAX], count[64] = "";

	if (judgement->verdict == VERDICT_CHECK)
		snprintf(count, sizeof(count), ngettext(" %zu reason,",
		    " %zu reasons,", (unsigned long)reasons), reasons);
	word_decision(lane->outcome, outcome);
	if (lane->outcome[0] == '\0')
		snprintf(out, capacity, _("%s:%s choose what to do below"),
		    word_verdict(judgement->verdict), count);
	else if (judgement->verdict == VERDICT_PASS)
		snprintf(out, capacity,
		    _("%s: compare the card. Enter (or the next code) = %s"),
		    word_verdict(judgement->verdict), outcome);
	else
		snprintf(out, capacity, _("%s:%s Enter = %s"),
		    word_verdict(judgement->verdict), count, outcome);
}

static void
zone_draw(struct canvas *canvas, struct box zone, const struct view_lane *lane)
{
	enum verdict verdict = lane->judgement.verdict;
	struct box inside = { zone.y + 1, zone.x + 2, zone.h - 2, zone.w - 4 };
	int last = zone.y + zone.h - 1;
	const char *word = word_verdict(verdict);
	char caption[VIEW_TEXT_MAX * 2];

	caption_text(lane, caption, sizeof(caption));
	switch (verdict) {
	case VERDICT_PASS:
		canvas_fill(canvas, zone, ' ', STYLE_PASS);
		canvas_across(canvas, zone.y, zone.x, zone.w, STYLE_PASS);
		bigtext_draw(canvas, inside, CODE_FULL, STYLE_PASS, word);
		caption_draw(canvas, last, STYLE_PASS, STYLE_PASS, caption);
		return;
	case VERDICT_CHECK:
		canvas_fill(canvas, zone, ' ', STYLE_CHECK);
		bigtext_draw(canvas, inside, CODE_FULL, STYLE_CHECK, word);
		caption_draw(canvas, last, STYLE_CHECK, STYLE_CHECK, caption);
		canvas_frame(canvas, zone, STYLE_CHECK);
		canvas_text(canvas, last, 3, canvas->cols - 8, STYLE_CHECK,
		    caption);
		canvas_cell(canvas, last, 2, ' ', STYLE_CHECK);
		canvas_cell(canvas, last, 3 + (canvas_columns(caption) <
		    canvas->cols - 8 ? canvas_columns(caption) :
		    canvas->cols - 8), ' ', STYLE_CHECK);
		return;
	case VERDICT_STOP:
		canvas_fill(canvas, zone, CODE_FULL, STYLE_STOP);
		bigtext_draw(canvas, inside, ' ', STYLE_STOP, word);
		caption_draw(canvas, last, STYLE_STOP, STYLE_STOP_CAPTION,
		    caption);
		for (int x = 0; x < canvas->cols; x++) /* no line: a solid field */
			if (canvas->cells[last * canvas->cols + x].code ==
			    CODE_ACROSS)
				canvas_cell(canvas, last, x, CODE_FULL,
				    STYLE_STOP);
		return;
	}
}

/* Rows of a reason: its text, then its advice where there is room. */
static int
reason_draw(struct canvas *canvas, struct box box, size_t number,
    const struct reason *reason, enum language language)
{
	char text[REASON_TEXT_MAX * 2], digits[8];
	size_t code = strlen(reason->code);
	bool said = strncmp(reason->text[language], reason->code, code) == 0;
	int used;

	if (code > 0) /* a text may begin with its code, as in "Y1: ..." */
		snprintf(text, sizeof(text), "%s%s%s (%s)",
		    said ? "" : reason->code, said ? "" : "  ",
		    reason->text[language], _("X: details"));
	else
		snprintf(text, sizeof(text), "%s", reason->text[language]);
	snprintf(digits, sizeof(digits), "%zu", number);
	canvas_text(canvas, box.y, box.x + 1, 2, STYLE_LABEL, digits);
	used = canvas_wrap(canvas, (struct box){ box.y, box.x + 3,
	    box.h < TEXT_ROWS_MAX ? box.h : TEXT_ROWS_MAX, box.w - 4 },
	    STYLE_STRONG, text);
	if (used < 1)
		used = 1;
	if (used < box.h)
		used += canvas_wrap(canvas, (struct box){ box.y + used,
		    box.x + 3, box.h - used < ADVICE_ROWS_MAX ? box.h - used :
		    ADVICE_ROWS_MAX, box.w - 4 }, STYLE_TEXT,
		    reason->advice[language]);
	return used;
}

static void
reasons_draw(struct canvas *canvas, struct box box,
    const struct judgement *judgement, enum language language)
{
	size_t n = judgement->nreasons < REASONS_MAX ? judgement->nreasons :
	    REASONS_MAX, i;
	int y = box.y, end = box.y + box.h;

	for (i = 0; i < n; i++) {
		bool last = i + 1 == n && judgement->more == 0;
		int room = end - y - (last ? 0 : 1); /* a row for "N more" */

		if (room < 1)
			break;
		y += reason_draw(canvas, (struct box){ y, box.x, room, box.w },
		    i + 1, &judgement->reasons[i], language);
	}
	if (i < n || judgement->more > 0) {
		char text[64];

		snprintf(text, sizeof(text), _("%zu more: X"),
		    n - i + judgement->more);
		canvas_text(canvas, y < end ? y : end - 1, box.x + 3,
		    box.w - 4, STYLE_LABEL, text);
	}
}

void
verdict_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	struct box body = at->body;
	int left = body.w * 9 / 16;

	zone_draw(canvas, at->zone, lane);
	if (lane->judgement.verdict == VERDICT_PASS) {
		person_columns(canvas, body, &lane->person);
		return;
	}
	canvas_fill(canvas, (struct box){ body.y, left, body.h, 1 },
	    CODE_DOWN, STYLE_LINE);
	reasons_draw(canvas, (struct box){ body.y, 0, body.h, left },
	    &lane->judgement, view->language);
	person_column(canvas, (struct box){ body.y, left + 2, body.h,
	    body.w - left - 3 }, &lane->person);
}
