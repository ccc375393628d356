/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thermometer that moves is told, single fevers are not. */
#include "test.h"

#include "../../src/station/parts.h"

static void
add(struct drift *d, int32_t mc, const char *quality)
{
	struct event_temp temp = { .result_mc = mc };

	strcpy(temp.quality, quality);
	drift_add(d, &temp);
}

static void
pass(struct drift *d, int passers, int32_t mc)
{
	for (int i = 0; i < passers; i++)
		add(d, mc + i % 5 * 100 - 200, "ok");
}

static void
test_the_limit_is_over_0_4(void **state)
{
	static const struct {
		int32_t moved, said;
	} cases[] = { { 0, 0 }, { 400, 0 }, { -400, 0 }, { 500, 500 },
		{ -500, -500 }, { 1200, 1200 } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct drift d = { .count = 0 };

		pass(&d, 50, 36500);
		assert_int_equal(drift_mc(&d), 0);
		pass(&d, 50, 36500 + cases[i].moved);
		assert_int_equal(drift_mc(&d), cases[i].said);
	}
}

static void
test_fevers_do_not_move_a_median(void **state)
{
	struct drift d = { .count = 0 };

	(void)state;
	pass(&d, 50, 36500);
	for (int i = 0; i < 20; i++) {
		add(&d, 39000, "ok");
		pass(&d, 5, 36500);
	}
	assert_int_equal(drift_mc(&d), 0);
}

static void
test_it_comes_back(void **state)
{
	struct drift d = { .count = 0 };

	(void)state;
	pass(&d, 50, 36500);
	pass(&d, 50, 37100);
	assert_int_equal(drift_mc(&d), 600);
	pass(&d, 50, 36600);
	assert_int_equal(drift_mc(&d), 0);
}

static void
test_doubtful_readings_do_not_count(void **state)
{
	struct drift d = { .count = 0 };

	(void)state;
	pass(&d, 50, 36500);
	for (int i = 0; i < 50; i++) {
		add(&d, 33000, "cold");
		add(&d, 39000, "unstable");
	}
	assert_int_equal(drift_mc(&d), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_limit_is_over_0_4),
		cmocka_unit_test(test_fevers_do_not_move_a_median),
		cmocka_unit_test(test_it_comes_back),
		cmocka_unit_test(test_doubtful_readings_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
