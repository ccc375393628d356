/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waits - how long an officer's PIN is not looked at after wrong ones.
 *
 * A PIN has few digits; what protects it is that trying takes long. Counted
 * on disk before the PIN is looked at, by the clock that runs since boot: the
 * machine's clock may be set by whoever tries. After a reboot the whole wait
 * begins again.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITS_MAX (2 * OFFICERS_MAX)
#define FILE_BYTES_MAX (WAITS_MAX * 128)

/* After so many wrong ones in a row. */
static const long wait_s[] = { 0, 0, 0, 5, 15, 60, 300, 900 };

struct wait {
	char id[OFFICER_ID_MAX];
	unsigned wrong;
	int64_t at_ms; /* since boot */
};

struct waits {
	char *path;
	char boot[37];
	size_t n;
	struct wait list[WAITS_MAX];
};

static long
wait_after(unsigned wrong)
{
	return wait_s[wrong < nitems(wait_s) ? wrong : nitems(wait_s) - 1];
}

static void
take_line(struct waits *waits, const char *line, int64_t now_ms)
{
	struct wait *w = &waits->list[waits->n];
	char boot[37];

	if (waits->n == WAITS_MAX || sscanf(line, "%31s %u %36s %" SCNd64,
	    w->id, &w->wrong, boot, &w->at_ms) != 4)
		return;
	if (strcmp(boot, waits->boot) != 0 || w->at_ms > now_ms)
		w->at_ms = now_ms;
	waits->n++;
}

struct waits *
waits_open(const char *path, const char *boot, int64_t now_ms)
{
	struct waits *waits = calloc(1, sizeof(*waits));
	char *text, *rest, *line;
	size_t n;

	if (waits == NULL || (waits->path = strdup(path)) == NULL)
		mem_none();
	snprintf(waits->boot, sizeof(waits->boot), "%s", boot);
	text = file_read(path, FILE_BYTES_MAX, &n, NULL);
	for (rest = text; rest != NULL &&
	    (line = strsep(&rest, "\n")) != NULL;)
		take_line(waits, line, now_ms);
	free(text);
	return waits;
}

void
waits_close(struct waits *waits)
{
	if (waits == NULL)
		return;
	free(waits->path);
	free(waits);
}

static int
save(const struct waits *waits, struct err *err)
{
	char *text;
	size_t n;
	FILE *out = mem_stream(&text, &n);
	int result;

	for (size_t i = 0; i < waits->n; i++)
		if (waits->list[i].wrong > 0)
			fprintf(out, "%s %u %s %" PRId64 "\n",
			    waits->list[i].id, waits->list[i].wrong,
			    waits->boot, waits->list[i].at_ms);
	fclose(out);
	result = file_write(waits->path, text, n, 0600, true, err);
	free(text);
	return result;
}

static struct wait *
find(const struct waits *waits, const char *id)
{
	for (size_t i = 0; i < waits->n; i++)
		if (strcmp(waits->list[i].id, id) == 0)
			return (struct wait *)&waits->list[i];
	return NULL;
}

long
waits_left(const struct waits *waits, const char *id, int64_t now_ms)
{
	const struct wait *w = find(waits, id);
	int64_t left_ms;

	if (w == NULL)
		return 0;
	left_ms = w->at_ms + wait_after(w->wrong) * 1000 - now_ms;
	return left_ms > 0 ? (long)((left_ms + 999) / 1000) : 0;
}

/* A place for an officer: one that is forgiven may go. */
static struct wait *
place(struct waits *waits, const char *id)
{
	struct wait *w = find(waits, id);

	for (size_t i = 0; w == NULL && i < waits->n; i++)
		if (waits->list[i].wrong == 0)
			w = &waits->list[i];
	if (w == NULL && waits->n < WAITS_MAX)
		w = &waits->list[waits->n++];
	return w;
}

long
waits_try(struct waits *waits, const char *id, int64_t now_ms, struct err *err)
{
	struct wait *w = place(waits, id);

	if (w == NULL)
		return err_set(err, ERR_SETUP, "too many officers");
	if (strcmp(w->id, id) != 0)
		*w = (struct wait){ .wrong = 0 };
	snprintf(w->id, sizeof(w->id), "%s", id);
	w->wrong++;
	w->at_ms = now_ms;
	return save(waits, err) < 0 ? -1 : wait_after(w->wrong);
}

int
waits_forgive(struct waits *waits, const char *id, struct err *err)
{
	struct wait *w = find(waits, id);

	if (w == NULL || w->wrong == 0)
		return 0;
	w->wrong = 0;
	return save(waits, err);
}
