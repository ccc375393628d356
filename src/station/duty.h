/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duty - who is at work: log-in by badge or name, and PIN; lock; the leader's
 * word for what an officer may not do alone. Pure: told keys, badges, answers
 * and the time; what is to be asked is left in it for office.c.
 */
#ifndef STATION_DUTY_H
#define STATION_DUTY_H

#include "credential.h"
#include "register.h"
#include "rights.h"
#include "screen.h"

struct moment;

#define DUTY_IDLE_MS (15 * 60000)
#define DUTY_BADGE_MS 60000 /* a badge waits so long for its PIN */

struct duty_officer {
	char id[OFFICER_ID_MAX], name[REGISTER_WORD_MAX];
	enum officer_role role;
	char badge[BADGE_MARK_MAX];
};

enum duty_why { DUTY_LOG_IN, DUTY_TAKE_OVER, DUTY_RIGHT };
enum duty_step { DUTY_IDLE, DUTY_WHO, DUTY_PIN, DUTY_CHECKING };

enum duty_event {
	DUTY_NOTHING, DUTY_LOGGED_IN, DUTY_TAKEN_OVER, DUTY_APPROVED,
	DUTY_WRONG,     /* a PIN: to be recorded */
	DUTY_CANCELLED, /* what a PIN was asked for */
};

struct duty {
	bool told;       /* the roster has spoken */
	bool broken;     /* it cannot be read: nobody works without log-in */
	size_t n, coming;
	struct duty_officer list[OFFICERS_MAX];
	struct duty_officer on; /* at work; id "": nobody */
	bool locked;
	bool busy;              /* somebody stands at a lane, undecided */
	int64_t active_ms;      /* of the last scan or key */
	enum duty_step step;
	enum duty_why why;
	enum right right;        /* DUTY_RIGHT: whose holder is asked */
	struct duty_officer who; /* whose PIN is typed */
	bool by_badge;           /* who showed it */
	unsigned questions;      /* ever asked by a key, a log-out or the lock */
	size_t page;             /* of the names */
	char pin[OFFICER_PIN_MAX + 1];
	char secret[2 * BADGE_SECRET_BYTES + 1]; /* of that badge, until used */
	char problem[VIEW_TEXT_MAX];
	int64_t wait_ms;         /* no PIN is looked at before */
	int64_t step_ms;         /* when the step began */
	int64_t check_n, next_n;
	bool ask;                /* the roster is to check who's PIN now */
};

void duty_init(struct duty *duty);
/* From the roster: how many come, then one after the other. */
void duty_roster(struct duty *duty, size_t n);
void duty_roster_one(struct duty *duty, const struct duty_officer *officer);

/* At work without a PIN: for a demonstration alone. False: there is none. */
bool duty_begin(struct duty *duty, const char *id);

bool duty_needed(const struct duty *duty); /* officers are known here */
/* Nothing may be done at the lanes now. */
bool duty_closed(const struct duty *duty);
/* Who is at work does it now without a further PIN. */
bool duty_may(const struct duty *duty, enum right right);
bool duty_holder(const struct duty *duty, enum right right); /* in the list */

void duty_ask(struct duty *duty, enum duty_why why, const struct moment *m);
void duty_ask_right(struct duty *duty, enum right right, const struct moment *m);
/* NULL: taken. Else why not, a msgid. secret: hexadecimal, "" it has none. */
const char *duty_badge(struct duty *duty, const struct credential *badge, const char *secret, const struct moment *m);
/* False: not for us. */
bool duty_input(struct duty *duty, const struct input *input, const struct moment *m, enum duty_event *event);
/* What the roster said of a PIN: right, wrong (the wait after it), wait. */
enum duty_event duty_answer(struct duty *duty, int64_t n, const char *word, long seconds, const struct moment *m);
void duty_forget(struct duty *duty); /* PIN, secret and question */
void duty_lock(struct duty *duty, const struct moment *m);
void duty_log_out(struct duty *duty, const struct moment *m);
/* idle: no person is before any lane or waits. True: it has locked now. */
bool duty_tick(struct duty *duty, bool idle, const struct moment *m);
void duty_panel(const struct duty *duty, const struct moment *m, struct view_panel *panel);

#endif
