/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A condition can read the facts and do nothing else. */
#include "policy_test.h"

/* Compile alone; the words of the error, or "". */
static const char *
compile(const char *condition, int *at)
{
	static struct err err;
	struct engine *engine = engine_new(&err);
	struct pack pack = { 0 };
	struct pack_value value = { .name = "x", .text = "1", .whole = true,
		.number = 1 };
	uint64_t reads;
	int number;

	pack.values = &value;
	pack.nvalues = 1;
	err = (struct err){ 0 };
	assert_non_null(engine);
	number = engine_compile(engine, condition, &pack, &reads, at, &err);
	engine_free(engine);
	return number < 0 ? err.text : "";
}

static void
test_hostile_sql_is_refused(void **state)
{
	static const struct {
		const char *condition, *words;
		int at; /* where the caret stands, -1: nowhere */
	} cases[] = {
		/* leaving the parenthesis */
		{ "1) --", "a ) too many", 1 },
		{ "1) FROM facts --", "a ) too many", 1 },
		{ "1) /*", "a ) too many", 1 },
		{ "0) FROM facts WHERE (0", "a ) too many", 1 },
		{ "1 --", "no comments", 2 },
		{ "1 /* */", "no comments", 2 },
		{ "(1", "a ) is missing", 2 },
		{ "1; SELECT 1", "no ;", 1 },
		{ "1;", "no ;", 1 },
		{ "1, 2", "row value misused", -1 },
		{ "", "syntax error", -1 },
		{ ")(", "a ) too many", 0 },
		{ "'", "has no end", 0 },
		{ "status = 'F0", "has no end", 9 },
		/* other statements and reading elsewhere */
		{ "(SELECT 1)", "SELECT not allowed", 1 },
		{ "exists(select 1)", "SELECT not allowed", 7 },
		{ "(SELECT count(*) FROM sqlite_master)", "not allowed", 8 },
		{ "(SELECT name FROM sqlite_master)", "only facts", 1 },
		{ "(SELECT now FROM facts)", "SELECT not allowed", 1 },
		{ "1 IN (SELECT now FROM facts)", "SELECT not allowed", 6 },
		{ "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 "
		  "FROM t) SELECT max(n) FROM t)", "compound SELECT", -2 },
		{ "1 IN (WITH t(n) AS (SELECT 1) SELECT n FROM t)",
		  "SELECT not allowed", -2 },
		{ "(VALUES (1))", "", -2 },
		{ "1 IN facts", "", -2 },
		{ "1 IN sqlite_master", "", -2 },
		{ "1 IN pragma_table_list", "", -2 },
		{ "PRAGMA journal_mode", "syntax error", 7 },
		{ "ATTACH 'x' AS y", "syntax error", 7 },
		{ "rowid = 1", "only facts", -1 },
		{ "sqlite_master.name = 'x'", "no such fact", 0 },
		{ "raise(ABORT, 'x')", "", -2 },
		/* functions */
		{ "load_extension('x')", "function not allowed", 0 },
		{ "readfile('/etc/passwd')", "no such function", 0 },
		{ "randomblob(1000000000)", "function not allowed", 0 },
		{ "zeroblob(1000000000)", "function not allowed", 0 },
		{ "printf('%1000000d', 1)", "function not allowed", 0 },
		{ "random() > 0", "function not allowed", 0 },
		{ "count(*)", "function not allowed", 0 },
		{ "datetime('now') > 1", "function not allowed", 0 },
		{ "CURRENT_TIME > 1", "function not allowed", 0 },
		{ "lane -> '$'", "function not allowed", 5 },
		{ "lane REGEXP 'x'", "no such function", -2 },
		{ "max(now) OVER ()", "", -2 },
		{ "sum(now)", "function not allowed", 0 },
		/* texts and names */
		{ "status = \"F0\"", "single quotes", 9 },
		{ "status = `F0`", "single quotes", 9 },
		{ "status = [F0]", "[ is not allowed", 9 },
		{ "status = F0", "no such fact: F0", 9 },
		{ "temprature > 37", "no such fact: temprature", 0 },
		/* values */
		{ "temperature > ?", "written :name", 14 },
		{ "temperature > ?1", "written :name", 14 },
		{ "temperature > @x", "written :name", 14 },
		{ "temperature > $x", "written :name", 14 },
		{ "temperature > :y", ":y is not set in this pack", 14 },
		{ "temperature > :x AND temperature < :xx", ":xx is not set", 35 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int at = -1;
		const char *words = compile(cases[i].condition, &at);

		if (words[0] == '\0' || strstr(words, cases[i].words) == NULL)
			fail_msg("%s: wanted \"%s\", got \"%s\"",
			    cases[i].condition, cases[i].words, words);
		if (cases[i].at != -2 && at != cases[i].at)
			fail_msg("%s: wanted the caret at %d, got %d: %s",
			    cases[i].condition, cases[i].at, at, words);
	}
}

static void
test_what_rules_need_is_allowed(void **state)
{
	static const char *const conditions[] = {
		"1", "NULL", "temperature >= :x", "facts.now > 1",
		"status IN ('F0', 'F1')", "status IS NULL", "now NOTNULL",
		"status <> 'a''); DROP TABLE facts; --'",
		"lane LIKE 'L%' OR lane GLOB 'L*'",
		"CASE WHEN doses > 1 THEN 1 ELSE 0 END",
		"age_years BETWEEN 6 AND 12", "coalesce(doses, 0) % 2 = 1",
		"abs(doses) + ifnull(doses, 1) + length(lane) > round(1.5)",
		"iif(nullif(doses, 2) IS NULL, 1, 0)",
		"lower(lane) = upper(lane) AND substr(lane, 1, 1) = 'x'",
		"instr(lane, 'x') AND min(1, doses) < max(1, doses)",
		"COALESCE(doses, 1)", "lane = 'x' COLLATE NOCASE",
		"NOT (hour >= 5\n AND hour < 22)", "cast(lane AS INTEGER) = 1",
		"lane || post = 'ab'", "(((((1)))))",
	};

	(void)state;
	for (size_t i = 0; i < nitems(conditions); i++) {
		int at;
		const char *words = compile(conditions[i], &at);

		if (words[0] != '\0')
			fail_msg("%s: %s", conditions[i], words);
	}
}

/* Nests or repeats text; free() it. */
static char *
repeat(const char *before, const char *middle, const char *after, size_t n)
{
	size_t each = strlen(before) + strlen(after);
	char *text = calloc(1, n * each + strlen(middle) + 1);

	for (size_t i = 0; i < n; i++)
		strcat(text, before);
	strcat(text, middle);
	for (size_t i = 0; i < n; i++)
		strcat(text, after);
	return text;
}

static void
test_huge_conditions_are_refused(void **state)
{
	static const struct {
		const char *before, *middle, *after;
		size_t n;
	} cases[] = {
		{ "(", "1", ")", 1900 },
		{ "abs(", "1", ")", 800 },
		{ "", "1", "+1", 1900 },
		{ "NOT ", "1", "", 1000 },
		{ "-", "1", "", 4000 },
		{ "", "1", " OR now", 500 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int at;
		char *text = repeat(cases[i].before, cases[i].middle,
		    cases[i].after, cases[i].n);

		if (compile(text, &at)[0] == '\0')
			fail_msg("case %zu was taken", i);
		free(text);
	}
}

/* Facts and a condition to a truth. */
static enum truth
truth(const char *condition, const char *json)
{
	struct err err = { 0 };
	struct engine *engine = engine_new(&err);
	struct pack pack = { 0 };
	struct facts facts = test_facts(json);
	uint64_t reads;
	int at, number = engine_compile(engine, condition, &pack, &reads, &at,
	    &err);
	enum truth result;

	if (number < 0)
		fail_msg("%s: %s", condition, err.text);
	assert_int_equal(engine_set(engine, &facts), 0);
	result = engine_truth(engine, number);
	assert_int_equal(engine_truth(engine, number), result);
	engine_free(engine);
	return result;
}

static void
test_truths(void **state)
{
	static const struct {
		const char *condition, *facts;
		enum truth truth;
	} cases[] = {
		{ "temperature >= 37.5", "{\"temperature\":37.5}", TRUTH_TRUE },
		{ "temperature >= 37.5", "{\"temperature\":37.4}", TRUTH_FALSE },
		{ "temperature >= 37.5", "{}", TRUTH_NULL },
		{ "temperature >= 37.5 AND 0", "{}", TRUTH_FALSE },
		{ "temperature >= 37.5 OR 1", "{}", TRUTH_TRUE },
		{ "doses / 2", "{\"doses\":1}", TRUTH_FALSE },
		{ "doses / 2.0", "{\"doses\":1}", TRUTH_TRUE },
		{ "doses / 0", "{\"doses\":1}", TRUTH_NULL },
		{ "status", "{\"status\":\"F0\"}", TRUTH_ERROR },
		{ "status", "{}", TRUTH_NULL },
		{ "'1'", "{}", TRUTH_ERROR },
		{ "x'31'", "{}", TRUTH_ERROR },
		{ "abs(-9223372036854775807 - doses)", "{\"doses\":1}",
		  TRUTH_ERROR },
		{ "length(lane)", "{\"lane\":\"\"}", TRUTH_FALSE },
		{ "lane = ''')--'", "{\"lane\":\"')--\"}", TRUTH_TRUE },
		{ "max(doses)", "{\"doses\":1}", TRUTH_TRUE },
		{ "max(doses)", "{}", TRUTH_NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (truth(cases[i].condition, cases[i].facts) !=
		    cases[i].truth)
			fail_msg("%s of %s", cases[i].condition,
			    cases[i].facts);
}

/* Facts are values, never SQL; and a long life changes nothing. */
static void
test_one_engine_many_rows(void **state)
{
	struct err err = { 0 };
	struct engine *engine = engine_new(&err);
	struct pack pack = { 0 };
	uint64_t reads = 0;
	int at, number = engine_compile(engine, "doses = 3 OR lane = 'a'",
	    &pack, &reads, &at, &err);

	(void)state;
	assert_int_equal(number, 0);
	assert_true(reads == (FACT_BIT(FACT_DOSES) | FACT_BIT(FACT_LANE)));
	for (int i = 0; i < 1000; i++) {
		struct facts facts;

		facts_init(&facts);
		facts_integer(&facts, FACT_DOSES, i % 5);
		facts_text(&facts, FACT_LANE, "'; DELETE FROM facts; --");
		assert_int_equal(engine_set(engine, &facts), 0);
		assert_int_equal(engine_truth(engine, number), i % 5 == 3);
	}
	engine_free(engine);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_sql_is_refused),
		cmocka_unit_test(test_what_rules_need_is_allowed),
		cmocka_unit_test(test_huge_conditions_are_refused),
		cmocka_unit_test(test_truths),
		cmocka_unit_test(test_one_engine_many_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
