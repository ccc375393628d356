/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One settled measurement for one presence, and never a made-up number. */
#include "test.h"

#include "../../src/reader/parts.h"

struct play {
	struct measure m;
	int64_t now_ms;
	int done;
	struct event_temp temp; /* the last one */
};

static void
begin(struct play *play, int32_t offset_mc)
{
	memset(play, 0, sizeof(*play));
	measure_init(&play->m, &(struct reckoning){ .offset_mc = offset_mc });
	play->now_ms = 1000;
}

/* count samples, period_ms apart, and the deadlines between them. */
static void
feed(struct play *play, int count, int period_ms, int32_t value_mc,
    int32_t ambient_mc)
{
	for (int i = 0; i < count; i++) {
		int64_t until = play->now_ms + period_ms;
		int64_t deadline;

		if (measure_sample(&play->m, value_mc, &ambient_mc,
		    play->now_ms, &play->temp))
			play->done++;
		while ((deadline = measure_deadline(&play->m)) >= 0 &&
		    deadline < until)
			if (measure_tick(&play->m, deadline, &play->temp))
				play->done++;
		play->now_ms = until;
	}
}

static void
test_first_300_ms_do_not_count(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 900);
	feed(&play, 20, 70, 25000, 28100);
	feed(&play, 5, 70, 31000, 28100); /* 0 to 280 ms */
	feed(&play, 9, 70, 36000, 28100);
	assert_int_equal(play.done, 0);
	feed(&play, 1, 70, 36000, 28100);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 10);
	assert_int_equal(play.temp.raw_mc, 36000);
	assert_int_equal(play.temp.result_mc, 36900);
	assert_int_equal(play.temp.offset_mc, 900);
	assert_int_equal(play.temp.spread_mc, 0);
	assert_true(play.temp.has_raw && play.temp.has_ambient);
	assert_int_equal(play.temp.ambient_mc, 28100);
	assert_string_equal(play.temp.quality, "ok");
}

static void
test_one_measurement_for_one_presence(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 500, 70, 36500, 28000);
	assert_int_equal(play.done, 1);
	/* A short glance aside is the same person. */
	feed(&play, 6, 70, 25000, 28000);
	feed(&play, 100, 70, 36500, 28000);
	assert_int_equal(play.done, 1);
	/* 500 ms away, and it is another. */
	feed(&play, 8, 70, 25000, 28000);
	feed(&play, 100, 70, 37500, 28000);
	assert_int_equal(play.done, 2);
	assert_int_equal(play.temp.result_mc, 37500);
}

static void
test_silence_is_the_end_of_a_presence(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 30, 70, 36500, 28000);
	assert_int_equal(play.done, 1);
	play.now_ms += 3000;
	feed(&play, 30, 70, 37000, 28000);
	assert_int_equal(play.done, 2);
	assert_int_equal(play.temp.raw_mc, 37000);
}

static void
test_median_of_even_and_odd(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 5, 70, 36500, 28000);
	for (int i = 0; i < 10; i++) /* 36500 to 36590 */
		feed(&play, 1, 70, 36500 + (i * 7) % 10 * 10, 28000);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.raw_mc, 36545);
	assert_int_equal(play.temp.spread_mc, 90);

	begin(&play, 0);
	feed(&play, 2, 200, 36500, 28000);
	feed(&play, 1, 500, 36100, 28000);
	feed(&play, 1, 500, 36300, 28000);
	feed(&play, 1, 500, 36200, 28000);
	feed(&play, 2, 500, 20000, 28000);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 3);
	assert_int_equal(play.temp.raw_mc, 36200);
}

static void
test_time_ends_it_at_1500_ms(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 9, 250, 36500, 28000); /* from 500 ms to 2000 ms */
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 6);
}

static void
test_slow_device_gets_three_samples(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 3, 1000, 36500, 28000);
	assert_int_equal(play.done, 0);
	feed(&play, 1, 1000, 36500, 28000);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 3);
	assert_string_equal(play.temp.quality, "ok");
}

static void
test_values_out_of_range_are_dropped(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 5, 70, 36500, 28000);
	for (int i = 0; i < 10; i++) {
		feed(&play, 1, 35, 36500, 28000);
		feed(&play, 1, 35, i % 2 == 0 ? 29999 : 43001, 28000);
	}
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 10);
	assert_int_equal(play.temp.spread_mc, 0);
}

