/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bhyt - the code of the Vietnamese health insurance card
 * (devices-and-documents 1.6): 2 letters and 13 digits, then name and
 * address as the hexadecimal digits of their UTF-8 bytes.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_CHARS 15
#define SOCIAL_NUMBER_AT 5 /* behind group, level and province */

enum { FIELD_NUMBER, FIELD_NAME, FIELD_BIRTH, FIELD_SEX, FIELD_ADDRESS,
	FIELD_PLACE, FIELD_FROM, FIELD_UNTIL, FIELDS_MIN };

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool
bhyt_is(const struct scan *scan)
{
	return scan->n > NUMBER_CHARS && is_capital(scan->text[0]) &&
	    is_capital(scan->text[1]) &&
	    all_digits(scan->text + 2, NUMBER_CHARS - 2) &&
	    scan->text[NUMBER_CHARS] == '|';
}

static bool
read_hex(struct slice field, struct credential *out, char *to, size_t capacity)
{
	unsigned char bytes[CREDENTIAL_VALUE_MAX];
	ssize_t n = hex_parse(field.text, field.n, bytes, sizeof(bytes));

	return n >= 0 && put_text(out, to, capacity, (const char *)bytes,
	    (size_t)n);
}

/* dd/mm/yyyy or yyyy. */
static bool
read_date(struct slice field, char out[11])
{
	char digits[9];

	out[0] = '\0';
	if (field.n == 4)
		return date_from_iso(field.text, 4, out);
	if (field.n != 10 || field.text[2] != '/' || field.text[5] != '/')
		return false;
	memcpy(digits, field.text, 2);
	memcpy(digits + 2, field.text + 3, 2);
	memcpy(digits + 4, field.text + 6, 4);
	return date_from_dmy(digits, 8, out);
}

static bool
is_blank(struct slice field)
{
	return field.n == 0 || (field.n == 1 && field.text[0] == '-');
}

static const char *
read_fields(const struct slice *f, struct credential *out)
{
	memcpy(out->id, f[FIELD_NUMBER].text, NUMBER_CHARS);
	if (!read_hex(f[FIELD_NAME], out, out->name, sizeof(out->name)) ||
	    out->name[0] == '\0')
		return N_("the name on the insurance card is not readable");
	if (!read_date(f[FIELD_BIRTH], out->birth))
		return N_("the birth date on the insurance card is not a date");
	if (f[FIELD_SEX].n != 1 || (f[FIELD_SEX].text[0] != '1' &&
	    f[FIELD_SEX].text[0] != '2'))
		return N_("the sex on the insurance card is neither 1 nor 2");
	snprintf(out->sex, sizeof(out->sex), "%s",
	    f[FIELD_SEX].text[0] == '1' ? "male" : "female");
	if (!is_blank(f[FIELD_ADDRESS]) && !read_hex(f[FIELD_ADDRESS], out,
	    out->address, sizeof(out->address)))
		return N_("the address on the insurance card is not readable");
	if (!put_field(out, "registered_at", f[FIELD_PLACE].text,
	    f[FIELD_PLACE].n))
		return N_("a field of the insurance card is too long");
	if (!is_blank(f[FIELD_FROM]) && !read_date(f[FIELD_FROM], out->issued))
		return N_("the first day of the insurance is not a date");
	if (!is_blank(f[FIELD_UNTIL]) && !read_date(f[FIELD_UNTIL],
	    out->expires))
		return N_("the last day of the insurance is not a date");
	return NULL;
}

void
bhyt_parse(const struct scan *scan, struct credential *out)
{
	struct slice f[2 * FIELDS_MAX];
	const char *problem;
	size_t n = split(scan->text, scan->n, '|', f, nitems(f));

	out->kind = CREDENTIAL_BHYT;
	if (n < FIELDS_MIN || n > nitems(f)) {
		refuse(out, N_("the insurance card has not 8 fields or more"));
		return;
	}
	if ((problem = read_fields(f, out)) != NULL) {
		refuse(out, problem);
		return;
	}
	snprintf(out->nationality, sizeof(out->nationality), "VNM");
	put_identity(out, "VNM", "BHXH", out->id + SOCIAL_NUMBER_AT);
	put_string(out, "social_number", out->id + SOCIAL_NUMBER_AT);
	if (date_is_future(scan->context, out->birth))
		warn(out, "birth-future");
	if (date_is_past(scan->context, out->expires))
		warn(out, "document-expired");
}
