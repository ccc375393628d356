/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view - what of a session an officer sees, in the language of the screen.
 *
 * Pure. Only words and numbers; where they stand is the screen's matter.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words of the person -------------------------------------------------------- */

static const char *
id_label(const struct credential *c)
{
	switch (c->kind) {
	case CREDENTIAL_MRZ:
		return _("Passport");
	case CREDENTIAL_OPAQUE:
	case CREDENTIAL_LINK:
		return _("Code");
	default:
		return strlen(c->id) == 9 ? _("Old ID") : _("ID");
	}
}

/* "094300000123" is read out as "094 300 000 123". */
static void
id_text(const struct credential *c, char *out, size_t size)
{
	size_t n = strlen(c->id), at = 0;

	if (n != 12 && n != 9) {
		snprintf(out, size, "%s", c->kind == CREDENTIAL_OPAQUE ?
		    _("unknown code") : c->id);
		return;
	}
	for (size_t i = 0; i < n && at + 2 < size; i++) {
		if (i > 0 && i % 3 == 0)
			out[at++] = ' ';
		out[at++] = c->id[i];
	}
	out[at] = '\0';
}

void
view_birth(const char *birth, enum language language, char out[16])
{
	int year, month, day;

	if (sscanf(birth, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
	    language != LANGUAGE_VI)
		snprintf(out, 16, "%.10s", birth);
	else
		snprintf(out, 16, "%02d/%02d/%04d", day % 100, month % 100,
		    year % 10000);
}

/* "36,5" */
static void
degrees(const struct reading *reading, enum language language, char out[16])
{
	int32_t tenths = (reading->temp.result_mc + 50) / 100;

	snprintf(out, 16, "%d%c%d", tenths / 10,
	    language == LANGUAGE_VI ? ',' : '.', tenths % 10);
}

static void
temperature(const struct session *s, struct view_person *v)
{
	const struct person *p = &s->person;
	char value[16];

	v->temperature_doubt = !reading_counts(&p->reading) ||
	    strcmp(p->reading.temp.quality, "ok") != 0;
	if (p->two_people) {
		snprintf(v->temperature, sizeof(v->temperature), "%s",
		    _("Reading fits two people"));
		return;
	}
	if (p->reading.source == TEMP_NONE)
		return;
	if (!reading_counts(&p->reading)) {
		snprintf(v->temperature, sizeof(v->temperature), "%s",
		    _("unsteady: measure again"));
		return;
	}
	degrees(&p->reading, s->setup.language, value);
	if (p->reading.source == TEMP_HAND)
		snprintf(v->temperature, sizeof(v->temperature), _("%s by hand"),
		    value);
	else
		snprintf(v->temperature, sizeof(v->temperature),
		    _("%s device %d"), value, p->reading.device);
}

/* ---- words of the register ------------------------------------------------------------ */

static void
declaration(const struct session *s, char *out, size_t size)
{
	const struct register_answer *a = &s->person.answer;
	const struct fact_value *age = &s->facts.values[FACT_DECLARATION_AGE_H];

	if (s->person.declared.at_ms != 0)
		snprintf(out, size, "%s", _("at this post, by keys"));
	else if (a->declaration[0] == '\0')
		snprintf(out, size, "%s", _("not known"));
	else if (strcmp(a->declaration, "none") == 0)
		snprintf(out, size, "%s", _("No declaration"));
	else if (age->type == FACT_REAL)
		snprintf(out, size, _("%d h old"), (int)age->real);
	else
		snprintf(out, size, "%s", _("age not known"));
}

static void
status(const struct session *s, char *out, size_t size)
{
	const struct register_answer *a = &s->person.answer;
	const struct fact_value *age = &s->facts.values[FACT_REGISTER_AGE_H];

	/* A status is shown by its code only; X tells (screens.md). */
	if (a->status[0] == '\0')
		snprintf(out, size, "%s", _("not known"));
	else if (strcmp(a->status, "none") != 0)
		snprintf(out, size, "%s", _("listed (X shows)"));
	else if (age->type == FACT_REAL)
		snprintf(out, size, _("not listed (%d h old)"), (int)age->real);
	else
		snprintf(out, size, "%s", _("not listed"));
}

/* Words of facts as people say them; others (F0, pcr) stay. */
const char *
view_word(const char *word)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
		{ "none", N_("none") }, { "valid", N_("valid") },
		{ "expired", N_("expired") }, { "revoked", N_("revoked") },
		{ "invalid", N_("invalid") }, { "unsigned", N_("unsigned") },
		{ "unverified", N_("not checked") }, { "ok", N_("good") },
		{ "negative", N_("negative") }, { "positive", N_("positive") },
		{ "unstable", N_("unsteady") }, { "cold", N_("too cold") },
		{ "ambient", N_("room too cold or hot") },
		{ "two-people", N_("fits two people") },
		{ "recovered", N_("recovered") }, { "deceased", N_("deceased") },
		{ "car", N_("car") }, { "motorbike", N_("motorbike") },
		{ "special", N_("special vehicle") }, { "other", N_("other") },
	};

	for (size_t i = 0; i < nitems(texts); i++)
		if (strcmp(texts[i].word, word) == 0)
			return _(texts[i].text);
	return word;
}

