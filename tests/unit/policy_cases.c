/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A case table that is wrong must be noticed: a test that cannot fail tests
 * nothing. */
#include "policy_test.h"

#include <unistd.h>

#define PACK TEST_HEAD TEST_RULE("fever", "temperature >= 37.5")

struct report {
	char text[8192];
};

static void
keep_line(void *arg, const char *line)
{
	struct report *report = arg;

	strncat(report->text, line,
	    sizeof(report->text) - strlen(report->text) - 2);
	strcat(report->text, "\n");
}

/* Runs the table through a scratch file. */
static int
run(struct policy *policy, const char *table, int *total,
    struct report *report, struct err *err)
{
	char path[] = "/tmp/chot-cases-XXXXXX";
	int fd = mkstemp(path), result;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, table, strlen(table)), strlen(table));
	close(fd);
	*report = (struct report){ "" };
	*err = (struct err){ 0 };
	result = policy_test(policy, path, total, keep_line, report, err);
	unlink(path);
	return result;
}

static void
test_good_table(void **state)
{
	struct policy *policy = test_pack(PACK);
	struct report report;
	struct err err;
	int total = 0;

	(void)state;
	assert_int_equal(run(policy, "# words\n\n"
	    "{\"base\":{\"temperature\":36.5}}\r\n"
	    "{\"name\":\"good\",\"facts\":{},\"verdict\":\"pass\",\"reasons\":[]}\n"
	    "{\"name\":\"hot\",\"facts\":{\"temperature\":38},\"verdict\":\"check\","
	    "\"reasons\":[\"fever\"],\"unknown\":[],\"text\":\"fever\"}\n"
	    "{\"name\":\"none\",\"facts\":{\"temperature\":null},\"verdict\":\"check\","
	    "\"reasons\":[\"fever\"],\"unknown\":[\"temperature\"]}", &total,
	    &report, &err), 0);
	assert_int_equal(total, 3);
	assert_string_equal(report.text, "");
	policy_free(policy);
}

static void
test_differences_are_reported(void **state)
{
	static const struct {
		const char *members, *words;
	} wrong[] = {
		{ "\"verdict\":\"pass\",\"reasons\":[\"fever\"]",
		  ":2: x: wanted pass fever, got check fever\n" },
		{ "\"verdict\":\"check\",\"reasons\":[]",
		  ":2: x: wanted check, got check fever\n" },
		{ "\"verdict\":\"check\",\"reasons\":[\"fewer\"]",
		  ":2: x: wanted check fewer, got check fever\n" },
		{ "\"verdict\":\"check\",\"reasons\":[\"fever\"],"
		  "\"unknown\":[\"now\"]", "wanted check fever; unknown now" },
		{ "\"verdict\":\"check\",\"reasons\":[\"fever\"],"
		  "\"text\":\"Fever\"", "wanted Fever, got fever" },
		{ "\"verdict\":\"check\",\"reasons\":[\"fever\"],"
		  "\"text_en\":\"Fever\"", "wanted Fever, got fever" },
	};
	struct policy *policy = test_pack(PACK);

	(void)state;
	for (size_t i = 0; i < nitems(wrong); i++) {
		char table[500];
		struct report report;
		struct err err;
		int total;

		snprintf(table, sizeof(table), "\n{\"name\":\"x\",\"facts\":"
		    "{\"temperature\":38},%s}\n", wrong[i].members);
		assert_int_equal(run(policy, table, &total, &report, &err), 1);
		if (strstr(report.text, wrong[i].words) == NULL)
			fail_msg("wanted %s, got %s", wrong[i].words,
			    report.text);
	}
	policy_free(policy);
}

static void
test_bad_tables_are_refused(void **state)
{
	static const struct {
		const char *table, *words;
	} bad[] = {
		{ "", "no cases" },
		{ "# only words\n", "no cases" },
		{ "{\"base\":{}}\n", "no cases" },
		{ "\nnonsense\n", ":2: not JSON" },
		{ "{}\n", ":1: a case needs \"name\"" },
		{ "{\"name\":\"x\",\"facts\":{},\"verdict\":\"pass\"}\n",
		  "a case needs \"reasons\"" },
		{ "{\"name\":\"x\",\"facts\":{\"tmp\":1}}\n", "no such fact" },
		{ "{\"name\":\"x\",\"facts\":[],\"verdict\":\"pass\","
		  "\"reasons\":[]}\n", "facts must be an object" },
		{ "{\"name\":1}\n", "\"name\" must be text" },
		{ "{\"name\":\"x\",\"verdict\":\"fail\"}\n", "\"verdict\"" },
		{ "{\"name\":\"x\",\"reasons\":\"fever\"}\n", "\"reasons\"" },
		{ "{\"name\":\"x\",\"colour\":1}\n", "a case has no \"colour\"" },
		{ "{\"base\":{},\"name\":\"x\"}\n", "stands alone" },
	};
	struct policy *policy = test_pack(PACK);

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct report report;
		struct err err;
		int total;

		assert_int_equal(run(policy, bad[i].table, &total, &report,
		    &err), -1);
		if (strstr(err.text, bad[i].words) == NULL)
			fail_msg("wanted %s, got %s", bad[i].words, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
	}
	policy_free(policy);
}

static void
test_gaps_are_found(void **state)
{
	struct policy *policy = test_pack(PACK
	    TEST_RULE("always", "1"));
	struct report report = { "" };
	struct facts facts = test_facts("{\"temperature\":38}");
	struct judgement judgement;

	(void)state;
	policy_judge(policy, &facts, &judgement);
	assert_int_equal(policy_uncovered(policy, keep_line, &report), 3);
	assert_string_equal(report.text,
	    "rule fever: no case where it does not fire\n"
	    "rule fever: no case where it lacks a fact\n"
	    "rule always: no case where it does not fire\n");
	policy_free(policy);
}

static void
test_records_are_read(void **state)
{
	static const struct {
		const char *json;
		int result;
		const char *words;
	} cases[] = {
		{ "{\"id\":\"a\",\"facts\":{\"now\":1},\"verdict\":\"stop\"}", 1, "" },
		{ "{\"facts\":{},\"verdict\":\"stop\"}", 1, "" },
		{ "{\"type\":\"outcome\"}", 0, "" },
		{ "{\"facts\":{}}", 0, "" },
		{ "{\"facts\":[],\"verdict\":\"stop\"}", -1, "object" },
		{ "{\"facts\":{},\"verdict\":\"go\"}", -1, "\"verdict\"" },
		{ "{\"id\":1,\"facts\":{},\"verdict\":\"stop\"}", -1, "\"id\"" },
		{ "{\"facts\":{\"tmp\":1},\"verdict\":\"stop\"}", -1, "tmp" },
		{ "[]", -1, "not a JSON object" },
		{ "{", -1, "not JSON" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };
		struct facts facts;
		enum verdict verdict;
		char id[128];

		assert_int_equal(policy_record(cases[i].json,
		    strlen(cases[i].json), &facts, &verdict, id, &err),
		    cases[i].result);
		assert_non_null(strstr(err.text, cases[i].words));
		if (cases[i].result > 0)
			assert_int_equal(verdict, VERDICT_STOP);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_table),
		cmocka_unit_test(test_differences_are_reported),
		cmocka_unit_test(test_bad_tables_are_refused),
		cmocka_unit_test(test_gaps_are_found),
		cmocka_unit_test(test_records_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
