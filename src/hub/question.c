/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question - POST /v1/lookup: hashes of a person and a vehicle to what the lists
 * in force say of them, raw, as far as the post's own versions are others.
 *
 * Nobody is named, in the question or in the log; SQL finds the rows, the
 * room register knows which numbers in them stand for texts.
 */
#include "parts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "register.h"

#define HASH_SIZE ((REGISTER_HASH_HEX - 1) / 2)
#define PLATE_LISTS_MAX 8

struct question {
	int64_t version;
	char station[OUTBOX_STATION_MAX], program[PROGRAM_MAX];
	unsigned char identity[HASH_SIZE], plate[HASH_SIZE];
	bool has_identity, has_plate;
	size_t nhave;
	int64_t have[REGISTER_TOLD_MAX];
};

struct found { /* a row of hub.look_up() */
	char list[24], audience[REGISTER_AUDIENCE_MAX];
	char check[REGISTER_HASH_HEX];
	long long version, made, expires, given;
	bool there;
	char row[2 * REGISTER_ROW_MAX + 1];
};

struct looking {
	const struct desk *desk;
	char trouble[16];
	size_t n;
	struct found found[REGISTER_TOLD_MAX];
};

/* ---- the question ------------------------------------------------------------------ */

static bool
take_hash(struct slice text, unsigned char out[HASH_SIZE], bool *there)
{
	*there = hex_parse(text.text, text.len, out, HASH_SIZE) == HASH_SIZE;
	return *there;
}

static bool
take_have(struct json *json, struct question *q)
{
	if (!json_open(json, '['))
		return false;
	while (json_element(json))
		if (q->nhave == REGISTER_TOLD_MAX ||
		    !json_integer(json, &q->have[q->nhave++]))
			return false;
	return !json->bad;
}

static bool
take_text(struct slice text, char *out, size_t size)
{
	if (text.len >= size)
		return false;
	memcpy(out, text.text, text.len);
	out[text.len] = '\0';
	return true;
}

static bool
member(struct json *json, struct slice name, struct question *q)
{
	struct slice text;

	if (slice_is(name, "version"))
		return json_integer(json, &q->version);
	if (slice_is(name, "have"))
		return take_have(json, q);
	if (slice_is(name, "station"))
		return json_string(json, &text) && station_valid(text) &&
		    take_text(text, q->station, sizeof(q->station));
	if (slice_is(name, "program"))
		return json_string(json, &text) &&
		    take_text(text, q->program, sizeof(q->program));
	if (slice_is(name, "identity"))
		return json_string(json, &text) &&
		    take_hash(text, q->identity, &q->has_identity);
	if (slice_is(name, "plate"))
		return json_string(json, &text) &&
		    take_hash(text, q->plate, &q->has_plate);
	return json_skip(json, &text);
}

static bool
read_question(const struct request *request, struct question *q)
{
	struct slice name;
	struct json json;
	bool fine;

	json_init(&json, request->body, request->body_len);
	fine = json_open(&json, '{');
	while (fine && json_member(&json, &name))
		fine = member(&json, name, q);
	return fine && json_end(&json) && q->station[0] != '\0' &&
	    (q->has_identity || q->has_plate);
}

/* ---- what was found ------------------------------------------------------------------ */

static void
copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text != NULL ? text : "");
}

