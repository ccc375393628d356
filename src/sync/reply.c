/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply - the hub's JSON as a struct; the one file here that knows jansson.
 *
 * Refused whole when a member that is there is not what it must be: a
 * number too large, a hash too short, a list too long. Members we do not
 * know are a later hub's.
 */
#include "parts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SEQ_MAX ((int64_t)1 << 53)

static int
refuse(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "%s", what);
}

static bool
take_number(const json_t *object, const char *name, int64_t min, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= min && *out <= SEQ_MAX;
}

static bool
take_hex(const json_t *object, const char *name, unsigned char *out, size_t n)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) && hex_parse(json_string_value(value),
	    json_string_length(value), out, n) == (ssize_t)n;
}

static void
take_text(const json_t *object, const char *name, char *out, size_t size)
{
	const json_t *value = json_object_get(object, name);

	out[0] = '\0';
	if (json_is_string(value))
		text_clean(json_string_value(value),
		    json_string_length(value), out, size);
}

/* Kept as evidence, so that its form is checked and no more. */
static int
take_signature(const json_t *head, struct head *out, struct err *err)
{
	const json_t *signature = json_object_get(head, "signature");
	unsigned char key[8], value[64];
	char key_hex[17], value_hex[129];
	int64_t at;

	if (signature == NULL)
		return 0;
	if (!json_is_object(signature) ||
	    !take_hex(signature, "key", key, sizeof(key)) ||
	    !take_hex(signature, "value", value, sizeof(value)) ||
	    !take_number(signature, "at", 0, &at))
		return refuse(err, "a signature of another form");
	hex_print(key, sizeof(key), key_hex);
	hex_print(value, sizeof(value), value_hex);
	snprintf(out->signature, sizeof(out->signature), "%s %lld %s",
	    key_hex, (long long)at, value_hex);
	return 0;
}

static int
take_head(const json_t *root, struct reply *reply, struct err *err)
{
	const json_t *head = json_object_get(root, "head");
	struct head *out = &reply->head;
	unsigned char epoch[4];

	if (head == NULL)
		return 0;
	if (!json_is_object(head) || !take_hex(head, "epoch", epoch, 4) ||
	    !take_number(head, "seq", 0, &out->seq) ||
	    !take_hex(head, "hash", out->hash, OUTBOX_HASH_BYTES))
		return refuse(err, "a head of another form");
	out->epoch = (uint32_t)epoch[0] << 24 | (uint32_t)epoch[1] << 16 |
	    (uint32_t)epoch[2] << 8 | epoch[3];
	out->at = reply->time_ms / 1000;
	reply->has_head = true;
	return take_signature(head, out, err);
}

static int
take_refused(const json_t *root, struct reply *reply, struct err *err)
{
	const json_t *list = json_object_get(root, "refused");

	if (list == NULL)
		return 0;
	if (!json_is_array(list) || json_array_size(list) > BATCH_RECORDS_MAX)
		return refuse(err, "a list of refusals of another form");
	reply->refused = json_array_size(list);
	for (size_t i = 0; i < reply->refused; i++) {
		const json_t *one = json_array_get(list, i);

		if (!json_is_object(one) ||
		    !take_number(one, "seq", 1, &reply->refusals[i].seq))
			return refuse(err, "a refusal of another form");
		take_text(one, "reason", reply->refusals[i].reason,
		    SYNC_REASON_MAX);
	}
	return 0;
}

static int
take_reply(const json_t *root, struct reply *reply, struct err *err)
{
	const json_t *time = json_object_get(root, "time");
	int64_t version, at;

	if (!json_is_object(root) || !take_number(root, "version", 1,
	    &version) || version != 1 || !json_is_string(time) ||
	    time_parse(json_string_value(time), 0, &at) < 0 || at <= 0)
		return refuse(err, "not the hub's");
	reply->time_ms = at * 1000;
	take_text(root, "error", reply->error, sizeof(reply->error));
	take_text(root, "detail", reply->detail, sizeof(reply->detail));
	if (!take_number(root, "seq", 1, &reply->seq))
		reply->seq = 0;
	if (take_head(root, reply, err) < 0 ||
	    take_refused(root, reply, err) < 0)
		return -1;
	reply->hub = true;
	return 0;
}

static json_t *
load(const char *bytes, size_t n, struct err *err)
{
	json_t *root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, NULL);

	if (root == NULL)
		refuse(err, "not JSON");
	return root;
}

int
reply_parse(const char *bytes, size_t n, struct reply *reply, struct err *err)
{
	json_t *root = load(bytes, n, err);
	int ret;

	*reply = (struct reply){ .refused = SIZE_MAX };
	if (root == NULL)
		return -1;
	ret = take_reply(root, reply, err);
	json_decref(root);
	if (ret < 0)
		*reply = (struct reply){ .refused = SIZE_MAX };
	return ret;
}

static int
take_revoked(const json_t *root, struct reply *reply, struct err *err)
{
	int64_t generation;

	if (!take_number(root, "generation", 0, &generation) ||
	    generation > INT32_MAX)
		return refuse(err, "a revocation of another form");
	reply->revoked = true;
	reply->generation = (int)generation;
	return take_signature(root, &reply->head, err);
}

