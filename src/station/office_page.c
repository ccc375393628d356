/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office_page - the window of key P: shift and sheet, doubts, training. What
 * needs a leader asks for one; what a page is about stands in its table.
 */
#include "parts.h"
#include "shoulder.h"

#include <stdio.h>
#include <string.h>

struct row {
	const char *text; /* N_() */
	bool (*shown)(const struct office *o); /* NULL: always */
	void (*pick)(struct office *o, const struct moment *m);
};

/* ---- the first page ---------------------------------------------------------------- */

static bool
has_officers(const struct office *o)
{
	return duty_needed(&o->duty);
}

static bool
somebody_is_on(const struct office *o)
{
	return duty_needed(&o->duty) && !duty_closed(&o->duty);
}

/* An administrator has no shift, and allows nothing that is about people. */
static bool
decides(const struct office *o)
{
	return somebody_is_on(o) && duty_may(&o->duty, RIGHT_PEOPLE);
}

static bool
attended(const struct office *o)
{
	return somebody_is_on(o) &&
	    strcmp(o->st->conf->mode, "kiosk") != 0;
}

/* A kiosk without officers has a page of the machine and nothing else. */
static bool
works(const struct office *o)
{
	return decides(o) || (!duty_needed(&o->duty) &&
	    strcmp(o->st->conf->mode, "kiosk") != 0);
}

static bool
has_sheet(const struct office *o)
{
	return works(o) || somebody_is_on(o);
}

static bool
is_open(const struct office *o)
{
	return !duty_closed(&o->duty);
}

static bool
no_training(const struct office *o)
{
	return works(o) && !o->st->shift.training;
}

static bool
in_training(const struct office *o)
{
	return works(o) && o->st->shift.training;
}

static void
log_in(struct office *o, const struct moment *m)
{
	duty_ask(&o->duty, DUTY_LOG_IN, m);
}

static void
sheet(struct office *o, const struct moment *m)
{
	(void)m;
	o->closing = false;
	o->page = PAGE_SHEET;
}

static void
hand_over(struct office *o, const struct moment *m)
{
	if (has_officers(o)) {
		duty_ask(&o->duty, DUTY_TAKE_OVER, m);
		return;
	}
	shifts_end(o, "hand-over", m);
	shifts_begin(o, m);
	o->closing = true;
	o->page = PAGE_SHEET;
}

static void
end(struct office *o, const struct moment *m)
{
	(void)m;
	o->page = PAGE_END;
}

static void
doubt(struct office *o, const struct moment *m)
{
	(void)m;
	o->page = PAGE_DOUBT;
}

static void
training(struct office *o, const struct moment *m)
{
	struct shift *shift = &o->st->shift;

	for (size_t i = 0; i < o->st->nlanes; i++)
		if (o->st->lanes[i].session.phase != PHASE_READY) {
			snprintf(o->note, sizeof(o->note), "%s",
			    _("First decide who stands at the lanes"));
			return;
		}
	if (shift->leaders) {
		leader_ask(o, FOR_TRAINING, m);
		return;
	}
	o->duty.who = (struct duty_officer){ .id = "" };
	o->asked = FOR_TRAINING;
	leader_approved(o, m);
}

static void
lock(struct office *o, const struct moment *m)
{
	(void)m;
	o->page = PAGE_NONE;
	office_lock(o->st);
}

static void
log_out(struct office *o, const struct moment *m)
{
	o->page = PAGE_NONE;
	office_say(o, "log-out", (const char *const[]){ "name",
	    o->duty.on.name, NULL });
	lookup_lock(o->st->lookup);
	duty_log_out(&o->duty, m);
	if (strcmp(o->st->conf->mode, "kiosk") == 0)
		duty_forget(&o->duty);
	office_share(o);
}

static void
machine(struct office *o, const struct moment *m)
{
	(void)m;
	o->page = PAGE_MACHINE;
}

static void
off(struct office *o, const struct moment *m)
{
	(void)m;
	o->page = PAGE_OFF;
}

static const struct row post_rows[] = {
	{ N_("Log in another officer"), has_officers, log_in },
	{ N_("Sheet of this shift"), has_sheet, sheet },
	{ N_("Hand over / take over"), works, hand_over },
	{ N_("End the shift"), decides, end },
	{ N_("Accept old lists or the clock"), decides, doubt },
	{ N_("Begin training"), no_training, training },
	{ N_("End training"), in_training, training },
	{ N_("Machine"), is_open, machine },
	{ N_("Lock the post"), attended, lock },
	{ N_("Log out"), somebody_is_on, log_out },
};

/* ---- the end of a shift --------------------------------------------------------------- */

