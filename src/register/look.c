/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - an identity and a plate to what the lists say of them.
 *
 * One short read: everything in an answer is of one import.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "credential.h"

void
register_answer_init(struct register_answer *answer)
{
	*answer = (struct register_answer){
		.symptoms = -1, .permit_minute_from = -1,
		.permit_minute_until = -1, .wanted = -1, .shipper = -1,
		.doses = -1, .doses_required = -1, .plate_agrees = -1,
		.plate_known = -1, .green_lane = -1, .vehicle_wanted = -1,
		.group_declared = -1,
	};
}

int
look_unknown(struct register_answer *answer, const char *why)
{
	register_answer_init(answer);
	snprintf(answer->why, sizeof(answer->why), "%s", why);
	return 0;
}

struct question {
	struct register_store *store;
	const struct register_key *key;
	const char *identity; /* "" none */
	char plate[32];       /* PLATE:30A12345, "" none */
};

static int
fill_texts(struct register_store *store, enum list_number number,
    struct row *row, struct err *err)
{
	const struct list *list = &lists[number];

	for (size_t i = 1; i < list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];

		if (list->columns[i].type != COLUMN_TEXT || !cell->given)
			continue;
		if (store_word_text(store, number, cell->number, cell->text,
		    list->columns[i].size, err) < 0)
			return -1;
	}
	return 0;
}

/* A declaration keeps four bytes of the hash of its plate. */
static void
compare_plates(const struct question *q, const struct list *list,
    const struct row *row, struct register_answer *answer)
{
	unsigned char hash[HASH_BYTES];

	if (q->plate[0] == '\0')
		return;
	for (size_t i = 1; i < list->ncolumns; i++) {
		if (list->columns[i].type != COLUMN_SEEN ||
		    !row->cells[i].given)
			continue;
		hash_key(q->key, q->plate, hash);
		answer->plate_agrees =
		    row->cells[i].number == hash_seen(hash);
	}
}

static int
look_in(const struct question *q, enum list_number number,
    struct register_answer *answer, struct err *err)
{
	const struct list *list = &lists[number];
	const struct store_list *known = store_list(q->store, number);
	bool vehicle = list->columns[0].type == COLUMN_PLATE;
	const char *text = vehicle ? q->plate : q->identity;
	unsigned char hash[HASH_BYTES], bytes[ROW_PACKED_MAX];
	struct row row;
	size_t len;
	int found;

	if (!known->loaded)
		return 0;
	if (answer->oldest_list_at == 0 ||
	    known->made_at < answer->oldest_list_at)
		answer->oldest_list_at = known->made_at;
	if (text[0] == '\0')
		return 0;
	hash_key(q->key, text, hash);
	found = store_get(q->store, number, hash, bytes, &len, err);
	if (found < 0)
		return -1;
	if (found > 0 && row_unpack(list, bytes, len, &row) < 0)
		return store_damaged(q->store, err);
	if (found > 0 && fill_texts(q->store, number, &row, err) < 0)
		return -1;
	row_answer(list, found > 0 ? &row : NULL, known->given, answer);
	if (found > 0)
		compare_plates(q, list, &row, answer);
	if (vehicle)
		answer->plate_known = found;
	return 0;
}

static int
look(const struct question *q, struct register_answer *answer,
    struct err *err)
{
	unsigned char check[HASH_BYTES];
	bool any = false;
	int fits;

	for (int list = 0; list < LIST_COUNT; list++)
		any |= store_list(q->store, (enum list_number)list)->loaded;
	if (!any)
		return look_unknown(answer, N_("the register holds no list"));
	hash_check(q->key, check);
	fits = store_key_fits(q->store, check, err);
	if (fits < 0)
		return -1;
	if (fits != STORE_KEY_FITS) /* under it nobody would be found */
		return look_unknown(answer,
		    N_("the register was made with another key"));
	answer->known = true;
	for (int list = 0; list < LIST_COUNT; list++)
		if (look_in(q, (enum list_number)list, answer, err) < 0)
			return -1;
	return 0;
}

int
register_look(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, struct register_answer *answer,
    struct err *err)
{
	struct question q = { .store = store, .key = key,
	    .identity = identity != NULL ? identity : "" };
	char compact[24] = "";
	int result;

	register_answer_init(answer);
	if (key == NULL)
		return look_unknown(answer, N_("no register key"));
	if (q.identity[0] != '\0' && !identity_valid(q.identity))
		return err_set(err, ERR_INPUT, _("not an identity"));
	if (plate != NULL && plate[0] != '\0') {
		plate_parse(plate, compact);
		snprintf(q.plate, sizeof(q.plate), "PLATE:%s", compact);
	}
	if (store_read_begin(store, err) < 0)
		return -1;
	result = look(&q, answer, err);
	store_read_end(store);
	if (result < 0)
		register_answer_init(answer);
	return result;
}

int
register_lists(struct register_store *store,
    struct register_list out[REGISTER_LISTS_MAX], struct err *err)
{
	int n = 0;

	if (store_read_begin(store, err) < 0)
		return -1;
	for (int i = 0; i < LIST_COUNT; i++) {
		const struct store_list *known =
		    store_list(store, (enum list_number)i);

		if (!known->loaded)
			continue;
		snprintf(out[n].name, sizeof(out[n].name), "%s", lists[i].name);
		out[n].entries = known->entries;
		out[n].made_at = known->made_at;
		memcpy(out[n].source, known->source, sizeof(out[n].source));
		n++;
	}
	store_read_end(store);
	return n;
}
_Static_assert(LIST_COUNT <= REGISTER_LISTS_MAX, "room for every list");

static int
check_row(void *arg, const unsigned char *bytes, size_t n)
{
	struct row row;

	return n <= ROW_PACKED_MAX ? row_unpack(arg, bytes, n, &row) : -1;
}

static int
check_list(struct register_store *store, enum list_number number,
    struct err *err)
{
	const struct list *list = &lists[number];
	int64_t rows = store_count(store, number, err);

	if (rows < 0 || store_each(store, number, check_row, (void *)list,
	    err) < 0)
		return rows < 0 ? -1 : err_within(err, "%s", list->name);
	if (rows != store_list(store, number)->entries)
		return err_set(err, ERR_SETUP,
		    _("%s: %lld entries, but %lld were imported"), list->name,
		    (long long)rows,
		    (long long)store_list(store, number)->entries);
	return 0;
}

int
register_verify(struct register_store *store, const struct register_key *key,
    struct err *err)
{
	unsigned char check[HASH_BYTES];
	int fits = STORE_KEY_FITS, result = 0;

	if (store_pages_check(store, err) < 0 || store_read_begin(store, err) < 0)
		return -1;
	if (key != NULL) {
		hash_check(key, check);
		fits = store_key_fits(store, check, err);
	}
	if (fits == STORE_KEY_OTHER)
		result = err_set(err, ERR_SETUP,
		    _("the register was made with another key"));
	for (int i = 0; result == 0 && i < LIST_COUNT; i++)
		result = check_list(store, (enum list_number)i, err);
	store_read_end(store);
	return fits < 0 ? -1 : result;
}
