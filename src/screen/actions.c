/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actions - what keys can do, when, and with which words.
 *
 * The key bar, the help page and `chot --help keys` are printed from these
 * tables: a key that does nothing now is not offered.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define HELP_KEY_COLS 11

/* ---- tables ------------------------------------------------------------------ */

enum when { /* where we are: one of these */
	WHEN_READY = 1, WHEN_GATHER = 2, WHEN_REPEAT = 4, WHEN_PASS = 8,
	WHEN_CHECK = 16, WHEN_STOP = 32, WHEN_FORM = 64, WHEN_CHOICE = 128,
	WHEN_WINDOW = 256, WHEN_FIELDS = 512, WHEN_CLOSED = 1024,
	WHEN_VERDICT = WHEN_PASS | WHEN_CHECK | WHEN_STOP,
	WHEN_OPEN = WHEN_READY | WHEN_GATHER,
	WHEN_LANE = WHEN_OPEN | WHEN_REPEAT | WHEN_VERDICT | WHEN_CLOSED,
	WHEN_WINDOWS = WHEN_FORM | WHEN_CHOICE | WHEN_WINDOW | WHEN_FIELDS,
};

enum need { /* and what else must be so: all of these */
	NEED_OUTCOME = 1, NEED_CORRECTABLE = 2, NEED_WAITING = 4,
	NEED_CLOCK = 8, NEED_ASK = 16, NEED_NUMBER = 32, NEED_WARMTH = 64,
	NEED_LANES = 128, NEED_PRINTER = 256, NEED_SURGE = 512,
	NEED_VENUE = 1024, NEED_MESSAGES = 2048, NEED_MORE = 4096,
	/* These a post has or has not: without, the help page is silent too. */
	NEED_POST = NEED_VENUE | NEED_LANES | NEED_ASK | NEED_PRINTER,
};

struct action_info {
	enum action action;
	const char *name;
	int when, need;
	const char *keys;    /* for the key bar, when no binding says it */
	const char *outcome; /* left out when Enter does the same */
	const char *bar;     /* N_(); "" stands for the outcome's words */
	const char *help;    /* N_() */
};