/* Where the hub has other records, for a post without a network. */
static int
take_fork(const json_t *root, struct reply *reply, struct err *err)
{
	const json_t *fork = json_object_get(root, "fork");
	unsigned char epoch[4];

	if (!json_is_object(fork) || !take_hex(fork, "epoch", epoch, 4) ||
	    !take_number(fork, "seq", 1, &reply->fork.seq))
		return refuse(err, "a fork of another form");
	reply->fork.epoch = (uint32_t)epoch[0] << 24 |
	    (uint32_t)epoch[1] << 16 | (uint32_t)epoch[2] << 8 | epoch[3];
	return take_signature(fork, &reply->fork, err);
}

int
note_parse(const char *bytes, size_t n, char station[OUTBOX_STATION_MAX],
    struct reply *reply, struct err *err)
{
	json_t *root = load(bytes, n, err);
	const json_t *name;
	int ret;

	*reply = (struct reply){ .refused = SIZE_MAX };
	if (root == NULL)
		return -1;
	name = json_object_get(root, "station");
	if (!json_is_string(name) || json_string_length(name) == 0 ||
	    json_string_length(name) >= OUTBOX_STATION_MAX)
		ret = refuse(err, "names no station");
	else if ((ret = take_reply(root, reply, err)) == 0)
		strcpy(station, json_string_value(name));
	if (ret == 0 && strcmp(reply->error, "revoked") == 0)
		ret = take_revoked(root, reply, err);
	else if (ret == 0 && strcmp(reply->error, "fork") == 0)
		ret = take_fork(root, reply, err);
	else if (ret == 0 && (!reply->has_head || reply->refused == SIZE_MAX))
		ret = refuse(err, "says nothing of a head");
	json_decref(root);
	return ret;
}

int
span_parse(const char *bytes, size_t n, struct span *span, struct err *err)
{
	json_t *root = load(bytes, n, err);
	const json_t *list = json_object_get(root, "records");
	int ret = 0;

	*span = (struct span){ .count = (int64_t)json_array_size(list) };
	if (root == NULL)
		return -1;
	if (!json_is_array(list) || span->count == 0 ||
	    span->count > BATCH_RECORDS_MAX ||
	    !take_number(json_array_get(list, 0), "seq", 1, &span->first) ||
	    !take_number(json_array_get(list, (size_t)span->count - 1), "seq",
	    span->first, &span->last) ||
	    span->last - span->first != span->count - 1)
		ret = refuse(err, "a batch of another form");
	json_decref(root);
	return ret;
}

/* ---- pieces of lists ------------------------------------------------------------------ */

static bool
take_piece(const json_t *one, struct lists_reply *lists)
{
	const json_t *bytes = json_object_get(one, "bytes");
	size_t at = lists->count;

	if (!take_number(one, "no", 1, &lists->pieces[at].no) ||
	    !json_is_string(bytes))
		return false;
	lists->pieces[at].bytes = text_unbase64(json_string_value(bytes),
	    json_string_length(bytes), &lists->pieces[at].len);
	lists->count += lists->pieces[at].bytes != NULL;
	return lists->pieces[at].bytes != NULL;
}

int
lists_parse(const char *bytes, size_t n, struct lists_reply *lists,
    struct err *err)
{
	json_t *root = load(bytes, n, err);
	const json_t *list = json_object_get(root, "pieces");
	bool good = json_is_array(list) &&
	    json_array_size(list) <= nitems(lists->pieces);

	*lists = (struct lists_reply){ .count = 0 };
	if (root == NULL)
		return -1;
	good = good && take_number(root, "latest", 0, &lists->latest);
	for (size_t i = 0; good && i < json_array_size(list); i++)
		good = take_piece(json_array_get(list, i), lists);
	json_decref(root);
	if (good)
		return 0;
	lists_free(lists);
	return refuse(err, "pieces of another form");
}

void
lists_free(struct lists_reply *lists)
{
	for (size_t i = 0; i < lists->count; i++)
		free(lists->pieces[i].bytes);
	lists->count = 0;
}

/* ---- look-ups ---------------------------------------------------------------------------- */

/* A word of the hub's: letters, digits and what audiences have. */
static bool
take_word(const json_t *object, const char *name, char *out, size_t size)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);
	size_t n = json_string_length(value);

	if (text == NULL || n == 0 || n >= size || strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "=._:-") != n)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

static bool
take_told_word(const json_t *item, struct register_told *told)
{
	const json_t *text = json_object_get(item, "text");
	size_t n = json_string_length(text);

	if (told->nwords == REGISTER_ROW_WORDS || !json_is_string(text) ||
	    n >= REGISTER_WORD_MAX || !take_number(item, "number", 0,
	    &told->words[told->nwords].number))
		return false;
	memcpy(told->words[told->nwords++].text, json_string_value(text),
	    n + 1);
	return true;
}

