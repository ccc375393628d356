/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot judge - facts in, verdicts out: the policy alone, for scripts, tests
 * and anybody who wants to know why.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "json_lines.h"
#include "policy.h"

#define VIETNAM_S (7 * 3600) /* only the dates in reasons need it */

static int
judge_line(struct policy *policy, const char *text, size_t n, struct err *err)
{
	struct judgement judgement;
	struct facts facts;
	char *json;

	if (facts_parse(text, n, &facts, err) < 0)
		return -1;
	policy_judge(policy, &facts, &judgement);
	json = judgement_json(&judgement);
	if (json == NULL)
		return err_set(err, ERR_RETRY, _("out of memory"));
	/* A line out for a line in, also for who waits at a pipe's end. */
	if (puts(json) == EOF || fflush(stdout) == EOF) {
		free(json);
		return err_set(err, ERR_RETRY, _("standard output: %s"),
		    strerror(errno));
	}
	free(json);
	return 0;
}

static int
judge_all(struct policy *policy, struct json_lines *lines)
{
	struct err err = { 0 };
	size_t n;
	int more;

	while ((more = json_lines_next(lines, &n, &err)) > 0 &&
	    judge_line(policy, lines->text, n, &err) == 0)
		continue;
	if (more == 0)
		return EX_OK;
	json_lines_within(lines, &err);
	return command_fail(&err);
}

static int
judge_file(const char *pack, const char *path)
{
	struct json_lines lines;
	struct err err = { 0 };
	struct policy *policy = policy_load(pack, VIETNAM_S, &err);
	int status;

	if (policy == NULL)
		return command_fail(&err);
	if (json_lines_open(&lines, path, FACTS_JSON_MAX, &err) < 0) {
		status = command_fail(&err);
	} else {
		status = judge_all(policy, &lines);
		json_lines_close(&lines);
	}
	policy_free(policy);
	return status;
}

int
cmd_judge(int argc, char **argv)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *pack = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "p:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help("judge",
			    _("  -p, --policy PACK  the policy pack\n"
			      "      --json         JSON Lines (always so)\n"
			      "FILE holds facts, one JSON object a line (standard input without it);\n"
			      "chot policy facts lists their names. The first bad line ends the run.\n"));
		if (c == 'p')
			pack = optarg;
		else if (c != 'j') /* the output is JSON anyway */
			return command_usage("judge",
			    _("option %s is unknown or lacks its value"),
			    argv[optind - 1]);
	}
	if (pack == NULL)
		return command_usage("judge", _("-p PACK is missing"));
	if (argc - optind > 1)
		return command_usage("judge", _("one FILE at most"));
	return judge_file(pack, argv[optind]);
}
