/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash - the register's key and what it hashes (libsodium's BLAKE2b).
 *
 * Without the key nobody can try the 12-digit numbers one by one. It is kept
 * in locked memory as long as it is loaded, and wiped by register_key_wipe().
 */
#include "parts.h"

#include <errno.h>
#include <sodium.h>
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

int64_t
hash_seen(const unsigned char hash[HASH_BYTES])
{
	return (int64_t)hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
}
