/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form takes what its kind is made of, says what is wrong, and no more. */
#include "test.h"

#include "screen.h"

/* '\r' Enter, '\b' Backspace, '\033' Esc; anything else its own letter. */
static struct input
key(const char *character)
{
	struct input input = { .kind = INPUT_CHARACTER };

	switch (character[0]) {
	case '\r': input.action = ACTION_ENTER; break;
	case '\b': input.action = ACTION_BACKSPACE; break;
	case '\033': input.action = ACTION_ESCAPE; break;
	case 'C': input.action = ACTION_PASS; break; /* it acts elsewhere */
	default: break;
	}
	if (input.action != ACTION_NONE)
		input.kind = INPUT_ACTION;
	if ((unsigned char)character[0] >= ' ')
		snprintf(input.character, sizeof(input.character), "%s",
		    character);
	return input;
}

static enum form_result
type(struct form *form, const char *keys)
{
	enum form_result result = FORM_EDITING;

	for (const char *p = keys; *p != '\0'; p++) {
		char one[2] = { *p, '\0' };
		struct input input = key(one);

		assert_int_equal(result, FORM_EDITING); /* not typed past the end */
		result = form_input(form, &input);
	}
	return result;
}

static void
test_forms(void **state)
{
	static const struct {
		enum form_kind kind;
		const char *keys;
		enum form_result want;
		const char *text;
		bool problem;
	} cases[] = {
		{ FORM_NUMBER, "094300000123", FORM_DONE, "094300000123", false },
		{ FORM_NUMBER, "09430000012", FORM_EDITING, "09430000012", false },
		{ FORM_NUMBER, "123456789\r", FORM_DONE, "123456789", false },
		{ FORM_NUMBER, "12345678\r", FORM_EDITING, "12345678", true },
		{ FORM_NUMBER, "\r", FORM_EDITING, "", true },
		{ FORM_NUMBER, "0C9.4-x", FORM_EDITING, "094", false },
		{ FORM_NUMBER, "09\b\b\b1", FORM_EDITING, "1", false },
		{ FORM_NUMBER, "12\033", FORM_CANCELLED, "12", false },
		{ FORM_TEMPERATURE, "368", FORM_DONE, "368", false },
		{ FORM_TEMPERATURE, "36,8", FORM_DONE, "368", false },
		{ FORM_TEMPERATURE, "36\r", FORM_EDITING, "36", true },
		{ FORM_TEMPERATURE, "299", FORM_EDITING, "299", true },
		{ FORM_TEMPERATURE, "450", FORM_EDITING, "450", true },
		{ FORM_TEMPERATURE, "299\b\b\b372", FORM_DONE, "372", false },
		{ FORM_TEMPERATURE, "2998", FORM_EDITING, "299", true },
		{ FORM_PLATE, "83a-123.45\r", FORM_DONE, "83A-123.45", false },
		{ FORM_PLATE, "\r", FORM_DONE, "", false }, /* on foot */
		{ FORM_PLATE, "83C12345\r", FORM_DONE, "83C12345", false },
		{ FORM_PLATE, "-.-.-\r", FORM_EDITING, "-.-.-", true },
		{ FORM_PLATE, "123456789012345", FORM_EDITING,
		    "12345678901234", true },
		{ FORM_CLOCK, "\r", FORM_DONE, "", false },
		{ FORM_CLOCK, "1403\r", FORM_DONE, "1403", false },
		{ FORM_CLOCK, "2403\r", FORM_EDITING, "2403", true },
		{ FORM_CLOCK, "14:03 22/10/2021\r", FORM_DONE, "140322102021",
		    false },
		{ FORM_CLOCK, "140331022021\r", FORM_EDITING, "140331022021",
		    true },
		{ FORM_CLOCK, "14032\r", FORM_EDITING, "14032", true },
		{ FORM_NONE, "1", FORM_CANCELLED, "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct form form;
		enum form_result got;

		form_open(&form, cases[i].kind);
		got = type(&form, cases[i].keys);
		if (got != cases[i].want ||
		    strcmp(form.text, cases[i].text) != 0)
			print_error("%s: %d \"%s\"\n", cases[i].keys, got,
			    form.text);
		assert_int_equal(got, cases[i].want);
		assert_string_equal(form.text, cases[i].text);
		assert_int_equal(form.problem[0] != '\0', cases[i].problem);
	}
}

static void
test_scans_and_pastes_type_nothing(void **state)
{
	struct input scan = { .kind = INPUT_SCAN, .scan_len = 12,
		.scan = "094300000123" };
	struct input paste = { .kind = INPUT_PASTE };
	struct form form;

	(void)state;
	form_open(&form, FORM_NUMBER);
	assert_int_equal(form_input(&form, &scan), FORM_EDITING);
	assert_string_equal(form.text, "");
	assert_int_equal(form_input(&form, &paste), FORM_EDITING);
	assert_string_equal(form.text, "");
	assert_true(form.problem[0] != '\0');
}

static void
test_letters_with_marks_are_no_plate(void **state)
{
	struct input input = key("\u0110");
	struct form form;

	(void)state;
	form_open(&form, FORM_PLATE);
	assert_int_equal(form_input(&form, &input), FORM_EDITING);
	assert_string_equal(form.text, "");
}

static void
test_clock(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = { /* from 2021-10-22 14:03:27 +07:00 */
		{ "", 1634886207 },
		{ "1405", 1634886300 },
		{ "0000", 1634835600 },
		{ "230001012022", 1641052800 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct form form;

		form_open(&form, FORM_CLOCK);
		snprintf(form.text, sizeof(form.text), "%s", cases[i].text);
		assert_int_equal(form_time(&form, 1634886207, 7 * 3600),
		    cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_scans_and_pastes_type_nothing),
		cmocka_unit_test(test_letters_with_marks_are_no_plate),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
