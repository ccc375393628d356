/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * person - the national personal code of 2021 (PC-Covid, VNEID, Bluezone),
 * Decision 1405/QĐ-BTTTT, devices-and-documents 2.1.
 *
 * number|NAME|YYYY-MM-DD|0 or 1|QID|EXT. The first six characters of the
 * number, and day and month, are usually masked with stars: only the QID is
 * a key. Which parts of EXT are left out when empty is not known, so they
 * are told apart by shape.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_NUMBER, FIELD_NAME, FIELD_BIRTH, FIELD_DECLARED_BY, FIELD_QID,
	FIELD_EXT, FIELD_COUNT };

#define MASKED_BIRTH_CHARS 10
#define PHONE_CHARS_MIN 9
#define PHONE_CHARS_MAX 11
#define EXT_MAX 12
#define QID_CHARS_MAX 64
#define NUMBER_CHARS_MIN 5
#define NUMBER_CHARS_MAX 20

static bool
is_birth(struct slice field)
{
	if (field.n != MASKED_BIRTH_CHARS)
		return false;
	for (size_t i = 0; i < field.n; i++) {
		bool dash = i == 4 || i == 7;

		if (dash ? field.text[i] != '-' : field.text[i] != '*' &&
		    (field.text[i] < '0' || field.text[i] > '9'))
			return false;
	}
	return true;
}

bool
person_is(const struct scan *scan)
{
	struct slice f[FIELD_COUNT];

	return split(scan->text, scan->n, '|', f, nitems(f)) == FIELD_COUNT &&
	    is_birth(f[FIELD_BIRTH]) && f[FIELD_DECLARED_BY].n == 1 &&
	    (f[FIELD_DECLARED_BY].text[0] == '0' ||
	    f[FIELD_DECLARED_BY].text[0] == '1');
}

/* ASCII letters, digits and stars: a number as printed on a document. */
static bool
is_number(struct slice field)
{
	if (field.n < NUMBER_CHARS_MIN || field.n > NUMBER_CHARS_MAX)
		return false;
	for (size_t i = 0; i < field.n; i++)
		if (field.text[i] == '\0' || strchr("*0123456789"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		    field.text[i]) == NULL)
			return false;
	return true;
}

static bool
digits_or_stars(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] != '*' && (text[i] < '0' || text[i] > '9'))
			return false;
	return true;
}

static bool
is_insurance(struct slice piece)
{
	return piece.n >= 6 && piece.text[0] >= 'A' && piece.text[0] <= 'Z' &&
	    piece.text[1] >= 'A' && piece.text[1] <= 'Z' &&
	    digits_or_stars(piece.text + 2, piece.n - 2);
}

static bool
read_ext_piece(struct slice piece, struct credential *out)
{
	if (piece.n == 1 && piece.text[0] >= '0' && piece.text[0] <= '2') {
		/* The first is the sex; a later lone digit is unknown. */
		if (out->sex[0] == '\0' && piece.text[0] != '0')
			snprintf(out->sex, sizeof(out->sex), "%s",
			    piece.text[0] == '1' ? "male" : "female");
		return true;
	}
	if (is_insurance(piece))
		return put_field(out, "insurance", piece.text, piece.n);
	if (piece.n >= PHONE_CHARS_MIN && piece.n <= PHONE_CHARS_MAX &&
	    piece.text[0] == '0' && digits_or_stars(piece.text, piece.n))
		return put_field(out, "phone", piece.text, piece.n);
	return put_field(out, "ext", piece.text, piece.n);
}

static const char *
read_fields(const struct slice *f, struct credential *out)
{
	struct slice pieces[EXT_MAX];
	size_t npieces;

	if (!is_number(f[FIELD_NUMBER]))
		return N_("the number in the personal code is not one");
	memcpy(out->id, f[FIELD_NUMBER].text, f[FIELD_NUMBER].n);
	if (!put_text(out, out->name, sizeof(out->name), f[FIELD_NAME].text,
	    f[FIELD_NAME].n))
		return N_("the name in the personal code is too long");
	if (out->name[0] == '\0')
		return N_("the personal code has no name");
	if (!date_from_iso(f[FIELD_BIRTH].text, f[FIELD_BIRTH].n, out->birth) &&
	    memcmp(f[FIELD_BIRTH].text, "****", 4) != 0)
		return N_("the birth date in the personal code is not a date");
	put_string(out, "declared_by",
	    f[FIELD_DECLARED_BY].text[0] == '0' ? "self" : "other");
	if (f[FIELD_QID].n > QID_CHARS_MAX ||
	    !put_field(out, "qid", f[FIELD_QID].text, f[FIELD_QID].n))
		return N_("the QID in the personal code is too long");
	npieces = split(f[FIELD_EXT].text, f[FIELD_EXT].n, '<', pieces,
	    nitems(pieces));
	if (npieces > nitems(pieces))
		return N_("the personal code has too many extensions");
	for (size_t i = 0; i < npieces; i++)
		if (!read_ext_piece(pieces[i], out))
			return N_("an extension of the personal code is too long");
	return NULL;
}

/* An unmasked number is the better key: the register knows it. */
static void
identify(struct credential *out, const struct credential_context *context)
{
	const char *qid = credential_field(out, "qid");
	size_t n = strlen(out->id);

	if (is_pin(out->id, n)) {
		put_identity(out, "VNM", "PIN", out->id);
		pin_check(out, out->id, context);
	} else if (n == CMND_DIGITS && all_digits(out->id, n)) {
		put_identity(out, "VNM", "CMND", out->id);
	} else if (qid != NULL) {
		put_identity(out, "VNM", "QID", qid);
	}
	if (strchr(out->id, '*') != NULL)
		warn(out, "number-masked");
	if (qid == NULL)
		warn(out, "qid-missing");
}

void
person_parse(const struct scan *scan, struct credential *out)
{
	struct slice f[FIELD_COUNT];
	const char *problem;

	out->kind = CREDENTIAL_PERSONAL_QR;
	split(scan->text, scan->n, '|', f, nitems(f));
	problem = scan->utf8 ? read_fields(f, out) :
	    N_("Scanner's character set is wrong: print test page");
	if (problem != NULL) {
		refuse(out, problem);
		return;
	}
	identify(out, scan->context);
	if (date_is_future(scan->context, out->birth))
		warn(out, "birth-future");
}
