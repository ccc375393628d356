/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMART Health Cards and ICAO seals: JSON that somebody signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../../src/credential/parts.h"
#include "values.h"

#define TEST_CLOCK 1633046400 /* 2021-10-01T00:00Z */

/* The key of the specification's example issuer. */
static const char example_key[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw\","
    "\"y\":\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}],"
    "\"iss\":\"https://spec.smarthealth.cards/examples/issuer\"}";

struct verdict {
	const char *name, *kind, *signature, *time, *schema;
};

static const char *
source_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/tests/credentials/%s",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".", name);
	return path;
}

static json_t *
load(const char *name)
{
	json_t *root = json_load_file(source_path(name), 0, NULL);

	assert_non_null(root);
	return root;
}

static struct credential_trust *
trust_text(const char *text)
{
	struct credential_trust *trust = credential_trust_new();

	assert_int_equal(credential_trust_add(trust, (const void *)text,
	    strlen(text), NULL, NULL), 0);
	return trust;
}

static struct credential_trust *
trust_json(json_t *value)
{
	char *text = json_is_string(value) ?
	    strdup(json_string_value(value)) : json_dumps(value, 0);
	struct credential_trust *trust = trust_text(text);

	free(text);
	return trust;
}

static void
decode(const char *text, const struct credential_trust *trust, int64_t now,
    struct credential *out)
{
	struct credential_context context = {
		.values = values_installed(), .trust = trust, .has_now = true,
		.now = now };

	credential_decode((const void *)text, strlen(text), &context, out);
}

static void
check(const struct credential *c, const struct verdict *wanted)
{
	if (strcmp(credential_kind_word(c->kind), wanted->kind) != 0 ||
	    strcmp(c->verification.signature, wanted->signature) != 0)
		print_error("%s: %s\n", wanted->name, c->error);
	assert_string_equal(credential_kind_word(c->kind), wanted->kind);
	assert_string_equal(c->verification.signature, wanted->signature);
	assert_string_equal(c->verification.time, wanted->time);
	assert_string_equal(c->verification.schema, wanted->schema);
	assert_int_equal(c->verification.readable,
	    c->kind != CREDENTIAL_ERROR);
}

/* ---- health cards --------------------------------------------------------------------------- */

#define JWS "test-example-00-d-jws-"
#define QR "test-example-00-f-qr-code-numeric-value-"
#define UNREADABLE "error", "unsupported", "unknown", "invalid"

static void
test_files_are_as_good_as_their_names(void **state)
{
	static const struct verdict files[] = {
		{ JWS "bad-fhir-metadata", "shc", "valid", "valid", "invalid" },
		{ JWS "der-signature", "shc", "invalid", "valid", "valid" },
		{ JWS "der-signature-r-neg", "shc", "invalid", "valid", "valid" },
		{ JWS "der-signature-rs-neg", "shc", "invalid", "valid", "valid" },
		{ JWS "der-signature-s-neg", "shc", "invalid", "valid", "valid" },
		{ JWS "invalid-signature", "shc", "invalid", "valid", "valid" },
		{ JWS "issuer-kid-mismatch", "shc", "unknown-key", "valid", "valid" },
		{ JWS "issuer-not-valid-with-smart-key", "shc", "unknown-key", "valid", "valid" },
		{ JWS "jws_too_long", "shc", "unknown-key", "valid", "invalid" },
		{ JWS "no_deflate", UNREADABLE },
		{ JWS "no_jws_header_alg", "shc", "unsupported", "valid", "invalid" },
		{ JWS "no_jws_header_kid", "shc", "unknown-key", "valid", "invalid" },
		{ JWS "no_jws_header_zip", UNREADABLE },
		{ JWS "trailing_chars", "shc", "invalid", "valid", "valid" },
		{ JWS "utf8_bom_prefix", UNREADABLE },
		{ JWS "wrong_jws_header_kid", "shc", "unknown-key", "valid", "valid" },
		{ QR "0-index-out-of-range", UNREADABLE },
		{ QR "0-number-too-big", UNREADABLE },
		{ QR "0-odd-count", UNREADABLE },
		{ QR "0-qr_chunk_too_small", UNREADABLE },
		{ QR "0-trailing_chars", UNREADABLE },
		{ QR "0-wrong-multi-chunk", UNREADABLE },
		{ QR "0-wrong_qr_header", UNREADABLE },
		{ QR "16-qr_chunk_too_small", UNREADABLE },
	};
	struct credential_trust *trust = trust_text(example_key);

	(void)state;
	for (size_t i = 0; i < nitems(files); i++) {
		char name[256];
		struct credential c;
		struct err err;
		size_t n;
		char *text;

		snprintf(name, sizeof(name), "shc/%s.txt", files[i].name);
		text = file_read(source_path(name), 8000, &n, &err);
		assert_non_null(text);
		decode(text, trust, 1643800000, &c); /* 2022-02-02 */
		check(&c, &files[i]);
		free(text);
	}
	credential_trust_free(trust);
}

