/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enrol - makes a machine a post: a ticket that nobody used yet, or the
 * certificate that it has, against a new certificate. The ticket's secret is
 * looked up by its hash; the database decides and remembers.
 */
#include "parts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 16
#define ASKED_BYTES_MAX 4096 /* of a request, DER */

struct asked {
	int64_t version;
	char station[OUTBOX_STATION_MAX];
	unsigned char secret[SECRET_BYTES];
	bool has_secret;
	unsigned char request[ASKED_BYTES_MAX];
	ssize_t len;
};

int
enrol_load(const struct hub_options *options, struct ca **ca, struct err *err)
{
	struct text text = { 0 };
	int ret;

	*ca = NULL;
	if (options->ca_key == NULL)
		return 0;
	ret = handout_add(options->hand_out, &text, err);
	if (ret == 0 && strstr(text.bytes, "\"hub.pub\"") == NULL)
		ret = err_set(err, ERR_SETUP, "%s: there is no hub.pub, which "
		    "posts seal to", options->hand_out);
	text_free(&text);
	if (ret == 0)
		*ca = ca_load(options->ca, options->ca_key, err);
	return *ca != NULL ? 0 : -1;
}

/* ---- reading ------------------------------------------------------------------------ */

static bool
asked_member(struct json *json, struct slice name, struct asked *asked)
{
	struct slice slice;

	if (slice_is(name, "version"))
		return json_integer(json, &asked->version);
	if (slice_is(name, "station")) {
		if (!json_string(json, &slice) || !station_valid(slice))
			return false;
		snprintf(asked->station, sizeof(asked->station), "%.*s",
		    (int)slice.len, slice.text);
	} else if (slice_is(name, "secret")) {
		asked->has_secret = json_string(json, &slice) &&
		    hex_parse(slice.text, slice.len, asked->secret,
		    SECRET_BYTES) == SECRET_BYTES;
		return asked->has_secret;
	} else if (slice_is(name, "request")) {
		if (!json_string(json, &slice))
			return false;
		asked->len = hex_parse(slice.text, slice.len, asked->request,
		    sizeof(asked->request));
		return asked->len > 0;
	} else {
		return json_skip(json, &slice);
	}
	return true;
}

static bool
read_asked(const struct request *request, struct asked *asked,
    unsigned char key[CA_HASH_BYTES])
{
	struct slice name;
	struct json json;
	bool fine;

	*asked = (struct asked){ .len = 0 };
	json_init(&json, request->body, request->body_len);
	fine = json_open(&json, '{');
	while (fine && json_member(&json, &name))
		fine = asked_member(&json, name, asked);
	return fine && json_end(&json) && asked->version == HUB_VERSION &&
	    asked->station[0] != '\0' && asked->len > 0 &&
	    ca_request_key(asked->request, (size_t)asked->len, key);
}

/* ---- answering ----------------------------------------------------------------------- */

void
enrol_answer_ca(const struct desk *desk, struct reply *reply)
{
	unsigned char der[CA_CERTIFICATE_MAX];
	struct err err = { 0 };
	size_t len;

	if (desk->ca == NULL) {
		answer_forbid(desk, reply, "closed");
	} else if (ca_read(desk->options->server_ca, der, &len, &err) < 0) {
		answer_later(desk, reply, &err);
	} else {
		answer_begin(reply, 200, desk->now);
		text_add(&reply->text, ",\"certificate\":\"");
		text_hex(&reply->text, der, len);
		text_add(&reply->text, "\"}\n");
	}
}

