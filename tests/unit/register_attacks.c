/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What somebody else brings, or brings late, cut, mixed or for others, does
 * not come into force.
 */
#include "register_post.h"

/* ---- attacks ------------------------------------------------------------------------------------ */

static void
test_rollback(void **state)
{
	struct place *p = *state;
	struct parcel first = publish(p, MAI_F1), second = publish(p, BOTH);
	struct err err = { 0 };

	assert_int_equal(deliver(p, &first, &err), REGISTER_PIECE_DONE);
	assert_int_equal(deliver(p, &second, &err), REGISTER_PIECE_DONE);
	assert_int_equal(deliver(p, &first, &err), REGISTER_PIECE_OLD);
	assert_int_equal(deliver(p, &second, &err), REGISTER_PIECE_OLD);
	is_status(p, NAM, "F0");
	drop(&first);
	drop(&second);
}

static void
test_freeze(void **state)
{
	struct place *p = *state;
	struct parcel parcel = publish(p, MAI_F1);
	struct register_intake *in;
	struct err err = { 0 };

	assert_int_equal(deliver(p, &parcel, &err), REGISTER_PIECE_DONE);
	/* Nobody brings a newer one: in the end it says nothing any more. */
	assert_string_equal(status_at(p, MAI, NOW + 6 * DAY), "F1");
	assert_string_equal(status_at(p, MAI, NOW + 8 * DAY), "");
	assert_string_equal(status_at(p, MAI, 0), "F1");
	drop(&parcel);
	parcel = publish(p, BOTH);
	in = open_intake(p, NOW + 8 * DAY);
	assert_int_equal(deliver_to(in, &parcel, 0, &err), -1);
	assert_non_null(strstr(err.text, "expired"));
	register_intake_close(in);
	drop(&parcel);
}

static void
test_fast_forward(void **state)
{
	struct place *p = *state;
	struct parcel parcel;

	bring(p, MAI_F1);
	p->version += 1000000;
	parcel = publish(p, BOTH);
	refused(p, &parcel, "leaps");
	is_status(p, NAM, "none");
	drop(&parcel);
}

static void
test_of_a_time_to_come(void **state)
{
	struct place *p = *state;
	struct register_version version = plain_version(p);
	struct parcel parcel;

	version.published = NOW + 3 * DAY;
	publish_as(p, BOTH, true, &p->signer, &version, &parcel);
	refused(p, &parcel, "time to come");
	drop(&parcel);
}

static void
test_mix_and_match(void **state)
{
	struct place *p = *state;
	struct register_version version;
	struct parcel permits, statuses;
	struct err err = { 0 };
	char with[64];

	permits = publish(p, "id,state\n094300000123,revoked\n");
	p->nchain = 0;
	version = plain_version(p);
	snprintf(with, sizeof(with), "permits %lld\n",
	    (long long)p->version - 1);
	version.with = with;
	publish_as(p, BOTH, true, &p->signer, &version, &statuses);
	refused(p, &statuses, "belongs with a newer permits");
	assert_int_equal(deliver(p, &permits, &err), REGISTER_PIECE_DONE);
	assert_int_equal(deliver(p, &statuses, &err), REGISTER_PIECE_DONE);
	drop(&permits);
	drop(&statuses);
}

static void
test_foreign(void **state)
{
	static const struct {
		const char *audience;
		int want;
	} cases[] = {
		{ "station=ST-2", REGISTER_PIECE_FOREIGN },
		{ "unit=94", REGISTER_PIECE_FOREIGN },
		{ "province=9", REGISTER_PIECE_FOREIGN },
		{ "province=941", REGISTER_PIECE_FOREIGN },
		{ "unit=941", REGISTER_PIECE_DONE },
		{ "province=94", REGISTER_PIECE_DONE },
		{ "station=ST-1", REGISTER_PIECE_DONE },
	};
	struct place *p = *state;
	struct register_version version = plain_version(p);
	struct parcel parcel;
	struct err err = { 0 };

	publish_as(p, BOTH, true, &p->other, &version, &parcel);
	refused(p, &parcel, "somebody this post does not know");
	drop(&parcel);
	for (size_t i = 0; i < nitems(cases); i++) {
		version = plain_version(p);
		version.audience = cases[i].audience;
		publish_as(p, BOTH, true, &p->signer, &version, &parcel);
		assert_int_equal(deliver(p, &parcel, &err), cases[i].want);
		drop(&parcel);
	}
}

