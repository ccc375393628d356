/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http - requests in, replies out, by libmicrohttpd inside our poll loop.
 *
 * A request is looked at before its body is read: without a certificate, to
 * nowhere or announced as too long, it is refused at once. All that a peer
 * can make us hold is bounded: connections, bytes a request, bytes of all.
 */
#include "parts.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define CONNECTION_BYTES (32u << 10) /* headers and buffers of one */
#define IDLE_S 65                    /* a post comes every 60 s */
#define UPLOAD_MS (120 * 1000)       /* a body takes no longer */
#define UPLOADS_MAX (128u << 20)     /* bytes of all bodies being read */
#define UPLOAD_FIRST (16u << 10)     /* bytes held for one to begin with */
#define STRANGERS_S 5                /* requests without a certificate a second */
#define STRANGERS_BURST 50

struct http {
	struct http_setup setup;
	struct MHD_Daemon *daemon;
	int epoll_fd, timer;
	size_t exchanges; /* requests begun and not completed */
	size_t uploads;   /* bytes held for them */
	int64_t strangers_ms; /* when one more of them may ask */
};

struct exchange {
	struct http *http;
	int64_t began_ms;
	bool replied, too_long, too_many;
	struct peer peer; /* station "" when nobody showed a certificate */
	size_t most;      /* bytes of the body */
	char *body;
	size_t len, size;
	size_t dropped; /* bytes beyond the limit */
	char line[256]; /* for the log */
};

static void turn(void *arg);

static int64_t
now(const struct http *http)
{
	return loop_wall(http->setup.loop);
}

/* ---- replies ----------------------------------------------------------------------- */

static enum MHD_Result
send_reply(struct exchange *x, struct MHD_Connection *connection,
    const char *method, const char *path, struct reply *reply)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    reply->text.len, reply->text.bytes, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result ret;
	char seconds[16];

	if (response == NULL)
		mem_none();
	MHD_add_response_header(response, "Content-Type", "application/json");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	snprintf(seconds, sizeof(seconds), "%d", reply->retry_after_s);
	if (reply->retry_after_s > 0)
		MHD_add_response_header(response, "Retry-After", seconds);
	ret = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	x->replied = true;
	snprintf(x->line, sizeof(x->line), "%s %.8s %.64s %u%s%s",
	    x->peer.station[0] != '\0' ? x->peer.station : "-", method, path,
	    reply->status, reply->note[0] != '\0' ? ", " : "", reply->note);
	text_free(&reply->text);
	return ret;
}

static enum MHD_Result
send_error(struct exchange *x, struct MHD_Connection *connection,
    const char *method, const char *path, unsigned status, const char *error,
    const char *detail)
{
	struct reply reply = { 0 };

	answer_error(&reply, now(x->http), status, error, detail);
	return send_reply(x, connection, method, path, &reply);
}

static enum MHD_Result
send_busy(struct exchange *x, struct MHD_Connection *connection,
    const char *method, const char *path)
{
	return send_error(x, connection, method, path, 503, "later",
	    "too many requests at once");
}

/* ---- who asks ---------------------------------------------------------------------------- */

struct header_seen {
	const char *name, *value;
	int count;
};

static enum MHD_Result
see_header(void *arg, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct header_seen *seen = arg;

	(void)kind;
	if (strcasecmp(key, seen->name) == 0) {
		seen->value = value;
		seen->count++;
	}
	return MHD_YES;
}

/* The proxy has verified the certificate, and it alone can connect. */
static bool
told_by_proxy(struct exchange *x, struct MHD_Connection *connection)
{
	struct header_seen seen = { .name = x->http->setup.options->header };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, see_header,
	    &seen);
	return seen.count == 1 && seen.value != NULL &&
	    subject_peer(seen.value, &x->peer);
}

static bool
told_by_tls(struct exchange *x, struct MHD_Connection *connection,
    char why[ERR_TEXT_MAX])
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info != NULL && info->tls_session != NULL &&
	    peer_read(info->tls_session, &x->peer, why);
}

static bool
identify(struct exchange *x, struct MHD_Connection *connection)
{
	char why[ERR_TEXT_MAX] = "no subject from the proxy";
	bool known = x->http->setup.options->proxy != NULL ?
	    told_by_proxy(x, connection) : told_by_tls(x, connection, why);

	if (!known) {
		x->peer.station[0] = '\0';
		log_line(now(x->http), LOG_LEVEL_WARN, "refused: %s", why);
	}
	return known;
}

