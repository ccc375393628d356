/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - what the room's modules share.
 *
 *   facts.c    the table of facts and the row of one crossing
 *   json.c     facts, judgements and cases as JSON (the only user of jansson)
 *   scan.c     is a pack's text whole and clean?
 *   option.c   the options of a pack, one by one
 *   pack.c     the pack file as a struct (the only user of libconfuse)
 *   engine.c   conditions over the row (the only user of SQLite)
 *   wording.c  reasons with facts and values filled in
 *   judge.c    the door: loads a pack and judges
 *   explain.c  a pack for people
 *   cases.c    case tables
 */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include "policy.h"

_Static_assert(FACT_COUNT <= 64, "sets of facts are 64 bits");

/* ---- facts ------------------------------------------------------------------ */

/* FACT_COUNT when there is no such fact. */
enum fact fact_find(const char *name, size_t n);
/* Take a value; -1 with ERR_INPUT naming the fact when it does not fit. */
int facts_set(struct facts *facts, enum fact fact,
    const struct fact_value *value, struct err *err);

/* ---- pack --------------------------------------------------------------------- */

#define PACK_BYTES_MAX (256 * 1024)
#define PACK_RULES_MAX 1000
#define PACK_VALUES_MAX 200
#define PACK_CONDITION_MAX 4096
#define PACK_NUMBER_MAX 24
#define PACK_DAYS_MAX 3660

enum rule_text { TEXT_REASON, TEXT_ADVICE, TEXT_PUBLIC, RULE_TEXTS };

struct pack_value { /* set "name" { value = 38.0 } */
	char name[RULE_NAME_MAX];
	char text[PACK_NUMBER_MAX]; /* as written, and so shown */
	bool whole;                 /* written without a point or exponent */
	double number;
	char *source; /* or NULL */
};

struct pack_rule {
	char name[RULE_NAME_MAX];
	enum verdict verdict;
	bool unknown_passes;
	char outcome[16], code[16];
	char *when;
	int line;     /* of the last line of `when` */
	char *texts[RULE_TEXTS][LANGUAGES]; /* NULL: not given */
	char *source; /* or NULL */
};

struct pack {
	char *path;
	char version[100];
	char *source;
	int64_t effective; /* Unix seconds; 0: not given */
	unsigned needs;    /* bits by enum policy_need */
	enum verdict otherwise;
	bool has_grant;
	struct policy_grant grant;
	size_t nvalues, nrules;
	struct pack_value *values;
	struct pack_rule *rules;
};

int pack_parse(const char *name, const char *text, size_t n, int utc_offset_s,
    struct pack *pack, struct err *err);
void pack_free(struct pack *pack);
/* NULL when the pack sets no such value. */
const struct pack_value *pack_value(const struct pack *pack, const char *name,
    size_t n);

/* Refuse a text that is not whole, not UTF-8, too long or has "${". */
int scan_pack(const char *name, const char *text, size_t n, struct err *err);

struct given { /* an option of the file */
	const char *text; /* NULL: not given */
	int line;         /* where its text ends */
};

int option_verdict(struct given option, const char *what,
    enum verdict *verdict, int *line, struct err *err);
int option_line(struct given option, const char *what, char *out,
    size_t capacity, int *line, struct err *err);
int option_copy(struct given option, const char *what, size_t capacity,
    char **out, int *line, struct err *err);
int option_name(const char *title, char out[RULE_NAME_MAX], struct err *err);
int option_number(struct given option, struct pack_value *value, int *line,
    struct err *err);
int option_condition(struct given option, struct pack_rule *rule,
    struct err *err);
int option_outcome(struct given option, struct pack_rule *rule, int *line,
    struct err *err);
int option_unknown(struct given option, struct pack_rule *rule, int *line,
    struct err *err);
int option_needs_facts(struct given option, int *line, struct err *err);
int option_granted(struct given outcome, struct given fact,
    struct given value, struct policy_grant *grant, int *line,
    struct err *err);
int option_days(struct given option, int *days, int *line, struct err *err);
int option_need(struct given option, unsigned *needs, int *line,
    struct err *err);

/* ---- engine -------------------------------------------------------------------- */

struct engine;

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NULL, TRUTH_ERROR };

struct engine *engine_new(struct err *err);
void engine_free(struct engine *engine); /* NULL is allowed */
/* Compile a condition. Returns its number (from 0 in order) with the facts
 * it reads as bits, or -1 with *at, the offset in the condition where it is
 * wrong (-1: nowhere in particular). */
int engine_compile(struct engine *engine, const char *condition,
    const struct pack *pack, uint64_t *reads, int *at, struct err *err);
/* Put the facts into the row. -1: nothing can be evaluated. */
int engine_set(struct engine *engine, const struct facts *facts);
enum truth engine_truth(struct engine *engine, int number);

/* ---- wording -------------------------------------------------------------------- */

/* Are all {fact}, {:value} and {a - b} of the text known? */
int wording_check(const char *text, const struct pack *pack, struct err *err);
/* Fill them in; never more than capacity bytes, NUL included. */
void wording_fill(const char *text, const struct pack *pack,
    const struct facts *facts, enum language language, int utc_offset_s,
    char *out, size_t capacity);

/* ---- judge ----------------------------------------------------------------------- */

struct rule_state {
	uint64_t reads;   /* the facts its condition reads, as bits */
	enum truth truth; /* in the judgement under way */
	unsigned fired, quiet, lacking; /* judgements seen, for case tables */
};

struct policy {
	struct pack pack;
	int utc_offset_s;
	struct engine *engine;
	struct rule_state *states; /* one a rule */
	unsigned accepted; /* doubts: enum policy_accept */
};

/* ---- case tables ------------------------------------------------------------------ */

#define CASE_LINE_MAX 8192

struct policy_case {
	char name[120];
	bool is_base; /* the line only sets the facts that later cases start from */
	struct facts facts;
	enum verdict verdict;
	size_t nreasons, nunknown;
	bool has_unknown;
	char reasons[REASONS_MAX][RULE_NAME_MAX];
	char unknown[UNKNOWN_MAX][RULE_NAME_MAX];
	bool has_text[LANGUAGES];
	char text[LANGUAGES][REASON_TEXT_MAX]; /* of the first reason */
};

/* One line of a case table; base is what its facts are put on top of. */
int case_parse(const char *line, size_t n, const struct facts *base,
    struct policy_case *out, struct err *err);

#endif
