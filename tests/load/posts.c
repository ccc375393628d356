/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * posts - a nation's posts come back at once: each opens a connection at the
 * same moment, sends one batch, waits for the reply. Whoever has none, since
 * the hub went away meanwhile, comes back with all the others as soon as
 * somebody listens again, and sends the same.
 *
 *   posts PORT SITE.pub POSTS RECORDS
 *
 * Plain HTTP, as behind a proxy, to 127.0.0.1 alone. Prints how many came at
 * once and how long the slowest of them waited; fails when a post waits too
 * long for its reply, or it is no 200.
 */
#include "outbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY_BYTES 1150
#define SEALED_BYTES (BODY_BYTES + crypto_box_SEALBYTES)
#define WAIT_MS 30000 /* what a post waits for a reply, and all for a hub */

struct post {
	int fd;
	char *request;
	size_t len, sent;
	char reply[16]; /* its first bytes */
	size_t got;
	double done_ms; /* 0: not yet */
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
die(const char *words)
{
	fprintf(stderr, "posts: %s\n", words);
	exit(1);
}

static void
print_record(FILE *out, const char *station, const unsigned char *public,
    const char *key_id, int64_t seq, unsigned char prev[32])
{
	char body[BODY_BYTES + 1], hex[65], text[2 * SEALED_BYTES];
	unsigned char sealed[SEALED_BYTES], hash[32];
	struct outbox_item item = { .id = { 1, seq }, .at = 1634256000 + seq,
		.prev = prev, .hash = hash, .key_id = key_id, .schema = 1,
		.sealed = sealed, .sealed_len = sizeof(sealed) };
	int n = snprintf(body, sizeof(body), "{\"schema\":1,\"type\":"
	    "\"outcome\",\"of\":\"x\",\"run\":\"00000000000000aa\",\"n\":%lld,"
	    "\"station\":\"%s\",\"lane\":\"1\",\"direction\":\"in\",\"at\":"
	    "\"2021-10-15T00:00:00Z\",\"boot\":\"b\",\"monotonic_ms\":1,"
	    "\"clock\":\"held\",\"outcome\":\"passed\",\"by\":\"key\"}",
	    (long long)seq, station);

	memset(body + n, ' ', (size_t)(BODY_BYTES - n));
	if (crypto_box_seal(sealed, (const void *)body, BODY_BYTES,
	    public) != 0)
		die("the key does not seal");
	outbox_item_hash(station, &item, hash);
	sodium_bin2hex(hex, sizeof(hex), prev, 32);
	fprintf(out, "%s{\"seq\":%lld,\"at\":%lld,\"prev\":\"%s\",",
	    seq > 1 ? "," : "", (long long)seq, (long long)item.at, hex);
	sodium_bin2hex(hex, sizeof(hex), hash, 32);
	sodium_bin2base64(text, sizeof(text), sealed, sizeof(sealed),
	    sodium_base64_VARIANT_ORIGINAL);
	fprintf(out, "\"hash\":\"%s\",\"key\":\"%s\",\"schema\":1,"
	    "\"sealed\":\"%s\"}", hex, key_id, text);
	memcpy(prev, hash, 32);
}

static void
make_request(struct post *post, int number, const unsigned char *public,
    const char *key_id, int records)
{
	unsigned char prev[32] = { 0 };
	char station[32], zeros[65], *body;
	size_t body_len;
	FILE *out = open_memstream(&body, &body_len);

	snprintf(station, sizeof(station), "L-%d", number);
	sodium_bin2hex(zeros, sizeof(zeros), prev, 32);
	fprintf(out, "{\"version\":1,\"station\":\"%s\",\"epoch\":\"00000001\","
	    "\"program\":\"0.1.0\",\"previous\":{\"seq\":0,\"hash\":\"%s\"},"
	    "\"records\":[", station, zeros);
	for (int seq = 1; seq <= records; seq++)
		print_record(out, station, public, key_id, seq, prev);
	fprintf(out, "]}");
	fclose(out);
	out = open_memstream(&post->request, &post->len);
	fprintf(out, "POST /v1/records HTTP/1.1\r\nHost: hub\r\nConnection: "
	    "close\r\nX-Client-Subject: CN=%s\r\nContent-Length: %zu\r\n\r\n",
	    station, body_len);
	fwrite(body, 1, body_len, out);
	fclose(out);
	free(body);
}

/* -1: nobody listens there. */
static int
open_connection(int port, int flags)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (fd < 0)
		die(strerror(errno));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	if (errno != ECONNREFUSED)
		die(strerror(errno));
	close(fd);
	return -1;
}

