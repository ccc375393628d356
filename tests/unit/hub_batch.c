/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What posts send is taken as it is meant, or not at all. */
#include "test.h"

#include <dirent.h>
#include <sodium.h>
#include <unistd.h>

#include "../../src/hub/parts.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD "{\"version\":1,\"station\":\"ST-1\",\"epoch\":\"0000000a\","
#define PREVIOUS "\"previous\":{\"seq\":0,\"hash\":\"" ZEROS "\"},"
#define RECORD "{\"seq\":1,\"at\":-5,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS \
	"\",\"key\":\"0123456789abcdef\",\"schema\":1,\"sealed\":\"QUJD\"}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 0, or the status that it is refused with. */
static unsigned
judge(const char *text)
{
	struct refusal why = { 0 };
	struct batch batch;
	unsigned status = 0;

	if (batch_read(&batch, text, strlen(text), &why) < 0 ||
	    batch_check(&batch, &why) < 0)
		status = why.status;
	batch_free(&batch);
	return status;
}

static void
test_only_whole_batches_are_taken(void **state)
{
	static const struct {
		const char *text;
		unsigned want;
	} cases[] = {
		{ HEAD PREVIOUS "\"records\":[]}", 0 },
		{ HEAD PREVIOUS "\"records\":[" RECORD "]}", 0 },
		{ " " HEAD PREVIOUS "\"later\":{\"a\":[1,null,\"\\\"\"]},"
		    "\"records\":[ ] } \n", 0 },
		{ HEAD PREVIOUS "\"from\":3,\"records\":[]}", 0 },
		{ HEAD PREVIOUS "\"from\":0,\"records\":[]}", 400 },
		{ HEAD PREVIOUS "\"records\":[]}x", 400 },
		{ HEAD PREVIOUS "\"records\":[]", 400 },
		{ HEAD PREVIOUS "\"records\":[],}", 400 },
		{ HEAD PREVIOUS "\"records\":[" RECORD ",]}", 400 },
		{ HEAD PREVIOUS "\"records\":[" RECORD RECORD "]}", 400 },
		{ HEAD PREVIOUS "\"records\":[" RECORD "," RECORD "]}", 422 },
		{ HEAD PREVIOUS "\"records\":[],\"records\":[]}", 400 },
		{ HEAD "\"records\":[]}", 400 },
		{ HEAD PREVIOUS "\"records\":{}}", 400 },
		{ HEAD PREVIOUS "\"records\":[7]}", 400 },
		{ HEAD PREVIOUS "\"x\":1.5e3,\"records\":[]}", 0 },
		{ HEAD "\"previous\":{\"seq\":-1,\"hash\":\"" ZEROS "\"},"
		    "\"records\":[]}", 400 },
		{ HEAD "\"previous\":{\"seq\":1.0,\"hash\":\"" ZEROS "\"},"
		    "\"records\":[]}", 400 },
		{ HEAD "\"previous\":{\"seq\":9223372036854775808,\"hash\":\""
		    ZEROS "\"},\"records\":[]}", 400 },
		{ HEAD "\"previous\":{\"seq\":0},\"records\":[]}", 400 },
		{ "{\"version\":1,\"station\":\"a b\",\"epoch\":\"0000000a\","
		    PREVIOUS "\"records\":[]}", 400 },
		{ "{\"version\":1,\"station\":\"\\u0041\",\"epoch\":"
		    "\"0000000a\"," PREVIOUS "\"records\":[]}", 400 },
		{ "{\"version\":1,\"station\":\"A\",\"epoch\":\"0000000A\","
		    PREVIOUS "\"records\":[]}", 400 },
		{ "[]", 400 },
		{ "", 400 },
		{ "{", 400 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (judge(cases[i].text) != cases[i].want)
			fail_msg("case %zu: %u", i, judge(cases[i].text));
}

static void
test_every_byte_that_is_missing_is_missed(void **state)
{
	static const char text[] = HEAD PREVIOUS "\"records\":[" RECORD "]}";

	(void)state;
	for (size_t n = 0; n + 1 < sizeof(text); n++) {
		char *cut = strndup(text, n);

		if (judge(cut) != 400)
			fail_msg("cut at %zu: %u", n, judge(cut));
		free(cut);
	}
}

static void
test_deep_nesting_is_refused(void **state)
{
	char text[400] = HEAD "\"x\":";

	(void)state;
	memset(text + strlen(text), '[', 200);
	assert_int_equal(judge(text), 400);
}

static void
test_base64(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} cases[] = {
		{ "", "" }, { "QQ==", "A" }, { "QUI=", "AB" }, { "QUJD", "ABC" },
		{ "QUJDRA==", "ABCD" }, { "QR==", NULL }, { "QUJ=", NULL },
		{ "QQ=", NULL }, { "QQ", NULL }, { "Q===", NULL },
		{ "====", NULL }, { "QQ==QQ==", NULL }, { "QU D", NULL },
		{ "QUJ\n", NULL }, { "QUJDRA=A", NULL }, { "-_-_", NULL },
	};
	unsigned char out[16];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct slice slice = { cases[i].text, strlen(cases[i].text) };
		ssize_t n = base64_read(slice, out, sizeof(out));

		if (cases[i].want == NULL)
			assert_int_equal(n, -1);
		else
			assert_int_equal(n, strlen(cases[i].want));
		if (n > 0)
			assert_memory_equal(out, cases[i].want, (size_t)n);
	}
}

