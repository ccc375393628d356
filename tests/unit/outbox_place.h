/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory of its own for the outbox of a test, with the keys that seal
 * and open its records.
 */
#ifndef OUTBOX_PLACE_H
#define OUTBOX_PLACE_H

#include "test.h"

#include "../../include/outbox.h"

#include <unistd.h>

struct outbox_place {
	char dir[64], db[96], pub[96], key[96];
};

/* template: as mkdtemp(3) wants it. 0, or -1. */
static inline int
outbox_place_make(struct outbox_place *at, const char *template,
    struct err *err)
{
	strcpy(at->dir, template);
	if (mkdtemp(at->dir) == NULL)
		return -1;
	snprintf(at->db, sizeof(at->db), "%s/outbox.db", at->dir);
	snprintf(at->pub, sizeof(at->pub), "%s/site.pub", at->dir);
	snprintf(at->key, sizeof(at->key), "%s/site.key", at->dir);
	return seal_key_make(at->pub, at->key, err);
}

static inline int
outbox_place_remove(const struct outbox_place *at)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", at->dir);
	return system(command);
}

#endif
