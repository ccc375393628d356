/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session - one lane: the person in front, what was decided, and what the
 * lanes of a post share. Part of parts.h.
 *
 * session.c is pure: it is told the time, the scans, the readings, the
 * answers and the keys, and leaves effects (look up, record) for station.c
 * to carry out. scan.c, decide.c, late.c, facts.c and repeats.c are as well.
 */
#ifndef STATION_SESSION_H
#define STATION_SESSION_H

#include "base.h"
#include "conf.h"
#include "credential.h"
#include "outbox.h"
#include "policy.h"
#include "register.h"
#include "screen.h"

#include "book.h"
#include "children.h"
#include "modes.h"

/* ---- limits of the session (screens.md, domain.md) ------------------------- */

#define READING_WAIT_MS 8000     /* a reading and a scan belong together */
#define JOIN_MS 20000            /* a second document joins its person */
#define DEBOUNCE_SCANNER_MS 2500 /* the same code again is the same read */
#define DEBOUNCE_CAMERA_MS 5000
#define LOOK_UP_MS 300           /* then the register counts as unknown */
#define ARM_MS 400               /* Enter acts so long after a change */
#define PASS_CLEARS_MS 30000
#define KIOSK_CLEARS_MS 4000     /* after `done`, whatever the verdict */
#define NOTICE_MS 6000
#define PARTS_MS 60000           /* codes of one health card follow so soon */
#define LATE_MS 30000              /* the hub has answered by then, or never does */
#define LATE_SHOWN_MS (2 * 60 * 1000)
#define CORRECT_MS 60000
#define REPEAT_MS (15 * 60000)   /* "passed here 6 min ago" is asked */
#define VEHICLE_IDLE_MS 120000
#define SECOND_MINUTES 5.0       /* unless the pack sets second_minutes */

#define DOCUMENTS_MAX 4
#define WAITING_MAX VIEW_WAITING_MAX
#define RECENT_MAX VIEW_RECENT_MAX
#define EFFECTS_MAX 8

/* ---- time as the station tells it ---------------------------------------------- */

struct moment {
	int64_t now_ms;         /* since boot */
	int64_t wall;           /* best guess, Unix seconds: shown, recorded */
	enum clock_trust clock; /* how far it can be trusted */
};

/* ---- one person in front ------------------------------------------------------------ */

enum temp_source { TEMP_NONE, TEMP_DEVICE, TEMP_HAND };

struct reading {
	enum temp_source source;
	int device;            /* number of the thermometer, from 1 */
	int64_t taken_ms;
	struct event_temp temp;
};

struct person {
	bool present;
	struct credential documents[DOCUMENTS_MAX];
	size_t ndocuments;
	uint64_t key;          /* keyed hash of identity, else of the payload */
	int64_t opened_ms, document_ms;
	int64_t scanned_ms;    /* the first scan, also of who waited behind */
	bool typed;            /* the number was typed by the officer */
	struct reading reading;
	bool two_people;       /* a reading fitted this person and another */
	int measurement;       /* 1, or 2 after waiting */
	int64_t first_ms;      /* taken_ms of the first measurement */
	int64_t look_n;        /* 0: not asked */
	bool answered;
	bool bettered;         /* the hub has answered, too */
	int64_t look_ms;
	struct register_answer answer;
	struct declared declared;
	int64_t repeat_min;    /* -1: not seen before */
	int number_aboard;     /* 0 on foot */
	char plate[24];        /* of the vehicle, compact; "" on foot */
	int64_t record_n;      /* of the crossing; 0 not recorded yet */
	char record_id[OUTBOX_ID_MAX]; /* once done */
};

struct vehicle {
	char plate[24];
	enum plate_class class;
	bool read;             /* by a camera: B corrects it */
	int people;
	int64_t touched_ms;
	struct credential paper; /* a green-lane card or group list for it */
};

struct late { /* who passed before the hub's answer came; for seconds */
	bool present;
	struct person person;
	struct vehicle vehicle;
	char direction[8];
};

struct waiting {
	bool present;
	struct person person; /* as it was judged first */
	int64_t due_ms;
};

struct decided { /* the last outcome, for U */
	bool present;
	int64_t at_ms;
	int64_t record_n;
	char record_id[OUTBOX_ID_MAX];
	char outcome[16];
	enum verdict verdict;
	int direction;    /* 0 in, 1 out, then */
	bool against;
	bool counted;  /* not in training */
	size_t recent; /* its serial in the list of recent ones */
	uint64_t key;
};

