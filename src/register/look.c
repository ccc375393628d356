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
		.group_declared = -1, .granted = -1,
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
	bool has_identity, has_plate;
	unsigned char identity[HASH_BYTES], plate[HASH_BYTES];
	int64_t now;          /* 0: not to be trusted */
	bool local;           /* the key fits register.db */
	unsigned char key_check[HASH_BYTES];
	char check[2 * HASH_BYTES + 1]; /* what lists of this key name */
	const struct register_key *key; /* NULL: what is sealed stays so */
	const struct register_told *told; /* by the hub */
	size_t ntold;
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
		    list->columns[i].flags & COLUMN_SEALED ?
		    sizeof(cell->text) : list->columns[i].size, err) < 0)
			return -1;
	}
	return 0;
}

/* A declaration keeps four bytes of the hash of its plate. */
static void
compare_plates(const struct question *q, const struct list *list,
    const struct row *row, struct register_answer *answer)
{
	if (!q->has_plate)
		return;
	for (size_t i = 1; i < list->ncolumns; i++) {
		if (list->columns[i].type != COLUMN_SEEN ||
		    !row->cells[i].given)
			continue;
		answer->plate_agrees =
		    row->cells[i].number == hash_seen(q->plate);
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

/* ---- what the hub told ------------------------------------------------------------------ */

/* Of the list and audience that the post has in the version `than`. */
static bool
told_later(const struct question *q, const struct register_told *told,
    int64_t than)
{
	return told->version > than && strcmp(told->check, q->check) == 0;
}

static bool
told_newer(const struct question *q, const struct shelf_list *list)
{
	for (size_t i = 0; i < q->ntold; i++)
		if (strcmp(q->told[i].list, list->manifest.list) == 0 &&
		    strcmp(q->told[i].audience, list->manifest.audience) == 0)
			return told_later(q, &q->told[i],
			    list->manifest.version);
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

		if (list->list != &lists[number] || told_newer(q, list) ||
		    !counts(q, list, answer))
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

static int64_t
own_version(const struct question *q, const struct register_told *told)
{
	for (size_t i = 0; i < shelf_count(q->store->shelf); i++) {
		const struct manifest *m =
		    &shelf_at(q->store->shelf, i)->manifest;

		if (strcmp(told->list, m->list) == 0 &&
		    strcmp(told->audience, m->audience) == 0)
			return m->version;
	}
	return 0;
}

/* -1: not such a row, or a text is missing. */
static int
unpack_told(const struct register_told *told, const struct list *list,
    struct row *row)
{
	if (row_unpack(list, told->row, told->len, row) < 0)
		return -1;
	for (size_t i = 1; i < list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];
		size_t j = 0;

		if (list->columns[i].type != COLUMN_TEXT || !cell->given)
			continue;
		if (list->columns[i].flags & COLUMN_SEALED) {
			cell->given = false; /* the hub does not tell it */
			continue;
		}
		while (j < told->nwords &&
		    told->words[j].number != cell->number)
			j++;
		if (j == told->nwords || strlen(told->words[j].text) >=
		    list->columns[i].size)
			return -1;
		strcpy(cell->text, told->words[j].text);
	}
	return 0;
}

static int
find_told(const struct question *q, enum list_number number, bool asked,
    struct finding *finding, struct register_answer *answer, struct err *err)
{
	const struct list *list = &lists[number];

	for (size_t i = 0; i < q->ntold; i++) {
		const struct register_told *told = &q->told[i];
		struct row row;

		if (strcmp(told->list, list->name) != 0 ||
		    !told_later(q, told, own_version(q, told)))
			continue;
		if (q->now != 0 && told->expires_at <= q->now) {
			snprintf(answer->expired, sizeof(answer->expired),
			    "%s", list->name);
			continue;
		}
		note_age(answer, told->made_at);
		if (!asked)
			continue;
		if (told->found && unpack_told(told, list, &row) < 0)
			return err_set(err, ERR_INPUT,
			    "the hub's row does not fit");
		weigh(finding, list, told->found ? &row : NULL, told->given);
	}
	return 0;
}

static int
look_in(const struct question *q, enum list_number number,
    struct register_answer *answer, struct err *err)
{
	const struct list *list = &lists[number];
	bool vehicle = list->columns[0].type == COLUMN_PLATE;
	bool asked = vehicle ? q->has_plate : q->has_identity;
	const unsigned char *hash = !asked ? NULL :
	    vehicle ? q->plate : q->identity;
	struct finding finding = { .loaded = false };

	if (find_local(q, number, hash, &finding, answer, err) < 0 ||
	    find_published(q, number, hash, &finding, answer, err) < 0 ||
	    find_told(q, number, asked, &finding, answer, err) < 0)
		return -1;
	if (!finding.loaded)
		return 0;
	if (finding.found)
		open_cells(q->key, list, &finding.row);
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
	bool any = false;
	int fits;

	fits = store_key_fits(q->store, q->key_check, err);
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
	for (size_t i = 0; i < q->ntold; i++)
		any |= strcmp(q->told[i].check, q->check) == 0;
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

	if (q->ntold == 0 && !any_list(q->store))
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

static int
look_once(struct question *q, struct register_answer *answer, struct err *err)
{
	int result;

	if (store_read_begin(q->store, err) < 0)
		return -1;
	result = look(q, answer, err);
	store_read_end(q->store);
	if (result < 0)
		register_answer_init(answer);
	return result;
}

/* Hexadecimal of a hash, or "". */
static bool
take_hash(const char *hex, unsigned char hash[HASH_BYTES], bool *there)
{
	*there = hex[0] != '\0';
	return !*there ||
	    hex_parse(hex, strlen(hex), hash, HASH_BYTES) == HASH_BYTES;
}

static int
look_hashes(struct question *q, const struct register_hashes *hashes,
    struct register_answer *answer, struct err *err)
{
	bool keyed;

	register_answer_init(answer);
	if (!take_hash(hashes->check, q->key_check, &keyed) || !keyed ||
	    !take_hash(hashes->identity, q->identity, &q->has_identity) ||
	    !take_hash(hashes->plate, q->plate, &q->has_plate))
		return err_set(err, ERR_INPUT, "not hashes of a register");
	hash_hex(q->key_check, sizeof(q->key_check), q->check);
	return look_once(q, answer, err);
}

int
register_look_told(struct register_store *store,
    const struct register_hashes *hashes, const struct register_told *told,
    size_t ntold, int64_t now, struct register_answer *answer,
    struct err *err)
{
	struct question q = { .store = store, .now = now, .told = told,
		.ntold = ntold };

	return look_hashes(&q, hashes, answer, err);
}

int
register_hash(const struct register_key *key, const char *identity,
    const char *plate, struct register_hashes *hashes, struct err *err)
{
	unsigned char hash[HASH_BYTES];
	char compact[24] = "", canonical[32];

	*hashes = (struct register_hashes){ .check = "" };
	if (identity[0] != '\0' && !identity_valid(identity))
		return err_set(err, ERR_INPUT, _("not an identity"));
	hash_check(key, hash);
	hash_hex(hash, sizeof(hash), hashes->check);
	if (identity[0] != '\0') {
		hash_key(key, identity, hash);
		hash_hex(hash, sizeof(hash), hashes->identity);
	}
	if (plate[0] != '\0') {
		plate_parse(plate, compact);
		snprintf(canonical, sizeof(canonical), "PLATE:%s", compact);
		hash_key(key, canonical, hash);
		hash_hex(hash, sizeof(hash), hashes->plate);
	}
	return 0;
}

int
register_look_at(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, int64_t now,
    struct register_answer *answer, struct err *err)
{
	struct register_hashes hashes;

	register_answer_init(answer);
	if (key == NULL)
		return look_unknown(answer, N_("no register key"));
	if (register_hash(key, identity != NULL ? identity : "",
	    plate != NULL ? plate : "", &hashes, err) < 0)
		return -1;
	return look_hashes(&(struct question){ .store = store, .now = now,
	    .key = key }, &hashes, answer, err);
}

int
register_look(struct register_store *store, const struct register_key *key,
    const char *identity, const char *plate, struct register_answer *answer,
    struct err *err)
{
	return register_look_at(store, key, identity, plate, 0, answer, err);
}
