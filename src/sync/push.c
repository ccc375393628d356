/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * push - one sync: batches go out until the hub has all, or something is in
 * the way. The transport is a function, so that tests play any hub.
 *
 * Only the hub's head moves the cursor, and only when it fits the records
 * that lie here: an answer that was lost, doubled, late or made up costs a
 * resend, which the hub takes for what it is.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define SMALLER_MOST 6 /* times half as many: 7 records at least */
#define STALLS_MAX 4 /* answers in one sync that bring nothing */

struct turn {
	struct push *push;
	struct push_result *result;
	struct head head; /* cursor */
	struct batch_limits limits;
	int64_t first, last; /* held here, seq */
	bool asked, plain, done;
	bool forgot; /* what the hub says shows it */
	int stalls;
	struct reply reply; /* the last one; large */
	int status;
};

static const unsigned char no_hash[OUTBOX_HASH_BYTES];

static void
stop(struct turn *turn, enum trouble trouble, const char *detail)
{
	turn->done = true;
	turn->result->trouble = trouble;
	trouble_print(trouble, detail, turn->result->words);
}

static int
disk(struct turn *turn, int ret, const struct err *err)
{
	if (ret < 0)
		stop(turn, TROUBLE_DISK, err->text);
	return ret;
}

static int
look_at_outbox(struct turn *turn)
{
	struct outbox_state state;
	struct err err = { 0 };

	if (outbox_state(turn->push->box, &state, &err) < 0) {
		if (!turn->push->whole)
			return disk(turn, -1, &err);
		/* Of a damaged one the ends may be what cannot be read. */
		turn->first = 1;
		turn->last = INT64_MAX - 1;
		return 0;
	}
	turn->last = state.head.seq;
	turn->first = state.head.seq - state.records + 1;
	return 0;
}

/* 1: our record seq has this hash, 0: another, -1: it is not held here. */
static int
fits(struct turn *turn, int64_t seq, const unsigned char *hash)
{
	struct outbox_item item;

	if (seq == 0)
		return memcmp(hash, no_hash, OUTBOX_HASH_BYTES) == 0;
	if (outbox_next(turn->push->box, seq - 1, &item, NULL) <= 0 ||
	    item.id.seq != seq)
		return -1;
	return memcmp(hash, item.hash, OUTBOX_HASH_BYTES) == 0;
}

/* A cursor that does not fit the outbox beside it, as when one of the two
 * files came from elsewhere, begins again: the hub compares. */
static int
find_cursor(struct turn *turn)
{
	uint32_t epoch = outbox_epoch(turn->push->box);
	struct err err = { 0 };

	if (disk(turn, ledger_head(turn->push->ledger, epoch, &turn->head,
	    &err), &err) < 0)
		return -1;
	if (turn->head.seq > turn->last ||
	    fits(turn, turn->head.seq, turn->head.hash) == 0)
		turn->head = (struct head){ .epoch = epoch };
	return 0;
}

/* ---- one request -------------------------------------------------------------------- */

static enum judgement
exchange(struct turn *turn, const char *path, const struct text *body,
    enum trouble *trouble, char detail[SYNC_WORDS_MAX])
{
	struct push *push = turn->push;
	struct http_request request = { .path = path };
	struct http_reply raw = { .trouble = TROUBLE_OTHER };
	unsigned char *squeezed = NULL;
	enum judgement judgement;

	if (body != NULL) {
		request.body = body->bytes;
		request.len = body->len;
		request.deflated = !turn->plain;
		if (request.deflated)
			request.body = (char *)(squeezed = squeeze(body->bytes,
			    body->len, &request.len));
	}
	push->transport(push->transport_arg, &request, &raw);
	judgement = judge(&raw, &turn->reply, trouble, detail);
	turn->status = raw.status;
	if (turn->reply.hub)
		turn->result->hub_ms = turn->reply.time_ms;
	turn->result->retry_after_s = raw.retry_after_s;
	if (push->request != NULL)
		push->request(push->arg, &raw, turn->reply.hub &&
		    *trouble != TROUBLE_BUSY);
	free(squeezed);
	free(raw.body);
	return judgement;
}

