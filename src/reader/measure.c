/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure - samples of a streaming thermometer to one settled measurement.
 *
 * A person is there when the object temperature enters 30 to 43 degrees. The
 * first 300 ms are of a moving head and are not used; then up to ten samples
 * or 1.5 s are collected. The median counts. What is not settled is marked,
 * never smoothed, guessed or made up. One measurement for one presence.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_MC 30000
#define MOST_MC 43000
#define SETTLE_MS 300
#define COLLECT_MS 1500
#define SAMPLES_MIN 3
#define SPREAD_MAX_MC 300
#define AWAY_MS 500
/* A device of one sample a second has three after 3 s. */
#define GIVE_UP_MS 5000
/* Longer than any device's own pace: whoever was there is another by now. */
#define SILENT_MS 3000
#define COLD_MC 35000
#define AMBIENT_LEAST_MC 16000
#define AMBIENT_MOST_MC 40000

static void
enter(struct measure *m, enum measure_state state, int64_t now_ms)
{
	m->state = state;
	m->since_ms = now_ms;
	m->nsamples = m->nambient = 0;
	if (state != MEASURE_DONE) /* he may be leaving already */
		m->out_ms = -1;
}

static int
compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int32_t
median(int32_t *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	if (n % 2 == 1)
		return values[n / 2];
	return (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void
judge(struct event_temp *temp)
{
	const char *quality = "ok";

	if (temp->result_mc < COLD_MC)
		quality = "cold";
	else if (temp->has_ambient && (temp->ambient_mc < AMBIENT_LEAST_MC ||
	    temp->ambient_mc > AMBIENT_MOST_MC))
		quality = "ambient";
	strcpy(temp->quality, quality);
}

/* The result, of what is recorded beside it and nothing else. */
static void
reckon(const struct reckoning *r, struct event_temp *temp)
{
	int32_t value_mc = temp->raw_mc;
	bool possible = true;

	temp->offset_mc = r->offset_mc;
	temp->emissivity = r->emissivity;
	temp->sensor_emissivity = r->sensor;
	if (r->sensor != 0)
		possible = temp->has_ambient && emissivity_reckon(temp->raw_mc,
		    temp->ambient_mc, r->emissivity, r->sensor, &value_mc);
	temp->result_mc = value_mc + r->offset_mc;
	judge(temp);
	if (!possible)
		strcpy(temp->quality, "ambient");
}

static bool
finish(struct measure *m, int64_t now_ms, struct event_temp *temp)
{
	int n = m->nsamples;

	*temp = (struct event_temp){ .samples = n, .has_raw = true };
	temp->raw_mc = median(m->samples, n); /* sorts them, too */
	temp->spread_mc = m->samples[n - 1] - m->samples[0];
	temp->has_ambient = m->nambient > 0;
	if (temp->has_ambient)
		temp->ambient_mc = median(m->ambient, m->nambient);
	reckon(&m->reckoning, temp);
	if (n < SAMPLES_MIN || temp->spread_mc > SPREAD_MAX_MC)
		strcpy(temp->quality, "unstable");
	enter(m, MEASURE_DONE, now_ms);
	return true;
}

void
measure_init(struct measure *m, const struct reckoning *reckoning)
{
	memset(m, 0, sizeof(*m));
	m->reckoning = *reckoning;
	m->out_ms = -1;
}

/* What the time alone brings about, before or between samples. */
bool
measure_tick(struct measure *m, int64_t now_ms, struct event_temp *temp)
{
	int64_t deadline = measure_deadline(m);

	if (deadline < 0 || now_ms < deadline)
		return false;
	if (m->state == MEASURE_COLLECTING)
		return finish(m, now_ms, temp);
	enter(m, MEASURE_AWAY, now_ms);
	return false;
}

int64_t
measure_deadline(const struct measure *m)
{
	switch (m->state) {
	case MEASURE_AWAY:
		return -1;
	case MEASURE_COLLECTING: /* there is a sample from the start on */
		return m->since_ms + (m->nsamples >= SAMPLES_MIN ?
		    COLLECT_MS : GIVE_UP_MS);
	default:
		return m->last_ms + SILENT_MS;
	}
}

/* The person has left: measured when there is enough. */
static bool
leave(struct measure *m, int64_t now_ms, struct event_temp *temp)
{
	bool done = m->state == MEASURE_COLLECTING &&
	    m->nsamples >= SAMPLES_MIN && finish(m, now_ms, temp);

	enter(m, MEASURE_AWAY, now_ms);
	return done;
}

static bool
collect(struct measure *m, int32_t value_mc, const int32_t *ambient_mc,
    int64_t now_ms, struct event_temp *temp)
{
	m->samples[m->nsamples++] = value_mc;
	if (ambient_mc != NULL)
		m->ambient[m->nambient++] = *ambient_mc;
	if (m->nsamples == MEASURE_SAMPLES || (m->nsamples >= SAMPLES_MIN &&
	    now_ms - m->since_ms >= COLLECT_MS))
		return finish(m, now_ms, temp);
	return false;
}

bool
measure_sample(struct measure *m, int32_t value_mc, const int32_t *ambient_mc,
    int64_t now_ms, struct event_temp *temp)
{
	bool inside = value_mc >= LEAST_MC && value_mc <= MOST_MC;
	/* A deadline that nobody kept: the measurement ends without this. */
	bool done = measure_tick(m, now_ms, temp);

	m->last_ms = now_ms;
	if (done)
		return true;
	/* Out of range for long, though it may be between two samples. */
	if (m->state != MEASURE_AWAY && m->out_ms >= 0 &&
	    now_ms - m->out_ms >= AWAY_MS)
		done = leave(m, now_ms, temp);
	if (!inside && m->out_ms < 0)
		m->out_ms = now_ms;
	if (done || !inside)
		return done;
	m->out_ms = -1;
	if (m->state == MEASURE_AWAY)
		enter(m, MEASURE_SETTLING, now_ms);
	if (m->state == MEASURE_SETTLING && now_ms - m->since_ms >= SETTLE_MS)
		enter(m, MEASURE_COLLECTING, now_ms);
	if (m->state != MEASURE_COLLECTING)
		return false;
	return collect(m, value_mc, ambient_mc, now_ms, temp);
}

void
measure_single(int32_t value_mc, const int32_t *ambient_mc,
    const struct reckoning *reckoning, struct event_temp *temp)
{
	*temp = (struct event_temp){ .samples = 1, .has_raw = true,
		.raw_mc = value_mc };
	temp->has_ambient = ambient_mc != NULL;
	if (ambient_mc != NULL)
		temp->ambient_mc = *ambient_mc;
	reckon(reckoning, temp);
}
