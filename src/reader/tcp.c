/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp - a serial device server: HOST:PORT, or [HOST]:PORT.
 */
#include "parts.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that lost its power says nothing: find out after about 20 s. */
#define KEEP_IDLE_S 10
#define KEEP_EVERY_S 3
#define KEEP_TIMES 3

static void
keep_alive(int fd)
{
	const struct {
		int level, name, value;
	} all[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEP_TIMES },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};

	for (size_t i = 0; i < nitems(all); i++)
		setsockopt(fd, all[i].level, all[i].name, &all[i].value,
		    sizeof(all[i].value));
}

/* Splits at the last colon and takes brackets off. */
static int
split(const char *path, char host[CONF_DEVICE_MAX], const char **port,
    struct err *err)
{
	const char *colon = strrchr(path, ':');
	size_t n;

	if (colon == NULL || colon == path || colon[1] == '\0')
		return err_set(err, ERR_SETUP, "tcp: needs HOST:PORT");
	n = (size_t)(colon - path);
	if (path[0] == '[' && path[n - 1] == ']') {
		path++;
		n -= 2;
	}
	memcpy(host, path, n);
	host[n] = '\0';
	*port = colon + 1;
	return 0;
}

int
tcp_open(const char *path, struct link *link, struct err *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[CONF_DEVICE_MAX];
	const char *port = NULL;
	int fd, failed;

	if (split(path, host, &port, err) < 0)
		return -1;
	/* A name may take its time: a reader is a process of its own. */
	failed = getaddrinfo(host, port, &hints, &found);
	if (failed != 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    gai_strerror(failed));
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (fd >= 0)
		keep_alive(fd);
	if (fd < 0 || (connect(fd, found->ai_addr, found->ai_addrlen) != 0 &&
	    errno != EINPROGRESS)) {
		err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		freeaddrinfo(found);
		return -1;
	}
	freeaddrinfo(found);
	*link = (struct link){ .fd = fd, .connecting = true };
	return 0;
}
