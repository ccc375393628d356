/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-hub - takes the records of posts. The command line of the room hub.
 */
#include "parts.h"
#include "memory.h"
#include "register_published.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define CERTIFICATE_DAYS 180
#define SHEET_DAYS 14
#define DAYS_MAX 3650

struct call {
	struct hub_options options;
	struct hub_tickets tickets;
	bool demo;
	const char *words[HUB_FILES_MAX]; /* behind the options */
	struct hub_publish publish;
	const char *made, *days, *withdraw;
	const char *answers;
	bool no_lists;
	int count;
};

enum { OPT_CERTIFICATE = 256, OPT_KEY, OPT_CA, OPT_PROXY, OPT_HEADER,
	OPT_MINIMUM, OPT_SIGN, OPT_DEMO, OPT_REGISTER_KEY, OPT_LIST, OPT_AUDIENCE,
	OPT_SOURCE, OPT_MADE, OPT_DAYS, OPT_WHOLE, OPT_WITHDRAW,
	OPT_CA_KEY, OPT_SERVER_CA, OPT_HAND_OUT, OPT_CSV, OPT_URL, OPT_SHEETS,
	OPT_PLAIN, OPT_ANSWERS, OPT_NO_LISTS };

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
	{ "ca-key", required_argument, NULL, OPT_CA_KEY },
	{ "server-ca", required_argument, NULL, OPT_SERVER_CA },
	{ "hand-out", required_argument, NULL, OPT_HAND_OUT },
	{ "csv", required_argument, NULL, OPT_CSV },
	{ "url", required_argument, NULL, OPT_URL },
	{ "sheets", required_argument, NULL, OPT_SHEETS },
	{ "answers", required_argument, NULL, OPT_ANSWERS },
	{ "no-lists", no_argument, NULL, OPT_NO_LISTS },
	{ "plain", no_argument, NULL, OPT_PLAIN },
	{ "demo", no_argument, NULL, OPT_DEMO },
	{ "register-key", required_argument, NULL, OPT_REGISTER_KEY },
	{ "list", required_argument, NULL, OPT_LIST },
	{ "audience", required_argument, NULL, OPT_AUDIENCE },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "made", required_argument, NULL, OPT_MADE },
	{ "days", required_argument, NULL, OPT_DAYS },
	{ "whole", no_argument, NULL, OPT_WHOLE },
	{ "withdraw", required_argument, NULL, OPT_WITHDRAW },
	{ "workers", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char usage_text[] =
    "usage: chot-hub [OPTION]... COMMAND\n"
    "  migrate                     bring the database to this version\n"
    "  run                         serve posts until SIGTERM\n"
    "  enrol                       make one-time sheets that posts scan; needs\n"
    "                              --csv, --url, --ca and --sheets\n"
    "  import FILE...              take posts' bundles from USB sticks; needs --ca,\n"
    "                              --sign and --answers\n"
    "  station add ID              let a post speak\n"
    "  station revoke ID [REASON]  no longer\n"
    "  station watch ID [no]       let it read the status pages of all, or not\n"
    "  station list                id, state, epoch, seq, last, forks, gaps\n"
    "  station audience ID [NAME]...  unit=NAME, province=NAME: whose lists it gets\n"
    "  publish FILE...             the next version of a list, for posts\n"
    "  bundle FILE [STATION]       published lists as a file for USB sticks\n"
    "  messages                    which were read, where and by whom\n"
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
    "      --ca-key FILE           the CA's key: posts get certificates here\n"
    "      --server-ca FILE        who signed the hub's own, if not --ca\n"
    "      --hand-out DIR          *.pub that posts get too; hub.pub at least,\n"
    "                              which they seal to\n"
    "      --days N                that a certificate is good for (180), or a\n"
    "                              sheet (14)\n"
    "      --csv FILE              of posts, with columns id and name\n"
    "      --url URL               where posts reach this hub\n"
    "      --sheets DIR            where sheets go, one SVG a post\n"
    "      --answers DIR           where the bundle for the posts goes\n"
    "      --no-lists              no published lists in it, whatever posts lack\n"
    "      --plain                 print the tickets, not where sheets are\n"
    "      --proxy ADDRESS         no TLS here: a proxy at this address does it\n"
    "      --header NAME           where it names the subject (X-Client-Subject)\n"
    "      --minimum VERSION       the oldest program of a post that is served\n"
    "      --demo                  with a throw-away PostgreSQL, CA and keys;\n"
    "                              run takes --listen and --workers beside it\n"
    "publish, beside --database and --sign\n"
    "      --register-key FILE     what identities are hashed under\n"
    "      --audience WHO          all (default), station=ID, unit=NAME,\n"
    "                              province=NAME\n"
    "      --list NAME             files as they are: badges, messages, officers,\n"
    "                              packs, trust or zones; else CSV, whose first\n"
    "                              line says which list\n"
    "      --days N                after which posts trust it no longer (7)\n"
    "      --made TIME             when the list was made (now)\n"
    "      --source WORDS          who made it (the file's name)\n"
    "      --whole                 all of it, not only what is new\n"
    "      --withdraw KEY          posts take nothing more from this key\n"
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

/* --days, or else so many. */
static int
read_days(const struct call *call, int otherwise, int *days, struct err *err)
{
	char *end = NULL;
	long n = call->days != NULL ? strtol(call->days, &end, 10) : otherwise;

	if (n < 1 || n > DAYS_MAX || (end != NULL && *end != '\0'))
		return err_set(err, ERR_USAGE, "--days takes 1 to %d",
		    DAYS_MAX);
	*days = (int)n;
	return 0;
}

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
	if (o->proxy != NULL)
		any = o->certificate != NULL || o->key != NULL ||
		    (o->ca != NULL && o->ca_key == NULL);
	if (o->proxy != NULL ? any : !tls)
		return err_set(err, ERR_USAGE, "give --certificate, --key and "
		    "--ca, or --proxy alone");
	if (o->ca_key != NULL && (o->ca == NULL || o->hand_out == NULL))
		return err_set(err, ERR_USAGE, "--ca-key takes --ca and "
		    "--hand-out beside it");
	if (call->options.server_ca == NULL)
		call->options.server_ca = o->ca;
	if (read_days(call, CERTIFICATE_DAYS, &call->options.days, err) < 0)
		return -1;
	return hub_run(o, err);
}