static void
end_now(struct office *o, const struct moment *m)
{
	bool officers = somebody_is_on(o);

	shifts_end(o, "shift-end", m);
	if (officers)
		log_out(o, m);
	o->closing = true;
	o->page = PAGE_SHEET;
}

static const struct row machine_rows_of[] = {
	{ N_("Brighter"), machinery_dims, machinery_brighter },
	{ N_("Darker"), machinery_dims, machinery_darker },
	{ N_("Louder"), machinery_sounds, machinery_louder },
	{ N_("Quieter"), machinery_sounds, machinery_quieter },
	{ N_("Set the time"), adjust_may, adjust_time_open },
	{ N_("Network"), NULL, adjust_network_open },
	{ N_("Switch the machine off"), machinery_ends, off },
};

static const struct row off_rows[] = {
	{ N_("Switch it off now"), machinery_ends, machinery_ask_off },
};

static const struct row end_rows[] = {
	{ N_("End it: print the sheet and log out"), NULL, end_now },
};

/* ---- doubts ------------------------------------------------------------------------------ */

static void
doubt_lists(struct office *o, const struct moment *m)
{
	(void)m;
	o->doubts = POLICY_ACCEPT_LISTS;
	o->page = PAGE_WHY;
}

static void
doubt_clock(struct office *o, const struct moment *m)
{
	(void)m;
	o->doubts = POLICY_ACCEPT_CLOCK;
	o->page = PAGE_WHY;
}

static void
doubt_both(struct office *o, const struct moment *m)
{
	(void)m;
	o->doubts = POLICY_ACCEPT_LISTS | POLICY_ACCEPT_CLOCK;
	o->page = PAGE_WHY;
}

static bool
in_doubt(const struct office *o)
{
	return o->doubt_ms != 0;
}

static void
doubt_over(struct office *o, const struct moment *m)
{
	o->doubt_ms = m->now_ms; /* the next tick ends it */
	o->page = PAGE_NONE;
}

static const struct row doubt_rows[] = {
	{ N_("Lists older than the limit"), NULL, doubt_lists },
	{ N_("A clock nobody confirmed"), NULL, doubt_clock },
	{ N_("Both"), NULL, doubt_both },
	{ N_("Accept no longer"), in_doubt, doubt_over },
};

struct why {
	const char *word, *text;
};

static const struct why whys[] = {
	{ "no-network", N_("No network") },
	{ "lists-late", N_("New lists have not come") },
	{ "no-clock", N_("The machine has no clock of its own") },
	{ "other", N_("Other") },
};

static const int hours[] = { 1, 2, 4, 8 }; /* never more than 8 */

/* ---- keys ------------------------------------------------------------------------------------ */

static const struct row *
rows_of(enum office_page page, size_t *n)
{
	static const struct {
		const struct row *rows;
		size_t n;
	} pages[] = {
		[PAGE_POST] = { post_rows, nitems(post_rows) },
		[PAGE_END] = { end_rows, nitems(end_rows) },
		[PAGE_DOUBT] = { doubt_rows, nitems(doubt_rows) },
		[PAGE_MACHINE] = { machine_rows_of, nitems(machine_rows_of) },
		[PAGE_OFF] = { off_rows, nitems(off_rows) },
	};

	*n = page < (int)nitems(pages) ? pages[page].n : 0;
	return pages[*n > 0 ? page : PAGE_POST].rows;
}

/* The at-th row that is shown, from 1. */
static const struct row *
row_at(const struct office *o, size_t at)
{
	size_t n;
	const struct row *rows = rows_of(o->page, &n);

	for (size_t i = 0; i < n; i++)
		if ((rows[i].shown == NULL || rows[i].shown(o)) && --at == 0)
			return &rows[i];
	return NULL;
}

void
page_open(struct office *o, const struct moment *m)
{
	o->note[0] = '\0';
	o->page_ms = m->now_ms;
	o->page = PAGE_POST;
}

static void
picked(struct office *o, size_t at, const struct moment *m)
{
	const struct row *row = row_at(o, at);

	o->note[0] = '\0';
	if (row != NULL) {
		row->pick(o, m);
	} else if (o->page == PAGE_NETWORK) {
		adjust_network_pick(o, at, m);
	} else if (o->page == PAGE_WHY && at <= nitems(whys)) {
		o->why = whys[at - 1].word;
		o->page = PAGE_HOURS;
	} else if (o->page == PAGE_HOURS && at <= nitems(hours)) {
		o->hours = hours[at - 1];
		leader_ask(o, FOR_DOUBT, m);
	}
}

