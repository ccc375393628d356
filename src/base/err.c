/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err - one line for a person, and what to do next.
 *
 * Texts quote paths and bytes from outside, and end on a terminal: they are
 * made harmless here, where no caller can forget it.
 */
#include "parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const int exit_statuses[] = {
	[ERR_NONE] = EX_OK,
	[ERR_RETRY] = EX_TEMPFAIL,
	[ERR_INPUT] = EX_DATAERR,
	[ERR_SETUP] = EX_CONFIG,
	[ERR_USAGE] = EX_USAGE,
	[ERR_ABSENT] = EX_UNAVAILABLE,
	[ERR_DENIED] = EX_NOPERM,
};

int
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	char text[ERR_TEXT_MAX]; /* an argument may be err->text itself */
	va_list ap;

	assert(kind != ERR_NONE);
	if (err == NULL)
		return -1;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	tidy(text);
	err->kind = kind;
	memcpy(err->text, text, sizeof(text));
	return -1;
}

int
err_within(struct err *err, const char *format, ...)
{
	char context[ERR_TEXT_MAX], text[ERR_TEXT_MAX];
	va_list ap;
	size_t len;
	int n;

	if (err == NULL)
		return -1;
	va_start(ap, format);
	vsnprintf(context, sizeof(context), format, ap);
	va_end(ap);
	tidy(context);
	len = strlen(context);
	if (strncmp(err->text, context, len) == 0 && err->text[len] == ':')
		return -1; /* "FILE: FILE: Permission denied" helps nobody */
	n = snprintf(text, sizeof(text), "%s: %s", context, err->text);
	if (n < 0)
		return -1;
	tidy(text);
	memcpy(err->text, text, sizeof(text));
	return -1;
}

int
err_exit_status(const struct err *err)
{
	assert((size_t)err->kind < nitems(exit_statuses));
	return exit_statuses[err->kind];
}
