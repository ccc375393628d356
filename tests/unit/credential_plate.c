/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plate is the same plate however it is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "credential.h"

static void
test_plates(void **state)
{
	static const struct {
		const char *typed, *compact;
		enum plate_class class;
	} cases[] = {
		{ "30A-123.45", "30A12345", PLATE_CAR },
		{ "30a12345", "30A12345", PLATE_CAR },
		{ " 30 A / 123,45 ", "30A12345", PLATE_CAR },
		{ "30A\xe2\x80\x93" "123.45", "30A12345", PLATE_CAR },
		{ "29A-1234", "29A1234", PLATE_CAR },
		{ "29O-1234", "29O1234", PLATE_CAR },
		{ "29O-12345", "29O12345", PLATE_NOT },
		{ "29-B1 2345", "29B12345", PLATE_MOTORBIKE },
		{ "29B1-2345", "29B12345", PLATE_MOTORBIKE },
		{ "29B-12345", "29B12345", PLATE_CAR },
		{ "29B12345", "29B12345", PLATE_CAR },
		{ "83P1-234.56", "83P123456", PLATE_MOTORBIKE },
		{ "59A1-123.45", "59A112345", PLATE_MOTORBIKE },
		{ "59A0-123.45", "59A012345", PLATE_NOT },
		{ "59AB-123.45", "59AB12345", PLATE_MOTORBIKE },
		{ "51LD-123.45", "51LD12345", PLATE_SPECIAL },
		{ "51R-123.45", "51R12345", PLATE_SPECIAL },
		{ "12tđ-12345", "12TĐ12345", PLATE_SPECIAL },
		{ "29MĐ1-234.56", "29MĐ123456", PLATE_SPECIAL },
		{ "T12-345.67", "T1234567", PLATE_SPECIAL },
		{ "80-011-NG-01", "80011NG01", PLATE_SPECIAL },
		{ "80NG12345", "80NG12345", PLATE_SPECIAL },
		{ "AB-12-34", "AB1234", PLATE_SPECIAL },
		{ "TMB123RM", "TMB123RM", PLATE_SPECIAL },
		{ "30A-12", "30A12", PLATE_NOT },
		{ "30W-12345", "30W12345", PLATE_NOT },
		{ "30A-123456789", "30A123456789", PLATE_NOT },
		{ "", "", PLATE_NOT },
		{ "30A\x1b" "12345", "", PLATE_NOT },
		{ "30A123456789012345678901234567890", "", PLATE_NOT },
		{ "ĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐĐ", "", PLATE_NOT },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char compact[24];
		enum plate_class class = plate_parse(cases[i].typed, compact);

		if (class != cases[i].class)
			print_error("%s\n", cases[i].typed);
		assert_int_equal(class, cases[i].class);
		assert_string_equal(compact, cases[i].compact);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
