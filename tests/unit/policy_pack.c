/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pack is taken whole or refused with its line, and says the same on
 * every machine. */
#include "policy_test.h"

#include <dirent.h>

#define RULE "rule \"r\" { verdict = check when = \"now IS NULL\" reason = \"x\" }\n"
#define GOOD TEST_HEAD RULE
#define GRANT(name, outcome, fact, value, days) "grant \"" name \
	"\" { outcome = \"" outcome "\" fact = \"" fact "\" value = \"" \
	value "\" days = " days " }\n"

static void
test_contract_example_loads(void **state)
{
	struct err err = { 0 };
	struct policy *policy = policy_load(test_path("SRCDIR",
	    "tests/policy/contract.conf"), TEST_OFFSET_S, &err);

	(void)state;
	if (policy == NULL)
		fail_msg("%s", err.text);
	assert_string_equal(policy_version(policy), "2021-10-15 Sóc Trăng");
	assert_int_equal(policy_effective(policy), 1634230800);
	assert_true(policy_needs(policy, NEED_IDENTITY));
	assert_true(policy_needs(policy, NEED_TEMPERATURE));
	assert_int_equal(policy_rule_count(policy), 4);
	assert_true(policy_value(policy, "fever", 1) == 38.0);
	assert_true(policy_value(policy, "second_minutes", 5) == 5.0);
	policy_free(policy);
}

static void
test_a_grant_is_taken(void **state)
{
	struct err err = { 0 };
	static const char text[] = GOOD GRANT("support-2021", "passed",
	    "benefit", "paid", "90");
	struct policy *policy = policy_parse("t.conf", text, strlen(text),
	    TEST_OFFSET_S, &err);
	const struct policy_grant *grant;

	(void)state;
	if (policy == NULL)
		fail_msg("%s", err.text);
	grant = policy_grant(policy);
	assert_non_null(grant);
	assert_string_equal(grant->name, "support-2021");
	assert_string_equal(grant->outcome, "passed");
	assert_int_equal(grant->fact, FACT_BENEFIT);
	assert_string_equal(grant->value, "paid");
	assert_int_equal(grant->days, 90);
	policy_free(policy);
	policy = policy_parse("t.conf", GOOD, strlen(GOOD), TEST_OFFSET_S,
	    &err);
	assert_non_null(policy);
	assert_null(policy_grant(policy));
	policy_free(policy);
}

