/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person types acts, what a scanner types is a scan, and nothing that
 * came in a burst, a paste or an unknown sequence ever decides anything.
 */
#include "test.h"

#include "screen.h"

#include <dirent.h>

struct step {
	int at_ms;
	const char *bytes;
};

struct sequence {
	const char *name;
	struct step steps[8];
	const char *want; /* <action> 'character' [scan] {paste} */
	bool ssh;
};

static void
note(void *arg, const struct input *input)
{
	char *out = arg;
	size_t n = strlen(out);

	switch (input->kind) {
	case INPUT_ACTION:
		sprintf(out + n, "<%s>", action_name(input->action));
		break;
	case INPUT_CHARACTER:
		sprintf(out + n, "'%s'", input->character);
		break;
	case INPUT_SCAN:
		sprintf(out + n, "[%.*s]", (int)input->scan_len,
		    (const char *)input->scan);
		break;
	case INPUT_PASTE:
		sprintf(out + n, "{paste}");
	}
}

/* As a poll loop does it: tick at the deadline, push when bytes come. */
static void
play(const struct sequence *sequence, char *out)
{
	struct keys *keys = keys_new(!sequence->ssh);
	int64_t due;

	for (size_t i = 0; i < nitems(sequence->steps) &&
	    sequence->steps[i].bytes != NULL; i++) {
		const struct step *step = &sequence->steps[i];

		while ((due = keys_deadline(keys)) >= 0 && due <= step->at_ms)
			keys_tick(keys, due, note, out);
		keys_push(keys, (const void *)step->bytes,
		    strlen(step->bytes), step->at_ms, note, out);
	}
	for (int i = 0; (due = keys_deadline(keys)) >= 0; i++) {
		assert_true(i < 10);
		keys_tick(keys, due, note, out);
	}
	keys_free(keys);
}

static void
check(const struct sequence *sequences, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char got[4096] = "";

		play(&sequences[i], got);
		if (strcmp(got, sequences[i].want) != 0)
			print_error("%s: got %s\n", sequences[i].name, got);
		assert_string_equal(got, sequences[i].want);
	}
}

static void
test_a_key_alone_acts(void **state)
{
	static const struct sequence cases[] = {
		{ "letter", { { 0, "C" } }, "<let-pass>", false },
		{ "small letter", { { 0, "c" } }, "<let-pass>", false },
		{ "40 ms apart", { { 0, "q" }, { 40, "y" } },
		    "<turn-back><health-desk>", false },
		{ "number pad", { { 0, "+" }, { 100, "-" }, { 200, "/" },
		    { 300, "*" }, { 400, "." } },
		    "<let-pass><turn-back><health-desk><measure-again><details>",
		    false },
		{ "digit", { { 0, "7" } }, "'7'", false },
		{ "unbound letter", { { 0, "w" } }, "'w'", false },
		{ "Vietnamese letter", { { 0, "\u1ec7" } }, "'\u1ec7'", false },
		{ "Enter", { { 0, "\r" } }, "<enter>", false },
		{ "Enter as LF", { { 0, "\n" } }, "<enter>", false },
		{ "Enter as CR LF", { { 0, "\r\n" } }, "<enter>", false },
		{ "Enter twice", { { 0, "\r" }, { 200, "\r" } },
		    "<enter><enter>", false },
		{ "Backspace", { { 0, "\x7f" }, { 33, "\b" } },
		    "<erase><erase>", false },
		{ "Ctrl-Q", { { 0, "\x11" }, { 300, "\x11" } },
		    "<quit><quit>", false },
		{ "Ctrl-L", { { 0, "\x0c" } }, "<redraw>", false },
		{ "help", { { 0, "?" } }, "<help>", false },
		{ "NUL", { { 0, "" }, { 50, "\x01" } }, "", false },
	};

	(void)state;
	check(cases, nitems(cases));
}

