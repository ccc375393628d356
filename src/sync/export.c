/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export - what waits, onto a stick, as the batches that would have gone to
 * the hub. Nothing leaves the queue: a stick may get lost.
 *
 * A stick that was pulled too early loses what a program was told is
 * written, so that only what was read back counts.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSIONS_MAX 640 /* of lists: as many as a post may have */
#define PAGE_MAX (64u << 10) /* bytes of a status page, as the hub takes */

struct export {
	const struct conf *conf;
	struct outbox *box;
	struct ledger *ledger; /* NULL: never synced */
	struct outbox_state state;
	struct stick_out out;
	struct sync_bundle *bundle;
	const char *page; /* the status, NULL: none */
	const char *file; /* one that was set aside; NULL: the outbox */
	int64_t lost;     /* of it */
	int dir_fd;
};

static int
disk(const char *path, struct err *err)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		return err_set(err, ERR_RETRY, _("%s: the stick is full"),
		    path);
	if (errno == EROFS || errno == EACCES)
		return err_set(err, ERR_DENIED, "%s: %s", path,
		    strerror(errno));
	return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
}

/* ---- what goes in ------------------------------------------------------------------------- */

static int
put_text(struct export *ex, const char *type, const struct text *text,
    struct err *err)
{
	return stick_put(&ex->out, type, text->bytes, text->len) < 0 ?
	    disk(ex->bundle->path, err) : 0;
}

static int
put_opening(struct export *ex, int64_t at, struct err *err)
{
	struct text text = { .len = 0 };
	char made[21];
	int ret;

	time_print(at, made);
	text_printf(&text, "{\"version\":1,\"kind\":\"records\",\"station\":");
	text_json(&text, outbox_station(ex->box));
	text_printf(&text, ",\"epoch\":\"%08x\",\"made\":\"%s\","
	    "\"program\":\"%s\",\"first\":%" PRId64 ",\"last\":%" PRId64 "}",
	    (unsigned)outbox_epoch(ex->box), made, PACKAGE_VERSION,
	    ex->bundle->first, ex->bundle->last);
	ret = put_text(ex, "HEAD", &text, err);
	text_free(&text);
	return ret;
}

/* So that the answer brings the lists that this post lacks, and no others. */
static int
put_versions(struct export *ex, struct err *err)
{
	int64_t versions[VERSIONS_MAX];
	size_t n = register_versions(ex->conf->state, versions, VERSIONS_MAX);
	struct text text = { .len = 0 };
	int ret;

	if (!register_has_publisher(ex->conf->state))
		return 0;
	text_add(&text, "", 0);
	for (size_t i = 0; i < n; i++)
		text_printf(&text, "%s%" PRId64, i > 0 ? " " : "", versions[i]);
	ret = put_text(ex, "HAVE", &text, err);
	text_free(&text);
	return ret;
}

/* As it would be left at the hub, and when it was made. */
static int
put_page(struct export *ex, int64_t at, struct err *err)
{
	struct text text = { .len = 0 };
	char made[21];
	int ret;

	if (ex->page == NULL || strlen(ex->page) > PAGE_MAX)
		return 0;
	time_print(at, made);
	text_printf(&text, "{\"version\":1,\"program\":\"%s\",\"made\":\"%s\","
	    "\"station\":", PACKAGE_VERSION, made);
	text_json(&text, ex->conf->id);
	text_printf(&text, ",\"status\":");
	text_add(&text, ex->page, strlen(ex->page));
	text_add(&text, "}", 1);
	ret = put_text(ex, "STAT", &text, err);
	text_free(&text);
	return ret;
}

/* The place behind which record seq + 1, or the first one held, goes on. */
static int
place_before(struct export *ex, int64_t seq, struct head *head,
    struct err *err)
{
	struct outbox_item item;
	int64_t lost = 0;
	int found = ex->file != NULL ?
	    outbox_next_whole(ex->box, seq, &item, &lost) :
	    outbox_next(ex->box, seq, &item, err);

	*head = (struct head){ .epoch = outbox_epoch(ex->box), .seq = seq };
	if (found > 0 && item.id.seq == seq + 1)
		memcpy(head->hash, item.prev, OUTBOX_HASH_BYTES);
	return found < 0 ? -1 : 0;
}

