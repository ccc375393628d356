/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rights - the table of who may do what. See rights.h.
 *
 * An administrator keeps the machine and sees no people; medical staff decide
 * on those whom the rules send to the health desk, and on nothing else that
 * is the leader's.
 */
#include "rights.h"

#include "parts.h"

#define BY(role) (1u << OFFICER_##role)

static const struct {
	unsigned roles;
	bool at_once;
	const char *question, *badge; /* N_() */
} rights[RIGHT_COUNT] = {
	[RIGHT_PEOPLE] = { BY(PLAIN) | BY(LEADER) | BY(MEDICAL), true,
	    N_("Take over: scan the badge, or pick a name"),
	    N_("Badge: an administrator takes over no shift") },
	[RIGHT_STOP] = { BY(LEADER), false, N_("Leader's PIN needed"),
	    N_("Badge: a leader's is needed") },
	[RIGHT_CLEAR] = { BY(MEDICAL), false,
	    N_("PIN of the medical staff needed"),
	    N_("Badge: one of the medical staff is needed") },
	[RIGHT_SURGE] = { BY(LEADER), false, N_("Leader's PIN needed"),
	    N_("Badge: a leader's is needed") },
	[RIGHT_DOUBT] = { BY(LEADER), false, N_("Leader's PIN needed"),
	    N_("Badge: a leader's is needed") },
	[RIGHT_TRAINING] = { BY(LEADER), false, N_("Leader's PIN needed"),
	    N_("Badge: a leader's is needed") },
	[RIGHT_MACHINE] = { BY(LEADER) | BY(ADMINISTRATOR), true,
	    N_("PIN of a leader or administrator needed"),
	    N_("Badge: a leader's or administrator's is needed") },
	[RIGHT_BYTES] = { BY(LEADER) | BY(ADMINISTRATOR), true,
	    N_("PIN of a leader or administrator needed"),
	    N_("Badge: a leader's or administrator's is needed") },
};

bool
right_of(enum officer_role role, enum right right)
{
	return (rights[right].roles & (1u << role)) != 0;
}

bool
right_at_once(enum right right)
{
	return rights[right].at_once;
}

const char *
right_question(enum right right)
{
	return _(rights[right].question);
}

const char *
right_badge(enum right right)
{
	return rights[right].badge;
}

const char *
role_text(enum officer_role role)
{
	static const char *const texts[] = {
		[OFFICER_PLAIN] = N_("officer"),
		[OFFICER_LEADER] = N_("shift leader"),
		[OFFICER_MEDICAL] = N_("medical"),
		[OFFICER_ADMINISTRATOR] = N_("administrator"),
	};

	return _(texts[role]);
}
