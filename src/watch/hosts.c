/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hosts - which posts are watched: names for ssh, from a file or arguments.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define HOSTS_BYTES_MAX 65536

bool
watch_host_good(const char *host)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._:[]%-";

	return host[0] != '\0' && host[0] != '-' &&
	    strlen(host) < WATCH_HOST_MAX &&
	    strspn(host, good) == strlen(host);
}

int
watch_hosts(const char *path, char *hosts[WATCH_POSTS_MAX], size_t n,
    struct err *err)
{
	size_t len, before = n;
	char *text = file_read(path, HOSTS_BYTES_MAX, &len, err), *line, *rest;
	int number = 0;

	if (text == NULL)
		return -1;
	for (line = text; line != NULL; line = rest) {
		char *word, *save;

		rest = strchr(line, '\n');
		if (rest != NULL)
			*rest++ = '\0';
		number++;
		line[strcspn(line, "#\r")] = '\0';
		word = strtok_r(line, " \t", &save);
		if (word == NULL)
			continue;
		if (n == WATCH_POSTS_MAX || !watch_host_good(word)) {
			err_set(err, ERR_INPUT, n == WATCH_POSTS_MAX ?
			    "%s:%d: more hosts than can be watched" :
			    "%s:%d: this is no host", path, number);
			free(text);
			return -1;
		}
		hosts[n] = strdup(word);
		if (hosts[n++] == NULL)
			mem_none();
	}
	free(text);
	return (int)(n - before);
}