static void
test_a_key_that_was_withdrawn(void **state)
{
	struct place *p = *state;
	struct register_version version;
	struct parcel before, after, later;
	struct register_signer second;
	struct err err = { 0 };
	char floors[64];

	make_signer(p, "second", true, &second);
	bring(p, MAI_F1);
	version = plain_version(p);
	p->nchain = 0;
	publish_as(p, BOTH, true, &p->signer, &version, &before);
	version = plain_version(p);
	snprintf(floors, sizeof(floors), "%s 1000000000\n", p->signer.id);
	version.floors = floors;
	version.audience = "unit=941";
	p->nchain = 0;
	publish_as(p, BOTH, true, &second, &version, &after);
	assert_int_equal(deliver(p, &after, &err), REGISTER_PIECE_DONE);
	refused(p, &before, "withdrawn");
	version = plain_version(p);
	p->nchain = 0;
	publish_as(p, MAI_F1, true, &second, &version, &later);
	assert_int_equal(deliver(p, &later, &err), REGISTER_PIECE_DONE);
	drop(&before);
	drop(&after);
	drop(&later);
	register_signer_wipe(&second);
}

/* What was withdrawn stays so: there is no room that a flood could fill. */
static void
test_more_withdrawn_keys_than_are_kept(void **state)
{
	struct place *p = *state;
	struct register_version version = plain_version(p);
	char floors[40 * MANIFEST_MARKS_MAX] = "", one[] =
	    "ffffffffffffffff 1000000000\n";
	struct parcel full, more, again;
	struct err err = { 0 };

	for (int i = 0; i < MANIFEST_MARKS_MAX; i++)
		sprintf(floors + strlen(floors), "%016x 1000000000\n", i);
	version.floors = floors;
	publish_as(p, MAI_F1, true, &p->signer, &version, &full);
	assert_int_equal(deliver(p, &full, &err), REGISTER_PIECE_DONE);
	version = plain_version(p);
	version.floors = one;
	publish_as(p, BOTH, true, &p->signer, &version, &more);
	refused(p, &more, "more keys than a post can remember");
	is_status(p, NAM, "none");
	version = plain_version(p);
	version.floors = floors; /* known ones take no room */
	publish_as(p, BOTH, true, &p->signer, &version, &again);
	assert_int_equal(deliver(p, &again, &err), REGISTER_PIECE_DONE);
	is_status(p, NAM, "F0");
	drop(&full);
	drop(&more);
	drop(&again);
}

/* One bit anywhere, or a byte less at the end: nothing of it counts. */
static void
test_tampered_and_truncated(void **state)
{
	struct place *p = *state;
	struct parcel parcel;
	struct err err = { 0 };

	bring(p, MAI_F1);
	parcel = publish(p, BOTH);
	for (size_t i = 0; i < parcel.manifest_len; i++) {
		parcel.manifest[i] ^= 1;
		assert_int_equal(deliver(p, &parcel, &err), -1);
		parcel.manifest[i] ^= 1;
	}
	for (size_t i = 0; i < parcel.lens[0]; i += 61) {
		parcel.pieces[0][i] ^= 1;
		refused(p, &parcel, "belongs to no list");
		parcel.pieces[0][i] ^= 1;
	}
	parcel.lens[0]--;
	refused(p, &parcel, "belongs to no list");
	parcel.lens[0]++;
	for (size_t n = 0; n < parcel.manifest_len; n += 7) {
		struct parcel cut = parcel;

		cut.manifest_len = n;
		assert_int_equal(deliver(p, &cut, &err), -1);
	}
	is_status(p, NAM, "none");
	assert_int_equal(deliver(p, &parcel, &err), REGISTER_PIECE_DONE);
	is_status(p, NAM, "F0");
	drop(&parcel);
}

