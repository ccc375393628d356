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
file_path(const char *keys_dir, const char *whose, const char *mark,
    char path[PATH_MAX], struct err *err)
{
	return snprintf(path, PATH_MAX, "%s/%sbadge-%s.key", keys_dir, whose,
	    mark) < PATH_MAX ? 0 : err_set(err, ERR_SETUP, _("path too long"));
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
	return file_path(keys_dir, "", mark, path, err) < 0 ? -1 :
	    file_write(path, out, strlen(out), 0600, true, err);
}

/* -1: not such a text. */
static int
take_wrapped(const char *text, size_t n, unsigned char wrapped[WRAPPED_BYTES])
{
	size_t first = strlen(FILE_FIRST);

	while (n > 0 && text[n - 1] == '\n')
		n--;
	return n > first && memcmp(text, FILE_FIRST, first) == 0 &&
	    hex_parse(text + first, n - first, wrapped, WRAPPED_BYTES) ==
	    WRAPPED_BYTES ? 0 : -1;
}

static int
read_wrapped(const char *path, unsigned char wrapped[WRAPPED_BYTES],
    struct err *err)
{
	size_t n;
	char *text = file_read(path, FILE_BYTES_MAX, &n, err);
	int good;

	if (text == NULL)
		return -1;
	good = take_wrapped(text, n, wrapped);
	free(text);
	return good == 0 ? 0 : err_set(err, ERR_SETUP,
	    _("%s: not a key under a badge"), path);
}

/* The hub's, or else one that was made here. */
static int
find_wrapped(const char *keys_dir, const char *mark,
    unsigned char wrapped[WRAPPED_BYTES], char path[PATH_MAX],
    struct err *err)
{
	struct err first = { 0 };

	if (file_path(keys_dir, "hub.", mark, path, err) < 0)
		return -1;
	if (read_wrapped(path, wrapped, &first) == 0)
		return 0;
	if (first.kind != ERR_ABSENT)
		return err_set(err, first.kind, "%s", first.text);
	return file_path(keys_dir, "", mark, path, err) < 0 ? -1 :
	    read_wrapped(path, wrapped, err);
}

int
badge_check(const char *name, const char *text, size_t n, struct err *err)
{
	unsigned char wrapped[WRAPPED_BYTES];
	char mark[BADGE_MARK_MAX];
	int end = 0;

	if (sscanf(name, "badge-%16[0-9a-f].key%n", mark, &end) == 1 &&
	    strlen(mark) == BADGE_MARK_MAX - 1 && end > 0 &&
	    name[end] == '\0' && take_wrapped(text, n, wrapped) == 0)
		return 0;
	return err_set(err, ERR_INPUT, _("%s: not a key under a badge"), name);
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
	if (find_wrapped(keys_dir, mark, wrapped, path, err) < 0) {
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
