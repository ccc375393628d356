/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer - requests of posts to replies (contrib/hub/openapi.yaml). Knows
 * neither HTTP's wire nor SQL.
 */
#include "parts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RETRY_AFTER_S 10

static const struct {
	const char *method, *path;
	enum route route;
} routes[] = {
	{ "GET", "/v1/time", ROUTE_TIME },
	{ "POST", "/v1/records", ROUTE_RECORDS },
	{ "GET", "/v1/register", ROUTE_REGISTER },
	{ "POST", "/v1/lookup", ROUTE_LOOKUP },
	{ "POST", "/v1/status", ROUTE_STATUS },
	{ "GET", "/v1/stations", ROUTE_STATIONS },
	{ "GET", "/v1/ca", ROUTE_CA },
	{ "POST", "/v1/enrol", ROUTE_ENROL },
	{ "POST", "/v1/renew", ROUTE_RENEW },
};

enum route
answer_route(const char *method, const char *path, bool *allowed)
{
	for (size_t i = 0; i < nitems(routes); i++)
		if (strcmp(routes[i].path, path) == 0) {
			*allowed = strcmp(routes[i].method, method) == 0;
			return routes[i].route;
		}
	*allowed = false;
	return ROUTE_NONE;
}

bool
answer_is_open(enum route route)
{
	return route == ROUTE_CA || route == ROUTE_ENROL;
}

void
answer_begin(struct reply *reply, unsigned status, int64_t now)
{
	char time[21];

	time_print(now, time);
	reply->status = status;
	text_free(&reply->text);
	text_add(&reply->text, "{\"version\":%d,\"time\":\"%s\"", HUB_VERSION,
	    time);
}

static void
begin_error(struct reply *reply, int64_t now, const struct refusal *why)
{
	answer_begin(reply, why->status, now);
	text_add(&reply->text, ",\"error\":\"%s\",\"detail\":\"%s\"",
	    why->error, why->detail);
	if (why->seq != 0)
		text_add(&reply->text, ",\"seq\":%lld", (long long)why->seq);
	if (reply->note[0] == '\0')
		snprintf(reply->note, sizeof(reply->note), "%s: %s",
		    why->error, why->detail);
}

static void
refuse(struct reply *reply, int64_t now, const struct refusal *why)
{
	begin_error(reply, now, why);
	text_add(&reply->text, "}\n");
}

void
answer_error(struct reply *reply, int64_t now, unsigned status,
    const char *error, const char *detail)
{
	refuse(reply, now, &(struct refusal){ status, error, detail, 0 });
	if (status == 503 || status == 429)
		reply->retry_after_s = RETRY_AFTER_S;
}

void
answer_later(const struct desk *desk, struct reply *reply, const struct err *err)
{
	log_line(desk->now, LOG_LEVEL_FAULT, "%s", err->text);
	answer_error(reply, desk->now, 503, "later",
	    "the hub cannot take it now");
}

/* Why a post may not speak, as openapi.yaml's 403. */
void
answer_forbid(const struct desk *desk, struct reply *reply, const char *error)
{
	static const struct {
		const char *error, *detail;
	} details[] = {
		{ "revoked", "this post is revoked" },
		{ "unknown", "no such post here" },
		{ "watch", "this post may not see the others" },
		{ "ticket", "no such ticket of this post" },
		{ "expired", "the ticket has expired" },
		{ "used", "the ticket was used already" },
		{ "closed", "this hub makes no certificates" },
		{ "station", "the certificate is another post's" },
	};
	size_t i = 0;

	while (i + 1 < nitems(details) && strcmp(details[i].error, error) != 0)
		i++;
	answer_error(reply, desk->now, 403, details[i].error,
	    details[i].detail);
}

bool
answer_new_enough(const struct desk *desk, int64_t version, const char *program,
    struct reply *reply)
{
	const char *minimum = desk->options->minimum != NULL ? desk->options->minimum : "0";

