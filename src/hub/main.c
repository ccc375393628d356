/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-hub - takes the records of posts. The command line of the room hub.
 */
#include "parts.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct call {
	struct hub_options options;
	bool demo;
	const char *words[3]; /* behind the options */
	int count;
};

enum { OPT_CERTIFICATE = 256, OPT_KEY, OPT_CA, OPT_PROXY, OPT_HEADER,
	OPT_MINIMUM, OPT_SIGN, OPT_DEMO };

static const struct option options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "database", required_argument, NULL, 'd' },
	{ "keys", required_argument, NULL, 'k' },
	{ "sign", required_argument, NULL, OPT_SIGN },
	{ "certificate", required_argument, NULL, OPT_CERTIFICATE },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "proxy", required_argument, NULL, OPT_PROXY },
	{ "header", required_argument, NULL, OPT_HEADER },
	{ "minimum", required_argument, NULL, OPT_MINIMUM },
	{ "demo", no_argument, NULL, OPT_DEMO },
	{ "workers", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char usage_text[] =
    "usage: chot-hub [OPTION]... COMMAND\n"
    "  migrate                     bring the database to this version\n"
    "  run                         serve posts until SIGTERM\n"
    "  station add ID              let a post speak\n"
    "  station revoke ID [REASON]  no longer\n"
    "  station list                id, state, epoch, seq, last, forks, gaps\n"
    "  seal-key NAME               make NAME.pub for posts, NAME.key for here\n"
    "  sign-key NAME               make the pair that heads are signed with\n"
    "options\n"
    "  -d, --database CONNINFO     of libpq; else its PG... variables\n"
    "  -l, --listen ADDRESS:PORT   (127.0.0.1:8443)\n"
    "  -k, --keys DIR              secret keys, *.key (/etc/chot/hub-keys)\n"
    "      --sign FILE             sign heads with this key\n"
    "      --certificate FILE, --key FILE, --ca FILE\n"
    "                              TLS: own certificate and key, and the CA\n"
    "                              of the posts' certificates\n"
    "      --proxy ADDRESS         no TLS here: a proxy at this address does it\n"
    "      --header NAME           where it names the subject (X-Client-Subject)\n"
    "      --minimum VERSION       the oldest program of a post that is served\n"
    "      --demo                  with a throw-away PostgreSQL, CA and keys;\n"
    "                              run takes --listen and --workers beside it\n"
    "  -w, --workers N             processes that serve (4)\n"
    "      --help, --version\n";

static int
fail(const struct err *err)
{
	fprintf(stderr, "chot-hub: %s\n", err->text);
	return err_exit_status(err);
}

static int
usage(const char *words)
{
	fprintf(stderr, "chot-hub: %s; see chot-hub --help\n", words);
	return EX_USAGE;
}

/* ---- commands ------------------------------------------------------------------- */

static int
cmd_migrate(struct call *call, struct err *err)
{
	return hub_migrate(call->options.database, stdout, err);
}

/* The script makes all that is needed, and runs this program again. */
static int
run_demo(const struct call *call, struct err *err)
{
	const char *data = getenv("CHOT_DATA");
	char script[PATH_MAX], self[PATH_MAX], workers[16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return err_set(err, ERR_ABSENT, "/proc is missing");
	self[n] = '\0';
	if (data != NULL && data[0] != '\0')
		snprintf(script, sizeof(script), "%s/contrib/hub/demo", data);
	else
		snprintf(script, sizeof(script), "%s", PKGDATADIR "/hub/demo");
	snprintf(workers, sizeof(workers), "%d", call->options.workers);
	execl("/bin/sh", "sh", script, self, "--listen",
	    call->options.listen, "--workers", workers, (char *)NULL);
	return err_set(err, ERR_ABSENT, "cannot run %s", script);
}

static int
cmd_run(struct call *call, struct err *err)
{
	const struct hub_options *o = &call->options;
	bool tls = o->certificate != NULL && o->key != NULL && o->ca != NULL;
	bool any = o->certificate != NULL || o->key != NULL || o->ca != NULL;

	if (call->demo)
		return run_demo(call, err);
	if (o->proxy != NULL ? any : !tls)
		return err_set(err, ERR_USAGE, "give --certificate, --key and "
		    "--ca, or --proxy alone");
	return hub_run(o, err);
}

static int
cmd_station(struct call *call, struct err *err)
{
	const char *database = call->options.database, *what = call->words[0];

	if (strcmp(what, "list") == 0 && call->count == 1)
		return hub_station_list(database, stdout, err);
	if (strcmp(what, "add") == 0 && call->count == 2)
		return hub_station_add(database, call->words[1], err);
	if (strcmp(what, "revoke") == 0 && call->count >= 2)
		return hub_station_revoke(database, call->words[1],
		    call->count == 3 ? call->words[2] : "", err);
	return err_set(err, ERR_USAGE, "station takes add ID, "
	    "revoke ID [REASON] or list");
}

static int
cmd_seal_key(struct call *call, struct err *err)
{
	char pub[PATH_MAX], key[PATH_MAX], id[17];

	if (snprintf(pub, sizeof(pub), "%s.pub", call->words[0]) >=
	    (int)sizeof(pub) || snprintf(key, sizeof(key), "%s.key",
	    call->words[0]) >= (int)sizeof(key))
		return err_set(err, ERR_USAGE, "path too long");
	if (seal_key_make(pub, key, err) < 0 || seal_key_id(pub, id, err) < 0)
		return -1;
	printf("%s: key %s, to posts (hub { seal = ... })\n"
	    "%s: SECRET, opens their records; keep it as long as a post may "
	    "still send what was sealed to it\n", pub, id, key);
	return 0;
}

static int
cmd_sign_key(struct call *call, struct err *err)
{
	return hub_sign_key_make(call->words[0], err);
}

static const struct {
	const char *name;
	int (*run)(struct call *call, struct err *err);
	int least, most; /* words behind it */
} commands[] = {
	{ "migrate", cmd_migrate, 0, 0 },
	{ "run", cmd_run, 0, 0 },
	{ "station", cmd_station, 1, 3 },
	{ "seal-key", cmd_seal_key, 1, 1 },
	{ "sign-key", cmd_sign_key, 1, 1 },
};

/* ---- options ---------------------------------------------------------------------- */

static bool
set_workers(struct hub_options *o, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < 1 || n > HUB_WORKERS_MAX)
		return false;
	o->workers = (int)n;
	return true;
}

/* Where an option's argument goes; NULL for what has none. */
static const char **
option_place(struct hub_options *o, int c)
{
	switch (c) {
	case 'l': return &o->listen;
	case 'd': return &o->database;
	case 'k': return &o->keys;
	case OPT_SIGN: return &o->sign;
	case OPT_CERTIFICATE: return &o->certificate;
	case OPT_KEY: return &o->key;
	case OPT_CA: return &o->ca;
	case OPT_PROXY: return &o->proxy;
	case OPT_HEADER: return &o->header;
	case OPT_MINIMUM: return &o->minimum;
	default: return NULL;
	}
}

/* -1 to go on, else the exit status. */
static int
read_options(struct call *call, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "l:d:k:w:h", options, NULL)) != -1) {
		const char **place = option_place(&call->options, c);

		if (place != NULL) {
			*place = optarg;
		} else if (c == 'h') {
			fputs(usage_text, stdout);
			return EX_OK;
		} else if (c == 'V') {
			puts("chot-hub " PACKAGE_VERSION);
			return EX_OK;
		} else if (c == OPT_DEMO) {
			call->demo = true;
		} else if (c != 'w') {
			return EX_USAGE;
		} else if (!set_workers(&call->options, optarg)) {
			return usage("workers: 1 to 64");
		}
	}
	return -1;
}

int
main(int argc, char **argv)
{
	struct call call = { .options = { .listen = "127.0.0.1:8443",
		.database = "", .keys = SYSCONFDIR "/chot/hub-keys",
		.header = "X-Client-Subject", .workers = 4 } };
	struct err err = { 0 };
	size_t i = 0;
	int ret = read_options(&call, argc, argv);

	if (ret >= 0)
		return ret;
	if (optind == argc)
		return usage("it takes a command");
	while (i < nitems(commands) && strcmp(commands[i].name,
	    argv[optind]) != 0)
		i++;
	if (i == nitems(commands))
		return usage("no such command");
	for (int at = optind + 1; at < argc && call.count < 3; at++)
		call.words[call.count++] = argv[at];
	if (call.count < commands[i].least || call.count > commands[i].most ||
	    argc - optind - 1 > commands[i].most)
		return usage("too many or too few words");
	if (commands[i].run(&call, &err) < 0)
		return fail(&err);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