static void
test_who_passes_by_is_not_measured(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 4, 70, 34000, 28000);
	feed(&play, 60, 70, 25000, 28000);
	/* Two samples only. */
	feed(&play, 7, 70, 34000, 28000);
	feed(&play, 60, 70, 25000, 28000);
	assert_int_equal(play.done, 0);
	/* Just enough samples, then gone: measured. */
	feed(&play, 8, 70, 36400, 28000);
	assert_int_equal(play.done, 0);
	feed(&play, 10, 70, 25000, 28000);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.samples, 3);
	assert_int_equal(play.temp.raw_mc, 36400);
}

static void
test_qualities(void **state)
{
	static const struct {
		int32_t value, step, ambient, offset;
		const char *quality;
	} cases[] = {
		{ 36500, 0, 28000, 0, "ok" },
		{ 36500, 300, 28000, 0, "ok" },
		{ 36500, 301, 28000, 0, "unstable" },
		{ 34999, 0, 28000, 0, "cold" },
		{ 35000, 0, 28000, 0, "ok" },
		{ 34100, 0, 28000, 900, "ok" },
		{ 36500, 0, 15999, 0, "ambient" },
		{ 36500, 0, 16000, 0, "ok" },
		{ 36500, 0, 40000, 0, "ok" },
		{ 36500, 0, 40001, 0, "ambient" },
		{ 34000, 400, 50000, 0, "unstable" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct play play;

		begin(&play, cases[i].offset);
		feed(&play, 5, 70, cases[i].value, cases[i].ambient);
		feed(&play, 9, 70, cases[i].value, cases[i].ambient);
		feed(&play, 1, 70, cases[i].value + cases[i].step,
		    cases[i].ambient);
		assert_int_equal(play.done, 1);
		assert_string_equal(play.temp.quality, cases[i].quality);
		/* Marked, but what was measured. */
		assert_int_equal(play.temp.result_mc,
		    cases[i].value + cases[i].offset);
	}
}

static void
test_stream_that_stops_is_not_settled(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 6, 70, 36500, 28000); /* one sample after 300 ms */
	play.now_ms += 10000;
	assert_int_equal(measure_deadline(&play.m), 1350 + 5000);
	assert_true(measure_tick(&play.m, 1350 + 5000, &play.temp));
	assert_string_equal(play.temp.quality, "unstable");
	assert_int_equal(play.temp.samples, 1);
}

static void
test_single(void **state)
{
	struct event_temp temp;
	int32_t ambient = 12000;

	(void)state;
	measure_single(36600, NULL, &(struct reckoning){ 100, 0, 0 }, &temp);
	assert_int_equal(temp.result_mc, 36700);
	assert_int_equal(temp.raw_mc, 36600);
	assert_int_equal(temp.samples, 1);
	assert_int_equal(temp.spread_mc, 0);
	assert_false(temp.has_ambient);
	assert_string_equal(temp.quality, "ok");
	measure_single(36600, &ambient, &(struct reckoning){ 0, 0, 0 }, &temp);
	assert_string_equal(temp.quality, "ambient");
	measure_single(34900, NULL, &(struct reckoning){ 0, 0, 0 }, &temp);
	assert_string_equal(temp.quality, "cold");
}

/* Computed by other means: T of T^4 - room^4 that grows by sensor / skin. */
static void
test_emissivity(void **state)
{
	static const struct {
		int32_t object_mc, ambient_mc;
		int emissivity, sensor;
		int32_t want_mc;
	} cases[] = {
		{ 33000, 28000, 980, 1000, 33100 },
		{ 36500, 28100, 980, 1000, 36664 },
		{ 36500, 36500, 500, 1000, 36500 },
		{ 33000, 38000, 950, 1000, 32730 },
		{ 36000, 28000, 1000, 980, 35846 },
	};
	int32_t got = 0;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		assert_true(emissivity_reckon(cases[i].object_mc,
		    cases[i].ambient_mc, cases[i].emissivity, cases[i].sensor,
		    &got));
		assert_int_equal(got, cases[i].want_mc);
	}
	/* Nothing can be that much colder than what it mirrors. */
	assert_false(emissivity_reckon(20000, 120000, 100, 1000, &got));
}