static const struct action_info actions[] = {
	{ ACTION_ENTER, "enter", WHEN_VERDICT, NEED_OUTCOME, NULL, NULL, "",
	    N_("what the caption names") },
	{ ACTION_ENTER, NULL, WHEN_REPEAT, 0, NULL, NULL, N_("record again"),
	    NULL },
	{ ACTION_ENTER, NULL, WHEN_FORM, 0, NULL, NULL, N_("done"), NULL },
	{ ACTION_ENTER, NULL, WHEN_FIELDS, 0, NULL, NULL, N_("next, done"),
	    NULL },
	{ ACTION_NONE, NULL, WHEN_FIELDS, NEED_MORE, "Tab", NULL,
	    N_("more fields"), NULL },
	{ ACTION_NONE, NULL, WHEN_OPEN, NEED_NUMBER, "0-9", NULL,
	    N_("type a number"), N_("number; pick from list") },
	{ ACTION_NONE, NULL, WHEN_CHOICE, 0, "1-9", NULL, N_("pick"), NULL },
	{ ACTION_TURN_BACK, "turn-back", WHEN_VERDICT, 0, NULL, "turned-back",
	    N_("turn back"), N_("turn back") },
	{ ACTION_HOLD, NULL, WHEN_STOP, 0, NULL, "held", N_("hold"), NULL },
	{ ACTION_HEALTH, "health-desk", WHEN_VERDICT, 0, NULL, "health-desk",
	    N_("health desk"), N_("send to the health desk") },
	{ ACTION_PASS, "let-pass", WHEN_CHECK, 0, NULL, "passed",
	    N_("let pass (reason)"), N_("let pass, with reason") },
	{ ACTION_PASS, NULL, WHEN_STOP, 0, NULL, "passed",
	    N_("let pass: leader"), NULL },
	{ ACTION_DETAIL, "details", WHEN_VERDICT, 0, NULL, NULL,
	    N_("details"), N_("what a verdict rests on") },
	{ ACTION_REMEASURE, "measure-again", WHEN_PASS | WHEN_CHECK, 0, NULL,
	    "waiting", N_("measure again"),
	    N_("measure again later") },
	{ ACTION_HOLD, "hold", WHEN_CHECK, 0, NULL, "held", N_("hold"),
	    N_("hold and hand over") },
	{ ACTION_TEMPERATURE, "temperature", WHEN_OPEN, NEED_WARMTH, NULL,
	    NULL, N_("temperature"), N_("type a hand-held reading") },
	{ ACTION_PLATE, "plate", WHEN_OPEN, 0, NULL, NULL, N_("plate"),
	    N_("type a plate") },
	{ ACTION_DECLARE, "declare", WHEN_OPEN | WHEN_PASS | WHEN_CHECK, 0,
	    NULL, NULL, N_("declare"), N_("declare for a person") },
	{ ACTION_ZONE, "passport", 0, 0, NULL, NULL, "",
	    N_("type a passport's lines") },
	{ ACTION_INSIDE, "inside", WHEN_READY, NEED_VENUE, NULL, NULL,
	    N_("inside"), N_("how many are inside") },
	{ ACTION_CHART, "charts", 0, 0, NULL, NULL, "", N_("charts of the shift") },
	{ ACTION_SEARCH, "search", 0, 0, NULL, NULL, "",
	    N_("find, in this shift") },
	{ ACTION_NONE, NULL, WHEN_READY | WHEN_PASS | WHEN_CHECK, NEED_SURGE,
	    "1-9", NULL, N_("people aboard"), NULL },
	{ ACTION_SURGE, "surge", WHEN_READY, NEED_SURGE, NULL, NULL,
	    N_("end surge"), N_("surge: open for a time") },
	{ ACTION_LOGBOOK, "logbook", 0, 0, NULL, NULL, "",
	    N_("back-dated entry") },
	{ ACTION_UNDO, "undo", WHEN_READY, NEED_CORRECTABLE, NULL, NULL,
	    N_("correct"), N_("correct, within 60 s") },
	{ ACTION_WAITING, "waiting", WHEN_OPEN, NEED_WAITING, NULL, NULL,
	    N_("waiting list"), N_("second readings") },
	{ ACTION_DIRECTION, "direction", WHEN_READY, NEED_ASK, NULL, NULL,
	    N_("in/out"), N_("change in and out") },
	{ ACTION_PRINT, "print", WHEN_VERDICT, NEED_PRINTER, NULL, NULL,
	    N_("print"), N_("print a slip") },
	{ ACTION_LANE, "lane", WHEN_LANE, NEED_LANES, NULL, NULL,
	    N_("lane"), N_("the next lane") },
	{ ACTION_CLOCK, "clock", WHEN_LANE, NEED_CLOCK, NULL, NULL,
	    N_("confirm time"), N_("confirm the time") },
	{ ACTION_DEVICES, "devices", WHEN_CLOSED, 0, NULL, NULL, N_("devices"),
	    N_("devices of the post") },
	{ ACTION_POST, "post", WHEN_READY | WHEN_CLOSED, 0, NULL, NULL, N_("post"),
	    N_("shift, log-in, machine") },
	{ ACTION_MESSAGES, "messages", WHEN_READY | WHEN_CLOSED,
	    NEED_MESSAGES, NULL, NULL,
	    N_("messages"), N_("messages of the hub") },
	{ ACTION_LOCK, "lock", 0, 0, NULL, NULL, "", N_("lock the post") },
	{ ACTION_ESCAPE, "close", WHEN_WINDOWS, 0, NULL, NULL, N_("close"),
	    N_("close; never decides") },
	{ ACTION_ESCAPE, NULL, WHEN_REPEAT, 0, NULL, NULL, N_("leave it"),
	    NULL },
	{ ACTION_UP, "up", 0, 0, NULL, NULL, "", NULL },
	{ ACTION_DOWN, "down", 0, 0, NULL, NULL, "", NULL },
	{ ACTION_BACKSPACE, "erase", WHEN_FORM | WHEN_FIELDS, 0, NULL, NULL, N_("erase"),
	    NULL }, /* the bar says it, and the help page is full */
	{ ACTION_REDRAW, "redraw", 0, 0, NULL, NULL, "",
	    NULL }, /* Ctrl-L, as everywhere */
	{ ACTION_QUIT, "quit", 0, 0, NULL, NULL, "",
	    N_("twice: leave") },
	{ ACTION_HELP, "help", WHEN_LANE, 0, NULL, NULL, N_("keys"),
	    N_("all keys") },
};

/* ---- names ------------------------------------------------------------------ */

const char *
action_name(enum action action)
{
	for (size_t i = 0; i < nitems(actions); i++)
		if (actions[i].action == action && actions[i].name != NULL)
			return actions[i].name;
	return "none";
}

