/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - what this room writes as JSON: records of schema 1 (chot-record(5))
 * and the status. A record's text ends before its last '}': journal.c appends
 * the id of the record that it names, which may not be known yet.
 */
#include "shoulder.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
set(json_t *object, const char *name, const char *value)
{
	if (value[0] != '\0')
		json_object_set_new(object, name, json_string(value));
}

/* Takes text, which is one of our own doors' JSON. */
static json_t *
parsed(char *text)
{
	json_t *value = text != NULL ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return value != NULL ? value : json_object();
}

/* Doubts of the whole post that a leader took upon himself. */
static json_t *
accepted(const struct shift *shift)
{
	json_t *r = json_object(), *doubts = json_array();
	char until[21];

	if (shift->accepted & POLICY_ACCEPT_LISTS)
		json_array_append_new(doubts, json_string("lists"));
	if (shift->accepted & POLICY_ACCEPT_CLOCK)
		json_array_append_new(doubts, json_string("clock"));
	json_object_set_new(r, "doubts", doubts);
	set(r, "by", shift->accepted_by);
	time_print(shift->accepted_until, until);
	set(r, "until", until);
	return r;
}

static json_t *
begin(const struct session *s, const struct record_head *head,
    const struct moment *m)
{
	const struct conf *conf = s->setup.conf;
	json_t *r = json_object();
	char at[21];

	time_print(m->wall, at);
	json_object_set_new(r, "schema", json_integer(1));
	set(r, "type", head->type);
	set(r, "run", s->setup.run);
	json_object_set_new(r, "n", json_integer(head->n));
	set(r, "station", conf->id);
	set(r, "lane", s->setup.lane->title);
	set(r, "direction", s->direction);
	set(r, "at", at);
	set(r, "boot", s->setup.boot);
	json_object_set_new(r, "monotonic_ms", json_integer(m->now_ms));
	set(r, "clock", clock_trust_word(m->clock));
	set(r, "officer", s->shift->officer);
	if (s->shift->training)
		json_object_set_new(r, "training", json_true());
	if (s->shift->accepted != 0)
		json_object_set_new(r, "accepted", accepted(s->shift));
	return r;
}

/* JSON text without its last '}'; frees r. */
static char *
finish(json_t *r)
{
	char *text = json_dumps(r, JSON_COMPACT);

	json_decref(r);
	if (text == NULL)
		mem_none();
	text[strlen(text) - 1] = '\0';
	return text;
}

static json_t *
reading(const struct reading *reading, int measurement)
{
	const struct event_temp *t = &reading->temp;
	json_t *r = json_object();

	set(r, "source", reading->source == TEMP_HAND ? "hand" : "device");
	if (reading->device > 0)
		json_object_set_new(r, "device", json_integer(reading->device));
	json_object_set_new(r, "number", json_integer(measurement));
	json_object_set_new(r, "result_mc", json_integer(t->result_mc));
	if (t->has_raw)
		json_object_set_new(r, "raw_mc", json_integer(t->raw_mc));
	if (t->has_ambient)
		json_object_set_new(r, "ambient_mc", json_integer(t->ambient_mc));
	json_object_set_new(r, "offset_mc", json_integer(t->offset_mc));
	if (t->emissivity > 0)
		json_object_set_new(r, "emissivity_permille",
		    json_integer(t->emissivity));
	if (t->sensor_emissivity > 0)
		json_object_set_new(r, "sensor_emissivity_permille",
		    json_integer(t->sensor_emissivity));
	json_object_set_new(r, "samples", json_integer(t->samples));
	json_object_set_new(r, "spread_mc", json_integer(t->spread_mc));
	set(r, "quality", t->quality);
	return r;
}

static json_t *
judged(const struct session *s)
{
	const struct judgement *j = &s->judgement;
	json_t *reasons = json_array();

	for (size_t i = 0; i < j->nreasons; i++) {
		const struct reason *why = &j->reasons[i];
		json_t *one = json_object();

		set(one, "rule", why->rule);
		set(one, "verdict", verdict_word(why->verdict));
		if (why->undecided)
			json_object_set_new(one, "undecided", json_true());
		set(one, "code", why->code);
		set(one, "text", why->text[LANGUAGE_VI]);
		json_array_append_new(reasons, one);
	}
	return reasons;
}

