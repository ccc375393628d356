/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys - the hub's secret keys: those that open records, old ones too, and
 * the one that signs heads. The one file here that knows libsodium.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_MAX 256
#define SIGN_FILE_MAX 1024

static const char sign_secret[] = "chot-sign-secret";
static const char sign_public[] = "chot-sign-public";
static const char head_magic[] = "chot-head-1"; /* their NUL is signed too */
static const char revoked_magic[] = "chot-revoked-1";
static const char fork_magic[] = "chot-fork-1";

struct keys { /* in locked memory */
	size_t count;
	struct outbox_secret secrets[KEYS_MAX];
	bool signs;
	char sign_id[KEY_ID_BYTES];
	unsigned char sign_key[crypto_sign_SECRETKEYBYTES];
};

/* ---- loading -------------------------------------------------------------------- */

static bool
is_key_file(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".key") == 0;
}

static int
load_one(struct keys *keys, const char *dir, const char *name,
    struct err *err)
{
	char path[PATH_MAX];

	if (keys->count == KEYS_MAX)
		return err_set(err, ERR_SETUP, "%s: more than %d keys", dir,
		    KEYS_MAX);
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return err_set(err, ERR_SETUP, "path too long");
	if (outbox_secret_load(path, &keys->secrets[keys->count], err) < 0)
		return -1;
	keys->count++;
	return 0;
}

static int
load_dir(struct keys *keys, const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int ret = 0;

	if (dir == NULL)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	while (ret == 0 && (entry = readdir(dir)) != NULL)
		if (is_key_file(entry->d_name))
			ret = load_one(keys, path, entry->d_name, err);
	closedir(dir);
	if (ret == 0 && keys->count == 0)
		return err_set(err, ERR_SETUP, "%s: no secret key (NAME.key); "
		    "make one with: chot-hub seal-key NAME", path);
	return ret;
}

static void
name_sign_key(const unsigned char *public, char id[KEY_ID_BYTES])
{
	unsigned char hash[(KEY_ID_BYTES - 1) / 2];
	unsigned char full[crypto_generichash_BYTES];

	crypto_generichash(full, sizeof(full), public,
	    crypto_sign_PUBLICKEYBYTES, NULL, 0);
	memcpy(hash, full, sizeof(hash));
	sodium_bin2hex(id, KEY_ID_BYTES, hash, sizeof(hash));
}

/* "chot-sign-secret SEED-HEX ID COMMENT": one line, as seal keys are. */
static int
parse_sign(struct keys *keys, const char *text)
{
	unsigned char seed[crypto_sign_SEEDBYTES];
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	char word[32] = "", hex[2 * sizeof(seed) + 1] = "", id[KEY_ID_BYTES] = "";
	int ret = -1;

	if (sscanf(text, "%31s %64s %16s", word, hex, id) == 3 &&
	    strcmp(word, sign_secret) == 0 &&
	    hex_parse(hex, strlen(hex), seed, sizeof(seed)) ==
	    (ssize_t)sizeof(seed)) {
		crypto_sign_seed_keypair(public, keys->sign_key, seed);
		name_sign_key(public, keys->sign_id);
		keys->signs = true;
		ret = strcmp(id, keys->sign_id) == 0 ? 0 : -1;
	}
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(hex, sizeof(hex));
	return ret;
}

static int
load_sign(struct keys *keys, const char *path, struct err *err)
{
	size_t len;
	char *text = file_read(path, SIGN_FILE_MAX, &len, err);
	int ret;

	if (text == NULL)
		return -1;
	ret = parse_sign(keys, text);
	sodium_memzero(text, len);
	free(text);
	return ret == 0 ? 0 : err_set(err, ERR_SETUP,
	    "%s: not a whole secret signing key", path);
}

struct keys *
keys_load(const char *dir, const char *sign_path, struct err *err)
{
	struct keys *keys;

	if (sodium_init() < 0) {
		err_set(err, ERR_ABSENT, "no random numbers here");
		return NULL;
	}
	keys = sodium_malloc(sizeof(*keys));
	if (keys == NULL) {
		err_set(err, ERR_RETRY, "no locked memory for keys");
		return NULL;
	}
	memset(keys, 0, sizeof(*keys));
	if (load_dir(keys, dir, err) < 0 ||
	    (sign_path != NULL && load_sign(keys, sign_path, err) < 0)) {
		keys_free(keys);
		return NULL;
	}
	return keys;
}

void
keys_free(struct keys *keys)
{
	sodium_free(keys); /* wipes it; NULL is allowed */
}

size_t
keys_count(const struct keys *keys)
{
	return keys->count;
}

/* ---- opening ---------------------------------------------------------------------- */

static const struct outbox_secret *
find(const struct keys *keys, const char *id)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->secrets[i].id, id) == 0)
			return &keys->secrets[i];
	return NULL;
}

