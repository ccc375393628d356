/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every sentence of the contract about verdicts, one test each. */
#include "policy_test.h"

static void
test_contract_line_out(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    TEST_RULE("fever", "temperature >= 37.5"));

	(void)state;
	test_judged(policy, "{\"temperature\":38.2}",
	    "{\"verdict\":\"check\",\"reasons\":[\"fever\"],\"unknown\":[]}");
	test_judged(policy, "{\"temperature\":36.2}",
	    "{\"verdict\":\"pass\",\"reasons\":[],\"unknown\":[]}");
	policy_free(policy);
}

static void
test_null_is_check_and_names_the_facts(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "rule \"hot\" { verdict = stop code = Y1 outcome = held "
	    "when = \"temperature > 38 AND doses < 2 AND hour > 1\" "
	    "reason = x }");
	struct facts facts = test_facts("{\"doses\":1}");
	struct judgement got;

	(void)state;
	policy_judge(policy, &facts, &got);
	assert_int_equal(got.verdict, VERDICT_CHECK);
	assert_int_equal(got.nreasons, 1);
	assert_true(got.reasons[0].undecided);
	assert_string_equal(got.reasons[0].rule, "hot");
	assert_string_equal(got.reasons[0].code, "");
	assert_string_equal(got.reasons[0].outcome, "");
	assert_string_equal(got.reasons[0].text[LANGUAGE_VI],
	    "Không đủ dữ liệu để xét: hot (hour, temperature)");
	assert_string_equal(got.reasons[0].text[LANGUAGE_EN],
	    "Rule undecided: hot (hour, temperature)");
	assert_int_equal(got.nunknown, 2);
	assert_string_equal(got.unknown[0], "hour");
	assert_string_equal(got.unknown[1], "temperature");
	policy_free(policy);
}

static void
test_unknown_pass_does_not_fire(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "rule \"a\" { verdict = stop when = \"doses > 1\" reason = x "
	    "unknown = pass }");

	(void)state;
	test_judged(policy, "{}",
	    "{\"verdict\":\"pass\",\"reasons\":[],\"unknown\":[]}");
	test_judged(policy, "{\"doses\":2}",
	    "{\"verdict\":\"stop\",\"reasons\":[\"a\"],\"unknown\":[]}");
	policy_free(policy);
}

/* An error is CHECK naming the rule, also where unknown = pass. */
static void
test_error_is_check(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "rule \"bad\" { verdict = stop reason = x unknown = pass "
	    "when = \"abs(-9223372036854775807 - doses) > 0\" }");
	struct facts facts = test_facts("{\"doses\":1}");
	struct judgement got;

	(void)state;
	policy_judge(policy, &facts, &got);
	assert_int_equal(got.verdict, VERDICT_CHECK);
	assert_true(got.reasons[0].undecided);
	assert_string_equal(got.reasons[0].text[LANGUAGE_EN],
	    "Rule cannot be evaluated: bad");
	assert_string_equal(got.reasons[0].text[LANGUAGE_VI],
	    "Quy tắc không chạy được: bad");
	policy_free(policy);
}

static void
test_worst_wins_and_comes_first(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "rule \"p\" { verdict = pass when = \"1\" reason = x }"
	    TEST_RULE("c1", "doses = 1") TEST_RULE("c2", "hour = 1")
	    "rule \"s1\" { verdict = stop when = \"doses > 0\" reason = x }"
	    TEST_RULE("c3", "doses = 1")
	    "rule \"s2\" { verdict = stop when = \"hour > 0\" reason = x }");

	(void)state;
	test_judged(policy, "{\"doses\":1,\"hour\":1,\"now\":1}",
	    "{\"verdict\":\"stop\",\"reasons\":[\"s1\",\"s2\",\"c1\",\"c2\","
	    "\"c3\"],\"unknown\":[]}");
	test_judged(policy, "{\"doses\":1}",
	    "{\"verdict\":\"stop\",\"reasons\":[\"s1\",\"c1\",\"c2\",\"c3\","
	    "\"s2\"],\"unknown\":[\"hour\"]}");
	test_judged(policy, "{\"doses\":0,\"hour\":0,\"now\":1}",
	    "{\"verdict\":\"pass\",\"reasons\":[\"p\"],\"unknown\":[]}");
	policy_free(policy);
}

