/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Machine-readable zones: the specimens of ICAO 9303, and what breaks them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "credential.h"

#define TODAY 1634230800 /* 2021-10-15T00:00+07:00 */

#define TD3_NAME "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
#define TD3_DATA "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
#define TD1_1 "I<UTOD231458907<<<<<<<<<<<<<<<"
#define TD1_2 "7408122F1204159UTO<<<<<<<<<<<6"
#define TD1_3 "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
#define VN_1 "IDVNM3000001237094300000123<<8"
#define VN_2 "0003159F4003157VNM<<<<<<<<<<<2"
#define VN_3 "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"

struct example {
	const char *text, *type, *identity, *id, *name, *birth, *expires;
};

static const struct example good[] = {
	{ TD3_NAME TD3_DATA, "TD3", "UTO:PASSPORT:L898902C3", "L898902C3", "ERIKSSON ANNA MARIA", "1974-08-12", "2012-04-15" },
	{ TD3_NAME "L898902C<3UTO6908061F9406236ZE184226B<<<<<14", "TD3", "UTO:PASSPORT:L898902C", "L898902C", "ERIKSSON ANNA MARIA", "1969-08-06", "2094-06-23" },
	{ TD1_1 TD1_2 TD1_3, "TD1", "UTO:ID:D23145890", "D23145890", "ERIKSSON ANNA MARIA", "1974-08-12", "2012-04-15" },
	{ "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<" "D231458907UTO7408122F1204159<<<<<<<6", "TD2", "UTO:ID:D23145890", "D23145890", "ERIKSSON ANNA MARIA", "1974-08-12", "2012-04-15" },
	{ "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<" "L8988901C4XXX4009078F96121096ZE184226B<<<<<<", "MRV-A", "UTO:VISA:L8988901C", "L8988901C", "ERIKSSON ANNA MARIA", "1940-09-07", "2096-12-10" },
	{ "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<" "L8988901C4XXX4009078F9612109<<<<<<<<", "MRV-B", "UTO:VISA:L8988901C", "L8988901C", "ERIKSSON ANNA MARIA", "1940-09-07", "2096-12-10" },
	/* Numbers of more than nine characters. */
	{ "I<UTOD23145890<7349<<<<<<<<<<<" "3407127M9507122UTO<<<<<<<<<<<2" "STEVENSON<<PETER<<<<<<<<<<<<<<", "TD1", "UTO:ID:D23145890734", "D23145890734", "STEVENSON PETER", "1934-07-12", "2095-07-12" },
	{ "I<UTOSTEVENSON<<PETER<<<<<<<<<<<<<<<" "D23145890<UTO3407127M95071227349<<<8", "TD2", "UTO:ID:D23145890734", "D23145890734", "STEVENSON PETER", "1934-07-12", "2095-07-12" },
	/* The Vietnamese card has its 12-digit number in the optional field. */
	{ VN_1 VN_2 VN_3, "TD1", "VNM:PIN:094300000123", "094300000123", "NGUYEN THI MAU", "2000-03-15", "2040-03-15" },
	{ "P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<" "C0000001<7VNM0003159F3103153094300000123<<82", "TD3", "VNM:PIN:094300000123", "C0000001", "NGUYEN THI MAU", "2000-03-15", "2031-03-15" },
	/* As readers and people send them. */
	{ TD3_NAME "\r" TD3_DATA "\r", "TD3", "UTO:PASSPORT:L898902C3", "L898902C3", "ERIKSSON ANNA MARIA", "1974-08-12", "2012-04-15" },
	{ "\x02" VN_1 "\r\n" VN_2 "\r\n" VN_3 "\r\n\x03", "TD1", "VNM:PIN:094300000123", "094300000123", "NGUYEN THI MAU", "2000-03-15", "2040-03-15" },
	{ "idvnm3000001237094300000123__8 0003159f4003157vnm___________2 nguyen__thi_mau_______________", "TD1", "VNM:PIN:094300000123", "094300000123", "NGUYEN THI MAU", "2000-03-15", "2040-03-15" },
};

