/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof - what a person's papers prove, as facts: our own signed declarations
 * and permits, and where two papers disagree. (Health papers: health.c.) Pure.
 *
 * A paper counts when its signature, time, form and key are all good. What
 * cannot be told (an unknown, distrusted or expired key, no clock), or says
 * that something was done which lies ahead, is doubt.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_S 3600.0

enum proof
proof_of(const struct credential *c)
{
	const struct credential_verification *v = &c->verification;

	if (strcmp(v->signature, "invalid") == 0 ||
	    strcmp(v->schema, "invalid") == 0 ||
	    strcmp(v->key_usage, "wrong") == 0 ||
	    strcmp(v->time, "expired") == 0 || strcmp(v->time, "not-yet") == 0)
		return PROOF_BAD;
	if (strcmp(v->signature, "valid") != 0 ||
	    strcmp(v->time, "valid") != 0 ||
	    credential_warns(c, "key-expired") ||
	    credential_warns(c, "key-not-yet") ||
	    credential_warns(c, "value-empty") ||
	    credential_warns(c, "dose-future") ||
	    credential_warns(c, "test-future") ||
	    credential_warns(c, "recovery-future") ||
	    credential_warns(c, "issuer-unconfirmed"))
		return PROOF_DOUBT;
	return PROOF_GOOD;
}

/* ---- our own declarations and permits ------------------------------------------------------ */

/* A list knows better than a paper: it may have been revoked. */
static bool
is_open(const struct facts *f, enum fact fact)
{
	const struct fact_value *v = &f->values[fact];

	return v->type == FACT_NULL ||
	    (v->type == FACT_TEXT && strcmp(v->text, "none") == 0);
}

static void
declared(const struct credential *c, const struct moment *m, struct facts *f)
{
	static const char *const words[] = { [PROOF_GOOD] = "valid",
		[PROOF_DOUBT] = "unsigned", [PROOF_BAD] = "invalid" };
	const char *symptoms = credential_field(c, "symptoms");
	const char *signed_at = credential_field(c, "signed_at");
	int64_t at;

	if (!is_open(f, FACT_DECLARATION))
		return;
	facts_text(f, FACT_DECLARATION, words[proof_of(c)]);
	if (symptoms != NULL)
		facts_integer(f, FACT_DECLARED_SYMPTOMS,
		    strcmp(symptoms, "none") != 0);
	if (signed_at != NULL && m->clock != CLOCK_UNCONFIRMED &&
	    time_parse(signed_at, 0, &at) == 0)
		facts_real(f, FACT_DECLARATION_AGE_H,
		    (double)(m->wall - at) / HOUR_S);
}

bool
proof_hours(const char *days, int from, int until, const struct calendar *now)
{
	int minute = now->hour * 60 + now->minute;
	int day = now->weekday == 0 ? 7 : now->weekday;
	bool always = from < 0 || until < 0, night = from > until;

	if (!always && night && minute <= until)
		day = day == 1 ? 7 : day - 1;
	if (days[0] != '\0' && strchr(days, '0' + day) == NULL)
		return false;
	return always || (night ? minute >= from || minute <= until :
	    minute >= from && minute <= until);
}

/* "05:00-21:00"; what cannot be read allows nothing. */
static bool
hour_allows(const struct credential *c, const struct calendar *now)
{
	const char *days = credential_field(c, "days");
	const char *hours = credential_field(c, "hours");
	int h1, m1, h2, m2, from = -1, until = -1;
	char more;

	if (hours != NULL) {
		if (sscanf(hours, "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2,
		    &more) != 4)
			return false;
		from = h1 * 60 + m1;
		until = h2 * 60 + m2;
		if (from < 0 || until < 0)
			return false; /* "-1:00" is no time, and not always */
	}
	return proof_hours(days != NULL ? days : "", from, until, now);
}

/* Its days, both included. */
static bool
day_allows(const struct credential *c, const struct calendar *now)
{
	const char *from = credential_field(c, "valid_from");
	const char *until = credential_field(c, "valid_until");
	char today[32];

	snprintf(today, sizeof(today), "%04d-%02d-%02d", now->year, now->month,
	    now->day);
	return (from == NULL || strncmp(today, from, strlen(from)) >= 0) &&
	    (until == NULL || strncmp(today, until, strlen(until)) <= 0);
}