/* ---- repeats: who passed in this run, under a key of this boot ------------------------ */

#define REPEATS_MAX 4096

struct repeats {
	uint64_t secret[2];
	struct {
		uint64_t key;
		int64_t at_ms;
		bool inbound;
	} ring[REPEATS_MAX];
	size_t next;
};

void repeats_init(struct repeats *repeats, const uint64_t secret[2]);
uint64_t repeats_key(const struct repeats *repeats, const void *bytes, size_t n);
void repeats_add(struct repeats *repeats, uint64_t key, bool inbound, int64_t at_ms);
void repeats_forget(struct repeats *repeats, uint64_t key);
/* Minutes since the last crossing in this direction within REPEAT_MS, or -1. */
int64_t repeats_minutes(const struct repeats *repeats, uint64_t key, bool inbound, int64_t now_ms);

/* ---- overruled: rules that people are let pass against -------------------------------- */

#define OVERRULED_MAX 512
#define OVERRULED_MS (30 * 60000)
#define OVERRULED_PERCENT 20
#define OVERRULED_LEAST 5 /* verdicts of a rule: fewer say nothing */

struct overruled {
	struct overruled_one {
		char rule[RULE_NAME_MAX];
		int64_t record_n, at_ms; /* of the verdict; of the outcome */
		bool passed;
	} ring[OVERRULED_MAX];
	size_t next;
};

struct overruled_rule {
	char rule[RULE_NAME_MAX];
	int passed, of;
};

/* A verdict that was no PASS has its outcome, or another one afterwards. */
void overruled_add(struct overruled *overruled, const struct judgement *judgement, int64_t record_n, bool passed, int64_t now_ms);
void overruled_correct(struct overruled *overruled, int64_t record_n, bool passed);
/* False: no rule was overruled too often. */
bool overruled_worst(const struct overruled *overruled, int64_t now_ms, struct overruled_rule *worst);

/* ---- effects ------------------------------------------------------------------------------- */

enum effect_kind { EFFECT_LOOK, EFFECT_RECORD, EFFECT_GATE, EFFECT_SLIP,
	EFFECT_BADGE };

struct effect {
	enum effect_kind kind;
	int64_t n;               /* look: its number; record: its number */
	char identity[80], plate[24]; /* look */
	char *body;              /* record: JSON object text without the last '}';
	                          * gate: why; slip: JSON */
	int64_t of_n;            /* record that this one names; 0 none */
	char of_id[OUTBOX_ID_MAX]; /* its id when known already */
};

/* ---- session -------------------------------------------------------------------------------- */

struct session_setup { /* borrowed for the session's life */
	const struct conf *conf;
	const struct conf_lane *lane;
	struct policy *policy;
	const struct credential_trust *trust; /* NULL: no keys */
	const struct credential_values *values; /* NULL: no names */
	const char *sign_key; /* the post's own, PEM; NULL: it has none */
	enum language language;
	const char *boot, *run; /* boot id and run of this station, for records */
};

/* ---- what the post gives once: granted.c ---------------------------------------------------- */

#define GRANTED_MAX 64 /* of this run; what is on disk makes room */

struct granted {
	int64_t n;            /* 0: free */
	uint64_t key;         /* of the person, as in repeats */
	char identity[80];    /* until it is on disk */
	char name[REGISTER_GRANT_MAX];
	int64_t at, until;    /* Unix seconds; until 0: for ever */
	int64_t at_ms, again_ms;
	bool drop;            /* taken back by a correction */
	bool done;            /* on disk */
};

/* What the lanes of a post share: one shift, one queue of records. */
struct shift {
	struct view_counts counts;
	struct view_recent recent[RECENT_MAX]; /* newest first */
	size_t nrecent, recent_serial;
	struct waiting waiting[WAITING_MAX];   /* for a second measurement */
	struct repeats repeats;
	struct overruled overruled;
	int64_t next_n, next_look; /* numbers of records and look-ups */
	struct surge surge;
	struct tally tally;
	long inside;               /* a venue: how many are in it */
	struct searched searched[SEARCH_MAX];
	size_t nsearched;          /* ever added: a ring */
	struct granted granted[GRANTED_MAX];
	int64_t next_granted;
	char grant_fault[EVENT_WORDS_MAX]; /* why it is not on disk */
	bool recorder_full;        /* 32 unanswered: no more confirmations */
	bool hub, link_up;         /* this post has a hub, and reaches it */
	bool online;               /* the hub is asked about each person */
	const struct issuers *issuers; /* whose papers are believed; NULL: nobody's */
	struct zones *zones;       /* of places; NULL: none told yet */
	/* office.c says these: */
	char officer[OFFICER_ID_MAX]; /* at work; "" nobody, or none is known */
	bool closed;               /* nobody who decides is at work: badges only */
	const char *closed_why;    /* a msgid */
	bool leaders;              /* a leader can be asked */
	bool medics;               /* medical staff can be asked */
	bool training;             /* not counted, marked everywhere */
	unsigned accepted;         /* doubts: enum policy_accept */
	char accepted_by[OFFICER_ID_MAX];
	int64_t accepted_until;    /* Unix seconds */
};

