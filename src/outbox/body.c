/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body - is this one JSON object (RFC 8259)?
 *
 * What is sealed cannot be looked at again before the hub opens it, perhaps
 * weeks later, so that half a record must be refused while the one who made
 * it is still there. Only the form is looked at, never what it says.
 */
#include "parts.h"

#include <string.h>

#define DEPTH_MAX 32

struct reader {
	const char *at, *end;
	int depth;
};

static bool value(struct reader *r);

static void
skip_spaces(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

static bool
take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

static bool
escape(struct reader *r)
{
	char c;

	if (r->at == r->end)
		return false;
	c = *r->at++;
	if (c != 'u')
		return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
	for (int i = 0; i < 4; i++)
		if (r->at == r->end || !is_hex(*r->at++))
			return false;
	return true;
}

static bool
string(struct reader *r)
{
	if (!take(r, '"'))
		return false;
	while (r->at < r->end) {
		unsigned char c = (unsigned char)*r->at++;

		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !escape(r)))
			return false;
	}
	return false;
}

static bool
digits(struct reader *r)
{
	const char *start = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > start;
}

static bool
number(struct reader *r)
{
	take(r, '-');
	if (!take(r, '0') && !digits(r))
		return false;
	if (take(r, '.') && !digits(r))
		return false;
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			take(r, '-');
		return digits(r);
	}
	return true;
}

static bool
word(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* What stands between the brackets, and the closing one. */
static bool
members(struct reader *r, bool named, char close)
{
	skip_spaces(r);
	if (take(r, close))
		return true;
	for (;;) {
		skip_spaces(r);
		if (named) {
			if (!string(r))
				return false;
			skip_spaces(r);
			if (!take(r, ':'))
				return false;
		}
		if (!value(r))
			return false;
		skip_spaces(r);
		if (take(r, close))
			return true;
		if (!take(r, ','))
			return false;
	}
}

static bool
nested(struct reader *r, bool named, char close)
{
	bool whole;

	if (r->depth == DEPTH_MAX)
		return false;
	r->depth++;
	whole = members(r, named, close);
	r->depth--;
	return whole;
}

static bool
value(struct reader *r)
{
	skip_spaces(r);
	if (take(r, '{'))
		return nested(r, true, '}');
	if (take(r, '['))
		return nested(r, false, ']');
	if (r->at < r->end && *r->at == '"')
		return string(r);
	return word(r, "true") || word(r, "false") || word(r, "null") ||
	    number(r);
}

bool
body_is_object(const char *text, size_t len)
{
	struct reader r = { .at = text, .end = text + len };

	skip_spaces(&r);
	if (r.at == r.end || *r.at != '{' || !value(&r))
		return false;
	skip_spaces(&r);
	return r.at == r.end && utf8_valid(text, len);
}
