/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import - bundles read: checked whole, and the hub's answers in one taken.
 *
 * An answer counts when the hub's key signed its head and the head is one
 * of this post's records. So it does not matter who carried the stick, how
 * often it comes, or what else is on it.
 */
#include "forked.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- checking -------------------------------------------------------------------------- */

static int
count_part(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct sync_bundle *bundle = arg;
	struct span span;

	if (strcmp(type, "RECS") != 0)
		return 0;
	if (span_parse((const char *)bytes, n, &span, err) < 0)
		return -1;
	if (bundle->records == 0 || span.first < bundle->first)
		bundle->first = span.first;
	if (span.last > bundle->last)
		bundle->last = span.last;
	bundle->records += span.count;
	return 0;
}

static int
read_file(const char *path, stick_fn fn, void *arg, bool must_sign,
    struct err *err)
{
	FILE *file = fopen(path, "re");
	bool was_signed = false;
	int ret;

	if (file == NULL)
		return err_set(err, ERR_ABSENT, "%s: %s", path,
		    strerror(errno));
	ret = stick_read(file, fn, arg, &was_signed, err);
	fclose(file);
	if (ret == 0 && must_sign && !was_signed)
		ret = err_set(err, ERR_INPUT, _("the bundle is not signed"));
	return ret < 0 ? err_within(err, "%s", path) : 0;
}

int
sync_check(const char *path, struct sync_bundle *bundle, struct err *err)
{
	*bundle = (struct sync_bundle){ .records = 0 };
	snprintf(bundle->path, sizeof(bundle->path), "%s", path);
	return read_file(path, count_part, bundle, true, err);
}

/* ---- taking --------------------------------------------------------------------------------- */

struct taking {
	const struct conf *conf;
	struct outbox *box;
	struct ledger *ledger;
	struct sync_import *import;
	char key[SYNC_PATH_MAX]; /* the hub's, to verify heads with */
	int64_t revoked_at; /* signed then, 0: it is not */
	int64_t hub_at;     /* the latest time that it signed */
};

/* 0, or -1: no record of ours. How far one that was damaged went nobody
 * knows. */
static int
check_fit(struct outbox *box, bool aside, const struct head *head,
    struct err *err)
{
	struct outbox_state state;
	struct outbox_item item;

	if (!aside && outbox_state(box, &state, err) < 0)
		return -1;
	if (!aside && head->seq > state.head.seq)
		return err_set(err, ERR_INPUT, _("the hub acknowledges record "
		    "%lld, but this post has made only %lld: its card was "
		    "copied or restored"), (long long)head->seq,
		    (long long)state.head.seq);
	if (outbox_next(box, head->seq - 1, &item, NULL) > 0 &&
	    item.id.seq == head->seq &&
	    memcmp(item.hash, head->hash, OUTBOX_HASH_BYTES) != 0)
		return err_set(err, ERR_INPUT, _("the hub has another record "
		    "%lld than this post: its card was copied or restored"),
		    (long long)head->seq);
	return 0;
}

static int
keep_refusals(struct taking *t, const struct reply *reply, int64_t after,
    struct err *err)
{
	const struct head *head = &reply->head;

	for (size_t i = 0; i < reply->refused; i++) {
		struct sync_refusal refusal = { .status = 200,
			.id = { head->epoch, reply->refusals[i].seq },
			.at = head->at };

		if (refusal.id.seq <= after || refusal.id.seq > head->seq)
			continue;
		memcpy(refusal.reason, reply->refusals[i].reason,
		    sizeof(refusal.reason));
		if (ledger_refuse(t->ledger, &refusal, err) < 0)
			return -1;
		t->import->refused++;
	}
	return 0;
}

/* What the hub said last counts, by whatever road: a stick may have lain
 * about while the hub was set back to a backup, and one that tells of that
 * has it get its records again. */
static int
move_head(struct taking *t, const struct reply *reply, struct err *err)
{
	const struct head *head = &reply->head;
	struct head now;

	if (ledger_head(t->ledger, head->epoch, &now, err) < 0)
		return -1;
	if (head->at > t->hub_at)
		t->hub_at = head->at;
	if (head->at < now.at || (head->at == now.at && head->seq <= now.seq))
		return 0;
	if (keep_refusals(t, reply, now.seq, err) < 0)
		return -1;
	t->import->raised |= head->seq > now.seq;
	t->import->fell_back |= head->seq < now.seq;
	return ledger_set_head(t->ledger, head, err);
}

