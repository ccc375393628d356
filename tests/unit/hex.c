/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hexadecimal comes back as the bytes it was made of, or not at all. */
#include "base.h"

#include "test.h"

static void
test_all_bytes_come_back(void **state)
{
	unsigned char bytes[256], back[256];
	char text[513];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(hex_print(bytes, 256, text), 512);
	assert_int_equal(hex_parse(text, 512, back, sizeof(back)), 256);
	assert_memory_equal(bytes, back, 256);
}

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		ssize_t want;
	} cases[] = {
		{ "", 0 }, { "00", 1 }, { "aF", 1 }, { "0", -1 }, { "0g", -1 },
		{ "g0", -1 }, { " 0", -1 }, { "0x", -1 }, { "00112233", 4 },
		{ "0011223344", -1 }, { "001122334", -1 }, { "\xc3\x81", -1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char out[4];

		assert_int_equal(hex_parse(cases[i].text,
		    strlen(cases[i].text), out, sizeof(out)), cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_bytes_come_back),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
