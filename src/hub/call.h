/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call - the command line of chot-hub, read.
 */
#ifndef HUB_CALL_H
#define HUB_CALL_H

#include "hub.h"

struct call {
	struct hub_options options;
	struct hub_tickets tickets;
	bool demo;
	const char *words[HUB_FILES_MAX]; /* behind the options */
	struct hub_publish publish;
	const char *made, *days, *withdraw;
	const char *answers;
	bool no_lists;
	struct hub_trace trace;
	const char *since, *until, *minutes, *places;
	int count;
};

/* Options into call, which holds their defaults; optind is at the command.
 * -1 to go on, else the exit status: help was printed, or what is wrong. */
int call_read(struct call *call, int argc, char **argv);
int call_usage(const char *words);

#endif