/* The one of that epoch that was set aside as damaged, or NULL. */
static struct outbox *
open_aside(const char *state, uint32_t epoch)
{
	char path[SYNC_PATH_MAX], aside[SYNC_PATH_MAX];
	struct outbox *box;

	snprintf(path, sizeof(path), "%s/outbox.db", state);
	for (int i = 1; outbox_aside(path, i, aside, sizeof(aside)); i++) {
		box = outbox_open_aside(aside, NULL);
		if (box != NULL && outbox_epoch(box) == epoch)
			return box;
		outbox_close(box);
	}
	return NULL;
}

/* Of an outbox that was set aside as damaged, or of none that is here. */
static int
take_aside(struct taking *t, const char *station, struct reply *reply,
    struct err *err)
{
	struct outbox *box = open_aside(t->conf->state, reply->head.epoch);
	int ret;

	if (box == NULL)
		return 0;
	ret = head_verify(t->key, station, &reply->head, err) < 0 ||
	    check_fit(box, true, &reply->head, err) < 0 ? -1 :
	    move_head(t, reply, err);
	outbox_close(box);
	return ret;
}

/* 1: the part is a note to that station; 0; -1. */
static int
note_in(const char *type, const unsigned char *bytes, size_t n,
    char station[OUTBOX_STATION_MAX], struct reply *reply, struct err *err)
{
	if (strcmp(type, "NOTE") != 0)
		return 0;
	return note_parse((const char *)bytes, n, station, reply, err) < 0 ?
	    -1 : 1;
}

/* The station's recorder begins the new epoch, as one that heard it from the
 * network: the next try tells it. */
static int
take_fork(struct taking *t, const char *station, struct head *fork,
    struct err *err)
{
	struct outbox_state state;

	if (fork->epoch != outbox_epoch(t->box))
		return 0;
	if (fork_verify(t->key, station, fork, err) < 0 ||
	    outbox_state(t->box, &state, err) < 0)
		return -1;
	if (fork->seq > state.head.seq)
		return err_set(err, ERR_INPUT,
		    _("a fork where there are no records"));
	t->import->found = t->import->forked = true;
	return forked_write(t->conf->state, (struct outbox_id){
	    .epoch = fork->epoch, .seq = fork->seq }, err);
}

static int
take_note(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct taking *t = arg;
	char station[OUTBOX_STATION_MAX];
	struct reply reply;
	int found = note_in(type, bytes, n, station, &reply, err);

	if (found <= 0)
		return found;
	/* One stick serves many posts, and a post may have had other cards. */
	if (reply.revoked || strcmp(station, outbox_station(t->box)) != 0)
		return 0;
	if (reply.fork.seq > 0)
		return take_fork(t, station, &reply.fork, err);
	if (reply.head.epoch != outbox_epoch(t->box))
		return take_aside(t, station, &reply, err);
	if (head_verify(t->key, station, &reply.head, err) < 0 ||
	    check_fit(t->box, false, &reply.head, err) < 0)
		return -1;
	t->import->found = true;
	t->import->head = (struct outbox_id){ .epoch = reply.head.epoch,
		.seq = reply.head.seq };
	return move_head(t, &reply, err);
}

/* ---- access taken away ---------------------------------------------------------------------- */

static int
see_revoked(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct taking *t = arg;
	char station[OUTBOX_STATION_MAX];
	struct reply reply;
	int found = note_in(type, bytes, n, station, &reply, err);

	if (found <= 0)
		return found;
	/* A machine that was enrolled since is another one. */
	if (!reply.revoked || strcmp(station, t->conf->id) != 0 ||
	    reply.generation < tls_generation(t->conf->hub.certificate))
		return 0;
	if (revoked_verify(t->key, station, reply.generation, &reply.head,
	    err) < 0)
		return -1;
	if (reply.head.at > t->revoked_at)
		t->revoked_at = reply.head.at;
	return 0;
}

/* 1: it is, and what it may not keep is gone; 0; -1. What the hub said later
 * than the stick counts more: it may serve the post again. */
