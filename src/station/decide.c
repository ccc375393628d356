/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide - what becomes of the person: outcomes, the waiting list, the
 * correction within a minute, and what the recorder answered. Pure.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

/* ---- counting ----------------------------------------------------------------- */

static int *
outcome_count(struct view_counts *counts, const char *outcome, int direction)
{
	if (strcmp(outcome, "passed") == 0)
		return &counts->passed[direction];
	if (strcmp(outcome, "turned-back") == 0)
		return &counts->turned_back[direction];
	if (strcmp(outcome, "health-desk") == 0)
		return &counts->health[direction];
	return NULL;
}

static bool
declared(const struct session *s)
{
	const struct fact_value *fact = &s->facts.values[FACT_DECLARATION];

	for (size_t i = 0; i < s->person.ndocuments; i++)
		if (s->person.documents[i].kind == CREDENTIAL_DECLARATION)
			return true;
	return fact->type == FACT_TEXT && strcmp(fact->text, "none") != 0;
}

static void
count_kinds(const struct session *s, struct view_counts *counts, int direction)
{
	const struct fact_value *foreign = &s->facts.values[FACT_FOREIGNER];

	counts->foreigners[direction] += foreign->type == FACT_INTEGER &&
	    foreign->integer != 0;
	counts->declarations[direction] += declared(s);
	counts->checked[direction] += s->judgement.verdict != VERDICT_PASS;
}

static void
count(struct session *s, const char *outcome, const char *by, bool against,
    const struct moment *m)
{
	int direction = session_direction(s);
	int *one = outcome_count(&s->shift->counts, outcome, direction);
	char compact[24];

	if (strcmp(outcome, "waiting") == 0 || s->shift->training)
		return; /* counted when the second reading has decided */
	count_kinds(s, &s->shift->counts, direction);
	s->shift->counts.people[direction]++;
	if (against && strcmp(outcome, "passed") == 0)
		s->shift->counts.anyway[direction]++;
	if (one != NULL)
		(*one)++;
	tally_person(s, m);
	tally_time(s, by, m);
	overruled_add(&s->shift->overruled, &s->judgement, s->person.record_n,
	    strcmp(outcome, "passed") == 0, m->now_ms);
	if (against)
		s->shift->counts.against[direction]++;
	/* The person's own vehicle: the lane may have the next one by now. */
	if (s->person.number_aboard == 1 &&
	    plate_parse(s->person.plate, compact) == PLATE_MOTORBIKE)
		s->shift->counts.motorbikes[direction]++;
	else if (s->person.number_aboard == 1)
		s->shift->counts.cars[direction]++;
	if (strcmp(outcome, "passed") != 0)
		return;
	venue_count(s->shift, direction, 1);
	if (s->person.key != 0)
		repeats_add(&s->shift->repeats, s->person.key, direction == 0,
		    m->now_ms);
}

/* ---- the list of recent crossings --------------------------------------------------- */

void
person_mask(const struct person *person, char out[16])
{
	const struct credential *document = person_document(person);
	const char *id = document != NULL ? document->id : "";
	size_t n = strlen(id);

	if (n < 3 || document->kind == CREDENTIAL_OPAQUE)
		snprintf(out, 16, "…");
	else
		snprintf(out, 16, "…%s", id + n - 3);
}

static void
temperature_text(const struct reading *reading, enum language language,
    char out[16])
{
	int32_t tenths = (reading->temp.result_mc + 50) / 100;

	if (reading_counts(reading))
		snprintf(out, 16, "%d%c%d", tenths / 10,
		    language == LANGUAGE_VI ? ',' : '.', tenths % 10);
	else
		out[0] = '\0';
}

