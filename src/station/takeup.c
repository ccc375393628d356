/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * takeup - rules that came from the hub while the post runs: taken up between
 * two people, never in the middle of one. (Keys: station_refresh_keys().)
 */
#include "parts.h"

#include <stdlib.h>
#include <sys/stat.h>

struct takeup {
	struct stat pack;
};

static bool
differs(const struct stat *a, const struct stat *b)
{
	return a->st_ino != b->st_ino ||
	    a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
	    a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* As it is now; zeros when it is not there. */
static struct stat
look(const struct station *st, const char *name)
{
	char path[CONF_PATH_MAX + 32];
	struct stat now;

	snprintf(path, sizeof(path), "%s/%s", st->conf->state, name);
	return stat(path, &now) == 0 ? now : (struct stat){ .st_ino = 0 };
}

struct takeup *
takeup_new(const struct station *st)
{
	struct takeup *t = calloc(1, sizeof(*t));

	if (t == NULL)
		mem_none();
	t->pack = look(st, HUB_PACK);
	return t;
}

void
takeup_free(struct takeup *t)
{
	free(t);
}

static bool
idle(const struct station *st)
{
	for (size_t i = 0; i < st->nlanes; i++)
		if (st->lanes[i].session.phase != PHASE_READY ||
		    st->lanes[i].session.has_behind)
			return false;
	return true;
}

static void
take_pack(struct station *st)
{
	struct err err = { 0 };
	struct policy *policy = policy_choose(st->conf, st->policy_trouble,
	    &err);

	if (policy == NULL)
		return; /* not even the last one loads: this one stays */
	for (size_t i = 0; i < st->nlanes; i++)
		st->lanes[i].session.setup.policy = policy;
	policy_free(st->policy);
	st->policy = policy;
	log_line(0, LOG_LEVEL_INFO, "rules of the hub: %s",
	    policy_version(policy));
}

bool
takeup_look(struct takeup *t, struct station *st)
{
	struct stat pack = look(st, HUB_PACK);

	if (!differs(&pack, &t->pack) || !idle(st))
		return false;
	take_pack(st);
	t->pack = pack;
	return true;
}