void shift_init(struct shift *shift, const uint64_t secret[2], const struct moment *m);

struct session {
	struct session_setup setup;
	struct shift *shift;    /* the post's, borrowed */
	char direction[8];      /* in or out; "ask": not chosen yet */
	enum lane_phase phase;
	int live_state; /* phase, verdict, recorded as the status file has them */
	struct person person;
	bool has_behind;        /* one scan waits behind */
	struct credential behind;
	uint64_t behind_key;
	bool behind_typed;
	int64_t behind_ms;
	struct reading held;    /* temp-first: a reading before its scan */
	bool held_two;          /* two readings came before one scan */
	int64_t shown_n;        /* the record on the screen */
	char shown_id[OUTBOX_ID_MAX]; /* once done */
	struct judgement judgement;
	struct facts facts;     /* what was judged */
	char outcome[16];       /* what Enter does */
	enum recorded recorded; /* of the record on the screen */
	int64_t recorded_ms;    /* when it was put */
	char record_fault[EVENT_WORDS_MAX];
	int64_t armed_ms, clears_ms; /* clears 0: does not */
	int64_t gate_n;         /* the gate opens when this record is done; 0 none */
	int64_t slip_n;         /* a slip of this declaration, when it is done */
	char slip_code[CREDENTIAL_TEXT_MAX + 1]; /* its signed text, or "" */
	bool kiosk;             /* nobody sits here: it commits by itself */
	struct credential badge; /* of EFFECT_BADGE */
	char badge_secret[2 * CREDENTIAL_SECRET_BYTES + 1]; /* wiped when taken */
	char leader[OFFICER_ID_MAX]; /* who allowed the next passing of a STOP */
	char medical[OFFICER_ID_MAX]; /* who cleared the person before it */
	struct vehicle vehicle;
	struct decided decided;
	char granted_to[80];    /* who was decided, while it may be corrected */
	struct credential_parts parts; /* of a card over several codes */
	int64_t parts_ms;
	struct late late;
	char late_who[16];      /* passed, and now is a STOP: masked */
	int64_t late_until_ms;  /* shown until then; 0 none */
	bool late_bell;         /* to be rung */
	struct { uint64_t key; int64_t seen_ms; bool badge; } seen[8]; /* debounce */
	size_t next_seen;
	char notice[VIEW_TEXT_MAX];
	bool notice_bad;
	int64_t notice_ms;      /* until then; 0 none */
	char hint[16];
	int64_t hint_ms;
	struct effect effects[EFFECTS_MAX];
	size_t neffects;
};

/* SCAN_NAMED: by a scanner that tells the symbology, so that it was a code. */
enum scan_source { SCAN_SCANNER, SCAN_NAMED, SCAN_CAMERA, SCAN_TYPED };

void session_init(struct session *s, const struct session_setup *setup, struct shift *shift);
void session_scan(struct session *s, const unsigned char *payload, size_t n, enum scan_source source, const struct moment *m);
/* A badge is asked for anew: each counts again at once, however short ago it
 * was read. */
void session_badge_anew(struct session *s);
void session_reading(struct session *s, const struct reading *reading, const struct moment *m);
void session_plate(struct session *s, const char *text, const struct moment *m);
void session_plate_read(struct session *s, const char *text, const struct moment *m);
void session_hint(struct session *s, const char *word, const struct moment *m);
void session_answer(struct session *s, int64_t n, const struct register_answer *answer, const struct moment *m);
/* The hub's answer, whenever it comes; NULL: it knows nothing more. */
void session_better(struct session *s, int64_t n, const struct register_answer *answer, const struct moment *m);
void session_recorded(struct session *s, int64_t n, const char *id, const struct moment *m);
void session_record_fault(struct session *s, int64_t n, const char *words);
void session_tick(struct session *s, const struct moment *m);
/* The next now_ms at which session_tick() has something to do, or -1. */
int64_t session_deadline(const struct session *s, const struct moment *m);
/* An outcome: passed, turned-back, health-desk, held, waiting, left. by: key,
 * next, time-out. why: reason of letting pass against the verdict, or "".
 * False: not possible now (the notice says why). */
