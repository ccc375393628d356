/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge - the room's door: a pack is loaded whole or not at all, and facts
 * are judged by it.
 *
 * Doubt is CHECK: a condition that is NULL or fails makes a reason of its
 * own, so that neither a missing fact nor a bad rule can let anybody pass.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPT_MAX 72 /* columns of a condition shown above the caret */

/* Rule and facts follow; in both languages, because the record keeps both. */
static const char *const undecided_words[LANGUAGES] = {
	[LANGUAGE_VI] = "Không đủ dữ liệu để xét: ",
	[LANGUAGE_EN] = "Rule undecided: ",
};
static const char *const failed_words[LANGUAGES] = {
	[LANGUAGE_VI] = "Quy tắc không chạy được: ",
	[LANGUAGE_EN] = "Rule cannot be evaluated: ",
};
static const char *const otherwise_words[LANGUAGES] = {
	[LANGUAGE_VI] = "Không có quy tắc nào cho qua",
	[LANGUAGE_EN] = "No rule lets pass",
};

/* ---- loading ---------------------------------------------------------------------- */

/* Add the line of the condition that holds `at`, and a caret under it. */
static void
add_caret(const char *condition, int at, struct err *err)
{
	const char *start = condition + at, *end;
	char line[4 * EXCERPT_MAX], before[4 * EXCERPT_MAX];
	size_t used = strlen(err->text);

	while (start > condition && start[-1] != '\n' &&
	    condition + at - start < EXCERPT_MAX / 2)
		start--;
	while (((unsigned char)*start & 0xc0) == 0x80)
		start++;
	end = start + strcspn(start, "\n");
	if (end - start > EXCERPT_MAX)
		end = start + EXCERPT_MAX;
	while (((unsigned char)*end & 0xc0) == 0x80)
		end--;
	text_clean(start, (size_t)(end - start), line, sizeof(line));
	text_clean(start, (size_t)(condition + at - start), before,
	    sizeof(before));
	snprintf(err->text + used, sizeof(err->text) - used,
	    "\n    %s\n    %*s^", line, text_columns(before), "");
}

static int
complain(const struct pack *pack, const struct pack_rule *rule, int at,
    struct err *err)
{
	int line = rule->line;

	/* rule->line is where the condition ends. */
	for (const char *c = rule->when + (at < 0 ? 0 : at); *c != '\0'; c++)
		line -= *c == '\n';
	err_within(err, "%s:%d: rule %s", pack->path, line, rule->name);
	if (err != NULL && at >= 0)
		add_caret(rule->when, at, err);
	return -1;
}

static int
compile_rule(struct policy *policy, size_t i, struct err *err)
{
	const struct pack_rule *rule = &policy->pack.rules[i];
	int at = -1;

	if (engine_compile(policy->engine, rule->when, &policy->pack,
	    &policy->states[i].reads, &at, err) < 0)
		return complain(&policy->pack, rule, at, err);
	for (int j = 0; j < RULE_TEXTS; j++)
		for (int k = 0; k < LANGUAGES; k++) {
			const char *text = rule->texts[j][k];

			if (text != NULL && wording_check(text, &policy->pack,
			    err) < 0)
				return complain(&policy->pack, rule, -1, err);
		}
	return 0;
}

struct policy *
policy_parse(const char *name, const char *text, size_t n, int utc_offset_s,
    struct err *err)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int result;

	if (policy == NULL) {
		err_set(err, ERR_RETRY, "out of memory");
		return NULL;
	}
	policy->utc_offset_s = utc_offset_s;
	result = pack_parse(name, text, n, utc_offset_s, &policy->pack, err);
	if (result == 0) {
		policy->engine = engine_new(err);
		policy->states = calloc(policy->pack.nrules,
		    sizeof(*policy->states));
		if (policy->engine == NULL || policy->states == NULL)
			result = err_set(err, ERR_RETRY, "out of memory");
	}
	for (size_t i = 0; result == 0 && i < policy->pack.nrules; i++)
		result = compile_rule(policy, i, err);
	if (result == 0)
		return policy;
	policy_free(policy);
	return NULL;
}

