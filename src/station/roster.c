/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roster - the station's side of the child that knows the officers, checks
 * their PINs and writes the small files of the post.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 60000
#define KEEP_BYTES_MAX 4000
#define KEEP_FIRST_N 1000000000000 /* PINs are counted from 1 */

struct roster {
	struct child *child;
	struct roster_calls calls;
	int64_t kept_n, answered_n; /* of files */
	struct zones *coming;       /* not all of them yet; or NULL */
	size_t zones_wanted;
};

/* "officer ID ROLE MARK NAME" */
static void
officer(struct roster *r, char *words)
{
	struct duty_officer o = { .id = "" };
	char *id = strsep(&words, " "), *role = strsep(&words, " ");
	char *mark = strsep(&words, " ");

	if (words == NULL || officer_role_parse(role, &o.role) < 0)
		return;
	snprintf(o.id, sizeof(o.id), "%s", id);
	snprintf(o.badge, sizeof(o.badge), "%s",
	    strcmp(mark, "-") == 0 ? "" : mark);
	text_clean(words, strlen(words), o.name, sizeof(o.name));
	r->calls.officer(r->calls.arg, &o);
}

/* ---- zones: all of them, or those of before ---------------------------------- */

static void
zones_whole(struct roster *r)
{
	if (r->coming == NULL || zones_count(r->coming) < r->zones_wanted)
		return;
	zones_ready(r->coming);
	r->calls.zones(r->calls.arg, r->coming);
	r->coming = NULL;
}

static void
zones_begin(struct roster *r, size_t count)
{
	zones_free(r->coming);
	r->coming = zones_new();
	r->zones_wanted = count;
	zones_whole(r);
}

/* "zone LEVEL SINCE ENDS MADE EXPIRES PLACE" */
static void
take_zone(struct roster *r, const char *line)
{
	struct zone zone = { .level = 0 };
	int at = 0;

	if (r->coming == NULL || sscanf(line, "zone %d %" SCNd64 " %" SCNd64
	    " %" SCNd64 " %" SCNd64 " %n", &zone.level, &zone.since,
	    &zone.ends, &zone.made_at, &zone.expires, &at) != 5 || at == 0 ||
	    strlen(line + at) >= sizeof(zone.place))
		return;
	strcpy(zone.place, line + at);
	if (zones_add(r->coming, &zone, NULL) == 0)
		zones_whole(r);
}

/* ---- lines --------------------------------------------------------------------- */

static void
on_line(void *arg, char *line, size_t len)
{
	static const char *const words[] = { "right", "wrong", "wait" };
	struct roster *r = arg;
	char said[EVENT_WORDS_MAX];
	size_t count;
	int64_t n;
	int at = 0;

	(void)len;
	if (r->calls.mail(r->calls.arg, line))
		return;
	if (sscanf(line, "zones %zu", &count) == 1) {
		zones_begin(r, count);
	} else if (strncmp(line, "zone ", 5) == 0) {
		take_zone(r, line);
	} else if (sscanf(line, "officers %zu", &count) == 1) {
		r->calls.officers(r->calls.arg, count);
	} else if (strncmp(line, "officer ", 8) == 0) {
		officer(r, line + 8);
	} else if (sscanf(line, "kept %" SCNd64, &n) == 1) {
		r->answered_n = n;
	} else if (sscanf(line, "fault %" SCNd64 " %n", &n, &at) == 1 &&
	    at > 0) {
		text_clean(line + at, strlen(line + at), said, sizeof(said));
		if (n > KEEP_FIRST_N)
			r->answered_n = n;
		r->calls.fault(r->calls.arg, n, said);
	}
	for (size_t i = 0; i < nitems(words); i++) {
		size_t l = strlen(words[i]);
		long seconds = 0;

		if (strncmp(line, words[i], l) == 0 && sscanf(line + l,
		    " %" SCNd64 " %ld", &n, &seconds) >= 1)
			r->calls.answer(r->calls.arg, n, words[i], seconds);
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct roster *r = arg;

	if (state != CHILD_DOWN && state != CHILD_STALE)
		return;
	r->answered_n = r->kept_n; /* they have none any more */
	r->calls.fault(r->calls.arg, -1, words);
}

struct roster *
roster_start(struct loop *loop, char *const argv[],
    const struct roster_calls *calls, struct err *err)
{
	struct roster *r = calloc(1, sizeof(*r));
	struct child_spec spec = {
		.name = "roster", .argv = argv,
		.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
		.restart_min_ms = 100, .restart_max_ms = 5000,
		.secrets = true,
		.on_line = on_line, .on_state = on_state, .arg = r,
	};

	if (r == NULL)
		mem_none();
	r->calls = *calls;
	r->kept_n = r->answered_n = KEEP_FIRST_N;
	r->child = child_start(loop, &spec, err);
	if (r->child == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
roster_stop(struct roster *r)
{
	if (r == NULL)
		return;
	child_stop(r->child);
	zones_free(r->coming);
	free(r);
}

bool
roster_check(struct roster *r, int64_t n, const char *id, const char *pin)
{
	char line[96];
	bool sent;

	snprintf(line, sizeof(line), "check %" PRId64 " %s %s", n, id, pin);
	sent = child_send(r->child, line, NULL) == 0;
	explicit_bzero(line, sizeof(line));
	return sent;
}

bool
roster_keep(struct roster *r, const char *name, const char *text)
{
	char line[2 * KEEP_BYTES_MAX + 128];
	size_t n = strlen(text);
	int at;

	if (n > KEEP_BYTES_MAX)
		return false;
	at = snprintf(line, 128, "keep %" PRId64 " %s ", ++r->kept_n, name);
	hex_print((const unsigned char *)text, n, line + at);
	return child_send(r->child, line, NULL) == 0;
}

bool
roster_keeps(const struct roster *r)
{
	return r->kept_n != r->answered_n;
}
