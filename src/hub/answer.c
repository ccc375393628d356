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
	{ "POST", "/v1/status", ROUTE_STATUS },
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

static void
begin(struct reply *reply, unsigned status, int64_t now)
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
	begin(reply, why->status, now);
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
	if (status == 503)
		reply->retry_after_s = RETRY_AFTER_S;
}

static void
later(const struct desk *desk, struct reply *reply, const struct err *err)
{
	log_line(desk->now, LOG_LEVEL_FAULT, "%s", err->text);
	answer_error(reply, desk->now, 503, "later",
	    "the hub cannot take it now");
}

/* Why a post may not speak, as openapi.yaml's 403. */
static void
forbid(const struct desk *desk, struct reply *reply, const char *error)
{
	static const struct {
		const char *error, *detail;
	} details[] = {
		{ "revoked", "this post is revoked" },
		{ "unknown", "no such post here" },
		{ "station", "the certificate is another post's" },
	};
	size_t i = 0;

	while (i + 1 < nitems(details) && strcmp(details[i].error, error) != 0)
		i++;
	answer_error(reply, desk->now, 403, details[i].error,
	    details[i].detail);
}

/* Version and program: false when it was refused. */
static bool
new_enough(const struct desk *desk, int64_t version, const char *program,
    struct reply *reply)
{
	const char *minimum = desk->minimum != NULL ? desk->minimum : "0";

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

static void
reply_taken(const struct desk *desk, const struct batch *batch,
    const struct taken *taken, struct reply *reply)
{
	if (taken->outcome == OUTCOME_FORK) {
		begin_error(reply, desk->now, &(struct refusal){ 409, "fork",
			"another record is held at this seq", taken->fork });
		add_head(desk, batch, taken, &reply->text);
		text_add(&reply->text, "}\n");
		return;
	}
	if (taken->outcome != OUTCOME_TAKEN) {
		forbid(desk, reply, taken->outcome == OUTCOME_REVOKED ?
		    "revoked" : "unknown");
		return;
	}
	begin(reply, 200, desk->now);
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
	if (!new_enough(desk, batch->version, batch->program, reply))
		return;
	if (strcmp(batch->station, request->station) != 0) {
		forbid(desk, reply, "station");
		return;
	}
	if (batch_check(batch, &why) < 0) {
		refuse(reply, desk->now, &why);
		return;
	}
	keys_open(desk->keys, batch);
	if (take_batch(desk->db, batch, &taken, &err) < 0)
		later(desk, reply, &err);
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

/* ---- status pages ---------------------------------------------------------------------- */

struct status_page {
	int64_t version;
	char station[OUTBOX_STATION_MAX], program[PROGRAM_MAX];
	struct slice page;
};

static bool
page_member(struct json *json, struct slice name, struct status_page *page)
{
	struct slice slice;

	if (slice_is(name, "version"))
		return json_integer(json, &page->version);
	if (slice_is(name, "status"))
		return json_skip(json, &page->page);
	if (!slice_is(name, "station") && !slice_is(name, "program"))
		return json_skip(json, &slice);
	/* Programs are named as stations are, but shorter. */
	if (!json_string(json, &slice) || !station_valid(slice))
		return false;
	if (slice_is(name, "station"))
		snprintf(page->station, sizeof(page->station), "%.*s",
		    (int)slice.len, slice.text);
	else if (slice.len < sizeof(page->program))
		snprintf(page->program, sizeof(page->program), "%.*s",
		    (int)slice.len, slice.text);
	else
		return false;
	return true;
}

static bool
read_page(const struct request *request, struct status_page *page)
{
	struct slice name;
	struct json json;
	bool fine;

	json_init(&json, request->body, request->body_len);
	fine = json_open(&json, '{');
	while (fine && json_member(&json, &name))
		fine = page_member(&json, name, page);
	return fine && json_end(&json) && page->version == HUB_VERSION &&
	    page->station[0] != '\0' && page->page.len > 0 &&
	    page->page.text[0] == '{' &&
	    utf8_valid(page->page.text, page->page.len) &&
	    memchr(page->page.text, '\0', page->page.len) == NULL;
}

static void
take_word(void *arg, char **fields, int count)
{
	(void)count;
	snprintf(arg, 16, "%s", fields[0] != NULL ? fields[0] : "?");
}

static void
answer_status(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct status_page page = { 0 };
	char word[16] = "?";
	struct err err = { 0 };

	if (!read_page(request, &page)) {
		answer_error(reply, desk->now, 400, "form", "no status page");
		return;
	}
	if (page.page.len > STATUS_MAX) {
		answer_error(reply, desk->now, 413, "long", "too long");
		return;
	}
	if (strcmp(page.station, request->station) != 0) {
		forbid(desk, reply, "station");
		return;
	}
	if (db_call(desk->db, "SELECT hub.put_status($1,$2,$3)",
	    (const struct db_value[]){
		{ PG_TEXT, page.station, strlen(page.station) },
		{ PG_TEXT, page.program, strlen(page.program) },
		{ PG_TEXT, page.page.text, page.page.len } }, 3,
	    take_word, word, &err) < 0) {
		later(desk, reply, &err);
	} else if (strcmp(word, "form") == 0) {
		answer_error(reply, desk->now, 400, "form", "no status page");
	} else if (word[0] != '\0') {
		forbid(desk, reply, word);
	} else {
		begin(reply, 200, desk->now);
		text_add(&reply->text, "}\n");
	}
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
		forbid(pieces->desk, pieces->reply, fields[0]);
	} else if (fields[1] != NULL && fields[2] != NULL) {
		begin(pieces->reply, 200, pieces->desk->now);
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
	int64_t since;

	if (!read_since(request->since, &since)) {
		answer_error(reply, desk->now, 400, "form",
		    "since is a number");
		return;
	}
	place = htobe64((uint64_t)since);
	if (db_call(desk->db, "SELECT trouble, latest, pieces FROM "
	    "hub.register_since($1, $2)", (const struct db_value[]){
		{ PG_TEXT, request->station, strlen(request->station) },
		{ PG_INT8, &place, sizeof(place) } }, 2, take_pieces, &pieces,
	    &err) < 0)
		later(desk, reply, &err);
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
	case ROUTE_STATUS:
		answer_status(desk, request, reply);
		break;
	default:
		begin(reply, 200, desk->now);
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
