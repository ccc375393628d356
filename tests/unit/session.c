/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state table of ARCHITECTURE.md, row by row: one lane is played with
 * scans, temperatures, answers and keys under a clock that the test sets.
 */
#include "one_lane.h"

#define MAI_QR "094300000123|NGUYEN THI MAU|2000-03-15|0|QIDSAMPLE0001|2"
#define LAN "079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021"
#define HOA "079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021"
/* V1 of tests/credentials/dcc-vectors.json: NGUYEN THI MAU, 2000-03-15. */
#define MAI_DCC "HC1:NCFOXN%TSMAHN-H3L4*RC3:KDTDBCNRT8.9B7AJKOSXG4SVD5YPM*4:53SLR-MPW$NLEENKE$JDVPLZ2KD0KSKE MCAOI8%MNR1Y.U7RP%UNTZU3UQ5OM5F6B9UQ:A9+FEQD*ED4JBWD9C7KDAD-TLBLEH-B3MFW6H1-HNPC8KES/FP1JXGGXHG HGK3MNEDGGBYPL0QIRR97I2HOAXL92L0. KOKGTM8$M8SNCT64BR7Z6NC8P$WA3AA9EPBDSM+QFE4:/6N9R%EPL8RM9D JMLII7EDTG90OA3DE0OA8G97FQRK46YBAP9WUCFLE*JAC2CZ.C+.EOKDCHHL3D8FE$JD1JAA/C9VCXCI*ZAVDJG8LKHGM A8TK3BHF7E8EQIN8$9U/7HJ5F*4R%FN$1WH5SHYQX/LQL1EP3G9K0FWYFDE+F91L4NQUM3G/L/AS8*CY77ZBONPKV-GMOP7-31-K*9UWU69UU5H49OUSDDXDS9NC/ECC5F"
/* V4: the same, born in 2000. */
#define MAI_RECOVERY "HC1:NCFOXN*TS0BI$ZDFRHTFMTYK-DT:6V0 8SFB7AJKOSXG4SVD5YPM*4:53SLR-MPW$NLEENKE$JDVPLZ2KD0KSKE MCAOI8%MNR1Y.U7RP%UNTZU3UQ5OM5F6B9UQ:A9+FEQD*ED4JBWD9C7KDAD-TLBLEH-B3MFW6H1-HNPC8KES/FDNHXGG/B8%FAGUU0QIRR97I2HOAXL92L0: KQMK8J4RK46YBTJ1IL02%KB.VE76N$K.US-DI4QS2X0WUSHTQBPK5XI7CNZO8C K%GAZ7QXCLPCRFE4BD7MR7HHP4F5G+P%YQ+GOBI5-JQ9 OU37-9DZFE$YOEQN8EWZUFLO77O5G 2MSFRIQY/6T L3/FNEBQGV+RFANUC-IYU97REP8Q5HB3%UH1UG/7/2OMDGDAOJXQ/$9UIKJGGOCQN*B0.A0V521W%%D"
#define MAI_OLDER "094299000123||Nguyễn Thị Mẫu|15031999|Nữ|Mỹ Xuyên, Sóc Trăng|10052021"
#define WRONG "094300000124||Nguyễn Thị Sai|15031999|Nam|Mỹ Xuyên, Sóc Trăng|10052021"

/* The passport that ICAO prints as its example. */
#define ANNA "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"

static void
temp(struct world *w, int32_t mc, const char *quality)
{
	struct reading r = { .source = TEMP_DEVICE, .device = 1,
		.taken_ms = w->m.now_ms,
		.temp = { .result_mc = mc, .raw_mc = mc - 900, .has_raw = true,
		    .samples = 8 } };

	strcpy(r.temp.quality, quality);
	session_reading(&w->s, &r, &w->m);
	collect(w);
}

static void
answer(struct world *w, const char *status)
{
	answer_with(w, status, "");
}

static bool
decide(struct world *w, const char *outcome, const char *why)
{
	bool done = session_decide(&w->s, outcome, "key", why, &w->m);

	collect(w);
	return done;
}

static bool
enter(struct world *w)
{
	bool done = session_enter(&w->s, &w->m);

	collect(w);
	return done;
}

/* Scan, answer, measure: a verdict stands. */
static void
judge(struct world *w, const char *card, const char *status, int32_t mc)
{
	scan(w, card);
	answer(w, status);
	temp(w, mc, "ok");
	assert_int_equal(w->s.phase, PHASE_VERDICT);
}

/* ---- ready, gather --------------------------------------------------------------- */

static void
test_a_scan_opens_a_person_and_asks_the_register(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_string_equal(w->looked, "VNM:PIN:094300000123");
	assert_int_equal(w->records, 0);
	end(w);
}

static void
test_answer_and_temperature_make_the_verdict(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	temp(w, 36500, "ok");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	answer(w, "none");
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	assert_string_equal(w->s.outcome, "passed");
	recorded(w, "\"type\":\"crossing\"");
	recorded(w, "\"raw_mc\":35600");
	end(w);
}

static void
test_a_register_that_is_silent_is_unknown(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	temp(w, 36500, "ok");
	pass_time(w, LOOK_UP_MS - 1);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	pass_time(w, 1);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_true(w->s.judgement.reasons[0].undecided);
	/* A late answer judges again. */
	answer(w, "none");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	recorded(w, "\"type\":\"update\"");
	assert_int_equal(w->of[1], 1);
	end(w);
}