struct policy *
policy_load(const char *path, int utc_offset_s, struct err *err)
{
	struct policy *policy;
	size_t n;
	char *text = file_read(path, PACK_BYTES_MAX, &n, err);

	if (text == NULL) {
		if (err != NULL)
			err->kind = ERR_SETUP; /* whatever kept us from it */
		return NULL;
	}
	policy = policy_parse(path, text, n, utc_offset_s, err);
	free(text);
	return policy;
}

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	engine_free(policy->engine);
	free(policy->states);
	pack_free(&policy->pack);
	free(policy);
}

const char *
policy_version(const struct policy *policy)
{
	return policy->pack.version;
}

int64_t
policy_effective(const struct policy *policy)
{
	return policy->pack.effective;
}

bool
policy_needs(const struct policy *policy, enum policy_need need)
{
	return (policy->pack.needs & (1u << need)) != 0;
}

const struct policy_grant *
policy_grant(const struct policy *policy)
{
	return policy->pack.has_grant ? &policy->pack.grant : NULL;
}

int
policy_rule_count(const struct policy *policy)
{
	return (int)policy->pack.nrules;
}

bool
policy_asks(const struct policy *policy, uint64_t facts)
{
	for (size_t i = 0; i < policy->pack.nrules; i++)
		if ((policy->states[i].reads & facts) != 0)
			return true;
	return false;
}

double
policy_value(const struct policy *policy, const char *name, double fallback)
{
	const struct pack_value *value = pack_value(&policy->pack, name,
	    strlen(name));

	return value != NULL ? value->number : fallback;
}

/* ---- reasons ------------------------------------------------------------------------ */

static struct reason *
next_reason(struct judgement *judgement, const char *rule,
    enum verdict verdict)
{
	struct reason *reason;

	if (judgement->nreasons == REASONS_MAX) {
		judgement->more++;
		return NULL;
	}
	reason = &judgement->reasons[judgement->nreasons++];
	*reason = (struct reason){ .verdict = verdict };
	snprintf(reason->rule, sizeof(reason->rule), "%s", rule);
	return reason;
}

/* A text that a pack gives in Vietnamese only stands for both. */
static void
fill_texts(const struct policy *policy, const struct pack_rule *rule,
    enum rule_text kind, const struct facts *facts,
    char out[LANGUAGES][REASON_TEXT_MAX])
{
	for (int i = 0; i < LANGUAGES; i++) {
		const char *text = rule->texts[kind][i];

		if (text == NULL)
			text = rule->texts[kind][LANGUAGE_VI];
		if (text != NULL)
			wording_fill(text, &policy->pack, facts,
			    (enum language)i, policy->utc_offset_s, out[i],
			    REASON_TEXT_MAX);
	}
}

static void
add_fired(const struct policy *policy, const struct pack_rule *rule,
    const struct facts *facts, struct judgement *judgement)
{
	struct reason *reason = next_reason(judgement, rule->name,
	    rule->verdict);

	if (reason == NULL)
		return;
	memcpy(reason->code, rule->code, sizeof(reason->code));
	memcpy(reason->outcome, rule->outcome, sizeof(reason->outcome));
	fill_texts(policy, rule, TEXT_REASON, facts, reason->text);
	fill_texts(policy, rule, TEXT_ADVICE, facts, reason->advice);
	fill_texts(policy, rule, TEXT_PUBLIC, facts, reason->public_text);
}

/* " (temperature, status)": the facts of the set, as far as they fit. */
static void
list_facts(uint64_t set, char *out, size_t capacity)
{
	const char *comma = " (";
	size_t n = 0;

	for (int i = 0; i < FACT_COUNT; i++) {
		const char *name = fact_info((enum fact)i)->name;

		if ((set & FACT_BIT(i)) == 0 ||
		    n + strlen(name) + 4 > capacity)
			continue;
		n += (size_t)snprintf(out + n, capacity - n, "%s%s", comma,
		    name);
		comma = ", ";
	}
	if (n > 0)
		snprintf(out + n, capacity - n, ")");
}