static void
remember(struct session *s, const char *outcome, bool against,
    const struct moment *m)
{
	struct view_recent *r = &s->shift->recent[0];
	char shown[PLATE_SHOWN_MAX];

	memmove(&s->shift->recent[1], &s->shift->recent[0],
	    (RECENT_MAX - 1) * sizeof(s->shift->recent[0]));
	if (s->shift->nrecent < RECENT_MAX)
		s->shift->nrecent++;
	s->shift->recent_serial++;
	memset(r, 0, sizeof(*r));
	r->at = m->wall;
	r->verdict = s->judgement.verdict;
	snprintf(r->direction, sizeof(r->direction), "%s", s->direction);
	snprintf(r->outcome, sizeof(r->outcome), "%s", outcome);
	plate_print(s->person.plate, shown);
	snprintf(r->vehicle, sizeof(r->vehicle), "%.23s", shown);
	person_mask(&s->person, r->who);
	temperature_text(&s->person.reading, s->setup.language,
	    r->temperature);
	search_add(s->shift, &s->person, r);
	s->decided = (struct decided){
		.present = strcmp(outcome, "waiting") != 0,
		.at_ms = m->now_ms, .record_n = s->person.record_n,
		.verdict = s->judgement.verdict, .recent = s->shift->recent_serial,
		.key = s->person.key, .direction = session_direction(s),
		.against = against, .counted = !s->shift->training,
	};
	memcpy(s->decided.record_id, s->person.record_id,
	    sizeof(s->decided.record_id));
	snprintf(s->decided.outcome, sizeof(s->decided.outcome), "%s",
	    outcome);
}

/* ---- outcomes ----------------------------------------------------------------------------- */

static bool
push_waiting(struct session *s, const struct moment *m)
{
	double minutes = policy_value(s->setup.policy, "second_minutes",
	    SECOND_MINUTES);

	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct waiting *w = &s->shift->waiting[i];

		if (w->present)
			continue;
		w->present = true;
		w->person = s->person;
		if (w->person.first_ms == 0)
			w->person.first_ms = w->person.reading.taken_ms != 0 ?
			    w->person.reading.taken_ms : m->now_ms;
		w->due_ms = m->now_ms + (int64_t)(minutes * 60000);
		return true;
	}
	session_note(s, true, m, _("The waiting list is full"));
	return false;
}

static bool
allowed(struct session *s, const char *outcome, const char *why,
    const struct moment *m)
{
	bool pass = strcmp(outcome, "passed") == 0;

	if (s->phase != PHASE_VERDICT)
		return false;
	/* Nobody sits down to wait with a STOP unless its rule says so. */
	if (s->judgement.verdict == VERDICT_STOP && strcmp(outcome, "waiting") ==
	    0 && strcmp(s->outcome, "waiting") != 0) {
		session_note(s, true, m, _("Decide first"));
		return false;
	}
	if (s->shift->recorder_full) {
		session_note(s, true, m, _("Nothing more can be recorded: write on paper"));
		return false;
	}
	if (!granted_room(s, outcome)) {
		session_note(s, true, m, _("Nothing more can be noted: scan badge"));
		return false;
	}
	if (!pass || reason_allowed(s, why))
		return true;
	if (s->judgement.verdict == VERDICT_STOP)
		session_note(s, true, m, _("Leader's PIN needed"));
	return false;
}

bool
session_decide(struct session *s, const char *outcome, const char *by,
    const char *why, const struct moment *m)
{
	bool pass = strcmp(outcome, "passed") == 0;
	bool waits = strcmp(outcome, "waiting") == 0;
	bool against = pass != (s->judgement.verdict == VERDICT_PASS) &&
	    (pass || s->judgement.verdict == VERDICT_PASS);
	struct record_head head = { "outcome", 0 };
	const char *given;

	if (!allowed(s, outcome, why, m))
		return false;
	if (s->judgement.verdict == VERDICT_PASS &&
	    granted_meanwhile(s, outcome)) {
		session_judge(s, "update", m);
		return false;
	}
	if (waits && !push_waiting(s, m))
		return false;
	given = granted_decide(s, outcome, m);
	head.n = ++s->shift->next_n;
	session_put(s, record_words(s, &head, m, (const char *const[]){
	    "outcome", outcome, "by", by, "why", why, "against",
	    against ? "yes" : "", "leader", pass ? s->leader : "", "medical",
	    pass ? s->medical : "", "grant", given, NULL }), head.n, s->person.record_n, s->person.record_id);
	s->leader[0] = s->medical[0] = '\0';
	/* A STOP opens nothing, even where somebody lets it pass. */
	if (pass && !s->kiosk && s->judgement.verdict != VERDICT_STOP &&
	    !s->shift->training)
		s->gate_n = head.n;
	count(s, outcome, by, against, m);
	remember(s, outcome, against, m);
	if (pass)
		late_keep(s, m);
	if (s->person.number_aboard > s->vehicle.people &&
	    strcmp(s->person.plate, s->vehicle.plate) == 0) {
		s->vehicle.people++;
		s->vehicle.touched_ms = m->now_ms;
	}
	s->person.present = false;
	s->phase = PHASE_READY;
	if (strcmp(by, "next") != 0)
		session_close(s, m);
	return true;
}