	if (version > HUB_VERSION) {
		answer_error(reply, desk->now, 400, "version",
		    "this hub is older than the post");
		return false;
	}
	if (version == HUB_VERSION && program_compare(program, minimum) >= 0)
		return true;
	begin_error(reply, desk->now, &(struct refusal){ 426, "old",
		"the post's program is too old", 0 });
	text_add(&reply->text, ",\"minimum\":\"%s\"}\n", minimum);
	return false;
}

/* ---- records ------------------------------------------------------------------------ */

static void
add_head(const struct desk *desk, const struct batch *batch,
    const struct taken *taken, struct text *out)
{
	text_add(out, ",\"head\":{\"epoch\":\"%08x\",\"seq\":%lld,\"hash\":\"",
	    (unsigned)batch->epoch, (long long)taken->seq);
	text_hex(out, taken->hash, sizeof(taken->hash));
	text_add(out, "\"");
	keys_sign(desk->keys, batch->station, batch->epoch, taken->seq,
	    taken->hash, desk->now, out);
	text_add(out, "}");
}

/* Signed by itself: a stick carries it too. */
static void
add_fork(const struct desk *desk, const struct batch *batch,
    const struct taken *taken, struct text *out)
{
	text_add(out, ",\"fork\":{\"epoch\":\"%08x\",\"seq\":%lld",
	    (unsigned)batch->epoch, (long long)taken->fork);
	keys_sign_fork(desk->keys, batch->station, batch->epoch, taken->fork,
	    desk->now, out);
	text_add(out, "}");
}

static void
reply_taken(const struct desk *desk, const struct batch *batch,
    const struct taken *taken, struct reply *reply)
{
	if (taken->outcome == OUTCOME_FORK) {
		begin_error(reply, desk->now, &(struct refusal){ 409, "fork",
			"another record is held at this seq", taken->fork });
		add_head(desk, batch, taken, &reply->text);
		add_fork(desk, batch, taken, &reply->text);
		text_add(&reply->text, "}\n");
		reply->fork = true;
		return;
	}
	if (taken->outcome != OUTCOME_TAKEN) {
		answer_forbid(desk, reply, taken->outcome == OUTCOME_REVOKED ?
		    "revoked" : "unknown");
		return;
	}
	answer_begin(reply, 200, desk->now);
	reply->ahead = batch->count > 0 && taken->seq < batch->previous_seq;
	add_head(desk, batch, taken, &reply->text);
	text_add(&reply->text, ",\"refused\":%s}\n", taken->refused.bytes);
	snprintf(reply->note, sizeof(reply->note),
	    "%zu records, head %08x/%lld%s", batch->count,
	    (unsigned)batch->epoch, (long long)taken->seq,
	    strcmp(taken->refused.bytes, "[]") != 0 ? ", some quarantined" :
	    "");
}

static void
take_records(const struct desk *desk, const struct request *request,
    struct batch *batch, struct reply *reply)
{
	struct taken taken = { 0 };
	struct refusal why;
	struct err err = { 0 };

	if (batch_read(batch, request->body, request->body_len, &why) < 0) {
		refuse(reply, desk->now, &why);
		return;
	}
	if (!answer_new_enough(desk, batch->version, batch->program, reply))
		return;
	if (strcmp(batch->station, request->station) != 0) {
		answer_forbid(desk, reply, "station");
		return;
	}
	if (batch_check(batch, &why) < 0) {
		refuse(reply, desk->now, &why);
		return;
	}
	keys_open(desk->keys, batch);
	if (take_batch(desk->db, batch, request->generation, &taken,
	    &err) < 0 || (batch->asks && batch->count == 0 &&
	    taken.outcome == OUTCOME_TAKEN &&
	    take_refusals(desk->db, batch, &taken, &err) < 0))
		answer_later(desk, reply, &err);
	else
		reply_taken(desk, batch, &taken, reply);
	text_free(&taken.refused);
}

static void
answer_records(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct batch batch;

	take_records(desk, request, &batch, reply);
	batch_free(&batch);
}

/* ---- lists ------------------------------------------------------------------------------- */

struct pieces {
	struct reply *reply;
	const struct desk *desk;
	bool whole;
};

