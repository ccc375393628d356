/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log - one line on standard error, by one write(2), so that the lines of a
 * station and its children do not mix. Who calls tells the time.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX 1024

static const char *const level_words[] = {
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_FAULT] = "fault",
};

void
log_line(int64_t at, enum log_level level, const char *format, ...)
{
	char text[LOG_MAX], when[21] = "", line[LOG_MAX + 64];
	va_list ap;
	ssize_t written;
	int n;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	tidy(text);
	if (at != 0)
		time_print(at, when);
	n = snprintf(line, sizeof(line), "%s%s%s: %s\n", when,
	    at != 0 ? " " : "", level_words[level], text);
	written = write(STDERR_FILENO, line, (size_t)n);
	(void)written; /* nowhere left to say that the log cannot be written */
}
