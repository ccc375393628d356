/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usb - bundles of posts from a stick, and the hub's answers onto it
 * (chot-bundle(5)). What is in a bundle is taken as if it had come over the
 * network from the post that signed it; so the same stick may come twice.
 */
#include "parts.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DER_MAX 8192
#define HAVE_MAX 1024
#define REVOKED_MOST "1000" /* other posts that every stick tells of */

struct usb {
	const struct hub_import *call;
	struct desk desk;
	const char *file;
	struct peer peer; /* who signed this bundle */
	unsigned char cert[DER_MAX];
	size_t cert_len;
	int64_t have[HAVE_MAX]; /* versions of lists that it has */
	size_t nhave;
	struct text *notes; /* the answers, one a batch */
	size_t count;
	struct bundle_lists *lists;
	int refused;        /* batches that were not taken */
	int taken, ahead;   /* of this bundle */
	int waiting;        /* bundles that are ahead of what the hub has */
	bool final;         /* no other bundle will bring what is between */
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

static void
keep_versions(struct usb *usb, const char *text)
{
	char *end;

	while (usb->nhave < HAVE_MAX) {
		int64_t version = strtoll(text, &end, 10);

		if (end == text)
			break;
		usb->have[usb->nhave++] = version;
		text = end;
	}
}

/* Whose it is, and which lists that post has. */
static int
keep_opening(void *arg, const char *type, const unsigned char *bytes,
    size_t n, struct err *err)
{
	struct usb *usb = arg;

	(void)err;
	if (strcmp(type, "CERT") == 0 && n <= sizeof(usb->cert)) {
		memcpy(usb->cert, bytes, n);
		usb->cert_len = n;
	}
	if (strcmp(type, "HAVE") == 0)
		keep_versions(usb, (const char *)bytes);
	return 0;
}

static struct text *
new_note(struct usb *usb)
{
	usb->notes = realloc(usb->notes, (usb->count + 1) *
	    sizeof(*usb->notes));
	if (usb->notes == NULL)
		mem_none();
	usb->notes[usb->count] = (struct text){ 0 };
	return &usb->notes[usb->count++];
}

static void
keep_note(struct usb *usb, const struct reply *reply)
{
	text_add(new_note(usb), "{\"station\":\"%s\",%s", usb->peer.station,
	    reply->text.bytes + 1);
}

/* Signed: whoever finds a stick cannot make a post wipe its lists. */
static void
keep_revoked(struct usb *usb, const char *station, int generation)
{
	struct text *note = new_note(usb);
	char now[21];

	time_print(usb->desk.now, now);
	text_add(note, "{\"station\":\"%s\",\"version\":1,\"time\":\"%s\","
	    "\"error\":\"revoked\",\"generation\":%d", station, now,
	    generation);
	keys_sign_revoked(usb->desk.keys, station, generation, usb->desk.now,
	    note);
	text_add(note, "}");
}

/* Ahead is no fault: another stick may bring what is between, and else the
 * post hears from the head how far the hub is. */
static void
batch_taken(struct usb *usb, const struct reply *reply)
{
	if (reply->ahead)
		usb->ahead++;
	else
		usb->taken++;
	if (!reply->ahead || usb->final)
		keep_note(usb, reply);
}

/* Whether it was taken matters to no post. */
static int
take_page(struct usb *usb, const unsigned char *bytes, size_t n)
{
	struct request request = { .method = "POST", .path = "/v1/status",
		.station = usb->peer.station,
		.generation = usb->peer.generation,
		.body = (const char *)bytes, .body_len = n };
	struct reply reply = { 0 };

	answer(&usb->desk, &request, &reply);
	if (reply.status != 200)
		fprintf(stderr, "chot-hub: %s: %s: status page: %s\n",
		    usb->file, usb->peer.station, reply.note);
	text_free(&reply.text);
	return 0;
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

	if (strcmp(type, "STAT") == 0)
		return take_page(usb, bytes, n);
	if (strcmp(type, "RECS") != 0)
		return 0;
	answer(&usb->desk, &request, &reply);
	if (reply.status == 200) {
		batch_taken(usb, &reply);
	} else if (reply.status != 503) {
		usb->refused++;
		if (reply.fork)
			keep_note(usb, &reply);
		fprintf(stderr, "chot-hub: %s: %s: %s\n", usb->file,
		    usb->peer.station, reply.note);
	}
	text_free(&reply.text);
	return reply.status != 503 ? 0 : err_set(err, ERR_RETRY,
	    "%s: the database cannot take it now", usb->file);
}

static void
take_trouble(void *arg, char **fields, int count)
{
	(void)count;
	*(bool *)arg = fields[0] != NULL && strcmp(fields[0], "revoked") == 0;
}

static int
ask_revoked(struct usb *usb, bool *revoked, struct err *err)
{
	const struct peer *peer = &usb->peer;
	uint32_t generation = htobe32((uint32_t)peer->generation);
	const struct db_value values[] = {
		db_text(peer->station),
		{ PG_INT4, &generation, sizeof(generation) } };

	*revoked = false;
	return db_call(usb->desk.db, "SELECT hub.station_trouble($1, $2)",
	    values, 2, take_trouble, revoked, err);
}

static int
take_records(struct usb *usb, struct err *err)
{
	int refused = usb->refused;

	if (read_bundle(usb, take_batch_of, err) < 0)
		return -1;
	if (usb->ahead > 0 && !usb->final)
		return 0;
	fprintf(usb->call->out, "%s: %s, %d batches taken, %d not\n",
	    usb->file, usb->peer.station, usb->taken,
	    usb->ahead + usb->refused - refused);
	return usb->call->no_lists ? 0 : bundle_want(usb->lists, usb->desk.db,
	    usb->peer.station, usb->have, usb->nhave, err);
}

static int
take_file(struct usb *usb, struct err *err)
{
	bool revoked;

	usb->cert_len = usb->nhave = 0;
	usb->taken = usb->ahead = 0;
	/* Whole, and from a post of ours, before anything of it counts. */
	if (read_bundle(usb, keep_opening, err) < 0)
		return -1;
	if (!ca_bundle_peer(usb->call->options->ca, usb->cert, usb->cert_len,
	    &usb->peer))
		return err_set(err, ERR_INPUT, "%s: signed by no post of this "
		    "hub", usb->file);
	if (ask_revoked(usb, &revoked, err) < 0)
		return -1;
	if (!revoked)
		return take_records(usb, err);
	keep_revoked(usb, usb->peer.station, usb->peer.generation);
	return err_set(err, ERR_INPUT, "%s: %s: this post is revoked",
	    usb->file, usb->peer.station);
}

/* ---- the answers ------------------------------------------------------------------------ */

static int
put_all(struct usb *usb, FILE *file, struct err *err)
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
	if (ret < 0)
		err_set(err, ERR_RETRY, "%s", strerror(errno));
	else if ((ret = bundle_put(usb->lists, usb->desk.db, &out, err)) == 0 &&
	    (stick_end(&out) < 0 || fflush(file) != 0 ||
	    fsync(fileno(file)) != 0))
		ret = err_set(err, ERR_RETRY, "%s", strerror(errno));
	stick_free(&out);
	text_free(&head);
	return ret;
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

/* One that is there already stays: it may be on its way to other posts. */
static int
name_answers(const struct usb *usb, char path[PATH_MAX - 8], struct err *err)
{
	struct calendar c = calendar_at(usb->desk.now, 0);
	char more[16] = "";

	for (int i = 2; i < 1000; i++) {
		if (snprintf(path, PATH_MAX - 8, "%s/chot-answers-%04d%02d%02d"
		    "T%02d%02d%02dZ%s.bundle", usb->call->dir, c.year, c.month,
		    c.day, c.hour, c.minute, c.second, more) >= PATH_MAX - 8)
			return err_set(err, ERR_USAGE, "path too long");
		if (access(path, F_OK) != 0)
			return 0;
		/* Behind the first by name, too. */
		snprintf(more, sizeof(more), "_%03d", i);
	}
	return err_set(err, ERR_RETRY, "%s: it is there", path);
}

static int
write_answers(struct usb *usb, struct err *err)
{
	char path[PATH_MAX - 8], part[PATH_MAX];
	FILE *file;
	int fd, ret;

	if (name_answers(usb, path, err) < 0)
		return -1;
	snprintf(part, sizeof(part), "%s.part", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    0644);
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	ret = file != NULL ? put_all(usb, file, err) :
	    err_set(err, ERR_RETRY, "%s", strerror(errno));
	if (file != NULL && fclose(file) != 0 && ret == 0)
		ret = err_set(err, ERR_RETRY, "%s", strerror(errno));
	if (ret == 0 && rename(part, path) != 0)
		ret = err_set(err, ERR_RETRY, "%s", strerror(errno));
	if (ret < 0) {
		unlink(part);
		return err_within(err, "%s", path);
	}
	if (check_back(path, err) < 0)
		return -1;
	fprintf(usb->call->out, "%s\n", path);
	return 0;
}

/* ---- all of them --------------------------------------------------------------------------- */

/* Once over those that are left. Returns how many came to their end. */
static int
take_pass(struct usb *usb, bool done[HUB_FILES_MAX], int *bad,
    struct err *err)
{
	struct err one = { 0 };
	int ended = 0;

