/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * desk - what the officer's keys do: windows, forms, choices, outcomes. Pure.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIT_MS 3000

/* ---- windows ------------------------------------------------------------------ */

static void
open_form(struct desk *desk, enum form_kind kind)
{
	desk->window = WINDOW_FORM;
	form_open(&desk->form, kind);
}

static void
open_paper(struct desk *desk, enum paper_kind kind, const struct session *s)
{
	desk->window = WINDOW_FIELDS;
	paper_open(&desk->paper, kind, s);
}

static void
open_choice(struct desk *desk, const struct session *s, enum choice choice)
{
	desk->window = WINDOW_CHOICE;
	desk->choice = choice;
	desk->shown_n = s->shown_n;
}

bool
desk_ask_print(struct desk *desk, const struct session *s)
{
	if (desk->window != WINDOW_NONE || s->phase != PHASE_VERDICT)
		return false;
	open_choice(desk, s, CHOICE_PRINT);
	return true;
}

/* ---- forms ------------------------------------------------------------------------ */

static void
temperature_typed(struct session *s, const char *text, const struct moment *m)
{
	struct reading reading = {
		.source = TEMP_HAND, .taken_ms = m->now_ms,
		.temp = { .result_mc = (int32_t)strtol(text, NULL, 10) * 100,
		    .samples = 1, .quality = "ok" },
	};

	if (reading.temp.result_mc < 35000)
		snprintf(reading.temp.quality, sizeof(reading.temp.quality),
		    "cold");
	session_reading(s, &reading, m);
}

static enum desk_result
clock_typed(struct desk *desk, const struct session *s, const struct moment *m)
{
	int64_t at = form_time(&desk->form, m->wall,
	    s->setup.conf->utc_offset_s);

	if (!clock_plausible(at, desk->clock_floor)) {
		snprintf(desk->form.problem, sizeof(desk->form.problem), "%s",
		    _("This time cannot be: type the date and time"));
		return DESK_STAY;
	}
	desk->clock_at = at;
	desk->window = WINDOW_NONE;
	return DESK_CLOCK;
}

static enum desk_result
form_done(struct desk *desk, struct session *s, const struct moment *m)
{
	char text[sizeof(desk->form.text)];

	memcpy(text, desk->form.text, sizeof(text));
	if (desk->form.kind == FORM_CLOCK)
		return clock_typed(desk, s, m);
	desk->window = WINDOW_NONE;
	switch (desk->form.kind) {
	case FORM_NUMBER:
		session_scan(s, (const unsigned char *)text, strlen(text),
		    SCAN_TYPED, m);
		break;
	case FORM_PLATE:
		session_plate(s, text, m);
		break;
	case FORM_INSIDE:
		venue_set(s, strtol(text, NULL, 10), m);
		break;
	case FORM_MINUTES:
		desk->surge_minutes = (int)strtol(text, NULL, 10);
		if (s->shift->leaders)
			return DESK_SURGE;
		surge_start(s, desk->surge_minutes, m);
		break;
	case FORM_SEARCH:
		desk->window = WINDOW_FOUND;
		memcpy(desk->query, text, sizeof(desk->query));
		break;
	case FORM_TEMPERATURE:
		temperature_typed(s, text, m);
		break;
	default:
		break;
	}
	return DESK_STAY;
}

/* ---- keys --------------------------------------------------------------------------------- */

/* What is left to whoever may not decide about people: an administrator. */
static bool
open_to_all(const struct input *input)
{
	static const enum action list[] = { ACTION_NONE, ACTION_POST,
		ACTION_MESSAGES, ACTION_LOCK, ACTION_LANE, ACTION_DEVICES,
		ACTION_CHART, ACTION_CLOCK, ACTION_HELP, ACTION_ESCAPE,
		ACTION_QUIT, ACTION_REDRAW };

	for (size_t i = 0; i < nitems(list); i++)
		if (input->action == list[i])
			return !isdigit((unsigned char)input->character[0]);
	return false;
}

