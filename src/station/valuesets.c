/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * valuesets - the files of what codes in documents stand for, one set a file,
 * to names. A set that is not there or is broken costs its names and nothing
 * else: codes are then shown as they are, and what rests on them is unknown.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENDING ".json"

static bool
is_set(const char *name)
{
	size_t n = strlen(name), ending = strlen(ENDING);

	return name[0] != '.' && n > ending &&
	    strcmp(name + n - ending, ENDING) == 0;
}

static int
add_file(struct credential_values *values, const char *dir, const char *name,
    struct err *err)
{
	char path[PATH_MAX], *text;
	size_t n;
	int result;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    sizeof(path))
		return err_set(err, ERR_SETUP, "%s: path too long", name);
	if ((text = file_read(path, CREDENTIAL_VALUES_MAX, &n, err)) == NULL)
		return -1;
	result = credential_values_add(values, path, text, n, err);
	free(text);
	return result;
}

struct credential_values *
valuesets_load(const char *path, struct err *problem)
{
	struct credential_values *values = credential_values_new();
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct err err = { 0 };
	size_t sets = 0;

	*problem = (struct err){ 0 };
	if (dir == NULL) {
		if (errno == ENOMEM)
			mem_none(); /* labels would only be missing */
		err_set(problem, ERR_SETUP, "%s: %s", path, strerror(errno));
		return values;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (!is_set(entry->d_name))
			continue;
		if (add_file(values, path, entry->d_name, &err) == 0)
			sets++;
		else if (problem->text[0] == '\0')
			*problem = err;
	}
	closedir(dir);
	if (sets == 0 && problem->text[0] == '\0')
		err_set(problem, ERR_SETUP, "%s: no value sets", path);
	return values;
}