/* ---- a request ------------------------------------------------------------------------------ */

static bool
announced_too_long(const struct exchange *x, struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection,
	    MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return length != NULL &&
	    (strlen(length) > 9 || atol(length) > (long)x->most);
}

/* A bucket that leaks: whoever has no certificate may not keep us busy. */
static bool
strangers_too_many(struct http *http)
{
	int64_t now_ms = loop_now_ms(http->setup.loop);
	int64_t full_ms = now_ms + STRANGERS_BURST * 1000 / STRANGERS_S;

	if (http->strangers_ms < now_ms)
		http->strangers_ms = now_ms;
	if (http->strangers_ms >= full_ms)
		return true;
	http->strangers_ms += 1000 / STRANGERS_S;
	return false;
}

static enum MHD_Result
begin(struct exchange *x, struct MHD_Connection *connection,
    const char *method, const char *path)
{
	bool allowed;
	enum route route = answer_route(method, path, &allowed);

	if (route == ROUTE_NONE)
		return send_error(x, connection, method, path, 404, "path",
		    "nothing here");
	if (!allowed)
		return send_error(x, connection, method, path, 405, "method",
		    "not with this method");
	x->most = answer_is_open(route) ? OPEN_REQUEST_MAX : REQUEST_MAX;
	if (answer_is_open(route)) {
		if (strangers_too_many(x->http))
			return send_error(x, connection, method, path, 429,
			    "later", "too many ask at once");
	} else if (!identify(x, connection))
		return send_error(x, connection, method, path, 401,
		    "certificate", "no valid client certificate of a post");
	if (announced_too_long(x, connection))
		return send_error(x, connection, method, path, 413, "long",
		    "too long");
	if (x->http->uploads + UPLOAD_FIRST > UPLOADS_MAX)
		return send_busy(x, connection, method, path);
	return MHD_YES;
}

static void
release(struct exchange *x)
{
	x->http->uploads -= x->size;
	free(x->body);
	x->body = NULL;
	x->size = x->len = 0;
}

/* Many that began with little may all grow: then some make room for others. */
static void
keep(struct exchange *x, const char *bytes, size_t n)
{
	size_t size = x->size > 0 ? x->size : UPLOAD_FIRST;

	while (size < x->len + n)
		size *= 2;
	if (x->http->uploads + (size - x->size) > UPLOADS_MAX) {
		x->too_many = true;
		release(x);
		return;
	}
	x->body = mem_retake(x->body, size);
	x->http->uploads += size - x->size;
	x->size = size;
	memcpy(x->body + x->len, bytes, n);
	x->len += n;
}

