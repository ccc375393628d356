/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot watch [HOST ...] - this post, or many over ssh or as their hub knows
 * them, in one table; or the screen of one, which its officer sees announced.
 */
#include "parts.h"

#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "watch.h"

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration, without HOST\n"
    "      --hosts FILE    one host a line, as ssh knows it\n"
    "      --hub [URL]     the posts of the hub, as they were at their last sync\n"
    "      --every SECONDS how long after an answer to ask again (5; a hub 30)\n"
    "      --once          ask once, print, exit 0 well, 1 attention, 2 failing\n"
    "      --json          one JSON object a post and round\n"
    "      --look          the screen of one post; its officer sees who looks\n"
    "      --who NAME      who looks, when this post looks at itself\n");

struct request {
	struct watch_options watch;
	bool look, many;
	const char *who;
	char *hosts[WATCH_POSTS_MAX];
	size_t n;
};

static int
hosts_read(struct request *r, const char *path, struct err *err)
{
	int n = watch_hosts(path, r->hosts, r->n, err);

	if (n < 0)
		return -1;
	r->n += (size_t)n;
	return r->n > 0 ? 0 : err_set(err, ERR_INPUT,
	    _("%s: there is no host in it"), path);
}

static int
hosts_take(struct request *r, int argc, char **argv, struct err *err)
{
	for (; optind < argc; optind++) {
		if (!watch_host_good(argv[optind]))
			return err_set(err, ERR_USAGE, _("this is no host"));
		if (r->n == WATCH_POSTS_MAX)
			return err_set(err, ERR_USAGE, _("too many hosts"));
		r->hosts[r->n] = strdup(argv[optind]);
		if (r->hosts[r->n++] == NULL)
			mem_none();
	}
	if (r->watch.hub && r->n > 0)
		return err_set(err, ERR_USAGE,
		    _("hosts or a hub, not both"));
	if (r->watch.every_s == 0)
		r->watch.every_s = r->watch.hub ? WATCH_HUB_EVERY_S :
		    WATCH_EVERY_S;
	return 0;
}

static int
options_read(struct request *r, int argc, char **argv, struct err *err)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "hosts", required_argument, NULL, 'f' },
		{ "hub", optional_argument, NULL, 'u' },
		{ "every", required_argument, NULL, 'e' },
		{ "once", no_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "look", no_argument, NULL, 'l' },
		{ "who", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		r->many = r->many || strchr("fueo", c) != NULL;
		switch (c) {
		case 'c':
			r->watch.conf = optarg;
			break;
		case 'f':
			if (hosts_read(r, optarg, err) != 0)
				return -1;
			break;
		case 'u':
			r->watch.hub = true;
			if (optarg == NULL && optind < argc &&
			    strncmp(argv[optind], "https://", 8) == 0)
				optarg = argv[optind++];
			r->watch.hub_url = optarg;
			break;
		case 'e':
			r->watch.every_s = atoi(optarg);
			if (r->watch.every_s < 1 || r->watch.every_s > 3600)
				return err_set(err, ERR_USAGE,
				    _("--every takes 1 to 3600 seconds"));
			break;
		case 'o':
			r->watch.once = true;
			break;
		case 'j':
			r->watch.json = true;
			break;
		case 'l':
			r->look = true;
			break;
		case 'w':
			r->who = optarg;
			break;
		default:
			return err_set(err, ERR_USAGE, _("unknown option"));
		}
	}
	return hosts_take(r, argc, argv, err);
}

/* ---- over the officer's shoulder -------------------------------------------------- */

/* Where from, as the ssh server says it: an address and nothing else. */
static void
from_where(char out[LOOK_WHO_MAX])
{
	const char *ssh = getenv("SSH_CONNECTION");
	size_t n = ssh != NULL ? strspn(ssh, "0123456789abcdefABCDEF:.%") : 0;

	if (n == 0 || n >= LOOK_WHO_MAX)
		snprintf(out, LOOK_WHO_MAX, "here");
	else
		snprintf(out, LOOK_WHO_MAX, "%.*s", (int)n, ssh);
}

static int
who_looks(const char *said, char out[LOOK_WHO_MAX], struct err *err)
{
	const struct passwd *account = said == NULL ? getpwuid(getuid()) : NULL;
	const char *who = said != NULL ? said : account != NULL ?
	    account->pw_name : "?";

	text_clean(who, strlen(who), out, LOOK_WHO_MAX);
	if (out[strspn(out, " ")] == '\0' || strlen(who) >= LOOK_WHO_MAX)
		return err_set(err, ERR_USAGE,
		    _("--who takes a name of 1 to %d bytes"), LOOK_WHO_MAX - 1);
	return 0;
}

static int
look(const struct request *r, struct err *err)
{
	static struct conf conf; /* large: its lanes */
	char who[LOOK_WHO_MAX], from[LOOK_WHO_MAX];
	struct look_options options = { .self = r->watch.self,
		.conf = r->watch.conf, .who = who,
		.host = r->n > 0 ? r->hosts[0] : NULL };

	if (r->n > 1 || r->many || (r->n > 0 && r->watch.json))
		return err_set(err, ERR_USAGE,
		    _("--look takes one host and no other option"));
	if (r->n > 0 && r->who != NULL)
		return err_set(err, ERR_USAGE,
		    _("who looks says the account there, not --who"));
	if (who_looks(r->who, who, err) != 0)
		return -1;
	if (!r->watch.json)
		return watch_look(&options, err);
	from_where(from);
	return conf_load(r->watch.conf, &conf, err) != 0 ? -1 :
	    watch_relay(conf.run, from, who, err);
}

/* Here without a configuration there is no post, now or ever. */
static int
watch(struct request *r, int *worst, struct err *err)
{
	static struct conf conf; /* large: its lanes */

	if (r->n == 0 && !r->watch.hub &&
	    conf_load(r->watch.conf, &conf, err) != 0)
		return -1;
	return watch_posts(&r->watch, worst, err);
}

int
cmd_watch(int argc, char **argv)
{
	static struct request r; /* large: its hosts */
	struct err err = { 0 };
	const char *plain = getenv("NO_COLOR");
	char sync[PATH_MAX];
	int worst = 0, result;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return command_help("watch", _(options_help));
	snprintf(sync, sizeof(sync), "%s/chot-sync", command_libexec());
	r.watch = (struct watch_options){ .self = command_self(),
		.sync = sync, .colour = isatty(STDOUT_FILENO) &&
		(plain == NULL || plain[0] == '\0') };
	result = options_read(&r, argc, argv, &err);
	r.watch.hosts = r.hosts;
	r.watch.nhosts = r.n;
	if (result == 0 && !r.look && r.who != NULL)
		result = err_set(&err, ERR_USAGE, _("--who goes with --look"));
	if (result == 0)
		result = r.look ? look(&r, &err) :
		    watch(&r, &worst, &err);
	for (size_t i = 0; i < r.n; i++)
		free(r.hosts[i]);
	if (result != 0)
		return err.kind == ERR_USAGE ? command_usage("watch", "%s",
		    err.text) : command_fail(&err);
	return r.watch.once ? worst : EX_OK;
}
