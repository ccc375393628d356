/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number - the personal number of a Vietnamese citizen (12 digits) and the
 * old card number (9), devices-and-documents 1.1.
 *
 * There is no check digit. Province, century, sex and year of birth stand in
 * the number, but civil status may have been corrected since: what does not
 * fit is a warning, never a rejection.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

bool
is_pin(const char *text, size_t n)
{
	return n == PIN_DIGITS && all_digits(text, n);
}

bool
is_foreigner(const struct credential *c)
{
	return c->nationality[0] != '\0' && strcmp(c->nationality, "VNM") != 0;
}

int
pin_birth_year(const char *pin)
{
	return 1900 + 100 * ((pin[3] - '0') / 2) + 10 * (pin[4] - '0') +
	    (pin[5] - '0');
}

const char *
pin_sex(const char *pin)
{
	return (pin[3] - '0') % 2 == 1 ? "female" : "male";
}

static void
province(struct credential *out, const char *pin,
    const struct credential_context *context)
{
	char code[4] = { pin[0], pin[1], pin[2], '\0' };
	const char *name = value_label(context, VALUES_PROVINCE, code);

	put_string(out, "province_code", code);
	if (name != NULL)
		put_string(out, "province", name);
	else if (value_known(context, VALUES_PROVINCE) && (strcmp(code, "101") < 0 || strcmp(code, "295") > 0))
		warn(out, "province-unknown"); /* 101-295: registered abroad */
}

void
pin_check(struct credential *out, const char *pin,
    const struct credential_context *context)
{
	char year[11];

	date_put(pin_birth_year(pin), 0, 0, year);
	province(out, pin, context);
	if (pin[3] > '3' || date_is_future(context, year))
		warn(out, "birth-future"); /* 4 and up: born after 2099 */
	if (out->birth[0] != '\0' && !date_agrees(out->birth, year))
		warn(out, "birth-mismatch");
	if (out->sex[0] != '\0' && strcmp(out->sex, pin_sex(pin)) != 0)
		warn(out, "sex-mismatch");
}

/* Typed numbers may have a space behind them, but none within. */
static size_t
length(const struct scan *scan)
{
	size_t n = scan->n;

	while (n > 0 && scan->text[n - 1] == ' ')
		n--;
	return n;
}

bool
number_is(const struct scan *scan)
{
	size_t n = length(scan);

	return (n == PIN_DIGITS || n == CMND_DIGITS) &&
	    all_digits(scan->text, n);
}

void
number_parse(const struct scan *scan, struct credential *out)
{
	size_t n = length(scan);

	out->kind = CREDENTIAL_NUMBER;
	memcpy(out->id, scan->text, n);
	if (n == CMND_DIGITS) {
		put_identity(out, "VNM", "CMND", out->id);
		return;
	}
	put_identity(out, "VNM", "PIN", out->id);
	date_put(pin_birth_year(out->id), 0, 0, out->birth);
	snprintf(out->sex, sizeof(out->sex), "%s", pin_sex(out->id));
	pin_check(out, out->id, scan->context);
}
