/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printer - one slip after the other, each asked for, sent, proved, told.
 *
 * Asking first saves a slip from being swallowed by a printer without paper;
 * asking last tells whether it came out. One that never answers is believed
 * as far as it takes bytes. Fifteen seconds without progress are the end of
 * a slip: somebody waits for it.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define ASK_MS 5000
#define ASK_DEAF_MS 60000 /* one that never answers */
#define LOOK_MS 20
#define DEAF_AFTER 2

void
printer_init(struct printer *p, const struct tuning *tuning,
    struct printlog *log, const struct sink_out *sink)
{
	*p = (struct printer){ .tuning = tuning, .log = log, .sink = *sink };
	health_init(&p->health);
}

/* ---- jobs ------------------------------------------------------------------------ */

void
print_job_free(struct print_job *job)
{
	if (job == NULL)
		return;
	escpos_free(&job->data);
	free(job);
}

struct print_job *
print_job_new(const struct tuning *tuning, const struct printlog *log,
    const struct sink_out *sink, struct order *order)
{
	struct print_job *job = calloc(1, sizeof(*job));
	struct slip *slip = malloc(sizeof(*slip));
	struct err err = { .text = "" };

	if (job == NULL || slip == NULL)
		mem_none();
	job->n = order->n;
	if (strcmp(order->verb, "slip") != 0)
		err_set(&err, ERR_INPUT, N_("no such order: %s"), order->verb);
	else if (slip_parse(order->rest, slip, &err) == 0 && !slip->again &&
	    printlog_seen(log, slip->serial))
		err_set(&err, ERR_INPUT, N_("already printed"));
	else if (err.kind == ERR_NONE)
		escpos_slip(slip, tuning, &job->data, &err);
	job->again = slip->again;
	strcpy(job->serial, err.kind == ERR_NONE ? slip->serial : "");
	free(slip);
	if (err.kind == ERR_NONE)
		return job;
	sink_fault(sink, order->n, "%s", err.text);
	print_job_free(job);
	return NULL;
}

static void
drop_first(struct printer *p)
{
	print_job_free(p->jobs[0]);
	p->njobs--;
	memmove(p->jobs, p->jobs + 1, p->njobs * sizeof(p->jobs[0]));
	p->at = 0;
	p->state = PRINTER_IDLE;
}

static void
log_print(struct printer *p, const struct print_job *job, const char *how,
    bool printed)
{
	int64_t at = p->wall + (p->now_ms - p->wall_ms) / 1000;
	struct err err = { .text = "" };

	if (printlog_add(p->log, at, job->serial, how, printed, &err) < 0)
		log_line(at, LOG_LEVEL_WARN, "printer: %s", err.text);
}

static void
job_done(struct printer *p)
{
	const struct print_job *job = p->jobs[0];

	log_print(p, job, job->again ? "again" : "printed", true);
	sink_say(&p->sink, "done %u", job->n);
	drop_first(p);
}

static void
job_failed(struct printer *p, const char *words)
{
	const struct print_job *job = p->jobs[0];

	if (p->at > 0)
		p->owed += escpos_owed(&job->data, p->at);
	log_print(p, job, p->at > 0 ? "broken" : "refused", false);
	sink_fault(&p->sink, job->n, "%s", words);
	drop_first(p);
	p->ask_ms = p->now_ms; /* why? */
}

void
printer_free(struct printer *p)
{
	while (p->njobs > 0)
		drop_first(p);
}

/* ---- asking ------------------------------------------------------------------------ */

static void
say_health(struct printer *p)
{
	if (p->said_any && p->said == p->health.state)
		return;
	p->said_any = true;
	p->said = p->health.state;
	sink_say(&p->sink, "status %s", health_word(p->said));
}

/* A question; a picture that waits for more takes its bytes as dots. */
static void
put(struct printer *p, const unsigned char *bytes, size_t n)
{
	ssize_t done = p->sink.write(p->sink.arg, bytes, n);

	if (done > 0)
		p->owed -= p->owed < (size_t)done ? p->owed : (size_t)done;
}

