/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hubpost - a post's side for the tests of the hub: records as a post seals
 * them, and the requests that carry them.
 *
 *   hubpost fill DB STATION SITE.pub COUNT     add records to an outbox
 *   hubpost batch DB AFTER COUNT [FROM]        a body of POST /v1/records
 *   hubpost deflate                            standard input, deflated
 *   hubpost list DB                            seq and hash of each record
 *   hubpost cut PORT FILE                      send FILE to 127.0.0.1 cut off
 *                                              at every byte count
 */
#include "careless.h"
#include "outbox.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#define BODY_BYTES 1150 /* as long as the record of a crossing */

static void
die(const char *words)
{
	fprintf(stderr, "hubpost: %s\n", words);
	exit(1);
}

static void
print_body(char body[RECORD_BODY_MAX], const char *station, int64_t n)
{
	int len = snprintf(body, RECORD_BODY_MAX,
	    "{\"schema\":1,\"type\":\"crossing\",\"run\":\"00000000000000aa\","
	    "\"n\":%" PRId64 ",\"station\":\"%s\",\"lane\":\"1\","
	    "\"direction\":\"in\",\"at\":\"2021-10-15T03:%02d:%02dZ\","
	    "\"boot\":\"b\",\"monotonic_ms\":%" PRId64 ",\"clock\":"
	    "\"confirmed\",\"documents\":[{\"kind\":\"number\",\"id\":"
	    "\"%012" PRId64 "\",\"name\":\"Nguyễn Văn Ất\"}],\"facts\":"
	    "{\"temperature\":36.6},\"verdict\":\"pass\",\"reasons\":[],"
	    "\"pack\":\"t\",\"detail\":\"", n, station, (int)(n / 60 % 60),
	    (int)(n % 60), n * 1000, n);

	while (len < BODY_BYTES)
		body[len] = "abcdefgh"[len % 8], len++;
	strcpy(body + len, "\"}");
}

static int
fill(const char *db, const char *station, const char *pub, int64_t count)
{
	static char body[RECORD_BODY_MAX];
	struct err err = { 0 };
	struct outbox *box = outbox_open(db, OUTBOX_WRITE, station, pub, &err);
	struct outbox_id id;
	int64_t last;

	if (box == NULL)
		die(err.text);
	last = outbox_last(box, 0xaa);
	for (int64_t n = last + 1; n <= last + count; n++) {
		print_body(body, station, n);
		if (outbox_put(box, 0xaa, n, body, 1634256000 + n, &id,
		    &err) < 0)
			die(err.text);
	}
	outbox_close(box);
	return 0;
}

static void
print_hex(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", bytes[i]);
}

static void
print_base64(const unsigned char *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)bytes[i] << 16 |
		    (i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0) |
		    (i + 2 < n ? bytes[i + 2] : 0);

		putchar(digits[v >> 18]);
		putchar(digits[v >> 12 & 63]);
		putchar(i + 1 < n ? digits[v >> 6 & 63] : '=');
		putchar(i + 2 < n ? digits[v & 63] : '=');
	}
}

static void
print_item(const struct outbox_item *item)
{
	printf("{\"seq\":%" PRId64 ",\"at\":%" PRId64 ",\"prev\":\"",
	    item->id.seq, item->at);
	print_hex(item->prev, OUTBOX_HASH_BYTES);
	printf("\",\"hash\":\"");
	print_hex(item->hash, OUTBOX_HASH_BYTES);
	printf("\",\"key\":\"%s\",\"schema\":%d,\"sealed\":\"", item->key_id,
	    item->schema);
	print_base64(item->sealed, item->sealed_len);
	printf("\"}");
}

static int
batch(const char *db, int64_t after, int64_t count, const char *from)
{
	struct err err = { 0 };
	struct outbox *box = outbox_open(db, OUTBOX_READ, NULL, NULL, &err);
	unsigned char previous[OUTBOX_HASH_BYTES] = { 0 };
	struct outbox_item item;

	if (box == NULL)
		die(err.text);
	if (after > 0) {
		if (outbox_next(box, after - 1, &item, &err) != 1)
			die("no such record");
		memcpy(previous, item.hash, sizeof(previous));
	}
	printf("{\"version\":1,\"station\":\"%s\",\"epoch\":\"%08x\","
	    "\"program\":\"0.1.0\",", outbox_station(box),
	    (unsigned)outbox_epoch(box));
	if (from != NULL)
		printf("\"from\":%s,", from);
	printf("\"previous\":{\"seq\":%" PRId64 ",\"hash\":\"", after);
	print_hex(previous, sizeof(previous));
	printf("\"},\"records\":[");
	for (int64_t i = 0; i < count &&
	    outbox_next(box, after + i, &item, &err) == 1; i++) {
		printf("%s", i > 0 ? ",\n" : "\n");
		print_item(&item);
	}
	printf("]}\n");
	outbox_close(box);
	return 0;
}

static int
deflate_input(void)
{
	static unsigned char in[64u << 20];
	size_t n = fread(in, 1, sizeof(in), stdin);
	uLongf len = compressBound(n);
	unsigned char *out = malloc(len);

	if (out == NULL || compress2(out, &len, in, n, 6) != Z_OK)
		die("no memory");
	fwrite(out, 1, len, stdout);
	free(out);
	return 0;
}

static int
list(const char *db)
{
	struct err err = { 0 };
	struct outbox *box = outbox_open(db, OUTBOX_READ, NULL, NULL, &err);
	struct outbox_item item = { .id = { 0 } };

	if (box == NULL)
		die(err.text);
	while (outbox_next(box, item.id.seq, &item, &err) == 1) {
		printf("%" PRId64 "|", item.id.seq);
		print_hex(item.hash, OUTBOX_HASH_BYTES);
		putchar('\n');
	}
	outbox_close(box);
	return 0;
}

/* Each on a connection of its own, which is closed behind the last byte. */
static int
cut(int port, const char *path)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct err err = { 0 };
	size_t len;
	char *bytes = file_read(path, 1u << 20, &len, &err);

	if (bytes == NULL)
		die(err.text);
	for (size_t n = 0; n < len; n++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to,
		    sizeof(to)) < 0 || write(fd, bytes, n) != (ssize_t)n)
			die("the hub does not listen any more");
		close(fd);
	}
	free(bytes);
	return 0;
}

int
main(int argc, char **argv)
{
	careless_set(true); /* these records are played with */
	if (argc == 6 && strcmp(argv[1], "fill") == 0)
		return fill(argv[2], argv[3], argv[4], atoll(argv[5]));
	if (argc >= 5 && strcmp(argv[1], "batch") == 0)
		return batch(argv[2], atoll(argv[3]), atoll(argv[4]), argv[5]);
	if (argc == 3 && strcmp(argv[1], "list") == 0)
		return list(argv[2]);
	if (argc == 4 && strcmp(argv[1], "cut") == 0)
		return cut(atoi(argv[2]), argv[3]);
	if (argc == 2 && strcmp(argv[1], "deflate") == 0)
		return deflate_input();
	return 64;
}