static void
test_without_a_temperature_it_is_check_after_8_s(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	pass_time(w, READING_WAIT_MS - 1);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	pass_time(w, 1);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_string_equal(w->s.judgement.reasons[0].rule, "no-temperature");
	/* It is measured after all: one more record, of the same crossing. */
	temp(w, 36500, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	recorded(w, "\"type\":\"measurement\"");
	assert_int_equal(w->of[1], 1);
	end(w);
}

static void
test_an_unsteady_reading_is_no_temperature(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	temp(w, 36500, "unstable");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_int_equal(w->s.facts.values[FACT_TEMPERATURE].type, FACT_NULL);
	temp(w, 36600, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	end(w);
}

static void
test_one_reading_for_one_person(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	temp(w, 36500, "ok");
	temp(w, 39000, "ok");
	answer(w, "none");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	temp(w, 39000, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	end(w);
}

static void
test_a_reading_that_fits_two_people_is_check(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	answer(w, "none");
	pass_time(w, 2000);
	scan(w, NAM);
	assert_true(w->s.has_behind);
	temp(w, 36500, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_string_equal(w->s.facts.values[FACT_TEMPERATURE_QUALITY].text,
	    "two-people");
	assert_int_equal(w->s.facts.values[FACT_TEMPERATURE].type, FACT_NULL);
	end(w);
}

static void
test_temp_first_holds_a_reading_for_8_s(void **state)
{
	struct world *w = world_of("attended", "temp-first", "in");

	(void)state;
	temp(w, 36500, "ok");
	pass_time(w, 3000);
	scan(w, MAI);
	answer(w, "none");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	decide(w, "passed", "");
	temp(w, 36500, "ok");
	pass_time(w, READING_WAIT_MS + 1);
	scan(w, NAM);
	answer(w, "none");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

static void
test_two_readings_before_one_scan_fit_two_people(void **state)
{
	struct world *w = world_of("attended", "temp-first", "in");

	(void)state;
	temp(w, 36500, "ok");
	pass_time(w, 2000);
	temp(w, 38500, "ok");
	scan(w, MAI);
	answer(w, "none");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_true(w->s.person.two_people);
	end(w);
}

/* ---- debounce, joining, waiting behind ---------------------------------------------- */

static void
test_the_same_code_again_is_the_same_read(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	decide(w, "passed", "");
	assert_int_equal(w->s.phase, PHASE_READY);
	for (int i = 0; i < 5; i++) { /* held before the scanner for 10 s */
		pass_time(w, 2000);
		scan(w, MAI);
		assert_int_equal(w->s.phase, PHASE_READY);
	}
	pass_time(w, DEBOUNCE_SCANNER_MS + 1);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_REPEAT);
	end(w);
}

static size_t
badges(struct world *w, const char *payload)
{
	struct effect effects[EFFECTS_MAX];
	size_t n, found = 0;

	session_scan(&w->s, (const unsigned char *)payload, strlen(payload),
	    SCAN_SCANNER, &w->m);
	n = session_effects(&w->s, effects);
	for (size_t i = 0; i < n; i++) {
		found += effects[i].kind == EFFECT_BADGE;
		free(effects[i].body);
	}
	return found;
}

static void
test_a_badge_counts_again_when_it_is_asked_for(void **state)
{
	static const char badge[] = "CP1:NCF490C20FFWTWGSLK/-4779:FHZ2TAB7X.L67"
	    "B0XKM CX*9JA7FN0NFC$SNWY0 ND+*4/E7V50U30500.70SM83W5 86/ICE-D0+7X"
	    "3ER.CKPC3JE808H00PE4XS8-.C4CHCQLK+PS9U27B/NK .R4LSO$TUZ1OZDW6J1CN"
	    "1PV+D2%H53.C68RGLIBU1QGEDB1:%M04K-XMK/202VG98T.VP$C4SH33P:JI6V163"
	    "JJ4WFID%WI-:7";
	static const char other[] =
	    "CP1:NCF490C20FFWTWGSLK/-4779:FHZ2TAB7X.L67B0XKM CX*9JA7FN0NFC$SN"
	    "WY0 ND1 5/E7V50U30500.70SM83W5ME6 OCS3E-23U.CX C6VC3JE808/FWZ1SR"
	    "WNJIJB4F3ZA+K6W6227BR*3BC5$4SB$56WGMYPDA6FMG6XE7IFN17J-SE0U.FB$A"
	    "9*1F+MTN2Q41F6P9SI4*R8.2FK3WS5EN+543J5FN9UD99BHKTS%VXZTT28";
	struct world *w = world();

	(void)state;
	assert_int_equal(badges(w, badge), 1);
	assert_int_equal(badges(w, other), 1);
	pass_time(w, 2000);
	assert_int_equal(badges(w, badge), 0); /* it was held there */
	session_badge_anew(&w->s);
	pass_time(w, 100);
	assert_int_equal(badges(w, badge), 1);
	assert_int_equal(badges(w, badge), 0);
	end(w);
}

static void
test_a_camera_sees_longer(void **state)
{
	struct world *w = world();

	(void)state;
	scan_by(w, MAI, SCAN_CAMERA);
	answer(w, "none");
	temp(w, 36500, "ok");
	decide(w, "passed", "");
	pass_time(w, DEBOUNCE_CAMERA_MS - 1);
	scan_by(w, MAI, SCAN_CAMERA);
	assert_int_equal(w->s.phase, PHASE_READY);
	end(w);
}

static void
test_a_second_document_joins_within_20_s(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, 5000);
	scan(w, MAI_QR);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.person.ndocuments, 2);
	recorded(w, "\"type\":\"update\"");
	recorded(w, "personal-qr");
	end(w);
}

static void
test_a_second_document_is_no_next_person(void **state)
{
	struct world *w = world();
	size_t before;

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, JOIN_MS + 1);
	before = w->records;
	scan(w, MAI_QR); /* too late to join, but still the same person */
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.person.ndocuments, 1);
	assert_int_equal(w->records, before);
	end(w);
}

static void
test_the_next_scan_confirms_a_pass(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	scan(w, NAM);
	recorded(w, "\"outcome\":\"passed\",\"by\":\"next\"");
	assert_int_equal(w->of[w->records - 1], 1);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_string_equal(w->looked, "VNM:PIN:001085012345");
	assert_int_equal(w->shift.counts.passed[0], 1);
	end(w);
}

static void
test_check_and_stop_wait_and_one_waits_behind(void **state)
{
	static const struct {
		const char *status;
		int32_t mc;
		enum verdict verdict;
	} cases[] = { { "none", 38200, VERDICT_CHECK }, { "F0", 36500, VERDICT_STOP } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		judge(w, MAI, cases[i].status, cases[i].mc);
		assert_int_equal(w->s.judgement.verdict, cases[i].verdict);
		scan(w, NAM);
		scan(w, HOA);
		pass_time(w, 3600000);
		assert_int_equal(w->s.phase, PHASE_VERDICT);
		assert_true(w->s.has_behind);
		decide(w, "turned-back", "");
		assert_int_equal(w->s.phase, PHASE_GATHER);
		assert_string_equal(w->looked, "VNM:PIN:001085012345");
		end(w);
	}
}

static void
test_a_pass_clears_after_30_s(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, PASS_CLEARS_MS - 1);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	pass_time(w, 1);
	assert_int_equal(w->s.phase, PHASE_READY);
	recorded(w, "\"outcome\":\"passed\",\"by\":\"time-out\"");
	end(w);
}

/* ---- outcomes ------------------------------------------------------------------------- */

static void
test_enter_is_armed_after_400_ms(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	assert_false(enter(w));
	pass_time(w, ARM_MS - 1);
	assert_false(enter(w));
	pass_time(w, 1);
	assert_true(enter(w));
	recorded(w, "\"outcome\":\"passed\",\"by\":\"key\"");
	end(w);
}

static void
test_enter_never_lets_pass_on_check_or_stop(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, WRONG, "none", 36500);
	assert_string_equal(w->s.judgement.reasons[0].rule, "mismatch");
	pass_time(w, ARM_MS);
	assert_true(enter(w));
	recorded(w, "\"outcome\":\"turned-back\"");
	judge(w, MAI, "F0", 36500);
	pass_time(w, ARM_MS);
	assert_true(enter(w));
	recorded(w, "\"outcome\":\"health-desk\"");
	assert_int_equal(w->shift.counts.passed[0], 0);
	end(w);
}

static void
test_letting_pass_needs_a_reason_and_on_stop_a_leader(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, WRONG, "none", 36500);
	assert_false(decide(w, "passed", ""));
	assert_true(decide(w, "passed", "on-duty"));
	recorded(w, "\"why\":\"on-duty\",\"against\":true");
	assert_int_equal(w->shift.counts.against[0], 1);
	judge(w, MAI, "F0", 36500);
	assert_false(decide(w, "passed", "on-duty"));
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	strcpy(w->s.leader, "CB-02"); /* his PIN fitted */
	assert_false(decide(w, "passed", ""));
	assert_true(decide(w, "passed", "on-duty"));
	recorded(w, "\"leader\":\"CB-02\"");
	assert_int_equal(w->shift.counts.anyway[0], 2);
	assert_string_equal(w->s.leader, ""); /* once */
	judge(w, NAM, "F0", 36500);
	assert_false(decide(w, "passed", "on-duty"));
	assert_true(decide(w, "turned-back", ""));
	/* And afterwards as before: not without him. */
	session_correct(&w->s, "passed", "on-duty", &w->m);
	collect(w);
	assert_int_equal(w->shift.counts.turned_back[0], 1);
	strcpy(w->s.leader, "CB-02");
	session_correct(&w->s, "passed", "on-duty", &w->m);
	collect(w);
	recorded(w, "\"was\":\"turned-back\"");
	assert_int_equal(w->shift.counts.turned_back[0], 0);
	assert_int_equal(w->shift.counts.anyway[0], 3);
	end(w);
}

static void
test_a_rule_that_officers_overrule_is_told(void **state)
{
	struct world *w = world();
	struct overruled *o = &w->shift.overruled;
	struct judgement j = { .nreasons = 1, .reasons = {
		{ .rule = "mismatch", .verdict = VERDICT_CHECK } } };
	struct overruled_rule worst;

	(void)state;
	judge(w, WRONG, "none", 36500);
	assert_true(decide(w, "passed", "on-duty"));
	for (int i = 0; i < 3; i++) /* so few say nothing */
		overruled_add(o, &j, 1000 + i, true, w->m.now_ms);
	assert_false(overruled_worst(o, w->m.now_ms, &worst));
	overruled_add(o, &j, 2000, false, w->m.now_ms);
	assert_true(overruled_worst(o, w->m.now_ms, &worst));
	assert_string_equal(worst.rule, "mismatch");
	assert_int_equal(worst.passed, 4);
	assert_int_equal(worst.of, 5);
	session_correct(&w->s, "turned-back", "", &w->m);
	collect(w);
	assert_true(overruled_worst(o, w->m.now_ms, &worst));
	assert_int_equal(worst.passed, 3);
	pass_time(w, OVERRULED_MS + 1);
	assert_false(overruled_worst(o, w->m.now_ms, &worst));
	end(w);
}