bool
session_enter(struct session *s, const struct moment *m)
{
	if (m->now_ms < s->armed_ms)
		return false;
	if (s->phase == PHASE_VERDICT)
		return session_decide(s, s->outcome, "key", "", m);
	if (s->phase != PHASE_REPEAT)
		return false;
	/* Record again: look up and judge as if it were the first time. */
	s->phase = PHASE_READY;
	s->person.repeat_min = repeats_minutes(&s->shift->repeats, s->person.key,
	    session_direction(s) == 0, m->now_ms);
	repeats_forget(&s->shift->repeats, s->person.key);
	{
		struct credential again = s->person.documents[0];
		struct declared declared = s->person.declared;
		int64_t minutes = s->person.repeat_min;
		int64_t scanned_ms = s->person.scanned_ms;

		session_open(s, &again, s->person.key, s->person.typed, m);
		s->person.repeat_min = minutes;
		s->person.scanned_ms = scanned_ms;
		s->person.declared = declared;
	}
	return true;
}

void
session_dismiss(struct session *s, const struct moment *m)
{
	if (s->phase == PHASE_REPEAT)
		session_close(s, m);
}

/* ---- correction -------------------------------------------------------------------------------- */

bool
session_may_correct(const struct session *s, const struct moment *m)
{
	return s->decided.present && !s->shift->recorder_full &&
	    m->now_ms - s->decided.at_ms <= CORRECT_MS;
}

/* Letting pass needs afterwards what it needed before: a reason against a
 * CHECK, the leader against a STOP. */
static bool
may_become(struct session *s, const char *outcome, const char *why,
    const struct moment *m)
{
	const struct decided *d = &s->decided;

	if (!session_may_correct(s, m) || strcmp(outcome, d->outcome) == 0 ||
	    !granted_room(s, NULL))
		return false;
	if (strcmp(outcome, "passed") != 0 || d->verdict == VERDICT_PASS)
		return true;
	if (d->verdict == VERDICT_STOP && s->leader[0] == '\0') {
		session_note(s, true, m, _("Leader's PIN needed"));
		return false;
	}
	return why[0] != '\0';
}

/* Counted as the crossing was, whatever the lane does now. */
static void
recount(struct session *s, const char *outcome, bool against)
{
	struct decided *d = &s->decided;
	struct view_counts *counts = &s->shift->counts;
	int *from = outcome_count(counts, d->outcome, d->direction);
	int *to = outcome_count(counts, outcome, d->direction);
	bool pass = strcmp(outcome, "passed") == 0;
	bool passed = strcmp(d->outcome, "passed") == 0;

	if (!d->counted)
		return;
	venue_count(s->shift, d->direction, pass - passed);
	if (d->verdict != VERDICT_PASS)
		counts->anyway[d->direction] += pass - passed;
	if (from != NULL && *from > 0)
		(*from)--;
	if (to != NULL)
		(*to)++;
	counts->against[d->direction] += against - d->against;
	if (pass && d->key != 0)
		repeats_add(&s->shift->repeats, d->key, d->direction == 0,
		    d->at_ms);
	else
		repeats_forget(&s->shift->repeats, d->key);
}

/* Recorded as the crossing was, too. */
void
session_correct(struct session *s, const char *outcome, const char *why,
    const struct moment *m)
{
	struct decided *d = &s->decided;
	struct record_head head = { "correction", 0 };
	bool pass = strcmp(outcome, "passed") == 0;
	bool against = d->verdict == VERDICT_PASS ? !pass : pass;
	size_t back = s->shift->recent_serial - d->recent;

	if (!may_become(s, outcome, why, m))
		return;
	search_correct(s->shift, d->recent, outcome);
	head.n = ++s->shift->next_n;
	session_put(s, record_words(s, &head, m, (const char *const[]){
	    "direction", d->direction == 0 ? "in" : "out", "outcome", outcome,
	    "was", d->outcome, "by", "key", "why", why, "against",
	    against ? "yes" : "", "leader", pass ? s->leader : "", "grant",
	    granted_correct(s, d->outcome, outcome, m), NULL }),
	    head.n, d->record_n, d->record_id);
	s->leader[0] = '\0';
	overruled_correct(&s->shift->overruled, d->record_n, pass);
	recount(s, outcome, against);
	d->against = against;
	snprintf(d->outcome, sizeof(d->outcome), "%s", outcome);
	if (back < s->shift->nrecent)
		snprintf(s->shift->recent[back].outcome,
		    sizeof(s->shift->recent[back].outcome), "%s", outcome);
	session_note(s, false, m, _("Decision corrected"));
}

