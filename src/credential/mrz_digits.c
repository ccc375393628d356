/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mrz_digits - the check digits of a machine-readable zone, and what OCR takes
 * for a digit or a letter (ICAO 9303-3, 4.9; devices-and-documents 4.3).
 */
#include "mrz.h"

#include <string.h>

/* ---- check digits -------------------------------------------------------------------------- */

static int
value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c == '<' ? 0 : c - 'A' + 10;
}

static int
add_up(const char *text, size_t n, int sum, size_t *position)
{
	static const int weights[] = { 7, 3, 1 };

	for (size_t i = 0; i < n; i++)
		sum += value(text[i]) * weights[(*position)++ % 3];
	return sum;
}

char
mrz_check_digit(const char *text, size_t n)
{
	size_t position = 0;

	return (char)('0' + add_up(text, n, 0, &position) % 10);
}

static char
composite_digit(const struct zone *zone)
{
	const struct span *spans = zone->layout->composite;
	size_t position = 0;
	int sum = 0;

	for (size_t i = 0; i < nitems(zone->layout->composite); i++)
		sum = add_up(zone->text + spans[i].at, spans[i].n, sum,
		    &position);
	return (char)('0' + sum % 10);
}

bool
mrz_number(const struct zone *zone, char out[LONG_NUMBER_MAX + 1],
    struct span *optional)
{
	const struct layout *layout = zone->layout;
	const char *number = zone->text + layout->number.at;
	const char *rest = zone->text + layout->optional.at;
	char check = zone->text[layout->number_check];
	size_t n = NUMBER_CHARS, more;

	*optional = layout->optional;
	memcpy(out, number, NUMBER_CHARS);
	if (check == '<' && !layout->visa && layout->optional_check == 0 &&
	    rest[0] != '<') {
		more = strcspn(rest, "<");
		if (more < 2 || more >= layout->optional.n)
			return false;
		memcpy(out + n, rest, more - 1);
		n += more - 1;
		check = rest[more - 1];
		optional->at = (unsigned char)(optional->at + more);
		optional->n = (unsigned char)(optional->n - more);
	}
	if (check != mrz_check_digit(out, n))
		return false;
	while (n > 0 && out[n - 1] == '<')
		n--;
	out[n] = '\0';
	return true;
}

static bool
is_empty(const struct zone *zone, struct span span)
{
	for (size_t i = 0; i < span.n; i++)
		if (zone->text[span.at + i] != '<')
			return false;
	return true;
}

static bool
span_fits(const struct zone *zone, struct span span, unsigned char check)
{
	return check == 0 || zone->text[check] ==
	    mrz_check_digit(zone->text + span.at, span.n);
}

const char *
mrz_wrong_digit(const struct zone *zone, unsigned char *at)
{
	const struct layout *layout = zone->layout;
	char number[LONG_NUMBER_MAX + 1];
	struct span optional;

	*at = layout->number_check;
	if (!mrz_number(zone, number, &optional))
		return N_("the check digit of the document number does not fit");
	*at = layout->birth_check;
	if (!span_fits(zone, layout->birth, layout->birth_check))
		return N_("the check digit of the birth date does not fit");
	*at = layout->expiry_check;
	if (!span_fits(zone, layout->expiry, layout->expiry_check))
		return N_("the check digit of the expiry date does not fit");
	/* An empty personal number may go without its digit. */
	if (!span_fits(zone, layout->optional, layout->optional_check) &&
	    !(is_empty(zone, layout->optional) &&
	    zone->text[layout->optional_check] == '<'))
		return N_("the check digit of the personal number does not fit");
	if (layout->composite_check != 0 &&
	    zone->text[layout->composite_check] != composite_digit(zone))
		return N_("the check digit of the whole does not fit");
	return NULL;
}

/* ---- OCR repair ------------------------------------------------------------------------------ */

static const char letters_like[] = "OQDISBZGL", digits_like[] = "000158261";
static const char digits_read[] = "015826", letters_meant[] = "OISBZG";

static bool
replace(char *text, size_t n, const char *from, const char *to)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		const char *at = text[i] == '\0' ? NULL : strchr(from, text[i]);

		if (at != NULL) {
			text[i] = to[at - from];
			changed = true;
		}
	}
	return changed;
}

bool
mrz_repair(struct zone *zone)
{
	const struct layout *layout = zone->layout;
	const unsigned char checks[] = { layout->number_check,
		layout->birth_check, layout->expiry_check,
		layout->optional_check, layout->composite_check };
	bool changed = false;

	changed |= replace(zone->text + layout->birth.at, 6, letters_like,
	    digits_like);
	changed |= replace(zone->text + layout->expiry.at, 6, letters_like,
	    digits_like);
	for (size_t i = 0; i < nitems(checks); i++)
		if (checks[i] != 0)
			changed |= replace(zone->text + checks[i], 1,
			    letters_like, digits_like);
	changed |= replace(zone->text, 5, digits_read, letters_meant);
	changed |= replace(zone->text + layout->nationality.at, 3,
	    digits_read, letters_meant);
	changed |= replace(zone->text + layout->name.at, layout->name.n,
	    digits_read, letters_meant);
	return changed;
}
