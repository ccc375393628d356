/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_fields - what our own signed documents may say, as tables. A key once
 * given away is never used for anything else; new ones go to the end.
 * contrib/credential.cddl says the same as a grammar.
 */
#include "own.h"

#include <string.h>

static const struct own_field person[] = {
	{ 1, "id", OWN_TEXT, true },
	{ 2, "name", OWN_TEXT, true },
	{ 3, "birth", OWN_DATE, false },
	{ 4, "sex", OWN_SEX, false },
	{ 5, "nationality", OWN_COUNTRY, false },
	{ 6, "address", OWN_TEXT, false },
	{ 7, "phone", OWN_TEXT, false },
};

static const struct own_field declaration[] = {
	{ 10, "from", OWN_TEXT, true },
	{ 11, "to", OWN_TEXT, true },
	{ 12, "departs", OWN_TIME, false },
	{ 13, "purpose", OWN_TEXT, false },
	{ 14, "symptoms", OWN_WORDS, false }, /* empty: asked, none */
	{ 15, "contact", OWN_FLAG, false },   /* with a case, 14 days */
	{ 16, "visited", OWN_WORDS, false },  /* places, 14 days */
	{ 17, "vehicle", OWN_TEXT, false },
	{ 18, "vehicle_kind", OWN_TEXT, false },
	{ 19, "companions", OWN_PEOPLE, false },
	{ 20, "declared_by", OWN_TEXT, false },
	{ 21, "number", OWN_TEXT, false },
};

static const struct own_field permit[] = {
	{ 30, "issuer", OWN_TEXT, true },
	{ 31, "area", OWN_TEXT, false },
	{ 32, "hours", OWN_TEXT, false }, /* 05:00-21:00 */
	{ 33, "days", OWN_TEXT, false },  /* digits 1 (Monday) to 7 */
	{ 34, "purpose", OWN_TEXT, false },
	{ 35, "valid_from", OWN_DATE, false },
	{ 36, "valid_until", OWN_DATE, false },
	{ 37, "number", OWN_TEXT, false },
};

static const struct own_field group[] = {
	{ 17, "vehicle", OWN_TEXT, true },
	{ 18, "vehicle_kind", OWN_TEXT, false },
	{ 40, "people", OWN_PEOPLE, true },
	{ 41, "route", OWN_TEXT, false },
	{ 42, "leader", OWN_TEXT, false },
	{ 37, "number", OWN_TEXT, false },
};

static const struct own_field green_lane[] = {
	{ 17, "vehicle", OWN_TEXT, true },
	{ 18, "vehicle_kind", OWN_TEXT, false },
	{ 30, "issuer", OWN_TEXT, true },
	{ 41, "route", OWN_TEXT, false },
	{ 50, "owner", OWN_TEXT, false },
	{ 51, "cargo", OWN_TEXT, false },
	{ 35, "valid_from", OWN_DATE, false },
	{ 36, "valid_until", OWN_DATE, false },
	{ 37, "number", OWN_TEXT, false },
};

static const struct own_field badge[] = {
	{ 1, "id", OWN_TEXT, true },
	{ 2, "name", OWN_TEXT, true },
	{ 60, "rank", OWN_TEXT, false },
	{ 61, "unit", OWN_TEXT, false },
	{ 62, "role", OWN_TEXT, false }, /* officer, leader */
	{ OWN_BADGE_SECRET, "secret", OWN_SECRET, false },
};

static const struct own_field slip[] = {
	{ 70, "record", OWN_TEXT, true }, /* ST-QL1A/7f3a91c2/123 */
	{ 71, "post", OWN_TEXT, false },
	{ 72, "at", OWN_TIME, false },
	{ 73, "direction", OWN_TEXT, false },
	{ 74, "people", OWN_COUNT, false },
	{ 17, "vehicle", OWN_TEXT, false },
};

static const struct own_kind kinds[] = {
	{ 1, CREDENTIAL_DECLARATION, declaration, nitems(declaration), true },
	{ 2, CREDENTIAL_PERMIT, permit, nitems(permit), true },
	{ 3, CREDENTIAL_GROUP, group, nitems(group), false },
	{ 4, CREDENTIAL_GREEN_LANE, green_lane, nitems(green_lane), false },
	{ 5, CREDENTIAL_BADGE, badge, nitems(badge), false },
	{ 6, CREDENTIAL_SLIP, slip, nitems(slip), false },
};

const struct own_kind *
own_kind_of_code(int64_t code)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (kinds[i].code == code)
			return &kinds[i];
	return NULL;
}

const struct own_kind *
own_kind_of_word(const char *word)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(credential_kind_word(kinds[i].kind), word) == 0)
			return &kinds[i];
	return NULL;
}

const struct own_field *
own_field_nth(const struct own_kind *kind, size_t i)
{
	size_t shared = kind->person ? nitems(person) : 0;

	if (i < shared)
		return &person[i];
	return i - shared < kind->nfields ? &kind->fields[i - shared] : NULL;
}
