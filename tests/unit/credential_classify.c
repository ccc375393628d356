/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scan is, who it names, and what is doubtful about it: one row a
 * case. "Today" is 2021-10-15.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "credential.h"
#include "values.h"

#define TODAY 1634230800 /* 2021-10-15T00:00+07:00 */
#define CARD "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Sóc Trăng|10052021"
#define NO_CHARSET "Scanner's character set is wrong: print test page"

struct example {
	const char *text, *kind, *identity, *name, *birth, *sex;
	const char *notes; /* the error, or the warnings with a space behind */
};

static const struct example cards[] = {
	{ CARD, "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	{ CARD "||||", "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	{ CARD "|||||||||", "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	{ CARD "||||||||||", "error", "", "", "", "", "the card has not 7 to 16 fields" },
	{ "\xef\xbb\xbf" CARD "\r\n", "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	{ "]Q1" CARD "\t", "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	/* The older card number is not everybody's. */
	{ "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021", "cccd", "VNM:PIN:094300000123", "Nguyễn Thị Mẫu", "2000-03-15", "female", "" },
	{ "094300000123|12345678|A|15032000|Nữ|X|10052021", "error", "", "", "", "", "the old number on the card is not 9 or 12 digits" },
	/* Decomposed letters come out composed. */
	{ "094300000123||Nguye\xcc\x82\xcc\x83n|15032000|N\x75\xcc\x9b\xcc\x83|X|10052021", "cccd", "VNM:PIN:094300000123", "Nguyễn", "2000-03-15", "female", "" },
	{ "001098012345||A|15081998|NAM|X|25052021", "cccd", "VNM:PIN:001098012345", "A", "1998-08-15", "male", "" },
	/* Unknown day and month. */
	{ "001098012345||A|00001998|Nam|X|25052021", "cccd", "VNM:PIN:001098012345", "A", "1998", "male", "" },
	{ "001098012345||A|00081998|Nam|X|25052021", "cccd", "VNM:PIN:001098012345", "A", "1998-08", "male", "" },
	/* Civil status may have been corrected: doubt, no refusal. */
	{ "001098012345||A|15081997|Nữ|X|25052021", "cccd", "VNM:PIN:001098012345", "A", "1997-08-15", "female", "birth-mismatch sex-mismatch " },
	{ "003098012345||A|15081998|Nam|X|25052021", "cccd", "VNM:PIN:003098012345", "A", "1998-08-15", "male", "province-unknown " },
	{ "111098012345||A|15081998|Nam|X|25052021", "cccd", "VNM:PIN:111098012345", "A", "1998-08-15", "male", "" },
	{ "001098012345||A|15081998|Nam|X|25052031", "cccd", "VNM:PIN:001098012345", "A", "1998-08-15", "male", "issued-future " },
	{ "001098012345||A|15081998|Nam|X|25051990", "cccd", "VNM:PIN:001098012345", "A", "1998-08-15", "male", "issued-before-birth " },
	/* Broken ones are refused with a word. */
	{ "001098012345|A|15081998|Nam|X|25052021", "error", "", "", "", "", "the card has not 7 to 16 fields" },
	{ "001098012345||A|31021998|Nam|X|25052021", "error", "", "", "", "", "the birth date on the card is not a date" },
	{ "001098012345||A|01/01/1990|Nam|X|25052021", "error", "", "", "", "", "the birth date on the card is not a date" },
	{ "001098012345||A|15081998|Nam|X|", "error", "", "", "", "", "the issue date on the card is not a date" },
	{ "001098012345||A|15081998|X|X|25052021", "error", "", "", "", "", "the sex on the card is neither Nam nor Nữ" },
	{ "001098012345|| |15081998|Nam|X|25052021", "error", "", "", "", "", "the card has no name" },
	{ "001098012345||\xc3|15081998|Nam|X|25052021", "error", "", "", "", "", NO_CHARSET },
	{ "001098012345||A|15081998|N\xc3\xa1\xc2\xbb\xc2\xaf|X|25052021", "error", "", "", "", "", NO_CHARSET },
	{ "001098012345||D\xef\xbe\x86\xef\xbd\xb0ng|15081998|Nam|X|25052021", "cccd", "VNM:PIN:001098012345", "Dﾆｰng", "1998-08-15", "male", "name-letters " },
	/* What would command a terminal comes out as a replacement. */
	{ "001098012345||A\x1b[31m|15081998|Nam|X|25052021", "cccd", "VNM:PIN:001098012345", "A\xef\xbf\xbd[31m", "1998-08-15", "male", "control-characters " },
};

static const struct example others[] = {
	{ "******000123|NGUYEN THI MAU|2000-**-**|0|QIDSAMPLE0001|2<SV4940000000000<09*********", "personal-qr", "VNM:QID:QIDSAMPLE0001", "NGUYEN THI MAU", "2000", "female", "number-masked " },
	{ "001093029317|NGUYEN VAN A|1993-01-18|0|162979388586171100|<1<00<0123232422", "personal-qr", "VNM:PIN:001093029317", "NGUYEN VAN A", "1993-01-18", "male", "" },
	{ "C1234567|NGUYEN VAN A|1993-01-18|1|Q7|", "personal-qr", "VNM:QID:Q7", "NGUYEN VAN A", "1993-01-18", "", "" },
	{ "******567|NGUYEN VAN A|1993-**-**|1||", "personal-qr", "", "NGUYEN VAN A", "1993", "", "number-masked qid-missing " },
	{ "001093029317|NGUYEN VAN A|1993-13-18|0|Q|", "error", "", "", "", "", "the birth date in the personal code is not a date" },
	{ "001093029317||1993-01-18|0|Q|", "error", "", "", "", "", "the personal code has no name" },
	{ "0|A|1993-01-18|0|Q|", "error", "", "", "", "", "the number in the personal code is not one" },
	{ "094300000123", "number", "VNM:PIN:094300000123", "", "2000", "female", "" },
	{ "094300000123 ", "number", "VNM:PIN:094300000123", "", "2000", "female", "" },
	{ "094222000123", "number", "VNM:PIN:094222000123", "", "2022", "male", "birth-future " },
	{ "094412000123", "number", "VNM:PIN:094412000123", "", "2112", "male", "birth-future " },
	{ "003012000123", "number", "VNM:PIN:003012000123", "", "1912", "male", "province-unknown " },
	{ "365000123", "number", "VNM:CMND:365000123", "", "", "", "" },
	{ "3650001234", "opaque", "", "", "", "", "" },
	{ "30a-123.45", "plate", "", "", "", "", "" },
	{ "https://example.vn/khai-bao?id=1", "link", "", "", "", "", "" },
	{ "HTTP://EXAMPLE.VN", "link", "", "", "", "", "" },
	{ "ST-QL1A/7f3a91c2/123", "slip", "", "", "", "", "" },
	{ "ST-QL1A/7f3a91c2/", "opaque", "", "", "", "", "" },
	{ "ST-QL1A/7f3a91c2/12x", "opaque", "", "", "", "", "" },
	{ "ST-QL1A/7f3a91c/123", "opaque", "", "", "", "", "" },
	{ "ST QL1A/7f3a91c2/123", "opaque", "", "", "", "", "" },
	{ "/7f3a91c2/123", "opaque", "", "", "", "", "" },
	{ "https://", "opaque", "", "", "", "", "" },
	{ "3f0c9a0e-8f5c-4a39-9b0a-000000000000", "opaque", "", "", "", "", "" },
	{ "\xff\xfe\x01", "opaque", "", "", "", "", "" },
	{ "", "error", "", "", "", "", "the code is empty" },
	{ "]Q1", "opaque", "", "", "", "", "" },
	{ "\r\n", "error", "", "", "", "", "the code is empty" },
};

static void
decode(const void *bytes, size_t n, struct credential *out)
{
	const struct credential_context today = { .has_now = true,
		.now = TODAY, .values = values_installed() };
	/* A buffer of the exact size, so that reading past it is found. */
	unsigned char *copy = malloc(n > 0 ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	credential_decode(copy, n, &today, out);
	free(copy);
}

static void
check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct example *e = &examples[i];
		char notes[400] = "";
		struct credential c;

		decode(e->text, strlen(e->text), &c);
		strcat(notes, c.error);
		for (size_t w = 0; w < c.nwarnings; w++) {
			strcat(notes, c.warnings[w]);
			strcat(notes, " ");
		}
		if (strcmp(credential_kind_word(c.kind), e->kind) != 0)
			print_error("row %zu: %s\n", i, e->text);
		assert_string_equal(credential_kind_word(c.kind), e->kind);
		assert_string_equal(c.identity, e->identity);
		assert_string_equal(c.name, e->name);
		assert_string_equal(c.birth, e->birth);
		assert_string_equal(c.sex, e->sex);
		assert_string_equal(notes, e->notes);
	}
}

static void
test_cards(void **state)
{
	(void)state;
	check(cards, nitems(cards));
}

static void
test_other_kinds(void **state)
{
	(void)state;
	check(others, nitems(others));
}

/* Extra fields of the 2024 card are told apart by shape, not by place. */
static void
test_extra_fields_of_the_new_card(void **state)
{
	static const char text[] = CARD "|Trần Văn Ba||079200000001|Lê Thị Tư";
	struct credential c;

	(void)state;
	decode(text, strlen(text), &c);
	assert_string_equal(credential_field(&c, "parent1"), "Trần Văn Ba");
	assert_string_equal(credential_field(&c, "cancelled_number"), "079200000001");
	assert_string_equal(credential_field(&c, "parent2"), "Lê Thị Tư");
	assert_string_equal(credential_field(&c, "old_number"), "365000123");
	assert_null(credential_field(&c, "extra"));
}

static void
test_unknown_codes_are_known_by_their_digest(void **state)
{
	struct credential c;
	char *json;

	(void)state;
	decode("a\0b\x1b", 4, &c);
	json = credential_json(&c);
	assert_string_equal(json, "{\"kind\":\"opaque\",\"sha256\":"
	    "\"44bf2b2ac7a6c7efd58a418173fd224aec5d35a6e978ffb0f7ceaf48b99dda44\","
	    "\"length\":4,\"warnings\":[]}");
	free(json);
}

/* Refused whole: a shorter text could be somebody else's credential. */
static void
test_too_long_is_refused_whole(void **state)
{
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct credential c;

	(void)state;
	memset(text, 'A', sizeof(text));
	memcpy(text, CARD, strlen(CARD));
	decode(text, sizeof(text), &c);
	assert_int_equal(c.kind, CREDENTIAL_ERROR);
	decode(text, 1025, &c);
	assert_string_equal(c.error, "the card's text is too long");
	decode(text, 600, &c); /* the last field grows beyond a date */
	assert_int_equal(c.kind, CREDENTIAL_ERROR);
	memset(text, 'A', sizeof(text));
	decode(text, CREDENTIAL_TEXT_MAX, &c);
	assert_int_equal(c.kind, CREDENTIAL_OPAQUE);
	decode("094300000123||" CARD CARD CARD CARD, 14 + 4 * strlen(CARD), &c);
	assert_int_equal(c.kind, CREDENTIAL_ERROR);
}

static void
test_json_gives_a_terminal_nothing_to_obey(void **state)
{
	struct credential c = { .kind = CREDENTIAL_OPAQUE };
	char *json;

	(void)state;
	strcpy(c.name, "a\x1b\x7f\xc2\x9b\xe2\x80\xae\"b");
	json = credential_json(&c);
	assert_string_equal(json, "{\"kind\":\"opaque\",\"name\":"
	    "\"a\\u001B\\u007f\\u009b\\u202e\\\"b\",\"warnings\":[]}");
	free(json);
}

/* Every sample but the broken ones and the heading is a card. */
static void
test_the_samples(void **state)
{
	char path[512], line[2048];
	int cards_seen = 0, errors = 0, personal = 0;
	FILE *in;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/credentials/cccd.tsv",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".");
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		char *text = strchr(line, '\t');
		struct credential c;

		assert_non_null(text);
		decode(text + 1, strlen(text + 1), &c);
		cards_seen += c.kind == CREDENTIAL_CCCD;
		errors += c.kind == CREDENTIAL_ERROR;
		personal += c.kind == CREDENTIAL_PERSONAL_QR;
	}
	fclose(in);
	assert_int_equal(cards_seen, 244);
	assert_int_equal(errors, 2);
	assert_int_equal(personal, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_extra_fields_of_the_new_card),
		cmocka_unit_test(test_unknown_codes_are_known_by_their_digest),
		cmocka_unit_test(test_too_long_is_refused_whole),
		cmocka_unit_test(test_json_gives_a_terminal_nothing_to_obey),
		cmocka_unit_test(test_the_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
