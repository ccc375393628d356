/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - text that grows: the bodies of requests and the parts of bundles.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void
make_room(struct text *text, size_t n)
{
	size_t want = text->len + n + 1;

	if (want <= text->capacity)
		return;
	text->capacity = want < 1024 ? 1024 : want + want / 2;
	text->bytes = realloc(text->bytes, text->capacity);
	if (text->bytes == NULL)
		mem_none();
}

void
text_add(struct text *text, const char *bytes, size_t n)
{
	make_room(text, n);
	memcpy(text->bytes + text->len, bytes, n);
	text->len += n;
	text->bytes[text->len] = '\0';
}

void
text_printf(struct text *text, const char *format, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		abort(); /* our own formats are short */
	text_add(text, line, (size_t)n);
}

void
text_hex(struct text *text, const unsigned char *bytes, size_t n)
{
	make_room(text, 2 * n);
	hex_print(bytes, n, text->bytes + text->len);
	/* The hub takes small letters only, whatever hex_print() writes. */
	for (size_t i = text->len; i < text->len + 2 * n; i++)
		if (text->bytes[i] >= 'A' && text->bytes[i] <= 'F')
			text->bytes[i] += 'a' - 'A';
	text->len += 2 * n;
	text->bytes[text->len] = '\0';
}

void
text_base64(struct text *text, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out;

	make_room(text, (n + 2) / 3 * 4);
	out = text->bytes + text->len;
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)bytes[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < n)
			v |= bytes[i + 2];
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digits[v & 63] : '=';
	}
	text->len += (n + 2) / 3 * 4;
	text->bytes[text->len] = '\0';
}

void
text_json(struct text *text, const char *string)
{
	text_add(text, "\"", 1);
	for (; *string != '\0'; string++) {
		unsigned char c = (unsigned char)*string;

		if (c < ' ' || c == '"' || c == '\\' || c == 0x7f)
			text_printf(text, "\\u%04x", c);
		else
			text_add(text, string, 1);
	}
	text_add(text, "\"", 1);
}

void
text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ .len = 0 };
}

static int
digit_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

unsigned char *
text_unbase64(const char *text, size_t n, size_t *len)
{
	unsigned char *out = malloc(n / 4 * 3 + 1);
	size_t pad = 0;
	bool good = n % 4 == 0;

	if (out == NULL)
		mem_none();
	while (pad < 2 && pad < n && text[n - 1 - pad] == '=')
		pad++;
	*len = 0;
	for (size_t at = 0; good && at < n; at += 4) {
		uint32_t value = 0;

		for (size_t i = 0; i < 4; i++) {
			int digit = at + i >= n - pad ? 0 :
			    digit_of(text[at + i]);

			good = good && digit >= 0;
			value = value << 6 | (uint32_t)(digit & 63);
		}
		for (int i = 2; i >= 0; i--)
			out[(*len)++] = (unsigned char)(value >> (8 * i));
	}
	if (!good) {
		free(out);
		return NULL;
	}
	*len -= n > 0 ? pad : 0;
	return out;
}
