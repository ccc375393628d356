/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch - the body of a request as records: their form, their hashes, and
 * that each names the one before it. Pure: what the hub holds, and what is
 * in the boxes, is looked at elsewhere.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* What a form that is wrong was found in, for whoever writes a client. */
static int
malformed(struct refusal *why, const char *detail, int64_t seq)
{
	*why = (struct refusal){ 400, "form", detail, seq };
	return -1;
}

bool
station_valid(struct slice name)
{
	if (name.len == 0 || name.len >= OUTBOX_STATION_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		    c == ':' || c == '-'))
			return false;
	}
	return true;
}

int
program_compare(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		char *a_end, *b_end;
		long x = strtol(a, &a_end, 10), y = strtol(b, &b_end, 10);

		if (x != y)
			return x < y ? -1 : 1;
		if (a_end == a && b_end == b)
			return 0; /* words: nothing to compare */
		a = *a_end == '.' ? a_end + 1 : "";
		b = *b_end == '.' ? b_end + 1 : "";
	}
	return 0;
}

/* ---- form --------------------------------------------------------------------- */

static bool
copy(struct slice slice, char *out, size_t capacity)
{
	if (slice.len >= capacity)
		return false;
	memcpy(out, slice.text, slice.len);
	out[slice.len] = '\0';
	return true;
}

static bool
lower_hex(struct slice slice)
{
	for (size_t i = 0; i < slice.len; i++)
		if (strchr("0123456789abcdef", slice.text[i]) == NULL ||
		    slice.text[i] == '\0')
			return false;
	return true;
}

static bool
read_hex(struct json *json, unsigned char *out, size_t n)
{
	struct slice slice;

	return json_string(json, &slice) && slice.len == 2 * n &&
	    lower_hex(slice) &&
	    hex_parse(slice.text, slice.len, out, n) == (ssize_t)n;
}

static bool
read_text(struct json *json, char *out, size_t capacity)
{
	struct slice slice;

	return json_string(json, &slice) && slice.len > 0 &&
	    copy(slice, out, capacity);
}

static bool
read_count(struct json *json, int64_t least, int64_t *out)
{
	return json_integer(json, out) && *out >= least;
}

enum {
	HAS_SEQ = 1, HAS_AT = 2, HAS_PREV = 4, HAS_HASH = 8, HAS_KEY = 16,
	HAS_SCHEMA = 32, HAS_SEALED = 64, HAS_ENVELOPE = 127,
};

struct envelope_form {
	struct envelope *e;
	struct slice sealed; /* base64 */
	int has;
};

static bool
read_key_id(struct json *json, char out[KEY_ID_BYTES])
{
	struct slice slice;

	return json_string(json, &slice) && slice.len == KEY_ID_BYTES - 1 &&
	    lower_hex(slice) && copy(slice, out, KEY_ID_BYTES);
}

static bool
read_schema(struct json *json, int *out)
{
	int64_t value;

	if (!read_count(json, 1, &value) || value > INT32_MAX)
		return false;
	*out = (int)value;
	return true;
}

static bool
envelope_member(struct json *json, struct slice name, struct envelope_form *f)
{
	struct envelope *e = f->e;
	struct slice ignored;
	int has = 0;
	bool fine;

	if (slice_is(name, "seq"))
		has = HAS_SEQ, fine = read_count(json, 1, &e->item.id.seq);
	else if (slice_is(name, "at"))
		has = HAS_AT, fine = json_integer(json, &e->item.at);
	else if (slice_is(name, "prev"))
		has = HAS_PREV, fine = read_hex(json, e->prev, sizeof(e->prev));
	else if (slice_is(name, "hash"))
		has = HAS_HASH, fine = read_hex(json, e->hash, sizeof(e->hash));
	else if (slice_is(name, "key"))
		has = HAS_KEY, fine = read_key_id(json, e->key_id);
	else if (slice_is(name, "schema"))
		has = HAS_SCHEMA, fine = read_schema(json, &e->item.schema);
	else if (slice_is(name, "sealed"))
		has = HAS_SEALED, fine = json_string(json, &f->sealed);
	else
		fine = json_skip(json, &ignored);
	fine = fine && (f->has & has) == 0; /* twice: which one is meant? */
	f->has |= has;
	return fine;
}

/* Decode into what is left of the batch's room; -1 when it is no base64. */
static int
place_sealed(struct batch *batch, struct envelope_form *f, size_t *used,
    size_t room)
{
	unsigned char *to = batch->sealed + *used;
	ssize_t n = base64_read(f->sealed, to, room - *used);

	if (n < 0 || n > SEALED_MAX)
		return -1;
	*used += (size_t)n;
	f->e->item.sealed = to;
	f->e->item.sealed_len = (size_t)n;
	f->e->item.prev = f->e->prev;
	f->e->item.hash = f->e->hash;
	f->e->item.key_id = f->e->key_id;
	return 0;
}

static int
read_envelope(struct json *json, struct batch *batch, size_t *used,
    size_t room, struct refusal *why)
{
	struct envelope_form f = { .e = &batch->envelopes[batch->count] };
	struct slice name;
	bool fine = json_open(json, '{');

	while (fine && json_member(json, &name))
		fine = envelope_member(json, name, &f);
	if (!fine || json->bad || f.has != HAS_ENVELOPE)
		return malformed(why, "a record is not of the right form",
		    f.e->item.id.seq);
	if (place_sealed(batch, &f, used, room) < 0)
		return malformed(why, "sealed: no base64, or too long",
		    f.e->item.id.seq);
	batch->count++;
	return 0;
}

