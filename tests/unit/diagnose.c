/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each wrong setting of a scanner is told by what it does to a known code. */
#include "test.h"

#include <ctype.h>

#include "../../src/reader/parts.h"

struct scan {
	unsigned char bytes[4096];
	size_t n;
};

static struct scan
scan_of(int code, const char *before, const char *after)
{
	struct scan scan;
	unsigned char payload[TESTCODE_MAX];
	size_t n = testcode_payload(code, payload);

	scan.n = strlen(before);
	memcpy(scan.bytes, before, scan.n);
	memcpy(scan.bytes + scan.n, payload, n);
	scan.n += n;
	memcpy(scan.bytes + scan.n, after, strlen(after));
	scan.n += strlen(after);
	return scan;
}

static struct diagnosis
judged(int asked, const struct scan *scan)
{
	const struct burst burst = { scan->bytes, scan->n, 100, 2 };

	return diagnose(asked, &burst, 150);
}

static void
assert_found(const struct scan *scan, int code, unsigned findings)
{
	struct diagnosis d = judged(code, scan);

	assert_int_equal(d.found, findings);
	assert_int_equal(d.code, code);
}

#define FOUND(name) (1u << FINDING_##name)

static void
test_each_code_is_good_as_it_is(void **state)
{
	static const struct {
		const char *after;
		enum frame_end end;
	} ends[] = { { "\r", END_CR }, { "\n", END_LF }, { "\r\n", END_CRLF },
		{ "\t", END_TAB }, { "\x03", END_ETX } };

	(void)state;
	for (int code = 1; code <= TESTCODES; code++)
		for (size_t i = 0; i < nitems(ends); i++) {
			struct scan scan = scan_of(code, "", ends[i].after);

			assert_found(&scan, code, 0);
			assert_int_equal(judged(code, &scan).end, ends[i].end);
		}
}

static void
test_another_code_than_asked_is_known(void **state)
{
	struct scan scan = scan_of(3, "", "\r");

	(void)state;
	assert_int_equal(judged(1, &scan).code, 3);
	assert_int_equal(judged(1, &scan).found, 0);
}

static void
test_what_stands_around_a_code(void **state)
{
	static const struct {
		const char *before, *after;
		unsigned found;
	} cases[] = {
		{ "", "", FOUND(NO_TERMINATOR) },
		{ "", "\r\r\n", FOUND(TERMINATOR) },
		{ "]Q1", "\r", 0 }, { "\x02", "\x03", 0 },
		{ "\x02]Q1", "\r", 0 },
		{ "QR:", "\r", FOUND(PREFIX) },
		{ "]Q1X", "", FOUND(PREFIX) | FOUND(NO_TERMINATOR) },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct scan scan = scan_of(2, cases[i].before, cases[i].after);

		assert_found(&scan, 2, cases[i].found);
	}
}

static void
test_case_and_bits(void **state)
{
	struct scan swapped = scan_of(1, "", "\r"), upper = swapped,
	    lower = swapped, seven = scan_of(2, "", "\r");

	(void)state;
	for (size_t i = 0; i < swapped.n; i++) {
		int c = swapped.bytes[i];

		swapped.bytes[i] = (unsigned char)(isupper(c) ? tolower(c) :
		    toupper(c));
		upper.bytes[i] = (unsigned char)toupper(c);
		lower.bytes[i] = (unsigned char)tolower(c);
	}
	for (size_t i = 0; i < seven.n; i++)
		seven.bytes[i] &= 0x7f;
	assert_found(&swapped, 1, FOUND(SWAPPED));
	assert_found(&upper, 1, FOUND(UPPER));
	assert_found(&lower, 1, FOUND(LOWER));
	assert_found(&seven, 2, FOUND(SEVEN_BITS));
}

