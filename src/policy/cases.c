/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases - case tables: what a pack must say of given facts.
 *
 * JSON Lines beside the pack. {"base": {facts}} sets what the cases after it
 * start from; a case is {"name", "facts", "verdict", "reasons"} with, if
 * wanted, "unknown" and the words of its first reason, "text" and "text_en".
 * Empty lines and lines that begin with # are for people.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_BYTES_MAX (4 * 1024 * 1024)
#define REPORT_MAX 2000

struct run {
	struct policy *policy;
	const char *path;
	int line, total, failed;
	struct facts base;
	void (*report)(void *arg, const char *line);
	void *arg;
};

static void
add_words(char *out, size_t capacity, const char *before, const char *text)
{
	size_t n = strlen(out);

	snprintf(out + n, capacity - n, "%s%s", before, text);
}

/* "check fever, clock; unknown temperature" */
static void
say_got(const struct judgement *got, char out[REPORT_MAX])
{
	out[0] = '\0';
	add_words(out, REPORT_MAX, "", verdict_word(got->verdict));
	for (size_t i = 0; i < got->nreasons; i++)
		add_words(out, REPORT_MAX, i == 0 ? " " : ", ",
		    got->reasons[i].rule);
	for (size_t i = 0; i < got->nunknown; i++)
		add_words(out, REPORT_MAX, i == 0 ? "; unknown " : ", ",
		    got->unknown[i]);
}

static void
say_wanted(const struct policy_case *wanted, char out[REPORT_MAX])
{
	out[0] = '\0';
	add_words(out, REPORT_MAX, "", verdict_word(wanted->verdict));
	for (size_t i = 0; i < wanted->nreasons; i++)
		add_words(out, REPORT_MAX, i == 0 ? " " : ", ",
		    wanted->reasons[i]);
	for (size_t i = 0; i < wanted->nunknown; i++)
		add_words(out, REPORT_MAX, i == 0 ? "; unknown " : ", ",
		    wanted->unknown[i]);
}

static bool
same_verdict(const struct policy_case *wanted, const struct judgement *got)
{
	if (wanted->verdict != got->verdict || got->more > 0 ||
	    wanted->nreasons != got->nreasons ||
	    (wanted->has_unknown && wanted->nunknown != got->nunknown))
		return false;
	for (size_t i = 0; i < got->nreasons; i++)
		if (strcmp(wanted->reasons[i], got->reasons[i].rule) != 0)
			return false;
	for (size_t i = 0; wanted->has_unknown && i < got->nunknown; i++)
		if (strcmp(wanted->unknown[i], got->unknown[i]) != 0)
			return false;
	return true;
}

static void
fail(struct run *run, const char *name, const char *wanted, const char *got)
{
	char line[3 * REPORT_MAX], clean[3 * REPORT_MAX];

	snprintf(line, sizeof(line), "%s:%d: %s: wanted %s, got %s",
	    run->path, run->line, name, wanted, got);
	text_clean(line, strlen(line), clean, sizeof(clean));
	run->failed++;
	run->report(run->arg, clean);
}

static void
try_case(struct run *run, const struct policy_case *wanted)
{
	char want[REPORT_MAX], have[REPORT_MAX];
	struct judgement got;

	run->total++;
	policy_judge(run->policy, &wanted->facts, &got);
	if (!same_verdict(wanted, &got)) {
		say_wanted(wanted, want);
		say_got(&got, have);
		fail(run, wanted->name, want, have);
		return;
	}
	for (int i = 0; i < LANGUAGES; i++) {
		const char *text = got.nreasons > 0 ? got.reasons[0].text[i] :
		    "";

		if (!wanted->has_text[i] || strcmp(wanted->text[i], text) == 0)
			continue;
		fail(run, wanted->name, wanted->text[i], text);
		return;
	}
}

static int
take_line(struct run *run, const char *line, size_t n, struct err *err)
{
	struct policy_case wanted;

	run->line++;
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (n == 0 || line[0] == '#')
		return 0;
	if (case_parse(line, n, &run->base, &wanted, err) < 0)
		return err_within(err, "%s:%d", run->path, run->line);
	if (wanted.is_base)
		run->base = wanted.facts;
	else
		try_case(run, &wanted);
	return 0;
}

int
policy_test(struct policy *policy, const char *cases_path, int *total,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	struct run run = { .policy = policy, .path = cases_path,
		.report = report, .arg = arg };
	size_t n, at = 0;
	char *text = file_read(cases_path, CASES_BYTES_MAX, &n, err);
	int result = 0;

	if (text == NULL)
		return -1;
	while (result == 0 && at < n) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end == NULL ? n - at :
		    (size_t)(end - text) - at;

		result = take_line(&run, text + at, len, err);
		at += len + 1;
	}
	free(text);
	*total = run.total;
	if (result == 0 && run.total == 0)
		result = err_set(err, ERR_INPUT, "%s: no cases", cases_path);
	return result < 0 ? -1 : run.failed;
}

int
policy_uncovered(const struct policy *policy,
    void (*report)(void *arg, const char *line), void *arg)
{
	char line[RULE_NAME_MAX + 80];
	int gaps = 0;

	for (size_t i = 0; i < policy->pack.nrules; i++) {
		const struct rule_state *state = &policy->states[i];
		const struct {
			bool seen;
			const char *words;
		} looks[] = {
			{ state->fired > 0, "fires" },
			{ state->quiet > 0, "does not fire" },
			{ state->lacking > 0 || state->reads == 0,
			    "lacks a fact" },
		};

		for (size_t j = 0; j < nitems(looks); j++) {
			if (looks[j].seen)
				continue;
			snprintf(line, sizeof(line),
			    "rule %s: no case where it %s",
			    policy->pack.rules[i].name, looks[j].words);
			report(arg, line);
			gaps++;
		}
	}
	return gaps;
}
