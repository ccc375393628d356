/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside is composed, comparable, and harmless on a terminal. */
#include "base.h"

#include "test.h"

/* "0065 0323" to UTF-8; ends at ';' or at the end of the line. */
static size_t
codes_to_text(const char *codes, char *out)
{
	size_t n = 0;
	char *end;

	while (*codes != ';' && *codes != '\n' && *codes != '\0') {
		n += utf8_put((uint32_t)strtoul(codes, &end, 16), out + n);
		codes = end;
	}
	out[n] = '\0';
	return n;
}

static void
test_nfc_agrees_with_unicode(void **state)
{
	FILE *f = fopen(test_path("SRCDIR", "tests/text/nfc.txt"), "r");
	char line[200];
	int seen = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		char given[64], want[64], got[64];
		size_t n;

		if (line[0] == '#')
			continue;
		n = codes_to_text(line, given);
		codes_to_text(strchr(line, ';') + 1, want);
		assert_int_equal(text_nfc(given, n, got, sizeof(got)),
		    strlen(want));
		if (strcmp(got, want) != 0)
			fail_msg("%s", line);
		seen++;
	}
	fclose(f);
	assert_true(seen > 500);
}

typedef size_t (*text_fn)(const char *text, size_t n, char *out,
    size_t capacity);

struct text_case {
	const char *given, *want;
};

static void
check(text_fn fn, const struct text_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char got[256];
		size_t n = fn(cases[i].given, strlen(cases[i].given), got,
		    sizeof(got));

		assert_string_equal(got, cases[i].want);
		assert_int_equal(n, strlen(cases[i].want));
	}
}

static void
test_fold(void **state)
{
	static const struct text_case cases[] = {
		{ "", "" }, { "Nguyễn Thị Đậu", "NGUYEN THI DAU" },
		{ "Nguye\u0302\u0303n", "NGUYEN" },
		{ "NGUYEN<<THI<DAU<<<<", "NGUYEN THI DAU" },
		{ "  đặng -- Văn\tA ", "DANG VAN A" },
		{ "O'Brien, Seán", "O BRIEN SEAN" },
		{ "Groß Łódź Øre Æbel", "GROSS LODZ ORE AEBEL" },
		{ "Ünal\u00a0Öz", "UNAL OZ" }, { "Nguyễn\u200bAn", "NGUYEN AN" },
		{ "王小明", "王小明" }, { "Иванов", "Иванов" },
		{ "a1\xff" "b", "A1 B" }, { "...", "" },
	};

	(void)state;
	check(text_fold, cases, nitems(cases));
}

static void
test_clean(void **state)
{
	static const struct text_case cases[] = {
		{ "Nguyễn", "Nguyễn" }, { "Nguye\u0302\u0303n", "Nguyễn" },
		{ "a\x1b[31mb", "a\uFFFD[31mb" }, { "\x7f", "\uFFFD" },
		{ "a\nb\r\tc", "a b  c" }, { "\xc2\x9b" "2J", "\uFFFD" "2J" },
		{ "\xc2\x85", " " }, { "a\u2028b", "a b" },
		{ "\u202eabc", "\uFFFD" "abc" }, { "\u2066\u2069", "\uFFFD\uFFFD" },
		{ "\u200b\u200e\u200f\ufeff", "\uFFFD\uFFFD\uFFFD\uFFFD" },
		{ "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD" },
		{ "\u0301a", "\uFFFD" "a" },
		{ "q\u0323\u0324\u0325\u0326\u0329", "q\u0323\u0324" },
		{ "₫ 50.000", "₫ 50.000" }, { "\U000e0041", "\uFFFD" },
		{ "\ufffe", "\uFFFD" }, { "\u06dd" "1", "\uFFFD" "1" },
	};

	(void)state;
	check(text_clean, cases, nitems(cases));
}

static void
test_clean_takes_nul_for_a_control(void **state)
{
	char got[16];

	(void)state;
	text_clean("a\0b", 3, got, sizeof(got));
	assert_string_equal(got, "a\uFFFDb");
}

static void
test_upper(void **state)
{
	static const struct text_case cases[] = {
		{ "nguyễn thị đậu", "NGUYỄN THỊ ĐẬU" },
		{ "ưứừửữự ơớờởỡợ", "ƯỨỪỬỮỰ ƠỚỜỞỠỢ" },
		{ "ăắằẳẵặ ýỳỷỹỵ", "ĂẮẰẲẴẶ ÝỲỶỸỴ" },
		{ "straße ÿ ÷ ñ", "STRASSE Ÿ ÷ Ñ" },
		{ "łódź žena ŉ ĸ ı", "ŁÓDŹ ŽENA ŉ ĸ I" },
		{ "王 1", "王 1" },
	};

	(void)state;
	check(text_upper, cases, nitems(cases));
}

/* Whatever the room, the end is a whole letter and a NUL, and nothing is
 * written behind the end. */
static void
test_short_room_ends_at_a_whole_letter(void **state)
{
	static const text_fn fns[] = { text_nfc, text_fold, text_clean,
		text_upper };
	static const char text[] = "Nguyễn q\u0323\u0302 \xff Đậu 王";

	(void)state;
	for (size_t i = 0; i < nitems(fns); i++) {
		char whole[128];
		size_t full = fns[i](text, sizeof(text) - 1, whole,
		    sizeof(whole));

		for (size_t room = 0; room <= full + 1; room++) {
			char *got = malloc(room + 1);
			size_t n;

			got[room] = '!';
			n = fns[i](text, sizeof(text) - 1, got, room);
			assert_int_equal(got[room], '!');
			assert_true(n < room || room == 0);
			assert_memory_equal(got, whole, n);
			if (room > 0)
				assert_int_equal(got[n], '\0');
			assert_true(utf8_valid(got, n));
			free(got);
		}
	}
}

static void
test_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("Nguyễn"), 6);
	assert_int_equal(text_columns("q\u0323a"), 2);
	assert_int_equal(text_columns("王A"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nfc_agrees_with_unicode),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_takes_nul_for_a_control),
		cmocka_unit_test(test_upper),
		cmocka_unit_test(test_short_room_ends_at_a_whole_letter),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