/* ---- what the hub took ------------------------------------------------------------------ */

static bool
refusals_sound(const struct turn *turn, const struct batch *batch)
{
	const struct reply *reply = &turn->reply;

	if (reply->refused == SIZE_MAX || !reply->has_head ||
	    reply->head.epoch != turn->head.epoch ||
	    (int64_t)reply->refused > batch->count)
		return false;
	for (size_t i = 0; i < reply->refused; i++)
		if (reply->refusals[i].seq < batch->first ||
		    reply->refusals[i].seq > batch->last)
			return false;
	return true;
}

static int
note_refusal(struct turn *turn, int64_t seq, int status, const char *reason)
{
	struct sync_refusal refusal = {
		.id = { .epoch = turn->head.epoch, .seq = seq },
		.status = status, .at = turn->reply.time_ms / 1000,
	};
	struct err err = { 0 };

	snprintf(refusal.reason, sizeof(refusal.reason), "%.90s", reason);
	return disk(turn, ledger_refuse(turn->push->ledger, &refusal, &err),
	    &err);
}

static int
note_refusals(struct turn *turn)
{
	for (size_t i = 0; i < turn->reply.refused; i++)
		if (note_refusal(turn, turn->reply.refusals[i].seq, 200,
		    turn->reply.refusals[i].reason) < 0)
			return -1;
	return 0;
}

static void
stall(struct turn *turn, const char *why)
{
	if (++turn->stalls >= STALLS_MAX)
		stop(turn, TROUBLE_LIE, why);
}

static void
move_cursor(struct turn *turn, const struct batch *batch)
{
	const struct head *to = &turn->reply.head;
	int64_t from = turn->head.seq;
	struct err err = { 0 };

	if (to->seq < from) {
		/* The hub was set back, or forgot: it gets them again. */
		turn->result->fell_back = true;
		stall(turn, "the hub keeps falling back");
	} else if (to->seq == from && batch->count > 0) {
		stall(turn, "the hub takes nothing");
	} else if (to->seq > from) {
		turn->result->sent += to->seq - from;
	}
	turn->head = *to;
	disk(turn, ledger_set_head(turn->push->ledger, to, &err), &err);
}

/* The hub has more than this card ever made: what was sent is the same there,
 * what is left may not be. */
static void
ahead(struct turn *turn, const struct batch *batch)
{
	if (batch->count > 0 && batch->last < turn->last) {
		turn->head.seq = batch->last;
		memcpy(turn->head.hash, batch->last_hash, OUTBOX_HASH_BYTES);
		return;
	}
	turn->result->fork_seq = turn->last + 1;
	stop(turn, TROUBLE_FORK, "");
}

static void
taken(struct turn *turn, const struct batch *batch)
{
	const struct head *head = &turn->reply.head;

	if (!refusals_sound(turn, batch)) {
		stop(turn, TROUBLE_LIE, "it names what was not sent");
		return;
	}
	if (head->seq > turn->last && look_at_outbox(turn) < 0)
		return;
	if (head->seq > turn->last) {
		ahead(turn, batch);
		return;
	}
	if (fits(turn, head->seq, head->hash) == 0) {
		/* Send all again: then the hub says from where on. */
		turn->head = (struct head){ .epoch = turn->head.epoch };
		stall(turn, "its head is none of this post's");
		return;
	}
	if (note_refusals(turn) < 0)
		return;
	turn->forgot = batch->count > 0 && head->seq > batch->last;
	move_cursor(turn, batch);
	if (turn->limits.records < BATCH_RECORDS_MAX)
		turn->limits.records *= 2;
	if (turn->limits.records > BATCH_RECORDS_MAX)
		turn->limits.records = BATCH_RECORDS_MAX;
}

