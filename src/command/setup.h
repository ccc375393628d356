/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup - what the steps of chot setup share: cmd_setup.c asks and walks,
 * setup_steps.c has the steps that talk to other programs of ours,
 * setup_keys.c makes keys, setup_rules.c chooses a pack, setup_printer.c has the steps of the printer,
 * setup_relay.c that of the gate, setup_output.c what these two share,
 * setup_machine.c keys and network.
 */
#ifndef COMMAND_SETUP_H
#define COMMAND_SETUP_H

#include "parts.h"

#define SETUP_ANSWER_MAX 4400 /* a ticket by keyboard scanner, with room */

struct setup {
	const char *path;
	struct conf conf;
	char answer[SETUP_ANSWER_MAX];
	bool ended; /* of the input */
	char undone[128]; /* names of steps, a space before each */
};

/* The answer, or what is there when it is empty. */
const char *setup_ask(struct setup *s, const char *question,
    const char *present);

bool setup_yes(struct setup *s, const char *question);
/* "", or where a test has its machine. */
const char *setup_root(void);

/* Is a port another device's already? Those of the list at offset own in a
 * lane do not count. By whatever name each is called. */
bool setup_taken(const struct setup *s, const char *path, size_t own);

/* What makes files of the station is run as whom the state belongs to. */
struct owned {
	char user[32], group[32];
	char *argv[16];
};
char *const *setup_as_owner(const struct setup *s, char *const argv[],
    struct owned *owned);

/* True: done. What was not is said on standard output. */
bool setup_keymap(struct setup *s);
bool setup_network(struct setup *s);
bool setup_own_seal(struct setup *s);
bool setup_keys(struct setup *s);
bool setup_hub(struct setup *s);
bool setup_rules(struct setup *s);
bool setup_devices(struct setup *s);
bool setup_printer(struct setup *s);
bool setup_relay(struct setup *s);
bool setup_scan(struct setup *s);
bool setup_temperature(struct setup *s);
bool setup_slip(struct setup *s);

#endif
