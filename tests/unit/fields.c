/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form of several lines takes what each line is made of, and says what is
 * wrong; blanks are allowed where they are. */
#include "test.h"

#include "screen.h"

static const struct field_choice sides[] = {
	{ "in", "IN" }, { "out", "OUT" }, { NULL, NULL },
};

static const struct field_info list[] = {
	{ "name", "Name", FIELD_TEXT, true, false, NULL },
	{ "number", "Number", FIELD_NUMBER, false, false, NULL },
	{ "birth", "Born", FIELD_DATE, false, false, NULL },
	{ "phone", "Telephone", FIELD_PHONE, false, false, NULL },
	{ "time", "Time", FIELD_TIME, false, true, NULL },
	{ "plate", "Plate", FIELD_PLATE, false, true, NULL },
	{ "side", "Side", FIELD_CHOICE, false, true, sides },
};

/* '\r' Enter, '\b' erase, '\t' Tab, '^' up, '_' down, '\033' Esc. */
static enum form_result
type(struct fields *fields, const char *keys)
{
	enum form_result result = FORM_EDITING;
	size_t n = strlen(keys), at = 0;

	while (at < n && result == FORM_EDITING) {
		struct input input = { .kind = INPUT_CHARACTER };

		utf8_put(utf8_next(keys, n, &at), input.character);
		switch (input.character[0]) {
		case '\r': input.action = ACTION_ENTER; break;
		case '\b': input.action = ACTION_BACKSPACE; break;
		case '\t': input.action = ACTION_LANE; break;
		case '^': input.action = ACTION_UP; break;
		case '_': input.action = ACTION_DOWN; break;
		case '\033': input.action = ACTION_ESCAPE; break;
		case 'c': input.action = ACTION_PASS; break; /* a letter here */
		default: break;
		}
		if (input.action != ACTION_NONE)
			input.kind = INPUT_ACTION;
		if (strchr("\r\b\t^_\033", input.character[0]) != NULL)
			input.character[0] = '\0';
		result = fields_input(fields, &input);
	}
	return result;
}

