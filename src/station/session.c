/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session - one lane: which scans, readings and answers make one person, and
 * when the rules are asked. What becomes of the person is decide.c.
 *
 * Pure: told everything, time included; what must happen outside is left as
 * effects. The table of states is in ARCHITECTURE.md and is tested row by
 * row in tests/unit/session.c.
 */
#include "parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
shift_init(struct shift *shift, const uint64_t secret[2],
    const struct moment *m)
{
	memset(shift, 0, sizeof(*shift));
	shift->counts.since = m->wall;
	shift->closed_why = N_("Locked: scan badge");
	repeats_init(&shift->repeats, secret);
}

void
session_init(struct session *s, const struct session_setup *setup,
    struct shift *shift)
{
	memset(s, 0, sizeof(*s));
	s->setup = *setup;
	s->shift = shift;
	s->phase = PHASE_READY;
	s->kiosk = strcmp(setup->conf->mode, "kiosk") == 0;
	snprintf(s->direction, sizeof(s->direction), "%s",
	    strcmp(setup->lane->direction, "out") == 0 ? "out" : "in");
}

int
session_direction(const struct session *s)
{
	return strcmp(s->direction, "out") == 0;
}

void
session_note(struct session *s, bool bad, const struct moment *m,
    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->notice, sizeof(s->notice), format, ap);
	va_end(ap);
	s->notice_bad = bad;
	s->notice_ms = m->now_ms + NOTICE_MS;
}

void
session_heard(struct session *s)
{
	if (!s->notice_bad)
		s->notice_ms = 0;
}

size_t
session_effects(struct session *s, struct effect out[EFFECTS_MAX])
{
	size_t n = s->neffects;

	memcpy(out, s->effects, n * sizeof(out[0]));
	explicit_bzero(s->effects, sizeof(s->effects)); /* numbers of persons */
	s->neffects = 0;
	return n;
}

static struct effect *
effect(struct session *s, enum effect_kind kind)
{
	struct effect *e;

	/* No single call makes more: see session_scan, the longest. */
	assert(s->neffects < EFFECTS_MAX);
	e = &s->effects[s->neffects++];
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	return e;
}

void
session_put(struct session *s, char *body, int64_t n, int64_t of_n,
    const char *of_id)
{
	struct effect *e = effect(s, EFFECT_RECORD);

	e->n = n;
	e->body = body;
	e->of_n = of_n;
	snprintf(e->of_id, sizeof(e->of_id), "%s", of_id);
}

void
session_act(struct session *s, enum effect_kind kind, char *body)
{
	if (body == NULL)
		mem_none();
	effect(s, kind)->body = body;
}

const struct credential *
person_document(const struct person *person)
{
	for (size_t i = 0; i < person->ndocuments; i++)
		if (person->documents[i].identity[0] != '\0')
			return &person->documents[i];
	return person->ndocuments > 0 ? &person->documents[0] : NULL;
}

bool
person_is_listed(const struct person *person)
{
	const struct credential *c = person_document(person);

	return person->answered && person->answer.known && c != NULL &&
	    c->identity[0] != '\0';
}

bool
reading_counts(const struct reading *reading)
{
	return reading->source != TEMP_NONE &&
	    strcmp(reading->temp.quality, "unstable") != 0;
}

/* ---- asking the register -------------------------------------------------------- */

void
session_ask(struct session *s, const struct moment *m)
{
	struct person *p = &s->person;
	const struct credential *document = person_document(p);
	const char *identity = document != NULL ? document->identity : "";
	struct effect *e;

	p->answered = p->bettered = false;
	p->look_n = ++s->shift->next_look;
	p->look_ms = m->now_ms;
	memset(&p->answer, 0, sizeof(p->answer));
	e = effect(s, EFFECT_LOOK);
	e->n = p->look_n;
	snprintf(e->identity, sizeof(e->identity), "%s", identity);
	snprintf(e->plate, sizeof(e->plate), "%s", p->plate);
}

/* ---- judging ----------------------------------------------------------------------- */

static const char *
default_outcome(const struct judgement *j)
{
	if (j->verdict == VERDICT_PASS)
		return "passed";
	for (size_t i = 0; i < j->nreasons; i++)
		if (j->reasons[i].verdict == j->verdict &&
		    j->reasons[i].outcome[0] != '\0')
			return j->reasons[i].outcome;
	return "turned-back";
}

