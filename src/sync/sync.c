/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sync - the program chot-sync: one sync, or one after the other as the
 * station's child. It waits for nothing but the hub, and while it does it
 * still answers signals and says that it is alive.
 */
#include "parts.h"
#include "client.h"
#include "forked.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#define FOLLOW_MS 180000
#define FOLLOW_STEP_MS 100
#define DENIED_MS (15 * 60 * 1000)

/* ---- one try ----------------------------------------------------------------------------- */

bool
client_tick(void *arg)
{
	struct client *s = arg;

	loop_turn(s->loop, 0, NULL);
	return s->stopping;
}

static uint64_t
random_number(void)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = (uint64_t)getpid() * 0x9e3779b97f4a7c15u;
	return number;
}

static void
failed(struct client *s, enum trouble trouble, const char *detail)
{
	s->result.trouble = trouble;
	trouble_print(trouble, detail, s->result.words);
}

/* The time that is certainly past: certificates are judged by it when the
 * clock says less, so that a post that woke up in 1970 still gets through. */
static int64_t
time_floor(const struct client *s)
{
	int64_t floor = s->options->clock_floor;

	return s->run.hub_at > floor ? s->run.hub_at : floor;
}

static void
push_all(struct client *s)
{
	char path[SYNC_PATH_MAX];
	int64_t at = loop_wall(s->loop), floor = time_floor(s);
	enum trouble trouble;
	struct push push = { .ledger = s->ledger, .station = s->conf->id,
		.failures = s->run.failures,
		.transport = http_send, .transport_arg = s->http,
		.progress = client_progress, .request = client_request,
		.arg = s };
	struct err err = { 0 };

	if (tls_check_own(&s->conf->hub, at < floor ? floor : at, &trouble,
	    &err) < 0) {
		failed(s, trouble, err.text);
		return;
	}
	http_verify_at(s->http, at < floor ? floor : 0);
	snprintf(path, sizeof(path), "%s/outbox.db", s->conf->state);
	push.box = outbox_open(path, OUTBOX_READ, NULL, NULL, &err);
	if (push.box == NULL && err.kind != ERR_ABSENT) {
		failed(s, TROUBLE_DISK, err.text);
		return;
	}
	push_run(&push, &s->result);
	outbox_close(push.box);
	aside_push(s);
}

/* Only where a publisher is known: else nothing could be believed. */
static void
pull_lists(struct client *s)
{
	struct pull pull = { .transport = http_send, .transport_arg = s->http,
		.progress = client_pulled, .arg = s };
	struct pull_result result;
	struct err err = { 0 };

	if (!register_has_publisher(s->conf->state))
		return;
	pull.intake = pull_intake(s->conf, s->result.hub_ms / 1000, &err);
	if (pull.intake == NULL && err.kind == ERR_RETRY)
		return; /* a stick is being read: the next time */
	if (pull.intake == NULL) {
		failed(s, TROUBLE_DISK, err.text);
		return;
	}
	if (s->options->watch && !s->audited) {
		s->audited = true;
		register_intake_audit(pull.intake);
	}
	pull_run(&pull, &result);
	register_intake_close(pull.intake);
	s->lists += result.lists;
	if (result.trouble == TROUBLE_NONE)
		return;
	s->result.trouble = result.trouble;
	strcpy(s->result.words, result.words);
}

/* A stick told it: there may be no network that would, and no certificate
 * that holds. */
static void
note_forked(struct client *s)
{
	struct outbox_id id;

	if (!forked_read(s->conf->state, &id))
		return;
	failed(s, TROUBLE_FORK, "");
	s->result.fork_seq = id.seq;
	s->result.head.epoch = id.epoch;
}

static void
note_failure(struct client *s, int64_t at)
{
	bool denied = trouble_row(s->result.trouble)->kind == ERR_DENIED;

	s->run.failure_at = at;
	s->run.failures++;
	s->run.not_before_ms = loop_now_ms(s->loop) + (denied ? DENIED_MS :
	    pace_backoff_ms(s->run.failures, s->result.retry_after_s,
	    random_number()));
}

