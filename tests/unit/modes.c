/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the state table that are about forms and modes: played with
 * the officer's keys on one lane, under a clock that the test sets.
 */
#include "test.h"

#include "../../src/station/parts.h"

#define MAI "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021"
#define NAM "001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021"
#define T0 1634886000 /* 2021-10-22 14:00 +07:00 */

struct world {
	struct conf conf;
	struct shift shift;
	struct session s;
	struct desk desk;
	struct moment m;
	struct policy *policy;
	char last[64][RECORD_BODY_MAX / 16];
	int64_t of[64];
	size_t records, slips, gates;
	int64_t put_n, look;
	char slip[1024];
};

static void
collect(struct world *w)
{
	struct effect effects[EFFECTS_MAX];
	size_t n = session_effects(&w->s, effects);

	for (size_t i = 0; i < n; i++) {
		struct effect *e = &effects[i];

		if (e->kind == EFFECT_LOOK)
			w->look = e->n;
		w->gates += e->kind == EFFECT_GATE;
		w->slips += e->kind == EFFECT_SLIP;
		if (e->kind == EFFECT_SLIP)
			snprintf(w->slip, sizeof(w->slip), "%s", e->body);
		if (e->kind == EFFECT_RECORD) {
			assert_true(w->records < nitems(w->last));
			w->of[w->records] = e->of_n;
			w->put_n = e->n;
			snprintf(w->last[w->records++], sizeof(w->last[0]),
			    "%s", e->body);
		}
		if (e->kind != EFFECT_LOOK)
			free(e->body);
	}
}

static struct world *
world_of(const char *mode, const char *direction)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err err = { 0 };
	struct session_setup setup;

	assert_non_null(w);
	strcpy(w->conf.id, "ST-TEST");
	strcpy(w->conf.mode, mode);
	strcpy(w->conf.typing, "telex");
	strcpy(w->conf.country, "VNM");
	w->conf.utc_offset_s = 7 * 3600;
	w->conf.nlanes = 1;
	strcpy(w->conf.lanes[0].title, "1");
	strcpy(w->conf.lanes[0].direction, direction);
	strcpy(w->conf.lanes[0].order, "scan-first");
	w->policy = policy_load(test_path("SRCDIR",
	    "tests/station/post.conf"), w->conf.utc_offset_s, &err);
	if (w->policy == NULL)
		fail_msg("%s", err.text);
	w->m = (struct moment){ .now_ms = 1000000, .wall = T0,
		.clock = CLOCK_CONFIRMED };
	setup = (struct session_setup){ .conf = &w->conf,
		.lane = &w->conf.lanes[0], .policy = w->policy,
		.language = LANGUAGE_EN, .boot = "boot", .run = "run" };
	shift_init(&w->shift, (const uint64_t[2]){ 1, 2 }, &w->m);
	session_init(&w->s, &setup, &w->shift);
	return w;
}

static struct world *
world(void)
{
	return world_of("attended", "in");
}

static void
end(struct world *w)
{
	collect(w);
	policy_free(w->policy);
	free(w);
}

static void
settle(struct world *w)
{
	collect(w);
	desk_settle(&w->desk, &w->s);
}

static void
pass_time(struct world *w, int64_t ms)
{
	w->m.now_ms += ms;
	w->m.wall = T0 + (w->m.now_ms - 1000000) / 1000;
	session_tick(&w->s, &w->m);
	settle(w);
}

static void
press(struct world *w, enum action action, char letter)
{
	struct input input = { .kind = action != ACTION_NONE ? INPUT_ACTION :
		INPUT_CHARACTER, .action = action, .character = { letter } };

	desk_input(&w->desk, &w->s, &input, &w->m);
	settle(w);
}

/* '\r' Enter, '\t' Tab, '\033' Esc; the rest as it is. */
static void
type(struct world *w, const char *keys)
{
	for (; *keys != '\0'; keys++)
		press(w, *keys == '\r' ? ACTION_ENTER : *keys == '\t' ?
		    ACTION_LANE : *keys == '\033' ? ACTION_ESCAPE :
		    ACTION_NONE, strchr("\r\t\033", *keys) != NULL ? '\0' :
		    *keys);
}

static void
scan(struct world *w, const char *text)
{
	session_scan(&w->s, (const unsigned char *)text, strlen(text),
	    SCAN_SCANNER, &w->m);
	settle(w);
}