static int
put_waiting(struct export *ex, struct err *err)
{
	const struct batch_limits limits = { .records = BATCH_RECORDS_MAX,
		.bytes = BATCH_BYTES_MAX, .whole = ex->file != NULL };
	struct head head;
	struct batch batch;
	int ret = place_before(ex, ex->state.acknowledged, &head, err);

	/* What is recorded meanwhile goes onto the next one. */
	while (ret == 0 && head.seq < ex->bundle->last) {
		ret = batch_build(ex->box, NULL, &head, &limits, &batch, err);
		if (ret < 0)
			return -1;
		if (batch.count == 0) {
			text_free(&batch.body);
			break;
		}
		ret = put_text(ex, "RECS", &batch.body, err);
		text_free(&batch.body);
		head.seq = batch.last;
		memcpy(head.hash, batch.last_hash, OUTBOX_HASH_BYTES);
		ex->bundle->records += batch.count;
		if (batch.last > ex->bundle->last)
			ex->bundle->last = batch.last;
	}
	return ret;
}

/* Those in the hub's quarantine go along: whoever reads them may help. */
static int
put_refused(struct export *ex, struct err *err)
{
	const struct batch_limits one = { .records = 1, .one = true,
		.bytes = BATCH_BYTES_MAX };
	struct sync_refusal refusal = {
		.id = { .epoch = outbox_epoch(ex->box) } };
	struct head head;
	struct batch batch;
	int ret = 0;

	while (ret == 0 && ex->file == NULL && ex->ledger != NULL &&
	    ledger_next_refusal(
	    ex->ledger, refusal.id, false, &refusal, NULL) > 0 &&
	    refusal.id.epoch == outbox_epoch(ex->box) &&
	    refusal.id.seq <= ex->state.acknowledged) {
		if (place_before(ex, refusal.id.seq - 1, &head, err) < 0 ||
		    batch_build(ex->box, NULL, &head, &one, &batch, err) < 0)
			return -1;
		if (batch.count == 1 && batch.first == refusal.id.seq) {
			ret = put_text(ex, "RECS", &batch.body, err);
			ex->bundle->records++;
		}
		text_free(&batch.body);
	}
	return ret;
}

static int
put_signature(struct export *ex, struct err *err)
{
	unsigned char cert[TLS_CERTIFICATE_MAX], sign[TLS_SIGNATURE_MAX];
	unsigned char said[STICK_SIGNED_BYTES], digest[TLS_DIGEST_BYTES];
	size_t n;

	if (tls_certificate(&ex->conf->hub, cert, &n, err) < 0)
		return -1;
	if (stick_put(&ex->out, "CERT", cert, n) < 0)
		return disk(ex->bundle->path, err);
	tls_digest_so_far(ex->out.digest, digest);
	stick_signed(digest, said);
	if (tls_sign(&ex->conf->hub, said, sizeof(said), sign, &n, err) < 0)
		return -1;
	return stick_put(&ex->out, "SIGN", sign, n) < 0 ||
	    stick_end(&ex->out) < 0 ? disk(ex->bundle->path, err) : 0;
}

static int
fill(struct export *ex, FILE *file, int64_t at, struct err *err)
{
	int ret = stick_begin(&ex->out, file) < 0 ?
	    disk(ex->bundle->path, err) : put_opening(ex, at, err);

	if (ret == 0)
		ret = put_versions(ex, err);
	if (ret == 0)
		ret = put_page(ex, at, err);
	if (ret == 0)
		ret = put_waiting(ex, err);
	if (ret == 0)
		ret = put_refused(ex, err);
	if (ret == 0)
		ret = put_signature(ex, err);
	if (ret == 0 && (fflush(file) != 0 || fsync(fileno(file)) != 0))
		ret = disk(ex->bundle->path, err);
	stick_free(&ex->out);
	return ret;
}

/* ---- the file ------------------------------------------------------------------------------- */

static int
write_part(struct export *ex, const char *part, int64_t at, struct err *err)
{
	int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	int ret;

	if (file == NULL)
		return disk(part, err);
	ret = fill(ex, file, at, err);
	/* So that it is the stick that is read back, not the memory. */
	if (ret == 0)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (fclose(file) != 0 && ret == 0)
		ret = disk(part, err);
	return ret;
}

