/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - draws views and turns keys into inputs (screens.md).
 *
 * The station fills a struct view; screen_draw() shows it. Bytes of the
 * terminal go through struct keys and come out as actions, characters and
 * scans. The screen decides nothing about persons. Every text of a view is
 * cleaned here again before it is drawn.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdio.h>

#include "base.h"
#include "policy.h"

#define VIEW_TEXT_MAX 256
#define VIEW_RECENT_MAX 12
#define VIEW_WAITING_MAX 8
#define VIEW_TROUBLES_MAX 8
#define VIEW_DEVICES_MAX 16
#define VIEW_CHOICES_MAX 9
#define VIEW_OTHERS_MAX 7

/* ---- actions and keys --------------------------------------------------------- */

/* What a key can do. actions[] in screen/actions.c gives each its name, its
 * key of default_keys[], and its words in the key bar and the help. */
enum action {
	ACTION_NONE,
	ACTION_ENTER,      /* the outcome of the caption */
	ACTION_PASS,       /* C cho qua */
	ACTION_TURN_BACK,  /* Q quay dau */
	ACTION_HEALTH,     /* Y ban y te */
	ACTION_HOLD,       /* G giu lai */
	ACTION_REMEASURE,  /* D do lai */
	ACTION_DECLARE,    /* K khai ho */
	ACTION_ZONE,       /* M ho chieu, go ma */
	ACTION_LOGBOOK,    /* L ghi bu */
	ACTION_CHART,      /* E bieu do */
	ACTION_SEARCH,     /* T tim, trong ca nay */
	ACTION_SURGE,      /* S xa chot */
	ACTION_INSIDE,     /* R so nguoi ben trong */
	ACTION_TEMPERATURE,/* N nhiet do tay */
	ACTION_PLATE,      /* B bien so */
	ACTION_DETAIL,     /* X xem can cu */
	ACTION_UNDO,       /* U sua quyet dinh */
	ACTION_WAITING,    /* H hang cho */
	ACTION_DIRECTION,  /* V doi chieu */
	ACTION_LANE,       /* Tab doi lan */
	ACTION_PRINT,      /* I in phieu */
	ACTION_CLOCK,      /* O xac nhan gio */
	ACTION_POST,       /* P phien: ca, may */
	ACTION_MESSAGES,   /* M thu cua may chu */
	ACTION_LOCK,       /* Z khoa */
	ACTION_HELP,       /* ? */
	ACTION_DEVICES,    /* J thiet bi */
	ACTION_ESCAPE,
	ACTION_UP, ACTION_DOWN,
	ACTION_BACKSPACE,
	ACTION_QUIT,       /* Ctrl-Q twice: leave (not in kiosk mode) */
	ACTION_REDRAW,     /* Ctrl-L */
	ACTION_COUNT
};

const char *action_name(enum action action);

enum input_kind {
	INPUT_ACTION, /* a key that stands alone; character is its letter too */
	INPUT_CHARACTER, /* any other printable character */
	INPUT_SCAN,   /* a burst: keyboard-wedge scanner, terminator swallowed */
	INPUT_PASTE,  /* a bracketed paste came and was dropped */
};

struct input {
	enum input_kind kind;
	enum action action;
	bool alone;        /* nothing came within 40 ms: a finger */
	char character[5]; /* UTF-8 of the key, "" for keys without one */
	size_t scan_len;
	unsigned char scan[EVENT_PAYLOAD_MAX];
};

typedef void (*input_fn)(void *arg, const struct input *input);

/*
 * Terminal bytes to inputs, pure. A letter acts only when no byte follows
 * within 40 ms; six or more characters at most 35 ms apart are a scan, its
 * terminator swallowed; unknown escape sequences are dropped whole.
 */
struct keys;
struct keys *keys_new(bool wedge); /* false: no scans, bunched keys (SSH) */
void keys_free(struct keys *keys);
void keys_push(struct keys *keys, const unsigned char *bytes, size_t n,
    int64_t now_ms, input_fn fn, void *arg);
/* Call at keys_deadline(): what was held back for the 40 ms comes out. */
void keys_tick(struct keys *keys, int64_t now_ms, input_fn fn, void *arg);
int64_t keys_deadline(const struct keys *keys); /* now_ms, or -1: none */

/* ---- composition: Vietnamese letters from plain keys, pure ------------------------- */

enum compose_method { COMPOSE_OFF, COMPOSE_TELEX, COMPOSE_VNI };

#define COMPOSE_TEXT_MAX 256 /* bytes of a text that can be typed */

