/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash - the register's key and what it hashes, PINs and badges (libsodium).
 *
 * Without the key nobody can try the 12-digit numbers one by one. It is kept
 * in locked memory as long as it is loaded, and wiped by register_key_wipe().
 */
#include "published.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

_Static_assert(REGISTER_KEY_BYTES == crypto_generichash_KEYBYTES,
    "the register's key is a BLAKE2b key");
_Static_assert(HASH_BYTES <= crypto_generichash_BYTES_MIN,
    "a hash is cut, never stretched");

#define HEX_BYTES (2 * REGISTER_KEY_BYTES)

static int
start(struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_ABSENT, _("libsodium does not start"));
	return 0;
}

static int
check_file(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_SETUP,
		    "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_SETUP, _("%s: not a file"), path);
	if (st.st_mode & 077)
		return err_set(err, ERR_SETUP,
		    _("%s: others may read the key; chmod 600 it"), path);
	return 0;
}

int
register_key_load(const char *path, struct register_key *key, struct err *err)
{
	char *text;
	size_t len;
	ssize_t n;

	if (start(err) < 0 || check_file(path, err) < 0)
		return -1;
	text = file_read(path, 4 * HEX_BYTES, &len, err);
	if (text == NULL)
		return -1;
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	sodium_mlock(key->bytes, sizeof(key->bytes)); /* as far as allowed */
	n = hex_parse(text, len, key->bytes, sizeof(key->bytes));
	sodium_memzero(text, len);
	free(text);
	if (n != REGISTER_KEY_BYTES) {
		register_key_wipe(key);
		return err_set(err, ERR_SETUP,
		    _("%s: not a register key (64 hexadecimal digits)"), path);
	}
	return 0;
}

void
register_key_wipe(struct register_key *key)
{
	sodium_munlock(key->bytes, sizeof(key->bytes)); /* also wipes */
}

int
register_key_make(const char *path, struct err *err)
{
	unsigned char bytes[REGISTER_KEY_BYTES];
	char text[HEX_BYTES + 2];
	struct stat st;
	int result;

	if (start(err) < 0)
		return -1;
	if (lstat(path, &st) == 0)
		return err_set(err, ERR_SETUP,
		    _("%s: is there already; a new key would make the register unreadable"),
		    path);
	randombytes_buf(bytes, sizeof(bytes));
	hex_print(bytes, sizeof(bytes), text);
	strcat(text, "\n");
	result = file_write(path, text, strlen(text), 0600, true, err);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return result;
}

void
hash_key(const struct register_key *key, const char *text,
    unsigned char hash[HASH_BYTES])
{
	unsigned char whole[crypto_generichash_BYTES_MIN];

	crypto_generichash(whole, sizeof(whole), (const unsigned char *)text,
	    strlen(text), key->bytes, sizeof(key->bytes));
	memcpy(hash, whole, HASH_BYTES);
}

void
hash_check(const struct register_key *key, unsigned char check[HASH_BYTES])
{
	hash_key(key, "chot register key", check); /* no identity has spaces */
}

/* ---- PINs -------------------------------------------------------------------------- */

/* 16 MiB and three passes: a third of a second on a small board, and within
 * its memory while the post runs. */
#define PIN_MEMORY (16u << 20)
#define PIN_PASSES 3
#define PIN_MEMORY_KIB_MAX (64u << 10) /* of a hash that somebody else made */
#define PIN_PASSES_MAX 10

_Static_assert(OFFICER_HASH_MAX == crypto_pwhash_STRBYTES,
    "a hash as libsodium writes it");

