/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serve - the look-up child: questions by lines, answers by lines.
 *
 * Alone reads register.db while a post runs, so that a slow disk or a broken
 * file is this process's trouble and not the station's. The file and the key
 * may come, go and be replaced at any time.
 */
#include "parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OK_EVERY_MS 10000
#define UNLOCKED_S_MAX (24 * 3600)
#define QUESTION_MAX 512 /* bytes of a line to us */

struct mark { /* to know a file again */
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct server {
	struct loop *loop;
	const char *register_path, *key_path;
	int in_fd, out_fd;
	struct register_store *store;
	struct mark store_mark, key_mark;
	bool has_key;
	struct register_key key;
	struct keyring keyring;
	char keys_dir[PATH_MAX];
	struct lines lines;
	char buffer[QUESTION_MAX + 1];
	int failed_errno; /* of out_fd */
};

/* ---- lines out ------------------------------------------------------------------- */

static void
say(struct server *s, const char *text)
{
	if (s->failed_errno != 0 ||
	    file_write_all(s->out_fd, text, strlen(text)) == 0)
		return;
	s->failed_errno = errno;
	loop_stop(s->loop);
}

static void
say_fault(struct server *s, int64_t n, const char *words)
{
	char clean[EVENT_WORDS_MAX], line[EVENT_WORDS_MAX + 48];

	text_clean(words, strlen(words), clean, sizeof(clean));
	snprintf(line, sizeof(line), "fault %" PRId64 " %s\n", n, clean);
	say(s, line);
}

static void
say_found(struct server *s, int64_t n, const struct register_answer *answer)
{
	char *json = register_answer_json(answer), *line;

	/* In one write, so that a reader seldom meets half a line. */
	if (asprintf(&line, "found %" PRId64 " %s\n", n, json) < 0)
		mem_none();
	say(s, line);
	free(line);
	free(json);
}

/* ---- the register and the key, as they are now ---------------------------------------- */

/* Has the file at path become another since mark? Sets mark. */
static bool
changed(const char *path, bool contents, struct mark *mark)
{
	struct mark now = { 0 };
	struct stat st;
	bool same;

	if (stat(path, &st) == 0) {
		now.dev = st.st_dev;
		now.ino = st.st_ino;
		if (contents) { /* SQLite sees its own by itself */
			now.size = st.st_size;
			now.changed = st.st_mtim;
		}
	}
	same = now.dev == mark->dev && now.ino == mark->ino &&
	    now.size == mark->size &&
	    now.changed.tv_sec == mark->changed.tv_sec &&
	    now.changed.tv_nsec == mark->changed.tv_nsec;
	*mark = now;
	return !same;
}

static void
refresh_key(struct server *s)
{
	if (!changed(s->key_path, true, &s->key_mark) && s->has_key)
		return;
	if (s->has_key)
		register_key_wipe(&s->key);
	s->has_key = register_key_load(s->key_path, &s->key, NULL) == 0;
}

/* -1: there is a file, but it cannot be read. */
static int
refresh_store(struct server *s, struct err *err)
{
	if (!changed(s->register_path, false, &s->store_mark) &&
	    s->store != NULL)
		return 0;
	register_close(s->store);
	s->store = register_open(s->register_path, false, err);
	return s->store == NULL && err->kind != ERR_ABSENT ? -1 : 0;
}

/* ---- lines in ------------------------------------------------------------------------------ */

static int
ask(struct server *s, const char *identity, const char *plate, int64_t now,
    struct register_answer *answer, struct err *err)
{
	struct register_key unwrapped;
	bool held = keyring_get(&s->keyring, &unwrapped,
	    loop_now_ms(s->loop));
	int result = -1;