static void
test_made_cards(void **state)
{
	static const struct verdict cards[] = {
		{ "vaccination", "shc", "valid", "valid", "valid" },
		{ "bare", "shc", "valid", "valid", "valid" },
		{ "expires", "shc", "valid", "valid", "valid" },
		{ "test", "shc", "valid", "valid", "valid" },
		{ "other issuer", "shc", "unknown-key", "valid", "valid" },
		{ "no type", "shc", "valid", "valid", "invalid" },
		{ "tampered", "shc", "invalid", "valid", "valid" },
	};
	json_t *made = load("shc-made.json");
	struct credential_trust *trust =
	    trust_json(json_object_get(made, "jwks_bound"));

	(void)state;
	for (size_t i = 0; i < nitems(cards); i++) {
		struct credential c;

		decode(json_string_value(json_object_get(json_object_get(made,
		    "cards"), cards[i].name)), trust, TEST_CLOCK, &c);
		check(&c, &cards[i]);
		assert_int_equal(c.nwarnings, 0);
	}
	credential_trust_free(trust);
	json_decref(made);
}

static void
test_what_a_card_says(void **state)
{
	static const char front[] =
	    "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021";
	json_t *made = load("shc-made.json");
	json_t *cards = json_object_get(made, "cards");
	struct credential_trust *trust = trust_json(json_object_get(made, "jwks"));
	struct credential c, card;

	(void)state;
	decode(json_string_value(json_object_get(cards, "vaccination")), trust,
	    TEST_CLOCK, &c);
	assert_string_equal(c.name, "Nguyễn Thị Mẫu");
	assert_string_equal(c.birth, "2000-03-15");
	assert_string_equal(c.sex, "female");
	assert_string_equal(credential_field(&c, "doses"), "2");
	assert_string_equal(credential_field(&c, "dose_date"), "2021-08-24");
	assert_string_equal(credential_field(&c, "product"), "Comirnaty");
	assert_string_equal(credential_field(&c, "iss"), "https://issuer.example/shc");
	assert_string_equal(c.warnings[0], "issuer-unconfirmed");
	decode(front, NULL, TEST_CLOCK, &card);
	assert_int_equal(credential_compare(&card, &c), MATCH_SAME);

	decode(json_string_value(json_object_get(cards, "test")), trust,
	    TEST_CLOCK, &c);
	assert_string_equal(credential_field(&c, "test_result"), "negative");
	assert_string_equal(credential_field(&c, "test_sampled"), "2021-09-30T08:00:00+07:00");
	assert_null(credential_field(&c, "doses"));

	decode(json_string_value(json_object_get(cards, "expires")), trust,
	    TEST_CLOCK + 1, &c);
	assert_string_equal(c.verification.time, "expired");
	decode(json_string_value(json_object_get(cards, "expires")), trust,
	    1632700799, &c);
	assert_string_equal(c.verification.time, "not-yet");
	credential_trust_free(trust);
	json_decref(made);
}

/* A token of another purpose is no broken health card. */
static void
test_other_tokens_are_opaque(void **state)
{
	struct credential c;

	(void)state;
	decode("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", NULL, TEST_CLOCK, &c);
	assert_int_equal(c.kind, CREDENTIAL_OPAQUE);
	decode("eyJ.x.y", NULL, TEST_CLOCK, &c);
	assert_int_equal(c.kind, CREDENTIAL_OPAQUE);
}

/* ---- seals ------------------------------------------------------------------------------------ */

static void
test_published_seals(void **state)
{
	static const struct verdict wanted =
	    { "example", "vds-nc", "unknown-key", "valid", "valid" };
	json_t *examples = load("vds-nc/VDS-NC-Examples.json"), *example;
	size_t i;

	(void)state;
	json_array_foreach(examples, i, example) {
		static const size_t layouts[] = { 0, JSON_INDENT(2),
			JSON_COMPACT, JSON_SORT_KEYS, JSON_ENSURE_ASCII };

		for (size_t k = 0; k < nitems(layouts); k++) {
			char *text = json_dumps(example, layouts[k]);
			struct credential c;

			decode(text, NULL, TEST_CLOCK, &c);
			check(&c, &wanted);
			free(text);
		}
		/* The certificate itself, imported, is trust enough. */
		{
			struct credential_trust *trust = trust_json(json_object_get(
			    json_object_get(example, "sig"), "cer"));
			char *text = json_dumps(example, 0);
			struct credential c;

			decode(text, trust, TEST_CLOCK, &c);
			assert_string_equal(c.verification.signature, "valid");
			free(text);
			credential_trust_free(trust);
		}
	}
	json_decref(examples);
}

