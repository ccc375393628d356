/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify - whether the hub signed a head, or that a post is revoked; the one file here that knows
 * libsodium. What is signed is in contrib/hub/openapi.yaml.
 */
#include "parts.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MAX 1024
#define KEY_BYTES crypto_sign_PUBLICKEYBYTES

#define SAID_MAX (sizeof(revoked_magic) + OUTBOX_STATION_MAX + 64)

static const char head_magic[] = "chot-head-1"; /* their NUL is signed too */
static const char revoked_magic[] = "chot-revoked-1";
static const char fork_magic[] = "chot-fork-1";
static const char key_type[] = "chot-sign-public";

struct head_signature {
	unsigned char key[8], value[crypto_sign_BYTES];
	long long at;
};

static size_t
put_number(unsigned char *out, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		out[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
	return width;
}

static size_t
put_opening(unsigned char *out, const char *magic, size_t n,
    const char *station)
{
	size_t name = strlen(station);

	memcpy(out, magic, n);
	n += put_number(out + n, name, 2);
	memcpy(out + n, station, name);
	return n + name;
}

/* One line: TYPE HEX ID; the id is of the key, so that a slip is noticed. */
static int
load_key(const char *path, unsigned char key[KEY_BYTES],
    unsigned char id[8], struct err *err)
{
	unsigned char hash[32], named[8];
	char type[32], hex[2 * KEY_BYTES + 1], name[17];
	size_t len;
	char *text = file_read(path, KEY_FILE_MAX, &len, err);
	bool good;

	if (text == NULL)
		return -1;
	good = sscanf(text, "%31s %64s %16s", type, hex, name) == 3 &&
	    strcmp(type, key_type) == 0 &&
	    hex_parse(hex, strlen(hex), key, KEY_BYTES) == KEY_BYTES &&
	    hex_parse(name, strlen(name), named, 8) == 8;
	free(text);
	if (!good)
		return err_set(err, ERR_SETUP,
		    _("%s: not the public key of a hub"), path);
	crypto_generichash(hash, sizeof(hash), key, KEY_BYTES, NULL, 0);
	if (memcmp(hash, named, 8) != 0)
		return err_set(err, ERR_SETUP,
		    _("%s: the key is damaged: it is not the one it names"),
		    path);
	memcpy(id, named, 8);
	return 0;
}

static bool
take_signature(const struct head *head, struct head_signature *out)
{
	char key[17], value[129];

	return sscanf(head->signature, "%16s %lld %128s", key, &out->at,
	    value) == 3 && hex_parse(key, strlen(key), out->key, 8) == 8 &&
	    hex_parse(value, strlen(value), out->value,
	    sizeof(out->value)) == sizeof(out->value);
}

/* The time is signed last. */
static int
verify(const char *key_path, struct head *head, unsigned char said[SAID_MAX],
    size_t n, struct err *err)
{
	unsigned char key[KEY_BYTES], id[8];
	struct head_signature signature;

	if (sodium_init() < 0)
		return err_set(err, ERR_ABSENT, _("no random numbers here"));
	if (load_key(key_path, key, id, err) < 0)
		return -1;
	if (!take_signature(head, &signature))
		return err_set(err, ERR_INPUT,
		    _("the hub did not sign its acknowledgement"));
	if (memcmp(id, signature.key, 8) != 0)
		return err_set(err, ERR_INPUT,
		    _("signed with another key than this post's hub has"));
	n += put_number(said + n, (uint64_t)signature.at, 8);
	if (crypto_sign_verify_detached(signature.value, said, n, key) != 0)
		return err_set(err, ERR_INPUT,
		    _("the hub's signature does not hold"));
	head->at = signature.at;
	return 0;
}

int
head_verify(const char *key_path, const char *station, struct head *head,
    struct err *err)
{
	unsigned char said[SAID_MAX];
	size_t n = put_opening(said, head_magic, sizeof(head_magic), station);

	n += put_number(said + n, head->epoch, 4);
	n += put_number(said + n, (uint64_t)head->seq, 8);
	memcpy(said + n, head->hash, OUTBOX_HASH_BYTES);
	return verify(key_path, head, said, n + OUTBOX_HASH_BYTES, err);
}

int
fork_verify(const char *key_path, const char *station, struct head *head,
    struct err *err)
{
	unsigned char said[SAID_MAX];
	size_t n = put_opening(said, fork_magic, sizeof(fork_magic), station);

	n += put_number(said + n, head->epoch, 4);
	n += put_number(said + n, (uint64_t)head->seq, 8);
	return verify(key_path, head, said, n, err);
}

int
revoked_verify(const char *key_path, const char *station, int generation,
    struct head *head, struct err *err)
{
	unsigned char said[SAID_MAX];
	size_t n = put_opening(said, revoked_magic, sizeof(revoked_magic),
	    station);

	n += put_number(said + n, (uint64_t)generation, 4);
	return verify(key_path, head, said, n, err);
}
