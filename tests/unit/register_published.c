/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a publisher signed comes into force whole, once and in order. */
#include <sys/time.h>

#include "register_post.h"

/* ---- good ways ------------------------------------------------------------------------------ */

static void
test_a_list_comes_and_is_added_to(void **state)
{
	struct place *p = *state;
	struct register_list out[REGISTER_LISTS_MAX];
	struct register_store *store;
	struct register_answer a;
	struct err err = { 0 };

	is_status(p, MAI, "no register");
	bring(p, MAI_F1);
	is_status(p, MAI, "F1");
	is_status(p, NAM, "none");
	bring(p, BOTH);
	is_status(p, NAM, "F0");
	is_status(p, MAI, "F1");
	store = open_store(p);
	assert_int_equal(register_look(store, &p->key, NAM, "", &a, &err), 0);
	assert_string_equal(a.status_source, "CDC 2");
	assert_int_equal(a.oldest_list_at, NOW - 3600);
	assert_int_equal(register_lists(store, out, &err), 1);
	assert_int_equal(out[0].entries, 2);
	assert_int_equal(out[0].version, 2);
	assert_string_equal(out[0].audience, "all");
	if (register_verify(store, &p->key, &err) < 0)
		fail_msg("%s", err.text);
	register_close(store);
	bring(p, HEADER); /* all are gone */
	is_status(p, MAI, "none");
}

static void
test_additions_stay_small_and_in_order(void **state)
{
	static const char *const words[] = { "F0", "F1", "F2", "F3" };
	struct place *p = *state;
	char *text = malloc(200000);
	struct parcel parcel;
	struct err err = { 0 };

	for (int round = 0; round < 24; round++) {
		size_t n = (size_t)sprintf(text, HEADER);

		for (int i = 0; i < 1000; i++)
			n += (size_t)sprintf(text + n, "094300%06d,F%d,"
			    "2021-10-%02d,,CDC %d\n", i,
			    (i + (i % 50 == round ? 1 : 0)) % 4, 1 + i % 20,
			    i % 50 == round ? round : 99);
		parcel = publish(p, text);
		if (deliver(p, &parcel, &err) != REGISTER_PIECE_DONE)
			fail_msg("round %d: %s", round, err.text);
		if (round > 0)
			assert_true(parcel.lens[0] < 20000);
		assert_true(p->nchain <= SHELF_CHAIN_MAX);
		drop(&parcel);
		snprintf(text, 100, "VNM:PIN:094300%06d", round);
		is_status(p, text, words[(round + 1) % 4]);
		snprintf(text, 100, "VNM:PIN:094300%06d", 49);
		is_status(p, text, "F1");
	}
	free(text);
}

static void
test_it_goes_on_after_a_break(void **state)
{
	struct place *p = *state;
	char *text = malloc(6000000);
	size_t n = (size_t)sprintf(text, HEADER);
	struct register_intake *in;
	struct parcel parcel;
	struct err err = { 0 };

	bring(p, MAI_F1);
	for (int i = 0; i < 100000; i++)
		n += (size_t)sprintf(text + n, "094301%06d,F0,2021-10-12,,C\n",
		    i);
	parcel = publish(p, text);
	assert_true(parcel.count >= 4);
	in = open_intake(p, NOW);
	assert_int_equal(register_intake_piece(in, 101, parcel.manifest,
	    parcel.manifest_len, &err), REGISTER_PIECE_MORE);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(register_intake_piece(in, 102 + (int64_t)i,
		    parcel.pieces[i], parcel.lens[i], &err),
		    REGISTER_PIECE_MORE);
	assert_int_equal(register_intake_since(in), 103);
	register_intake_close(in);
	is_status(p, MAI, "F1"); /* the old one, until the new is whole */
	in = open_intake(p, NOW);
	assert_int_equal(register_intake_since(in), 103);
	for (size_t i = 2; i < parcel.count; i++)
		assert_int_equal(register_intake_piece(in, 102 + (int64_t)i,
		    parcel.pieces[i], parcel.lens[i], &err),
		    i + 1 < parcel.count ? REGISTER_PIECE_MORE :
		    REGISTER_PIECE_DONE);
	assert_int_equal(register_intake_since(in), 101 +
	    (int64_t)parcel.count);
	register_intake_close(in);
	is_status(p, MAI, "none");
	is_status(p, "VNM:PIN:094301099999", "F0");
	drop(&parcel);
	free(text);
}