	for (int i = 0; i < usb->call->count; i++) {
		usb->file = usb->call->files[i];
		if (done[i])
			continue;
		if (take_file(usb, &one) < 0) {
			if (one.kind == ERR_RETRY)
				return err_set(err, ERR_RETRY, "%s", one.text);
			/* One bad stick is no reason to send others back. */
			fprintf(stderr, "chot-hub: %s\n", one.text);
			++*bad;
		} else if (usb->ahead > 0) {
			usb->waiting += usb->final;
			continue;
		}
		done[i] = true;
		ended++;
	}
	return ended;
}

static void
take_revoked(void *arg, char **fields, int count)
{
	(void)count;
	keep_revoked(arg, fields[0], (int)strtol(fields[1], NULL, 10));
}

/* Whoever brings a stick may pass a post that was revoked. */
static int
add_revoked(struct usb *usb, struct err *err)
{
	return db_call(usb->desk.db, "SELECT id, generation FROM hub.station "
	    "WHERE revoked IS NOT NULL ORDER BY revoked DESC LIMIT "
	    REVOKED_MOST, NULL, 0, take_revoked, usb, err);
}

static int
take_all(struct usb *usb, struct err *err)
{
	bool done[HUB_FILES_MAX] = { false };
	int bad = 0, ended;

	/* In any order: what is ahead may fit behind another one. */
	do {
		ended = take_pass(usb, done, &bad, err);
	} while (ended > 0);
	usb->final = true;
	if (ended == 0)
		ended = take_pass(usb, done, &bad, err);
	if (ended < 0 || (usb->count > 0 && (add_revoked(usb, err) < 0 ||
	    write_answers(usb, err) < 0)))
		return -1;
	if (bad > 0 || usb->refused > 0)
		return err_set(err, ERR_INPUT, "%d bundles and %d batches "
		    "were not taken", bad, usb->refused);
	return usb->waiting == 0 ? 0 : err_set(err, ERR_RETRY, "%d bundles "
	    "are ahead of what the hub has: the posts bring the rest when "
	    "they have read the answers", usb->waiting);
}

/* ---- door ---------------------------------------------------------------------------------- */

int
hub_import(const struct hub_import *call, struct err *err)
{
	const struct hub_options *options = call->options;
	struct usb usb = { .call = call, .desk = { .options = options },
		.lists = calloc(1, sizeof(*usb.lists)) };
	struct keys *keys = keys_load(options->keys, options->sign, err);
	int ret = -1;

	if (usb.lists == NULL)
		mem_none();
	if (keys == NULL) {
		free(usb.lists);
		return -1;
	}
	usb.desk.now = wall_now();
	usb.desk.keys = keys;
	usb.desk.db = db_new(options->database);
	if (migrate_check(usb.desk.db, err) == 0)
		ret = take_all(&usb, err);
	for (size_t i = 0; i < usb.count; i++)
		text_free(&usb.notes[i]);
	free(usb.notes);
	free(usb.lists);
	db_free(usb.desk.db);
	keys_free(keys);
	return ret;
}
