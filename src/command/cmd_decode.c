/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot decode - credential texts, one a line, to JSON Lines: one result for
 * each input, in order. Opens no link and asks no network.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "credential.h"
#include "station.h"

/* base64 of the longest scan, with padding and a CRLF to spare. */
#define INPUT_MAX ((CREDENTIAL_TEXT_MAX + 2) / 3 * 4 + 16)
#define KEY_FILE_MAX (16u << 20) /* a world list is 2 MB */
#define DISTRUSTED_MAX (64u << 10)
#define CLOCK_FLOOR 1609459200 /* 2021: a clock before it was never set */
#define VIETNAM_OFFSET_S (7 * 3600)

struct decode {
	struct credential_context context;
	int separator;
	bool base64;
	bool any_error;
	struct credential_parts parts; /* of a card over several lines */
};

static const char options_text[] = N_(
    "  -k, --keys DIR   trusted keys, a directory or one file: certificates\n"
    "                   (PEM, DER, base64), public keys (PEM), key sets (JWKS)\n"
    "      --at TIME    judge as of TIME (2021-10-15T00:00Z or Unix seconds);\n"
    "                   else the machine's clock\n"
    "  -0, --null       inputs end with NUL instead of LF\n"
    "      --base64     inputs are base64\n"
    "      --json       JSON Lines (always so)\n"
    "  -c FILE          taken as everywhere, and not used\n"
    "Exit status 65 when any result is an error.\n");

/* ---- inputs ---------------------------------------------------------------------- */

static void
print_error(struct decode *decode, const char *words)
{
	struct credential result = { .kind = CREDENTIAL_ERROR };
	char *json;

	snprintf(result.error, sizeof(result.error), "%s", words);
	json = credential_json(&result);
	puts(json);
	free(json);
	decode->any_error = true;
}

static void
decode_one(struct decode *decode, unsigned char *bytes, size_t n)
{
	struct credential result;
	char *json;

	if (decode->base64) { /* shrinks, so that it can be done in place */
		ssize_t len = credential_base64((const char *)bytes, n, bytes, n);

		if (len < 0) {
			print_error(decode, "the input is not base64");
			return;
		}
		n = (size_t)len;
	}
	credential_join(&decode->parts, bytes, n, &decode->context, &result);
	json = credential_json(&result);
	puts(json);
	free(json);
	if (result.kind == CREDENTIAL_ERROR)
		decode->any_error = true;
}

/* An input over the limit is read to its end and refused whole. */
static int
decode_stream(struct decode *decode, FILE *in, const char *name,
    struct err *err)
{
	static unsigned char input[INPUT_MAX];
	size_t n = 0;
	bool spoilt = false, open = false;
	int c;

	while ((c = getc(in)) != EOF || open) {
		if (c != EOF && c != decode->separator) {
			open = true;
			if (n == sizeof(input))
				spoilt = true;
			else
				input[n++] = (unsigned char)c;
			continue;
		}
		if (spoilt)
			print_error(decode, "the input is too long");
		else
			decode_one(decode, input, n);
		n = 0;
		spoilt = open = false;
		if (fflush(stdout) != 0)
			return err_set(err, ERR_RETRY, _("output: %s"),
			    strerror(errno));
	}
	if (ferror(in))
		return err_set(err, ERR_RETRY, "%s: %s", name,
		    strerror(errno));
	return 0;
}

static int
decode_file(struct decode *decode, const char *path, struct err *err)
{
	FILE *in = stdin;
	int result;

	if (path != NULL && strcmp(path, "-") != 0 &&
	    (in = fopen(path, "re")) == NULL)
		return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	result = decode_stream(decode, in, path != NULL ? path : "-", err);
	if (in != stdin)
		fclose(in);
	return result;
}

/* ---- keys ------------------------------------------------------------------------- */

static void
add_key_file(struct credential_trust *trust, const char *path,
    struct credential_trust_report *report)
{
	struct credential_trust_report one = { 0 };
	size_t len;
	char *bytes = file_read(path, KEY_FILE_MAX, &len, NULL);

	if (bytes == NULL || (credential_trust_add(trust,
	    (const unsigned char *)bytes, len, &one, NULL) != 0 &&
	    one.skipped == 0))
		one.skipped++; /* a file that holds no key: a README perhaps */
	free(bytes);
	report->added += one.added;
	report->skipped += one.skipped;
}

static void
add_key_dir(struct credential_trust *trust, const char *path, DIR *dir,
    struct credential_trust_report *report)
{
	struct dirent *entry;
	char file[PATH_MAX];

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(file, sizeof(file), "%s/%s", path,
		    entry->d_name) < sizeof(file))
			add_key_file(trust, file, report);
		else
			report->skipped++;
	}
}

/* The trust of a post: what it was told not to believe counts here too. */
static int
distrust_listed(struct credential_trust *trust, const char *path,
    struct err *err)
{
	struct err absent = { 0 };
	char file[PATH_MAX], *text, *line, *rest;
	size_t n;