bool
hash_pin_bounded(const char *hash)
{
	unsigned memory, passes, lanes;
	int end = 0;

	return strlen(hash) < OFFICER_HASH_MAX &&
	    sscanf(hash, "$argon2id$v=19$m=%6u,t=%3u,p=%2u$%n", &memory,
	    &passes, &lanes, &end) == 3 && end > 0 &&
	    memory >= 1024 && memory <= PIN_MEMORY_KIB_MAX && passes >= 1 &&
	    passes <= PIN_PASSES_MAX && lanes == 1 &&
	    hash[end + strspn(hash + end, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/$")] == '\0';
}

bool
hash_pin_matches(const char *hash, const char *pin)
{
	char whole[crypto_pwhash_STRBYTES] = "";

	if (!hash_pin_bounded(hash) || start(NULL) < 0)
		return false;
	memcpy(whole, hash, strlen(hash));
	return crypto_pwhash_str_verify(whole, pin, strlen(pin)) == 0;
}

int
officer_pin_hash(const char *pin, char hash[OFFICER_HASH_MAX],
    struct err *err)
{
	if (start(err) < 0 || officer_pin_check(pin, err) < 0)
		return -1;
	if (crypto_pwhash_str_alg(hash, pin, strlen(pin), PIN_PASSES,
	    PIN_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(err, ERR_RETRY, _("not enough memory"));
	return 0;
}

/* ---- badges ------------------------------------------------------------------------ */

_Static_assert(WRAPPED_BYTES == crypto_secretbox_NONCEBYTES +
    REGISTER_KEY_BYTES + crypto_secretbox_MACBYTES, "nonce, key, tag");
_Static_assert(REGISTER_KEY_BYTES == crypto_secretbox_KEYBYTES,
    "one key seals another");
_Static_assert(BADGE_SECRET_BYTES >= crypto_generichash_KEYBYTES_MIN,
    "a secret is a BLAKE2b key");

void
hash_random(unsigned char *bytes, size_t n)
{
	if (start(NULL) < 0)
		abort();
	randombytes_buf(bytes, n);
}

void
hash_wipe(void *bytes, size_t n)
{
	sodium_memzero(bytes, n);
}

void
hash_lock_key(struct register_key *key)
{
	sodium_mlock(key->bytes, sizeof(key->bytes)); /* as far as allowed */
}

void
hash_badge(const unsigned char secret[BADGE_SECRET_BYTES], const char *what,
    unsigned char *out, size_t n)
{
	unsigned char whole[crypto_generichash_BYTES];

	crypto_generichash(whole, sizeof(whole), (const unsigned char *)what,
	    strlen(what), secret, BADGE_SECRET_BYTES);
	memcpy(out, whole, n < sizeof(whole) ? n : sizeof(whole));
	sodium_memzero(whole, sizeof(whole));
}

void
hash_wrap(const unsigned char under[REGISTER_KEY_BYTES],
    const struct register_key *key, unsigned char out[WRAPPED_BYTES])
{
	randombytes_buf(out, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, key->bytes,
	    sizeof(key->bytes), out, under);
}

int
hash_unwrap(const unsigned char under[REGISTER_KEY_BYTES],
    const unsigned char wrapped[WRAPPED_BYTES], struct register_key *key)
{
	hash_lock_key(key);
	return crypto_secretbox_open_easy(key->bytes,
	    wrapped + crypto_secretbox_NONCEBYTES,
	    WRAPPED_BYTES - crypto_secretbox_NONCEBYTES, wrapped, under);
}

int64_t
hash_seen(const unsigned char hash[HASH_BYTES])
{
	return (int64_t)hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
}

/* ---- texts, sealed --------------------------------------------------------------------
 * The nonce is a keyed hash of the text, which also proves it (as in SIV).
 */
#define PROOF_BYTES 8

_Static_assert(4 * ((PROOF_BYTES + REGISTER_WORD_MAX + 1) / 3) + 1 <=
    STORED_TEXT_MAX, "a sealed text fits");

static void
prove(const struct register_key *key, const void *text, size_t n,
    unsigned char nonce[crypto_stream_xchacha20_NONCEBYTES])
{
	unsigned char proof[crypto_generichash_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, key->bytes, sizeof(key->bytes),
	    sizeof(proof));
	crypto_generichash_update(&state, (const unsigned char *)"chot text",
	    10);
	crypto_generichash_update(&state, text, n);
	crypto_generichash_final(&state, proof, sizeof(proof));
	memset(nonce, 0, crypto_stream_xchacha20_NONCEBYTES);
	memcpy(nonce, proof, PROOF_BYTES);
}

static void
stream(const struct register_key *key,
    const unsigned char nonce[crypto_stream_xchacha20_NONCEBYTES],
    unsigned char *bytes, size_t n)
{
	unsigned char under[crypto_stream_xchacha20_KEYBYTES];

	crypto_generichash(under, sizeof(under),
	    (const unsigned char *)"chot text key", 14, key->bytes,
	    sizeof(key->bytes));
	crypto_stream_xchacha20_xor(bytes, bytes, n, nonce, under);
	sodium_memzero(under, sizeof(under));
}

void
hash_seal_text(const struct register_key *key, const char *text,
    char out[STORED_TEXT_MAX])
{
	unsigned char nonce[crypto_stream_xchacha20_NONCEBYTES];
	unsigned char bytes[PROOF_BYTES + REGISTER_WORD_MAX];
	size_t n = strlen(text);

	assert(n < REGISTER_WORD_MAX);
	prove(key, text, n, nonce);
	memcpy(bytes, nonce, PROOF_BYTES);
	memcpy(bytes + PROOF_BYTES, text, n);
	stream(key, nonce, bytes + PROOF_BYTES, n);
	sodium_bin2base64(out, STORED_TEXT_MAX, bytes, PROOF_BYTES + n,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

bool
hash_open_text(const struct register_key *key, const char *sealed,
    char out[REGISTER_WORD_MAX])
{
	unsigned char nonce[crypto_stream_xchacha20_NONCEBYTES] = { 0 };
	unsigned char bytes[PROOF_BYTES + REGISTER_WORD_MAX];
	unsigned char proof[sizeof(nonce)];
	size_t n, len;

	if (sodium_base642bin(bytes, sizeof(bytes) - 1, sealed, strlen(sealed),
	    NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) < 0 ||
	    len < PROOF_BYTES)
		return false;
	n = len - PROOF_BYTES;
	memcpy(nonce, bytes, PROOF_BYTES);
	stream(key, nonce, bytes + PROOF_BYTES, n);
	prove(key, bytes + PROOF_BYTES, n, proof);
	if (sodium_memcmp(nonce, proof, sizeof(nonce)) != 0 ||
	    memchr(bytes + PROOF_BYTES, '\0', n) != NULL)
		return false;
	memcpy(out, bytes + PROOF_BYTES, n);
	out[n] = '\0';
	return true;
}

/* ---- what is published: digests and signatures -------------------------------------- */

_Static_assert(DIGEST_BYTES == crypto_generichash_BYTES, "BLAKE2b-256");
_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");
_Static_assert(sizeof(((struct register_signer *)0)->secret) ==
    crypto_sign_SECRETKEYBYTES, "Ed25519");

void
hash_digest(const void *bytes, size_t n, unsigned char out[DIGEST_BYTES])
{
	crypto_generichash(out, DIGEST_BYTES, bytes, n, NULL, 0);
}

void
hash_hex(const unsigned char *bytes, size_t n, char *out)
{
	sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

/* As the keys of heads are named: by the first eight bytes of a hash. */
static void
name_key(const unsigned char *public, char id[REGISTER_SIGNER_ID])
{
	unsigned char hash[DIGEST_BYTES];

	hash_digest(public, crypto_sign_PUBLICKEYBYTES, hash);
	hash_hex(hash, (REGISTER_SIGNER_ID - 1) / 2, id);
}

/* "TYPE HEX ID ...", one line; the id tells a slip of a key. */
static int
load_line(const char *path, const char *type, unsigned char bytes[32],
    char id[REGISTER_SIGNER_ID], struct err *err)
{
	char word[32] = "", hex[65] = "";
	size_t len;
	char *text = file_read(path, 1024, &len, err);
	bool good;

	if (text == NULL)
		return -1;
	good = sscanf(text, "%31s %64s %16s", word, hex, id) == 3 &&
	    strcmp(word, type) == 0 &&
	    hex_parse(hex, strlen(hex), bytes, 32) == 32;
	sodium_memzero(text, len);
	sodium_memzero(hex, sizeof(hex));
	free(text);
	return good ? 0 : err_set(err, ERR_SETUP, _("%s: not a %s key"), path,
	    type);
}

static int
check_name(const char *path, const unsigned char *public, const char *named,
    struct err *err)
{
	char id[REGISTER_SIGNER_ID];

	name_key(public, id);
	return strcmp(id, named) == 0 ? 0 : err_set(err, ERR_SETUP,
	    _("%s: the key is damaged: it is not the one it names"), path);
}

int
register_signer_load(const char *path, struct register_signer *signer,
    struct err *err)
{
	unsigned char seed[32], public[crypto_sign_PUBLICKEYBYTES];
	int ret;

	if (start(err) < 0 || check_file(path, err) < 0)
		return -1;
	ret = load_line(path, "chot-sign-secret", seed, signer->id, err);
	if (ret == 0) {
		sodium_mlock(signer->secret, sizeof(signer->secret));
		crypto_sign_seed_keypair(public, signer->secret, seed);
		ret = check_name(path, public, signer->id, err);
	}
	sodium_memzero(seed, sizeof(seed));
	return ret;
}

void
register_signer_wipe(struct register_signer *signer)
{
	sodium_munlock(signer->secret, sizeof(signer->secret));
}

int
hash_public_load(const char *path, struct public_key *key, struct err *err)
{
	if (start(err) < 0 ||
	    load_line(path, "chot-sign-public", key->bytes, key->id, err) < 0)
		return -1;
	return check_name(path, key->bytes, key->id, err);
}

void
hash_sign(const struct register_signer *signer, const void *bytes, size_t n,
    unsigned char signature[SIGNATURE_BYTES])
{
	crypto_sign_detached(signature, NULL, bytes, n, signer->secret);
}

bool
hash_signed(const struct public_key *key, const void *bytes, size_t n,
    const unsigned char signature[SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, bytes, n,
	    key->bytes) == 0;
}
