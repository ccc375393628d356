/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_rules - by which rules the post judges: one of the packs that come
 * with the program, by number, or another by its path. Without one there is
 * no station; what a hub publishes later counts before it.
 */
#include "setup.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy.h"

#define USUAL "vietnam-2021-10" /* the last one for the whole country */

static struct policy *
load(const struct setup *s, const char *path)
{
	struct err err = { 0 };
	struct policy *policy = policy_load(path, s->conf.utc_offset_s, &err);

	if (policy == NULL)
		printf("%s\n", err.text);
	return policy;
}

/* Print the packs by number; gives the number of the usual one, or 0. */
static size_t
offer(const struct setup *s, const glob_t *packs)
{
	size_t usual = 0;

	for (size_t i = 0; i < packs->gl_pathc; i++) {
		const char *name = strrchr(packs->gl_pathv[i], '/') + 1;
		int len = (int)strcspn(name, ".");
		struct policy *policy = load(s, packs->gl_pathv[i]);

		if (policy == NULL)
			continue;
		printf("  %2zu %-18.*s %s\n", i + 1, len, name,
		    policy_version(policy));
		policy_free(policy);
		if ((size_t)len == strlen(USUAL) &&
		    strncmp(name, USUAL, (size_t)len) == 0)
			usual = i + 1;
	}
	return usual;
}

static bool
take(struct setup *s, const glob_t *packs, const char *answer)
{
	struct policy *policy;
	unsigned long n;
	char *end;

	n = strtoul(answer, &end, 10);
	if (*end == '\0' && n > 0 && n <= packs->gl_pathc)
		answer = packs->gl_pathv[n - 1];
	if (strlen(answer) >= sizeof(s->conf.policy)) {
		printf("%s\n", _("Too long for a path."));
		return false;
	}
	policy = load(s, answer);
	if (policy == NULL)
		return false;
	policy_free(policy);
	snprintf(s->conf.policy, sizeof(s->conf.policy), "%s", answer);
	return true;
}

bool
setup_rules(struct setup *s)
{
	char present[CONF_PATH_MAX], pattern[CONF_PATH_MAX + 16];
	glob_t packs = { 0 };
	size_t n, usual;
	bool good;

	command_data(pattern, CONF_PATH_MAX);
	n = strlen(pattern);
	snprintf(pattern + n, sizeof(pattern) - n, "/policy/*.conf");
	if (glob(pattern, 0, NULL, &packs) != 0)
		packs.gl_pathc = 0;
	usual = offer(s, &packs);
	if (access(s->conf.policy, R_OK) == 0 || usual == 0)
		snprintf(present, sizeof(present), "%s", s->conf.policy);
	else
		snprintf(present, sizeof(present), "%zu", usual);
	good = take(s, &packs, setup_ask(s,
	    _("Rules: a number, or the path of a pack"), present));
	globfree(&packs);
	return good;
}
