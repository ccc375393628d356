/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot watch [HOST ...] - this post, or many over ssh or as their hub knows
 * them, in one table.
 */
#include "parts.h"

#include <getopt.h>
#include <limits.h>
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
    "      --help          this text\n");

struct request {
	struct watch_options watch;
	char *hosts[WATCH_POSTS_MAX];
	size_t n;
};

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
		{ NULL, 0, NULL, 0 },
	};
	int c, n;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			r->watch.conf = optarg;
			break;
		case 'f':
			n = watch_hosts(optarg, r->hosts, r->n, err);
			if (n < 0)
				return -1;
			r->n += (size_t)n;
			if (r->n == 0)
				return err_set(err, ERR_INPUT,
				    _("%s: there is no host in it"), optarg);
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
		default:
			return err_set(err, ERR_USAGE, _("unknown option"));
		}
	}
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
	if (result == 0)
		result = watch_posts(&r.watch, &worst, &err);
	for (size_t i = 0; i < r.n; i++)
		free(r.hosts[i]);
	if (result != 0)
		return err.kind == ERR_USAGE ? command_usage("watch", "%s",
		    err.text) : command_fail(&err);
	return r.watch.once ? worst : EX_OK;
}
