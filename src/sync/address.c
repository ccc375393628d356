/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - whether this post has any address but those that every machine
 * has. Asked of the kernel by hand: getifaddrs() binds its socket, which a
 * fenced process may not.
 */
#include "parts.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES 16384

/* 1: there is one, 0: go on, -1: that was all. */
static int
look(const char *bytes, size_t n)
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
				return 1;
		}
		len = NLMSG_ALIGN(head.nlmsg_len);
		if (len >= n)
			return 0;
		bytes += len;
		n -= len;
	}
	return 0;
}

static bool
ask(int fd)
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

	if (send(fd, &question, question.head.nlmsg_len, 0) < 0)
		return true; /* nobody knows */
	while (found == 0) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		if (n <= 0)
			return true;
		found = look(answer, (size_t)n);
	}
	return found > 0;
}

bool
address_any(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool any = fd < 0 || ask(fd);

	if (fd >= 0)
		close(fd);
	return any;
}
