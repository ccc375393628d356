/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - an identity and a plate to what the lists say of them.
 *
 * One short read: everything in an answer is of one import.
 */
#include "published.h"

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
	int64_t now;          /* 0: not to be trusted */
	bool local;           /* the key fits register.db */
	char check[2 * HASH_BYTES + 1]; /* what lists of this key name */
};

/* What was found of one list, in all places that have it. */
struct finding {
	bool loaded, found;
	unsigned given;
	int64_t weight;
	struct row row;
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

static void
note_age(struct register_answer *answer, int64_t made_at)
{
	if (answer->oldest_list_at == 0 || made_at < answer->oldest_list_at)
		answer->oldest_list_at = made_at;
}

/* The newer of two rows counts, and the later asked of two equally new. */
static void
weigh(struct finding *finding, const struct list *list, const struct row *row,
    unsigned given)
{
	int64_t weight = row != NULL ? row_weight(list, row) : 0;

	finding->loaded = true;
	if (row == NULL) {
		finding->given |= finding->found ? 0 : given;
	} else if (!finding->found || weight >= finding->weight) {
		finding->found = true;
		finding->weight = weight;
		finding->given = given;
		finding->row = *row;
	}
}

static int
find_local(const struct question *q, enum list_number number,
    const unsigned char *hash, struct finding *finding,
    struct register_answer *answer, struct err *err)
{
	const struct store_list *known = store_list(q->store, number);
	unsigned char bytes[ROW_PACKED_MAX];
	struct row row;
	size_t len;
	int found;

	if (!q->local || !known->loaded)
		return 0;
	note_age(answer, known->made_at);
	if (hash == NULL)
		return 0;
	found = store_get(q->store, number, hash, bytes, &len, err);
	if (found < 0)
		return -1;
	if (found > 0 && row_unpack(&lists[number], bytes, len, &row) < 0)
		return store_damaged(q->store, err);
	if (found > 0 && fill_texts(q->store, number, &row, err) < 0)
		return -1;
	weigh(finding, &lists[number], found > 0 ? &row : NULL, known->given);
	return 0;
}

/* A list that has expired says nothing any more: its facts are unknown. */
static bool
counts(const struct question *q, const struct shelf_list *list,
    struct register_answer *answer)
{
	if (strcmp(list->manifest.check, q->check) != 0)
		return false;
	if (q->now == 0 || list->manifest.expires > q->now)
		return true;
	snprintf(answer->expired, sizeof(answer->expired), "%s",
	    list->list->name);
	return false;
}

static int
find_published(const struct question *q, enum list_number number,
    const unsigned char *hash, struct finding *finding,
    struct register_answer *answer, struct err *err)
{
	for (size_t i = 0; i < shelf_count(q->store->shelf); i++) {
		struct shelf_list *list = shelf_at(q->store->shelf, i);
		struct row row;
		int found;

		if (list->list != &lists[number] || !counts(q, list, answer))
			continue;
		note_age(answer, list->manifest.made_at);
		if (hash == NULL)
			continue;
		found = shelf_find(list, hash, &row, err);
		if (found < 0)
			return -1;
		weigh(finding, list->list, found > 0 ? &row : NULL,
		    list->manifest.given);
	}
	return 0;
}

static int
look_in(const struct question *q, enum list_number number,
    struct register_answer *answer, struct err *err)
{
	const struct list *list = &lists[number];
	bool vehicle = list->columns[0].type == COLUMN_PLATE;
	const char *text = vehicle ? q->plate : q->identity;
	unsigned char hash[HASH_BYTES];
	struct finding finding = { .loaded = false };

	if (text[0] != '\0')
		hash_key(q->key, text, hash);
	if (find_local(q, number, text[0] != '\0' ? hash : NULL, &finding,
	    answer, err) < 0 || find_published(q, number, text[0] != '\0' ?
	    hash : NULL, &finding, answer, err) < 0)
		return -1;
	if (!finding.loaded)
		return 0;
	row_answer(list, finding.found ? &finding.row : NULL, finding.given,
	    answer);
	if (finding.found)
		compare_plates(q, list, &finding.row, answer);
	if (vehicle)
		answer->plate_known = finding.found;
	return 0;
}

/* Under another key than the lists' nobody would be found: 1 when at least
 * one list is of this key, 0 when none is, -1. */
static int
check_key(struct question *q, struct err *err)
{
	unsigned char check[HASH_BYTES];
	bool any = false;
	int fits;

	hash_check(q->key, check);
	hash_hex(check, sizeof(check), q->check);
	fits = store_key_fits(q->store, check, err);
	if (fits < 0)
		return -1;
	q->local = fits == STORE_KEY_FITS;
	for (int i = 0; q->local && i < LIST_COUNT; i++)
		any |= store_list(q->store, (enum list_number)i)->loaded;
	for (size_t i = 0; i < shelf_count(q->store->shelf); i++) {
		const struct shelf_list *list = shelf_at(q->store->shelf, i);

		any |= list->list != NULL &&
		    strcmp(list->manifest.check, q->check) == 0;
	}
	return any;
}

static bool
any_list(struct register_store *store)
{
	bool any = false;

	for (int i = 0; i < LIST_COUNT; i++)
		any |= store_list(store, (enum list_number)i)->loaded;
	for (size_t i = 0; i < shelf_count(store->shelf); i++)
		any |= shelf_at(store->shelf, i)->list != NULL;
	return any;
}

static int
look(struct question *q, struct register_answer *answer, struct err *err)
{
	int fits;

	if (!any_list(q->store))
		return look_unknown(answer, N_("the register holds no list"));
	fits = check_key(q, err);
	if (fits < 0)
		return -1;
	if (fits == 0)
		return look_unknown(answer,
		    N_("the register was made with another key"));
	answer->known = true;
	for (int list = 0; list < LIST_COUNT; list++)
		if (look_in(q, (enum list_number)list, answer, err) < 0)
			return -1;
	return 0;
}

int
register_look_at(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, int64_t now,
    struct register_answer *answer, struct err *err)
{
	struct question q = { .store = store, .key = key, .now = now,
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
register_look(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, struct register_answer *answer,
    struct err *err)
{
	return register_look_at(store, key, identity, plate, 0, answer, err);
}

/* ---- which lists there are ----------------------------------------------------------- */

static void
describe_published(const struct shelf_list *list, struct register_list *out)
{
	const struct manifest *m = &list->manifest;

	*out = (struct register_list){ .entries = m->entries,
		.made_at = m->made_at, .version = m->version,
		.expires_at = m->expires };
	memcpy(out->name, m->list, sizeof(out->name));
	memcpy(out->source, m->source, sizeof(out->source));
	memcpy(out->audience, m->audience, sizeof(out->audience));
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
		out[n] = (struct register_list){ .version = 0 };
		snprintf(out[n].name, sizeof(out[n].name), "%s", lists[i].name);
		out[n].entries = known->entries;
		out[n].made_at = known->made_at;
		memcpy(out[n].source, known->source, sizeof(out[n].source));
		n++;
	}
	for (size_t i = 0; i < shelf_count(store->shelf); i++)
		describe_published(shelf_at(store->shelf, i), &out[n++]);
	store_read_end(store);
	return n;
}
_Static_assert(LIST_COUNT + SHELF_STREAMS_MAX <= REGISTER_LISTS_MAX,
    "room for every list");

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
	int64_t rows;

	if (!register_is_local(store))
		return 0;
	rows = store_count(store, number, err);
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
	if (result == 0)
		result = audit_lists(shelf_dir(store->shelf), err);
	return fits < 0 ? -1 : result;
}
