/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - what the charts of a shift are made of: counts, and nobody. Pure.
 */
#include "parts.h"

#include <string.h>

#define HOUR_S 3600

static int64_t
hour_of(int64_t at, int utc_offset_s)
{
	return (at + utc_offset_s) / HOUR_S;
}

void
tally_people(struct shift *shift, int64_t at, int utc_offset_s, int direction,
    int people)
{
	int64_t hour = hour_of(at, utc_offset_s);
	size_t i = (size_t)(hour % CHART_HOURS);

	if (at < 0)
		return;
	if (shift->tally.hour[i] != hour) { /* yesterday's */
		shift->tally.hour[i] = hour;
		shift->tally.people[i][0] = shift->tally.people[i][1] = 0;
	}
	shift->tally.people[i][direction != 0] += people;
}

void
tally_person(struct session *s, const struct moment *m)
{
	struct tally *tally = &s->shift->tally;
	const struct reading *reading = &s->person.reading;
	int tenths = (reading->temp.result_mc + 50) / 100;

	tally_people(s->shift, m->wall, s->setup.conf->utc_offset_s,
	    session_direction(s), 1);
	if (s->judgement.verdict <= VERDICT_STOP)
		tally->verdicts[s->judgement.verdict]++;
	if (!reading_counts(reading))
		return;
	if (tenths < CHART_TEMP_FIRST)
		tally->temps[0]++;
	else if ((tenths - CHART_TEMP_FIRST) / 5 + 1 >= CHART_TEMPS)
		tally->temps[CHART_TEMPS - 1]++;
	else
		tally->temps[(tenths - CHART_TEMP_FIRST) / 5 + 1]++;
}

/* How long a person takes an officer, from the first scan to the outcome. A
 * verdict that was left to itself was confirmed by nobody (a kiosk does that
 * always), and who sat on the chair for a second measurement took no time. */
void
tally_time(struct session *s, const char *by, const struct moment *m)
{
	struct view_counts *counts = &s->shift->counts;
	int direction = session_direction(s);

	if ((strcmp(by, "time-out") == 0 && !s->kiosk) ||
	    s->person.measurement > 1)
		return;
	counts->timed[direction]++;
	counts->timed_ms[direction] += m->now_ms - s->person.scanned_ms;
}

/* The last 24 hours, this one last. */
void
tally_view(const struct shift *shift, int64_t now, int utc_offset_s,
    struct view_chart *chart)
{
	int64_t first = hour_of(now, utc_offset_s) - CHART_HOURS + 1;

	memset(chart, 0, sizeof(*chart));
	if (first < 0)
		return;
	chart->first_hour = (int)(first % 24);
	for (int i = 0; i < CHART_HOURS; i++) {
		size_t at = (size_t)((first + i) % CHART_HOURS);

		if (shift->tally.hour[at] == first + i)
			memcpy(chart->hours[i], shift->tally.people[at],
			    sizeof(chart->hours[i]));
	}
	memcpy(chart->verdicts, shift->tally.verdicts,
	    sizeof(chart->verdicts));
	memcpy(chart->temps, shift->tally.temps, sizeof(chart->temps));
}
