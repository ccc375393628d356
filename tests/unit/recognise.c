/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boards are told by what they answer, and no question switches any of them. */
#include "test.h"

#include "../../src/actuator/parts.h"

static void
test_an_answer_tells_the_board(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want; /* NULL: no board's */
	} cases[] = {
		{ "\1\1\1\0\x51\x88", 6, "modbus" },
		{ "\1\1\1\1\x90\x48", 6, "modbus" },
		{ "\0\1\1\1\0\x51\x88", 7, "modbus" },     /* noise before it */
		{ "\1\1\1\0\x51\x89", 6, NULL },           /* damaged */
		{ "\1\1\1\0\x51", 5, NULL },               /* cut */
		{ "\1\1\0\0\0\1\xFD\xCA", 8, NULL },       /* an echo */
		{ "\1\x81\2\xC1\x91", 5, NULL },           /* it knows no coils */
		{ "\xFF\1\0", 3, "kmtronic" },
		{ "\xFF\1\1", 3, "kmtronic" },
		{ "\xFF\1\3", 3, NULL },                   /* an echo */
		{ "\xFF\1\0\0", 4, NULL },
		{ "\0\1\0\0", 4, "kmtronic" },
		{ "\0\0\0\0\0\0\0\1", 8, "kmtronic" },
		{ "\0\0\0\2", 4, NULL },
		{ "CH1: OFF\r\nCH2: ON\r\n", 19, "lcus" },
		{ "CH1:ON\r\n", 8, "lcus" },
		{ "CH1", 3, NULL },
		{ "36.5\r\n", 6, NULL },
		{ "", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const char *got = recognise_answer((const void *)cases[i].bytes,
		    cases[i].n);

		if (cases[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].want);
	}
}

struct heard {
	unsigned char bytes[64];
	size_t n;
	unsigned switched;
};

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct heard *heard = arg;

	assert_true(heard->n + n <= sizeof(heard->bytes));
	memcpy(heard->bytes + heard->n, bytes, n);
	heard->n += n;
}

static void
on_say(void *arg, const char *line)
{
	((struct heard *)arg)->switched +=
	    strncmp(line, "asked", 5) != 0 && strncmp(line, "noise", 5) != 0;
}

static void
test_no_question_switches_any_board(void **state)
{
	static const struct {
		const char *board, *want;
	} cases[] = { { "lcus", NULL }, { "hw667", NULL },
		{ "kmtronic", "kmtronic" }, { "modbus", "modbus" } };
	unsigned char question[RECOGNISE_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct heard heard = { .n = 0 };
		const struct testboard_calls calls = { on_send, on_say, &heard };
		struct testboard *board = testboard_new(cases[i].board, &calls);
		const char *got = NULL;

		for (size_t k = 0; (n = recognise_question(k, question)) > 0;
		    k++) {
			heard.n = 0;
			testboard_bytes(board, question, n);
			if (got == NULL)
				got = recognise_answer(heard.bytes, heard.n);
		}
		assert_int_equal(heard.switched, 0);
		if (cases[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].want);
		testboard_free(board);
	}
}

/* What switches hw667 is one byte, wherever it stands. */
static void
test_no_question_holds_a_byte_that_switches(void **state)
{
	unsigned char question[RECOGNISE_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; (n = recognise_question(i, question)) > 0; i++)
		for (size_t k = 0; k < n; k++)
			assert_null(memchr("\xA0\xAA\xBB\xCC", question[k], 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_tells_the_board),
		cmocka_unit_test(test_no_question_switches_any_board),
		cmocka_unit_test(test_no_question_holds_a_byte_that_switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
