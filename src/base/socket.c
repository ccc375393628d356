/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * socket - where connections come in, and who it is that comes.
 */
#include "parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(SOCKET_PEER_MAX >= INET6_ADDRSTRLEN, "any address fits");

/* "127.0.0.1:8443" or "[::1]:8443" into its two parts. */
static int
split(const char *address, char host[64], char port[8])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon != NULL ? (size_t)(colon - address) : 0;

	if (n == 0 || strlen(colon + 1) > 5 || colon[1] == '\0')
		return -1;
	if (address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	if (n == 0 || n >= 64)
		return -1;
	memcpy(host, address, n);
	host[n] = '\0';
	strcpy(port, colon + 1);
	return 0;
}

static int
open_on(const struct addrinfo *info, int backlog)
{
	int one = 1, fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
	    listen(fd, backlog) == 0)
		return fd;
	one = errno;
	close(fd);
	errno = one;
	return -1;
}

int
socket_listen(const char *address, int backlog, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *info;
	char host[64], port[8];
	int fd;

	if (split(address, host, port) < 0 ||
	    getaddrinfo(host, port, &hints, &info) != 0)
		return err_set(err, ERR_USAGE,
		    "%s: not ADDRESS:PORT with a numeric address", address);
	fd = open_on(info, backlog);
	if (fd < 0)
		err_set(err, errno == EACCES ? ERR_DENIED : ERR_ABSENT,
		    "%s: %s", address, strerror(errno));
	freeaddrinfo(info);
	return fd;
}

void
socket_peer(const struct sockaddr *address, char out[SOCKET_PEER_MAX])
{
	static const char mapped[] = "::ffff:";
	size_t n = strlen(mapped);

	out[0] = '\0';
	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)
		    (const void *)address)->sin_addr, out, SOCKET_PEER_MAX);
	else if (address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)
		    (const void *)address)->sin6_addr, out, SOCKET_PEER_MAX);
	if (strncmp(out, mapped, n) == 0)
		memmove(out, out + n, strlen(out + n) + 1);
}
