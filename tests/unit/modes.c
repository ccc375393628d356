/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the state table that are about forms and modes: played with
 * the officer's keys on one lane, under a clock that the test sets.
 */
#include "one_lane.h"

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
answer(struct world *w, const char *declaration)
{
	answer_with(w, "none", declaration);
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

/* Its code is the declaration itself, by the post's own key. */
static void
test_a_declaration_slip_is_scanned_again(void **state)
{
	struct err err = { 0 };
	char secret[CREDENTIAL_PEM_MAX], public[CREDENTIAL_PEM_MAX], *code, *quote;
	struct credential_trust *trust = credential_trust_new();
	struct world *w = world(), *next = world();
	const struct fact_value *fact;

	(void)state;
	assert_int_equal(credential_key_make(secret, public, &err), 0);
	assert_int_equal(credential_trust_add(trust,
	    (const unsigned char *)public, strlen(public), NULL, &err), 0);
	w->s.setup.sign_key = secret;
	strcpy(w->shift.officer, "binh");
	press(w, ACTION_DECLARE, '\0');
	type(w, "Tran Thi Thu\r001085012345\r01021985\rMy Xuyen\rSoc Trang\r"
	    "0912345678\r");
	session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/1", &w->m);
	settle(w);
	assert_int_equal(w->slips, 1);
	assert_null(strstr(w->slip, "Tran"));
	assert_string_equal(w->s.slip_code, "");
	code = strstr(w->slip, "CP1:");
	assert_non_null(code);
	quote = strchr(code, '"');
	assert_non_null(quote);
	*quote = '\0';
	/* At the next post, which trusts the key, an hour later. */
	next->s.setup.trust = trust;
	next->m.wall += 3600;
	scan(next, code);
	answer(next, "none");
	temperature(next, 36500);
	assert_int_equal(next->s.phase, PHASE_VERDICT);
	fact = &next->s.facts.values[FACT_DECLARATION];
	assert_string_equal(fact->text, "valid");
	assert_true(next->s.facts.values[FACT_DECLARATION_AGE_H].real > 0.99);
	assert_string_equal(person_document(&next->s.person)->id,
	    "001085012345");
	assert_string_equal(person_document(&next->s.person)->name,
	    "Tran Thi Thu");
	end(w);
	end(next);
	credential_trust_free(trust);
}

/* Nothing is signed that could not be believed. */
static void
test_a_slip_without_key_time_or_number_names_the_record(void **state)
{
	static const struct {
		bool key, clock, number, training;
	} cases[] = {
		{ false, true, true, false }, { true, false, true, false },
		{ true, true, false, false }, { true, true, true, true },
	};
	char secret[CREDENTIAL_PEM_MAX], public[CREDENTIAL_PEM_MAX];

	(void)state;
	assert_int_equal(credential_key_make(secret, public, NULL), 0);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		w->s.setup.sign_key = cases[i].key ? secret : NULL;
		w->shift.training = cases[i].training;
		if (!cases[i].clock)
			w->m.clock = CLOCK_UNCONFIRMED;
		press(w, ACTION_DECLARE, '\0');
		type(w, cases[i].number ? "Tran Thi Thu\r001085012345\r01021985"
		    "\rMy Xuyen\rSoc Trang\r\r" : "Tran Thi Thu\r\r01021985"
		    "\rMy Xuyen\rSoc Trang\r\r");
		session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/1", &w->m);
		settle(w);
		assert_int_equal(w->slips, 1);
		assert_non_null(strstr(w->slip,
		    "\"token\":\"ST-TEST/7f3a91c2/1\""));
		assert_int_equal(strstr(w->slip, "TRAINING") != NULL,
		    cases[i].training);
		end(w);
	}
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

/* A passport's number may look like a plate: it is a person's here. */
static void
test_what_stands_in_number_is_a_number(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_DECLARE, 'k');
	type(w, "Tran Thu\r51F12345\r\rAb\rCd\r\r");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_int_equal(w->s.person.documents[0].kind, CREDENTIAL_DECLARATION);
	assert_string_equal(w->s.person.documents[0].id, "51F12345");
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

/* ---- surge ------------------------------------------------------------------------ */

static void
surge_for(struct world *w, const char *minutes)
{
	press(w, ACTION_SURGE, 's');
	assert_int_equal(w->desk.window, WINDOW_FORM);
	type(w, minutes);
}

static void
digit(struct world *w, char c, bool alone)
{
	struct input input = { .kind = INPUT_CHARACTER, .alone = alone,
		.character = { c } };

	desk_input(&w->desk, &w->s, &input, &w->m);
	settle(w);
}

static void
test_a_vehicle_of_training_is_not_counted(void **state)
{
	struct world *w = world();

	(void)state;
	w->shift.training = true;
	surge_for(w, "15\r");
	digit(w, '4', true);
	recorded(w, "\"aboard\":4");
	assert_int_equal(w->shift.counts.people[0], 0);
	assert_int_equal(w->shift.counts.cars[0], 0);
	assert_int_equal(w->shift.inside, 0);
	end(w);
}

static void
test_in_a_surge_one_key_is_a_vehicle(void **state)
{
	struct world *w = world();

	(void)state;
	surge_for(w, "15\r");
	recorded(w, "\"surge\":{\"state\":\"opened\",\"minutes\":15}");
	assert_int_equal(surge_minutes_left(&w->shift, &w->m), 15);
	digit(w, '4', true);
	digit(w, '1', true);
	digit(w, '9', false); /* bunched with others: no finger */
	type(w, "\033");
	recorded(w, "\"aboard\":1");
	assert_int_equal(w->shift.counts.people[0], 5);
	assert_int_equal(w->shift.counts.cars[0], 2);
	assert_int_equal(w->shift.counts.passed[0], 5);
	pass_time(w, 14 * 60000 + 1);
	assert_int_equal(surge_minutes_left(&w->shift, &w->m), 1);
	assert_int_equal(records_with(w, "\"state\":\"closed\""), 0);
	pass_time(w, 60000);
	recorded(w, "\"state\":\"closed\",\"vehicles\":2,\"people\":5");
	assert_int_equal(surge_minutes_left(&w->shift, &w->m), 0);
	digit(w, '4', true); /* a number again */
	assert_int_equal(w->desk.form.kind, FORM_NUMBER);
	end(w);
}

static void
test_where_there_are_leaders_one_allows_a_surge(void **state)
{
	struct world *w = world();
	struct input enter = { .kind = INPUT_ACTION, .action = ACTION_ENTER };

	(void)state;
	w->shift.leaders = true;
	surge_for(w, "15");
	assert_int_equal(desk_input(&w->desk, &w->s, &enter, &w->m),
	    DESK_SURGE);
	assert_int_equal(w->desk.surge_minutes, 15);
	assert_int_equal(surge_minutes_left(&w->shift, &w->m), 0);
	strcpy(w->s.leader, "le.van.c");
	assert_true(surge_start(&w->s, 15, &w->m));
	settle(w);
	recorded(w, "\"minutes\":15,\"leader\":\"le.van.c\"");
	end(w);
}

static void
test_in_a_surge_scans_are_judged_and_nobody_waits(void **state)
{
	struct world *w = world();

	(void)state;
	surge_for(w, "30\r");
	scan(w, MAI);
	answer(w, "none"); /* no temperature is waited for: a CHECK here */
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	recorded(w, "\"mode\":\"surge\"");
	scan(w, NAM);
	recorded(w, "\"why\":\"leaders-order\"");
	recorded(w, "\"against\":true");
	answer(w, "none");
	session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/9", &w->m);
	pass_time(w, SURGE_CLEARS_MS);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_int_equal(w->shift.counts.passed[0], 2);
	/* And the same person again is no question. */
	pass_time(w, 60000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

static void
test_a_surge_lets_no_stop_pass(void **state)
{
	struct world *w = world();
	struct register_answer a = { .known = true, .symptoms = -1,
		.wanted = -1, .shipper = -1, .doses = -1, .doses_required = -1,
		.plate_known = -1, .green_lane = -1, .vehicle_wanted = -1,
		.group_declared = -1, .status = "F0" };

	(void)state;
	surge_for(w, "30\r");
	scan(w, MAI);
	session_answer(&w->s, w->look, &a, &w->m);
	settle(w);
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/9", &w->m);
	pass_time(w, 60000);
	digit(w, '2', true);
	scan(w, NAM);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	assert_int_equal(records_with(w, "\"outcome\":\"passed\""), 0);
	end(w);
}

static void
test_a_surge_ends_by_its_key_and_has_bounds(void **state)
{
	struct world *w = world();

	(void)state;
	surge_for(w, "0\r");
	assert_int_equal(w->desk.window, WINDOW_FORM);
	type(w, "\033");
	surge_for(w, "121\r");
	assert_int_equal(w->desk.window, WINDOW_FORM);
	type(w, "\033");
	assert_int_equal(w->records, 0);
	surge_for(w, "120\r");
	press(w, ACTION_SURGE, 's');
	recorded(w, "\"state\":\"closed\"");
	end(w);
}

/* ---- venue -------------------------------------------------------------------------- */

static void
pass_one(struct world *w, const char *card)
{
	scan(w, card);
	answer(w, "none");
	temperature(w, 36500);
	assert_true(session_decide(&w->s, "passed", "key", "", &w->m));
	settle(w);
	pass_time(w, 20 * 60000);
}

static void
test_a_venue_counts_who_is_inside(void **state)
{
	struct world *w = world_of("venue", "scan-first", "ask");

	(void)state;
	w->conf.capacity = 100;
	pass_one(w, MAI);
	pass_one(w, NAM);
	assert_int_equal(w->shift.inside, 2);
	assert_int_equal(records_with(w, "\"occupancy\":1,\"capacity\":100"), 1);
	assert_int_equal(records_with(w, "\"mode\":\"venue\""), 2);
	session_turn(&w->s, &w->m);
	pass_one(w, MAI);
	assert_int_equal(w->shift.inside, 1);
	session_correct(&w->s, "held", "", &w->m); /* too late: 60 s */
	assert_int_equal(w->shift.inside, 1);
	press(w, ACTION_INSIDE, 'r');
	type(w, "37\r");
	assert_int_equal(w->shift.inside, 37);
	recorded(w, "\"venue\":{\"inside\":37,\"was\":1}");
	venue_count(&w->shift, 1, 90);
	assert_int_equal(w->shift.inside, 0); /* never less than nobody */
	end(w);
}

static void
test_a_correction_corrects_who_is_inside(void **state)
{
	struct world *w = world_of("venue", "scan-first", "in");

	(void)state;
	w->conf.capacity = 100;
	scan(w, MAI);
	answer(w, "none");
	temperature(w, 36500);
	session_decide(&w->s, "passed", "key", "", &w->m);
	assert_int_equal(w->shift.inside, 1);
	session_correct(&w->s, "turned-back", "", &w->m);
	assert_int_equal(w->shift.inside, 0);
	session_correct(&w->s, "passed", "", &w->m);
	assert_int_equal(w->shift.inside, 1);
	end(w);
}

/* ---- search --------------------------------------------------------------------------- */

static size_t
found(const struct world *w, const char *query)
{
	struct view_recent list[VIEW_RECENT_MAX];

	return search_find(&w->shift, query, w->conf.utc_offset_s, list,
	    nitems(list));
}

static void
test_search_by_digits_plate_and_time(void **state)
{
	struct world *w = world();

	(void)state;
	session_plate(&w->s, "83A-123.45", &w->m);
	pass_one(w, MAI);
	session_plate(&w->s, "", &w->m);
	pass_one(w, NAM); /* twenty minutes later, on foot */
	assert_int_equal(found(w, "123"), 1);
	assert_int_equal(found(w, "0123"), 1);
	assert_int_equal(found(w, "094300000123"), 1);
	assert_int_equal(found(w, "124"), 0);
	assert_int_equal(found(w, "345"), 2); /* a plate and a number */
	assert_int_equal(found(w, "83a12345"), 1);
	assert_int_equal(found(w, "83A-123.45"), 1);
	assert_int_equal(found(w, "14:00"), 1);
	assert_int_equal(found(w, "1420"), 1);
	assert_int_equal(found(w, "14:10"), 0);
	assert_int_equal(found(w, "12"), 0);
	press(w, ACTION_SEARCH, 't');
	type(w, "123\r");
	assert_int_equal(w->desk.window, WINDOW_FOUND);
	search_clear(&w->shift);
	assert_int_equal(found(w, "123"), 0);
	end(w);
}

static void
test_a_correction_is_found_corrected(void **state)
{
	struct world *w = world();
	struct view_recent one;

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	temperature(w, 36500);
	session_decide(&w->s, "passed", "key", "", &w->m);
	session_correct(&w->s, "held", "", &w->m);
	assert_int_equal(search_find(&w->shift, "123", 0, &one, 1), 1);
	assert_string_equal(one.outcome, "held");
	end(w);
}

/* Not a byte of who it was stays behind a decision. */
static void
test_no_name_or_number_is_kept_after_the_decision(void **state)
{
	static const char *const secrets[] = { "Mẫu", "094300000123",
		"365000123", "Mỹ Xuyên", "83A12345" };
	struct world *w = world();

	(void)state;
	session_plate(&w->s, "83A-123.45", &w->m);
	pass_one(w, MAI);
	collect(w);
	memset(&w->s.vehicle, 0, sizeof(w->s.vehicle)); /* the car stands here */
	memset(w->shift.recent, 0, sizeof(w->shift.recent)); /* as is shown */
	for (size_t i = 0; i < nitems(secrets); i++) {
		assert_null(memmem(&w->s, sizeof(w->s), secrets[i],
		    strlen(secrets[i])));
		assert_null(memmem(&w->shift, sizeof(w->shift), secrets[i],
		    strlen(secrets[i])));
	}
	end(w);
}

static void
test_the_ring_of_the_search_goes_round(void **state)
{
	struct world *w = world();
	struct person p = { .plate = "83A12345" };
	struct view_recent shown = { .at = 1000 };

	(void)state;
	for (int i = 0; i < SEARCH_MAX + 5; i++)
		search_add(&w->shift, &p, &shown);
	assert_int_equal(found(w, "345"), VIEW_RECENT_MAX);
	end(w);
}

/* ---- charts ------------------------------------------------------------------------------ */

static void
test_the_charts_count_hours_verdicts_and_temperatures(void **state)
{
	struct world *w = world();
	struct view_chart chart;

	(void)state;
	pass_one(w, MAI); /* at 14:00; then twenty minutes */
	pass_one(w, NAM);
	pass_time(w, 30 * 60000); /* 15:10 */
	scan(w, MAI);
	press(w, ACTION_ENTER, '\0'); /* a repeat? not after 15 minutes */
	answer(w, "none");
	temperature(w, 38200);
	session_decide(&w->s, "held", "key", "", &w->m);
	settle(w);
	tally_view(&w->shift, w->m.wall, w->conf.utc_offset_s, &chart);
	assert_int_equal((chart.first_hour + 23) % 24, 15);
	assert_int_equal(chart.hours[22][0], 2);
	assert_int_equal(chart.hours[23][0], 1);
	assert_int_equal(chart.verdicts[VERDICT_PASS], 2);
	assert_int_equal(chart.verdicts[VERDICT_CHECK], 1);
	assert_int_equal(chart.temps[4], 2); /* 36.5 */
	assert_int_equal(chart.temps[7], 1); /* 38.2 */
	/* A day later these are gone, and the hour begins anew. */
	tally_people(&w->shift, w->m.wall + 86400, w->conf.utc_offset_s, 1, 5);
	tally_view(&w->shift, w->m.wall + 86400, w->conf.utc_offset_s, &chart);
	assert_int_equal(chart.hours[23][0], 0);
	assert_int_equal(chart.hours[23][1], 5);
	assert_int_equal(chart.hours[22][0], 0);
	press(w, ACTION_CHART, 'e');
	assert_int_equal(w->desk.window, WINDOW_CHART);
	end(w);
}

/* ---- a scanner in the wrong character set ------------------------------------------------ */

static void
test_lost_letters_are_recognised(void **state)
{
	static const struct {
		const char *card;
		bool lost;
	} cases[] = {
		{ MAI, false }, { NAM, false },
		{ "094300000123|365000123|Nguy?n Th? M?u|15032000|N?|M? Xuy?n|10052021", true },
		{ "094300000123|365000123|Nguyn Th Mu|15032000|N|M Xuyn, Sc Trng|10052021", true },
		{ "094300000123||Nguy\xE1n|15032000|N\xF6|X|10052021", true },
		{ "094300000123||Nguy\xEF\xBF\xBDn|15032000|Nam|X|10052021", true },
		{ "094300000123||Tran Van An|15032000|Nam|Long An|10052021", false },
		{ "094300000123||Tran Thi An|15032000|Nu|Long An|10052021", false },
		{ "094300000123", false }, { "what is this?", false },
		{ "a|b|c?|d|e?|f?|g", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (charset_lost((const unsigned char *)cases[i].card,
		    strlen(cases[i].card)) != cases[i].lost)
			fail_msg("%s", cases[i].card);
}

static void
test_a_ruined_card_is_refused_and_the_scanner_named(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, "094300000123|365000123|Nguy?n Th? M?u|15032000|N?|M? Xuy?n|10052021");
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_string_equal(w->s.notice,
	    "Scanner's character set is wrong: print test page");
	assert_true(w->s.notice_bad);
	end(w);
}

static void
test_before_a_stop_nothing_is_declared(void **state)
{
	struct world *w = world();
	struct register_answer a;

	(void)state;
	scan(w, MAI);
	register_answer_init(&a);
	a.known = true;
	strcpy(a.status, "F0");
	strcpy(a.declaration, "none");
	session_answer(&w->s, w->look, &a, &w->m);
	settle(w);
	temperature(w, 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	press(w, ACTION_DECLARE, 'k');
	assert_int_equal(w->desk.window, WINDOW_NONE);
	end(w);
}

static void
test_a_slip_that_was_printed_is_asked_about(void **state)
{
	struct world *w = world();

	(void)state;
	assert_false(desk_ask_print(&w->desk, &w->s)); /* nobody is here */
	scan(w, MAI);
	answer(w, "none");
	temperature(w, 36500);
	session_recorded(&w->s, w->put_n, "ST-TEST/7f3a91c2/1", &w->m);
	settle(w);
	assert_true(desk_ask_print(&w->desk, &w->s));
	assert_int_equal(w->desk.window, WINDOW_CHOICE);
	type(w, "2"); /* leave it */
	assert_int_equal(w->slips, 0);
	assert_int_equal(w->desk.window, WINDOW_NONE);
	assert_true(desk_ask_print(&w->desk, &w->s));
	type(w, "1");
	assert_int_equal(w->slips, 1);
	assert_non_null(strstr(w->slip, "\"again\":true"));
	end(w);
}

/* ---- outcomes by keys -------------------------------------------------------------- */

static void
stand(struct world *w, enum verdict verdict)
{
	pass_time(w, 20 * 60000); /* a repeat is another row */
	scan(w, MAI);
	answer_with(w, verdict == VERDICT_STOP ? "F0" : "none", "none");
	temperature(w, verdict == VERDICT_CHECK ? 38200 : 36500);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.judgement.verdict, verdict);
}

/* Whom a STOP keeps from passing no chair is for: D is not offered there. */
static void
test_each_outcome_has_its_key(void **state)
{
	static const struct {
		enum action action;
		const char *outcome;
		bool at_stop;
	} cases[] = {
		{ ACTION_TURN_BACK, "\"outcome\":\"turned-back\"", true },
		{ ACTION_HEALTH, "\"outcome\":\"health-desk\"", true },
		{ ACTION_HOLD, "\"outcome\":\"held\"", true },
		{ ACTION_REMEASURE, "\"outcome\":\"waiting\"", false },
	};
	struct world *w;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		for (enum verdict v = VERDICT_PASS; v <= VERDICT_STOP; v++) {
			bool decides = v != VERDICT_STOP || cases[i].at_stop;

			w = world();
			stand(w, v);
			press(w, cases[i].action, 'x');
			assert_int_equal(w->s.phase, decides ? PHASE_READY :
			    PHASE_VERDICT);
			assert_int_equal(records_with(w, cases[i].outcome),
			    decides);
			if (!decides)
				assert_string_equal(w->s.notice,
				    "Decide first");
			end(w);
		}
}

static void
test_against_the_verdict_is_c_and_a_digit(void **state)
{
	struct world *w = world();

	(void)state;
	stand(w, VERDICT_CHECK);
	press(w, ACTION_PASS, 'c');
	assert_int_equal(w->desk.window, WINDOW_CHOICE);
	type(w, "9"); /* none of them */
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	type(w, "\033"); /* never decides */
	assert_int_equal(w->desk.window, WINDOW_NONE);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	press(w, ACTION_PASS, 'c');
	type(w, "2");
	recorded(w, "\"outcome\":\"passed\",\"by\":\"key\",\"why\":\"on-duty\",\"against\":true");
	end(w);
}

/* "1" is the leader's word, the last digit that of the medical staff. */
static void
test_on_stop_c_asks_for_somebody_elses_pin(void **state)
{
	struct input digit = { .kind = INPUT_CHARACTER };
	struct world *w = world();

	(void)state;
	stand(w, VERDICT_STOP);
	press(w, ACTION_PASS, 'c'); /* nobody here could allow it */
	assert_string_equal(w->s.notice, "Leader's PIN needed");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	w->shift.leaders = true;
	press(w, ACTION_PASS, 'c');
	strcpy(digit.character, "7"); /* no medical staff: no such digit */
	assert_int_equal(desk_input(&w->desk, &w->s, &digit, &w->m),
	    DESK_STAY);
	strcpy(digit.character, "1");
	assert_int_equal(desk_input(&w->desk, &w->s, &digit, &w->m),
	    DESK_LEADER);
	assert_string_equal(w->desk.leader_why, "emergency");
	w->shift.medics = true;
	press(w, ACTION_PASS, 'c');
	strcpy(digit.character, "7");
	assert_int_equal(desk_input(&w->desk, &w->s, &digit, &w->m),
	    DESK_LEADER);
	assert_string_equal(w->desk.leader_why, "cleared");
	assert_int_equal(records_with(w, "\"outcome\":\"passed\""), 0);
	/* Who was cleared passes on that word, against the verdict. */
	strcpy(w->s.medical, "YT-01");
	assert_true(session_decide(&w->s, "passed", "key", "cleared", &w->m));
	collect(w);
	recorded(w, "\"why\":\"cleared\",\"against\":true,\"medical\":\"YT-01\"");
	end(w);
}

static void
test_u_and_a_digit_correct(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_UNDO, 'u');
	assert_int_equal(w->desk.window, WINDOW_NONE); /* nothing to correct */
	stand(w, VERDICT_CHECK);
	press(w, ACTION_HOLD, 'g');
	press(w, ACTION_UNDO, 'u');
	assert_int_equal(w->desk.window, WINDOW_CHOICE);
	type(w, "2");
	recorded(w, "\"outcome\":\"turned-back\",\"was\":\"held\"");
	pass_time(w, CORRECT_MS + 1);
	press(w, ACTION_UNDO, 'u');
	assert_int_equal(w->desk.window, WINDOW_NONE);
	end(w);
}

static void
test_h_and_a_digit_call_somebody_back(void **state)
{
	struct world *w = world();

	(void)state;
	stand(w, VERDICT_CHECK);
	press(w, ACTION_REMEASURE, 'd');
	press(w, ACTION_WAITING, 'h');
	assert_int_equal(w->desk.window, WINDOW_WAITING);
	type(w, "2"); /* one waits */
	assert_int_equal(w->s.phase, PHASE_READY);
	press(w, ACTION_WAITING, 'h');
	type(w, "1");
	assert_string_equal(w->s.notice, "Wait 5:00 more, then measure again");
	pass_time(w, 5 * 60000);
	press(w, ACTION_WAITING, 'h');
	type(w, "1");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_int_equal(w->s.person.measurement, 2);
	answer(w, "none");
	temperature(w, 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	recorded(w, "\"type\":\"measurement\"");
	end(w);
}

static void
test_c_on_a_pass_lets_pass(void **state)
{
	struct world *w = world();

	(void)state;
	stand(w, VERDICT_PASS);
	press(w, ACTION_PASS, 'c');
	recorded(w, "\"outcome\":\"passed\",\"by\":\"key\"");
	end(w);
}

/* Ready, it waits for its scan; with a person it counts, once more too. */
static void
test_a_temperature_typed_by_hand_counts_in_each_state(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_TEMPERATURE, 'n');
	type(w, "368");
	assert_int_equal(w->s.phase, PHASE_READY);
	scan(w, MAI);
	answer(w, "none");
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.person.reading.source, TEMP_HAND);
	assert_int_equal(w->s.person.reading.temp.result_mc, 36800);
	press(w, ACTION_HOLD, 'g');
	scan(w, NAM);
	answer(w, "none");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	press(w, ACTION_TEMPERATURE, 'n');
	type(w, "385");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	press(w, ACTION_TEMPERATURE, 'n');
	type(w, "366");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	recorded(w, "\"type\":\"measurement\"");
	end(w);
}

static void
test_a_plate_typed_opens_and_closes_a_vehicle(void **state)
{
	struct world *w = world();

	(void)state;
	press(w, ACTION_PLATE, 'b');
	type(w, "83a12345\r");
	assert_string_equal(w->s.vehicle.plate, "83A12345");
	scan(w, MAI);
	assert_int_equal(w->s.person.number_aboard, 1);
	press(w, ACTION_PLATE, 'b');
	type(w, "51F67890\r"); /* it was that one */
	assert_string_equal(w->s.person.plate, "51F67890");
	assert_int_equal(w->s.person.number_aboard, 1);
	press(w, ACTION_PLATE, 'b');
	type(w, "\r"); /* on foot, after all */
	assert_string_equal(w->s.vehicle.plate, "");
	assert_string_equal(w->s.person.plate, "");
	assert_int_equal(w->s.person.number_aboard, 0);
	end(w);
}

/* Nobody is logged in, or somebody who decides about nobody. */
static void
test_where_lanes_are_closed_no_key_takes_anything(void **state)
{
	struct world *w = world_of("attended", "scan-first", "ask");

	(void)state;
	w->conf.capacity = 10;
	w->shift.closed = true;
	for (enum action a = ACTION_ENTER; a < ACTION_QUIT; a++) {
		press(w, a, 'x');
		assert_int_equal(w->s.phase, PHASE_READY);
		assert_true(w->desk.window != WINDOW_FIELDS &&
		    w->desk.window != WINDOW_CHOICE);
		assert_true(w->desk.window != WINDOW_FORM ||
		    w->desk.form.kind == FORM_CLOCK);
		type(w, "\033");
	}
	type(w, "094300000123");
	assert_int_equal(w->desk.window, WINDOW_NONE);
	assert_int_equal(w->s.phase, PHASE_READY);
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
		cmocka_unit_test(test_before_a_stop_nothing_is_declared),
		cmocka_unit_test(test_a_slip_that_was_printed_is_asked_about),
		cmocka_unit_test(test_a_declaration_slip_comes_after_done),
		cmocka_unit_test(test_a_declaration_slip_is_scanned_again),
		cmocka_unit_test(test_a_slip_without_key_time_or_number_names_the_record),
		cmocka_unit_test(test_a_declaration_outlives_the_question_of_a_repeat),
		cmocka_unit_test(test_what_stands_in_number_is_a_number),
		cmocka_unit_test(test_a_full_recorder_takes_no_form),
		cmocka_unit_test(test_the_logbook_is_back_dated),
		cmocka_unit_test(test_the_time_of_the_logbook),
		cmocka_unit_test(test_the_logbook_needs_a_known_time),
		cmocka_unit_test(test_where_there_are_leaders_one_allows_a_surge),
		cmocka_unit_test(test_a_vehicle_of_training_is_not_counted),
		cmocka_unit_test(test_in_a_surge_one_key_is_a_vehicle),
		cmocka_unit_test(test_in_a_surge_scans_are_judged_and_nobody_waits),
		cmocka_unit_test(test_a_surge_lets_no_stop_pass),
		cmocka_unit_test(test_a_surge_ends_by_its_key_and_has_bounds),
		cmocka_unit_test(test_a_venue_counts_who_is_inside),
		cmocka_unit_test(test_a_correction_corrects_who_is_inside),
		cmocka_unit_test(test_search_by_digits_plate_and_time),
		cmocka_unit_test(test_a_correction_is_found_corrected),
		cmocka_unit_test(test_no_name_or_number_is_kept_after_the_decision),
		cmocka_unit_test(test_the_ring_of_the_search_goes_round),
		cmocka_unit_test(test_the_charts_count_hours_verdicts_and_temperatures),
		cmocka_unit_test(test_lost_letters_are_recognised),
		cmocka_unit_test(test_a_ruined_card_is_refused_and_the_scanner_named),
		cmocka_unit_test(test_each_outcome_has_its_key),
		cmocka_unit_test(test_against_the_verdict_is_c_and_a_digit),
		cmocka_unit_test(test_on_stop_c_asks_for_somebody_elses_pin),
		cmocka_unit_test(test_u_and_a_digit_correct),
		cmocka_unit_test(test_h_and_a_digit_call_somebody_back),
		cmocka_unit_test(test_c_on_a_pass_lets_pass),
		cmocka_unit_test(test_a_temperature_typed_by_hand_counts_in_each_state),
		cmocka_unit_test(test_a_plate_typed_opens_and_closes_a_vehicle),
		cmocka_unit_test(test_where_lanes_are_closed_no_key_takes_anything),
	};

	return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
