/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings - what of the status somebody should look at, for monitoring:
 * well, attention or failing, and why. Pure: it judges lines that are there.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANGS_S 60         /* the station writes every 5 s */
#define UNSENT_LONG_S 3600
#define UNSENT_TOO_LONG_S 86400
#define LIST_OLD_S (24 * 3600)    /* as the header of the screen colours it */
#define LIST_TOO_OLD_S (48 * 3600)

struct context {
	struct status *status;
	int64_t now;
	bool hub;
};

static enum machine_level
when_set(const struct context *c, const char *value)
{
	(void)c;
	return value[0] != '\0' ? MACHINE_FAILING : MACHINE_WELL;
}

static enum machine_level
when_set_attend(const struct context *c, const char *value)
{
	(void)c;
	return value[0] != '\0' ? MACHINE_ATTENTION : MACHINE_WELL;
}

static enum machine_level
stopped(const struct context *c, const char *value)
{
	(void)c;
	return strcmp(value, "stopped") == 0 ? MACHINE_FAILING : MACHINE_WELL;
}

static enum machine_level
hangs(const struct context *c, const char *value)
{
	(void)c;
	return atoll(value) > HANGS_S ? MACHINE_FAILING : MACHINE_WELL;
}

static enum machine_level
device(const struct context *c, const char *value)
{
	(void)c;
	return strcmp(value, "ok") == 0 || strcmp(value, "starting") == 0 ?
	    MACHINE_WELL : MACHINE_ATTENTION;
}

static enum machine_level
unconfirmed(const struct context *c, const char *value)
{
	(void)c;
	return strcmp(value, "unconfirmed") == 0 ? MACHINE_ATTENTION :
	    MACHINE_WELL;
}

/* The seconds since a time that ends the value. */
static int64_t
age(const struct context *c, const char *value)
{
	const char *word = strrchr(value, ' ');
	int64_t at;

	return time_parse(word != NULL ? word + 1 : value, 0, &at) == 0 ?
	    c->now - at : 0;
}

static enum machine_level
unsent(const struct context *c, const char *value)
{
	int64_t s = age(c, value);

	return !c->hub || s < UNSENT_LONG_S ? MACHINE_WELL :
	    s < UNSENT_TOO_LONG_S ? MACHINE_ATTENTION : MACHINE_FAILING;
}

static enum machine_level
list(const struct context *c, const char *value)
{
	int64_t s = age(c, value);

	return s < LIST_OLD_S ? MACHINE_WELL : s < LIST_TOO_OLD_S ?
	    MACHINE_ATTENTION : MACHINE_FAILING;
}

static enum machine_level
alarm_level(const struct context *c, const char *value)
{
	(void)value;
	/* machine_alarms() has judged it; the worst is in "machine". */
	return strcmp(status_find(c->status, "machine"), "failing") == 0 ?
	    MACHINE_FAILING : MACHINE_ATTENTION;
}

/* A name that ends with a space stands for all that begin with it. */
static const struct {
	const char *name;
	enum machine_level (*judge)(const struct context *c, const char *value);
} rows[] = {
	{ "station", stopped },
	{ "live_age_s", hangs },
	{ "record_fault", when_set },
	{ "outbox_fault", when_set },
	{ "register_fault", when_set },
	{ "outbox_damaged_files", when_set_attend },
	{ "lookup_fault", when_set_attend },
	{ "seal_secret", when_set_attend },
	{ "trust_fault", when_set_attend },
	{ "trust_lists_old", when_set_attend },
	{ "overruled", when_set_attend },
	{ "oldest_waiting", unsent },
	{ "device ", device },
	{ "list ", list },
	{ "clock", unconfirmed },
	{ "alarm ", alarm_level },
};

static bool
fits(const char *row, const char *name)
{
	size_t n = strlen(row);

	return row[n - 1] == ' ' ? strncmp(row, name, n) == 0 :
	    strcmp(row, name) == 0;
}

/* "name value" of all that is not well, the failing ones first. */
static void
collect(const struct context *c, enum machine_level wanted, char *text,
    size_t size, enum machine_level *worst)
{
	for (size_t i = 0; i < c->status->n; i++) {
		const struct status_line *line = &c->status->lines[i];
		size_t used = strlen(text);

		for (size_t r = 0; r < nitems(rows); r++) {
			if (!fits(rows[r].name, line->name) ||
			    rows[r].judge(c, line->value) != wanted)
				continue;
			snprintf(text + used, size - used, "%s%s: %s",
			    used > 0 ? "; " : "", line->name, line->value);
			*worst = *worst > wanted ? *worst : wanted;
		}
	}
}

enum machine_level
status_judge(struct status *status, bool hub, int64_t now)
{
	static const char *const words[] = { "well", "attention", "failing" };
	struct context c = { status, now, hub };
	enum machine_level worst = MACHINE_WELL;
	char text[VIEW_TEXT_MAX * 4] = "";
	int64_t at;

	/* The time of the post, where it runs: the machine's may be wrong. */
	if (time_parse(status_find(status, "at"), 0, &at) == 0)
		c.now = at;
	collect(&c, MACHINE_FAILING, text, sizeof(text), &worst);
	collect(&c, MACHINE_ATTENTION, text, sizeof(text), &worst);
	status_add(status, false, "state", "%s", words[worst]);
	if (text[0] != '\0')
		status_add(status, false, "findings", "%s", text);
	return worst;
}
