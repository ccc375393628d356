/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * take - hands a batch to hub.take() in the database, which decides all that
 * is about data, in one transaction.
 */
#include "parts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* Only one of the two is run: what a machine that was replaced sends is not
 * even looked at. */
static const char sql[] = "SELECT outcome, seq, encode(hash, 'hex'), forked, "
    "refused FROM hub.take($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) "
    "WHERE hub.station_trouble($1,$14) = '' "
    "UNION ALL SELECT hub.station_trouble($1,$14), NULL, NULL, NULL, '[]' "
    "WHERE hub.station_trouble($1,$14) <> ''";

enum { SEQ, AT, HASH, KEY, SCHEMA, REASON, BODY, SEALED, ARRAYS };

static const struct {
	enum pg_type element, type;
} kinds[ARRAYS] = {
	[SEQ] = { PG_INT8, PG_INT8_ARRAY },
	[AT] = { PG_INT8, PG_INT8_ARRAY },
	[HASH] = { PG_BYTEA, PG_BYTEA_ARRAY },
	[KEY] = { PG_TEXT, PG_TEXT_ARRAY },
	[SCHEMA] = { PG_INT4, PG_INT4_ARRAY },
	[REASON] = { PG_TEXT, PG_TEXT_ARRAY },
	[BODY] = { PG_TEXT, PG_TEXT_ARRAY },
	[SEALED] = { PG_BYTEA, PG_BYTEA_ARRAY },
};

static const char *const outcomes[] = {
	[OUTCOME_TAKEN] = "taken",
	[OUTCOME_FORK] = "fork",
	[OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_REVOKED] = "revoked",
};

static void
add_body(struct array arrays[ARRAYS], const struct envelope *e)
{
	if (e->reason != NULL) {
		array_bytes(&arrays[REASON], e->reason, strlen(e->reason));
		array_null(&arrays[BODY]);
	} else {
		size_t n = e->body_len;

		while (n > 0 && e->body[n - 1] == ' ')
			n--;
		array_null(&arrays[REASON]);
		array_bytes(&arrays[BODY], e->body, n);
	}
	array_bytes(&arrays[SEALED], e->item.sealed, e->item.sealed_len);
}

static void
fill(struct array arrays[ARRAYS], const struct batch *batch)
{
	for (int i = 0; i < ARRAYS; i++)
		array_begin(&arrays[i], kinds[i].element, batch->count);
	for (size_t i = 0; i < batch->count; i++) {
		const struct envelope *e = &batch->envelopes[i];

		array_number(&arrays[SEQ], e->item.id.seq, 8);
		array_number(&arrays[AT], e->item.at, 8);
		array_bytes(&arrays[HASH], e->hash, sizeof(e->hash));
		array_bytes(&arrays[KEY], e->key_id, strlen(e->key_id));
		array_number(&arrays[SCHEMA], e->item.schema, 4);
		add_body(arrays, e);
	}
}

struct answer {
	struct taken *taken;
	bool whole;
};

static void
take_row(void *arg, char **fields, int count)
{
	struct answer *answer = arg;
	struct taken *taken = answer->taken;
	size_t i = 0;

	(void)count;
	while (i < nitems(outcomes) && (fields[0] == NULL ||
	    strcmp(fields[0], outcomes[i]) != 0))
		i++;
	if (i == nitems(outcomes))
		return;
	taken->outcome = i;
	if (fields[1] != NULL)
		taken->seq = strtoll(fields[1], NULL, 10);
	if (fields[3] != NULL)
		taken->fork = strtoll(fields[3], NULL, 10);
	if (fields[4] != NULL)
		text_add(&taken->refused, "%s", fields[4]);
	answer->whole = i == OUTCOME_UNKNOWN || i == OUTCOME_REVOKED ||
	    (fields[2] != NULL && hex_parse(fields[2], strlen(fields[2]),
	    taken->hash, sizeof(taken->hash)) == (ssize_t)sizeof(taken->hash));
}

int
take_batch(struct db *db, const struct batch *batch, int generation,
    struct taken *taken, struct err *err)
{
	uint32_t machine = htobe32((uint32_t)generation);
	uint64_t epoch = htobe64(batch->epoch);
	uint64_t previous = htobe64((uint64_t)batch->previous_seq);
	uint64_t from = htobe64((uint64_t)batch->from);
	struct answer answer = { .taken = taken };
	struct array arrays[ARRAYS] = { 0 };
	struct db_value values[6 + ARRAYS] = {
		db_text(batch->station),
		{ PG_INT8, &epoch, sizeof(epoch) },
		{ PG_INT8, &previous, sizeof(previous) },
		{ PG_BYTEA, batch->previous_hash,
			sizeof(batch->previous_hash) },
		{ PG_INT8, batch->from > 0 ? &from : NULL, sizeof(from) },
	};
	int ret;

	*taken = (struct taken){ 0 };
	fill(arrays, batch);
	for (int i = 0; i < ARRAYS; i++)
		values[5 + i] = (struct db_value){ kinds[i].type,
			arrays[i].bytes, arrays[i].len };
	values[5 + ARRAYS] = (struct db_value){ PG_INT4, &machine,
		sizeof(machine) };
	ret = db_call(db, sql, values, nitems(values), take_row, &answer, err);
	for (int i = 0; i < ARRAYS; i++)
		array_free(&arrays[i]);
	if (ret == 0 && !answer.whole)
		ret = err_set(err, ERR_RETRY, "database: no answer");
	return ret;
}

static void
take_list(void *arg, char **fields, int count)
{
	struct text *text = arg;

	(void)count;
	text_free(text);
	text_add(text, "%s", fields[0] != NULL ? fields[0] : "[]");
}

int
take_refusals(struct db *db, const struct batch *batch, struct taken *taken,
    struct err *err)
{
	uint64_t epoch = htobe64(batch->epoch);

	return db_call(db, "SELECT hub.refusals($1,$2)",
	    (const struct db_value[]){
		db_text(batch->station),
		{ PG_INT8, &epoch, sizeof(epoch) } }, 2, take_list,
	    &taken->refused, err);
}