static void
add_undecided(const struct pack_rule *rule, uint64_t lacking,
    const char *const words[LANGUAGES], struct judgement *judgement)
{
	struct reason *reason = next_reason(judgement, rule->name,
	    VERDICT_CHECK);

	if (reason == NULL)
		return;
	reason->undecided = true;
	for (int i = 0; i < LANGUAGES; i++) {
		int n = snprintf(reason->text[i], REASON_TEXT_MAX, "%s%s",
		    words[i], rule->name);

		list_facts(lacking, reason->text[i] + n,
		    REASON_TEXT_MAX - (size_t)n);
	}
}

static void
add_otherwise(enum verdict verdict, struct judgement *judgement)
{
	struct reason *reason = next_reason(judgement, "otherwise", verdict);

	if (reason == NULL)
		return;
	for (int i = 0; i < LANGUAGES; i++)
		snprintf(reason->text[i], REASON_TEXT_MAX, "%s",
		    otherwise_words[i]);
}

static void
name_unknown(uint64_t unknown, struct judgement *judgement)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if ((unknown & FACT_BIT(i)) != 0 &&
		    judgement->nunknown < UNKNOWN_MAX)
			judgement->unknown[judgement->nunknown++] =
			    fact_info((enum fact)i)->name;
}

/* ---- judging -------------------------------------------------------------------------- */

static uint64_t
null_facts(const struct facts *facts)
{
	uint64_t set = 0;

	for (int i = 0; i < FACT_COUNT; i++)
		if (facts_value(facts, (enum fact)i)->type == FACT_NULL)
			set |= FACT_BIT(i);
	return set;
}

/* Facts that are not known while nobody vouches for the time. */
static uint64_t
clock_facts(void)
{
	uint64_t set = FACT_BIT(FACT_NOW) | FACT_BIT(FACT_CLOCK);

	for (int i = 0; i < FACT_COUNT; i++)
		if (fact_info((enum fact)i)->timed)
			set |= FACT_BIT(i);
	return set;
}

/* Does only an accepted doubt keep this rule from saying nothing? */
static bool
is_accepted(const struct policy *policy, size_t i, const struct facts *facts,
    uint64_t nulls)
{
	const struct rule_state *state = &policy->states[i];
	const struct fact_value *clock = facts_value(facts, FACT_CLOCK);
	bool unconfirmed = clock->type == FACT_TEXT &&
	    strcmp(clock->text, "unconfirmed") == 0;
	uint64_t lacking = state->reads & nulls;

	if (state->truth == TRUTH_FALSE || state->truth == TRUTH_ERROR ||
	    (state->truth == TRUTH_TRUE &&
	    policy->pack.rules[i].verdict != VERDICT_CHECK))
		return false;
	if ((policy->accepted & POLICY_ACCEPT_LISTS) != 0 &&
	    state->truth == TRUTH_TRUE &&
	    state->reads == FACT_BIT(FACT_REGISTER_AGE_H))
		return true;
	if ((policy->accepted & POLICY_ACCEPT_CLOCK) == 0 || !unconfirmed)
		return false;
	if (state->truth == TRUTH_TRUE)
		return (state->reads & ~(FACT_BIT(FACT_CLOCK) |
		    FACT_BIT(FACT_NOW))) == 0;
	return lacking != 0 && (lacking & ~clock_facts()) == 0;
}

static void
accept(struct policy *policy, const struct facts *facts, uint64_t nulls,
    struct judgement *judgement)
{
	judgement->naccepted = 0;
	if (policy->accepted == 0)
		return;
	for (size_t i = 0; i < policy->pack.nrules; i++) {
		if (!is_accepted(policy, i, facts, nulls))
			continue;
		policy->states[i].truth = TRUTH_FALSE;
		if (judgement->naccepted < UNKNOWN_MAX)
			snprintf(judgement->accepted[judgement->naccepted++],
			    RULE_NAME_MAX, "%s", policy->pack.rules[i].name);
	}
}

void
policy_accept(struct policy *policy, unsigned accepted)
{
	policy->accepted = accepted;
}