static bool
take_told_row(const json_t *item, struct register_told *told)
{
	const json_t *row = json_object_get(item, "row");
	const json_t *words = json_object_get(item, "words");
	ssize_t n;

	if (row == NULL)
		return true;
	n = json_is_string(row) ? hex_parse(json_string_value(row),
	    json_string_length(row), told->row, sizeof(told->row)) : -1;
	if (json_string_length(row) == 0 && json_is_string(row))
		n = 0;
	if (n < 0 || (words != NULL && !json_is_array(words)))
		return false;
	told->found = true;
	told->len = (size_t)n;
	for (size_t i = 0; i < json_array_size(words); i++)
		if (!take_told_word(json_array_get(words, i), told))
			return false;
	return true;
}

static bool
take_told(const json_t *item, struct register_told *told)
{
	int64_t given;

	*told = (struct register_told){ .version = 0 };
	if (!take_word(item, "list", told->list, sizeof(told->list)) ||
	    !take_word(item, "audience", told->audience,
	    sizeof(told->audience)) ||
	    !take_number(item, "version", 1, &told->version) ||
	    !take_number(item, "made", 0, &told->made_at) ||
	    !take_number(item, "expires", 0, &told->expires_at) ||
	    !take_number(item, "given", 0, &given) || given > UINT32_MAX ||
	    !take_word(item, "check", told->check, sizeof(told->check)))
		return false;
	told->given = (unsigned)given;
	return take_told_row(item, told);
}

int
told_parse(const char *bytes, size_t n, struct told *told, struct err *err)
{
	json_t *root = load(bytes, n, err);
	const json_t *list = json_object_get(root, "lists");
	bool good = json_is_array(list) &&
	    json_array_size(list) <= REGISTER_TOLD_MAX;

	told->n = 0;
	if (root == NULL)
		return -1;
	for (size_t i = 0; good && i < json_array_size(list); i++)
		good = take_told(json_array_get(list, i),
		    &told->lists[told->n++]);
	json_decref(root);
	if (good)
		return 0;
	told->n = 0;
	return refuse(err, "an answer to a look-up of another form");
}

/* ---- certificates ---------------------------------------------------------------------- */

static bool
is_public(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= 36 && strcmp(name + n, ".pub") == 0;
}

/* The count of bytes, 0 for none, -1 for what is no hexadecimal text. */
static ssize_t
take_bytes(const json_t *object, const char *name, unsigned char *out,
    size_t capacity)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL)
		return 0;
	return json_is_string(value) ? hex_parse(json_string_value(value),
	    json_string_length(value), out, capacity) : -1;
}

static int
take_files(const json_t *root, struct join_answer *answer, struct err *err)
{
	const json_t *list = json_object_get(root, "files");

	answer->count = json_array_size(list);
	if ((list != NULL && !json_is_array(list)) ||
	    answer->count > JOIN_FILES_MAX)
		return refuse(err, "a list of keys of another form");
	for (size_t i = 0; i < answer->count; i++) {
		const json_t *one = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(one,
		    "name"));
		ssize_t n = take_bytes(one, "content", answer->files[i].bytes,
		    JOIN_FILE_BYTES);

		if (name == NULL || !is_public(name) || n <= 0)
			return refuse(err, "a key of another form");
		strcpy(answer->files[i].name, name);
		answer->files[i].len = (size_t)n;
	}
	return 0;
}

int
join_parse(const char *bytes, size_t n, struct join_answer *answer,
    struct err *err)
{
	json_t *root = load(bytes, n, err);
	ssize_t len;
	int ret;

	*answer = (struct join_answer){ .len = 0 };
	if (root == NULL)
		return -1;
	take_text(root, "name", answer->name, sizeof(answer->name));
	len = take_bytes(root, "certificate", answer->certificate,
	    sizeof(answer->certificate));
	ret = len < 0 ? refuse(err, "a certificate of another form") :
	    take_files(root, answer, err);
	json_decref(root);
	if (ret < 0) {
		*answer = (struct join_answer){ .len = 0 };
		return -1;
	}
	answer->len = (size_t)len;
	answer->expires = len > 0 ? tls_until(answer->certificate,
	    answer->len) : 0;
	return 0;
}

/* ---- all posts --------------------------------------------------------------------------- */

static int
print_stations(const json_t *root, FILE *out)
{
	const json_t *list = json_object_get(root, "stations");

	if (!json_is_array(list))
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		char *line = json_dumps(one, JSON_COMPACT | JSON_ENSURE_ASCII);

		if (!json_is_object(one) || line == NULL) {
			free(line);
			return -1;
		}
		fprintf(out, "%s\n", line);
		free(line);
	}
	return 0;
}

int
stations_print(const char *bytes, size_t n, char after[OUTBOX_STATION_MAX],
    FILE *out, struct err *err)
{
	json_t *root = load(bytes, n, err);
	const char *next = json_string_value(json_object_get(root, "next"));
	int ret = 0;

	if (root == NULL)
		return -1;
	if (print_stations(root, out) < 0 || (next != NULL &&
	    (strlen(next) >= OUTBOX_STATION_MAX || strcmp(next, after) <= 0)))
		ret = refuse(err, "a list of posts of another form");
	else if (next != NULL)
		ret = 1;
	if (ret > 0)
		strcpy(after, next);
	json_decref(root);
	return ret;
}
