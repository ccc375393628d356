/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * item - what the hub needs to judge the items that posts send: the hash an
 * item must have, and the secret keys as they are kept in files.
 */
#include "parts.h"

#include <stdio.h>
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

size_t
outbox_id_print(const char *station, struct outbox_id id,
    char out[OUTBOX_ID_MAX])
{
	return (size_t)snprintf(out, OUTBOX_ID_MAX, "%.*s/%08x/%lld",
	    OUTBOX_STATION_MAX - 1, station, (unsigned)id.epoch,
	    (long long)id.seq);
}

/* An id is a word of the recorder's lines, a part of every record's id, and
 * printed: from a configuration, or from somebody's card. */
int
station_check(const char *station, struct err *err)
{
	char clean[OUTBOX_STATION_MAX];
	size_t n = strlen(station);

	if (n == 0 || n >= sizeof(clean) ||
	    text_clean(station, n, clean, sizeof(clean)) != n ||
	    strcmp(clean, station) != 0 || strpbrk(station, " /\"\\") != NULL)
		return err_set(err, ERR_SETUP,
		    _("not the id of a post: one word without / and quotes"));
	return 0;
}