/* Why it cannot be opened; NULL with the body in out, without its padding. */
static const char *
open_one(const struct keys *keys, struct envelope *e, char *out)
{
	const struct outbox_secret *secret = find(keys, e->key_id);
	size_t n = e->item.sealed_len;

	if (secret == NULL)
		return "key";
	if (n < crypto_box_SEALBYTES || crypto_box_seal_open(
	    (unsigned char *)out, e->item.sealed, n, secret->public,
	    secret->bytes) != 0)
		return "seal";
	n -= crypto_box_SEALBYTES;
	e->body_len = n;
	if (e->item.schema != 1)
		return "schema";
	while (n > 0 && out[n - 1] == ' ')
		n--;
	e->body = out;
	if (n > RECORD_BODY_MAX || memchr(out, '\0', n) != NULL ||
	    !utf8_valid(out, n))
		return "body";
	return NULL;
}

void
keys_open(const struct keys *keys, struct batch *batch)
{
	size_t room = 1;
	char *at;

	for (size_t i = 0; i < batch->count; i++)
		room += batch->envelopes[i].item.sealed_len;
	at = batch->bodies = malloc(room);
	if (at == NULL)
		mem_none();
	for (size_t i = 0; i < batch->count; i++) {
		struct envelope *e = &batch->envelopes[i];

		if (e->reason == NULL)
			e->reason = open_one(keys, e, at);
		if (e->reason != NULL)
			e->body = NULL;
		at += e->body_len; /* the padding too: it is wiped with it */
	}
}

/* ---- signing ----------------------------------------------------------------------- */

static size_t
put_number(unsigned char *out, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		out[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
	return width;
}

#define SAID_MAX (sizeof(revoked_magic) + 2 + OUTBOX_STATION_MAX + 52)

static size_t
put_opening(unsigned char *said, const char *magic, size_t n,
    const char *station)
{
	size_t name = strlen(station);

	memcpy(said, magic, n);
	n += put_number(said + n, name, 2);
	memcpy(said + n, station, name);
	return n + name;
}

/* The time is signed last. */
static void
add_signature(const struct keys *keys, unsigned char said[SAID_MAX], size_t n,
    int64_t at, struct text *out)
{
	unsigned char signature[crypto_sign_BYTES];

	n += put_number(said + n, (uint64_t)at, 8);
	crypto_sign_detached(signature, NULL, said, n, keys->sign_key);
	text_add(out, ",\"signature\":{\"key\":\"%s\",\"at\":%lld,\"value\":\"",
	    keys->sign_id, (long long)at);
	text_hex(out, signature, sizeof(signature));
	text_add(out, "\"}");
}

void
keys_sign(const struct keys *keys, const char *station, uint32_t epoch,
    int64_t seq, const unsigned char hash[OUTBOX_HASH_BYTES], int64_t at,
    struct text *out)
{
	unsigned char said[SAID_MAX];
	size_t n;

	if (!keys->signs)
		return;
	n = put_opening(said, head_magic, sizeof(head_magic), station);
	n += put_number(said + n, epoch, 4);
	n += put_number(said + n, (uint64_t)seq, 8);
	memcpy(said + n, hash, OUTBOX_HASH_BYTES);
	n += OUTBOX_HASH_BYTES;
	add_signature(keys, said, n, at, out);
}

void
keys_sign_revoked(const struct keys *keys, const char *station,
    int generation, int64_t at, struct text *out)
{
	unsigned char said[SAID_MAX];
	size_t n;

	if (!keys->signs)
		return;
	n = put_opening(said, revoked_magic, sizeof(revoked_magic), station);
	n += put_number(said + n, (uint64_t)generation, 4);
	add_signature(keys, said, n, at, out);
}

void
keys_sign_fork(const struct keys *keys, const char *station, uint32_t epoch,
    int64_t seq, int64_t at, struct text *out)
{
	unsigned char said[SAID_MAX];
	size_t n;

	if (!keys->signs)
		return;
	n = put_opening(said, fork_magic, sizeof(fork_magic), station);
	n += put_number(said + n, epoch, 4);
	n += put_number(said + n, (uint64_t)seq, 8);
	add_signature(keys, said, n, at, out);
}

/* ---- making a signing key --------------------------------------------------------------- */

static int
write_key(const char *name, const char *tail, const char *type,
    const unsigned char *bytes, const char *id, unsigned mode,
    struct err *err)
{
	char path[PATH_MAX], line[256], hex[65];
	int ret;

	if (snprintf(path, sizeof(path), "%s%s", name, tail) >=
	    (int)sizeof(path))
		return err_set(err, ERR_USAGE, "path too long");
	if (access(path, F_OK) == 0)
		return err_set(err, ERR_INPUT, "%s: is there already", path);
	sodium_bin2hex(hex, sizeof(hex), bytes, 32);
	snprintf(line, sizeof(line), "%s %s %s signs heads\n", type, hex, id);
	ret = file_write(path, line, strlen(line), mode, true, err);
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	return ret;
}

int
hub_sign_key_make(const char *name, struct err *err)
{
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	char id[KEY_ID_BYTES];
	int ret;

	if (sodium_init() < 0)
		return err_set(err, ERR_ABSENT, "no random numbers here");
	crypto_sign_keypair(public, secret);
	name_sign_key(public, id);
	/* The first half of an Ed25519 secret key is its seed. */
	ret = write_key(name, ".key", sign_secret, secret, id, 0600, err) < 0 ||
	    write_key(name, ".pub", sign_public, public, id, 0644, err) < 0 ?
	    -1 : 0;
	sodium_memzero(secret, sizeof(secret));
	return ret;
}
