/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What emulated devices share: a pseudo terminal under a name, commands on
 * standard input, one answer line for each on standard output. A name of
 * "tcp:FILE" is a device behind a network converter: a port of 127.0.0.1, of
 * which FILE gets the number.
 */
#ifndef EMULATOR_H
#define EMULATOR_H

#include "base.h"

struct emulator {
	const char *link;
	struct loop *loop;
	int master, slave; /* -1: unplugged */
	int listener;      /* behind a network converter; -1: a pty */
	bool stalled;      /* nothing is read */
	void (*bytes)(void *arg, const unsigned char *bytes, size_t n);
	/* True: understood. "open", "close", "stall" and "go" are ours. */
	bool (*command)(void *arg, const char *line);
	void (*started)(void *arg); /* the loop is there; NULL: nothing to do */
	void *arg;
};

/* Until the end of standard input. */
int emulator_run(struct emulator *emulator);
void emulator_send(struct emulator *emulator, const void *bytes, size_t n);

#endif