static void
test_subjects(void **state)
{
	static const struct {
		const char *subject, *want; /* NULL: no station */
		int generation;
	} cases[] = {
		{ "serialNumber=3,CN=ST-1", "ST-1", 3 },
		{ "CN=ST-1,SERIALNUMBER=012", "ST-1", 12 },
		{ "CN=ST-1,serialNumber=", NULL, 0 },
		{ "CN=ST-1,serialNumber=-1", NULL, 0 },
		{ "CN=ST-1,serialNumber=1,serialNumber=2", NULL, 0 },
		{ "CN=ST-1,serialNumber=1234567890", NULL, 0 },
		{ "CN=ST-1", "ST-1", 0 }, { "CN=ST-1,O=Chot,C=VN", "ST-1", 0 },
		{ "O=Chot, CN=ST-1", "ST-1", 0 }, { "O=a+cn=ST-1", "ST-1", 0 },
		{ "O=a\\,b,CN=ST-1", "ST-1", 0 }, { "O=a\\,CN=ST-1", NULL, 0 },
		{ "CN=ST-1,CN=ST-1", NULL, 0 }, { "CN=ST-1+CN=ST-2", NULL, 0 },
		{ "CN=", NULL, 0 }, { "CN=ST 1", NULL, 0 }, { "CN=ST\\-1", NULL, 0 },
		{ "O=\"a,CN=ST-1\"", NULL, 0 }, { "/O=a/CN=ST-1", NULL, 0 },
		{ "", NULL, 0 }, { ",", NULL, 0 }, { "CN=ST-1\\", NULL, 0 },
		{ "OCN=ST-1", NULL, 0 }, { "CN=#0c", NULL, 0 },
	};
	struct peer peer;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		bool found = subject_peer(cases[i].subject, &peer);

		if (found != (cases[i].want != NULL))
			fail_msg("%s", cases[i].subject);
		if (found)
			assert_string_equal(peer.station, cases[i].want);
		if (found)
			assert_int_equal(peer.generation, cases[i].generation);
	}
}

static void
test_programs_are_compared_by_numbers(void **state)
{
	(void)state;
	assert_int_equal(program_compare("0.1.0", "0.1"), 0);
	assert_true(program_compare("0.9", "0.10") < 0);
	assert_true(program_compare("1.0", "0.99.99") > 0);
	assert_true(program_compare("", "0.1") < 0);
	assert_int_equal(program_compare("", "0"), 0);
	assert_true(program_compare("words", "0.1") < 0);
}

/* ---- opening and signing ----------------------------------------------------------- */

static char dir[] = "/tmp/chot-hub-unit.XXXXXX";
static char path[3][64];

static int
make_keys(void **state)
{
	struct err err;

	(void)state;
	if (sodium_init() < 0 || mkdtemp(dir) == NULL)
		return -1;
	snprintf(path[0], 64, "%s/a.pub", dir);
	snprintf(path[1], 64, "%s/a.key", dir);
	snprintf(path[2], 64, "%s-sign", dir); /* no seal key: not in there */
	return seal_key_make(path[0], path[1], &err) < 0 ||
	    hub_sign_key_make(path[2], &err) < 0 ? -1 : 0;
}

static int
drop_keys(void **state)
{
	char file[96];

	(void)state;
	unlink(path[0]);
	unlink(path[1]);
	snprintf(file, sizeof(file), "%s.pub", path[2]);
	unlink(file);
	snprintf(file, sizeof(file), "%s.key", path[2]);
	unlink(file);
	return rmdir(dir);
}

static struct keys *
load(bool sign)
{
	struct keys *keys;
	struct err err = { 0 };
	char file[96];

	snprintf(file, sizeof(file), "%s.key", path[2]);
	keys = keys_load(dir, sign ? file : NULL, &err);
	if (keys == NULL)
		fail_msg("%s", err.text);
	return keys;
}

