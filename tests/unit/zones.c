/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An address lies in the narrowest zone that ends it, or it is open in which. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "register.h"

#define NOW 1634886000 /* 2021-10-22T14:00+07:00 */

static const struct {
	const char *place;
	int level;
	int64_t since, ends, expires;
} rows[] = {
	{ "Sóc Trăng", 2, 1, 0, 0 },
	{ "Huyện Mỹ Xuyên, Tỉnh Sóc Trăng", 3, 1, 0, 0 },
	{ "Phường 2, TP Sóc Trăng, Sóc Trăng", 1, 1, 0, 0 },
	{ "Phường 2, TP Sóc Trăng, Sóc Trăng", 4, NOW - 10, 0, 0 },
	{ "Phường 3, TP Sóc Trăng, Sóc Trăng", 4, NOW + 10, 0, 0 },
	{ "Phường 4, TP Sóc Trăng, Sóc Trăng", 4, 1, NOW - 1, 0 },
	{ "Phường 5, TP Sóc Trăng, Sóc Trăng", 4, 1, 0, NOW },
	{ "Tổ 3, Phường 2, TP Sóc Trăng, Sóc Trăng", 2, NOW, 0, 0 },
	{ "Quận 1, TP Hồ Chí Minh", 4, 1, 0, 0 },
	{ "Phường 1, TP Hồ Chí Minh", 1, 1, 0, 0 },
	{ "Huyện Cao Lãnh, Đồng Tháp", 1, 1, 0, 0 },
	{ "TP Cao Lãnh, Đồng Tháp", 3, 1, 0, 0 },
	{ "Huyện Hồng Ngự, Đồng Tháp", 2, 1, 0, 0 },
	{ "TP Hồng Ngự, Đồng Tháp", 2, 1, 0, 0 },
	{ "Đồng Tháp", 1, 1, 0, 0 },
	{ "94", 2, 1, 0, 0 },
};

static struct zones *
all(void)
{
	struct zones *zones = zones_new();
	struct err err = { 0 };

	for (size_t i = 0; i < nitems(rows); i++) {
		struct zone zone = { .level = rows[i].level,
			.since = rows[i].since, .ends = rows[i].ends,
			.expires = rows[i].expires };

		strcpy(zone.place, rows[i].place);
		assert_int_equal(zones_add(zones, &zone, &err), 0);
	}
	zones_ready(zones);
	return zones;
}

static void
test_the_narrowest_counts(void **state)
{
	static const struct {
		const char *place;
		int level; /* 0: unknown */
	} cases[] = {
		{ "Sóc Trăng", 2 },
		{ "tỉnh sóc trăng", 2 },
		{ "SOC TRANG", 2 },
		{ "Sóc Trăng, Việt Nam", 2 },
		{ "Mỹ Xuyên, Sóc Trăng", 3 },
		{ "Ấp Mẫu, Xã Đại Tâm, H. Mỹ Xuyên, Sóc Trăng", 3 },
		{ "Phường 2, TP Sóc Trăng, Sóc Trăng", 4 },
		{ "P.02, Thành phố Sóc Trăng, Sóc Trăng", 4 },
		{ "P2, TP. Sóc Trăng, Sóc Trăng", 4 },
		{ "12 Đường Mẫu, Tổ 3, Phường 2, TP Sóc Trăng, Sóc Trăng", 2 },
		/* Not yet, no longer, and a list that has expired. */
		{ "Phường 3, TP Sóc Trăng, Sóc Trăng", 2 },
		{ "Phường 4, TP Sóc Trăng, Sóc Trăng", 2 },
		{ "Phường 5, TP Sóc Trăng, Sóc Trăng", 2 },
		{ "Quận 1, TP Hồ Chí Minh", 4 },
		{ "Q.1, TP.HCM", 4 },
		{ "Phường 1, TP HCM", 1 },
		{ "1, TP HCM", 0 },
		{ "TP HCM", 0 },
		/* Two places of one name. */
		{ "Huyện Cao Lãnh, Đồng Tháp", 1 },
		{ "TP Cao Lãnh, Đồng Tháp", 3 },
		{ "Cao Lãnh, Đồng Tháp", 0 },
		{ "Hồng Ngự, Đồng Tháp", 2 },
		{ "94", 2 },
		{ "95", 0 },
		{ "", 0 },
		{ ",,,", 0 },
		{ "Sóc Trăng, Đồng Tháp", 1 },
		{ "Cà Mau", 0 },
	};
	struct zones *zones = all();

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const struct zone *zone = zones_find(zones, cases[i].place,
		    NOW);

		if ((zone != NULL ? zone->level : 0) != cases[i].level)
			fail_msg("%s: %d", cases[i].place,
			    zone != NULL ? zone->level : 0);
	}
	assert_null(zones_find(zones, "Sóc Trăng", 0));
	assert_null(zones_find(NULL, "Sóc Trăng", NOW));
	zones_free(zones);
}

