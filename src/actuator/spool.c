/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool - a printer behind a command, CUPS for one: each slip is its standard
 * input, its exit status the outcome.
 */
#include "parts.h"

#include <string.h>

#define LIMIT_MS 60000

struct spool {
	struct actuator *actuator;
	struct player player;
	struct print_job *job; /* the one that runs */
};

static void
on_done(void *arg, bool good, const char *words)
{
	struct spool *spool = arg;
	struct actuator *a = spool->actuator;
	const struct sink_out sink = { .say = actuator_say, .arg = a };
	const struct print_job *job = spool->job;
	int64_t at = loop_wall(a->loop);
	struct err err = { .text = "" };

	if (printlog_add(&a->log, at, job->serial, !good ? "broken" :
	    job->again ? "again" : "printed", good, &err) < 0)
		log_line(at, LOG_LEVEL_WARN, "printer: %s", err.text);
	if (good)
		sink_say(&sink, "done %u", job->n);
	else
		sink_fault(&sink, job->n, "%s", words);
	print_job_free(spool->job);
	spool->job = NULL;
	if (a->last)
		actuator_done(a);
}

static void
way_order(struct actuator *a, struct order *order)
{
	const struct sink_out sink = { .say = actuator_say, .arg = a };
	struct spool *spool = a->state;
	struct err err = { .text = "" };
	struct print_job *job;

	if (spool->job != NULL) {
		sink_fault(&sink, order->n, N_("busy with %u"), spool->job->n);
		return;
	}
	job = print_job_new(&a->tuning, &a->log, &sink, order);
	if (job == NULL)
		return;
	if (player_start(&spool->player, a->loop, a->device->path,
	    job->data.bytes, job->data.len, LIMIT_MS, on_done, spool,
	    &err) < 0) {
		sink_fault(&sink, order->n, "%s", err.text);
		print_job_free(job);
		return;
	}
	spool->job = job;
	sink_say(&sink, "ok %u", order->n);
}

static void
way_last(struct actuator *a)
{
	const struct spool *spool = a->state;

	if (spool->job == NULL)
		actuator_done(a);
}

int
run_jobs(struct actuator *a, struct err *err)
{
	static const struct way way = { way_order, way_last };
	struct spool spool = { .actuator = a };
	int done;

	a->way = &way;
	a->state = &spool;
	actuator_say(a, "status unknown");
	actuator_alive(a);
	done = loop_run(a->loop, err);
	player_stop(&spool.player);
	print_job_free(spool.job);
	return done;
}