static void
test_each_kind_and_its_problem(void **state)
{
	static const struct {
		const char *field, *keys, *value;
		bool problem;
	} cases[] = {
		{ "name", "Nguyeenx Thij Maaux\r", "Nguyễn Thị Mẫu", false },
		{ "name", "\r", "", true }, { "name", "A\r", "A", true },
		{ "name", "  Ab  \r", "Ab", false },
		{ "name", "cuc\r", "cuc", false },
		{ "number", "094300000123\r", "094300000123", false },
		{ "number", "094-300.000 123\r", "094300000123", false },
		{ "number", "123456789\r", "123456789", false },
		{ "number", "12345678\r", "12345678", true },
		{ "number", "c1234567\r", "C1234567", false },
		{ "number", "\r", "", false },
		{ "birth", "15032000\r", "15032000", false },
		{ "birth", "1960\r", "1960", false },
		{ "birth", "30022000\r", "30022000", true },
		{ "birth", "15131999\r", "15131999", true },
		{ "birth", "0315\r", "0315", true },
		{ "phone", "0912 345 678\r", "0912345678", false },
		{ "phone", "+84912345678\r", "+84912345678", false },
		{ "phone", "12345678\r", "12345678", true },
		{ "phone", "09123+45678\r", "09123+45678", true },
		{ "time", "1403\r", "1403", false },
		{ "time", "14032210\r", "14032210", false },
		{ "time", "2503\r", "2503", true },
		{ "time", "14033210\r", "14033210", true },
		{ "time", "140\r", "140", true },
		{ "plate", "83a12345\r", "83A12345", false },
		{ "plate", "8\r", "8", true },
		{ "side", "2\r", "out", false }, { "side", "3\r", "", false },
		{ "side", "  \r", "out", false }, { "side", "x1\b\r", "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct fields fields;
		struct field_info one[1];

		for (size_t f = 0; f < nitems(list); f++)
			if (strcmp(list[f].name, cases[i].field) == 0)
				one[0] = list[f];
		one[0].extra = false;
		fields_open(&fields, "Test", one, 1, COMPOSE_TELEX);
		if (type(&fields, cases[i].keys) != (cases[i].problem ?
		    FORM_EDITING : FORM_DONE) ||
		    strcmp(fields_value(&fields, cases[i].field),
		    cases[i].value) != 0 ||
		    (fields.problem[0] != '\0') != cases[i].problem)
			fail_msg("%s %s: \"%s\" %s", cases[i].field,
			    cases[i].keys, fields_value(&fields,
			    cases[i].field), fields.problem);
	}
}

static void
test_six_keys_of_enter_and_it_is_done(void **state)
{
	struct fields fields;

	(void)state;
	fields_open(&fields, "Test", list, nitems(list), COMPOSE_VNI);
	assert_int_equal(fields_shown(&fields), 4);
	assert_int_equal(type(&fields, "Le6 Thi5 Hoa2\r\r1960\r\r"), FORM_DONE);
	assert_string_equal(fields_value(&fields, "name"), "Lê Thị Hòa");
	assert_string_equal(fields_value(&fields, "nothing"), "");
}

static void
test_the_rest_is_behind_one_key(void **state)
{
	struct fields fields;

	(void)state;
	fields_open(&fields, "Test", list, nitems(list), COMPOSE_OFF);
	assert_int_equal(type(&fields, "Ab\t\r\r\r\r1403\r\r"), FORM_EDITING);
	assert_int_equal(fields_shown(&fields), nitems(list));
	assert_int_equal(type(&fields, "1\r"), FORM_DONE);
	assert_string_equal(fields_value(&fields, "side"), "in");
	assert_string_equal(fields_value(&fields, "time"), "1403");
}

static void
test_done_goes_to_what_is_wrong(void **state)
{
	struct fields fields;

	(void)state;
	fields_open(&fields, "Test", list, nitems(list), COMPOSE_OFF);
	assert_int_equal(type(&fields, "_12_^^_\b\b7___\r"), FORM_EDITING);
	assert_int_equal(fields.at, 0); /* after the last one: the name */
	assert_true(fields.problem[0] != '\0');
	assert_int_equal(type(&fields, "Ab\r"), FORM_EDITING);
	assert_string_equal(fields.problem, "");
	assert_int_equal(type(&fields, "\033"), FORM_CANCELLED);
}

static void
test_scans_and_pastes_do_not_type(void **state)
{
	struct input scan = { .kind = INPUT_SCAN, .scan_len = 6,
		.scan = "aaaaaa" };
	struct input paste = { .kind = INPUT_PASTE };
	struct fields fields;

	(void)state;
	fields_open(&fields, "Test", list, nitems(list), COMPOSE_TELEX);
	assert_int_equal(fields_input(&fields, &scan), FORM_EDITING);
	assert_string_equal(fields_value(&fields, "name"), "");
	assert_string_equal(fields.problem, "");
	assert_int_equal(fields_input(&fields, &paste), FORM_EDITING);
	assert_true(fields.problem[0] != '\0');
	assert_string_equal(fields_value(&fields, "name"), "");
}

static void
test_no_field_grows_without_end(void **state)
{
	struct fields fields;

	(void)state;
	fields_open(&fields, "Test", list, nitems(list), COMPOSE_TELEX);
	for (int i = 0; i < 1000; i++)
		type(&fields, i % 7 == 0 ? "â" : i % 3 == 0 ? " " : "e");
	assert_true(strlen(fields_value(&fields, "name")) < FIELD_TEXT_MAX);
	assert_true(fields.problem[0] != '\0');
}

static void
test_a_date_is_written_as_iso(void **state)
{
	char out[11];

	(void)state;
	fields_date("15032000", out);
	assert_string_equal(out, "2000-03-15");
	fields_date("1960", out);
	assert_string_equal(out, "1960");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_and_its_problem),
		cmocka_unit_test(test_six_keys_of_enter_and_it_is_done),
		cmocka_unit_test(test_the_rest_is_behind_one_key),
		cmocka_unit_test(test_done_goes_to_what_is_wrong),
		cmocka_unit_test(test_scans_and_pastes_do_not_type),
		cmocka_unit_test(test_no_field_grows_without_end),
		cmocka_unit_test(test_a_date_is_written_as_iso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
