/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examine - every signed paper of the person in front, question by question:
 * readable, signature, issuer, time, kind of key, form, and last what the
 * rules say. Each is answered for itself, so that an officer sees whether a
 * certificate is false, or only old, or of a country whose keys are not here.
 *
 * Pure. What is bare (a card, a typed number) proves nothing and has no
 * answers.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 128

#define HEALTH_FACTS (FACT_BIT(FACT_DCC) | FACT_BIT(FACT_DCC_KIND) | \
    FACT_BIT(FACT_DOSES) | FACT_BIT(FACT_DOSES_REQUIRED) | \
    FACT_BIT(FACT_DAYS_SINCE_DOSE) | FACT_BIT(FACT_DAYS_SINCE_RECOVERY) | \
    FACT_BIT(FACT_TEST) | FACT_BIT(FACT_TEST_KIND) | \
    FACT_BIT(FACT_TEST_SAMPLED_H))
#define DECLARATION_FACTS (FACT_BIT(FACT_DECLARATION) | \
    FACT_BIT(FACT_DECLARATION_AGE_H) | FACT_BIT(FACT_DECLARED_SYMPTOMS))
#define PERMIT_FACTS (FACT_BIT(FACT_PERMIT) | FACT_BIT(FACT_PERMIT_NOW))

/* What a paper is called, and the facts that it is to prove. */
static const struct proving {
	enum credential_kind kind;
	const char *text;
	uint64_t facts;
} kinds[] = {
	{ CREDENTIAL_DCC, N_("EU certificate"), HEALTH_FACTS },
	{ CREDENTIAL_SHC, N_("SMART Health Card"), HEALTH_FACTS },
	{ CREDENTIAL_VDS_NC, N_("ICAO health seal"), HEALTH_FACTS },
	{ CREDENTIAL_DECLARATION, N_("Declaration"), DECLARATION_FACTS },
	{ CREDENTIAL_PERMIT, N_("Permit"), PERMIT_FACTS },
	{ CREDENTIAL_GREEN_LANE, N_("Green-lane card"),
	    FACT_BIT(FACT_GREEN_LANE) },
	{ CREDENTIAL_GROUP, N_("Group list"), FACT_BIT(FACT_GROUP_DECLARED) },
};

struct asked { /* one paper, looked at now */
	const struct credential *c;
	const struct proving *kind;
	const struct session *s;
};

static const struct proving *
kind_of(const struct credential *c)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (kinds[i].kind == c->kind && c->verification.applies)
			return &kinds[i];
	return NULL;
}

/* ---- the answers ---------------------------------------------------------------------- */

struct word {
	const char *word, *text;
};

static void
choose(const struct word *words, size_t n, const char *word,
    char out[ANSWER_MAX])
{
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].word, word) == 0)
			snprintf(out, ANSWER_MAX, "%s", _(words[i].text));
}

static void
readable(const struct asked *a, char out[ANSWER_MAX])
{
	snprintf(out, ANSWER_MAX, "%s", a->c->verification.readable ?
	    _("yes") : _("no"));
}

/* That a key is not to be believed is the issuer's matter. */
static void
signature(const struct asked *a, char out[ANSWER_MAX])
{
	static const struct word words[] = {
		{ "valid", N_("true") }, { "invalid", N_("FALSE") },
		{ "unknown-key", N_("not checked: no key here") },
		{ "unsupported", N_("not checked: unknown kind") },
	};

	choose(words, nitems(words),
	    strcmp(credential_issuer(a->c), "distrusted") == 0 ? "valid" :
	    a->c->verification.signature, out);
}

static void
issuer(const struct asked *a, char out[ANSWER_MAX])
{
	static const struct word words[] = {
		{ "trusted", N_("trusted") },
		{ "distrusted", N_("NOT TRUSTED at this post") },
		{ "unknown", N_("not known here") },
		{ "unproven", N_("not proven") },
	};
	static const struct word doubts[] = {
		{ "key-expired", N_("its key has expired") },
		{ "key-not-yet", N_("its key is not valid yet") },
		{ "issuer-unconfirmed", N_("not confirmed") },
	};
	size_t n;

	choose(words, nitems(words), credential_issuer(a->c), out);
	for (size_t i = 0; i < nitems(doubts); i++) {
		n = strlen(out);
		if (credential_warns(a->c, doubts[i].word))
			snprintf(out + n, ANSWER_MAX - n, ", %s",
			    _(doubts[i].text));
	}
}

/* A day of the post: "2022-09-27T00:00:00Z" is the 27th at 7 o'clock. */
static void
day_of(const struct asked *a, const char *field, char out[16])
{
	const char *text = credential_field(a->c, field);
	struct calendar day;
	int64_t at;

	out[0] = '\0';
	if (text == NULL || time_parse(text, 0, &at) != 0)
		return;
	day = calendar_at(at, a->s->setup.conf->utc_offset_s);
	snprintf(out, 16, "%02d/%02d/%04d", day.day % 100, day.month % 100,
	    day.year % 10000);
}

static void
in_time(const struct asked *a, char out[ANSWER_MAX])
{
	static const struct word words[] = {
		{ "valid", N_("yes") }, { "expired", N_("EXPIRED") },
		{ "not-yet", N_("NOT YET") },
		{ "unknown", N_("no clock") },
	};
	bool early = strcmp(a->c->verification.time, "not-yet") == 0;
	char day[16];
	size_t n;

	choose(words, nitems(words), a->c->verification.time, out);
	day_of(a, early ? "signed_at" : "signature_expires", day);
	n = strlen(out);
	if (day[0] != '\0' && early)
		snprintf(out + n, ANSWER_MAX - n, _(", from %s"), day);
	else if (day[0] != '\0')
		snprintf(out + n, ANSWER_MAX - n, _(", until %s"), day);
}

