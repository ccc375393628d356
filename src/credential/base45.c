/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base45 - RFC 9285, the text of health certificates: three characters for
 * two bytes, two for one. The space is a character of it.
 */
#include "parts.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static int
value(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

ssize_t
base45_decode(const char *text, size_t n, unsigned char *out, size_t capacity)
{
	size_t used = 0;

	/* The last character of a group is never as large as the space: one at
	 * the end is the reader's. */
	while (n > 0 && text[n - 1] == ' ')
		n--;
	for (size_t at = 0; at < n; at += 3) {
		size_t chars = n - at < 3 ? n - at : 3, bytes = chars - 1;
		int c = value(text[at]), d, e = 0, sum;

		if (chars < 2 || c < 0 || (d = value(text[at + 1])) < 0 ||
		    (chars == 3 && (e = value(text[at + 2])) < 0))
			return -1;
		sum = c + 45 * d + 2025 * e;
		if (sum > (bytes == 2 ? 0xffff : 0xff) ||
		    bytes > capacity - used)
			return -1;
		if (bytes == 2)
			out[used++] = (unsigned char)(sum >> 8);
		out[used++] = (unsigned char)sum;
	}
	return (ssize_t)used;
}

size_t
base45_encode(const unsigned char *bytes, size_t n, char *out)
{
	size_t used = 0;

	for (size_t at = 0; at < n; at += 2) {
		bool pair = n - at >= 2;
		int sum = pair ? bytes[at] << 8 | bytes[at + 1] : bytes[at];

		out[used++] = alphabet[sum % 45];
		out[used++] = alphabet[sum / 45 % 45];
		if (pair)
			out[used++] = alphabet[sum / 2025];
	}
	out[used] = '\0';
	return used;
}
