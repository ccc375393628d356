/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hex - bytes as hexadecimal text and back.
 */
#include "parts.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

size_t
hex_print(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return 2 * n;
}

ssize_t
hex_parse(const char *text, size_t n, unsigned char *out, size_t capacity)
{
	if (n % 2 != 0 || n / 2 > capacity)
		return -1;
	for (size_t i = 0; i < n / 2; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return (ssize_t)(n / 2);
}
