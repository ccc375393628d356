/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle - plays the hub's side of the USB road, for tests.
 *
 *   bundle key NAME                     NAME.pub and NAME.key that sign heads
 *   bundle check FILE                   "FIRST LAST COUNT"
 *   bundle records FILE                 the batches in it, one JSON a line
 *   bundle answer FILE KEY STATION EPOCH SEQ HASH [MORE]
 *                                       a bundle with the hub's answer as of
 *                                       BUNDLE_AT; MORE is put before it as a
 *                                       note
 *   bundle wrap FILE NOTE               a bundle with that note alone
 */
#include "../../src/sync/parts.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void
print_key(const char *path, const char *type, const unsigned char *key,
    size_t n, const unsigned char id[32])
{
	FILE *file = fopen(path, "w");
	char hex[200], name[17];

	if (file == NULL)
		exit(1);
	hex_print(key, n, hex);
	hex_print(id, 8, name);
	fprintf(file, "%s %s %s test\n", type, hex, name);
	fclose(file);
}

static int
make_key(const char *name)
{
	unsigned char public[32], secret[64], id[32];
	char path[4096];

	crypto_sign_keypair(public, secret);
	crypto_generichash(id, 32, public, 32, NULL, 0);
	snprintf(path, sizeof(path), "%s.pub", name);
	print_key(path, "chot-sign-public", public, 32, id);
	snprintf(path, sizeof(path), "%s.key", name);
	print_key(path, "chot-sign-secret", secret, 64, id);
	return 0;
}

static int
print_records(void *arg, const char *type, const unsigned char *bytes,
    size_t n, struct err *err)
{
	(void)arg;
	(void)err;
	if (strcmp(type, "RECS") == 0)
		printf("%.*s\n", (int)n, bytes);
	return 0;
}

static void
number(unsigned char **at, uint64_t value, size_t width)
{
	for (size_t i = width; i-- > 0;)
		*(*at)++ = (unsigned char)(value >> (8 * i));
}

static long long
said_at(void)
{
	const char *at = getenv("BUNDLE_AT");

	return at != NULL ? atoll(at) : 1800000000;
}

static void
sign(const char *key_path, char **argv, char signature[129], char key_id[17])
{
	unsigned char said[300] = "chot-head-1", *at = said + 12;
	unsigned char secret[64], value[64];
	char hex[129];
	FILE *file = fopen(key_path, "r");

	if (file == NULL ||
	    fscanf(file, "%*s %128s %16s", hex, key_id) != 2 ||
	    hex_parse(hex, 128, secret, 64) != 64)
		exit(1);
	fclose(file);
	number(&at, strlen(argv[0]), 2);
	memcpy(at, argv[0], strlen(argv[0]));
	at += strlen(argv[0]);
	number(&at, strtoul(argv[1], NULL, 16), 4);
	number(&at, strtoull(argv[2], NULL, 10), 8);
	if (hex_parse(argv[3], 64, at, 32) != 32)
		exit(1);
	at += 32;
	number(&at, (uint64_t)said_at(), 8);
	crypto_sign_detached(value, NULL, said, (size_t)(at - said), secret);
	hex_print(value, 64, signature);
}

/* argv: STATION EPOCH SEQ HASH [MORE] */
static int
answer(const char *path, const char *key_path, char **argv)
{
	char signature[129], key_id[17];
	struct text note = { .len = 0 };
	FILE *file = fopen(path, "w");
	struct stick_out out;

	if (file == NULL)
		return 1;
	sign(key_path, argv, signature, key_id);
	text_printf(&note, "{\"version\":1,\"time\":\"2026-11-23T00:00:00Z\","
	    "\"station\":\"%s\",\"head\":{\"epoch\":\"%s\",\"seq\":%s,"
	    "\"hash\":\"%s\",\"signature\":{\"key\":\"%s\",\"at\":%lld,"
	    "\"value\":\"%s\"}},\"refused\":[]}", argv[0], argv[1], argv[2],
	    argv[3], key_id, said_at(), signature);
	stick_begin(&out, file);
	stick_put(&out, "HEAD", "{\"version\":1,\"kind\":\"answers\"}", 30);
	if (argv[4] != NULL)
		stick_put(&out, "NOTE", argv[4], strlen(argv[4]));
	stick_put(&out, "LATE", "a later chot's", 14);
	stick_put(&out, "NOTE", note.bytes, note.len);
	stick_end(&out);
	stick_free(&out);
	text_free(&note);
	return fclose(file) == 0 ? 0 : 1;
}

static int
wrap(const char *path, const char *note)
{
	FILE *file = fopen(path, "w");
	struct stick_out out;

	if (file == NULL)
		return 1;
	stick_begin(&out, file);
	stick_put(&out, "NOTE", note, strlen(note));
	stick_end(&out);
	stick_free(&out);
	return fclose(file) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct sync_bundle bundle;
	struct err err = { 0 };
	bool was_signed;
	int ret = -1;

	if (sodium_init() < 0)
		return 1;
	if (argc == 3 && strcmp(argv[1], "key") == 0)
		return make_key(argv[2]);
	if (argc >= 8 && strcmp(argv[1], "answer") == 0)
		return answer(argv[2], argv[3], argv + 4);
	if (argc == 4 && strcmp(argv[1], "wrap") == 0)
		return wrap(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "records") == 0) {
		FILE *file = fopen(argv[2], "r");

		if (file != NULL)
			ret = stick_read(file, print_records, NULL,
			    &was_signed, &err);
	} else if (argc == 3 && strcmp(argv[1], "check") == 0) {
		ret = sync_check(argv[2], &bundle, &err);
		if (ret == 0)
			printf("%lld %lld %lld\n", (long long)bundle.first,
			    (long long)bundle.last,
			    (long long)bundle.records);
	}
	if (ret < 0)
		fprintf(stderr, "bundle: %s\n", err.text);
	return ret < 0 ? err_exit_status(&err) : 0;
}
