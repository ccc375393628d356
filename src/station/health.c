/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * health - doses, recovery and tests: what the lists say of a person and what
 * the health papers prove, as facts. Pure.
 *
 * The newest counts, whoever tells of it and in whatever order the papers were
 * shown: a test of last week says nothing against the one of this morning. A
 * paper counts only when it is proven. What lies ahead has no time.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_S 3600.0
#define DAY_S 86400

struct doses {
	int count, required; /* -1: not told */
	int64_t at;          /* of the last one; 0: not told, as all below */
};

struct test {
	const char *result; /* NULL: none is told of */
	const char *kind;   /* these two: words of the facts, or not known */
	int64_t sampled_at, result_at;
};

struct health {
	struct doses doses;
	int64_t recovered_at;
	struct test test;
};

bool
health_is_paper(const struct credential *c)
{
	return c->kind == CREDENTIAL_DCC || c->kind == CREDENTIAL_SHC ||
	    c->kind == CREDENTIAL_VDS_NC;
}

/* ---- the newest ------------------------------------------------------------------------ */

static bool
is_later(const struct doses *told, const struct doses *have)
{
	if (told->count < 0 || have->count < 0)
		return have->count < 0;
	return told->at != have->at ? told->at > have->at :
	    told->count > have->count;
}

/* Not all tell of how many the series is. */
static void
take_doses(struct doses *have, const struct doses *told)
{
	struct doses other = *told;

	if (is_later(told, have)) {
		other = *have;
		*have = *told;
	}
	if (have->required < 0)
		have->required = other.required;
}

static int
weight(const struct test *test)
{
	return strcmp(test->result, "negative") == 0 ? 0 :
	    strcmp(test->result, "positive") == 0 ? 2 : 1;
}

/* Of two that cannot be put in order, the worse one is heard. */
static bool
is_newer(const struct test *told, const struct test *have)
{
	if (have->result == NULL)
		return true;
	if (weight(told) != weight(have) && (told->sampled_at == 0 ||
	    have->sampled_at == 0 || told->sampled_at == have->sampled_at))
		return weight(told) > weight(have);
	return told->sampled_at > have->sampled_at;
}

static void
take_test(struct test *have, const struct test *told)
{
	if (told->result != NULL && is_newer(told, have))
		*have = *told;
}

static void
take(struct health *have, const struct health *told)
{
	take_doses(&have->doses, &told->doses);
	if (told->recovered_at > have->recovered_at)
		have->recovered_at = told->recovered_at;
	take_test(&have->test, &told->test);
}

/* ---- who tells ------------------------------------------------------------------------- */

static int64_t
past(int64_t at, const struct moment *m)
{
	return moment_is_before(m, at) ? 0 : at;
}

static void
listed(const struct register_answer *a, const struct moment *m,
    struct health *h)
{
	bool tested = a->test[0] != '\0' && strcmp(a->test, "none") != 0;

	*h = (struct health){
		.doses = { a->doses, a->doses_required,
		    past(a->last_dose_at, m) },
		.recovered_at = past(a->recovered_at, m),
		.test = { tested ? a->test : NULL, a->test_kind,
		    past(a->test_sampled_at, m), past(a->test_result_at, m) },
	};
}

static int
number_in(const struct credential *c, const char *name)
{
	const char *text = credential_field(c, name);

	return text != NULL ? (int)strtol(text, NULL, 10) : -1;
}

static int64_t
time_in(const struct credential *c, const char *name)
{
	const char *text = credential_field(c, name);
	int64_t at;

	return text != NULL && time_parse(text, 0, &at) == 0 ? at : 0;
}

/* What lies ahead in it has made the paper a doubt: see proof_of(). */
static void
certified(const struct credential *c, struct health *h)
{
	const char *result = credential_field(c, "test_result");
	const char *kind = credential_field(c, "test_kind");

	/* A code may be in none of our value sets. */
	if (result == NULL && credential_field(c, "test_sampled") != NULL)
		result = "";
	*h = (struct health){
		.doses = { number_in(c, "doses"),
		    number_in(c, "doses_required"), time_in(c, "dose_date") },
		.recovered_at = time_in(c, "recovered"),
		.test = { result, kind != NULL ? kind : "",
		    time_in(c, "test_sampled"), 0 },
	};
}

/* ---- the certificate ------------------------------------------------------------------- */

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

static void
certificate(const struct credential *shown, struct facts *f)
{
	static const char *const words[] = { [PROOF_GOOD] = "valid",
		[PROOF_DOUBT] = "unverified", [PROOF_BAD] = "invalid" };

	facts_text(f, FACT_DCC, shown == NULL ? "none" : words[proof_of(shown)]);
	if (shown != NULL && kind_of(shown) != NULL)
		facts_text(f, FACT_DCC_KIND, kind_of(shown));
}

/* ---- the facts ------------------------------------------------------------------------- */

static void
put_ages(const struct health *h, int64_t now, struct facts *f)
{
	/* Who does not tell when the result came tells how old it is at most. */
	int64_t result_at = h->test.result_at != 0 ? h->test.result_at :
	    h->test.sampled_at;

	if (h->doses.at != 0)
		facts_integer(f, FACT_DAYS_SINCE_DOSE,
		    (now - h->doses.at) / DAY_S);
	if (h->recovered_at != 0)
		facts_integer(f, FACT_DAYS_SINCE_RECOVERY,
		    (now - h->recovered_at) / DAY_S);
	if (h->test.sampled_at != 0)
		facts_real(f, FACT_TEST_SAMPLED_H,
		    (double)(now - h->test.sampled_at) / HOUR_S);
	if (result_at != 0)
		facts_real(f, FACT_TEST_RESULT_H,
		    (double)(now - result_at) / HOUR_S);
}

void
health_facts(const struct person *p, const struct moment *m, struct facts *f)
{
	struct health all = { .doses = { -1, -1, 0 }, .test = { NULL, "", 0, 0 } };
	const struct credential *shown = NULL;
	const char *none = "";
	struct health one;

	if (person_is_listed(p)) {
		listed(&p->answer, m, &one);
		take(&all, &one);
		none = p->answer.test; /* "", where no list was asked */
	}
	for (size_t i = 0; i < p->ndocuments; i++) {
		const struct credential *c = &p->documents[i];

		if (!health_is_paper(c))
			continue;
		if (proof_of(c) == PROOF_GOOD) {
			certified(c, &one);
			take(&all, &one);
		}
		if (shown == NULL || counts_before(c, shown))
			shown = c;
	}
	certificate(shown, f);
	/* What is no value of the fact leaves it unknown. */
	facts_integer(f, FACT_DOSES, all.doses.count);
	facts_integer(f, FACT_DOSES_REQUIRED, all.doses.required);
	facts_text(f, FACT_TEST, all.test.result != NULL ? all.test.result :
	    none);
	facts_text(f, FACT_TEST_KIND, all.test.kind);
	if (m->clock != CLOCK_UNCONFIRMED)
		put_ages(&all, m->wall, f);
}
