/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register_lists - published lists from a stick, and what the hub wrote.
 */
#include "register_lists.h"

#include <stdio.h>
#include <string.h>

#include "register.h"
#include "sync.h"

/* A bundle of published lists says so in its first bytes. */
bool
lists_in(const char *path)
{
	char start[14] = "";
	FILE *file = fopen(path, "re");
	bool found = file != NULL && fread(start, 1, sizeof(start), file) ==
	    sizeof(start) && memcmp(start, "chot-bundle-1\n", 14) == 0;

	if (file != NULL)
		fclose(file);
	return found;
}

int
lists_import(const struct conf *conf, const char *path, bool json,
    struct err *err)
{
	struct sync_import import;

	if (sync_import(conf, path, &import, err) < 0)
		return -1;
	if (import.pieces == 0)
		return err_set(err, ERR_INPUT, _("%s: no published list in it"),
		    path);
	if (json)
		printf("{\"lists\":%d}\n", import.lists);
	else if (import.lists == 0)
		printf("%s\n", _("nothing new in it"));
	else
		printf(ngettext("%d new list\n", "%d new lists\n",
		    (unsigned long)import.lists), import.lists);
	return 0;
}

/* ---- messages --------------------------------------------------------------------------- */

static void
print_message(void *arg, const struct register_message *message)
{
	const struct conf *conf = arg;
	const char *at = message->text, *end = at + message->len;
	char line[1024];
	struct calendar c;

	c = calendar_at(message->published, conf->utc_offset_s);
	printf("%04d-%02d-%02d %02d:%02d  %s%s\n", c.year, c.month, c.day,
	    c.hour, c.minute, message->urgent ? _("URGENT  ") : "",
	    message->name);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline != NULL ? newline : end) - at);

		text_clean(at, n, line, sizeof(line));
		printf("    %s\n", line);
		at += n + (newline != NULL);
	}
}

int
lists_messages(const struct conf *conf, struct err *err)
{
	return register_messages(conf->state, print_message, (void *)conf, err);
}