void
session_judge(struct session *s, const char *type, const struct moment *m)
{
	struct person *p = &s->person;
	struct record_head head = { type, ++s->shift->next_n };
	int64_t of_n = p->record_n;

	facts_of(s, m, &s->facts);
	policy_judge(s->setup.policy, &s->facts, &s->judgement);
	s->phase = PHASE_VERDICT;
	if (strcmp(type, "crossing") == 0 && !s->shift->training)
		s->shift->counts.verdicts[s->judgement.verdict]++;
	snprintf(s->outcome, sizeof(s->outcome), "%s",
	    default_outcome(&s->judgement));
	s->armed_ms = m->now_ms + ARM_MS;
	s->clears_ms = s->judgement.verdict == VERDICT_PASS && !s->kiosk ?
	    m->now_ms + PASS_CLEARS_MS : 0;
	s->recorded = RECORDED_NOT_YET;
	s->recorded_ms = m->now_ms;
	s->record_fault[0] = '\0';
	s->shown_n = head.n;
	session_put(s, record_crossing(s, &head, m), head.n, of_n,
	    p->record_id);
	if (p->record_n == 0)
		p->record_n = head.n;
	granted_told(s, m);
}

/* Judge as soon as nothing is missing, or has been waited for long enough. */
void
session_try(struct session *s, const struct moment *m)
{
	const struct person *p = &s->person;
	const struct policy *policy = s->setup.policy;

	if (s->phase != PHASE_GATHER)
		return;
	if (p->ndocuments == 0 && policy_needs(policy, NEED_IDENTITY))
		return;
	if (!p->answered && m->now_ms - p->look_ms < LOOK_UP_MS)
		return;
	if (p->reading.source == TEMP_NONE && !p->two_people &&
	    !surge_open(s->shift, m) &&
	    policy_needs(policy, NEED_TEMPERATURE) &&
	    m->now_ms - p->opened_ms < READING_WAIT_MS)
		return;
	session_judge(s, p->measurement > 1 ? "measurement" : "crossing", m);
}

/* ---- opening, joining ------------------------------------------------------------------ */

void
session_board(struct session *s, const struct moment *m)
{
	struct person *p = &s->person;

	if (s->vehicle.plate[0] == '\0')
		return;
	memcpy(p->plate, s->vehicle.plate, sizeof(p->plate));
	p->number_aboard = s->vehicle.people + 1;
	s->vehicle.touched_ms = m->now_ms;
}

static void
take_held(struct session *s, const struct moment *m)
{
	if (s->held.source != TEMP_NONE &&
	    m->now_ms - s->held.taken_ms <= READING_WAIT_MS) {
		if (s->held_two)
			s->person.two_people = true;
		else
			s->person.reading = s->held;
	}
	s->held.source = TEMP_NONE;
	s->held_two = false;
}

void
session_gather(struct session *s, const struct moment *m)
{
	s->phase = PHASE_GATHER;
	s->person.opened_ms = m->now_ms;
	session_ask(s, m);
	session_try(s, m);
}

static int
find_waiting(const struct session *s, const struct credential *c, uint64_t key)
{
	for (int i = 0; i < WAITING_MAX; i++) {
		const struct person *p = &s->shift->waiting[i].person;

		if (!s->shift->waiting[i].present)
			continue;
		if (p->key == key)
			return i;
		for (size_t d = 0; d < p->ndocuments; d++)
			if (credential_compare(&p->documents[d], c) ==
			    MATCH_SAME)
				return i;
	}
	return -1;
}

void
session_recall(struct session *s, size_t index, const struct moment *m)
{
	struct waiting *w;
	int64_t left_ms;

	if (index >= WAITING_MAX || !s->shift->waiting[index].present ||
	    s->phase != PHASE_READY)
		return;
	w = &s->shift->waiting[index];
	left_ms = w->due_ms - m->now_ms;
	if (left_ms > 0) {
		session_note(s, false, m, _("Wait %d:%02d more, then measure again"),
		    (int)(left_ms / 60000), (int)(left_ms / 1000 % 60));
		return;
	}
	s->person = w->person;
	explicit_bzero(w, sizeof(*w));
	s->person.measurement++;
	s->person.reading.source = TEMP_NONE;
	s->person.two_people = false;
	take_held(s, m);
	session_gather(s, m);
}

void
session_open(struct session *s, const struct credential *c, uint64_t key,
    bool typed, const struct moment *m)
{
	struct person *p = &s->person;
	int waits = find_waiting(s, c, key);

	s->phase = PHASE_READY;
	explicit_bzero(p, sizeof(*p)); /* who was here may have passed */
	if (waits >= 0) {
		session_recall(s, (size_t)waits, m);
		return;
	}
	p->present = true;
	p->documents[0] = *c;
	p->ndocuments = 1;
	p->key = key;
	p->typed = typed;
	p->measurement = 1;
	p->document_ms = m->now_ms;
	p->scanned_ms = s->has_behind && s->behind_key == key ?
	    s->behind_ms : m->now_ms;
	p->repeat_min = repeats_minutes(&s->shift->repeats, key,
	    session_direction(s) == 0, m->now_ms);
	session_board(s, m);
	take_held(s, m);
	s->notice_ms = 0;
	/* Where something is given once, the rules say it. */
	if (p->repeat_min >= 0 && !s->kiosk && !surge_open(s->shift, m) &&
	    policy_grant(s->setup.policy) == NULL) {
		s->phase = PHASE_REPEAT;
		s->armed_ms = m->now_ms + ARM_MS;
		return;
	}
	session_gather(s, m);
}

