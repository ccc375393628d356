/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plate_find - the plate in what a camera sends: JSON, XML, a form, lines of
 * KEY=VALUE, or several of these in one body with pictures between. Pure.
 *
 * Makers name it differently and change it: the key tells. A key that is one
 * of the usual names counts more than one that only has "plate" in it.
 */
#include "plates.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 16
#define KEY_MAX 64

struct finding_of {
	int rank; /* of the best so far */
	char text[PLATE_TEXT_MAX];
};

/* ---- keys -------------------------------------------------------------------------- */

/* The name behind the last '.' or ':', its letters and digits alone. */
static void
plain_key(const char *key, size_t n, char out[KEY_MAX])
{
	size_t from = n, at = 0;

	while (from > 0 && key[from - 1] != '.' && key[from - 1] != ':')
		from--;
	for (; from < n && at + 1 < KEY_MAX; from++)
		if (isalnum((unsigned char)key[from]))
			out[at++] = (char)tolower((unsigned char)key[from]);
	out[at] = '\0';
}

static int
rank(const char *key, size_t n)
{
	static const char *const usual[] = { "licenseplate", "platenumber",
		"plate", "lpr", "numberplate", "plateno", "platetext",
		"licenceplate", "platenum" };
	static const char *const others[] = { "color", "colour", "type",
		"size", "rect", "region", "country", "category", "conf",
		"image", "pic", "url", "width", "height", "position", "char",
		"state", "brand", "index", "angle", "time", "score", "count",
		"list", "length" };
	char plain[KEY_MAX];

	plain_key(key, n, plain);
	for (size_t i = 0; i < nitems(usual); i++)
		if (strcmp(plain, usual[i]) == 0)
			return 2;
	if (strstr(plain, "plate") == NULL)
		return 0;
	for (size_t i = 0; i < nitems(others); i++)
		if (strstr(plain, others[i]) != NULL)
			return 0;
	return 1;
}

/* Letters, digits and what stands between them; cameras say "unknown". */
static bool
is_plate(const char *text, size_t n)
{
	bool digit = false;

	if (n < 4 || n >= PLATE_TEXT_MAX || !utf8_valid(text, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		digit = digit || isdigit(c);
		if (c == '\0' ||
		    (c < 0x80 && !isalnum(c) && strchr(" -._", c) == NULL))
			return false;
	}
	return digit;
}

static void
offer(struct finding_of *f, const char *key, size_t nkey, const char *text,
    size_t n)
{
	int r = rank(key, nkey);

	while (n > 0 && isspace((unsigned char)*text)) {
		text++;
		n--;
	}
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	if (r <= f->rank || !is_plate(text, n))
		return;
	f->rank = r;
	memcpy(f->text, text, n);
	f->text[n] = '\0';
}

/* ---- JSON ------------------------------------------------------------------------------ */

static void
walk(const json_t *value, int depth, struct finding_of *f)
{
	const char *key;
	json_t *one;
	size_t i;

	if (depth > DEPTH_MAX)
		return;
	json_object_foreach((json_t *)value, key, one) {
		if (json_is_string(one))
			offer(f, key, strlen(key), json_string_value(one),
			    json_string_length(one));
		else
			walk(one, depth + 1, f);
	}
	json_array_foreach(value, i, one)
		walk(one, depth + 1, f);
}

static void
find_json(const char *body, size_t n, struct finding_of *f)
{
	json_t *value = json_loadb(body, n, JSON_DISABLE_EOF_CHECK, NULL);

	walk(value, 0, f);
	json_decref(value);
}

/* ---- XML: <name>text</name> ---------------------------------------------------------------- */

static void
find_xml(const char *body, size_t n, struct finding_of *f)
{
	const char *end = body + n, *at = body;

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		const char *name = ++at, *close, *next;
		size_t length = 0;

		while (name + length < end && (isalnum((unsigned char)
		    name[length]) || strchr("_-.:", name[length]) != NULL) &&
		    name[length] != '\0')
			length++;
		close = memchr(name, '>', (size_t)(end - name));
		if (close == NULL)
			return;
		next = memchr(close, '<', (size_t)(end - close));
		if (length > 0 && next != NULL && close[-1] != '/')
			offer(f, name, length, close + 1,
			    (size_t)(next - close - 1));
		at = close;
	}
}

