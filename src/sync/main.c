/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-sync - brings the queue to the hub; see sync.h. Started by `chot
 * sync` and, with --watch, by the station.
 */
#include "parts.h"
#include "memory.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define CLOCK_FLOOR 1793491200 /* 2026-11: this program is younger */

static const char options_text[] = N_(
    "usage: chot sync [--now] [--watch] [--json] [--enrol]\n"
    "sends what waits to the hub\n\n"
    "  -c, --config FILE    the configuration\n"
    "      --now            neither spread nor back off: try at once\n"
    "      --watch          go on, one line for each event\n"
    "      --json           one JSON object at the end\n"
    "      --stations       the status pages of all posts, one a line\n"
    "      --url URL        of a hub, instead of the configuration's\n"
    "      --enrol          becomes a post: the ticket of the sheet is read\n"
    "                       from standard input\n"
    "      --state DIR      enrol without a configuration: for its keys\n"
    "      --help           this text\n"
    "      --version        the program's version\n");

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "now", no_argument, NULL, 'n' },
	{ "watch", no_argument, NULL, 'w' },
	{ "json", no_argument, NULL, 'j' },
	{ "chot", required_argument, NULL, 'p' }, /* who tells the status */
	{ "stations", no_argument, NULL, 'a' },
	{ "url", required_argument, NULL, 'u' },
	{ "enrol", no_argument, NULL, 'e' },
	{ "look", no_argument, NULL, 'l' }, /* the station's child */
	{ "state", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int
usage(const char *words)
{
	fprintf(stderr, "chot sync: %s", words);
	fprintf(stderr, _("; see chot %s --help\n"), "sync");
	return EX_USAGE;
}

static void
speak(void)
{
	const char *catalogs = getenv("CHOT_LOCALE");

	if (setlocale(LC_ALL, "") == NULL || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
	bindtextdomain("chot", catalogs != NULL ? catalogs : LOCALEDIR);
	bind_textdomain_codeset("chot", "UTF-8");
	textdomain("chot");
}

/* From standard input, so that no list of processes shows it. */
static int
enrol(const char *config, const char *state, struct conf *conf, bool json)
{
	char text[TICKET_TEXT_MAX];
	struct err err = { 0 };
	int status;

	if (state == NULL) {
		if (conf_load(config, conf, &err) < 0) {
			fprintf(stderr, "chot-sync: %s\n", err.text);
			return err_exit_status(&err);
		}
		state = conf->state;
	}
	if (isatty(STDIN_FILENO))
		fputs(_("scan the ticket of the sheet, or type it in:\n"),
		    stderr);
	if (fgets(text, sizeof(text), stdin) == NULL)
		text[0] = '\0';
	status = join_run(state, text, json);
	explicit_bzero(text, sizeof(text));
	return status;
}

int
main(int argc, char **argv)
{
	struct sync_options options = { .clock_floor = CLOCK_FLOOR };
	static struct conf conf; /* large: its lanes */
	const char *config = NULL, *state = NULL, *url = NULL;
	bool enrolling = false, stations = false, looking = false;
	struct err err = { 0 };
	int c;

	memory_for_libraries();
	speak();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	confine_basics();
	tls_lock_keys();
	opterr = 0; /* usage() says it in one line */
	while ((c = getopt_long(argc, argv, "c:h", long_options, NULL)) != -1)
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'n':
			options.now = true;
			break;
		case 'w':
			options.watch = true;
			break;
		case 'j':
			options.json = true;
			break;
		case 'p':
			options.chot = optarg;
			break;
		case 'a':
			stations = true;
			break;
		case 'u':
			url = optarg;
			break;
		case 'e':
			enrolling = true;
			break;
		case 'l':
			looking = true;
			break;
		case 's':
			state = optarg;
			break;
		case 'h':
			fputs(_(options_text), stdout);
			return EX_OK;
		case 'V':
			printf("chot %s\n", PACKAGE_VERSION);
			return EX_OK;
		default:
			return usage(_("unknown option"));
		}
	if (optind < argc)
		return usage(_("too many arguments"));
	if (enrolling)
		return enrol(config, state, &conf, options.json);
	if (conf_load(config, &conf, &err) < 0) {
		fprintf(stderr, "chot-sync: %s\n", err.text);
		return err_exit_status(&err);
	}
	if (url != NULL && snprintf(conf.hub.url, sizeof(conf.hub.url), "%s",
	    url) >= (int)sizeof(conf.hub.url)) {
		fprintf(stderr, "chot-sync: %s\n", _("the url is too long"));
		return EX_USAGE;
	}
	if (stations)
		return page_show_all(&conf);
	if (looking)
		return inquiry_run(&conf, options.clock_floor);
	options.config = config;
	return sync_main(&conf, &options);
}
