/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * item - what the hub needs to judge the items that posts send: the hash an
 * item must have, and the secret keys as they are kept in files.
 */
#include "parts.h"

#include <string.h>

void
outbox_item_hash(const char *station, const struct outbox_item *item,
    unsigned char hash[OUTBOX_HASH_BYTES])
{
	envelope_hash(station, item, hash);
}

int
outbox_secret_load(const char *path, struct outbox_secret *secret,
    struct err *err)
{
	struct seal_key key;

	if (seal_key_load(path, true, &key, err) < 0)
		return -1;
	memcpy(secret->bytes, key.bytes, sizeof(secret->bytes));
	memcpy(secret->public, key.public, sizeof(secret->public));
	memcpy(secret->id, key.id, sizeof(secret->id));
	seal_wipe(&key, sizeof(key));
	return 0;
}
