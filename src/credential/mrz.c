/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mrz - machine-readable zones of passports, cards and visas, ICAO 9303
 * (devices-and-documents 4): from a reader, with or without line ends, or
 * typed. Every check digit must hold; letters that OCR takes for digits are
 * put right only when they then all do.
 */
#include "mrz.h"

#include <stdio.h>
#include <string.h>

/* Positions in the whole text, counted from 0; code and state are always at
 * 0 and 2. */
static const struct layout layouts[] = {
	{ .word = "TD3", .width = 44, .lines = 2, .name = { 5, 39 },
	    .number = { 44, 9 }, .number_check = 53, .nationality = { 54, 3 },
	    .birth = { 57, 6 }, .birth_check = 63, .sex = 64,
	    .expiry = { 65, 6 }, .expiry_check = 71, .optional = { 72, 14 },
	    .optional_check = 86, .composite_check = 87,
	    .composite = { { 44, 10 }, { 57, 7 }, { 65, 22 } } },
	{ .word = "TD1", .width = 30, .lines = 3, .name = { 60, 30 },
	    .number = { 5, 9 }, .number_check = 14, .nationality = { 45, 3 },
	    .birth = { 30, 6 }, .birth_check = 36, .sex = 37,
	    .expiry = { 38, 6 }, .expiry_check = 44, .optional = { 15, 15 },
	    .composite_check = 59,
	    .composite = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } } },
	{ .word = "TD2", .width = 36, .lines = 2, .name = { 5, 31 },
	    .number = { 36, 9 }, .number_check = 45, .nationality = { 46, 3 },
	    .birth = { 49, 6 }, .birth_check = 55, .sex = 56,
	    .expiry = { 57, 6 }, .expiry_check = 63, .optional = { 64, 7 },
	    .composite_check = 71,
	    .composite = { { 36, 10 }, { 49, 7 }, { 57, 14 } } },
	{ .word = "MRV-A", .width = 44, .lines = 2, .visa = true,
	    .name = { 5, 39 }, .number = { 44, 9 }, .number_check = 53,
	    .nationality = { 54, 3 }, .birth = { 57, 6 }, .birth_check = 63,
	    .sex = 64, .expiry = { 65, 6 }, .expiry_check = 71,
	    .optional = { 72, 16 } },
	{ .word = "MRV-B", .width = 36, .lines = 2, .visa = true,
	    .name = { 5, 31 }, .number = { 36, 9 }, .number_check = 45,
	    .nationality = { 46, 3 }, .birth = { 49, 6 }, .birth_check = 55,
	    .sex = 56, .expiry = { 57, 6 }, .expiry_check = 63,
	    .optional = { 64, 8 } },
};

/* ---- finding one ------------------------------------------------------------------------ */

/* Capitals, digits and '<' without line ends; false: something else. */
static bool
normalise(const struct scan *scan, struct zone *zone)
{
	zone->n = 0;
	for (size_t i = 0; i < scan->n; i++) {
		char c = scan->text[i];

		if (c != '\0' && strchr(" \r\n\t\x02\x03", c) != NULL)
			continue;
		if (c == '_')
			c = '<';
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c != '<' && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9'))
			return false;
		if (zone->n == ZONE_MAX)
			return false;
		zone->text[zone->n++] = c;
	}
	zone->text[zone->n] = '\0';
	return true;
}

/* A fragment is worth an error of its own: the officer scans again. */
static bool
is_fragment(const struct zone *zone)
{
	return zone->n >= 30 && strstr(zone->text, "<<") != NULL;
}

static bool
find_zone(const struct scan *scan, struct zone *zone)
{
	zone->layout = NULL;
	if (!normalise(scan, zone) || zone->n == 0 ||
	    strchr("PVIAC1", zone->text[0]) == NULL || /* 1: a misread I */
	    strchr(zone->text, '<') == NULL)
		return false;
	for (size_t i = 0; i < nitems(layouts); i++)
		if (zone->n == layouts[i].width * layouts[i].lines &&
		    layouts[i].visa == (zone->text[0] == 'V'))
			zone->layout = &layouts[i];
	return zone->layout != NULL || is_fragment(zone);
}