enum action
action_find(const char *name)
{
	for (size_t i = 0; i < nitems(actions); i++)
		if (actions[i].name != NULL &&
		    strcmp(actions[i].name, name) == 0)
			return actions[i].action;
	return ACTION_NONE;
}

/* ---- key bar and help ----------------------------------------------------------- */

static enum when
when_now(const struct view *view)
{
	static const enum when of_verdict[] = { [VERDICT_PASS] = WHEN_PASS,
		[VERDICT_CHECK] = WHEN_CHECK, [VERDICT_STOP] = WHEN_STOP };
	static const enum when of_phase[] = { [PHASE_READY] = WHEN_READY,
		[PHASE_GATHER] = WHEN_GATHER, [PHASE_REPEAT] = WHEN_REPEAT,
		[PHASE_VERDICT] = WHEN_VERDICT };
	static const enum when of_window[] = { [WINDOW_NONE] = 0,
		[WINDOW_FOUND] = WHEN_WINDOW, [WINDOW_CHART] = WHEN_WINDOW,
		[WINDOW_FORM] = WHEN_FORM, [WINDOW_CHOICE] = WHEN_CHOICE,
		[WINDOW_HELP] = WHEN_WINDOW, [WINDOW_WAITING] = WHEN_WINDOW,
		[WINDOW_DETAIL] = WHEN_WINDOW, [WINDOW_DEVICES] = WHEN_WINDOW,
		[WINDOW_FIELDS] = WHEN_FIELDS, [WINDOW_PANEL] = WHEN_WINDOW };

	if (view->window == WINDOW_PANEL && view->panel.asks)
		return WHEN_FORM;
	if (view->window == WINDOW_PANEL ? view->panel.nchoices > 0 :
	    view->window == WINDOW_WAITING && view->nwaiting > 0)
		return WHEN_CHOICE;
	if (view->window != WINDOW_NONE)
		return of_window[view->window];
	if (view->closed)
		return WHEN_CLOSED;
	if (view->lane.phase == PHASE_VERDICT)
		return of_verdict[view->lane.judgement.verdict];
	return of_phase[view->lane.phase];
}

static int
needs_met(const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	int met = 0;

	met |= lane->outcome[0] != '\0' ? NEED_OUTCOME : 0;
	met |= view->nrecent > 0 && view->recent[0].correctable ?
	    NEED_CORRECTABLE : 0;
	met |= view->nwaiting > 0 ? NEED_WAITING : 0;
	met |= view->clock == CLOCK_UNCONFIRMED ? NEED_CLOCK : 0;
	met |= lane->turns ? NEED_ASK : 0;
	met |= view->nothers > 0 ? NEED_LANES : 0;
	met |= lane->prints ? NEED_PRINTER : 0;
	met |= view->surge_min > 0 ? NEED_SURGE : 0;
	met |= view->capacity > 0 ? NEED_VENUE : 0;
	met |= view->messages_new > 0 ? NEED_MESSAGES : 0;
	met |= view->window == WINDOW_FIELDS &&
	    fields_shown(&view->fields) < view->fields.n ? NEED_MORE : 0;
	met |= (lane->phase != PHASE_GATHER || lane->needs_identity) &&
	    view->surge_min == 0 ? NEED_NUMBER : 0;
	met |= lane->phase != PHASE_GATHER || lane->needs_temperature ?
	    NEED_WARMTH : 0;
	return met;
}

static bool
offered(const struct action_info *info, const struct view *view)
{
	if ((info->when & (int)when_now(view)) == 0)
		return false;
	if ((info->need & needs_met(view)) != info->need)
		return false;
	if (info->action == ACTION_ESCAPE && view->window == WINDOW_PANEL &&
	    view->panel.stays)
		return false;
	if (info->action == ACTION_ENTER || info->outcome == NULL)
		return true;
	return strcmp(info->outcome, view->lane.outcome) != 0;
}

/* What Enter does, in the short words of the key that does the same. */
static void
outcome_words(const char *outcome, char words[VIEW_TEXT_MAX])
{
	for (size_t i = 0; i < nitems(actions); i++) {
		if (actions[i].outcome != NULL &&
		    actions[i].action != ACTION_PASS &&
		    strcmp(actions[i].outcome, outcome) == 0) {
			word_capitals(_(actions[i].bar), words, VIEW_TEXT_MAX);
			return;
		}
	}
	word_decision(outcome, words);
}

