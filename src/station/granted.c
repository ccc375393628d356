/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * granted - what this post gives once, as the rules name it: who has been
 * given it is noted through the look-up child, and told at the next scan.
 * Pure but for granted_send().
 *
 * What is not yet on disk counts all the same: it lies here, in the order in
 * which it happened, and is sent one after the other until it was answered.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define DAY_S 86400
#define AGAIN_MS 1000    /* after a fault */
#define ANSWER_MS 10000  /* without one it is sent again */
#define LATE_NOTE_MS 2000

static uint64_t
key_of(const struct shift *shift, const char *identity)
{
	return repeats_key(&shift->repeats, identity, strlen(identity));
}

static const char *
identity_of(const struct person *p)
{
	const struct credential *c = person_document(p);

	return c != NULL ? c->identity : "";
}

/* The newest that is known here of this person. */
static const struct granted *
newest(const struct session *s, const struct policy_grant *grant,
    const char *identity)
{
	uint64_t key = key_of(s->shift, identity);
	const struct granted *best = NULL;

	for (size_t i = 0; i < GRANTED_MAX; i++) {
		const struct granted *g = &s->shift->granted[i];

		if (g->n != 0 && g->key == key &&
		    strcmp(g->name, grant->name) == 0 &&
		    (best == NULL || g->n > best->n))
			best = g;
	}
	return best;
}

/* A place that is free, or of what has long been on disk. */
static struct granted *
place(struct shift *shift)
{
	struct granted *best = NULL;

	for (size_t i = 0; i < GRANTED_MAX; i++) {
		struct granted *g = &shift->granted[i];

		if ((g->n == 0 || g->done) && (best == NULL || g->n < best->n))
			best = g;
	}
	return best;
}

static void
put(struct session *s, const struct policy_grant *grant, const char *identity,
    bool drop, const struct moment *m)
{
	struct granted *g = place(s->shift);

	if (g == NULL)
		return; /* granted_room() was asked */
	*g = (struct granted){ .n = ++s->shift->next_granted, .drop = drop,
		.key = key_of(s->shift, identity), .at = m->wall,
		.at_ms = m->now_ms,
		.until = m->clock == CLOCK_UNCONFIRMED ? 0 :
		    m->wall + (int64_t)grant->days * DAY_S };
	snprintf(g->identity, sizeof(g->identity), "%s", identity);
	snprintf(g->name, sizeof(g->name), "%s", grant->name);
}

/* ---- what the session asks ------------------------------------------------------- */

bool
granted_room(const struct session *s, const char *outcome)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);

	return grant == NULL || (outcome != NULL &&
	    strcmp(outcome, grant->outcome) != 0) || place(s->shift) != NULL;
}

bool
granted_meanwhile(struct session *s, const char *outcome)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);
	const char *identity = identity_of(&s->person);
	const struct granted *g;

	if (grant == NULL || identity[0] == '\0' ||
	    strcmp(outcome, grant->outcome) != 0 ||
	    s->person.answer.granted == GRANTED_BEFORE)
		return false;
	g = newest(s, grant, identity);
	if (g == NULL || g->drop)
		return false;
	granted_answer(s);
	return true;
}

const char *
granted_decide(struct session *s, const char *outcome, const struct moment *m)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);
	const char *identity = identity_of(&s->person);
	bool before = s->person.answer.granted == GRANTED_BEFORE;

	s->granted_to[0] = '\0';
	if (grant == NULL || s->shift->training)
		return "";
	if (!before) /* what was given earlier, no correction takes back */
		snprintf(s->granted_to, sizeof(s->granted_to), "%s", identity);
	if (strcmp(outcome, grant->outcome) != 0 || before)
		return "";
	if (identity[0] == '\0') {
		session_note(s, true, m, "%s",
		    _("No number: that it was given cannot be noted"));
		return "";
	}
	put(s, grant, identity, false, m);
	return grant->name;
}

const char *
granted_correct(struct session *s, const char *was, const char *outcome,
    const struct moment *m)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);
	bool had, has;

	if (grant == NULL || s->granted_to[0] == '\0')
		return "";
	had = strcmp(was, grant->outcome) == 0;
	has = strcmp(outcome, grant->outcome) == 0;
	if (had == has)
		return "";
	put(s, grant, s->granted_to, had, m);
	return has ? grant->name : "";
}

/* Nobody's number is kept for longer than it may be wanted. */
void
granted_tick(struct session *s, const struct moment *m)
{
	if (s->granted_to[0] != '\0' &&
	    m->now_ms - s->decided.at_ms > CORRECT_MS)
		explicit_bzero(s->granted_to, sizeof(s->granted_to));
}

void
granted_answer(struct session *s)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);
	struct register_answer *a = &s->person.answer;
	const char *identity = identity_of(&s->person);
	const struct granted *g;

	if (grant == NULL || identity[0] == '\0')
		return;
	g = newest(s, grant, identity);
	if (g == NULL)
		return;
	a->granted = g->drop ? GRANTED_NOT : GRANTED_BEFORE;
	a->granted_at = g->drop ? 0 : g->at;
}

void
granted_fact(const struct session *s, struct facts *f)
{
	const struct policy_grant *grant = policy_grant(s->setup.policy);
	const struct person *p = &s->person;

	if (grant == NULL || !p->answered || identity_of(p)[0] == '\0')
		return;
	if (p->answer.granted == GRANTED_BEFORE)
		facts_text(f, grant->fact, grant->value);
	else if (p->answer.granted != GRANTED_NOT)
		f->values[grant->fact] = (struct fact_value){ 0 };
}

void
granted_told(struct session *s, const struct moment *m)
{
	const struct register_answer *a = &s->person.answer;
	struct calendar c = calendar_at(a->granted_at,
	    s->setup.conf->utc_offset_s);

	if (policy_grant(s->setup.policy) != NULL && s->person.answered &&
	    a->granted == GRANTED_BEFORE)
		session_note(s, true, m, _("Given here before: %02d:%02d %02d/%02d/%04d"),
		    c.hour, c.minute, c.day, c.month, c.year);
}

/* ---- through the look-up child ----------------------------------------------------- */

static struct granted *
next(struct shift *shift)
{
	struct granted *best = NULL;

	for (size_t i = 0; i < GRANTED_MAX; i++) {
		struct granted *g = &shift->granted[i];

		if (g->n != 0 && !g->done && (best == NULL || g->n < best->n))
			best = g;
	}
	return best;
}

void
granted_send(struct shift *shift, struct lookup *lookup,
    const struct moment *m)
{
	struct granted *g = next(shift);

	if (g == NULL || m->now_ms < g->again_ms)
		return;
	g->again_ms = m->now_ms + ANSWER_MS;
	lookup_grant(lookup, g, m->clock != CLOCK_UNCONFIRMED ? m->wall : 0);
}

void
granted_done(struct shift *shift, int64_t n, const char *fault,
    const struct moment *m)
{
	struct granted *g = next(shift);

	if (g == NULL || g->n != n)
		return;
	if (fault != NULL) {
		g->again_ms = m->now_ms + AGAIN_MS;
		snprintf(shift->grant_fault, sizeof(shift->grant_fault), "%s",
		    fault);
		return;
	}
	shift->grant_fault[0] = '\0';
	g->done = true;
	explicit_bzero(g->identity, sizeof(g->identity));
}

const char *
granted_trouble(const struct shift *shift, const struct moment *m)
{
	const struct granted *g = next((struct shift *)shift);

	if (g == NULL || m->now_ms - g->at_ms < LATE_NOTE_MS)
		return NULL;
	return shift->grant_fault;
}
