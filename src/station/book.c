/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book - the figures of a shift. Pure; see book.h.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_FIRST "chot shift 1"
#define COUNT_MAX 1000000
#define TIMED_MAX_MS (COUNT_MAX * INT64_C(1000))

#define COUNTED(word, label, field) { word, label, \
	offsetof(struct view_counts, field) }

static const struct book_row rows[] = {
	COUNTED("people", N_("People"), people),
	COUNTED("cars", N_("Cars"), cars),
	COUNTED("motorbikes", N_("Motorbikes"), motorbikes),
	COUNTED("foreigners", N_("Foreigners"), foreigners),
	COUNTED("declarations", N_("Declarations"), declarations),
	COUNTED("passed", N_("Let pass"), passed),
	COUNTED("checked", N_("Checked"), checked),
	COUNTED("turned_back", N_("Turned back"), turned_back),
	COUNTED("health", N_("Health desk"), health),
	COUNTED("anyway", N_("Let pass anyway"), anyway),
	COUNTED("against", N_("Against the verdict"), against),
};

const struct book_row *
book_row(size_t i)
{
	return i < nitems(rows) ? &rows[i] : NULL;
}

const int *
book_count(const struct view_counts *counts, size_t i)
{
	return (const int *)(const void *)((const char *)counts + rows[i].at);
}

void
book_begin(struct book *book, struct view_counts *counts, int64_t at,
    int utc_offset_s)
{
	int64_t shifted = at + utc_offset_s;
	int64_t day = shifted / 86400 - (shifted % 86400 < 0);

	book->number = book->day == day ? book->number + 1 : 1;
	book->day = day;
	book->open = true;
	book->serial++;
	book->officer[0] = book->name[0] = '\0';
	memset(counts, 0, sizeof(*counts));
	counts->since = at;
}

/* ---- the file --------------------------------------------------------------------- */

void
book_print(const struct book *book, const struct view_counts *counts,
    char out[BOOK_TEXT_MAX])
{
	size_t n = (size_t)snprintf(out, BOOK_TEXT_MAX, FILE_FIRST "\n"
	    "serial %" PRId64 "\nopen %d\nnumber %d\nday %" PRId64 "\n"
	    "since %" PRId64 "\nofficer %s\nname %s\ndevice_faults %d\n",
	    book->serial, book->open, book->number, book->day, counts->since,
	    book->officer, book->name, counts->device_faults);
	n += (size_t)snprintf(out + n, BOOK_TEXT_MAX - n,
	    "timed %d %d %" PRId64 " %" PRId64 "\n", counts->timed[0],
	    counts->timed[1], counts->timed_ms[0], counts->timed_ms[1]);

	for (size_t i = 0; i < nitems(rows); i++)
		n += (size_t)snprintf(out + n, BOOK_TEXT_MAX - n,
		    "%s %d %d\n", rows[i].word, book_count(counts, i)[0],
		    book_count(counts, i)[1]);
}

static bool
within(int64_t value, int64_t most)
{
	return value >= 0 && value <= most;
}

static void
take_count(const char *word, const char *value, struct view_counts *counts)
{
	int in, out;

	for (size_t i = 0; i < nitems(rows); i++) {
		int *at = (int *)(void *)((char *)counts + rows[i].at);

		if (strcmp(rows[i].word, word) != 0 ||
		    sscanf(value, "%d %d", &in, &out) != 2 ||
		    !within(in, COUNT_MAX) || !within(out, COUNT_MAX))
			continue;
		at[0] = in;
		at[1] = out;
	}
}

static void
take_times(const char *value, struct view_counts *counts)
{
	struct view_counts read = { .since = 0 };

	if (sscanf(value, "%d %d %" SCNd64 " %" SCNd64, &read.timed[0],
	    &read.timed[1], &read.timed_ms[0], &read.timed_ms[1]) != 4)
		return;
	for (int i = 0; i < 2; i++)
		if (!within(read.timed[i], COUNT_MAX) ||
		    !within(read.timed_ms[i], TIMED_MAX_MS))
			return;
	memcpy(counts->timed, read.timed, sizeof(read.timed));
	memcpy(counts->timed_ms, read.timed_ms, sizeof(read.timed_ms));
}

