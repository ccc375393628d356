/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zebra's packets come out as codes, and each gets the answer it wants. */
#include "test.h"

#include "../../src/reader/parts.h"

struct got {
	char text[8192]; /* what happened, joined by '|' */
	char sent[8192]; /* hexadecimal, joined by ' ' */
};

static void
on_scan(void *arg, const char *word, const unsigned char *data, size_t len)
{
	struct got *got = arg;
	size_t n = strlen(got->text);

	snprintf(got->text + n, sizeof(got->text) - n, "%s:%.*s|", word,
	    (int)len, (const char *)data);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct got *got = arg;
	char *end = got->sent + strlen(got->sent);

	end += hex_print(bytes, n, end);
	strcpy(end, " ");
}

static void
on_raw(void *arg, const unsigned char *bytes, size_t n)
{
	struct got *got = arg;

	strncat(got->text, (const char *)bytes, n);
}

static void
on_trouble(void *arg, const char *words)
{
	struct got *got = arg;

	(void)words;
	strcat(got->text, "!|");
}

static void
on_revision(void *arg, const unsigned char *text, size_t n)
{
	struct got *got = arg;

	strcat(got->text, "is ");
	strncat(got->text, (const char *)text, n);
}

static void
begin(struct ssi *s, struct got *got)
{
	const struct ssi_sink sink = { on_scan, on_send, on_raw, on_trouble,
		on_revision,
		got };

	memset(got, 0, sizeof(*got));
	ssi_init(s, &sink);
}

static void
push_hex(struct ssi *s, const char *hex, int64_t now_ms)
{
	unsigned char bytes[512];
	ssize_t n = hex_parse(hex, strlen(hex), bytes, sizeof(bytes));

	assert_true(n > 0);
	ssi_push(s, bytes, (size_t)n, now_ms);
}

