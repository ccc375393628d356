/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain - the post as lines of text for screen readers and printing
 * terminals: only what changed is said, nothing moves, nothing is drawn.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINES_MAX 48

struct block {
	size_t n;
	char lines[LINES_MAX][VIEW_TEXT_MAX];
};

struct plain {
	FILE *out;
	struct block said, now;
	struct termios before;
	bool terminal; /* its mode was changed */
};

static void
line(struct block *block, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
line(struct block *block, const char *format, ...)
{
	char raw[VIEW_TEXT_MAX * 2];
	va_list ap;

	if (block->n == LINES_MAX)
		return;
	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	text_clean(raw, strlen(raw), block->lines[block->n],
	    sizeof(block->lines[0]));
	if (block->lines[block->n][0] != '\0')
		block->n++;
}

static void
person_lines(struct block *block, const struct view_person *person)
{
	if (!person->present)
		return;
	line(block, "%s", person->name);
	if (person->id[0] != '\0')
		line(block, "%s %s", person->id_label, person->id);
	line(block, "%s %s", person->birth, person->sex);
	if (person->temperature[0] != '\0')
		line(block, "%s: %s", _("Temperature"), person->temperature);
	if (person->vehicle[0] != '\0')
		line(block, "%s (%d)", person->vehicle, person->number_aboard);
	for (size_t i = 0; i < person->nwarnings; i++)
		line(block, "%s", person->warnings[i]);
}

static void
verdict_lines(struct block *block, const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	const struct judgement *judgement = &lane->judgement;
	char decision[VIEW_TEXT_MAX];

	word_decision(lane->outcome, decision);
	line(block, "%s. Enter = %s", word_verdict(judgement->verdict),
	    decision);
	for (size_t i = 0; i < judgement->nreasons; i++) {
		const struct reason *reason = &judgement->reasons[i];

		line(block, "%zu. %s %s", i + 1, reason->code,
		    reason->text[view->language]);
		line(block, "%s", reason->advice[view->language]);
	}
	person_lines(block, &lane->person);
	if (lane->recorded == RECORDED_DONE) {
		line(block, "%s %s", _("Recorded"), lane->record_id);
		line(block, "%s", word_told(lane->told));
	} else if (lane->recorded == RECORDED_FAULT)
		line(block, _("NOT RECORDED: %s"), lane->record_fault);
	else if (lane->recorded == RECORDED_LATE)
		line(block, "%s", _("Not yet recorded: waiting for the disk"));
}

/* What stands beside the large lane on the screen. */
static void
others_lines(struct block *block, const struct view *view)
{
	const struct view_lane *lane = &view->lane;

	if (lane->people_waiting > 0)
		line(block, ngettext("%d person waits", "%d persons wait",
		    (unsigned long)lane->people_waiting), lane->people_waiting);
	if (lane->phase != PHASE_VERDICT && lane->vehicle[0] != '\0')
		line(block, _("Vehicle %s: next person"), lane->vehicle);
	for (size_t i = 0; i < view->nothers; i++) {
		const struct view_other *other = &view->others[i];

		line(block, "%s %s %s: %s", _("lane"), other->title,
		    word_direction(other->direction),
		    other->phase == PHASE_VERDICT ?
		    word_verdict(other->verdict) : other->phase == PHASE_READY ?
		    _("Ready") : _("Reading…"));
	}
}

/* Without its minutes, which would be a line each. */
static void
link_line(struct block *block, const struct view *view)
{
	if (view->link_down_min >= 0)
		line(block, "! %s", _("No network: records wait"));
}

/* One field at a time: what it is, what it holds, what is wrong with it. */
static void
fields_lines(struct block *block, const struct fields *fields)
{
	const struct field_info *info = &fields->list[fields->at];

	line(block, "%s", _(fields->title));
	line(block, "> %s: %s %s", _(info->label),
	    info->kind == FIELD_CHOICE ? field_choice_text(info,
	    fields->values[fields->at]) : fields->values[fields->at],
	    fields->problem);
	for (size_t i = 0; info->kind == FIELD_CHOICE &&
	    info->choices[i].word != NULL; i++)
		line(block, "%zu %s", i + 1, _(info->choices[i].text));
}

/* The charts as numbers; an hour without anybody is left out. */
static void
chart_lines(struct block *block, const struct view *view)
{
	const struct view_chart *chart = &view->chart;
	char label[16];

	for (int i = 0; i < CHART_HOURS; i++)
		if (chart->hours[i][0] + chart->hours[i][1] > 0)
			line(block, "%02d: %s %d, %s %d",
			    (chart->first_hour + i) % 24, word_direction("in"),
			    chart->hours[i][0], word_direction("out"),
			    chart->hours[i][1]);
	for (int i = 0; i < CHART_VERDICTS; i++)
		line(block, "%s: %d", word_verdict((enum verdict)i),
		    chart->verdicts[i]);
	for (size_t i = 0; i < CHART_TEMPS; i++) {
		chart_temperature(i, view->language, label);
		if (chart->temps[i] > 0)
			line(block, "%s %s: %d", _("Temperature"), label,
			    chart->temps[i]);
	}
}

static void
found_line(struct block *block, const struct view *view,
    const struct view_recent *found)
{
	struct calendar at = calendar_at(found->at, view->utc_offset_s);

	line(block, "%02d:%02d %s %s %s %s %s", at.hour, at.minute,
	    word_direction(found->direction), found->who, found->vehicle,
	    word_verdict(found->verdict), word_outcome(found->outcome));
}

static void
panel_lines(struct block *block, const struct view_panel *panel)
{
	line(block, "%s", panel->title);
	for (size_t i = 0; i < panel->nlines; i++)
		line(block, "%s", panel->lines[i]);
	for (size_t i = 0; i < panel->nchoices; i++)
		line(block, "%c %s", panel->choices[i].key,
		    panel->choices[i].text);
	if (panel->asks)
		line(block, "> %s %s", panel->typed, panel->problem);
	else
		line(block, "%s", panel->problem);
}

/* By whole minutes: a line for each second would never end. */
static void
waiting_lines(struct block *block, const struct view *view)
{
	char due[VIEW_TEXT_MAX];

	line(block, "%s", view->nwaiting > 0 ?
	    _("Waiting for a second reading") : _("Nobody waits."));
	for (size_t i = 0; i < view->nwaiting; i++) {
		const struct view_waiting *who = &view->waiting[i];

		if (who->due_in_s <= 0)
			snprintf(due, sizeof(due), "%s", _("DUE"));
		else
			snprintf(due, sizeof(due), _("%d min left"),
			    (int)((who->due_in_s + 59) / 60));
		line(block, "%zu %s %s, %s", i + 1, who->who,
		    who->temperature, due);
	}
}

static void
window_lines(struct block *block, const struct view *view)
{
	if (view->window == WINDOW_FORM)
		line(block, "> %s: %s %s", word_form(view->form.kind),
		    view->form.text, view->form.problem);
	for (size_t i = 0; view->window == WINDOW_FOUND && i < view->nfound;
	    i++)
		found_line(block, view, &view->found[i]);
	if (view->window == WINDOW_FOUND && view->nfound == 0)
		line(block, "%s",
		    _("Nobody: the shift's memory begins with the start"));
	if (view->window == WINDOW_CHART)
		chart_lines(block, view);
	if (view->window == WINDOW_FIELDS)
		fields_lines(block, &view->fields);
	if (view->window == WINDOW_PANEL)
		panel_lines(block, &view->panel);
	if (view->window == WINDOW_CHOICE)
		line(block, "%s", view->choice_title);
	for (size_t i = 0; view->window == WINDOW_CHOICE &&
	    i < view->nchoices; i++)
		line(block, "%zu %s", i + 1, view->choices[i]);
	for (size_t i = 0; (view->window == WINDOW_DETAIL ||
	    view->window == WINDOW_DEVICES) && i < view->ndetail; i++)
		line(block, "%s", view->detail[i]);
	if (view->window == WINDOW_WAITING)
		waiting_lines(block, view);
}

static void
lane_lines(struct block *block, const struct view *view)
{
	const struct view_lane *lane = &view->lane;
	char text[VIEW_TEXT_MAX];

	switch (lane->phase) {
	case PHASE_READY:
		line(block, "%s", view->closed ?
		    _("LANES CLOSED: P logs in an officer") :
		    lane->held[0] != '\0' ? _("Waiting for a document") :
		    _("Ready"));
		if (lane->held[0] != '\0')
			line(block, "%s °C", lane->held);
		word_messages(view, text);
		line(block, "%s", text);
		if (view->nrecent > 0)
			found_line(block, view, &view->recent[0]);
		break;
	case PHASE_GATHER:
		line(block, "%s", lane->needs_identity ?
		    _("Waiting for a document") : lane->needs_temperature ?
		    _("Waiting for temperature") : _("Reading…"));
		person_lines(block, &lane->person);
		break;
	case PHASE_REPEAT:
		line(block, _("Passed here %d min ago"), (int)lane->repeat_min);
		line(block, "Enter = %s, Esc = %s", _("record again"),
		    _("leave it"));
		break;
	case PHASE_VERDICT:
		verdict_lines(block, view);
		break;
	}
	others_lines(block, view);
	line(block, "%s", lane->notice);
	line(block, "%s", word_hint(lane->hint));
}

static bool
was_said(const struct block *said, const char *text)
{
	for (size_t i = 0; i < said->n; i++)
		if (strcmp(said->lines[i], text) == 0)
			return true;
	return false;
}

void
plain_show(struct plain *plain, const struct view *view)
{
	struct block *now = &plain->now;

	words_use(view->language);
	now->n = 0;
	line(now, "%s %s, %s %s %s", view->station_id, view->station_name,
	    _("lane"), view->lane.title, word_direction(view->lane.direction));
	if (view->watched[0] != '\0')
		line(now, "! %s", view->watched);
	if (view->surge_min > 0)
		line(now, _("Surge, %d min left"), view->surge_min);
	if (view->capacity > 0)
		line(now, "%d / %d", view->inside, view->capacity);
	for (size_t i = 0; i < view->ntroubles; i++)
		line(now, "! %s", view->troubles[i]);
	if (view->clock == CLOCK_UNCONFIRMED)
		line(now, "! %s", _("Clock unknown: O confirms the time"));
	if (view->training)
		line(now, "! %s", _("TRAINING, not counted"));
	link_line(now, view);
	line(now, "%s", view->doubt);
	line(now, "%s", view->officer);
	if (view->window != WINDOW_PANEL || !view->panel.covers)
		lane_lines(now, view);
	window_lines(now, view);
	for (size_t i = 0; i < now->n; i++)
		if (!was_said(&plain->said, now->lines[i]))
			fprintf(plain->out, "%s\n", now->lines[i]);
	if (view->window == WINDOW_HELP && !was_said(&plain->said, "?"))
		screen_print_keys(plain->out);
	line(now, "%s", view->window == WINDOW_HELP ? "?" : "");
	fflush(plain->out);
	plain->said = *now;
}

struct plain *
plain_open(FILE *out)
{
	struct plain *plain = calloc(1, sizeof(*plain));
	struct termios keys;

	if (plain == NULL)
		mem_none();
	plain->out = out;
	if (tcgetattr(STDIN_FILENO, &plain->before) == 0) {
		keys = plain->before;
		keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
		keys.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
		plain->terminal = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
	}
	return plain;
}

void
plain_close(struct plain *plain)
{
	if (plain == NULL)
		return;
	if (plain->terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &plain->before);
	free(plain);
}
