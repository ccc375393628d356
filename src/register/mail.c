/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail - what the hub wrote to this post, as lines for the station, and which
 * officer has read what: a small file that the station has kept.
 *
 * A message is known by a mark, the digest of its name and its text: one that
 * was written anew under the same name has not been read.
 */
#include "published.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define READ_BYTES_MAX 8192

struct mail {
	const char *dir;
	char current[PATH_MAX]; /* says which lists are in force */
	struct stat seen;
	bool told;
	unsigned char digest[DIGEST_BYTES]; /* of what was told */
};

struct telling {
	mail_fn fn;
	void *arg;
	size_t n;
};

struct mail *
mail_open(const char *dir)
{
	struct mail *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		mem_none();
	mail->dir = dir;
	snprintf(mail->current, sizeof(mail->current), "%s/lists/current", dir);
	return mail;
}

void
mail_close(struct mail *mail)
{
	free(mail);
}

static bool
changed(struct mail *mail)
{
	struct stat now = { 0 };
	bool same;

	if (stat(mail->current, &now) != 0)
		memset(&now, 0, sizeof(now));
	same = now.st_ino == mail->seen.st_ino &&
	    now.st_size == mail->seen.st_size &&
	    now.st_mtim.tv_sec == mail->seen.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == mail->seen.st_mtim.tv_nsec;
	mail->seen = now;
	return !same;
}

static void
mark_of(const struct register_message *message,
    char mark[REGISTER_MESSAGE_MARK])
{
	unsigned char bytes[ARCHIVE_NAME_MAX + 1 + DIGEST_BYTES];
	unsigned char digest[DIGEST_BYTES];
	size_t n = strlen(message->name) + 1;

	memcpy(bytes, message->name, n);
	hash_digest(message->text, message->len, bytes + n);
	hash_digest(bytes, n + DIGEST_BYTES, digest);
	hash_hex(digest, (REGISTER_MESSAGE_MARK - 1) / 2, mark);
}

struct sum {
	size_t n;
	unsigned char digest[DIGEST_BYTES]; /* of all marks */
};

static void
sum_message(void *arg, const struct register_message *message)
{
	struct sum *sum = arg;
	unsigned char bytes[DIGEST_BYTES + REGISTER_MESSAGE_MARK];

	sum->n++;
	memcpy(bytes, sum->digest, DIGEST_BYTES);
	mark_of(message, (char *)bytes + DIGEST_BYTES);
	hash_digest(bytes, sizeof(bytes), sum->digest);
}

/* "message MARK URGENT PUBLISHED NAME HEX"; "-" for a text that is longer
 * than a line may be. */
static void
tell_message(void *arg, const struct register_message *message)
{
	struct telling *t = arg;
	char line[EVENT_LINE_MAX], mark[REGISTER_MESSAGE_MARK];
	int n;

	if (++t->n > REGISTER_MESSAGES_MAX)
		return;
	mark_of(message, mark);
	n = snprintf(line, 256, "message %s %d %" PRId64 " %s ", mark,
	    message->urgent, message->published, message->name);
	if (message->len > REGISTER_MESSAGE_TEXT_MAX)
		strcpy(line + n, "-");
	else
		hex_print((const unsigned char *)message->text, message->len,
		    line + n);
	t->fn(t->arg, line);
}
_Static_assert(256 + 2 * REGISTER_MESSAGE_TEXT_MAX < EVENT_LINE_MAX - 1,
    "a message is one line");

/* Lines "MARK OFFICER" of the file; other ones are nobody's. */
static void
tell_read(const struct mail *mail, mail_fn fn, void *arg)
{
	char path[PATH_MAX], line[128], *text, *rest, *one;
	size_t n;

	snprintf(path, sizeof(path), "%s/read", mail->dir);
	text = file_read(path, READ_BYTES_MAX, &n, NULL);
	rest = text;
	while (text != NULL && (one = strsep(&rest, "\n")) != NULL) {
		size_t mark = strspn(one, "0123456789abcdef");

		if (mark != REGISTER_MESSAGE_MARK - 1 || one[mark] != ' ' ||
		    strlen(one) > mark + OFFICER_ID_MAX || strchr(one +
		    mark + 1, ' ') != NULL || one[mark + 1] == '\0')
			continue;
		snprintf(line, sizeof(line), "read %s", one);
		fn(arg, line);
	}
	free(text);
}

int
mail_tell(struct mail *mail, mail_fn fn, void *arg, struct err *err)
{
	struct telling telling = { .fn = fn, .arg = arg };
	struct sum sum = { .n = 0 };
	char line[64];

	if (!changed(mail) && mail->told)
		return 0;
	if (register_messages(mail->dir, sum_message, &sum, err) < 0)
		return -1;
	/* Other lists came: who is reading now is not disturbed. */
	if (mail->told && memcmp(sum.digest, mail->digest, DIGEST_BYTES) == 0)
		return 0;
	mail->told = true;
	memcpy(mail->digest, sum.digest, DIGEST_BYTES);
	snprintf(line, sizeof(line), "messages %zu", sum.n);
	fn(arg, line);
	/* First who has read what: else all would be new for a moment. */
	tell_read(mail, fn, arg);
	return register_messages(mail->dir, tell_message, &telling, err);
}
