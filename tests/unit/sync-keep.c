/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the hub has may be forgotten after 14 days, what it does not have
 * never; and how far it is is read from the sync.db beside the outbox.
 */
#include "../../src/sync/parts.h"

#include "outbox_place.h"

#include <unistd.h>

#define DAY 86400
#define NOW (1800000000LL)

struct world {
	struct outbox_place at;
	struct outbox *box;
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	if (outbox_place_make(&w->at, "/tmp/chot-keep.XXXXXX", &w->err) < 0)
		return -1;
	w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1", w->at.pub,
	    &w->err);
	/* One a day, the first 30 days ago. */
	for (int n = 1; n <= 30 && w->box != NULL; n++) {
		struct outbox_id id;

		if (outbox_put(w->box, 7, n, "{}", NOW - (30 - n) * DAY - 100,
		    &id, &w->err) < 0)
			return -1;
	}
	return w->box != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	outbox_close(w->box);
	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

static struct outbox_id
at(struct world *w, int64_t seq)
{
	return (struct outbox_id){ .epoch = outbox_epoch(w->box), .seq = seq };
}

static int64_t
held(struct world *w)
{
	struct outbox_state state;

	assert_int_equal(outbox_state(w->box, &state, &w->err), 0);
	return state.records;
}

static void
test_old_ones_go_and_only_those(void **state)
{
	struct world *w = *state;

	assert_int_equal(outbox_prune(w->box, at(w, 10), NOW, &w->err), 10);
	assert_int_equal(held(w), 20);
	assert_int_equal(outbox_prune(w->box, at(w, 30), NOW, &w->err), 6);
	assert_int_equal(held(w), 14);
	assert_int_equal(outbox_prune(w->box, at(w, 30), NOW, &w->err), 0);
	assert_int_equal(outbox_verify(w->box, &w->err), 14);
}

static void
test_unsent_ones_never(void **state)
{
	struct world *w = *state;
	struct outbox_id other = { .epoch = outbox_epoch(w->box) + 1,
		.seq = 30 };

	assert_int_equal(outbox_prune(w->box, at(w, 0), NOW, &w->err), 0);
	assert_int_equal(outbox_prune(w->box, other, NOW, &w->err), 0);
	assert_int_equal(outbox_prune(w->box, at(w, 31), NOW, &w->err), -1);
	assert_int_equal(held(w), 30);
}

static void
test_the_last_one_stays(void **state)
{
	struct world *w = *state;
	struct outbox_id id;

	assert_int_equal(outbox_prune(w->box, at(w, 30), NOW + 99 * DAY,
	    &w->err), 29);
	assert_int_equal(held(w), 1);
	outbox_close(w->box);
	w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1", w->at.pub,
	    &w->err);
	assert_non_null(w->box);
	assert_int_equal(outbox_put(w->box, 7, 31, "{}", NOW, &id, &w->err),
	    0);
	assert_int_equal(id.seq, 31);
	assert_int_equal(outbox_verify(w->box, &w->err), 2);
}

/* The clock was wrong for one of them: it and those behind it wait. */
static void
test_pruned_from_the_front(void **state)
{
	struct world *w = *state;
	struct outbox_id id;

	assert_int_equal(outbox_put(w->box, 7, 31, "{}", 1000, &id, &w->err),
	    0);
	assert_int_equal(outbox_put(w->box, 7, 32, "{}", NOW, &id, &w->err),
	    0);
	assert_int_equal(outbox_prune(w->box, at(w, 32), NOW, &w->err), 16);
	assert_int_equal(outbox_verify(w->box, &w->err), 16);
}

static void
acknowledge(struct world *w, uint32_t epoch, int64_t seq)
{
	struct ledger *ledger = ledger_open(w->at.dir, LEDGER_OWN, &w->err);
	struct head head = { .epoch = epoch, .seq = seq };

	assert_non_null(ledger);
	assert_int_equal(ledger_set_head(ledger, &head, &w->err), 0);
	ledger_close(ledger);
}

static void
check_state(struct world *w, int64_t acknowledged, int64_t waiting_at)
{
	struct outbox_state state;
	struct outbox *box = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL,
	    &w->err);

	assert_non_null(box);
	assert_int_equal(outbox_state(box, &state, &w->err), 0);
	assert_int_equal(state.acknowledged, acknowledged);
	assert_int_equal(state.oldest_waiting_at, waiting_at);
	outbox_close(box);
}

