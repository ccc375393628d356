/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register_lists - published lists from a stick, what the hub wrote, zones.
 */
#include "register_lists.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "register_print.h"
#include "register_published.h"
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

	register_print_time(message->published, conf->utc_offset_s, line);
	printf("%s  %s%s\n", line, message->urgent ? _("URGENT  ") : "",
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

/* ---- officers --------------------------------------------------------------------------- */

/* They are known before the register's key is: a file of their own, which is
 * the hub's where the hub publishes one. */
int
lists_import_officers(const struct conf *conf, const char *csv, bool add,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	char path[CONF_PATH_MAX + 16];
	int n;

	snprintf(path, sizeof(path), "%s/officers", conf->state);
	if (register_is_published(conf->state, "officers"))
		return err_set(err, ERR_SETUP, _("%s: the hub publishes this "
		    "list; changes are made there"), path);
	if (dir_make(conf->state, 0700, err) < 0)
		return -1;
	n = officers_import(csv, path, add, report, arg, err);
	if (n < 0)
		return -1;
	printf(_("%d officers may work here\n"), n);
	return 0;
}

/* ---- zones ------------------------------------------------------------------------------ */

int
lists_import_zones(const struct conf *conf, const char *csv, int64_t made_at,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	int n;

	if (dir_make(conf->state, 0700, err) < 0)
		return -1;
	n = zones_import(csv, conf->state, made_at, report, arg, err);
	if (n < 0)
		return -1;
	printf(ngettext("%d zone\n", "%d zones\n", (unsigned long)n), n);
	return 0;
}

int
lists_zone(const struct conf *conf, const char *place, bool json,
    struct err *err)
{
	struct zones *zones = zones_new();
	const struct zone *zone = NULL;
	int ret = zones_load(conf->state, zones, err);

	if (ret == 0)
		zone = zones_find(zones, place, time(NULL));
	if (zone != NULL)
		register_print_zone(zone, conf, json);
	else if (ret == 0)
		ret = err_set(err, ERR_ABSENT,
		    _("no zone is known for that place"));
	zones_free(zones);
	return ret;
}
