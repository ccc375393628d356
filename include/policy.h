/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - what the rules say of one crossing (chot-policy(5)).
 *
 * Facts in, PASS, CHECK or STOP with reasons out. Pure but for loading the
 * pack: conditions are SQL over one typed row in an in-memory SQLite that
 * allows nothing else. A rule that cannot be evaluated is CHECK and says so.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdio.h>

#include "base.h"

/* ---- facts ------------------------------------------------------------------ */

enum fact { /* the order of the row; names and types are facts[] in policy/facts.c */
	FACT_NOW, FACT_CLOCK, FACT_DIRECTION, FACT_MODE, FACT_LANE, FACT_POST,
	FACT_HOUR, FACT_POST_ZONE,
	FACT_ID_KIND, FACT_AGE_YEARS, FACT_SEX, FACT_FOREIGNER,
	FACT_RESIDENCE_ZONE, FACT_ORIGIN_ZONE, FACT_DESTINATION_ZONE,
	FACT_TEMPERATURE, FACT_TEMPERATURE_QUALITY, FACT_TEMPERATURE_NUMBER,
	FACT_MINUTES_SINCE_FIRST,
	FACT_DECLARATION, FACT_DECLARATION_AGE_H, FACT_DECLARED_SYMPTOMS,
	FACT_PERMIT, FACT_PERMIT_NOW,
	FACT_DCC, FACT_DCC_KIND, FACT_DOSES, FACT_DOSES_REQUIRED,
	FACT_DAYS_SINCE_DOSE, FACT_DAYS_SINCE_RECOVERY,
	FACT_TEST, FACT_TEST_KIND, FACT_TEST_SAMPLED_H, FACT_TEST_RESULT_H,
	FACT_STATUS, FACT_STATUS_SINCE, FACT_STATUS_ENDS, FACT_STATUS_SOURCE,
	FACT_WANTED, FACT_EXEMPT, FACT_SHIPPER,
	FACT_VEHICLE_KIND, FACT_PLATE_KNOWN, FACT_GREEN_LANE,
	FACT_VEHICLE_WANTED, FACT_GROUP_DECLARED, FACT_GROUP_COUNTED,
	FACT_LAST_SEEN_MIN, FACT_LAST_SEEN_KM, FACT_REPEAT_MIN,
	FACT_OCCUPANCY, FACT_CAPACITY, FACT_BENEFIT,
	FACT_MISMATCH, FACT_REGISTER_AGE_H, FACT_LINK,
	FACT_COUNT
};

#define FACT_BIT(fact) (UINT64_C(1) << (fact)) /* sets of facts */

enum fact_type { FACT_NULL, FACT_INTEGER, FACT_REAL, FACT_TEXT };

#define FACT_TEXT_MAX 64

struct fact_value {
	enum fact_type type; /* FACT_NULL: unknowable now */
	int64_t integer;
	double real;
	char text[FACT_TEXT_MAX];
};

struct facts {
	struct fact_value values[FACT_COUNT];
};

enum fact_show { SHOW_PLAIN, SHOW_TENTHS, SHOW_WHOLE, SHOW_DATE }; /* in reasons */

struct fact_info {
	const char *name;
	enum fact_type type;
	const char *help; /* one line, N_() */
	enum fact_show show;
	bool timed; /* depends on the time: NULL whenever `now` is */
	double min, max; /* numbers; both ends are allowed */
	const char *const *words; /* texts: ends with NULL; NULL: any text */
};

const struct fact_info *fact_info(enum fact fact);

void facts_init(struct facts *facts); /* all NULL */
/* The setters assert the type of facts[]. A number out of range, a text that
 * is too long or not one of the fact's words leaves the fact NULL: doubt. */
void facts_integer(struct facts *facts, enum fact fact, int64_t value);
void facts_real(struct facts *facts, enum fact fact, double value);
void facts_text(struct facts *facts, enum fact fact, const char *value);
/* What rules see: a timed fact is NULL while `now` is not known or the clock
 * is unconfirmed. The judge, the texts and facts_json() all ask here. */
const struct fact_value *facts_value(const struct facts *facts,
    enum fact fact);

#define FACTS_JSON_MAX 16384 /* bytes of one line of facts */

/* One JSON object; unknown names, wrong types, numbers out of range, texts
 * that are too long or not among the fact's words are ERR_INPUT. */
int facts_parse(const char *json, size_t n, struct facts *facts,
    struct err *err);
/* malloc'ed JSON object of the facts that are not NULL. */
char *facts_json(const struct facts *facts);

/* ---- judgement ---------------------------------------------------------------- */

enum verdict { VERDICT_PASS, VERDICT_CHECK, VERDICT_STOP };
const char *verdict_word(enum verdict verdict); /* pass, check, stop */