static int
cmd_publish(struct call *call, struct err *err)
{
	struct hub_publish *p = &call->publish;
	char floors[64] = "";
	char *end;

	p->database = call->options.database;
	p->sign = call->options.sign;
	p->days = call->days != NULL ? strtol(call->days, &end, 10) : 7;
	if (p->sign == NULL || (p->register_key == NULL && p->list == NULL))
		return err_set(err, ERR_USAGE, "publish takes --sign and "
		    "--register-key, or --list");
	if (p->days < 1 || p->days > 365 || (call->days != NULL && *end != '\0'))
		return err_set(err, ERR_USAGE, "--days takes 1 to 365");
	if (p->list != NULL && !register_is_archive(p->list))
		return err_set(err, ERR_USAGE, "--list takes badges, messages, "
		    "officers, packs, trust or zones");
	if (call->made != NULL && time_parse(call->made, 7 * 3600,
	    &p->made_at) < 0)
		return err_set(err, ERR_USAGE, "--made takes a time like "
		    "2021-10-22T13:00+07:00");
	if (call->withdraw != NULL && strlen(call->withdraw) != 16)
		return err_set(err, ERR_USAGE, "--withdraw takes the 16 digits "
		    "that name a key");
	if (call->withdraw != NULL)
		snprintf(floors, sizeof(floors), "%s 999999999999\n",
		    call->withdraw);
	p->floors = floors;
	if (p->audience == NULL)
		p->audience = "all";
	p->files = call->words;
	p->nfiles = (size_t)call->count;
	return hub_publish(p, err);
}

static int
cmd_bundle(struct call *call, struct err *err)
{
	return hub_bundle(call->options.database, call->words[0],
	    call->count == 2 ? call->words[1] : "", err);
}

static int
cmd_enrol(struct call *call, struct err *err)
{
	struct hub_tickets *tickets = &call->tickets;
	const struct hub_options *o = &call->options;

	tickets->database = o->database;
	tickets->server_ca = o->server_ca != NULL ? o->server_ca : o->ca;
	tickets->out = stdout;
	if (tickets->table == NULL || tickets->dir == NULL ||
	    tickets->server_ca == NULL)
		return err_set(err, ERR_USAGE, "enrol takes --csv, --url, --ca "
		    "and --sheets");
	return read_days(call, SHEET_DAYS, &tickets->days, err) < 0 ? -1 :
	    hub_enrol(tickets, err);
}

