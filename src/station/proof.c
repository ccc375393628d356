/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof - what a person's papers prove, as facts: health certificates of any
 * format, our own signed declarations and permits, and where two papers
 * disagree. Pure.
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
#define DAY_S 86400

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

/* ---- health papers ---------------------------------------------------------------------- */

bool
proof_is_health(const struct credential *c)
{
	return c->kind == CREDENTIAL_DCC || c->kind == CREDENTIAL_SHC ||
	    c->kind == CREDENTIAL_VDS_NC;
}

static bool
field_days(const struct credential *c, const char *name, const struct moment *m,
    int64_t *days)
{
	const char *text = credential_field(c, name);
	int64_t at;

	if (text == NULL || m->clock == CLOCK_UNCONFIRMED ||
	    time_parse(text, 0, &at) != 0)
		return false;
	*days = (m->wall - at) / DAY_S;
	return true;
}

/* What a certificate says counts only when it is proven. */
static void
certified(const struct credential *c, const struct moment *m, struct facts *f)
{
	static const struct { const char *name; enum fact fact; } counts[] = {
		{ "doses", FACT_DOSES },
		{ "doses_required", FACT_DOSES_REQUIRED },
	};
	static const struct { const char *name; enum fact fact; } words[] = {
		{ "test_result", FACT_TEST }, { "test_kind", FACT_TEST_KIND },
	};
	static const struct { const char *name; enum fact fact; } dates[] = {
		{ "dose_date", FACT_DAYS_SINCE_DOSE },
		{ "recovered", FACT_DAYS_SINCE_RECOVERY },
	};
	const char *sampled = credential_field(c, "test_sampled");
	int64_t at;

	for (size_t i = 0; i < nitems(counts); i++) {
		const char *text = credential_field(c, counts[i].name);

		if (text != NULL)
			facts_integer(f, counts[i].fact, strtol(text, NULL, 10));
	}
	for (size_t i = 0; i < nitems(words); i++) {
		const char *text = credential_field(c, words[i].name);

		if (text != NULL)
			facts_text(f, words[i].fact, text);
	}
	for (size_t i = 0; i < nitems(dates); i++)
		if (field_days(c, dates[i].name, m, &at))
			facts_integer(f, dates[i].fact, at);
	if (sampled != NULL && m->clock != CLOCK_UNCONFIRMED &&
	    time_parse(sampled, 0, &at) == 0)
		facts_real(f, FACT_TEST_SAMPLED_H,
		    (double)(m->wall - at) / HOUR_S);
}

static const char *
kind_of(const struct credential *c)
{
	const char *kind = credential_field(c, "dcc_kind");

	if (kind != NULL)
		return kind;
	if (credential_field(c, "test_sampled") != NULL)
		return "test";
	return credential_field(c, "dose_date") != NULL ? "vaccination" : NULL;
}

static bool
is_forged(const struct credential *c)
{
	return strcmp(c->verification.signature, "invalid") == 0;
}

/* An old test takes nothing from a good vaccination; a forgery does. */
static bool
counts_before(const struct credential *a, const struct credential *b)
{
	if (is_forged(a) != is_forged(b))
		return is_forged(a);
	return proof_of(a) < proof_of(b);
}

void
proof_health(const struct person *p, const struct moment *m, struct facts *f)
{
	static const char *const words[] = { [PROOF_GOOD] = "valid",
		[PROOF_DOUBT] = "unverified", [PROOF_BAD] = "invalid" };
	const struct credential *shown = NULL;

	for (size_t i = 0; i < p->ndocuments; i++) {
		const struct credential *c = &p->documents[i];

		if (!proof_is_health(c))
			continue;
		if (proof_of(c) == PROOF_GOOD)
			certified(c, m, f);
		if (shown == NULL || counts_before(c, shown))
			shown = c;
	}
	facts_text(f, FACT_DCC, shown == NULL ? "none" : words[proof_of(shown)]);
	if (shown != NULL && kind_of(shown) != NULL)
		facts_text(f, FACT_DCC_KIND, kind_of(shown));
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

/* "05:00-21:00", also over midnight; what cannot be read allows nothing. */
static bool
hours_allow(const char *hours, int minute)
{
	int h1, m1, h2, m2;
	char more;

	if (sscanf(hours, "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2, &more) != 4)
		return false;
	h1 = h1 * 60 + m1;
	h2 = h2 * 60 + m2;
	return h1 <= h2 ? minute >= h1 && minute <= h2 :
	    minute >= h1 || minute <= h2;
}

static bool
hour_allows(const struct credential *c, const struct calendar *now)
{
	const char *days = credential_field(c, "days");
	const char *hours = credential_field(c, "hours");
	char day = (char)('0' + (now->weekday == 0 ? 7 : now->weekday));

	return (days == NULL || strchr(days, day) != NULL) && (hours == NULL ||
	    hours_allow(hours, now->hour * 60 + now->minute));
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
