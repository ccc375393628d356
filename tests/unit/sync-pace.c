/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Posts do not call all at once, and one bad minute is no outage. */
#include "../../src/sync/parts.h"

#include "test.h"

#define POSTS 6616

static void
test_first_contacts_are_spread(void **state)
{
	int per_s[SPREAD_S] = { 0 };

	(void)state;
	for (int i = 0; i < POSTS; i++) {
		char station[32];
		int64_t ms;

		snprintf(station, sizeof(station), "ST-QL%d", i);
		ms = pace_spread_ms(station);
		assert_true(ms >= 0 && ms < SPREAD_S * 1000);
		assert_int_equal(ms, pace_spread_ms(station));
		per_s[ms / 1000]++;
	}
	/* 22 on average. */
	for (int i = 0; i < SPREAD_S; i++)
		assert_in_range(per_s[i], 1, 60);
}

static void
test_backoff_grows_and_is_bounded(void **state)
{
	(void)state;
	for (int failures = 0; failures < 100; failures++)
		for (uint64_t r = 0; r < 50; r++) {
			int64_t ms = pace_backoff_ms(failures, 0,
			    r * 0x9e3779b97f4a7c15u);

			assert_in_range(ms, BACKOFF_MIN_MS, BACKOFF_MAX_MS);
			if (failures == 1)
				assert_true(ms <= 2 * BACKOFF_MIN_MS);
		}
	assert_int_equal(pace_backoff_ms(20, 0, BACKOFF_MAX_MS -
	    BACKOFF_MIN_MS), BACKOFF_MAX_MS);
	assert_true(pace_backoff_ms(1, 100, 3) >= 100000);
}

static bool
note(struct link *link, const char *marks)
{
	bool changed = false;

	for (; *marks != '\0'; marks++)
		changed = link_note(link, *marks == '+' || *marks == 's',
		    *marks == 'd', *marks == 's' ? 60000 : 100);
	return changed;
}

static void
test_the_link_has_hysteresis(void **state)
{
	static const struct {
		const char *marks;
		bool up;
	} cases[] = {
		{ "+", true }, { "-", false }, { "d", false },
		{ "+-", true }, { "+--", false }, { "+-+-", false },
		{ "+-+++++-", true }, { "+d", false },
		{ "+d+", false }, { "+d++", true }, { "+d+-+", false },
		{ "+d++-", true }, { "+d++--", false },
		{ "+ss", false }, { "+++++s", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct link link = { .known = false };

		note(&link, cases[i].marks);
		if (link.up != cases[i].up)
			fail_msg("%s", cases[i].marks);
	}
}

static void
test_a_change_is_told_once(void **state)
{
	struct link link = { .known = false };

	(void)state;
	assert_true(note(&link, "+"));
	assert_false(note(&link, "+"));
	assert_false(note(&link, "-"));
	assert_true(note(&link, "-"));
	assert_false(note(&link, "-"));
	assert_true(link_reset(&link));
	assert_true(link.up);
	assert_false(note(&link, "-"));
}

static void
test_every_trouble_has_words(void **state)
{
	(void)state;
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		const struct trouble_row *row = trouble_row(i);

		assert_non_null(row->word);
		assert_true(strchr(row->word, ' ') == NULL);
		assert_true((i == TROUBLE_NONE) == (row->text[0] == '\0'));
		assert_true((i == TROUBLE_NONE) == (row->kind == ERR_NONE));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_contacts_are_spread),
		cmocka_unit_test(test_backoff_grows_and_is_bounded),
		cmocka_unit_test(test_the_link_has_hysteresis),
		cmocka_unit_test(test_a_change_is_told_once),
		cmocka_unit_test(test_every_trouble_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