static void
decode(const char *text, struct credential *out)
{
	static const struct credential_context today = { .has_now = true,
		.now = TODAY };

	credential_decode((const void *)text, strlen(text), &today, out);
}

static bool
warns(const struct credential *c, const char *word)
{
	for (size_t i = 0; i < c->nwarnings; i++)
		if (strcmp(c->warnings[i], word) == 0)
			return true;
	return false;
}

static void
test_specimens(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		struct credential c;

		decode(good[i].text, &c);
		if (c.kind != CREDENTIAL_MRZ)
			print_error("row %zu: %s\n", i, c.error);
		assert_int_equal(c.kind, CREDENTIAL_MRZ);
		assert_string_equal(credential_field(&c, "mrz_type"), good[i].type);
		assert_string_equal(c.identity, good[i].identity);
		assert_string_equal(c.id, good[i].id);
		assert_string_equal(c.name, good[i].name);
		assert_string_equal(c.birth, good[i].birth);
		assert_string_equal(c.expires, good[i].expires);
		assert_false(warns(&c, "ocr-repaired"));
	}
}

/* Change each digit that a check digit covers, of each kind of document. */
static void
test_every_changed_digit_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++) {
		char text[100];
		struct credential c;

		strcpy(text, good[i].text);
		for (size_t at = 0; text[at] != '\0'; at++) {
			char was = text[at];
			bool visa = text[0] == 'V' && at > strlen(text) - 17;

			if (was < '0' || was > '9' || visa)
				continue;
			text[at] = was == '9' ? '0' : (char)(was + 1);
			decode(text, &c);
			assert_int_equal(c.kind, CREDENTIAL_ERROR);
			text[at] = was;
		}
	}
}

static void
test_broken_ones_say_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *kind, *error;
	} cases[] = {
		{ TD3_NAME "L898902C46UTO7408122F1204159ZE184226B<<<<<10", "error", "the check digit of the document number does not fit" },
		{ TD3_NAME "L898902C36UTO7408222F1204159ZE184226B<<<<<10", "error", "the check digit of the birth date does not fit" },
		{ TD3_NAME "L898902C36UTO7408122F1304159ZE184226B<<<<<10", "error", "the check digit of the expiry date does not fit" },
		{ TD3_NAME "L898902C36UTO7408122F1204159ZE194226B<<<<<10", "error", "the check digit of the personal number does not fit" },
		{ TD3_NAME "L898902C36UTO7408122F1204159ZE184226B<<<<<14", "error", "the check digit of the whole does not fit" },
		{ "IDVNM3000001237094300000124<<8" VN_2 VN_3, "error", "the check digit of the whole does not fit" },
		{ TD3_NAME, "error", "a part of the machine-readable zone is missing" },
		{ TD1_1 TD1_2, "error", "a part of the machine-readable zone is missing" },
		{ TD3_NAME TD3_DATA "<", "error", "a part of the machine-readable zone is missing" },
		{ TD3_NAME TD3_DATA "<<<", "opaque", "" },
		{ "P<", "opaque", "" },
		{ TD3_DATA, "opaque", "" },
		{ "P<UTO#RIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<" TD3_DATA, "opaque", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;

		decode(cases[i].text, &c);
		assert_string_equal(credential_kind_word(c.kind), cases[i].kind);
		assert_string_equal(c.error, cases[i].error);
	}
}

