/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zones - which level the place has that somebody wrote.
 *
 * A zone is a province, a district, a commune or a single quarter, named as
 * in an address, the narrowest part first. An address lies in every zone that
 * ends it; the narrowest one counts. Spellings are folded: case, marks and
 * the words for what kind of place it is. Two places that fold to one name and
 * have different levels leave it open which is meant: no level, never a guess.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 8 /* of an address: what lies before is narrower still */

struct named {
	struct zone zone;
	char *key;   /* folded */
	char *exact; /* with its marks and kinds */
	size_t order;
};

struct zones {
	size_t n, capacity;
	bool sorted;
	struct named *rows;
};

struct zones *
zones_new(void)
{
	struct zones *zones = calloc(1, sizeof(*zones));

	if (zones == NULL)
		mem_none();
	return zones;
}

void
zones_clear(struct zones *zones)
{
	for (size_t i = 0; i < zones->n; i++) {
		free(zones->rows[i].key);
		free(zones->rows[i].exact);
	}
	zones->n = 0;
	zones->sorted = true;
}

void
zones_free(struct zones *zones)
{
	if (zones == NULL)
		return;
	zones_clear(zones);
	free(zones->rows);
	free(zones);
}

size_t
zones_count(const struct zones *zones)
{
	return zones->n;
}

const struct zone *
zones_at(const struct zones *zones, size_t i)
{
	return &zones->rows[i].zone;
}

/* ---- names ------------------------------------------------------------------- */

/* The longest that fits comes first. With a number behind it the kind of
 * place is its name: district 1 is not ward 1. */
static const struct {
	const char *word, *numbered;
} kinds[] = {
	{ "THANH PHO ", NULL }, { "THI TRAN ", NULL }, { "THI XA ", NULL },
	{ "PHUONG ", "PHUONG " }, { "HUYEN ", NULL }, { "QUAN ", "QUAN " },
	{ "TINH ", NULL }, { "TP ", NULL }, { "TT ", NULL }, { "TX ", NULL },
	{ "XA ", NULL }, { "P ", "PHUONG " }, { "Q ", "QUAN " },
	{ "H ", NULL }, { "X ", NULL }, { "P", "PHUONG " }, { "Q", "QUAN " },
};

static const struct {
	const char *written, *name;
} others[] = {
	{ "HCM", "HO CHI MINH" }, { "HCMC", "HO CHI MINH" },
	{ "SAI GON", "HO CHI MINH" }, { "VIET NAM", "" }, { "VIETNAM", "" },
};

/* One part of an address, as it is compared. */
static void
name_of(const char *part, size_t n, char out[ZONE_PLACE_MAX])
{
	char folded[ZONE_PLACE_MAX];
	const char *name = folded, *kind = "";

	text_fold(part, n, folded, sizeof(folded));
	for (size_t i = 0; i < nitems(kinds); i++) {
		size_t len = strlen(kinds[i].word);
		bool number;

		if (strncmp(folded, kinds[i].word, len) != 0)
			continue;
		number = folded[len] >= '0' && folded[len] <= '9';
		if (number ? kinds[i].numbered == NULL :
		    kinds[i].word[len - 1] != ' ' || folded[len] == '\0')
			continue;
		kind = number ? kinds[i].numbered : "";
		name = folded + len;
		break;
	}
	/* "P. 02" is "Phường 2". */
	while (kind[0] != '\0' && name[0] == '0' && name[1] != '\0')
		name++;
	for (size_t i = 0; i < nitems(others); i++)
		if (strcmp(name, others[i].written) == 0)
			name = others[i].name;
	snprintf(out, ZONE_PLACE_MAX, "%.16s%.*s", kind,
	    ZONE_PLACE_MAX - 20, name);
}

struct address {
	size_t n;
	char names[PARTS_MAX][ZONE_PLACE_MAX]; /* the widest first */
	size_t starts[PARTS_MAX];              /* in the text */
};

static void
address_of(const char *text, struct address *address)
{
	size_t end = strlen(text);

	address->n = 0;
	while (end > 0 && address->n < PARTS_MAX) {
		size_t start = end;

		while (start > 0 && text[start - 1] != ',')
			start--;
		name_of(text + start, end - start, address->names[address->n]);
		address->starts[address->n] = start;
		address->n += address->names[address->n][0] != '\0';
		end = start > 0 ? start - 1 : 0;
	}
}

/* The folded name of its n widest parts. */
static void
key_of(const struct address *address, size_t n, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s",
		    i > 0 ? "," : "", address->names[i]);
}

