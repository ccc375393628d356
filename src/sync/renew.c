/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * renew - a new certificate at two thirds of the life of the old one, for
 * the same key, so that one rename puts it in place. The old one stays until
 * the hub has answered to the new one, and beside it afterwards.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RENEW_AGAIN_MS (3600 * 1000) /* after one that failed */

bool
renew_due(int64_t from, int64_t until, int64_t at)
{
	return until > from && at >= from + (until - from) / 3 * 2;
}

/* The hub's answer to the new one says whether it is worth anything. */
static int
try_new(struct client *s, const char *path, struct err *err)
{
	struct conf_hub hub = s->conf->hub;
	struct join_answer *answer = calloc(1, sizeof(*answer));
	struct http *http;
	int ret = -1;

	if (answer == NULL)
		mem_none();
	snprintf(hub.certificate, sizeof(hub.certificate), "%s", path);
	http = http_new(&hub, NULL, NULL, err);
	if (http != NULL)
		ret = join_exchange(http, "/v1/time", NULL, answer, err);
	http_free(http);
	free(answer);
	return ret;
}

static int
put_in_place(struct client *s, const char *path, struct err *err)
{
	const char *now = s->conf->hub.certificate;
	char old[SYNC_PATH_MAX];

	snprintf(old, sizeof(old), "%s.old", now);
	unlink(old);
	if (link(now, old) != 0 || rename(path, now) != 0)
		return err_set(err, ERR_RETRY, _("%s: cannot be written"), now);
	return 0;
}

static int
renew(struct client *s, struct err *err)
{
	const struct conf_hub *hub = &s->conf->hub;
	struct join_answer *answer = calloc(1, sizeof(*answer));
	struct text body = { .len = 0 };
	char path[CONF_PATH_MAX + 8];
	int ret;

	if (answer == NULL)
		mem_none();
	snprintf(path, sizeof(path), "%s.next", hub->certificate);
	ret = join_request(&body, s->conf->id, NULL, hub->key, err);
	if (ret == 0)
		ret = join_exchange(s->http, "/v1/renew", &body, answer, err);
	if (ret == 0)
		ret = tls_check_new(answer->certificate, answer->len,
		    hub->key, s->conf->id, err);
	if (ret == 0)
		ret = tls_write_certificate(path, answer->certificate,
		    answer->len, err);
	if (ret == 0 && try_new(s, path, err) < 0) {
		unlink(path);
		ret = err_within(err, "%s", _("the new certificate"));
	}
	if (ret == 0)
		ret = put_in_place(s, path, err);
	if (ret == 0)
		ret = join_keep_files(s->conf->state, answer, err);
	text_free(&body);
	free(answer);
	return ret;
}

void
renew_when_due(struct client *s)
{
	int64_t from, until, now_ms = loop_now_ms(s->loop);
	struct err err = { 0 };

	if (now_ms < s->renew_after_ms || s->result.hub_ms == 0 ||
	    tls_life(s->conf->hub.certificate, &from, &until, NULL) < 0 ||
	    !renew_due(from, until, s->result.hub_ms / 1000))
		return;
	s->renew_after_ms = now_ms + RENEW_AGAIN_MS;
	if (renew(s, &err) < 0) {
		log_line(s->result.hub_ms / 1000, LOG_LEVEL_WARN,
		    "certificate not renewed: %s", err.text);
		return;
	}
	/* The connection shows the old one. */
	http_free(s->http);
	s->http = http_new(&s->conf->hub, client_tick, s, &err);
	if (s->http == NULL)
		mem_none();
	log_line(s->result.hub_ms / 1000, LOG_LEVEL_INFO,
	    "certificate renewed");
}
