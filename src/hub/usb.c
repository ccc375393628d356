/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usb - bundles of posts from a stick, and the hub's answers onto it
 * (chot-bundle(5)). What is in a bundle is taken as if it had come over the
 * network from the post that signed it; so the same stick may come twice.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync.h"

#define DER_MAX 8192

struct usb {
	const struct hub_import *call;
	struct desk desk;
	const char *file;
	struct peer peer; /* who signed this bundle */
	unsigned char cert[DER_MAX];
	size_t cert_len;
	struct text *notes; /* the answers, one a batch */
	size_t count;
	int refused;        /* batches that were not taken */
};

/* ---- one bundle --------------------------------------------------------------------- */

static int
read_bundle(struct usb *usb, stick_fn fn, struct err *err)
{
	FILE *file = fopen(usb->file, "re");
	bool was_signed = false;
	int ret;

	if (file == NULL)
		return err_set(err, ERR_ABSENT, "%s: %s", usb->file,
		    strerror(errno));
	ret = stick_read(file, fn, usb, &was_signed, err);
	fclose(file);
	if (ret == 0 && !was_signed)
		ret = err_set(err, ERR_INPUT, "the bundle is not signed");
	return ret < 0 && err->kind != ERR_RETRY ?
	    err_within(err, "%s", usb->file) : ret;
}

static int
keep_certificate(void *arg, const char *type, const unsigned char *bytes,
    size_t n, struct err *err)
{
	struct usb *usb = arg;

	(void)err;
	if (strcmp(type, "CERT") == 0 && n <= sizeof(usb->cert)) {
		memcpy(usb->cert, bytes, n);
		usb->cert_len = n;
	}
	return 0;
}

static void
keep_note(struct usb *usb, const struct reply *reply)
{
	struct text note = { 0 };

	usb->notes = realloc(usb->notes, (usb->count + 1) *
	    sizeof(*usb->notes));
	if (usb->notes == NULL)
		mem_none();
	text_add(&note, "{\"station\":\"%s\",%s", usb->peer.station,
	    reply->text.bytes + 1);
	usb->notes[usb->count++] = note;
}

/* Only what the database cannot take now ends the whole. */
static int
take_batch_of(void *arg, const char *type, const unsigned char *bytes,
    size_t n, struct err *err)
{
	struct usb *usb = arg;
	struct request request = { .method = "POST", .path = "/v1/records",
		.station = usb->peer.station,
		.generation = usb->peer.generation,
		.body = (const char *)bytes, .body_len = n };
	struct reply reply = { 0 };

	if (strcmp(type, "RECS") != 0)
		return 0;
	answer(&usb->desk, &request, &reply);
	if (reply.status == 200) {
		keep_note(usb, &reply);
	} else if (reply.status != 503) {
		usb->refused++;
		fprintf(stderr, "chot-hub: %s: %s: %s\n", usb->file,
		    usb->peer.station, reply.note);
	}
	text_free(&reply.text);
	return reply.status != 503 ? 0 : err_set(err, ERR_RETRY,
	    "%s: the database cannot take it now", usb->file);
}

static int
take_file(struct usb *usb, struct err *err)
{
	size_t before = usb->count;
	int refused = usb->refused;

	usb->cert_len = 0;
	/* Whole, and from a post of ours, before anything of it counts. */
	if (read_bundle(usb, keep_certificate, err) < 0)
		return -1;
	if (!ca_bundle_peer(usb->call->options->ca, usb->cert, usb->cert_len,
	    &usb->peer))
		return err_set(err, ERR_INPUT, "%s: signed by no post of this "
		    "hub", usb->file);
	if (read_bundle(usb, take_batch_of, err) < 0)
		return -1;
	fprintf(usb->call->out, "%s: %s, %zu batches taken, %d not\n",
	    usb->file, usb->peer.station, usb->count - before,
	    usb->refused - refused);
	return 0;
}

/* ---- the answers ------------------------------------------------------------------------ */