static void
key_usage(const struct asked *a, char out[ANSWER_MAX])
{
	static const struct word words[] = {
		{ "ok", N_("right") }, { "wrong", N_("WRONG for this paper") },
	};
	const char *trust = credential_issuer(a->c);

	/* Of a key that nobody has here, nothing is known. */
	if (strcmp(trust, "unknown") == 0 &&
	    strcmp(a->c->verification.key_usage, "ok") == 0)
		snprintf(out, ANSWER_MAX, "%s", _("not known"));
	else
		choose(words, nitems(words), a->c->verification.key_usage,
		    out);
}

static void
form(const struct asked *a, char out[ANSWER_MAX])
{
	static const struct word words[] = {
		{ "valid", N_("right") },
		{ "invalid", N_("WRONG or incomplete") },
	};

	choose(words, nitems(words), a->c->verification.schema, out);
	if (credential_warns(a->c, "value-empty"))
		snprintf(out, ANSWER_MAX, "%s",
		    _("Something is left out in it"));
}

/* Which of the reasons on the screen ask for what this paper proves. */
static void
rules(const struct asked *a, char out[ANSWER_MAX])
{
	const struct judgement *j = &a->s->judgement;
	char numbers[64] = "";
	size_t n = 0;

	for (size_t i = 0; i < j->nreasons && n + 8 < sizeof(numbers); i++)
		if (j->reasons[i].verdict != VERDICT_PASS &&
		    (j->reasons[i].reads & a->kind->facts) != 0)
			n += (size_t)snprintf(numbers + n, sizeof(numbers) - n,
			    "%s%zu", n > 0 ? ", " : "", i + 1);
	if (n > 0)
		snprintf(out, ANSWER_MAX, _("see reason %s"), numbers);
	else
		snprintf(out, ANSWER_MAX, "%s",
		    policy_asks(a->s->setup.policy, a->kind->facts) ?
		    _("nothing against it") : _("do not ask for it"));
}

/* ---- the page ------------------------------------------------------------------------- */

static const struct {
	const char *label;
	void (*answer)(const struct asked *a, char out[ANSWER_MAX]);
} questions[] = {
	{ N_("Readable"), readable },
	{ N_("Signature"), signature },
	{ N_("Issuer"), issuer },
	{ N_("In time"), in_time },
	{ N_("Kind of key"), key_usage },
	{ N_("Form"), form },
	{ N_("The rules"), rules },
};

/* "EU certificate (VN)", or a card's issuer by its address. */
static void
title(const struct asked *a, char out[VIEW_TEXT_MAX])
{
	const char *country = credential_field(a->c, "key_country");
	const char *iss = credential_field(a->c, "iss");
	const char *who = iss != NULL ? iss : country;

	if (who != NULL)
		snprintf(out, VIEW_TEXT_MAX, "%s (%s)", _(a->kind->text), who);
	else
		snprintf(out, VIEW_TEXT_MAX, "%s", _(a->kind->text));
}

static void
tell(const struct asked *a, struct view *view)
{
	char answer[ANSWER_MAX];

	if (view->ndetail + 1 + nitems(questions) > nitems(view->detail))
		return;
	view->detail_keep[view->ndetail] = 1 + nitems(questions);
	title(a, view->detail[view->ndetail++]);
	for (size_t i = 0; i < nitems(questions); i++) {
		questions[i].answer(a, answer);
		snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX,
		    "  %s: %s", _(questions[i].label), answer);
	}
}

static void
paper(const struct session *s, const struct credential *c, struct view *view)
{
	struct asked a = { .c = c, .kind = kind_of(c), .s = s };

	if (a.kind != NULL)
		tell(&a, view);
}

void
examine_papers(const struct session *s, struct view *view)
{
	for (size_t i = 0; i < s->person.ndocuments; i++)
		paper(s, &s->person.documents[i], view);
	if (s->person.number_aboard != 0)
		paper(s, &s->vehicle.paper, view);
}

/* ---- whose keys ------------------------------------------------------------------------ */

static void
count_keys(const struct issuers *issuers, const struct moment *m,
    char out[VIEW_TEXT_MAX])
{
	size_t n = (size_t)snprintf(out, VIEW_TEXT_MAX,
	    _("Certificate keys: %zu"), issuers->keys);

	if (issuers->lists_at != 0 && m->clock != CLOCK_UNCONFIRMED)
		n += (size_t)snprintf(out + n, VIEW_TEXT_MAX - n,
		    _(", list %d days old"),
		    (int)((m->wall - issuers->lists_at) / 86400));
	if (issuers->skipped > 0)
		snprintf(out + n, VIEW_TEXT_MAX - n, _(", not readable: %zu"),
		    issuers->skipped);
}

static void
name_distrusted(const struct issuers *issuers, char out[VIEW_TEXT_MAX])
{
	size_t n = (size_t)snprintf(out, VIEW_TEXT_MAX,
	    _("Not trusted here, %zu keys:"), issuers->keys_distrusted);

	for (size_t i = 0; i < issuers->ndistrusted &&
	    n + CREDENTIAL_KEY_NAME_MAX + 8 < VIEW_TEXT_MAX; i++)
		n += (size_t)snprintf(out + n, VIEW_TEXT_MAX - n, " %s",
		    issuers->distrusted[i]);
}

bool
examine_keys(const struct issuers *issuers, int line, const struct moment *m,
    char out[VIEW_TEXT_MAX])
{
	static const struct issuers none;

	if (issuers == NULL)
		issuers = &none;
	if (line == 0)
		count_keys(issuers, m, out);
	else if (issuers->ndistrusted > 0)
		name_distrusted(issuers, out);
	return line == 0 || issuers->ndistrusted > 0;
}
