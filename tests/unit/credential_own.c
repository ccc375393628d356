/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our own signed documents: what is issued is what is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/credential/parts.h"

#define ISSUED 1634258400 /* 2021-10-15T00:40Z */

/* Keys made for this test and used for nothing else. */
static const char ed_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIKlQPQlj7hFGI3VvifhoqrH4c31ckPyHdRDGBupdDWcA\n"
    "-----END PRIVATE KEY-----\n";
static const char ed_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEABwH+YgMHA98Lltxo/qps0RXimk9SpdHpzXopR8cOGFk=\n"
    "-----END PUBLIC KEY-----\n";
static const char ec_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHOcgn1GCdRBHLBmg\n"
    "fDug+wAS2cNL4qtupf+uf9xslGmhRANCAAQy73lsYuV9Vxj4A/VA3Oc7WnBORW6+\n"
    "jqXG8qGL24riaRBFZz1VRV9SnlD6Yu3w5212Q6csx0lcUh1wcW5XS9Og\n"
    "-----END PRIVATE KEY-----\n";
static const char ec_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMu95bGLlfVcY+AP1QNznO1pwTkVu\n"
    "vo6lxvKhi9uK4mkQRWc9VUVfUp5Q+mLt8OdtdkOnLMdJXFIdcHFuV0vToA==\n"
    "-----END PUBLIC KEY-----\n";

static const char declaration[] = "{\"kind\":\"declaration\",\"iss\":\"CA-94\","
    "\"exp\":\"2021-10-18T07:30+07:00\",\"iat\":\"2021-10-15T07:30+07:00\","
    "\"id\":\"094300000123\",\"name\":\"Nguyễn Thị Mẫu\",\"birth\":\"2000-03-15\","
    "\"sex\":\"female\",\"nationality\":\"VNM\","
    "\"address\":\"Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng\","
    "\"phone\":\"0912345678\",\"from\":\"Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng\","
    "\"to\":\"Phường 4, Quận 8, TP. Hồ Chí Minh\","
    "\"departs\":\"2021-10-15T09:00+07:00\",\"purpose\":\"Khám bệnh tại bệnh viện\","
    "\"symptoms\":[],\"contact\":false,\"visited\":[\"Phường 2, TP. Sóc Trăng\",\"Quận 8\"],"
    "\"vehicle\":\"83P1-234.56\",\"vehicle_kind\":\"xe máy\","
    "\"companions\":[{\"name\":\"Trần Văn An\",\"id\":\"094099000456\",\"birth\":\"1999-02\"},"
    "{\"name\":\"Bé Na\"}],\"number\":\"KB-2021-000123\"}";

static struct credential_trust *
trust_keys(void)
{
	struct credential_trust *trust = credential_trust_new();

	assert_int_equal(credential_trust_add(trust, (const void *)ed_public,
	    strlen(ed_public), NULL, NULL), 0);
	assert_int_equal(credential_trust_add(trust, (const void *)ec_public,
	    strlen(ec_public), NULL, NULL), 0);
	return trust;
}

static void
decode(const char *text, const struct credential_trust *trust, int64_t now,
    struct credential *out)
{
	struct credential_context context = { .trust = trust, .has_now = true,
		.now = now };

	credential_decode((const void *)text, strlen(text), &context, out);
}

static void
issue(const char *json, const char *key, char text[CREDENTIAL_TEXT_MAX + 1])
{
	struct err err = { .kind = ERR_NONE };

	if (credential_issue(json, strlen(json), key, ISSUED, text, &err) != 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.kind, ERR_NONE);
}

