/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot key - makes and lists the keys of a post.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "credential.h"
#include "key_trust.h"
#include "outbox.h"
#include "register.h"
#include "station.h"

static const char options_text[] = N_(
    "  seal [NAME|DIR]      make NAME.pub, which seals records, and NAME.key,\n"
    "                       which opens them; else site in the post's keys\n"
    "  register [FILE]      make the key that the register is stored under\n"
    "  badge [KEYFILE]      make the secret of an officer's badge, and put the\n"
    "                       register's key under it\n"
    "  sign                 make the key that the post signs its slips with, and\n"
    "                       trust it here; other posts import its public half\n"
    "  pin                  ask for a PIN and print its hash for the list of\n"
    "                       officers\n"
    "  list                 the keys of the post and what each is for\n"
    "  trust import FILE    believe the issuers' keys of FILE: a national list,\n"
    "                       certificates, a key set; replaces the last one\n"
    "  trust list           which keys are believed, by country, and until when\n"
    "  trust distrust COUNTRY|KEY, trust restore COUNTRY|KEY\n"
    "                       what these sign is a doubt; take that back\n"
    "      --signer FILE    the key that must have signed the imported list\n"
    "      --name NAME      what it is called here, instead of FILE's name\n"
    "      --force          also over a newer list, or one that was checked\n"
    "      --json           list one JSON object a line\n"
    "  -c, --config FILE    the configuration\n");

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

int
key_sign_make(const char *state, const char *id, char *public_path,
    struct err *err)
{
	char secret[CREDENTIAL_PEM_MAX], public[CREDENTIAL_PEM_MAX];
	char path[PATH_MAX], dir[PATH_MAX];
	int result = -1;

	if (snprintf(path, sizeof(path), "%s/" SIGN_KEY, state) >=
	    (int)sizeof(path) || snprintf(dir, sizeof(dir), "%s/trust",
	    state) >= (int)sizeof(dir) || snprintf(public_path, PATH_MAX,
	    "%s/%s.pem", dir, id) >= PATH_MAX)
		return err_set(err, ERR_SETUP, _("path too long"));
	if (access(path, F_OK) == 0)
		return err_set(err, ERR_SETUP, _("%s is there already"), path);
	/* The public half first: a key that nobody trusts is worth less than
	 * none. */
	if (dir_make(dir, 0755, err) == 0 &&
	    credential_key_make(secret, public, err) == 0 &&
	    file_write(public_path, public, strlen(public), 0644, true,
	    err) == 0)
		result = file_write(path, secret, strlen(secret), 0600, true,
		    err);
	explicit_bzero(secret, sizeof(secret));
	return result;
}

static int
make_sign(struct key_call *call)
{
	char public_path[PATH_MAX];

	if (keys_dir(call) < 0 ||
	    key_sign_make(call->conf.state, call->conf.id, public_path,
	    &call->err) < 0)
		return -1;
	printf(_("%s/%s: SECRET, signs declarations that are taken here\n"),
	    call->conf.state, SIGN_KEY);
	printf(_("%s: its public half, trusted here; another post believes it "
	    "after: chot key trust import\n"), public_path);
	return 0;
}

/* ---- officers --------------------------------------------------------------------- */

static int
make_badge(struct key_call *call)
{
	char secret[2 * BADGE_SECRET_BYTES + 1], mark[BADGE_MARK_MAX];
	char path[PATH_MAX], dir[PATH_MAX];
	struct register_key key;
	int result;

	if (key_path(call, "register.key", path) < 0 ||
	    key_path(call, "", dir) < 0 || keys_dir(call) < 0)
		return -1;
	if (register_key_load(call->argument != NULL ? call->argument : path,
	    &key, &call->err) < 0)
		return -1;
	badge_make(secret, mark);
	result = badge_wrap(&key, secret, dir, &call->err);
	register_key_wipe(&key);
	if (result == 0)
		printf("secret %s\nbadge %s\n", secret, mark);
	explicit_bzero(secret, sizeof(secret));
	return result;
}

/* One line from standard input, from a terminal without showing it. */
static int
read_pin(const char *prompt, char *pin, size_t size, struct err *err)
{
	bool terminal = isatty(STDIN_FILENO);
	struct termios was, quiet;
	char *line;
	size_t n;

	if (terminal) {
		fputs(prompt, stderr);
		tcgetattr(STDIN_FILENO, &was);
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		rescue_arm(&was, "\n");
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	line = fgets(pin, (int)size, stdin);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		rescue_disarm();
		fputc('\n', stderr);
	}
	if (line == NULL)
		return err_set(err, ERR_INPUT, _("no PIN was typed"));
	n = strlen(pin);
	if (n + 1 == size && pin[n - 1] != '\n')
		return err_set(err, ERR_INPUT, _("a PIN has %d to %d digits"),
		    OFFICER_PIN_MIN, OFFICER_PIN_MAX);
	pin[strcspn(pin, "\r\n")] = '\0';
	return 0;
}

