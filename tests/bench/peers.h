/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers - other readers on the same frames, each a program of its own.
 *
 * A peer gets frames as binary PGM on standard input ("P5 WIDTH HEIGHT 255\n"
 * and the pixels) and answers each with one line: milliseconds of processor
 * time, and each code's bytes in hexadecimal. So its language, its libraries
 * and its crashes stay out of the bench.
 */
#ifndef PEERS_H
#define PEERS_H

#include "../../src/reader/camera/parts.h"

struct peer {
	const char *name; /* NULL: it is not here */
	pid_t pid;
	FILE *to, *from;
};

/* False when there is no such program. */
bool peer_start(struct peer *peer, const char *name, const char *program);
bool peer_read(struct peer *peer, const struct grey *grey,
    struct codes *codes, double *ms);
void peer_end(struct peer *peer);

#endif
