/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is at work: the table of ARCHITECTURE.md row by row, and the figures of
 * a shift.
 */
#include "../../src/station/parts.h"

#include "test.h"

#define SECRET "00112233445566778899aabbccddeeff"

struct desk_of { /* a post with two officers, one of them with a badge */
	struct duty d;
	struct moment m;
};

static struct credential
badge(const char *id, const char *signature, const char *time)
{
	struct credential c = { .kind = CREDENTIAL_BADGE };

	strcpy(c.id, id);
	strcpy(c.verification.signature, signature);
	strcpy(c.verification.time, time);
	return c;
}

static struct desk_of
post(void)
{
	struct desk_of p = { .m = { .now_ms = 1000 } };
	struct duty_officer an = { .id = "A", .name = "An" };
	struct duty_officer le = { .id = "L", .name = "Lê",
		.role = OFFICER_LEADER };

	assert_int_equal(badge_mark(SECRET, an.badge), 0);
	duty_init(&p.d);
	duty_roster(&p.d, 2);
	duty_roster_one(&p.d, &an);
	duty_roster_one(&p.d, &le);
	duty_tick(&p.d, true, &p.m);
	return p;
}

static enum duty_event
key(struct desk_of *p, enum action action, const char *character)
{
	struct input input = { .kind = INPUT_ACTION, .action = action };
	enum duty_event event;

	strcpy(input.character, character);
	assert_true(duty_input(&p->d, &input, &p->m, &event));
	return event;
}

static void
type(struct desk_of *p, const char *pin)
{
	for (; *pin != '\0'; pin++)
		key(p, ACTION_NONE, (char[]){ *pin, '\0' });
	key(p, ACTION_ENTER, "");
}

static enum duty_event
answer(struct desk_of *p, const char *word, long seconds)
{
	assert_true(p->d.ask);
	p->d.ask = false;
	return duty_answer(&p->d, p->d.check_n, word, seconds, &p->m);
}

static void
log_in(struct desk_of *p, const char *digit)
{
	key(p, ACTION_NONE, digit);
	type(p, "2468");
	assert_int_equal(answer(p, "right", 0), DUTY_LOGGED_IN);
	duty_forget(&p->d);
}

static void
test_without_officers_nobody_is_asked(void **state)
{
	struct desk_of p = { .m = { .now_ms = 1000 } };
	struct input input = { .kind = INPUT_ACTION, .action = ACTION_PASS };
	struct credential c = badge("A", "valid", "valid");
	enum duty_event event;

	(void)state;
	duty_init(&p.d);
	duty_ask(&p.d, DUTY_LOG_IN, &p.m);
	duty_roster(&p.d, 0);
	assert_int_equal(p.d.step, DUTY_IDLE);
	assert_false(duty_tick(&p.d, true, &p.m));
	assert_false(duty_closed(&p.d));
	assert_false(duty_input(&p.d, &input, &p.m, &event));
	assert_non_null(duty_badge(&p.d, &c, SECRET, &p.m));
	p.m.now_ms += DUTY_IDLE_MS * 2;
	assert_false(duty_tick(&p.d, true, &p.m));
	duty_lock(&p.d, &p.m);
	assert_false(duty_closed(&p.d));
}

static void
test_a_name_and_its_pin_log_in(void **state)
{
	struct desk_of p = post();

	(void)state;
	assert_true(duty_closed(&p.d));
	assert_int_equal(p.d.step, DUTY_WHO);
	log_in(&p, "1");
	assert_false(duty_closed(&p.d));
	assert_string_equal(p.d.on.id, "A");
	assert_string_equal(p.d.pin, "");
}