static void
test_one_in_five_is_not_often(void **state)
{
	static struct overruled o;
	struct judgement j = { .nreasons = 2, .reasons = {
		{ .rule = "fever", .verdict = VERDICT_CHECK },
		{ .rule = "noted", .verdict = VERDICT_PASS } } };
	struct overruled_rule worst;

	(void)state;
	for (int i = 0; i < 2 * OVERRULED_MAX; i++)
		overruled_add(&o, &j, i, i % 5 == 0, 1000);
	assert_false(overruled_worst(&o, 1000, &worst));
	for (int i = 0; i < 9; i++)
		overruled_add(&o, &j, 5000 + i, true, 1000);
	assert_true(overruled_worst(&o, 1000, &worst));
	assert_string_equal(worst.rule, "fever");
	assert_int_equal(worst.of, OVERRULED_MAX);
}

static void
test_foreigners_are_counted_apart(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	assert_true(decide(w, "passed", ""));
	assert_int_equal(w->shift.counts.people[0], 1);
	assert_int_equal(w->shift.counts.foreigners[0], 0);
	judge(w, ANNA, "none", 36500);
	assert_true(decide(w, "turned-back", ""));
	assert_int_equal(w->shift.counts.people[0], 2);
	assert_int_equal(w->shift.counts.foreigners[0], 1);
	assert_int_equal(w->shift.counts.foreigners[1], 0);
	end(w);
	w = world_of("attended", "scan-first", "out");
	judge(w, ANNA, "none", 36500);
	assert_true(decide(w, "turned-back", ""));
	assert_int_equal(w->shift.counts.foreigners[0], 0);
	assert_int_equal(w->shift.counts.foreigners[1], 1);
	end(w);
}

static void
test_training_is_marked_and_not_counted(void **state)
{
	struct world *w = world();

	(void)state;
	w->shift.training = true;
	strcpy(w->shift.officer, "CB-01");
	judge(w, WRONG, "none", 36500);
	recorded(w, "\"officer\":\"CB-01\",\"training\":true");
	assert_true(decide(w, "passed", "on-duty"));
	recorded(w, "\"training\":true");
	assert_int_equal(w->s.gate_n, 0);
	session_correct(&w->s, "turned-back", "", &w->m);
	collect(w);
	assert_int_equal(w->shift.counts.people[0], 0);
	assert_int_equal(w->shift.counts.passed[0], 0);
	assert_int_equal(w->shift.counts.turned_back[0], 0);
	assert_int_equal(w->shift.counts.anyway[0], 0);
	assert_int_equal(w->shift.counts.against[0], 0);
	assert_int_equal(w->shift.counts.verdicts[VERDICT_CHECK], 0);
	pass_time(w, 10000);
	judge(w, MAI, "none", 36500);
	assert_true(decide(w, "passed", ""));
	assert_int_equal(w->shift.inside, 0);
	/* What was done in training is corrected as that. */
	w->shift.training = false;
	w->shift.inside = 5;
	w->shift.counts.passed[0] = 7;
	session_correct(&w->s, "turned-back", "", &w->m);
	assert_int_equal(w->shift.inside, 5);
	assert_int_equal(w->shift.counts.passed[0], 7);
	assert_int_equal(w->shift.counts.turned_back[0], 0);
	session_correct(&w->s, "passed", "", &w->m);
	/* And the person's first crossing is no repeat. */
	pass_time(w, 10000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

static void
test_nobody_logged_in_takes_nobody(void **state)
{
	struct world *w = world();

	(void)state;
	w->shift.closed = true;
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_true(w->s.notice_ms != 0);
	assert_int_equal(w->records, 0);
	end(w);
}

static void
test_an_accepted_doubt_is_no_cause_alone(void **state)
{
	struct world *w = world();

	(void)state;
	policy_accept(w->policy, POLICY_ACCEPT_CLOCK);
	w->shift.accepted = POLICY_ACCEPT_CLOCK;
	strcpy(w->shift.accepted_by, "CB-02");
	w->m.clock = CLOCK_UNCONFIRMED;
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	assert_true(w->s.judgement.naccepted > 0);
	recorded(w, "\"accepted\":{\"doubts\":[\"clock\"],\"by\":\"CB-02\"");
	assert_true(decide(w, "turned-back", ""));
	judge(w, NAM, "none", 38200); /* what else there is stays */
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	end(w);
}

static void
test_fever_waits_and_is_measured_again(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 38200);
	assert_string_equal(w->s.outcome, "waiting");
	session_recorded(&w->s, 1, "ST-TEST/00000001/1", &w->m);
	pass_time(w, ARM_MS);
	assert_true(enter(w));
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_int_equal(w->shift.counts.people[0], 0);
	pass_time(w, 2 * 60000);
	scan(w, MAI); /* too early: said, nothing opens */
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_true(w->s.notice_ms != 0);
	pass_time(w, 3 * 60000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	answer(w, "none");
	temp(w, 36900, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	recorded(w, "\"type\":\"measurement\"");
	assert_int_equal(w->of[w->records - 1], 1);
	assert_int_equal(w->s.facts.values[FACT_TEMPERATURE_NUMBER].integer, 2);
	assert_true(w->s.facts.values[FACT_MINUTES_SINCE_FIRST].real >= 5.0);
	decide(w, "passed", "");
	assert_int_equal(w->shift.counts.people[0], 1);
	end(w);
}

static void
test_fever_again_goes_to_the_health_desk(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 38200);
	decide(w, "waiting", "");
	pass_time(w, 5 * 60000);
	session_recall(&w->s, 0, &w->m); /* from the list, without a scan */
	collect(w);
	answer(w, "none");
	temp(w, 38100, "ok");
	assert_string_equal(w->s.outcome, "health-desk");
	end(w);
}

static void
test_a_decision_is_corrected_within_60_s(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	decide(w, "passed", "");
	pass_time(w, CORRECT_MS);
	assert_true(session_may_correct(&w->s, &w->m));
	session_correct(&w->s, "turned-back", "", &w->m);
	collect(w);
	recorded(w, "\"outcome\":\"turned-back\",\"was\":\"passed\"");
	assert_int_equal(w->of[w->records - 1], 1);
	assert_int_equal(w->shift.counts.passed[0], 0);
	assert_int_equal(w->shift.counts.turned_back[0], 1);
	assert_string_equal(w->shift.recent[0].outcome, "turned-back");
	pass_time(w, 1);
	assert_false(session_may_correct(&w->s, &w->m));
	end(w);
}

static void
test_a_correction_lets_nobody_past_the_verdict(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "F0", 36500);
	decide(w, "turned-back", "");
	session_correct(&w->s, "passed", "other", &w->m);
	collect(w);
	assert_string_equal(w->s.decided.outcome, "turned-back");
	assert_int_equal(w->shift.counts.passed[0], 0);
	judge(w, WRONG, "none", 36500);
	decide(w, "turned-back", "");
	session_correct(&w->s, "passed", "", &w->m);
	assert_string_equal(w->s.decided.outcome, "turned-back");
	session_correct(&w->s, "passed", "on-duty", &w->m);
	collect(w);
	recorded(w, "\"why\":\"on-duty\",\"against\":true");
	assert_int_equal(w->shift.counts.against[0], 1);
	end(w);
}

static void
test_a_correction_keeps_the_direction(void **state)
{
	struct world *w = world_of("attended", "scan-first", "ask");

	(void)state;
	judge(w, MAI, "F0", 36500);
	decide(w, "health-desk", "");
	session_turn(&w->s, &w->m);
	session_correct(&w->s, "turned-back", "", &w->m);
	collect(w);
	recorded(w, "\"direction\":\"in\"");
	assert_int_equal(w->shift.counts.health[0], 0);
	assert_int_equal(w->shift.counts.turned_back[0], 1);
	assert_int_equal(w->shift.counts.turned_back[1], 0);
	end(w);
}

static void
test_a_person_is_timed_from_the_first_scan(void **state)
{
	struct world *w = world();
	const struct view_counts *counts = &w->shift.counts;

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, 6000);
	scan(w, NAM); /* confirms hers */
	assert_int_equal(counts->timed[0], 1);
	assert_int_equal(counts->timed_ms[0], 6000);
	answer(w, "F0");
	temp(w, 36500, "ok");
	pass_time(w, 1000);
	scan(w, HOA); /* waits behind a STOP, and that counts */
	pass_time(w, 3000);
	assert_true(decide(w, "health-desk", ""));
	assert_int_equal(counts->timed_ms[0], 6000 + 4000);
	answer(w, "none");
	temp(w, 36500, "ok");
	assert_true(decide(w, "passed", ""));
	assert_int_equal(counts->timed_ms[0], 6000 + 4000 + 3000);
	assert_int_equal(counts->timed[0], 3);
	assert_int_equal(counts->timed[1], 0);
	end(w);
}

