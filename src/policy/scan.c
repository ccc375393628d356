/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan - a pack's text looked through before libconfuse reads it.
 *
 * libconfuse takes a file whose last brace or comment end is missing, and
 * replaces ${NAME} by the environment. A pack decides over people: it must
 * be whole and say the same on every machine.
 */
#include "parts.h"

#include <string.h>

#define WORD_ENDS "{}()=,+\"' \t\n"

struct scan {
	const char *text;
	size_t n, at;
	int line, depth;
	const char *words; /* what is wrong, or NULL */
};

static bool
begins(const struct scan *scan, const char *what)
{
	size_t n = strlen(what);

	return scan->n - scan->at >= n &&
	    memcmp(scan->text + scan->at, what, n) == 0;
}

static void
skip_comment(struct scan *scan)
{
	while (scan->at < scan->n && scan->text[scan->at] != '\n')
		scan->at++;
}

static void
skip_string(struct scan *scan)
{
	char quote = scan->text[scan->at++];
	int line = scan->line;

	for (; scan->at < scan->n; scan->at++) {
		char c = scan->text[scan->at];

		if (c == quote) {
			scan->at++;
			return;
		}
		scan->line += c == '\n';
		if (c == '\\' && scan->at + 1 < scan->n)
			scan->line += scan->text[++scan->at] == '\n';
	}
	scan->line = line;
	scan->words = "the text that begins here has no end";
}

/* A '#' within a bare word is part of the word. */
static bool
word_begins(const struct scan *scan)
{
	return scan->at == 0 ||
	    strchr(WORD_ENDS, scan->text[scan->at - 1]) != NULL;
}

static void
scan_next(struct scan *scan)
{
	char c = scan->text[scan->at];

	if (word_begins(scan) && begins(scan, "/*"))
		scan->words = "comments begin with #";
	else if (word_begins(scan) && (c == '#' || begins(scan, "//")))
		skip_comment(scan);
	else if (c == '"' || c == '\'')
		skip_string(scan);
	else {
		scan->depth += (c == '{') - (c == '}');
		scan->line += c == '\n';
		scan->at++;
		if (scan->depth < 0)
			scan->words = "a } too many";
	}
}

static const char *
bad_bytes(const char *text, size_t n, int *line)
{
	*line = 1;
	if (!utf8_valid(text, n))
		return "not UTF-8 text";
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r')
			return "a carriage return; save the file with plain "
			    "line ends";
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return "a control character";
		if (c == '$' && i + 1 < n && text[i + 1] == '{')
			return "${ is not allowed in a pack";
		*line += c == '\n';
	}
	return NULL;
}

int
scan_pack(const char *name, const char *text, size_t n, struct err *err)
{
	struct scan scan = { .text = text, .n = n, .line = 1 };

	if (n > PACK_BYTES_MAX)
		return err_set(err, ERR_SETUP, "%s: longer than %d bytes",
		    name, PACK_BYTES_MAX);
	scan.words = bad_bytes(text, n, &scan.line);
	if (scan.words == NULL)
		scan.line = 1;
	while (scan.words == NULL && scan.at < scan.n)
		scan_next(&scan);
	if (scan.words == NULL && scan.depth > 0)
		scan.words = "the file ends within { }";
	if (scan.words == NULL)
		return 0;
	return err_set(err, ERR_SETUP, "%s:%d: %s", name, scan.line,
	    scan.words);
}
