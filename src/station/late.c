/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * late - an answer of the hub that comes when the verdict stands already, or
 * when the person has gone on. Pure, as session.c is.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Apart from how old the lists are. */
static bool
says_the_same(const struct register_answer *a, const struct register_answer *b)
{
	struct register_answer one = *a, other = *b;
	char *text, *other_text;
	bool same;

	one.oldest_list_at = other.oldest_list_at = 0;
	text = register_answer_json(&one);
	other_text = register_answer_json(&other);
	same = strcmp(text, other_text) == 0;
	free(text);
	free(other_text);
	return same;
}

/* The hub does not know where somebody declared to come from and to go to: of
 * the same declaration the post has read it. */
static void
take_answer(struct person *p, const struct register_answer *answer)
{
	struct register_answer old = p->answer;

	p->answer = *answer;
	/* What this post gave, the hub was not asked. */
	p->answer.granted = old.granted;
	p->answer.granted_at = old.granted_at;
	if (answer->from[0] != '\0' || answer->to[0] != '\0' ||
	    answer->declared_at == 0 ||
	    answer->declared_at != old.declared_at)
		return;
	memcpy(p->answer.from, old.from, sizeof(old.from));
	memcpy(p->answer.to, old.to, sizeof(old.to));
}

/* Would the rules say another thing now? Fresher lists alone may do it. */
static bool
judges_otherwise(const struct session *s, const struct moment *m)
{
	struct judgement judgement;
	struct facts facts;

	facts_of(s, m, &facts);
	policy_judge(s->setup.policy, &facts, &judgement);
	return judgement.verdict != s->judgement.verdict ||
	    judgement.nreasons != s->judgement.nreasons;
}

/* The one who passed is judged once more, as if standing here. */
static void
judge_passed(struct session *s, const struct register_answer *answer,
    const struct moment *m)
{
	struct record_head head = { "update", 0 };
	struct session *then = malloc(sizeof(*then));
	const struct person *p;

	if (then == NULL)
		mem_none();
	*then = *s;
	then->person = s->late.person;
	take_answer(&then->person, answer);
	then->person.answered = true;
	then->vehicle = s->late.vehicle;
	memcpy(then->direction, s->late.direction, sizeof(then->direction));
	p = &then->person;
	facts_of(then, m, &then->facts);
	policy_judge(s->setup.policy, &then->facts, &then->judgement);
	if (then->judgement.verdict != VERDICT_PASS) {
		head.n = ++s->shift->next_n;
		session_put(s, record_crossing(then, &head, m), head.n,
		    p->record_n, p->record_id);
	}
	if (then->judgement.verdict == VERDICT_STOP) {
		person_mask(p, s->late_who);
		s->late_until_ms = m->now_ms + LATE_SHOWN_MS;
		s->late_bell = true;
	}
	explicit_bzero(then, sizeof(*then));
	free(then);
}

void
session_better(struct session *s, int64_t n,
    const struct register_answer *answer, const struct moment *m)
{
	struct person *p = &s->person;
	struct register_answer before;
	bool same;

	if (s->late.present && s->late.person.look_n == n) {
		if (answer != NULL && answer->known)
			judge_passed(s, answer, m);
		explicit_bzero(&s->late, sizeof(s->late));
		return;
	}
	if (!p->present || p->look_n != n)
		return;
	p->bettered = true;
	if (answer == NULL || !answer->known)
		return;
	if (!p->answered) {
		session_answer(s, n, answer, m);
		return;
	}
	before = p->answer;
	take_answer(p, answer);
	same = says_the_same(&before, &p->answer);
	if (s->phase != PHASE_VERDICT || (same && !judges_otherwise(s, m)))
		return;
	session_judge(s, "update", m);
	session_note(s, s->judgement.verdict == VERDICT_STOP, m,
	    _("The hub knows more: judged again"));
}

/* Until its answer can no longer come, and no longer. */
void
late_keep(struct session *s, const struct moment *m)
{
	const struct person *p = &s->person;

	if (!s->shift->online || p->look_n == 0 || p->bettered ||
	    s->judgement.verdict != VERDICT_PASS ||
	    m->now_ms - p->look_ms >= LATE_MS)
		return;
	s->late.present = true;
	s->late.person = *p;
	s->late.vehicle = s->vehicle;
	memcpy(s->late.direction, s->direction, sizeof(s->direction));
}

void
late_tick(struct session *s, const struct moment *m)
{
	if (s->late.present && m->now_ms - s->late.person.look_ms >= LATE_MS)
		explicit_bzero(&s->late, sizeof(s->late));
	if (s->late_until_ms != 0 && m->now_ms >= s->late_until_ms)
		s->late_until_ms = 0;
}
