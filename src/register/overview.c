/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overview - which lists there are, and all of them read once.
 */
#include "published.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

size_t
register_versions(const char *state, int64_t *versions, size_t room)
{
	struct shelf_state *shelf = malloc(sizeof(*shelf));
	char dir[PATH_MAX];
	size_t n = 0;

	if (shelf == NULL)
		mem_none();
	if (snprintf(dir, sizeof(dir), "%s/lists", state) <
	    (int)sizeof(dir) && shelf_state_load(dir, shelf, NULL) == 0)
		for (size_t i = 0; i < shelf->nstreams; i++)
			for (size_t j = 0; j < shelf->streams[i].count &&
			    n < room; j++)
				versions[n++] = shelf->streams[i].chain[j];
	free(shelf);
	return n;
}

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