/* ---- plain records -------------------------------------------------------------------------------- */

void
session_record(struct session *s, const char *type,
    const char *const fields[], const struct moment *m)
{
	struct record_head head = { type, ++s->shift->next_n };

	session_put(s, record_words(s, &head, m, fields), head.n, 0, "");
}

void
session_record_sheet(struct session *s, const char *type,
    const struct book *book, const char *const fields[],
    const struct moment *m)
{
	struct record_head head = { type, ++s->shift->next_n };

	session_put(s, record_sheet(s, &head, m, book, fields), head.n, 0, "");
}

void
session_record_plain(struct session *s, const char *type, const char *detail,
    const struct moment *m)
{
	struct record_head head = { type, ++s->shift->next_n };

	session_put(s, record_words(s, &head, m, (const char *const[]){
	    "detail", detail, NULL }), head.n, 0, "");
}

void
session_look(struct session *s, const struct moment *m)
{
	struct record_head head = { "look", 0 };
	bool coded = false;

	if (s->phase != PHASE_VERDICT)
		return;
	for (size_t i = 0; i < s->judgement.nreasons; i++)
		coded = coded || s->judgement.reasons[i].code[0] != '\0';
	if (!coded || s->shift->recorder_full)
		return;
	head.n = ++s->shift->next_n;
	session_put(s, record_words(s, &head, m, (const char *const[]){
	    "detail", "status shown", NULL }), head.n, s->person.record_n,
	    s->person.record_id);
}

void
session_print(struct session *s, const struct moment *m)
{
	if (s->phase != PHASE_VERDICT)
		return;
	if (s->recorded != RECORDED_DONE)
		session_note(s, false, m, _("Not recorded yet: no slip"));
	else
		session_act(s, EFFECT_SLIP, record_slip(s, false, m));
}

void
session_print_again(struct session *s, const struct moment *m)
{
	if (s->phase == PHASE_VERDICT && s->recorded == RECORDED_DONE)
		session_act(s, EFFECT_SLIP, record_slip(s, true, m));
}

void
session_switched(struct session *s, const struct output_switch *change,
    const struct moment *m)
{
	struct record_head head = { "switch", ++s->shift->next_n };

	session_put(s, record_switch(s, &head, change, m), head.n, 0,
	    change->of_id);
}

/* ---- what the recorder answered ------------------------------------------------------------------------ */

void
session_recorded(struct session *s, int64_t n, const char *id,
    const struct moment *m)
{
	if (s->person.record_n == n)
		snprintf(s->person.record_id, sizeof(s->person.record_id),
		    "%s", id);
	if (s->decided.record_n == n)
		snprintf(s->decided.record_id, sizeof(s->decided.record_id),
		    "%s", id);
	if (s->late.present && s->late.person.record_n == n)
		snprintf(s->late.person.record_id,
		    sizeof(s->late.person.record_id), "%s", id);
	for (size_t i = 0; i < WAITING_MAX; i++)
		if (s->shift->waiting[i].present &&
		    s->shift->waiting[i].person.record_n == n)
			snprintf(s->shift->waiting[i].person.record_id,
			    sizeof(s->shift->waiting[i].person.record_id), "%s", id);
	paper_recorded(s, n, id, m);
	if (s->gate_n == n) {
		s->gate_n = 0;
		session_act(s, EFFECT_GATE, strdup(id));
	}
	if (s->shown_n != n)
		return;
	s->recorded = RECORDED_DONE;
	snprintf(s->shown_id, sizeof(s->shown_id), "%s", id);
	if (s->phase == PHASE_VERDICT && surge_open(s->shift, m) &&
	    s->judgement.verdict != VERDICT_STOP)
		s->clears_ms = m->now_ms + SURGE_CLEARS_MS;
	if (!s->kiosk || s->phase != PHASE_VERDICT)
		return;
	s->clears_ms = m->now_ms + KIOSK_CLEARS_MS;
	if (s->judgement.verdict == VERDICT_PASS)
		session_act(s, EFFECT_GATE, strdup(id));
}

void
session_record_fault(struct session *s, int64_t n, const char *words)
{
	if (s->shown_n < n)
		return;
	s->recorded = RECORDED_FAULT;
	snprintf(s->record_fault, sizeof(s->record_fault), "%s", words);
}