	if ((size_t)snprintf(file, sizeof(file), "%s/.distrusted", path) >=
	    sizeof(file))
		return 0;
	if ((text = file_read(file, DISTRUSTED_MAX, &n, &absent)) == NULL) {
		if (absent.kind == ERR_ABSENT)
			return 0;
		*err = absent;
		return -1;
	}
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		char name[CREDENTIAL_KEY_NAME_MAX];

		if (credential_key_name(line, name))
			credential_trust_distrust(trust, name);
	}
	free(text);
	return 0;
}

/* A directory, or one file. */
static struct credential_trust *
load_keys(const char *path, struct err *err)
{
	struct credential_trust_report report = { 0 };
	struct credential_trust *trust;
	DIR *dir = opendir(path);

	if (dir == NULL && errno != ENOTDIR) {
		err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
		return NULL;
	}
	trust = credential_trust_new();
	if (dir != NULL) {
		add_key_dir(trust, path, dir, &report);
		closedir(dir);
		if (distrust_listed(trust, path, err) != 0) {
			credential_trust_free(trust);
			return NULL;
		}
	} else {
		add_key_file(trust, path, &report);
	}
	if (report.skipped > 0 || report.added == 0)
		fprintf(stderr, _("chot decode: %s: %zu keys, %zu skipped\n"),
		    path, report.added, report.skipped);
	return trust;
}

/* Without its names a document is as true as with them. */
static struct credential_values *
load_values(void)
{
	char path[PATH_MAX];
	struct err problem;
	struct credential_values *values = valuesets_load(
	    command_values(path, sizeof(path)), &problem);

	if (problem.text[0] != '\0')
		fprintf(stderr, "chot decode: %s\n", problem.text);
	return values;
}

/* ---- time ------------------------------------------------------------------------- */

/* As time_parse(), and what ISO 8601 allows besides: a fraction of a second,
 * which is dropped, +0700 and +07 for +07:00; a time without a zone is UTC,
 * as programs write it, while a day alone is Vietnam's. */
static int
parse_at(const char *text, int64_t *at)
{
	size_t n = strcspn(text, "."), zone, digits;
	char plain[64];
	char *end;

	if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text) &&
	    strlen(text) >= 9 && strlen(text) <= 12) {
		*at = strtoll(text, &end, 10);
		return 0;
	}
	if (text[n] == '.') {
		digits = strspn(text + n + 1, "0123456789");
		if (digits == 0)
			return -1;
		zone = n + 1 + digits;
	} else {
		zone = n;
	}
	if (snprintf(plain, sizeof(plain) - 4, "%.*s%s", (int)n, text,
	    text + zone) >= (int)sizeof(plain) - 4)
		return -1;
	n = strlen(plain);
	zone = strcspn(plain, "T");
	zone += strcspn(plain + zone, "Z+-");
	if (strchr(plain, 'T') == NULL)
		return time_parse(plain, VIETNAM_OFFSET_S, at);
	if (zone == n)
		strcat(plain, "Z");
	else if (n - zone == 3)
		strcat(plain, ":00");
	else if (n - zone == 5) {
		memmove(plain + n - 1, plain + n - 2, 3);
		plain[n - 2] = ':';
	}
	return time_parse(plain, VIETNAM_OFFSET_S, at);
}

enum { OPTION_AT = 256, OPTION_BASE64, OPTION_JSON, OPTION_HELP };

static const struct option options[] = {
	{ "keys", required_argument, NULL, 'k' },
	{ "null", no_argument, NULL, '0' },
	{ "at", required_argument, NULL, OPTION_AT },
	{ "base64", no_argument, NULL, OPTION_BASE64 },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

int
cmd_decode(int argc, char **argv)
{
	struct decode decode = { .separator = '\n' };
	struct credential_trust *trust = NULL;
	struct credential_values *values;
	struct err err = { .kind = ERR_NONE };
	const char *keys = NULL;
	int c, result;

	decode.context.now = time(NULL);
	decode.context.has_now = clock_plausible(decode.context.now, CLOCK_FLOOR);
	optind = 1;
	while ((c = getopt_long(argc, argv, "+k:0c:h", options, NULL)) != -1) {
		switch (c) {
		case 'k':
			keys = optarg;
			break;
		case '0':
			decode.separator = '\0';
			break;
		case OPTION_AT:
			if (parse_at(optarg, &decode.context.now) != 0)
				return command_usage(argv[0],
				    _("not a time: %s"), optarg);
			decode.context.has_now = true;
			break;
		case OPTION_BASE64:
			decode.base64 = true;
			break;
		case OPTION_JSON:
		case 'c': /* every command takes a configuration; none is used */
			break;
		case OPTION_HELP:
		case 'h':
			return command_help(argv[0], _(options_text));
		default:
			return command_usage(argv[0], _("unknown option"));
		}
	}
	if (argc - optind > 1)
		return command_usage(argv[0], _("one FILE at most"));
	if (keys != NULL && (trust = load_keys(keys, &err)) == NULL)
		return command_fail(&err);
	decode.context.trust = trust;
	decode.context.values = values = load_values();
	result = decode_file(&decode, optind < argc ? argv[optind] : NULL, &err);
	credential_trust_free(trust);
	credential_values_free(values);
	if (result != 0)
		return command_fail(&err);
	return decode.any_error ? EX_DATAERR : EX_OK;
}
