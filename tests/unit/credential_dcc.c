/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Health certificates: every official sample gives the flags its makers
 * expect, and every way of breaking one is told.
 */
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

#define TEST_CLOCK 1633046400 /* 2021-10-01T00:00Z, chapter 13 */

static json_t *vectors;

static char *
source_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/tests/credentials/%s",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".", name);
	return path;
}

static const char *
text_of(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static struct credential_trust *
trust_one(const char *certificate)
{
	struct credential_trust *trust = credential_trust_new();

	credential_trust_add(trust, (const void *)certificate,
	    strlen(certificate), NULL, NULL);
	return trust;
}

static struct credential_trust *
trust_vectors(void)
{
	struct credential_trust *trust = credential_trust_new();
	const char *name;
	json_t *cert;

	json_object_foreach(json_object_get(vectors, "certs"), name, cert) {
		const char *der = text_of(cert, "der_b64");

		assert_int_equal(credential_trust_add(trust, (const void *)der,
		    strlen(der), NULL, NULL), 0);
	}
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

/* ---- the official samples ----------------------------------------------------------- */

static int64_t
clock_of(const char *text)
{
	char plain[32];
	const char *zone = text + 19;
	int64_t at;

	zone += strcspn(zone, "Z+-"); /* drop the fraction */
	snprintf(plain, sizeof(plain), "%.19s%s", text, zone);
	assert_int_equal(time_parse(plain, 0, &at), 0);
	return at;
}

static bool
flag(const struct credential *c, const char *name)
{
	const struct credential_verification *v = &c->verification;

	if (strcmp(name, "EXPECTEDVERIFY") == 0)
		return strcmp(v->signature, "valid") == 0;
	if (strcmp(name, "EXPECTEDSCHEMAVALIDATION") == 0)
		return strcmp(v->schema, "valid") == 0;
	if (strcmp(name, "EXPECTEDKEYUSAGE") == 0)
		return strcmp(v->key_usage, "ok") == 0;
	if (strcmp(name, "EXPECTEDEXPIRATIONCHECK") == 0)
		return strcmp(v->time, "valid") == 0;
	if (strcmp(name, "EXPECTEDUNPREFIX") == 0)
		return c->kind != CREDENTIAL_OPAQUE;
	return v->readable; /* every step of unpacking */
}

static int
check_sample(const char *line)
{
	json_t *sample = json_loads(line, 0, NULL);
	struct credential_trust *trust;
	struct credential c;
	const char *name;
	json_t *wanted;
	int flags = 0;

	assert_non_null(sample);
	trust = trust_one(text_of(sample, "certificate"));
	decode(text_of(sample, "text"), trust,
	    clock_of(text_of(sample, "clock")), &c);
	json_object_foreach(json_object_get(sample, "expected"), name, wanted) {
		if (strcmp(name, "EXPECTEDPICTUREDECODE") == 0 ||
		    strcmp(name, "EXPECTEDENCODE") == 0)
			continue;
		if (flag(&c, name) != json_is_true(wanted))
			print_error("%s: %s\n", text_of(sample, "name"), name);
		assert_int_equal(flag(&c, name), json_is_true(wanted));
		flags++;
	}
	credential_trust_free(trust);
	json_decref(sample);
	return flags;
}

static void
test_official_samples_give_the_expected_flags(void **state)
{
	static char line[20000];
	FILE *in = fopen(source_path("dcc-samples.jsonl"), "r");
	int flags = 0, samples = 0;

	(void)state;
	assert_non_null(in);
	for (; fgets(line, sizeof(line), in) != NULL; samples++)
		flags += check_sample(line);
	fclose(in);
	assert_int_equal(samples, 60);
	assert_true(flags > 300);
}

/* ---- the vectors of this project ------------------------------------------------------ */

static void
test_vectors(void **state)
{
	static const struct {
		const char *name;
		int64_t now;
		const char *signature, *time, *key_usage;
	} cases[] = {
		{ "V1", TEST_CLOCK, "valid", "valid", "ok" },
		{ "V2", TEST_CLOCK, "valid", "valid", "ok" },
		{ "V3", 1633060000, "valid", "valid", "ok" },
		{ "V4", TEST_CLOCK, "valid", "valid", "ok" },
		{ "V5", TEST_CLOCK, "valid", "valid", "ok" },
		{ "V6", TEST_CLOCK, "valid", "valid", "ok" },
		{ "V7", TEST_CLOCK, "valid", "valid", "ok" },
		{ "N1", TEST_CLOCK, "invalid", "valid", "ok" },
		{ "N2", TEST_CLOCK, "valid", "valid", "wrong" },
		{ "V1", 1632700799, "valid", "not-yet", "ok" },
		{ "V1", 1632700800, "valid", "valid", "ok" },
		{ "V1", 1664236800, "valid", "valid", "ok" },
		{ "V1", 1664236801, "valid", "expired", "ok" },
	};
	struct credential_trust *trust = trust_vectors();

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;
		const char *name;
		json_t *text;

		json_object_foreach(json_object_get(vectors, "hc1"), name, text)
			if (strncmp(name, cases[i].name, 2) == 0)
				decode(json_string_value(text), trust,
				    cases[i].now, &c);
		assert_int_equal(c.kind, CREDENTIAL_DCC);
		assert_true(c.verification.readable);
		assert_string_equal(c.verification.signature, cases[i].signature);
		assert_string_equal(c.verification.time, cases[i].time);
		assert_string_equal(c.verification.schema, "valid");
		assert_string_equal(c.verification.key_usage, cases[i].key_usage);
	}
	credential_trust_free(trust);
}

static const char *
vector_text(const char *start)
{
	const char *name;
	json_t *text;

	json_object_foreach(json_object_get(vectors, "hc1"), name, text)
		if (strncmp(name, start, strlen(start)) == 0)
			return json_string_value(text);
	return NULL;
}

static void
test_fields_of_a_vaccination(void **state)
{
	static const struct {
		const char *name, *value;
	} wanted[] = {
		{ "dcc_kind", "vaccination" }, { "iss", "VN" },
		{ "tg", "840539006" }, { "vp", "1119349007" },
		{ "mp", "EU/1/20/1528" }, { "ma", "ORG-100030215" },
		{ "dn", "2" }, { "sd", "2" }, { "dt", "2021-09-10" },
		{ "co", "VN" }, { "is", "Test Issuer" },
		{ "ci", "URN:UVCI:01:XA:TEST0001#K" },
		{ "product", "Comirnaty" }, { "manufacturer", "BioNTech" },
		{ "name_latin", "NGUYEN THI MAU" }, { "key_country", "XA" },
		{ "signature_expires", "2022-09-27T00:00:00Z" },
	};
	struct credential_trust *trust = trust_vectors();
	struct credential c, card;
	static const char shown[] =
	    "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021";

	(void)state;
	decode(vector_text("V2"), trust, TEST_CLOCK, &c);
	assert_string_equal(c.name, "Nguyễn Thị Mẫu");
	assert_string_equal(c.birth, "2000-03-15");
	for (size_t i = 0; i < nitems(wanted); i++) {
		const char *value = credential_field(&c, wanted[i].name);

		assert_non_null(value);
		assert_string_equal(value, wanted[i].value);
	}
	decode(shown, NULL, TEST_CLOCK, &card);
	assert_int_equal(credential_compare(&card, &c), MATCH_SAME);
	credential_trust_free(trust);
}

/* Without the clock, the time is a doubt; without the key, the signature. */
static void
test_what_is_not_known_is_said(void **state)
{
	struct credential c;
	const char *text = vector_text("V1");

	(void)state;
	credential_decode((const void *)text, strlen(text), NULL, &c);
	assert_int_equal(c.kind, CREDENTIAL_DCC);
	assert_string_equal(c.verification.signature, "unknown-key");
	assert_string_equal(c.verification.time, "unknown");
}

/* The key ended in 2031: what it signed is still its own, but a doubt. */
static void
test_an_expired_key_is_a_warning(void **state)
{
	struct credential_trust *trust = trust_vectors();
	struct credential c;

	(void)state;
	decode(vector_text("V1"), trust, 1956528001, &c);
	assert_string_equal(c.verification.signature, "valid");
	assert_int_equal(c.nwarnings, 1);
	assert_string_equal(c.warnings[0], "key-expired");
	credential_trust_free(trust);
}

/* ---- broken ones -------------------------------------------------------------------------- */

/* "HC1:" and whatever the bytes are, compressed. */
static const char *
pack(const void *bytes, size_t n)
{
	static char text[8000] = "HC1:";
	unsigned char packed[4000];
	ssize_t len = deflate_bytes(bytes, n, packed, sizeof(packed));

	assert_true(len > 0);
	base45_encode(packed, (size_t)len, text + 4);
	return text;
}

static size_t
raw_vector(const char *start, unsigned char *out, size_t capacity)
{
	const char *name;
	json_t *hex;
	ssize_t n = -1;

	json_object_foreach(json_object_get(vectors, "raw"), name, hex)
		if (strncmp(name, start, strlen(start)) == 0)
			n = hex_parse(json_string_value(hex),
			    json_string_length(hex), out, capacity);
	assert_true(n > 0);
	return (size_t)n;
}

static void
test_unreadable_texts(void **state)
{
	static const struct {
		const char *text, *kind, *error;
	} cases[] = {
		{ "HC1:", "error", "the certificate is not compressed" },
		{ "HC1:A", "error", "the certificate is not base45" },
		{ "HC1:abc", "error", "the certificate is not base45" },
		{ "HC1::::", "error", "the certificate is not base45" },
		{ "HC1:QED8WEX0", "error", "the certificate is not compressed" },
		{ "HC1:NCFOXN%TS3DH", "error", "the certificate cannot be decompressed" },
		{ "HC2:NCFOXN%TS3DH", "error", "the certificate is of a later version" },
		{ "HCZ:NCFOXN%TS3DH", "error", "the certificate is of a later version" },
		{ "HL0:NCFOXN%TS3DH", "opaque", "" },
		{ "NCFOXN%TS3DH", "opaque", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;

		decode(cases[i].text, NULL, TEST_CLOCK, &c);
		assert_string_equal(credential_kind_word(c.kind), cases[i].kind);
		assert_string_equal(c.error, cases[i].error);
		assert_false(c.verification.readable);
		assert_string_not_equal(c.verification.signature, "valid");
	}
}

static void
test_wrong_contents(void **state)
{
	static const struct {
		const char *hex, *error;
	} cases[] = {
		{ "a1", "the certificate is not CBOR" },
		{ "0000", "the certificate is not CBOR" },
		{ "d283404040", "the certificate is not a signed message" },
		{ "d28440a04040", "the certificate has no claims" },
		{ "d28440a041a040", "the certificate holds no health data" },
		{ "d28440a04101" "40", "the certificate has no claims" },
		{ "d2844100a041a040", "the certificate is not a signed message" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char bytes[64];
		ssize_t n = hex_parse(cases[i].hex, strlen(cases[i].hex),
		    bytes, sizeof(bytes));
		struct credential c;

		assert_true(n > 0);
		decode(pack(bytes, (size_t)n), NULL, TEST_CLOCK, &c);
		assert_string_equal(c.error, cases[i].error);
	}
}

/* One bit anywhere in a signed message makes it something else. */
static void
test_every_changed_byte_is_noticed(void **state)
{
	struct credential_trust *trust = trust_vectors();
	unsigned char raw[1000];
	size_t n = raw_vector("V1", raw, sizeof(raw));

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct credential c;

		raw[i] ^= 1;
		decode(pack(raw, n), trust, TEST_CLOCK, &c);
		/* The tag is no part of what is signed. */
		if (i > 0)
			assert_string_not_equal(c.verification.signature, "valid");
		raw[i] ^= 1;
	}
	credential_trust_free(trust);
}

/* ES256 named over an RSA key, and the reverse: never tried. */
static void
test_the_header_does_not_choose_the_algorithm(void **state)
{
	struct credential_trust *trust = trust_vectors();
	unsigned char raw[1000];
	size_t n = raw_vector("V1", raw, sizeof(raw));
	struct credential c;

	(void)state;
	assert_int_equal(raw[5], 0x26); /* -7 */
	raw[5] = 0x27; /* EdDSA */
	decode(pack(raw, n), trust, TEST_CLOCK, &c);
	assert_string_equal(c.verification.signature, "invalid");
	raw[5] = 0x04; /* none of ours */
	decode(pack(raw, n), trust, TEST_CLOCK, &c);
	assert_string_equal(c.verification.signature, "unsupported");
	credential_trust_free(trust);
}

static void
test_a_bomb_is_refused(void **state)
{
	unsigned char *zeros = calloc(1, 70000);
	unsigned char packed[200];
	char text[400] = "HC1:";
	struct credential c;
	ssize_t n;

	(void)state;
	assert_non_null(zeros);
	n = deflate_bytes(zeros, 70000, packed, sizeof(packed));
	assert_true(n > 0);
	base45_encode(packed, (size_t)n, text + 4);
	decode(text, NULL, TEST_CLOCK, &c);
	assert_string_equal(c.error, "the certificate cannot be decompressed");
	free(zeros);
}

static int
load(void **state)
{
	(void)state;
	vectors = json_load_file(source_path("dcc-vectors.json"), 0, NULL);
	return vectors != NULL ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_official_samples_give_the_expected_flags),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_fields_of_a_vaccination),
		cmocka_unit_test(test_what_is_not_known_is_said),
		cmocka_unit_test(test_an_expired_key_is_a_warning),
		cmocka_unit_test(test_unreadable_texts),
		cmocka_unit_test(test_wrong_contents),
		cmocka_unit_test(test_every_changed_byte_is_noticed),
		cmocka_unit_test(test_the_header_does_not_choose_the_algorithm),
		cmocka_unit_test(test_a_bomb_is_refused),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