static void
test_a_seal_needs_its_country(void **state)
{
	static const struct {
		const char *trust;
		struct verdict wanted;
	} cases[] = {
		{ "csca", { "vaccination", "vds-nc", "valid", "valid", "valid" } },
		{ "csca", { "es384", "vds-nc", "valid", "valid", "valid" } },
		{ "csca", { "es512", "vds-nc", "valid", "valid", "valid" } },
		{ "csca", { "test", "vds-nc", "valid", "valid", "valid" } },
		{ "csca", { "tampered", "vds-nc", "invalid", "valid", "valid" } },
		/* Of the same name, but another key. */
		{ "other_csca", { "vaccination", "vds-nc", "unknown-key", "valid", "valid" } },
		{ "other_csca", { "tampered", "vds-nc", "invalid", "valid", "valid" } },
	};
	json_t *made = load("vds-made.json");

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_trust *trust =
		    trust_json(json_object_get(made, cases[i].trust));
		struct credential c;

		decode(json_string_value(json_object_get(json_object_get(made,
		    "seals"), cases[i].wanted.name)), trust, TEST_CLOCK, &c);
		check(&c, &cases[i].wanted);
		credential_trust_free(trust);
	}
	json_decref(made);
}

static void
test_broken_seals(void **state)
{
	static const struct verdict seals[] = {
		{ "{\"a\":\"icao.\"", UNREADABLE },
		{ "{\"a\":\"icao.\"}", UNREADABLE },
		{ "{\"data\":{\"hdr\":{\"t\":\"icao.vacc\"}},\"sig\":{}}", "vds-nc", "invalid", "valid", "invalid" },
		{ "{\"data\":{\"hdr\":{\"t\":\"icao.x\"},\"hdr\":1},\"sig\":{}}", UNREADABLE },
		{ "{\"data\":[\"icao.\"],\"sig\":{}}", UNREADABLE },
	};

	(void)state;
	for (size_t i = 0; i < nitems(seals); i++) {
		struct credential c;

		decode(seals[i].name, NULL, TEST_CLOCK, &c);
		check(&c, &seals[i]);
	}
}

/* The card of two codes in shc-made.json, in whatever order. */
static void
test_a_card_over_several_codes(void **state)
{
	static const struct {
		const char *shown; /* digits: parts of the large card; s: of the small */
		struct verdict last;
	} cases[] = {
		{ "12", { "", "shc", "valid", "valid", "valid" } },
		{ "21", { "", "shc", "valid", "valid", "valid" } },
		{ "1112", { "", "shc", "valid", "valid", "valid" } },
		{ "s12", { "", "shc", "valid", "valid", "valid" } },
		/* What fits into one code must not come in two. */
		{ "st", { "", "shc", "valid", "valid", "invalid" } },
	};
	json_t *made = load("shc-made.json");
	json_t *cards = json_object_get(made, "parts");
	struct credential_trust *trust =
	    trust_json(json_object_get(made, "jwks_parts"));
	struct credential_context context = {
		.values = values_installed(), .trust = trust, .has_now = true,
		.now = TEST_CLOCK };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_parts parts = { 0 };
		struct credential c;

		for (const char *at = cases[i].shown; *at != '\0'; at++) {
			char name[2] = { *at, '\0' };
			const char *text = json_string_value(
			    json_object_get(cards, name));

			assert_non_null(text);
			credential_join(&parts, (const void *)text,
			    strlen(text), &context, &c);
			if (at[1] == '\0')
				break;
			assert_int_equal(c.kind, CREDENTIAL_SHC);
			assert_false(c.verification.readable);
			assert_string_equal(credential_field(&c, "parts"), "2");
			assert_string_equal(c.name, "");
		}
		check(&c, &cases[i].last);
		assert_int_equal(parts.of, 0); /* nothing of it is kept */
	}
	credential_trust_free(trust);
	json_decref(made);
}

