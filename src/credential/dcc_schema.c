/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dcc_schema - the schema of health certificates, versions 1.0 to 1.3, as
 * lenient as the official samples need (devices-and-documents 3.4): dates
 * may carry a time, counts may be integral floats, values may have spaces,
 * and before 1.3 there may be several entries, or nothing in a value. As
 * strict too: nobody is born before 1900 or after the signature, and a code
 * has to be one that its register can have given.
 */
#include "dcc.h"

#include <stdlib.h>
#include <string.h>

#define NAME_CHARS_MAX 80
#define MAKER_PREFIX "ORG-"     /* of the European register of organisations, */
#define MAKER_DIGITS_MIN 9      /* which counts from ORG-100000001 */
#define DEVICE_MAX 5000         /* of antigen tests: its register was closed
                                 * before it came that far */
#define EARLIEST_ZONE_S (14 * 3600) /* there, a day begins first */

struct judged {
	bool early; /* a version before 1.3 */
	const struct dcc_signed *by;
};

static const struct dcc_field vaccination[] = {
	{ "tg", DCC_TEXT, true }, { "vp", DCC_TEXT, true },
	{ "mp", DCC_TEXT, true }, { "ma", DCC_MAKER, true },
	{ "dn", DCC_COUNT, true }, { "sd", DCC_COUNT, true },
	{ "dt", DCC_DATE, true }, { "co", DCC_COUNTRY, true },
	{ "is", DCC_TEXT, true }, { "ci", DCC_TEXT, true },
};

static const struct dcc_field test[] = {
	{ "tg", DCC_TEXT, true }, { "tt", DCC_TEXT, true },
	{ "nm", DCC_TEXT, false }, { "ma", DCC_DEVICE, false },
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
	{ "v", "vaccination", "dt", USAGE_VACCINATION, vaccination,
	    nitems(vaccination) },
	{ "t", "test", "sc", USAGE_TEST, test, nitems(test) },
	{ "r", "recovery", "fr", USAGE_RECOVERY, recovery, nitems(recovery) },
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

const struct node *
dcc_entry(const struct node *dcc, const struct dcc_group *group)
{
	const struct node *list = node_get(dcc, group->key), *found;
	const char *last, *when;

	found = node_nth(list, 0);
	last = node_string(node_get(found, group->when));
	for (const struct node *at = found; at != NULL; at = at->next) {
		when = node_string(node_get(at, group->when));
		if (when != NULL && (last == NULL || strcmp(when, last) > 0)) {
			found = at;
			last = when;
		}
	}
	return found;
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

/* A code that no country has: ISO 3166 leaves it to its users, and Kosovo. */
static bool
is_nobodys(const char *code)
{
	return strlen(code) == 2 && strcmp(code, "XK") != 0 &&
	    (code[0] == 'X' || strcmp(code, "AA") == 0 ||
	    strcmp(code, "ZZ") == 0 || (code[0] == 'Q' && code[1] >= 'M'));
}

static bool
is_country(const char *text, const struct judged *j)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n == 0 || n > 10 || text[n] != '\0')
		return n == 0 && text[0] == '\0' && j->early;
	return !is_nobodys(text) || j->by->issuer == NULL ||
	    strcmp(text, j->by->issuer) == 0; /* a made-up one: its own */
}

static bool
is_maker(const char *text)
{
	size_t n = strlen(MAKER_PREFIX);

	return strncmp(text, MAKER_PREFIX, n) != 0 ||
	    !all_digits(text + n, strlen(text + n)) ||
	    strlen(text + n) >= MAKER_DIGITS_MIN;
}

static bool
is_device(const char *text)
{
	size_t n = strlen(text);

	return n == 0 || !all_digits(text, n) ||
	    (n < 10 && strtol(text, NULL, 10) <= DEVICE_MAX);
}

static bool
value_valid(const struct node *value, enum dcc_type type,
    const struct judged *j)
{
	const char *text = node_string(value);
	int64_t count;

	if (type == DCC_COUNT)
		return node_integer(value, &count) && count >= (j->early ? 0 : 1);
	if (text == NULL || strlen(text) >= CREDENTIAL_VALUE_MAX)
		return false;
	switch (type) {
	case DCC_COUNTRY:
		return is_country(text, j);
	case DCC_DATE:
		return is_full_date(text);
	case DCC_TIME:
		return is_time(text);
	case DCC_MAKER:
		return is_maker(text);
	case DCC_DEVICE:
		return is_device(text);
	case DCC_TEXT:
	case DCC_COUNT:
		break;
	}
	return true;
}

static bool
entry_valid(const struct node *entry, const struct dcc_group *group,
    const struct judged *j)
{
	if (entry == NULL || entry->kind != NODE_MAP)
		return false;
	for (size_t i = 0; i < group->nfields; i++) {
		const struct dcc_field *field = &group->fields[i];
		const struct node *value = node_get(entry, field->key);

		if (value == NULL || value->kind == NODE_NULL) {
			if (field->required)
				return false;
		} else if (!value_valid(value, field->type, j)) {
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

/* Before 1.3. */
static bool
is_early(const char *version)
{
	return strncmp(version, "1.", 2) == 0 && version[2] >= '0' &&
	    version[2] <= '2' && (version[3] == '.' || version[3] == '\0');
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

/* A name of nothing but signs has no Latin form, and is none. */
static bool
is_untold(const struct node *nam, const char *key, const char *latin)
{
	const char *name = node_string(node_get(nam, key));
	const char *told = node_string(node_get(nam, latin));

	return name != NULL && name[0] != '\0' && told != NULL &&
	    told[0] == '\0';
}

static bool
birth_valid(const char *text, const struct dcc_signed *by)
{
	char date[11], signed_at[21];

	if (text == NULL || text[0] == '\0')
		return text != NULL;
	if (!dcc_date(text, date))
		return false;
	if (date[0] == '\0') /* unknown */
		return true;
	if (strncmp(date, "19", 2) != 0 && strncmp(date, "20", 2) != 0)
		return false;
	if (!by->has_at || !clock_plausible(by->at, 0))
		return true;
	time_print(by->at + EARLIEST_ZONE_S, signed_at);
	return strncmp(date, signed_at, strlen(date)) <= 0;
}

bool
dcc_schema_valid(const struct node *dcc, const struct dcc_signed *by)
{
	const struct dcc_group *group = dcc_group_of(dcc);
	const char *version = node_string(node_get(dcc, "ver"));
	const struct node *nam = node_get(dcc, "nam"), *list;
	struct judged j = { .by = by };
	size_t found = 0;

	for (size_t i = 0; i < nitems(groups); i++)
		found += has_group(dcc, &groups[i]);
	if (found != 1 || !is_version(version) || !name_valid(nam) ||
	    is_untold(nam, "fn", "fnt") || is_untold(nam, "gn", "gnt") ||
	    !birth_valid(node_string(node_get(dcc, "dob")), by))
		return false;
	j.early = is_early(version);
	list = node_get(dcc, group->key);
	if (list->kind != NODE_ARRAY || (list->count != 1 && !j.early))
		return false;
	for (const struct node *at = list->first; at != NULL; at = at->next)
		if (!entry_valid(at, group, &j))
			return false;
	return true;
}