static void
test_only_a_badge_of_the_list_asks_for_a_pin(void **state)
{
	static const struct {
		const char *id, *signature, *time, *secret;
	} cases[] = {
		{ "A", "invalid", "valid", SECRET },
		{ "A", "unknown-key", "valid", SECRET },
		{ "A", "valid", "expired", SECRET },
		{ "A", "valid", "not-yet", SECRET },
		{ "X", "valid", "valid", SECRET },
		{ "L", "valid", "valid", SECRET },
		{ "A", "valid", "valid", "" },
		{ "A", "valid", "valid", "00112233445566778899aabbccddeefe" },
	};
	struct desk_of p = post();
	struct credential c;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		c = badge(cases[i].id, cases[i].signature, cases[i].time);
		assert_non_null(duty_badge(&p.d, &c, cases[i].secret, &p.m));
		assert_int_equal(p.d.step, DUTY_WHO);
	}
	c = badge("A", "valid", "unknown"); /* before anybody vouched for it */
	assert_null(duty_badge(&p.d, &c, SECRET, &p.m));
	assert_int_equal(p.d.step, DUTY_PIN);
	type(&p, "2468");
	assert_int_equal(answer(&p, "right", 0), DUTY_LOGGED_IN);
	assert_string_equal(p.d.secret, SECRET); /* for the look-up child */
	duty_forget(&p.d);
	assert_string_equal(p.d.secret, "");
}

static void
test_a_badge_that_was_left_is_forgotten(void **state)
{
	struct desk_of p = post();
	struct credential c = badge("A", "valid", "valid");

	(void)state;
	assert_null(duty_badge(&p.d, &c, SECRET, &p.m));
	p.m.now_ms += DUTY_BADGE_MS;
	duty_tick(&p.d, true, &p.m);
	assert_string_equal(p.d.secret, "");
	assert_int_equal(p.d.step, DUTY_WHO);
}

/* A badge that lies before a camera must not ask for ever; one that is shown
 * after a log-out is shown anew. */
static void
test_a_question_by_a_person_is_a_new_one(void **state)
{
	struct desk_of p = post();
	struct credential c = badge("A", "valid", "valid");

	(void)state;
	assert_int_equal(p.d.questions, 0);
	assert_null(duty_badge(&p.d, &c, SECRET, &p.m));
	p.m.now_ms += DUTY_BADGE_MS;
	duty_tick(&p.d, true, &p.m);
	assert_int_equal(p.d.questions, 0);
	log_in(&p, "1");
	assert_int_equal(p.d.questions, 0);
	duty_log_out(&p.d, &p.m);
	assert_int_equal(p.d.questions, 1);
	log_in(&p, "1");
	duty_lock(&p.d, &p.m);
	assert_int_equal(p.d.questions, 2);
}

static void
test_after_wrong_pins_there_is_a_wait(void **state)
{
	struct desk_of p = post();

	(void)state;
	key(&p, ACTION_NONE, "1");
	type(&p, "1111");
	assert_int_equal(answer(&p, "wrong", 5), DUTY_WRONG);
	type(&p, "2468");
	assert_false(p.d.ask);
	p.m.now_ms += 5000;
	key(&p, ACTION_ENTER, "");
	assert_int_equal(answer(&p, "wait", 3), DUTY_NOTHING);
	p.m.now_ms += 3000;
	type(&p, "2468");
	assert_int_equal(answer(&p, "right", 0), DUTY_LOGGED_IN);
}

static void
test_an_answer_to_another_question_is_none(void **state)
{
	struct desk_of p = post();

	(void)state;
	key(&p, ACTION_NONE, "1");
	type(&p, "2468");
	assert_int_equal(duty_answer(&p.d, p.d.check_n + 1, "right", 0, &p.m),
	    DUTY_NOTHING);
	assert_true(duty_closed(&p.d));
}