bool
mrz_is(const struct scan *scan)
{
	struct zone zone;

	return find_zone(scan, &zone);
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* YYMMDD, '<<' for unknown parts, in the century that is handed in. */
static bool
read_date(const char *text, int century, char out[11])
{
	char iso[11] = "20yy-mm-dd";

	out[0] = '\0';
	if (!all_digits(text, 2))
		return false;
	iso[0] = (char)('0' + century / 10);
	iso[1] = (char)('0' + century % 10);
	memcpy(iso + 2, text, 2);
	memcpy(iso + 5, text + 2, 2);
	memcpy(iso + 8, text + 4, 2);
	for (char *c = iso; *c != '\0'; c++)
		if (*c == '<')
			*c = '*';
	return date_from_iso(iso, 10, out);
}

static int
two_digits(const char *text)
{
	return all_digits(text, 2) ?
	    10 * (text[0] - '0') + (text[1] - '0') : 0;
}

/* Two digits of a year: nobody is born after today, or, where the day is not
 * known, after the document's end. */
static int
birth_century(const struct zone *zone, const struct credential_context *context)
{
	int birth = two_digits(zone->text + zone->layout->birth.at);
	int last = two_digits(zone->text + zone->layout->expiry.at);

	if (context->has_now)
		last = calendar_at(context->now, VIETNAM_OFFSET_S).year % 100;
	return birth > last ? 19 : 20;
}

static void
copy_code(const char *text, char out[4])
{
	size_t n = 0;

	while (n < 3 && text[n] != '<')
		n++;
	memcpy(out, text, n);
	out[n] = '\0';
}

/* SURNAME<<GIVEN<NAMES; fillers become spaces. */
static void
read_name(const struct zone *zone, struct credential *out)
{
	struct span span = zone->layout->name;
	char name[64], *given;
	size_t n = span.n;

	if (zone->text[span.at + n - 1] != '<')
		warn(out, "name-truncated");
	while (n > 0 && zone->text[span.at + n - 1] == '<')
		n--;
	memcpy(name, zone->text + span.at, n);
	name[n] = '\0';
	given = strstr(name, "<<");
	for (char *c = name; *c != '\0'; c++)
		if (*c == '<')
			*c = ' ';
	if (given != NULL) {
		put_field(out, "surname", name, (size_t)(given - name));
		put_string(out, "given_names", given + 2);
		memmove(given + 1, given + 2, strlen(given + 2) + 1);
	} else {
		put_string(out, "surname", name);
	}
	put_text(out, out->name, sizeof(out->name), name, strlen(name));
}

static const char *
number_kind(char code)
{
	if (code == 'P')
		return "PASSPORT";
	return code == 'V' ? "VISA" : "ID";
}

/* The 12-digit number: on the back of the card with a check digit of its
 * own, in newer passports as the personal number. */
static const char *
read_vietnamese(const struct zone *zone, struct span optional,
    const struct credential_context *context, struct credential *out)
{
	const char *text = zone->text + optional.at;
	bool card = zone->layout->width == 30;
	char pin[PIN_DIGITS + 1] = "";
	size_t n = 0;

	while (n < optional.n && text[n] != '<')
		n++;
	if (n == CMND_DIGITS && all_digits(text, n))
		put_field(out, "old_number", text, n);
	if (optional.n < PIN_DIGITS + 2 || !is_pin(text, PIN_DIGITS) ||
	    text[PIN_DIGITS] != '<')
		return NULL;
	if (card && text[14] != mrz_check_digit(text, 14))
		return N_("the check digit of the 12-digit number does not fit");
	memcpy(pin, text, PIN_DIGITS);
	put_string(out, "personal_number", pin);
	put_identity(out, "VNM", "PIN", pin);
	if (out->birth[0] != '\0' && pin_birth_year(pin) % 100 ==
	    two_digits(zone->text + zone->layout->birth.at)) {
		char year[11]; /* the number knows the century */

		if (date_put(pin_birth_year(pin), 0, 0, year))
			memcpy(out->birth, year, 4);
	}
	if (card) {
		put_string(out, "document_number", out->id);
		if (strcmp(out->id, pin + 3) != 0)
			warn(out, "number-mismatch");
		memcpy(out->id, pin, sizeof(pin));
	}
	pin_check(out, pin, context);
	return NULL;
}

static void
put_optional(const struct zone *zone, struct span span, struct credential *out)
{
	const char *text = zone->text + span.at;
	size_t n = span.n;

	while (n > 0 && text[n - 1] == '<')
		n--;
	put_field(out, "optional_data", text, n);
}

static const char *
read_fields(const struct zone *zone, const struct credential_context *context,
    struct credential *out)
{
	const struct layout *layout = zone->layout;
	const char *birth = zone->text + layout->birth.at;
	char state[4], number[LONG_NUMBER_MAX + 1], sex;
	struct span optional;

	copy_code(zone->text + 2, state);
	copy_code(zone->text + layout->nationality.at, out->nationality);
	put_string(out, "mrz_type", layout->word);
	put_field(out, "document_code", zone->text,
	    zone->text[1] == '<' ? 1 : 2);
	put_string(out, "issuing_state", state);
	read_name(zone, out);
	if (!mrz_number(zone, number, &optional) || number[0] == '\0')
		return N_("the document has no number");
	snprintf(out->id, sizeof(out->id), "%s", number);
	put_identity(out, state, number_kind(zone->text[0]), number);
	if (birth[0] != '<' && !read_date(birth, birth_century(zone, context),
	    out->birth))
		return N_("the birth date in the zone is not a date");
	if (!read_date(zone->text + layout->expiry.at, 20, out->expires) &&
	    zone->text[layout->expiry.at] != '<')
		return N_("the expiry date in the zone is not a date");
	sex = zone->text[layout->sex];
	if (sex == 'M' || sex == 'F')
		snprintf(out->sex, sizeof(out->sex), "%s",
		    sex == 'M' ? "male" : "female");
	if (strcmp(state, "VNM") == 0)
		return read_vietnamese(zone, optional, context, out);
	put_optional(zone, optional, out);
	return NULL;
}

void
mrz_parse(const struct scan *scan, struct credential *out)
{
	struct zone zone, mended;
	const char *problem;
	unsigned char at;

	out->kind = CREDENTIAL_MRZ;
	find_zone(scan, &zone);
	if (zone.layout == NULL) {
		refuse(out, N_("a part of the machine-readable zone is missing"));
		return;
	}
	mended = zone;
	problem = mrz_wrong_digit(&zone, &at);
	if (mrz_repair(&mended) && mrz_wrong_digit(&mended, &at) == NULL) {
		warn(out, "ocr-repaired");
		zone = mended;
		problem = NULL;
	}
	if (problem != NULL ||
	    (problem = read_fields(&zone, scan->context, out)) != NULL) {
		refuse(out, problem);
		return;
	}
	if (date_is_past(scan->context, out->expires))
		warn(out, "document-expired");
	if (date_is_future(scan->context, out->birth))
		warn(out, "birth-future");
}

/* ---- typed ------------------------------------------------------------------------------------ */

/* What is not typed of a line is fillers; false: it is too long. */
static bool
add_line(struct zone *zone, const char *line)
{
	size_t n = strlen(line), width = zone->layout->width;

	if (n > width)
		return false;
	memset(zone->text + zone->n, '<', width);
	memcpy(zone->text + zone->n, line, n);
	zone->n += width;
	zone->text[zone->n] = '\0';
	return true;
}

const char *
credential_zone_check(const char *const typed[CREDENTIAL_ZONE_LINES],
    struct credential_zone *out)
{
	struct zone zone = { .n = 0 };
	const char *problem;
	unsigned char at;

	*out = (struct credential_zone){ .wrong = 0 };
	if (typed[0][0] == '\0' || strchr("PVIAC", typed[0][0]) == NULL)
		return N_("the first line starts with P, V, I, A or C");
	out->wrong = 1;
	for (size_t i = 0; i < nitems(layouts); i++)
		if (layouts[i].width == strlen(typed[1]) &&
		    layouts[i].visa == (typed[0][0] == 'V'))
			zone.layout = &layouts[i];
	if (zone.layout == NULL)
		return N_("the second line has 44, 36 or 30 characters");
	for (size_t i = 0; i < zone.layout->lines; i++) {
		out->wrong = i;
		if (!add_line(&zone, typed[i]))
			return N_("this line is longer than the second");
	}
	out->lines = zone.layout->lines;
	memcpy(out->text, zone.text, zone.n + 1);
	problem = mrz_wrong_digit(&zone, &at);
	out->wrong = at / zone.layout->width;
	return problem;
}
