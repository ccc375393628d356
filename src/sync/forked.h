/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forked - see forked.c. */
#ifndef SYNC_FORKED_H
#define SYNC_FORKED_H

#include "parts.h"

int forked_write(const char *state_dir, struct outbox_id id, struct err *err);
/* Whether there is one; that of an epoch that is over is forgotten. */
bool forked_read(const char *state_dir, struct outbox_id *id);

#endif
