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

/* A question each second from 0 on, each with a mark: + good, - failed, d no
 * route, l too many. Returns how many were asked, and says when it is tried. */
static int
ask(struct reach *reach, const char *marks)
{
	int asked = 0;

	for (int64_t now_ms = 0; *marks != '\0'; now_ms += 1000) {
		struct reach_news news = { .good = *marks == '+' ||
			*marks == 'l', .down = *marks == 'd', .took_ms = 50,
			.retry_after_s = *marks == 'l' ? 3 : 0 };

		if (!reach_may_ask(reach, now_ms)) {
			if (*marks++ != '.')
				fail_msg("not asked at %lld", (long long)now_ms);
			continue;
		}
		if (*marks++ == '.')
			fail_msg("asked at %lld", (long long)now_ms);
		reach_note(reach, &news, now_ms, 0);
		asked++;
	}
	return asked;
}

static void
test_a_dead_network_is_asked_nothing(void **state)
{
	static const struct {
		const char *marks;
		bool up;
	} cases[] = {
		{ "+++", true }, { "-.....", false }, { "d...", false },
		{ "+-+", true }, { "+--....", false }, { "+d....", false },
		{ "+l..+", true },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct reach reach = { .failures = 0 };

		ask(&reach, cases[i].marks);
		if (reach_is_up(&reach) != cases[i].up)
			fail_msg("%s", cases[i].marks);
		assert_true((reach_try_ms(&reach) < 0) == cases[i].up);
	}
}

static void
test_two_tries_that_go_well_bring_it_back(void **state)
{
	const struct reach_news good = { .good = true, .took_ms = 3000 };
	const struct reach_news bad = { .took_ms = 10000 };
	struct reach reach = { .failures = 0 };
	int64_t now_ms = 0, last_ms = 0;

	(void)state;
	ask(&reach, "d");
	for (int i = 0; i < 20; i++) { /* less and less often */
		now_ms = reach_try_ms(&reach);
		assert_true(now_ms >= last_ms + REACH_AGAIN_MS);
		assert_true(now_ms <= last_ms + REACH_AGAIN_MS + BACKOFF_MAX_MS);
		assert_false(reach_note(&reach, &bad, now_ms, UINT64_MAX));
		last_ms = now_ms;
	}
	assert_false(reach_note(&reach, &good, now_ms, 7));
	assert_false(reach_may_ask(&reach, now_ms));
	assert_int_equal(reach_try_ms(&reach), now_ms + REACH_AGAIN_MS);
	now_ms += REACH_AGAIN_MS;
	assert_true(reach_note(&reach, &good, now_ms, 7));
	assert_true(reach_may_ask(&reach, now_ms));
	assert_int_equal(reach_try_ms(&reach), -1);
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

/* Which kind of address is missing is said of the one that was tried. */
static void
test_the_kind_of_an_address(void **state)
{
	static const struct {
		const char *ip, *url;
		unsigned kinds;
	} cases[] = {
		{ "192.0.2.1", "https://hub.example/v1/records", ADDRESS_IPV4 },
		{ "2001:db8::1", "https://192.0.2.1", ADDRESS_IPV6 },
		{ "", "https://192.0.2.1:8443/v1/records", ADDRESS_IPV4 },
		{ "", "https://192.0.2.1", ADDRESS_IPV4 },
		{ "", "https://[2001:db8::1]:8443/", ADDRESS_IPV6 },
		{ "", "https://hub.example", ADDRESS_IPV4 | ADDRESS_IPV6 },
		{ "", "https://1.example/", ADDRESS_IPV4 | ADDRESS_IPV6 },
		{ "", "", ADDRESS_IPV4 | ADDRESS_IPV6 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(address_kind(cases[i].ip, cases[i].url),
		    cases[i].kinds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_contacts_are_spread),
		cmocka_unit_test(test_backoff_grows_and_is_bounded),
		cmocka_unit_test(test_the_link_has_hysteresis),
		cmocka_unit_test(test_a_change_is_told_once),
		cmocka_unit_test(test_a_dead_network_is_asked_nothing),
		cmocka_unit_test(test_two_tries_that_go_well_bring_it_back),
		cmocka_unit_test(test_every_trouble_has_words),
		cmocka_unit_test(test_the_kind_of_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
