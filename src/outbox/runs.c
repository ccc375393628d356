/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runs - which records of a station's run are here.
 *
 * (run, n) needs no index: the records of a run lie one behind the other,
 * so that the seq of an n is computed, and then checked.
 */
#include "parts.h"

#define RUNS_MAX 10000 /* looked back over */

/* A run starts with n 1, so that its n tells how far back the one before
 * ends. */
int
runs_find(struct store *store, const struct store_place *end, uint64_t run,
    struct store_place *place, struct err *err)
{
	int found = 1;

	*place = *end;
	for (int i = 0; i < RUNS_MAX && found > 0; i++) {
		if (place->seq > 0 && place->run == run)
			return 0;
		if (place->seq <= place->n)
			break;
		found = store_place(store, place->seq - place->n, place, err);
	}
	*place = (struct store_place){ .seq = 0 };
	return found < 0 ? -1 : 0;
}

int
runs_stored(struct store *store, const struct store_place *last, int64_t n,
    int64_t *seq, struct err *err)
{
	struct store_place place;
	int found;

	if (last->seq == 0 || n > last->n)
		return 0;
	if (last->n - n >= last->seq)
		return err_set(err, ERR_INPUT, N_("out of order"));
	found = store_place(store, last->seq - (last->n - n), &place, err);
	if (found < 0)
		return -1;
	if (found == 0 || place.run != last->run || place.n != n)
		return err_set(err, ERR_INPUT, N_("out of order"));
	*seq = place.seq;
	return 1;
}
