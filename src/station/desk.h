/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * desk - the officer's keys and windows, pure. Part of parts.h.
 */
#ifndef STATION_DESK_H
#define STATION_DESK_H

enum desk_result { DESK_STAY, DESK_QUIT, DESK_REDRAW, DESK_CLOCK, DESK_LANE,
	DESK_LEADER, DESK_SURGE, DESK_POST, DESK_MAIL, DESK_LOCK,
	DESK_RAW };

enum choice { CHOICE_WHY_PASS, CHOICE_CORRECT, CHOICE_WHY_CORRECT,
	CHOICE_PRINT };

/* reasons.c: what each of them offers, from 0; texts are msgids. */
#define WHY_CLEARED "cleared"
size_t choice_count(enum choice choice, const struct session *s);
const char *choice_title(enum choice choice);
const char *choice_word(enum choice choice, size_t i);
const char *choice_text(enum choice choice, size_t i);
/* Do the rules send this person to the health desk, and for nothing else? */
bool reason_clears(const struct session *s);
/* May somebody pass for that reason, with the words that were given? */
bool reason_allowed(const struct session *s, const char *why);
/* Can there be one at all, against this verdict? */
bool reason_possible(const struct session *s);

struct desk {
	enum view_window window;
	struct form form;
	struct paper paper;
	char query[sizeof(((struct form *)0)->text)]; /* while WINDOW_FOUND */
	enum choice choice;
	int64_t shown_n;  /* the record a choice was opened for */
	int64_t person_n; /* and the crossing the grounds were */
	int detail_page;  /* of them, turned by X */
	int64_t quit_ms;  /* Ctrl-Q was pressed once, then */
	int64_t clock_at; /* the time the officer confirmed, with DESK_CLOCK */
	int64_t clock_floor;
	const char *leader_why; /* with DESK_LEADER: to let pass a STOP */
	bool leader_corrects;
	int surge_minutes; /* with DESK_SURGE: a leader is to allow it */
	bool kiosk;       /* no way out by keys */
	bool over_ssh;    /* no scan by keyboard */
};

enum desk_result desk_input(struct desk *desk, struct session *s, const struct input *input, const struct moment *m);
/* This person's slip was printed: asks whether again. False: not now. */
bool desk_ask_print(struct desk *desk, const struct session *s);
/* After anything happened: close windows that were another person's. */
void desk_settle(struct desk *desk, const struct session *s);
/* Windows of the view; the session's part comes from view_of(). */
void desk_view(const struct desk *desk, const struct session *s, const struct moment *m, struct view *view);

#endif
