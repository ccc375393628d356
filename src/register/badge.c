/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * badge - the register's key under the secrets of officers' badges.
 *
 * A badge holds 128 random bits. The post keeps the key only as sealed under
 * them, one small file a badge, named by a mark from which nothing follows:
 * who steals the post has no badge, and who finds a badge has no key.
 */
#include "parts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_FIRST "chot badge key 1\n"
#define FILE_BYTES_MAX 512

static int
take_secret(const char *text, unsigned char secret[BADGE_SECRET_BYTES])
{
	return hex_parse(text, strlen(text), secret, BADGE_SECRET_BYTES) ==
	    BADGE_SECRET_BYTES ? 0 : -1;
}

static void
mark_of(const unsigned char secret[BADGE_SECRET_BYTES],
    char mark[BADGE_MARK_MAX])
{
	unsigned char bytes[(BADGE_MARK_MAX - 1) / 2];

	hash_badge(secret, "chot badge", bytes, sizeof(bytes));
	hex_print(bytes, sizeof(bytes), mark);
	for (char *c = mark; *c != '\0'; c++) /* as the list has them */
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c | 0x20);
}

void
badge_make(char text[2 * BADGE_SECRET_BYTES + 1], char mark[BADGE_MARK_MAX])
{
	unsigned char secret[BADGE_SECRET_BYTES];

	hash_random(secret, sizeof(secret));
	hex_print(secret, sizeof(secret), text);
	mark_of(secret, mark);
	hash_wipe(secret, sizeof(secret));
}

int
badge_mark(const char *text, char mark[BADGE_MARK_MAX])
{
	unsigned char secret[BADGE_SECRET_BYTES];

	mark[0] = '\0';
	if (take_secret(text, secret) < 0)
		return -1;
	mark_of(secret, mark);
	hash_wipe(secret, sizeof(secret));
	return 0;
}

static int
file_path(const char *keys_dir, const char *mark, char path[PATH_MAX],
    struct err *err)
{
	return snprintf(path, PATH_MAX, "%s/badge-%s.key", keys_dir, mark) <
	    PATH_MAX ? 0 : err_set(err, ERR_SETUP, _("path too long"));
}

int
badge_wrap(const struct register_key *key, const char *text,
    const char *keys_dir, struct err *err)
{
	unsigned char secret[BADGE_SECRET_BYTES], under[REGISTER_KEY_BYTES],
	    wrapped[WRAPPED_BYTES];
	char mark[BADGE_MARK_MAX], path[PATH_MAX],
	    out[sizeof(FILE_FIRST) + 2 * WRAPPED_BYTES + 2] = FILE_FIRST;

	if (take_secret(text, secret) < 0)
		return err_set(err, ERR_INPUT, _("not the secret of a badge"));
	mark_of(secret, mark);
	hash_badge(secret, "chot register key", under, sizeof(under));
	hash_wrap(under, key, wrapped);
	hash_wipe(secret, sizeof(secret));
	hash_wipe(under, sizeof(under));
	hex_print(wrapped, sizeof(wrapped), out + strlen(FILE_FIRST));
	strcat(out, "\n");
	return file_path(keys_dir, mark, path, err) < 0 ? -1 :
	    file_write(path, out, strlen(out), 0600, true, err);
}

static int
read_wrapped(const char *path, unsigned char wrapped[WRAPPED_BYTES],
    struct err *err)
{
	size_t n, first = strlen(FILE_FIRST);
	char *text = file_read(path, FILE_BYTES_MAX, &n, err);
	bool good;

	if (text == NULL)
		return -1;
	while (n > 0 && text[n - 1] == '\n')
		n--;
	good = n > first && memcmp(text, FILE_FIRST, first) == 0 &&
	    hex_parse(text + first, n - first, wrapped, WRAPPED_BYTES) ==
	    WRAPPED_BYTES;
	free(text);
	return good ? 0 : err_set(err, ERR_SETUP,
	    _("%s: not a key under a badge"), path);
}

int
badge_unwrap(const char *text, const char *keys_dir, struct register_key *key,
    struct err *err)
{
	unsigned char secret[BADGE_SECRET_BYTES], under[REGISTER_KEY_BYTES],
	    wrapped[WRAPPED_BYTES];
	char mark[BADGE_MARK_MAX], path[PATH_MAX];
	int result;

	if (take_secret(text, secret) < 0)
		return err_set(err, ERR_INPUT, _("not the secret of a badge"));
	mark_of(secret, mark);
	hash_badge(secret, "chot register key", under, sizeof(under));
	hash_wipe(secret, sizeof(secret));
	if (file_path(keys_dir, mark, path, err) < 0 ||
	    read_wrapped(path, wrapped, err) < 0) {
		hash_wipe(under, sizeof(under));
		return -1;
	}
	result = hash_unwrap(under, wrapped, key);
	hash_wipe(under, sizeof(under));
	if (result == 0)
		return 0;
	register_key_wipe(key);
	return err_set(err, ERR_SETUP, _("%s: not a key under a badge"), path);
}