static void
test_otherwise(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD "otherwise = check\n"
	    "rule \"in\" { verdict = pass when = \"plate_known = 1\" "
	    "unknown = pass reason = x }");
	struct facts facts;
	struct judgement got;

	(void)state;
	test_judged(policy, "{\"plate_known\":1}",
	    "{\"verdict\":\"pass\",\"reasons\":[\"in\"],\"unknown\":[]}");
	test_judged(policy, "{}", "{\"verdict\":\"check\",\"reasons\":"
	    "[\"otherwise\"],\"unknown\":[]}");
	facts_init(&facts);
	policy_judge(policy, &facts, &got);
	assert_string_equal(got.reasons[0].text[LANGUAGE_VI],
	    "Không có quy tắc nào cho qua");
	policy_free(policy);
}

/* A pass rule in doubt must not let anybody pass. */
static void
test_undecided_pass_rule_is_check(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "rule \"in\" { verdict = pass when = \"plate_known = 1\" "
	    "reason = x }");

	(void)state;
	test_judged(policy, "{}", "{\"verdict\":\"check\",\"reasons\":"
	    "[\"in\"],\"unknown\":[\"plate_known\"]}");
	policy_free(policy);
}

static void
test_time_is_needed_for_what_is_timed(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    TEST_RULE("old", "declaration_age_h > 72"));

	(void)state;
	test_judged(policy, "{\"now\":1,\"declaration_age_h\":73}",
	    "{\"verdict\":\"check\",\"reasons\":[\"old\"],\"unknown\":[]}");
	test_judged(policy, "{\"now\":1,\"declaration_age_h\":2}",
	    "{\"verdict\":\"pass\",\"reasons\":[],\"unknown\":[]}");
	test_judged(policy, "{\"declaration_age_h\":2}",
	    "{\"verdict\":\"check\",\"reasons\":[\"old\"],"
	    "\"unknown\":[\"declaration_age_h\"]}");
	test_judged(policy,
	    "{\"now\":1,\"clock\":\"unconfirmed\",\"declaration_age_h\":2}",
	    "{\"verdict\":\"check\",\"reasons\":[\"old\"],"
	    "\"unknown\":[\"declaration_age_h\"]}");
	policy_free(policy);
}

static void
test_texts_of_a_reason(void **state)
{
	struct policy *policy = test_pack(TEST_HEAD
	    "set \"fever\" { value = 38.0 }\n"
	    "rule \"fever\" { verdict = check outcome = waiting code = T1\n"
	    "when = \"temperature >= :fever\"\n"
	    "reason = \"Sốt {temperature} (ngưỡng {:fever})\"\n"
	    "reason_en = \"Fever {temperature} (limit {:fever})\"\n"
	    "advice = \"Chờ\" public = \"Mời\" public_en = \"Please\" }");
	struct facts facts = test_facts("{\"temperature\":38.2}");
	struct judgement got;

	(void)state;
	policy_judge(policy, &facts, &got);
	assert_string_equal(got.reasons[0].text[LANGUAGE_VI],
	    "Sốt 38,2 (ngưỡng 38,0)");
	assert_string_equal(got.reasons[0].text[LANGUAGE_EN],
	    "Fever 38.2 (limit 38.0)");
	assert_string_equal(got.reasons[0].advice[LANGUAGE_VI], "Chờ");
	assert_string_equal(got.reasons[0].advice[LANGUAGE_EN], "Chờ");
	assert_string_equal(got.reasons[0].public_text[LANGUAGE_EN], "Please");
	assert_string_equal(got.reasons[0].outcome, "waiting");
	assert_string_equal(got.reasons[0].code, "T1");
	assert_false(got.reasons[0].undecided);
	policy_free(policy);
}

