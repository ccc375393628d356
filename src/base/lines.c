/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines - cuts a byte stream into lines.
 *
 * A line that is too long, or that holds a NUL, is dropped whole: its first
 * half could pass for another, valid line.
 */
#include "parts.h"

static void
finish(struct lines *lines, line_fn fn, void *arg)
{
	size_t len = lines->len;
	bool spoilt = lines->spoilt;

	lines->len = 0;
	lines->spoilt = false;
	if (len > 0 && lines->buffer[len - 1] == '\r')
		len--;
	if (spoilt || len > lines->capacity) {
		lines->dropped++;
		return;
	}
	lines->buffer[len] = '\0';
	fn(arg, lines->buffer, len);
}

void
lines_init(struct lines *lines, char *buffer, size_t capacity)
{
	*lines = (struct lines){ .buffer = buffer, .capacity = capacity };
}

void
lines_push(struct lines *lines, const char *bytes, size_t n, line_fn fn,
    void *arg)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			finish(lines, fn, arg);
		} else if (bytes[i] == '\0') {
			lines->spoilt = true;
		} else if (lines->len < lines->capacity) {
			lines->buffer[lines->len++] = bytes[i];
		} else if (lines->len == lines->capacity && bytes[i] == '\r') {
			/* The CR of a CRLF is no part of the line: it may use
			 * the byte that is kept for the NUL. */
			lines->buffer[lines->len++] = bytes[i];
		} else {
			lines->spoilt = true;
		}
	}
}