static void
test_the_chair_and_a_verdict_left_alone_are_no_time_of_a_person(void **state)
{
	struct world *w = world();
	const struct view_counts *counts = &w->shift.counts;

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, PASS_CLEARS_MS);
	recorded(w, "\"by\":\"time-out\"");
	assert_int_equal(counts->people[0], 1);
	assert_int_equal(counts->timed[0], 0);
	judge(w, NAM, "none", 38200);
	assert_true(decide(w, "waiting", ""));
	assert_int_equal(counts->timed[0], 0);
	pass_time(w, 5 * 60000);
	judge(w, NAM, "none", 36800);
	recorded(w, "\"measurement\"");
	assert_true(decide(w, "passed", ""));
	assert_int_equal(counts->people[0], 2);
	assert_int_equal(counts->timed[0], 0);
	w->shift.training = true;
	judge(w, HOA, "none", 36500);
	assert_true(decide(w, "passed", ""));
	assert_int_equal(counts->timed[0], 0);
	end(w);
}

static void
test_one_number_under_two_names_is_check(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, HOA);
	pass_time(w, 2600);
	scan(w, "079190000456||Võ Thị Khác|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021");
	answer(w, "none");
	temp(w, 36600, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_string_equal(w->s.judgement.reasons[0].rule, "mismatch");
	recorded(w, "\"disagreements\":[{\"field\":\"name\",\"documents\":[\"cccd\",\"cccd\"],\"values\":[\"");
	end(w);
}

/* A green-lane card is the vehicle's: nobody is opened by it. */
static void
test_a_printed_slip_is_nobody(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, "ST-QL1A/7f3a91c2/123");
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_string_equal(w->s.notice,
	    "A printed slip, ST-QL1A/7f3a91c2/123: scan the card");
	scan(w, HOA);
	scan(w, "ST-QL1A/7f3a91c2/124");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_false(w->s.has_behind);
	assert_int_equal(w->s.person.ndocuments, 1);
	end(w);
}

/* No number in common, and the birth dates disagree: theirs or not, an
 * officer looks. */
static void
test_a_certificate_that_agrees_in_part_is_check(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI_OLDER, "none", 36500);
	pass_time(w, 5000);
	scan(w, MAI_DCC);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.person.ndocuments, 2);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	recorded(w, "\"disagreements\":[{\"field\":\"birth\",\"documents\":[\"cccd\",\"dcc\"],\"values\":[\"1999-03-15\",\"2000-03-15\"]}]");
	assert_true(decide(w, "passed", "valid-on-paper"));
	recorded(w, "valid-on-paper");
	end(w);
}

/* Name, birth and sex agree, and the citizen's number does not. */
static void
test_a_number_that_disagrees_is_check(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	pass_time(w, 5000);
	scan(w, "094300000124|NGUYEN THI MAU|2000-03-15|0|QIDSAMPLE0001|2");
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_int_equal(w->s.person.ndocuments, 2);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	recorded(w, "\"disagreements\":[{\"field\":\"number\",\"documents\":[\"cccd\",\"personal-qr\"],\"values\":[\"094300000123\",\"094300000124\"]}]");
	assert_true(decide(w, "passed", "valid-on-paper"));
	end(w);
}

/* A code that spells the card's name otherwise disagrees as the card does. */
static void
test_what_two_papers_agree_in_is_told_once(void **state)
{
	struct world *w = world();
	struct difference d[DIFFERENCES_MAX];

	(void)state;
	scan(w, "094300000123||Nguyễn Thị Mậu Dần|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021");
	scan(w, "094300000123|NGUYEN THI MAU DAN|2000-03-15|0|QIDSAMPLE0001|2");
	scan(w, MAI_DCC);
	assert_int_equal(w->s.person.ndocuments, 3);
	assert_int_equal(proof_differences(&w->s.person, d), 1);
	assert_string_equal(d[0].field, "name");
	assert_string_equal(d[0].values[0], "Nguyễn Thị Mậu Dần");
	end(w);
}

/* When their papers were all shown, it is somebody else's. */
static void
test_a_number_that_disagrees_later_is_the_next_persons(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "F0", 36500);
	pass_time(w, JOIN_MS + 1);
	scan(w, "094300000124|NGUYEN THI MAU|2000-03-15|0|QIDSAMPLE0001|2");
	assert_int_equal(w->s.person.ndocuments, 1);
	assert_true(w->s.has_behind);
	end(w);
}

/* Everybody has one card: two of them are two citizens, whatever they say. */
static void
test_another_card_is_the_next_citizens(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	pass_time(w, 5000);
	scan(w, "094300000124|365000124|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021");
	recorded(w, "\"outcome\":\"passed\",\"by\":\"next\"");
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
	w = world(); /* though the certificate might be either's */
	scan(w, MAI);
	scan(w, MAI_DCC);
	scan(w, "094300000124|365000124|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021");
	assert_int_equal(w->s.person.ndocuments, 2);
	assert_true(w->s.has_behind);
	end(w);
}

/* Whatever was answered for nobody says nothing of the card's holder. */
static void
test_a_card_after_a_certificate_is_looked_up(void **state)
{
	struct world *w = world();
	int64_t first;

	(void)state;
	scan(w, MAI_DCC);
	answer(w, "none");
	temp(w, 36500, "ok");
	assert_string_equal(w->looked, "");
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	first = w->look;
	pass_time(w, 5000);
	scan(w, MAI);
	assert_int_equal(w->s.person.ndocuments, 2);
	assert_int_not_equal(w->look, first);
	assert_string_equal(w->looked, "VNM:PIN:094300000123");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	answer(w, "F0");
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	end(w);
}

/* A vaccination and a recovery are two papers, and one again is one. */
static void
test_two_certificates_of_one_person_both_count(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	scan(w, MAI_DCC);
	scan(w, MAI_RECOVERY);
	assert_int_equal(w->s.person.ndocuments, 3);
	pass_time(w, 3000);
	scan(w, MAI_RECOVERY);
	assert_int_equal(w->s.person.ndocuments, 3);
	assert_false(w->s.has_behind);
	end(w);
}

static void
test_a_certificate_that_agrees_is_the_persons(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI_DCC);
	pass_time(w, 2600);
	scan(w, MAI);
	assert_int_equal(w->s.person.ndocuments, 2);
	assert_false(w->s.has_behind);
	end(w);
}

/* Somebody else's, and one that comes when the papers were all shown. */
static void
test_other_certificates_are_the_next_persons(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, HOA);
	pass_time(w, 2600);
	scan(w, MAI_DCC);
	assert_int_equal(w->s.person.ndocuments, 1);
	assert_true(w->s.has_behind);
	end(w);
	w = world();
	judge(w, MAI_OLDER, "F0", 36500);
	pass_time(w, 21000);
	scan(w, MAI_DCC);
	assert_int_equal(w->s.person.ndocuments, 1);
	assert_true(w->s.has_behind);
	end(w);
}