/* A doubtful permit leaves both facts unknown: CHECK. */
static void
permitted(const struct credential *c, const struct session *s,
    const struct moment *m, struct facts *f)
{
	struct calendar now = calendar_at(m->wall,
	    s->setup.conf->utc_offset_s);
	enum proof proof = proof_of(c);
	bool timed = m->clock != CLOCK_UNCONFIRMED;
	bool current = day_allows(c, &now);

	if (!is_open(f, FACT_PERMIT))
		return;
	f->values[FACT_PERMIT] = (struct fact_value){ .type = FACT_NULL };
	f->values[FACT_PERMIT_NOW] = (struct fact_value){ .type = FACT_NULL };
	if (strcmp(c->verification.time, "expired") == 0 ||
	    (proof == PROOF_GOOD && timed && !current))
		facts_text(f, FACT_PERMIT, "expired");
	else if (proof == PROOF_BAD)
		facts_text(f, FACT_PERMIT, "invalid");
	else if (proof == PROOF_GOOD)
		facts_text(f, FACT_PERMIT, "valid");
	if (proof != PROOF_DOUBT && timed)
		facts_integer(f, FACT_PERMIT_NOW, proof == PROOF_GOOD &&
		    current && hour_allows(c, &now));
}

void
proof_shown(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct person *p = &s->person;

	for (size_t i = 0; i < p->ndocuments; i++)
		if (p->documents[i].kind == CREDENTIAL_DECLARATION)
			declared(&p->documents[i], m, f);
		else if (p->documents[i].kind == CREDENTIAL_PERMIT)
			permitted(&p->documents[i], s, m, f);
}

/* ---- the vehicle's ----------------------------------------------------------------------- */

void
proof_vehicle(const struct session *s, const struct moment *m, struct facts *f)
{
	const struct credential *c = &s->vehicle.paper;
	const char *people = credential_field(c, "people_count");
	struct calendar now = calendar_at(m->wall,
	    s->setup.conf->utc_offset_s);

	if (s->person.number_aboard == 0 || !c->verification.applies ||
	    proof_of(c) != PROOF_GOOD || m->clock == CLOCK_UNCONFIRMED)
		return;
	if (c->kind == CREDENTIAL_GREEN_LANE && day_allows(c, &now) &&
	    f->values[FACT_GREEN_LANE].type == FACT_NULL)
		facts_integer(f, FACT_GREEN_LANE, 1);
	if (c->kind == CREDENTIAL_GROUP && people != NULL &&
	    f->values[FACT_GROUP_DECLARED].type == FACT_NULL)
		facts_integer(f, FACT_GROUP_DECLARED, strtol(people, NULL, 10));
}

/* ---- what disagrees -------------------------------------------------------------------------- */

static bool
folds_alike(const char *a, const char *b)
{
	char one[CREDENTIAL_VALUE_MAX], other[CREDENTIAL_VALUE_MAX];

	text_fold(a, strlen(a), one, sizeof(one));
	text_fold(b, strlen(b), other, sizeof(other));
	return strcmp(one, other) == 0;
}

/* A third paper that agrees with the first tells nothing new of the second. */
static bool
is_told(const struct difference *told, size_t n, const struct difference *d)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(told[i].field, d->field) == 0 &&
		    ((folds_alike(told[i].values[0], d->values[0]) &&
		    folds_alike(told[i].values[1], d->values[1])) ||
		    (folds_alike(told[i].values[0], d->values[1]) &&
		    folds_alike(told[i].values[1], d->values[0]))))
			return true;
	return false;
}

static size_t
compare_two(const struct credential *a, const struct credential *b, size_t n,
    struct difference out[DIFFERENCES_MAX])
{
	static const struct {
		unsigned bit;
		const char *name;
	} fields[] = {
		{ CREDENTIAL_DIFFERS_NUMBER, "number" },
		{ CREDENTIAL_DIFFERS_NAME, "name" },
		{ CREDENTIAL_DIFFERS_BIRTH, "birth" },
		{ CREDENTIAL_DIFFERS_SEX, "sex" },
	};
	unsigned differ = credential_differences(a, b);

	for (size_t k = 0; k < nitems(fields) && n < DIFFERENCES_MAX; k++) {
		unsigned bit = fields[k].bit;
		struct difference d = { fields[k].name, { a, b }, {
		    credential_differing(a, b, bit),
		    credential_differing(b, a, bit) } };

		if ((differ & bit) != 0 && !is_told(out, n, &d))
			out[n++] = d;
	}
	return n;
}

size_t
proof_differences(const struct person *p,
    struct difference out[DIFFERENCES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < p->ndocuments; i++)
		for (size_t j = 0; j < i; j++)
			n = compare_two(&p->documents[j], &p->documents[i], n,
			    out);
	return n;
}

bool
proof_disagree(const struct person *p)
{
	struct difference differences[DIFFERENCES_MAX];

	for (size_t i = 0; i < p->ndocuments; i++)
		if (credential_warns(&p->documents[i], "birth-mismatch") ||
		    credential_warns(&p->documents[i], "number-mismatch") ||
		    credential_warns(&p->documents[i], "sex-mismatch"))
			return true;
	return proof_differences(p, differences) > 0;
}
