/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - what is known of the person in front, as the policy's row.
 *
 * What cannot be known now stays NULL: the rules then say CHECK, never a
 * guess. "none" is a fact only where a list was asked and had nothing.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define HOUR_S 3600.0

static void
number(struct facts *f, enum fact fact, int value)
{
	if (value >= 0)
		facts_integer(f, fact, value);
}

static void
word(struct facts *f, enum fact fact, const char *value)
{
	if (value[0] != '\0')
		facts_text(f, fact, value);
}

static void
when(struct facts *f, enum fact fact, int64_t at)
{
	if (at != 0)
		facts_integer(f, fact, at);
}

bool
moment_is_before(const struct moment *m, int64_t at)
{
	return m->clock != CLOCK_UNCONFIRMED &&
	    at > m->wall + CREDENTIAL_CLOCKS_APART_S;
}

static void
age(struct facts *f, enum fact fact, int64_t at, const struct moment *m)
{
	if (at != 0 && !moment_is_before(m, at))
		facts_real(f, fact, (double)(m->wall - at) / HOUR_S);
}

/* ---- zones -----------------------------------------------------------------------
 * A place lies where its name says, at a time that can be trusted.
 */
static const struct zone *
zone_of(const struct session *s, const struct moment *m, const char *place)
{
	return place == NULL || place[0] == '\0' ? NULL :
	    zones_find(s->shift->zones, place,
	    m->clock != CLOCK_UNCONFIRMED ? m->wall : 0);
}

/* The list of zones that was used may be older than the others; where those
 * have no age that is known, its own does not stand for theirs. */
static void
put_zone(const struct session *s, struct facts *f, enum fact fact,
    const struct zone *zone, const struct moment *m)
{
	const struct fact_value *known = &f->values[FACT_REGISTER_AGE_H];

	if (zone == NULL || moment_is_before(m, zone->made_at))
		return;
	facts_integer(f, fact, zone->level);
	if (known->type == FACT_NULL ? s->person.answer.oldest_list_at == 0 :
	    known->real < (double)(m->wall - zone->made_at) / HOUR_S)
		age(f, FACT_REGISTER_AGE_H, zone->made_at, m);
}

/* ---- the post and the time ------------------------------------------------------ */

static void
post(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct conf *conf = s->setup.conf;

	facts_text(f, FACT_CLOCK, clock_trust_word(m->clock));
	facts_text(f, FACT_DIRECTION, s->direction);
	facts_text(f, FACT_MODE, surge_open(s->shift, m) ? "surge" :
	    conf->mode);
	if (conf->capacity > 0) {
		facts_integer(f, FACT_OCCUPANCY, s->shift->inside);
		facts_integer(f, FACT_CAPACITY, conf->capacity);
	}
	word(f, FACT_LANE, s->setup.lane->title);
	word(f, FACT_POST, conf->id);
	if (s->shift->hub)
		facts_text(f, FACT_LINK, s->shift->link_up ? "up" : "down");
	if (m->clock == CLOCK_UNCONFIRMED)
		return;
	facts_integer(f, FACT_NOW, m->wall);
	facts_integer(f, FACT_HOUR,
	    calendar_at(m->wall, conf->utc_offset_s).hour);
}

/* ---- the person's documents --------------------------------------------------------- */

