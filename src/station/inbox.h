/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox - what the hub wrote to this post and who has read it. Pure; the page
 * of key M is its window. Part of parts.h.
 */
#ifndef STATION_INBOX_H
#define STATION_INBOX_H

#include "register.h"
#include "screen.h"

#define INBOX_COLUMNS 60 /* of the window's text */
#define INBOX_ROWS 12    /* shown at a time */
#define INBOX_CHOICES 9
#define INBOX_READ_MAX 70 /* marks and officers that are kept */
#define INBOX_KEEP_MAX 4000 /* bytes of them, as the roster keeps a file */

struct inbox_message {
	char mark[REGISTER_MESSAGE_MARK], name[REGISTER_WORD_MAX + 1];
	bool urgent, told; /* not told: longer than a screen takes */
	int64_t published;
	char *text;        /* cleaned lines, each ended by LF */
};

struct inbox_read {
	char mark[REGISTER_MESSAGE_MARK], officer[OFFICER_ID_MAX];
};

struct inbox {
	size_t n, total;   /* shown here; the hub wrote */
	struct inbox_message list[REGISTER_MESSAGES_MAX]; /* urgent ones first */
	size_t nread, next_read;
	struct inbox_read read[INBOX_READ_MAX]; /* a ring */
	size_t top;        /* the first of the list on the screen */
	size_t open;       /* the one that is read; its number from 1, or 0 */
	size_t row;        /* its first line on the screen */
};

/* A line of the roster: messages, read, message. False: it is none of them. */
bool inbox_line(struct inbox *inbox, char *line);
void inbox_clear(struct inbox *inbox);

/* What this officer ("" where nobody logs in) has not read. */
size_t inbox_new(const struct inbox *inbox, const char *officer, size_t *urgent);
/* The first words of an urgent one that is new; NULL: there is none. */
bool inbox_urgent(const struct inbox *inbox, const char *officer, char out[VIEW_TEXT_MAX]);

enum inbox_result { INBOX_STAY, INBOX_CLOSE,
	INBOX_READ }; /* the last line of the open one has just been shown */
void inbox_open(struct inbox *inbox);
enum inbox_result inbox_input(struct inbox *inbox, const struct input *input, const char *officer);
/* The message at hand, after INBOX_READ. */
const struct inbox_message *inbox_at_hand(const struct inbox *inbox);
/* As the roster keeps it; at most INBOX_KEEP_MAX bytes. */
void inbox_keep(const struct inbox *inbox, char *out, size_t size);
void inbox_panel(const struct inbox *inbox, const char *officer, int utc_offset_s, struct view_panel *panel);

#endif
