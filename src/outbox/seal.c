/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal - keys, sealing and hashes; the one file here that knows libsodium.
 *
 * A post holds a public key only: it can seal a record and never open one.
 * The secret key is kept elsewhere, by the hub or by whoever may read.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char type_public[] = "chot-seal-public";
static const char type_secret[] = "chot-seal-secret";

_Static_assert(SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "key size");
_Static_assert(SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES, "key size");
_Static_assert(SEAL_OVERHEAD == crypto_box_SEALBYTES, "box size");

static int
ready(struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_ABSENT, _("no random numbers here"));
	return 0;
}

static void
name_key(struct seal_key *key)
{
	unsigned char hash[OUTBOX_HASH_BYTES];

	seal_hash(key->public, SEAL_KEY_BYTES, NULL, 0, hash);
	sodium_bin2hex(key->id, SEAL_ID_MAX, hash, (SEAL_ID_MAX - 1) / 2);
}

static size_t
word_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at > ' ' && *at < 0x7f)
		at++;
	return (size_t)(at - text);
}

/* The next word of a line, or 0 when there is none. */
static size_t
next_word(const char **text, const char *end, const char **start)
{
	size_t n;

	while (*text < end && **text == ' ')
		++*text;
	*start = *text;
	n = word_length(*text, end);
	*text += n;
	return n;
}

static bool
same_word(const char *text, size_t n, const char *want)
{
	return n == strlen(want) && memcmp(text, want, n) == 0;
}

static int
parse_words(const char *text, const char *end, struct seal_key *key,
    struct err *err)
{
	const char *start;
	size_t n = next_word(&text, end, &start);

	key->secret = same_word(start, n, type_secret);
	if (!key->secret && !same_word(start, n, type_public))
		return err_set(err, ERR_SETUP, _("not a seal key"));
	n = next_word(&text, end, &start);
	if (hex_parse(start, n, key->bytes, SEAL_KEY_BYTES) != SEAL_KEY_BYTES)
		return err_set(err, ERR_SETUP, _("the key is not whole"));
	if (!key->secret)
		memcpy(key->public, key->bytes, SEAL_KEY_BYTES);
	else if (crypto_scalarmult_base(key->public, key->bytes) != 0)
		return err_set(err, ERR_SETUP, _("not a usable key"));
	name_key(key);
	n = next_word(&text, end, &start);
	if (!same_word(start, n, key->id))
		return err_set(err, ERR_SETUP,
		    _("the key is damaged: it is not the one it names"));
	return 0;
}

/* Text before its end of line, one of which may follow; nothing else may. */
static int
one_line(const char *text, size_t len, const char **end, struct err *err)
{
	const char *lf = memchr(text, '\n', len);

	*end = lf != NULL ? lf : text + len;
	if ((lf != NULL && lf + 1 != text + len) ||
	    memchr(text, '\0', len) != NULL)
		return err_set(err, ERR_SETUP, _("not a key file of one line"));
	return 0;
}

int
seal_key_parse(const char *text, size_t len, struct seal_key *key,
    struct err *err)
{
	const char *end;

	if (ready(err) < 0 || one_line(text, len, &end, err) < 0)
		return -1;
	if (parse_words(text, end, key, err) < 0) {
		seal_wipe(key, sizeof(*key));
		return -1;
	}
	return 0;
}

/* A point of low order would give a box that anybody can open. */
static int
try_key(const struct seal_key *key, struct err *err)
{
	static const char probe[] = "{}";
	unsigned char *sealed = malloc(SEALED_MAX);
	size_t n;
	int ret;

	if (sealed == NULL)
		mem_none();
	ret = seal_body(key, probe, strlen(probe), sealed, &n, err);
	free(sealed);
	return ret;
}

int
seal_key_load(const char *path, bool secret, struct seal_key *key,
    struct err *err)
{
	size_t len;
	char *text = file_read(path, SEAL_FILE_MAX, &len, err);
	int ret;

	if (text == NULL)
		return -1;
	ret = seal_key_parse(text, len, key, err);
	seal_wipe(text, len);
	free(text);
	if (ret == 0 && key->secret != secret) {
		seal_wipe(key, sizeof(*key));
		ret = err_set(err, ERR_SETUP, secret ?
		    _("this is the public key; the secret one opens records") :
		    _("this is a secret key, which does not belong on a post"));
	}
	if (ret == 0 && !secret)
		ret = try_key(key, err);
	if (ret < 0)
		err_within(err, "%s", path);
	return ret;
}

int
seal_body(const struct seal_key *key, const char *body, size_t len,
    unsigned char *out, size_t *sealed_len, struct err *err)
{
	size_t padded = (len + SEAL_PAD - 1) / SEAL_PAD * SEAL_PAD;
	unsigned char *plain;
	int ret = 0;

	if (len > RECORD_BODY_MAX)
		return err_set(err, ERR_INPUT, N_("record too long"));
	plain = malloc(padded + 1);
	if (plain == NULL)
		mem_none();
	/* Spaces, so that the length tells no name from a longer one. */
	memset(plain, ' ', padded);
	memcpy(plain, body, len);
	if (crypto_box_seal(out, plain, padded, key->public) != 0)
		ret = err_set(err, ERR_SETUP, _("not a usable key"));
	seal_wipe(plain, padded);
	free(plain);
	*sealed_len = padded + SEAL_OVERHEAD;
	return ret;
}

