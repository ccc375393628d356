/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Machine-readable zones come out whole in each shape that readers send, and
 * never rows of two documents as one. */
#include "test.h"

#include "../../src/reader/parts.h"

#define ID1 "IDVNM3000001237094300000123<<8"
#define ID2 "0003159F4003157VNM<<<<<<<<<<<2"
#define ID3 "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"
#define P1 "P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<"
#define P2 "C0000001<7VNM0003159F3103153094300000123<<82"
#define TD2A "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
#define TD2B "D231458907UTO7408122F1204159<<<<<<<6"
#define HEAD "\x01\x80OU\x02" "0"

/* Payloads joined by '|', '/' for CR. */
static void
join(void *arg, const unsigned char *data, size_t len)
{
	char *out = (char *)arg + strlen(arg);

	for (size_t i = 0; i < len; i++)
		*out++ = data[i] == '\r' ? '/' : (char)data[i];
	strcpy(out, "|");
}

/* A '~' is a pause of 300 ms, a '^' one of 1.5 s. */
static const struct {
	const char *sent, *want;
	unsigned parts, others;
} cases[] = {
	{ ID1 "\r" ID2 "\r" ID3 "\r\r", ID1 "/" ID2 "/" ID3 "|", 0, 0 },
	{ ID1 "\r\n" ID2 "\r\n" ID3 "\r\n", ID1 "/" ID2 "/" ID3 "|", 0, 0 },
	{ "\x02" P1 "\r" P2 "\x03", P1 "/" P2 "|", 0, 0 },
	{ P1 "\n" P2 "~", P1 "/" P2 "|", 0, 0 },
	{ P1 P2 "\r", P1 P2 "|", 0, 0 },
	{ ID1 ID2 ID3 "~", ID1 ID2 ID3 "|", 0, 0 },
	{ HEAD ID1 "\r" ID2 "\r" ID3 "\r\x03*", ID1 "/" ID2 "/" ID3 "|", 0, 0 },
	{ HEAD "\r" P1 "\r" P2 "\r\x03\r", P1 "/" P2 "|", 0, 0 },
	{ HEAD "\r" TD2A "________\r" TD2B "________\r\x03*", TD2A "/" TD2B "|", 0, 0 },
	{ HEAD "\r" P1 "\r" P2 "\r\x03*" HEAD "\r" P1 "\r" P2 "\r\x03*", P1 "/" P2 "|" P1 "/" P2 "|", 0, 0 },
	/* The check byte may never come, or be the start of the next. */
	{ HEAD "\r" P1 "\r" P2 "\r\x03~" P1 "\r" P2 "\r", P1 "/" P2 "|" P1 "/" P2 "|", 0, 0 },
	{ ID1 "\r~" ID2 "\r~" ID3 "\r", ID1 "/" ID2 "/" ID3 "|", 0, 0 },
	{ P1 "~" P2 "~", P1 "/" P2 "|", 0, 0 },
	{ "P_VNMNGUYEN__THI_MAU________________________\r" P2 "\r", P1 "/" P2 "|", 0, 0 },
	/* Two documents. */
	{ P1 "\r^" P2 "\r", "", 2, 0 },
	{ ID1 "\r" ID2 "\r^" ID1 "\r" ID2 "\r" ID3 "\r", ID1 "/" ID2 "/" ID3 "|", 1, 0 },
	{ ID1 "\r" P1 "\r" P2 "\r", P1 "/" P2 "|", 1, 0 },
	{ P2 "\r", "", 1, 0 },
	{ ID2 "\r" ID3 "\r", "", 2, 0 },
	{ HEAD "\r\r" ID3 "\r\x03*", "", 1, 0 },
	{ HEAD ID1 "\r" ID2 "\r\r\x03*", "", 1, 0 },
	{ HEAD ID1 "\r" ID2 "~" ID3 "\r", "", 2, 0 },
	/* What is no zone. */
	{ "8934567890123\r" P1 "\r" P2 "\r", P1 "/" P2 "|", 0, 1 },
	{ P1 "\rabc\r" P2 "\r", "", 2, 1 },
	{ "P<VNM*GUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<\r", "", 0, 1 },
	{ P1 P1 P1 "\r" P1 "\r" P2 "\r", P1 "/" P2 "|", 0, 1 },
	{ "\x01\x80OX\x02" P1 "\r" P1 "\r" P2 "\r", P1 "/" P2 "|", 1, 1 },
	{ P1 "\r" P1 "\r" P2 "\r", P1 "/" P2 "|", 1, 0 },
	{ "\r\n\r\n", "", 0, 0 },
};

static void
run(const char *sent, size_t piece, struct ocr *o, char *got)
{
	int64_t now_ms = 1000;
	size_t some;

	*got = '\0';
	ocr_init(o, 150);
	for (const char *at = sent; *at != '\0'; at += some) {
		some = strcspn(at, "~^");
		if (some == 0) {
			now_ms += *at == '~' ? 300 : 1500;
			ocr_tick(o, now_ms, join, got);
			some = 1;
			continue;
		}
		if (some > piece)
			some = piece;
		ocr_push(o, (const unsigned char *)at, some, now_ms, join, got);
	}
	ocr_tick(o, now_ms + 300, join, got);
	ocr_tick(o, now_ms + 2000, join, got);
	assert_int_equal(ocr_deadline(o), -1);
}

static void
test_shapes(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, 1000 };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		for (size_t k = 0; k < nitems(pieces); k++) {
			char got[1000];
			struct ocr o;

			run(cases[i].sent, pieces[k], &o, got);
			if (strcmp(got, cases[i].want) != 0 ||
			    o.parts != cases[i].parts ||
			    o.others != cases[i].others)
				fail_msg("case %zu: %s parts %u others %u", i,
				    got, o.parts, o.others);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
