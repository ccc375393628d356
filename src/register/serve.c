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
	struct grants *grants;
	char keys_dir[PATH_MAX];
	struct lines lines;
	char buffer[QUESTION_MAX + 1], bytes[4096]; /* with badges' secrets */
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
	    s->store != NULL && !register_is_outdated(s->store))
		return 0;
	register_close(s->store);
	s->store = register_open(s->register_path, false, err);
	return s->store == NULL && err->kind != ERR_ABSENT ? -1 : 0;
}

/* ---- lines in ------------------------------------------------------------------------------ */

struct words_in { /* "N IDENTITY PLATE [NOW [GRANT]]" */
	int64_t n, now;
	const char *identity, *plate, *grant;
};

/* The key as it can be had now, or NULL; the caller wipes unwrapped. */
static const struct register_key *
key_now(struct server *s, struct register_key *unwrapped)
{
	if (keyring_get(&s->keyring, unwrapped, loop_now_ms(s->loop)))
		return unwrapped;
	refresh_key(s);
	return s->has_key ? &s->key : NULL;
}

static int
ask(struct server *s, const struct words_in *in,
    struct register_answer *answer, struct err *err)
{
	struct register_key unwrapped;
	const struct register_key *key = key_now(s, &unwrapped);
	int result = -1;

	if (key == NULL)
		return look_unknown(answer, N_("no register key"));
	if (refresh_store(s, err) == 0)
		result = s->store == NULL ?
		    look_unknown(answer, N_("no register")) :
		    register_look_at(s->store, key, in->identity, in->plate,
		    in->now, answer, err);
	if (result == 0 && in->grant[0] != '\0' && in->identity[0] != '\0')
		result = grants_find(s->grants, key, in->grant, in->identity,
		    in->now, &answer->granted, &answer->granted_at, err);
	if (key == &unwrapped)
		register_key_wipe(&unwrapped);
	return result;
}

/* Unix seconds, or "-" where the clock is not to be trusted. */
static bool
take_time(const char *word, int64_t *at)
{
	size_t n = strspn(word, "0123456789");

	*at = n > 0 && n < 12 ? strtoll(word, NULL, 10) : 0;
	return strcmp(word, "-") == 0 || (n > 0 && n < 12 && word[n] == '\0');
}

/* "N IDENTITY GRANT [AT UNTIL NOW]" */
static void
grant(struct server *s, char *words, bool drop)
{
	struct register_key unwrapped;
	const struct register_key *key;
	struct grant one = { .drop = drop };
	struct err err = { 0 };
	char *word[6] = { NULL }, line[EVENT_WORDS_MAX + 48];
	size_t n = 0, want = drop ? 3 : 6;
	int result;

	while (n < nitems(word) && words != NULL)
		word[n++] = strsep(&words, " ");
	if (n != want || words != NULL || word[0][0] == '\0' ||
	    strlen(word[0]) > 18 ||
	    word[0][strspn(word[0], "0123456789")] != '\0' ||
	    word[2][0] == '\0' || strlen(word[2]) >= REGISTER_GRANT_MAX ||
	    (!drop && (!take_time(word[3], &one.at) ||
	    !take_time(word[4], &one.until) || !take_time(word[5], &one.now)))) {
		say(s, "ungranted 0 a grant line has N, identity, name and times\n");
		return;
	}
	one.identity = word[1];
	one.name = word[2];
	key = key_now(s, &unwrapped);
	result = key != NULL ? grants_change(s->grants, key, &one, &err) :
	    err_set(&err, ERR_RETRY, "%s", N_("no register key"));
	if (key == &unwrapped)
		register_key_wipe(&unwrapped);
	if (result == 0)
		snprintf(line, sizeof(line), "granted %s\n", word[0]);
	else
		snprintf(line, sizeof(line), "ungranted %s %s\n", word[0],
		    err.text);
	say(s, line);
}

static void
say_hashes(struct server *s, int64_t n, const char *identity,
    const char *plate)
{
	struct register_key unwrapped;
	const struct register_key *key = key_now(s, &unwrapped);
	struct register_hashes hashes;
	char line[160];

	if (key != NULL && register_hash(key, identity, plate, &hashes,
	    NULL) == 0) {
		snprintf(line, sizeof(line), "hashed %" PRId64 " %s %s %s\n",
		    n, hashes.check,
		    hashes.identity[0] != '\0' ? hashes.identity : "-",
		    hashes.plate[0] != '\0' ? hashes.plate : "-");
		say(s, line);
	}
	if (key == &unwrapped)
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

static bool
take_words(struct server *s, char *words, struct words_in *in)
{
	char *end, *plate, *now, *grant;

	*in = (struct words_in){ .grant = "" };
	errno = 0;
	in->n = strtoll(words, &end, 10);
	if (words[0] < '0' || words[0] > '9' || *end != ' ' || errno != 0) {
		say_fault(s, 0, "a look line has N, identity and plate");
		return false;
	}
	plate = strchr(end + 1, ' ');
	now = plate != NULL ? strchr(plate + 1, ' ') : NULL;
	grant = now != NULL ? strchr(now + 1, ' ') : NULL;
	if (grant != NULL)
		*grant++ = '\0';
	if (plate == NULL || (now != NULL && !take_time(now + 1, &in->now)) ||
	    (grant != NULL && (strlen(grant) >= REGISTER_GRANT_MAX ||
	    strchr(grant, ' ') != NULL))) {
		say_fault(s, in->n, "a look line has N, identity and plate");
		return false;
	}
	*plate = '\0';
	if (now != NULL)
		*now = '\0';
	if (grant != NULL && strcmp(grant, "-") != 0)
		in->grant = grant;
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
	if (ask(s, &in, &answer, &err) == 0) {
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
	} else if (strncmp(line, "grant ", 6) == 0) {
		grant(arg, line + 6, false);
	} else if (strncmp(line, "ungrant ", 8) == 0) {
		grant(arg, line + 8, true);
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
	ssize_t n = read(fd, s->bytes, sizeof(s->bytes));

	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_stop(s->loop);
		return;
	}
	lines_push(&s->lines, s->bytes, (size_t)n, on_line, s);
	hash_wipe(s->bytes, (size_t)n);
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

	mem_secret(&s, sizeof(s));
	mem_secret_stack();
	s.loop = loop_new(err);
	if (s.loop == NULL)
		return -1;
	snprintf(s.keys_dir, sizeof(s.keys_dir), "%.*s",
	    slash != NULL ? (int)(slash - key_path) : 1,
	    slash != NULL ? key_path : ".");
	keyring_init(&s.keyring, register_path);
	s.grants = grants_new(register_path);
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
	grants_free(s.grants);
	if (s.has_key)
		register_key_wipe(&s.key);
	loop_free(s.loop);
	return result;
}
