/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey - how much of an outbox that was set aside can still be read, of
 * what the hub does not have. It goes on a little at a time beside the work,
 * since a card that rots may take seconds for a page; what came of it is
 * written beside the file, so that it is done once.
 *
 * Where SQLite reads all of it nothing is copied: the room sync sends the
 * records from where they lie. Else its pages are gone through, and what they
 * have more is kept beside.
 */
#include "parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASIDE_MAX 1000
#define MISSES_MAX 200000 /* numbers in a row under which nothing is read */
#define FOUND_FILE_MAX 200

static bool
found_path(const char *aside, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s.found", aside) < PATH_MAX;
}

int
outbox_found(const char *aside, struct outbox_found *found)
{
	char path[PATH_MAX], *text;
	size_t len;
	int got;

	*found = (struct outbox_found){ .saved = 0 };
	text = found_path(aside, path) ? file_read(path, FOUND_FILE_MAX, &len,
	    NULL) : NULL;
	if (text == NULL)
		return -1;
	got = sscanf(text, "saved %18" SCNd64 " lost %18" SCNd64,
	    &found->saved, &found->lost);
	free(text);
	return got == 2 ? 0 : -1;
}

static int
write_found(const struct survey *s, struct err *err)
{
	char path[PATH_MAX], text[FOUND_FILE_MAX];
	int n = snprintf(text, sizeof(text), "saved %" PRId64 " lost %" PRId64
	    "\n", s->found.saved, s->found.lost);

	if (!found_path(s->path, path))
		return err_set(err, ERR_SETUP, _("path too long"));
	return file_write(path, text, (size_t)n, 0644, true, err);
}

/* Whether there was a sync.db: then what it does not acknowledge was not
 * pruned either, and numbers that are missing before the first are lost. */
static bool
knows_sent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char beside[PATH_MAX];

	return snprintf(beside, sizeof(beside), "%.*ssync.db",
	    slash != NULL ? (int)(slash - path + 1) : 0, path) <
	    (int)sizeof(beside) && access(beside, R_OK) == 0;
}

static bool
saved_path(const char *aside, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s.saved", aside) < PATH_MAX;
}

struct outbox *
outbox_open_aside(const char *aside, struct err *err)
{
	struct outbox_found found;
	char saved[PATH_MAX];
	bool done = outbox_found(aside, &found) == 0 &&
	    saved_path(aside, saved) && access(saved, F_OK) == 0;

	return outbox_open(done ? saved : aside, OUTBOX_READ, NULL, NULL, err);
}

bool
survey_begin(struct survey *s, const char *path, const char *station)
{
	struct outbox_state state;
	struct outbox_found known;

	*s = (struct survey){ .outbox = path, .station = station };
	for (int number = 1; number < ASIDE_MAX; number++) {
		if (!outbox_aside(path, number, s->path, sizeof(s->path)))
			return false;
		if (outbox_found(s->path, &known) < 0)
			break;
		s->path[0] = '\0';
	}
	if (s->path[0] == '\0')
		return false;
	s->counts = s->knows = knows_sent(path);
	s->box = outbox_open(s->path, OUTBOX_READ, NULL, NULL, NULL);
	if (s->box == NULL)
		return true;
	outbox_state(s->box, &state, NULL); /* as far as it can be told */
	s->seq = state.acknowledged;
	return true;
}

/* 1: go on, 0: that was the last number, at which anything is. */
static int
step_number(struct survey *s)
{
	struct outbox_item item;
	int found = s->box != NULL ? outbox_next(s->box, s->seq, &item, NULL) :
	    0;

	if (found == 0 || s->misses > MISSES_MAX)
		return 0;
	if (found < 0 || item.id.seq <= s->seq ||
	    !salvage_is_whole(s->box, &item)) {
		/* Not on to the number that a broken page names. */
		s->misses++;
		s->seq++;
		return 1;
	}
	if (s->counts)
		s->found.lost += s->misses + item.id.seq - s->seq - 1;
	s->found.saved++;
	s->counts = true;
	s->misses = 0;
	s->seq = item.id.seq;
	return 1;
}

/* By numbers first; where some are missing, by pages. */
int
survey_step(struct survey *s)
{
	if (s->regains)
		return regain_step(&s->regain) ? 1 : 0;
	if (step_number(s) > 0)
		return 1;
	if (s->box != NULL && s->found.lost == 0)
		return 0;
	s->regains = regain_begin(&s->regain, s->outbox, s->path, s->station);
	return s->regains ? 1 : 0;
}

int
survey_end(struct survey *s, struct err *err)
{
	struct outbox_found found;
	int ret;

	if (s->regains && s->regain.saved > s->found.saved &&
	    regain_end(&s->regain, s->knows, &found) == 0)
		s->found = found;
	ret = s->path[0] != '\0' ? write_found(s, err) : 0;
	survey_drop(s);
	return ret;
}

void
survey_drop(struct survey *s)
{
	outbox_close(s->box);
	s->box = NULL;
	if (s->regains)
		regain_drop(&s->regain);
	s->regains = false;
}
