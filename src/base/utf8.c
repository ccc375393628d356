/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8 - code points, and which of them are safe to show.
 */
#include "parts.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

struct range {
	uint32_t first, last;
};

/* Controls, marks without width, marks that reorder a line, tags; and the
 * format characters that a font would draw (Unicode's Prepended_Concatenation_
 * Mark): Linux consoles give them no column, libc one. Line and paragraph
 * separators are here too; text_clean() makes spaces of them. */
static const struct range unsafe[] = {
	{ 0x00, 0x1F }, { 0x7F, 0x9F }, { 0xAD, 0xAD }, { 0x034F, 0x034F },
	{ 0x0600, 0x0605 }, { 0x061C, 0x061C }, { 0x06DD, 0x06DD },
	{ 0x070F, 0x070F }, { 0x0890, 0x0891 }, { 0x08E2, 0x08E2 },
	{ 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },
	{ 0x180B, 0x180F }, { 0x200B, 0x200F }, { 0x2028, 0x202E },
	{ 0x2060, 0x206F }, { 0x3164, 0x3164 }, { 0xD800, 0xDFFF },
	{ 0xFDD0, 0xFDEF }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
	{ 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0x110BD, 0x110BD },
	{ 0x110CD, 0x110CD }, { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 },
	{ 0x1D173, 0x1D17A },
	{ 0xE0000, 0xE0FFF },
};

bool
utf8_unsafe(uint32_t code)
{
	if ((code & 0xFFFE) == 0xFFFE || code > 0x10FFFF)
		return true;
	for (size_t i = 0; i < nitems(unsafe); i++)
		if (code >= unsafe[i].first && code <= unsafe[i].last)
			return true;
	return false;
}

/* Length of the sequence at s, 0 when it is not valid. */
static size_t
decode(const unsigned char *s, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	if (s[0] < 0xC2 || s[0] > 0xF4 || len > n)
		return 0;
	*code = s[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3F);
	}
	if (*code < least[len] || *code > 0x10FFFF ||
	    (*code >= 0xD800 && *code <= 0xDFFF))
		return 0;
	return len;
}

bool
utf8_valid(const char *text, size_t n)
{
	uint32_t code;
	size_t len;

	for (size_t at = 0; at < n; at += len) {
		len = decode((const unsigned char *)text + at, n - at, &code);
		if (len == 0)
			return false;
	}
	return true;
}

uint32_t
utf8_next(const char *text, size_t n, size_t *at)
{
	uint32_t code = REPLACEMENT;
	size_t len;

	if (*at >= n)
		return REPLACEMENT;
	len = decode((const unsigned char *)text + *at, n - *at, &code);
	if (len == 0) {
		*at += 1;
		return REPLACEMENT;
	}
	*at += len;
	return code;
}

size_t
utf8_put(uint32_t code, char out[4])
{
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = REPLACEMENT;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

void
tidy(char *text)
{
	size_t n = strlen(text), at = 0, to = 0;

	while (at < n) {
		size_t from = at;
		uint32_t code = utf8_next(text, n, &at);

		if ((code == REPLACEMENT && at - from == 1) ||
		    utf8_unsafe(code)) {
			text[to++] = '?';
		} else {
			memmove(text + to, text + from, at - from);
			to += at - from;
		}
	}
	text[to] = '\0';
}
