/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper - what was on paper comes in by keys: the declaration of somebody
 * without a telephone, and crossings written down during an outage. Pure.
 *
 * A declaration belongs to the person in front, or opens one; a line of the
 * logbook belongs to nobody here any more and is recorded as back-dated.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGBOOK_DAYS 7 /* older paper is for the hub's people */
#define DAY_S 86400

/* ---- the forms ------------------------------------------------------------------ */

static const struct field_choice no_yes[] = {
	{ "no", N_("no") }, { "yes", N_("yes") }, { NULL, NULL },
};

static const struct field_choice sexes[] = {
	{ "female", N_("Female") }, { "male", N_("Male") }, { NULL, NULL },
};

static const struct field_choice directions[] = {
	{ "in", N_("IN") }, { "out", N_("OUT") }, { NULL, NULL },
};

static const struct field_choice verdicts[] = {
	{ "pass", N_("PASS") }, { "check", N_("CHECK") },
	{ "stop", N_("STOP") }, { NULL, NULL },
};

static const struct field_choice outcomes[] = {
	{ "passed", N_("Let pass") }, { "turned-back", N_("Turn back") },
	{ "health-desk", N_("To health desk") },
	{ "held", N_("Hold, hand over") }, { NULL, NULL },
};

/* What a declaration is, first; the rest of the paper form may stay blank. */
static const struct field_info declaration[] = {
	{ "name", N_("Name"), FIELD_TEXT, true, false, NULL },
	{ "number", N_("Number"), FIELD_NUMBER, false, false, NULL },
	{ "birth", N_("Born"), FIELD_DATE, false, false, NULL },
	{ "from", N_("From"), FIELD_TEXT, true, false, NULL },
	{ "to", N_("To"), FIELD_TEXT, true, false, NULL },
	{ "phone", N_("Telephone"), FIELD_PHONE, false, false, NULL },
	{ "symptoms", N_("Symptoms"), FIELD_CHOICE, false, true, no_yes },
	{ "contact", N_("Near a case"), FIELD_CHOICE, false, true, no_yes },
	{ "sex", N_("Sex"), FIELD_CHOICE, false, true, sexes },
	{ "address", N_("Address"), FIELD_TEXT, false, true, NULL },
	{ "plate", N_("Plate"), FIELD_PLATE, false, true, NULL },
	{ "purpose", N_("Purpose"), FIELD_TEXT, false, true, NULL },
	{ "slip", N_("Print a slip"), FIELD_CHOICE, false, true, no_yes },
};

static const struct field_info logbook[] = {
	{ "time", N_("Time"), FIELD_TIME, true, false, NULL },
	{ "number", N_("Number"), FIELD_NUMBER, false, false, NULL },
	{ "plate", N_("Plate"), FIELD_PLATE, false, false, NULL },
	{ "direction", N_("Direction"), FIELD_CHOICE, true, false, directions },
	{ "verdict", N_("Verdict"), FIELD_CHOICE, false, false, verdicts },
	{ "outcome", N_("Outcome"), FIELD_CHOICE, true, false, outcomes },
	{ "note", N_("Note"), FIELD_TEXT, false, false, NULL },
};

/* ---- opening --------------------------------------------------------------------- */

/* "2000-03-15" as it is typed; a partial date stays for the officer. */
static void
fill_birth(struct fields *fields, const char *birth)
{
	char typed[16];

	if (strlen(birth) == 10)
		snprintf(typed, sizeof(typed), "%.2s%.2s%.4s", birth + 8,
		    birth + 5, birth);
	else
		snprintf(typed, sizeof(typed), "%.4s", birth);
	fields_fill(fields, "birth", typed);
}

