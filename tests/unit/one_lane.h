/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One lane that a test plays: with scans, answers and the officer's desk,
 * under a clock that the test sets.
 */
#ifndef ONE_LANE_H
#define ONE_LANE_H

#include "test.h"

#include "../../src/station/parts.h"

#define MAI "094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021"
#define NAM "001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021"
#define T0 1634886000 /* 2021-10-22 14:00 +07:00 */

struct world {
	struct conf conf;
	struct shift shift;
	struct session s;
	struct desk desk;
	struct moment m;
	struct policy *policy;
	char last[64][RECORD_BODY_MAX / 16]; /* records, as put */
	int64_t of[64];
	size_t records, slips, gates;
	int64_t put_n;
	char slip[8192];             /* the last one */
	int64_t look;                /* number of the last look-up, and */
	char looked[80], plate[24];  /* what was asked */
};

static inline void
collect_one(struct world *w, const struct effect *e)
{
	w->gates += e->kind == EFFECT_GATE;
	w->slips += e->kind == EFFECT_SLIP;
	if (e->kind == EFFECT_LOOK) {
		w->look = e->n;
		strcpy(w->looked, e->identity);
		strcpy(w->plate, e->plate);
	}
	if (e->kind == EFFECT_SLIP)
		snprintf(w->slip, sizeof(w->slip), "%s", e->body);
	if (e->kind == EFFECT_RECORD) {
		assert_true(w->records < nitems(w->last));
		w->of[w->records] = e->of_n;
		w->put_n = e->n;
		snprintf(w->last[w->records++], sizeof(w->last[0]), "%s",
		    e->body);
	}
}

static inline void
collect(struct world *w)
{
	struct effect effects[EFFECTS_MAX];
	size_t n = session_effects(&w->s, effects);

	for (size_t i = 0; i < n; i++) {
		collect_one(w, &effects[i]);
		if (effects[i].kind != EFFECT_LOOK)
			free(effects[i].body);
	}
}

static inline void
settle(struct world *w)
{
	collect(w);
	desk_settle(&w->desk, &w->s);
}

static inline struct world *
world_of(const char *mode, const char *order, const char *direction)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err err = { 0 };
	struct session_setup setup;

	assert_non_null(w);
	strcpy(w->conf.id, "ST-TEST");
	strcpy(w->conf.mode, mode);
	strcpy(w->conf.typing, "telex");
	strcpy(w->conf.country, "VNM");
	w->conf.utc_offset_s = 7 * 3600;
	w->conf.nlanes = 1;
	strcpy(w->conf.lanes[0].title, "1");
	strcpy(w->conf.lanes[0].direction, direction);
	strcpy(w->conf.lanes[0].order, order);
	w->policy = policy_load(test_path("SRCDIR",
	    "tests/station/post.conf"), w->conf.utc_offset_s, &err);
	if (w->policy == NULL)
		fail_msg("%s", err.text);
	w->m = (struct moment){ .now_ms = 1000000, .wall = T0,
		.clock = CLOCK_CONFIRMED };
	setup = (struct session_setup){ .conf = &w->conf,
		.lane = &w->conf.lanes[0], .policy = w->policy,
		.language = LANGUAGE_EN, .boot = "boot", .run = "run" };
	shift_init(&w->shift, (const uint64_t[2]){ 1, 2 }, &w->m);
	session_init(&w->s, &setup, &w->shift);
	return w;
}

static inline struct world *
world(void)
{
	return world_of("attended", "scan-first", "in");
}

static inline void
end(struct world *w)
{
	collect(w);
	policy_free(w->policy);
	free(w);
}

static inline void
pass_time(struct world *w, int64_t ms)
{
	w->m.now_ms += ms;
	w->m.wall = T0 + (w->m.now_ms - 1000000) / 1000;
	session_tick(&w->s, &w->m);
	settle(w);
}

static inline void
scan_by(struct world *w, const char *text, enum scan_source source)
{
	session_scan(&w->s, (const unsigned char *)text, strlen(text), source,
	    &w->m);
	settle(w);
}

static inline void
scan(struct world *w, const char *text)
{
	scan_by(w, text, SCAN_SCANNER);
}

/* Status NULL: a register that does not know. */
static inline void
answer_with(struct world *w, const char *status, const char *declaration)
{
	struct register_answer a = { .known = status != NULL, .symptoms = -1,
		.wanted = -1, .shipper = -1, .doses = -1, .doses_required = -1,
		.plate_known = -1, .green_lane = -1, .vehicle_wanted = -1,
		.group_declared = -1 };

	strcpy(a.status, status != NULL ? status : "");
	strcpy(a.declaration, declaration);
	session_answer(&w->s, w->look, &a, &w->m);
	settle(w);
}

/* The last record has this text in it. */
static inline void
recorded(const struct world *w, const char *part)
{
	assert_true(w->records > 0);
	if (strstr(w->last[w->records - 1], part) == NULL)
		fail_msg("no %s in %s", part, w->last[w->records - 1]);
}

#endif