struct compose {
	enum compose_method method;
	bool lone_w; /* the last key was a Telex w that became a letter */
};

/* Type one character (UTF-8) at the end of text, which stays NFC. The tone
 * stands as in hòa; the same key again undoes a mark and is a letter. False:
 * there is no room, and nothing changed. */
bool compose_type(struct compose *compose, char *text, size_t capacity,
    const char *character);
/* Take the last letter away, marks and all. */
void compose_erase(struct compose *compose, char *text);

/* ---- forms: one typed line --------------------------------------------------------- */

enum form_kind { FORM_NONE, FORM_NUMBER, FORM_PLATE, FORM_TEMPERATURE, FORM_CLOCK,
	FORM_MINUTES, FORM_SEARCH, FORM_INSIDE };

enum form_result { FORM_EDITING, FORM_DONE, FORM_CANCELLED };

struct form {
	enum form_kind kind;
	char text[40];
	char problem[VIEW_TEXT_MAX]; /* why it was not taken, or "" */
};

void form_open(struct form *form, enum form_kind kind);
/* A typed number is done by its 12th digit without Enter; 9 digits need it.
 * A temperature is three digits: 368 is 36.8. Characters the kind does not
 * take are ignored. */
enum form_result form_input(struct form *form, const struct input *input);
/* The time that a done FORM_CLOCK stands for: nothing typed is `at`, HHMM is
 * that time of the day of `at`, HHMMDDMMYYYY says the day too. */
int64_t form_time(const struct form *form, int64_t at, int utc_offset_s);

/* ---- fields: a form of several lines, pure -------------------------------------------- */

#define FIELDS_MAX 14
#define FIELD_TEXT_MAX 120
#define FIELD_CHOICES_MAX 9

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_PLATE, FIELD_DATE,
	FIELD_TIME, FIELD_PHONE, FIELD_CHOICE, FIELD_ZONE /* of an MRZ */ };

struct field_choice {
	const char *word, *text; /* as recorded; N_() */
};

struct field_info {
	const char *name, *label; /* as recorded; N_() */
	enum field_kind kind;
	bool required, extra;     /* extra: shown after Tab; these come last */
	const struct field_choice *choices; /* a NULL word ends them */
};

struct fields {
	const char *title; /* N_() */
	const struct field_info *list;
	size_t n, at;      /* at: where the cursor is */
	bool more;         /* the extra ones are shown */
	struct compose compose;
	char values[FIELDS_MAX][FIELD_TEXT_MAX]; /* as typed; a choice's word */
	char problem[VIEW_TEXT_MAX];
};

/* title and list are borrowed, and must outlive the form. */
void fields_open(struct fields *fields, const char *title,
    const struct field_info *list, size_t n, enum compose_method method);
/* FORM_DONE: every field is right, or blank and may be. */
enum form_result fields_input(struct fields *fields,
    const struct input *input);
size_t fields_shown(const struct fields *fields); /* the first so many */
const char *fields_value(const struct fields *fields, const char *name);
void fields_fill(struct fields *fields, const char *name, const char *value);
/* Say what the caller found wrong, at that field. FORM_EDITING. */
enum form_result fields_refuse(struct fields *fields, const char *name,
    const char *words);
/* "15032000" is 2000-03-15; a year stays one. */
void fields_date(const char *typed, char out[11]);
const char *field_choice_text(const struct field_info *info,
    const char *word); /* translated, or "" */

/* ---- views ------------------------------------------------------------------------------ */

enum recorded { /* what the recorder said of the record on the screen */
	RECORDED_NOT_YET, /* put, no answer: "recording..." */
	RECORDED_LATE,    /* 2 s without answer: amber */
	RECORDED_DONE,
	RECORDED_FAULT,   /* red: NOT RECORDED, write on paper */
};

enum told { /* the duty desk, of a STOP: what the hub has, it sees */
	TOLD_NOBODY, /* no hub, or nothing to tell */
	TOLD_OFFLINE,
	TOLD_NOT_YET,
	TOLD_DONE,
};

enum lane_phase {
	PHASE_READY,
	PHASE_GATHER,  /* a person is open, something is still missing */
	PHASE_REPEAT,  /* passed here a while ago: Enter records again, Esc not */
	PHASE_VERDICT, /* verdict stands, outcome open */
};

#define VIEW_WARNINGS_MAX 4

