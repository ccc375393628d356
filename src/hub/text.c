/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - a text that grows. What goes in is ours: numbers, digits, words.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdlib.h>

#define TEXT_FIRST 256

static void
text_room(struct text *text, size_t more)
{
	size_t size = text->size > 0 ? text->size : TEXT_FIRST;

	while (size < text->len + more + 1)
		size *= 2;
	if (size == text->size)
		return;
	text->bytes = realloc(text->bytes, size);
	if (text->bytes == NULL)
		mem_none();
	text->size = size;
}

void
text_add(struct text *text, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		abort();
	text_room(text, (size_t)n);
	vsnprintf(text->bytes + text->len, (size_t)n + 1, format, ap);
	va_end(ap);
	text->len += (size_t)n;
}

void
text_hex(struct text *text, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	text_room(text, 2 * n);
	for (size_t i = 0; i < n; i++) {
		text->bytes[text->len++] = digits[bytes[i] >> 4];
		text->bytes[text->len++] = digits[bytes[i] & 15];
	}
	text->bytes[text->len] = '\0';
}

void
text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}
