/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room station share.
 *
 * What belongs together has a header of its own, included here: session.h
 * (a lane), modes.h, desk.h, book.h, duty.h, inbox.h and office.h are pure;
 * children.h and status.h are not, and no more are journal.c, lookup.c,
 * devices.c and station.c, which do the talking.
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
#include "session.h"

/* ---- facts, records, views ---------------------------------------------------------------- */

void facts_of(const struct session *s, const struct moment *m, struct facts *facts);
/* Does at lie ahead, by more than clocks differ? What claims to be of tomorrow
 * would be the newest of all; how old it is, nobody knows. */
bool moment_is_before(const struct moment *m, int64_t at);

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
/* The declaration of a form as `chot credential issue` takes it; NULL: it has
 * no number, and nobody could be told by it. */
char *record_declaration(const struct session *s, const struct fields *fields, const struct moment *m);
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
const char *view_word(const char *word);
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
	const struct overruled_rule *overruled; /* NULL: none */
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

/* The post's own key for what it signs, malloc'ed in locked memory; NULL: it
 * has none. */
char *sign_choose(const struct conf *conf);

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
	struct credential_values *values;
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
	int64_t live_ms, list_ms, painted_ms;
	long inside_run, inside_kept; /* as written there, and in the state */
	int64_t lists_at; /* when the oldest list was made; 0 unknown */
	bool lists_known;
	char boot[37], run[17];
	uint64_t secret[2]; /* of this run, for repeats */
	enum language language;
	char recorder_down[EVENT_WORDS_MAX], lookup_down[EVENT_WORDS_MAX],
	    policy_trouble[VIEW_TEXT_MAX], outbox_notice[VIEW_TEXT_MAX];
	char *sign_key;   /* or NULL */
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
/* Names are a help: a post without them works, and its log says so once. */
void station_name_codes(struct station *st);
/* Issuers' keys, when they changed since they were read. */
void station_refresh_keys(struct station *st);
void station_close(struct station *st);
/* carry.c: after anything that a session was told. */
void station_carry_out(struct station *st);
int station_start_outputs(struct post_lane *lane, struct err *err);
/* children.c: readers, look-up, recorder and those of the office. */
int station_start_children(struct station *st, struct err *err);
void station_draw(struct station *st);
void station_write_live(struct station *st);
void station_devices(const struct station *st, struct view *view); /* devices_page.c */
/* Every second, and when a leader may see them: last bytes of the devices. */
void station_raw(struct station *st);

#endif