/* Evaluate every rule. */
static void
evaluate(struct policy *policy, const struct facts *facts, uint64_t nulls)
{
	bool set = engine_set(policy->engine, facts) == 0;

	for (size_t i = 0; i < policy->pack.nrules; i++) {
		struct rule_state *state = &policy->states[i];

		state->truth = set ? engine_truth(policy->engine, (int)i) :
		    TRUTH_ERROR;
		state->fired += state->truth == TRUTH_TRUE;
		state->quiet += state->truth == TRUTH_FALSE;
		state->lacking += (state->reads & nulls) != 0;
		if (state->truth == TRUTH_NULL &&
		    policy->pack.rules[i].unknown_passes)
			state->truth = TRUTH_FALSE;
	}
}

/* Has a rule fired, or is one in doubt? */
static bool
any_spoke(const struct policy *policy)
{
	for (size_t i = 0; i < policy->pack.nrules; i++)
		if (policy->states[i].truth != TRUTH_FALSE)
			return true;
	return false;
}

static enum verdict
weight(const struct pack_rule *rule, enum truth truth)
{
	return truth == TRUTH_TRUE ? rule->verdict : VERDICT_CHECK;
}

static void
add_rule(const struct policy *policy, size_t i, const struct facts *facts,
    uint64_t nulls, struct judgement *judgement)
{
	const struct pack_rule *rule = &policy->pack.rules[i];
	const struct rule_state *state = &policy->states[i];
	size_t before = judgement->nreasons;

	if (state->truth == TRUTH_TRUE)
		add_fired(policy, rule, facts, judgement);
	else
		add_undecided(rule, state->reads & nulls,
		    state->truth == TRUTH_NULL ? undecided_words :
		    failed_words, judgement);
	if (judgement->nreasons > before)
		judgement->reasons[before].reads = state->reads;
}

/* Why somebody may pass is no reason to stop: rules with verdict pass are
 * heard only when nothing worse was said. */
static enum verdict
worst(const struct policy *policy)
{
	enum verdict verdict = VERDICT_PASS;

	for (size_t i = 0; i < policy->pack.nrules; i++) {
		enum truth truth = policy->states[i].truth;

		if (truth != TRUTH_FALSE &&
		    weight(&policy->pack.rules[i], truth) > verdict)
			verdict = weight(&policy->pack.rules[i], truth);
	}
	return verdict;
}

/* The reasons of one verdict, in pack order; returns the facts they lacked. */
static uint64_t
add_reasons(const struct policy *policy, enum verdict verdict,
    const struct facts *facts, uint64_t nulls, struct judgement *judgement)
{
	uint64_t unknown = 0;

	for (size_t i = 0; i < policy->pack.nrules; i++) {
		enum truth truth = policy->states[i].truth;

		if (truth == TRUTH_FALSE ||
		    weight(&policy->pack.rules[i], truth) != verdict)
			continue;
		add_rule(policy, i, facts, nulls, judgement);
		if (truth != TRUTH_TRUE)
			unknown |= policy->states[i].reads & nulls;
	}
	return unknown;
}

void
policy_judge(struct policy *policy, const struct facts *facts,
    struct judgement *judgement)
{
	uint64_t nulls = null_facts(facts), unknown = 0;
	bool any;

	evaluate(policy, facts, nulls);
	accept(policy, facts, nulls, judgement);
	any = any_spoke(policy);
	judgement->verdict = any ? worst(policy) : policy->pack.otherwise;
	judgement->nreasons = judgement->more = judgement->nunknown = 0;
	if (!any && judgement->verdict != VERDICT_PASS)
		add_otherwise(judgement->verdict, judgement);
	else if (judgement->verdict == VERDICT_PASS)
		unknown = add_reasons(policy, VERDICT_PASS, facts, nulls,
		    judgement);
	for (int v = VERDICT_STOP; any && v > VERDICT_PASS; v--)
		unknown |= add_reasons(policy, (enum verdict)v, facts, nulls,
		    judgement);
	name_unknown(unknown, judgement);
}