static json_t *
documents(const struct person *p, size_t most)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->ndocuments && i < most; i++)
		json_array_append_new(list,
		    parsed(credential_json(&p->documents[i])));
	return list;
}

/* Who differs from whom, where and how: what the officer saw. */
static json_t *
disagreements(const struct person *p)
{
	struct difference d[DIFFERENCES_MAX];
	size_t n = proof_differences(p, d);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack(
		    "{s:s, s:[s,s], s:[s,s]}", "field", d[i].field, "documents",
		    credential_kind_word(d[i].documents[0]->kind),
		    credential_kind_word(d[i].documents[1]->kind), "values",
		    d[i].values[0], d[i].values[1]));
	return list;
}

static json_t *
unknown_facts(const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->nunknown; i++)
		json_array_append_new(list, json_string(j->unknown[i]));
	return list;
}

static json_t *
accepted_rules(const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->naccepted; i++)
		json_array_append_new(list, json_string(j->accepted[i]));
	return list;
}

static json_t *
crossing(const struct session *s, const struct record_head *head,
    const struct moment *m)
{
	struct difference different[DIFFERENCES_MAX];
	const struct person *p = &s->person;
	json_t *r = begin(s, head, m);

	if (p->typed)
		json_object_set_new(r, "typed", json_true());
	if (p->reading.source != TEMP_NONE)
		json_object_set_new(r, "temperature",
		    reading(&p->reading, p->measurement));
	if (p->number_aboard > 0) {
		json_t *v = json_object();

		set(v, "plate", p->plate);
		json_object_set_new(v, "person", json_integer(p->number_aboard));
		json_object_set_new(r, "vehicle", v);
	}
	if (p->answered && p->answer.known)
		json_object_set_new(r, "register",
		    parsed(register_answer_json(&p->answer)));
	json_object_set_new(r, "facts", parsed(facts_json(&s->facts)));
	if (proof_differences(p, different) > 0)
		json_object_set_new(r, "disagreements", disagreements(p));
	set(r, "verdict", verdict_word(s->judgement.verdict));
	json_object_set_new(r, "reasons", judged(s));
	json_object_set_new(r, "unknown", unknown_facts(&s->judgement));
	if (s->judgement.naccepted > 0)
		json_object_set_new(r, "accepted_rules", accepted_rules(&s->judgement));
	set(r, "pack", policy_version(s->setup.policy));
	return r;
}

char *
record_crossing(const struct session *s, const struct record_head *head,
    const struct moment *m)
{
	/* A record that outgrows its line must not be lost: the documents
	 * after the first are then left out, and that is said. */
	for (size_t most = DOCUMENTS_MAX;; most = most > 1 ? 1 : 0) {
		json_t *r = crossing(s, head, m);
		char *text;

		json_object_set_new(r, "documents", documents(&s->person, most));
		if (most < DOCUMENTS_MAX)
			json_object_set_new(r, "documents_left_out",
			    json_integer((json_int_t)(s->person.ndocuments > most ?
			    s->person.ndocuments - most : 0)));
		text = finish(r);
		if (most == 0 || strlen(text) < RECORD_BODY_MAX - OUTBOX_ID_MAX)
			return text;
		free(text);
	}
}

char *
record_words(const struct session *s, const struct record_head *head,
    const struct moment *m, const char *const fields[])
{
	json_t *r = begin(s, head, m);

	for (size_t i = 0; fields[i] != NULL; i += 2)
		if (strcmp(fields[i], "against") != 0)
			set(r, fields[i], fields[i + 1]);
		else if (fields[i + 1][0] != '\0')
			json_object_set_new(r, "against", json_true());
	return finish(r);
}

char *
record_switch(const struct session *s, const struct record_head *head,
    const struct output_switch *change, const struct moment *m)
{
	json_t *r = begin(s, head, m), *one = json_object();

	set(one, "device", change->device);
	set(one, "state", change->on ? "on" : "off");
	json_object_set_new(one, "channel", json_integer(change->channel));
	set(one, "reason", change->reason);
	json_object_set_new(r, "switch", one);
	return finish(r);
}

