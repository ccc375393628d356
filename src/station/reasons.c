/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reasons - what can be picked at the desk: why somebody passes against the
 * verdict, what a decision becomes, a slip again; and whose word a reason
 * takes. Pure.
 */
#include "parts.h"

#include <string.h>

struct pick {
	const char *word, *text;
};

/* screens.md: Choose a reason. The last needs the medical staff. */
static const struct pick reasons[] = {
	{ "emergency", N_("Emergency") },
	{ "on-duty", N_("On duty") },
	{ "valid-on-paper", N_("Valid on paper") },
	{ "device-wrong", N_("Device wrong") },
	{ "leaders-order", N_("Leader's order") },
	{ "other", N_("Other") },
	{ WHY_CLEARED, N_("Cleared by the medical staff") },
};

static const struct pick outcomes[] = {
	{ "passed", N_("Let pass") },
	{ "turned-back", N_("Turn back") },
	{ "health-desk", N_("To health desk") },
	{ "held", N_("Hold, hand over") },
	{ "left", N_("Left") },
};

static const struct pick again[] = {
	{ "again", N_("Print again") },
	{ "leave", N_("Leave it") },
};

static const struct {
	const struct pick *list;
	size_t n;
	const char *title;
} choices[] = {
	[CHOICE_WHY_PASS] = { reasons, nitems(reasons), N_("Choose a reason") },
	[CHOICE_CORRECT] = { outcomes, nitems(outcomes),
	    N_("Correct the decision") },
	/* Who was cleared stands before the desk again: that is no correction. */
	[CHOICE_WHY_CORRECT] = { reasons, nitems(reasons) - 1,
	    N_("Choose a reason") },
	[CHOICE_PRINT] = { again, nitems(again),
	    N_("This slip was printed before") },
};

size_t
choice_count(enum choice choice, const struct session *s)
{
	size_t n = choices[choice].n;

	return choice == CHOICE_WHY_PASS && !(s->shift->medics &&
	    reason_clears(s)) ? n - 1 : n;
}

const char *
choice_title(enum choice choice)
{
	return choices[choice].title;
}

const char *
choice_word(enum choice choice, size_t i)
{
	return choices[choice].list[i].word;
}

const char *
choice_text(enum choice choice, size_t i)
{
	return choices[choice].list[i].text;
}

/* ---- whose word ------------------------------------------------------------------ */

bool
reason_clears(const struct session *s)
{
	const struct judgement *j = &s->judgement;

	if (j->nreasons == 0 || j->more > 0 || j->verdict == VERDICT_PASS)
		return false;
	for (size_t i = 0; i < j->nreasons; i++)
		if (j->reasons[i].verdict == j->verdict &&
		    strcmp(j->reasons[i].outcome, "health-desk") != 0)
			return false;
	return true;
}

bool
reason_allowed(const struct session *s, const char *why)
{
	if (s->judgement.verdict == VERDICT_PASS)
		return true;
	if (strcmp(why, WHY_CLEARED) == 0)
		return s->medical[0] != '\0' && reason_clears(s);
	return why[0] != '\0' && (s->judgement.verdict != VERDICT_STOP ||
	    s->leader[0] != '\0');
}

bool
reason_possible(const struct session *s)
{
	return s->judgement.verdict == VERDICT_CHECK ||
	    (s->judgement.verdict == VERDICT_STOP && (s->shift->leaders ||
	    (s->shift->medics && reason_clears(s))));
}
