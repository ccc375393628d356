/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot credential issue - JSON objects, one a line, to signed documents, one
 * a line: the text of a code to be printed or shown.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "credential.h"

#define KEY_FILE_MAX 65536
#define LINE_MAX_BYTES 65536

static const char options_text[] = N_(
    "  -k, --key FILE   the issuer's private key (PEM, P-256 or Ed25519; as\n"
    "                   openssl genpkey -algorithm ed25519 makes it)\n"
    "Each line of FILE is one JSON object; chot-credential(7) names its fields.\n");

static const struct option options[] = {
	{ "key", required_argument, NULL, 'k' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Whole lines only: half an object must not be signed. */
static int
issue_lines(FILE *in, const char *name, const char *key, struct err *err)
{
	static char line[LINE_MAX_BYTES];
	char text[CREDENTIAL_TEXT_MAX + 1];

	for (long number = 1; fgets(line, sizeof(line), in) != NULL; number++) {
		size_t n = strlen(line);

		if (n + 1 == sizeof(line) && line[n - 1] != '\n')
			return err_set(err, ERR_INPUT, _("%s:%ld: too long"),
			    name, number);
		if (strspn(line, " \t\r\n") == n)
			continue;
		if (credential_issue(line, n, key, time(NULL), text, err) != 0)
			return err_within(err, "%s:%ld", name, number);
		puts(text);
	}
	return ferror(in) ? err_set(err, ERR_RETRY, "%s: %s", name,
	    strerror(errno)) : 0;
}

static int
issue(const char *key_path, const char *path)
{
	struct err err = { .kind = ERR_NONE };
	bool is_file = path != NULL && strcmp(path, "-") != 0;
	FILE *in = is_file ? fopen(path, "re") : stdin;
	size_t n;
	char *key;
	int result;

	if (in == NULL) {
		err_set(&err, ERR_INPUT, "%s: %s", path, strerror(errno));
		return command_fail(&err);
	}
	key = file_read(key_path, KEY_FILE_MAX, &n, &err);
	result = key == NULL ? -1 :
	    issue_lines(in, is_file ? path : "-", key, &err);
	if (key != NULL)
		explicit_bzero(key, n);
	free(key);
	if (is_file)
		fclose(in);
	return result == 0 ? EX_OK : command_fail(&err);
}

int
cmd_credential(int argc, char **argv)
{
	const char *key = NULL;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "k:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help(argv[0], _(options_text));
		if (c != 'k')
			return command_usage(argv[0], _("unknown option"));
		key = optarg;
	}
	if (argc - optind < 1 || strcmp(argv[optind], "issue") != 0)
		return command_usage(argv[0], _("what to do? (issue)"));
	if (argc - optind > 2)
		return command_usage(argv[0], _("one FILE at most"));
	if (key == NULL)
		return command_usage(argv[0], _("a key is needed (-k FILE)"));
	return issue(key, argc - optind == 2 ? argv[optind + 1] : NULL);
}