static int
obey_revocation(struct taking *t, const char *path, struct err *err)
{
	struct ledger *ledger;
	struct run run = { .hub_at = 0 };
	bool known, obeys;

	if (read_file(path, see_revoked, t, false, err) < 0)
		return -1;
	if (t->revoked_at == 0)
		return 0;
	ledger = ledger_open(t->conf->state, LEDGER_WRITE, NULL);
	known = ledger != NULL && ledger_run(ledger, &run, NULL) == 0;
	obeys = t->revoked_at >= run.hub_at;
	if (obeys)
		wipe_citizens(t->conf->state);
	if (obeys && known) {
		run.hub_at = t->revoked_at;
		run.result = EX_NOPERM;
		trouble_print(TROUBLE_REVOKED, "", run.words);
		ledger_set_run(ledger, &run, NULL);
	}
	ledger_close(ledger);
	return obeys;
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct taking_lists {
	struct register_intake *intake;
	struct sync_import *import;
	struct err first; /* what the first one that was refused was told */
};

/* One that is refused does not keep the others from coming into force. */
static int
take_list(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct taking_lists *t = arg;
	struct err local = { 0 };
	int ret;

	(void)err;
	if (strcmp(type, "LIST") != 0)
		return 0;
	t->import->pieces++;
	ret = register_intake_piece(t->intake, 0, bytes, n, &local);
	t->import->lists += ret == REGISTER_PIECE_DONE;
	if (ret < 0 && t->first.kind == ERR_NONE)
		t->first = local;
	return 0;
}

/* now: the wall clock, only as far as somebody vouches for it. */
static int
import_lists(const struct conf *conf, const char *path,
    struct sync_import *import, struct err *err)
{
	struct taking_lists t = { .import = import };
	int ret;

	t.intake = pull_intake(conf, 0, err);
	if (t.intake == NULL)
		return -1;
	ret = read_file(path, take_list, &t, false, err);
	register_intake_close(t.intake);
	if (ret == 0 && t.first.kind != ERR_NONE)
		return err_set(err, t.first.kind, "%s: %s", path,
		    t.first.text);
	return ret;
}

static int
see_list(void *arg, const char *type, const unsigned char *bytes, size_t n,
    struct err *err)
{
	(void)bytes;
	(void)n;
	(void)err;
	*(bool *)arg |= strcmp(type, "LIST") == 0;
	return 0;
}

/* No time to set a clock by, but one that is certainly past. */
static void
note_time(struct taking *t)
{
	struct run run;

	if (ledger_run(t->ledger, &run, NULL) < 0 || run.hub_at >= t->hub_at)
		return;
	run.hub_at = t->hub_at;
	ledger_set_run(t->ledger, &run, NULL);
}

static int
take_heads(struct taking *t, const char *path, struct err *err)
{
	int ret = -1;

	t->ledger = ledger_open(t->conf->state, LEDGER_WRITE, err);
	if (t->ledger != NULL)
		ret = read_file(path, take_note, t, false, err);
	if (ret == 0)
		note_time(t);
	ledger_close(t->ledger);
	if (ret == 0 && (t->import->raised || t->import->fell_back ||
	    t->import->forked))
		sync_wake(t->conf->state, false);
	return ret;
}

/* Whole before anything of it counts. */
static int
look_over(struct taking *t, const char *path, bool *lists, struct err *err)
{
	int revoked;

	*lists = false;
	if (read_file(path, see_list, lists, false, err) < 0)
		return -1;
	revoked = obey_revocation(t, path, err);
	if (revoked > 0)
		return err_set(err, ERR_DENIED, "%s",
		    _(trouble_row(TROUBLE_REVOKED)->text));
	return revoked;
}

int
sync_import(const struct conf *conf, const char *path,
    struct sync_import *import, struct err *err)
{
	struct taking t = { .conf = conf, .import = import };
	char box[SYNC_PATH_MAX];
	struct err first = { 0 };
	bool lists, refused;
	int ret = -1;

	*import = (struct sync_import){ .found = false };
	snprintf(box, sizeof(box), "%s/outbox.db", conf->state);
	snprintf(t.key, sizeof(t.key), "%s/keys/hub-sign.pub", conf->state);
	if (look_over(&t, path, &lists, err) < 0)
		return -1;
	refused = lists && import_lists(conf, path, import, &first) < 0;
	t.box = outbox_open(box, OUTBOX_READ, NULL, NULL, err);
	if (t.box != NULL)
		ret = take_heads(&t, path, err);
	else if (lists && access(box, F_OK) < 0)
		ret = 0; /* a post that has recorded nothing yet */
	outbox_close(t.box);
	return refused ? err_set(err, first.kind, "%s", first.text) : ret;
}
