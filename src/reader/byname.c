/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * byname - names of devices that stay the same. udev makes them below by-id
 * and by-path; cheap adapters have no serial number, and of two of them the
 * last that was plugged in gets the name by id.
 */
#include "parts.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The link in root/folder that leads to path; false: there is none. */
static bool
find(const char *root, const char *folder, const char *path,
    char out[CONF_PATH_MAX])
{
	char name[CONF_PATH_MAX], real[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *directory;

	snprintf(name, sizeof(name), "%s/%s", root, folder);
	directory = opendir(name);
	while (directory != NULL && !found &&
	    (entry = readdir(directory)) != NULL) {
		if (snprintf(name, sizeof(name), "%s/%s/%s", root, folder,
		    entry->d_name) >= (int)sizeof(name))
			continue;
		found = realpath(name, real) != NULL &&
		    strcmp(real, path) == 0;
	}
	if (directory != NULL)
		closedir(directory);
	if (found)
		strcpy(out, name);
	return found;
}

void
byname_settle(const char *root, struct byname *const devices[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++)
			devices[i]->twin |= k != i && devices[i]->id[0] != '\0' &&
			    strcmp(devices[i]->id, devices[k]->id) == 0;
	for (size_t i = 0; i < count; i++) {
		char path[CONF_PATH_MAX];

		strcpy(path, devices[i]->path);
		if (devices[i]->twin ||
		    !find(root, "by-id", path, devices[i]->path))
			find(root, "by-path", path, devices[i]->path);
	}
}