#define REASON_TEXT_MAX 200
#define RULE_NAME_MAX 48
#define REASONS_MAX 16
#define UNKNOWN_MAX 16

enum language { LANGUAGE_VI, LANGUAGE_EN, LANGUAGES };

struct reason {
	char rule[RULE_NAME_MAX];
	enum verdict verdict;
	bool undecided;    /* the rule could not be evaluated */
	uint64_t reads;    /* the facts it asks for: FACT_BIT() */
	char code[16];     /* what the screen shows instead of the reason, or "" */
	char outcome[16];  /* what Enter does: waiting, health-desk, ...; or "" */
	char text[LANGUAGES][REASON_TEXT_MAX];   /* facts and values filled in */
	char advice[LANGUAGES][REASON_TEXT_MAX];
	char public_text[LANGUAGES][REASON_TEXT_MAX];
};

struct judgement {
	enum verdict verdict;
	size_t nreasons, more; /* more: reasons beyond REASONS_MAX */
	struct reason reasons[REASONS_MAX]; /* worst first, then pack order */
	size_t naccepted; /* rules that would have said CHECK: policy_accept() */
	char accepted[UNKNOWN_MAX][RULE_NAME_MAX];
	size_t nunknown;
	const char *unknown[UNKNOWN_MAX]; /* names of facts undecided rules lacked */
};

struct policy;

enum policy_need { NEED_IDENTITY, NEED_TEMPERATURE };

#define POLICY_FACTS_VERSION 1 /* the newest needs_facts that is understood */

/* Load and compile. Errors: "FILE:LINE: rule NAME: words" with a caret line
 * in the text. utc_offset_s is for dates in reasons. */
struct policy *policy_load(const char *path, int utc_offset_s,
    struct err *err);
/* The same from memory; name stands for the file in errors. */
struct policy *policy_parse(const char *name, const char *text, size_t n,
    int utc_offset_s, struct err *err);
void policy_free(struct policy *policy);
const char *policy_version(const struct policy *policy);
/* When the pack takes effect, Unix seconds; 0: not given. */
int64_t policy_effective(const struct policy *policy);
bool policy_needs(const struct policy *policy, enum policy_need need);
int policy_rule_count(const struct policy *policy);
/* Does any rule ask for one of these facts? */
bool policy_asks(const struct policy *policy, uint64_t facts);
/* What a person with an outcome was given here: from then on, for days, the
 * fact has that word, whatever lists say. */
struct policy_grant {
	char name[RULE_NAME_MAX]; /* of what is given; one word */
	char outcome[16];
	enum fact fact;
	char value[FACT_TEXT_MAX];
	int days;
	char *source; /* or NULL */
};
/* NULL: the pack has none. Lasts as long as policy. */
const struct policy_grant *policy_grant(const struct policy *policy);
/* A numeric value of a set block: policy_value(p, "second_minutes", 5). */
double policy_value(const struct policy *policy, const char *name,
    double fallback);

/*
 * Doubts of the whole post that a leader accepted, from now on. A rule that
 * says CHECK because of the age of the lists, and asks for nothing else, then
 * is no cause for CHECK; the same for one that asks only whether the clock is
 * confirmed, or is undecided because it is not and for nothing else. They
 * stay in the judgement.
 */
enum policy_accept { POLICY_ACCEPT_LISTS = 1, POLICY_ACCEPT_CLOCK = 2 };
void policy_accept(struct policy *policy, unsigned accepted);

/* Never fails: what cannot be evaluated is a reason. */
void policy_judge(struct policy *policy, const struct facts *facts,
    struct judgement *judgement);
/* {"verdict":"check","reasons":["fever"],"unknown":[]}; malloc'ed. */
char *judgement_json(const struct judgement *judgement);

#define POLICY_RECORD_MAX 65536 /* bytes of one record's JSON */

/* What a record (chot-record(5), one JSON object) was judged by and how:
 * returns 1 with all filled, id "" when there is none; 0 when the record is
 * not one of a verdict; -1 when it cannot be read. */
int policy_record(const char *json, size_t n, struct facts *facts,
    enum verdict *verdict, char id[128], struct err *err);

/* Every rule with its values, source and texts, for people. */
void policy_explain(const struct policy *policy, enum language language,
    FILE *out);
/* Run a case table (chot-policy(5)); differences go to report. Returns the
 * number of failed cases with *total filled, or -1. */
int policy_test(struct policy *policy, const char *cases_path, int *total,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);
/* Which rules no judgement since loading has seen fire, not fire, or lack a
 * fact: a line for each gap. Returns their number. */
int policy_uncovered(const struct policy *policy,
    void (*report)(void *arg, const char *line), void *arg);

#endif
