/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alike - the numbers of one kind that two documents both carry, and whether
 * they agree.
 *
 * Papers of different kinds carry numbers of different kinds: a citizen's
 * number and a passport's have nothing to say of each other. Phones belong to
 * families and certificate ids to certificates: neither is a person's.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define NUMBERS_MAX 8
#define VISIBLE_LEAST 4 /* characters, of a number that is partly masked */

enum number_kind { NUMBER_NONE, NUMBER_PIN, NUMBER_CMND, NUMBER_PASSPORT,
	NUMBER_CARD, NUMBER_VISA, NUMBER_SOCIAL, NUMBER_INSURANCE };

struct number {
	enum number_kind kind;
	const char *text;
	const char *issuer; /* ISO 3166-1 alpha-3, or "": not known */
};

enum agreement { UNLIKE, DIFFER, AGREE_MASKED, AGREE };

/* ---- which ones a document carries ------------------------------------------------ */

static bool
is_masked_digits(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "*0123456789") == digits;
}

static enum number_kind
national_kind(const char *text, enum number_kind otherwise)
{
	return is_masked_digits(text, PIN_DIGITS) ? NUMBER_PIN :
	    is_masked_digits(text, CMND_DIGITS) ? NUMBER_CMND : otherwise;
}

static const char *
text_of(const struct credential *c, const char *name)
{
	const char *text = credential_field(c, name);

	return text != NULL ? text : "";
}

static enum number_kind
zone_kind(const struct credential *c)
{
	char code = text_of(c, "document_code")[0];

	if (strcmp(c->id, text_of(c, "personal_number")) == 0)
		return NUMBER_PIN;
	return code == 'P' ? NUMBER_PASSPORT : code == 'V' ? NUMBER_VISA :
	    NUMBER_CARD;
}

/* The number that a document is known by. */
static struct number
own_number(const struct credential *c)
{
	struct number number = { .text = c->id, .issuer = "" };

	switch (c->kind) {
	case CREDENTIAL_CCCD:
	case CREDENTIAL_NUMBER:
	case CREDENTIAL_PERSONAL_QR:
		number.kind = national_kind(c->id, NUMBER_PASSPORT);
		break;
	case CREDENTIAL_MRZ:
		number.kind = zone_kind(c);
		number.issuer = text_of(c, "issuing_state");
		break;
	case CREDENTIAL_VDS_NC:
		/* Whoever vaccinated need not have issued the passport. */
		number.kind = is_masked_digits(c->id, PIN_DIGITS) ?
		    NUMBER_PIN : NUMBER_PASSPORT;
		break;
	case CREDENTIAL_DECLARATION:
	case CREDENTIAL_PERMIT:
		number.kind = is_foreigner(c) ? NUMBER_PASSPORT :
		    national_kind(c->id, NUMBER_PASSPORT);
		number.issuer = c->nationality;
		break;
	case CREDENTIAL_BHYT:
		number.kind = NUMBER_INSURANCE;
		break;
	default:
		break;
	}
	return number;
}

static size_t
numbers_of(const struct credential *c, struct number out[NUMBERS_MAX])
{
	static const struct {
		const char *field;
		enum number_kind kind; /* NUMBER_NONE: by its digits */
	} fields[] = {
		{ "old_number", NUMBER_NONE },
		{ "cancelled_number", NUMBER_NONE },
		{ "personal_number", NUMBER_PIN },
		{ "social_number", NUMBER_SOCIAL },
		{ "insurance", NUMBER_INSURANCE },
	};
	size_t n = 0;

	out[n] = own_number(c);
	if (out[n].kind != NUMBER_NONE && out[n].text[0] != '\0')
		n++;
	for (size_t i = 0; i < nitems(fields) && n < NUMBERS_MAX; i++) {
		const char *text = text_of(c, fields[i].field);

		out[n] = (struct number){ fields[i].kind, text, "" };
		if (out[n].kind == NUMBER_NONE)
			out[n].kind = national_kind(text, NUMBER_NONE);
		if (out[n].kind != NUMBER_NONE && text[0] != '\0')
			n++;
	}
	return n;
}

/* ---- whether two agree ---------------------------------------------------------------- */

/* Capitals, digits and stars: how a number is spaced does not matter. */
static void
squeeze(const char *text, char out[CREDENTIAL_VALUE_MAX])
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		char c = *text >= 'a' && *text <= 'z' ?
		    (char)(*text - 'a' + 'A') : *text;

		if (c == '*' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
			out[n++] = c;
	}
	out[n] = '\0';
}

static enum agreement
agreement(const char *one, const char *other)
{
	char a[CREDENTIAL_VALUE_MAX], b[CREDENTIAL_VALUE_MAX];
	size_t visible = 0;
	bool masked = false;

	squeeze(one, a);
	squeeze(other, b);
	if (strlen(a) != strlen(b))
		return DIFFER;
	for (size_t i = 0; a[i] != '\0'; i++) {
		bool hidden = a[i] == '*' || b[i] == '*';

		if (!hidden && a[i] != b[i])
			return DIFFER;
		masked |= hidden;
		visible += !hidden;
	}
	if (!masked)
		return AGREE;
	return visible >= VISIBLE_LEAST ? AGREE_MASKED : UNLIKE;
}

static enum agreement
compare_pair(const struct number *a, const struct number *b)
{
	if (a->kind != b->kind || (a->issuer[0] != '\0' &&
	    b->issuer[0] != '\0' && a->kind > NUMBER_CMND &&
	    strcmp(a->issuer, b->issuer) != 0))
		return UNLIKE;
	return agreement(a->text, b->text);
}

/* The best of what is of one kind: a card carries cancelled numbers too. */
static enum agreement
compare_kind(enum number_kind kind, const struct number *a, size_t na,
    const struct number *b, size_t nb, const char *differing[2])
{
	enum agreement best = UNLIKE;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++) {
			enum agreement pair = a[i].kind != kind ? UNLIKE :
			    compare_pair(&a[i], &b[j]);

			if (pair <= best)
				continue;
			best = pair;
			differing[0] = a[i].text;
			differing[1] = b[j].text;
		}
	return best;
}

void
alike_compare(const struct credential *a, const struct credential *b,
    struct alike *out)
{
	struct number one[NUMBERS_MAX], other[NUMBERS_MAX];
	size_t n = numbers_of(a, one), m = numbers_of(b, other);

	*out = (struct alike){ .agree = a->identity[0] != '\0' &&
	    strcmp(a->identity, b->identity) == 0 };
	for (enum number_kind k = NUMBER_PIN; k <= NUMBER_INSURANCE; k++) {
		const char *differing[2];
		enum agreement found = compare_kind(k, one, n, other, m,
		    differing);

		out->agree |= found == AGREE;
		out->agree_masked |= found == AGREE_MASKED;
		if (found != DIFFER || out->differ)
			continue;
		out->differ = true;
		memcpy(out->differing, differing, sizeof(out->differing));
	}
}