static void
test_a_declaration_comes_back_whole(void **state)
{
	static const struct {
		const char *name, *value;
	} wanted[] = {
		{ "phone", "0912345678" }, { "iss", "CA-94" },
		{ "from", "Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng" },
		{ "to", "Phường 4, Quận 8, TP. Hồ Chí Minh" },
		{ "departs", "2021-10-15T02:00:00Z" },
		{ "purpose", "Khám bệnh tại bệnh viện" },
		{ "symptoms", "none" }, { "contact", "no" },
		{ "visited", "Phường 2, TP. Sóc Trăng; Quận 8" },
		{ "vehicle", "83P1-234.56" }, { "vehicle_kind", "xe máy" },
		{ "companions_count", "2" },
		{ "companions1", "Trần Văn An, 094099000456, 1999-02" },
		{ "companions2", "Bé Na" }, { "number", "KB-2021-000123" },
		{ "signed_at", "2021-10-15T00:30:00Z" },
		{ "signature_expires", "2021-10-18T00:30:00Z" },
	};
	static const char *const keys[] = { ed_private, ec_private };
	struct credential_trust *trust = trust_keys();
	char text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t k = 0; k < nitems(keys); k++) {
		struct credential c;

		issue(declaration, keys[k], text);
		decode(text, trust, ISSUED, &c);
		assert_int_equal(c.kind, CREDENTIAL_DECLARATION);
		assert_string_equal(c.verification.signature, "valid");
		assert_string_equal(c.verification.time, "valid");
		assert_string_equal(c.verification.schema, "valid");
		assert_string_equal(c.identity, "VNM:PIN:094300000123");
		assert_string_equal(c.name, "Nguyễn Thị Mẫu");
		assert_string_equal(c.birth, "2000-03-15");
		assert_string_equal(c.sex, "female");
		assert_string_equal(c.address, "Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng");
		assert_int_equal(c.nwarnings, 0);
		for (size_t i = 0; i < nitems(wanted); i++) {
			const char *value = credential_field(&c, wanted[i].name);

			assert_non_null(value);
			assert_string_equal(value, wanted[i].value);
		}
	}
	credential_trust_free(trust);
}

/* 758 characters are a code of 77 modules at level L. */
static void
test_a_declaration_fits_a_code(void **state)
{
	char text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	issue(declaration, ed_private, text);
	assert_true(strlen(text) <= 758);
	assert_int_equal(strspn(text,
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), strlen(text));
}

static void
test_every_kind_is_issued(void **state)
{
	static const struct {
		const char *json, *kind, *identity;
	} cases[] = {
		{ "{\"kind\":\"permit\",\"id\":\"365000123\",\"name\":\"A\",\"issuer\":\"U\",\"valid_until\":\"2021-10-31\",\"days\":\"12345\"}", "permit", "VNM:CMND:365000123" },
		{ "{\"kind\":\"permit\",\"id\":\"C1234567\",\"name\":\"A\",\"issuer\":\"U\",\"nationality\":\"UTO\"}", "permit", "UTO:PASSPORT:C1234567" },
		{ "{\"kind\":\"group\",\"vehicle\":\"51B-123.45\",\"people\":[{\"name\":\"A\"}]}", "group", "" },
		{ "{\"kind\":\"green-lane\",\"vehicle\":\"51C-123.45\",\"issuer\":\"S\"}", "green-lane", "" },
		{ "{\"kind\":\"badge\",\"id\":\"CA-1\",\"name\":\"B\"}", "badge", "CHOT:OFFICER:CA-1" },
		{ "{\"kind\":\"slip\",\"record\":\"ST-QL1A/7f3a91c2/123\",\"people\":2}", "slip", "" },
	};
	struct credential_trust *trust = trust_keys();
	char text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;

		issue(cases[i].json, ed_private, text);
		decode(text, trust, ISSUED, &c);
		assert_string_equal(credential_kind_word(c.kind), cases[i].kind);
		assert_string_equal(c.identity, cases[i].identity);
		assert_string_equal(c.verification.signature, "valid");
		assert_string_equal(c.verification.schema, "valid");
	}
	credential_trust_free(trust);
}

/* What unwraps the register's key comes out of one door, and only of a badge
 * that a trusted key has signed. */
