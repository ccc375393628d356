/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot key - makes and lists the keys of a post.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "outbox.h"
#include "register.h"

static const char options_text[] = N_(
    "  seal [NAME|DIR]      make NAME.pub, which seals records, and NAME.key,\n"
    "                       which opens them; else site in the post's keys\n"
    "  register [FILE]      make the key that the register is stored under\n"
    "  list                 the keys of the post and what each is for\n"
    "  -c, --config FILE    the configuration\n"
    "      --help           this text\n");

struct key_call {
	struct conf conf;
	const char *argument; /* NULL: none */
	struct err err;
};

/* A name without its directory would be made wherever one happens to be. */
static int
key_path(struct key_call *call, const char *name, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/keys/%s", call->conf.state, name);

	return n < PATH_MAX ? 0 :
	    err_set(&call->err, ERR_SETUP, _("path too long"));
}

static int
keys_dir(struct key_call *call)
{
	char path[PATH_MAX];

	return key_path(call, "", path) < 0 ||
	    dir_make(path, 0700, &call->err) < 0 ? -1 : 0;
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- make --------------------------------------------------------------------------- */

static int
seal_paths(struct key_call *call, char pub[PATH_MAX], char key[PATH_MAX])
{
	const char *name = call->argument;
	const char *between = name != NULL && is_dir(name) ? "/site" : "";

	if (name == NULL)
		return key_path(call, "site.pub", pub) < 0 ||
		    key_path(call, "site.key", key) < 0 ||
		    keys_dir(call) < 0 ? -1 : 0;
	if (snprintf(pub, PATH_MAX, "%s%s.pub", name, between) >= PATH_MAX ||
	    snprintf(key, PATH_MAX, "%s%s.key", name, between) >= PATH_MAX)
		return err_set(&call->err, ERR_USAGE, _("path too long"));
	return 0;
}

static int
make_seal(struct key_call *call)
{
	char pub[PATH_MAX], key[PATH_MAX], id[17];

	if (seal_paths(call, pub, key) < 0 ||
	    seal_key_make(pub, key, &call->err) < 0 ||
	    seal_key_id(pub, id, &call->err) < 0)
		return -1;
	printf(_("%s: key %s, seals records; it stays on the post\n"), pub, id);
	printf(_("%s: SECRET, opens records; it must leave the post now\n"),
	    key);
	printf(_("Copy %s to a safe place twice, then delete it here: without "
	    "it nobody can read the records, with it a thief can.\n"), key);
	return 0;
}

static int
make_register(struct key_call *call)
{
	char path[PATH_MAX];

	if (call->argument != NULL) {
		if (snprintf(path, sizeof(path), "%s", call->argument) >=
		    (int)sizeof(path))
			return err_set(&call->err, ERR_USAGE,
			    _("path too long"));
	} else if (key_path(call, "register.key", path) < 0 ||
	    keys_dir(call) < 0) {
		return -1;
	}
	if (register_key_make(path, &call->err) < 0)
		return -1;
	printf(_("%s: SECRET, the register is stored under it; it lies in a "
	    "file, so that a thief of this post can try numbers\n"), path);
	return 0;
}

/* ---- list --------------------------------------------------------------------------- */

static int
list_seal(const char *path, const char *use, int *found)
{
	struct err err = { 0 };
	char id[17];

	if (access(path, F_OK) != 0)
		return 0;
	++*found;
	if (seal_key_id(path, id, &err) < 0) {
		fprintf(stderr, "chot: %s\n", err.text);
		return -1;
	}
	printf("%s  %s  %s\n", id, path, use);
	return 0;
}

static int
list_keys(struct key_call *call)
{
	char path[PATH_MAX];
	int found = 0, bad = 0;

	if (call->conf.hub.seal[0] != '\0')
		bad |= list_seal(call->conf.hub.seal,
		    _("seals records to the hub"), &found);
	if (key_path(call, "site.pub", path) < 0)
		return -1;
	bad |= list_seal(path, call->conf.hub.seal[0] != '\0' ?
	    _("not in use: records are sealed to the hub") :
	    _("seals records to the site's key"), &found);
	if (key_path(call, "site.key", path) < 0)
		return -1;
	bad |= list_seal(path,
	    _("SECRET: opens records; it must leave the post"), &found);
	if (key_path(call, "register.key", path) < 0)
		return -1;
	if (access(path, F_OK) == 0) {
		found++;
		printf("%-16s  %s  %s\n", "-", path,
		    _("the register's key; it lies in a file, so that a thief "
		    "of this post can try numbers"));
	}
	if (found == 0)
		printf(_("no keys; make them with: chot key seal, "
		    "chot key register\n"));
	return bad == 0 ? 0 : err_set(&call->err, ERR_SETUP,
	    _("a key cannot be used"));
}

/* ---- the command ----------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(struct key_call *call);
	bool argument; /* may have one, and then needs no configuration */
} verbs[] = {
	{ "seal", make_seal, true },
	{ "register", make_register, true },
	{ "list", list_keys, false },
};

static int
run_verb(struct key_call *call, const char *config, char **words, int nwords)
{
	size_t i = 0;

	while (i < nitems(verbs) && strcmp(verbs[i].name, words[0]) != 0)
		i++;
	if (i == nitems(verbs))
		return command_usage("key", _("it takes seal, register or list"));
	if (nwords > (verbs[i].argument ? 2 : 1))
		return command_usage("key", _("too many arguments"));
	call->argument = nwords > 1 ? words[1] : NULL;
	if (call->argument != NULL && (call->argument[0] == '\0' ||
	    call->argument[0] == '-'))
		return command_usage("key", _("not a name for a key"));
	if (call->argument == NULL && conf_load(config, &call->conf,
	    &call->err) < 0)
		return command_fail(&call->err);
	return verbs[i].run(call) < 0 ? command_fail(&call->err) : EX_OK;
}

int
cmd_key(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct key_call call; /* large: the configuration's lanes */
	const char *config = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'h':
			return command_help("key", _(options_text));
		default:
			return command_usage("key", _("unknown option"));
		}
	}
	if (optind == argc)
		return command_usage("key", _("it takes seal, register or list"));
	return run_verb(&call, config, argv + optind, argc - optind);
}