static void
pass(struct desk *desk, struct session *s, const struct moment *m)
{
	if (s->phase != PHASE_VERDICT)
		return;
	if (reason_possible(s) && !s->shift->recorder_full)
		open_choice(desk, s, CHOICE_WHY_PASS);
	else
		session_decide(s, "passed", "key", "", m);
}

/* The same key opens the post, and closes it before its time. */
static void
surge(struct desk *desk, struct session *s, const struct moment *m)
{
	if (desk->kiosk || s->shift->recorder_full)
		return;
	if (surge_open(s->shift, m))
		surge_stop(s, m);
	else
		open_form(desk, FORM_MINUTES);
}

static enum desk_result
quit(struct desk *desk, struct session *s, const struct moment *m)
{
	if (desk->kiosk)
		return DESK_STAY;
	if (desk->quit_ms != 0 && m->now_ms - desk->quit_ms <= QUIT_MS)
		return DESK_QUIT;
	desk->quit_ms = m->now_ms;
	session_note(s, false, m, _("Ctrl-Q once more leaves the post"));
	return DESK_STAY;
}

static enum desk_result
act(struct desk *desk, struct session *s, enum action action,
    const struct moment *m)
{
	switch (action) {
	case ACTION_ENTER:
		session_enter(s, m);
		break;
	case ACTION_PASS:
		pass(desk, s, m);
		break;
	case ACTION_TURN_BACK:
		session_decide(s, "turned-back", "key", "", m);
		break;
	case ACTION_HEALTH:
		session_decide(s, "health-desk", "key", "", m);
		break;
	case ACTION_HOLD:
		session_decide(s, "held", "key", "", m);
		break;
	case ACTION_REMEASURE:
		session_decide(s, "waiting", "key", "", m);
		break;
	case ACTION_TEMPERATURE:
		open_form(desk, FORM_TEMPERATURE);
		break;
	case ACTION_PLATE:
		open_form(desk, FORM_PLATE);
		if (s->vehicle.read && s->vehicle.people == 0)
			snprintf(desk->form.text, sizeof(desk->form.text),
			    "%s", s->vehicle.plate);
		break;
	case ACTION_DECLARE:
		if (s->phase == PHASE_VERDICT &&
		    s->judgement.verdict == VERDICT_STOP)
			session_note(s, false, m, _("Decide first"));
		else
			open_paper(desk, PAPER_DECLARATION, s);
		break;
	case ACTION_SEARCH:
		open_form(desk, FORM_SEARCH);
		break;
	case ACTION_CHART:
		desk->window = WINDOW_CHART;
		break;
	case ACTION_INSIDE:
		if (s->setup.conf->capacity > 0 && !s->shift->recorder_full)
			open_form(desk, FORM_INSIDE);
		break;
	case ACTION_SURGE:
		surge(desk, s, m);
		break;
	case ACTION_ZONE:
		open_paper(desk, PAPER_ZONE, s);
		break;
	case ACTION_LOGBOOK:
		open_paper(desk, PAPER_LOGBOOK, s);
		break;
	case ACTION_CLOCK:
		if (m->clock != CLOCK_CONFIRMED)
			open_form(desk, FORM_CLOCK);
		else
			session_note(s, false, m, _("Clock confirmed"));
		break;
	case ACTION_DETAIL:
		if (s->phase == PHASE_VERDICT) {
			desk->window = WINDOW_DETAIL;
			desk->detail_page = 0;
			desk->person_n = s->person.record_n;
			session_look(s, m);
		}
		break;
	case ACTION_UNDO:
		if (s->phase != PHASE_VERDICT && session_may_correct(s, m))
			open_choice(desk, s, CHOICE_CORRECT);
		else
			session_note(s, false, m, _("Nothing to correct within 60 seconds"));
		break;
	case ACTION_WAITING:
		desk->window = WINDOW_WAITING;
		break;
	case ACTION_DEVICES:
		desk->window = WINDOW_DEVICES;
		break;
	case ACTION_HELP:
		desk->window = WINDOW_HELP;
		break;
	case ACTION_DIRECTION:
		session_turn(s, m);
		break;
	case ACTION_PRINT:
		session_print(s, m);
		break;
	case ACTION_POST:
		return DESK_POST;
	case ACTION_MESSAGES:
		return DESK_MAIL;
	case ACTION_LOCK:
		return DESK_LOCK;
	case ACTION_LANE:
		return DESK_LANE;
	case ACTION_ESCAPE:
		session_dismiss(s, m);
		break;
	case ACTION_QUIT:
		return quit(desk, s, m);
	case ACTION_REDRAW:
		return DESK_REDRAW;
	default:
		break;
	}
	return DESK_STAY;
}