static void
answer(struct world *w, const char *declaration)
{
	struct register_answer a = { .known = true, .symptoms = -1,
		.wanted = -1, .shipper = -1, .doses = -1, .doses_required = -1,
		.plate_known = -1, .green_lane = -1, .vehicle_wanted = -1,
		.group_declared = -1 };

	strcpy(a.status, "none");
	strcpy(a.declaration, declaration);
	session_answer(&w->s, w->look, &a, &w->m);
	settle(w);
}

static void
temperature(struct world *w, int32_t mc)
{
	struct reading r = { .source = TEMP_DEVICE, .device = 1,
		.taken_ms = w->m.now_ms, .temp = { .result_mc = mc,
		.samples = 8, .quality = "ok" } };

	session_reading(&w->s, &r, &w->m);
	settle(w);
}

/* Some record has this text. */
static size_t
records_with(const struct world *w, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < w->records; i++)
		n += strstr(w->last[i], part) != NULL;
	return n;
}

static void
recorded(const struct world *w, const char *part)
{
	assert_true(w->records > 0);
	if (strstr(w->last[w->records - 1], part) == NULL)
		fail_msg("no %s in %s", part, w->last[w->records - 1]);
}

/* ---- declarations ------------------------------------------------------------- */

static void
test_a_declaration_counts_for_the_person_in_front(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	temperature(w, 36500);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	recorded(w, "\"declaration\":\"none\"");
	press(w, ACTION_DECLARE, 'k');
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	/* The card said who it is: three Enters, then where from and to. */
	type(w, "\r\r\rMyx Xuyeen\rSocs Trawng\r0912345678\r");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	assert_int_equal(records_with(w, "\"type\":\"declaration\""), 1);
	assert_int_equal(records_with(w, "\"from\":\"Mỹ Xuyên\""), 1);
	assert_int_equal(records_with(w, "\"number\":\"094300000123\",\"birth\":\"2000-03-15\",\"from\""), 1);
	assert_int_equal(w->of[1], 1); /* of the crossing */
	recorded(w, "\"type\":\"update\"");
	recorded(w, "\"declaration\":\"valid\"");
	recorded(w, "\"declaration_age_h\":0.0");
	end(w);
}

static void
test_a_declaration_opens_a_person_without_papers(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_DECLARE, 'k');
	type(w, "Lee Thij Hoaf\r\r1960\rThuwj Ddwcs\rHaf Nooij\r\r");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_string_equal(w->s.person.documents[0].name, "Lê Thị Hòa");
	assert_int_equal(records_with(w, "\"type\":\"declaration\""), 1);
	temperature(w, 36500);
	answer(w, "none");
	recorded(w, "\"type\":\"crossing\"");
	recorded(w, "\"declaration\":\"valid\"");
	end(w);
}

static void
test_symptoms_are_behind_tab_and_become_a_fact(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_DECLARE, 'k');
	type(w, "Tran Thu\r001085012345\r\rAb\rCd\r\t\r2\r1\r\r\r\r\r1\r");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	recorded(w, "\"symptoms\":\"yes\"");
	recorded(w, "\"contact\":\"no\"");
	answer(w, "");
	temperature(w, 36500);
	recorded(w, "\"declared_symptoms\":1");
	end(w);
}

static void
test_a_number_of_somebody_else_is_refused(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	press(w, ACTION_DECLARE, 'k');
	fields_fill(&w->desk.paper.fields, "number", "001085012345");
	type(w, "\r\r\rAb\rCd\r\r");
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	assert_string_equal(w->desk.paper.fields.problem,
	    "The number is another person's");
	assert_int_equal(w->records, 0);
	end(w);
}

static void
test_a_card_fills_the_form_and_the_next_person_closes_it(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_DECLARE, 'k');
	scan(w, MAI);
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	assert_string_equal(fields_value(&w->desk.paper.fields, "name"),
	    "Nguyễn Thị Mẫu");
	assert_string_equal(fields_value(&w->desk.paper.fields, "birth"),
	    "15032000");
	answer(w, "none");
	temperature(w, 36500);
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	pass_time(w, 1000);
	scan(w, NAM); /* confirms the PASS */
	assert_int_equal(w->desk.window, WINDOW_NONE);
	end(w);
}

static void
test_a_declaration_slip_comes_after_done(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_DECLARE, 'k');
	type(w, "Tran Thu\r001085012345\r\rAb\rCd\r\r");
	assert_int_equal(w->slips, 0);
	session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/1", &w->m);
	settle(w);
	assert_int_equal(w->slips, 1);
	assert_non_null(strstr(w->slip, "ST-TEST/7f3a91c2/1"));
	assert_null(strstr(w->slip, "Tran"));
	assert_null(strstr(w->slip, "001085012345"));
	/* And not where it was not wanted. */
	type(w, "\033");
	end(w);
}

