/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record comes out whole, with its line, or is refused whole. */
#include "../../src/register/parts.h"

#include "test.h"

/* "LINE:field|field|" or "LINE!problem", so that a case is one line. */
static void
join(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem)
{
	char *out = arg, *end = out + strlen(out);

	end += sprintf(end, "%d", (int)line);
	if (problem != NULL)
		end += sprintf(end, "!%.12s", problem);
	else
		*end++ = ':', *end = '\0';
	for (size_t i = 0; i < nfields; i++)
		end += sprintf(end, "%s|", fields[i]);
	strcpy(end, " ");
}

static const struct {
	const char *sent;
	size_t n;
	const char *want;
} cases[] = {
#define CASE(sent, want) { sent, sizeof(sent) - 1, want }
	CASE("", ""),
	CASE("\n", ""),
	CASE("\r\n\r\n\n", ""),
	CASE("a,b\n", "1:a|b| "),
	CASE("a,b", "1:a|b| "),
	CASE("a,b\r\nc,d\r\n", "1:a|b| 2:c|d| "),
	CASE("a,b\rc,d\r", "1:a|b| 2:c|d| "),
	CASE("a\n\nb\n", "1:a| 3:b| "),
	CASE("a,\n,b\n,\n", "1:a|| 2:|b| 3:|| "),
	CASE("\"a\",\"b,c\"\n", "1:a|b,c| "),
	CASE("\"a\"\"b\"\n", "1:a\"b| "),
	CASE("\"\"\n", "1:| "),
	CASE("\"a\nb\",c\nd,e\n", "1:a\nb|c| 3:d|e| "),
	CASE("\"a\r\nb\",c\r\nd,e\r\n", "1:a\r\nb|c| 3:d|e| "),
	CASE("\xef\xbb\xbf" "a,b\n", "1:a|b| "),
	CASE("\xef\xbb\xbf\"a\",b\n", "1:a|b| "),
	CASE("\xef\xbb\n", "1!not UTF-8: s "),
	CASE("\xef\xbb", "1!not UTF-8: s "),
	CASE("a;b\nc,d;e\n", "1:a|b| 2:c,d|e| "),
	CASE("a\tb\nc;d\te\n", "1:a|b| 2:c;d|e| "),
	CASE("a\"b,c\nd,e\n", "1!a quote in t 2:d|e| "),
	CASE("\"a\"b,c\nd,e\n", "1!a quote in t 2:d|e| "),
	CASE("a,b\n\"c,d\ne,f\n", "1:a|b| 2!a quote is n "),
	CASE("a\0b\nc\n", "1!a NUL byte:  2:c| "),
	CASE("\0", "1!a NUL byte:  "),
	CASE("a,\xff\nb\n", "1!not UTF-8: s 2:b| "),
	CASE("\xc3,\xa9\n", "1!not UTF-8: s "), /* cut by a separator */
	CASE("ch\xe1\xbb\x91t\n", "1:chốt| "),
#undef CASE
};

static void
test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		for (size_t piece = 1; piece <= cases[i].n + 1; piece++) {
			char got[256] = "";
			struct csv csv;

			csv_init(&csv, join, got);
			for (size_t at = 0; at < cases[i].n; at += piece)
				csv_push(&csv, cases[i].sent + at,
				    at + piece > cases[i].n ?
				    cases[i].n - at : piece);
			csv_end(&csv);
			assert_string_equal(got, cases[i].want);
		}
	}
}

static void
push_run(struct csv *csv, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		csv_push(csv, text, strlen(text));
}

static void
test_too_long_is_refused_whole(void **state)
{
	static const char *const before[] = { "", "\"" };
	char got[3 * CSV_RECORD_MAX];

	(void)state;
	for (size_t i = 0; i < nitems(before); i++) {
		struct csv csv;

		got[0] = '\0';
		csv_init(&csv, join, got);
		csv_push(&csv, before[i], strlen(before[i]));
		push_run(&csv, "x", CSV_RECORD_MAX + 1);
		csv_push(&csv, before[i], strlen(before[i]));
		csv_push(&csv, "\nok\n", 4);
		csv_end(&csv);
		assert_string_equal(got, "1!the line is  2:ok| ");
	}
}

static void
test_the_longest_is_taken(void **state)
{
	char got[3 * CSV_RECORD_MAX] = "";
	struct csv csv;

	(void)state;
	csv_init(&csv, join, got);
	push_run(&csv, "x", CSV_RECORD_MAX);
	csv_push(&csv, "\n", 1);
	assert_int_equal(strlen(got), CSV_RECORD_MAX + 4);
}

static void
test_too_many_fields_are_refused(void **state)
{
	char got[2048] = "";
	struct csv csv;

	(void)state;
	csv_init(&csv, join, got);
	push_run(&csv, ",", CSV_FIELDS_MAX);
	csv_push(&csv, "\nok\n", 4);
	assert_string_equal(got, "1!too many fie 2:ok| ");
	got[0] = '\0';
	push_run(&csv, ",", CSV_FIELDS_MAX - 1);
	csv_push(&csv, "\n", 1);
	assert_int_equal(strlen(got), 2 + CSV_FIELDS_MAX + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_too_long_is_refused_whole),
		cmocka_unit_test(test_the_longest_is_taken),
		cmocka_unit_test(test_too_many_fields_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
