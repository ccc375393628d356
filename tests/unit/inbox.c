/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of the hub: nothing is cut off, and read is read to the end. */
#include "../../src/station/parts.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_A "0123456789abcdef"
#define MARK_B "fedcba9876543210"

static void
say(struct inbox *inbox, const char *line)
{
	char *copy = strdup(line);

	assert_true(inbox_line(inbox, copy));
	free(copy);
}

static void
say_text(struct inbox *inbox, const char *mark, int urgent, const char *text)
{
	char line[EVENT_LINE_MAX];
	int n = snprintf(line, sizeof(line), "message %s %d 1634886000 a.txt ",
	    mark, urgent);

	hex_print((const unsigned char *)text, strlen(text), line + n);
	say(inbox, line);
}

static enum inbox_result
press(struct inbox *inbox, enum action action, char c)
{
	struct input input = { .kind = INPUT_ACTION, .action = action,
		.character = { c } };

	return inbox_input(inbox, &input, "an");
}

static void
test_read_is_read_to_the_end(void **state)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	char text[512] = "";
	size_t urgent;

	(void)state;
	for (int i = 0; i < INBOX_ROWS + 1; i++)
		strcat(text, "a line\n");
	say(inbox, "messages 1");
	say_text(inbox, MARK_A, 0, text);
	assert_int_equal(inbox_new(inbox, "an", &urgent), 1);
	assert_int_equal(press(inbox, ACTION_NONE, '1'), INBOX_STAY);
	assert_int_equal(press(inbox, ACTION_UP, 0), INBOX_STAY);
	assert_int_equal(inbox_new(inbox, "an", &urgent), 1);
	assert_int_equal(press(inbox, ACTION_DOWN, 0), INBOX_READ);
	assert_string_equal(inbox_at_hand(inbox)->mark, MARK_A);
	assert_int_equal(press(inbox, ACTION_DOWN, 0), INBOX_STAY);
	assert_int_equal(inbox_new(inbox, "an", &urgent), 0);
	assert_int_equal(inbox_new(inbox, "binh", &urgent), 1);
	assert_int_equal(press(inbox, ACTION_ESCAPE, 0), INBOX_STAY);
	assert_int_equal(press(inbox, ACTION_ESCAPE, 0), INBOX_CLOSE);
	inbox_clear(inbox);
	free(inbox);
}

static void
test_urgent_ones_come_first_and_what_was_read_is_kept(void **state)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	char text[VIEW_TEXT_MAX], kept[INBOX_KEEP_MAX];
	size_t urgent;

	(void)state;
	say(inbox, "messages 2");
	say(inbox, "read " MARK_A " an");
	say(inbox, "read aaaaaaaaaaaaaaaa an"); /* of none that is here */
	say_text(inbox, MARK_A, 0, "sheet");
	say_text(inbox, MARK_B, 1, "\n\nroad closed\nfrom 18:00");
	assert_int_equal(inbox_new(inbox, "an", &urgent), 1);
	assert_int_equal(urgent, 1);
	assert_true(inbox_urgent(inbox, "an", text));
	assert_string_equal(text, "road closed");
	inbox_keep(inbox, kept, sizeof(kept));
	assert_string_equal(kept, MARK_A " an\n");
	assert_int_equal(press(inbox, ACTION_NONE, '1'), INBOX_READ);
	inbox_keep(inbox, kept, sizeof(kept));
	assert_string_equal(kept, MARK_A " an\n" MARK_B " an\n");
	assert_false(inbox_urgent(inbox, "an", text));
	/* The last place of the ring is somebody else's then: new again. */
	for (int i = 0; i < 1000; i++)
		say(inbox, "read bbbbbbbbbbbbbbbb an");
	inbox_keep(inbox, kept, sizeof(kept));
	assert_string_equal(kept, "");
	inbox_clear(inbox);
	free(inbox);
}

static void
test_nothing_is_cut_off(void **state)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	char text[400], got[400] = "";
	struct view_panel *panel = calloc(1, sizeof(*panel));
	const struct inbox_message *m;

	(void)state;
	memset(text, 'w', 300);
	strcpy(text + 300, " and đường ngắn");
	say(inbox, "messages 1");
	say_text(inbox, MARK_A, 0, text);
	press(inbox, ACTION_NONE, '1');
	m = inbox_at_hand(inbox);
	for (const char *c = m->text; *c != '\0'; c++)
		if (*c != '\n' && *c != ' ')
			strncat(got, c, 1);
	assert_int_equal(strlen(got), strlen(text) - 3);
	inbox_panel(inbox, "an", 7 * 3600, panel);
	for (size_t i = 0; i < panel->nlines; i++)
		assert_in_range(text_columns(panel->lines[i]), 1,
		    INBOX_COLUMNS);
	inbox_clear(inbox);
	free(panel);
	free(inbox);
}

static void
test_broken_lines_are_nothing(void **state)
{
	static const char *const lines[] = { "message", "message " MARK_A,
		"message " MARK_A " 1 0 a.txt zz",
		"message " MARK_A "0 1 0 a.txt 61", "read " MARK_A };
	struct inbox *inbox = calloc(1, sizeof(*inbox));

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		char line[128];

		strcpy(line, lines[i]);
		inbox_line(inbox, line);
		assert_int_equal(inbox->n, 0);
		assert_int_equal(inbox->nread, 0);
	}
	for (int i = 0; i < 2 * REGISTER_MESSAGES_MAX; i++)
		say_text(inbox, MARK_A, i % 2, "x");
	assert_int_equal(inbox->n, REGISTER_MESSAGES_MAX);
	inbox_clear(inbox);
	free(inbox);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_is_read_to_the_end),
		cmocka_unit_test(test_urgent_ones_come_first_and_what_was_read_is_kept),
		cmocka_unit_test(test_nothing_is_cut_off),
		cmocka_unit_test(test_broken_lines_are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