/* A reply can only be given once the body has come, or not begun to. */
static enum MHD_Result
more(struct exchange *x, const char *bytes, size_t *n)
{
	if (loop_now_ms(x->http->setup.loop) - x->began_ms > UPLOAD_MS)
		return MHD_NO;
	if (*n > x->most - x->len)
		x->too_long = true;
	if (x->too_long || x->too_many || x->replied)
		x->dropped += *n; /* refused: let it go by, but not for ever */
	else
		keep(x, bytes, *n);
	*n = 0;
	return x->dropped > REQUEST_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result
finish(struct exchange *x, struct MHD_Connection *connection,
    const char *method, const char *path)
{
	const struct http_setup *setup = &x->http->setup;
	struct reply reply = { 0 };
	struct desk desk = { setup->db, setup->keys, setup->options,
		setup->signer, now(x->http) };
	struct request request = { .method = method, .path = path,
		.encoding = MHD_lookup_connection_value(connection,
		    MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_ENCODING),
		.station = x->peer.station, .generation = x->peer.generation,
		.after = MHD_lookup_connection_value(connection,
		    MHD_GET_ARGUMENT_KIND, "after"),
		.since = MHD_lookup_connection_value(connection,
		    MHD_GET_ARGUMENT_KIND, "since"),
		.body = x->body != NULL ? x->body : "", .body_len = x->len };

	if (x->too_long)
		return send_error(x, connection, method, path, 413, "long",
		    "too long");
	if (x->too_many)
		return send_busy(x, connection, method, path);
	answer(&desk, &request, &reply);
	return send_reply(x, connection, method, path, &reply);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *bytes, size_t *n,
    void **state)
{
	struct http *http = arg;
	struct exchange *x = *state;

	(void)version;
	if (x == NULL) {
		x = calloc(1, sizeof(*x));
		if (x == NULL)
			mem_none();
		x->http = http;
		x->began_ms = loop_now_ms(http->setup.loop);
		http->exchanges++;
		*state = x;
		return begin(x, connection, method, path);
	}
	if (*n > 0)
		return more(x, bytes, n);
	return x->replied ? MHD_YES : finish(x, connection, method, path);
}

static void
on_completed(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct http *http = arg;
	struct exchange *x = *state;

	(void)connection;
	if (x == NULL)
		return;
	if (x->line[0] != '\0')
		log_line(now(http), LOG_LEVEL_INFO, "%s%s", x->line,
		    how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" :
		    " (the peer did not hear it)");
	else
		log_line(now(http), LOG_LEVEL_INFO, "%s gone in a request",
		    x->peer.station[0] != '\0' ? x->peer.station : "-");
	http->exchanges--;
	release(x);
	free(x);
	*state = NULL;
}

/* ---- connections ------------------------------------------------------------------------------ */

/* Behind a proxy nobody else is listened to. */
static enum MHD_Result
on_accept(void *arg, const struct sockaddr *address, socklen_t len)
{
	const struct http *http = arg;
	const char *proxy = http->setup.options->proxy;
	char peer[SOCKET_PEER_MAX];

	(void)len;
	if (proxy == NULL)
		return MHD_YES;
	socket_peer(address, peer);
	if (strcmp(peer, proxy) == 0)
		return MHD_YES;
	log_line(now(http), LOG_LEVEL_WARN, "refused: %s is not the proxy",
	    peer);
	return MHD_NO;
}

static void
on_log(void *arg, const char *format, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	text[strcspn(text, "\n")] = '\0';
	log_line(now(arg), LOG_LEVEL_WARN, "http: %s", text);
}

/* ---- in the loop ----------------------------------------------------------------------------------- */

static void
plan(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	loop_cancel(http->setup.loop, http->timer);
	http->timer = 0;
	if (MHD_get_timeout(http->daemon, &ms) == MHD_YES)
		http->timer = loop_at(http->setup.loop,
		    loop_now_ms(http->setup.loop) + (int64_t)ms, turn, http);
}

static void
turn(void *arg)
{
	struct http *http = arg;

	http->timer = 0;
	MHD_run(http->daemon);
	/* At its limit it stops to listen, and only here begins again: were
	 * all its peers gone at once, nothing else would call it. */
	MHD_run(http->daemon);
	plan(http);
}

static void
on_readable(void *arg, int fd, short revents)
{
	(void)fd;
	(void)revents;
	turn(arg);
}

static struct MHD_Daemon *
start_daemon(struct http *http)
{
	const struct http_setup *setup = &http->setup;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, setup->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, setup->key },
		{ MHD_OPTION_HTTPS_MEM_TRUST, 0, setup->ca },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3" },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	bool proxy = setup->options->proxy != NULL;

	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
	    (proxy ? 0 : MHD_USE_TLS), 0, on_accept, http, on_request, http,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, http,
	    MHD_OPTION_LISTEN_SOCKET, setup->listen_fd,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	    MHD_OPTION_ARRAY, proxy ? none : tls, MHD_OPTION_END);
}

struct http *
http_start(const struct http_setup *setup, struct err *err)
{
	struct http *http = calloc(1, sizeof(*http));
	const union MHD_DaemonInfo *info;

	if (http == NULL)
		mem_none();
	http->setup = *setup;
	http->daemon = start_daemon(http);
	if (http->daemon == NULL) {
		free(http);
		err_set(err, ERR_SETUP,
		    "cannot serve: certificate, key or CA is not usable");
		return NULL;
	}
	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || loop_watch(setup->loop, info->epoll_fd, POLLIN,
	    on_readable, http, err) < 0) {
		MHD_stop_daemon(http->daemon);
		free(http);
		return NULL;
	}
	http->epoll_fd = info->epoll_fd;
	plan(http);
	return http;
}

void
http_quiesce(struct http *http)
{
	int fd = MHD_quiesce_daemon(http->daemon);

	if (fd >= 0)
		close(fd);
}

bool
http_busy(const struct http *http)
{
	return http->exchanges > 0;
}

void
http_stop(struct http *http)
{
	loop_drop(http->setup.loop, http->epoll_fd);
	loop_cancel(http->setup.loop, http->timer);
	MHD_stop_daemon(http->daemon);
	free(http);
}