static const char *
open_body(const char *body, size_t len, const char *key_id, int schema)
{
	struct outbox_secret secret;
	struct envelope envelope = { .item = { .schema = schema } };
	unsigned char sealed[256];
	struct batch batch = { .count = 1 };
	struct keys *keys = load(false);
	const char *reason;

	assert_int_equal(outbox_secret_load(path[1], &secret, NULL), 0);
	crypto_box_seal(sealed, (const void *)body, len, secret.public);
	snprintf(envelope.key_id, KEY_ID_BYTES, "%s",
	    key_id != NULL ? key_id : secret.id);
	batch.envelopes = calloc(1, sizeof(envelope));
	*batch.envelopes = envelope;
	batch.envelopes->item.sealed = sealed;
	batch.envelopes->item.sealed_len = len + crypto_box_SEALBYTES;
	keys_open(keys, &batch);
	reason = batch.envelopes->reason;
	if (reason == NULL)
		assert_memory_equal(batch.envelopes->body, body, len);
	batch_free(&batch);
	keys_free(keys);
	return reason;
}

static void
test_what_cannot_be_read_has_a_reason(void **state)
{
	(void)state;
	assert_null(open_body("{}", 2, NULL, 1));
	assert_null(open_body("{}   ", 5, NULL, 1));
	assert_string_equal(open_body("{}", 2, "0123456789abcdef", 1), "key");
	assert_string_equal(open_body("{}", 2, NULL, 2), "schema");
	assert_string_equal(open_body("{\0}", 3, NULL, 1), "body");
	assert_string_equal(open_body("{\xff}", 3, NULL, 1), "body");
}

static void
test_a_signed_head_can_be_verified(void **state)
{
	static const unsigned char head[] = "chot-head-1\0\0\4ST-1"
	    "\0\0\0\x0a\0\0\0\0\0\0\0\x03";
	unsigned char said[sizeof(head) - 1 + 40], signature[64], public[32];
	unsigned char hash[OUTBOX_HASH_BYTES] = { 7 };
	struct keys *keys = load(true);
	struct text out = { 0 };
	char *value, file[96], word[32], hex[65];
	FILE *pub;

	(void)state;
	keys_sign(keys, "ST-1", 10, 3, hash, 1, &out);
	value = strstr(out.bytes, "\"value\":\"");
	assert_non_null(value);
	assert_int_equal(hex_parse(value + 9, 128, signature, 64), 64);
	snprintf(file, sizeof(file), "%s.pub", path[2]);
	pub = fopen(file, "r");
	assert_int_equal(fscanf(pub, "%31s %64s", word, hex), 2);
	fclose(pub);
	assert_int_equal(hex_parse(hex, 64, public, 32), 32);
	memcpy(said, head, sizeof(head) - 1);
	memcpy(said + sizeof(head) - 1, hash, 32);
	memcpy(said + sizeof(head) + 31, "\0\0\0\0\0\0\0\1", 8);
	assert_int_equal(crypto_sign_verify_detached(signature, said,
	    sizeof(said), public), 0);
	text_free(&out);
	keys_free(keys);
}

static void
test_a_bomb_is_refused(void **state)
{
	static const char bytes[] = "\x78\x9c\x4b\x04\x00\x00\x62\x00\x62"; /* a */
	struct err err;
	size_t len;
	char *out = inflate_body(bytes, sizeof(bytes) - 1, 1, &len, &err);

	(void)state;
	assert_int_equal(len, 1);
	assert_string_equal(out, "a");
	free(out);
	assert_null(inflate_body(bytes, 5, 10, &len, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(inflate_body(bytes, sizeof(bytes), 10, &len, &err));
	assert_null(inflate_body(bytes, sizeof(bytes) - 1, 0, &len, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void
test_corpus(void **state)
{
	const char *corpus = test_path("SRCDIR", "tests/fuzz/corpus/hub-batch");
	DIR *list = opendir(corpus);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(list);
	while ((entry = readdir(list)) != NULL) {
		char file[4600];
		size_t len;
		char *bytes;

		snprintf(file, sizeof(file), "%s/%s", test_path("SRCDIR",
		    "tests/fuzz/corpus/hub-batch"), entry->d_name);
		bytes = entry->d_name[0] == '.' ? NULL :
		    file_read(file, 1u << 20, &len, NULL);
		if (bytes == NULL)
			continue;
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
		free(bytes);
		count++;
	}
	closedir(list);
	assert_true(count > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_whole_batches_are_taken),
		cmocka_unit_test(test_every_byte_that_is_missing_is_missed),
		cmocka_unit_test(test_deep_nesting_is_refused),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_programs_are_compared_by_numbers),
		cmocka_unit_test(test_what_cannot_be_read_has_a_reason),
		cmocka_unit_test(test_a_signed_head_can_be_verified),
		cmocka_unit_test(test_a_bomb_is_refused),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