static char *
whole(json_t *r)
{
	char *text = json_dumps(r, JSON_COMPACT);

	json_decref(r);
	if (text == NULL)
		mem_none();
	return text;
}

char *
record_sheet(const struct session *s, const struct record_head *head,
    const struct moment *m, const struct book *book,
    const char *const fields[])
{
	const struct view_counts *counts = &s->shift->counts;
	json_t *r = begin(s, head, m), *sheet = json_object();
	char since[21];

	for (size_t i = 0; fields[i] != NULL; i += 2)
		set(r, fields[i], fields[i + 1]);
	time_print(counts->since, since);
	json_object_set_new(sheet, "number", json_integer(book->number));
	set(sheet, "since", since);
	set(sheet, "officer", book->officer);
	for (size_t i = 0; book_row(i) != NULL; i++)
		json_object_set_new(sheet, book_row(i)->word,
		    json_pack("[ii]", book_count(counts, i)[0],
		    book_count(counts, i)[1]));
	json_object_set_new(sheet, "device_faults",
	    json_integer(counts->device_faults));
	json_object_set_new(r, "sheet", sheet);
	return finish(r);
}

char *
record_sheet_slip(const struct session *s, const struct moment *m,
    const struct book *book)
{
	const struct view_counts *counts = &s->shift->counts;
	struct calendar c = calendar_at(m->wall, s->setup.conf->utc_offset_s);
	json_t *r = json_object(), *list = json_array();
	char text[VIEW_TEXT_MAX];

	set(r, "title", s->setup.conf->name);
	set(r, "station", s->setup.conf->id);
	snprintf(text, sizeof(text), _("Shift %d: %s"), book->number,
	    book->name[0] != '\0' ? book->name : "-");
	set(r, "public", text);
	snprintf(text, sizeof(text), "%02d:%02d %02d/%02d/%04d", c.hour,
	    c.minute, c.day, c.month, c.year);
	set(r, "time", text);
	for (size_t i = 0; book_row(i) != NULL; i++) {
		snprintf(text, sizeof(text), "%d / %d",
		    book_count(counts, i)[0], book_count(counts, i)[1]);
		json_array_append_new(list, json_pack("[ss]",
		    _(book_row(i)->label), text));
	}
	snprintf(text, sizeof(text), "%d", counts->device_faults);
	json_array_append_new(list, json_pack("[ss]", _("Device faults"),
	    text));
	json_object_set_new(r, "rows", list);
	snprintf(text, sizeof(text), "%04d%02d%02d-%d", c.year, c.month, c.day,
	    book->number);
	set(r, "serial", text);
	return whole(r);
}

char *
record_fields(const struct session *s, const struct record_head *head,
    const struct moment *m, const char *name, const char *const fields[])
{
	json_t *r = begin(s, head, m), *inside = json_object();

	for (size_t i = 0; fields[i] != NULL; i += 2)
		if (strcmp(fields[i], "happened") == 0) {
			json_object_set_new(r, "back_dated", json_true());
			set(r, "happened", fields[i + 1]);
		} else if (strcmp(fields[i], "direction") == 0) {
			set(r, "direction", fields[i + 1]);
		} else if (fields[i][0] == '#') {
			json_object_set_new(inside, fields[i] + 1,
			    json_integer(strtoll(fields[i + 1], NULL, 10)));
		} else {
			set(inside, fields[i], fields[i + 1]);
		}
	json_object_set_new(r, name, inside);
	return finish(r);
}

char *
json_picture(const char *text, const char *styles)
{
	json_t *r = json_object();
	char *line, *out;
	size_t n;

	set(r, "text", text);
	set(r, "styles", styles);
	line = json_dumps(r, JSON_COMPACT);
	json_decref(r);
	if (line == NULL)
		mem_none();
	n = strlen(line);
	out = mem_take(n + 2);
	memcpy(out, line, n);
	memcpy(out + n, "\n", 2);
	free(line);
	return out;
}

static void
set_answer(json_t *object, const char *name, const char *word, json_t *yes,
    json_t *no)
{
	json_object_set(object, name, strcmp(word, "yes") == 0 ? yes :
	    strcmp(word, "no") == 0 ? no : NULL);
	json_decref(yes);
	json_decref(no);
}

