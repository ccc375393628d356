/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_keys - the keys that a post makes for itself: what seals its records
 * where there is no hub, what its slips are signed with, what its register
 * is stored under.
 *
 * Set-up is root's, the keys are the station's: whoever owns the state makes
 * them, or the station could not read them.
 */
#include "setup.h"
#include "setup_talk.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETPRIV "/usr/bin/setpriv"
#define KEY_WAIT_MS 30000

char *const *
setup_as_owner(const struct setup *s, char *const argv[], struct owned *owned)
{
	struct stat state;
	size_t n = 0;

	if (geteuid() == 0 && stat(s->conf.state, &state) == 0 &&
	    state.st_uid != 0) {
		snprintf(owned->user, sizeof(owned->user), "--reuid=%u",
		    (unsigned)state.st_uid);
		snprintf(owned->group, sizeof(owned->group), "--regid=%u",
		    (unsigned)state.st_gid);
		owned->argv[n++] = (char *)SETPRIV;
		owned->argv[n++] = owned->user;
		owned->argv[n++] = owned->group;
		owned->argv[n++] = (char *)"--clear-groups";
	}
	for (size_t i = 0; argv[i] != NULL && n + 1 < nitems(owned->argv); i++)
		owned->argv[n++] = argv[i];
	owned->argv[n] = NULL;
	return owned->argv;
}

static bool
never(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	return false;
}

/* One key by chot key, unless it is there. */
static bool
make(struct setup *s, const char *verb, const char *word, const char *second,
    const char *file)
{
	char path[CONF_PATH_MAX + 48], words[200];
	char *const argv[] = { (char *)command_self(), (char *)"key",
		(char *)verb, (char *)word, (char *)second, NULL };
	struct owned owned;
	struct talk talk = { .argv = setup_as_owner(s, argv, &owned),
		.wait_ms = KEY_WAIT_MS, .heard = never };

	snprintf(path, sizeof(path), "%s/keys/%s", s->conf.state, file);
	if (access(path, F_OK) == 0)
		return true;
	talk_run(&talk, words);
	if (access(path, F_OK) == 0)
		return true;
	printf("%s: %s\n", path, words);
	return false;
}

static bool
make_dir(const struct setup *s)
{
	char keys[CONF_PATH_MAX + 16];
	struct stat state;
	struct err err = { 0 };

	snprintf(keys, sizeof(keys), "%s/keys", s->conf.state);
	if (access(keys, F_OK) == 0)
		return true;
	if (dir_make(keys, 0700, &err) != 0) {
		printf("%s\n", err.text);
		return false;
	}
	return geteuid() != 0 || stat(s->conf.state, &state) != 0 ||
	    lchown(keys, state.st_uid, state.st_gid) == 0;
}

/* Records have to be sealed to somebody, hub or not. */
bool
setup_own_seal(struct setup *s)
{
	char name[CONF_PATH_MAX + 32];

	snprintf(name, sizeof(name), "%s/keys/site.pub", s->conf.state);
	if (access(name, F_OK) == 0)
		return true;
	name[strlen(name) - strlen(".pub")] = '\0';
	if (!make_dir(s) || !make(s, "seal", name, NULL, "site.pub"))
		return false;
	*strrchr(name, '/') = '\0';
	printf(_("Made %s/site.key: it opens every record. Take it away from "
	    "this post, and keep it safe.\n"), name);
	return true;
}

bool
setup_keys(struct setup *s)
{
	char path[CONF_PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/keys/register.key", s->conf.state);
	return make_dir(s) && make(s, "sign", "-c", s->path, "sign.key") &&
	    make(s, "register", path, NULL, "register.key");
}