static size_t
digit(const struct input *input)
{
	return isdigit((unsigned char)input->character[0]) &&
	    input->character[0] != '0' ?
	    (size_t)(input->character[0] - '0') : 0;
}

/* The n-th person of the waiting list as it is shown. */
static void
recall(struct session *s, size_t n, const struct moment *m)
{
	for (size_t i = 0; i < WAITING_MAX; i++)
		if (s->shift->waiting[i].present && --n == 0) {
			session_recall(s, i, m);
			return;
		}
}

/* Somebody else is to allow it by PIN before anybody passes. */
static enum desk_result
leader(struct desk *desk, const char *why, bool corrects)
{
	desk->leader_why = why;
	desk->leader_corrects = corrects;
	return DESK_LEADER;
}

static enum desk_result
picked(struct desk *desk, struct session *s, size_t n, const struct moment *m)
{
	const char *word;

	if (n == 0 || n > choice_count(desk->choice, s))
		return DESK_STAY;
	word = choice_word(desk->choice, n - 1);
	desk->window = WINDOW_NONE;
	if (desk->choice == CHOICE_WHY_PASS && (strcmp(word, WHY_CLEARED) == 0 ||
	    s->judgement.verdict == VERDICT_STOP)) {
		/* The others are the leader's to give. */
		if (strcmp(word, WHY_CLEARED) != 0 && !s->shift->leaders) {
			session_note(s, true, m, _("Leader's PIN needed"));
			return DESK_STAY;
		}
		return leader(desk, word, false);
	}
	if (desk->choice == CHOICE_WHY_CORRECT &&
	    s->decided.verdict == VERDICT_STOP)
		return leader(desk, word, true);
	if (desk->choice == CHOICE_PRINT && n == 1)
		session_print_again(s, m);
	else if (desk->choice == CHOICE_PRINT)
		return DESK_STAY;
	else if (desk->choice == CHOICE_WHY_PASS)
		session_decide(s, "passed", "key", word, m);
	else if (desk->choice == CHOICE_WHY_CORRECT)
		session_correct(s, "passed", word, m);
	else if (strcmp(word, "passed") == 0 &&
	    (s->decided.verdict == VERDICT_CHECK ||
	    (s->decided.verdict == VERDICT_STOP && s->shift->leaders)))
		open_choice(desk, s, CHOICE_WHY_CORRECT);
	else
		session_correct(s, word, "", m);
	return DESK_STAY;
}

static enum desk_result
window_key(struct desk *desk, struct session *s, const struct input *input,
    const struct moment *m)
{
	if (desk->window == WINDOW_CHOICE && digit(input) > 0) {
		return picked(desk, s, digit(input), m);
	} else if (desk->window == WINDOW_WAITING && digit(input) > 0) {
		desk->window = WINDOW_NONE;
		recall(s, digit(input), m);
	} else if (input->kind == INPUT_ACTION &&
	    (input->action == ACTION_QUIT || input->action == ACTION_REDRAW)) {
		return act(desk, s, input->action, m);
	} else if (desk->window == WINDOW_DEVICES &&
	    input->kind == INPUT_ACTION && input->action == ACTION_DEVICES) {
		return DESK_RAW;
	} else if (desk->window == WINDOW_DETAIL &&
	    input->kind == INPUT_ACTION && input->action == ACTION_DETAIL) {
		desk->detail_page++;
	} else if (desk->window != WINDOW_CHOICE ||
	    input->action == ACTION_ESCAPE) {
		desk->window = WINDOW_NONE;
	}
	return DESK_STAY;
}

