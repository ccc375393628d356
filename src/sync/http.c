/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http - one request at a time to the hub; the one file here that knows
 * libcurl.
 *
 * HTTPS with TLS 1.3 at least, the post's certificate, the hub's CA alone;
 * no redirect is followed, no reply may grow without end. The connection
 * and the TLS session are kept for the next request.
 */
#include "parts.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_S 15L
#define TOTAL_S 120L
#define STUCK_S 30L /* without a byte going either way */

struct http {
	CURL *curl;
	char url[CONF_PATH_MAX], error[CURL_ERROR_SIZE];
	bool (*tick)(void *arg);
	void *arg;
	int64_t verify_at;
	bool proxied;
	struct text body; /* of the reply */
	bool too_long;
	int64_t retry_after_s;
};

/* ---- what went wrong ------------------------------------------------------------------ */

static enum trouble
route_trouble(const struct http *http)
{
	unsigned have = address_kinds();
	char *ip = NULL, *url = NULL;
	unsigned needs;

	if (have == 0)
		return TROUBLE_ADDRESS;
	curl_easy_getinfo(http->curl, CURLINFO_PRIMARY_IP, &ip);
	curl_easy_getinfo(http->curl, CURLINFO_EFFECTIVE_URL, &url);
	needs = address_kind(ip != NULL ? ip : "", url != NULL ? url : "");
	if ((have & needs) != 0)
		return TROUBLE_ROUTE;
	return needs == ADDRESS_IPV4 ? TROUBLE_NO_IPV4 : TROUBLE_NO_IPV6;
}

static enum trouble
connect_trouble(const struct http *http)
{
	long why = 0;

	if (http->proxied)
		return TROUBLE_PROXY;
	curl_easy_getinfo(http->curl, CURLINFO_OS_ERRNO, &why);
	if (why == ENETUNREACH || why == EHOSTUNREACH ||
	    why == EADDRNOTAVAIL)
		return route_trouble(http);
	return TROUBLE_REFUSED;
}

/* The hub's alerts say what it thinks of the post's certificate, but libcurl
 * only tells them as text. */
static enum trouble
text_trouble(const struct http *http, enum trouble otherwise)
{
	static const struct {
		const char *words;
		enum trouble trouble;
	} table[] = {
		{ "alert certificate expired", TROUBLE_OWN_EXPIRED },
		{ "alert certificate revoked", TROUBLE_OWN_REVOKED },
		{ "alert unknown ca", TROUBLE_OWN_CA },
		{ "alert bad certificate", TROUBLE_OWN_CA },
		{ "alert certificate required", TROUBLE_OWN_CA },
		{ "alert certificate unknown", TROUBLE_OWN_CA },
		{ "alert unsupported certificate", TROUBLE_OWN_CA },
		{ "alert access denied", TROUBLE_OWN_CA },
		{ "alert handshake failure", TROUBLE_OWN_CA },
		{ "subject name", TROUBLE_HUB_NAME },
		{ "wrong version number", TROUBLE_HUB_TLS },
		{ "protocol version", TROUBLE_HUB_TLS },
		{ "unsupported protocol", TROUBLE_HUB_TLS },
	};

	for (size_t i = 0; i < nitems(table); i++)
		if (strstr(http->error, table[i].words) != NULL)
			return table[i].trouble;
	return otherwise;
}

/* X509_V_ERR_...: of OpenSSL, which does not change them. */
static enum trouble
verify_trouble(const struct http *http)
{
	long why = 0;

	curl_easy_getinfo(http->curl, CURLINFO_SSL_VERIFYRESULT, &why);
	if (why == 9)
		return TROUBLE_CLOCK;
	if (why == 10)
		return TROUBLE_HUB_EXPIRED;
	return text_trouble(http, TROUBLE_HUB_CA);
}

static enum trouble
find_trouble(struct http *http, CURLcode code)
{
	long connect_status = 0;

	curl_easy_getinfo(http->curl, CURLINFO_HTTP_CONNECTCODE,
	    &connect_status);
	if (http->proxied && connect_status >= 300)
		return TROUBLE_PROXY;
	switch (code) {
	case CURLE_OK:
		return TROUBLE_NONE;
	case CURLE_COULDNT_RESOLVE_HOST:
		return address_kinds() != 0 ? TROUBLE_DNS : TROUBLE_ADDRESS;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return TROUBLE_PROXY;
	case CURLE_COULDNT_CONNECT:
		return connect_trouble(http);
	case CURLE_OPERATION_TIMEDOUT:
		return TROUBLE_TIMEOUT;
	case CURLE_PEER_FAILED_VERIFICATION:
		return verify_trouble(http);
	case CURLE_SSL_CONNECT_ERROR:
		return text_trouble(http, TROUBLE_HUB_TLS);
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
		return TROUBLE_OWN_FILE;
	case CURLE_WRITE_ERROR:
		return http->too_long ? TROUBLE_LONG : TROUBLE_OTHER;
	case CURLE_ABORTED_BY_CALLBACK:
		return TROUBLE_STOPPED;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return text_trouble(http, TROUBLE_CUT);
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return TROUBLE_NOT_HUB;
	default:
		return TROUBLE_OTHER;
	}
}

/* ---- callbacks ----------------------------------------------------------------------------- */

static size_t
on_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct http *http = arg;

	if (n * one > REPLY_BYTES_MAX - http->body.len) {
		http->too_long = true;
		return 0;
	}
	text_add(&http->body, bytes, n * one);
	return n * one;
}