/* O for 0 and the like, where only digits or only letters can stand. */
static void
test_misread_letters_are_put_right_when_all_digits_then_hold(void **state)
{
	static const struct {
		const char *text, *kind;
	} cases[] = {
		{ TD3_NAME "L898902C36UTO74OBI22FI2O4I59ZEI84226B<<<<<10", "error" }, /* the number's own I stays */
		{ TD3_NAME "L898902C36UTO74O8I22FI2O4IS9ZE184226B<<<<<10", "mrz" },
		{ TD3_NAME "L898902C36UT0740812ZF120415GZE184226B<<<<<10", "error" },
		{ "1DVNM3000001237094300000123<<8" VN_2 VN_3, "mrz" },
		{ "IDVNM3000001237094300000123<<8" "00O3I59F4003157VNM<<<<<<<<<<<2" "NGUYEN<<TH1<MAU<<<<<<<<<<<<<<<", "mrz" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;

		decode(cases[i].text, &c);
		assert_string_equal(credential_kind_word(c.kind), cases[i].kind);
		if (c.kind == CREDENTIAL_MRZ) {
			assert_true(warns(&c, "ocr-repaired"));
			assert_null(strpbrk(c.name, "0123456789"));
			assert_int_equal(strlen(c.birth), 10);
		}
	}
}

static void
test_an_expired_document_is_a_warning(void **state)
{
	struct credential c;

	(void)state;
	decode(good[0].text, &c);
	assert_true(warns(&c, "document-expired"));
	decode(good[8].text, &c);
	assert_int_equal(c.nwarnings, 0);
	assert_string_equal(credential_field(&c, "document_number"), "300000123");
	assert_string_equal(c.sex, "female");
	assert_string_equal(c.nationality, "VNM");
}

/* The front and the back of one card, and its holder's passport. */
static void
test_two_sides_of_a_card(void **state)
{
	static const char front[] = "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|X|10052021";
	struct credential card, zone;

	(void)state;
	decode(front, &card);
	decode(good[8].text, &zone);
	assert_int_equal(credential_compare(&card, &zone), MATCH_SAME);
	decode(good[9].text, &zone);
	assert_int_equal(credential_compare(&card, &zone), MATCH_SAME);
	decode(good[0].text, &zone);
	assert_int_equal(credential_compare(&card, &zone), MATCH_NONE);
}

static void
test_insurance_card(void **state)
{
	static const struct {
		const char *text, *kind, *name, *birth, *notes;
	} cases[] = {
		{ "HS4010123456789|4e677579e1bb856e|15/03/2000|2|e1baa470204de1baab75|79 - 034|01/01/2021|31/12/2021|x|$", "bhyt", "Nguyễn", "2000-03-15", "" },
		{ "HS4010123456789|4E677579E1BB856E|2000|1||79 - 034|01/01/2021|-", "bhyt", "Nguyễn", "2000", "" },
		{ "HS4010123456789|4e677579e1bb856e|15/03/2000|2||79 - 034|01/01/2020|31/12/2020|", "bhyt", "Nguyễn", "2000-03-15", "document-expired" },
		{ "HS4010123456789|4e6|15/03/2000|2||79 - 034|01/01/2021|31/12/2021|", "error", "", "", "the name on the insurance card is not readable" },
		{ "HS4010123456789|c328|15/03/2000|2||79 - 034|01/01/2021|31/12/2021|", "error", "", "", "the name on the insurance card is not readable" },
		{ "HS4010123456789|4e|15/13/2000|2||79 - 034|01/01/2021|31/12/2021|", "error", "", "", "the birth date on the insurance card is not a date" },
		{ "HS4010123456789|4e|15/03/2000|3||79 - 034|01/01/2021|31/12/2021|", "error", "", "", "the sex on the insurance card is neither 1 nor 2" },
		{ "HS4010123456789|4e", "error", "", "", "the insurance card has not 8 fields or more" },
		{ "HS401012345678|4e", "opaque", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential c;

		decode(cases[i].text, &c);
		assert_string_equal(credential_kind_word(c.kind), cases[i].kind);
		assert_string_equal(c.name, cases[i].name);
		assert_string_equal(c.birth, cases[i].birth);
		assert_string_equal(c.nwarnings > 0 ? c.warnings[0] : c.error,
		    cases[i].notes);
		if (c.kind == CREDENTIAL_BHYT)
			assert_string_equal(c.identity, "VNM:BHXH:0123456789");
	}
}

/* As it is typed: what is wrong is told of the line where it is. */
static void
test_a_typed_zone_is_checked_line_by_line(void **state)
{
	static const struct {
		const char *typed[3], *words;
		size_t lines, wrong;
	} cases[] = {
		{ { "P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "" }, NULL, 2, 0 },
		{ { "I<UTOD231458907", "7408122F1204159UTO<<<<<<<<<<<6", "" }, NULL, 3, 0 },
		{ { "I<UTOD231458907", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA" }, NULL, 3, 0 },
		{ { "I<UTOERIKSSON<<ANNA<MARIA", "D231458907UTO7408122F1204159<<<<<<<6", "" }, NULL, 2, 0 },
		{ { "V<UTOERIKSSON<<ANNA<MARIA", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<", "" }, NULL, 2, 0 },
		{ { "V<UTOERIKSSON<<ANNA<MARIA", "L8988901C4XXX4009078F9612109<<<<<<<<", "" }, NULL, 2, 0 },
		{ { "I<UTOD23145890<7349", "3407127M9507122UTO<<<<<<<<<<<2", "" }, NULL, 3, 0 },
		{ { "", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "the first line starts with P, V, I, A or C", 0, 0 },
		{ { "X<UTO", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "the first line starts with P, V, I, A or C", 0, 0 },
		{ { "P<UTO", "", "" }, "the second line has 44, 36 or 30 characters", 0, 1 },
		{ { "P<UTO", "L898902C36UTO7408122F1204159ZE184226B<<<<<1", "" }, "the second line has 44, 36 or 30 characters", 0, 1 },
		{ { "V<UTO", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "the second line has 44, 36 or 30 characters", 0, 1 },
		{ { "I<UTOD2314589070000000000000000", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "this line is longer than the second", 0, 0 },
		{ { "I<UTOD231458907", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIAxxxxxxxxxxx" }, "this line is longer than the second", 0, 2 },
		{ { "I<UTOD231458917", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "the check digit of the document number does not fit", 3, 0 },
		{ { "I<UTOD231458907", "7408132F1204159UTO<<<<<<<<<<<6", "" }, "the check digit of the birth date does not fit", 3, 1 },
		{ { "P<UTOERIKSSON<<ANNA", "L898902C36UTO7408122F1204158ZE184226B<<<<<10", "" }, "the check digit of the expiry date does not fit", 2, 1 },
		{ { "P<UTOERIKSSON<<ANNA", "L898902C36UTO7408122F1204159ZE184226B<<<<<20", "" }, "the check digit of the personal number does not fit", 2, 1 },
		{ { "P<UTOERIKSSON<<ANNA", "L898902C36UTO7408122F1204159ZE184226B<<<<<11", "" }, "the check digit of the whole does not fit", 2, 1 },
		{ { "I<UTOD231458907<<<1", "7408122F1204159UTO<<<<<<<<<<<6", "" }, "the check digit of the whole does not fit", 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_zone zone;
		const char *words = credential_zone_check(cases[i].typed, &zone);

		if (cases[i].words == NULL)
			assert_null(words);
		else
			assert_string_equal(words, cases[i].words);
		assert_int_equal(zone.lines, cases[i].lines);
		if (words != NULL)
			assert_int_equal(zone.wrong, cases[i].wrong);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_specimens),
		cmocka_unit_test(test_every_changed_digit_is_noticed),
		cmocka_unit_test(test_broken_ones_say_what_is_wrong),
		cmocka_unit_test(test_misread_letters_are_put_right_when_all_digits_then_hold),
		cmocka_unit_test(test_an_expired_document_is_a_warning),
		cmocka_unit_test(test_two_sides_of_a_card),
		cmocka_unit_test(test_insurance_card),
		cmocka_unit_test(test_a_typed_zone_is_checked_line_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