static void
note_run(struct client *s)
{
	struct err err = { .kind = trouble_row(s->result.trouble)->kind };
	int64_t at = loop_wall(s->loop), now_ms = loop_now_ms(s->loop);

	s->run.result = err.kind == ERR_NONE ? EX_OK : err_exit_status(&err);
	strcpy(s->run.words, s->result.words);
	s->run.sent = s->result.sent;
	s->run.ended = s->run.begun;
	if (s->result.hub_ms > 0) {
		s->run.hub_at = s->result.hub_ms / 1000;
		s->run.wall_at = at;
		s->run.boot_ms = now_ms;
	}
	if (err.kind == ERR_NONE) {
		s->run.success_at = at;
		s->run.success_ms = now_ms;
		s->run.failures = 0;
		s->run.not_before_ms = 0;
	} else {
		note_failure(s, at);
	}
	if (ledger_set_run(s->ledger, &s->run, NULL) < 0)
		log_line(at, LOG_LEVEL_WARN, "sync.db cannot be written");
}

void
client_try(struct client *s)
{
	s->result = (struct push_result){ .trouble = TROUBLE_NONE };
	s->run.begun++;
	ledger_set_run(s->ledger, &s->run, NULL);
	push_all(s);
	note_forked(s);
	if (s->result.trouble == TROUBLE_NONE)
		pull_lists(s);
	if (s->result.trouble == TROUBLE_REVOKED &&
	    wipe_citizens(s->conf->state))
		log_line(loop_wall(s->loop), LOG_LEVEL_FAULT,
		    "access revoked: lists and register key wiped");
	note_run(s);
	if (s->result.trouble == TROUBLE_NONE) {
		page_leave(s);
		renew_when_due(s);
	}
}

/* ---- starting ------------------------------------------------------------------------------- */

/* A new boot knows nothing of the waits of the last one. */
static int
load_run(struct client *s, struct err *err)
{
	char boot[37];

	if (ledger_run(s->ledger, &s->run, err) < 0)
		return -1;
	boot_id(boot);
	if (strcmp(boot, s->run.boot) != 0) {
		strcpy(s->run.boot, boot);
		s->run.not_before_ms = s->run.success_ms = 0;
		s->run.failures = 0;
	}
	return 0;
}

/* The first contact since the power came back, here and everywhere. */
bool
client_first(const struct client *s)
{
	return !s->options->now && s->run.success_ms == 0 &&
	    s->run.failures == 0;
}

int
client_check_hub(const struct conf *conf, struct err *err)
{
	if (!conf->hub.present || conf->hub.url[0] == '\0')
		return err_set(err, ERR_SETUP,
		    _("no hub is configured: see hub{} in chot.conf(5)"));
	if (strncmp(conf->hub.url, "https://", 8) != 0)
		return err_set(err, ERR_SETUP,
		    _("the hub's url must begin with https://"));
	if (conf->hub.certificate[0] == '\0' || conf->hub.key[0] == '\0' ||
	    conf->hub.ca[0] == '\0')
		return err_set(err, ERR_SETUP,
		    _("the hub needs certificate, key and ca"));
	return 0;
}

static int
own(struct client *s, struct err *err)
{
	ask_start(&s->ask, s->options->chot, s->options->config);
	fence_sync(s->conf);
	s->ledger = ledger_open(s->conf->state, LEDGER_OWN, err);
	if (s->ledger == NULL || load_run(s, err) < 0)
		return -1;
	s->http = http_new(&s->conf->hub, client_tick, s, err);
	return s->http == NULL ? -1 : 0;
}

