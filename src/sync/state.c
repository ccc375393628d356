/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state - what sync.db says, for those who only look: no network here.
 */
#include "parts.h"

#include <signal.h>
#include <string.h>

int
sync_state(const char *state_dir, uint32_t epoch, struct sync_state *state,
    struct err *err)
{
	struct ledger *ledger = ledger_open(state_dir, LEDGER_READ, err);
	struct head head;
	struct run run;
	int ret;

	*state = (struct sync_state){ .failures = 0 };
	if (ledger == NULL)
		return -1;
	ret = ledger_head(ledger, epoch, &head, err) < 0 ||
	    ledger_run(ledger, &run, err) < 0 ||
	    ledger_count_refused(ledger, &state->refused, err) < 0 ? -1 : 0;
	ledger_close(ledger);
	if (ret < 0)
		return -1;
	state->head = (struct outbox_id){ .epoch = epoch,
		.seq = head.acknowledged };
	state->success_at = run.success_at;
	state->failure_at = run.failure_at;
	state->failures = run.failures;
	state->hub_at = run.hub_at;
	snprintf(state->words, sizeof(state->words), "%s", run.words);
	return 0;
}

int
sync_refused(const char *state_dir, sync_refusal_fn fn, void *arg,
    struct err *err)
{
	struct ledger *ledger = ledger_open(state_dir, LEDGER_READ, err);
	struct sync_refusal refusal = { .tries = 0 };
	int found;

	if (ledger == NULL)
		return err != NULL && err->kind == ERR_ABSENT ? 0 : -1;
	while ((found = ledger_next_refusal(ledger, refusal.id, false, &refusal,
	    err)) > 0)
		fn(arg, &refusal);
	ledger_close(ledger);
	return found;
}

int64_t
sync_retry(const char *state_dir, struct outbox_id id, struct err *err)
{
	struct ledger *ledger = ledger_open(state_dir, LEDGER_WRITE, err);
	int64_t count = -1;

	if (ledger != NULL)
		count = ledger_retry(ledger, id, err);
	ledger_close(ledger);
	return count;
}

bool
sync_wake(const char *state_dir, bool now)
{
	char path[SYNC_PATH_MAX];
	pid_t owner;

	snprintf(path, sizeof(path), "%s/sync.lock", state_dir);
	owner = lock_owner(path);
	return owner > 0 && kill(owner, now ? SIGUSR2 : SIGUSR1) == 0;
}
