/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64 - RFC 4648, the plain alphabet of certificates and the one of URLs
 * that JOSE uses.
 */
#include "parts.h"

#include <string.h>

static int
value(enum base64_form form, char c)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at;

	if (form == BASE64_ANY && (c == '+' || c == '/'))
		c = c == '+' ? '-' : '_';
	at = c == '\0' ? NULL : strchr(alphabet, c);
	return at == NULL ? -1 : (int)(at - alphabet);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ssize_t
base64_decode(enum base64_form form, const char *text, size_t n,
    unsigned char *out, size_t capacity)
{
	uint32_t bits = 0;
	size_t used = 0, count = 0, pads = 0;

	for (size_t i = 0; i < n; i++) {
		int v = value(form, text[i]);

		if (form == BASE64_ANY && is_space(text[i]))
			continue;
		if (form == BASE64_ANY && text[i] == '=' && ++pads <= 2)
			continue;
		if (v < 0 || pads > 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		if (++count % 4 == 1)
			continue;
		if (used == capacity)
			return -1;
		out[used++] = (unsigned char)(bits >>
		    (6 - 2 * ((count - 1) % 4)));
	}
	return count % 4 == 1 ? -1 : (ssize_t)used;
}

ssize_t
credential_base64(const char *text, size_t n, unsigned char *out,
    size_t capacity)
{
	return base64_decode(BASE64_ANY, text, n, out, capacity);
}