static void
test_endless(void **state)
{
	struct place *p = *state;
	struct parcel parcel = publish(p, BOTH);
	struct register_intake *in = open_intake(p, NOW);
	char *junk = calloc(1, REGISTER_CHUNK_MAX + 1);
	struct err err = { 0 };

	assert_int_equal(register_intake_piece(in, 0, parcel.manifest,
	    parcel.manifest_len, &err), REGISTER_PIECE_MORE);
	assert_int_equal(register_intake_piece(in, 0, junk,
	    REGISTER_CHUNK_MAX, &err), -1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(register_intake_piece(in, 0, junk,
		    REGISTER_CHUNK_MAX + 1, &err), -1);
	register_intake_close(in);
	free(junk);
	drop(&parcel);
}

/* A publisher that counts wrongly, or whose additions fit another list. */
static void
test_counts_that_do_not_agree(void **state)
{
	struct place *p = *state;
	struct register_version version = plain_version(p);
	struct parcel parcel;

	publish_as(p, BOTH, true, &p->signer, &version, &parcel);
	drop(&parcel);
	parcel = (struct parcel){ .data = fopen(p->chain[0], "r") };
	version.entries = version.rows = 3;
	sign(p, &p->signer, &version, &parcel);
	refused(p, &parcel, "were published");
	drop(&parcel);
	parcel = (struct parcel){ .data = fopen(p->chain[0], "r") };
	version.list = "persons";
	version.entries = version.rows = 2;
	sign(p, &p->signer, &version, &parcel);
	refused(p, &parcel, "is not what it says");
	drop(&parcel);
}

static void
test_an_addition_to_what_is_not_here(void **state)
{
	struct place *p = *state;
	struct parcel first = publish(p, MAI_F1), second;
	char *text = malloc(100000);
	size_t n = (size_t)sprintf(text, HEADER);

	drop(&first);
	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "094301%06d,F0,2021-10-12,,C\n",
		    i);
	first = publish(p, text);
	sprintf(text + n, "094300000123,F1,2021-10-12,,C\n");
	second = publish(p, text);
	refused(p, &second, "not here");
	drop(&first);
	drop(&second);
	free(text);
}

/* Bytes that change where they lie, behind the signature's back. */
static void
test_changed_on_the_disk(void **state)
{
	static const char *const tails[] = { "list", "data" };
	struct place *p = *state;
	struct parcel statuses = publish(p, MAI_F1), permits;
	struct err err = { 0 };

	p->nchain = 0;
	permits = publish(p, "id,state\n094300000123,revoked\n");
	for (size_t i = 0; i < nitems(tails); i++) {
		struct register_intake *in = open_intake(p, NOW);
		char path[96];
		FILE *file;
		int c;

		assert_int_equal(deliver_to(in, &statuses, 0, &err),
		    REGISTER_PIECE_DONE);
		deliver_to(in, &permits, 0, &err);
		assert_int_equal(register_intake_audit(in), 0);
		is_status(p, MAI, "F1");
		snprintf(path, sizeof(path), "%s/lists/1.%s", p->dir,
		    tails[i]);
		file = fopen(path, "r+");
		assert_non_null(file);
		fseek(file, -1, SEEK_END);
		c = fgetc(file);
		fseek(file, -1, SEEK_END);
		fputc(c ^ 1, file);
		fclose(file);
		assert_int_equal(register_intake_audit(in), 1);
		is_status(p, MAI, "");
		assert_int_equal(register_intake_since(in), 0);
		assert_int_equal(register_intake_audit(in), 0);
		register_intake_close(in);
	}
	assert_int_equal(deliver(p, &statuses, &err), REGISTER_PIECE_DONE);
	is_status(p, MAI, "F1");
	drop(&statuses);
	drop(&permits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(test_rollback),
		T(test_freeze),
		T(test_fast_forward),
		T(test_of_a_time_to_come),
		T(test_mix_and_match),
		T(test_foreign),
		T(test_a_key_that_was_withdrawn),
		T(test_more_withdrawn_keys_than_are_kept),
		T(test_tampered_and_truncated),
		T(test_endless),
		T(test_counts_that_do_not_agree),
		T(test_an_addition_to_what_is_not_here),
		T(test_changed_on_the_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
