/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-plates - what its modules share: events of plate cameras come in by
 * HTTP, plate lines go out. A program of its own, since libmicrohttpd brings
 * its family, and since strangers of the network talk to it.
 */
#ifndef READER_PLATES_H
#define READER_PLATES_H

#include "parts.h"

#define PLATE_TEXT_MAX 32            /* bytes with the NUL */
#define PLATES_BODY_MAX (4u << 20)   /* an event with its pictures */

/* ---- plate_find: the plate in the body of an event. Pure. --------------------------- */

/* type: the Content-Type, or "". False: there is none. */
bool plate_find(const char *type, const char *body, size_t n,
    char out[PLATE_TEXT_MAX]);

/* ---- plate_serve: the listener ------------------------------------------------------------ */

struct serve;

struct serve_setup {
	struct loop *loop;
	int listen_fd;
	const char *from; /* the only address that is heard; NULL: any */
	void (*plate)(void *arg, const char *plate);
	void (*unknown)(void *arg); /* an event without a plate in it */
	void *arg;
};

struct serve *serve_start(const struct serve_setup *setup, struct err *err);
void serve_stop(struct serve *serve);

#endif
