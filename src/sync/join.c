/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * join - makes this machine a post of a hub: a ticket in, key, certificate
 * and the hub's public keys in state/keys out.
 *
 * The ticket names the hub's CA by its fingerprint: it is fetched from
 * whoever answers, and the secret is told only to one that it vouches for.
 * The key is made here and never leaves.
 */
#include "parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct join {
	struct ticket ticket;
	const char *state;
	struct http *http;
	struct conf_hub hub;
	struct join_answer *answer;
};

/* ---- the ticket ------------------------------------------------------------------------ */

static bool
station_like(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._:-");

	return n > 0 && n < OUTBOX_STATION_MAX && text[n] == '\0';
}

static bool
address_like(const char *text)
{
	size_t n = strlen(text);

	if (strncmp(text, "https://", 8) != 0 || n < 9 || n >= TICKET_URL_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f || text[i] == '"' ||
		    text[i] == '\\' || text[i] == '$')
			return false;
	return true;
}

int
ticket_parse(const char *text, struct ticket *ticket, struct err *err)
{
	static const char scheme[] = "chot-enrol 1 ";
	char copy[TICKET_TEXT_MAX], *words[5], *rest = copy;
	size_t n = strlen(text);

	*ticket = (struct ticket){ .expires = 0 };
	while (n > 0 && strchr(" \r\n\t", text[n - 1]) != NULL)
		n--;
	if (n >= sizeof(copy) || strncmp(text, scheme, sizeof(scheme) - 1) != 0)
		return err_set(err, ERR_INPUT, _("not a ticket of a hub"));
	memcpy(copy, text, n);
	copy[n] = '\0';
	rest += sizeof(scheme) - 1;
	for (size_t i = 0; i < nitems(words); i++)
		words[i] = strsep(&rest, " ");
	if (rest != NULL || words[4] == NULL || !station_like(words[0]) ||
	    !address_like(words[1]) ||
	    hex_parse(words[2], strlen(words[2]), ticket->fingerprint,
	    TLS_DIGEST_BYTES) != TLS_DIGEST_BYTES || strlen(words[3]) !=
	    TICKET_SECRET_HEX || strspn(words[3], "0123456789abcdefABCDEF") !=
	    TICKET_SECRET_HEX || time_parse(words[4], 0, &ticket->expires) < 0)
		return err_set(err, ERR_INPUT,
		    _("the ticket is not whole: scan it again"));
	snprintf(ticket->station, sizeof(ticket->station), "%s", words[0]);
	snprintf(ticket->url, sizeof(ticket->url), "%s", words[1]);
	snprintf(ticket->secret, sizeof(ticket->secret), "%s", words[3]);
	explicit_bzero(copy, sizeof(copy));
	return 0;
}

/* ---- files ------------------------------------------------------------------------------- */

static int
key_file(const char *state, const char *name, char path[SYNC_PATH_MAX],
    struct err *err)
{
	return snprintf(path, SYNC_PATH_MAX, "%s/keys/%s", state, name) <
	    SYNC_PATH_MAX ? 0 : err_set(err, ERR_SETUP, _("path too long"));
}

/* What was there stays beside it, in case the new one is worth nothing. */
static int
replace(const char *state, const char *from, const char *name,
    struct err *err)
{
	char path[SYNC_PATH_MAX], old[SYNC_PATH_MAX], new[SYNC_PATH_MAX];
	char kept[64];

	snprintf(kept, sizeof(kept), "%s.old", name);
	if (key_file(state, name, path, err) < 0 ||
	    key_file(state, kept, old, err) < 0 ||
	    key_file(state, from, new, err) < 0)
		return -1;
	unlink(old);
	if (link(path, old) != 0 && access(path, F_OK) == 0)
		return err_set(err, ERR_RETRY, _("%s: cannot be kept"), path);
	return rename(new, path) == 0 ? 0 :
	    err_set(err, ERR_RETRY, _("%s: cannot be written"), path);
}

int
join_keep_files(const char *state, const struct join_answer *answer,
    struct err *err)
{
	char path[SYNC_PATH_MAX];

	for (size_t i = 0; i < answer->count; i++)
		if (key_file(state, answer->files[i].name, path, err) < 0 ||
		    file_write(path, answer->files[i].bytes,
		    answer->files[i].len, 0644, true, err) < 0)
			return -1;
	return 0;
}