/* The frames that the manual prints. */
static void
test_packets_of_the_manual(void **state)
{
	static const struct {
		unsigned char opcode, source, status, data[4];
		size_t n;
		const char *hex;
	} cases[] = {
		{ 0xd0, 4, 0, { 0 }, 0, "04D00400FF28" },
		{ 0xd1, 4, 0, { 1 }, 1, "05D1040001FF25" },
		{ 0xd0, 0, 0, { 0 }, 0, "04D00000FF2C" },
		{ 0xd1, 0, 0, { 6 }, 1, "05D1000006FF24" },
		{ 0xe4, 4, 0, { 0 }, 0, "04E40400FF14" },
		{ 0xe6, 4, 0, { 1 }, 1, "05E6040001FF10" },
		{ 0xc6, 4, 0, { 0xff, 0xee, 1 }, 3, "07C60400FFEE01FD41" },
		{ 0xc6, 4, 8, { 0, 0x9c, 0x0a }, 3, "07C60408009C0AFE81" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char out[260];
		char hex[600];
		size_t n = ssi_packet(cases[i].opcode, cases[i].source,
		    cases[i].status, cases[i].data, cases[i].n, out);

		hex_print(out, n, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void
test_code_is_acknowledged(void **state)
{
	static const char hex[] =
	    "11F30000F1303132333435363738397C58FB2A";
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	push_hex(&s, hex, 0);
	assert_string_equal(got.text, "unknown:0123456789|X|");
	assert_string_equal(got.sent, "04D00400FF28 ");
	/* Byte by byte the same. */
	begin(&s, &got);
	for (size_t i = 0; i < strlen(hex); i += 2) {
		char two[3] = { hex[i], hex[i + 1], '\0' };

		push_hex(&s, two, (int64_t)i);
	}
	assert_string_equal(got.text, "unknown:0123456789|X|");
	assert_int_equal(ssi_deadline(&s), -1);
}

/* Puts a packet of a code together and pushes it. */
static void
push_code(struct ssi *s, unsigned char status, const void *data, size_t n,
    int spoil, int64_t now_ms)
{
	unsigned char body[256] = { 0x1c }, out[260];
	size_t len;

	memcpy(body + 1, data, n);
	len = ssi_packet(0xf3, 0, status, body, n + 1, out);
	if (spoil >= 0)
		out[spoil] ^= 0x10;
	ssi_push(s, out, len, now_ms);
}

static void
test_several_packets_are_one_code(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	push_code(&s, 2, "AAA", 3, -1, 0);
	push_code(&s, 2, "BBB", 3, -1, 10);
	push_code(&s, 3, "BBB", 3, -1, 2010); /* our answer was lost */
	push_code(&s, 0, "C", 1, -1, 2020);
	assert_string_equal(got.text, "qr:AAABBBC|");
	assert_string_equal(got.sent,
	    "04D00400FF28 04D00400FF28 04D00400FF28 04D00400FF28 ");
}

static void
test_wrong_sum_is_asked_for_again(void **state)
{
	(void)state;
	/* Past the header: which byte is spoilt makes no difference. */
	for (int spoil = 3; spoil < 10; spoil++) {
		struct got got;
		struct ssi s;

		begin(&s, &got);
		push_code(&s, 0, "ABC", 3, spoil, 0);
		assert_string_equal(got.text, "");
		assert_string_equal(got.sent, "05D1040001FF25 ");
		assert_int_equal(s.damaged, 1);
		push_code(&s, 1, "ABC", 3, -1, 100);
		assert_string_equal(got.text, "qr:ABC|");
	}
}

static void
test_cut_packet_is_asked_for_again(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	push_hex(&s, "11F30000F13031", 0);
	assert_int_equal(ssi_deadline(&s), 200);
	ssi_tick(&s, 199);
	assert_string_equal(got.sent, "");
	ssi_tick(&s, 200);
	assert_string_equal(got.sent, "05D1040001FF25 ");
	push_code(&s, 1, "ABC", 3, -1, 300);
	assert_string_equal(got.text, "qr:ABC|");
}

/* Its first packet was damaged and never sent again. */
static void
test_rest_of_a_code_is_no_code(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	push_code(&s, 2, "HEAD", 4, 6, 0);
	push_code(&s, 0, "TAIL", 4, -1, 100);
	assert_string_equal(got.text, "!|");
	push_code(&s, 0, "NEXT", 4, -1, 200);
	assert_string_equal(got.text, "!|qr:NEXT|");
	/* Long after damage the next code is a new one. */
	push_code(&s, 0, "GONE", 4, 6, 5000);
	push_code(&s, 0, "NEW", 3, -1, 9000);
	assert_string_equal(got.text, "!|qr:NEXT|qr:NEW|");
}

static void
test_code_without_its_end_is_dropped(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	push_code(&s, 2, "HALF", 4, -1, 0);
	ssi_tick(&s, ssi_deadline(&s));
	assert_string_equal(got.text, "!|");
	push_code(&s, 0, "WHOLE", 5, -1, 9000);
	assert_string_equal(got.text, "!|qr:WHOLE|");
}

static void
test_too_long_a_code_is_dropped_whole(void **state)
{
	char part[240];
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	memset(part, 'x', sizeof(part));
	for (int i = 0; i < 30; i++) {
		part[0] = (char)('A' + i);
		push_code(&s, i < 29 ? 2 : 0, part, sizeof(part), -1, i);
	}
	assert_string_equal(got.text, "!|");
	push_code(&s, 0, "NEXT", 4, -1, 100);
	assert_string_equal(got.text, "!|qr:NEXT|");
}

static void
test_raw_text_is_not_acknowledged(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	ssi_push(&s, (const void *)"0943|Nguy\xe1\xbb\x85n\r", 14, 0);
	ssi_tick(&s, 1000);
	assert_string_equal(got.text, "0943|Nguy\xe1\xbb\x85n\r");
	assert_string_equal(got.sent, "");
}

static void
test_commands_wake_the_decoder_first(void **state)
{
	struct got got;
	struct ssi s;

	(void)state;
	begin(&s, &got);
	assert_int_equal(ssi_command(&s, "trigger", 1000), 0);
	assert_string_equal(got.sent, "00 ");
	assert_int_equal(ssi_deadline(&s), 1050);
	ssi_tick(&s, 1050);
	assert_string_equal(got.sent, "00 04E40400FF14 ");
	assert_int_equal(ssi_command(&s, "beep", 2000), 0);
	ssi_tick(&s, 2050);
	assert_string_equal(got.sent, "00 04E40400FF14 00 05E6040001FF10 ");
	assert_int_equal(ssi_command(&s, "open", 3000), -1);
	push_hex(&s, "05D1000006FF24", 3000);
	assert_string_equal(got.text, "!|");
	got.text[0] = got.sent[0] = '\0';
	assert_int_equal(ssi_command(&s, "identity", 4000), 0);
	ssi_tick(&s, 4050);
	push_hex(&s, "08A4000046573130FE56", 4060);
	assert_string_equal(got.sent, "00 04A30400FF55 04D00400FF28 ");
	assert_string_equal(got.text, "is FW10");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets_of_the_manual),
		cmocka_unit_test(test_code_is_acknowledged),
		cmocka_unit_test(test_several_packets_are_one_code),
		cmocka_unit_test(test_wrong_sum_is_asked_for_again),
		cmocka_unit_test(test_cut_packet_is_asked_for_again),
		cmocka_unit_test(test_rest_of_a_code_is_no_code),
		cmocka_unit_test(test_code_without_its_end_is_dropped),
		cmocka_unit_test(test_too_long_a_code_is_dropped_whole),
		cmocka_unit_test(test_raw_text_is_not_acknowledged),
		cmocka_unit_test(test_commands_wake_the_decoder_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
