/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel - small files of /sys and /proc, below a root that tests choose.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_FILE_MAX 4096 /* bytes: one page is all that sysfs gives */

static bool
word_at(const char *root, char *out, size_t size, const char *format,
    va_list ap)
{
	char path[MACHINE_PATH_MAX], *text;
	size_t n = (size_t)snprintf(path, sizeof(path), "%s", root), len;

	if (n >= sizeof(path) || (size_t)vsnprintf(path + n, sizeof(path) - n,
	    format, ap) >= sizeof(path) - n)
		return false;
	text = file_read(path, WORD_FILE_MAX, &len, NULL);
	if (text == NULL)
		return false;
	text_clean(text, strcspn(text, "\n"), out, size);
	free(text);
	return true;
}

bool
kernel_word(const char *root, char *out, size_t size, const char *format, ...)
{
	va_list ap;
	bool there;

	va_start(ap, format);
	there = word_at(root, out, size, format, ap);
	va_end(ap);
	return there;
}

int64_t
kernel_number(const char *root, const char *format, ...)
{
	char text[64], *end;
	va_list ap;
	bool there;
	int64_t n;

	va_start(ap, format);
	there = word_at(root, text, sizeof(text), format, ap);
	va_end(ap);
	if (!there)
		return -1;
	errno = 0;
	n = strtoll(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	return end == text || errno != 0 || n < 0 ? -1 : n;
}

void
kernel_each(const char *root, const char *path,
    void (*fn)(void *arg, const char *name), void *arg)
{
	char full[MACHINE_PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if ((size_t)snprintf(full, sizeof(full), "%s%s", root, path) >=
	    sizeof(full))
		return;
	dir = opendir(full);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && strlen(entry->d_name) < 64)
			fn(arg, entry->d_name);
	if (dir != NULL)
		closedir(dir);
}
