/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hub says: taken whole and sound, or not at all. */
#include "../../src/sync/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct reply *reply)
{
	assert(reply->time_ms > 0);
	assert(utf8_valid(reply->error, strlen(reply->error)));
	assert(utf8_valid(reply->detail, strlen(reply->detail)));
	assert(reply->refused == SIZE_MAX ||
	    reply->refused <= BATCH_RECORDS_MAX);
	if (reply->has_head)
		assert(reply->head.seq >= 0);
	for (size_t i = 0; reply->refused != SIZE_MAX && i < reply->refused;
	    i++)
		assert(reply->refusals[i].seq > 0);
}

static void
fuzz_judge(char *bytes, size_t size, struct reply *reply)
{
	static const int statuses[] = { 200, 302, 400, 401, 403, 409, 413,
		415, 422, 426, 503 };
	char detail[SYNC_WORDS_MAX];
	enum trouble trouble;

	for (size_t i = 0; i < nitems(statuses); i++) {
		const struct http_reply raw = { .status = statuses[i],
			.json = true, .body = bytes, .len = size };
		enum judgement judgement = judge(&raw, reply, &trouble,
		    detail);

		/* Only the hub's own word may touch a record. */
		if (!reply->hub)
			assert(judgement == JUDGE_STOP || statuses[i] == 413);
		if (judgement == JUDGE_STOP)
			assert(trouble != TROUBLE_NONE);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply *reply = malloc(sizeof(*reply));
	char *bytes = malloc(size + 1), station[OUTBOX_STATION_MAX];
	struct span span;
	struct err err = { 0 };

	memcpy(bytes, data, size);
	bytes[size] = '\0';
	if (reply_parse(bytes, size, reply, &err) == 0)
		check(reply);
	else
		assert(!reply->hub && err.kind == ERR_INPUT);
	if (note_parse(bytes, size, station, reply, &err) == 0) {
		check(reply);
		assert(reply->revoked || (reply->has_head &&
		    reply->refused != SIZE_MAX));
		assert(strlen(station) < sizeof(station));
	}
	if (span_parse(bytes, size, &span, &err) == 0)
		assert(span.last - span.first == span.count - 1);
	fuzz_judge(bytes, size, reply);
	free(bytes);
	free(reply);
	return 0;
}