static int
make_pin(struct key_call *call)
{
	char pin[OFFICER_PIN_MAX + 8], again[sizeof(pin)],
	    hash[OFFICER_HASH_MAX];
	int result = read_pin(_("PIN: "), pin, sizeof(pin), &call->err);

	if (result == 0)
		result = officer_pin_check(pin, &call->err);
	if (result == 0 && isatty(STDIN_FILENO)) {
		result = read_pin(_("Again: "), again, sizeof(again),
		    &call->err);
		if (result == 0 && strcmp(pin, again) != 0)
			result = err_set(&call->err, ERR_INPUT,
			    _("the two are not the same"));
	}
	if (result == 0)
		result = officer_pin_hash(pin, hash, &call->err);
	explicit_bzero(pin, sizeof(pin));
	explicit_bzero(again, sizeof(again));
	if (result == 0)
		printf("\"%s\"\n", hash); /* a cell of a CSV: it has commas */
	return result;
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

/* How many badges open the register. */
static int
list_badges(struct key_call *call)
{
	char dir_path[PATH_MAX];
	struct dirent *entry;
	int n = 0;
	DIR *dir = key_path(call, "", dir_path) < 0 ? NULL : opendir(dir_path);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strncmp(name, "badge-", 6) != 0 || strlen(name) !=
		    6 + BADGE_MARK_MAX - 1 + 4 || strcmp(name + 22, ".key") != 0)
			continue;
		n++;
		printf("%.16s  %s%s  %s\n", name + 6, dir_path, name,
		    _("the register's key under an officer's badge"));
	}
	if (dir != NULL)
		closedir(dir);
	return n;
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
	if (key_path(call, "sign.key", path) < 0)
		return -1;
	if (access(path, F_OK) == 0) {
		found++;
		printf("%-16s  %s  %s\n", "-", path,
		    _("signs declarations that are taken here"));
	}
	found += list_badges(call);
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
	bool argument; /* may have one */
	enum { CONFIG_ALWAYS, CONFIG_ALONE, CONFIG_NEVER } config;
} verbs[] = {
	{ "seal", make_seal, true, CONFIG_ALONE },
	{ "register", make_register, true, CONFIG_ALONE },
	{ "sign", make_sign, false, CONFIG_ALWAYS },
	{ "badge", make_badge, true, CONFIG_ALWAYS },
	{ "pin", make_pin, false, CONFIG_NEVER },
	{ "list", list_keys, false, CONFIG_ALWAYS },
};

static int
run_verb(struct key_call *call, const char *config, char **words, int nwords)
{
	size_t i = 0;

	while (i < nitems(verbs) && strcmp(verbs[i].name, words[0]) != 0)
		i++;
	if (i == nitems(verbs))
		return command_usage("key",
		    _("it takes seal, register, sign, badge, pin, list or trust"));
	if (nwords > (verbs[i].argument ? 2 : 1))
		return command_usage("key", _("too many arguments"));
	call->argument = nwords > 1 ? words[1] : NULL;
	if (call->argument != NULL && (call->argument[0] == '\0' ||
	    call->argument[0] == '-'))
		return command_usage("key", _("not a name for a key"));
	if (verbs[i].config != CONFIG_NEVER && (call->argument == NULL ||
	    verbs[i].config == CONFIG_ALWAYS) && conf_load(config, &call->conf,
	    &call->err) < 0)
		return command_fail(&call->err);
	return verbs[i].run(call) < 0 ? command_fail(&call->err) : EX_OK;
}

int
cmd_key(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "signer", required_argument, NULL, 's' },
		{ "name", required_argument, NULL, 'n' },
		{ "force", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct key_call call; /* large: the configuration's lanes */
	struct key_trust_options trust = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			trust.config = optarg;
			break;
		case 's':
			trust.signer = optarg;
			break;
		case 'n':
			trust.name = optarg;
			break;
		case 'f':
			trust.force = true;
			break;
		case 'j':
			trust.json = true;
			break;
		case 'h':
			return command_help("key", _(options_text));
		default:
			return command_usage("key", _("unknown option"));
		}
	}
	if (optind == argc)
		return command_usage("key",
		    _("it takes seal, register, sign, badge, pin, list or trust"));
	if (strcmp(argv[optind], "trust") == 0)
		return key_trust(&trust, argv + optind + 1, argc - optind - 1);
	if (trust.signer != NULL || trust.name != NULL || trust.force ||
	    trust.json)
		return command_usage("key", _("that option is for trust"));
	return run_verb(&call, trust.config, argv + optind, argc - optind);
}
