/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doubts - what is wrong with a paper, in words an officer can act on. Pure.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static const char *
warning_text(const char *warning)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
		{ "birth-mismatch", N_("Number does not fit birth date") },
		{ "sex-mismatch", N_("Number does not fit sex") },
		{ "province-unknown", N_("Unknown province code") },
		{ "birth-future", N_("Born in the future") },
		{ "issued-future", N_("Issued in the future") },
		{ "issued-before-birth", N_("Issued before birth") },
		{ "document-expired", N_("Document expired") },
		{ "dose-future", N_("A dose in the future") },
		{ "test-future", N_("A test in the future") },
		{ "recovery-future", N_("A recovery in the future") },
		{ "key-distrusted", N_("Issuer not trusted here") },
		{ "key-expired", N_("The issuer's key has expired") },
		{ "key-not-yet", N_("The issuer's key is not valid yet") },
		{ "expiry-missing", N_("No date of expiry") },
		{ "number-mismatch", N_("Numbers disagree") },
		{ "number-masked", N_("Number partly hidden") },
		{ "name-letters", N_("Name has odd letters") },
		{ "name-truncated", N_("Name is cut short") },
		{ "ocr-repaired", N_("Misread letters repaired") },
		{ "control-characters", N_("Odd characters removed") },
		{ "field-too-long", N_("A field is too long") },
		{ "birth-unreadable", N_("Birth date not readable") },
		{ "code-unknown", N_("Unknown code in it") },
		{ "value-empty", N_("Something is left out in it") },
		{ "qid-missing", N_("Personal code missing") },
		{ "issuer-unconfirmed", N_("Issuer not confirmed") },
		{ "host-unreadable", N_("Address not readable") },
	};

	for (size_t i = 0; i < nitems(texts); i++)
		if (strcmp(texts[i].word, warning) == 0)
			return _(texts[i].text);
	return warning;
}

/* One question is told: the first that is not answered well. */
const char *
doubt_document(const struct person *p, const struct credential *c)
{
	const struct credential_verification *v = &c->verification;
	const struct {
		const char *is, *bad, *text;
	} questions[] = {
		{ v->signature, "invalid", N_("Signature false") },
		{ v->key_usage, "wrong", N_("Signed with a wrong kind of key") },
		{ v->schema, "invalid", N_("Certificate is incomplete") },
		{ v->time, "expired", N_("Certificate has expired") },
		{ v->time, "not-yet", N_("Certificate is not valid yet") },
		{ v->signature, "unknown-key", N_("Signature could not be checked") },
		{ v->signature, "unsupported", N_("Signature could not be checked") },
	};

	if (!v->applies)
		return p->typed ? _("typed by hand") :
		    _("Card not authenticated");
	for (size_t i = 0; i < nitems(questions); i++)
		if (strcmp(questions[i].is, questions[i].bad) == 0)
			return questions[i].is == v->signature &&
			    strcmp(credential_issuer(c), "distrusted") == 0 ?
			    _("Issuer not trusted here") :
			    _(questions[i].text);
	return _("signature true");
}

static int
doubtfulness(const struct credential *c)
{
	if (!c->verification.applies)
		return -1;
	return 2 * (int)proof_of(c) + (c->nwarnings > 0 ? 1 : 0);
}

/* The document to tell about: a signed one before a bare one, and of those
 * the one that an officer has to know most about. */
const struct credential *
doubt_paper(const struct person *p, const struct credential *c)
{
	for (size_t i = 0; i < p->ndocuments; i++)
		if (doubtfulness(&p->documents[i]) > doubtfulness(c))
			c = &p->documents[i];
	return c;
}

static const char *
field_text(const char *field)
{
	return strcmp(field, "number") == 0 ? _("Number") :
	    strcmp(field, "name") == 0 ? _("Name") :
	    strcmp(field, "birth") == 0 ? _("Birth") : _("Sex");
}

static void
difference_value(const struct difference *d, int i, enum language language,
    char out[CREDENTIAL_VALUE_MAX])
{
	if (strcmp(d->field, "birth") == 0)
		view_birth(d->values[i], language, out);
	else if (strcmp(d->field, "sex") == 0)
		snprintf(out, CREDENTIAL_VALUE_MAX, "%s",
		    strcmp(d->values[i], "male") == 0 ? _("Male") : _("Female"));
	else
		snprintf(out, CREDENTIAL_VALUE_MAX, "%s", d->values[i]);
}

/* "Birth: 15/03/2000 or 16/03/2000" */
void
doubt_difference(const struct difference *d, enum language language, char *out,
    size_t size)
{
	char values[2][CREDENTIAL_VALUE_MAX];

	difference_value(d, 0, language, values[0]);
	difference_value(d, 1, language, values[1]);
	snprintf(out, size, _("%s: %s or %s"), field_text(d->field), values[0],
	    values[1]);
}

/* What an officer has to look at first: two papers that disagree, field by
 * field. */
void
doubt_warnings(const struct session *s, const struct credential *c,
    struct view_person *v)
{
	struct difference d[DIFFERENCES_MAX];
	size_t n = proof_differences(&s->person, d);

	v->nwarnings = 0;
	for (size_t i = 0; i < n && i < nitems(v->warnings); i++)
		doubt_difference(&d[i], s->setup.language,
		    v->warnings[v->nwarnings++], sizeof(v->warnings[0]));
	if (n == 0 && c->nwarnings > 0)
		snprintf(v->warnings[v->nwarnings++], sizeof(v->warnings[0]),
		    "%s", warning_text(c->warnings[0]));
}
