/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - which kinds of address this post has, but for those that every
 * machine has. Asked of the kernel by hand: getifaddrs() binds its socket, which a
 * fenced process may not.
 */
#include "parts.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES 16384

/* 0: go on, -1: that was all. */
static int
look(const char *bytes, size_t n, unsigned *kinds)
{
	while (n >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		struct ifaddrmsg one;
		size_t len;

		memcpy(&head, bytes, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > n ||
		    head.nlmsg_type == NLMSG_DONE ||
		    head.nlmsg_type == NLMSG_ERROR)
			return -1;
		if (head.nlmsg_type == RTM_NEWADDR &&
		    head.nlmsg_len >= NLMSG_LENGTH(sizeof(one))) {
			memcpy(&one, bytes + NLMSG_HDRLEN, sizeof(one));
			/* Of the loopback, or good for one cable only. */
			if (one.ifa_scope < RT_SCOPE_LINK)
				*kinds |= one.ifa_family == AF_INET6 ?
				    ADDRESS_IPV6 : ADDRESS_IPV4;
		}
		len = NLMSG_ALIGN(head.nlmsg_len);
		if (len >= n)
			return 0;
		bytes += len;
		n -= len;
	}
	return 0;
}

static int
ask(int fd, unsigned *kinds)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg what;
	} question = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
		    .nlmsg_type = RTM_GETADDR,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.what = { .ifa_family = AF_UNSPEC },
	};
	char answer[ANSWER_BYTES];
	int found = 0;

	*kinds = 0;
	if (send(fd, &question, question.head.nlmsg_len, 0) < 0)
		return -1;
	while (found == 0) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		if (n <= 0)
			return -1;
		found = look(answer, (size_t)n, kinds);
	}
	return 0;
}

unsigned
address_kinds(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	unsigned kinds;

	/* Where nobody can tell, none is missing. */
	if (fd < 0 || ask(fd, &kinds) < 0)
		kinds = ADDRESS_IPV4 | ADDRESS_IPV6;
	if (fd >= 0)
		close(fd);
	return kinds;
}

/* Of the address that is tried, or of the one in an URL; a name may have
 * any. */
unsigned
address_kind(const char *ip, const char *url)
{
	const char *host = strstr(url, "://");
	size_t n;

	if (ip[0] != '\0')
		return strchr(ip, ':') != NULL ? ADDRESS_IPV6 : ADDRESS_IPV4;
	host = host != NULL ? host + 3 : url;
	if (host[0] == '[')
		return ADDRESS_IPV6;
	n = strspn(host, "0123456789.");
	return n > 0 && (host[n] == ':' || host[n] == '/' || host[n] == '\0') ?
	    ADDRESS_IPV4 : ADDRESS_IPV4 | ADDRESS_IPV6;
}