static void
test_a_card_of_a_vehicle_opens_the_vehicle(void **state)
{
	static const char json[] = "{\"kind\":\"green-lane\",\"vehicle\":\"51C-123.45\",\"issuer\":\"S\"}";
	char path[512], text[CREDENTIAL_TEXT_MAX + 1], *key;
	struct world *w = world();
	size_t n;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/credentials/test-key.pem",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".");
	key = file_read(path, 4096, &n, NULL);
	assert_non_null(key);
	assert_int_equal(credential_issue(json, strlen(json), key, w->m.wall,
	    text, NULL), 0);
	free(key);
	scan(w, text);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_string_equal(w->s.vehicle.plate, "51C12345");
	assert_true(w->s.notice_ms != 0);
	end(w);
}

static void
test_a_plate_during_a_verdict_is_the_next_vehicle(void **state)
{
	struct world *w = world();

	(void)state;
	session_plate(&w->s, "51F67890", &w->m);
	judge(w, WRONG, "none", 36500);
	session_plate(&w->s, "59X112345", &w->m);
	decide(w, "turned-back", "");
	assert_int_equal(w->shift.counts.cars[0], 1);
	assert_int_equal(w->shift.counts.motorbikes[0], 0);
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.person.number_aboard, 1);
	decide(w, "passed", "");
	assert_int_equal(w->shift.counts.motorbikes[0], 1);
	end(w);
}

/* The rules ask for "no older than": what lies ahead must not be the newest. */
static void
test_what_lies_ahead_has_no_age(void **state)
{
	static const struct { int64_t s; bool known; double hours; } ahead[] = {
		{ -7200, true, 2 }, { 0, true, 0 }, { 1800, true, -0.5 },
		{ 1801, false, 0 }, { 864000, false, 0 },
	};
	static const enum fact ages[] = { FACT_DECLARATION_AGE_H,
		FACT_REGISTER_AGE_H };
	struct world *w = world();

	(void)state;
	for (size_t i = 0; i < nitems(ahead); i++) {
		struct facts f;

		w->s.person.answered = w->s.person.answer.known = true;
		w->s.person.answer.declared_at = T0 + ahead[i].s;
		w->s.person.answer.oldest_list_at = T0 + ahead[i].s;
		facts_of(&w->s, &w->m, &f);
		for (size_t k = 0; k < nitems(ages); k++) {
			const struct fact_value *v = &f.values[ages[k]];

			assert_int_equal(v->type != FACT_NULL, ahead[i].known);
			if (ahead[i].known)
				assert_true(v->real == ahead[i].hours);
		}
	}
	end(w);
}

static void
test_who_was_turned_back_did_not_pass_here(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, WRONG, "none", 36500);
	decide(w, "turned-back", "");
	pass_time(w, 60000);
	scan(w, WRONG);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

static void
test_the_one_behind_confirms_by_scanning_again(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, MAI);
	pass_time(w, 1000);
	scan(w, NAM);
	answer(w, "none");
	pass_time(w, READING_WAIT_MS + 1);
	temp(w, 36500, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	pass_time(w, 3000);
	scan(w, NAM);
	assert_string_equal(w->shift.recent[0].outcome, "passed");
	assert_string_equal(w->looked, "VNM:PIN:001085012345");
	assert_false(w->s.has_behind);
	end(w);
}

/* ---- repeats ------------------------------------------------------------------------------ */

static void
test_a_repeat_is_asked_and_dismissed_or_recorded_again(void **state)
{
	struct world *w = world();
	size_t before;

	(void)state;
	judge(w, MAI, "none", 36500);
	decide(w, "passed", "");
	pass_time(w, 6 * 60000);
	before = w->records;
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_REPEAT);
	assert_int_equal(w->s.person.repeat_min, 6);
	session_dismiss(&w->s, &w->m);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_int_equal(w->records, before);
	pass_time(w, 10000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_REPEAT);
	pass_time(w, ARM_MS);
	assert_true(enter(w));
	answer(w, "none");
	temp(w, 36500, "ok");
	assert_true(w->s.facts.values[FACT_REPEAT_MIN].real >= 6.0);
	end(w);
}

static void
test_the_next_scan_dismisses_a_repeat(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	decide(w, "passed", "");
	pass_time(w, 60000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_REPEAT);
	scan(w, NAM);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

/* ---- vehicles, unreadable, clock, recorder ------------------------------------------------- */

static void
test_persons_are_counted_in_a_vehicle(void **state)
{
	struct world *w = world();

	(void)state;
	session_plate(&w->s, "83a-123.45", &w->m);
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.person.number_aboard, 1);
	assert_string_equal(w->plate, "83A12345");
	recorded(w, "\"vehicle\":{\"plate\":\"83A12345\",\"person\":1}");
	judge(w, NAM, "none", 36500);
	assert_int_equal(w->s.person.number_aboard, 2);
	decide(w, "passed", "");
	assert_int_equal(w->shift.counts.cars[0], 1);
	assert_int_equal(w->shift.counts.people[0], 2);
	pass_time(w, VEHICLE_IDLE_MS);
	judge(w, HOA, "none", 36500);
	assert_int_equal(w->s.person.number_aboard, 0);
	end(w);
}

static void
test_a_broken_code_says_so_and_changes_nothing(void **state)
{
	static const char *const broken[] = {
		"094300000123|365000123|Nguy\xe1\xbb|15032000|N\xff|x|10052021",
		"HC1:this is no certificate",
	};
	struct world *w = world();

	(void)state;
	for (size_t i = 0; i < nitems(broken); i++) {
		scan(w, broken[i]);
		assert_int_equal(w->s.phase, PHASE_READY);
		assert_true(w->s.notice_bad && w->s.notice[0] != '\0');
		assert_int_equal(w->records, 0);
	}
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	end(w);
}

