/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * posts - a nation's posts come back at once: each opens a connection at the
 * same moment, sends one batch, waits for the reply.
 *
 *   posts PORT SITE.pub POSTS RECORDS
 *
 * Plain HTTP, as behind a proxy, to 127.0.0.1 alone. Prints how long the
 * slowest waited; fails when a reply is missing, or is no 200.
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
#define WAIT_MS 30000 /* what a post waits for a reply */

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

static void
begin(struct post *post, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	post->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (post->fd < 0 || (connect(post->fd, (struct sockaddr *)&to,
	    sizeof(to)) < 0 && errno != EINPROGRESS))
		die(strerror(errno));
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
	int left = count;

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

static int
report(const struct post *posts, int count, int records)
{
	double slowest = 0;
	int good = 0;

	for (int i = 0; i < count; i++) {
		if (strncmp(posts[i].reply, "HTTP/1.1 200", 12) == 0)
			good++;
		if (posts[i].done_ms > slowest)
			slowest = posts[i].done_ms;
	}
	printf("%d posts at once, %d records each: %d answered, the slowest "
	    "after %.1f s, %.0f records/s\n", count, records, good,
	    slowest / 1e3, count * (double)records / slowest * 1e3);
	return good == count ? 0 : 1;
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
	int count;

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
	for (int i = 0; i < count; i++)
		begin(&posts[i], atoi(argv[1]));
	play(posts, count);
	return report(posts, count, atoi(argv[4]));
}
