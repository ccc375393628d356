/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office - the post apart from its lanes: who is logged in, the shift and its
 * sheet, what a leader allows, training. The window of key P is its desk.
 */
#ifndef STATION_OFFICE_H
#define STATION_OFFICE_H

#include "book.h"
#include "duty.h"
#include "inbox.h"

struct roster;
struct session;
struct station;

enum office_page {
	PAGE_NONE, PAGE_POST, PAGE_SHEET, PAGE_END, PAGE_DOUBT, PAGE_WHY,
	PAGE_HOURS, PAGE_MACHINE, PAGE_OFF, PAGE_TIME, PAGE_NETWORK,
	PAGE_MAIL,
};

enum office_for { FOR_NOTHING, FOR_PASS, FOR_CORRECT, FOR_DOUBT, FOR_TRAINING,
	FOR_POWER, FOR_SURGE, FOR_RAW, FOR_TIME, FOR_NETWORK, FOR_CLEAR };

struct office {
	struct station *st;
	struct duty duty;
	struct roster *roster;
	unsigned questions;       /* of duty, as the lanes know it */
	struct book book;
	struct inbox inbox;
	struct view_counts kept;  /* what the files hold */
	int64_t kept_serial, kept_ms;
	bool closing;             /* the sheet of a shift that has ended is shown */
	size_t nsheet;
	char sheet[PANEL_LINES_MAX][VIEW_TEXT_MAX];
	enum office_page page;
	enum office_for asked;    /* what a PIN is asked for: rights.h says whose */
	struct session *session;  /* FOR_PASS, FOR_CORRECT, FOR_CLEAR: whose */
	int64_t shown_n;
	const char *why;          /* a word of a record */
	unsigned doubts;          /* FOR_DOUBT */
	int minutes;              /* FOR_SURGE */
	int hours;
	int64_t doubt_ms;         /* the accepted doubt ends; 0 none */
	char doubt_name[REGISTER_WORD_MAX];
	bool key_locked;          /* the register's key is not there: badge */
	char key_words[EVENT_WORDS_MAX]; /* why a badge did not give it */
	int volume;               /* percent, as it was set last here */
	struct form form;         /* PAGE_TIME */
	int64_t time_at, time_ms; /* FOR_TIME: what was typed, and when */
	struct conf_command network; /* FOR_NETWORK, errand: which */
	struct errand *errand;    /* one is chosen now; NULL: no */
	int64_t page_ms;          /* the last key on a page */
	size_t troubles;          /* devices that did not work when last seen */
	char note[VIEW_TEXT_MAX]; /* on the page */
};

int office_start(struct station *st, struct err *err);
void office_stop(struct station *st);
/* False: a key for the desk. */
bool office_input(struct station *st, const struct input *input);
/* P, M and Z. */
void office_open(struct station *st);
void office_mail(struct station *st);
void office_lock(struct station *st);
void office_badge(struct station *st, struct session *session);
void office_busy(struct station *st); /* a scan: not idle */
void office_locked(void *arg, bool locked, const char *words); /* lookup_calls */
void office_answer(struct station *st, const struct register_answer *answer);
void office_tick(struct station *st);
void office_view(const struct station *st, const struct moment *m, struct view *view);

/* ---- what office.c, office_page.c and shifts.c share --------------------------- */

void office_say(struct office *o, const char *type, const char *const fields[]);
void office_share(struct office *o); /* with the lanes: struct shift */
void office_officer(const struct office *o, char *out, size_t size); /* at work */

/* leader.c: a leader's word, for the verdict or correction at hand too. */
void leader_ask(struct office *o, enum office_for asked, const struct moment *m);
void leader_ask_pass(struct station *st, const char *why, bool corrects);
void leader_ask_surge(struct station *st, int minutes);
void leader_ask_raw(struct station *st);
/* Is what the leader was asked for still before him? */
bool leader_still_asked(const struct office *o);
void leader_approved(struct office *o, const struct moment *m);

void shifts_load(struct office *o);
void shifts_keep(struct office *o, bool now);
void shifts_begin(struct office *o, const struct moment *m);
/* The shift ends: recorded as type, kept and printed. */
void shifts_end(struct office *o, const char *type, const struct moment *m);

#define SHIFT_WORDS_MAX 64
void shifts_words(const struct office *o, char out[SHIFT_WORDS_MAX]);

/* The machine's page: machinery.c; what it turns: handles.c. */
void machinery_line(struct view_panel *panel, const char *label, const char *value);
void machinery_lines(const struct office *o, const struct moment *m, struct view_panel *panel);
bool machinery_dims(const struct office *o);
bool machinery_sounds(const struct office *o);
bool machinery_ends(const struct office *o);
void machinery_brighter(struct office *o, const struct moment *m);
void machinery_darker(struct office *o, const struct moment *m);
void machinery_louder(struct office *o, const struct moment *m);
void machinery_quieter(struct office *o, const struct moment *m);
void machinery_ask_off(struct office *o, const struct moment *m);
void machinery_off(struct office *o);
const char *machinery_root(void); /* "" or a tree of tests */
int handles_brightness(const char *root); /* percent, or -1 */
int handles_set_brightness(const char *root, int percent, struct err *err);
bool handles_run(const char *command); /* by sh, not waited for */
bool handles_set_volume(const char *command, int percent);

/* The time and the network, set from that page: adjust.c. */
bool adjust_may(const struct office *o);
bool adjust_allowed(struct office *o, enum office_for asked, const struct moment *m);
void adjust_time_open(struct office *o, const struct moment *m);
void adjust_time_input(struct office *o, const struct input *input, const struct moment *m);
void adjust_time(struct office *o, const struct moment *m); /* as it was typed */
void adjust_time_panel(const struct office *o, struct view_panel *panel);
void adjust_network_open(struct office *o, const struct moment *m);
void adjust_network_pick(struct office *o, size_t at, const struct moment *m);
void adjust_network(struct office *o); /* as it was picked */
void adjust_network_panel(const struct office *o, struct view_panel *panel);

void page_open(struct office *o, const struct moment *m);
/* mailbox.c: the page of key M, and what of it stands elsewhere. */
bool mailbox_line(void *arg, char *line); /* roster_calls */
void mailbox_input(struct office *o, const struct input *input);
void mailbox_view(const struct station *st, struct view *view);
size_t mailbox_new(const struct station *st, size_t *urgent);
bool page_input(struct office *o, const struct input *input, const struct moment *m);
void page_panel(const struct office *o, const struct moment *m, struct view_panel *panel);

#endif
