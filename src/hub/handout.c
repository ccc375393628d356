/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handout - the public keys that every post is given with its certificate:
 * all NAME.pub of a directory. Read anew each time, so that a key may be
 * replaced while the hub serves.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 16
#define FILE_BYTES_MAX 4096
#define NAME_BYTES_MAX 40

/* Small letters, digits and '-', then ".pub": nothing that leads anywhere. */
static bool
is_public(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n + 4 <= NAME_BYTES_MAX && strcmp(name + n, ".pub") == 0;
}

static int
add_file(const char *dir, const char *name, bool first, struct text *out,
    struct err *err)
{
	char path[PATH_MAX], *bytes;
	size_t len;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return err_set(err, ERR_SETUP, "path too long");
	bytes = file_read(path, FILE_BYTES_MAX, &len, err);
	if (bytes == NULL)
		return -1;
	text_add(out, "%s{\"name\":\"%s\",\"content\":\"", first ? "" : ",",
	    name);
	text_hex(out, (const unsigned char *)bytes, len);
	text_add(out, "\"}");
	free(bytes);
	return 0;
}

int
handout_add(const char *path, struct text *out, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0, ret = 0;

	if (dir == NULL)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	text_add(out, ",\"files\":[");
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		if (!is_public(entry->d_name))
			continue;
		if (count == FILES_MAX)
			ret = err_set(err, ERR_SETUP, "%s: more than %d keys",
			    path, FILES_MAX);
		else
			ret = add_file(path, entry->d_name, count == 0, out,
			    err);
		count++;
	}
	closedir(dir);
	text_add(out, "]");
	return ret;
}