static void
begin_asking(struct printer *p, enum printer_state state)
{
	unsigned char question[3];
	size_t n = health_ask(&p->health, p->now_ms, question);

	p->state = state;
	put(p, question, n);
}

static bool
is_deaf(const struct printer *p)
{
	return !p->answers || (!p->health.ever &&
	    p->health.silences >= DEAF_AFTER);
}

static void
begin_sending(struct printer *p)
{
	p->state = PRINTER_SENDING;
	p->at = 0;
	p->progress_ms = p->look_ms = p->now_ms;
	p->pending = p->sink.pending(p->sink.arg);
}

/* No answer once may be a lost byte. */
static bool
asks_once_more(struct printer *p)
{
	if (p->health.silences == 0 || p->health.silences >= DEAF_AFTER)
		return false;
	begin_asking(p, p->state);
	return true;
}

/* The asking before a slip, or in idle time, is over. */
static void
asked(struct printer *p)
{
	if (asks_once_more(p))
		return;
	say_health(p);
	p->ask_ms = p->now_ms + (p->health.ever ? ASK_MS : ASK_DEAF_MS);
	p->state = PRINTER_IDLE;
	if (p->njobs == 0)
		return;
	if (health_prints(p->health.state))
		begin_sending(p);
	else
		job_failed(p, health_words(p->health.state));
}

/* The asking after a slip is over. */
static void
checked(struct printer *p)
{
	if (asks_once_more(p))
		return;
	say_health(p);
	p->ask_ms = p->now_ms + ASK_MS;
	if (health_prints(p->health.state)) {
		job_done(p);
		return;
	}
	p->no_proof = false; /* it had a reason to be silent */
	job_failed(p, health_words(p->health.state));
}

/* ---- sending ------------------------------------------------------------------------- */

static bool
send_some(struct printer *p)
{
	static const unsigned char zeros[512];
	const struct escpos *data = &p->jobs[0]->data;
	bool filling = p->owed > 0;
	const unsigned char *bytes = filling ? zeros : data->bytes + p->at;
	size_t n = filling ? p->owed : data->len - p->at;
	ssize_t done;

	if (filling && n > sizeof(zeros))
		n = sizeof(zeros);
	done = p->sink.write(p->sink.arg, bytes, n);
	if (done <= 0)
		return false;
	p->progress_ms = p->now_ms;
	if (filling)
		p->owed -= (size_t)done;
	else
		p->at += (size_t)done;
	return true;
}

/* What waits in the line is seen to shrink: it is being printed. */
static size_t
look_at_line(struct printer *p)
{
	size_t pending = p->sink.pending(p->sink.arg);

	if (pending != p->pending)
		p->progress_ms = p->now_ms;
	p->pending = pending;
	return pending;
}

static void
prove(struct printer *p)
{
	static const unsigned char question[] = { 0x1D, 'r', 1 };

	if (is_deaf(p)) {
		job_done(p);
	} else if (p->no_proof || !p->health.ever) {
		begin_asking(p, PRINTER_CHECKING);
	} else {
		p->state = PRINTER_PROVING;
		p->progress_ms = p->now_ms;
		put(p, question, sizeof(question));
	}
}

static bool
has_stalled(const struct printer *p)
{
	return p->now_ms - p->progress_ms >= PRINTER_PROGRESS_MS;
}

static void
send_on(struct printer *p)
{
	const size_t len = p->jobs[0]->data.len;
	size_t pending;

	while (p->at < len && send_some(p))
		;
	p->look_ms = p->now_ms + LOOK_MS;
	pending = look_at_line(p);
	if (p->at == len && pending == 0)
		prove(p);
	else if (has_stalled(p))
		job_failed(p, N_("the printer is out of order: "
		    "no progress for 15 s"));
}

