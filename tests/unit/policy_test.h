/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the policy tests share: packs from text, facts from JSON.
 */
#ifndef POLICY_TEST_H
#define POLICY_TEST_H

#include "test.h"

#include "../../src/policy/parts.h"

#define TEST_OFFSET_S (7 * 3600)
#define TEST_HEAD "version = \"t\"\n"

/* One rule that checks; condition and text go into double quotes. */
#define TEST_RULE(name, condition) "rule \"" name "\" { verdict = check " \
	"when = \"" condition "\" reason = \"" name "\" }\n"

static inline struct policy *
test_load(const char *text, struct err *err)
{
	return policy_parse("t.conf", text, strlen(text), TEST_OFFSET_S, err);
}

static inline struct policy *
test_pack(const char *text)
{
	struct err err = { 0 };
	struct policy *policy = test_load(text, &err);

	if (policy == NULL)
		fail_msg("%s", err.text);
	return policy;
}

/* The pack must be refused, and the error hold `words`. */
static inline void
test_refused(const char *text, const char *words)
{
	struct err err = { 0 };
	struct policy *policy = test_load(text, &err);

	if (policy != NULL)
		fail_msg("not refused: %s", text);
	if (strstr(err.text, words) == NULL)
		fail_msg("wanted \"%s\", got \"%s\"", words, err.text);
	assert_int_equal(err.kind, ERR_SETUP);
}

static inline struct facts
test_facts(const char *json)
{
	struct err err = { 0 };
	struct facts facts;

	if (facts_parse(json, strlen(json), &facts, &err) < 0)
		fail_msg("%s", err.text);
	return facts;
}

/* Judge and compare with one line of JSON. */
static inline void
test_judged(struct policy *policy, const char *facts, const char *wanted)
{
	struct facts row = test_facts(facts);
	struct judgement judgement;
	char *json;

	policy_judge(policy, &row, &judgement);
	json = judgement_json(&judgement);
	assert_string_equal(json, wanted);
	free(json);
}

#endif