/* ---- talking ------------------------------------------------------------------------------ */

/* The word of a refusal, for people. */
static const char *
refusal_words(const char *error)
{
	static const struct {
		const char *error, *words;
	} table[] = {
		{ "ticket", N_("the hub does not know this ticket: ask for a new one") },
		{ "expired", N_("the ticket has expired: ask for a new one") },
		{ "used", N_("the ticket was used on another machine: ask for a new one, and say so to the hub's people") },
		{ "closed", N_("this hub makes no certificates") },
	};

	for (size_t i = 0; i < nitems(table); i++)
		if (strcmp(table[i].error, error) == 0)
			return table[i].words;
	return NULL;
}

int
join_exchange(struct http *http, const char *path, const struct text *body,
    struct join_answer *answer, struct err *err)
{
	struct http_request request = { .path = path,
		.body = body != NULL ? body->bytes : NULL,
		.len = body != NULL ? body->len : 0 };
	struct reply *reply = calloc(1, sizeof(*reply)); /* large */
	struct http_reply raw;
	char detail[SYNC_WORDS_MAX], words[SYNC_WORDS_MAX];
	enum trouble trouble;
	int ret = -1;

	if (reply == NULL)
		mem_none();
	http_send(http, &request, &raw);
	if (judge(&raw, reply, &trouble, detail) == JUDGE_TAKEN) {
		ret = join_parse(raw.body, raw.len, answer, err);
	} else if (refusal_words(reply->error) != NULL) {
		err_set(err, ERR_DENIED, "%s", _(refusal_words(reply->error)));
	} else {
		trouble_print(trouble != TROUBLE_NONE ? trouble : TROUBLE_LIE,
		    detail, words);
		err_set(err, trouble != TROUBLE_NONE ?
		    trouble_row(trouble)->kind : ERR_RETRY, "%s", words);
	}
	free(raw.body);
	free(reply);
	return ret;
}

static int
fetch_ca(struct join *join, struct err *err)
{
	unsigned char digest[TLS_DIGEST_BYTES];
	char path[SYNC_PATH_MAX];
	struct tls_digest *sum = tls_digest_new();
	int ret;

	/* Who that is shows by what comes. */
	http_believe_anybody(join->http, true);
	ret = join_exchange(join->http, "/v1/ca", NULL, join->answer, err);
	http_believe_anybody(join->http, false);
	tls_digest_add(sum, join->answer->certificate, join->answer->len);
	tls_digest_end(sum, digest);
	if (ret < 0)
		return -1;
	if (memcmp(digest, join->ticket.fingerprint, sizeof(digest)) != 0)
		return err_set(err, ERR_DENIED, _("what answers is not the hub "
		    "that made this ticket: somebody is in between"));
	if (key_file(join->state, "hub-ca.crt.next", path, err) < 0)
		return -1;
	if (snprintf(join->hub.ca, sizeof(join->hub.ca), "%s", path) >=
	    (int)sizeof(join->hub.ca))
		return err_set(err, ERR_SETUP, _("path too long"));
	return tls_write_certificate(path, join->answer->certificate,
	    join->answer->len, err);
}

int
join_request(struct text *body, const char *station, const char *secret,
    const char *key_path, struct err *err)
{
	unsigned char der[TLS_CERTIFICATE_MAX];
	size_t len;

	if (tls_request(key_path, station, der, &len, err) < 0)
		return -1;
	text_printf(body, "{\"version\":1,\"program\":\"%s\",\"station\":",
	    PACKAGE_VERSION);
	text_json(body, station);
	if (secret != NULL)
		text_printf(body, ",\"secret\":\"%s\"", secret);
	text_printf(body, ",\"request\":\"");
	text_hex(body, der, len);
	text_add(body, "\"}", 2);
	return 0;
}

