/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - fills a struct credential from text that nobody vouches for.
 *
 * Whatever a format reads goes through here: valid UTF-8 in NFC comes out,
 * controls and bidi marks are replaced and warned of, and what does not fit
 * is refused, never cut: half a name could pass for another one.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
refuse(struct credential *out, const char *words)
{
	struct credential_verification kept = out->verification;

	*out = (struct credential){ .kind = CREDENTIAL_ERROR };
	snprintf(out->error, sizeof(out->error), "%s", words);
	out->verification = kept;
}

void
warn(struct credential *out, const char *word)
{
	if (!credential_warns(out, word) &&
	    out->nwarnings < CREDENTIAL_WARNINGS_MAX)
		out->warnings[out->nwarnings++] = word;
}

bool
credential_warns(const struct credential *credential, const char *word)
{
	for (size_t i = 0; i < credential->nwarnings; i++)
		if (strcmp(credential->warnings[i], word) == 0)
			return true;
	return false;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Code points that text_clean() will replace: not a reader's job to send. */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
	    (code >= 0x200b && code <= 0x200f) || code == 0x061c ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

bool
put_text(struct credential *out, char *to, size_t capacity, const char *text,
    size_t n)
{
	/* Composing shrinks, replacing grows a byte to three: room for both. */
	char clean[3 * CREDENTIAL_TEXT_MAX + 4];
	size_t len;

	to[0] = '\0';
	while (n > 0 && is_space(text[0])) {
		text++;
		n--;
	}
	while (n > 0 && is_space(text[n - 1]))
		n--;
	if (n > CREDENTIAL_TEXT_MAX || !utf8_valid(text, n))
		return false;
	for (size_t at = 0; at < n;)
		if (is_control(utf8_next(text, n, &at)))
			warn(out, "control-characters");
	len = text_clean(text, n, clean, sizeof(clean));
	if (len >= capacity)
		return false;
	memcpy(to, clean, len + 1);
	return true;
}

bool
put_field(struct credential *out, const char *name, const char *text, size_t n)
{
	struct credential_field *field;

	if (n == 0)
		return true;
	if (out->nfields == CREDENTIAL_FIELDS_MAX)
		return false;
	field = &out->fields[out->nfields];
	if (!put_text(out, field->value, sizeof(field->value), text, n))
		return false;
	if (field->value[0] == '\0')
		return true;
	snprintf(field->name, sizeof(field->name), "%s", name);
	out->nfields++;
	return true;
}

bool
put_string(struct credential *out, const char *name, const char *text)
{
	return put_field(out, name, text, strlen(text));
}

bool
put_number(struct credential *out, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	return put_string(out, name, text);
}

void
put_identity(struct credential *out, const char *issuer,
    const char *number_kind, const char *number)
{
	int n = snprintf(out->identity, sizeof(out->identity), "%s:%s:%s",
	    issuer, number_kind, number);

	/* A cut identity would be somebody else's. */
	if (n < 0 || (size_t)n >= sizeof(out->identity))
		out->identity[0] = '\0';
}

bool
all_digits(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return n > 0;
}

bool
has_prefix(const struct scan *scan, const char *prefix)
{
	size_t n = strlen(prefix);

	return scan->n >= n && memcmp(scan->text, prefix, n) == 0;
}

size_t
split(const char *text, size_t n, char separator, struct slice *pieces,
    size_t max)
{
	size_t count = 0, start = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && text[i] != separator)
			continue;
		if (count < max)
			pieces[count] = (struct slice){ text + start, i - start };
		count++;
		start = i + 1;
	}
	return count;
}
