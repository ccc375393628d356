/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages - the status pages of posts: each leaves its own, and those that may
 * watch get all. What of a page is kept the database says.
 */
#include "parts.h"

#include <endian.h>
#include <string.h>

#define TIME_BYTES 21 /* 2021-10-15T03:04:05Z */

struct status_page {
	int64_t version;
	char station[OUTBOX_STATION_MAX], program[PROGRAM_MAX];
	char made[TIME_BYTES]; /* of one by stick, else "" */
	struct slice page;
};

static bool
take_made(struct slice slice, struct status_page *page)
{
	int64_t at;

	if (slice.len >= sizeof(page->made))
		return false;
	snprintf(page->made, sizeof(page->made), "%.*s", (int)slice.len,
	    slice.text);
	return time_parse(page->made, 0, &at) == 0;
}

static bool
page_member(struct json *json, struct slice name, struct status_page *page)
{
	struct slice slice;

	if (slice_is(name, "version"))
		return json_integer(json, &page->version);
	if (slice_is(name, "status"))
		return json_skip(json, &page->page);
	if (slice_is(name, "made"))
		return json_string(json, &slice) && take_made(slice, page);
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

void
pages_answer_status(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	struct status_page page = { 0 };
	uint32_t generation = htobe32((uint32_t)request->generation);
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
		answer_forbid(desk, reply, "station");
		return;
	}
	if (db_call(desk->db, "SELECT hub.put_status($1,$2,$3,$4,$5)",
	    (const struct db_value[]){
		db_text(page.station),
		{ PG_INT4, &generation, sizeof(generation) },
		db_text(page.program),
		{ PG_TEXT, page.page.text, page.page.len },
		db_text(page.made) }, 5,
	    take_word, word, &err) < 0) {
		answer_later(desk, reply, &err);
	} else if (strcmp(word, "form") == 0) {
		answer_error(reply, desk->now, 400, "form", "no status page");
	} else if (word[0] != '\0') {
		answer_forbid(desk, reply, word);
	} else {
		answer_begin(reply, 200, desk->now);
		text_add(&reply->text, "}\n");
	}
}

/* ---- all posts ------------------------------------------------------------------------- */

struct stations {
	const struct desk *desk;
	struct reply *reply;
};

static void
take_stations(void *arg, char **fields, int count)
{
	const struct stations *s = arg;
	struct text *text = &s->reply->text;

	(void)count;
	if (fields[0] == NULL || fields[0][0] != '\0') {
		answer_forbid(s->desk, s->reply,
		    fields[0] != NULL ? fields[0] : "unknown");
		return;
	}
	answer_begin(s->reply, 200, s->desk->now);
	text_add(text, ",\"stations\":%s", fields[1]);
	if (fields[2] != NULL)
		text_add(text, ",\"next\":\"%s\"", fields[2]);
	text_add(text, "}\n");
}

void
pages_answer_stations(const struct desk *desk, const struct request *request,
    struct reply *reply)
{
	uint32_t generation = htobe32((uint32_t)request->generation);
	const char *after = request->after != NULL ? request->after : "";
	struct stations stations = { desk, reply };
	struct err err = { 0 };

	if (after[0] != '\0' && !station_valid((struct slice){ after,
	    strlen(after) }))
		answer_error(reply, desk->now, 400, "form", "not a station");
	else if (db_call(desk->db, "SELECT * FROM hub.station_pages($1,$2,$3)",
	    (const struct db_value[]){
		db_text(request->station),
		{ PG_INT4, &generation, sizeof(generation) },
		db_text(after) }, 3, take_stations,
	    &stations, &err) < 0)
		answer_later(desk, reply, &err);
}