/* What the documents say need not be typed. */
static void
fill_person(struct fields *fields, const struct person *p)
{
	const struct credential *c = person_document(p);

	if (c == NULL)
		return;
	if (fields_value(fields, "number")[0] == '\0' &&
	    strlen(c->id) < 21 && strchr(c->id, '*') == NULL)
		fields_fill(fields, "number", c->id);
	for (size_t i = 0; i < p->ndocuments; i++) {
		c = &p->documents[i];
		if (fields_value(fields, "name")[0] == '\0')
			fields_fill(fields, "name", c->name);
		if (fields_value(fields, "birth")[0] == '\0')
			fill_birth(fields, c->birth);
		if (fields_value(fields, "sex")[0] == '\0')
			fields_fill(fields, "sex", c->sex);
		if (fields_value(fields, "address")[0] == '\0')
			fields_fill(fields, "address", c->address);
	}
	if (fields_value(fields, "plate")[0] == '\0')
		fields_fill(fields, "plate", p->plate);
}

static enum compose_method
method_of(const struct conf *conf)
{
	return strcmp(conf->typing, "vni") == 0 ? COMPOSE_VNI :
	    strcmp(conf->typing, "off") == 0 ? COMPOSE_OFF : COMPOSE_TELEX;
}

void
paper_open(struct paper *paper, enum paper_kind kind, const struct session *s)
{
	bool declares = kind == PAPER_DECLARATION;

	paper->kind = kind;
	if (kind == PAPER_ZONE) {
		paper->person = 0;
		zone_open(&paper->fields);
		return;
	}
	paper->person = s->phase != PHASE_READY && declares ? s->person.key : 0;
	fields_open(&paper->fields, declares ? N_("Declaration") :
	    N_("Logbook: what was on paper"), declares ? declaration : logbook,
	    declares ? nitems(declaration) : nitems(logbook),
	    method_of(s->setup.conf));
	if (!declares)
		fields_fill(&paper->fields, "direction", s->direction);
	else if (paper->person != 0)
		fill_person(&paper->fields, &s->person);
}

bool
paper_settle(struct paper *paper, const struct session *s)
{
	bool present = s->phase != PHASE_READY && s->person.present;

	if (paper->kind != PAPER_DECLARATION)
		return true;
	if (paper->person != 0)
		return present && s->person.key == paper->person;
	if (present) { /* the card came while somebody typed */
		paper->person = s->person.key;
		fill_person(&paper->fields, &s->person);
	}
	return true;
}

/* ---- declarations --------------------------------------------------------------------- */

static void
to_credential(const struct fields *fields, struct credential *c)
{
	const char *number = fields_value(fields, "number");
	struct credential_context context = { 0 };

	memset(c, 0, sizeof(*c));
	if (number[0] != '\0')
		credential_decode((const unsigned char *)number,
		    strlen(number), &context, c);
	if (c->kind != CREDENTIAL_NUMBER) { /* none, or a passport's */
		memset(c, 0, sizeof(*c));
		c->kind = CREDENTIAL_DECLARATION;
		snprintf(c->id, sizeof(c->id), "%s", number);
	}
	if (c->name[0] == '\0')
		snprintf(c->name, sizeof(c->name), "%s",
		    fields_value(fields, "name"));
	if (fields_value(fields, "birth")[0] != '\0')
		fields_date(fields_value(fields, "birth"), c->birth);
	if (fields_value(fields, "sex")[0] != '\0')
		snprintf(c->sex, sizeof(c->sex), "%.7s",
		    fields_value(fields, "sex"));
	if (c->address[0] == '\0')
		snprintf(c->address, sizeof(c->address), "%s",
		    fields_value(fields, "address"));
}

static uint64_t
key_of(const struct session *s, const struct credential *c)
{
	char text[CREDENTIAL_VALUE_MAX * 2];

	if (c->identity[0] != '\0')
		snprintf(text, sizeof(text), "%s", c->identity);
	else
		snprintf(text, sizeof(text), "%s|%s|%s", c->id, c->name,
		    c->birth);
	return repeats_key(&s->shift->repeats, text, strlen(text));
}