static void
test_an_unknown_code_has_no_identity(void **state)
{
	struct world *w = world();

	(void)state;
	scan(w, "8f14e45f-ceea-467f-a8d2-unknown-token");
	answer(w, "none");
	temp(w, 36500, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_int_equal(w->s.facts.values[FACT_STATUS].type, FACT_NULL);
	end(w);
}

static void
test_an_unconfirmed_clock_is_check_until_confirmed(void **state)
{
	struct world *w = world();

	(void)state;
	w->m.clock = CLOCK_UNCONFIRMED;
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_CHECK);
	assert_int_equal(w->s.judgement.nreasons, 1);
	assert_string_equal(w->s.judgement.reasons[0].rule, "clock");
	w->m.clock = CLOCK_CONFIRMED;
	session_clock(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	end(w);
}

static void
test_a_full_recorder_confirms_nothing(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	w->shift.recorder_full = true;
	assert_false(decide(w, "passed", ""));
	scan(w, NAM); /* confirms nothing either, and waits */
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_true(w->s.has_behind);
	w->shift.recorder_full = false;
	assert_true(decide(w, "passed", ""));
	end(w);
}

static void
test_recorded_is_said_only_after_done(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	assert_int_equal(w->s.recorded, RECORDED_NOT_YET);
	pass_time(w, 2000);
	assert_int_equal(w->s.recorded, RECORDED_LATE);
	session_record_fault(&w->s, 1, "disk full");
	assert_int_equal(w->s.recorded, RECORDED_FAULT);
	session_recorded(&w->s, 1, "ST-TEST/00000001/1", &w->m);
	assert_int_equal(w->s.recorded, RECORDED_DONE);
	end(w);
}

static void
test_the_direction_turns_only_where_it_is_asked(void **state)
{
	struct world *one = world();
	struct world *ask = world_of("attended", "scan-first", "ask");

	(void)state;
	session_turn(&one->s, &one->m);
	assert_string_equal(one->s.direction, "in");
	session_turn(&ask->s, &ask->m);
	assert_string_equal(ask->s.direction, "out");
	end(one);
	end(ask);
}

static void
done(struct world *w, int64_t n)
{
	session_recorded(&w->s, n, "ST-TEST/00000001/9", &w->m);
	collect(w);
}

static void
test_the_gate_opens_after_done_and_only_for_who_passes(void **state)
{
	static const struct {
		const char *status, *outcome;
		size_t gates;
	} cases[] = {
		{ "none", "passed", 1 }, { "none", "turned-back", 0 },
		{ "none", "held", 0 }, { "F0", "health-desk", 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		judge(w, MAI, cases[i].status, 36500);
		done(w, 1);
		assert_int_equal(w->gates, 0);
		decide(w, cases[i].outcome, "");
		assert_int_equal(w->gates, 0);
		done(w, 2);
		assert_int_equal(w->gates, cases[i].gates);
		done(w, 2);
		assert_int_equal(w->gates, cases[i].gates);
		end(w);
	}
}

static void
test_a_slip_is_printed_only_of_what_is_recorded(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	session_print(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->slips, 0);
	done(w, 1);
	session_print(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->slips, 1);
	end(w);
}

static void
test_a_kiosk_commits_by_itself_after_done(void **state)
{
	static const struct {
		const char *status, *outcome;
	} cases[] = { { "none", "passed" }, { "F0", "none" } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		w->s.kiosk = true;
		judge(w, MAI, cases[i].status, 36500);
		pass_time(w, 60000);
		assert_int_equal(w->s.phase, PHASE_VERDICT);
		session_recorded(&w->s, 1, "ST-TEST/00000001/1", &w->m);
		scan(w, NAM);
		assert_true(w->s.has_behind);
		pass_time(w, KIOSK_CLEARS_MS);
		assert_string_equal(w->shift.recent[0].outcome,
		    cases[i].outcome);
		assert_int_equal(w->s.phase, PHASE_GATHER);
		end(w);
	}
}

static void
test_lanes_share_the_shift_and_nothing_else(void **state)
{
	struct world *w = world();
	struct session *two = calloc(1, sizeof(*two));
	struct session_setup setup = w->s.setup;
	struct effect effects[EFFECTS_MAX];

	(void)state;
	assert_non_null(two);
	session_init(two, &setup, &w->shift);
	judge(w, MAI, "none", 38200);
	session_scan(two, (const unsigned char *)NAM, strlen(NAM),
	    SCAN_SCANNER, &w->m);
	assert_int_equal(session_effects(two, effects), 1);
	assert_int_equal(effects[0].n, w->look + 1);
	assert_int_equal(w->s.phase, PHASE_VERDICT);
	assert_false(w->s.has_behind);
	decide(w, "passed", "other");
	session_dismiss(two, &w->m);
	two->phase = PHASE_READY;
	/* Who passed on one lane is known on the other. */
	session_scan(two, (const unsigned char *)MAI, strlen(MAI),
	    SCAN_SCANNER, &w->m);
	assert_int_equal(two->phase, PHASE_REPEAT);
	free(two);
	end(w);
}

/* Any order of events leaves the session sound (run it under ASan). */
static void
test_any_order_of_events(void **state)
{
	static const char *const cards[] = { MAI, MAI_QR, NAM, HOA, WRONG,
		"83A-123.45", "unknown token", "12", "365000123" };
	static const char *const ends[] = { "passed", "turned-back",
		"waiting", "held", "health-desk", "left" };
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct world *w = world_of("attended", round % 2 ? "temp-first" :
		    "scan-first", "ask");

		for (int step = 0; step < 400; step++) {
			seed = seed * 1664525 + 1013904223;
			w->records = 0;
			switch (seed >> 24 & 7) {
			case 0:
			case 1:
				scan(w, cards[(seed >> 8) % nitems(cards)]);
				break;
			case 2:
				temp(w, 35000 + (int32_t)(seed >> 8) % 4000,
				    seed & 0x80 ? "ok" : "unstable");
				break;
			case 3:
				answer(w, seed & 0x100 ? "none" : "F0");
				break;
			case 4:
				decide(w, ends[(seed >> 8) % nitems(ends)],
				    seed & 0x80 ? "other" : "");
				break;
			case 5:
				enter(w);
				break;
			case 6:
				session_recall(&w->s, seed >> 8 & 7, &w->m);
				session_correct(&w->s, "held", "", &w->m);
				break;
			default:
				pass_time(w, (seed >> 8) % 90000);
			}
			collect(w);
			assert_true(w->s.phase != PHASE_VERDICT ||
			    w->s.person.present);
			assert_true(w->s.phase != PHASE_READY ||
			    !w->s.has_behind);
		}
		end(w);
	}
}

/* ---- the hub's answer ---------------------------------------------------------------- */

static void
better(struct world *w, const char *status)
{
	struct register_answer a;

	register_answer_init(&a);
	a.known = true;
	if (status != NULL)
		strcpy(a.status, status);
	session_better(&w->s, w->look, status != NULL ? &a : NULL, &w->m);
	collect(w);
}

static struct world *
world_online(void)
{
	struct world *w = world();

	w->shift.online = true;
	return w;
}

static void
test_a_better_answer_updates_a_verdict_that_stands(void **state)
{
	struct world *w = world_online();
	size_t records;

	(void)state;
	judge(w, NAM, "none", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	records = w->records;
	better(w, "F0");
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	assert_int_equal(w->records, records + 1);
	recorded(w, "\"type\":\"update\"");
	assert_true(w->of[w->records - 1] != 0);
	assert_true(w->s.notice_ms != 0 && w->s.notice_bad);
	/* Enter does not let pass what was armed for a PASS. */
	assert_false(enter(w));
	end(w);
}

static void
test_the_same_answer_again_is_no_news(void **state)
{
	struct world *w = world_online();
	size_t records;

	(void)state;
	scan(w, NAM);
	answer(w, "none");
	temp(w, 36500, "ok");
	records = w->records;
	{
		struct register_answer same = w->s.person.answer;

		same.oldest_list_at += 3600; /* fresher, but that is all */
		session_better(&w->s, w->look, &same, &w->m);
		collect(w);
	}
	assert_int_equal(w->records, records);
	better(w, NULL);
	assert_int_equal(w->records, records);
	end(w);
}

static void
test_a_better_answer_before_the_verdict_counts_in_it(void **state)
{
	struct world *w = world_online();

	(void)state;
	scan(w, NAM);
	answer(w, "none");
	better(w, "F0");
	assert_int_equal(w->records, 0);
	temp(w, 36500, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	recorded(w, "\"type\":\"crossing\"");
	end(w);
}

static void
test_the_hub_answers_for_a_register_that_is_silent(void **state)
{
	struct world *w = world_online();

	(void)state;
	scan(w, NAM);
	temp(w, 36500, "ok");
	better(w, "none");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	end(w);
}

static void
test_a_late_stop_after_passing_is_told_and_recorded(void **state)
{
	struct world *w = world_online();
	int64_t crossing;

	(void)state;
	judge(w, NAM, "none", 36500);
	crossing = w->s.person.record_n;
	pass_time(w, 500);
	assert_true(enter(w));
	recorded(w, "\"outcome\":\"passed\"");
	assert_true(w->s.late.present);
	better(w, "F0");
	recorded(w, "\"type\":\"update\"");
	recorded(w, "\"verdict\":\"stop\"");
	recorded(w, "001085012345");
	assert_int_equal(w->of[w->records - 1], crossing);
	assert_string_equal(w->s.late_who, "…345");
	assert_true(w->s.late_bell);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_false(w->s.late.present);
	pass_time(w, LATE_SHOWN_MS - 1);
	assert_true(w->s.late_until_ms != 0);
	pass_time(w, 1);
	assert_int_equal(w->s.late_until_ms, 0);
	end(w);
}

/* Two readers of one lane, the next person in front: theirs is untouched. */
static void
test_a_late_answer_leaves_the_next_person_alone(void **state)
{
	struct world *w = world_online();
	int64_t look;

	(void)state;
	judge(w, NAM, "none", 36500);
	look = w->look;
	pass_time(w, 500);
	scan(w, HOA);
	answer(w, "none");
	temp(w, 36600, "ok");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	w->look = look;
	better(w, "F0");
	recorded(w, "001085012345");
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	assert_true(strstr(w->last[w->records - 1], "079190000456") == NULL);
	assert_string_equal(person_document(&w->s.person)->id, "079190000456");
	end(w);
}

static void
test_who_passed_is_forgotten_with_the_answer_or_in_time(void **state)
{
	static const struct {
		const char *status; /* NULL: no news */
		int64_t ms;
	} cases[] = { { NULL, 0 }, { "none", 0 }, { "", LATE_MS } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world_online();
		size_t records;

		judge(w, NAM, "none", 36500);
		pass_time(w, 500);
		assert_true(enter(w));
		records = w->records;
		if (cases[i].ms > 0)
			pass_time(w, cases[i].ms);
		else
			better(w, cases[i].status);
		assert_false(w->s.late.present);
		assert_int_equal(w->s.late.person.ndocuments, 0);
		better(w, "F0"); /* whoever that is */
		assert_int_equal(w->records, records);
		assert_int_equal(w->s.late_until_ms, 0);
		end(w);
	}
}

static void
test_nobody_is_kept_where_the_hub_is_not_asked(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, NAM, "none", 36500);
	pass_time(w, 500);
	assert_true(enter(w));
	assert_false(w->s.late.present);
	end(w);
}

/* A text of shc-made.json: "1" and "2" are the codes of one card. */
static void
scan_part(struct world *w, const char *name)
{
	char path[512], label[16], *all, *text;
	size_t n;

	snprintf(path, sizeof(path), "%s/tests/credentials/shc-made.json",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".");
	all = file_read(path, 100000, &n, NULL);
	assert_non_null(all);
	snprintf(label, sizeof(label), "\"%s\": \"shc:", name);
	text = strstr(all, label);
	assert_non_null(text);
	text += strlen(label) - strlen("shc:");
	*strchr(text, '"') = '\0';
	scan(w, text);
	free(all);
}

static void
test_a_card_over_two_codes_is_one_person(void **state)
{
	static const struct {
		int64_t wait_ms;
		bool whole;
	} cases[] = { { 3000, true }, { PARTS_MS + 1, false } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct world *w = world();

		scan_part(w, "2");
		assert_int_equal(w->s.phase, PHASE_READY);
		assert_string_equal(w->s.notice,
		    "Code 2 of 2: show the next one");
		w->m.now_ms += cases[i].wait_ms;
		scan_part(w, "1");
		assert_int_equal(w->s.person.present, cases[i].whole);
		if (cases[i].whole)
			assert_string_equal(w->s.person.documents[0].name,
			    "Nguyễn Thị Mẫu");
		end(w);
	}
}

/* ---- rows about what the lane is told besides ------------------------------------- */

static void
test_a_look_at_a_code_is_recorded(void **state)
{
	struct world *w = world();
	size_t before;

	(void)state;
	judge(w, MAI, "none", 38200); /* a reason without a code */
	before = w->records;
	session_look(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->records, before);
	decide(w, "turned-back", "");
	judge(w, NAM, "F0", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_STOP);
	session_look(&w->s, &w->m);
	collect(w);
	recorded(w, "\"type\":\"look\"");
	assert_int_equal(w->of[w->records - 1], w->s.person.record_n);
	/* A lane without a verdict has nothing to look at. */
	decide(w, "health-desk", "");
	before = w->records;
	session_look(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->records, before);
	end(w);
}

static void
test_noise_of_a_scanner_is_nobody(void **state)
{
	static const char *const noise[] = { "ab", "\x01\x02\x03\x04\x05\x06",
		"\xff\xfe\xfd\xfc\xfb\xfa", "?\x7f\x10?\x11?\x12" };

	(void)state;
	for (size_t i = 0; i < nitems(noise); i++) {
		struct world *w = world();

		scan(w, noise[i]);
		assert_int_equal(w->s.phase, PHASE_READY);
		assert_non_null(strstr(w->s.notice, "Not readable"));
		assert_string_equal(w->looked, "");
		/* A scanner that names the symbology read a code. */
		pass_time(w, DEBOUNCE_SCANNER_MS + 1);
		scan_by(w, noise[i], SCAN_NAMED);
		assert_int_equal(w->s.phase, PHASE_GATHER);
		end(w);
	}
}

static void
test_a_switched_relay_is_recorded(void **state)
{
	struct output_switch change = { .device = "gate", .on = true,
		.channel = 1, .reason = "passed", .of_id = "ST-TEST/7f3a91c2/2" };
	struct world *w = world();

	(void)state;
	session_switched(&w->s, &change, &w->m);
	collect(w);
	recorded(w, "\"type\":\"switch\"");
	recorded(w, "\"state\":\"on\"");
	recorded(w, "\"device\":\"gate\"");
	end(w);
}

static void
nobody_is_in(const void *memory, size_t n)
{
	static const char *const words[] = { "094300000123", "Thị Mẫu",
		"Mỹ Xuyên" };

	for (size_t i = 0; i < nitems(words); i++)
		assert_null(memmem(memory, n, words[i], strlen(words[i])));
}

/* Neither the lane nor the waiting list knows who was there. */
static void
test_nobodys_name_outlives_the_decision(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, NAM, "none", 36500);
	assert_true(decide(w, "passed", ""));
	judge(w, MAI, "none", 38200);
	assert_true(decide(w, "waiting", ""));
	nobody_is_in(&w->s, sizeof(w->s));
	pass_time(w, 4000);
	judge(w, LAN, "none", 36500);
	assert_int_equal(w->s.judgement.verdict, VERDICT_PASS);
	scan(w, MAI); /* too early, but LAN has passed */
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_null(memmem(&w->s, sizeof(w->s), "079190000456", 12));
	pass_time(w, 5 * 60000);
	judge(w, MAI, "none", 36500);
	assert_true(decide(w, "passed", ""));
	nobody_is_in(&w->s, sizeof(w->s));
	nobody_is_in(&w->shift, sizeof(w->shift));
	end(w);
}

static void
test_who_waits_and_comes_early_is_told(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 38200);
	assert_true(decide(w, "waiting", ""));
	pass_time(w, 60000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_non_null(strstr(w->s.notice, "Wait 4:00 more"));
	pass_time(w, 4 * 60000);
	scan(w, MAI);
	assert_int_equal(w->s.phase, PHASE_GATHER);
	assert_int_equal(w->s.person.measurement, 2);
	end(w);
}

static void
test_a_third_person_is_told_to_scan_again(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 38200);
	scan(w, NAM);
	assert_true(w->s.has_behind);
	assert_string_equal(w->s.notice, "");
	scan(w, HOA);
	assert_non_null(strstr(w->s.notice, "One person waits already"));
	decide(w, "turned-back", "");
	assert_string_equal(person_document(&w->s.person)->id, "001085012345");
	assert_false(w->s.has_behind);
	end(w);
}

