/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machinery - the page "machine" of key P: network, time, power, and what
 * can be turned. A kiosk has no other way in.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 10 /* percent */
#define ALARMS_SHOWN 2 /* the worst; chot status tells all */

const char *
machinery_root(void)
{
	const char *given = getenv("CHOT_MACHINE");

	return given != NULL ? given : "";
}

/* ---- what it shows ----------------------------------------------------------------- */

void
machinery_line(struct view_panel *panel, const char *label, const char *value)
{
	int gap = 20 - text_columns(label);

	if (panel->nlines < PANEL_LINES_MAX)
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX,
		    "%s%*s%s", label, gap > 0 ? gap : 1, "", value);
}

static void
time_line(const struct station *st, const struct moment *m,
    struct view_panel *panel)
{
	static const char *const trusts[] = {
		[CLOCK_UNCONFIRMED] = N_("not confirmed"),
		[CLOCK_HELD] = N_("held"),
		[CLOCK_CONFIRMED] = N_("confirmed"),
	};
	struct calendar c = calendar_at(m->wall, st->conf->utc_offset_s);
	char text[96];

	snprintf(text, sizeof(text), "%02d:%02d %02d/%02d/%04d, %s", c.hour,
	    c.minute, c.day, c.month, c.year, _(trusts[m->clock]));
	machinery_line(panel, _("Time"), text);
}

/* What is wrong, and what the one who is here can do about it. */
static void
alarm_lines(const struct office *o, struct view_panel *panel)
{
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	size_t n = machine_alarms(upkeep_machine(o->st->upkeep),
	    o->st->conf->hub.present, alarms);

	for (size_t i = 0; i < n && i < ALARMS_SHOWN; i++) {
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "! %s",
		    alarms[i].text);
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "  %s",
		    alarms[i].advice);
	}
}

void
machinery_lines(const struct office *o, const struct moment *m,
    struct view_panel *panel)
{
	struct machine_row rows[MACHINE_ROWS_MAX];
	size_t n = machine_rows(upkeep_machine(o->st->upkeep),
	    o->st->conf->hub.present, o->st->conf->utc_offset_s, rows);
	int brightness = handles_brightness(machinery_root());
	char text[32];

	alarm_lines(o, panel);
	time_line(o->st, m, panel);
	for (size_t i = 0; i < n; i++)
		machinery_line(panel, rows[i].label, rows[i].value);
	if (brightness >= 0) {
		snprintf(text, sizeof(text), "%d %%", brightness);
		machinery_line(panel, _("Brightness"), text);
	}
	if (o->st->conf->volume[0] == '\0')
		return;
	snprintf(text, sizeof(text), "%d %%", o->volume);
	machinery_line(panel, _("Volume"), text);
}

/* ---- what it does -------------------------------------------------------------------- */

bool
machinery_dims(const struct office *o)
{
	(void)o;
	return handles_brightness(machinery_root()) >= 0;
}

bool
machinery_sounds(const struct office *o)
{
	return o->st->conf->volume[0] != '\0';
}

bool
machinery_ends(const struct office *o)
{
	return o->st->conf->power_off[0] != '\0' && adjust_may(o);
}

static void
dim(struct office *o, int by)
{
	struct err err = { 0 };

	if (handles_set_brightness(machinery_root(),
	    handles_brightness(machinery_root()) + by, &err) != 0)
		snprintf(o->note, sizeof(o->note), "%s", err.text);
}

void
machinery_brighter(struct office *o, const struct moment *m)
{
	(void)m;
	dim(o, STEP);
}

void
machinery_darker(struct office *o, const struct moment *m)
{
	(void)m;
	dim(o, -STEP);
}

static void
sound(struct office *o, int by)
{
	int volume = o->volume + by;

	o->volume = volume < 0 ? 0 : volume > 100 ? 100 : volume;
	if (!handles_set_volume(o->st->conf->volume, o->volume))
		snprintf(o->note, sizeof(o->note), "%s",
		    _("The command for the volume has no {}"));
}

void
machinery_louder(struct office *o, const struct moment *m)
{
	(void)m;
	sound(o, STEP);
}

void
machinery_quieter(struct office *o, const struct moment *m)
{
	(void)m;
	sound(o, -STEP);
}

void
machinery_off(struct office *o)
{
	office_say(o, "power-off", (const char *const[]){ "leader",
	    o->duty.who.id, NULL });
	shifts_keep(o, true);
	/* The records that wait are written before the station ends. */
	o->st->stop = handles_run(o->st->conf->power_off);
}

void
machinery_ask_off(struct office *o, const struct moment *m)
{
	if (adjust_allowed(o, FOR_POWER, m))
		machinery_off(o);
}