static void
await_hub(int port)
{
	int fd = -1;

	for (double start = now_ms(); fd < 0; poll(NULL, 0, 20)) {
		if (now_ms() - start > WAIT_MS)
			die("no hub listens");
		fd = open_connection(port, 0);
	}
	close(fd);
}

static bool
answered(const struct post *post)
{
	return strncmp(post->reply, "HTTP/1.1 200", 12) == 0;
}

/* All that have no answer, at the same moment. Returns how many. */
static int
begin(struct post *posts, int count, int port)
{
	int begun = 0;

	for (int i = 0; i < count; i++) {
		struct post *post = &posts[i];

		post->fd = -1;
		post->done_ms = 0;
		if (answered(post))
			continue;
		post->sent = post->got = 0;
		post->fd = open_connection(port, SOCK_NONBLOCK);
		begun++;
	}
	return begun;
}

/* True when it has its reply, or never will. */
static bool
step(struct post *post, short revents)
{
	char bytes[4096];
	ssize_t n;

	if (post->sent < post->len && (revents & POLLOUT) != 0) {
		n = send(post->fd, post->request + post->sent,
		    post->len - post->sent, MSG_NOSIGNAL);
		if (n > 0)
			post->sent += (size_t)n;
		else if (errno != EAGAIN)
			return true;
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) == 0)
		return false;
	n = recv(post->fd, bytes, sizeof(bytes), 0);
	if (n <= 0)
		return n == 0 || errno != EAGAIN;
	for (ssize_t i = 0; i < n && post->got < sizeof(post->reply) - 1; i++)
		post->reply[post->got++] = bytes[i];
	return false;
}

static void
play(struct post *posts, int count)
{
	struct pollfd *polled = calloc((size_t)count, sizeof(*polled));
	double start = now_ms();
	int left = 0;

	for (int i = 0; i < count; i++)
		left += posts[i].fd >= 0;
	while (left > 0 && now_ms() - start < WAIT_MS) {
		for (int i = 0; i < count; i++)
			polled[i] = (struct pollfd){ .fd = posts[i].fd,
				.events = posts[i].sent < posts[i].len ?
				    POLLIN | POLLOUT : POLLIN };
		if (poll(polled, (nfds_t)count, 100) < 0)
			die(strerror(errno));
		for (int i = 0; i < count; i++) {
			if (polled[i].revents == 0 ||
			    !step(&posts[i], polled[i].revents))
				continue;
			close(posts[i].fd);
			posts[i].fd = -1;
			posts[i].done_ms = now_ms() - start;
			left--;
		}
	}
	free(polled);
}

/* Returns how many have no answer yet; one that came too late, or was
 * another, is none of an outage. */
static int
report(const struct post *posts, int count, int came, int records)
{
	double slowest = 0;
	int good = 0, left = 0;

	for (int i = 0; i < count; i++) {
		if (posts[i].fd >= 0)
			die("a post waited too long");
		if (posts[i].got > 0 && !answered(&posts[i]))
			die("a reply is not 200");
		left += !answered(&posts[i]);
		if (posts[i].done_ms == 0 || !answered(&posts[i]))
			continue;
		good++;
		if (posts[i].done_ms > slowest)
			slowest = posts[i].done_ms;
	}
	printf("%d posts at once, %d records each: %d answered, the slowest "
	    "after %.1f s, %.0f records/s\n", came, records, good,
	    slowest / 1e3, good > 0 ? good * (double)records / slowest * 1e3 :
	    0);
	fflush(stdout);
	return left;
}

int
main(int argc, char **argv)
{
	unsigned char public[32];
	char id[17], *text, hex[65] = "";
	struct rlimit limit;
	struct post *posts;
	struct err err;
	size_t len;
	int count, came;

	if (argc != 5 || sodium_init() < 0)
		return 64;
	count = atoi(argv[3]);
	text = file_read(argv[2], 1024, &len, &err);
	if (text == NULL || sscanf(text, "%*s %64s", hex) != 1 ||
	    hex_parse(hex, 64, public, 32) != 32 ||
	    seal_key_id(argv[2], id, &err) < 0)
		die("no public seal key");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	posts = calloc((size_t)count, sizeof(*posts));
	for (int i = 0; i < count; i++)
		make_request(&posts[i], i, public, id, atoi(argv[4]));
	do {
		await_hub(atoi(argv[1]));
		came = begin(posts, count, atoi(argv[1]));
		play(posts, count);
	} while (report(posts, count, came, atoi(argv[4])) > 0);
	return 0;
}