	if (!held)
		refresh_key(s);
	if (!held && !s->has_key)
		return look_unknown(answer, N_("no register key"));
	if (refresh_store(s, err) == 0)
		result = s->store == NULL ?
		    look_unknown(answer, N_("no register")) :
		    register_look_at(s->store, held ? &unwrapped : &s->key,
		    identity, plate, now, answer, err);
	if (held)
		register_key_wipe(&unwrapped);
	return result;
}

static void
say_hashes(struct server *s, int64_t n, const char *identity,
    const char *plate)
{
	struct register_key unwrapped;
	bool held = keyring_get(&s->keyring, &unwrapped,
	    loop_now_ms(s->loop));
	struct register_hashes hashes;
	char line[160];

	if (!held)
		refresh_key(s);
	if ((held || s->has_key) && register_hash(held ? &unwrapped : &s->key,
	    identity, plate, &hashes, NULL) == 0) {
		snprintf(line, sizeof(line), "hashed %" PRId64 " %s %s %s\n",
		    n, hashes.check,
		    hashes.identity[0] != '\0' ? hashes.identity : "-",
		    hashes.plate[0] != '\0' ? hashes.plate : "-");
		say(s, line);
	}
	if (held)
		register_key_wipe(&unwrapped);
}

/* ---- the key of a badge -------------------------------------------------------------- */

/* "SECRET SECONDS" */
static void
unlock(struct server *s, char *words)
{
	struct register_key key;
	struct err err = { 0 };
	char *secret = strsep(&words, " ");
	long seconds = words != NULL ? strtol(words, NULL, 10) : 0;

	if (seconds < 1 || seconds > UNLOCKED_S_MAX) {
		say(s, "locked an unlock line has a secret and seconds\n");
	} else if (badge_unwrap(secret, s->keys_dir, &key, &err) < 0) {
		char clean[EVENT_WORDS_MAX], line[EVENT_WORDS_MAX + 16];

		text_clean(err.text, strlen(err.text), clean, sizeof(clean));
		snprintf(line, sizeof(line), "locked %s\n", clean);
		say(s, line);
	} else {
		keyring_put(&s->keyring, &key, seconds, loop_now_ms(s->loop));
		register_key_wipe(&key);
		say(s, "unlocked\n");
	}
	hash_wipe(secret, strlen(secret));
}

/* Unix seconds, or "-" where the clock is not to be trusted. */
static bool
take_time(const char *word, int64_t *at)
{
	size_t n = strspn(word, "0123456789");

	*at = n > 0 && n < 12 ? strtoll(word, NULL, 10) : 0;
	return strcmp(word, "-") == 0 || (n > 0 && n < 12 && word[n] == '\0');
}

struct words_in { /* "N IDENTITY PLATE [NOW]" */
	int64_t n, now;
	const char *identity, *plate;
};

static bool
take_words(struct server *s, char *words, struct words_in *in)
{
	char *end, *plate, *now;

	*in = (struct words_in){ .now = 0 };
	errno = 0;
	in->n = strtoll(words, &end, 10);
	if (words[0] < '0' || words[0] > '9' || *end != ' ' || errno != 0) {
		say_fault(s, 0, "a look line has N, identity and plate");
		return false;
	}
	plate = strchr(end + 1, ' ');
	now = plate != NULL ? strchr(plate + 1, ' ') : NULL;
	if (plate == NULL || (now != NULL && !take_time(now + 1, &in->now))) {
		say_fault(s, in->n, "a look line has N, identity and plate");
		return false;
	}
	*plate = '\0';
	if (now != NULL)
		*now = '\0';
	in->identity = strcmp(end + 1, "-") == 0 ? "" : end + 1;
	in->plate = strcmp(plate + 1, "-") == 0 ? "" : plate + 1;
	return true;
}

static void
look(struct server *s, char *words)
{
	struct register_answer answer;
	struct words_in in;
	struct err err = { 0 };

	if (!take_words(s, words, &in))
		return;
	if (ask(s, in.identity, in.plate, in.now, &answer, &err) == 0) {
		say_found(s, in.n, &answer);
		return;
	}
	say_fault(s, in.n, err.text);
	if (err.kind != ERR_INPUT) { /* look at the file anew the next time */
		register_close(s->store);
		s->store = NULL;
	}
}

/* Other lines may be a later station's: they are ignored. */
static void
on_line(void *arg, char *line, size_t len)
{
	(void)len;
	if (strncmp(line, "look ", 5) == 0) {
		look(arg, line + 5);
	} else if (strncmp(line, "hash ", 5) == 0) {
		struct words_in in;

		if (take_words(arg, line + 5, &in))
			say_hashes(arg, in.n, in.identity, in.plate);
	} else if (strncmp(line, "unlock ", 7) == 0) {
		unlock(arg, line + 7);
	} else if (strcmp(line, "lock") == 0) {
		keyring_drop(&((struct server *)arg)->keyring);
		say(arg, "locked\n");
	}
}

static void
on_input(void *arg, int fd, short revents)
{
	struct server *s = arg;
	unsigned dropped = s->lines.dropped;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_stop(s->loop);
		return;
	}
	lines_push(&s->lines, bytes, (size_t)n, on_line, s);
	hash_wipe(bytes, (size_t)n);
	if (s->lines.dropped != dropped)
		say_fault(s, 0, "a line was too long or held a NUL");
}

static void
on_ok(void *arg)
{
	struct server *s = arg;

	say(s, "ok\n");
	loop_at(s->loop, loop_now_ms(s->loop) + OK_EVERY_MS, on_ok, s);
}

int
register_serve(const char *register_path, const char *key_path, int in_fd,
    int out_fd, struct err *err)
{
	struct server s = { .register_path = register_path,
	    .key_path = key_path, .in_fd = in_fd, .out_fd = out_fd };
	const char *slash = strrchr(key_path, '/');
	int result = -1;

	s.loop = loop_new(err);
	if (s.loop == NULL)
		return -1;
	snprintf(s.keys_dir, sizeof(s.keys_dir), "%.*s",
	    slash != NULL ? (int)(slash - key_path) : 1,
	    slash != NULL ? key_path : ".");
	keyring_init(&s.keyring, register_path);
	lines_init(&s.lines, s.buffer, QUESTION_MAX);
	say(&s, "hello 1 lookup\n");
	loop_at(s.loop, loop_now_ms(s.loop) + OK_EVERY_MS, on_ok, &s);
	if (loop_watch(s.loop, in_fd, POLLIN, on_input, &s, err) == 0 &&
	    s.failed_errno == 0)
		result = loop_run(s.loop, err);
	if (s.failed_errno != 0 && s.failed_errno != EPIPE)
		result = err_set(err, ERR_RETRY, "look-up: %s",
		    strerror(s.failed_errno));
	else if (s.failed_errno == EPIPE)
		result = 0; /* the station has ended */
	register_close(s.store);
	if (s.has_key)
		register_key_wipe(&s.key);
	loop_free(s.loop);
	return result;
}
