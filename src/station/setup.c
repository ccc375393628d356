/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup - what the station chooses before it runs: language, rules, key.
 */
#include "parts.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLICY_TEXT_MAX (1u << 20)

enum language
language_choose(const struct conf *conf)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };
	const char *chosen = conf->language;

	for (size_t i = 0; i < nitems(names) && chosen[0] == '\0'; i++)
		if (getenv(names[i]) != NULL)
			chosen = getenv(names[i]);
	/* gettext heeds LANGUAGE in any locale but C. */
	setlocale(LC_MESSAGES, "C.UTF-8");
	if (conf->language[0] != '\0')
		setenv("LANGUAGE", conf->language, 1);
	else if (getenv("LANGUAGE") == NULL && strncmp(chosen, "vi", 2) == 0)
		setenv("LANGUAGE", "vi", 1);
	return strncmp(chosen, "vi", 2) == 0 ? LANGUAGE_VI : LANGUAGE_EN;
}

struct policy *
policy_choose(const struct conf *conf, char trouble[VIEW_TEXT_MAX],
    struct err *err)
{
	char last[CONF_PATH_MAX + 32], hub[CONF_PATH_MAX + 32];
	const char *path = conf->policy;
	struct policy *policy;
	char *text;
	size_t n;

	trouble[0] = '\0';
	snprintf(last, sizeof(last), "%s/policy.last.conf", conf->state);
	snprintf(hub, sizeof(hub), "%s/" HUB_PACK, conf->state);
	if (access(hub, F_OK) == 0) /* the hub's rules count before our own */
		path = hub;
	policy = policy_load(path, conf->utc_offset_s, err);
	if (policy != NULL) {
		text = file_read(path, POLICY_TEXT_MAX, &n, NULL);
		if (text != NULL)
			file_write(last, text, n, 0644, false, NULL);
		free(text);
		return policy;
	}
	policy = policy_load(last, conf->utc_offset_s, NULL);
	if (policy == NULL)
		return NULL;
	log_line(0, LOG_LEVEL_FAULT, "%s", err->text);
	snprintf(trouble, VIEW_TEXT_MAX, "%s",
	    _("New rules do not load: the old ones are in force"));
	return policy;
}

int
seal_choose(const struct conf *conf, char path[CONF_PATH_MAX + 32],
    struct err *err)
{
	if (conf->hub.seal[0] != '\0')
		snprintf(path, CONF_PATH_MAX + 32, "%s", conf->hub.seal);
	else
		snprintf(path, CONF_PATH_MAX + 32, "%s/keys/site.pub",
		    conf->state);
	if (access(path, R_OK) == 0)
		return 0;
	return err_set(err, ERR_SETUP, _("%s: %s; make one with: chot key seal"),
	    path, strerror(errno));
}

char *
sign_choose(const struct conf *conf)
{
	char path[CONF_PATH_MAX + 32], *text;
	size_t n;

	snprintf(path, sizeof(path), "%s/" SIGN_KEY, conf->state);
	text = file_read(path, CREDENTIAL_PEM_MAX, &n, NULL);
	if (text != NULL)
		mem_secret(text, n);
	return text;
}
