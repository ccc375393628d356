/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rights - who may do what: one table of roles, for log-ins and for PINs that
 * are asked for. Pure. The table stands in chot(1), OFFICERS, as well.
 */
#ifndef STATION_RIGHTS_H
#define STATION_RIGHTS_H

#include <stdbool.h>

#include "register.h"

enum right {
	RIGHT_PEOPLE,   /* at work at the lanes: scans count, people are decided on */
	RIGHT_STOP,     /* somebody passes on STOP */
	RIGHT_CLEAR,    /* somebody passes whom the rules send to the health desk */
	RIGHT_SURGE,
	RIGHT_DOUBT,    /* old lists or the clock are accepted */
	RIGHT_TRAINING,
	RIGHT_MACHINE,  /* time, network, switching off */
	RIGHT_BYTES,    /* what devices send */
	RIGHT_COUNT
};

bool right_of(enum officer_role role, enum right right);
/* Does its holder, at work, do it without typing the PIN again? */
bool right_at_once(enum right right);
/* "Leader's PIN needed", translated: what stands over the question. */
const char *right_question(enum right right);
/* Why a badge does not answer it; a msgid. */
const char *right_badge(enum right right);
const char *role_text(enum officer_role role); /* translated */

#endif