void
desk_settle(struct desk *desk, const struct session *s)
{
	/* A list that was opened for another person must not stay over the
	 * verdict of this one: its digits would mean somebody else. */
	if (desk->window == WINDOW_CHOICE && (desk->choice == CHOICE_CORRECT ||
	    desk->choice == CHOICE_WHY_CORRECT ?
	    s->phase == PHASE_VERDICT : s->phase != PHASE_VERDICT ||
	    s->shown_n != desk->shown_n))
		desk->window = WINDOW_NONE;
	if (desk->window == WINDOW_FIELDS && !paper_settle(&desk->paper, s))
		desk->window = WINDOW_NONE;
	if (desk->window == WINDOW_DETAIL && (s->phase != PHASE_VERDICT ||
	    s->person.record_n != desk->person_n))
		desk->window = WINDOW_NONE;
}

enum desk_result
desk_input(struct desk *desk, struct session *s, const struct input *input,
    const struct moment *m)
{
	switch (input->kind) {
	case INPUT_SCAN: /* a scan goes to the lane wherever the focus is */
		if (desk->window == WINDOW_FORM)
			desk->window = WINDOW_NONE;
		session_scan(s, input->scan, input->scan_len, SCAN_SCANNER, m);
		return DESK_STAY;
	case INPUT_PASTE:
		session_note(s, true, m, "%s", desk->over_ssh ?
		    _("Over SSH neither pastes nor scans by keyboard are taken") :
		    _("Pasted text is not taken"));
		return DESK_STAY;
	default:
		session_heard(s); /* it was said about an earlier key */
		break;
	}
	if (desk->window == WINDOW_FORM) {
		switch (form_input(&desk->form, input)) {
		case FORM_DONE:
			return form_done(desk, s, m);
		case FORM_CANCELLED:
			desk->window = WINDOW_NONE;
			break;
		case FORM_EDITING:
			break;
		}
		return DESK_STAY;
	}
	if (desk->window == WINDOW_FIELDS) {
		if (paper_input(&desk->paper, s, input, m) != FORM_EDITING)
			desk->window = WINDOW_NONE;
		return DESK_STAY;
	}
	if (desk->window != WINDOW_NONE)
		return window_key(desk, s, input, m);
	if (s->shift->closed && !open_to_all(input)) {
		session_note(s, true, m, "%s", _(s->shift->closed_why));
		return DESK_STAY;
	}
	if (input->alone && digit(input) > 0 && surge_open(s->shift, m)) {
		surge_decide(s, "next", m);
		surge_vehicle(s, (int)digit(input), m);
		return DESK_STAY;
	}
	if (isdigit((unsigned char)input->character[0])) {
		open_form(desk, FORM_NUMBER);
		form_input(&desk->form, input);
		return DESK_STAY;
	}
	return input->kind == INPUT_ACTION ?
	    act(desk, s, input->action, m) : DESK_STAY;
}

/* ---- view ------------------------------------------------------------------------------------- */

void
desk_view(const struct desk *desk, const struct session *s,
    const struct moment *m, struct view *view)
{
	size_t n = choice_count(desk->choice, s);

	view->window = desk->window;
	view->form = desk->form;
	if (desk->window == WINDOW_CHART)
		tally_view(s->shift, m->wall, s->setup.conf->utc_offset_s,
		    &view->chart);
	if (desk->window == WINDOW_FOUND)
		view->nfound = search_find(s->shift, desk->query,
		    s->setup.conf->utc_offset_s, view->found,
		    VIEW_RECENT_MAX);
	if (desk->window == WINDOW_FIELDS)
		view->fields = desk->paper.fields;
	if (desk->window == WINDOW_DETAIL)
		detail_of(s, m, view);
	view->detail_page = desk->detail_page;
	if (desk->window != WINDOW_CHOICE)
		return;
	snprintf(view->choice_title, sizeof(view->choice_title), "%s",
	    _(choice_title(desk->choice)));
	view->nchoices = n;
	for (size_t i = 0; i < n; i++)
		snprintf(view->choices[i], VIEW_TEXT_MAX, "%s",
		    _(choice_text(desk->choice, i)));
}
