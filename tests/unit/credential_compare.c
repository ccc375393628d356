/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which documents, scanned one after the other, are one person's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "credential.h"

static void
decode(const char *text, struct credential *out)
{
	credential_decode((const unsigned char *)text, strlen(text), NULL, out);
}

/* Two persons, whether or not their numbers say so. */
static enum credential_match
compare(const struct credential *a, const struct credential *b)
{
	enum credential_match match = credential_compare(a, b);

	return match == MATCH_OTHER ? MATCH_NONE : match;
}

static void
test_two_documents(void **state)
{
	static const char card[] = "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|X|10052021";
	static const struct {
		const char *first, *second;
		enum credential_match want;
	} cases[] = {
		{ card, card, MATCH_SAME },
		{ card, "094300000123", MATCH_SAME },
		{ card, "365000123", MATCH_SAME },
		{ card, "365000124", MATCH_NONE },
		{ card, "094300000124", MATCH_NONE },
		/* The new card names the old, cancelled number. */
		{ "094300000999||Nguyễn Thị Mẫu|15032000|Nữ|X|10052024|094300000123|||", card, MATCH_SAME },
		/* A masked number alone proves nothing. */
		{ card, "******000123|NGUYEN THI MAU|2000-**-**|0|Q|", MATCH_SAME },
		{ card, "******000123|TRAN VAN THU|1985-**-**|0|Q|", MATCH_NONE },
		{ card, "************|NGUYEN THI MAI|2000-**-**|0|Q|", MATCH_NONE },
		{ card, "************|NGUYEN THI MAU|2000-**-**|0|Q|", MATCH_SAME },
		/* With the name or the birth it is for an officer to see. */
		{ card, "******000123|NGUYEN THI MAI|2000-**-**|0|Q|", MATCH_PARTLY },
		{ card, "******000123|NGUYEN THI MAU|2001-**-**|0|Q|", MATCH_PARTLY },
		{ card, "******000124|NGUYEN THI MAU|2000-**-**|0|Q|", MATCH_PARTLY },
		{ card, "******000124|NGUYEN THI MAI|2000-**-**|0|Q|", MATCH_NONE },
		{ "094300000123", "******000123|NGUYEN THI MAU|2000-**-**|0|Q|", MATCH_NONE },
		/* The same number with another name is for an officer to see. */
		{ card, "094300000123||Nguyễn Thị Mai|15032000|Nữ|X|10052021", MATCH_MISMATCH },
		{ card, "094300000123||Nguyễn Thị Mẫu|16032000|Nữ|X|10052021", MATCH_MISMATCH },
		{ card, "094300000123||Nguyễn Thị Mẫu|15032000|Nam|X|10052021", MATCH_MISMATCH },
		{ card, "094300000123||Nguyễn Thị Mẫu|00002000|Nữ|X|10052021", MATCH_SAME },
		{ card, "094300000123||MẪU NGUYỄN THỊ|15032000|Nữ|X|10052021", MATCH_SAME },
		{ card, "opaque token", MATCH_NONE },
		{ card, "30A12345", MATCH_NONE },
		{ "opaque token", "opaque token", MATCH_NONE },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential a, b;

		decode(cases[i].first, &a);
		decode(cases[i].second, &b);
		if (compare(&a, &b) != cases[i].want)
			print_error("row %zu: %s\n", i, cases[i].second);
		assert_int_equal(compare(&a, &b), cases[i].want);
		assert_int_equal(compare(&b, &a), cases[i].want);
	}
}

static void
test_what_disagrees_is_named(void **state)
{
	static const char card[] = "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021";
	static const struct {
		const char *other;
		unsigned differ;
	} cases[] = {
		{ card, 0 },
		{ "094300000123", 0 },
		{ "094300000124||Trần Văn An|15032000|Nam|X|10052021", 0 }, /* somebody else */
		{ "094300000123||Nguyễn Thị Mai|15032000|Nữ|X|10052021", CREDENTIAL_DIFFERS_NAME },
		{ "094300000123||NGUYEN THI MAU|16032000|Nữ|X|10052021", CREDENTIAL_DIFFERS_BIRTH },
		{ "094300000123||Nguyễn Thị Mẫu|15032000|Nam|X|10052021", CREDENTIAL_DIFFERS_SEX },
		{ "094300000123||Nguyễn Văn An|15032001|Nam|X|10052021", CREDENTIAL_DIFFERS_NAME | CREDENTIAL_DIFFERS_BIRTH | CREDENTIAL_DIFFERS_SEX },
	};
	struct credential a, b;

	(void)state;
	decode(card, &a);
	for (size_t i = 0; i < nitems(cases); i++) {
		decode(cases[i].other, &b);
		assert_int_equal(credential_differences(&a, &b),
		    cases[i].differ);
		assert_int_equal(credential_differences(&b, &a),
		    cases[i].differ);
	}
}

