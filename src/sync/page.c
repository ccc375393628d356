/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page - the status page of the post, which is left at the hub with each
 * sync, and those of all posts for one that may see them.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define STATIONS_TURNS_MAX 1000 /* of 50 posts */

/* ---- leaving it ------------------------------------------------------------------------ */

void
page_leave(struct client *s)
{
	struct text body = { .len = 0 };
	struct http_request request = { .path = "/v1/status" };
	struct http_reply reply;
	char *page = malloc(ASK_PAGE_MAX);
	unsigned char *squeezed;
	size_t n;

	if (page == NULL)
		mem_none();
	n = ask_page(&s->ask, page);
	if (n > 0) {
		text_printf(&body, "{\"version\":1,\"program\":\"%s\","
		    "\"station\":", PACKAGE_VERSION);
		text_json(&body, s->conf->id);
		text_printf(&body, ",\"status\":");
		text_add(&body, page, n);
		text_add(&body, "}", 1);
		squeezed = squeeze(body.bytes, body.len, &request.len);
		request.body = (char *)squeezed;
		request.deflated = true;
		/* Whether it was heard matters to nobody here. */
		http_send(s->http, &request, &reply);
		free(reply.body);
		free(squeezed);
		text_free(&body);
	}
	free(page);
}

/* ---- those of all posts --------------------------------------------------------------------- */

/* 1: there are more, behind `after`. */
static int
show_some(struct http *http, char after[OUTBOX_STATION_MAX],
    struct err *err)
{
	char path[OUTBOX_STATION_MAX + 32], detail[SYNC_WORDS_MAX];
	struct http_request request = { .path = path };
	struct reply *reply = calloc(1, sizeof(*reply)); /* large */
	char words[SYNC_WORDS_MAX];
	enum trouble trouble;
	struct http_reply raw;
	int ret;

	if (reply == NULL)
		mem_none();
	snprintf(path, sizeof(path), "/v1/stations?after=%s", after);
	http_send(http, &request, &raw);
	if (judge(&raw, reply, &trouble, detail) == JUDGE_TAKEN) {
		ret = stations_print(raw.body, raw.len, after, stdout, err);
	} else {
		trouble_print(trouble != TROUBLE_NONE ? trouble : TROUBLE_LIE,
		    detail, words);
		ret = err_set(err, trouble_row(trouble)->kind != ERR_NONE ?
		    trouble_row(trouble)->kind : ERR_RETRY, "%s", words);
	}
	free(raw.body);
	free(reply);
	return ret;
}

int
page_show_all(const struct conf *conf)
{
	char after[OUTBOX_STATION_MAX] = "";
	struct err err = { 0 };
	struct http *http = NULL;
	int more = -1;

	if (client_check_hub(conf, &err) == 0) {
		fence_pages(conf);
		http = http_new(&conf->hub, NULL, NULL, &err);
		more = http != NULL ? 1 : -1;
	}
	for (int turn = 0; more > 0 && turn < STATIONS_TURNS_MAX; turn++)
		more = show_some(http, after, &err);
	http_free(http);
	if (more >= 0)
		return EX_OK;
	fprintf(stderr, "chot-sync: %s\n", err.text);
	return err_exit_status(&err);
}
