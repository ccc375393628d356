/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search - who crossed in this shift: by the last digits, the plate, the
 * time. Pure, in memory alone.
 *
 * What is searched for is kept as keyed hashes of this run; what is shown is
 * what the list of recent crossings shows, less the plate. No name is here.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AROUND_S 120 /* "about 14:03" */
#define DAY_S 86400

static uint64_t
hash(const struct shift *shift, char kind, const char *text, size_t n)
{
	char bytes[32];

	if (n + 1 > sizeof(bytes))
		return 0;
	bytes[0] = kind; /* digits of a number are not those of a plate */
	memcpy(bytes + 1, text, n);
	return repeats_key(&shift->repeats, bytes, n + 1);
}

/* The last three to six characters, and nothing where there are fewer. */
static void
hash_tails(const struct shift *shift, char kind, const char *text,
    uint64_t tails[SEARCH_TAILS])
{
	size_t n = strlen(text);

	for (size_t i = 0; i < SEARCH_TAILS; i++) {
		size_t length = SEARCH_LEAST + i;

		tails[i] = n < length ? 0 :
		    hash(shift, kind, text + n - length, length);
	}
}

void
search_add(struct shift *shift, const struct person *person,
    const struct view_recent *shown)
{
	struct searched *e = &shift->searched[shift->nsearched %
	    SEARCH_MAX];
	const struct credential *c = person_document(person);
	size_t plate = strlen(person->plate);

	shift->nsearched++;
	memset(e, 0, sizeof(*e));
	e->shown = *shown;
	e->serial = shift->recent_serial;
	if (plate > SEARCH_LEAST)
		snprintf(e->shown.vehicle, sizeof(e->shown.vehicle), "…%s",
		    person->plate + plate - SEARCH_LEAST);
	if (c != NULL && c->kind != CREDENTIAL_OPAQUE)
		hash_tails(shift, 'n', c->id, e->number);
	hash_tails(shift, 'p', person->plate, e->plate);
	if (plate > 0)
		e->whole_plate = hash(shift, 'w', person->plate, plate);
}

void
search_correct(struct shift *shift, size_t serial, const char *outcome)
{
	for (size_t i = 0; i < SEARCH_MAX && i < shift->nsearched; i++)
		if (shift->searched[i].serial == serial)
			snprintf(shift->searched[i].shown.outcome,
			    sizeof(shift->searched[i].shown.outcome), "%s",
			    outcome);
}

void
search_clear(struct shift *shift)
{
	memset(shift->searched, 0, sizeof(shift->searched));
	shift->nsearched = 0;
}

/* "14:03" and "1403" are a time of the day, in minutes. */
static int
minutes_of(const char *query)
{
	char digits[5];
	size_t n = 0;

	for (; *query != '\0'; query++) {
		if (isdigit((unsigned char)*query) && n < 4)
			digits[n++] = *query;
		else if (*query != ':' && *query != '.')
			return -1;
		else if (n != 2)
			return -1;
	}
	if (n != 4)
		return -1;
	digits[4] = '\0';
	n = strtoul(digits, NULL, 10);
	return n / 100 < 24 && n % 100 < 60 ? (int)(n / 100 * 60 + n % 100) :
	    -1;
}

struct wanted {
	uint64_t number, plate, whole_plate;
	size_t tail;
	int minutes;
};

static bool
is_wanted(const struct searched *e, const struct wanted *w, int utc_offset_s)
{
	int64_t second = (e->shown.at + utc_offset_s) % DAY_S;

	if (w->number != 0 && e->number[w->tail] == w->number)
		return true;
	if (w->plate != 0 && e->plate[w->tail] == w->plate)
		return true;
	if (w->whole_plate != 0 && e->whole_plate == w->whole_plate)
		return true;
	return w->minutes >= 0 && llabs(second - w->minutes * 60) <= AROUND_S;
}

size_t
search_find(const struct shift *shift, const char *query, int utc_offset_s,
    struct view_recent *found, size_t most)
{
	struct wanted w = { .minutes = minutes_of(query) };
	size_t kept = shift->nsearched < SEARCH_MAX ? shift->nsearched :
	    SEARCH_MAX, n = 0, length;
	char compact[24];

	plate_parse(query, compact);
	if (compact[0] == '\0')
		snprintf(compact, sizeof(compact), "%.20s", query);
	length = strlen(compact);
	if (length >= SEARCH_LEAST) {
		size_t tail = length < SEARCH_LEAST + SEARCH_TAILS ? length :
		    SEARCH_LEAST + SEARCH_TAILS - 1;

		w.tail = tail - SEARCH_LEAST;
		w.number = hash(shift, 'n', compact + length - tail, tail);
		if (tail == length)
			w.plate = hash(shift, 'p', compact, tail);
		w.whole_plate = hash(shift, 'w', compact, length);
	}
	for (size_t i = 1; i <= kept && n < most; i++) { /* newest first */
		const struct searched *e = &shift->searched[
		    (shift->nsearched - i) % SEARCH_MAX];

		if (is_wanted(e, &w, utc_offset_s))
			found[n++] = e->shown;
	}
	return n;
}
