/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card - the code on the Vietnamese ID card of 2021 (7 fields) and of 2024
 * (11 fields), devices-and-documents 1.2 to 1.4.
 *
 * number|old number|name|DDMMYYYY|Nam or Nữ|residence|DDMMYYYY, then up to
 * nine more fields of unknown order. Nothing in it is signed: anybody can
 * print one.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define CARD_BYTES_MAX 1024
#define CARD_FIELDS_MIN 7

enum { FIELD_PIN, FIELD_OLD, FIELD_NAME, FIELD_BIRTH, FIELD_SEX,
	FIELD_ADDRESS, FIELD_ISSUED, FIELD_EXTRA };

/* As screens.md has it: the officer's way out is the test page. */
#define WRONG_CHARSET N_("Scanner's character set is wrong: print test page")

bool
card_is(const struct scan *scan)
{
	return scan->n > PIN_DIGITS && is_pin(scan->text, PIN_DIGITS) &&
	    scan->text[PIN_DIGITS] == '|';
}

/* A letter there that is not of "Nữ" was another one before the scanner. */
static bool
is_ascii(struct slice field)
{
	for (size_t i = 0; i < field.n; i++)
		if ((unsigned char)field.text[i] >= 0x80)
			return false;
	return true;
}

static bool
read_sex(struct slice field, struct credential *out)
{
	char text[CREDENTIAL_VALUE_MAX], folded[CREDENTIAL_VALUE_MAX];

	if (!put_text(out, text, sizeof(text), field.text, field.n))
		return false;
	text_fold(text, strlen(text), folded, sizeof(folded));
	if (strcmp(folded, "NAM") == 0)
		snprintf(out->sex, sizeof(out->sex), "male");
	else if (strcmp(folded, "NU") == 0)
		snprintf(out->sex, sizeof(out->sex), "female");
	else
		return false;
	return true;
}

static bool
read_old_number(struct slice field, struct credential *out)
{
	if (field.n == 0)
		return true;
	if ((field.n != CMND_DIGITS && field.n != PIN_DIGITS) ||
	    !all_digits(field.text, field.n))
		return false;
	return put_field(out, "old_number", field.text, field.n);
}

/* A camera or scanner that guesses the character set turns Vietnamese letters
 * into Japanese or Latin-1 signs that are still valid UTF-8. */
static void
check_letters(struct credential *out)
{
	size_t n = strlen(out->name);

	for (size_t at = 0; at < n;) {
		uint32_t code = utf8_next(out->name, n, &at);

		if ((code >= 0x80 && code < 0xc0) ||
		    (code >= 0x250 && code < 0x300) ||
		    (code > 0x36f && code < 0x1e00) ||
		    (code > 0x1eff && code != 0xfffd))
			warn(out, "name-letters");
	}
}

/* Their order is not known: a number is a cancelled one, text is a parent. */
static bool
read_extras(const struct slice *fields, size_t n, struct credential *out)
{
	static const char *const parents[] = { "parent1", "parent2" };
	size_t nparents = 0;

	for (size_t i = FIELD_EXTRA; i < n; i++) {
		const char *name = "extra";

		if (fields[i].n == 0)
			continue;
		if (is_pin(fields[i].text, fields[i].n))
			name = "cancelled_number";
		else if (!all_digits(fields[i].text, fields[i].n) &&
		    nparents < nitems(parents))
			name = parents[nparents++];
		if (!put_field(out, name, fields[i].text, fields[i].n))
			return false;
	}
	return true;
}

static const char *
read_fields(const struct slice *fields, size_t n, struct credential *out)
{
	memcpy(out->id, fields[FIELD_PIN].text, PIN_DIGITS);
	if (!read_old_number(fields[FIELD_OLD], out))
		return N_("the old number on the card is not 9 or 12 digits");
	if (!put_text(out, out->name, sizeof(out->name),
	    fields[FIELD_NAME].text, fields[FIELD_NAME].n))
		return N_("the name on the card is too long");
	if (out->name[0] == '\0')
		return N_("the card has no name");
	if (!date_from_dmy(fields[FIELD_BIRTH].text, fields[FIELD_BIRTH].n,
	    out->birth))
		return N_("the birth date on the card is not a date");
	if (!read_sex(fields[FIELD_SEX], out))
		return is_ascii(fields[FIELD_SEX]) ?
		    N_("the sex on the card is neither Nam nor Nữ") :
		    WRONG_CHARSET;
	if (!put_text(out, out->address, sizeof(out->address),
	    fields[FIELD_ADDRESS].text, fields[FIELD_ADDRESS].n))
		return N_("the address on the card is too long");
	if (!date_from_dmy(fields[FIELD_ISSUED].text, fields[FIELD_ISSUED].n,
	    out->issued))
		return N_("the issue date on the card is not a date");
	if (!read_extras(fields, n, out))
		return N_("a further field of the card is too long");
	return NULL;
}

void
card_parse(const struct scan *scan, struct credential *out)
{
	struct slice fields[FIELDS_MAX];
	const char *problem;
	size_t n;

	out->kind = CREDENTIAL_CCCD;
	if (!scan->utf8) {
		refuse(out, WRONG_CHARSET);
		return;
	}
	if (scan->n > CARD_BYTES_MAX) {
		refuse(out, N_("the card's text is too long"));
		return;
	}
	n = split(scan->text, scan->n, '|', fields, nitems(fields));
	if (n < CARD_FIELDS_MIN || n > FIELDS_MAX) {
		refuse(out, N_("the card has not 7 to 16 fields"));
		return;
	}
	if ((problem = read_fields(fields, n, out)) != NULL) {
		refuse(out, problem);
		return;
	}
	snprintf(out->nationality, sizeof(out->nationality), "VNM");
	put_identity(out, "VNM", "PIN", out->id);
	pin_check(out, out->id, scan->context);
	check_letters(out);
	if (date_is_future(scan->context, out->birth))
		warn(out, "birth-future");
	if (date_is_future(scan->context, out->issued))
		warn(out, "issued-future");
	if (!date_agrees(out->issued, out->birth) &&
	    strcmp(out->issued, out->birth) < 0)
		warn(out, "issued-before-birth");
}
