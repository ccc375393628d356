/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Health certificates as odd as issuers make them, with true signatures
 * (tests/credentials/make-odd.py): each is judged as it says.
 */
#include "../../src/credential/parts.h"

#include <jansson.h>

#include "test.h"

#define TEST_CLOCK 1633046400 /* 2021-10-01T00:00Z */

static bool
warned(const struct credential *c, const char *word)
{
	for (size_t i = 0; i < c->nwarnings; i++)
		if (strcmp(c->warnings[i], word) == 0)
			return true;
	return false;
}

static bool
as_expected(const struct credential *c, const char *name, json_t *wanted)
{
	const struct credential_verification *v = &c->verification;
	const char *word = json_string_value(wanted);

	if (strcmp(name, "readable") == 0)
		return v->readable == json_is_true(wanted);
	if (strcmp(name, "signature") == 0)
		return strcmp(v->signature, word) == 0;
	if (strcmp(name, "signature_not") == 0)
		return strcmp(v->signature, word) != 0;
	if (strcmp(name, "time") == 0)
		return strcmp(v->time, word) == 0;
	if (strcmp(name, "schema") == 0)
		return strcmp(v->schema, word) == 0;
	if (strcmp(name, "key_usage") == 0)
		return strcmp(v->key_usage, word) == 0;
	if (strncmp(name, "field_", 6) == 0)
		return credential_field(c, name + 6) != NULL &&
		    strcmp(credential_field(c, name + 6), word) == 0;
	return strcmp(name, "warning") == 0 && warned(c, word);
}

static void
test_every_odd_one_is_judged_as_it_says(void **state)
{
	json_t *cases = json_load_file(test_path("SRCDIR",
	    "tests/credentials/dcc-odd.json"), 0, NULL), *one, *wanted;
	const char *name;
	size_t i;

	(void)state;
	assert_true(json_array_size(cases) > 150);
	json_array_foreach(cases, i, one) {
		json_t *text = json_object_get(one, "text");
		json_t *cert = json_object_get(one, "certificate");
		struct credential_context context = { .has_now = true,
			.now = TEST_CLOCK };
		struct credential_trust *trust = credential_trust_new();
		struct credential c;

		context.trust = trust;
		assert_int_equal(credential_trust_add(trust,
		    (const void *)json_string_value(cert),
		    json_string_length(cert), NULL, NULL), 0);
		credential_decode((const void *)json_string_value(text),
		    json_string_length(text), &context, &c);
		json_object_foreach(json_object_get(one, "expected"), name,
		    wanted) {
			if (!as_expected(&c, name, wanted))
				print_error("%s: %s\n", json_string_value(
				    json_object_get(one, "name")), name);
			assert_true(as_expected(&c, name, wanted));
		}
		credential_trust_free(trust);
	}
	json_decref(cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_odd_one_is_judged_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
