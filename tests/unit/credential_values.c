/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What codes stand for is data: taken in whole or refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/credential/parts.h"
#include "values.h"

#define CARD "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021"
#define SET(entries) "{\"valueSetId\":\"cvx\",\n\"valueSetValues\":{\n" entries "}}"

static int
add(struct credential_values *values, const char *text, struct err *err)
{
	return credential_values_add(values, "x.json", text, strlen(text), err);
}

static void
test_what_is_installed_is_read(void **state)
{
	struct credential_context context = { .values = values_installed() };
	static const struct {
		enum value_set set;
		const char *code, *label;
	} cases[] = {
		{ VALUES_PROVINCE, "094", "Sóc Trăng" },
		{ VALUES_PLATE_PROVINCE, "83", "Sóc Trăng" },
		{ VALUES_DISEASE, "840539006", "COVID-19" },
		{ VALUES_VACCINE, "1119349007", "mRNA" },
		{ VALUES_PRODUCT, "EU/1/20/1528", "Comirnaty" },
		{ VALUES_MANUFACTURER, "ORG-100030215", "BioNTech" },
		{ VALUES_TEST_TYPE, "LP6464-4", "pcr" },
		{ VALUES_TEST_RESULT, "260415000", "negative" },
		{ VALUES_TEST_DEVICE, "345", "SD Biosensor Standard Q" },
		{ VALUES_CVX, "208", "Comirnaty" },
		{ VALUES_CVX, "no such", NULL },
		{ VALUES_CVX, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const char *label = value_label(&context, cases[i].set,
		    cases[i].code);

		if (cases[i].label == NULL)
			assert_null(label);
		else
			assert_string_equal(label, cases[i].label);
	}
	for (int set = 0; set < VALUES_COUNT; set++)
		assert_true(value_known(&context, (enum value_set)set));
}

static void
test_a_broken_set_is_refused_whole_with_its_line(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "x.json:1: not JSON" },
		{ "{\n\n", "x.json:3: not JSON" },
		{ "[]", "x.json:1: no value set of a known name" },
		{ "{}", "x.json:1: no value set of a known name" },
		{ "{\n\"valueSetId\":\"mine\"}", "x.json:2: no value set of a known name" },
		{ "{\"valueSetId\":\"cvx\"}", "x.json:1: the set has no values" },
		{ "{\"valueSetId\":\"cvx\",\n\"valueSetValues\":[]}", "x.json:2: the set has no values" },
		{ SET("\"1\":{\"display\":\"a\"},\n\"2\":{}"), "x.json:4: the code has no display, or a long one" },
		{ SET("\"1\":{\"display\":\"\"}"), "x.json:3: the code has no display, or a long one" },
		{ SET("\"1\":{\"display\":7}"), "x.json:3: the code has no display, or a long one" },
		{ SET("\"1\":\"a\""), "x.json:3: the code has no display, or a long one" },
		{ SET("\"\":{\"display\":\"a\"}"), "x.json:2: a code is empty or too long" },
		{ SET("\"1\":{\"display\":\"a\"},\n\"1\":{\"display\":\"b\"}"), "x.json:4: a name is there twice" },
		{ SET("\"1\":{\"display\":\"a\"}"), NULL },
		{ SET(""), NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_values *values = credential_values_new();
		struct credential_context context = { .values = values };
		struct err err = { 0 };
		int result = add(values, cases[i].text, &err);

		if (cases[i].why == NULL) {
			assert_int_equal(result, 0);
			assert_true(value_known(&context, VALUES_CVX));
		} else {
			assert_int_equal(result, -1);
			assert_int_equal(err.kind, ERR_INPUT);
			assert_string_equal(err.text, cases[i].why);
			assert_false(value_known(&context, VALUES_CVX));
		}
		credential_values_free(values);
	}
}

static void
test_too_large_a_set_is_refused_whole(void **state)
{
	struct credential_values *values = credential_values_new();
	struct credential_context context = { .values = values };
	size_t size = 40u << 20, n;
	char *text = malloc(size);
	struct err err = { 0 };

	(void)state;
	assert_non_null(text);
	n = (size_t)sprintf(text, "{\"valueSetId\":\"cvx\",\"valueSetValues\":{");
	for (int i = 0; i < 60000; i++)
		n += (size_t)sprintf(text + n, "%s\"%d\":{\"display\":\"a\"}",
		    i > 0 ? "," : "", i);
	n += (size_t)sprintf(text + n, "}}");
	assert_true(n < size);
	assert_int_equal(credential_values_add(values, "x.json", text, n, &err),
	    -1);
	assert_string_equal(err.text, "x.json:1: more values than there may be");
	assert_false(value_known(&context, VALUES_CVX));
	free(text);
	credential_values_free(values);
}

/* The next one of a set takes its place; a broken one does not. */
static void
test_a_set_is_replaced_by_a_good_one_alone(void **state)
{
	struct credential_values *values = credential_values_new();
	struct credential_context context = { .values = values };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(add(values, SET("\"1\":{\"display\":\"a\"}"), &err), 0);
	assert_int_equal(add(values, SET("\"1\":{}"), &err), -1);
	assert_string_equal(value_label(&context, VALUES_CVX, "1"), "a");
	assert_int_equal(add(values, SET("\"2\":{\"display\":\"b\"}"), &err), 0);
	assert_null(value_label(&context, VALUES_CVX, "1"));
	assert_string_equal(value_label(&context, VALUES_CVX, "2"), "b");
	credential_values_free(values);
}

/* Without the sets a document is read as well, its codes as they are. */
static void
test_without_sets_codes_are_left_as_they_are(void **state)
{
	struct credential_context context = { 0 };
	struct credential c;

	(void)state;
	credential_decode((const unsigned char *)CARD, strlen(CARD), &context, &c);
	assert_int_equal(c.kind, CREDENTIAL_CCCD);
	assert_string_equal(credential_field(&c, "province_code"), "094");
	assert_null(credential_field(&c, "province"));
	assert_int_equal(c.nwarnings, 0);
	context.values = values_installed();
	credential_decode((const unsigned char *)CARD, strlen(CARD), &context, &c);
	assert_string_equal(credential_field(&c, "province"), "Sóc Trăng");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_installed_is_read),
		cmocka_unit_test(test_a_broken_set_is_refused_whole_with_its_line),
		cmocka_unit_test(test_too_large_a_set_is_refused_whole),
		cmocka_unit_test(test_a_set_is_replaced_by_a_good_one_alone),
		cmocka_unit_test(test_without_sets_codes_are_left_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