struct view_person {
	bool present;
	char name[VIEW_TEXT_MAX], id_label[32], id[80], birth[16], sex[16];
	char from[VIEW_TEXT_MAX], to[VIEW_TEXT_MAX], address[VIEW_TEXT_MAX];
	char vehicle[64];     /* "83A-123.45", or "" on foot */
	int number_aboard;    /* which person of the vehicle; 0 on foot */
	char document[64];    /* "Card not authenticated", translated */
	char temperature[64]; /* "36,5", or why there is none */
	bool temperature_doubt;
	char declaration[96], status[96], permit[96], last_seen[96];
	/* The first warning of the document, or what two of them disagree in,
	 * field by field; translated. */
	char warnings[VIEW_WARNINGS_MAX][VIEW_TEXT_MAX];
	size_t nwarnings;
};

struct view_lane {
	char title[32], direction[8]; /* in, out, ask */
	enum lane_phase phase;
	struct view_person person;
	struct judgement judgement;   /* when phase is VERDICT */
	char outcome[16];             /* what Enter does now; "" nothing yet */
	bool pass_needs_leader;       /* C on STOP */
	bool prints;                  /* the lane has a printer */
	bool turns;                   /* V changes in and out */
	enum recorded recorded;
	char record_id[160], record_fault[VIEW_TEXT_MAX];
	enum told told;
	int people_waiting;           /* scans waiting behind a verdict */
	int clears_in_s;              /* -1: does not clear by itself */
	bool needs_temperature, needs_identity; /* while GATHER */
	int64_t repeat_min;           /* while REPEAT */
	char notice[VIEW_TEXT_MAX];   /* a passing word (unreadable code), or "" */
	bool notice_bad;
	char held[16];                /* READY: a temperature waits for its scan */
	char hint[16];                /* dark, bright, ... from the camera, or "" */
	char vehicle[64];             /* open vehicle while nobody stands here */
};

struct view_other { /* a lane that is not the large one: one line */
	char title[32], direction[8];
	enum lane_phase phase;
	enum verdict verdict; /* while phase is VERDICT */
	int since_s;          /* how long the verdict has stood */
};

struct view_recent {
	int64_t at;
	char direction[8], who[16], vehicle[24], temperature[16], outcome[16];
	enum verdict verdict;
	bool correctable;
};

struct view_waiting {
	char who[16], temperature[16];
	int64_t due_in_s; /* 0 or less: due */
	int number;       /* of the next measurement */
};

struct view_counts { /* this shift; [0] in, [1] out */
	int64_t since; /* Unix seconds */
	int people[2], cars[2], motorbikes[2], passed[2], turned_back[2],
	    health[2], against[2], checked[2], foreigners[2],
	    declarations[2],
	    anyway[2]; /* passed against the verdict */
	int device_faults;
	int verdicts[3]; /* of crossings, by enum verdict */
	int timed[2];    /* persons, from the first scan to the outcome */
	int64_t timed_ms[2]; /* their sum */
};

#define CHART_HOURS 24
#define CHART_VERDICTS 3
#define CHART_TEMPS 10       /* below, nine steps of half a degree and above */
#define CHART_TEMP_FIRST 350 /* tenths of a degree */

struct view_chart { /* counts of the shift, without persons */
	int hours[CHART_HOURS][2]; /* people; the last one is this hour */
	int first_hour;            /* of the day, local */
	int verdicts[CHART_VERDICTS], temps[CHART_TEMPS];
};

#define DETAIL_MAX 64 /* lines of the grounds, over several pages */

enum view_window { WINDOW_NONE, WINDOW_FORM, WINDOW_CHOICE, WINDOW_HELP,
	WINDOW_WAITING, WINDOW_DETAIL, WINDOW_FIELDS, WINDOW_FOUND,
	WINDOW_CHART, WINDOW_DEVICES, WINDOW_PANEL };

/* Words, things to pick by a key and one typed line, whatever they are for. */
#define PANEL_LINES_MAX 20
#define PANEL_CHOICES_MAX 10

struct view_panel {
	char title[VIEW_TEXT_MAX];
	size_t nlines;
	char lines[PANEL_LINES_MAX][VIEW_TEXT_MAX];
	size_t nchoices;
	struct { char key; char text[VIEW_TEXT_MAX]; } choices[PANEL_CHOICES_MAX];
	bool asks;                   /* a line is typed */
	char typed[VIEW_TEXT_MAX];   /* of a PIN only asterisks */
	char problem[VIEW_TEXT_MAX]; /* why it was not taken, or "" */
	bool covers;                 /* nothing of persons beside it */
	bool stays;                  /* Esc does not close it */
};