static void
test_more_reasons_than_fit_are_counted(void **state)
{
	char text[8192];
	size_t n = (size_t)snprintf(text, sizeof(text), TEST_HEAD);
	struct judgement got;
	struct facts facts;
	struct policy *policy;
	char *json;

	(void)state;
	for (int i = 0; i < REASONS_MAX + 5; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "rule \"r%d\" { verdict = %s when = \"1\" reason = x }\n",
		    i, i == REASONS_MAX + 4 ? "stop" : "check");
	policy = test_pack(text);
	facts_init(&facts);
	policy_judge(policy, &facts, &got);
	assert_int_equal(got.nreasons, REASONS_MAX);
	assert_int_equal(got.more, 5);
	assert_string_equal(got.reasons[0].rule, "r20"); /* the worst is kept */
	assert_int_equal(got.verdict, VERDICT_STOP);
	json = judgement_json(&got);
	assert_non_null(strstr(json, "\"more\":5"));
	free(json);
	policy_free(policy);
}

static void
test_errors_show_file_line_rule_and_caret(void **state)
{
	static const char text[] = TEST_HEAD "rule \"a\" {\n  verdict = check\n"
	    "  when = \"now > 1\n    AND sốt >= :x\"\n  reason = x }\n";

	(void)state;
	test_refused(text, "t.conf:5: rule a: no such fact: sốt "
	    "(texts are written 'so')\n"
	    "        AND sốt >= :x\n"
	    "            ^");
	test_refused(TEST_HEAD TEST_RULE("a", "doses > :y"),
	    "t.conf:2: rule a: :y is not set in this pack\n"
	    "    doses > :y\n"
	    "            ^");
	test_refused(TEST_HEAD "rule \"a\" { verdict = check when = \"1\" "
	    "reason = \"{fever}\" }",
	    "t.conf:2: rule a: nothing is called {fever}");
}

/* The caret must stand right in a long line too, and fit. */
static void
test_caret_in_a_long_condition(void **state)
{
	char text[4000] = TEST_HEAD "rule \"a\" { verdict = check when = \"";
	struct err err = { 0 };
	const char *line, *caret;

	(void)state;
	strcat(text, "doses IN (1");
	for (int i = 0; i < 100; i++)
		strcat(text, ", 2");
	strcat(text, ") OR bogus IN (1");
	for (int i = 0; i < 100; i++)
		strcat(text, ", 3");
	strcat(text, ")\" reason = x }");
	assert_null(test_load(text, &err));
	line = strchr(err.text, '\n') + 1;
	caret = strchr(line, '\n') + 1;
	assert_int_equal(strstr(line, "bogus") - line,
	    strchr(caret, '^') - caret);
	assert_true(caret - line < 100);
}

static void
test_explain_shows_values_and_sources(void **state)
{
	struct err err = { 0 };
	struct policy *policy = policy_load(test_path("SRCDIR",
	    "contrib/policy/vietnam-2021.conf"), TEST_OFFSET_S, &err);
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	assert_non_null(policy);
	policy_explain(policy, LANGUAGE_VI, out);
	policy_explain(policy, LANGUAGE_EN, out);
	fclose(out);
	assert_non_null(strstr(text, "temperature >= 37.5 AND"));
	assert_non_null(strstr(text, "Sốt {temperature} (ngưỡng 37.5)"));
	assert_non_null(strstr(text, "f0  STOP"));
	assert_non_null(strstr(text, "f0  DỪNG LẠI"));
	assert_non_null(strstr(text, "Fever {temperature} (limit 37.5)"));
	for (size_t i = 0; i < policy->pack.nrules; i++) {
		assert_non_null(policy->pack.rules[i].source);
		assert_non_null(policy->pack.rules[i].
		    texts[TEXT_REASON][LANGUAGE_EN]);
		assert_non_null(strstr(text, policy->pack.rules[i].source));
	}
	free(text);
	policy_free(policy);
}

