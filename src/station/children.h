/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The station's side of its child processes: each module talks lines with
 * one kind of child and hands on what it said.
 */
#ifndef STATION_CHILDREN_H
#define STATION_CHILDREN_H

#include "base.h"
#include "duty.h"
#include "conf.h"
#include "machine.h"
#include "reader.h"
#include "register.h"
#include "screen.h"
#include "station.h"

/* ---- journal: the station's side of the recorder ----------------------------------------------- */

#define JOURNAL_MAX 32 /* unanswered records */

struct journal;

struct journal_calls {
	void (*done)(void *arg, int64_t n, const char *id);
	void (*fault)(void *arg, int64_t n, const char *words);
	void (*state)(void *arg, bool up, const char *words);
	void (*notice)(void *arg, const char *words); /* records were lost */
	void *arg;
};

struct journal *journal_start(struct loop *loop, char *const argv[], uint64_t run, const struct journal_calls *calls, struct err *err);
void journal_stop(struct journal *journal);
/* Keep a record until the recorder has it; takes body. From JOURNAL_MAX
 * waiting on the session confirms nothing more; at twice that body is freed
 * and false given back. */
bool journal_put(struct journal *journal, int64_t n, char *body, int64_t of_n, const char *of_id);
/* Another line for the recorder, when it is up. */
void journal_say(struct journal *journal, const char *line);
size_t journal_waiting(const struct journal *journal);
bool journal_failing(const struct journal *journal, const char **words);

/* ---- fault_words: what a child complains of, in the screen's language ---------------------- */

void fault_words(const char *words, char *out, size_t size);

/* ---- drift: whether a thermometer has moved ------------------------------------ */

#define DRIFT_PASSERS 50
#define DRIFT_LIMIT_MC 400

struct drift {
	unsigned count;
	int32_t first_mc; /* median of the first passers */
	int32_t last[DRIFT_PASSERS];
};

void drift_add(struct drift *drift, const struct event_temp *temp);
/* By how much it has moved; 0: not further than the limit. */
int32_t drift_mc(const struct drift *drift);

/* ---- devices: the readers of a lane --------------------------------------------------------- */

struct devices;

struct devices_calls {
	/* role and number (from 1) of the device in its lane. */
	void (*event)(void *arg, enum reader_role role, int number, const struct event *event);
	void (*changed)(void *arg); /* a device was lost or is back */
	void *arg;
};

struct devices *devices_start(struct loop *loop, const struct conf_lane *lane, const struct station_options *options, const struct devices_calls *calls, struct err *err);
void devices_stop(struct devices *devices);
/* Lines such as "Scanner 1 lost" of the devices that do not work; why is in
 * the status file. */
size_t devices_troubles(const struct devices *devices, char lines[][VIEW_TEXT_MAX], size_t most);

/* One device as the status file and the devices page show it. */
struct device_state {
	char word[32]; /* "scanner 1": of the status file */
	char name[64]; /* for a person */
	char words[EVENT_WORDS_MAX]; /* why it is lost, or "" */
	bool heard, lost;
	unsigned faults;  /* since the start */
	int64_t last_ms;  /* of its last reading; 0: none yet */
	char last[64];    /* what it was, without a person in it */
	char raw[EVENT_WORDS_MAX]; /* its last bytes, see EVENT_RAW; "" */
	int64_t raw_ms;   /* when they came */
};

/* The next one from *i on, moving it; false past the end. */
bool devices_state(const struct devices *devices, size_t *i, struct device_state *state);

/* Lines of the devices page: it, and the last bytes of a reader. */
void device_line(const struct device_state *state, int64_t now_ms, char out[VIEW_TEXT_MAX]);
void device_raw_line(const struct device_state *state, int64_t now_ms, char out[VIEW_TEXT_MAX]);

/* Ask the readers for their last bytes, without persons; forget them. */
void devices_ask_raw(struct devices *devices);
void devices_forget_raw(struct devices *devices);

/* ---- outputs: gate, booth, lamp, printer and sound of a lane -------------------------------- */

struct outputs;

struct output_switch { /* a relay was switched */
	const char *device; /* gate, booth */
	bool on;
	int channel;
	const char *reason, *of_id; /* of_id: the record it was for, or "" */
};

struct outputs_calls {
	void (*changed)(void *arg);
	void (*note)(void *arg, const char *words); /* an order was refused */
	void (*switched)(void *arg, const struct output_switch *s);
	void (*printed_before)(void *arg); /* the last slip: is it wanted again? */
	void (*bell)(void *arg);           /* no sound came: ring */
	void *arg;
};

struct outputs *outputs_start(struct loop *loop, const struct conf *conf, const struct conf_lane *lane, const struct station_options *options, const struct outputs_calls *calls, struct err *err);
void outputs_stop(struct outputs *outputs); /* NULL is allowed */
/* The gate's pulse and the booth's time; id: the record's. */
void outputs_let_through(struct outputs *outputs, const char *id);
bool outputs_print(struct outputs *outputs, const char *slip); /* JSON of chot-actuator(7) */
/* The camera says why nothing reads: too dark lights the lamp. */
void outputs_hint(struct outputs *outputs, const char *word);
bool outputs_printer(const struct outputs *outputs); /* the lane has one */
/* The tone, or the words that citizens see; false: there is no player. */
bool outputs_sound(struct outputs *outputs, bool pass);
size_t outputs_troubles(const struct outputs *outputs, char lines[][VIEW_TEXT_MAX], size_t most);
bool outputs_state(const struct outputs *outputs, size_t *i, struct device_state *state);

/* ---- lookup: the station's side of the look-up child ---------------------------------------------- */

