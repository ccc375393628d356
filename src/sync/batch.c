/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch - the next records as the body of POST /v1/records, which is also
 * what a bundle on a stick is made of (contrib/hub/openapi.yaml).
 *
 * Bounded by count and by bytes. Records are sealed already and are passed
 * on as they are: nothing here could open one.
 */
#include "parts.h"

#include <inttypes.h>
#include <string.h>

static void
add_hex(struct text *body, const char *before, const unsigned char *hash)
{
	text_add(body, before, strlen(before));
	text_hex(body, hash, OUTBOX_HASH_BYTES);
}

static void
add_opening(struct batch *batch, const char *station,
    const struct outbox_item *item, const struct head *head)
{
	struct text *body = &batch->body;
	bool follows = item == NULL || item->id.seq == head->seq + 1;

	text_printf(body, "{\"version\":1,\"station\":");
	text_json(body, station);
	text_printf(body, ",\"epoch\":\"%08x\",\"program\":\"%s\",",
	    (unsigned)batch->epoch, PACKAGE_VERSION);
	text_printf(body, "\"previous\":{\"seq\":%" PRId64,
	    follows ? head->seq : item->id.seq - 1);
	add_hex(body, ",\"hash\":\"", follows ? head->hash : item->prev);
	text_printf(body, "\"}");
	/* What lies between is not here any more, or was refused for good. */
	if (!follows)
		text_printf(body, ",\"from\":%" PRId64, item->id.seq);
	text_printf(body, ",\"records\":[");
}

static void
add_record(struct batch *batch, const struct outbox_item *item)
{
	struct text *body = &batch->body;

	text_printf(body, "%s{\"seq\":%" PRId64 ",\"at\":%" PRId64,
	    batch->count > 0 ? "," : "", item->id.seq, item->at);
	add_hex(body, ",\"prev\":\"", item->prev);
	add_hex(body, "\",\"hash\":\"", item->hash);
	text_printf(body, "\",\"key\":\"%s\",\"schema\":%d,\"sealed\":\"",
	    item->key_id, item->schema);
	text_base64(body, item->sealed, item->sealed_len);
	text_printf(body, "\"}");
	if (batch->count++ == 0)
		batch->first = item->id.seq;
	batch->last = item->id.seq;
	memcpy(batch->last_hash, item->hash, OUTBOX_HASH_BYTES);
}

static bool
has_room(const struct batch *batch, const struct batch_limits *limits,
    const struct outbox_item *item)
{
	/* A record alone goes out however long it is: the outbox bounds it. */
	return batch->count == 0 || (batch->count < limits->records &&
	    batch->body.len + item->sealed_len * 4 / 3 + 512 <= limits->bytes);
}

/* 1: this one goes in, 0: it is passed over, -1: the batch ends before it. */
static int
wanted(struct ledger *ledger, const struct batch *batch,
    const struct batch_limits *limits, const struct outbox_item *item)
{
	int barred = limits->one || ledger == NULL ? 0 :
	    ledger_is_barred(ledger, item->id, NULL);

	if (barred > 0)
		return batch->count > 0 ? -1 : 0;
	if (batch->count > 0 && item->id.seq != batch->last + 1)
		return -1;
	return has_room(batch, limits, item) ? 1 : -1;
}

static int
next_item(struct outbox *box, const struct batch_limits *limits, int64_t seq,
    struct outbox_item *item, struct err *err)
{
	int64_t lost = 0; /* counted elsewhere */

	return limits->whole ? outbox_next_whole(box, seq, item, &lost) :
	    outbox_next(box, seq, item, err);
}

int
batch_build(struct outbox *box, struct ledger *ledger, const struct head *head,
    const struct batch_limits *limits, struct batch *batch, struct err *err)
{
	const char *station = outbox_station(box);
	struct outbox_item item;
	int64_t seq = head->seq;
	int found = 1, want = 1;

	*batch = (struct batch){ .epoch = head->epoch, .first = 1 };
	while (!limits->ask && want >= 0 && batch->count < limits->records &&
	    (found = next_item(box, limits, seq, &item, err)) > 0) {
		want = wanted(ledger, batch, limits, &item);
		if (want > 0 && batch->count == 0)
			add_opening(batch, station, &item, head);
		if (want > 0)
			add_record(batch, &item);
		seq = item.id.seq;
		if (limits->one)
			break;
	}
	if (batch->count == 0)
		add_opening(batch, station, NULL, head);
	text_printf(&batch->body, "]%s}", limits->ask ? ",\"refused\":true" :
	    "");
	if (found >= 0)
		return 0;
	text_free(&batch->body);
	return -1;
}