/* One of them is at fault: halves, until it is alone. */
static void
split(struct turn *turn, const struct batch *batch, enum trouble trouble,
    const char *detail)
{
	if (batch->count > 1) {
		turn->limits.records = batch->count / 2;
	} else if (batch->count == 0 || !turn->reply.hub) {
		stop(turn, trouble != TROUBLE_NONE ? trouble : TROUBLE_LIE,
		    detail);
	} else {
		note_refusal(turn, batch->first, turn->status, detail);
	}
}

static void
fork_found(struct turn *turn, const char *detail)
{
	int64_t seq = turn->reply.seq;

	if (seq <= 0)
		seq = turn->reply.has_head ? turn->reply.head.seq + 1 : 1;
	if (seq > turn->last + 1)
		seq = turn->last + 1;
	turn->result->fork_seq = seq;
	stop(turn, TROUBLE_FORK, detail);
}

/* ---- what was forgotten here ------------------------------------------------------------ */

/* The hub had more than was sent: sync.db was lost, and the hub alone knows
 * what it refused. */
static void
recall_refused(struct turn *turn)
{
	const struct batch_limits limits = { .ask = true };
	char detail[SYNC_WORDS_MAX];
	enum trouble trouble;
	struct batch batch;

	turn->forgot = false;
	if (batch_build(turn->push->box, NULL, &turn->head, &limits, &batch,
	    NULL) < 0)
		return;
	/* Whatever else it says, the next batch gets to hear as well. */
	if (exchange(turn, "/v1/records", &batch.body, &trouble, detail) ==
	    JUDGE_TAKEN && turn->reply.has_head &&
	    turn->reply.head.epoch == turn->head.epoch &&
	    turn->reply.refused != SIZE_MAX)
		for (size_t i = 0; i < turn->reply.refused; i++)
			if (turn->reply.refusals[i].seq <= turn->last &&
			    turn->reply.refusals[i].seq <= turn->reply.head.seq)
				note_refusal(turn, turn->reply.refusals[i].seq,
				    200, turn->reply.refusals[i].reason);
	text_free(&batch.body);
}

static void
step(struct turn *turn)
{
	struct push *push = turn->push;
	char detail[SYNC_WORDS_MAX];
	enum trouble trouble;
	struct batch batch;
	struct err err = { 0 };

	if (disk(turn, batch_build(push->box, push->ledger, &turn->head,
	    &turn->limits, &batch, &err), &err) < 0)
		return;
	if (batch.count == 0 && turn->asked) {
		turn->done = true;
		text_free(&batch.body);
		return;
	}
	switch (exchange(turn, "/v1/records", &batch.body, &trouble, detail)) {
	case JUDGE_TAKEN:
		turn->asked = true;
		taken(turn, &batch);
		break;
	case JUDGE_SPLIT:
		split(turn, &batch, trouble, detail);
		break;
	case JUDGE_PLAIN:
		if (turn->plain)
			stop(turn, TROUBLE_LIE, detail);
		turn->plain = true;
		break;
	case JUDGE_FORK:
		fork_found(turn, detail);
		break;
	case JUDGE_STOP:
		stop(turn, trouble, detail);
		break;
	}
	text_free(&batch.body);
	if (push->progress != NULL && !turn->done)
		push->progress(push->arg, turn->result->sent,
		    turn->last - turn->head.seq);
}

/* ---- those that somebody asked to try again ------------------------------------------------ */

static void
retried(struct turn *turn, const struct sync_refusal *refusal,
    enum judgement judgement, const struct batch *batch,
    enum trouble trouble, const char *detail)
{
	struct err err = { 0 };

	if (judgement == JUDGE_SPLIT && turn->reply.hub) {
		note_refusal(turn, refusal->id.seq, turn->status, detail);
	} else if (judgement != JUDGE_TAKEN) {
		stop(turn, trouble, detail);
	} else if (!refusals_sound(turn, batch) ||
	    turn->reply.head.seq < refusal->id.seq) {
		note_refusal(turn, refusal->id.seq, refusal->status,
		    refusal->reason);
	} else if (turn->reply.refused > 0) {
		note_refusals(turn);
	} else {
		disk(turn, ledger_unrefuse(turn->push->ledger, refusal->id,
		    &err), &err);
	}
}