static int
begin(struct client *s, struct err *err)
{
	if (client_check_hub(s->conf, err) < 0 ||
	    dir_make(s->conf->state, 0700, err) < 0)
		return -1;
	s->loop = loop_new(err);
	if (s->loop == NULL || client_signals(s, err) < 0)
		return -1;
	snprintf(s->lock, sizeof(s->lock), "%s/sync.lock", s->conf->state);
	return 0;
}

/* ---- one sync ---------------------------------------------------------------------------------- */

static int
once(struct client *s)
{
	int64_t wait;

	if (client_first(s)) {
		wait = pace_spread_ms(s->conf->id);
		s->run.not_before_ms = loop_now_ms(s->loop) + wait;
		ledger_set_run(s->ledger, &s->run, NULL);
		client_wait(s, wait);
	} else if (!s->options->now &&
	    s->run.not_before_ms > loop_now_ms(s->loop)) {
		failed(s, TROUBLE_WAIT, s->run.words);
		return client_report(s, EX_TEMPFAIL);
	}
	if (s->stopping) {
		failed(s, TROUBLE_STOPPED, "");
		return client_report(s, EX_TEMPFAIL);
	}
	client_try(s);
	return client_report(s, s->run.result);
}

/* Somebody else has the lock: have that one try, and tell what came of it.
 * -1: it ended before it had an answer. */
static int
follow(struct client *s)
{
	struct ledger *ledger = ledger_open(s->conf->state, LEDGER_READ, NULL);
	int64_t until = loop_now_ms(s->loop) + FOLLOW_MS, want;

	if (ledger == NULL || ledger_run(ledger, &s->run, NULL) < 0) {
		ledger_close(ledger);
		return -1;
	}
	want = s->run.begun + 1;
	sync_wake(s->conf->state, s->options->now);
	while (!s->stopping && s->run.ended < want &&
	    loop_now_ms(s->loop) < until && lock_owner(s->lock) > 0) {
		if (!s->options->now && s->run.begun < want &&
		    s->run.not_before_ms > loop_now_ms(s->loop)) {
			failed(s, TROUBLE_WAIT, s->run.words);
			ledger_close(ledger);
			return client_report(s, EX_TEMPFAIL);
		}
		client_wait(s, FOLLOW_STEP_MS);
		ledger_run(ledger, &s->run, NULL);
	}
	ledger_close(ledger);
	if (s->run.ended < want)
		return -1;
	s->result.sent = s->run.sent;
	strcpy(s->result.words, s->run.words);
	client_count(s);
	return client_report(s, s->run.result);
}

static int
run_once(struct client *s, struct err *err)
{
	int status;

	for (int tries = 0; tries < 3; tries++) {
		s->lock_fd = lock_take(s->lock, err);
		if (s->lock_fd >= 0)
			return own(s, err) < 0 ? -1 : once(s);
		if (err->kind != ERR_RETRY)
			return -1;
		status = follow(s);
		if (status >= 0)
			return status;
	}
	return -1;
}

static int
run_watch(struct client *s, struct err *err)
{
	s->lock_fd = lock_take(s->lock, err);
	if (s->lock_fd < 0 || own(s, err) < 0)
		return -1;
	return watch_run(s, err);
}

int
sync_main(const struct conf *conf, const struct sync_options *options)
{
	struct client *s = calloc(1, sizeof(*s));
	struct err err = { 0 };
	int status;

	if (s == NULL)
		mem_none();
	s->conf = conf;
	s->options = options;
	s->lock_fd = -1;
	s->ask = (struct ask){ .to = -1, .from = -1 };
	status = begin(s, &err);
	if (status == 0)
		status = options->watch ? run_watch(s, &err) :
		    run_once(s, &err);
	if (status < 0) {
		fprintf(stderr, "chot-sync: %s\n", err.text);
		status = err_exit_status(&err);
	}
	ask_end(&s->ask);
	http_free(s->http);
	ledger_close(s->ledger);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	loop_free(s->loop);
	free(s);
	return status;
}
