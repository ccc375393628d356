/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roster - the child that knows the officers: it tells the station who they
 * are, looks at their PINs (which is slow on purpose), tells what the hub wrote
 * and which zones there are, and writes the small files of the post, so that the station waits for none.
 */
#include "published.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_MS 2000     /* the list is looked at */
#define OK_EVERY 5       /* ticks */
#define KEEP_BYTES_MAX 4096

struct roster {
	struct loop *loop;
	const char *dir;
	int out_fd;
	char list_path[PATH_MAX];
	struct stat list_seen;
	bool told;
	struct officers officers;
	struct waits *waits;
	struct mail *mail;
	struct stat zones_seen[2]; /* published lists, the post's own */
	bool zones_told;
	struct lines lines;
	char buffer[EVENT_LINE_MAX + 1], bytes[4096]; /* with PINs */
	int ticks, failed_errno;
};

/* ---- lines out ------------------------------------------------------------------- */

static void
say_line(void *arg, const char *text)
{
	struct roster *r = arg;
	char line[EVENT_LINE_MAX + 1];
	size_t len = (size_t)snprintf(line, sizeof(line), "%s\n", text);

	if (r->failed_errno != 0 || file_write_all(r->out_fd, line, len) == 0)
		return;
	r->failed_errno = errno;
	loop_stop(r->loop);
}

static void
say(struct roster *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(struct roster *r, const char *format, ...)
{
	char line[ERR_TEXT_MAX + 128];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	say_line(r, line);
}

static void
say_fault(struct roster *r, int64_t n, const char *words)
{
	char clean[EVENT_WORDS_MAX];

	text_clean(words, strlen(words), clean, sizeof(clean));
	say(r, "fault %" PRId64 " %s", n, clean);
}

/* ---- the list ---------------------------------------------------------------------- */

static bool
changed(const char *path, struct stat *seen)
{
	struct stat now = { 0 };
	bool same;

	if (stat(path, &now) != 0)
		memset(&now, 0, sizeof(now));
	same = now.st_ino == seen->st_ino && now.st_size == seen->st_size &&
	    now.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec;
	*seen = now;
	return !same;
}

/* A list that cannot be read is nobody, and the reason is said: a post must
 * not work without log-in because a file broke. */
static void
tell_list(struct roster *r)
{
	struct err err = { 0 };

	if (!changed(r->list_path, &r->list_seen) && r->told)
		return;
	r->told = true;
	if (officers_load(r->list_path, &r->officers, &err) < 0) {
		say_fault(r, 0, err.text);
		return;
	}
	say(r, "officers %zu", r->officers.n);
	for (size_t i = 0; i < r->officers.n; i++) {
		const struct officer *o = &r->officers.list[i];

		say(r, "officer %s %s %s %s", o->id,
		    officer_role_word(o->role),
		    o->badge[0] != '\0' ? o->badge : "-", o->name);
	}
}

/* Messages that cannot be read are none, and the log says why. */
static void
tell_mail(struct roster *r)
{
	struct err err = { 0 };

	if (mail_tell(r->mail, say_line, r, &err) < 0)
		log_line(0, LOG_LEVEL_WARN, "messages: %s", err.text);
}

static bool
zones_changed(struct roster *r)
{
	static const char *const names[] = { "lists/current", ZONES_FILE };
	char path[PATH_MAX];
	bool any = !r->zones_told;

	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", r->dir, names[i]);
		any |= changed(path, &r->zones_seen[i]);
	}
	r->zones_told = true;
	return any;
}

/* Zones that cannot be read are unknown, and the log says why. */
static void
tell_zones(struct roster *r)
{
	struct zones *zones;
	struct err err = { 0 };

	if (!zones_changed(r))
		return;
	zones = zones_new();
	if (zones_load(r->dir, zones, &err) < 0)
		log_line(0, LOG_LEVEL_WARN, "zones: %s", err.text);
	say(r, "zones %zu", zones_count(zones));
	for (size_t i = 0; i < zones_count(zones); i++) {
		const struct zone *zone = zones_at(zones, i);

		say(r, "zone %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
		    " %s", zone->level, zone->since, zone->ends, zone->made_at,
		    zone->expires, zone->place);
	}
	zones_free(zones);
}

/* ---- lines in ------------------------------------------------------------------------ */

static const struct officer *
find(const struct roster *r, const char *id)
{
	for (size_t i = 0; i < r->officers.n; i++)
		if (strcmp(r->officers.list[i].id, id) == 0)
			return &r->officers.list[i];
	return NULL;
}