/* Whole years; only from a whole date, since a year alone may be one off. */
static bool
age_years(const char *birth, int64_t at, int utc_offset_s, int *years)
{
	struct calendar today = calendar_at(at, utc_offset_s);
	int year, month, day;

	if (sscanf(birth, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	*years = today.year - year - (today.month < month ||
	    (today.month == month && today.day < day));
	return *years >= 0;
}

static void
documents(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;
	const struct conf *conf = s->setup.conf;
	const struct credential *c = person_document(p);
	int years;

	health_facts(p, m, f);
	if (c == NULL)
		return;
	facts_text(f, FACT_ID_KIND, credential_kind_word(c->kind));
	facts_integer(f, FACT_MISMATCH, proof_disagree(p));
	word(f, FACT_SEX, c->sex);
	if (c->nationality[0] != '\0' && conf->country[0] != '\0')
		facts_integer(f, FACT_FOREIGNER,
		    strcmp(c->nationality, conf->country) != 0);
	if (m->clock != CLOCK_UNCONFIRMED &&
	    age_years(c->birth, m->wall, conf->utc_offset_s, &years))
		facts_integer(f, FACT_AGE_YEARS, years);
}

/* ---- the temperature -------------------------------------------------------------------- */

static void
temperature(const struct session *s, struct facts *f)
{
	const struct person *p = &s->person;

	if (p->two_people)
		facts_text(f, FACT_TEMPERATURE_QUALITY, "two-people");
	if (p->reading.source == TEMP_NONE)
		return;
	facts_integer(f, FACT_TEMPERATURE_NUMBER, p->measurement);
	facts_text(f, FACT_TEMPERATURE_QUALITY, p->reading.temp.quality);
	if (reading_counts(&p->reading))
		facts_real(f, FACT_TEMPERATURE,
		    p->reading.temp.result_mc / 1000.0);
	if (p->measurement > 1 && p->first_ms != 0)
		facts_real(f, FACT_MINUTES_SINCE_FIRST,
		    (double)(p->reading.taken_ms - p->first_ms) / 60000.0);
}

/* ---- the register ------------------------------------------------------------------------ */

static void
permit(const struct session *s, const struct moment *m,
    const struct register_answer *a, struct facts *f)
{
	struct calendar now = calendar_at(m->wall,
	    s->setup.conf->utc_offset_s);
	bool timed = m->clock != CLOCK_UNCONFIRMED;
	bool dated = a->permit_until != 0 || a->permit_from != 0;

	if (strcmp(a->permit, "valid") != 0) {
		word(f, FACT_PERMIT, a->permit);
		if (timed && a->permit[0] != '\0')
			facts_integer(f, FACT_PERMIT_NOW, 0);
		return;
	}
	if (dated && !timed)
		return;
	if ((a->permit_until != 0 && m->wall > a->permit_until) ||
	    (a->permit_from != 0 && m->wall < a->permit_from))
		facts_text(f, FACT_PERMIT, "expired");
	else
		facts_text(f, FACT_PERMIT, "valid");
	if (timed)
		facts_integer(f, FACT_PERMIT_NOW,
		    strcmp(f->values[FACT_PERMIT].text, "valid") == 0 &&
		    proof_hours(a->permit_days, a->permit_minute_from,
		    a->permit_minute_until, &now));
}

static void
ages(const struct moment *m, const struct register_answer *a, struct facts *f)
{
	if (m->clock == CLOCK_UNCONFIRMED)
		return;
	age(f, FACT_DECLARATION_AGE_H, a->declared_at, m);
	age(f, FACT_REGISTER_AGE_H, a->oldest_list_at, m);
}

static void
known_of_person(const struct register_answer *a, struct facts *f)
{
	word(f, FACT_DECLARATION, a->declaration);
	number(f, FACT_DECLARED_SYMPTOMS, a->symptoms);
	word(f, FACT_STATUS, a->status);
	when(f, FACT_STATUS_SINCE, a->status_since);
	when(f, FACT_STATUS_ENDS, a->status_ends);
	word(f, FACT_STATUS_SOURCE, a->status_source);
	word(f, FACT_EXEMPT, a->exempt);
	number(f, FACT_WANTED, a->wanted);
	number(f, FACT_SHIPPER, a->shipper);
	word(f, FACT_BENEFIT, a->benefit);
}

static void
vehicle(const struct session *s, const struct register_answer *a,
    struct facts *f)
{
	static const char *const kinds[] = {
		[PLATE_NOT] = "other", [PLATE_CAR] = "car",
		[PLATE_MOTORBIKE] = "motorbike", [PLATE_SPECIAL] = "special",
	};
	bool on_foot = s->person.number_aboard == 0;

	if (on_foot) {
		facts_text(f, FACT_VEHICLE_KIND, "none");
		facts_integer(f, FACT_PLATE_KNOWN, 0);
		facts_integer(f, FACT_GREEN_LANE, 0);
		facts_integer(f, FACT_VEHICLE_WANTED, 0);
		return;
	}
	facts_text(f, FACT_VEHICLE_KIND, a->vehicle_kind[0] != '\0' ?
	    a->vehicle_kind : kinds[s->vehicle.class]);
	facts_integer(f, FACT_GROUP_COUNTED, s->person.number_aboard);
	if (!a->known)
		return;
	number(f, FACT_PLATE_KNOWN, a->plate_known);
	number(f, FACT_GREEN_LANE, a->green_lane);
	number(f, FACT_VEHICLE_WANTED, a->vehicle_wanted);
	number(f, FACT_GROUP_DECLARED, a->group_declared);
}

/* What was declared here and now is the newest; the lists know the rest. */
static void
declared(const struct person *p, const struct moment *m, struct facts *f)
{
	if (p->declared.at_ms == 0)
		return;
	facts_text(f, FACT_DECLARATION, "valid");
	if (m->clock != CLOCK_UNCONFIRMED)
		facts_real(f, FACT_DECLARATION_AGE_H,
		    (double)(m->now_ms - p->declared.at_ms) / 1000 / HOUR_S);
	number(f, FACT_DECLARED_SYMPTOMS, p->declared.symptoms);
}

static void
level(struct facts *f, enum fact fact, int zone)
{
	if (zone > 0)
		facts_integer(f, fact, zone);
}

static void
of_register(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;

	if (!p->answered || !p->answer.known)
		return;
	ages(m, &p->answer, f);
	if (!person_is_listed(p))
		return;
	known_of_person(&p->answer, f);
	permit(s, m, &p->answer, f);
}

static const char *
given(const struct credential *c, const char *name)
{
	const char *text = credential_field(c, name);

	return text != NULL ? text : "";
}

/* What was declared last says where from and where to; where a list of zones
 * knows that place, it is newer than the level that somebody wrote beside it. */
static void
journey(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;
	const struct register_answer *a = &p->answer;
	bool here = p->declared.at_ms != 0, listed = person_is_listed(p);
	const char *from = here ? p->declared.from : listed ? a->from : "";
	const char *to = here ? p->declared.to : listed ? a->to : "";

	for (size_t i = 0; !here && i < p->ndocuments; i++) {
		const struct credential *c = &p->documents[i];

		if (c->kind != CREDENTIAL_DECLARATION)
			continue;
		from = from[0] != '\0' ? from : given(c, "from");
		to = to[0] != '\0' ? to : given(c, "to");
	}
	if (listed && strcmp(from, a->from) == 0)
		level(f, FACT_ORIGIN_ZONE, a->origin_zone);
	if (listed && strcmp(to, a->to) == 0)
		level(f, FACT_DESTINATION_ZONE, a->destination_zone);
	put_zone(s, f, FACT_ORIGIN_ZONE, zone_of(s, m, from), m);
	put_zone(s, f, FACT_DESTINATION_ZONE, zone_of(s, m, to), m);
}

/* By the address on the card; the list of persons says it where that does
 * not. */
static void
residence(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;

	if (person_is_listed(p))
		level(f, FACT_RESIDENCE_ZONE, p->answer.residence_zone);
	for (size_t i = p->ndocuments; i-- > 0;)
		put_zone(s, f, FACT_RESIDENCE_ZONE,
		    zone_of(s, m, p->documents[i].address), m);
}

static void
post_zone(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct conf *conf = s->setup.conf;
	const struct zone *zone = zone_of(s, m, conf->unit);

	if (conf->zone > 0)
		facts_integer(f, FACT_POST_ZONE, conf->zone);
	else
		put_zone(s, f, FACT_POST_ZONE, zone != NULL ? zone :
		    zone_of(s, m, conf->province), m);
}

void
facts_of(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;

	facts_init(f);
	post(s, m, f);
	documents(s, m, f);
	temperature(s, f);
	vehicle(s, &p->answer, f);
	if (p->repeat_min >= 0)
		facts_real(f, FACT_REPEAT_MIN, (double)p->repeat_min);
	of_register(s, m, f);
	proof_shown(s, m, f);
	proof_vehicle(s, m, f);
	declared(p, m, f);
	journey(s, m, f);
	residence(s, m, f);
	post_zone(s, m, f);
	granted_fact(s, f);
}
