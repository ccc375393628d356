/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device is told by what it sends, or not at all. */
#include "test.h"

#include "../../src/reader/parts.h"

#define TIMES 6

static void
test_told_by_its_bytes(void **state)
{
	static const struct {
		const char *hex; /* sent TIMES times */
		const char *want; /* the protocol, or NULL */
		enum reader_role role;
	} cases[] = {
		{ "5A5A45040E440AFA53", "gy-mcu90614", ROLE_THERMOMETER },
		{ "5A5A45040E440AFA530E", "gy-mcu90614", ROLE_THERMOMETER },
		{ "666601040E440AFA27", "cjmcu-90614", ROLE_THERMOMETER },
		{ "A4030707620E080AFA0E4483", "gy-614v", ROLE_THERMOMETER },
		{ "4C135AB90D6612C33B0D", "tn9", ROLE_THERMOMETER },
		{ "5A00170500A5", "rqvk002", ROLE_THERMOMETER },
		{ "33362E350D0A", "ascii", ROLE_THERMOMETER },
		{ "11F30000F1303132333435363738397C58FB2A", "ssi", ROLE_SCANNER },
		{ "3039343330303030303132337C4E677579E1BB856E0D", "line", ROLE_SCANNER },
		{ "3839333435363738390D0A", "line", ROLE_SCANNER },
		{ "5D51314142430D", "line", ROLE_SCANNER },
		{ "503C564E4D4E475559454E3C3C5448493C4D41553C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C3C0D"
		    "43303030303030313C37564E4D3030303331353946333130333135333039343330303030303132333C3C38320D", "mrz", ROLE_SCANNER },
		/* A wrong line speed, or something else. */
		{ "FFFE80F00FA5E1FF", NULL, ROLE_SCANNER },
		{ "0102030405060708", NULL, ROLE_SCANNER },
		{ "5A5A45040E440AFA54", NULL, ROLE_SCANNER },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char bytes[1024];
		size_t n = 0;
		struct guess got;

		for (int k = 0; k < TIMES; k++) {
			ssize_t len = hex_parse(cases[i].hex,
			    strlen(cases[i].hex), bytes + n,
			    sizeof(bytes) - n);

			assert_true(len > 0);
			n += (size_t)len;
		}
		/* Joining in the middle of a frame makes no difference. */
		for (size_t skip = 0; skip < 3; skip++) {
			bool known = guess(9600, bytes + skip, n - skip,
			    &got);

			if (known != (cases[i].want != NULL))
				fail_msg("%s from %zu: %d", cases[i].hex,
				    skip, known);
			if (!known)
				continue;
			assert_string_equal(got.driver->name, cases[i].want);
			assert_int_equal(got.role, cases[i].role);
			assert_int_equal(got.baud, 9600);
			if (strcmp(cases[i].want, "ssi") == 0)
				break; /* packets cannot be joined late */
		}
	}
}

static void
test_nothing_is_nothing(void **state)
{
	struct guess got;

	(void)state;
	assert_false(guess(9600, (const void *)"", 0, &got));
	assert_false(guess(9600, (const void *)"\r\n", 2, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told_by_its_bytes),
		cmocka_unit_test(test_nothing_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
