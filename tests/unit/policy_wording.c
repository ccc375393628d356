/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons say their numbers as the language does, and nothing hostile. */
#include "policy_test.h"

static const struct {
	const char *text, *facts, *vi, *en;
} cases[] = {
	{ "plain", "{}", "plain", "plain" },
	{ "", "{}", "", "" },
	{ "{temperature}", "{\"temperature\":38.24}", "38,2", "38.2" },
	{ "{temperature}", "{\"temperature\":38}", "38,0", "38.0" },
	{ "{temperature}", "{\"temperature\":-0.5}", "-0,5", "-0.5" },
	{ "{temperature}", "{}", "?", "?" },
	{ "{ temperature }!", "{}", "?!", "?!" },
	{ "{:limit}", "{}", "37,5", "37.5" },
	{ "{:round}", "{}", "38,0", "38.0" },
	{ "{:hours}", "{}", "72", "72" },
	{ "{register_age_h}", "{\"now\":1,\"register_age_h\":50.9}", "50", "50" },
	{ "{register_age_h}", "{\"register_age_h\":50.9}", "?", "?" },
	{ "{last_seen_min} {last_seen_km}",
	  "{\"now\":1,\"last_seen_min\":10.5,\"last_seen_km\":84}", "10 84",
	  "10 84" },
	{ "{declaration_age_h - :hours}",
	  "{\"now\":1,\"declaration_age_h\":75.9}", "3", "3" },
	{ "{declaration_age_h - :hours}",
	  "{\"now\":1,\"declaration_age_h\":72.1}", "1", "1" },
	{ "{declaration_age_h-:hours}",
	  "{\"now\":1,\"declaration_age_h\":70}", "-2", "-2" },
	{ "{declaration_age_h - :hours}", "{\"now\":1}", "?", "?" },
	{ "{temperature - :limit}", "{\"temperature\":38.2}", "0,7", "0.7" },
	{ "{group_counted - group_declared}",
	  "{\"group_counted\":5,\"group_declared\":3}", "2", "2" },
	{ "{status_ends}", "{\"status_ends\":1630515600}", "02/09", "2 Sep" },
	{ "{status_ends}", "{\"status_ends\":1630515599}", "01/09", "1 Sep" },
	{ "{status_ends}", "{\"status_ends\":4102444800}", "01/01", "1 Jan" },
	{ "{now}", "{\"now\":0}", "01/01", "1 Jan" },
	{ "{doses}/{doses_required}", "{\"doses\":1}", "1/?", "1/?" },
	{ "{exempt}", "{\"exempt\":\"Đội {x} 100%n%s\"}", "Đội {x} 100%n%s",
	  "Đội {x} 100%n%s" },
	{ "{exempt}", "{\"exempt\":\"a\\u001b[2J\\nb\\u202e\"}",
	  "a\xef\xbf\xbd[2J b\xef\xbf\xbd", "a\xef\xbf\xbd[2J b\xef\xbf\xbd" },
};

static struct policy *
pack(void)
{
	return test_pack(TEST_HEAD "set limit { value = 37.5 }\n"
	    "set round { value = 38.0 }\nset hours { value = 72 }\n"
	    TEST_RULE("r", "now IS NULL"));
}

static void
test_values_are_filled_in(void **state)
{
	struct policy *policy = pack();

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct facts facts = test_facts(cases[i].facts);
		char out[REASON_TEXT_MAX];

		wording_fill(cases[i].text, &policy->pack, &facts,
		    LANGUAGE_VI, TEST_OFFSET_S, out, sizeof(out));
		assert_string_equal(out, cases[i].vi);
		wording_fill(cases[i].text, &policy->pack, &facts,
		    LANGUAGE_EN, TEST_OFFSET_S, out, sizeof(out));
		assert_string_equal(out, cases[i].en);
	}
	policy_free(policy);
}

static void
test_too_long_ends_at_a_character(void **state)
{
	struct policy *policy = pack();
	struct facts facts = test_facts("{\"exempt\":\"ểểểểểểểểểểểểểểểểểểểể\"}");
	char whole[REASON_TEXT_MAX];

	(void)state;
	wording_fill("a{exempt}b{exempt}", &policy->pack, &facts, LANGUAGE_VI,
	    0, whole, sizeof(whole));
	for (size_t capacity = 1; capacity < 80; capacity++) {
		char out[80];

		memset(out, 'x', sizeof(out));
		wording_fill("a{exempt}b{exempt}", &policy->pack, &facts,
		    LANGUAGE_VI, 0, out, capacity);
		assert_true(strlen(out) < capacity);
		assert_true(utf8_valid(out, strlen(out)));
		assert_memory_equal(out, whole, strlen(out));
		for (size_t i = capacity; i < sizeof(out); i++)
			assert_int_equal(out[i], 'x');
	}
	policy_free(policy);
}

static void
test_bad_places_are_refused(void **state)
{
	static const char *const texts[] = { "{", "}", "{}", "{x}", "{:x}",
		"{temperature", "temperature}", "{{temperature}}",
		"{temperature - }", "{ - temperature}", "{status - doses}",
		"{status_ends - now}", "{doses - doses - doses}", "{:}",
		"{temperature}}", "{-}" };
	struct policy *policy = pack();

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++)
		if (wording_check(texts[i], &policy->pack, NULL) == 0)
			fail_msg("taken: %s", texts[i]);
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(wording_check(cases[i].text, &policy->pack,
		    NULL), 0);
	policy_free(policy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_filled_in),
		cmocka_unit_test(test_too_long_ends_at_a_character),
		cmocka_unit_test(test_bad_places_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
