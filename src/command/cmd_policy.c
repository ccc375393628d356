/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot policy - compile a pack, run its case table, show its rules, replay
 * records under it, list the facts that rules may ask for.
 */
#include "parts.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "policy.h"
#include "simulate.h"

#define VIETNAM_S (7 * 3600) /* only the dates in reasons need it */

struct request {
	const char *pack, *cases; /* NULL: beside the pack; standard input */
	const char *key, *config; /* simulate: opens an outbox, which one */
	enum language language;
	bool every_rule; /* a rule without its cases is a failure */
};

struct action {
	const char *name;
	int (*run)(const struct request *request, struct policy *policy);
	int arguments_min, arguments_max;
};

static void
print_line(void *arg, const char *line)
{
	fprintf(arg, "%s\n", line);
}

static int
check(const struct request *request, struct policy *policy)
{
	printf(_("%s: %s: %d rules, good\n"), request->pack,
	    policy_version(policy), policy_rule_count(policy));
	return EX_OK;
}

/* vietnam-2021.conf has its cases in vietnam-2021.cases. */
static int
cases_path(const struct request *request, char out[PATH_MAX],
    struct err *err)
{
	const char *dot = strrchr(request->pack, '.');
	const char *slash = strrchr(request->pack, '/');
	size_t n = dot != NULL && (slash == NULL || dot > slash) ?
	    (size_t)(dot - request->pack) : strlen(request->pack);

	if (request->cases != NULL)
		n = strlen(request->cases);
	if (n + sizeof(".cases") > PATH_MAX)
		return err_set(err, ERR_INPUT, _("the path is too long"));
	if (request->cases != NULL)
		memcpy(out, request->cases, n + 1);
	else
		snprintf(out, PATH_MAX, "%.*s.cases", (int)n, request->pack);
	return 0;
}

static int
test(const struct request *request, struct policy *policy)
{
	struct err err = { 0 };
	char path[PATH_MAX];
	int total = 0, failed, gaps = 0;

	if (cases_path(request, path, &err) < 0)
		return command_fail(&err);
	failed = policy_test(policy, path, &total, print_line, stdout, &err);
	if (failed < 0)
		return command_fail(&err);
	if (request->every_rule)
		gaps = policy_uncovered(policy, print_line, stdout);
	printf(_("%s: %d cases, %d failed\n"), path, total, failed);
	return failed > 0 || gaps > 0 ? EX_DATAERR : EX_OK;
}

static int
explain(const struct request *request, struct policy *policy)
{
	policy_explain(policy, request->language, stdout);
	return EX_OK;
}

static int
simulate(const struct request *request, struct policy *policy)
{
	if (request->key == NULL)
		return simulate_lines(policy, request->cases);
	return simulate_sealed(policy, request->key, request->cases,
	    request->config);
}

static int
facts(const struct request *request, struct policy *policy)
{
	static const char *const types[] = { "", "INTEGER", "REAL", "TEXT" };

	(void)request;
	(void)policy;
	for (int i = 0; i < FACT_COUNT; i++) {
		const struct fact_info *info = fact_info((enum fact)i);
		char range[48] = "";

		if (info->type != FACT_TEXT)
			snprintf(range, sizeof(range), "%.0f..%.0f",
			    info->min, info->max);
		printf("%-20s %-8s %-6s %-20s %s\n", info->name,
		    types[info->type], info->timed ? _("timed") : "", range,
		    _(info->help));
	}
	return EX_OK;
}

static const struct action actions[] = {
	{ "check", check, 1, 1 },
	{ "test", test, 1, 2 },
	{ "explain", explain, 1, 1 },
	{ "simulate", simulate, 1, 2 },
	{ "facts", facts, 0, 0 },
};

/* The language of the environment, as gettext finds it. */
static enum language
default_language(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < nitems(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "vi", 2) == 0 ? LANGUAGE_VI :
			    LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

static int
help(void)
{
	return command_help("policy",
	    _("  check PACK         compile it\n"
	      "  test PACK [CASES]  run its case table, PACK with .cases for .conf\n"
	      "  explain PACK       every rule with its values and sources\n"
	      "  simulate PACK --key FILE [OUTBOX]\n"
	      "                     open sealed records with the secret key, judge them\n"
	      "                     by PACK, and show where the verdict is another\n"
	      "  simulate PACK [RECORDS]\n"
	      "                     the same of opened ones (chot outbox show --key)\n"
	      "  facts              the facts that rules may ask for\n"
	      "  -c, --config FILE  simulate: the post whose outbox it is, without OUTBOX\n"
	      "  --every-rule       test: each rule must fire, not fire and lack a fact\n"
	      "  --lang vi|en       explain: the language\n"));
}

static int
run(const struct action *action, const struct request *request)
{
	struct err err = { 0 };
	struct policy *policy = NULL;
	int status;

	if (request->pack != NULL) {
		policy = policy_load(request->pack, VIETNAM_S, &err);
		if (policy == NULL)
			return command_fail(&err);
	}
	status = action->run(request, policy);
	policy_free(policy);
	return status;
}

static int
dispatch(int argc, char **argv, struct request *request)
{
	const char *name = argc > 0 ? argv[0] : "";

	for (size_t i = 0; i < nitems(actions); i++) {
		const struct action *action = &actions[i];

		if (strcmp(name, action->name) != 0)
			continue;
		if (argc - 1 < action->arguments_min ||
		    argc - 1 > action->arguments_max)
			return command_usage("policy",
			    _("%s takes %s"), name, action->arguments_max == 0 ?
			    _("no argument") : action->arguments_max == 1 ?
			    "PACK" : _("PACK and at most one FILE"));
		if ((request->key != NULL || request->config != NULL) &&
		    action->run != simulate)
			return command_usage("policy",
			    _("--key and --config are for simulate"));
		if (request->config != NULL && request->key == NULL)
			return command_usage("policy",
			    _("--config needs --key FILE, the secret key"));
		request->pack = argc > 1 ? argv[1] : NULL;
		request->cases = argc > 2 ? argv[2] : NULL;
		return run(action, request);
	}
	return command_usage("policy",
	    _("say check, test, explain, simulate or facts"));
}

int
cmd_policy(int argc, char **argv)
{
	static const struct option options[] = {
		{ "every-rule", no_argument, NULL, 'e' },
		{ "config", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request request = { .language = default_language() };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return help();
		if (c == 'c')
			request.config = optarg;
		else if (c == 'k')
			request.key = optarg;
		else if (c == 'e')
			request.every_rule = true;
		else if (c == 'l' && strcmp(optarg, "vi") == 0)
			request.language = LANGUAGE_VI;
		else if (c == 'l' && strcmp(optarg, "en") == 0)
			request.language = LANGUAGE_EN;
		else if (c == 'l')
			return command_usage("policy",
			    _("--lang must be vi or en"));
		else
			return command_usage("policy",
			    _("option %s is unknown or lacks its value"),
			    argv[optind - 1]);
	}
	return dispatch(argc - optind, argv + optind, &request);
}
