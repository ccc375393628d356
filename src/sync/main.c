/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-sync - brings the queue to the hub; see sync.h. Started by `chot
 * sync` and, with --watch, by the station.
 */
#include "parts.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

#define CLOCK_FLOOR 1793491200 /* 2026-11: this program is younger */

static const char options_text[] = N_(
    "usage: chot sync [--now] [--watch] [--json]\n"
    "sends what waits to the hub\n\n"
    "  -c, --config FILE    the configuration\n"
    "      --now            neither spread nor back off: try at once\n"
    "      --watch          go on, one line for each event\n"
    "      --json           one JSON object at the end\n"
    "      --help           this text\n"
    "      --version        the program's version\n");

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "now", no_argument, NULL, 'n' },
	{ "watch", no_argument, NULL, 'w' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

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

int
main(int argc, char **argv)
{
	struct sync_options options = { .clock_floor = CLOCK_FLOOR };
	static struct conf conf; /* large: its lanes */
	const char *config = NULL;
	struct err err = { 0 };
	int c;

	speak();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	confine_basics();
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
		case 'h':
			fputs(_(options_text), stdout);
			return EX_OK;
		case 'V':
			printf("chot %s\n", PACKAGE_VERSION);
			return EX_OK;
		default:
			return EX_USAGE;
		}
	if (optind < argc) {
		fprintf(stderr, "chot-sync: %s\n", _("too many arguments"));
		return EX_USAGE;
	}
	if (conf_load(config, &conf, &err) < 0) {
		fprintf(stderr, "chot-sync: %s\n", err.text);
		return err_exit_status(&err);
	}
	return sync_main(&conf, &options);
}
