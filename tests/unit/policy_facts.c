/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fact is what the table says or it is refused; what cannot be known now
 * is NULL for everybody. */
#include "policy_test.h"

#include <dirent.h>
#include <math.h>

static void
test_table_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < FACT_COUNT; i++) {
		const struct fact_info *info = fact_info((enum fact)i);

		assert_non_null(info->name);
		assert_true(info->type != FACT_NULL);
		assert_true(info->help[0] != '\0');
		assert_int_equal(fact_find(info->name, strlen(info->name)), i);
		if (info->type != FACT_TEXT)
			assert_true(info->min < info->max);
		for (size_t j = 0; info->words != NULL &&
		    info->words[j] != NULL; j++)
			assert_true(strlen(info->words[j]) < FACT_TEXT_MAX);
	}
	assert_int_equal(fact_find("temp", 4), FACT_COUNT);
	assert_int_equal(fact_find("", 0), FACT_COUNT);
}

/* The table of the contract: names, types, and which depend on the time. */
static void
test_types_are_the_contracts(void **state)
{
	static const char *const real[] = { "temperature",
		"minutes_since_first", "declaration_age_h", "test_sampled_h",
		"test_result_h", "last_seen_min", "last_seen_km", "repeat_min",
		"register_age_h" };
	static const char *const text[] = { "clock", "direction", "mode",
		"lane", "post", "id_kind", "sex", "temperature_quality",
		"declaration", "permit", "dcc", "dcc_kind", "test",
		"test_kind", "status", "status_source", "exempt",
		"vehicle_kind", "benefit", "link" };
	static const char *const integer[] = { "now", "hour", "post_zone",
		"age_years", "foreigner", "residence_zone", "origin_zone",
		"destination_zone", "temperature_number", "declared_symptoms",
		"permit_now", "doses", "doses_required", "days_since_dose",
		"days_since_recovery", "status_since", "status_ends", "wanted",
		"shipper", "plate_known", "green_lane", "vehicle_wanted",
		"group_declared", "group_counted", "occupancy", "capacity",
		"mismatch" };
	static const struct {
		const char *const *names;
		size_t count;
		enum fact_type type;
	} groups[] = {
		{ real, nitems(real), FACT_REAL },
		{ text, nitems(text), FACT_TEXT },
		{ integer, nitems(integer), FACT_INTEGER },
	};
	size_t total = 0;

	(void)state;
	for (size_t i = 0; i < nitems(groups); i++)
		for (size_t j = 0; j < groups[i].count; j++, total++) {
			const char *name = groups[i].names[j];
			enum fact fact = fact_find(name, strlen(name));

			assert_int_not_equal(fact, FACT_COUNT);
			assert_int_equal(fact_info(fact)->type,
			    groups[i].type);
		}
	assert_int_equal(total, FACT_COUNT);
}