bool
page_input(struct office *o, const struct input *input,
    const struct moment *m)
{
	char c = input->character[0];

	if (input->kind == INPUT_SCAN || input->kind == INPUT_PASTE ||
	    input->action == ACTION_REDRAW || input->action == ACTION_QUIT)
		return false;
	o->page_ms = m->now_ms;
	if (o->page == PAGE_TIME)
		adjust_time_input(o, input, m);
	else if (o->page == PAGE_MAIL)
		mailbox_input(o, input);
	else if (c == '0' && o->page == PAGE_POST)
		shoulder_end(o->st->shoulder);
	else if (c >= '1' && c <= '9' && o->page != PAGE_SHEET)
		picked(o, (size_t)(c - '0'), m);
	else if (input->action == ACTION_ESCAPE || o->page == PAGE_SHEET)
		o->page = PAGE_NONE;
	return true;
}

/* ---- view ------------------------------------------------------------------------------------- */

static void
choice(struct view_panel *panel, char key, const char *text)
{
	size_t i = panel->nchoices++;

	panel->choices[i].key = key;
	snprintf(panel->choices[i].text, VIEW_TEXT_MAX, "%s", text);
}

static void
post_lines(const struct office *o, const struct moment *m,
    struct view_panel *panel)
{
	if (!has_officers(o) || o->duty.on.id[0] == '\0')
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    _("Nobody is logged in"));
	else
		office_officer(o, panel->lines[panel->nlines++], VIEW_TEXT_MAX);
	if (o->key_words[0] != '\0')
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    _("This badge does not open the lists"));
	/* Beside a verdict there is room for what can be picked alone. */
	if (o->st->lanes[o->st->active].session.phase == PHASE_VERDICT)
		return;
	for (int i = 0; i < EXAMINE_KEYS_LINES; i++)
		if (examine_keys(o->st->ring, i, m, panel->lines[panel->nlines]))
			panel->nlines++;
}

static void
sheet_lines(const struct office *o, const struct moment *m,
    struct view_panel *panel)
{
	if (!o->closing) {
		panel->nlines = book_lines(&o->book, &o->st->shift.counts,
		    m->wall, o->st->conf->utc_offset_s, panel->lines,
		    PANEL_LINES_MAX);
		return;
	}
	panel->nlines = o->nsheet;
	memcpy(panel->lines, o->sheet, sizeof(panel->lines));
}

void
page_panel(const struct office *o, const struct moment *m,
    struct view_panel *panel)
{
	static const char *const titles[] = {
		[PAGE_NONE] = "", [PAGE_POST] = N_("The post"),
		[PAGE_SHEET] = N_("Sheet of the shift"),
		[PAGE_END] = N_("End the shift"),
		[PAGE_DOUBT] = N_("The leader accepts, by name"),
		[PAGE_WHY] = N_("Accept old lists or the clock"), /* why */
		[PAGE_HOURS] = N_("For how long?"),
		[PAGE_MACHINE] = N_("Machine"),
		[PAGE_OFF] = N_("Switch the machine off"),
		[PAGE_TIME] = N_("Set the time"),
		[PAGE_NETWORK] = N_("Network"),
		[PAGE_MAIL] = "", /* its own */
	};
	char text[VIEW_TEXT_MAX];
	const struct row *row;

	if (titles[o->page][0] != '\0')
		snprintf(panel->title, sizeof(panel->title), "%s",
		    _(titles[o->page]));
	snprintf(panel->problem, sizeof(panel->problem), "%s", o->note);
	panel->covers = duty_closed(&o->duty);
	if (o->page == PAGE_POST)
		post_lines(o, m, panel);
	else if (o->page == PAGE_SHEET)
		sheet_lines(o, m, panel);
	else if (o->page == PAGE_MAIL)
		inbox_panel(&o->inbox, o->duty.on.id,
		    o->st->conf->utc_offset_s, panel);
	else if (o->page == PAGE_MACHINE)
		machinery_lines(o, m, panel);
	else if (o->page == PAGE_TIME)
		adjust_time_panel(o, panel);
	else if (o->page == PAGE_NETWORK)
		adjust_network_panel(o, panel);
	/* First, for below a verdict there is room for two lines. */
	if (o->page == PAGE_POST && shoulder_looks(o->st->shoulder))
		choice(panel, '0', _("Nobody looks from afar any more"));
	for (size_t i = 1; panel->nchoices < PANEL_CHOICES_MAX &&
	    (row = row_at(o, i)) != NULL; i++)
		choice(panel, (char)('0' + i), _(row->text));
	for (size_t i = 0; o->page == PAGE_WHY && i < nitems(whys); i++)
		choice(panel, (char)('1' + i), _(whys[i].text));
	for (size_t i = 0; o->page == PAGE_HOURS && i < nitems(hours); i++) {
		snprintf(text, sizeof(text), ngettext("%d hour", "%d hours",
		    (unsigned long)hours[i]), hours[i]);
		choice(panel, (char)('1' + i), text);
	}
}