static void
check(struct roster *r, int64_t n, const char *id, const char *pin)
{
	const struct officer *o;
	int64_t now_ms = loop_now_ms(r->loop);
	struct err err = { 0 };
	long wait;

	tell_list(r);
	o = find(r, id);
	wait = o != NULL ? waits_left(r->waits, id, now_ms) : 0;
	if (o == NULL) {
		say(r, "wrong %" PRId64 " 0", n);
		return;
	}
	if (wait > 0) {
		say(r, "wait %" PRId64 " %ld", n, wait);
		return;
	}
	wait = waits_try(r->waits, id, now_ms, &err);
	if (wait < 0) {
		say_fault(r, n, err.text);
	} else if (strlen(pin) > OFFICER_PIN_MAX ||
	    !hash_pin_matches(o->pin, pin)) {
		say(r, "wrong %" PRId64 " %ld", n, wait);
	} else {
		waits_forgive(r->waits, id, NULL);
		say(r, "right %" PRId64, n);
	}
}

/* Letters, digits, '-', '.' and at most one '/': nothing leads elsewhere. */
static bool
name_good(const char *name)
{
	const char *slash = strchr(name, '/');

	return name[0] >= 'a' && name[0] <= 'z' && strlen(name) < 64 &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-./")] ==
	    '\0' && strstr(name, "..") == NULL &&
	    (slash == NULL || (slash[1] != '\0' &&
	    strchr(slash + 1, '/') == NULL)) &&
	    (strcmp(name, "shift") == 0 || strcmp(name, "read") == 0 ||
	    strcmp(name, "occupancy") == 0 ||
	    strncmp(name, "sheets/", 7) == 0);
}

static void
keep(struct roster *r, int64_t n, const char *name, const char *hex)
{
	unsigned char bytes[KEEP_BYTES_MAX];
	ssize_t len = hex_parse(hex, strlen(hex), bytes, sizeof(bytes));
	char path[PATH_MAX];
	struct err err = { 0 };

	if (!name_good(name) || len < 0) {
		say_fault(r, n, "a keep line has a name and hexadecimal");
		return;
	}
	snprintf(path, sizeof(path), "%s/sheets", r->dir);
	if (strchr(name, '/') != NULL && dir_make(path, 0700, &err) < 0) {
		say_fault(r, n, err.text);
		return;
	}
	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	if (file_write(path, bytes, (size_t)len, 0600, true, &err) < 0)
		say_fault(r, n, err.text);
	else
		say(r, "kept %" PRId64, n);
}

/* "VERB N WORD WORD"; other lines may be a later station's. */
static void
on_line(void *arg, char *line, size_t len)
{
	struct roster *r = arg;
	char *verb = strsep(&line, " "), *number = strsep(&line, " ");
	char *first = strsep(&line, " "), *second = strsep(&line, " ");
	int64_t n;

	(void)len;
	if (second == NULL || line != NULL || number[0] < '0' ||
	    number[0] > '9')
		return;
	n = strtoll(number, NULL, 10);
	if (strcmp(verb, "check") == 0)
		check(r, n, first, second);
	else if (strcmp(verb, "keep") == 0)
		keep(r, n, first, second);
	hash_wipe(second, strlen(second));
}

static void
on_input(void *arg, int fd, short revents)
{
	struct roster *r = arg;
	ssize_t n = read(fd, r->bytes, sizeof(r->bytes));

	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_stop(r->loop);
		return;
	}
	lines_push(&r->lines, r->bytes, (size_t)n, on_line, r);
	hash_wipe(r->bytes, sizeof(r->bytes));
}

static void
on_tick(void *arg)
{
	struct roster *r = arg;

	tell_list(r);
	tell_mail(r);
	tell_zones(r);
	if (++r->ticks % OK_EVERY == 0)
		say(r, "ok");
	loop_at(r->loop, loop_now_ms(r->loop) + TICK_MS, on_tick, r);
}

int
register_roster(const char *dir, int in_fd, int out_fd, struct err *err)
{
	struct roster *r = calloc(1, sizeof(*r)); /* large: its list */
	char path[PATH_MAX], boot[37];
	int result = -1;

	if (r == NULL)
		mem_none();
	mem_secret(r->buffer, sizeof(r->buffer) + sizeof(r->bytes));
	mem_secret_stack();
	r->dir = dir;
	r->out_fd = out_fd;
	snprintf(r->list_path, sizeof(r->list_path), "%s/officers", dir);
	snprintf(path, sizeof(path), "%s/wrong-pins", dir);
	r->loop = loop_new(err);
	if (r->loop == NULL)
		goto out;
	boot_id(boot);
	r->waits = waits_open(path, boot, loop_now_ms(r->loop));
	r->mail = mail_open(dir);
	lines_init(&r->lines, r->buffer, EVENT_LINE_MAX);
	say(r, "hello 1 roster");
	tell_list(r);
	on_tick(r);
	if (loop_watch(r->loop, in_fd, POLLIN, on_input, r, err) == 0 &&
	    r->failed_errno == 0)
		result = loop_run(r->loop, err);
	if (r->failed_errno != 0 && r->failed_errno != EPIPE)
		result = err_set(err, ERR_RETRY, "roster: %s",
		    strerror(r->failed_errno));
	waits_close(r->waits);
	mail_close(r->mail);
	loop_free(r->loop);
out:
	free(r);
	return result;
}
