/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a post gives once is given once: over lanes, over a look-up child
 * that is slow, locked or gone, and until a correction takes it back. Played
 * with the pack of contrib/policy, on two lanes that share a shift.
 */
#include "test.h"

#include "../../src/station/parts.h"

#define MAI "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021"
#define NAM "001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021"
#define T0 1634886000 /* 2021-10-22 14:00 +07:00 */
#define LANES 2

struct world {
	struct conf conf;
	struct shift shift;
	struct session lanes[LANES];
	struct moment m;
	struct policy *policy;
	int64_t look[LANES];
	char last[RECORD_BODY_MAX];
};

static void
collect(struct world *w)
{
	struct effect effects[EFFECTS_MAX];

	for (size_t l = 0; l < LANES; l++) {
		size_t n = session_effects(&w->lanes[l], effects);

		for (size_t i = 0; i < n; i++) {
			if (effects[i].kind == EFFECT_LOOK)
				w->look[l] = effects[i].n;
			if (effects[i].kind == EFFECT_RECORD)
				snprintf(w->last, sizeof(w->last), "%s",
				    effects[i].body);
			if (effects[i].kind != EFFECT_LOOK)
				free(effects[i].body);
		}
	}
}

static struct world *
world(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err err = { 0 };
	struct session_setup setup;

	assert_non_null(w);
	strcpy(w->conf.id, "ST-PAY");
	strcpy(w->conf.mode, "payout");
	w->conf.utc_offset_s = 7 * 3600;
	strcpy(w->conf.lanes[0].title, "1");
	strcpy(w->conf.lanes[0].direction, "in");
	w->policy = policy_load(test_path("SRCDIR",
	    "contrib/policy/benefit-payout.conf"), 7 * 3600, &err);
	if (w->policy == NULL)
		fail_msg("%s", err.text);
	w->m = (struct moment){ .now_ms = 1000000, .wall = T0,
		.clock = CLOCK_CONFIRMED };
	setup = (struct session_setup){ .conf = &w->conf,
		.lane = &w->conf.lanes[0], .policy = w->policy,
		.language = LANGUAGE_EN, .boot = "boot", .run = "run" };
	shift_init(&w->shift, (const uint64_t[2]){ 1, 2 }, &w->m);
	for (size_t l = 0; l < LANES; l++)
		session_init(&w->lanes[l], &setup, &w->shift);
	return w;
}

static void
end(struct world *w)
{
	collect(w);
	policy_free(w->policy);
	free(w);
}

static void
pass_time(struct world *w, int64_t ms)
{
	w->m.now_ms += ms;
	w->m.wall += ms / 1000;
	for (size_t l = 0; l < LANES; l++)
		session_tick(&w->lanes[l], &w->m);
	collect(w);
}

static void
scan(struct world *w, size_t lane, const char *text)
{
	pass_time(w, 3000); /* not the same read */
	session_scan(&w->lanes[lane], (const unsigned char *)text,
	    strlen(text), SCAN_SCANNER, &w->m);
	collect(w);
}

/* As the look-up child says it; granted: -1 was not asked. */
static void
answer(struct world *w, size_t lane, const char *benefit, int granted)
{
	struct register_answer a;

	register_answer_init(&a);
	a.known = true;
	strcpy(a.status, "none");
	strcpy(a.benefit, benefit);
	a.granted = granted;
	a.granted_at = granted == GRANTED_BEFORE ? T0 - 3600 : 0;
	session_answer(&w->lanes[lane], w->look[lane], &a, &w->m);
	collect(w);
}

static void
enter(struct world *w, size_t lane)
{
	pass_time(w, ARM_MS);
	session_enter(&w->lanes[lane], &w->m);
	collect(w);
}

static void
stands(const struct world *w, size_t lane, enum verdict verdict,
    const char *rule)
{
	const struct judgement *j = &w->lanes[lane].judgement;

	assert_int_equal(w->lanes[lane].phase, PHASE_VERDICT);
	assert_int_equal(j->verdict, verdict);
	assert_true(j->nreasons > 0);
	assert_string_equal(j->reasons[0].rule, rule);
}

static void
test_paid_once_is_told_before_it_is_on_disk(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	stands(w, 0, VERDICT_PASS, "eligible");
	enter(w, 0);
	assert_int_equal(w->lanes[0].phase, PHASE_READY);
	assert_non_null(strstr(w->last, "\"grant\":\"support-2021\""));
	/* The next scan, 3 s later: no question whether to record again. */
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT); /* the disk is slow */
	stands(w, 0, VERDICT_STOP, "paid");
	assert_non_null(strstr(w->lanes[0].notice, "14:00 22/10/2021"));
	enter(w, 0); /* turned back, as the rule says */
	assert_null(strstr(w->last, "\"grant\""));
	end(w);
}