/* The same place as somebody wrote it, for telling two of one key apart. */
static void
exact_of(const char *text, char *out, size_t size)
{
	char upper[2 * ZONE_PLACE_MAX];
	size_t n = 0;

	text_upper(text, strlen(text), upper, sizeof(upper));
	for (const char *c = upper; *c != '\0' && n + 1 < size; c++)
		if (*c != ' ' && *c != '.')
			out[n++] = *c;
	out[n] = '\0';
}

/* ---- rows -------------------------------------------------------------------- */

static char *
copy(const char *text)
{
	char *new = strdup(text);

	if (new == NULL)
		mem_none();
	return new;
}

int
zones_add(struct zones *zones, const struct zone *zone, struct err *err)
{
	char key[PARTS_MAX * ZONE_PLACE_MAX], exact[2 * ZONE_PLACE_MAX];
	struct address address;
	struct named *row;

	address_of(zone->place, &address);
	key_of(&address, address.n, key, sizeof(key));
	if (address.n == 0 || zone->level < 1 || zone->level > 4)
		return err_set(err, ERR_INPUT, _("not a place and a level"));
	if (zones->n == ZONES_MAX)
		return err_set(err, ERR_INPUT, _("more than %d zones"),
		    ZONES_MAX);
	if (zones->n == zones->capacity) {
		zones->capacity = zones->capacity > 0 ? 2 * zones->capacity :
		    64;
		zones->rows = mem_retake(zones->rows,
		    zones->capacity * sizeof(*zones->rows));
	}
	exact_of(zone->place, exact, sizeof(exact));
	row = &zones->rows[zones->n];
	*row = (struct named){ .zone = *zone, .key = copy(key),
		.exact = copy(exact), .order = zones->n };
	zones->n++;
	zones->sorted = false;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (order == 0)
		order = strcmp(x->exact, y->exact);
	return order != 0 ? order : (x->order > y->order) -
	    (x->order < y->order);
}

void
zones_ready(struct zones *zones)
{
	if (!zones->sorted && zones->n > 0)
		qsort(zones->rows, zones->n, sizeof(*zones->rows), compare);
	zones->sorted = true;
}

/* ---- asking ------------------------------------------------------------------ */

static bool
in_force(const struct zone *zone, int64_t now)
{
	return zone->since <= now && (zone->ends == 0 || now <= zone->ends) &&
	    (zone->expires == 0 || now < zone->expires);
}

static size_t
first_of(const struct zones *zones, const char *key)
{
	size_t low = 0, high = zones->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(zones->rows[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct found {
	bool exact, open; /* open: which one is meant */
	const struct named *row;
};

/* Another place of that name. */
static void
weigh(struct found *found, const struct named *row, bool exact)
{
	if (row == NULL)
		return;
	if (found->row == NULL || (exact && !found->exact))
		*found = (struct found){ .exact = exact, .row = row };
	else if (exact == found->exact)
		found->open |= found->row->zone.level != row->zone.level;
}

/* Of one place the row that began last counts, of two the later list's. */
static struct found
find(const struct zones *zones, const char *key, const char *exact,
    int64_t now)
{
	const struct named *best = NULL, *row;
	struct found found = { .row = NULL };

	for (size_t i = first_of(zones, key); i < zones->n &&
	    strcmp(zones->rows[i].key, key) == 0; i++) {
		row = &zones->rows[i];
		if (best != NULL && strcmp(best->exact, row->exact) != 0) {
			weigh(&found, best, strcmp(best->exact, exact) == 0);
			best = NULL;
		}
		if (in_force(&row->zone, now) && (best == NULL ||
		    row->zone.since >= best->zone.since))
			best = row;
	}
	weigh(&found, best, best != NULL && strcmp(best->exact, exact) == 0);
	return found;
}

const struct zone *
zones_find(const struct zones *zones, const char *place, int64_t now)
{
	char key[PARTS_MAX * ZONE_PLACE_MAX], exact[2 * ZONE_PLACE_MAX];
	struct address address;

	if (zones == NULL || zones->n == 0 || now == 0)
		return NULL;
	address_of(place, &address);
	for (size_t n = address.n; n > 0; n--) {
		struct found found;

		key_of(&address, n, key, sizeof(key));
		exact_of(place + address.starts[n - 1], exact, sizeof(exact));
		found = find(zones, key, exact, now);
		if (found.row != NULL)
			return found.open ? NULL : &found.row->zone;
	}
	return NULL;
}
