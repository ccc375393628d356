/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_output - what the steps of the printer and of the relay share: one is
 * chosen for a lane by number or by name, and given an order to try it.
 */
#ifndef COMMAND_SETUP_OUTPUT_H
#define COMMAND_SETUP_OUTPUT_H

#include "actuator.h"
#include "setup.h"

#define SETUP_OFFERS_MAX 32

struct setup_output {
	enum actuator_role role;
	size_t list;          /* of struct conf_lane: its devices */
	const char *question; /* %s is the lane */
	/* Makes the line of a device whole before it is believed; may be NULL. */
	bool (*settle)(struct setup *s, char device[CONF_DEVICE_MAX]);
	char offers[SETUP_OFFERS_MAX][CONF_DEVICE_MAX];
	size_t n;
};

/* False: the lane is as it was, and why has been said. */
bool setup_output_take(struct setup *s, struct conf_lane *lane,
    const struct setup_output *output);

/* One order, "WORD 1 ...", said after a line that begins with after (NULL: at
 * once). True: it was done. */
bool setup_output_try(enum actuator_role role, const char *device,
    const char *order, const char *after, int64_t wait_ms);

#endif