static void
test_a_burst_is_a_scan(void **state)
{
	static const struct sequence cases[] = {
		{ "at once", { { 0, "094300000123\r" } }, "[094300000123]",
		    false },
		{ "six", { { 0, "ABCDEF" } }, "[ABCDEF]", false },
		{ "five are characters", { { 0, "CQYGD" } },
		    "'C''Q''Y''G''D'", false },
		{ "35 ms apart", { { 0, "09" }, { 35, "43" }, { 70, "00" },
		    { 105, "\r" } }, "[094300]", false },
		{ "36 ms apart", { { 0, "09" }, { 36, "43" }, { 72, "00" } },
		    "'0''9''4''3''0''0'", false },
		{ "CR LF", { { 0, "094300\r\n" } }, "[094300]", false },
		{ "Tab", { { 0, "094300\t" } }, "[094300]", false },
		{ "terminator of its own", { { 0, "094300" }, { 30, "\r" } },
		    "[094300]", false },
		{ "late terminator", { { 0, "094300" }, { 200, "\r" } },
		    "[094300]", false },
		{ "a person's Enter", { { 0, "094300" }, { 400, "\r" } },
		    "[094300]<enter>", false },
		{ "short burst with Enter", { { 0, "12\r" } }, "'1''2'",
		    false },
		{ "letter with Enter", { { 0, "C\r" } }, "'C'", false },
		{ "Enter before", { { 0, "\r094300\r" } }, "[\r094300]",
		    false },
		{ "a command after the end", { { 0, "094300\rC" } },
		    "[094300\rC]", false },
		{ "Esc within", { { 0, "0943\033[A00" } }, "[0943\03300]",
		    false },
		{ "Esc within, then a letter", { { 0, "0943\033[A" },
		    { 20, "C" } }, "[0943\033C]", false },
		{ "leaving by a code", { { 0, "\x11\x11" } }, "", false },
		{ "erasing by a code", { { 0, "ABC\x7f\x7f\x7f" } },
		    "[ABC\x7f\x7f\x7f]", false },
		{ "two letters in 38 ms", { { 0, "c" }, { 38, "q" } },
		    "'c'<turn-back>", false },
		{ "a key held down", { { 0, "c" }, { 33, "c" }, { 66, "c" },
		    { 99, "c" }, { 132, "c" }, { 165, "c" } },
		    "'c''c''c''c''c''c'", false },
		{ "Enter held down", { { 0, "\r\r\r\r\r\r\r" } }, "", false },
		{ "Vietnamese", { { 0, "\u1ec4\u1ec4 Th\u1ecb M" } },
		    "[\u1ec4\u1ec4 Th\u1ecb M]", false },
		{ "another character set", { { 0, "\xb5\xb6\xb7\xb8\xb9\xba" } },
		    "[\xb5\xb6\xb7\xb8\xb9\xba]", false },
	};

	(void)state;
	check(cases, nitems(cases));
}

static void
test_sequences_are_known_or_dropped_whole(void **state)
{
	static const struct sequence cases[] = {
		{ "Esc", { { 0, "\033" } }, "<close>", false },
		{ "Esc Esc", { { 0, "\033" }, { 10, "\033" } }, "<close>",
		    false },
		{ "arrows", { { 0, "\033[A\033[B\033OA\033OB" } },
		    "<up><down><up><down>", false },
		{ "F1", { { 0, "\033[[A" }, { 50, "\033OP" },
		    { 100, "\033[11~" } }, "<help><help><help>", false },
		{ "F10", { { 0, "\033[21~" } }, "<quit>", false },
		{ "F5 of the console", { { 0, "\033[[E" } }, "", false },
		{ "unknown", { { 0, "\033[1;5C\033[15~\033[<0;10;10M" } }, "",
		    false },
		{ "long", { { 0, "\033[0000000000000000000000000000000A" } },
		    "", false },
		{ "Alt", { { 0, "\033c" } }, "", false },
		{ "Alt with a mark", { { 0, "\033\u1ec7" } }, "", false },
		{ "title", { { 0, "\033]0;CQYG\007" } }, "", false },
		{ "title, ST", { { 0, "\033]0;CQYG\033\\" } }, "", false },
		{ "DCS", { { 0, "\033P1$rC\033\\" } }, "", false },
		{ "split", { { 0, "\033" }, { 30, "[" }, { 60, "A" } },
		    "<up>", false },
		{ "cut short", { { 0, "\033[1;" }, { 300, "c" } },
		    "<let-pass>", false },
		{ "a new one", { { 0, "\033[1;\033[A" } }, "<up>", false },
		{ "number pad", { { 0, "\033Ok\033OM" } },
		    "<let-pass><enter>", false },
	};

	(void)state;
	check(cases, nitems(cases));
}

static void
test_a_paste_is_refused(void **state)
{
	static const struct sequence cases[] = {
		{ "whole", { { 0, "\033[200~094300000123\rC\r\033[201~" } },
		    "{paste}", false },
		{ "over SSH", { { 0, "\033[200~CCC\r\033[201~" } },
		    "{paste}", true },
		{ "in pieces", { { 0, "\033[200~abc" }, { 100, "C\033[2" },
		    { 200, "01~" }, { 400, "c" } }, "{paste}<let-pass>",
		    false },
		{ "without an end", { { 0, "\033[200~abc\r" },
		    { 1400, "c" } }, "{paste}<let-pass>", false },
		{ "almost ends", { { 0, "\033[200~\033[20\033[201~" } },
		    "{paste}", false },
	};

	(void)state;
	check(cases, nitems(cases));
}