static void
test_it_locks_when_idle_and_never_with_a_person(void **state)
{
	struct desk_of p = post();

	(void)state;
	log_in(&p, "1");
	p.m.now_ms += DUTY_IDLE_MS;
	assert_false(duty_tick(&p.d, false, &p.m)); /* somebody waits */
	p.m.now_ms += DUTY_IDLE_MS - 1;
	assert_false(duty_tick(&p.d, true, &p.m));
	p.m.now_ms++;
	assert_true(duty_tick(&p.d, true, &p.m));
	assert_true(duty_closed(&p.d));
	assert_int_equal(key(&p, ACTION_QUIT, ""), DUTY_NOTHING); /* taken */
	type(&p, "2468"); /* his own PIN is asked for */
	assert_int_equal(answer(&p, "right", 0), DUTY_LOGGED_IN);
	assert_false(duty_closed(&p.d));
}

static void
test_a_leader_is_asked_and_nobody_else(void **state)
{
	struct desk_of p = post();
	struct credential c = badge("A", "valid", "valid");

	(void)state;
	log_in(&p, "1");
	duty_ask_right(&p.d, RIGHT_STOP, &p.m);
	assert_string_equal(p.d.who.id, "L"); /* the only one */
	assert_non_null(duty_badge(&p.d, &c, SECRET, &p.m));
	assert_int_equal(key(&p, ACTION_ESCAPE, ""), DUTY_CANCELLED);
	duty_ask_right(&p.d, RIGHT_STOP, &p.m);
	type(&p, "1357");
	assert_int_equal(answer(&p, "right", 0), DUTY_APPROVED);
	assert_string_equal(p.d.on.id, "A"); /* who works stays */
}

static void
test_each_role_has_its_rights(void **state)
{
	static const struct {
		enum right right;
		bool plain, leader, medical, administrator, at_once;
	} cases[] = {
		{ RIGHT_PEOPLE, true, true, true, false, true },
		{ RIGHT_STOP, false, true, false, false, false },
		{ RIGHT_CLEAR, false, false, true, false, false },
		{ RIGHT_SURGE, false, true, false, false, false },
		{ RIGHT_DOUBT, false, true, false, false, false },
		{ RIGHT_TRAINING, false, true, false, false, false },
		{ RIGHT_MACHINE, false, true, false, true, true },
		{ RIGHT_BYTES, false, true, false, true, true },
	};

	(void)state;
	assert_int_equal(nitems(cases), RIGHT_COUNT);
	for (size_t i = 0; i < nitems(cases); i++) {
		enum right r = cases[i].right;

		assert_int_equal(right_of(OFFICER_PLAIN, r), cases[i].plain);
		assert_int_equal(right_of(OFFICER_LEADER, r),
		    cases[i].leader);
		assert_int_equal(right_of(OFFICER_MEDICAL, r),
		    cases[i].medical);
		assert_int_equal(right_of(OFFICER_ADMINISTRATOR, r),
		    cases[i].administrator);
		assert_int_equal(right_at_once(r), cases[i].at_once);
	}
}

static void
test_a_question_is_answered_by_who_has_the_right(void **state)
{
	struct desk_of p = post();
	struct duty_officer medic = { .id = "M", .name = "My",
		.role = OFFICER_MEDICAL };
	struct duty_officer admin = { .id = "Q", .name = "Quan",
		.role = OFFICER_ADMINISTRATOR };

	(void)state;
	duty_roster(&p.d, 4);
	duty_roster_one(&p.d, &(struct duty_officer){ .id = "A" });
	duty_roster_one(&p.d, &(struct duty_officer){ .id = "L",
		.role = OFFICER_LEADER });
	duty_roster_one(&p.d, &medic);
	duty_roster_one(&p.d, &admin);
	log_in(&p, "1");
	duty_ask_right(&p.d, RIGHT_CLEAR, &p.m);
	assert_string_equal(p.d.who.id, "M"); /* not the leader */
	key(&p, ACTION_ESCAPE, "");
	duty_ask_right(&p.d, RIGHT_MACHINE, &p.m);
	assert_int_equal(p.d.step, DUTY_WHO); /* leader or administrator */
	key(&p, ACTION_NONE, "2");
	assert_string_equal(p.d.who.id, "Q");
	key(&p, ACTION_ESCAPE, "");
	assert_false(duty_may(&p.d, RIGHT_MACHINE));
	assert_true(duty_may(&p.d, RIGHT_PEOPLE));
	duty_log_out(&p.d, &p.m);
	log_in(&p, "4");
	assert_true(duty_may(&p.d, RIGHT_MACHINE));
	assert_false(duty_may(&p.d, RIGHT_PEOPLE));
	assert_false(duty_may(&p.d, RIGHT_STOP));
	duty_log_out(&p.d, &p.m);
	p.d.busy = true; /* somebody stands undecided */
	key(&p, ACTION_NONE, "4");
	assert_int_equal(p.d.step, DUTY_WHO);
	p.d.busy = false;
	log_in(&p, "4");
	duty_ask(&p.d, DUTY_TAKE_OVER, &p.m); /* by who decides: not by Q */
	key(&p, ACTION_NONE, "4");
	assert_int_equal(p.d.step, DUTY_WHO);
}