static void
test_the_latest_result_counts(void **state)
{
	static const char patient[] = "{\"entry\":[{\"resource\":"
	    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\"}],"
	    "\"birthDate\":\"2000-03-15\"}}";
	static const char result[] = ",{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"status\":\"final\",\"effectiveDateTime\":"
	    "\"2021-09-%02d\",\"valueCodeableConcept\":{\"coding\":"
	    "[{\"code\":\"%s\"}]}}}";
	static const int days[][2] = { { 20, 28 }, { 28, 20 } };

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		struct tree *tree = tree_new();
		struct credential c = { .kind = CREDENTIAL_SHC };
		char text[1000];
		int n = snprintf(text, sizeof(text), "%s", patient);

		for (size_t k = 0; k < 2; k++)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
			    result, days[i][k], days[i][k] == 28 ?
			    "260373001" : "260415000");
		n += snprintf(text + n, sizeof(text) - (size_t)n, "]}");
		assert_true(fhir_read(json_parse(tree, text, (size_t)n),
		    &(struct credential_context){ .values = values_installed() },
		    &c));
		assert_string_equal(credential_field(&c, "test_sampled"),
		    "2021-09-28");
		assert_string_equal(credential_field(&c, "test_result"),
		    "positive");
		tree_free(tree);
	}
}

/* A result that was taken back is no result. */
static void
test_only_a_result_that_stands_is_told(void **state)
{
	static const struct {
		const char *status, *result;
	} cases[] = {
		{ "final", "negative" }, { "amended", "negative" },
		{ "corrected", "negative" }, { "entered-in-error", NULL },
		{ "cancelled", NULL }, { "preliminary", NULL }, { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct tree *tree = tree_new();
		struct credential c = { .kind = CREDENTIAL_SHC };
		const char *result;
		char text[600];
		int n = snprintf(text, sizeof(text), "{\"entry\":["
		    "{\"resource\":{\"resourceType\":\"Patient\",\"name\":"
		    "[{\"family\":\"A\",\"given\":[\"B\"]}],"
		    "\"birthDate\":\"2000-03-15\"}},"
		    "{\"resource\":{\"resourceType\":\"Observation\","
		    "\"status\":\"%s\",\"effectiveDateTime\":\"2021-09-30\","
		    "\"valueCodeableConcept\":{\"coding\":"
		    "[{\"code\":\"260415000\"}]}}}]}", cases[i].status);

		assert_true(fhir_read(json_parse(tree, text, (size_t)n),
		    &(struct credential_context){ .values = values_installed() },
		    &c));
		result = credential_field(&c, "test_result");
		if (cases[i].result == NULL)
			assert_null(result);
		else
			assert_string_equal(result, cases[i].result);
		tree_free(tree);
	}
}

/* RFC 8785 and its examples. */
static void
test_canonical_json(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ " { \"b\" : [ 1 , true, null, \"x\" ], \"a\":{} } ", "{\"a\":{},\"b\":[1,true,null,\"x\"]}" },
		{ "[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]", "[333333333.3333333,1e+30,4.5,0.002,1e-27]" },
		{ "[0.0, -0.0, -1.5, 1e21, 1e20, 123456789012345680000.0, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308]", "[0,0,-1.5,1e+21,100000000000000000000,123456789012345680000,0.000001,1e-7,5e-324,1.7976931348623157e+308]" },
		{ "[9007199254740992, 9007199254740993, -5]", "[9007199254740992,9007199254740992,-5]" },
		{ "[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"]", "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]" },
		{ "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}", "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}" },
		{ "{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}" },
	};
	char out[400];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct tree *tree = tree_new();
		const struct node *node = json_parse(tree, cases[i].text,
		    strlen(cases[i].text));
		size_t n;

		assert_non_null(node);
		n = canonical_json(node, out, sizeof(out) - 1);
		out[n] = '\0';
		assert_string_equal(out, cases[i].want);
		assert_int_equal(canonical_json(node, out, n - 1), 0);
		tree_free(tree);
	}
}

static void
test_json_is_bounded(void **state)
{
	static char text[3 * TREE_NODES_MAX + 10];
	struct tree *tree = tree_new();

	(void)state;
	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	assert_null(json_parse(tree, text, 200));
	assert_non_null(json_parse(tree, text + 90, 20));
	text[0] = '[';
	for (size_t i = 1; i < 2 * TREE_NODES_MAX; i += 2)
		memcpy(text + i, "1,", 2);
	memcpy(text + 2 * TREE_NODES_MAX, "1]", 2);
	assert_null(json_parse(tree, text, 2 * TREE_NODES_MAX + 2));
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_as_good_as_their_names),
		cmocka_unit_test(test_made_cards),
		cmocka_unit_test(test_what_a_card_says),
		cmocka_unit_test(test_other_tokens_are_opaque),
		cmocka_unit_test(test_published_seals),
		cmocka_unit_test(test_a_seal_needs_its_country),
		cmocka_unit_test(test_broken_seals),
		cmocka_unit_test(test_only_a_result_that_stands_is_told),
		cmocka_unit_test(test_the_latest_result_counts),
		cmocka_unit_test(test_a_card_over_several_codes),
		cmocka_unit_test(test_canonical_json),
		cmocka_unit_test(test_json_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