static void
test_the_secret_of_a_badge_is_hidden(void **state)
{
	static const char hex[] = "00112233445566778899aabbccddeeff";
	static const char with[] = "{\"kind\":\"badge\",\"id\":\"CA-1\",\"name\":\"B\","
	    "\"secret\":\"00112233445566778899aabbccddeeff\"}";
	static const char without[] = "{\"kind\":\"badge\",\"id\":\"CA-1\",\"name\":\"B\"}";
	struct credential_trust *trust = trust_keys();
	struct credential_context known = { .trust = trust }, unknown = { 0 };
	unsigned char wanted[CREDENTIAL_SECRET_BYTES];
	unsigned char got[CREDENTIAL_SECRET_BYTES] = { 0 };
	char text[CREDENTIAL_TEXT_MAX + 1];
	const unsigned char *bytes = (const unsigned char *)text;
	struct credential c;
	char *json;

	(void)state;
	assert_int_equal(hex_parse(hex, strlen(hex), wanted, sizeof(wanted)),
	    sizeof(wanted));
	issue(with, ed_private, text);
	decode(text, trust, ISSUED, &c);
	assert_int_equal(c.kind, CREDENTIAL_BADGE);
	assert_string_equal(c.verification.schema, "valid");
	assert_string_equal(credential_field(&c, "secret"), "********");
	assert_null(memmem(&c, sizeof(c), wanted, sizeof(wanted)));
	json = credential_json(&c);
	assert_null(strstr(json, "0011"));
	free(json);
	assert_true(credential_badge_secret(bytes, strlen(text), &known, got));
	assert_memory_equal(got, wanted, sizeof(got));
	assert_false(credential_badge_secret(bytes, strlen(text), &unknown,
	    got));
	issue(without, ed_private, text);
	assert_false(credential_badge_secret(bytes, strlen(text), &known, got));
	issue(declaration, ed_private, text);
	assert_false(credential_badge_secret(bytes, strlen(text), &known, got));
	assert_false(credential_badge_secret(bytes, 0, &known, got));
	assert_false(credential_badge_secret((const void *)"CP1:QED8WEX0", 12,
	    &known, got));
	credential_trust_free(trust);
}

static void
test_what_is_refused_to_be_signed(void **state)
{
	static const struct {
		const char *json, *key;
		enum err_kind kind;
		const char *text;
	} cases[] = {
		{ "[]", ed_private, ERR_INPUT, "not a JSON object" },
		{ "{\"kind\":\"slip\",\"record\":\"x\"", ed_private, ERR_INPUT, "not a JSON object" },
		{ "{\"kind\":\"dcc\"}", ed_private, ERR_INPUT, "no kind of document that can be issued" },
		{ "{\"kind\":\"slip\"}", ed_private, ERR_INPUT, "the field \"record\" is missing" },
		{ "{\"kind\":\"slip\",\"record\":\"x\",\"names\":1}", ed_private, ERR_INPUT, "a slip has no field \"names\"" },
		{ "{\"kind\":\"slip\",\"record\":\"x\",\"people\":-1}", ed_private, ERR_INPUT, "the field \"people\" has a wrong value" },
		{ "{\"kind\":\"badge\",\"id\":\"1\",\"name\":\"B\",\"secret\":\"0011\"}", ed_private, ERR_INPUT, "the field \"secret\" has a wrong value" },
		{ "{\"kind\":\"badge\",\"id\":\"1\",\"name\":\"B\",\"secret\":7}", ed_private, ERR_INPUT, "the field \"secret\" has a wrong value" },
		{ "{\"kind\":\"slip\",\"record\":7}", ed_private, ERR_INPUT, "the field \"record\" has a wrong value" },
		{ "{\"kind\":\"slip\",\"record\":\"x\",\"exp\":\"soon\"}", ed_private, ERR_INPUT, "iss, iat or exp has a wrong value" },
		{ "{\"kind\":\"permit\",\"id\":\"1\",\"name\":\"A\",\"issuer\":\"U\",\"birth\":\"2000-02-30\"}", ed_private, ERR_INPUT, "the field \"birth\" has a wrong value" },
		{ "{\"kind\":\"group\",\"vehicle\":\"x\",\"people\":[{\"id\":\"1\"}]}", ed_private, ERR_INPUT, "the field \"people\" has a wrong value" },
		{ "{\"kind\":\"slip\",\"record\":\"x\"}", ed_public, ERR_SETUP, "the key is no private key in PEM, P-256 or Ed25519" },
	};
	char text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { .kind = ERR_NONE };

		assert_int_equal(credential_issue(cases[i].json,
		    strlen(cases[i].json), cases[i].key, ISSUED, text, &err),
		    -1);
		assert_int_equal(err.kind, cases[i].kind);
		assert_string_equal(err.text, cases[i].text);
	}
}