struct lookup;

struct lookup_calls {
	void (*answer)(void *arg, int64_t n, const struct register_answer *answer);
	void (*state)(void *arg, bool up, const char *words);
	void (*locked)(void *arg, bool locked, const char *words); /* its key */
	void (*hashed)(void *arg, int64_t n, const char *hashes);
	/* NULL: it is on disk; else why it is not. */
	void (*granted)(void *arg, int64_t n, const char *fault);
	void *arg;
};

struct lookup *lookup_start(struct loop *loop, char *const argv[], const struct lookup_calls *calls, struct err *err);
void lookup_stop(struct lookup *lookup);
/* identity and plate may be "". An answer comes for every number asked while
 * the child lives; nobody is asked twice. */
/* The register's key from a badge's secret; or no longer. */
void lookup_unlock(struct lookup *lookup, const char *secret, long seconds);
void lookup_lock(struct lookup *lookup);
/* now: Unix seconds where the clock can be trusted, else 0. grant: the name
 * of what the post gives once, or "". */
void lookup_ask(struct lookup *lookup, int64_t n, const char *identity, const char *plate, int64_t now, const char *grant);
struct granted;
void lookup_grant(struct lookup *lookup, const struct granted *granted, int64_t now);

/* What the hub may be asked by: hashed() comes, or nothing without a key. */
void lookup_hash(struct lookup *lookup, int64_t n, const char *identity, const char *plate);

/* ---- online: the child that asks the hub about persons -------------------------------------------- */

struct online;

struct online_state {
	bool known, up;
	char words[EVENT_WORDS_MAX]; /* why it is down */
};

struct online_calls {
	/* NULL: the hub knows nothing more, or is not reached. */
	void (*answer)(void *arg, int64_t n, const struct register_answer *answer);
	void (*changed)(void *arg);
	void *arg;
};

struct online *online_start(struct loop *loop, const struct station_options *options, const struct online_calls *calls, struct err *err);
void online_stop(struct online *online); /* NULL is allowed, as below */
const struct online_state *online_state(const struct online *online); /* not NULL here */
/* hashes: as hashed() gave them; now: Unix seconds, 0 not to be trusted. */
void online_ask(struct online *online, int64_t n, const char *hashes, int64_t now);

/* ---- upkeep: the child that looks after the machine ----------------------------------------------- */

struct upkeep;

/* *changed becomes true with each report. */
struct upkeep *upkeep_start(struct loop *loop, const struct station_options *options, const char *state, bool *changed, struct err *err);
void upkeep_stop(struct upkeep *upkeep); /* NULL is allowed */
/* As it was said last, at most a minute ago; unknown while it is down. */
const struct machine *upkeep_machine(const struct upkeep *upkeep);
/* Something changed: look at once. */
void upkeep_look(struct upkeep *upkeep);

/* ---- errand: one command of the site, run to its end -------------------------------------- */

struct errand;

struct errand_calls {
	/* status: of its exit, or -1; words: the last line it said, or why. */
	void (*done)(void *arg, int status, const char *words);
	void *arg;
};

/* words: the program and its arguments. Ended after a minute at the most. */
struct errand *errand_start(struct loop *loop, const char *self, char *const words[], const struct errand_calls *calls, struct err *err);
void errand_stop(struct errand *errand); /* NULL is allowed; from done() too */

/* ---- roster: officers, PINs and small files ------------------------------------------------------ */

struct roster;

struct roster_calls {
	void (*officers)(void *arg, size_t n); /* so many come now */
	void (*officer)(void *arg, const struct duty_officer *officer);
	void (*answer)(void *arg, int64_t n, const char *word, long seconds);
	/* A line about messages: inbox.h. False: it was none. */
	bool (*mail)(void *arg, char *line);
	void (*zones)(void *arg, struct zones *zones); /* all; yours now */
	/* n: of the question; 0: the list; -1: the child itself. */
	void (*fault)(void *arg, int64_t n, const char *words);
	void *arg;
};

struct roster *roster_start(struct loop *loop, char *const argv[], const struct roster_calls *calls, struct err *err);
void roster_stop(struct roster *roster); /* NULL is allowed */
bool roster_check(struct roster *roster, int64_t n, const char *id, const char *pin);
bool roster_keep(struct roster *roster, const char *name, const char *text);
bool roster_keeps(const struct roster *roster); /* and has not answered yet */

/* ---- uplink: the station's side of chot-sync (sync.h) ------------------------------------------- */

struct uplink;

struct uplink_state {
	bool up, revoked;
	int64_t since_ms;    /* of the last change */
	int64_t waiting;     /* records the hub does not have; -1 unknown */
	int64_t oldest_at;   /* when the oldest was recorded; 0 none */
	int64_t refused;
	int64_t acknowledged; /* by the hub: up to here of that epoch */
	uint32_t epoch;
	char words[EVENT_WORDS_MAX]; /* why it is down */
	char trouble[16];    /* of the last try, a word of sync.h; "": none */
};

struct uplink_calls {
	void (*changed)(void *arg);
	void (*hub_time)(void *arg, int64_t hub_ms);
	void (*recorder)(void *arg, const char *line);  /* pass it on */
	void *arg;
};

struct uplink *uplink_start(struct loop *loop, const struct station_options *options, const struct uplink_calls *calls, struct err *err);
void uplink_stop(struct uplink *uplink); /* NULL is allowed, as for all below */
const struct uplink_state *uplink_state(const struct uplink *uplink);
/* Whether the hub has the record of that id. */
bool uplink_has(const struct uplink *uplink, const char *record_id);
void uplink_wake(struct uplink *uplink); /* there is something new */

#endif
