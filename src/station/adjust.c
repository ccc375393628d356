/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adjust - what a supervisor sets from the machine's page: the time, which is
 * typed, and the network, by a command of the site. A kiosk has no other way
 * in. Who may: whoever has the right of the machine, by log-in or by PIN.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who may ----------------------------------------------------------------------- */

/* A kiosk's keyboard is whoever's: there somebody must be logged in. */
bool
adjust_may(const struct office *o)
{
	return strcmp(o->st->conf->mode, "kiosk") != 0 ||
	    o->duty.on.id[0] != '\0';
}

/* True: at once; else a PIN is asked for, and leader_approved() goes on. */
bool
adjust_allowed(struct office *o, enum office_for asked, const struct moment *m)
{
	if (!duty_needed(&o->duty) || duty_may(&o->duty, RIGHT_MACHINE)) {
		o->duty.who = o->duty.on;
		return true;
	}
	leader_ask(o, asked, m);
	return false;
}

/* ---- the time ------------------------------------------------------------------------ */

void
adjust_time_open(struct office *o, const struct moment *m)
{
	(void)m;
	form_open(&o->form, FORM_CLOCK);
	o->page = PAGE_TIME;
}

/* While the leader's PIN was typed the time went on. */
void
adjust_time(struct office *o, const struct moment *m)
{
	const char *id = o->duty.who.id;

	station_confirm_clock(o->st, o->time_at +
	    (m->now_ms - o->time_ms) / 1000, id[0] != '\0' ? id : "officer");
	o->page = PAGE_MACHINE;
}

static void
time_typed(struct office *o, const struct moment *m)
{
	int64_t at = form_time(&o->form, m->wall, o->st->conf->utc_offset_s);

	if (!clock_plausible(at, o->st->options->clock_floor)) {
		snprintf(o->form.problem, sizeof(o->form.problem), "%s",
		    _("This time cannot be: type the date and time"));
		return;
	}
	o->time_at = at;
	o->time_ms = m->now_ms;
	if (adjust_allowed(o, FOR_TIME, m))
		adjust_time(o, m);
}

void
adjust_time_input(struct office *o, const struct input *input,
    const struct moment *m)
{
	switch (form_input(&o->form, input)) {
	case FORM_DONE:
		time_typed(o, m);
		break;
	case FORM_CANCELLED:
		o->page = PAGE_MACHINE;
		break;
	case FORM_EDITING:
		break;
	}
}

void
adjust_time_panel(const struct office *o, struct view_panel *panel)
{
	snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
	    _("Enter when it is right, or type 1403, or 1403 22102021"));
	panel->asks = true;
	snprintf(panel->typed, sizeof(panel->typed), "%s", o->form.text);
	snprintf(panel->problem, sizeof(panel->problem), "%s",
	    o->form.problem);
}

/* ---- the network ----------------------------------------------------------------------- */

void
adjust_network_open(struct office *o, const struct moment *m)
{
	(void)m;
	upkeep_look(o->st->upkeep);
	o->page = PAGE_NETWORK;
}

static void
done(void *arg, int status, const char *words)
{
	struct office *o = arg;
	char number[16];

	snprintf(number, sizeof(number), "%d", status);
	office_say(o, "network", (const char *const[]){ "name",
	    o->network.title, "detail", status == 0 ? "chosen" : words,
	    NULL });
	if (status == 0)
		snprintf(o->note, sizeof(o->note), _("%s: chosen"),
		    o->network.title);
	else
		snprintf(o->note, sizeof(o->note), _("%s: not now. %s"),
		    o->network.title, words[0] != '\0' ? words : number);
	errand_stop(o->errand);
	o->errand = NULL;
	upkeep_look(o->st->upkeep);
	station_carry_out(o->st);
}

void
adjust_network(struct office *o)
{
	struct errand_calls calls = { done, o };
	char *words[COMMAND_WORDS_MAX + 1] = { NULL };
	struct err err = { 0 };

	for (size_t i = 0; i < o->network.nwords; i++)
		words[i] = o->network.text + o->network.words[i];
	o->errand = errand_start(o->st->loop, o->st->options->self, words,
	    &calls, &err);
	if (o->errand == NULL)
		snprintf(o->note, sizeof(o->note), "%s", err.text);
	else
		snprintf(o->note, sizeof(o->note), _("Choosing %s…"),
		    o->network.title);
	o->page = PAGE_NETWORK;
}

static bool
network_at(const struct office *o, size_t at, struct conf_command *network)
{
	const struct conf_devices *list = &o->st->conf->networks;

	return adjust_may(o) && at >= 1 && at <= list->count &&
	    conf_command(list->device[at - 1], network, NULL) == 0;
}

void
adjust_network_pick(struct office *o, size_t at, const struct moment *m)
{
	/* One after the other: the first may still undo what this does. */
	if (o->errand != NULL || !network_at(o, at, &o->network))
		return;
	if (adjust_allowed(o, FOR_NETWORK, m))
		adjust_network(o);
}

void
adjust_network_panel(const struct office *o, struct view_panel *panel)
{
	const struct machine *machine = upkeep_machine(o->st->upkeep);
	const char *advice = machine_network_advice(machine->network);
	struct conf_command network;

	for (size_t i = 0; i < machine->nlinks; i++)
		machinery_line(panel, machine->links[i].name,
		    machine_network_text((int64_t)machine->links[i].state));
	if (machine->nlinks == 0)
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    machine->network == NETWORK_NONE ? _("no device") :
		    _("Not known yet"));
	if (advice[0] != '\0')
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    advice);
	for (size_t i = 1; network_at(o, i, &network); i++) {
		panel->choices[panel->nchoices].key = (char)('0' + i);
		snprintf(panel->choices[panel->nchoices++].text, VIEW_TEXT_MAX,
		    "%s", network.title);
	}
}
