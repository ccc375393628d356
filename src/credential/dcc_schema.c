/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dcc_schema - the schema of health certificates, versions 1.0 to 1.3, as
 * lenient as the official samples need (devices-and-documents 3.4): dates
 * may carry a time, counts may be integral floats, values may have spaces.
 */
#include "dcc.h"

#include <string.h>

#define NAME_CHARS_MAX 80

static const struct dcc_field vaccination[] = {
	{ "tg", DCC_TEXT, true }, { "vp", DCC_TEXT, true },
	{ "mp", DCC_TEXT, true }, { "ma", DCC_TEXT, true },
	{ "dn", DCC_COUNT, true }, { "sd", DCC_COUNT, true },
	{ "dt", DCC_DATE, true }, { "co", DCC_COUNTRY, true },
	{ "is", DCC_TEXT, true }, { "ci", DCC_TEXT, true },
};

static const struct dcc_field test[] = {
	{ "tg", DCC_TEXT, true }, { "tt", DCC_TEXT, true },
	{ "nm", DCC_TEXT, false }, { "ma", DCC_TEXT, false },
	{ "sc", DCC_TIME, true }, { "dr", DCC_TIME, false },
	{ "tr", DCC_TEXT, true }, { "tc", DCC_TEXT, false },
	{ "co", DCC_COUNTRY, true }, { "is", DCC_TEXT, true },
	{ "ci", DCC_TEXT, true },
};

static const struct dcc_field recovery[] = {
	{ "tg", DCC_TEXT, true }, { "fr", DCC_DATE, true },
	{ "co", DCC_COUNTRY, true }, { "is", DCC_TEXT, true },
	{ "df", DCC_DATE, true }, { "du", DCC_DATE, true },
	{ "ci", DCC_TEXT, true },
};

static const struct dcc_group groups[] = {
	{ "v", "vaccination", USAGE_VACCINATION, vaccination,
	    nitems(vaccination) },
	{ "t", "test", USAGE_TEST, test, nitems(test) },
	{ "r", "recovery", USAGE_RECOVERY, recovery, nitems(recovery) },
};

/* Null or an empty list stands for a group that is not there. */
static bool
has_group(const struct node *dcc, const struct dcc_group *group)
{
	const struct node *node = node_get(dcc, group->key);

	return node != NULL && node->kind != NODE_NULL &&
	    (node->kind != NODE_ARRAY || node->count > 0);
}

const struct dcc_group *
dcc_group_of(const struct node *dcc)
{
	for (size_t i = 0; i < nitems(groups); i++)
		if (has_group(dcc, &groups[i]))
			return &groups[i];
	return NULL;
}

/* ---- values ------------------------------------------------------------------------------ */

static void
trim(const char **text, size_t *n)
{
	while (*n > 0 && (*text)[0] == ' ') {
		(*text)++;
		(*n)--;
	}
	while (*n > 0 && (*text)[*n - 1] == ' ')
		(*n)--;
}

bool
dcc_date(const char *text, char out[11])
{
	size_t n = strlen(text);
	char digits[9];

	trim(&text, &n);
	if (date_from_iso(text, n, out))
		return true;
	/* Early Ukrainian ones. */
	if (n != 10 || text[2] != '.' || text[5] != '.')
		return false;
	memcpy(digits, text, 2);
	memcpy(digits + 2, text + 3, 2);
	memcpy(digits + 4, text + 6, 4);
	return date_from_dmy(digits, 8, out);
}

static bool
is_full_date(const char *text)
{
	char date[11];

	return dcc_date(text, date) && strlen(date) == 10;
}

static bool
is_time(const char *text)
{
	size_t n = strlen(text);

	trim(&text, &n);
	return n >= 16 && (text[10] == 'T' || text[10] == ' ') &&
	    is_full_date(text) && all_digits(text + 11, 2);
}

static bool
is_name(const char *text)
{
	size_t n = strlen(text), chars = 0;

	for (size_t at = 0; at < n; chars++)
		utf8_next(text, n, &at);
	return chars <= NAME_CHARS_MAX;
}

static bool
is_country(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return n >= 1 && n <= 10 && text[n] == '\0';
}

static bool
value_valid(const struct node *value, enum dcc_type type)
{
	const char *text = node_string(value);
	int64_t count;

	if (type == DCC_COUNT)
		return node_integer(value, &count) && count >= 1;
	if (text == NULL)
		return false;
	switch (type) {
	case DCC_COUNTRY:
		return is_country(text);
	case DCC_DATE:
		return is_full_date(text);
	case DCC_TIME:
		return is_time(text);
	case DCC_TEXT:
	case DCC_COUNT:
		break;
	}
	return strlen(text) < CREDENTIAL_VALUE_MAX;
}

static bool
entry_valid(const struct node *entry, const struct dcc_group *group)
{
	if (entry == NULL || entry->kind != NODE_MAP)
		return false;
	for (size_t i = 0; i < group->nfields; i++) {
		const struct dcc_field *field = &group->fields[i];
		const struct node *value = node_get(entry, field->key);

		if (value == NULL || value->kind == NODE_NULL) {
			if (field->required)
				return false;
		} else if (!value_valid(value, field->type)) {
			return false;
		}
	}
	return true;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static bool
is_version(const char *text)
{
	return text != NULL && text[0] >= '0' && text[0] <= '9' &&
	    strchr(text, '.') != NULL &&
	    strspn(text, "0123456789.") == strlen(text);
}

static bool
name_valid(const struct node *nam)
{
	static const struct {
		const char *key;
		bool icao;
	} parts[] = {
		{ "fn", false }, { "gn", false }, { "fnt", true },
		{ "gnt", true },
	};
	bool has_latin = false;

	for (size_t i = 0; i < nitems(parts); i++) {
		const struct node *part = node_get(nam, parts[i].key);
		const char *text = node_string(part);

		if (part == NULL || part->kind == NODE_NULL)
			continue;
		if (text == NULL || !is_name(text))
			return false;
		if (!parts[i].icao)
			continue;
		has_latin = true;
		if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<") != strlen(text))
			return false;
	}
	return has_latin;
}

static bool
birth_valid(const char *text)
{
	char date[11];

	return text != NULL && (text[0] == '\0' || dcc_date(text, date));
}

bool
dcc_schema_valid(const struct node *dcc)
{
	const struct dcc_group *group = dcc_group_of(dcc);
	size_t found = 0;

	for (size_t i = 0; i < nitems(groups); i++)
		found += has_group(dcc, &groups[i]);
	if (found != 1 || !is_version(node_string(node_get(dcc, "ver"))) ||
	    !name_valid(node_get(dcc, "nam")) ||
	    !birth_valid(node_string(node_get(dcc, "dob"))))
		return false;
	return node_get(dcc, group->key)->count == 1 &&
	    entry_valid(node_nth(node_get(dcc, group->key), 0), group);
}