void
seal_hash(const unsigned char *head, size_t head_len,
    const unsigned char *tail, size_t tail_len,
    unsigned char hash[OUTBOX_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, OUTBOX_HASH_BYTES);
	crypto_generichash_update(&state, head, head_len);
	if (tail_len > 0)
		crypto_generichash_update(&state, tail, tail_len);
	crypto_generichash_final(&state, hash, OUTBOX_HASH_BYTES);
}

void
seal_random(void *bytes, size_t n)
{
	randombytes_buf(bytes, n);
}

void
seal_wipe(void *bytes, size_t n)
{
	sodium_memzero(bytes, n);
}

/* ---- door ------------------------------------------------------------------------- */

/* A key that is overwritten is lost with all that was sealed to it. */
static int
write_new(const char *path, const char *text, mode_t mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, mode);
	int why;

	if (fd < 0)
		return err_set(err, errno == EEXIST ? ERR_INPUT : ERR_DENIED,
		    errno == EEXIST ? _("%s: is there already: %s") : "%s: %s",
		    path, strerror(errno));
	why = file_write_all(fd, text, strlen(text)) < 0 || fsync(fd) < 0 ?
	    errno : 0;
	close(fd);
	if (why == 0)
		return 0;
	unlink(path);
	return err_set(err, ERR_RETRY, "%s: %s", path, strerror(why));
}

static void
key_line(const char *type, const unsigned char *bytes, const char *id,
    const char *comment, char line[SEAL_FILE_MAX])
{
	char hex[2 * SEAL_KEY_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), bytes, SEAL_KEY_BYTES);
	snprintf(line, SEAL_FILE_MAX, "%s %s %s %s\n", type, hex, id, comment);
	seal_wipe(hex, sizeof(hex));
}

int
seal_key_make(const char *pub_path, const char *key_path, struct err *err)
{
	struct seal_key key = { .secret = true };
	char line[SEAL_FILE_MAX];
	int ret;

	if (ready(err) < 0)
		return -1;
	if (access(pub_path, F_OK) == 0)
		return err_set(err, ERR_INPUT, _("%s: is there already: %s"),
		    pub_path, strerror(EEXIST));
	crypto_box_keypair(key.public, key.bytes);
	name_key(&key);
	key_line(type_secret, key.bytes, key.id,
	    "opens records; take it away from the post", line);
	ret = write_new(key_path, line, 0600, err);
	seal_wipe(&key.bytes, sizeof(key.bytes));
	seal_wipe(line, sizeof(line));
	if (ret < 0)
		return -1;
	key_line(type_public, key.public, key.id, "seals records", line);
	if (write_new(pub_path, line, 0644, err) < 0) {
		unlink(key_path);
		return -1;
	}
	return files_sync_dir(pub_path, err) < 0 ||
	    files_sync_dir(key_path, err) < 0 ? -1 : 0;
}

static char *
open_sealed(const struct outbox_item *item, const struct seal_key *key,
    size_t *len, struct err *err)
{
	unsigned char *plain;
	size_t n;

	if (item->sealed_len < SEAL_OVERHEAD) {
		err_set(err, ERR_INPUT, _("not a sealed record"));
		return NULL;
	}
	n = item->sealed_len - SEAL_OVERHEAD;
	plain = malloc(n + 1);
	if (plain == NULL)
		mem_none();
	if (crypto_box_seal_open(plain, item->sealed, item->sealed_len,
	    key->public, key->bytes) != 0) {
		free(plain);
		err_set(err, ERR_INPUT,
		    _("sealed to key %s, which this key (%s) does not open"),
		    item->key_id, key->id);
		return NULL;
	}
	while (n > 0 && plain[n - 1] == ' ')
		n--;
	plain[n] = '\0';
	*len = n;
	return (char *)plain;
}

char *
outbox_open_item(const struct outbox_item *item, const char *key_path,
    size_t *len, struct err *err)
{
	struct seal_key key;
	char *body;

	if (seal_key_load(key_path, true, &key, err) < 0)
		return NULL;
	body = open_sealed(item, &key, len, err);
	seal_wipe(&key, sizeof(key));
	return body;
}

int
seal_key_id(const char *path, char id[17], struct err *err)
{
	struct seal_key key;
	size_t len;
	char *text = file_read(path, SEAL_FILE_MAX, &len, err);
	int ret;

	if (text == NULL)
		return -1;
	ret = seal_key_parse(text, len, &key, err);
	seal_wipe(text, len);
	free(text);
	if (ret < 0)
		return err_within(err, "%s", path);
	memcpy(id, key.id, SEAL_ID_MAX);
	seal_wipe(&key, sizeof(key));
	return 0;
}
