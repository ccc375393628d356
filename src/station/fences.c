/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fences - how each process of a running post is confined, as the kernel
 * tells it: nothing is taken on a child's word.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILDREN_MAX 4096 /* bytes of /proc/PID/task/PID/children */
#define ARGUMENTS_MAX 4096

/* "read scanner", "recorder", "sync": what it was started as. */
static bool
child_name(pid_t pid, char out[32])
{
	char path[64], *text, *end;
	const char *program, *first, *second;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	text = file_read(path, ARGUMENTS_MAX, &n, NULL);
	if (text == NULL || n == 0) {
		free(text); /* gone, or a zombie */
		return false;
	}
	end = text + n;
	program = strrchr(text, '/') != NULL ? strrchr(text, '/') + 1 : text;
	first = text + strlen(text) + 1 < end ? text + strlen(text) + 1 : "";
	second = first[0] != '\0' && first + strlen(first) + 1 < end ?
	    first + strlen(first) + 1 : "";
	if (strncmp(program, "chot-", 5) == 0)
		snprintf(out, 32, "%.31s", program + 5);
	else if (strcmp(first, "read") == 0 || strcmp(first, "drive") == 0)
		snprintf(out, 32, "%.7s %.20s", first, second);
	else
		snprintf(out, 32, "%.31s", first);
	free(text);
	return true;
}

static void
child_line(struct status *s, pid_t pid)
{
	char name[32], title[STATUS_NAME_MAX], words[CONFINE_WORDS_MAX];
	struct confined seen;

	if (!child_name(pid, name) || confine_of(pid, &seen) != 0)
		return;
	snprintf(title, sizeof(title), "confined %s", name);
	for (int n = 2; status_find(s, title)[0] != '\0' && n < 100; n++)
		snprintf(title, sizeof(title), "confined %s %d", name, n);
	confine_words(&seen, words);
	status_add(s, false, title, "%s", words);
}

void
status_fences(struct status *s, pid_t station)
{
	char path[64], *text, *at;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)station, (int)station);
	text = file_read(path, CHILDREN_MAX, &n, NULL);
	if (text == NULL)
		return;
	for (at = text; *at != '\0';) {
		char *end;
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		if (pid > 0)
			child_line(s, (pid_t)pid);
		at = end;
	}
	free(text);
}
