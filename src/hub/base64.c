/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64 - strictly RFC 4648: one text for the same bytes, and no other.
 */
#include "parts.h"

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The three, two or one bytes of the last four characters. */
static ssize_t
last_group(const char *text, unsigned char *out)
{
	int a = sextet(text[0]), b = sextet(text[1]), c = sextet(text[2]),
	    d = sextet(text[3]);

	if (a < 0 || b < 0)
		return -1;
	out[0] = (unsigned char)(a << 2 | b >> 4);
	if (text[2] == '=')
		return text[3] == '=' && (b & 15) == 0 ? 1 : -1;
	if (c < 0)
		return -1;
	out[1] = (unsigned char)((b & 15) << 4 | c >> 2);
	if (text[3] == '=')
		return (c & 3) == 0 ? 2 : -1;
	if (d < 0)
		return -1;
	out[2] = (unsigned char)((c & 3) << 6 | d);
	return 3;
}

ssize_t
base64_read(struct slice text, unsigned char *out, size_t capacity)
{
	signed char table[256];
	unsigned char *to = out;
	ssize_t last;

	if (text.len == 0)
		return 0;
	if (text.len % 4 != 0 || capacity < text.len / 4 * 3)
		return -1;
	for (int i = 0; i < 256; i++)
		table[i] = (signed char)sextet((char)i);
	for (size_t i = 0; i + 4 < text.len; i += 4) {
		const unsigned char *t = (const unsigned char *)text.text + i;
		int a = table[t[0]], b = table[t[1]], c = table[t[2]],
		    d = table[t[3]];

		if ((a | b | c | d) < 0)
			return -1;
		*to++ = (unsigned char)(a << 2 | b >> 4);
		*to++ = (unsigned char)((b & 15) << 4 | c >> 2);
		*to++ = (unsigned char)((c & 3) << 6 | d);
	}
	last = last_group(text.text + text.len - 4, to);
	return last < 0 ? -1 : to - out + last;
}