static void
test_addresses_of_any_length_are_borne(void **state)
{
	struct zones *zones = all();
	char text[5000];

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n += 7) {
		memset(text, n % 3 == 0 ? ',' : n % 3 == 1 ? 'x' : '\xe1', n);
		text[n] = '\0';
		assert_null(zones_find(zones, text, NOW));
	}
	zones_free(zones);
}

/* ---- files ---------------------------------------------------------------------- */

static int reports;

static void
on_report(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	reports++;
}

static void
test_a_file_is_taken_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		int taken; /* -1: refused */
	} cases[] = {
		{ "place,level,since\nSóc Trăng,2,2021-10-01\n", 1 },
		{ "level,place,since,ends,source,note\n"
		    "red,\"P. 2, TP Sóc Trăng\",2021-10-01,2021-10-14,CDC,x\n"
		    "1,Cà Mau,2021-10-01T06:00+07:00,,,\n", 2 },
		{ "place,level\nSóc Trăng,2\n", -1 },
		{ "place,level,since\n", -1 },
		{ "place,level,since\nSóc Trăng,5,2021-10-01\n", -1 },
		{ "place,level,since\nSóc Trăng,2,soon\n", -1 },
		{ "place,level,since\n,2,2021-10-01\n", -1 },
		{ "place,level,since\n\",,\",2,2021-10-01\n", -1 },
		{ "place,level,since\nSóc\x1b[2J,2,2021-10-01\n", -1 },
		{ "place,level,since,ends\nA,2,2021-10-02,2021-10-01\n", -1 },
		{ "place,level,since,phone\nA,2,2021-10-02,1\n", -1 },
		{ "place,level,since\nA,2\n", -1 },
		{ "place,level,since\nA,2,2021-10-01\nB,9,2021-10-01\n", -1 },
	};
	char dir[] = "/tmp/chot-zones-XXXXXX", csv[64], kept[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(csv, sizeof(csv), "%s/list.csv", dir);
	snprintf(kept, sizeof(kept), "%s/zones.csv", dir);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };
		int taken;

		unlink(kept);
		assert_int_equal(file_write(csv, cases[i].text,
		    strlen(cases[i].text), 0600, false, &err), 0);
		reports = 0;
		taken = zones_import(csv, dir, 1000, on_report, NULL, &err);
		if (taken != cases[i].taken)
			fail_msg("%s: %d %s", cases[i].text, taken, err.text);
		assert_int_equal(access(kept, F_OK), taken > 0 ? 0 : -1);
		assert_int_equal(reports > 0, taken < 0 && i != 3);
		assert_true(taken > 0 || err.text[0] != '\0');
		assert_true(zones_is(csv));
	}
	unlink(csv);
	rmdir(dir);
}

static void
test_a_post_reads_what_it_has(void **state)
{
	static const char text[] = "place,level,since\n"
	    "Sóc Trăng,orange,2021-10-01\n";
	char dir[] = "/tmp/chot-zones-XXXXXX", csv[64], kept[64];
	struct zones *zones = zones_new();
	const struct zone *zone;
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(zones_load(dir, zones, &err), 0);
	assert_int_equal(zones_count(zones), 0);
	snprintf(csv, sizeof(csv), "%s/list.csv", dir);
	snprintf(kept, sizeof(kept), "%s/zones.csv", dir);
	assert_int_equal(file_write(csv, text, strlen(text), 0600, false,
	    &err), 0);
	assert_int_equal(zones_import(csv, dir, 1000, NULL, NULL, &err), 1);
	assert_int_equal(zones_load(dir, zones, &err), 0);
	zone = zones_find(zones, "Ấp Mẫu, Sóc Trăng", NOW);
	assert_non_null(zone);
	assert_int_equal(zone->level, 3);
	assert_int_equal(zone->made_at, 1000);
	assert_int_equal(file_write(kept, "x", 1, 0600, false, &err), 0);
	assert_int_equal(zones_load(dir, zones, &err), -1);
	assert_int_equal(zones_count(zones), 0);
	zones_free(zones);
	unlink(csv);
	unlink(kept);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_narrowest_counts),
		cmocka_unit_test(test_addresses_of_any_length_are_borne),
		cmocka_unit_test(test_a_file_is_taken_whole_or_not_at_all),
		cmocka_unit_test(test_a_post_reads_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