static void
test_what_the_disk_knows_counts(void **state)
{
	static const struct {
		const char *benefit;
		int granted;
		enum verdict verdict;
		const char *rule;
	} cases[] = {
		{ "eligible", GRANTED_BEFORE, VERDICT_STOP, "paid" },
		{ "not-listed", GRANTED_BEFORE, VERDICT_STOP, "paid" },
		{ "eligible", GRANTED_UNKNOWN, VERDICT_CHECK, "list-unknown" },
		{ "eligible", -1, VERDICT_CHECK, "list-unknown" },
		{ "eligible", GRANTED_NOT, VERDICT_PASS, "eligible" },
		{ "paid", GRANTED_NOT, VERDICT_STOP, "paid" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		scan(w, 0, MAI);
		answer(w, 0, cases[i].benefit, cases[i].granted);
		stands(w, 0, cases[i].verdict, cases[i].rule);
		end(w);
	}
}

static void
test_two_lanes_pay_one_person_once(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	scan(w, 1, MAI);
	answer(w, 1, "eligible", GRANTED_NOT);
	stands(w, 1, VERDICT_PASS, "eligible");
	enter(w, 0);
	enter(w, 1); /* its verdict is older than that */
	stands(w, 1, VERDICT_STOP, "paid");
	end(w);
}

static void
test_only_the_outcome_of_the_pack_gives(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	pass_time(w, ARM_MS);
	session_decide(&w->lanes[0], "turned-back", "key", "", &w->m);
	collect(w);
	assert_null(strstr(w->last, "\"grant\""));
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	stands(w, 0, VERDICT_PASS, "eligible");
	/* In training nobody is paid. */
	w->shift.training = true;
	enter(w, 0);
	w->shift.training = false;
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	stands(w, 0, VERDICT_PASS, "eligible");
	end(w);
}

static void
test_a_correction_takes_back_and_gives(void **state)
{
	struct world *w = world();
	struct session *s = &w->lanes[0];

	(void)state;
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	enter(w, 0);
	session_correct(s, "turned-back", "", &w->m);
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_BEFORE); /* not yet taken back there */
	stands(w, 0, VERDICT_PASS, "eligible");
	pass_time(w, ARM_MS);
	session_decide(s, "turned-back", "key", "", &w->m);
	session_correct(s, "passed", "", &w->m);
	collect(w);
	assert_non_null(strstr(w->last, "\"grant\":\"support-2021\""));
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	stands(w, 0, VERDICT_STOP, "paid");
	/* A leader lets pass, and is corrected: paid it stays. */
	strcpy(s->leader, "cuong");
	session_decide(s, "passed", "key", "leaders-order", &w->m);
	session_correct(s, "turned-back", "", &w->m);
	scan(w, 0, MAI);
	answer(w, 0, "eligible", GRANTED_NOT);
	stands(w, 0, VERDICT_STOP, "paid");
	/* After a minute no number is left in memory. */
	pass_time(w, CORRECT_MS + 1);
	assert_string_equal(s->granted_to, "");
	end(w);
}

static void
test_a_code_without_a_number_is_told(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, 0, "https://example.test/x/123456");
	answer(w, 0, "", GRANTED_NOT);
	assert_int_equal(w->lanes[0].judgement.verdict, VERDICT_CHECK);
	session_decide(&w->lanes[0], "passed", "key", "other", &w->m);
	assert_non_null(strstr(w->lanes[0].notice, "No number"));
	collect(w);
	assert_null(strstr(w->last, "\"grant\""));
	end(w);
}

/* A place is free again only when the disk has what lay in it. */
static void
test_a_full_memory_gives_no_more(void **state)
{
	struct world *w = world();
	char number[16];

	(void)state;
	for (int i = 0; i < GRANTED_MAX; i++) {
		snprintf(number, sizeof(number), "0943000%05d", i);
		scan(w, 0, number);
		answer(w, 0, "eligible", GRANTED_NOT);
		enter(w, 0);
		assert_int_equal(w->lanes[0].phase, PHASE_READY);
	}
	assert_non_null(granted_trouble(&w->shift, &w->m));
	scan(w, 0, NAM);
	answer(w, 0, "eligible", GRANTED_NOT);
	enter(w, 0);
	stands(w, 0, VERDICT_PASS, "eligible");
	assert_non_null(strstr(w->lanes[0].notice, "Nothing more can be noted"));
	granted_done(&w->shift, 2, NULL, &w->m); /* not its turn: ignored */
	enter(w, 0);
	stands(w, 0, VERDICT_PASS, "eligible");
	granted_done(&w->shift, 1, "no register key", &w->m);
	assert_string_equal(granted_trouble(&w->shift, &w->m), "no register key");
	granted_done(&w->shift, 1, NULL, &w->m);
	enter(w, 0);
	assert_int_equal(w->lanes[0].phase, PHASE_READY);
	for (int64_t n = 2; n <= GRANTED_MAX + 1; n++)
		granted_done(&w->shift, n, NULL, &w->m);
	assert_null(granted_trouble(&w->shift, &w->m));
	for (int i = 0; i < GRANTED_MAX; i++)
		assert_string_equal(w->shift.granted[i].identity, "");
	end(w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paid_once_is_told_before_it_is_on_disk),
		cmocka_unit_test(test_what_the_disk_knows_counts),
		cmocka_unit_test(test_two_lanes_pay_one_person_once),
		cmocka_unit_test(test_only_the_outcome_of_the_pack_gives),
		cmocka_unit_test(test_a_correction_takes_back_and_gives),
		cmocka_unit_test(test_a_code_without_a_number_is_told),
		cmocka_unit_test(test_a_full_memory_gives_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
