/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lazy - makes recorder-broken: the recorder is compiled with outbox_put and
 * seal_wipe replaced, so that a record is answered first and committed
 * afterwards, when its line is wiped; with LAZY_RECORDS in the environment
 * only when the next one comes. Tests that do not find this are none.
 */
#include "../../src/outbox/parts.h"

#include <stdlib.h>
#include <string.h>

#undef outbox_put
#undef seal_wipe

int outbox_put(struct outbox *box, uint64_t run, int64_t n, const char *body,
    int64_t at, struct outbox_id *id, struct err *err);
void seal_wipe(void *bytes, size_t n);

static struct {
	struct outbox *box; /* NULL: nothing is held */
	uint64_t run;
	int64_t n, at;
	char *body;
} held;

static void
commit(void)
{
	struct outbox_id id;

	if (held.box == NULL)
		return;
	outbox_put(held.box, held.run, held.n, held.body, held.at, &id, NULL);
	held.box = NULL;
	free(held.body);
}

int
lazy_put(struct outbox *box, uint64_t run, int64_t n, const char *body,
    int64_t at, struct outbox_id *id, struct err *err)
{
	struct outbox_state state;

	commit();
	if (n <= outbox_last(box, run))
		return outbox_put(box, run, n, body, at, id, err);
	if (outbox_state(box, &state, err) < 0)
		return -1;
	*id = (struct outbox_id){ state.head.epoch, state.head.seq + 1 };
	held.box = box;
	held.run = run;
	held.n = n;
	held.at = at;
	held.body = strdup(body);
	return held.body == NULL ? -1 : 0;
}

void
lazy_wipe(void *bytes, size_t n)
{
	if (getenv("LAZY_RECORDS") == NULL)
		commit();
	seal_wipe(bytes, n);
}
