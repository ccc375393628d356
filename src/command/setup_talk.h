/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_talk - one of our own programs, run until it says what is waited for.
 */
#ifndef COMMAND_SETUP_TALK_H
#define COMMAND_SETUP_TALK_H

#include "base.h"

struct talk {
	char *const *argv;
	const char *input;   /* one line for it, or NULL */
	const char *after;   /* said once a line begins so; NULL: at once */
	int64_t wait_ms;
	/* True: that was it. */
	bool (*heard)(void *arg, const char *line);
	void *arg;
};

/* 1: heard it; 0: the time is over; -1: it ended before, words say why. */
int talk_run(const struct talk *talk, char words[200]);

#endif
