/* SPDX-License-Identifier: GPL-3.0-or-later */
/* National lists of keys: read, counted, and refused when forged. */
#include "../../src/credential/parts.h"

#include <jansson.h>

#include "test.h"

#define TEST_CLOCK 1633046400 /* 2021-10-01T00:00Z */

static json_t *lists, *vectors;

static const char *
text_of(const char *name)
{
	const char *text = json_string_value(json_object_get(lists, name));

	assert_non_null(text);
	return text;
}

static struct credential_trust *
trust_one(const char *name)
{
	struct credential_trust *trust = credential_trust_new();
	const char *text = text_of(name);

	assert_int_equal(credential_trust_add(trust, (const void *)text,
	    strlen(text), NULL, NULL), 0);
	return trust;
}

/* The verdict on the n-th vector by that trust: "signature key_usage". */
static const char *
verdict(const struct credential_trust *trust, const char *start)
{
	static char out[40];
	struct credential_context context = { .trust = trust, .has_now = true,
		.now = TEST_CLOCK };
	struct credential c = { .kind = CREDENTIAL_ERROR };
	const char *name;
	json_t *text;

	json_object_foreach(json_object_get(vectors, "hc1"), name, text)
		if (strncmp(name, start, strlen(start)) == 0)
			credential_decode((const void *)json_string_value(text),
			    json_string_length(text), &context, &c);
	snprintf(out, sizeof(out), "%s %s", c.verification.signature,
	    c.verification.key_usage);
	return out;
}

static void
test_lists_are_read(void **state)
{
	static const struct {
		const char *name;
		size_t added, skipped;
	} cases[] = {
		{ "german", 3, 1 }, { "swedish", 3, 1 }, { "dutch", 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_trust *trust = credential_trust_new();
		struct credential_trust_report report = { 0 };
		const char *text = text_of(cases[i].name);

		/* A directory of keys may hold one too. */
		assert_int_equal(credential_trust_add(trust, (const void *)text,
		    strlen(text), &report, NULL), 0);
		assert_int_equal(report.added, cases[i].added);
		assert_int_equal(report.skipped, cases[i].skipped);
		assert_string_equal(verdict(trust, "V1"), "valid ok");
		assert_string_equal(verdict(trust, "V2"), "valid ok");
		assert_string_equal(verdict(trust, "V3"), "valid ok");
		assert_string_equal(verdict(trust, "N1"), "invalid ok");
		assert_string_equal(verdict(trust, "N2"), "valid wrong");
		assert_string_equal(verdict(trust, "V5"), "unknown-key ok");
		credential_trust_free(trust);
	}
}

static int
add_list(const char *text, const struct credential_trust *signers,
    size_t *added, enum err_kind *kind)
{
	struct credential_trust *trust = credential_trust_new();
	struct err err = { .kind = ERR_NONE };
	int result = credential_trust_add_list(trust, (const void *)text,
	    strlen(text), signers, NULL, &err);

	*added = credential_trust_count(trust);
	*kind = err.kind;
	credential_trust_free(trust);
	return result;
}

static void
test_a_list_must_be_signed_where_that_is_asked_for(void **state)
{
	static const char *const names[] = { "german", "swedish" };
	struct credential_trust *signer = trust_one("signer");
	struct credential_trust *other = trust_one("other");
	enum err_kind kind;
	size_t added;

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		char *text = strdup(text_of(names[i]));

		assert_int_equal(add_list(text, signer, &added, &kind), 0);
		assert_int_equal(added, 3);
		assert_int_equal(add_list(text, other, &added, &kind), -1);
		assert_int_equal(kind, ERR_INPUT);
		assert_int_equal(added, 0);
		/* One character of what is signed. */
		text[200] = text[200] == 'A' ? 'B' : 'A';
		assert_int_equal(add_list(text, signer, &added, &kind), -1);
		assert_int_equal(added, 0);
		free(text);
	}
	credential_trust_free(signer);
	credential_trust_free(other);
}

/* A Dutch one is signed in CMS, by a certificate that is made for a server
 * and has ended since: the authority above it is as good as itself. */