static void
test_who_is_taken_off_the_list_is_off(void **state)
{
	struct desk_of p = post();
	struct duty_officer le = { .id = "L", .role = OFFICER_LEADER };

	(void)state;
	log_in(&p, "1");
	duty_roster(&p.d, 1);
	assert_false(duty_closed(&p.d));
	duty_roster_one(&p.d, &le);
	assert_true(duty_closed(&p.d));
}

/* ---- the book ------------------------------------------------------------------------- */

static void
test_the_figures_of_a_shift_are_read_again(void **state)
{
	struct book book = { .number = 0 }, again = { .number = 0 };
	struct view_counts counts, read;
	char text[BOOK_TEXT_MAX], bad[64];

	(void)state;
	book_begin(&book, &counts, 1634886000, 7 * 3600);
	assert_int_equal(book.number, 1);
	strcpy(book.officer, "A");
	strcpy(book.name, "An Bình");
	counts.people[0] = 412;
	counts.turned_back[1] = 11;
	counts.device_faults = 2;
	counts.timed[0] = 398;
	counts.timed_ms[0] = 2428000;
	book_print(&book, &counts, text);
	assert_int_equal(book_parse(text, &again, &read), 0);
	assert_memory_equal(&read, &counts, sizeof(counts));
	assert_string_equal(again.name, "An Bình");
	assert_true(again.open);
	book_begin(&again, &read, 1634886000 + 3600, 7 * 3600);
	assert_int_equal(again.number, 2);
	assert_int_equal(read.people[0], 0);
	book_begin(&again, &read, 1634886000 + 86400, 7 * 3600);
	assert_int_equal(again.number, 1);
	assert_int_equal(book_parse("", &again, &read), -1);
	assert_int_equal(book_parse("chot shift 2\npeople 1 1\n", &again,
	    &read), -1);
	snprintf(bad, sizeof(bad), "chot shift 1\npeople -5 99999999\nx\n");
	assert_int_equal(book_parse(bad, &again, &read), 0);
	assert_int_equal(read.people[0], 0);
	strcpy(bad, "chot shift 1\ntimed 1 1 -1 9\n");
	assert_int_equal(book_parse(bad, &again, &read), 0);
	assert_int_equal(read.timed[0], 0);
	assert_int_equal(read.timed_ms[1], 0);
}

/* No two alike: a figure in another's place would be seen. */
static const struct view_counts all_counts = { .since = 1634886000,
	.people = { 412, 301 }, .cars = { 187, 131 },
	.motorbikes = { 100, 68 }, .foreigners = { 3, 5 },
	.declarations = { 398, 290 }, .passed = { 379, 289 },
	.checked = { 61, 22 }, .turned_back = { 29, 11 },
	.health = { 4, 1 }, .anyway = { 8, 9 }, .against = { 12, 10 },
	.device_faults = 2 };