static void
test_bad_json_is_refused(void **state)
{
	static const struct {
		const char *json, *words;
	} cases[] = {
		{ "", "not JSON" },
		{ "[]", "not a JSON object" },
		{ "\"now\"", "not JSON" },
		{ "{\"now\":1", "not JSON" },
		{ "{\"now\":1} {}", "not JSON" },
		{ "{\"now\":1,\"now\":2}", "not JSON" },
		{ "{\"lane\":\"a\\u0000b\"}", "not JSON" },
		{ "{\"lane\":\"\xff\"}", "not JSON" },
		{ "{\"temperatur\":36}", "no such fact: \"temperatur\"" },
		{ "{\"\":36}", "no such fact" },
		{ "{\"temperature\":\"36\"}", "temperature: must be a number" },
		{ "{\"temperature\":true}", "must be a number" },
		{ "{\"temperature\":[36]}", "must be a number" },
		{ "{\"temperature\":{}}", "must be a number" },
		{ "{\"temperature\":1e999}", "not JSON" },
		{ "{\"temperature\":101}", "temperature: out of range" },
		{ "{\"temperature\":-41}", "out of range" },
		{ "{\"hour\":12.0}", "hour: must be a whole number" },
		{ "{\"hour\":24}", "out of range" },
		{ "{\"hour\":-1}", "out of range" },
		{ "{\"mismatch\":true}", "must be a whole number" },
		{ "{\"mismatch\":2}", "out of range" },
		{ "{\"origin_zone\":0}", "out of range" },
		{ "{\"origin_zone\":5}", "out of range" },
		{ "{\"now\":99999999999999999999}", "not JSON" },
		{ "{\"now\":-1}", "out of range" },
		{ "{\"status\":1}", "status: must be text" },
		{ "{\"status\":\"f0\"}", "status: not a word" },
		{ "{\"status\":\"\"}", "status: not a word" },
		{ "{\"clock\":\"fine\"}", "clock: not a word" },
		{ "{\"lane\":\"0123456789012345678901234567890123456789012345"
		  "678901234567890123\"}", "lane: longer than 63 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };
		struct facts facts;

		assert_int_equal(facts_parse(cases[i].json,
		    strlen(cases[i].json), &facts, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].json, err.text);
		for (int j = 0; j < FACT_COUNT; j++)
			assert_int_equal(facts.values[j].type, FACT_NULL);
	}
}

static void
test_too_long_is_refused_whole(void **state)
{
	static char json[FACTS_JSON_MAX + 2];
	struct err err = { 0 };
	struct facts facts;

	(void)state;
	memset(json, ' ', sizeof(json));
	memcpy(json, "{}", 2);
	assert_int_equal(facts_parse(json, FACTS_JSON_MAX, &facts, &err), 0);
	assert_int_equal(facts_parse(json, FACTS_JSON_MAX + 1, &facts, &err),
	    -1);
}

static void
test_errors_are_safe_to_print(void **state)
{
	static const char *const hostile[] = {
		"{\"\\u001b[2J\\u202e\":1}", "{\"a\x1b[31m\":1}", "\x1b]0;x\x07",
	};

	(void)state;
	for (size_t i = 0; i < nitems(hostile); i++) {
		struct err err = { 0 };
		struct facts facts;

		assert_int_equal(facts_parse(hostile[i], strlen(hostile[i]),
		    &facts, &err), -1);
		assert_null(strpbrk(err.text, "\x1b\x07\n"));
		assert_null(strstr(err.text, "\xe2\x80\xae"));
	}
}

static void
test_round_trip(void **state)
{
	static const char json[] = "{\"now\":1634256000,\"clock\":\"held\","
	    "\"lane\":\"Làn 1\",\"temperature\":38.2,"
	    "\"declaration_age_h\":73.25,\"mismatch\":0}";
	struct facts facts = test_facts(json);
	char *text = facts_json(&facts);

	(void)state;
	assert_string_equal(text, json);
	free(text);
	facts = test_facts("{\"status\":null,\"temperature\":37}");
	text = facts_json(&facts);
	assert_string_equal(text, "{\"temperature\":37.0}");
	free(text);
}

static void
test_setters_leave_doubt(void **state)
{
	struct facts facts;
	char long_text[FACT_TEXT_MAX + 1];

	(void)state;
	memset(long_text, 'a', FACT_TEXT_MAX);
	long_text[FACT_TEXT_MAX] = '\0';
	facts_init(&facts);
	facts_real(&facts, FACT_TEMPERATURE, 36.5);
	facts_real(&facts, FACT_TEMPERATURE, NAN);
	facts_text(&facts, FACT_LANE, long_text);
	facts_text(&facts, FACT_POST, "\xff");
	facts_text(&facts, FACT_STATUS, "F9");
	facts_integer(&facts, FACT_HOUR, 24);
	for (int i = 0; i < FACT_COUNT; i++)
		assert_int_equal(facts.values[i].type, FACT_NULL);
	long_text[FACT_TEXT_MAX - 1] = '\0';
	facts_text(&facts, FACT_LANE, long_text);
	assert_string_equal(facts.values[FACT_LANE].text, long_text);
}

/* "Every fact that depends on time is NULL when `now` is." */
static void
test_timed_facts_need_the_time(void **state)
{
	struct facts facts = test_facts("{\"hour\":3,\"age_years\":20,"
	    "\"declaration_age_h\":1,\"permit_now\":1,\"days_since_dose\":20,"
	    "\"days_since_recovery\":2,\"test_sampled_h\":4,"
	    "\"test_result_h\":5,\"register_age_h\":6,\"last_seen_min\":7,"
	    "\"temperature\":36,\"repeat_min\":2,\"minutes_since_first\":6,"
	    "\"status_ends\":1634256000}");
	char *text = facts_json(&facts);

	(void)state;
	assert_string_equal(text, "{\"temperature\":36.0,"
	    "\"minutes_since_first\":6.0,\"status_ends\":1634256000,"
	    "\"repeat_min\":2.0}");
	free(text);
	facts_integer(&facts, FACT_NOW, 1634256000);
	assert_int_equal(facts_value(&facts, FACT_HOUR)->integer, 3);
	facts_text(&facts, FACT_CLOCK, "unconfirmed");
	assert_int_equal(facts_value(&facts, FACT_NOW)->type, FACT_NULL);
	assert_int_equal(facts_value(&facts, FACT_HOUR)->type, FACT_NULL);
	facts_text(&facts, FACT_CLOCK, "held");
	assert_int_equal(facts_value(&facts, FACT_HOUR)->integer, 3);
}

static void
test_fuzz_corpus_is_survived(void **state)
{
	const char *folder = test_path("SRCDIR", "tests/fuzz/corpus/facts");
	char path[5000];
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct err err = { 0 };
		struct facts facts;
		size_t n;
		char *text;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		text = file_read(path, 1 << 20, &n, &err);
		assert_non_null(text);
		(void)facts_parse(text, n, &facts, &err);
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
		cmocka_unit_test(test_table_is_whole),
		cmocka_unit_test(test_types_are_the_contracts),
		cmocka_unit_test(test_bad_json_is_refused),
		cmocka_unit_test(test_too_long_is_refused_whole),
		cmocka_unit_test(test_errors_are_safe_to_print),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_setters_leave_doubt),
		cmocka_unit_test(test_timed_facts_need_the_time),
		cmocka_unit_test(test_fuzz_corpus_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
