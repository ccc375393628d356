/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office_view - what of the office stands on the screen: who works, what a
 * leader accepted, and its window over the lane. Pure.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static void
doubt_text(const struct station *st, struct view *view)
{
	static const char *const texts[] = {
		[POLICY_ACCEPT_LISTS] = N_("Old data accepted until %02d:%02d"),
		[POLICY_ACCEPT_CLOCK] = N_("Clock accepted until %02d:%02d"),
		[POLICY_ACCEPT_LISTS | POLICY_ACCEPT_CLOCK] =
		    N_("Data and clock accepted until %02d:%02d"),
	};
	struct calendar c = calendar_at(st->shift.accepted_until,
	    st->conf->utc_offset_s);

	if (st->shift.accepted == 0)
		return;
	snprintf(view->doubt, sizeof(view->doubt),
	    _(texts[st->shift.accepted & 3]), c.hour, c.minute);
	snprintf(view->doubt_brief, sizeof(view->doubt_brief),
	    _("accepted until %02d:%02d"), c.hour, c.minute);
}

/* Who decides about nobody has no shift. */
void
office_officer(const struct office *o, char *out, size_t size)
{
	const struct duty_officer *on = &o->duty.on;

	if (right_of(on->role, RIGHT_PEOPLE))
		book_title(&o->book, on->name, out, size);
	else
		snprintf(out, size, "%s, %s", on->name, role_text(on->role));
}

void
office_view(const struct station *st, const struct moment *m,
    struct view *view)
{
	const struct office *o = st->office;

	if (o->duty.on.id[0] != '\0')
		office_officer(o, view->officer, sizeof(view->officer));
	else if (duty_needed(&o->duty))
		snprintf(view->officer, sizeof(view->officer), "%s",
		    _("nobody is logged in"));
	if (o->key_locked && duty_needed(&o->duty) &&
	    view->ntroubles < VIEW_TROUBLES_MAX)
		snprintf(view->troubles[view->ntroubles++], VIEW_TEXT_MAX, "%s",
		    _("LISTS LOCKED: scan badge"));
	view->closed = st->shift.closed && !duty_closed(&o->duty);
	view->training = st->shift.training;
	doubt_text(st, view);
	if (o->duty.step == DUTY_IDLE && o->page == PAGE_NONE)
		return;
	view->window = WINDOW_PANEL;
	memset(&view->panel, 0, sizeof(view->panel));
	if (o->duty.step != DUTY_IDLE)
		duty_panel(&o->duty, m, &view->panel);
	else
		page_panel(o, m, &view->panel);
	/* A post that is closed goes on asking; a kiosk is the citizens'. */
	view->panel.stays = o->duty.step == DUTY_WHO && view->panel.covers &&
	    o->duty.why == DUTY_LOG_IN &&
	    strcmp(st->conf->mode, "kiosk") != 0;
	/* Why a badge was not taken, where no lane can say it. */
	if (view->panel.covers && view->panel.problem[0] == '\0')
		snprintf(view->panel.problem, sizeof(view->panel.problem),
		    "%s", view->lane.notice);
}