/* Whom the form is for: the person in front, or a new one. */
static enum form_result
to_person(struct paper *paper, struct session *s, const struct moment *m)
{
	struct fields *fields = &paper->fields;
	struct credential c;
	const struct credential *shown;

	to_credential(fields, &c);
	if (s->phase == PHASE_READY) {
		session_open(s, &c, key_of(s, &c), true, m);
		return s->phase != PHASE_READY ? FORM_DONE :
		    fields_refuse(fields, "number", s->notice);
	}
	shown = person_document(&s->person);
	if (shown != NULL && shown->identity[0] != '\0' &&
	    c.identity[0] != '\0' && strcmp(shown->identity, c.identity) != 0)
		return fields_refuse(fields, "number",
		    _("The number is another person's"));
	for (size_t i = 0; i < s->person.ndocuments; i++)
		if (s->person.documents[i].name[0] != '\0')
			return FORM_DONE;
	if (s->person.ndocuments > 0)
		snprintf(s->person.documents[0].name,
		    sizeof(s->person.documents[0].name), "%s", c.name);
	else
		s->person.documents[s->person.ndocuments++] = c;
	return FORM_DONE;
}

/* The code of the slip: by the post's own key, so that any post that trusts it
 * reads the declaration again. Without a key or a time the slip names the
 * record and no more; in training nothing is signed. */
static void
sign_declaration(const struct fields *fields, struct session *s,
    const struct moment *m)
{
	char *json;
	struct err err = { 0 };

	s->slip_code[0] = '\0';
	if (s->setup.sign_key == NULL || m->clock == CLOCK_UNCONFIRMED ||
	    s->shift->training)
		return;
	json = record_declaration(s, fields, m);
	if (json == NULL)
		return;
	if (credential_issue(json, strlen(json), s->setup.sign_key, m->wall,
	    s->slip_code, &err) != 0) {
		s->slip_code[0] = '\0';
		session_note(s, true, m, _("The slip could not be signed: %s"),
		    err.text);
	}
	explicit_bzero(json, strlen(json));
	free(json);
}

static void
put_declaration(struct paper *paper, struct session *s, const struct moment *m)
{
	const struct fields *fields = &paper->fields;
	const char *pairs[2 * FIELDS_MAX + 1];
	struct record_head head = { "declaration", ++s->shift->next_n };
	char birth[11] = "";
	size_t n = 0;

	if (fields_value(fields, "birth")[0] != '\0')
		fields_date(fields_value(fields, "birth"), birth);
	for (size_t i = 0; i < fields->n; i++) {
		if (strcmp(fields->list[i].name, "slip") == 0)
			continue;
		pairs[n++] = fields->list[i].name;
		pairs[n++] = strcmp(fields->list[i].name, "birth") == 0 ?
		    birth : fields->values[i];
	}
	pairs[n] = NULL;
	session_put(s, record_fields(s, &head, m, "declared", pairs), head.n,
	    s->person.record_n, s->person.record_id);
	if (strcmp(fields_value(fields, "slip"), "no") != 0)
		s->slip_n = head.n;
	if (s->slip_n == head.n)
		sign_declaration(fields, s, m);
}

static enum form_result
declare(struct paper *paper, struct session *s, const struct moment *m)
{
	struct fields *fields = &paper->fields;
	const char *symptoms = fields_value(fields, "symptoms");
	struct declared *d = &s->person.declared;

	if (fields_value(fields, "number")[0] == '\0' &&
	    fields_value(fields, "birth")[0] == '\0')
		return fields_refuse(fields, "number",
		    _("A number, or the date of birth"));
	if (to_person(paper, s, m) != FORM_DONE)
		return FORM_EDITING;
	*d = (struct declared){ .at_ms = m->now_ms,
		.symptoms = symptoms[0] == '\0' ? -1 :
		    strcmp(symptoms, "yes") == 0 };
	snprintf(d->from, sizeof(d->from), "%s", fields_value(fields, "from"));
	snprintf(d->to, sizeof(d->to), "%s", fields_value(fields, "to"));
	put_declaration(paper, s, m);
	if (s->phase == PHASE_VERDICT)
		session_judge(s, "update", m);
	else
		session_try(s, m);
	return FORM_DONE;
}