/* Of the declaration in the citizen's hand, where nothing else is known. */
static void
declared_road(const struct person *p, struct view_person *v)
{
	for (size_t i = 0; i < p->ndocuments; i++) {
		const struct credential *c = &p->documents[i];
		const char *from = credential_field(c, "from");
		const char *to = credential_field(c, "to");

		if (c->kind != CREDENTIAL_DECLARATION || v->from[0] != '\0' ||
		    v->to[0] != '\0')
			continue;
		snprintf(v->from, sizeof(v->from), "%s", from != NULL ? from : "");
		snprintf(v->to, sizeof(v->to), "%s", to != NULL ? to : "");
	}
}

static void
person(const struct session *s, struct view_person *v)
{
	const struct person *p = &s->person;
	const struct fact_value *permit = &s->facts.values[FACT_PERMIT];
	const struct credential *c = person_document(p);

	v->present = p->present;
	v->number_aboard = p->number_aboard;
	plate_print(p->plate, v->vehicle);
	temperature(s, v);
	if (c == NULL)
		return;
	/* The fullest document gives the name: a typed number has none. */
	for (size_t i = 0; i < p->ndocuments && c->name[0] == '\0'; i++)
		c = &p->documents[i];
	text_upper(c->name, strlen(c->name), v->name, sizeof(v->name));
	snprintf(v->id_label, sizeof(v->id_label), "%s", id_label(c));
	id_text(c, v->id, sizeof(v->id));
	view_birth(c->birth, s->setup.language, v->birth);
	snprintf(v->sex, sizeof(v->sex), "%s", c->sex[0] == '\0' ? "" :
	    strcmp(c->sex, "male") == 0 ? _("Male") : _("Female"));
	snprintf(v->address, sizeof(v->address), "%s", c->address);
	snprintf(v->from, sizeof(v->from), "%s", p->declared.at_ms != 0 ?
	    p->declared.from : p->answer.from);
	snprintf(v->to, sizeof(v->to), "%s", p->declared.at_ms != 0 ?
	    p->declared.to : p->answer.to);
	declared_road(p, v);
	snprintf(v->document, sizeof(v->document), "%s",
	    doubt_document(p, doubt_paper(p, c)));
	doubt_warnings(s, doubt_paper(p, c), v);
	if (s->phase != PHASE_VERDICT)
		return;
	declaration(s, v->declaration, sizeof(v->declaration));
	status(s, v->status, sizeof(v->status));
	if (permit->type == FACT_TEXT && strcmp(permit->text, "none") != 0)
		snprintf(v->permit, sizeof(v->permit), "%s",
		    view_word(permit->text));
	if (p->repeat_min >= 0)
		snprintf(v->last_seen, sizeof(v->last_seen),
		    _("Passed here %d min ago"), (int)p->repeat_min);
}

/* ---- the lane ----------------------------------------------------------------------------- */

