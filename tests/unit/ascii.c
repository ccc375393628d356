/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of a thermometer is understood, or it is said that it is not. */
#include "test.h"

#include "../../src/reader/parts.h"

/* "o36500 b36600 a28100", what of it there is. */
static void
describe(const struct sample *sample, char *out)
{
	out[0] = '\0';
	if (sample->has_object)
		out += sprintf(out, "o%d", sample->object_mc);
	if (sample->has_body)
		out += sprintf(out, "b%d", sample->body_mc);
	if (sample->has_ambient)
		sprintf(out, "a%d", sample->ambient_mc);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *text;
		enum ascii_result result;
		const char *want;
	} cases[] = {
		{ "36.5", ASCII_OK, "o36500" },
		{ " 36.5 C", ASCII_OK, "o36500" },
		{ "+36.5", ASCII_OK, "o36500" },
		{ "36,5", ASCII_OK, "o36500" },
		{ "36.54", ASCII_OK, "o36540" },
		{ "36.54321", ASCII_OK, "o36543" },
		{ "37", ASCII_OK, "o37000" },
		{ "-5.5", ASCII_OK, "o-5500" },
		{ "36.5\302\260C", ASCII_OK, "o36500" },
		{ "T body = 36.5 ,OK", ASCII_OK, "b36500" },
		{ "Tbody:36.5C Tamb:28.1", ASCII_OK, "b36500a28100" },
		{ "Tbody:36,5C Tamb:28,1C", ASCII_OK, "b36500a28100" },
		{ "Ambient = 28.10*C\tObject = 36.50*C", ASCII_OK, "o36500a28100" },
		{ "TO=36.50,TA=28.10", ASCII_OK, "o36500a28100" },
		{ "object 35.2 body 36.6 room 27", ASCII_OK, "o35200b36600a27000" },
		{ "temp: 36.6", ASCII_OK, "o36600" },
		{ "MLX90614 36.6", ASCII_OK, "o36600" },
		{ "T1=36.6", ASCII_OK, "o36600" },
		{ "12:30 36.8 1", ASCII_OK, "o36800" },
		{ "No 15 36.8", ASCII_OK, "o36800" },
		{ "battery 3.7 36.8", ASCII_OK, "o36800" },
		/* Fahrenheit, by unit or by size; the room in the same unit. */
		{ "97.7F", ASCII_OK, "o36500" },
		{ "98.6", ASCII_OK, "o37000" },
		{ "98.6C", ASCII_OK, "o98600" },
		{ "Tbody:97.7F Tamb:68.0", ASCII_OK, "b36500a20000" },
		{ "Tbody:97.7 Tamb:68.0", ASCII_OK, "b36500a20000" },
		{ "Tbody:97.7F Tamb:20.0C", ASCII_OK, "b36500a20000" },
		/* No number, or not one that is meant. */
		{ "", ASCII_NOTHING, "" },
		{ "hello", ASCII_NOTHING, "" },
		{ "Lo", ASCII_NOTHING, "" },
		{ "Err 36.5", ASCII_DOUBT, "" },
		{ "FAIL", ASCII_DOUBT, "" },
		{ "36.5 36.6", ASCII_DOUBT, "" },
		{ "36 37", ASCII_DOUBT, "" },
		{ "body 36.5 body 36.6", ASCII_DOUBT, "" },
		{ "Tamb:28.1", ASCII_DOUBT, "" },
		{ "2021-10-15", ASCII_DOUBT, "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct sample sample;
		char got[64];

		assert_int_equal(ascii_parse((const void *)cases[i].text,
		    strlen(cases[i].text), &sample), cases[i].result);
		if (cases[i].result != ASCII_OK)
			continue;
		describe(&sample, got);
		assert_string_equal(got, cases[i].want);
	}
}

static void
test_long_numbers_are_no_temperature(void **state)
{
	struct sample sample;

	(void)state;
	assert_int_equal(ascii_parse((const void *)
	    "99999999999999999999999999999999", 32, &sample), ASCII_OK);
	assert_int_equal(sample.object_mc, INT32_MAX);
	assert_int_equal(ascii_parse((const void *)"-3650", 5, &sample),
	    ASCII_OK);
	assert_true(sample.object_mc < -1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_numbers_are_no_temperature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
