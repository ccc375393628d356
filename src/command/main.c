/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main - finds the command and runs it. `chot` alone is the station.
 */
#include "parts.h"
#include "memory.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const struct command commands[] = {
	{ "station", cmd_station, "[-c FILE]", N_("the full-screen post (the default)"), false },
	{ "read", cmd_read, "[-n N] ROLE DEVICE", N_("one device as event lines; ROLE scanner, thermometer, camera or plate"), false },
	{ "drive", cmd_drive, "[--log FILE] [--sounds DIR] ROLE DEVICE", N_("one actuator: orders in, answers out; ROLE printer, relay or sound"), false },
	{ "decode", cmd_decode, "[-0] [--base64] [-k KEYDIR] [--at TIME] [FILE]", N_("credential texts to fields, one JSON object a line"), false },
	{ "credential", cmd_credential, "issue -k KEY.pem [FILE]", N_("sign declarations, permits, cards, badges from JSON"), false },
	{ "judge", cmd_judge, "-p PACK [FILE]", N_("facts to verdicts, one JSON object a line"), false },
	{ "policy", cmd_policy, "check|test|explain|simulate PACK | facts", N_("compile a pack, run its cases, show its rules"), false },
	{ "register", cmd_register, "import|show|zone|verify|messages", N_("lists of declarations, statuses, permits, vehicles, officers"), false },
	{ "outbox", cmd_outbox, "list|count|show|verify|refused|export|salvage|import", N_("the queue of sealed records"), false },
	{ "key", cmd_key, "seal|register|badge|sign|pin|list|trust", N_("make and list the post's keys"), false },
	{ "status", cmd_status, "[--json | --metrics | --check]", N_("the state of the post from its files"), false },
	{ "setup", cmd_setup, "[-c FILE] [--list] [STEP ...]", N_("from a fresh machine to a post, by questions"), false },
	{ "support", cmd_support, "[-o FILE]", N_("one file for the help desk, without persons"), false },
	{ "watch", cmd_watch, "[--hosts FILE] [--once] [--json] [--look] [HOST ...]", N_("this post, or many over ssh, in one table"), false },
	{ "display", cmd_display, "[-c FILE] [--lane TITLE]", N_("what citizens see, on a second terminal"), false },
	{ "sync", cmd_sync, "[--now] [--watch] [--json] [--stations] [--enrol]", N_("send what waits to the hub"), false },
	{ "config", cmd_config, "check|print|template", N_("verify or print the configuration"), false },
	{ "devices", cmd_devices, "[--boards] [-t SECONDS] [PORT ...]", N_("find serial devices and print their configuration lines"), false },
	{ "demo", cmd_demo, "[--lang vi|en] [--script FILE] [--hub] [--keep DIR]", N_("a post with simulated devices, for anybody"), false },
	{ "demo-devices", cmd_demo_devices, "", "", true },
	{ "recorder", cmd_recorder, "", "", true },
	{ "lookup", cmd_lookup, "", "", true },
	{ "errand", cmd_errand, "", "", true },
	{ "machine", cmd_machine, "STATE [ROOT]", "", true },
	{ "roster", cmd_roster, "", "", true },
};

const char *
command_self(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return "chot";
	path[n] = '\0';
	return path;
}

const char *
command_libexec(void)
{
	const char *given = getenv("CHOT_LIBEXEC");

	return given != NULL && given[0] != '\0' ? given : LIBEXECDIR;
}

void
command_data(char *out, size_t size)
{
	const char *given = getenv("CHOT_DATA");

	if (given != NULL && given[0] != '\0')
		snprintf(out, size, "%s/contrib", given);
	else
		snprintf(out, size, "%s", PKGDATADIR);
}

const char *
command_values(char *out, size_t size)
{
	size_t n;

	command_data(out, size);
	n = strlen(out);
	snprintf(out + n, size - n, "/value-sets");
	return out;
}

int
command_fail(const struct err *err)
{
	fprintf(stderr, "chot: %s\n", err->text);
	return err_exit_status(err);
}

int
command_usage(const char *name, const char *format, ...)
{
	struct err err;
	char words[sizeof(err.text)];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	err_set(&err, ERR_USAGE, "%s", words); /* harmless: it may be typed */
	fprintf(stderr, "chot %s: %s", name, err.text);
	fprintf(stderr, _("; see chot %s --help\n"), name);
	return EX_USAGE;
}

int
command_help(const char *name, const char *options)
{
	for (size_t i = 0; i < nitems(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		printf(_("usage: chot %s %s\n"), name, commands[i].arguments);
		if (commands[i].help[0] != '\0')
			printf("%s\n", _(commands[i].help));
	}
	if (options != NULL && options[0] != '\0')
		printf("\n%s", options);
	printf(_("--help prints this text, --version the program's version.\n"));
	return EX_OK;
}

static int
help(void)
{
	printf(_("usage: chot [COMMAND] [ARGUMENTS]\n\n"));
	for (size_t i = 0; i < nitems(commands); i++)
		if (!commands[i].internal)
			printf("  %-10s %s\n", commands[i].name,
			    _(commands[i].help));
	printf(_("\nchot COMMAND --help says more; the manual is chot(1).\n"));
	return EX_OK;
}

/* What was printed has arrived, or the command did not do its work. That
 * nobody reads on (`chot ... | head`) is that one's choice. */
static int
finish(int status)
{
	bool lost;

	errno = 0;
	lost = fflush(stdout) != 0 || ferror(stdout) != 0;
	if (!lost || status != EX_OK || errno == EPIPE)
		return status;
	fprintf(stderr, "chot: %s\n", _("standard output cannot be written"));
	return EX_TEMPFAIL;
}

static int
run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "station";
	struct err err;

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    strcmp(name, "help") == 0)
		return help();
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0 ||
	    (argc == 3 && strcmp(argv[2], "--version") == 0)) {
		printf("chot %s\n", PACKAGE_VERSION);
		return EX_OK;
	}
	if (name[0] == '-') /* chot -c FILE is the station's */
		return cmd_station(argc, argv);
	for (size_t i = 0; i < nitems(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(argc - 1 > 0 ? argc - 1 : 1,
			    argc > 1 ? argv + 1 : argv);
	err_set(&err, ERR_USAGE, _("no command \"%.60s\"; see chot --help"), name);
	return command_fail(&err);
}

int
main(int argc, char **argv)
{
	/* A machine without locales still speaks UTF-8. */
	if (setlocale(LC_ALL, "") == NULL || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
	bindtextdomain("chot", getenv("CHOT_LOCALE") != NULL ?
	    getenv("CHOT_LOCALE") : LOCALEDIR);
	bind_textdomain_codeset("chot", "UTF-8");
	textdomain("chot");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	confine_basics();
	memory_for_libraries();
	opterr = 0; /* each command says it in its own one line */
	return finish(run(argc, argv));
}