struct view {
	char station_id[96], station_name[96], officer[96];
	enum language language;
	int utc_offset_s;
	int64_t at;               /* the best time known */
	enum clock_trust clock;
	int64_t link_down_min;    /* -1: link up; -2: this post has no hub */
	int64_t queue_waiting;    /* records not acknowledged; -1 unknown */
	double register_age_h;    /* < 0: no register */
	int battery_percent;      /* -1: none */
	bool mains;               /* it hangs on them now */
	int messages_new, messages_urgent; /* of the hub, not read yet */
	char urgent[VIEW_TEXT_MAX]; /* how the first urgent one begins */
	char watched[VIEW_TEXT_MAX]; /* somebody sees this screen: who, or "" */
	bool training, demo;
	bool closed;          /* who is at work decides about nobody */
	bool citizen;             /* the page for citizens: no person, no verdict */
	size_t ntroubles;
	char troubles[VIEW_TROUBLES_MAX][VIEW_TEXT_MAX]; /* "Scanner 1 lost" */
	struct view_lane lane;    /* the one large lane */
	bool has_beside, beside_left; /* another one, where two fit */
	struct view_lane beside;
	size_t nothers;
	struct view_other others[VIEW_OTHERS_MAX];
	struct view_counts counts;
	size_t nrecent;
	struct view_recent recent[VIEW_RECENT_MAX];
	struct view_chart chart;  /* while WINDOW_CHART */
	size_t nfound;            /* while WINDOW_FOUND */
	struct view_recent found[VIEW_RECENT_MAX];
	int surge_min;            /* left of a surge; 0: none */
	int inside, capacity;     /* of a venue; capacity 0: none */
	size_t nwaiting;
	struct view_waiting waiting[VIEW_WAITING_MAX];
	enum view_window window;
	struct form form;
	struct fields fields;     /* while WINDOW_FIELDS */
	char choice_title[VIEW_TEXT_MAX];
	size_t nchoices;
	char choices[VIEW_CHOICES_MAX][VIEW_TEXT_MAX]; /* digit 1 picks the first */
	struct view_panel panel;
	char doubt[96];           /* what the leader accepted, or "" */
	char doubt_brief[48];     /* the same where there is little room */
	size_t ndetail;
	char detail[DETAIL_MAX][VIEW_TEXT_MAX];
	/* So many lines from here on stand in one column; 0: no matter. */
	unsigned char detail_keep[DETAIL_MAX];
	int detail_page; /* turned over so often; the last is before the first */
};

/* ---- the terminal ---------------------------------------------------------------------------- */

struct screen;

/* theme: a name of the themes directory, or "" for the default. NULL with
 * ERR_SETUP: no terminal, or smaller than 80x24 is shown as a word on the
 * screen, not refused. Takes standard input and output. */
struct screen *screen_open(const char *theme, struct err *err);
void screen_close(struct screen *screen); /* restores the terminal */
void screen_draw(struct screen *screen, const struct view *view);
/* What the terminal shows now, as screen_text() gives it. NULL: not all of it
 * could be drawn. */
char *screen_copy(const struct screen *screen, char **styles);
/* Draw such a copy that another machine sent, and below it, or over its last
 * line where there is no room, words of ours. */
void screen_show(struct screen *screen, const char *text, const char *styles,
    const char *foot);
/* After SIGWINCH. */
void screen_resize(struct screen *screen);
/* Draw every cell again, in case something else wrote on the terminal. */
void screen_redraw(struct screen *screen);
/* The same now and then, but only on a console of the machine: there the
 * kernel writes over us, and a font of the same size is loaded unseen. */
#define SCREEN_REPAINT_MS 20000
void screen_repaint(struct screen *screen);
/* The terminal's bell: the one neutral tone where there is no player. */
void screen_bell(struct screen *screen);

/* The same views as lines of text, for screen readers: only what changed is
 * printed. Keys come one by one from standard input; close restores it. */
struct plain;
struct plain *plain_open(FILE *out);
void plain_show(struct plain *plain, const struct view *view);
void plain_close(struct plain *plain); /* NULL is allowed */

/* Draw into memory and give back text: rows lines of cols columns; styles
 * (may be NULL) gets one style letter a cell. For tests and golden files. */
char *screen_text(const struct view *view, int cols, int rows, char **styles);

/* The key bar and the help, printed from actions[] (also chot --help keys). */
void screen_print_keys(FILE *out);
/* "" or what is wrong with the verdict words of the language: too wide. */
const char *screen_check_words(enum language language);

#endif