static int
write_bundle(struct export *ex, int64_t at, struct err *err)
{
	struct sync_bundle back;
	char part[sizeof(ex->bundle->path) + 8];

	snprintf(part, sizeof(part), "%s.part", ex->bundle->path);
	if (write_part(ex, part, at, err) < 0) {
		unlink(part);
		return -1;
	}
	if (sync_check(part, &back, err) < 0 ||
	    back.records != ex->bundle->records) {
		unlink(part);
		return err_within(err, _("what was written is not what is there"));
	}
	if (rename(part, ex->bundle->path) != 0 || fsync(ex->dir_fd) != 0)
		return disk(ex->bundle->path, err);
	return sync_check(ex->bundle->path, &back, err);
}

/* What there is to save: nothing but the records themselves is believed. */
static int
survey(struct export *ex, struct err *err)
{
	struct outbox_item item;
	struct head head = { .seq = 0 };
	int64_t seq;

	if (ex->ledger != NULL && ledger_head(ex->ledger,
	    outbox_epoch(ex->box), &head, err) < 0)
		return -1;
	ex->state.acknowledged = seq = head.acknowledged;
	/* What was pruned before is not lost. */
	if (seq == 0 && outbox_next_whole(ex->box, 0, &item, &ex->lost) > 0) {
		ex->lost = 0;
		seq = ex->state.acknowledged = item.id.seq - 1;
	}
	ex->state.head.seq = seq;
	while (outbox_next_whole(ex->box, seq, &item, &ex->lost) > 0)
		ex->state.head.seq = seq = item.id.seq;
	return 0;
}

static int
open_parts(struct export *ex, const char *dir, struct err *err)
{
	const char *state = ex->conf->state;
	char path[SYNC_PATH_MAX];

	if (ex->conf->hub.certificate[0] == '\0' ||
	    ex->conf->hub.key[0] == '\0')
		return err_set(err, ERR_SETUP, _("a bundle is signed: hub{} "
		    "needs certificate and key"));
	ex->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ex->dir_fd < 0)
		return err_set(err, ERR_ABSENT, "%s: %s", dir,
		    strerror(errno));
	snprintf(path, sizeof(path), "%s/outbox.db", state);
	ex->box = ex->file != NULL ? outbox_open_aside(ex->file, err) :
	    outbox_open(path, OUTBOX_READ, NULL, NULL, err);
	if (ex->box == NULL)
		return -1;
	ex->ledger = ledger_open(state, LEDGER_READ, NULL);
	if (ex->file != NULL)
		return survey(ex, err);
	return outbox_state(ex->box, &ex->state, err);
}

static int
export_all(struct export *ex, const char *dir, int64_t at, struct err *err)
{
	struct sync_bundle *bundle = ex->bundle;
	int64_t refused = 0;

	if (ex->ledger != NULL && ex->file == NULL)
		ledger_count_refused(ex->ledger, &refused, NULL);
	bundle->first = ex->state.acknowledged + 1;
	bundle->last = ex->state.head.seq;
	if (bundle->first > bundle->last && refused == 0)
		return 0;
	if (snprintf(bundle->path, sizeof(bundle->path),
	    "%s/chot-%s-%08x-%" PRId64 "-%" PRId64 ".bundle", dir,
	    outbox_station(ex->box), (unsigned)outbox_epoch(ex->box),
	    bundle->first, bundle->last) >= (int)sizeof(bundle->path))
		return err_set(err, ERR_USAGE, _("path too long"));
	return write_bundle(ex, at, err);
}

static int
export_from(struct export *ex, const char *dir, int64_t at, struct err *err)
{
	int ret;

	*ex->bundle = (struct sync_bundle){ .records = 0 };
	ret = open_parts(ex, dir, err);
	if (ret == 0)
		ret = export_all(ex, dir, at, err);
	outbox_close(ex->box);
	ledger_close(ex->ledger);
	if (ex->dir_fd >= 0)
		close(ex->dir_fd);
	return ret;
}

int
sync_export(const struct conf *conf, const char *dir, const char *page,
    int64_t at, struct sync_bundle *bundle, struct err *err)
{
	struct export ex = { .conf = conf, .bundle = bundle, .page = page,
		.dir_fd = -1 };

	return export_from(&ex, dir, at, err);
}

int
sync_salvage(const struct conf *conf, const char *file, const char *dir,
    int64_t at, struct sync_bundle *bundle, int64_t *lost, struct err *err)
{
	struct export ex = { .conf = conf, .bundle = bundle, .file = file,
		.dir_fd = -1 };
	int ret = export_from(&ex, dir, at, err);

	*lost = ex.lost;
	return ret;
}