static void
test_refusals_name_the_line(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "1 to 1000 rules" },
		{ TEST_HEAD, "1 to 1000 rules" },
		{ RULE, "t.conf:1: version is missing" },
		{ GOOD "bogus = 1\n", "t.conf:3: no such option 'bogus'" },
		{ GOOD "include(\"/etc/passwd\")\n", "no such option" },
		{ TEST_HEAD "rule \"r\" { verdict = check\n speed = 1 }",
		  "t.conf:3: no such option 'speed'" },
		{ GOOD RULE, "t.conf:3: found duplicate title 'r'" },
		{ GOOD "version = \"u\"\n", "t.conf:3: version is given twice" },
		{ TEST_HEAD "rule \"r\" { verdict = check\nwhen = \"1\"\n"
		  "when = \"0\" }", "t.conf:4: when is given twice" },
		{ TEST_HEAD "rule { verdict = check }", "missing title" },
		{ TEST_HEAD "rule \"\" { verdict = check }", "one word" },
		{ TEST_HEAD "rule \"a b\" { verdict = check }", "one word" },
		{ TEST_HEAD "rule \"r\" { }", "rule r: verdict must be" },
		{ TEST_HEAD "rule \"r\" {\nverdict = maybe }",
		  "t.conf:3: rule r: verdict must be pass, check or stop" },
		{ TEST_HEAD "rule \"r\" { verdict = check }", "when is missing" },
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\" }",
		  "reason is missing" },
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\"\n"
		  "reason = \"\" }", "t.conf:3: rule r: reason is empty" },
		{ TEST_HEAD "rule \"r\" { verdict = stop when = \"1\" reason = x\n"
		  "outcome = \"jail\" }", "t.conf:3: rule r: outcome must be" },
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\" reason = x\n"
		  "outcome = passed }", "outcome passed goes with" },
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\" reason = x\n"
		  "unknown = maybe }", "unknown must be check or pass" },
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\" reason = x\n"
		  "code = \"much too long a code\" }", "code is longer" },
		{ GOOD "otherwise = perhaps\n", "t.conf:3: otherwise must be" },
		{ GOOD "effective = \"tomorrow\"\n", "t.conf:3: effective" },
		{ GOOD "needs = { \"identity\",\n \"shoes\" }\n",
		  "t.conf:4: needs may be" },
		{ GOOD "needs_facts = 2\n", "t.conf:3: needs facts version 2" },
		{ GOOD "needs_facts = 0\n", "needs_facts must be" },
		{ GOOD "needs_facts = one\n", "needs_facts must be" },
		{ GOOD "grant \"a\" { }", "a grant has outcome, fact and value" },
		{ GOOD "grant \"a b\" { }", "one word" },
		{ GOOD "grant \"a.b\" { }", "letters, digits" },
		{ GOOD GRANT("a", "eaten", "benefit", "paid", "9"),
		  "t.conf:3: grant a: outcome must be" },
		{ GOOD GRANT("a", "waiting", "benefit", "paid", "9"),
		  "outcome must be" },
		{ GOOD GRANT("a", "passed", "luck", "paid", "9"),
		  "fact must be one" },
		{ GOOD GRANT("a", "passed", "lane", "1", "9"),
		  "fact must be one" },
		{ GOOD GRANT("a", "passed", "benefit", "often", "9"),
		  "not a word of this fact" },
		{ GOOD GRANT("a", "passed", "benefit", "paid", "0"),
		  "days must be" },
		{ GOOD GRANT("a", "passed", "benefit", "paid", "9.5"),
		  "days must be" },
		{ GOOD GRANT("a", "passed", "benefit", "paid", "99999999999"),
		  "days must be" },
		{ GOOD GRANT("a", "passed", "benefit", "paid", "9")
		  GRANT("b", "passed", "benefit", "paid", "9"),
		  "one grant at most" },
		{ GOOD "set \"a\" { }", "set a: value is missing" },
		{ GOOD "set \"a\" { value = \"x\" }", "plain number" },
		{ GOOD "set \"a\" { value = \"1'; --\" }", "plain number" },
		{ GOOD "set \"a\" { value = nan }", "plain number" },
		{ GOOD "set \"a\" { value = inf }", "plain number" },
		{ GOOD "set \"a\" { value = 0x10 }", "plain number" },
		{ GOOD "set \"a\" { value = 1e3 }", "plain number" },
		{ GOOD "set \"a\" { value = 1.2.3 }", "plain number" },
		{ GOOD "set \"a\" { value = 38, }", "" },
		{ GOOD "set \"a\" { value = \"37,5\" }", "plain number" },
		{ GOOD "set \"a\" { value = 12345678901234567890 }", "plain" },
		{ GOOD "set \"a-b\" { value = 1 }", "letters, digits and _" },
		{ GOOD "set \"a\" { value = 1 }\nset \"a\" { value = 2 }",
		  "duplicate title" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		test_refused(cases[i].text, cases[i].words);
}

