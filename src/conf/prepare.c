/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prepare - looks over a file before libconfuse sees it.
 *
 * libconfuse takes values from the environment for "${", runs strings over
 * line ends, cuts them at "\0" and miscounts lines after a comment. Here
 * comments become blanks, so that errors name the right line, and the rest
 * is refused.
 */
#include "parts.h"

#include <string.h>

struct scan {
	char *text;
	size_t n, at;
	int line;
	struct err *err;
};

/* Blanks a comment that starts at scan->at; how many bytes end it. */
static int
blank_comment(struct scan *scan, const char *end)
{
	char *stop = strstr(scan->text + scan->at + strlen(end), end);

	if (stop == NULL && end[0] != '\n')
		return err_set(scan->err, ERR_SETUP,
		    _("a comment without its end"));
	if (stop == NULL)
		stop = scan->text + scan->n;
	else if (end[0] != '\n')
		stop += strlen(end);
	for (char *p = scan->text + scan->at; p < stop; p++) {
		if (*p == '\n')
			scan->line++;
		else
			*p = ' ';
	}
	scan->at = (size_t)(stop - scan->text);
	return 0;
}

static int
skip_string(struct scan *scan)
{
	char quote = scan->text[scan->at++];

	for (; scan->at < scan->n; scan->at++) {
		const char *p = scan->text + scan->at;

		if (*p == '\n')
			break;
		if (*p == '\\' && p[1] != '"' && p[1] != '\'' && p[1] != '\\')
			return err_set(scan->err, ERR_SETUP,
			    _("a backslash may only stand before a quote or a "
			    "backslash"));
		if (*p == '\\')
			scan->at++;
		else if (*p == '$' && p[1] == '{')
			return err_set(scan->err, ERR_SETUP,
			    _("\"${\" is not allowed: nothing is taken from "
			    "the environment"));
		else if (*p == quote) {
			scan->at++;
			return 0;
		}
	}
	return err_set(scan->err, ERR_SETUP, _("a string without its end"));
}

/* Bytes that may stand nowhere, not even in a comment. */
static int
check_bytes(struct scan *scan)
{
	for (size_t i = 0; i < scan->n;) {
		unsigned char c = (unsigned char)scan->text[i];
		size_t start = i;

		if (c == '\n')
			scan->line++;
		if (c < 0x80) {
			if ((c < ' ' && c != '\n' && c != '\t' &&
			    c != '\r') || c == 0x7f)
				return err_set(scan->err, ERR_SETUP,
				    _("a control character"));
			i++;
		} else {
			utf8_next(scan->text, scan->n, &i);
			if (!utf8_valid(scan->text + start, i - start))
				return err_set(scan->err, ERR_SETUP,
				    _("not UTF-8"));
		}
	}
	scan->line = 1;
	return 0;
}

/* At a place between strings: one comment, string or byte. start: whether a
 * word would start here. */
static int
step(struct scan *scan, bool start)
{
	const char *p = scan->text + scan->at;

	if (*p == '#' || (start && p[0] == '/' && p[1] == '/'))
		return blank_comment(scan, "\n");
	if (start && p[0] == '/' && p[1] == '*')
		return blank_comment(scan, "*/");
	if (*p == '"' || *p == '\'')
		return skip_string(scan);
	if (*p == '$' && p[1] == '{')
		return err_set(scan->err, ERR_SETUP, _("\"${\" is not allowed: "
		    "nothing is taken from the environment"));
	if (*p == '\n')
		scan->line++;
	scan->at++;
	return 0;
}

int
prepare(char *text, size_t n, int *line, struct err *err)
{
	struct scan scan = { .text = text, .n = n, .line = 1, .err = err };
	int done = check_bytes(&scan);

	while (done == 0 && scan.at < n) {
		char before = scan.at == 0 ? ' ' : text[scan.at - 1];
		int first = scan.line;

		done = step(&scan, strchr(" \t\r\n={}()+,\"'", before) != NULL);
		if (done < 0)
			scan.line = first;
	}
	*line = scan.line;
	return done;
}
