/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shoulder - somebody looks over the officer's shoulder from afar.
 *
 * RUN/look is a socket for the post's group. Who connects says who they are,
 * gets pictures of the screen and can send nothing. It is recorded before the
 * first picture leaves and again when it ends; all the while the screen, and
 * so each picture, says who looks; the officer can end it. One at a time. A
 * watcher who is slow gets fewer pictures, one who takes none is dropped: the
 * station waits for nobody.
 *
 *	to it      hello 1 FROM WHO...
 *	from it    {"text":"...","styles":"..."} for each picture
 *	           {"end":"WORD"} at the end: why
 */
#ifndef STATION_SHOULDER_H
#define STATION_SHOULDER_H

#include "parts.h"

#define SHOULDER_MAX_MS (15 * 60000)  /* then it has to be asked for again */
#define SHOULDER_BAR_MS (5 * 60000)   /* after the officer ended one */

struct shoulder;

/* NULL: there is no such socket, and the log says why. */
struct shoulder *shoulder_open(struct station *st);
void shoulder_close(struct shoulder *shoulder); /* NULL is allowed, everywhere */
void shoulder_recorded(struct shoulder *shoulder, int64_t n);
void shoulder_drawn(struct shoulder *shoulder); /* the screen changed */
void shoulder_tick(struct shoulder *shoulder);  /* every second */
bool shoulder_looks(const struct shoulder *shoulder);
void shoulder_end(struct shoulder *shoulder);   /* the officer wants it */
void shoulder_view(const struct shoulder *shoulder, struct view *view);

/* json.c: a picture as a line with its end; free() it. */
char *json_picture(const char *text, const char *styles);

#endif