static void
choice_keys(const struct view *view, char key[32])
{
	const struct view_panel *panel = &view->panel;
	size_t n = panel->nchoices < PANEL_CHOICES_MAX ? panel->nchoices :
	    PANEL_CHOICES_MAX;

	if (view->window != WINDOW_PANEL)
		snprintf(key, 32, "1-%zu", view->window == WINDOW_WAITING ?
		    view->nwaiting : view->nchoices);
	else if (n == 1)
		snprintf(key, 32, "%c", panel->choices[0].key);
	else
		snprintf(key, 32, "%c-%c", panel->choices[0].key,
		    panel->choices[n - 1].key);
}

static void
bar_words(const struct action_info *info, const struct view *view,
    const struct bindings *bindings, char key[32], char words[VIEW_TEXT_MAX])
{
	if (info->keys != NULL)
		snprintf(key, 32, "%s", info->keys);
	else
		bindings_names(bindings, info->action, true, key, 32);
	if (info->action == ACTION_NONE && when_now(view) == WHEN_CHOICE)
		choice_keys(view, key);
	if (info->bar[0] == '\0')
		outcome_words(view->lane.outcome, words);
	else
		snprintf(words, VIEW_TEXT_MAX, "%s", _(info->bar));
}

void
keybar_draw(struct canvas *canvas, int y, const struct view *view)
{
	struct bindings bindings;
	char key[32], words[VIEW_TEXT_MAX];
	int x = 1, end = canvas->cols - 1;

	bindings_init(&bindings);
	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_KEYBAR);
	if ((when_now(view) & WHEN_LANE) != 0) { /* help is last, and always there */
		snprintf(words, sizeof(words), "? %s", _("keys"));
		x = canvas_right(canvas, y, 1, end - 1, STYLE_KEYBAR, words);
		canvas_cell(canvas, y, x, '?', STYLE_KEY);
		end = x - 1;
		x = 1;
	}
	for (size_t i = 0; i < nitems(actions); i++) {
		int width;

		if (actions[i].action == ACTION_HELP ||
		    !offered(&actions[i], view))
			continue;
		bar_words(&actions[i], view, &bindings, key, words);
		width = canvas_columns(key) + 1 + canvas_columns(words);
		if (x + width > end)
			continue;
		x += canvas_text(canvas, y, x, width, STYLE_KEY, key) + 1;
		x += canvas_text(canvas, y, x, end - x, STYLE_KEYBAR, words) + 2;
	}
}

/* A key that does nothing at this post is not told of. */
static bool
helpful(const struct action_info *info, const struct view *view)
{
	return info->help != NULL &&
	    (info->need & NEED_POST & ~needs_met(view)) == 0;
}

int
help_rows(const struct view *view, int columns)
{
	int n = 0;

	for (size_t i = 0; i < nitems(actions); i++)
		n += helpful(&actions[i], view);
	return (n + columns - 1) / columns;
}

void
help_draw(struct canvas *canvas, struct box box, const struct view *view)
{
	struct bindings bindings;
	int columns = box.w >= HELP_WIDE_COLS ? 2 : 1, i = 0;
	int width = box.w / columns, rows = help_rows(view, columns);

	bindings_init(&bindings);
	for (size_t a = 0; a < nitems(actions); a++) {
		int y = box.y + i % rows, x = box.x + i / rows * width;
		char key[32];

		if (!helpful(&actions[a], view))
			continue;
		i++;
		if (y >= box.y + box.h)
			continue;
		bindings_names(&bindings, actions[a].action, false, key,
		    sizeof(key));
		canvas_fill(canvas, (struct box){ y, x, 1, HELP_KEY_COLS },
		    ' ', STYLE_WINDOW_KEY);
		canvas_text(canvas, y, x + 1, HELP_KEY_COLS - 1,
		    STYLE_WINDOW_KEY, actions[a].keys != NULL ?
		    actions[a].keys : key);
		canvas_text(canvas, y, x + HELP_KEY_COLS + 1,
		    width - HELP_KEY_COLS - 1, STYLE_WINDOW,
		    _(actions[a].help));
	}
}

void
screen_print_keys(FILE *out)
{
	struct bindings bindings;

	bindings_init(&bindings);
	for (size_t i = 0; i < nitems(actions); i++) {
		char key[32];

		if (actions[i].help == NULL)
			continue;
		bindings_names(&bindings, actions[i].action, false, key,
		    sizeof(key));
		fprintf(out, "  %-12s %s\n",
		    actions[i].keys != NULL ? actions[i].keys : key,
		    _(actions[i].help));
	}
}