static void
take_pieces(void *arg, char **fields, int count)
{
	struct pieces *pieces = arg;

	(void)count;
	if (fields[0] != NULL && fields[0][0] != '\0') {
		answer_forbid(pieces->desk, pieces->reply, fields[0]);
	} else if (fields[1] != NULL && fields[2] != NULL) {
		answer_begin(pieces->reply, 200, pieces->desk->now);
		text_add(&pieces->reply->text,
		    ",\"latest\":%s,\"pieces\":%s}\n", fields[1],
		    fields[2]);
	} else {
		return;
	}
	pieces->whole = true;
}

/* Behind which piece? Without a number behind none. */
static bool
read_since(const char *text, int64_t *since)
{
	size_t n = text != NULL ? strspn(text, "0123456789") : 0;

	*since = n > 0 && n < 18 ? strtoll(text, NULL, 10) : 0;
	return text == NULL || (n > 0 && n < 18 && text[n] == '\0');
}

static void
answer_register(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct pieces pieces = { .reply = reply, .desk = desk };
	struct err err = { 0 };
	uint64_t place;
	uint32_t generation = htobe32((uint32_t)request->generation);
	int64_t since;

	if (!read_since(request->since, &since)) {
		answer_error(reply, desk->now, 400, "form",
		    "since is a number");
		return;
	}
	place = htobe64((uint64_t)since);
	if (db_call(desk->db, "SELECT trouble, latest, pieces FROM "
	    "hub.register_since($1, $2, $3)", (const struct db_value[]){
		db_text(request->station),
		{ PG_INT4, &generation, sizeof(generation) },
		{ PG_INT8, &place, sizeof(place) } }, 3, take_pieces, &pieces,
	    &err) < 0)
		answer_later(desk, reply, &err);
	else if (!pieces.whole)
		answer_error(reply, desk->now, 503, "later",
		    "the hub cannot answer it now");
}

/* ---- all -------------------------------------------------------------------------------------- */

static void
answer_plain(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	bool allowed;

	switch (answer_route(request->method, request->path, &allowed)) {
	case ROUTE_RECORDS:
		answer_records(desk, request, reply);
		break;
	case ROUTE_REGISTER:
		answer_register(desk, request, reply);
		break;
	case ROUTE_LOOKUP:
		question_answer(desk, request, reply);
		break;
	case ROUTE_STATUS:
		pages_answer_status(desk, request, reply);
		break;
	case ROUTE_STATIONS:
		pages_answer_stations(desk, request, reply);
		break;
	case ROUTE_CA:
		enrol_answer_ca(desk, reply);
		break;
	case ROUTE_ENROL:
		enrol_answer_ticket(desk, request, reply);
		break;
	case ROUTE_RENEW:
		enrol_answer_renew(desk, request, reply);
		break;
	default:
		answer_begin(reply, 200, desk->now);
		text_add(&reply->text, "}\n");
	}
}

void
answer(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct request inflated = *request;
	struct err err = { 0 };
	char *bytes;
	bool allowed;

	/* Nothing is inflated for a stranger. */
	if (request->encoding != NULL && request->body_len > 0 &&
	    answer_is_open(answer_route(request->method, request->path,
	    &allowed))) {
		answer_error(reply, desk->now, 415, "encoding",
		    "plain JSON is what is taken here");
		return;
	}
	if (request->encoding == NULL || request->body_len == 0) {
		answer_plain(desk, request, reply);
		return;
	}
	if (strcasecmp(request->encoding, "deflate") != 0) {
		answer_error(reply, desk->now, 415, "encoding",
		    "deflate is what this hub takes");
		return;
	}
	bytes = inflate_body(request->body, request->body_len, INFLATED_MAX,
	    &inflated.body_len, &err);
	if (bytes == NULL) {
		bool longer = err.kind == ERR_USAGE;

		answer_error(reply, desk->now, longer ? 413 : 400,
		    longer ? "long" : "form", longer ? "too long" :
		    "not deflated");
		return;
	}
	inflated.body = bytes;
	answer_plain(desk, &inflated, reply);
	free(bytes);
}
