/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register_print - lists, answers and zones of the register, for people or as
 * JSON Lines.
 */
#include "register_print.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
register_print_time(int64_t at, int utc_offset_s, char out[32])
{
	struct calendar c = calendar_at(at, utc_offset_s);

	snprintf(out, 32, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day,
	    c.hour, c.minute);
}

static void
print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(object);
}

static void
print_list(const struct conf *conf, bool json,
    const struct register_list *list, int64_t now)
{
	char made[32], source[2 * REGISTER_WORD_MAX];

	if (json) {
		json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:s}", "list",
		    list->name, "entries", (json_int_t)list->entries,
		    "made_at", (json_int_t)list->made_at, "age_h",
		    (json_int_t)((now - list->made_at) / 3600), "source",
		    list->source);

		if (list->version > 0)
			json_object_update_new(object, json_pack(
			    "{s:I, s:I, s:s}", "version",
			    (json_int_t)list->version, "expires_at",
			    (json_int_t)list->expires_at, "audience",
			    list->audience));
		print_json(object);
		return;
	}
	register_print_time(list->made_at, conf->utc_offset_s, made);
	text_clean(list->source, strlen(list->source), source, sizeof(source));
	printf(_("%-13s %10" PRId64 "  made %s, %" PRId64 " h ago, %s\n"),
	    list->name, list->entries, made, (now - list->made_at) / 3600,
	    source);
	if (list->version == 0)
		return;
	register_print_time(list->expires_at, conf->utc_offset_s, made);
	printf(list->expires_at > now ?
	    _("%13s version %lld for %s, signed, until %s\n") :
	    _("%13s version %lld for %s, signed, EXPIRED %s\n"), "",
	    (long long)list->version, list->audience, made);
}

int
register_print_lists(struct register_store *store, const struct conf *conf,
    bool json, struct err *err)
{
	struct register_list lists[REGISTER_LISTS_MAX];
	int n = register_lists(store, lists, err);

	for (int i = 0; i < n; i++)
		print_list(conf, json, &lists[i], time(NULL));
	if (n == 0 && !json)
		printf(_("the register holds no list\n"));
	return n < 0 ? -1 : 0;
}

/* The fields that are given, by name; large numbers are times. */
void
register_print_answer(const struct conf *conf, const char *text)
{
	json_t *answer = json_loads(text, 0, NULL), *value;
	const char *name;

	json_object_foreach(answer, name, value) {
		char shown[2 * REGISTER_WORD_MAX];
		json_int_t number = json_integer_value(value);

		if (json_is_boolean(value))
			snprintf(shown, sizeof(shown), "%s",
			    json_is_true(value) ? _("yes") : _("no"));
		else if (json_is_integer(value) && number > 100000)
			register_print_time(number, conf->utc_offset_s, shown);
		else if (json_is_integer(value))
			snprintf(shown, sizeof(shown), "%" PRId64,
			    (int64_t)number);
		else
			text_clean(json_string_value(value),
			    json_string_length(value), shown, sizeof(shown));
		printf("%-20s %s\n", name, shown);
	}
	json_decref(answer);
}

static void
print_day(const struct conf *conf, const char *name, int64_t at)
{
	char shown[32];

	register_print_time(at, conf->utc_offset_s, shown);
	if (at != 0)
		printf("%-20s %s\n", name, shown);
}

void
register_print_zone(const struct zone *zone, const struct conf *conf,
    bool json)
{
	json_t *object;

	if (!json) {
		printf("%-20s %s\n%-20s %d\n", "place", zone->place,
		    "level", zone->level);
		print_day(conf, "since", zone->since);
		print_day(conf, "ends", zone->ends);
		print_day(conf, "made_at", zone->made_at);
		return;
	}
	object = json_pack("{s:s, s:i, s:I, s:I}", "place", zone->place,
	    "level", zone->level, "since", (json_int_t)zone->since,
	    "made_at", (json_int_t)zone->made_at);
	if (zone->ends != 0)
		json_object_set_new(object, "ends", json_integer(zone->ends));
	print_json(object);
}