static void
test_character_sets(void **state)
{
	static const struct {
		const char *sent;
		enum finding finding;
	} cases[] = {
		/* left out; question marks; marks dropped; decomposed */
		{ "CHOT-TEST-2 Nguyn t   \r", FINDING_LETTERS },
		{ "CHOT-TEST-2 Nguy?n ??t ? ? ?\r", FINDING_LETTERS },
		{ "CHOT-TEST-2 Nguyen Dat y u a\r", FINDING_MARKS },
		{ "CHOT-TEST-2 Nguye\u0302\u0303n \u0110a\u0323t y\u0303 "
		    "u\u031b\u0323 a\u0306\u0323\r", FINDING_DECOMPOSED },
		/* Windows-1258 and a code page of China */
		{ "CHOT-TEST-2 Nguy\xea\xden \xd0" "a\xf2t y\xde \xfd\xf2 "
		    "\xe3\xf2\r", FINDING_CHARSET },
		{ "CHOT-TEST-2 Nguy\xe1\xbb\xa5n \xc4\xa0\xa8\xa2t \xa8\xb4 "
		    "\xa8\xb9 \xa8\xb3\r", FINDING_CHARSET },
	};
	struct scan scan;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		scan.n = strlen(cases[i].sent);
		memcpy(scan.bytes, cases[i].sent, scan.n);
		assert_found(&scan, 2, 1u << cases[i].finding);
	}
}

static void
test_utf8_made_twice(void **state)
{
	struct scan once = scan_of(2, "", "\r"), scan = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < once.n; i++)
		scan.n += utf8_put(once.bytes[i],
		    (char *)scan.bytes + scan.n);
	assert_found(&scan, 2, FOUND(TWICE));
}

static void
test_layouts(void **state)
{
	struct scan german = scan_of(2, "", "\r"), odd = scan_of(3, "", "\r");

	(void)state;
	for (size_t i = 0; i < german.n; i++)
		german.bytes[i] = german.bytes[i] == 'y' ? 'z' :
		    german.bytes[i];
	assert_found(&german, 2, FOUND(LAYOUT));
	for (size_t i = 0; i < odd.n; i++)
		odd.bytes[i] = odd.bytes[i] == '"' ? '@' : odd.bytes[i] ==
		    '@' ? '"' : odd.bytes[i] == '-' ? '/' : odd.bytes[i] ==
		    '/' ? '&' : odd.bytes[i] == '&' ? '-' : odd.bytes[i];
	assert_found(&odd, 3, FOUND(LAYOUT));
}

static void
test_bytes_that_are_lost(void **state)
{
	struct scan scan = scan_of(4, "", "\r");

	(void)state;
	memmove(scan.bytes + 300, scan.bytes + 316, scan.n - 316);
	scan.n -= 16;
	assert_found(&scan, 4, FOUND(LOST));
}

static void
test_pauses_and_slowness(void **state)
{
	struct scan scan = scan_of(4, "", "\r");
	struct burst burst = { scan.bytes, scan.n, 9000, 20 };

	(void)state;
	assert_int_equal(diagnose(4, &burst, 150).found, FOUND(SLOW));
	burst.gap_ms = 150;
	assert_int_equal(diagnose(4, &burst, 150).found, FOUND(PAUSES));
}

static void
test_noise_and_strangers(void **state)
{
	struct scan noise = { .n = 200 }, other = { .n = 12 };
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < noise.n; i++) {
		x = x * 1664525u + 1013904223u;
		noise.bytes[i] = (unsigned char)(x >> 24 | 0x80);
	}
	memcpy(other.bytes, "8934563111\r\n", 12);
	assert_found(&noise, 1, FOUND(SPEED));
	assert_found(&other, 1, FOUND(OTHER));
}

static void
test_whatever_comes_nothing_breaks(void **state)
{
	uint32_t x = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct scan scan = scan_of(round % TESTCODES + 1, "", "\r");

		for (int i = 0; i < round % 40; i++) {
			x = x * 1664525u + 1013904223u;
			scan.bytes[x % scan.n] = (unsigned char)(x >> 24);
		}
		scan.n = x % 3 == 0 ? x / 7 % sizeof(scan.bytes) : scan.n;
		assert_in_range(judged(1, &scan).code, 1, TESTCODES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_code_is_good_as_it_is),
		cmocka_unit_test(test_another_code_than_asked_is_known),
		cmocka_unit_test(test_what_stands_around_a_code),
		cmocka_unit_test(test_case_and_bits),
		cmocka_unit_test(test_character_sets),
		cmocka_unit_test(test_utf8_made_twice),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_bytes_that_are_lost),
		cmocka_unit_test(test_pauses_and_slowness),
		cmocka_unit_test(test_noise_and_strangers),
		cmocka_unit_test(test_whatever_comes_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