static void
test_a_declaration_outlives_the_question_of_a_repeat(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	temperature(w, 36500);
	session_decide(&w->s, "passed", "key", "", &w->m);
	settle(w);
	pass_time(w, 360000);
	press(w, ACTION_DECLARE, 'k');
	type(w, "Nguyeenx Thij Maaux\r094300000123\r\rAb\rCd\r\r");
	assert_int_equal(w->s.phase, PHASE_REPEAT);
	pass_time(w, 1000);
	press(w, ACTION_ENTER, '\0');
	answer(w, "none");
	temperature(w, 36500);
	recorded(w, "\"declaration\":\"valid\"");
	end(w);
}

static void
test_a_full_recorder_takes_no_form(void **state)
{
	struct world *w = world();

	(void)state;
	w->shift.recorder_full = true;
	press(w, ACTION_DECLARE, 'k');
	type(w, "Tran Thu\r001085012345\r\rAb\rCd\r\r");
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	assert_true(w->desk.paper.fields.problem[0] != '\0');
	assert_int_equal(w->records, 0);
	end(w);
}

/* ---- the logbook ------------------------------------------------------------------ */

static void
test_the_logbook_is_back_dated(void **state)
{
	struct world *w = world();

	(void)state;
	w->shift.counts.since = T0 - 3600;
	press(w, ACTION_LOGBOOK, 'l');
	type(w, "1330\r094300000123\r83a12345\r\r1\r2\rmaats ddieenj\r");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	recorded(w, "\"type\":\"logbook\"");
	recorded(w, "\"back_dated\":true");
	recorded(w, "\"happened\":\"2021-10-22T06:30:00Z\"");
	recorded(w, "\"direction\":\"in\"");
	recorded(w, "\"outcome\":\"turned-back\"");
	recorded(w, "\"note\":\"mất điện\"");
	assert_int_equal(w->shift.counts.people[0], 1);
	assert_int_equal(w->shift.counts.turned_back[0], 1);
	end(w);
}

static void
test_the_time_of_the_logbook(void **state)
{
	static const struct {
		const char *keys, *happened; /* NULL: refused */
	} cases[] = {
		{ "1359", "2021-10-22T06:59:00Z" },
		{ "1401", "2021-10-21T07:01:00Z" }, /* yesterday */
		{ "23592110", "2021-10-21T16:59:00Z" },
		{ "14011610", "2021-10-16T07:01:00Z" },
		{ "13591410", NULL }, { "14012210", NULL }, { "00003112", NULL },
		{ "00003006", NULL }, { "00002902", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();
		char keys[128], want[64];

		press(w, ACTION_LOGBOOK, 'l');
		snprintf(keys, sizeof(keys), "%s\r094300000123\r\r2\r\r1\r\r",
		    cases[i].keys);
		type(w, keys);
		assert_int_equal(w->records, cases[i].happened != NULL);
		if (cases[i].happened != NULL) {
			snprintf(want, sizeof(want), "\"happened\":\"%s\"",
			    cases[i].happened);
			recorded(w, want);
			recorded(w, "\"direction\":\"out\"");
		}
		end(w);
	}
}

static void
test_the_logbook_needs_a_known_time(void **state)
{
	struct world *w = world();

	(void)state;
	w->m.clock = CLOCK_UNCONFIRMED;
	press(w, ACTION_LOGBOOK, 'l');
	type(w, "1330\r094300000123\r\r\r\r1\r\r");
	assert_int_equal(w->desk.window, WINDOW_FIELDS);
	assert_int_equal(w->records, 0);
	end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_declaration_counts_for_the_person_in_front),
		cmocka_unit_test(test_a_declaration_opens_a_person_without_papers),
		cmocka_unit_test(test_symptoms_are_behind_tab_and_become_a_fact),
		cmocka_unit_test(test_a_number_of_somebody_else_is_refused),
		cmocka_unit_test(test_a_card_fills_the_form_and_the_next_person_closes_it),
		cmocka_unit_test(test_a_declaration_slip_comes_after_done),
		cmocka_unit_test(test_a_declaration_outlives_the_question_of_a_repeat),
		cmocka_unit_test(test_a_full_recorder_takes_no_form),
		cmocka_unit_test(test_the_logbook_is_back_dated),
		cmocka_unit_test(test_the_time_of_the_logbook),
		cmocka_unit_test(test_the_logbook_needs_a_known_time),
	};

	return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
