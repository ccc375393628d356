/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room station share.
 *
 * session.c is pure: it is told the time, the scans, the readings, the
 * answers and the keys, and leaves effects (look up, record) for station.c
 * to carry out. facts.c, record.c, repeats.c and view.c are pure as well;
 * journal.c, lookup.c, devices.c and station.c do the talking.
 */
#ifndef STATION_PARTS_H
#define STATION_PARTS_H

#include "base.h"
#include "conf.h"
#include "credential.h"
#include "machine.h"
#include "outbox.h"
#include "policy.h"
#include "reader.h"
#include "register.h"
#include "screen.h"
#include "station.h"

#include "book.h"
#include "children.h"
#include "duty.h"
#include "inbox.h"
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
	enum language language;
	const char *boot, *run; /* boot id and run of this station, for records */
};

/* What the lanes of a post share: one shift, one queue of records. */
struct shift {
	struct view_counts counts;
	struct view_recent recent[RECENT_MAX]; /* newest first */
	size_t nrecent, recent_serial;
	struct waiting waiting[WAITING_MAX];   /* for a second measurement */
	struct repeats repeats;
	int64_t next_n, next_look; /* numbers of records and look-ups */
	struct surge surge;
	struct tally tally;
	long inside;               /* a venue: how many are in it */
	struct searched searched[SEARCH_MAX];
	size_t nsearched;          /* ever added: a ring */
	bool recorder_full;        /* 32 unanswered: no more confirmations */
	bool hub, link_up;         /* this post has a hub, and reaches it */
	bool online;               /* the hub is asked about each person */
	const struct issuers *issuers; /* whose papers are believed; NULL: nobody's */
	struct zones *zones;       /* of places; NULL: none told yet */
	/* office.c says these: */
	char officer[OFFICER_ID_MAX]; /* at work; "" nobody, or none is known */
	bool closed;               /* nobody is logged in: badges only */
	bool leaders;              /* a leader can be asked */
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
	bool kiosk;             /* nobody sits here: it commits by itself */
	struct credential badge; /* of EFFECT_BADGE */
	char badge_secret[2 * CREDENTIAL_SECRET_BYTES + 1]; /* wiped when taken */
	char leader[OFFICER_ID_MAX]; /* who allowed the next passing of a STOP */
	struct vehicle vehicle;
	struct decided decided;
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

/* late.c: who passes before the hub has answered. */
void late_keep(struct session *s, const struct moment *m);
void late_tick(struct session *s, const struct moment *m);

/* The document that identifies: the first with an identity, else the first. */
const struct credential *person_document(const struct person *person);
bool reading_counts(const struct reading *reading); /* has a result for the rules */

/* ---- facts, records, views ---------------------------------------------------------------- */

void facts_of(const struct session *s, const struct moment *m, struct facts *facts);

#include "proof.h"

void view_birth(const char *birth, enum language language, char out[16]);

/* JSON object texts without the last '}' (journal.c adds "of" and closes). */
struct record_head {
	const char *type; /* crossing, measurement, outcome, correction, look, clock, switch */
	int64_t n;
};
char *record_crossing(const struct session *s, const struct record_head *head, const struct moment *m);
/* The same with the fields in an object of that name; back-dated when the
 * first is "happened"; "#name" is a number. */
char *record_fields(const struct session *s, const struct record_head *head, const struct moment *m, const char *name, const char *const fields[]);
char *record_declaration_slip(const struct session *s, const char *id, const struct moment *m);
/* A citizen's slip: only the public texts, a masked number. */
char *record_slip(const struct session *s, bool again, const struct moment *m);
char *record_switch(const struct session *s, const struct record_head *head, const struct output_switch *change, const struct moment *m);
/* fields: NULL-ended name, value, name, value ...; empty values left out. */
char *record_words(const struct session *s, const struct record_head *head, const struct moment *m, const char *const fields[]);

/* The figures of a shift; as a slip for its printer. */
char *record_sheet(const struct session *s, const struct record_head *head, const struct moment *m, const struct book *book, const char *const fields[]);
char *record_sheet_slip(const struct session *s, const struct moment *m, const struct book *book);

void view_lane(const struct session *s, const struct moment *m, struct view_lane *v);
void view_of(const struct session *s, const struct moment *m, struct view *view);
/* "…123": the end of what the person was identified by. */
void person_mask(const struct person *person, char out[16]);
void detail_of(const struct session *s, const struct moment *m, struct view *view);

#include "desk.h"

/* ---- live: the status file of the run directory ------------------------------------------------------ */

struct post_lane; /* below */

struct live {
	int64_t at;
	size_t unanswered;       /* records without the recorder's answer */
	const char *record_fault, *lookup_fault;
	enum clock_trust clock;
	const char *pack;
	const char *shift;       /* without a name */
	const struct view_counts *counts;
	bool training;
	const struct post_lane *lanes;
	size_t nlanes;
	const struct uplink_state *link; /* NULL: no hub */
	const struct online_state *online; /* NULL: it is not asked */
	size_t messages_new, messages_urgent, zones; /* for who is on duty; known */
	pid_t pid;
};
/* Lines of "name value", written whole or not at all. */
int live_write(const struct live *live, const char *path, struct err *err);

#include "status.h"

/* ---- setup.c: what station.c needs before it runs -------------------------------------------------- */

enum language language_choose(const struct conf *conf);
#define HUB_PACK "policy.hub.conf" /* in STATE, as chot-register(5) says */

/* A pack that does not load leaves the last good one in force and fills
 * trouble. NULL: there is no good one. */
struct policy *policy_choose(const struct conf *conf, char trouble[VIEW_TEXT_MAX], struct err *err);
/* The public key that records are sealed to; -1 when it is not there. */
int seal_choose(const struct conf *conf, char path[CONF_PATH_MAX + 32], struct err *err);

/* ---- the station itself: station.c runs it, show.c shows it ------------------------------------------ */

struct office;

struct post_lane {
	struct station *station;
	struct session session;
	struct devices *devices;
	struct outputs *outputs;
	int64_t sounded_n; /* the person whose verdict was sounded */
	bool sounded_pass;
};

struct station {
	const struct conf *conf;
	const struct station_options *options;
	struct loop *loop;
	struct screen *screen;
	struct plain *plain; /* instead of the screen: --plain */
	struct keys *keys;
	struct policy *policy;
	struct issuers *ring;
	struct timespec ring_seen;
	struct journal *journal;
	struct lookup *lookup;
	struct uplink *uplink; /* NULL: this post has no hub */
	struct online *online; /* NULL: it is not asked about persons */
	struct takeup *takeup;
	struct upkeep *upkeep;
	struct shoulder *shoulder; /* who looks from afar; NULL: nobody can */
	struct office *office; /* who works here, shifts: office.h */
	struct clock clock;
	struct shift shift;
	struct post_lane *lanes;
	size_t nlanes, active; /* the lane the officer sees and works on */
	struct desk desk;
	struct view view; /* large: built here each time it is drawn */
	bool shows_raw;   /* a leader looks at what devices send */
	bool dirty, stop;
	int wake;         /* timer of the next deadline */
	int64_t live_ms, list_ms;
	long inside_run, inside_kept; /* as written there, and in the state */
	int64_t lists_at; /* when the oldest list was made; 0 unknown */
	bool lists_known;
	char boot[37], run[17];
	uint64_t secret[2]; /* of this run, for repeats */
	enum language language;
	char recorder_down[EVENT_WORDS_MAX], lookup_down[EVENT_WORDS_MAX],
	    policy_trouble[VIEW_TEXT_MAX], outbox_notice[VIEW_TEXT_MAX];
	char seal[CONF_PATH_MAX + 32]; /* path of the public key */
	bool locked;      /* the post is ours: its files may be changed */
	int stderr_fd;    /* as it was before the log took its place */
};

/* takeup.c: rules that came while the post runs. True when
 * they were taken up, which waits until no person is open in any lane. */
struct takeup;
struct takeup *takeup_new(const struct station *st);
void takeup_free(struct takeup *takeup);
bool takeup_look(struct takeup *takeup, struct station *st);

#include "office.h"

void station_carry_out(struct station *st); /* what sessions left to do */
void station_confirm_clock(struct station *st, int64_t at, const char *who);
void station_hub_time(void *arg, int64_t hub_ms); /* uplink_calls */
/* The time as it can be known now. */
struct moment station_moment(const struct station *st);
/* open.c: everything that needs no terminal and no child; then the end. */
int station_prepare(struct station *st, struct err *err);
void station_open_lanes(struct station *st);
/* Issuers' keys, when they changed since they were read. */
void station_refresh_keys(struct station *st);
void station_close(struct station *st);
/* carry.c: after anything that a session was told. */
void station_carry_out(struct station *st);
int station_start_outputs(struct post_lane *lane, struct err *err);
void station_draw(struct station *st);
void station_write_live(struct station *st);
void station_devices(const struct station *st, struct view *view); /* devices_page.c */
/* Every second, and when a leader may see them: last bytes of the devices. */
void station_raw(struct station *st);

#endif