/* ---- accepted doubts ------------------------------------------------------------------ */

/*
 * Each rule stands alone under the facts of an old list, or of a clock that
 * nobody confirmed; which doubts must be accepted for it to say nothing?
 */
static void
test_an_accepted_doubt_alone_is_no_check(void **state)
{
	static const char old[] =
	    "{\"now\":1633046400,\"clock\":\"confirmed\","
	    "\"register_age_h\":80,\"temperature\":38.2}";
	static const char unconfirmed[] = "{\"now\":1633046400,"
	    "\"clock\":\"unconfirmed\",\"temperature\":38.2,"
	    "\"test_sampled_h\":10}";
	static const char held[] = "{\"now\":1633046400,"
	    "\"clock\":\"held\",\"temperature\":38.2}";
	static const struct {
		const char *facts, *verdict, *when;
		unsigned enough; /* 0: whatever is accepted, it holds */
	} rules[] = {
		{ old, "check", "register_age_h > 72", POLICY_ACCEPT_LISTS },
		{ old, "stop", "register_age_h > 72", 0 },
		{ old, "check", "register_age_h > 72 OR temperature > 38", 0 },
		{ old, "check", "temperature > 38", 0 },
		{ old, "check", "test_sampled_h < 72", 0 },
		{ unconfirmed, "check", "clock = 'unconfirmed'",
		    POLICY_ACCEPT_CLOCK },
		{ unconfirmed, "stop", "clock = 'unconfirmed'", 0 },
		{ unconfirmed, "check", "test_sampled_h < 72",
		    POLICY_ACCEPT_CLOCK },
		{ unconfirmed, "stop", "test_sampled_h < 72",
		    POLICY_ACCEPT_CLOCK },
		{ unconfirmed, "check", "doses < 2 AND test_sampled_h < 72",
		    0 }, /* who knows the doses? */
		{ unconfirmed, "check", "doses < 2", 0 },
		{ unconfirmed, "check", "temperature > 38", 0 },
		{ unconfirmed, "check",
		    "abs(-9223372036854775807 - temperature * 10) > 0", 0 },
		{ held, "check", "clock = 'held'", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char text[512];
		struct policy *policy;
		struct facts facts = test_facts(rules[i].facts);
		struct judgement got;

		snprintf(text, sizeof(text), TEST_HEAD "rule \"r\" { "
		    "verdict = %s when = \"%s\" reason = x }",
		    rules[i].verdict, rules[i].when);
		policy = test_pack(text);
		for (unsigned accepted = 0; accepted <= 3; accepted++) {
			bool quiet = (accepted & rules[i].enough) != 0;

			policy_accept(policy, accepted);
			policy_judge(policy, &facts, &got);
			if ((got.verdict == VERDICT_PASS) != quiet ||
			    got.naccepted != quiet)
				fail_msg("%s with %u: verdict %d, %zu accepted",
				    text, accepted, (int)got.verdict,
				    got.naccepted);
			if (quiet)
				assert_string_equal(got.accepted[0], "r");
		}
		policy_free(policy);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contract_line_out),
		cmocka_unit_test(test_null_is_check_and_names_the_facts),
		cmocka_unit_test(test_unknown_pass_does_not_fire),
		cmocka_unit_test(test_error_is_check),
		cmocka_unit_test(test_worst_wins_and_comes_first),
		cmocka_unit_test(test_otherwise),
		cmocka_unit_test(test_undecided_pass_rule_is_check),
		cmocka_unit_test(test_time_is_needed_for_what_is_timed),
		cmocka_unit_test(test_texts_of_a_reason),
		cmocka_unit_test(test_more_reasons_than_fit_are_counted),
		cmocka_unit_test(test_errors_show_file_line_rule_and_caret),
		cmocka_unit_test(test_caret_in_a_long_condition),
		cmocka_unit_test(test_explain_shows_values_and_sources),
		cmocka_unit_test(test_an_accepted_doubt_alone_is_no_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
