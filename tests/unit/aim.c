/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An AIM identifier is told and taken off; everything else stays. */
#include "test.h"

#include "../../src/reader/parts.h"

static void
test_identifiers(void **state)
{
	static const struct {
		enum aim_mode mode;
		const char *sent, *word, *payload;
	} cases[] = {
		{ AIM_AUTO, "]Q1HELLO", "qr", "HELLO" },
		{ AIM_ON, "]Q1HELLO", "qr", "HELLO" },
		{ AIM_OFF, "]Q1HELLO", "unknown", "]Q1HELLO" },
		{ AIM_AUTO, "HELLO", "unknown", "HELLO" },
		{ AIM_AUTO, "]Q", "unknown", "]Q" },
		{ AIM_AUTO, "]Q1", "qr", "" },
		{ AIM_AUTO, "]11X", "unknown", "]11X" },
		{ AIM_AUTO, "]Qzz", "unknown", "]Qzz" },
		{ AIM_AUTO, "]Qaz", "unknown", "]Qaz" },
		{ AIM_AUTO, "]QAz", "qr", "z" },
		{ AIM_AUTO, "]C0X", "code128", "X" },
		{ AIM_AUTO, "]C1X", "gs1-128", "X" },
		{ AIM_AUTO, "]E0X", "ean13", "X" },
		{ AIM_AUTO, "]E4X", "ean8", "X" },
		{ AIM_AUTO, "]d2X", "gs1-datamatrix", "X" },
		{ AIM_AUTO, "]d1X", "datamatrix", "X" },
		{ AIM_AUTO, "]L2a\\\\b", "pdf417", "a\\\\b" },
		{ AIM_AUTO, "]N0X", "unknown", "X" },
		/* ECI: doubled backslashes and \nnnnnn, in even modifiers. */
		{ AIM_AUTO, "]Q1a\\\\b", "qr", "a\\\\b" },
		{ AIM_AUTO, "]Q2a\\\\b", "qr", "a\\b" },
		{ AIM_AUTO, "]Q2\\000026Nguy", "qr", "Nguy" },
		{ AIM_AUTO, "]Q2\\\\000026", "qr", "\\000026" },
		{ AIM_AUTO, "]Q4\\000026\\\\", "qr", "\\" },
		/* Not encoded after all: untouched. */
		{ AIM_AUTO, "]Q2a\\b\\\\", "qr", "a\\b\\\\" },
		{ AIM_AUTO, "]Q2\\00002", "qr", "\\00002" },
		{ AIM_AUTO, "]Q2\\", "qr", "\\" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char data[64];
		size_t len = strlen(cases[i].sent);
		const char *word;
		unsigned char *payload;

		memcpy(data, cases[i].sent, len);
		payload = aim_strip(cases[i].mode, data, &len, &word);
		assert_string_equal(word, cases[i].word);
		assert_int_equal(len, strlen(cases[i].payload));
		assert_memory_equal(payload, cases[i].payload, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identifiers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