void
view_lane(const struct session *s, const struct moment *m, struct view_lane *v)
{
	snprintf(v->title, sizeof(v->title), "%.31s", s->setup.lane->title);
	snprintf(v->direction, sizeof(v->direction), "%s", s->direction);
	v->phase = s->phase;
	v->turns = strcmp(s->setup.lane->direction, "ask") == 0;
	v->people_waiting = s->has_behind;
	v->clears_in_s = -1;
	v->repeat_min = s->person.repeat_min;
	v->needs_identity = s->person.ndocuments == 0 &&
	    policy_needs(s->setup.policy, NEED_IDENTITY);
	v->needs_temperature = s->person.reading.source == TEMP_NONE &&
	    policy_needs(s->setup.policy, NEED_TEMPERATURE);
	snprintf(v->hint, sizeof(v->hint), "%s", s->hint);
	plate_print(s->vehicle.plate, v->vehicle);
	if (s->notice_ms != 0) {
		snprintf(v->notice, sizeof(v->notice), "%s", s->notice);
		v->notice_bad = s->notice_bad;
	}
	if (s->phase == PHASE_READY && s->held.source != TEMP_NONE &&
	    m->now_ms - s->held.taken_ms <= READING_WAIT_MS)
		degrees(&s->held, s->setup.language, v->held);
	if (s->phase != PHASE_READY)
		person(s, &v->person);
	if (s->phase != PHASE_VERDICT)
		return;
	v->judgement = s->judgement;
	snprintf(v->outcome, sizeof(v->outcome), "%s", s->outcome);
	v->pass_needs_leader = s->judgement.verdict == VERDICT_STOP;
	v->recorded = s->recorded;
	snprintf(v->record_id, sizeof(v->record_id), "%s", s->shown_id);
	snprintf(v->record_fault, sizeof(v->record_fault), "%s",
	    s->record_fault);
	if (s->clears_ms != 0)
		v->clears_in_s = (int)((s->clears_ms - m->now_ms + 999) / 1000);
}

void
view_of(const struct session *s, const struct moment *m, struct view *view)
{
	const struct conf *conf = s->setup.conf;

	snprintf(view->station_id, sizeof(view->station_id), "%s", conf->id);
	snprintf(view->station_name, sizeof(view->station_name), "%s",
	    conf->name);
	view->language = s->setup.language;
	view->utc_offset_s = conf->utc_offset_s;
	view->at = m->wall;
	view->clock = m->clock;
	view->counts = s->shift->counts;
	view->surge_min = surge_minutes_left(s->shift, m);
	view->inside = (int)s->shift->inside;
	view->capacity = (int)conf->capacity;
	view_lane(s, m, &view->lane);
	view->nrecent = s->shift->nrecent;
	memcpy(view->recent, s->shift->recent, sizeof(view->recent));
	if (s->shift->nrecent > 0)
		view->recent[0].correctable = session_may_correct(s, m);
	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct view_waiting *w = &view->waiting[view->nwaiting];
		const struct waiting *from = &s->shift->waiting[i];

		if (!from->present)
			continue;
		person_mask(&from->person, w->who);
		if (reading_counts(&from->person.reading))
			degrees(&from->person.reading, view->language,
			    w->temperature);
		w->due_in_s = (from->due_ms - m->now_ms + 999) / 1000;
		w->number = from->person.measurement + 1;
		view->nwaiting++;
	}
}

/* ---- X: the grounds of the verdict -------------------------------------------------------------- */

/* A yes or no is no number to whoever reads it. */
static bool
yes_or_no(enum fact fact)
{
	return fact == FACT_DECLARED_SYMPTOMS || fact == FACT_PERMIT_NOW ||
	    fact == FACT_WANTED || fact == FACT_MISMATCH;
}