static void
bring_to(struct place *p, const char *audience, const char *csv)
{
	struct register_version version = plain_version(p);
	struct parcel parcel;
	struct err err = { 0 };

	p->nchain = 0;
	version.audience = audience;
	publish_as(p, csv, true, &p->signer, &version, &parcel);
	assert_int_equal(deliver(p, &parcel, &err), REGISTER_PIECE_DONE);
	drop(&parcel);
}

/* Of two equally new rows; whichever of the lists came first. */
static void
test_one_for_fewer_counts_beside_one_for_all(void **state)
{
	static const struct { const char *audience, *csv; } published[] = {
		{ "all", BOTH },
		{ "unit=941", HEADER "094300000123,F2,2021-10-12,,CDC\n" },
		{ "station=ST-1",
		    HEADER "094300000123,recovered,2021-10-12,,CDC\n" },
	};
	static const int orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	for (size_t i = 0; i < nitems(orders); i++) {
		struct place *p;

		assert_int_equal(set_up((void **)&p), 0);
		for (int j = 0; j < 3; j++)
			bring_to(p, published[orders[i][j]].audience,
			    published[orders[i][j]].csv);
		is_status(p, MAI, "recovered");
		is_status(p, NAM, "F0");
		tear_down((void **)&p);
	}
	(void)state;
}

static void
test_files_land_where_they_are_read(void **state)
{
	struct place *p = *state;
	char path[160], pack[160], key[160];
	struct register_file files[2] = { { .path = pack }, { .path = key } };
	struct register_version version = plain_version(p);
	struct parcel parcel = { .data = tmpfile() };
	struct err err = { 0 };
	size_t n;
	char *text;

	snprintf(pack, sizeof(pack), "%s/policy.conf", p->dir);
	snprintf(key, sizeof(key), "%s/ministry.pem", p->dir);
	write_file(pack, "version = \"x\"\n");
	write_file(key, "a key\n");
	version.list = "packs";
	version.rows = version.entries = register_archive_make("packs",
	    files, 1, parcel.data, NULL, NULL, &err);
	sign(p, &p->signer, &version, &parcel);
	assert_int_equal(deliver(p, &parcel, &err), REGISTER_PIECE_DONE);
	drop(&parcel);
	snprintf(path, sizeof(path), "%s/policy.hub.conf", p->dir);
	text = file_read(path, 100, &n, &err);
	assert_string_equal(text, "version = \"x\"\n");
	free(text);

	for (int with = 1; with >= 0; with--) {
		version = plain_version(p);
		parcel = (struct parcel){ .data = tmpfile() };
		version.list = "trust";
		version.rows = version.entries = register_archive_make(
		    "trust", files + 1, (size_t)with, parcel.data, NULL, NULL,
		    &err);
		sign(p, &p->signer, &version, &parcel);
		assert_int_equal(deliver(p, &parcel, &err),
		    REGISTER_PIECE_DONE);
		drop(&parcel);
		snprintf(path, sizeof(path), "%s/trust/hub.ministry.pem",
		    p->dir);
		assert_int_equal(access(path, F_OK), with ? 0 : -1);
	}
}

/* ---- power ------------------------------------------------------------------------------------------ */

/* Killed at any moment: the file `current` is the old one or the new one. */
static void
test_a_power_cut_leaves_the_old_or_the_new(void **state)
{
	struct place *p = *state;
	struct parcel parcel;
	bool seen_old = false, seen_new = false;
	struct err err = { 0 };

	bring(p, MAI_F1);
	parcel = publish(p, BOTH);
	for (int us = 0; us < 40000; us += us < 4000 ? 97 : 1500) {
		pid_t pid = fork();
		const char *status;
		int how;

		if (pid == 0) {
			setitimer(ITIMER_REAL, &(struct itimerval){
			    .it_value.tv_usec = us + 1 }, NULL);
			deliver(p, &parcel, &err);
			_exit(0);
		}
		waitpid(pid, &how, 0);
		status = status_at(p, NAM, NOW);
		seen_old |= strcmp(status, "none") == 0;
		seen_new |= strcmp(status, "F0") == 0;
		assert_true(strcmp(status, "none") == 0 ||
		    strcmp(status, "F0") == 0);
		is_status(p, MAI, "F1");
		if (strcmp(status, "F0") == 0) { /* another one, to go on */
			drop(&parcel);
			bring(p, MAI_F1);
			parcel = publish(p, BOTH);
		}
	}
	assert_true(seen_old && seen_new);
	drop(&parcel);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(test_a_list_comes_and_is_added_to),
		T(test_additions_stay_small_and_in_order),
		T(test_it_goes_on_after_a_break),
		T(test_one_for_fewer_counts_beside_one_for_all),
		T(test_files_land_where_they_are_read),
		T(test_a_power_cut_leaves_the_old_or_the_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
