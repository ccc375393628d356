/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace - a recording of what a device sent, and when.
 *
 *     # comment
 *     @1200                     milliseconds since the start, for what follows
 *     5A 5A 45 04 0E 44         bytes in hexadecimal
 *     @1300 0AFA53              the same on one line
 *     scan qr 4843313A          or the event lines of a reader
 */
#include "parts.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Two digits and a space a byte, and the time. */
#define LINE_MAX_BYTES (TRACE_BYTES_MAX * 3 + 32)
#define TRACE_LAST_MS (24LL * 3600 * 1000)

static int
fail(const struct trace *trace, struct err *err, const char *words)
{
	return err_set(err, ERR_INPUT, "%s:%d: %s", trace->path, trace->line,
	    words);
}

/* 1 with a line without its end, 0 at the end of the file, -1. */
static int
read_line(struct trace *trace, char *line, struct err *err)
{
	size_t n = 0;
	int c;

	trace->line++;
	while ((c = getc(trace->file)) != EOF && c != '\n') {
		if (c == '\0' || n == LINE_MAX_BYTES)
			return fail(trace, err, c == '\0' ?
			    "a NUL in a recording" : "the line is too long");
		line[n++] = (char)c;
	}
	if (ferror(trace->file))
		return fail(trace, err, "cannot be read");
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	return c != EOF || n > 0;
}

/* "@MS"; moves *p behind it. */
static int
take_time(struct trace *trace, const char **p, struct err *err)
{
	int64_t at_ms = 0;

	(*p)++;
	if (!isdigit((unsigned char)**p))
		return fail(trace, err, "@ is followed by milliseconds");
	for (; isdigit((unsigned char)**p); (*p)++) {
		at_ms = at_ms * 10 + (**p - '0');
		if (at_ms > TRACE_LAST_MS)
			return fail(trace, err, "longer than a day");
	}
	if (at_ms < trace->at_ms)
		return fail(trace, err, "the time goes back");
	trace->at_ms = at_ms;
	*p += strspn(*p, " \t");
	return 0;
}

/* Bytes in hexadecimal with or without spaces between them. */
static int
take_bytes(struct trace *trace, const char *p, struct trace_entry *entry,
    struct err *err)
{
	for (entry->n = 0; *p != '\0' && *p != '#';) {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (entry->n == sizeof(entry->bytes))
			return fail(trace, err, "too many bytes in a line");
		if (p[1] == '\0' ||
		    hex_parse(p, 2, entry->bytes + entry->n, 1) != 1)
			return fail(trace, err,
			    "neither bytes nor an event line");
		entry->n++;
		p += 2;
	}
	return 0;
}

/* Event lines start with a word that is no hexadecimal number. */
static bool
is_word(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz");

	return n > 0 && (p[n] == ' ' || p[n] == '\0') &&
	    strspn(p, "abcdef") < n;
}

int
trace_open(struct trace *trace, const char *path, struct err *err)
{
	struct stat status;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return err_set(err, ERR_SETUP, "%s: %s", path,
		    strerror(errno));
	if (fstat(fileno(file), &status) != 0 || S_ISDIR(status.st_mode)) {
		fclose(file);
		return err_set(err, ERR_SETUP, "%s: is no recording", path);
	}
	trace_use(trace, file, path);
	return 0;
}

void
trace_use(struct trace *trace, FILE *file, const char *name)
{
	*trace = (struct trace){ .file = file, .path = name };
}

void
trace_close(struct trace *trace)
{
	if (trace->file != NULL)
		fclose(trace->file);
	trace->file = NULL;
}

int
trace_next(struct trace *trace, struct trace_entry *entry, struct err *err)
{
	char line[LINE_MAX_BYTES + 1];
	int got;

	while ((got = read_line(trace, line, err)) == 1) {
		const char *p = line + strspn(line, " \t");

		if (*p == '@' && take_time(trace, &p, err) < 0)
			return -1;
		if (*p == '\0' || *p == '#')
			continue;
		entry->at_ms = trace->at_ms;
		entry->is_line = is_word(p);
		if (!entry->is_line) {
			if (take_bytes(trace, p, entry, err) < 0)
				return -1;
			return 1;
		}
		if (strlen(p) > EVENT_LINE_MAX)
			return fail(trace, err, "the line is too long");
		strcpy(entry->text, p);
		return 1;
	}
	return got;
}
