/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CBOR of any shape is read whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/credential/parts.h"

/* What it is, written again in its shortest form; "" refused. */
static void
rewrite(const char *hex, char *out)
{
	unsigned char bytes[256], again[256];
	ssize_t n = hex_parse(hex, strlen(hex), bytes, sizeof(bytes));
	struct tree *tree = tree_new();
	const struct node *node;
	unsigned char *exact = malloc(n > 0 ? (size_t)n : 1);

	assert_non_null(exact);
	assert_true(n >= 0);
	memcpy(exact, bytes, (size_t)n);
	node = cbor_parse(tree, exact, (size_t)n);
	out[0] = '\0';
	if (node != NULL)
		hex_print(again, cbor_print(node, again, sizeof(again)), out);
	for (char *c = out; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	tree_free(tree);
	free(exact);
}

static void
test_values(void **state)
{
	static const struct {
		const char *hex, *want;
	} cases[] = {
		{ "00", "00" }, { "1817", "17" }, { "1903e8", "1903e8" },
		{ "1b7fffffffffffffff", "1b7fffffffffffffff" },
		{ "390103", "390103" },
		{ "3b7fffffffffffffff", "3b7fffffffffffffff" },
		{ "f4", "f4" }, { "f6", "f6" }, { "f7", "f6" },
		{ "f93c00", "fb3ff0000000000000" },
		{ "4100", "4100" }, { "60", "60" }, { "6161", "6161" },
		{ "80", "80" }, { "a0", "a0" }, { "a1010203", "" },
		{ "d28101", "d28101" }, { "d83dd280", "d83dd280" },
		{ "9f0102ff", "820102" }, { "bf0102ff", "a10102" },
		{ "5f41014102ff", "420102" }, { "7f616161626163ff", "63616263" },
		{ "5fff", "40" }, { "9f9fff9fffff", "828080" },
		{ "a2016161026162", "a2016161026162" },
		/* Refused. */
		{ "", "" }, { "0000", "" }, { "18", "" }, { "4201", "" },
		{ "8201", "" }, { "a101", "" }, { "ff", "" }, { "81ff", "" },
		{ "bf01ff", "" }, { "5f6161ff", "" }, { "5f01ff", "" },
		{ "9f", "" }, { "61ff", "" }, { "62c328", "" }, { "1c", "" },
		{ "a201000100", "" }, { "bf6161006161ffff", "" },
		{ "9bffffffffffffffff", "" }, { "bbffffffffffffffff", "" },
		{ "9b7fffffffffffffff00", "" }, { "5bffffffffffffffff00", "" },
	};
	char got[600];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		rewrite(cases[i].hex, got);
		if (strcmp(got, cases[i].want) != 0)
			print_error("%s\n", cases[i].hex);
		assert_string_equal(got, cases[i].want);
	}
}

static void
test_nesting_is_bounded(void **state)
{
	char hex[200] = "", got[600];

	(void)state;
	for (int i = 0; i < NODE_DEPTH_MAX; i++)
		strcat(hex, "81");
	strcat(hex, "00");
	rewrite(hex, got);
	assert_string_equal(got, hex);
	memmove(hex + 2, hex, strlen(hex) + 1);
	rewrite(hex, got);
	assert_string_equal(got, "");
}

static void
test_the_number_of_values_is_bounded(void **state)
{
	unsigned char bytes[TREE_NODES_MAX + 8] = { 0x9f };
	struct tree *tree = tree_new();

	(void)state;
	bytes[TREE_NODES_MAX] = 0xff;
	assert_non_null(cbor_parse(tree, bytes, TREE_NODES_MAX + 1));
	tree_free(tree);
	tree = tree_new();
	bytes[TREE_NODES_MAX] = 0x00;
	bytes[TREE_NODES_MAX + 1] = 0xff;
	assert_null(cbor_parse(tree, bytes, TREE_NODES_MAX + 2));
	tree_free(tree);
}

static void
test_base45(void **state)
{
	static const struct {
		const char *text, *bytes;
	} cases[] = {
		{ "BB8", "AB" }, { "%69 VD92EX0", "Hello!!" },
		{ "UJCLQE7W581", "base-45" }, { "QED8WEX0", "ietf!" },
		{ "", "" },
	};
	static const char *const broken[] = { "A", "GGW", "::", "ab", "AAAA",
		"A\xc3", ":::" };
	unsigned char out[32];
	char text[32];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		size_t n = strlen(cases[i].bytes);

		assert_int_equal(base45_decode(cases[i].text,
		    strlen(cases[i].text), out, n), n);
		assert_memory_equal(out, cases[i].bytes, n);
		base45_encode((const void *)cases[i].bytes, n, text);
		assert_string_equal(text, cases[i].text);
		if (n > 0)
			assert_int_equal(base45_decode(cases[i].text,
			    strlen(cases[i].text), out, n - 1), -1);
	}
	for (size_t i = 0; i < nitems(broken); i++)
		assert_int_equal(base45_decode(broken[i], strlen(broken[i]),
		    out, sizeof(out)), -1);
	assert_int_equal(base45_decode("BB8 ", 4, out, sizeof(out)), 2);
	assert_int_equal(base45_decode("A\0B", 3, out, sizeof(out)), -1);
}

static void
test_base64(void **state)
{
	static const struct {
		enum base64_form form;
		const char *text;
		int n; /* of the bytes \xfb\xff\xfe, -1 refused */
	} cases[] = {
		{ BASE64_ANY, "+//+", 3 }, { BASE64_ANY, "-__-", 3 },
		{ BASE64_URL, "-__-", 3 }, { BASE64_URL, "+//+", -1 },
		{ BASE64_ANY, " +/\r\n8=", 2 }, { BASE64_URL, "-_8=", -1 },
		{ BASE64_URL, "-_8", 2 }, { BASE64_ANY, "+w==", 1 },
		{ BASE64_ANY, "+w===", -1 }, { BASE64_ANY, "+w=w", -1 },
		{ BASE64_ANY, "+", -1 }, { BASE64_ANY, "", 0 },
		{ BASE64_ANY, "+//+A", -1 }, { BASE64_ANY, "\x01", -1 },
		{ BASE64_ANY, "+//+++++", -1 },
	};
	unsigned char out[3];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		ssize_t n = base64_decode(cases[i].form, cases[i].text,
		    strlen(cases[i].text), out, sizeof(out));

		assert_int_equal(n, cases[i].n);
		if (n > 0)
			assert_memory_equal(out, "\xfb\xff\xfe", (size_t)n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_the_number_of_values_is_bounded),
		cmocka_unit_test(test_base45),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