/* What libconfuse alone would take. */
static void
test_half_a_file_is_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ TEST_HEAD "rule \"r\" { verdict = check when = \"1\" reason = x",
		  "t.conf:2: the file ends within { }" },
		{ GOOD "/* no end", "t.conf:3: comments begin with #" },
		{ GOOD "source = \"no\n end", "t.conf:3: the text that begins" },
		{ GOOD "source = 'no end", "t.conf:3: the text that begins" },
		{ GOOD "}\n", "t.conf:3: a } too many" },
		{ GOOD "source = \"${HOME}\"\n", "t.conf:3: ${ is not allowed" },
		{ GOOD "# ${HOME}\n", "t.conf:3: ${ is not allowed" },
		{ GOOD "source = \"a\x1b[2J\"\n", "t.conf:3: a control" },
		{ GOOD "source = \"a\\x1b[2J\"\n", "t.conf:3: source" },
		{ GOOD "source = \"a\\nb\"\n", "t.conf:3: source must be one line" },
		{ GOOD "source = \"a\xe2\x80\xae""b\"\n", "cannot be shown" },
		{ GOOD "source = \"\xff\"\n", "not UTF-8" },
		{ GOOD "otherwise = pass\r\n", "t.conf:3: a carriage return" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		test_refused(cases[i].text, cases[i].words);
		/* and the reader is fit for the next one */
		policy_free(test_pack(GOOD));
	}
}

static void
test_nul_is_refused(void **state)
{
	static const char text[] = GOOD "\0rule";
	struct err err = { 0 };

	(void)state;
	assert_null(policy_parse("t.conf", text, sizeof(text) - 1, 0, &err));
	assert_non_null(strstr(err.text, "control character"));
}

static void
test_too_long_is_refused(void **state)
{
	char *text = malloc(PACK_BYTES_MAX + 2);
	struct err err = { 0 };

	(void)state;
	memset(text, '\n', PACK_BYTES_MAX + 1);
	text[PACK_BYTES_MAX + 1] = '\0';
	memcpy(text, GOOD, strlen(GOOD));
	assert_null(policy_parse("t.conf", text, PACK_BYTES_MAX + 1, 0, &err));
	assert_non_null(strstr(err.text, "longer than"));
	text[PACK_BYTES_MAX] = '\0';
	policy_free(test_pack(text));
	free(text);
}

/* Rules are cut off at a limit, never silently. */
static void
test_too_many_rules_are_refused(void **state)
{
	size_t size = 200 * 1024, n;
	char *text = malloc(size);
	struct err err = { 0 };

	(void)state;
	n = (size_t)snprintf(text, size, TEST_HEAD);
	for (int i = 0; i <= PACK_RULES_MAX; i++)
		n += (size_t)snprintf(text + n, size - n, "rule \"r%d\" "
		    "{ verdict = check when = \"now > %d\" reason = x }\n", i,
		    i);
	assert_null(policy_parse("t.conf", text, n, 0, &err));
	assert_non_null(strstr(err.text, "1 to 1000 rules"));
	free(text);
}

static void
test_comments_and_bare_words(void **state)
{
	struct policy *policy = test_pack("# { \" not text\n"
	    "// } neither\n" GOOD "source = https://example.org/a#b # { }\n"
	    "set x { value = -1.5 }\n");

	(void)state;
	assert_true(policy_value(policy, "x", 0) == -1.5);
	policy_free(policy);
}

static void
test_missing_file_is_a_matter_of_set_up(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(policy_load("/nonexistent/pack.conf", 0, &err));
	assert_int_equal(err.kind, ERR_SETUP);
}

static void
test_fuzz_corpus_is_survived(void **state)
{
	const char *folder = test_path("SRCDIR", "tests/fuzz/corpus/pack");
	char path[5000];
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct err err = { 0 };
		size_t n;
		char *text;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		text = file_read(path, 1 << 20, &n, &err);
		assert_non_null(text);
		policy_free(policy_parse("fuzz", text, n, 0, &err));
		free(text);
		count++;
	}
	closedir(dir);
	assert_true(count > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contract_example_loads),
		cmocka_unit_test(test_a_grant_is_taken),
		cmocka_unit_test(test_refusals_name_the_line),
		cmocka_unit_test(test_half_a_file_is_refused),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_too_long_is_refused),
		cmocka_unit_test(test_too_many_rules_are_refused),
		cmocka_unit_test(test_comments_and_bare_words),
		cmocka_unit_test(test_missing_file_is_a_matter_of_set_up),
		cmocka_unit_test(test_fuzz_corpus_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