/* As without it: what came with something else decides nothing. */
static void
test_over_ssh_a_burst_is_characters(void **state)
{
	static const struct sequence cases[] = {
		{ "bunched", { { 0, "368\r" } }, "'3''6''8'", true },
		{ "then Enter", { { 0, "368" }, { 60, "\r" } },
		    "'3''6''8'<enter>", true },
		{ "letters", { { 0, "cq" } }, "'c''q'", true },
		{ "a letter", { { 0, "c" }, { 60, "2" } }, "<let-pass>'2'",
		    true },
		{ "corrected", { { 0, "36\x7f" "7" } }, "'3''6'<erase>'7'",
		    true },
		{ "a number", { { 0, "094300000123\r" }, { 100, "\r" } },
		    "'0''9''4''3''0''0''0''0''0''1''2''3'", true },
		{ "a code, byte by byte", { { 0, "cq" }, { 5, "y" },
		    { 10, "g" }, { 15, "d" }, { 20, "x" }, { 25, "\r" } },
		    "'c''q''y''g''d''x'", true },
		{ "CR LF", { { 0, "\r\n" } }, "<enter>", true },
		{ "in pieces", { { 0, "\xe1\xbb" }, { 10, "\x87" } },
		    "'\u1ec7'", true },
		{ "arrow", { { 0, "\033[A" } }, "<up>", true },
		{ "Esc", { { 0, "\033" } }, "<close>", true },
	};

	(void)state;
	check(cases, nitems(cases));
}

#define CARD "094300000123||Mai|15032000|F|My Xuyen"

static void
test_over_ssh_what_no_hand_types_is_refused(void **state)
{
	static const struct sequence cases[] = {
		{ "at a stroke", { { 0, CARD "\r" } }, "{paste}", true },
		{ "in two pieces", { { 0, CARD }, { 20, CARD "\r" },
		    { 250, "\r" } }, "{paste}", true },
		{ "then a key", { { 0, CARD }, { 400, "c" } },
		    "{paste}<let-pass>", true },
		{ "an Enter of its own", { { 0, CARD }, { 200, "\r" } },
		    "{paste}", true },
	};

	(void)state;
	check(cases, nitems(cases));
}

static void
count_scan(void *arg, const struct input *input)
{
	size_t *lens = arg;

	assert_int_equal(input->kind, INPUT_SCAN);
	lens[0]++;
	lens[1] = input->scan_len;
}

static void
test_too_long_is_refused_whole(void **state)
{
	static unsigned char bytes[3 * EVENT_PAYLOAD_MAX];
	static const struct {
		size_t sent, want;
	} cases[] = {
		{ EVENT_PAYLOAD_MAX, EVENT_PAYLOAD_MAX },
		{ EVENT_PAYLOAD_MAX + 1, 0 },
		{ sizeof(bytes), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)('0' + i % 10);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct keys *keys = keys_new(true);
		size_t lens[2] = { 0, 99 };

		keys_push(keys, bytes, cases[i].sent, 0, count_scan, lens);
		keys_push(keys, (const void *)"\r", 1, 5, count_scan, lens);
		keys_tick(keys, 45, count_scan, lens);
		assert_int_equal(lens[0], 1);
		assert_int_equal(lens[1], cases[i].want);
		/* and the next one is whole again */
		keys_push(keys, bytes, 12, 1000, count_scan, lens);
		keys_tick(keys, 1040, count_scan, lens);
		assert_int_equal(lens[1], 12);
		keys_free(keys);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
test_corpus(void **state)
{
	DIR *dir = opendir(test_path("SRCDIR", "tests/fuzz/corpus/keys"));
	struct dirent *entry;
	int n = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char name[512], *bytes;
		size_t len;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "tests/fuzz/corpus/keys/%s",
		    entry->d_name);
		bytes = file_read(test_path("SRCDIR", name), 65536, &len,
		    NULL);
		assert_non_null(bytes);
		LLVMFuzzerTestOneInput((const void *)bytes, len);
		free(bytes);
		n++;
	}
	closedir(dir);
	assert_true(n >= 5);
}

static void
note_alone(void *arg, const struct input *input)
{
	char *out = arg;
	size_t n = strlen(out);

	sprintf(out + n, "%s%s", input->character, input->alone ? "! " : " ");
}

/* A digit of a surge is a vehicle: only a finger may count one. */
static void
test_only_a_finger_is_alone(void **state)
{
	struct keys *keys = keys_new(true);
	char got[256] = "";

	(void)state;
	keys_push(keys, (const void *)"4", 1, 0, note_alone, got);
	keys_tick(keys, 40, note_alone, got);
	keys_push(keys, (const void *)"5123", 4, 100, note_alone, got);
	keys_tick(keys, 140, note_alone, got);
	keys_push(keys, (const void *)"6", 1, 200, note_alone, got);
	keys_push(keys, (const void *)"7", 1, 238, note_alone, got);
	keys_tick(keys, 278, note_alone, got);
	assert_string_equal(got, "4! 5 1 2 3 6 7! ");
	keys_free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_alone_acts),
		cmocka_unit_test(test_a_burst_is_a_scan),
		cmocka_unit_test(test_sequences_are_known_or_dropped_whole),
		cmocka_unit_test(test_a_paste_is_refused),
		cmocka_unit_test(test_over_ssh_a_burst_is_characters),
		cmocka_unit_test(test_over_ssh_what_no_hand_types_is_refused),
		cmocka_unit_test(test_too_long_is_refused_whole),
		cmocka_unit_test(test_only_a_finger_is_alone),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
