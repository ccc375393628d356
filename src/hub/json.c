/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - reads JSON (RFC 8259) where it lies, value by value.
 *
 * A batch is megabytes of base64: nothing is copied, and no tree is built.
 * Texts that matter here are ids and digits, so that an escape in one is
 * refused rather than undone.
 */
#include "parts.h"

#include <string.h>

#define DEPTH_MAX 64

static bool
spoil(struct json *json)
{
	json->bad = true;
	return false;
}

static void
skip_spaces(struct json *json)
{
	while (json->at < json->end && (*json->at == ' ' ||
	    *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
		json->at++;
}

static bool
take(struct json *json, char c)
{
	skip_spaces(json);
	if (json->bad || json->at == json->end || *json->at != c)
		return false;
	json->at++;
	return true;
}

void
json_init(struct json *json, const char *text, size_t len)
{
	*json = (struct json){ .at = text, .end = text + len };
}

bool
json_open(struct json *json, char bracket)
{
	if (!take(json, bracket) || json->depth == DEPTH_MAX)
		return spoil(json);
	json->depth++;
	json->first = true;
	return true;
}

/* True when another one follows; the comma is behind us then. */
static bool
another(struct json *json, char close)
{
	if (json->bad)
		return false;
	if (take(json, close)) {
		json->depth--;
		json->first = false;
		return false;
	}
	if (!json->first && !take(json, ','))
		return spoil(json);
	json->first = false;
	return true;
}

static bool
raw_string(struct json *json, struct slice *out, bool *escapes)
{
	const char *start;

	if (!take(json, '"'))
		return spoil(json);
	start = json->at;
	*escapes = false;
	while (json->at < json->end && *json->at != '"') {
		if ((unsigned char)*json->at < 0x20)
			return spoil(json);
		if (*json->at == '\\') {
			*escapes = true;
			if (++json->at == json->end)
				return spoil(json);
		}
		json->at++;
	}
	if (json->at == json->end)
		return spoil(json);
	*out = (struct slice){ start, (size_t)(json->at - start) };
	json->at++;
	return true;
}

bool
json_string(struct json *json, struct slice *out)
{
	bool escapes;

	return raw_string(json, out, &escapes) && (!escapes || spoil(json));
}

bool
json_member(struct json *json, struct slice *name)
{
	return another(json, '}') && json_string(json, name) &&
	    (take(json, ':') || spoil(json));
}

bool
json_element(struct json *json)
{
	return another(json, ']');
}

bool
json_integer(struct json *json, int64_t *out)
{
	bool minus = take(json, '-');
	const char *start = json->at;
	int64_t value = 0;

	if (json->bad)
		return false;
	while (json->at < json->end && *json->at >= '0' && *json->at <= '9') {
		int digit = *json->at - '0';

		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return spoil(json);
		json->at++;
	}
	if (json->at == start || (*start == '0' && json->at != start + 1) ||
	    (json->at < json->end && (*json->at == '.' || *json->at == 'e' ||
	    *json->at == 'E')))
		return spoil(json);
	*out = minus ? -value : value;
	return true;
}

/* Numbers and words, by their letters only: PostgreSQL reads what is kept. */
static bool
skip_plain(struct json *json)
{
	const char *start = json->at;

	while (json->at < json->end && ((*json->at >= '0' && *json->at <= '9') ||
	    (*json->at >= 'a' && *json->at <= 'z') || *json->at == '-' ||
	    *json->at == '+' || *json->at == '.' || *json->at == 'E'))
		json->at++;
	return json->at > start || spoil(json);
}

static bool
skip_value(struct json *json)
{
	struct slice ignored;
	bool escapes;

	skip_spaces(json);
	if (json->bad || json->at == json->end)
		return spoil(json);
	if (*json->at == '"')
		return raw_string(json, &ignored, &escapes);
	if (*json->at == '{') {
		json_open(json, '{');
		while (another(json, '}'))
			if (!raw_string(json, &ignored, &escapes) ||
			    !take(json, ':') || !skip_value(json))
				return spoil(json);
		return !json->bad;
	}
	if (*json->at == '[') {
		json_open(json, '[');
		while (another(json, ']'))
			skip_value(json);
		return !json->bad;
	}
	return skip_plain(json);
}

bool
json_skip(struct json *json, struct slice *out)
{
	const char *start;

	skip_spaces(json);
	start = json->at;
	if (!skip_value(json))
		return false;
	*out = (struct slice){ start, (size_t)(json->at - start) };
	return true;
}

bool
json_end(struct json *json)
{
	skip_spaces(json);
	return !json->bad && json->at == json->end;
}

bool
slice_is(struct slice slice, const char *text)
{
	return slice.len == strlen(text) &&
	    memcmp(slice.text, text, slice.len) == 0;
}