static int
put_all(struct usb *usb, FILE *file)
{
	struct stick_out out;
	struct text head = { 0 };
	char made[21];
	int ret;

	time_print(usb->desk.now, made);
	text_add(&head, "{\"version\":1,\"kind\":\"answers\",\"made\":\"%s\"}",
	    made);
	ret = stick_begin(&out, file);
	if (ret == 0)
		ret = stick_put(&out, "HEAD", head.bytes, head.len);
	for (size_t i = 0; i < usb->count && ret == 0; i++)
		ret = stick_put(&out, "NOTE", usb->notes[i].bytes,
		    usb->notes[i].len);
	if (ret == 0)
		ret = stick_end(&out);
	stick_free(&out);
	text_free(&head);
	return ret == 0 && fflush(file) == 0 && fsync(fileno(file)) == 0 ? 0 :
	    -1;
}

static int
check_back(const char *path, struct err *err)
{
	FILE *file = fopen(path, "re");
	bool was_signed;
	int ret;

	if (file == NULL)
		return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
	ret = stick_read(file, NULL, NULL, &was_signed, err);
	fclose(file);
	return ret;
}

static int
write_answers(struct usb *usb, struct err *err)
{
	struct calendar c = calendar_at(usb->desk.now, 0);
	char path[PATH_MAX], part[PATH_MAX + 8];
	FILE *file;
	int fd, ret;

	if (snprintf(path, sizeof(path), "%s/chot-answers-%04d%02d%02dT"
	    "%02d%02d%02dZ.bundle", usb->call->dir, c.year, c.month, c.day,
	    c.hour, c.minute, c.second) >= (int)sizeof(path))
		return err_set(err, ERR_USAGE, "path too long");
	snprintf(part, sizeof(part), "%s.part", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    0644);
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	ret = file != NULL ? put_all(usb, file) : -1;
	if (file != NULL && fclose(file) != 0)
		ret = -1;
	if (ret == 0 && rename(part, path) != 0)
		ret = -1;
	if (ret < 0) {
		err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
		unlink(part);
		return -1;
	}
	if (check_back(path, err) < 0)
		return -1;
	fprintf(usb->call->out, "%s\n", path);
	return 0;
}

/* ---- door ---------------------------------------------------------------------------------- */

static int
take_all(struct usb *usb, struct err *err)
{
	struct err one = { 0 };
	int bad = 0;

	for (int i = 0; i < usb->call->count; i++) {
		usb->file = usb->call->files[i];
		if (take_file(usb, &one) == 0)
			continue;
		if (one.kind == ERR_RETRY)
			return err_set(err, ERR_RETRY, "%s", one.text);
		/* One bad stick is no reason to send the others back. */
		fprintf(stderr, "chot-hub: %s\n", one.text);
		bad++;
	}
	if (usb->count > 0 && write_answers(usb, err) < 0)
		return -1;
	return bad == 0 && usb->refused == 0 ? 0 : err_set(err, ERR_INPUT,
	    "%d bundles and %d batches were not taken", bad, usb->refused);
}

int
hub_import(const struct hub_import *call, struct err *err)
{
	const struct hub_options *options = call->options;
	struct usb usb = { .call = call, .desk = { .options = options } };
	struct keys *keys = keys_load(options->keys, options->sign, err);
	struct loop *loop = loop_new(err); /* for the time alone */
	int ret = -1;

	if (keys == NULL || loop == NULL) {
		keys_free(keys);
		loop_free(loop);
		return -1;
	}
	usb.desk.now = loop_wall(loop);
	loop_free(loop);
	usb.desk.keys = keys;
	usb.desk.db = db_new(options->database);
	if (migrate_check(usb.desk.db, err) == 0)
		ret = take_all(&usb, err);
	for (size_t i = 0; i < usb.count; i++)
		text_free(&usb.notes[i]);
	free(usb.notes);
	db_free(usb.desk.db);
	keys_free(keys);
	return ret;
}