static void
test_a_plate_that_a_camera_read_is_told_and_corrected(void **state)
{
	struct world *w = world();

	(void)state;
	session_plate_read(&w->s, "83A12345", &w->m);
	assert_true(w->s.vehicle.read);
	assert_non_null(strstr(w->s.notice, "83A-123.45"));
	session_plate(&w->s, "83A12346", &w->m);
	assert_false(w->s.vehicle.read);
	assert_string_equal(w->s.vehicle.plate, "83A12346");
	session_plate(&w->s, "", &w->m); /* no vehicle, after all */
	assert_string_equal(w->s.vehicle.plate, "");
	session_plate_read(&w->s, "", &w->m);
	assert_string_equal(w->s.vehicle.plate, "");
	end(w);
}

static void
test_a_vehicle_is_gone_after_two_minutes(void **state)
{
	struct world *w = world();

	(void)state;
	session_plate(&w->s, "83A12345", &w->m);
	pass_time(w, VEHICLE_IDLE_MS - 1);
	assert_string_equal(w->s.vehicle.plate, "83A12345");
	pass_time(w, 1);
	assert_string_equal(w->s.vehicle.plate, "");
	end(w);
}

static void
test_a_temperature_of_nobody_is_told(void **state)
{
	struct world *w = world();

	(void)state;
	temp(w, 36500, "ok");
	assert_int_equal(w->s.phase, PHASE_READY);
	assert_non_null(strstr(w->s.notice, "nobody has scanned"));
	scan(w, MAI);
	answer(w, "none");
	assert_int_equal(w->s.phase, PHASE_GATHER); /* it was nobody's */
	end(w);
}