void
paper_recorded(struct session *s, int64_t n, const char *id,
    const struct moment *m)
{
	if (s->slip_n != n)
		return;
	s->slip_n = 0;
	session_act(s, EFFECT_SLIP, record_declaration_slip(s, id, m));
	explicit_bzero(s->slip_code, sizeof(s->slip_code));
}

/* ---- the logbook ---------------------------------------------------------------------- */

/* "1403" is the last time it was 14:03, "14032210" that of 22 October. */
static bool
happened(const char *typed, const struct moment *m, int utc_offset_s,
    int64_t *at)
{
	struct calendar day = calendar_at(m->wall, utc_offset_s);
	int minutes = (typed[0] - '0') * 600 + (typed[1] - '0') * 60 +
	    (typed[2] - '0') * 10 + (typed[3] - '0');
	bool dated = strlen(typed) == 8;
	int64_t days;

	if (dated) {
		day.day = (typed[4] - '0') * 10 + (typed[5] - '0');
		day.month = (typed[6] - '0') * 10 + (typed[7] - '0');
	}
	for (int back = 0; back < 2; back++) {
		if (!calendar_days(day.year - (dated ? back : 0), day.month,
		    day.day, &days))
			return false;
		*at = (days - (dated ? 0 : back)) * DAY_S + minutes * 60 -
		    utc_offset_s;
		if (*at <= m->wall)
			return m->wall - *at <= LOGBOOK_DAYS * DAY_S;
	}
	return false;
}

static void
count(struct session *s, const struct fields *fields, int64_t at)
{
	struct view_counts *counts = &s->shift->counts;
	int side = strcmp(fields_value(fields, "direction"), "out") == 0;
	const char *outcome = fields_value(fields, "outcome");

	if (at < counts->since)
		return; /* another shift's */
	counts->people[side]++;
	counts->passed[side] += strcmp(outcome, "passed") == 0;
	if (strcmp(outcome, "passed") == 0)
		venue_count(s->shift, side, 1);
	counts->turned_back[side] += strcmp(outcome, "turned-back") == 0;
	counts->health[side] += strcmp(outcome, "health-desk") == 0;
}

static enum form_result
write_up(struct paper *paper, struct session *s, const struct moment *m)
{
	struct fields *fields = &paper->fields;
	struct record_head head = { "logbook", 0 };
	const char *pairs[2 * FIELDS_MAX + 3];
	char time[21];
	int64_t at;
	size_t n = 0;

	if (m->clock == CLOCK_UNCONFIRMED)
		return fields_refuse(fields, "time",
		    _("Confirm the time first (O)"));
	if (!happened(fields_value(fields, "time"), m,
	    s->setup.conf->utc_offset_s, &at))
		return fields_refuse(fields, "time",
		    _("Not in the last seven days"));
	if (fields_value(fields, "number")[0] == '\0' &&
	    fields_value(fields, "plate")[0] == '\0')
		return fields_refuse(fields, "number", _("A number, or a plate"));
	time_print(at, time);
	pairs[n++] = "happened";
	pairs[n++] = time;
	for (size_t i = 1; i < fields->n; i++) {
		pairs[n++] = fields->list[i].name;
		pairs[n++] = fields->values[i];
	}
	pairs[n] = NULL;
	head.n = ++s->shift->next_n;
	session_put(s, record_fields(s, &head, m, "logged", pairs), head.n, 0,
	    "");
	count(s, fields, at);
	session_note(s, false, m, _("Written up, marked as back-dated"));
	return FORM_DONE;
}

/* ---- door ---------------------------------------------------------------------------------- */

enum form_result
paper_input(struct paper *paper, struct session *s, const struct input *input,
    const struct moment *m)
{
	enum form_result result;

	if (paper->kind == PAPER_ZONE)
		return zone_input(&paper->fields, s, input, m);
	result = fields_input(&paper->fields, input);
	if (result != FORM_DONE)
		return result;
	if (s->shift->recorder_full)
		return fields_refuse(&paper->fields, "",
		    _("Nothing more can be recorded: write on paper"));
	return paper->kind == PAPER_DECLARATION ? declare(paper, s, m) :
	    write_up(paper, s, m);
}
