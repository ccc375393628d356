/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * epochs - which epochs the outboxes of this post had, in a file beside: the
 * hash of a record is over its epoch, which is written down in one page of
 * the database, and that page may be the one that is lost.
 */
#include "parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define EPOCHS_FILE_MAX 4096

static bool
epochs_path(const char *path, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s.epochs", path) < PATH_MAX;
}

size_t
epochs_list(const char *path, uint32_t epochs[EPOCHS_MAX])
{
	char name[PATH_MAX], *text = NULL, *line, *rest;
	size_t len, n = 0;

	if (epochs_path(path, name))
		text = file_read(name, EPOCHS_FILE_MAX, &len, NULL);
	for (line = text != NULL ? strtok_r(text, "\n", &rest) : NULL;
	    line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		if (n == EPOCHS_MAX)
			memmove(epochs, epochs + 1,
			    --n * sizeof(*epochs));
		epochs[n++] = (uint32_t)strtoul(line, NULL, 16);
	}
	free(text);
	return n;
}

int
epochs_note(const char *path, uint32_t epoch, struct err *err)
{
	char name[PATH_MAX], text[EPOCHS_FILE_MAX];
	uint32_t epochs[EPOCHS_MAX];
	size_t n = epochs_list(path, epochs), len = 0;

	for (size_t i = 0; i < n; i++)
		if (epochs[i] == epoch)
			return 0;
	for (size_t i = n == EPOCHS_MAX ? 1 : 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%08x\n", (unsigned)epochs[i]);
	len += (size_t)snprintf(text + len, sizeof(text) - len, "%08x\n",
	    (unsigned)epoch);
	if (!epochs_path(path, name))
		return err_set(err, ERR_SETUP, _("path too long"));
	return file_write(name, text, len, 0600, true, err);
}