static int
cmd_import(struct call *call, struct err *err)
{
	const struct hub_options *o = &call->options;
	struct hub_import import = { o, call->words, call->count,
		call->answers, stdout, call->no_lists };

	if (o->ca == NULL || o->sign == NULL || call->answers == NULL)
		return err_set(err, ERR_USAGE, "import takes --ca, --sign and "
		    "--answers: posts believe what is signed");
	return hub_import(&import, err);
}

static int
cmd_station(struct call *call, struct err *err)
{
	const char *database = call->options.database, *what = call->words[0];

	if (strcmp(what, "list") == 0 && call->count == 1)
		return hub_station_list(database, stdout, err);
	if (strcmp(what, "audience") == 0 && call->count >= 2)
		return hub_station_audience(database, call->words[1],
		    call->words + 2, (size_t)call->count - 2, err);
	if (strcmp(what, "add") == 0 && call->count == 2)
		return hub_station_add(database, call->words[1], err);
	if (strcmp(what, "revoke") == 0 && call->count >= 2 &&
	    call->count <= 3)
		return hub_station_revoke(database, call->words[1],
		    call->count == 3 ? call->words[2] : "", err);
	if (strcmp(what, "watch") == 0 && call->count >= 2)
		return hub_station_watch(database, call->words[1],
		    call->count == 2 || strcmp(call->words[2], "no") != 0,
		    err);
	return err_set(err, ERR_USAGE, "station takes add ID, "
	    "revoke ID [REASON], watch ID [no], audience ID [NAME]... "
	    "or list");
}

static int
cmd_messages(struct call *call, struct err *err)
{
	return hub_messages(call->options.database, stdout, err);
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
	{ "station", cmd_station, 1, 10 },
	{ "publish", cmd_publish, 1, HUB_FILES_MAX },
	{ "bundle", cmd_bundle, 1, 2 },
	{ "enrol", cmd_enrol, 0, 0 },
	{ "import", cmd_import, 1, HUB_FILES_MAX },
	{ "messages", cmd_messages, 0, 0 },
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
option_place(struct call *call, int c)
{
	struct hub_options *o = &call->options;

	switch (c) {
	case OPT_CA_KEY: return &o->ca_key;
	case OPT_SERVER_CA: return &o->server_ca;
	case OPT_HAND_OUT: return &o->hand_out;
	case OPT_ANSWERS: return &call->answers;
	case OPT_CSV: return &call->tickets.table;
	case OPT_URL: return &call->tickets.url;
	case OPT_SHEETS: return &call->tickets.dir;
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
	case OPT_REGISTER_KEY: return &call->publish.register_key;
	case OPT_LIST: return &call->publish.list;
	case OPT_AUDIENCE: return &call->publish.audience;
	case OPT_SOURCE: return &call->publish.source;
	case OPT_MADE: return &call->made;
	case OPT_DAYS: return &call->days;
	case OPT_WITHDRAW: return &call->withdraw;
	default: return NULL;
	}
}

static bool *
flag_place(struct call *call, int c)
{
	switch (c) {
	case OPT_DEMO: return &call->demo;
	case OPT_WHOLE: return &call->publish.whole;
	case OPT_PLAIN: return &call->tickets.plain;
	case OPT_NO_LISTS: return &call->no_lists;
	default: return NULL;
	}
}

/* -1 to go on, else the exit status. */
static int
read_options(struct call *call, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "l:d:k:w:h", options, NULL)) != -1) {
		const char **place = option_place(call, c);
		bool *flag = flag_place(call, c);

		if (place != NULL) {
			*place = optarg;
		} else if (c == 'h') {
			fputs(usage_text, stdout);
			return EX_OK;
		} else if (c == 'V') {
			puts("chot-hub " PACKAGE_VERSION);
			return EX_OK;
		} else if (flag != NULL) {
			*flag = true;
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
	int ret;

	memory_for_libraries();
	ret = read_options(&call, argc, argv);
	confine_basics(); /* its keys open every record */
	if (ret >= 0)
		return ret;
	if (optind == argc)
		return usage("it takes a command");
	while (i < nitems(commands) && strcmp(commands[i].name,
	    argv[optind]) != 0)
		i++;
	if (i == nitems(commands))
		return usage("no such command");
	for (int at = optind + 1; at < argc && call.count < HUB_FILES_MAX;
	    at++)
		call.words[call.count++] = argv[at];
	if (call.count < commands[i].least || call.count > commands[i].most ||
	    argc - optind - 1 > commands[i].most)
		return usage("too many or too few words");
	if (commands[i].run(&call, &err) < 0)
		return fail(&err);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
