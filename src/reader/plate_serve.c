/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plate_serve - takes events of cameras by HTTP, by libmicrohttpd inside our loop.
 *
 * A camera that is told "no" stops sending, some for ever: every event that
 * is short enough is thanked for, with a plate in it or not. All that a peer
 * can make us hold is bounded, and so is how long: an event that comes byte by
 * byte may not keep its connection from the next camera.
 */
#include "plates.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTIONS_MAX 8
#define IDLE_S 15       /* without a byte */
#define EVENT_MS 20000  /* from the connection, or the event before */

struct peer {
	struct MHD_Connection *connection; /* NULL: a free place */
	int64_t since_ms;
};

struct serve {
	struct serve_setup setup;
	struct MHD_Daemon *daemon;
	int epoll_fd, timer;
	struct peer peers[CONNECTIONS_MAX];
};

struct upload {
	char *body;
	size_t n, size;
	bool too_long, answered;
};

static void turn(void *arg);

static enum MHD_Result
answer(struct upload *u, struct MHD_Connection *connection, unsigned status,
    const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result done;

	if (response == NULL)
		mem_none();
	MHD_add_response_header(response, "Content-Type", "text/plain");
	done = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	u->answered = true;
	return done;
}

static void
keep(struct upload *u, const char *bytes, size_t n)
{
	if (n > PLATES_BODY_MAX - u->n)
		u->too_long = true;
	if (u->too_long)
		return;
	if (u->n + n > u->size) {
		u->size = u->size == 0 ? 16384 : u->size;
		while (u->size < u->n + n)
			u->size *= 2;
		u->body = realloc(u->body, u->size);
		if (u->body == NULL)
			mem_none();
	}
	memcpy(u->body + u->n, bytes, n);
	u->n += n;
}

static enum MHD_Result
finish(struct serve *serve, struct upload *u,
    struct MHD_Connection *connection)
{
	const char *type = MHD_lookup_connection_value(connection,
	    MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	char plate[PLATE_TEXT_MAX];

	if (u->too_long)
		return answer(u, connection, 413, "too long\n");
	if (u->n > 0 && plate_find(type != NULL ? type : "", u->body, u->n,
	    plate))
		serve->setup.plate(serve->setup.arg, plate);
	else
		serve->setup.unknown(serve->setup.arg);
	return answer(u, connection, 200, "OK\n");
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *bytes, size_t *n,
    void **state)
{
	struct upload *u = *state;

	(void)path;
	(void)version;
	if (u == NULL) {
		u = *state = calloc(1, sizeof(*u));
		if (u == NULL)
			mem_none();
		return strcmp(method, "POST") == 0 || strcmp(method, "PUT") ==
		    0 ? MHD_YES : answer(u, connection, 405,
		    "events are POSTed\n");
	}
	if (*n > 0) {
		keep(u, bytes, *n);
		*n = 0;
		return MHD_YES;
	}
	return u->answered ? MHD_YES : finish(arg, u, connection);
}

static struct peer *
find_peer(struct serve *serve, const struct MHD_Connection *connection)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (serve->peers[i].connection == connection)
			return &serve->peers[i];
	return NULL;
}

static void
on_connection(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_ConnectionNotificationCode code)
{
	struct serve *serve = arg;
	bool begun = code == MHD_CONNECTION_NOTIFY_STARTED;
	struct peer *peer = find_peer(serve, begun ? NULL : connection);

	(void)state;
	if (peer != NULL)
		*peer = (struct peer){ begun ? connection : NULL,
			loop_now_ms(serve->setup.loop) };
}

static void
on_completed(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct serve *serve = arg;
	struct peer *peer = find_peer(serve, connection);
	struct upload *u = *state;

	(void)code;
	if (peer != NULL)
		peer->since_ms = loop_now_ms(serve->setup.loop);
	if (u == NULL)
		return;
	free(u->body);
	free(u);
	*state = NULL;
}

static enum MHD_Result
on_accept(void *arg, const struct sockaddr *address, socklen_t len)
{
	const struct serve *serve = arg;
	char peer[SOCKET_PEER_MAX];

	(void)len;
	if (serve->setup.from == NULL)
		return MHD_YES;
	socket_peer(address, peer);
	return strcmp(peer, serve->setup.from) == 0 ? MHD_YES : MHD_NO;
}

/* A peer that sends nothing is ended by IDLE_S; each byte of another's comes
 * by here. */
static void
end_slow_ones(struct serve *serve)
{
	int64_t now_ms = loop_now_ms(serve->setup.loop);

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct peer *peer = &serve->peers[i];
		const union MHD_ConnectionInfo *info;

		if (peer->connection == NULL || now_ms - peer->since_ms <=
		    EVENT_MS)
			continue;
		info = MHD_get_connection_info(peer->connection,
		    MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info != NULL)
			shutdown(info->connect_fd, SHUT_RDWR);
	}
}

/* ---- in the loop ------------------------------------------------------------------- */

static void
plan(struct serve *serve)
{
	MHD_UNSIGNED_LONG_LONG ms;

	loop_cancel(serve->setup.loop, serve->timer);
	serve->timer = 0;
	if (MHD_get_timeout(serve->daemon, &ms) == MHD_YES)
		serve->timer = loop_at(serve->setup.loop,
		    loop_now_ms(serve->setup.loop) + (int64_t)ms, turn, serve);
}

static void
turn(void *arg)
{
	struct serve *serve = arg;

	serve->timer = 0;
	end_slow_ones(serve);
	MHD_run(serve->daemon);
	/* At its limit it stops to listen, and only here begins again: were
	 * all its peers gone at once, nothing else would call it. */
	MHD_run(serve->daemon);
	plan(serve);
}

static void
on_readable(void *arg, int fd, short revents)
{
	(void)fd;
	(void)revents;
	turn(arg);
}

struct serve *
serve_start(const struct serve_setup *setup, struct err *err)
{
	struct serve *serve = calloc(1, sizeof(*serve));
	const union MHD_DaemonInfo *info = NULL;

	if (serve == NULL)
		mem_none();
	serve->setup = *setup;
	serve->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, on_accept, serve,
	    on_request, serve, MHD_OPTION_LISTEN_SOCKET, setup->listen_fd,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, serve,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, serve,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
	if (serve->daemon != NULL)
		info = MHD_get_daemon_info(serve->daemon,
		    MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || loop_watch(setup->loop, info->epoll_fd, POLLIN,
	    on_readable, serve, err) < 0) {
		if (serve->daemon != NULL)
			MHD_stop_daemon(serve->daemon);
		free(serve);
		err_set(err, ERR_SETUP, "cannot serve");
		return NULL;
	}
	serve->epoll_fd = info->epoll_fd;
	plan(serve);
	return serve;
}

void
serve_stop(struct serve *serve)
{
	if (serve == NULL)
		return;
	loop_drop(serve->setup.loop, serve->epoll_fd);
	loop_cancel(serve->setup.loop, serve->timer);
	MHD_stop_daemon(serve->daemon);
	free(serve);
}