static int
read_records(struct json *json, struct batch *batch, struct refusal *why)
{
	size_t used = 0, room = (size_t)(json->end - json->at) / 4 * 3 + 3;

	if (batch->envelopes != NULL)
		return malformed(why, "records: twice", 0);
	batch->envelopes = calloc(BATCH_MAX, sizeof(*batch->envelopes));
	batch->sealed = malloc(room);
	if (batch->envelopes == NULL || batch->sealed == NULL)
		mem_none();
	if (!json_open(json, '['))
		return malformed(why, "records: no list", 0);
	while (json_element(json)) {
		if (batch->count == BATCH_MAX)
			return malformed(why, "records: too many", 0);
		if (read_envelope(json, batch, &used, room, why) < 0)
			return -1;
	}
	return 0;
}

static bool
read_previous(struct json *json, struct batch *batch)
{
	bool seq = false, hash = false, fine = json_open(json, '{');
	struct slice name, ignored;

	while (fine && json_member(json, &name)) {
		if (slice_is(name, "seq"))
			fine = seq = read_count(json, 0, &batch->previous_seq);
		else if (slice_is(name, "hash"))
			fine = hash = read_hex(json, batch->previous_hash,
			    sizeof(batch->previous_hash));
		else
			fine = json_skip(json, &ignored);
	}
	return fine && seq && hash;
}

static bool
read_epoch(struct json *json, uint32_t *epoch)
{
	unsigned char b[4];

	if (!read_hex(json, b, sizeof(b)))
		return false;
	*epoch = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
	return true;
}

static bool
read_station(struct json *json, char out[OUTBOX_STATION_MAX])
{
	struct slice slice;

	return json_string(json, &slice) && station_valid(slice) &&
	    copy(slice, out, OUTBOX_STATION_MAX);
}

/* What is not true asks for nothing. */
static bool
read_asks(struct json *json, bool *asks)
{
	struct slice slice;

	if (!json_skip(json, &slice))
		return false;
	*asks = slice_is(slice, "true");
	return true;
}

struct seen {
	bool version, epoch, previous;
};

static int
batch_member(struct json *json, struct slice name, struct batch *batch,
    struct seen *seen, struct refusal *why)
{
	struct slice ignored;
	bool fine;

	if (slice_is(name, "version"))
		fine = seen->version = json_integer(json, &batch->version);
	else if (slice_is(name, "station"))
		fine = read_station(json, batch->station);
	else if (slice_is(name, "program"))
		fine = read_text(json, batch->program, sizeof(batch->program));
	else if (slice_is(name, "epoch"))
		fine = seen->epoch = read_epoch(json, &batch->epoch);
	else if (slice_is(name, "refused"))
		fine = read_asks(json, &batch->asks);
	else if (slice_is(name, "from"))
		fine = read_count(json, 1, &batch->from);
	else if (slice_is(name, "previous"))
		fine = seen->previous = read_previous(json, batch);
	else if (slice_is(name, "records"))
		return read_records(json, batch, why);
	else
		fine = json_skip(json, &ignored);
	return fine ? 0 : malformed(why, "a member is not of the right form",
	    0);
}

int
batch_read(struct batch *batch, const char *text, size_t len,
    struct refusal *why)
{
	struct seen seen = { 0 };
	struct slice name;
	struct json json;

	*batch = (struct batch){ 0 };
	json_init(&json, text, len);
	if (!json_open(&json, '{'))
		return malformed(why, "no JSON object", 0);
	while (json_member(&json, &name))
		if (batch_member(&json, name, batch, &seen, why) < 0)
			return -1;
	if (!json_end(&json))
		return malformed(why, "no JSON", 0);
	if (!seen.version || batch->station[0] == '\0')
		return malformed(why, "version or station is missing", 0);
	/* A later version's form is not ours to judge. */
	if (batch->version == HUB_VERSION && (!seen.epoch || !seen.previous ||
	    batch->envelopes == NULL))
		return malformed(why, "epoch, previous or records is missing",
		    0);
	for (size_t i = 0; i < batch->count; i++)
		batch->envelopes[i].item.id.epoch = batch->epoch;
	return 0;
}

/* ---- chain --------------------------------------------------------------------- */

int
batch_check(struct batch *batch, struct refusal *why)
{
	const unsigned char *before = batch->previous_hash;
	int64_t seq = batch->previous_seq;

	for (size_t i = 0; i < batch->count; i++) {
		struct envelope *e = &batch->envelopes[i];
		unsigned char hash[OUTBOX_HASH_BYTES];

		if (seq == INT64_MAX || e->item.id.seq != seq + 1 ||
		    memcmp(e->prev, before, OUTBOX_HASH_BYTES) != 0) {
			*why = (struct refusal){ 422, "link",
				"a record does not follow the one before it",
				e->item.id.seq };
			return -1;
		}
		outbox_item_hash(batch->station, &e->item, hash);
		if (memcmp(hash, e->hash, sizeof(hash)) != 0)
			e->reason = "hash";
		before = e->hash;
		seq++;
	}
	return 0;
}

void
batch_free(struct batch *batch)
{
	size_t bodies = 0;

	for (size_t i = 0; i < batch->count; i++)
		bodies += batch->envelopes[i].body_len;
	if (batch->bodies != NULL)
		explicit_bzero(batch->bodies, bodies);
	free(batch->bodies);
	free(batch->sealed);
	free(batch->envelopes);
	*batch = (struct batch){ 0 };
}
