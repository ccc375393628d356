/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told - what a device tells of itself beside its readings: its last bytes
 * and its name. Part of parts.h.
 */
#ifndef READER_TOLD_H
#define READER_TOLD_H

#include "base.h"

/* ---- trail: the last bytes of a device, without persons ------------------------------- */

#define TRAIL_MAX 20 /* bytes: a line of the devices page */

struct trail {
	bool frames;     /* of a thermometer: numbers, not text */
	int64_t last_ms; /* of the last byte */
	size_t run;      /* of letters, at the end */
	size_t n;
	unsigned char bytes[TRAIL_MAX];
	bool hidden[TRAIL_MAX]; /* the byte is not kept */
};

void trail_init(struct trail *t, bool frames);
void trail_note(struct trail *t, const unsigned char *bytes, size_t n,
    int64_t now_ms);
void trail_tick(struct trail *t, int64_t now_ms); /* a day is over? */
void trail_print(struct trail *t, int64_t now_ms, struct event *event);

/* ---- identity: what a scanner says it is ------------------------------------------------ */

struct identity {
	int64_t until_ms; /* an answer is waited for; 0: none is */
	bool refused;
	size_t n;
	char words[EVENT_WORDS_MAX];
};

enum reply { REPLY_NONE, REPLY_PART, REPLY_END };

void identity_ask(struct identity *id, int64_t now_ms);
/* Bytes at the start that are an answer in Newland's frame; 0: none are. */
size_t identity_span(const unsigned char *data, size_t n);
/* A frame: is it (a part of) an answer to a command, and no scan? */
enum reply identity_take(struct identity *id, const unsigned char *data,
    size_t n);
/* True: the answer is complete or overdue; words may be "". */
bool identity_due(const struct identity *id, int64_t now_ms);

#endif
