/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox - carries out what inbox.c says: the page of key M, the receipt in
 * the records, and the file in which the roster keeps who has read what.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

/* A kiosk's keyboard is whoever's. */
static bool
may_read(const struct office *o)
{
	return strcmp(o->st->conf->mode, "kiosk") != 0 ||
	    o->duty.on.id[0] != '\0';
}

bool
mailbox_line(void *arg, char *line)
{
	struct office *o = arg;
	size_t before, now;

	inbox_new(&o->inbox, o->duty.on.id, &before);
	if (!inbox_line(&o->inbox, line))
		return false;
	inbox_new(&o->inbox, o->duty.on.id, &now);
	if (now > before && o->st->screen != NULL)
		screen_bell(o->st->screen);
	o->st->dirty = true;
	o->st->live_ms = 0;
	return true;
}

void
office_mail(struct station *st)
{
	struct office *o = st->office;
	struct moment m = station_moment(st);

	if (!may_read(o)) {
		session_note(&st->lanes[st->active].session, false, &m, "%s",
		    _("Log in to read messages"));
		return;
	}
	inbox_open(&o->inbox);
	o->note[0] = '\0';
	o->page_ms = m.now_ms;
	o->page = PAGE_MAIL;
}

static void
receipt(struct office *o)
{
	const struct inbox_message *m = inbox_at_hand(&o->inbox);
	char kept[INBOX_KEEP_MAX];

	office_say(o, "read", (const char *const[]){ "message", m->name,
	    "mark", m->mark, NULL });
	inbox_keep(&o->inbox, kept, sizeof(kept));
	roster_keep(o->roster, "read", kept);
	o->st->live_ms = 0;
}

void
mailbox_input(struct office *o, const struct input *input)
{
	switch (inbox_input(&o->inbox, input, o->duty.on.id)) {
	case INBOX_READ:
		receipt(o);
		break;
	case INBOX_CLOSE:
		o->page = PAGE_NONE;
		break;
	case INBOX_STAY:
		break;
	}
}

size_t
mailbox_new(const struct station *st, size_t *urgent)
{
	const struct office *o = st->office;

	*urgent = 0;
	return o != NULL ? inbox_new(&o->inbox, o->duty.on.id, urgent) : 0;
}

void
mailbox_view(const struct station *st, struct view *view)
{
	const struct office *o = st->office;
	size_t urgent;

	view->messages_new = (int)mailbox_new(st, &urgent);
	view->messages_urgent = (int)urgent;
	if (urgent > 0)
		inbox_urgent(&o->inbox, o->duty.on.id, view->urgent);
}
