/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart - this shift in pictures: people an hour, verdicts, temperatures.
 *
 * Bars are whole cells and each has its number: the console fonts with
 * Vietnamese letters have the full block and none of the eighths.
 */
#include "parts.h"

#include <string.h>

#define HOUR_COLS 3
#define TEMP_COLS 5
#define VERDICT_LABEL 11
#define VERDICT_ROWS 3

static int
most(const int *values, size_t n)
{
	int best = 0;

	for (size_t i = 0; i < n; i++)
		if (values[i] > best)
			best = values[i];
	return best;
}

/* So many of the cells are filled; what is there at all has one. */
static int
filled(int value, int best, int cells)
{
	int n = best > 0 ?
	    (int)(((int64_t)value * cells + best / 2) / best) : 0;

	return value > 0 && n == 0 ? 1 : n < 0 ? 0 : n > cells ? cells : n;
}

static void
column(struct canvas *canvas, struct box box, int n, enum style style)
{
	canvas_fill(canvas, (struct box){ box.y + box.h - n, box.x, n, box.w },
	    CODE_FULL, style);
}

static void
hours_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	const struct view_chart *chart = &view->chart;
	int people[CHART_HOURS], best;
	char text[VIEW_TEXT_MAX];

	for (size_t i = 0; i < CHART_HOURS; i++)
		people[i] = chart->hours[i][0] + chart->hours[i][1];
	best = most(people, CHART_HOURS);
	snprintf(text, sizeof(text), _("People an hour, %d at most"),
	    best);
	canvas_text(canvas, box.y, box.x, box.w, STYLE_WINDOW_KEY, text);
	for (int i = 0; i < CHART_HOURS; i++) {
		struct box bar = { box.y + 1, box.x + i * HOUR_COLS,
			box.h - 2, HOUR_COLS - 1 };

		column(canvas, bar, filled(people[i], best, bar.h),
		    STYLE_WINDOW);
		snprintf(text, sizeof(text), "%02d",
		    (chart->first_hour + i) % 24);
		canvas_text(canvas, box.y + box.h - 1, bar.x, 2, STYLE_WINDOW,
		    text);
	}
}

static void
verdicts_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	const int *counts = view->chart.verdicts;
	int best = most(counts, CHART_VERDICTS);
	char text[VIEW_TEXT_MAX];

	canvas_text(canvas, box.y, box.x, box.w, STYLE_WINDOW_KEY,
	    _("Verdicts"));
	for (int i = 0; i < CHART_VERDICTS; i++) {
		int room = box.w - VERDICT_LABEL - 7;
		int n = filled(counts[i], best, room);

		canvas_text(canvas, box.y + 1 + i, box.x, VERDICT_LABEL - 1,
		    STYLE_WINDOW, word_verdict((enum verdict)i));
		canvas_fill(canvas, (struct box){ box.y + 1 + i, box.x +
		    VERDICT_LABEL, 1, n }, CODE_FULL, STYLE_WINDOW);
		snprintf(text, sizeof(text), "%d", counts[i]);
		canvas_text(canvas, box.y + 1 + i, box.x + VERDICT_LABEL + n +
		    1, 6, STYLE_WINDOW, text);
	}
}

/* "<35", "35.0", ... "39.0+": the first and the last are open. */
void
chart_temperature(size_t i, enum language language, char out[16])
{
	int tenths = CHART_TEMP_FIRST + ((int)i - 1) * 5;

	if (i == 0)
		snprintf(out, 16, "<%d", CHART_TEMP_FIRST / 10);
	else
		snprintf(out, 16, "%d%c%d%s", tenths / 10,
		    language == LANGUAGE_VI ? ',' : '.', tenths % 10,
		    i + 1 == CHART_TEMPS ? "+" : "");
}

static void
temperatures_draw(struct canvas *canvas, struct box box,
    const struct view *view)
{
	const int *counts = view->chart.temps;
	int best = most(counts, CHART_TEMPS);
	char text[VIEW_TEXT_MAX], label[16];

	canvas_text(canvas, box.y, box.x, box.w, STYLE_WINDOW_KEY,
	    _("Temperatures"));
	for (size_t i = 0; i < CHART_TEMPS; i++) {
		struct box bar = { box.y + 2, box.x + (int)i * TEMP_COLS,
			box.h - 3, TEMP_COLS - 1 };
		int n = filled(counts[i], best, bar.h);

		column(canvas, bar, n, STYLE_WINDOW);
		snprintf(text, sizeof(text), "%d", counts[i]);
		if (counts[i] > 0)
			canvas_text(canvas, bar.y + bar.h - n - 1, bar.x,
			    TEMP_COLS, STYLE_WINDOW, text);
		chart_temperature(i, view->language, label);
		canvas_text(canvas, box.y + box.h - 1, bar.x, TEMP_COLS,
		    STYLE_WINDOW, label);
	}
}

void
chart_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	int upper = box.h - VERDICT_ROWS - 5, half = 24;

	if (box.h < 12 || box.w < half + 2 + CHART_TEMPS * TEMP_COLS)
		return;
	hours_draw(canvas, (struct box){ box.y, box.x, upper, box.w }, view);
	verdicts_draw(canvas, (struct box){ box.y + upper + 1, box.x,
	    VERDICT_ROWS + 4, half }, view);
	temperatures_draw(canvas, (struct box){ box.y + upper + 1,
	    box.x + half + 2, VERDICT_ROWS + 4, box.w - half - 2 }, view);
}
