/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody's time is believed without somebody who vouches for it. */
#include "base.h"

#include "test.h"

#include <unistd.h>

#define AT 1634230800
#define NOW_MS 500000

static char path[4096];

static int
setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/chot-clock.%d", (int)getpid());
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
test_starts_unconfirmed(void **state)
{
	struct clock clock;
	int64_t at = 7;

	(void)state;
	clock_init(&clock);
	assert_false(clock_now(&clock, NOW_MS, &at));
	assert_int_equal(at, 7);
	assert_int_equal(clock_trust_now(&clock, NOW_MS), CLOCK_UNCONFIRMED);
}

static void
test_runs_on_from_the_confirmation(void **state)
{
	struct clock clock;
	int64_t at = 0;

	(void)state;
	clock_init(&clock);
	clock_confirm(&clock, AT, NOW_MS);
	assert_true(clock_now(&clock, NOW_MS, &at));
	assert_int_equal(at, AT);
	assert_true(clock_now(&clock, NOW_MS + 61999, &at));
	assert_int_equal(at, AT + 61);
	assert_true(clock_now(&clock, NOW_MS - 1, &at));
	assert_int_equal(at, AT - 1);
}

static void
test_a_confirmation_ages_to_held(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock);
	clock_confirm(&clock, AT, NOW_MS);
	assert_int_equal(clock_trust_now(&clock,
	    NOW_MS + CLOCK_HELD_AFTER_MS - 1), CLOCK_CONFIRMED);
	assert_int_equal(clock_trust_now(&clock,
	    NOW_MS + CLOCK_HELD_AFTER_MS), CLOCK_HELD);
}

static void
test_restored_means_held(void **state)
{
	struct clock clock, back;
	struct err err = { 0 };
	int64_t at = 0;

	(void)state;
	clock_init(&clock);
	clock_confirm(&clock, AT, NOW_MS);
	assert_int_equal(clock_save(&clock, path, &err), 0);
	clock_load(&back, path);
	assert_int_equal(clock_trust_now(&back, NOW_MS), CLOCK_HELD);
	assert_true(clock_now(&back, NOW_MS + 5000, &at));
	assert_int_equal(at, AT + 5);
}

static void
test_what_is_not_of_this_boot_is_forgotten(void **state)
{
	static const char *const texts[] = {
		"00000000-0000-0000-0000-000000000000 1634230300000 500000\n",
		"", "\n", "BOOT\n", "BOOT 1634230300000\n",
		"BOOT 1634230300000 500000", "BOOT 1634230300000 500000 x\n",
		"BOOT 99999999999999999999999 500000\n",
		"BOOT 1634230300000 -1\n", "BOOT x 500000\n",
		"BOOT 999999999999999999 500000\n", "BOOT -5000000 500000\n",
	};
	char id[37], text[200];

	(void)state;
	boot_id(id);
	assert_int_equal(strlen(id), 36);
	for (size_t i = 0; i < nitems(texts); i++) {
		struct clock clock;

		if (strncmp(texts[i], "BOOT", 4) == 0)
			snprintf(text, sizeof(text), "%s%s", id, texts[i] + 4);
		else
			snprintf(text, sizeof(text), "%s", texts[i]);
		assert_int_equal(file_write(path, text, strlen(text), 0600,
		    false, NULL), 0);
		clock_load(&clock, path);
		assert_int_equal(clock.trust, CLOCK_UNCONFIRMED);
	}
}

static void
test_no_file_is_unconfirmed(void **state)
{
	struct clock clock;

	(void)state;
	clock_load(&clock, "/nonexistent/clock");
	assert_int_equal(clock.trust, CLOCK_UNCONFIRMED);
}

static void
test_plausible(void **state)
{
	(void)state;
	assert_false(clock_plausible(0, AT));
	assert_false(clock_plausible(AT - 1, AT));
	assert_true(clock_plausible(AT, AT));
	assert_true(clock_plausible(4102444799, AT));
	assert_false(clock_plausible(4102444800, AT));
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(clock_trust_word(CLOCK_CONFIRMED), "confirmed");
	assert_string_equal(clock_trust_word(CLOCK_HELD), "held");
	assert_string_equal(clock_trust_word(CLOCK_UNCONFIRMED), "unconfirmed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_unconfirmed),
		cmocka_unit_test(test_runs_on_from_the_confirmation),
		cmocka_unit_test(test_a_confirmation_ages_to_held),
		cmocka_unit_test(test_restored_means_held),
		cmocka_unit_test(test_what_is_not_of_this_boot_is_forgotten),
		cmocka_unit_test(test_no_file_is_unconfirmed),
		cmocka_unit_test(test_plausible),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("clock", tests, setup, teardown);
}