static size_t
on_header(char *bytes, size_t one, size_t n, void *arg)
{
	static const char name[] = "retry-after:";
	struct http *http = arg;
	size_t at = sizeof(name) - 1;
	int64_t seconds = 0;

	n *= one;
	if (n <= at || strncasecmp(bytes, name, at) != 0)
		return n;
	while (at < n && bytes[at] == ' ')
		at++;
	for (; at < n && bytes[at] >= '0' && bytes[at] <= '9'; at++)
		if (seconds < 86400)
			seconds = seconds * 10 + (bytes[at] - '0');
	/* A date is for those who know the time. A day is the most we wait. */
	http->retry_after_s = seconds < 86400 ? seconds : 86400;
	return n;
}

static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct http *http = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return http->tick != NULL && http->tick(http->arg);
}

static CURLcode
on_context(CURL *curl, void *context, void *arg)
{
	struct http *http = arg;

	(void)curl;
	if (http->verify_at > 0)
		tls_verify_at(context, http->verify_at);
	return CURLE_OK;
}

/* ---- door ------------------------------------------------------------------------------------- */

bool
http_any_proxy(void)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < nitems(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

static int
set_options(struct http *http, const struct conf_hub *hub, struct err *err)
{
	CURL *c = http->curl;

	if (curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_3) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_CAPATH, NULL) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, on_context) !=
	    CURLE_OK)
		return err_set(err, ERR_ABSENT,
		    _("libcurl here lacks TLS 1.3 by OpenSSL"));
	curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, http);
	curl_easy_setopt(c, CURLOPT_CAINFO, hub->ca[0] != '\0' ? hub->ca :
	    NULL);
	/* A machine that is to become a post has none yet. */
	if (hub->certificate[0] != '\0') {
		curl_easy_setopt(c, CURLOPT_SSLCERT, hub->certificate);
		curl_easy_setopt(c, CURLOPT_SSLKEY, hub->key);
	}
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, TOTAL_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, STUCK_S);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "chot/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, http);
	return 0;
}

struct http *
http_new(const struct conf_hub *hub, bool (*tick)(void *arg), void *arg,
    struct err *err)
{
	struct http *http = calloc(1, sizeof(*http));
	size_t n = strlen(hub->url);

	if (http == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
	    (http->curl = curl_easy_init()) == NULL)
		mem_none();
	http->tick = tick;
	http->arg = arg;
	http->proxied = http_any_proxy();
	while (n > 0 && hub->url[n - 1] == '/')
		n--;
	snprintf(http->url, sizeof(http->url), "%.*s", (int)n, hub->url);
	if (set_options(http, hub, err) == 0)
		return http;
	http_free(http);
	return NULL;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	curl_easy_cleanup(http->curl);
	text_free(&http->body);
	free(http);
	curl_global_cleanup();
}

void
http_verify_at(struct http *http, int64_t verify_at)
{
	http->verify_at = verify_at;
}

void
http_limit(struct http *http, int64_t total_ms)
{
	curl_easy_setopt(http->curl, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)total_ms);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, (long)total_ms);
}

void
http_believe_anybody(struct http *http, bool anybody)
{
	curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYPEER, anybody ? 0L : 1L);
	curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYHOST, anybody ? 0L : 2L);
}

static struct curl_slist *
set_request(struct http *http, const struct http_request *request)
{
	struct curl_slist *headers = curl_slist_append(NULL,
	    "Accept: application/json");
	char url[2 * CONF_PATH_MAX];

	snprintf(url, sizeof(url), "%s%s", http->url, request->path);
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	if (request->body == NULL) {
		curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	} else {
		headers = curl_slist_append(headers,
		    "Content-Type: application/json");
		/* No round trip to ask whether the body is welcome. */
		headers = curl_slist_append(headers, "Expect:");
		if (request->deflated)
			headers = curl_slist_append(headers,
			    "Content-Encoding: deflate");
		curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS,
		    request->body);
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->len);
	}
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	return headers;
}

static void
take_info(struct http *http, struct http_reply *reply)
{
	curl_off_t us = 0;
	char *type = NULL;
	long status = 0;

	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(http->curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(http->curl, CURLINFO_TOTAL_TIME_T, &us);
	reply->status = (int)status;
	reply->json = type != NULL &&
	    strncasecmp(type, "application/json", 16) == 0;
	reply->took_ms = us / 1000;
	reply->retry_after_s = http->retry_after_s;
}

void
http_send(void *arg, const struct http_request *request,
    struct http_reply *reply)
{
	struct http *http = arg;
	struct curl_slist *headers = set_request(http, request);
	CURLcode code;

	*reply = (struct http_reply){ .trouble = TROUBLE_NONE };
	text_free(&http->body);
	text_add(&http->body, "", 0);
	http->too_long = false;
	http->retry_after_s = 0;
	http->error[0] = '\0';
	code = curl_easy_perform(http->curl);
	reply->trouble = find_trouble(http, code);
	if (code != CURLE_OK) {
		const char *words = http->error[0] != '\0' ? http->error :
		    curl_easy_strerror(code);

		text_clean(words, strlen(words), reply->detail,
		    sizeof(reply->detail));
	}
	take_info(http, reply);
	reply->body = http->body.bytes;
	reply->len = http->body.len;
	http->body = (struct text){ .len = 0 };
	curl_slist_free_all(headers);
	/* Borrowed pointers end here. */
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
}