char *
record_declaration(const struct session *s, const struct fields *fields,
    const struct moment *m)
{
	static const char *const same[] = { "name", "sex", "address", "phone",
		"from", "to", "purpose" };
	double hours = policy_value(s->setup.policy, "declaration_h", 72);
	char birth[11] = "";
	json_t *r;

	if (fields_value(fields, "number")[0] == '\0')
		return NULL;
	r = json_pack("{ss ss sI sI}", "kind", "declaration", "iss",
	    s->setup.conf->id, "iat", (json_int_t)m->wall, "exp",
	    (json_int_t)(m->wall + (int64_t)(hours * 3600)));
	set(r, "id", fields_value(fields, "number"));
	for (size_t i = 0; i < nitems(same); i++)
		set(r, same[i], fields_value(fields, same[i]));
	if (fields_value(fields, "birth")[0] != '\0')
		fields_date(fields_value(fields, "birth"), birth);
	set(r, "birth", birth);
	set(r, "vehicle", fields_value(fields, "plate"));
	set(r, "declared_by", s->shift->officer);
	set_answer(r, "symptoms", fields_value(fields, "symptoms"),
	    json_pack("[s]", _("yes")), json_array());
	set_answer(r, "contact", fields_value(fields, "contact"), json_true(),
	    json_false());
	return whole(r);
}

/* The person's own proof: no name, no whole number, for it may be dropped.
 * The code holds what was declared, for the next post's scanner. */
char *
record_declaration_slip(const struct session *s, const char *id,
    const struct moment *m)
{
	struct calendar c = calendar_at(m->wall, s->setup.conf->utc_offset_s);
	json_t *r = json_object();
	char text[64];

	set(r, "title", s->setup.conf->name);
	set(r, "station", s->setup.conf->id);
	snprintf(text, sizeof(text), "%02d:%02d %02d/%02d/%04d", c.hour,
	    c.minute, c.day, c.month, c.year);
	set(r, "time", text);
	set(r, "verdict", _("DECLARED"));
	person_mask(&s->person, text);
	set(r, "id", text);
	set(r, "serial", id);
	set(r, "public", _("Show this slip at the next post"));
	if (s->shift->training)
		set(r, "advice", _("TRAINING, not counted"));
	set(r, "token", s->slip_code[0] != '\0' ? s->slip_code : id);
	return whole(r);
}

char *
record_slip(const struct session *s, bool again, const struct moment *m)
{
	const struct judgement *j = &s->judgement;
	enum language language = s->setup.language;
	struct calendar c = calendar_at(m->wall, s->setup.conf->utc_offset_s);
	json_t *r = json_object();
	char text[64];

	if (s->shift->training)
		set(r, "advice", _("TRAINING, not counted"));
	set(r, "title", s->setup.conf->name);
	set(r, "station", s->setup.conf->id);
	snprintf(text, sizeof(text), "%02d:%02d %02d/%02d/%04d", c.hour,
	    c.minute, c.day, c.month, c.year);
	set(r, "time", text);
	set(r, "verdict", j->verdict == VERDICT_PASS ? _("PLEASE PASS") :
	    _("SEE THE OFFICER"));
	person_mask(&s->person, text);
	set(r, "id", text);
	set(r, "serial", s->person.record_id);
	/* The worst rule that has a word for the public gives it. */
	for (size_t i = 0; i < j->nreasons; i++)
		if (j->reasons[i].public_text[language][0] != '\0') {
			set(r, "public", j->reasons[i].public_text[language]);
			break;
		}
	/* What to do next says nothing of why. */
	set(r, "advice", j->verdict == VERDICT_PASS ?
	    _("Keep this slip and show it when asked.") :
	    _("Please wait beside the lane: an officer comes to you."));
	set(r, "token", s->person.record_id);
	if (again)
		json_object_set_new(r, "again", json_true());
	return whole(r);
}

char *
status_json(const struct status *status)
{
	json_t *r = json_object();

	for (size_t i = 0; i < status->n; i++) {
		const struct status_line *line = &status->lines[i];

		json_object_set_new(r, line->name, line->number ?
		    json_integer(strtoll(line->value, NULL, 10)) :
		    json_string(line->value));
	}
	return whole(r);
}