static void
test_doubt_is_said(void **state)
{
	static const char other[] = "{\"kind\":\"slip\",\"record\":\"x\",\"exp\":1634260000}";
	struct credential_trust *trust = trust_keys();
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct credential c;

	(void)state;
	issue(other, ed_private, text);
	decode(text, NULL, ISSUED, &c);
	assert_string_equal(c.verification.signature, "unknown-key");
	decode(text, trust, 1634260001, &c);
	assert_string_equal(c.verification.time, "expired");
	decode(text, trust, ISSUED - 1, &c);
	assert_string_equal(c.verification.time, "not-yet");
	decode("CP1:QED8WEX0", trust, ISSUED, &c);
	assert_int_equal(c.kind, CREDENTIAL_ERROR);
	assert_false(c.verification.readable);
	credential_trust_free(trust);
}

/* A key of ours proves no vaccination, and the reverse. */
static void
test_keys_prove_only_their_own_kind(void **state)
{
	struct credential_trust *trust = trust_keys();
	struct credential_context context = { .trust = trust };
	unsigned char packed[CREDENTIAL_TEXT_MAX], plain[4000];
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct credential c = { .kind = CREDENTIAL_DCC };
	struct tree *tree = tree_new();
	struct cose cose;
	ssize_t n;

	(void)state;
	issue(declaration, ed_private, text);
	n = base45_decode(text + 4, strlen(text + 4), packed, sizeof(packed));
	n = inflate_bytes(INFLATE_ZLIB, packed, (size_t)n, plain, sizeof(plain));
	assert_true(cose_read(cbor_parse(tree, plain, (size_t)n), tree, &cose));
	cose_verify(&cose, &context, ORIGIN_PUBLIC_KEY, 0, &c);
	assert_string_equal(c.verification.signature, "valid");
	cose_verify(&cose, &context, ORIGIN_CERTIFICATE, 0, &c);
	assert_string_equal(c.verification.signature, "unknown-key");
	tree_free(tree);
	credential_trust_free(trust);
}

static void
test_key_files(void **state)
{
	static const struct {
		const char *bytes;
		int result;
		size_t added, skipped;
	} cases[] = {
		{ ed_public, 0, 1, 0 },
		{ ed_private, -1, 0, 0 },
		{ "", -1, 0, 0 },
		{ "hello", -1, 0, 1 },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", -1, 0, 1 },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n", -1, 0, 1 },
		{ "{\"keys\":[{\"kty\":\"RSA\"}]}", -1, 0, 1 },
		{ "{\"keys\":{}}", -1, 0, 0 },
		{ "{}", -1, 0, 0 },
		{ "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}", -1, 0, 1 }, /* not on the curve */
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_trust *trust = credential_trust_new();
		struct credential_trust_report report = { 0 };

		assert_int_equal(credential_trust_add(trust,
		    (const void *)cases[i].bytes, strlen(cases[i].bytes),
		    &report, NULL), cases[i].result);
		assert_int_equal(report.added, cases[i].added);
		assert_int_equal(report.skipped, cases[i].skipped);
		assert_int_equal(credential_trust_count(trust), cases[i].added);
		credential_trust_free(trust);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_declaration_comes_back_whole),
		cmocka_unit_test(test_a_declaration_fits_a_code),
		cmocka_unit_test(test_every_kind_is_issued),
		cmocka_unit_test(test_the_secret_of_a_badge_is_hidden),
		cmocka_unit_test(test_what_is_refused_to_be_signed),
		cmocka_unit_test(test_doubt_is_said),
		cmocka_unit_test(test_keys_prove_only_their_own_kind),
		cmocka_unit_test(test_key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
