/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_lines - lines of JSON from a file or standard input. A line that is
 * too long is refused whole; getline(3) would let it fill the memory.
 */
#include "json_lines.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int
json_lines_open(struct json_lines *lines, const char *path, size_t max,
    struct err *err)
{
	assert(max <= JSON_LINE_MAX);
	lines->line = 0;
	lines->max = max;
	lines->name = "-";
	lines->in = stdin;
	if (path == NULL || strcmp(path, "-") == 0)
		return 0;
	lines->name = path;
	lines->in = fopen(path, "re");
	if (lines->in == NULL)
		return err_set(err, ERR_INPUT, "%s: %s", path,
		    strerror(errno));
	return 0;
}

void
json_lines_close(struct json_lines *lines)
{
	if (lines->in != stdin)
		fclose(lines->in);
}

int
json_lines_next(struct json_lines *lines, size_t *n, struct err *err)
{
	int c;

	*n = 0;
	lines->line++;
	while ((c = getc(lines->in)) != EOF && c != '\n') {
		if (*n == lines->max)
			return err_set(err, ERR_INPUT,
			    _("longer than %zu bytes"), lines->max);
		lines->text[(*n)++] = (char)c;
	}
	if (ferror(lines->in))
		return err_set(err, ERR_RETRY, "%s", strerror(errno));
	return c == EOF && *n == 0 ? 0 : 1;
}

int
json_lines_within(const struct json_lines *lines, struct err *err)
{
	return err_within(err, "%s:%d", lines->name, lines->line);
}