static void
test_a_slip_once_more_says_so(void **state)
{
	struct world *w = world();

	(void)state;
	judge(w, MAI, "none", 36500);
	session_print_again(&w->s, &w->m); /* not recorded yet */
	collect(w);
	assert_int_equal(w->slips, 0);
	session_recorded(&w->s, 1, "ST-TEST/7f3a91c2/1", &w->m);
	session_print_again(&w->s, &w->m);
	collect(w);
	assert_int_equal(w->slips, 1);
	end(w);
}

static void
test_a_hint_of_the_camera_ends_by_itself(void **state)
{
	struct world *w = world();

	(void)state;
	session_hint(&w->s, "dark", &w->m);
	assert_string_equal(w->s.hint, "dark");
	pass_time(w, 2000);
	assert_string_equal(w->s.hint, "");
	session_hint(&w->s, "far", &w->m);
	scan(w, MAI); /* something was read */
	assert_string_equal(w->s.hint, "");
	end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_scan_opens_a_person_and_asks_the_register),
		cmocka_unit_test(test_answer_and_temperature_make_the_verdict),
		cmocka_unit_test(test_a_register_that_is_silent_is_unknown),
		cmocka_unit_test(test_without_a_temperature_it_is_check_after_8_s),
		cmocka_unit_test(test_an_unsteady_reading_is_no_temperature),
		cmocka_unit_test(test_one_reading_for_one_person),
		cmocka_unit_test(test_a_reading_that_fits_two_people_is_check),
		cmocka_unit_test(test_temp_first_holds_a_reading_for_8_s),
		cmocka_unit_test(test_two_readings_before_one_scan_fit_two_people),
		cmocka_unit_test(test_the_same_code_again_is_the_same_read),
		cmocka_unit_test(test_a_badge_counts_again_when_it_is_asked_for),
		cmocka_unit_test(test_a_camera_sees_longer),
		cmocka_unit_test(test_a_second_document_joins_within_20_s),
		cmocka_unit_test(test_a_second_document_is_no_next_person),
		cmocka_unit_test(test_the_next_scan_confirms_a_pass),
		cmocka_unit_test(test_check_and_stop_wait_and_one_waits_behind),
		cmocka_unit_test(test_a_pass_clears_after_30_s),
		cmocka_unit_test(test_enter_is_armed_after_400_ms),
		cmocka_unit_test(test_enter_never_lets_pass_on_check_or_stop),
		cmocka_unit_test(test_letting_pass_needs_a_reason_and_on_stop_a_leader),
		cmocka_unit_test(test_a_rule_that_officers_overrule_is_told),
		cmocka_unit_test(test_one_in_five_is_not_often),
		cmocka_unit_test(test_foreigners_are_counted_apart),
		cmocka_unit_test(test_training_is_marked_and_not_counted),
		cmocka_unit_test(test_a_better_answer_updates_a_verdict_that_stands),
		cmocka_unit_test(test_the_same_answer_again_is_no_news),
		cmocka_unit_test(test_a_better_answer_before_the_verdict_counts_in_it),
		cmocka_unit_test(test_the_hub_answers_for_a_register_that_is_silent),
		cmocka_unit_test(test_a_late_stop_after_passing_is_told_and_recorded),
		cmocka_unit_test(test_a_late_answer_leaves_the_next_person_alone),
		cmocka_unit_test(test_who_passed_is_forgotten_with_the_answer_or_in_time),
		cmocka_unit_test(test_nobody_is_kept_where_the_hub_is_not_asked),
		cmocka_unit_test(test_nobody_logged_in_takes_nobody),
		cmocka_unit_test(test_an_accepted_doubt_is_no_cause_alone),
		cmocka_unit_test(test_fever_waits_and_is_measured_again),
		cmocka_unit_test(test_fever_again_goes_to_the_health_desk),
		cmocka_unit_test(test_a_decision_is_corrected_within_60_s),
		cmocka_unit_test(test_a_correction_lets_nobody_past_the_verdict),
		cmocka_unit_test(test_a_correction_keeps_the_direction),
		cmocka_unit_test(test_one_number_under_two_names_is_check),
		cmocka_unit_test(test_a_printed_slip_is_nobody),
		cmocka_unit_test(test_a_certificate_that_agrees_in_part_is_check),
		cmocka_unit_test(test_a_number_that_disagrees_is_check),
		cmocka_unit_test(test_what_two_papers_agree_in_is_told_once),
		cmocka_unit_test(test_a_number_that_disagrees_later_is_the_next_persons),
		cmocka_unit_test(test_another_card_is_the_next_citizens),
		cmocka_unit_test(test_a_card_after_a_certificate_is_looked_up),
		cmocka_unit_test(test_two_certificates_of_one_person_both_count),
		cmocka_unit_test(test_a_certificate_that_agrees_is_the_persons),
		cmocka_unit_test(test_other_certificates_are_the_next_persons),
		cmocka_unit_test(test_a_card_of_a_vehicle_opens_the_vehicle),
		cmocka_unit_test(test_a_plate_during_a_verdict_is_the_next_vehicle),
		cmocka_unit_test(test_what_lies_ahead_has_no_age),
		cmocka_unit_test(test_who_was_turned_back_did_not_pass_here),
		cmocka_unit_test(test_a_person_is_timed_from_the_first_scan),
		cmocka_unit_test(test_the_chair_and_a_verdict_left_alone_are_no_time_of_a_person),
		cmocka_unit_test(test_the_one_behind_confirms_by_scanning_again),
		cmocka_unit_test(test_a_repeat_is_asked_and_dismissed_or_recorded_again),
		cmocka_unit_test(test_the_next_scan_dismisses_a_repeat),
		cmocka_unit_test(test_persons_are_counted_in_a_vehicle),
		cmocka_unit_test(test_a_broken_code_says_so_and_changes_nothing),
		cmocka_unit_test(test_an_unknown_code_has_no_identity),
		cmocka_unit_test(test_an_unconfirmed_clock_is_check_until_confirmed),
		cmocka_unit_test(test_a_full_recorder_confirms_nothing),
		cmocka_unit_test(test_recorded_is_said_only_after_done),
		cmocka_unit_test(test_the_direction_turns_only_where_it_is_asked),
		cmocka_unit_test(test_the_gate_opens_after_done_and_only_for_who_passes),
		cmocka_unit_test(test_a_slip_is_printed_only_of_what_is_recorded),
		cmocka_unit_test(test_a_kiosk_commits_by_itself_after_done),
		cmocka_unit_test(test_lanes_share_the_shift_and_nothing_else),
		cmocka_unit_test(test_a_card_over_two_codes_is_one_person),
		cmocka_unit_test(test_a_look_at_a_code_is_recorded),
		cmocka_unit_test(test_noise_of_a_scanner_is_nobody),
		cmocka_unit_test(test_a_switched_relay_is_recorded),
		cmocka_unit_test(test_nobodys_name_outlives_the_decision),
		cmocka_unit_test(test_who_waits_and_comes_early_is_told),
		cmocka_unit_test(test_a_third_person_is_told_to_scan_again),
		cmocka_unit_test(test_a_plate_that_a_camera_read_is_told_and_corrected),
		cmocka_unit_test(test_a_vehicle_is_gone_after_two_minutes),
		cmocka_unit_test(test_a_temperature_of_nobody_is_told),
		cmocka_unit_test(test_a_slip_once_more_says_so),
		cmocka_unit_test(test_a_hint_of_the_camera_ends_by_itself),
		cmocka_unit_test(test_any_order_of_events),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