void
session_close(struct session *s, const struct moment *m)
{
	/* Nobody's name outlives the verdict; the waiting list keeps its own. */
	memset(&s->person, 0, sizeof(s->person));
	s->phase = PHASE_READY;
	if (!s->has_behind)
		return;
	session_open(s, &s->behind, s->behind_key, s->behind_typed, m);
	s->has_behind = false;
	memset(&s->behind, 0, sizeof(s->behind));
}

void
session_hint(struct session *s, const char *word, const struct moment *m)
{
	snprintf(s->hint, sizeof(s->hint), "%s", word);
	s->hint_ms = m->now_ms;
}

void
session_answer(struct session *s, int64_t n,
    const struct register_answer *answer, const struct moment *m)
{
	struct person *p = &s->person;

	if (!p->present || p->look_n != n || p->answered)
		return;
	p->answer = *answer;
	p->answered = true;
	granted_answer(s);
	if (s->phase == PHASE_VERDICT && answer->known)
		session_judge(s, "update", m); /* it came late */
	else
		session_try(s, m);
}

void
session_clock(struct session *s, const struct moment *m)
{
	if (s->phase == PHASE_VERDICT && s->judgement.verdict == VERDICT_CHECK)
		session_judge(s, "update", m);
}

void
session_turn(struct session *s, const struct moment *m)
{
	if (strcmp(s->setup.lane->direction, "ask") != 0) {
		session_note(s, false, m, _("This lane has one direction"));
		return;
	}
	if (s->phase != PHASE_READY)
		return;
	snprintf(s->direction, sizeof(s->direction), "%s",
	    session_direction(s) == 0 ? "out" : "in");
}

/* ---- time --------------------------------------------------------------------------------- */

void
session_tick(struct session *s, const struct moment *m)
{
	surge_tick(s, m);
	late_tick(s, m);
	granted_tick(s, m);
	session_try(s, m);
	if (s->phase == PHASE_VERDICT && s->clears_ms != 0 &&
	    m->now_ms >= s->clears_ms && !surge_decide(s, "time-out", m) &&
	    !session_decide(s, s->judgement.verdict == VERDICT_PASS ?
	    "passed" : "none", "time-out", "", m))
		s->clears_ms = m->now_ms + 1000;
	if (s->recorded == RECORDED_NOT_YET && s->phase == PHASE_VERDICT &&
	    m->now_ms - s->recorded_ms >= 2000)
		s->recorded = RECORDED_LATE;
	if (s->notice_ms != 0 && m->now_ms >= s->notice_ms)
		s->notice_ms = 0;
	if (s->vehicle.plate[0] != '\0' && s->phase == PHASE_READY &&
	    m->now_ms - s->vehicle.touched_ms >= VEHICLE_IDLE_MS)
		memset(&s->vehicle, 0, sizeof(s->vehicle));
	if (s->hint[0] != '\0' && m->now_ms - s->hint_ms >= 2000)
		s->hint[0] = '\0';
}

int64_t
session_deadline(const struct session *s, const struct moment *m)
{
	const struct person *p = &s->person;
	int64_t candidates[7];
	int64_t best = -1;
	size_t n = 0;

	if (s->phase == PHASE_GATHER && !p->answered)
		candidates[n++] = p->look_ms + LOOK_UP_MS;
	if (s->phase == PHASE_GATHER)
		candidates[n++] = p->opened_ms + READING_WAIT_MS;
	if (s->phase == PHASE_VERDICT && s->clears_ms != 0)
		candidates[n++] = s->clears_ms;
	if (s->phase == PHASE_VERDICT && s->recorded == RECORDED_NOT_YET)
		candidates[n++] = s->recorded_ms + 2000;
	if (s->notice_ms != 0)
		candidates[n++] = s->notice_ms;
	if (s->late.present)
		candidates[n++] = s->late.person.look_ms + LATE_MS;
	if (s->late_until_ms != 0)
		candidates[n++] = s->late_until_ms;
	for (size_t i = 0; i < n; i++)
		if (candidates[i] > m->now_ms &&
		    (best < 0 || candidates[i] < best))
			best = candidates[i];
	return best;
}
