/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of base share.
 */
#ifndef BASE_PARTS_H
#define BASE_PARTS_H

#include "base.h"

/* realloc() for count items of size; ends the process when there is no
 * memory: nothing sensible can be done then, and no caller has to ask. */
void *mem_grow(void *old, size_t count, size_t size);
char *mem_string(const char *text);

/* The terminal is given back now, if rescue_arm() was told how. */
void rescue_now(void);

/* Make one harmless line of text in place: controls, bidi and zero-width
 * characters and invalid bytes become '?'. Never grows. */
void tidy(char *text);

/* True for what must never reach a terminal as it is: C0, C1, DEL, bidi,
 * zero-width and tag characters, noncharacters. */
bool utf8_unsafe(uint32_t code);

/* Letters (letters.c): canonical pairs of Latin-1, Latin Extended-A and
 * Vietnamese. 0 and false mean that there is no such pair. */
uint32_t letter_compose(uint32_t base, uint32_t mark);
bool letter_split(uint32_t code, uint32_t *base, uint32_t *mark);
int mark_class(uint32_t code); /* combining class, 0 for no combining mark */
uint32_t letter_upper(uint32_t code);
/* ASCII capitals for a base letter that has no marks to drop (đ, ß, æ...),
 * NULL when it is none of these. */
const char *letter_plain(uint32_t code);

/* The child's end of both pipes, and what runs behind them (spawn.c). */
struct spawned {
	pid_t pid;
	int pidfd;  /* readable when it has ended */
	int in_fd;  /* writes to its standard input, non-blocking */
	int out_fd; /* reads its standard output, non-blocking */
};

#define SPAWN_NO_EXEC 127 /* exit status when the program cannot be run */

int spawn(char *const *argv, struct spawned *spawned, struct err *err);

/* The fences of confine.c. */
int confine_abi(void); /* of Landlock, 0: none */
int confine_files(const struct confine *confine); /* its version, 0: none */
bool confine_calls(const struct confine *confine);

#endif