static void
test_the_sheet_has_every_figure(void **state)
{
	static const char *const want[] = {
		"Shift 1: An",
		"14:00 22/10/2021 to 15:00 22/10/2021",
		"                            IN     OUT",
		"People                     412     301",
		"Cars                       187     131",
		"Motorbikes                 100      68",
		"Foreigners                   3       5",
		"Declarations               398     290",
		"Let pass                   379     289",
		"Checked                     61      22",
		"Turned back                 29      11",
		"Health desk                  4       1",
		"Let pass anyway              8       9",
		"Against the verdict         12      10",
		"Device faults                2        ",
	};
	struct book book = { .number = 1, .name = "An" };
	char lines[PANEL_LINES_MAX][VIEW_TEXT_MAX];

	(void)state;
	assert_int_equal(book_lines(&book, &all_counts, 1634886000 + 3600,
	    7 * 3600, lines, PANEL_LINES_MAX), nitems(want));
	for (size_t i = 0; i < nitems(want); i++)
		assert_string_equal(lines[i], want[i]);
	assert_int_equal(book_lines(&book, &all_counts, 0, 0, lines, 2), 2);
}

static void
test_every_figure_of_the_sheet_outlives_a_restart(void **state)
{
	struct book book = { .number = 1, .name = "An" }, again;
	struct view_counts read;
	char text[BOOK_TEXT_MAX];

	(void)state;
	book_print(&book, &all_counts, text);
	assert_int_equal(book_parse(text, &again, &read), 0);
	assert_memory_equal(&read, &all_counts, sizeof(read));
}

/* Eight of nine may take over: they fit one page, and 9 is nobody. */
static void
test_more_names_are_offered_where_there_are_more(void **state)
{
	struct duty_officer officer = { .name = "An" };
	struct view_panel panel = { .nlines = 0 };
	struct desk_of p = post();

	(void)state;
	duty_roster(&p.d, 10);
	for (int i = 0; i < 10; i++) {
		snprintf(officer.id, sizeof(officer.id), "%d", i);
		officer.role = i > 7 ? OFFICER_ADMINISTRATOR : OFFICER_PLAIN;
		duty_roster_one(&p.d, &officer);
	}
	duty_begin(&p.d, "0");
	duty_ask(&p.d, DUTY_TAKE_OVER, &p.m);
	duty_panel(&p.d, &p.m, &panel);
	assert_int_equal(panel.nchoices, 8);
	duty_ask(&p.d, DUTY_LOG_IN, &p.m);
	memset(&panel, 0, sizeof(panel));
	duty_panel(&p.d, &p.m, &panel);
	assert_int_equal(panel.nchoices, 9);
	key(&p, ACTION_NONE, "9");
	memset(&panel, 0, sizeof(panel));
	duty_panel(&p.d, &p.m, &panel);
	assert_int_equal(panel.nchoices, 3); /* two, and back to the first */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_officers_nobody_is_asked),
		cmocka_unit_test(test_a_name_and_its_pin_log_in),
		cmocka_unit_test(test_only_a_badge_of_the_list_asks_for_a_pin),
		cmocka_unit_test(test_a_badge_that_was_left_is_forgotten),
		cmocka_unit_test(test_a_question_by_a_person_is_a_new_one),
		cmocka_unit_test(test_after_wrong_pins_there_is_a_wait),
		cmocka_unit_test(test_an_answer_to_another_question_is_none),
		cmocka_unit_test(test_it_locks_when_idle_and_never_with_a_person),
		cmocka_unit_test(test_a_leader_is_asked_and_nobody_else),
		cmocka_unit_test(test_each_role_has_its_rights),
		cmocka_unit_test(test_a_question_is_answered_by_who_has_the_right),
		cmocka_unit_test(test_who_is_taken_off_the_list_is_off),
		cmocka_unit_test(test_the_figures_of_a_shift_are_read_again),
		cmocka_unit_test(test_the_sheet_has_every_figure),
		cmocka_unit_test(test_every_figure_of_the_sheet_outlives_a_restart),
		cmocka_unit_test(test_more_names_are_offered_where_there_are_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