static void
test_the_state_shows_what_the_hub_has(void **state)
{
	struct world *w = *state;
	char path[128];
	FILE *junk;

	check_state(w, 0, NOW - 29 * DAY - 100);
	acknowledge(w, outbox_epoch(w->box) + 1, 30);
	check_state(w, 0, NOW - 29 * DAY - 100);
	acknowledge(w, outbox_epoch(w->box), 12);
	check_state(w, 12, NOW - 17 * DAY - 100);
	acknowledge(w, outbox_epoch(w->box), 30);
	check_state(w, 30, 0);
	acknowledge(w, outbox_epoch(w->box), 99);
	check_state(w, 30, 0);
	acknowledge(w, outbox_epoch(w->box), 0);
	outbox_prune(w->box, at(w, 5), NOW, &w->err);
	check_state(w, 5, NOW - 24 * DAY - 100);
	snprintf(path, sizeof(path), "%s/sync.db", w->at.dir);
	junk = fopen(path, "w");
	assert_non_null(junk);
	fputs("junk that is no database, and long enough to look at", junk);
	fclose(junk);
	check_state(w, 5, NOW - 24 * DAY - 100);
}

/* What was refused here is not at the hub: it is not acknowledged. */
static void
test_a_refused_one_is_waited_for(void **state)
{
	struct world *w = *state;
	struct ledger *ledger = ledger_open(w->at.dir, LEDGER_OWN, &w->err);
	struct sync_refusal refusal = { .id = at(w, 7), .status = 422 };

	assert_non_null(ledger);
	assert_int_equal(ledger_refuse(ledger, &refusal, &w->err), 0);
	ledger_close(ledger);
	acknowledge(w, outbox_epoch(w->box), 20);
	check_state(w, 6, NOW - 23 * DAY - 100);
}

static void
test_a_fork_gives_the_tail_new_numbers(void **state)
{
	struct world *w = *state;
	struct outbox_id was = at(w, 21), id;
	struct outbox_item item;
	char path[128];

	assert_int_equal(outbox_fork(w->box, was, &w->err), 0);
	assert_true(outbox_epoch(w->box) != was.epoch);
	assert_int_equal(held(w), 10);
	assert_int_equal(outbox_verify(w->box, &w->err), 10);
	assert_int_equal(outbox_next(w->box, 0, &item, &w->err), 1);
	assert_int_equal(item.id.seq, 1);
	assert_int_equal(item.at, NOW - 9 * DAY - 100);
	/* The run goes on, and what it had stored is known. */
	assert_int_equal(outbox_last(w->box, 7), 30);
	assert_int_equal(outbox_put(w->box, 7, 30, "{}", NOW, &id, &w->err),
	    0);
	assert_int_equal(id.seq, 10);
	assert_int_equal(outbox_put(w->box, 7, 31, "{}", NOW, &id, &w->err),
	    0);
	assert_int_equal(id.seq, 11);
	assert_int_equal(outbox_verify(w->box, &w->err), 11);
	/* The same fork again, by a line that was late. */
	assert_int_equal(outbox_fork(w->box, was, &w->err), 0);
	assert_int_equal(held(w), 11);
	snprintf(path, sizeof(path), "%s.forked-1", w->at.db);
	assert_int_equal(access(path, F_OK), 0);
	outbox_close(w->box);
	w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1", w->at.pub,
	    &w->err);
	assert_non_null(w->box);
	assert_int_equal(held(w), 11);
}

static void
test_a_fork_behind_the_last(void **state)
{
	struct world *w = *state;
	struct outbox_id id;

	assert_int_equal(outbox_fork(w->box, at(w, 31), &w->err), 0);
	assert_int_equal(held(w), 0);
	assert_int_equal(outbox_put(w->box, 7, 31, "{}", NOW, &id, &w->err),
	    0);
	assert_int_equal(id.seq, 1);
}

static void
test_a_fork_that_cannot_be(void **state)
{
	struct world *w = *state;
	uint32_t epoch = outbox_epoch(w->box);

	assert_int_equal(outbox_fork(w->box, at(w, 32), &w->err), -1);
	assert_int_equal(outbox_fork(w->box, at(w, 0), &w->err), -1);
	assert_int_equal(outbox_epoch(w->box), epoch);
	assert_int_equal(held(w), 30);
	/* A hub that lies shall not fill the card. */
	for (int i = 0; i < 8; i++)
		assert_int_equal(outbox_fork(w->box, at(w, 1), &w->err), 0);
	assert_int_equal(outbox_fork(w->box, at(w, 1), &w->err), -1);
	assert_int_equal(held(w), 30);
	assert_int_equal(outbox_verify(w->box, &w->err), 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_old_ones_go_and_only_those, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsent_ones_never, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_the_last_one_stays, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_pruned_from_the_front,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_the_state_shows_what_the_hub_has, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_a_refused_one_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_a_fork_gives_the_tail_new_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_fork_behind_the_last,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_fork_that_cannot_be,
		    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