static int
ask(struct join *join, struct err *err)
{
	char key[SYNC_PATH_MAX], cert[SYNC_PATH_MAX];
	struct text body = { .len = 0 };
	int ret = -1;

	/* One that an answer was lost for is still good: the hub knows it. */
	if (key_file(join->state, "post.key.next", key, err) < 0 ||
	    key_file(join->state, "post.crt.next", cert, err) < 0 ||
	    (access(key, F_OK) != 0 && tls_make_key(key, err) < 0))
		return -1;
	if (join_request(&body, join->ticket.station, join->ticket.secret,
	    key, err) == 0)
		ret = join_exchange(join->http, "/v1/enrol", &body,
		    join->answer, err);
	explicit_bzero(body.bytes, body.len);
	text_free(&body);
	if (ret == 0)
		ret = tls_check_new(join->answer->certificate,
		    join->answer->len, key, join->ticket.station, err);
	return ret < 0 ? -1 : tls_write_certificate(cert,
	    join->answer->certificate, join->answer->len, err);
}

static int
install(struct join *join, struct err *err)
{
	return join_keep_files(join->state, join->answer, err) < 0 ||
	    replace(join->state, "hub-ca.crt.next", "hub-ca.crt", err) < 0 ||
	    replace(join->state, "post.key.next", "post.key", err) < 0 ||
	    replace(join->state, "post.crt.next", "post.crt", err) < 0 ? -1 : 0;
}

static int
talk(struct join *join, struct err *err)
{
	int ret;

	snprintf(join->hub.url, sizeof(join->hub.url), "%s", join->ticket.url);
	join->http = http_new(&join->hub, NULL, NULL, err);
	if (join->http == NULL)
		return -1;
	ret = fetch_ca(join, err);
	http_free(join->http);
	if (ret < 0)
		return -1;
	join->http = http_new(&join->hub, NULL, NULL, err);
	if (join->http == NULL)
		return -1;
	ret = ask(join, err) < 0 || install(join, err) < 0 ? -1 : 0;
	http_free(join->http);
	return ret;
}

/* ---- telling -------------------------------------------------------------------------------- */

/* As chot.conf(5) wants it; a name may hold what its quotes would end. */
static void
print_text(const char *name, const char *value)
{
	printf("%s = \"", name);
	for (; *value != '\0'; value++)
		if (*value != '"' && *value != '\\' && *value != '$')
			putchar(*value);
	putchar('"');
}

static void
tell(const struct join *join, bool json)
{
	struct text text = { .len = 0 };
	char until[21];

	time_print(join->answer->expires, until);
	if (json) {
		text_printf(&text, "{\"station\":");
		text_json(&text, join->ticket.station);
		text_printf(&text, ",\"name\":");
		text_json(&text, join->answer->name);
		text_printf(&text, ",\"url\":");
		text_json(&text, join->ticket.url);
		text_printf(&text, ",\"keys\":\"");
		printf("%s%s/keys\",\"expires\":\"%s\"}\n", text.bytes,
		    join->state, until);
		text_free(&text);
		return;
	}
	printf(_("# this machine is %s until %s; its configuration:\n"),
	    join->ticket.station, until);
	printf("station { ");
	print_text("id", join->ticket.station);
	print_text("  name", join->answer->name);
	printf(" }\nhub { ");
	print_text("url", join->ticket.url);
	printf("  certificate = \"%s/keys/post.crt\"\n"
	    "  key = \"%s/keys/post.key\"  ca = \"%s/keys/hub-ca.crt\"\n"
	    "  seal = \"%s/keys/hub.pub\" }\n", join->state, join->state,
	    join->state, join->state);
}

int
join_run(const char *state, const char *text, bool json)
{
	struct join join = { .state = state };
	char keys[SYNC_PATH_MAX], full[PATH_MAX];
	struct err err = { 0 };
	int ret;

	join.answer = calloc(1, sizeof(*join.answer));
	if (join.answer == NULL)
		mem_none();
	ret = ticket_parse(text, &join.ticket, &err);
	if (ret == 0)
		ret = key_file(state, "", keys, &err);
	if (ret == 0)
		ret = dir_make(keys, 0700, &err);
	/* The configuration may lie anywhere: no path is relative. */
	if (ret == 0 && realpath(state, full) != NULL &&
	    strlen(full) < CONF_PATH_MAX)
		join.state = full;
	if (ret == 0) {
		fence_join(keys, join.ticket.url);
		ret = talk(&join, &err);
	}
	explicit_bzero(&join.ticket.secret, sizeof(join.ticket.secret));
	if (ret == 0)
		tell(&join, json);
	else
		fprintf(stderr, "chot-sync: %s\n", err.text);
	free(join.answer);
	return ret == 0 ? EX_OK : err_exit_status(&err);
}