static long long
number(const char *text)
{
	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

/* The first row says whether there is trouble, the others are lists. */
static void
take_row(void *arg, char **fields, int count)
{
	struct looking *l = arg;
	struct found *f = &l->found[l->n];

	(void)count;
	if (fields[1] == NULL) {
		copy(l->trouble, sizeof(l->trouble), fields[0]);
		return;
	}
	if (l->n == REGISTER_TOLD_MAX || (fields[8] != NULL &&
	    strlen(fields[8]) >= sizeof(f->row)))
		return;
	copy(f->list, sizeof(f->list), fields[1]);
	copy(f->audience, sizeof(f->audience), fields[2]);
	f->version = number(fields[3]);
	f->made = number(fields[4]);
	f->expires = number(fields[5]);
	copy(f->check, sizeof(f->check), fields[6]);
	f->given = number(fields[7]);
	f->there = fields[8] != NULL;
	copy(f->row, sizeof(f->row), fields[8]);
	l->n++;
}

struct words {
	struct text *out;
	const char *comma;
};

static void
take_word(void *arg, char **fields, int count)
{
	struct words *words = arg;

	(void)count;
	text_add(words->out, "%s{\"number\":%s,\"text\":%s}", words->comma,
	    fields[0], fields[1]);
	words->comma = ",";
}

static int
add_words(const struct desk *desk, const struct found *f, struct text *out,
    struct err *err)
{
	unsigned char row[REGISTER_ROW_MAX];
	int64_t numbers[REGISTER_ROW_WORDS];
	struct words words = { out, "" };
	struct array array = { 0 };
	ssize_t len = hex_parse(f->row, strlen(f->row), row, sizeof(row));
	int n = len < 0 ? -1 : register_row_words(f->list, row, (size_t)len,
	    numbers);
	int ret;

	if (n <= 0)
		return n < 0 ? err_set(err, ERR_RETRY, "%s: a row of version "
		    "%lld is damaged", f->list, f->version) : 0;
	array_begin(&array, PG_INT8, (size_t)n);
	for (int i = 0; i < n; i++)
		array_number(&array, numbers[i], 8);
	ret = db_call(desk->db, "SELECT number, word FROM "
	    "hub.look_words($1,$2,$3)", (const struct db_value[]){
		db_text(f->list),
		db_text(f->audience),
		{ PG_INT8_ARRAY, array.bytes, array.len } }, 3, take_word,
	    &words, err);
	array_free(&array);
	return ret;
}

static int
add_lists(const struct looking *l, struct text *out, struct err *err)
{
	text_add(out, ",\"lists\":[");
	for (size_t i = 0; i < l->n; i++) {
		const struct found *f = &l->found[i];

		text_add(out, "%s{\"list\":\"%s\",\"audience\":\"%s\","
		    "\"version\":%lld,\"made\":%lld,\"expires\":%lld,"
		    "\"check\":\"%s\",\"given\":%lld", i > 0 ? "," : "",
		    f->list, f->audience, f->version, f->made, f->expires,
		    f->check, f->given);
		if (f->there) {
			text_add(out, ",\"row\":\"%s\",\"words\":[", f->row);
			if (add_words(l->desk, f, out, err) < 0)
				return -1;
			text_add(out, "]");
		}
		text_add(out, "}");
	}
	text_add(out, "]}\n");
	return 0;
}

static int
call(const struct desk *desk, const struct question *q, int generation,
    struct looking *looking, struct err *err)
{
	uint32_t machine = htobe32((uint32_t)generation);
	const char *names[PLATE_LISTS_MAX];
	struct array plates = { 0 }, have = { 0 };
	size_t n = 0;
	int ret;

	while (n < PLATE_LISTS_MAX &&
	    (names[n] = register_plate_list(n)) != NULL)
		n++;
	array_begin(&plates, PG_TEXT, n);
	for (size_t i = 0; i < n; i++)
		array_bytes(&plates, names[i], strlen(names[i]));
	array_begin(&have, PG_INT8, q->nhave);
	for (size_t i = 0; i < q->nhave; i++)
		array_number(&have, q->have[i], 8);
	ret = db_call(desk->db, "SELECT * FROM hub.look_up($1,$2,$3,$4,$5,$6)",
	    (const struct db_value[]){
		db_text(q->station),
		{ PG_INT4, &machine, sizeof(machine) },
		{ PG_BYTEA, q->has_identity ? q->identity : NULL, HASH_SIZE },
		{ PG_BYTEA, q->has_plate ? q->plate : NULL, HASH_SIZE },
		{ PG_TEXT_ARRAY, plates.bytes, plates.len },
		{ PG_INT8_ARRAY, have.bytes, have.len } }, 6, take_row,
	    looking, err);
	array_free(&plates);
	array_free(&have);
	return ret;
}

static void
tell(const struct looking *l, struct reply *reply)
{
	struct err err = { 0 };

	answer_begin(reply, 200, l->desk->now);
	if (add_lists(l, &reply->text, &err) < 0)
		answer_later(l->desk, reply, &err);
}

void
question_answer(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct looking *looking = calloc(1, sizeof(*looking)); /* large */
	struct question q = { .version = 0 };
	struct err err = { 0 };

	if (looking == NULL)
		abort();
	looking->desk = desk;
	copy(looking->trouble, sizeof(looking->trouble), "unknown");
	if (!read_question(request, &q))
		answer_error(reply, desk->now, 400, "form", "no question");
	else if (!answer_new_enough(desk, q.version, q.program, reply))
		; /* told */
	else if (strcmp(q.station, request->station) != 0)
		answer_forbid(desk, reply, "station");
	else if (call(desk, &q, request->generation, looking, &err) < 0)
		answer_later(desk, reply, &err);
	else if (strcmp(looking->trouble, "later") == 0)
		answer_error(reply, desk->now, 429, "later",
		    "this post asks too often");
	else if (looking->trouble[0] != '\0')
		answer_forbid(desk, reply, looking->trouble);
	else
		tell(looking, reply);
	free(looking);
}
