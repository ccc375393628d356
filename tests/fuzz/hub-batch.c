/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of requests: what is taken for a batch is one, to the last field. */
#include "../../src/hub/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define INFLATE_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct batch *batch)
{
	struct slice station = { batch->station, strlen(batch->station) };

	assert(station_valid(station));
	assert(batch->count <= BATCH_MAX && batch->previous_seq >= 0);
	for (size_t i = 0; i < batch->count; i++) {
		const struct outbox_item *item = &batch->envelopes[i].item;

		assert(item->id.seq == batch->previous_seq + 1 + (int64_t)i);
		assert(item->sealed_len <= SEALED_MAX);
		assert(strlen(item->key_id) == KEY_ID_BYTES - 1);
	}
}

static void
read_all(const char *text, size_t len)
{
	struct refusal why = { 0 };
	struct batch batch;

	if (batch_read(&batch, text, len, &why) == 0 &&
	    batch.version == HUB_VERSION && batch_check(&batch, &why) == 0)
		check(&batch);
	else
		assert(why.status == 400 || why.status == 422 ||
		    batch.version != HUB_VERSION);
	batch_free(&batch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *inflated;
	struct peer peer;
	struct err err = { 0 };
	size_t len;

	memcpy(text, data, size);
	read_all(text, size);
	inflated = inflate_body(text, size, INFLATE_MAX, &len, &err);
	if (inflated != NULL)
		read_all(inflated, len);
	free(inflated);
	text[size] = '\0';
	if (subject_peer(text, &peer))
		assert(peer.generation >= 0 && station_valid((struct slice){
			peer.station, strlen(peer.station) }));
	free(text);
	return 0;
}
