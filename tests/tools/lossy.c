/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lossy - a bad road to a TCP server, for tests: what a kernel's netem would
 * do where there is none.
 *
 *   lossy PORT LOST CUT [SEED]
 *
 * Listens on 127.0.0.1, prints "port N", and passes on to PORT in packets of
 * 1,448 bytes. LOST of 100 are lost and come again after 200 ms, then 400,
 * as TCP has it; CUT of 1,000 take the connection with them. One connection
 * at a time, as a post has.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PACKET 1448
#define AGAIN_MS 20 /* a tenth of TCP's 200 ms: tests are in a hurry */

struct road {
	int lost, cut;
	unsigned seed;
	long passed, dropped, cuts;
};

static int
roll(struct road *road, int sides)
{
	road->seed = road->seed * 1103515245u + 12345u;
	return (int)((road->seed >> 16) % (unsigned)sides);
}

static struct sockaddr_in
here(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static bool
write_all(int fd, const char *bytes, ssize_t n)
{
	for (ssize_t at = 0, put; at < n; at += put) {
		put = write(fd, bytes + at, (size_t)(n - at));
		if (put <= 0)
			return false;
	}
	return true;
}

/* False: the connection is over. */
static bool
pass(struct road *road, int from, int to)
{
	struct timespec wait = { .tv_nsec = AGAIN_MS * 1000000L };
	char bytes[PACKET];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n <= 0)
		return false;
	if (roll(road, 1000) < road->cut) {
		road->cuts++;
		return false;
	}
	while (roll(road, 100) < road->lost) {
		road->dropped++;
		nanosleep(&wait, NULL);
		wait.tv_nsec = wait.tv_nsec < 160000000L ? 2 * wait.tv_nsec :
		    wait.tv_nsec;
	}
	road->passed++;
	return write_all(to, bytes, n);
}

static void
carry(struct road *road, int near, int port)
{
	struct sockaddr_in address = here(port);
	int far = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd fds[2] = { { near, POLLIN, 0 }, { far, POLLIN, 0 } };
	bool open = connect(far, (void *)&address, sizeof(address)) == 0;

	while (open && poll(fds, 2, -1) > 0) {
		if (fds[0].revents != 0)
			open = pass(road, near, far);
		if (open && fds[1].revents != 0)
			open = pass(road, far, near);
	}
	close(far);
}

int
main(int argc, char **argv)
{
	struct road road = { .seed = 1 };
	struct sockaddr_in address = here(0);
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0), port;

	if (argc < 4 || bind(fd, (void *)&address, sizeof(address)) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (void *)&address, &len) != 0)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	port = atoi(argv[1]);
	road.lost = atoi(argv[2]);
	road.cut = atoi(argv[3]);
	if (argc > 4)
		road.seed = (unsigned)atoi(argv[4]);
	printf("port %d\n", ntohs(address.sin_port));
	for (;;) {
		int near;

		fflush(stdout);
		near = accept(fd, NULL, NULL);
		if (near < 0)
			return 0;
		carry(&road, near, port);
		close(near);
		printf("passed %ld lost %ld cut %ld\n", road.passed,
		    road.dropped, road.cuts);
	}
}
