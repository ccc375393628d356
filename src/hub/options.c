/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options - what chot-hub takes, and where it goes.
 */
#include "call.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { OPT_CERTIFICATE = 256, OPT_KEY, OPT_CA, OPT_PROXY, OPT_HEADER,
	OPT_MINIMUM, OPT_SIGN, OPT_DEMO, OPT_REGISTER_KEY, OPT_LIST, OPT_AUDIENCE,
	OPT_SOURCE, OPT_MADE, OPT_DAYS, OPT_WHOLE, OPT_WITHDRAW,
	OPT_CA_KEY, OPT_SERVER_CA, OPT_HAND_OUT, OPT_CSV, OPT_URL, OPT_SHEETS,
	OPT_PLAIN, OPT_ANSWERS, OPT_NO_LISTS, OPT_PERSON, OPT_PLATE, OPT_SINCE,
	OPT_UNTIL, OPT_MINUTES, OPT_BY, OPT_WHY, OPT_JSON, OPT_PLACES };

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
	{ "person", required_argument, NULL, OPT_PERSON },
	{ "plate", required_argument, NULL, OPT_PLATE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "minutes", required_argument, NULL, OPT_MINUTES },
	{ "by", required_argument, NULL, OPT_BY },
	{ "why", required_argument, NULL, OPT_WHY },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "places", required_argument, NULL, OPT_PLACES },
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
    "  crossings                   where a person or a vehicle was; needs --by, --why\n"
    "                              and --person or --plate\n"
    "  contacts                    who was near a person; needs the same\n"
    "  inspections                 who asked for persons, when and why\n"
    "  notices DIR                 tell the wards of journeys; needs --places\n"
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
    "crossings and contacts\n"
    "      --person NUMBER, --plate PLATE\n"
    "      --since TIME, --until TIME  (the last 14 days)\n"
    "      --minutes N             before and after that count as near (15)\n"
    "      --by NAME, --why WORDS  who asks, and for what: it is kept\n"
    "      --json                  an object a line, else a table with tabs\n"
    "notices\n"
    "      --places FILE           CSV: place,unit; a file for each unit\n"
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

int
call_usage(const char *words)
{
	fprintf(stderr, "chot-hub: %s; see chot-hub --help\n", words);
	return EX_USAGE;
}

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
	case OPT_PERSON: return &call->trace.number;
	case OPT_PLATE: return &call->trace.plate;
	case OPT_SINCE: return &call->since;
	case OPT_UNTIL: return &call->until;
	case OPT_MINUTES: return &call->minutes;
	case OPT_BY: return &call->trace.asked_by;
	case OPT_WHY: return &call->trace.why;
	case OPT_PLACES: return &call->places;
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
	case OPT_JSON: return &call->trace.json;
	default: return NULL;
	}
}

int
call_read(struct call *call, int argc, char **argv)
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
			return call_usage("workers: 1 to 64");
		}
	}
	return -1;
}