static void
take_line(const char *word, const char *value, struct book *book,
    struct view_counts *counts)
{
	int64_t n = strtoll(value, NULL, 10);

	if (strcmp(word, "serial") == 0)
		book->serial = n;
	else if (strcmp(word, "open") == 0)
		book->open = n == 1;
	else if (strcmp(word, "number") == 0 && within(n, 99))
		book->number = (int)n;
	else if (strcmp(word, "day") == 0)
		book->day = n;
	else if (strcmp(word, "since") == 0)
		counts->since = n;
	else if (strcmp(word, "device_faults") == 0 && within(n, COUNT_MAX))
		counts->device_faults = (int)n;
	else if (strcmp(word, "timed") == 0)
		take_times(value, counts);
	else if (strcmp(word, "officer") == 0)
		snprintf(book->officer, sizeof(book->officer), "%s", value);
	else if (strcmp(word, "name") == 0)
		text_clean(value, strlen(value), book->name,
		    sizeof(book->name));
	else
		take_count(word, value, counts);
}

int
book_parse(const char *text, struct book *book, struct view_counts *counts)
{
	struct book read = { .open = false };
	struct view_counts numbers = { .since = 0 };
	char *copy = strdup(text), *rest = copy, *line;

	if (copy == NULL)
		mem_none();
	line = strsep(&rest, "\n");
	if (strcmp(line, FILE_FIRST) != 0) {
		free(copy);
		return -1;
	}
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *word = strsep(&line, " ");

		if (line != NULL)
			take_line(word, line, &read, &numbers);
	}
	free(copy);
	*book = read;
	*counts = numbers;
	return 0;
}

/* ---- for people ---------------------------------------------------------------------- */

void
book_title(const struct book *book, const char *name, char *out, size_t size)
{
	out[0] = '\0';
	if (name[0] != '\0')
		snprintf(out, size, _("Shift %d: %s"), book->number, name);
}

static void
time_text(int64_t at, int utc_offset_s, char out[32])
{
	struct calendar c = calendar_at(at, utc_offset_s);

	snprintf(out, 32, "%02d:%02d %02d/%02d/%04d", c.hour, c.minute, c.day,
	    c.month, c.year);
}

/* Columns, not bytes: labels have marks. */
static void
row_text(const char *label, const char *in, const char *out,
    char line[VIEW_TEXT_MAX])
{
	int gap = 22 - text_columns(label);

	snprintf(line, VIEW_TEXT_MAX, "%s%*s%8s%8s", label,
	    gap > 0 ? gap : 1, "", in, out);
}

size_t
book_lines(const struct book *book, const struct view_counts *counts,
    int64_t until, int utc_offset_s, char lines[][VIEW_TEXT_MAX], size_t most)
{
	char from[32], to[32], in[24], out[24];
	size_t n = 0;

	time_text(counts->since, utc_offset_s, from);
	time_text(until, utc_offset_s, to);
	if (n < most)
		snprintf(lines[n++], VIEW_TEXT_MAX, _("Shift %d: %s"),
		    book->number, book->name[0] != '\0' ? book->name : "-");
	if (n < most)
		snprintf(lines[n++], VIEW_TEXT_MAX, _("%s to %s"), from, to);
	snprintf(in, sizeof(in), "%s", _("IN"));
	snprintf(out, sizeof(out), "%s", _("OUT"));
	if (n < most)
		snprintf(lines[n++], VIEW_TEXT_MAX, "%*s%*s%*s", 22, "",
		    8 + (int)strlen(in) - text_columns(in), in,
		    8 + (int)strlen(out) - text_columns(out), out);
	for (size_t i = 0; i < nitems(rows) && n < most; i++) {
		snprintf(in, sizeof(in), "%d", book_count(counts, i)[0]);
		snprintf(out, sizeof(out), "%d", book_count(counts, i)[1]);
		row_text(_(rows[i].label), in, out, lines[n++]);
	}
	snprintf(in, sizeof(in), "%d", counts->device_faults);
	if (n < most)
		row_text(_("Device faults"), in, "", lines[n++]);
	return n;
}