static void
test_result_can_be_reckoned_from_the_record(void **state)
{
	const struct reckoning reckoning = { 900, 980, 1000 };
	int32_t ambient = 28100, hot = 124000, value;
	struct event_temp temp;
	struct play play;

	(void)state;
	begin(&play, 0);
	measure_init(&play.m, &reckoning);
	feed(&play, 30, 70, 36000, ambient);
	assert_int_equal(play.done, 1);
	assert_int_equal(play.temp.raw_mc, 36000);
	assert_int_equal(play.temp.emissivity, 980);
	assert_int_equal(play.temp.sensor_emissivity, 1000);
	assert_true(emissivity_reckon(36000, ambient, 980, 1000, &value));
	assert_true(value > 36100 && value < 36300);
	assert_int_equal(play.temp.result_mc, value + 900);
	assert_string_equal(play.temp.quality, "ok");
	/* A sensor that was set to it says the skin itself. */
	measure_single(36000, &ambient, &(struct reckoning){ 0, 980, 0 },
	    &temp);
	assert_int_equal(temp.result_mc, 36000);
	assert_int_equal(temp.emissivity, 980);
	/* Not to be reckoned: no number that could pass. */
	measure_single(36000, &hot, &(struct reckoning){ 0, 100, 1000 },
	    &temp);
	assert_string_equal(temp.quality, "ambient");
	measure_single(36000, NULL, &reckoning, &temp);
	assert_string_equal(temp.quality, "ambient");
}

/* The temperatures and the time at which the headline of measure.c turns. */
static void
test_limits_to_the_millisecond_and_thousandth(void **state)
{
	static const struct {
		int32_t value_mc;
		int settling_ms, done;
	} cases[] = {
		{ 30000, 300, 1 },
		{ 29999, 300, 0 },
		{ 43000, 300, 1 },
		{ 43001, 300, 0 },
		{ 36500, 299, 0 }, /* the last two are one too few */
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct play play;

		begin(&play, 0);
		feed(&play, 1, cases[i].settling_ms, cases[i].value_mc, 28000);
		feed(&play, 3, 1, cases[i].value_mc, 28000);
		feed(&play, 1, 1600, 20000, 28000);
		if (play.done != cases[i].done)
			fail_msg("case %zu: %d measured", i, play.done);
	}
}

static void
test_500_ms_tell_a_glance_from_leaving(void **state)
{
	(void)state;
	for (int away_ms = 499; away_ms <= 500; away_ms++) {
		struct play play;

		begin(&play, 0);
		feed(&play, 14, 100, 36500, 28000);
		feed(&play, 1, away_ms, 20000, 28000);
		feed(&play, 1, 0, 20000, 28000);
		feed(&play, 14, 100, 37500, 28000);
		assert_int_equal(play.done, away_ms < 500 ? 1 : 2);
	}
}

/* The 1500 ms end while he turns away: he is away 500 ms after he turned. */
static void
test_who_leaves_at_the_end_is_not_the_next(void **state)
{
	struct play play;

	(void)state;
	begin(&play, 0);
	feed(&play, 4, 400, 36500, 28000);
	feed(&play, 1, 100, 36500, 28000); /* 1600 ms; the end is at 1900 */
	feed(&play, 1, 500, 20000, 28000);
	assert_int_equal(play.done, 1);
	feed(&play, 1, 100, 20000, 28000); /* 2200 ms */
	feed(&play, 14, 100, 37500, 28000);
	assert_int_equal(play.done, 2);
	assert_int_equal(play.temp.raw_mc, 37500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_300_ms_do_not_count),
		cmocka_unit_test(test_one_measurement_for_one_presence),
		cmocka_unit_test(test_silence_is_the_end_of_a_presence),
		cmocka_unit_test(test_median_of_even_and_odd),
		cmocka_unit_test(test_time_ends_it_at_1500_ms),
		cmocka_unit_test(test_slow_device_gets_three_samples),
		cmocka_unit_test(test_values_out_of_range_are_dropped),
		cmocka_unit_test(test_who_passes_by_is_not_measured),
		cmocka_unit_test(test_qualities),
		cmocka_unit_test(test_stream_that_stops_is_not_settled),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_emissivity),
		cmocka_unit_test(test_result_can_be_reckoned_from_the_record),
		cmocka_unit_test(test_limits_to_the_millisecond_and_thousandth),
		cmocka_unit_test(test_500_ms_tell_a_glance_from_leaving),
		cmocka_unit_test(test_who_leaves_at_the_end_is_not_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