static void
retry_one(struct turn *turn, const struct sync_refusal *refusal)
{
	const struct batch_limits one = { .records = 1, .one = true };
	struct head before = { .epoch = turn->head.epoch,
		.seq = refusal->id.seq - 1 };
	struct push *push = turn->push;
	char detail[SYNC_WORDS_MAX];
	struct outbox_item item;
	enum judgement judgement;
	enum trouble trouble;
	struct batch batch;
	struct err err = { 0 };

	if (outbox_next(push->box, before.seq, &item, &err) <= 0 ||
	    item.id.seq != refusal->id.seq) {
		note_refusal(turn, refusal->id.seq, refusal->status,
		    refusal->reason);
		return;
	}
	memcpy(before.hash, item.prev, OUTBOX_HASH_BYTES);
	if (disk(turn, batch_build(push->box, NULL, &before, &one, &batch,
	    &err), &err) < 0)
		return;
	judgement = exchange(turn, "/v1/records", &batch.body, &trouble,
	    detail);
	retried(turn, refusal, judgement, &batch, trouble, detail);
	text_free(&batch.body);
}

static void
retry_refused(struct turn *turn)
{
	struct outbox_id after = { .epoch = turn->head.epoch };
	struct sync_refusal refusal;

	turn->done = false;
	while (!turn->done && ledger_next_refusal(turn->push->ledger, after,
	    true, &refusal, NULL) > 0 &&
	    refusal.id.epoch == turn->head.epoch) {
		after = refusal.id;
		retry_one(turn, &refusal);
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Without an outbox there is still a hub to greet, and its time to learn. */
static void
greet(struct turn *turn)
{
	char detail[SYNC_WORDS_MAX];
	enum trouble trouble;

	if (exchange(turn, "/v1/time", NULL, &trouble, detail) != JUDGE_TAKEN)
		stop(turn, trouble != TROUBLE_NONE ? trouble : TROUBLE_LIE,
		    detail);
}

static void
sum_up(struct turn *turn)
{
	struct push_result *result = turn->result;
	struct head head = turn->head;
	int64_t from;

	if (turn->push->box != NULL) {
		/* acknowledged is worked out by the ledger. */
		ledger_set_head(turn->push->ledger, &turn->head, NULL);
		ledger_head(turn->push->ledger, turn->head.epoch, &head, NULL);
		look_at_outbox(turn);
	}
	from = head.acknowledged >= turn->first ? head.acknowledged :
	    turn->first - 1;
	result->head = head;
	result->waiting = turn->last > from ? turn->last - from : 0;
	ledger_count_refused(turn->push->ledger, &result->refused, NULL);
}

void
push_run(struct push *push, struct push_result *result)
{
	struct turn *turn = calloc(1, sizeof(*turn));

	if (turn == NULL)
		mem_none();
	*result = (struct push_result){ .trouble = TROUBLE_NONE };
	turn->push = push;
	turn->result = result;
	/* On a road that breaks off, what is short gets through. */
	turn->limits = (struct batch_limits){ .bytes = BATCH_BYTES_MAX,
		.whole = push->whole,
		.records = BATCH_RECORDS_MAX >>
		    (push->failures < SMALLER_MOST ? push->failures :
		    SMALLER_MOST) };
	turn->first = 1;
	if (push->box == NULL) {
		greet(turn);
	} else if (look_at_outbox(turn) == 0 && find_cursor(turn) == 0) {
		while (!turn->done) {
			step(turn);
			if (turn->forgot && !turn->done)
				recall_refused(turn);
		}
		if (result->trouble == TROUBLE_NONE)
			retry_refused(turn);
	}
	sum_up(turn);
	free(turn);
}