/* ---- forms and lines: KEY=VALUE --------------------------------------------------------------- */

/* %2D and '+' undone, in place; returns the length. */
static size_t
undo(char *text, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char byte;

		if (text[i] == '%' && i + 2 < n &&
		    hex_parse(text + i + 1, 2, &byte, 1) == 1) {
			text[out++] = (char)byte;
			i += 2;
		} else {
			text[out++] = text[i] == '+' ? ' ' : text[i];
		}
	}
	return out;
}

static void
find_pairs(const char *body, size_t n, struct finding_of *f)
{
	const char *end = body + n;

	while (body < end) {
		size_t length = 0, key;
		char value[3 * PLATE_TEXT_MAX];

		while (body + length < end && strchr("&\r\n", body[length]) ==
		    NULL && body[length] != '\0')
			length++;
		for (key = 0; key < length && body[key] != '='; key++)
			;
		if (key < length && length - key - 1 < sizeof(value)) {
			memcpy(value, body + key + 1, length - key - 1);
			offer(f, body, key, value,
			    undo(value, length - key - 1));
		}
		body += length + 1;
	}
}

/* ---- one body, or several in one --------------------------------------------------------------------- */

static void
find_one(const char *body, size_t n, struct finding_of *f)
{
	while (n > 0 && (isspace((unsigned char)*body) ||
	    (unsigned char)*body == 0xef || (unsigned char)*body == 0xbb ||
	    (unsigned char)*body == 0xbf)) {
		body++;
		n--;
	}
	if (n == 0 || (n > 1 && (unsigned char)body[0] == 0xff))
		return; /* a picture */
	if (*body == '{' || *body == '[')
		find_json(body, n, f);
	else if (*body == '<')
		find_xml(body, n, f);
	else
		find_pairs(body, n, f);
}

/* A part: header lines, an empty line, its body. */
static void
find_part(const char *part, size_t n, struct finding_of *f)
{
	const char *blank = memmem(part, n, "\r\n\r\n", 4), *name;
	size_t head = blank == NULL ? 0 : (size_t)(blank - part) + 4;

	if (blank == NULL)
		return;
	name = memmem(part, head, " name=\"", 7);
	if (name != NULL && n - head < 2 * PLATE_TEXT_MAX)
		offer(f, name + 7, strcspn(name + 7, "\"\r\n"), part + head,
		    n - head);
	find_one(part + head, n - head, f);
}

static void
find_parts(const char *mark, size_t nmark, const char *body, size_t n,
    struct finding_of *f)
{
	const char *end = body + n;
	const char *at = memmem(body, n, mark, nmark);

	while (at != NULL) {
		const char *part = at + nmark;
		const char *next = memmem(part, (size_t)(end - part), mark,
		    nmark);

		find_part(part, (size_t)((next != NULL ? next : end) - part),
		    f);
		at = next;
	}
}

bool
plate_find(const char *type, const char *body, size_t n,
    char out[PLATE_TEXT_MAX])
{
	struct finding_of f = { .rank = 0 };
	const char *boundary = strstr(type, "boundary=");
	char mark[80] = "--";
	size_t length;

	if (boundary != NULL) {
		boundary += 9;
		boundary += *boundary == '"';
		length = strcspn(boundary, "\"; ");
		if (length > 0 && length < sizeof(mark) - 3) {
			memcpy(mark + 2, boundary, length);
			mark[2 + length] = '\0';
			find_parts(mark, length + 2, body, n, &f);
		}
	} else {
		find_one(body, n, &f);
	}
	memcpy(out, f.text, sizeof(f.text));
	return f.rank > 0;
}