static void
detail_line(struct view *view, enum fact fact, const char *name,
    const struct fact_value *value, int utc_offset_s)
{
	double rounded = value->real + (value->real < 0 ? -0.05 : 0.05);
	char *out = view->detail[view->ndetail];
	struct calendar c;

	if (view->ndetail == nitems(view->detail))
		return;
	switch (value->type) {
	case FACT_NULL:
		return;
	case FACT_INTEGER:
		if (yes_or_no(fact)) {
			snprintf(out, VIEW_TEXT_MAX, "%s: %s", name,
			    value->integer != 0 ? _("yes") : _("no"));
		} else if (value->integer > 1000000000) {
			c = calendar_at(value->integer, utc_offset_s);
			snprintf(out, VIEW_TEXT_MAX, "%s: %02d/%02d/%04d %02d:%02d",
			    name, c.day, c.month, c.year, c.hour, c.minute);
		} else {
			snprintf(out, VIEW_TEXT_MAX, "%s: %lld", name,
			    (long long)value->integer);
		}
		break;
	case FACT_REAL:
		snprintf(out, VIEW_TEXT_MAX, "%s: %d%c%d", name, (int)rounded,
		    view->language == LANGUAGE_VI ? ',' : '.',
		    abs((int)(rounded * 10)) % 10);
		break;
	case FACT_TEXT:
		snprintf(out, VIEW_TEXT_MAX, "%s: %s", name,
		    view_word(value->text));
		break;
	}
	view->ndetail++;
}

static void
detail_differences(const struct session *s, struct view *view)
{
	struct difference d[DIFFERENCES_MAX];
	size_t n = proof_differences(&s->person, d);

	for (size_t i = 0; i < n && view->ndetail < nitems(view->detail); i++)
		doubt_difference(&d[i], s->setup.language,
		    view->detail[view->ndetail++], VIEW_TEXT_MAX);
}

/* By what certificates were judged. */
static void
detail_keys(const struct session *s, const struct moment *m, struct view *view)
{
	for (int line = 0; line < EXAMINE_KEYS_LINES &&
	    view->ndetail < nitems(view->detail); line++)
		if (examine_keys(s->shift->issuers, line, m,
		    view->detail[view->ndetail]))
			view->ndetail++;
}

void
detail_of(const struct session *s, const struct moment *m, struct view *view)
{
	/* What an officer asks about first; the rest is in the record. */
	static const struct {
		enum fact fact;
		const char *label;
	} order[] = {
		{ FACT_STATUS, N_("Status") },
		{ FACT_STATUS_SINCE, N_("since") },
		{ FACT_STATUS_ENDS, N_("until") },
		{ FACT_STATUS_SOURCE, N_("by whom") },
		{ FACT_DECLARATION, N_("Declaration") },
		{ FACT_DECLARATION_AGE_H, N_("hours old") },
		{ FACT_DECLARED_SYMPTOMS, N_("Symptoms declared") },
		{ FACT_ORIGIN_ZONE, N_("Zone of origin") },
		{ FACT_DESTINATION_ZONE, N_("Zone of destination") },
		{ FACT_PERMIT, N_("Permit") },
		{ FACT_PERMIT_NOW, N_("valid at this hour") },
		{ FACT_TEMPERATURE, N_("Temperature") },
		{ FACT_TEMPERATURE_QUALITY, N_("quality of the reading") },
		{ FACT_DOSES, N_("Doses") },
		{ FACT_DCC, N_("Certificate") },
		{ FACT_TEST, N_("Test") },
		{ FACT_TEST_SAMPLED_H, N_("hours since the sample") },
		{ FACT_EXEMPT, N_("Exempt") },
		{ FACT_WANTED, N_("Wanted") },
		{ FACT_VEHICLE_KIND, N_("Vehicle") },
		{ FACT_MISMATCH, N_("Documents disagree") },
		{ FACT_REGISTER_AGE_H, N_("Lists, hours old") },
	};

	view->ndetail = 0;
	for (size_t i = 0; i < s->judgement.nreasons &&
	    view->ndetail < nitems(view->detail); i++)
		snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX,
		    "%zu %s", i + 1,
		    s->judgement.reasons[i].text[s->setup.language]);
	detail_differences(s, view);
	examine_papers(s, view);
	for (size_t i = 0; i < nitems(order); i++)
		detail_line(view, order[i].fact, _(order[i].label),
		    &s->facts.values[order[i].fact],
		    s->setup.conf->utc_offset_s);
	detail_keys(s, m, view);
}