bool session_decide(struct session *s, const char *outcome, const char *by, const char *why, const struct moment *m);
bool session_enter(struct session *s, const struct moment *m);
void session_dismiss(struct session *s, const struct moment *m); /* Esc on a repeat */
bool session_may_correct(const struct session *s, const struct moment *m);
/* why: as in session_decide(). */
void session_correct(struct session *s, const char *outcome, const char *why, const struct moment *m);
void session_recall(struct session *s, size_t index, const struct moment *m); /* from the waiting list */
void session_look(struct session *s, const struct moment *m); /* X on a code: recorded */
/* I: a slip of the verdict that stands, once it is recorded. */
void session_print(struct session *s, const struct moment *m);
/* The same slip once more, when somebody asked for it. */
void session_print_again(struct session *s, const struct moment *m);
void session_switched(struct session *s, const struct output_switch *change, const struct moment *m); /* recorded */
void session_turn(struct session *s, const struct moment *m); /* V */
/* The officer went on: what was only told is no longer news. */
void session_heard(struct session *s);
void session_note(struct session *s, bool bad, const struct moment *m, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The clock's trust changed: an open CHECK that lacked it is judged again. */
void session_clock(struct session *s, const struct moment *m);
/* A record of the post, not of a person. fields as in record_words(). */
void session_record(struct session *s, const char *type, const char *const fields[], const struct moment *m);
void session_record_sheet(struct session *s, const char *type, const struct book *book, const char *const fields[], const struct moment *m);
void session_record_plain(struct session *s, const char *type, const char *detail, const struct moment *m);
/* Take the effects; the caller frees bodies. */
size_t session_effects(struct session *s, struct effect out[EFFECTS_MAX]);

/* ---- what session.c, scan.c and decide.c share -------------------------------------- */

void session_ask(struct session *s, const struct moment *m); /* the register */
void session_board(struct session *s, const struct moment *m); /* the open vehicle */
void session_gather(struct session *s, const struct moment *m);

void session_open(struct session *s, const struct credential *credential, uint64_t key, bool typed, const struct moment *m);
void session_judge(struct session *s, const char *type, const struct moment *m);
void session_close(struct session *s, const struct moment *m); /* the next one, or READY */
void session_put(struct session *s, char *body, int64_t n, int64_t of_n, const char *of_id);
void session_act(struct session *s, enum effect_kind kind, char *body); /* takes body */
void session_try(struct session *s, const struct moment *m);
int session_direction(const struct session *s); /* 0 in, 1 out */

/* granted.c: what the post gives once. False: no more can be noted now.
 * outcome NULL: whatever it is. */
bool granted_room(const struct session *s, const char *outcome);
/* It was given to this person since the register was asked, in another lane;
 * the answer says so now. */
bool granted_meanwhile(struct session *s, const char *outcome);
/* What was given by that, or "". */
const char *granted_decide(struct session *s, const char *outcome, const struct moment *m);
const char *granted_correct(struct session *s, const char *was, const char *outcome, const struct moment *m);
void granted_tick(struct session *s, const struct moment *m);
void granted_answer(struct session *s); /* one has come: what is not on disk yet */
void granted_fact(const struct session *s, struct facts *f);
void granted_told(struct session *s, const struct moment *m); /* when it was */
/* The oldest that is not on disk, when it is time. */
void granted_send(struct shift *shift, struct lookup *lookup, const struct moment *m);
void granted_done(struct shift *shift, int64_t n, const char *fault, const struct moment *m);
/* Something should be on disk and is not: why, or ""; NULL: all is well. */
const char *granted_trouble(const struct shift *shift, const struct moment *m);

/* late.c: who passes before the hub has answered. */
void late_keep(struct session *s, const struct moment *m);
void late_tick(struct session *s, const struct moment *m);

/* The document that identifies: the first with an identity, else the first. */
const struct credential *person_document(const struct person *person);
/* The register was asked for this person, and has answered. A code without an
 * identity could not be looked up at all. */
bool person_is_listed(const struct person *person);
bool reading_counts(const struct reading *reading); /* has a result for the rules */

#endif