static void
serve(struct printer *p)
{
	bool over = health_tick(&p->health, p->now_ms);

	switch (p->state) {
	case PRINTER_IDLE:
		if (p->njobs > 0 && !is_deaf(p))
			begin_asking(p, PRINTER_ASKING);
		else if (p->njobs > 0)
			begin_sending(p);
		else if (p->answers && p->now_ms >= p->ask_ms)
			begin_asking(p, PRINTER_ASKING);
		break;
	case PRINTER_ASKING:
		if (over)
			asked(p);
		break;
	case PRINTER_SENDING:
		send_on(p);
		break;
	case PRINTER_PROVING:
		if (has_stalled(p)) {
			/* Dead, or one that does not know the question. */
			p->no_proof = true;
			begin_asking(p, PRINTER_CHECKING);
		}
		break;
	case PRINTER_CHECKING:
		if (over)
			checked(p);
		break;
	}
}

/* ---- the door of the module ---------------------------------------------------------------- */

void
printer_tick(struct printer *p, int64_t now_ms)
{
	enum printer_state before;

	p->now_ms = now_ms;
	if (!p->up)
		return;
	do {
		before = p->state;
		serve(p);
	} while (p->state != before && (p->state == PRINTER_SENDING ||
	    (p->state == PRINTER_IDLE && p->njobs > 0)));
}

void
printer_up(struct printer *p, bool answers, int64_t now_ms)
{
	p->up = true;
	p->answers = answers;
	p->no_proof = p->said_any = false;
	p->owed = p->at = 0;
	p->state = PRINTER_IDLE;
	p->ask_ms = now_ms;
	health_init(&p->health);
	if (!answers)
		sink_say(&p->sink, "status unknown");
	printer_tick(p, now_ms);
}

void
printer_down(struct printer *p, int64_t now_ms)
{
	p->now_ms = now_ms;
	p->up = false;
	while (p->njobs > 0)
		job_failed(p, N_("the printer was lost"));
	p->owed = 0;
}

void
printer_order(struct printer *p, struct order *order, int64_t now_ms,
    int64_t wall)
{
	struct print_job *job;

	p->now_ms = p->wall_ms = now_ms;
	p->wall = wall;
	if (!p->up) {
		sink_fault(&p->sink, order->n, N_("no printer"));
		return;
	}
	if (p->njobs == PRINTER_JOBS_MAX) {
		sink_fault(&p->sink, order->n, N_("too many slips wait"));
		return;
	}
	job = print_job_new(p->tuning, p->log, &p->sink, order);
	if (job == NULL)
		return;
	for (size_t i = 0; i < p->njobs; i++)
		if (!job->again && strcmp(p->jobs[i]->serial, job->serial) ==
		    0) {
			sink_fault(&p->sink, order->n, N_("already waits"));
			print_job_free(job);
			return;
		}
	p->jobs[p->njobs++] = job;
	sink_say(&p->sink, "ok %u", order->n);
	printer_tick(p, now_ms);
}

void
printer_bytes(struct printer *p, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	p->now_ms = now_ms;
	for (size_t i = 0; i < n && p->up; i++) {
		unsigned char question[3];
		size_t length;
		bool over;

		if (p->state == PRINTER_PROVING &&
		    health_is_paper_answer(bytes[i])) {
			begin_asking(p, PRINTER_CHECKING);
			continue;
		}
		over = health_take(&p->health, bytes[i], now_ms, question,
		    &length);
		if (length > 0)
			put(p, question, length);
		if (over && p->state == PRINTER_ASKING)
			asked(p);
		else if (over && p->state == PRINTER_CHECKING)
			checked(p);
	}
	printer_tick(p, now_ms);
}

int64_t
printer_deadline(const struct printer *p)
{
	if (!p->up)
		return -1;
	switch (p->state) {
	case PRINTER_IDLE:
		return p->njobs > 0 ? p->now_ms : p->answers ? p->ask_ms : -1;
	case PRINTER_ASKING:
	case PRINTER_CHECKING:
		return p->health.asked_ms + HEALTH_WAIT_MS;
	case PRINTER_SENDING:
		return p->look_ms;
	case PRINTER_PROVING:
		return p->progress_ms + PRINTER_PROGRESS_MS;
	}
	return -1;
}

bool
printer_busy(const struct printer *p)
{
	return p->njobs > 0;
}