/* The table of chot-credential(7), row by row: papers of different kinds. */
static void
test_papers_of_different_kinds(void **state)
{
	static const char card[] = "094300000123|365000123|Đỗ Thị Mẫu|15032000|Nữ|X|10052021";
	/* Its back, and the back of somebody else's of that name. */
	static const char back[] = "IDVNM3000001237094300000123<<80003159F4003157VNM<<<<<<<<<<<2DO<<THI<MAU<<<<<<<<<<<<<<<<<<<";
	static const char back_124[] = "IDVNM3000001248094300000124<<90003159F4003157VNM<<<<<<<<<<<4DO<<THI<MAU<<<<<<<<<<<<<<<<<<<";
	static const char passport[] = "P<VNMDO<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<<<<<C0000001<7VNM0003159F3103153094300000123<<82";
	static const char foreign[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
	static const char insurance[] = "DN4940000000123|C490E1BB97205468E1BB8B204DE1BAAB75|15/03/2000|2|-|94 - 001|01/01/2021|31/12/2021";
	static const struct {
		const char *first, *second;
		enum credential_match want;
		unsigned differ;
	} cases[] = {
		{ card, back, MATCH_SAME, 0 },
		{ card, passport, MATCH_SAME, 0 },
		{ back, passport, MATCH_SAME, 0 },
		/* A citizen's number on both, and not the same. */
		{ card, back_124, MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		{ card, "094300000124|DO THI MAU|2000-03-15|0|Q|2", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		{ card, "094300000124|DO THI MAU|2000-**-**|0|Q|1", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER | CREDENTIAL_DIFFERS_SEX },
		{ card, "365000999|DO THI MAU|2000-03-15|0|Q|2", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		/* Two of the three are somebody else's. */
		{ card, "094300000124|DO THI MAU|1999-03-15|0|Q|2", MATCH_NONE, 0 },
		{ card, "094300000124|DO THI MAI|2000-03-15|0|Q|2", MATCH_NONE, 0 },
		{ card, "094300000124|TRAN VAN THU|1985-02-01|0|Q|1", MATCH_NONE, 0 },
		/* Everybody has one card: two are two people's. */
		{ card, "094300000124||Đỗ Thị Mẫu|15032000|Nữ|X|10052021", MATCH_NONE, 0 },
		/* Numbers of different kinds say nothing of each other. */
		{ card, insurance, MATCH_SAME, 0 },
		{ card, "C0000009|DO THI MAU|2000-03-15|0|Q|2", MATCH_SAME, 0 },
		{ passport, "C0000001|DO THI MAU|2000-03-15|0|Q|2", MATCH_SAME, 0 },
		{ passport, "C0000009|DO THI MAU|2000-03-15|0|Q|2", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		{ foreign, "L898902C3|ERIKSSON ANNA MARIA|1974-08-12|0|Q|2", MATCH_SAME, 0 },
		{ foreign, "l898902c3|ERIKSSON ANNA MARIA|1974-08-**|0|Q|2", MATCH_SAME, 0 },
		{ foreign, "L898902C4|ERIKSSON ANNA MARIA|1974-08-12|0|Q|2", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		{ insurance, "094300000123|DO THI MAU|2000-03-15|0|Q|2<DN4940000000123", MATCH_SAME, 0 },
		{ insurance, "094300000123|DO THI MAU|2000-03-15|0|Q|2<DN4940000000124", MATCH_PARTLY, CREDENTIAL_DIFFERS_NUMBER },
		/* No number in common, and one of name and birth differs. */
		{ insurance, "094300000124||Đỗ Thị Mẫu|16032000|Nữ|X|10052021", MATCH_PARTLY, CREDENTIAL_DIFFERS_BIRTH },
		{ insurance, "094300000124||Đỗ Thị Mai|15032000|Nữ|X|10052021", MATCH_PARTLY, CREDENTIAL_DIFFERS_NAME },
		{ insurance, "094300000124||Trần Văn Thử|15032000|Nam|X|10052021", MATCH_NONE, 0 },
		{ insurance, "094300000124||Đỗ Thị Mai|16032000|Nữ|X|10052021", MATCH_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential a, b;

		decode(cases[i].first, &a);
		decode(cases[i].second, &b);
		assert_int_not_equal(a.kind, CREDENTIAL_ERROR);
		assert_int_not_equal(b.kind, CREDENTIAL_ERROR);
		if (compare(&a, &b) != cases[i].want ||
		    credential_differences(&a, &b) != cases[i].differ)
			print_error("row %zu: %s\n", i, cases[i].second);
		assert_int_equal(compare(&a, &b), cases[i].want);
		assert_int_equal(compare(&b, &a), cases[i].want);
		assert_int_equal(credential_differences(&a, &b), cases[i].differ);
		assert_int_equal(credential_differences(&b, &a), cases[i].differ);
	}
}

/* A further paper of theirs does not make two citizens one. */
static void
test_numbers_tell_two_persons_apart(void **state)
{
	static const char card[] = "094300000123||Đỗ Thị Mẫu|15032000|Nữ|X|10052021";
	static const struct {
		const char *other;
		enum credential_match want;
	} cases[] = {
		{ "094300000124||Đỗ Thị Mẫu|15032000|Nữ|X|10052021", MATCH_OTHER },
		{ "094300000124||Trần Văn Thử|01021985|Nam|X|10052021", MATCH_OTHER },
		{ "094300000124", MATCH_OTHER },
		{ "094300000124|DO THI MAU|1985-03-15|0|Q|2", MATCH_OTHER },
		{ "C0000009|TRAN VAN THU|1985-03-15|0|Q|2", MATCH_NONE },
		{ "opaque token", MATCH_NONE },
	};
	struct credential a, b;

	(void)state;
	decode(card, &a);
	for (size_t i = 0; i < nitems(cases); i++) {
		decode(cases[i].other, &b);
		assert_int_equal(credential_compare(&a, &b), cases[i].want);
		assert_int_equal(credential_compare(&b, &a), cases[i].want);
	}
}

/* What is shown of it are the two that differ, not any others. */
static void
test_numbers_that_differ_are_told(void **state)
{
	struct credential a, b;

	(void)state;
	decode("094300000123|365000123|Đỗ Thị Mẫu|15032000|Nữ|X|10052021", &a);
	decode("365000999|DO THI MAU|2000-03-15|0|Q|2", &b);
	assert_string_equal(credential_differing(&a, &b, CREDENTIAL_DIFFERS_NUMBER), "365000123");
	assert_string_equal(credential_differing(&b, &a, CREDENTIAL_DIFFERS_NUMBER), "365000999");
	assert_string_equal(credential_differing(&b, &a, CREDENTIAL_DIFFERS_NAME), "DO THI MAU");
	assert_string_equal(credential_differing(&a, &b, CREDENTIAL_DIFFERS_BIRTH), "2000-03-15");
	assert_string_equal(credential_differing(&a, &b, CREDENTIAL_DIFFERS_SEX), "female");
	decode("094300000123|DO THI MAU|2000-03-15|0|Q|2", &b);
	assert_string_equal(credential_differing(&a, &b, CREDENTIAL_DIFFERS_NUMBER), "");
}

/* Documents without a common number: name and birth date must both agree. */
static void
test_a_document_without_number(void **state)
{
	struct credential card, certificate = { .kind = CREDENTIAL_DCC };

	(void)state;
	decode("094300000123||Đỗ Thị Mẫu|15032000|Nữ|X|10052021", &card);
	strcpy(certificate.name, "DO THI<MAU");
	assert_int_equal(compare(&card, &certificate), MATCH_NONE);
	strcpy(certificate.birth, "2000-03");
	assert_int_equal(compare(&card, &certificate), MATCH_SAME);
	strcpy(certificate.birth, "2000-04-15");
	assert_int_equal(compare(&card, &certificate), MATCH_PARTLY);
	assert_int_equal(credential_differences(&card, &certificate),
	    CREDENTIAL_DIFFERS_BIRTH);
	strcpy(certificate.birth, "2000");
	strcpy(certificate.name, "DO THI MAI");
	assert_int_equal(compare(&card, &certificate), MATCH_NONE); /* a year is shared by many */
	strcpy(certificate.fields[0].name, "name_latin");
	strcpy(certificate.fields[0].value, "DO THI<MAU");
	certificate.nfields = 1;
	assert_int_equal(compare(&card, &certificate), MATCH_SAME);
}

/* A machine-readable zone has no room for long names. */
static void
test_a_name_cut_by_its_document(void **state)
{
	struct credential a = { .kind = CREDENTIAL_MRZ, .birth = "1990-01-01" };
	struct credential b = { .kind = CREDENTIAL_DCC, .birth = "1990-01-01" };

	(void)state;
	strcpy(a.name, "NILAVADHANANANDA CHAYAPA DEJTHAMRONG K");
	strcpy(b.name, "NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG");
	assert_int_equal(compare(&a, &b), MATCH_SAME);
	strcpy(a.name, "NGUYEN THI");
	strcpy(b.name, "NGUYEN THI MAU");
	assert_int_equal(compare(&a, &b), MATCH_PARTLY);
}

/* A paper of another kind that agrees in part may be this person's: an officer
 * looks. Two certificates that do are two people's. */
static void
test_a_health_paper_that_agrees_in_part(void **state)
{
	static const struct {
		enum credential_kind one, other;
		const char *name, *birth, *sex;
		enum credential_match want;
		unsigned differ;
	} cases[] = {
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "DO THI MAU", "2000-03-15", "female", MATCH_SAME, 0 },
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "DO THI MAU", "1999-12-01", "", MATCH_PARTLY, CREDENTIAL_DIFFERS_BIRTH },
		{ CREDENTIAL_CCCD, CREDENTIAL_SHC, "DO THI MAI", "2000-03-15", "", MATCH_PARTLY, CREDENTIAL_DIFFERS_NAME },
		{ CREDENTIAL_CCCD, CREDENTIAL_VDS_NC, "DO THI MAU", "2000-03-15", "male", MATCH_PARTLY, CREDENTIAL_DIFFERS_SEX },
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "TRAN VAN THU", "2000-03-15", "", MATCH_NONE, 0 },
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "DO THI MAI", "2000-03", "", MATCH_NONE, 0 },
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "DO THI MAI", "1999-12-01", "", MATCH_NONE, 0 },
		{ CREDENTIAL_CCCD, CREDENTIAL_DCC, "DO THI MAU", "", "", MATCH_NONE, 0 },
		{ CREDENTIAL_CCCD, CREDENTIAL_MRZ, "DO THI MAU", "1999-12-01", "", MATCH_PARTLY, CREDENTIAL_DIFFERS_BIRTH },
		{ CREDENTIAL_CCCD, CREDENTIAL_DECLARATION, "DO THI MAU", "1999-12-01", "", MATCH_PARTLY, CREDENTIAL_DIFFERS_BIRTH },
		{ CREDENTIAL_CCCD, CREDENTIAL_CCCD, "DO THI MAU", "1999-12-01", "", MATCH_NONE, 0 },
		{ CREDENTIAL_DCC, CREDENTIAL_SHC, "DO THI MAU", "1999-12-01", "", MATCH_NONE, 0 },
		{ CREDENTIAL_DCC, CREDENTIAL_DCC, "DO THI MAU", "1999-12-01", "", MATCH_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential a = { .kind = cases[i].one,
			.name = "Đỗ Thị Mẫu", .birth = "2000-03-15",
			.sex = "female" };
		struct credential b = { .kind = cases[i].other };

		strcpy(b.name, cases[i].name);
		strcpy(b.birth, cases[i].birth);
		strcpy(b.sex, cases[i].sex);
		assert_int_equal(compare(&a, &b), cases[i].want);
		assert_int_equal(compare(&b, &a), cases[i].want);
		assert_int_equal(credential_differences(&a, &b),
		    cases[i].differ);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_documents),
		cmocka_unit_test(test_what_disagrees_is_named),
		cmocka_unit_test(test_papers_of_different_kinds),
		cmocka_unit_test(test_numbers_tell_two_persons_apart),
		cmocka_unit_test(test_numbers_that_differ_are_told),
		cmocka_unit_test(test_a_document_without_number),
		cmocka_unit_test(test_a_name_cut_by_its_document),
		cmocka_unit_test(test_a_health_paper_that_agrees_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