static void
test_a_cms_signature_must_fit(void **state)
{
	static const char *const good[] = { "dutch_signer", "dutch_authority" };
	static const struct {
		const char *list, *signer;
	} bad[] = {
		{ "dutch_signed", "signer" }, /* somebody else's */
		{ "dutch", "dutch_signer" },  /* none that can be read */
		/* True, but over what it carries itself. */
		{ "dutch_attached", "dutch_signer" },
	};
	struct credential_trust *signer;
	enum err_kind kind;
	size_t added;

	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		char *text = strdup(text_of("dutch_signed"));

		signer = trust_one(good[i]);
		assert_int_equal(add_list(text, signer, &added, &kind), 0);
		assert_int_equal(added, 3);
		text[200] = text[200] == 'A' ? 'B' : 'A';
		assert_int_equal(add_list(text, signer, &added, &kind), -1);
		assert_int_equal(added, 0);
		free(text);
		credential_trust_free(signer);
	}
	for (size_t i = 0; i < nitems(bad); i++) {
		signer = trust_one(bad[i].signer);
		assert_int_equal(add_list(text_of(bad[i].list), signer, &added,
		    &kind), -1);
		assert_int_equal(kind, ERR_INPUT);
		assert_int_equal(added, 0);
		credential_trust_free(signer);
	}
}

static void
test_keys_are_named(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "de", "DE" }, { "VN", "VN" },
		{ "UyiS0s+tjgo=", "UyiS0s+tjgo=" },
		{ "UyiS0s-tjgo", "UyiS0s+tjgo=" },
		{ "532892d2cfad8e0a", "UyiS0s+tjgo=" },
		{ "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s",
		    "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s" },
		{ "", NULL }, { "D", NULL }, { "D1", NULL }, { "DEU", NULL },
		{ "UyiS0s+tjg==", NULL }, { "532892d2cfad8e0", NULL },
		{ "532892d2cfad8e0a00", NULL }, { "\xc3\xa9", NULL },
		{ "\x1b[31m", NULL },
	};
	char name[CREDENTIAL_KEY_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		bool is = credential_key_name(cases[i].text, name);

		if (is != (cases[i].name != NULL))
			print_error("%s\n", cases[i].text);
		assert_int_equal(is, cases[i].name != NULL);
		if (is)
			assert_string_equal(name, cases[i].name);
	}
}

/* Distrusted: a doubt, and said; never "valid", never "forged". */
static void
test_what_is_distrusted_proves_nothing(void **state)
{
	static const struct {
		const char *list, *name;
		size_t keys;
	} cases[] = {
		{ "german", "XA", 3 }, { "dutch_signed", "XA", 3 },
		{ "swedish", "UyiS0s+tjgo=", 1 }, { "german", "DE", 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_trust *trust = trust_one(cases[i].list);
		struct credential_key key;
		size_t distrusted = 0;

		assert_int_equal(credential_trust_distrust(trust,
		    cases[i].name), cases[i].keys);
		for (size_t k = 0; k < credential_trust_count(trust); k++) {
			credential_trust_describe(trust, k, &key);
			distrusted += key.distrusted;
		}
		assert_int_equal(distrusted, cases[i].keys);
		assert_string_equal(verdict(trust, "V1"), cases[i].keys > 0 ?
		    "unknown-key ok" : "valid ok");
		/* What is false stays so. */
		assert_string_equal(verdict(trust, "N1"), "invalid ok");
		credential_trust_free(trust);
	}
}

static void
test_other_texts_are_no_lists(void **state)
{
	static const char *const texts[] = { "", "AAAA\n{\"certificates\":1}",
		"AAAA\n{\"certificates\":[", "eyJ.e30.AAAA", "eyJ..", "{}",
		"{\"payload\":1}", "{\"payload\":\"AAAA\"}",
		"{\"payload\":\"e30=\"}" };
	enum err_kind kind;
	size_t added;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		assert_int_equal(add_list(texts[i], NULL, &added, &kind), -1);
		assert_int_equal(kind, ERR_INPUT);
		assert_int_equal(added, 0);
	}
}

static int
load(void **state)
{
	(void)state;
	lists = json_load_file(test_path("SRCDIR",
	    "tests/credentials/lists-made.json"), 0, NULL);
	vectors = json_load_file(test_path("SRCDIR",
	    "tests/credentials/dcc-vectors.json"), 0, NULL);
	return lists != NULL && vectors != NULL ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	json_decref(lists);
	json_decref(vectors);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_are_read),
		cmocka_unit_test(test_a_list_must_be_signed_where_that_is_asked_for),
		cmocka_unit_test(test_a_cms_signature_must_fit),
		cmocka_unit_test(test_keys_are_named),
		cmocka_unit_test(test_what_is_distrusted_proves_nothing),
		cmocka_unit_test(test_other_texts_are_no_lists),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