/* name: JSON, or NULL. */
static void
give(const struct desk *desk, const struct asked *asked, int generation,
    const char *name, struct reply *reply)
{
	const struct ca_subject subject = { asked->station, generation,
		desk->options->days };
	unsigned char der[CA_CERTIFICATE_MAX];
	struct err err = { 0 };
	size_t len;

	if (ca_sign(desk->ca, asked->request, (size_t)asked->len, &subject,
	    desk->now, der, &len, &err) < 0) {
		answer_later(desk, reply, &err);
		return;
	}
	answer_begin(reply, 200, desk->now);
	text_add(&reply->text, ",\"station\":\"%s\"", asked->station);
	if (name != NULL)
		text_add(&reply->text, ",\"name\":%s", name);
	text_add(&reply->text, ",\"certificate\":\"");
	text_hex(&reply->text, der, len);
	text_add(&reply->text, "\"");
	if (handout_add(desk->options->hand_out, &reply->text, &err) < 0) {
		answer_later(desk, reply, &err);
		return;
	}
	text_add(&reply->text, "}\n");
	snprintf(reply->note, sizeof(reply->note),
	    "certificate for %.60s, machine %d", asked->station, generation);
}

struct used {
	char trouble[16], name[6 * SHEET_NAME_MAX];
	int generation;
};

static void
take_used(void *arg, char **fields, int count)
{
	struct used *used = arg;

	(void)count;
	snprintf(used->trouble, sizeof(used->trouble), "%s",
	    fields[0] != NULL ? fields[0] : "ticket");
	if (fields[1] != NULL)
		used->generation = atoi(fields[1]);
	snprintf(used->name, sizeof(used->name), "%s",
	    fields[2] != NULL && strlen(fields[2]) < sizeof(used->name) ?
	    fields[2] : "\"\"");
}

static void
use_ticket(const struct desk *desk, const struct asked *asked,
    const unsigned char key[CA_HASH_BYTES], struct reply *reply)
{
	struct used used = { .trouble = "ticket" };
	unsigned char hash[CA_HASH_BYTES];
	struct err err = { 0 };

	ca_hash(asked->secret, SECRET_BYTES, hash);
	if (db_call(desk->db, "SELECT * FROM hub.ticket_use($1,$2,$3)",
	    (const struct db_value[]){
		db_text(asked->station),
		{ PG_BYTEA, hash, sizeof(hash) },
		{ PG_BYTEA, key, CA_HASH_BYTES } }, 3, take_used, &used,
	    &err) < 0)
		answer_later(desk, reply, &err);
	else if (used.trouble[0] != '\0')
		answer_forbid(desk, reply, used.trouble);
	else
		give(desk, asked, used.generation, used.name, reply);
}

void
enrol_answer_ticket(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	unsigned char key[CA_HASH_BYTES];
	struct asked asked;

	if (desk->ca == NULL)
		answer_forbid(desk, reply, "closed");
	else if (!read_asked(request, &asked, key) || !asked.has_secret)
		answer_error(reply, desk->now, 400, "form",
		    "no request for a certificate");
	else
		use_ticket(desk, &asked, key, reply);
	explicit_bzero(&asked, sizeof(asked));
}

static void
take_trouble(void *arg, char **fields, int count)
{
	(void)count;
	snprintf(arg, 16, "%s", fields[0] != NULL ? fields[0] : "unknown");
}

void
enrol_answer_renew(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	uint32_t generation = htobe32((uint32_t)request->generation);
	unsigned char key[CA_HASH_BYTES];
	char trouble[16] = "unknown";
	struct asked asked;
	struct err err = { 0 };

	if (desk->ca == NULL)
		answer_forbid(desk, reply, "closed");
	else if (!read_asked(request, &asked, key))
		answer_error(reply, desk->now, 400, "form",
		    "no request for a certificate");
	else if (strcmp(asked.station, request->station) != 0)
		answer_forbid(desk, reply, "station");
	else if (db_call(desk->db, "SELECT hub.station_trouble($1,$2)",
	    (const struct db_value[]){
		db_text(asked.station),
		{ PG_INT4, &generation, sizeof(generation) } }, 2,
	    take_trouble, trouble, &err) < 0)
		answer_later(desk, reply, &err);
	else if (trouble[0] != '\0')
		answer_forbid(desk, reply, trouble);
	else
		give(desk, &asked, request->generation, NULL, reply);
}
