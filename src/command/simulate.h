/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simulate - what a pack says of records that were judged by another.
 */
#ifndef COMMAND_SIMULATE_H
#define COMMAND_SIMULATE_H

#include "policy.h"

/* Opened records, JSON Lines; NULL: standard input. Returns the exit status. */
int simulate_lines(struct policy *policy, const char *path);
/* Sealed ones: an outbox.db, or that of the configuration where outbox is
 * NULL, opened with the secret key of a file. Nothing opened is printed. */
int simulate_sealed(struct policy *policy, const char *key_path,
    const char *outbox, const char *config);

#endif
