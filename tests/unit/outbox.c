/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the outbox has once said it holds is there: once, in order, chained,
 * readable with the secret key alone; and nothing foreign or newer is
 * touched.
 */
#include "../../src/outbox/parts.h"

#include "../tools/careless.h"
#include "outbox_place.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN 0xfedcba9876543210u
/* Made by another program: the hub must come to the same bytes. */
#define ENVELOPE_WANT \
    "AFE07AB246280BD581C42D582A696B43" \
    "0E181BE3153A0CA65E0A83F4ED2E5200"
#define AT 1634256000 /* 2021-10-15 */

struct world {
	struct outbox_place at;
	char aside[PATH_MAX]; /* last looked at */
	struct outbox *box;
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	return outbox_place_make(&w->at, "/tmp/chot-outbox.XXXXXX", &w->err);
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	outbox_close(w->box);
	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

static void
open_box(struct world *w)
{
	outbox_close(w->box);
	w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-QL1A", w->at.pub,
	    &w->err);
	if (w->box == NULL)
		fail_msg("%s", w->err.text);
}

static void
put(struct world *w, uint64_t run, int64_t n, int64_t want_seq)
{
	struct outbox_id id;
	char body[64];

	snprintf(body, sizeof(body), "{\"n\":%d}", (int)n);
	if (outbox_put(w->box, run, n, body, AT + n, &id, &w->err) != 0)
		fail_msg("%s", w->err.text);
	assert_int_equal(id.epoch, outbox_epoch(w->box));
	assert_int_equal(id.seq, want_seq);
}

static void
refuse(struct world *w, uint64_t run, int64_t n, const char *words)
{
	struct outbox_id id;

	assert_int_equal(outbox_put(w->box, run, n, "{}", AT, &id, &w->err),
	    -1);
	assert_int_equal(w->err.kind, ERR_INPUT);
	assert_string_equal(w->err.text, words);
}

static void
put_many(struct world *w, int count)
{
	for (int n = 1; n <= count; n++)
		put(w, RUN, n, n);
}

/* Behind the outbox's back. */
static void
change(struct world *w, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(w->at.db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
test_each_record_has_the_next_number(void **state)
{
	struct world *w = *state;
	struct outbox_state box_state;
	char text[OUTBOX_ID_MAX];

	open_box(w);
	assert_int_equal(outbox_last(w->box, RUN), 0);
	put_many(w, 5);
	assert_int_equal(outbox_last(w->box, RUN), 5);
	assert_int_equal(outbox_verify(w->box, &w->err), 5);
	assert_int_equal(outbox_state(w->box, &box_state, &w->err), 0);
	assert_int_equal(box_state.records, 5);
	assert_int_equal(box_state.head.seq, 5);
	assert_int_equal(box_state.acknowledged, 0);
	assert_int_equal(box_state.oldest_waiting_at, AT + 1);
	outbox_id_print("ST-QL1A", (struct outbox_id){ 0x7f3a91c2, 123 }, text);
	assert_string_equal(text, "ST-QL1A/7f3a91c2/123");
}

static void
test_a_record_sent_again_is_not_doubled(void **state)
{
	struct world *w = *state;
	uint32_t epoch;

	open_box(w);
	put_many(w, 5);
	epoch = outbox_epoch(w->box);
	open_box(w); /* the recorder was restarted */
	assert_int_equal(outbox_epoch(w->box), epoch);
	assert_int_equal(outbox_last(w->box, RUN), 5);
	put(w, RUN, 3, 3);
	put(w, RUN, 5, 5);
	put(w, RUN, 6, 6);
	put(w, RUN + 1, 1, 7); /* the station was restarted */
	put(w, RUN + 1, 2, 8);
	put(w, RUN, 6, 6); /* a run further back */
	assert_int_equal(outbox_last(w->box, RUN), 6);
	assert_int_equal(outbox_last(w->box, RUN + 2), 0);
	assert_int_equal(outbox_verify(w->box, &w->err), 8);
}

static void
test_out_of_order_is_refused(void **state)
{
	struct world *w = *state;

	open_box(w);
	refuse(w, RUN, 2, "out of order");
	refuse(w, RUN, 0, "out of order");
	refuse(w, RUN, -1, "out of order");
	put_many(w, 2);
	refuse(w, RUN, 4, "out of order");
	refuse(w, RUN + 1, 3, "out of order");
	put(w, RUN, 3, 3);
}

static void
test_too_long_is_refused_whole(void **state)
{
	struct world *w = *state;
	char *body = malloc(RECORD_BODY_MAX + 2);
	struct outbox_id id;

	memset(body, ' ', RECORD_BODY_MAX + 1);
	body[0] = '{';
	body[RECORD_BODY_MAX] = '}';
	body[RECORD_BODY_MAX + 1] = '\0';
	open_box(w);
	assert_int_equal(outbox_put(w->box, RUN, 1, body, AT, &id, &w->err),
	    -1);
	assert_int_equal(w->err.kind, ERR_INPUT);
	body[RECORD_BODY_MAX - 1] = '}';
	body[RECORD_BODY_MAX] = '\0';
	assert_int_equal(outbox_put(w->box, RUN, 1, body, AT, &id, &w->err), 0);
	assert_int_equal(outbox_verify(w->box, &w->err), 1);
	free(body);
}

static void
test_only_the_secret_key_opens(void **state)
{
	static const char body[] = "{\"name\":\"Nguyễn Văn An\"}";
	struct world *w = *state;
	char other_pub[96], other_key[96], id[17];
	struct outbox_item item;
	struct outbox_id put_id;
	size_t len;
	char *text;

	open_box(w);
	assert_int_equal(outbox_put(w->box, RUN, 1, body, AT, &put_id,
	    &w->err), 0);
	assert_int_equal(outbox_next(w->box, 0, &item, &w->err), 1);
	assert_int_equal(item.id.seq, 1);
	assert_int_equal(item.at, AT);
	assert_int_equal(item.schema, RECORD_SCHEMA);
	assert_int_equal(seal_key_id(w->at.pub, id, &w->err), 0);
	assert_string_equal(item.key_id, id);
	assert_int_equal(seal_key_id(w->at.key, id, &w->err), 0);
	assert_string_equal(item.key_id, id);
	text = outbox_open_item(&item, w->at.key, &len, &w->err);
	assert_non_null(text);
	assert_string_equal(text, body);
	assert_int_equal(len, strlen(body));
	free(text);
	assert_null(outbox_open_item(&item, w->at.pub, &len, &w->err));
	assert_int_equal(w->err.kind, ERR_SETUP);
	snprintf(other_pub, sizeof(other_pub), "%s/other.pub", w->at.dir);
	snprintf(other_key, sizeof(other_key), "%s/other.key", w->at.dir);
	assert_int_equal(seal_key_make(other_pub, other_key, &w->err), 0);
	assert_null(outbox_open_item(&item, other_key, &len, &w->err));
	assert_int_equal(w->err.kind, ERR_INPUT);
	assert_int_equal(outbox_next(w->box, 1, &item, &w->err), 0);
}

static bool
file_holds(const char *path, const char *what)
{
	size_t len = 0, n = strlen(what);
	char *bytes = file_read(path, 64 << 20, &len, NULL);
	bool found = bytes != NULL && memmem(bytes, len, what, n) != NULL;

	free(bytes);
	return found;
}

static void
test_a_thief_finds_no_name(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	static const char body[] = "{\"name\":\"Trần Thị Bích\","
	    "\"id\":\"094300000123\",\"temperature\":36.6}";
	static const char *const secrets[] = { "Bích", "094300000123", "36.6",
		"temperature", "{\"name" };
	struct world *w = *state;
	struct outbox_id id;
	char path[128];

	open_box(w);
	for (int n = 1; n <= 300; n++) /* past a checkpoint */
		assert_int_equal(outbox_put(w->box, RUN, n, body, AT, &id,
		    &w->err), 0);
	for (size_t t = 0; t < nitems(tails); t++) {
		snprintf(path, sizeof(path), "%s%s", w->at.db, tails[t]);
		assert_int_equal(access(path, F_OK), 0);
		for (size_t i = 0; i < nitems(secrets); i++)
			assert_false(file_holds(path, secrets[i]));
	}
	assert_true(file_holds(w->at.db, "CREATE TABLE")); /* it can find */
}

static void
test_lengths_tell_no_name_from_a_longer_one(void **state)
{
	static const char *const bodies[] = { "{}", "{\"name\":\"Lê Lợi\"}",
		"{\"name\":\"Tôn Nữ Hoàng Phương Anh\"}" };
	struct world *w = *state;
	struct outbox_item item;
	struct outbox_id id;
	size_t len = 0;

	open_box(w);
	for (size_t i = 0; i < nitems(bodies); i++) {
		assert_int_equal(outbox_put(w->box, RUN, (int64_t)i + 1,
		    bodies[i], AT, &id, &w->err), 0);
		assert_int_equal(outbox_next(w->box, (int64_t)i, &item,
		    &w->err), 1);
		assert_true(len == 0 || len == item.sealed_len);
		len = item.sealed_len;
	}
}

static void
test_changes_break_the_chain(void **state)
{
	static const struct {
		const char *sql, *words;
	} cases[] = {
		{ "UPDATE record SET at = at + 1 WHERE seq = 2",
		    "record 2 was changed" },
		{ "UPDATE record SET key_id = '0123456789abcdef' WHERE seq = 3",
		    "record 3 was changed" },
		{ "UPDATE record SET sealed = zeroblob(length(sealed))"
		    " WHERE seq = 4", "record 4 was changed" },
		{ "UPDATE record SET hash = zeroblob(32) WHERE seq = 4",
		    "record 4 was changed" },
		{ "DELETE FROM record WHERE seq = 3", "record 3 is missing" },
		{ "DELETE FROM record WHERE seq = 3;"
		    "UPDATE record SET seq = 3 WHERE seq = 4;"
		    "UPDATE record SET seq = 4 WHERE seq = 5",
		    "record 3 was changed" },
		{ "UPDATE meta SET epoch = epoch + 1", "record 1 was changed" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < nitems(cases); i++) {
		struct outbox *box;

		open_box(w);
		put_many(w, 5);
		outbox_close(w->box);
		w->box = NULL;
		change(w, cases[i].sql);
		box = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err);
		assert_non_null(box);
		assert_int_equal(outbox_verify(box, &w->err), -1);
		assert_int_equal(w->err.kind, ERR_INPUT);
		assert_string_equal(w->err.text, cases[i].words);
		outbox_close(box);
		unlink(w->at.db);
	}
}

static void
test_a_pruned_head_is_no_break(void **state)
{
	struct world *w = *state;
	struct outbox_state box_state;

	open_box(w);
	put_many(w, 5);
	outbox_close(w->box);
	w->box = NULL;
	change(w, "DELETE FROM record WHERE seq < 5");
	open_box(w);
	assert_int_equal(outbox_verify(w->box, &w->err), 1);
	assert_int_equal(outbox_state(w->box, &box_state, &w->err), 0);
	assert_int_equal(box_state.records, 1);
	refuse(w, RUN, 4, "out of order"); /* gone: not stored again */
	put(w, RUN, 6, 6);
}

static void
test_the_second_recorder_is_told_of_the_first(void **state)
{
	struct world *w = *state;
	char want[64];
	int status;
	pid_t pid;

	open_box(w);
	snprintf(want, sizeof(want), "process %d", (int)getpid());
	pid = fork();
	if (pid == 0) {
		struct outbox *box = outbox_open(w->at.db, OUTBOX_WRITE,
		    "ST-QL1A", w->at.pub, &w->err);

		_exit(box == NULL && w->err.kind == ERR_RETRY &&
		    strstr(w->err.text, want) != NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	put(w, RUN, 1, 1);
}

static char *
read_whole(const char *path, size_t *len)
{
	char *bytes = file_read(path, 64 << 20, len, NULL);

	assert_non_null(bytes);
	return bytes;
}

/* Refused by kind and left byte for byte as it was. */
static void
refused_untouched(struct world *w, const char *words)
{
	size_t before_len, after_len;
	char *before = read_whole(w->at.db, &before_len), *after;

	assert_null(outbox_open(w->at.db, OUTBOX_WRITE, "ST-QL1A", w->at.pub,
	    &w->err));
	assert_int_equal(w->err.kind, ERR_SETUP);
	assert_non_null(strstr(w->err.text, words));
	after = read_whole(w->at.db, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, after_len);
	free(before);
	free(after);
}

static void
test_newer_and_foreign_databases_are_refused_untouched(void **state)
{
	struct world *w = *state;

	open_box(w);
	put_many(w, 2);
	outbox_close(w->box);
	w->box = NULL;
	assert_null(outbox_open(w->at.db, OUTBOX_WRITE, "ST-QL1B", w->at.pub,
	    &w->err));
	assert_int_equal(w->err.kind, ERR_SETUP);
	assert_non_null(strstr(w->err.text, "ST-QL1A"));
	change(w, "PRAGMA user_version = 2");
	refused_untouched(w, "newer");
	assert_null(outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err));
	assert_int_equal(w->err.kind, ERR_SETUP);
	change(w, "PRAGMA application_id = 5");
	refused_untouched(w, "not an outbox");
}

/* The newer version may so far be in the log only. */
static void
test_a_newer_log_is_refused_untouched(void **state)
{
	struct world *w = *state;
	char from[128], to[128];
	size_t len, wal_len;
	char *bytes;
	sqlite3 *db;

	open_box(w);
	put_many(w, 2);
	outbox_close(w->box);
	w->box = NULL;
	assert_int_equal(sqlite3_open(w->at.db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 2", NULL,
	    NULL, NULL), SQLITE_OK);
	snprintf(from, sizeof(from), "%s-wal", w->at.db);
	snprintf(to, sizeof(to), "%s/copy-wal", w->at.dir);
	bytes = read_whole(from, &wal_len);
	assert_int_equal(file_write(to, bytes, wal_len, 0600, false, NULL), 0);
	free(bytes);
	snprintf(to, sizeof(to), "%s/copy", w->at.dir);
	bytes = read_whole(w->at.db, &len);
	assert_int_equal(file_write(to, bytes, len, 0600, false, NULL), 0);
	free(bytes);
	sqlite3_close(db);
	strcpy(w->at.db, to);
	refused_untouched(w, "newer");
	snprintf(to, sizeof(to), "%s/copy-wal", w->at.dir);
	free(read_whole(to, &len));
	assert_int_equal(len, wal_len);
}

static void
spoil(const char *path, off_t at, size_t n)
{
	int fd = open(path, O_WRONLY);
	static char junk[40960];

	memset(junk, 0x5a, sizeof(junk));
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, junk, n, at), n);
	close(fd);
}

static void
test_a_damaged_file_is_set_aside_whole(void **state)
{
	static const struct {
		off_t at;
		size_t n;
	} cases[] = {
		{ 0, 100 },     /* the header */
		{ 100, 400 },   /* the table of tables */
		{ 8192, 512 },  /* a page of records */
		{ 12288, 8 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < nitems(cases); i++) {
		char aside[128], words[ERR_TEXT_MAX];
		uint32_t epoch;
		size_t len;
		char *bytes;

		open_box(w);
		for (int n = 1; n <= 20; n++)
			put(w, RUN + i, n, n);
		epoch = outbox_epoch(w->box);
		outbox_close(w->box);
		w->box = NULL;
		spoil(w->at.db, cases[i].at, cases[i].n);
		bytes = read_whole(w->at.db, &len);
		open_box(w);
		assert_int_not_equal(outbox_epoch(w->box), epoch);
		outbox_notice(w->box, words);
		snprintf(aside, sizeof(aside), "%s.damaged-%d", w->at.db,
		    (int)i + 1);
		assert_non_null(strstr(words, aside));
		outbox_notice(w->box, words);
		assert_string_equal(words, "");
		free(bytes);
		bytes = read_whole(aside, &len);
		assert_true(len >= 20 * 200);
		free(bytes);
		outbox_close(w->box);
		w->box = NULL;
		unlink(w->at.db);
	}
}

/* One page gone in the middle: its records are lost, counted, and no others. */
static void
test_what_can_be_read_is_salvaged(void **state)
{
	struct world *w = *state;
	struct outbox_item item;
	int64_t seq = 0, lost = 0;
	int whole = 0;

	open_box(w);
	put_many(w, 300);
	outbox_close(w->box);
	spoil(w->at.db, 4096 * 20, 512);
	w->box = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err);
	assert_non_null(w->box);
	while (outbox_next_whole(w->box, seq, &item, &lost) > 0) {
		assert_true(item.id.seq > seq);
		seq = item.id.seq;
		whole++;
	}
	assert_int_equal(seq, 300);
	assert_in_range(lost, 1, 60);
	assert_int_equal(whole + lost, 300);
}

/* Some of them longer than a page. */
static void
put_mixed(struct world *w, int count)
{
	static char body[20001];
	struct outbox_id id;

	for (int n = 1; n <= count; n++) {
		size_t len = n % 10 == 0 ? (size_t)n * 100 % 20000 : 40;

		memset(body, ' ', len);
		memcpy(body, "{}", 2);
		body[len > 2 ? len : 2] = '\0';
		assert_int_equal(outbox_put(w->box, RUN, n, body, AT + n, &id,
		    &w->err), 0);
	}
}

static struct outbox_found
look_aside(struct world *w)
{
	struct outbox_found found;
	struct survey survey;

	assert_true(survey_begin(&survey, w->at.db, "ST-QL1A"));
	while (survey_step(&survey) > 0)
		;
	strcpy(w->aside, survey.path);
	assert_int_equal(survey_end(&survey, &w->err), 0);
	assert_int_equal(outbox_found(w->aside, &found), 0);
	assert_false(survey_begin(&survey, w->at.db, "ST-QL1A"));
	return found;
}

static int
whole_aside(struct world *w, uint32_t epoch)
{
	struct outbox *box = outbox_open_aside(w->aside, &w->err);
	struct outbox_item item;
	int64_t seq = 0, lost = 0;
	int whole = 0;

	assert_non_null(box);
	assert_int_equal(outbox_epoch(box), epoch);
	assert_string_equal(outbox_station(box), "ST-QL1A");
	while (outbox_next_whole(box, seq, &item, &lost) > 0) {
		assert_true(item.id.seq > seq);
		seq = item.id.seq;
		whole++;
	}
	outbox_close(box);
	return whole;
}

/* What SQLite does not open, or not get at, is found in its pages. */
static void
test_a_file_without_a_head_is_salvaged(void **state)
{
	static const struct {
		off_t at;
		size_t n;
		bool log; /* a part is in the log still, as after a power cut */
		int lost_min, lost_max;
	} cases[] = {
		{ 0, 16, false, 0, 0 },    /* the header */
		{ 0, 100, true, 0, 0 },
		{ 0, 8192, false, 0, 0 },  /* and who and what epoch it is */
		{ 8192, 4096, false, 0, 0 }, /* the root of all records */
		{ 0, 12288, true, 0, 0 },
		{ 40960, 12288, true, 1, 60 }, /* pages of records */
	};
	struct world *w = *state;

	for (size_t i = 0; i < nitems(cases); i++) {
		char command[512];
		struct outbox_found found;
		uint32_t epoch;

		open_box(w);
		epoch = outbox_epoch(w->box);
		put_mixed(w, 300);
		assert_int_equal(outbox_tidy(w->box, &w->err), 0);
		for (int n = 301; n <= 330; n++)
			put(w, RUN, n, n);
		if (cases[i].log) {
			snprintf(command, sizeof(command), "cd %s && cp "
			    "outbox.db a && cp outbox.db-wal b", w->at.dir);
			assert_int_equal(system(command), 0);
		}
		outbox_close(w->box);
		w->box = NULL;
		if (cases[i].log) {
			snprintf(command, sizeof(command), "cd %s && mv a "
			    "outbox.db && mv b outbox.db-wal", w->at.dir);
			assert_int_equal(system(command), 0);
		}
		spoil(w->at.db, cases[i].at, cases[i].n);
		open_box(w);
		assert_int_not_equal(outbox_epoch(w->box), epoch);
		found = look_aside(w);
		assert_in_range(found.lost, cases[i].lost_min,
		    cases[i].lost_max);
		assert_int_equal(found.saved + found.lost, 330);
		assert_int_equal(whole_aside(w, epoch), found.saved);
		outbox_close(w->box);
		w->box = NULL;
		unlink(w->at.db);
	}
}

/* Whose records count, when the power goes while a fork is in the log alone and
 * the header goes with it: the new epoch's once it is there whole. */
static void
test_a_fork_without_a_head_is_salvaged(void **state)
{
	struct world *w = *state;
	struct store_meta meta = { .station = "ST-QL1A" };

	for (int whole = 0; whole <= 1; whole++) {
		struct store *store = store_new();
		char command[512], copy[PATH_MAX];
		struct outbox_found found;
		uint32_t epochs[EPOCHS_MAX], epoch;
		size_t n;

		open_box(w);
		epoch = outbox_epoch(w->box);
		put_mixed(w, 330);
		outbox_close(w->box);
		w->box = NULL;
		assert_int_equal(store_open(store, w->at.db, true, &meta,
		    &w->err), 0);
		assert_int_equal(fork_chain(store, w->at.db, 200, copy,
		    sizeof(copy), &w->err), 0);
		snprintf(command, sizeof(command), "cd %s && cp outbox.db a &&"
		    " cp outbox.db-wal b && truncate -s -%d b", w->at.dir,
		    whole ? 0 : 4096 + 24);
		assert_int_equal(system(command), 0);
		store_free(store);
		snprintf(command, sizeof(command), "cd %s && mv a outbox.db &&"
		    " mv b outbox.db-wal", w->at.dir);
		assert_int_equal(system(command), 0);
		spoil(w->at.db, 0, 100);
		n = epochs_list(w->at.db, epochs);
		assert_int_not_equal(epochs[n - 1], epoch);
		open_box(w);
		found = look_aside(w);
		assert_int_equal(found.saved, whole ? 131 : 330);
		assert_int_equal(found.lost, 0);
		assert_int_equal(whole_aside(w, whole ? epochs[n - 1] : epoch),
		    found.saved);
		outbox_close(w->box);
		w->box = NULL;
		unlink(w->at.db);
	}
}

/* Pages of noise, and pages that were bent in one byte, are no harm. */
static void
test_pages_may_be_anything(void **state)
{
	struct world *w = *state;
	uint32_t seed = 11;
	size_t len;
	char *bytes;

	open_box(w);
	put_mixed(w, 40);
	outbox_close(w->box);
	w->box = NULL;
	bytes = read_whole(w->at.db, &len);
	for (int i = 0; i < 100; i++) {
		struct outbox_found found;
		char saved[160];

		for (int j = 0; j < 1 + i; j++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[(seed >> 8) % len] ^= (char)(seed >> 24);
		}
		memset(bytes, 0, 16);
		unlink(w->at.db);
		snprintf(saved, sizeof(saved), "%s.damaged-1", w->at.db);
		assert_int_equal(file_write(saved, bytes, len, 0600, false,
		    NULL), 0);
		found = look_aside(w);
		assert_in_range(found.saved, 0, 40);
		assert_in_range(found.lost, 0, 40);
		snprintf(saved, sizeof(saved), "%s.found", w->aside);
		unlink(saved);
		snprintf(saved, sizeof(saved), "%s.saved", w->aside);
		unlink(saved);
	}
	free(bytes);
}

/* A byte changed anywhere is harmless, refused, or has the file set aside;
 * never are records lost without a word. */
static void
test_no_damage_passes_unnoticed(void **state)
{
	struct world *w = *state;
	char copy[128], words[ERR_TEXT_MAX];
	size_t len, again_len;
	uint32_t seed = 7;
	int aside = 0, refused = 0;
	char *bytes;

	open_box(w);
	put_many(w, 20);
	outbox_close(w->box);
	w->box = NULL;
	bytes = read_whole(w->at.db, &len);
	for (int i = 0; i < 200; i++) {
		size_t at;

		seed = seed * 1664525u + 1013904223u;
		at = (seed >> 8) % len;
		bytes[at] ^= (char)(1 << i % 8);
		assert_int_equal(file_write(w->at.db, bytes, len, 0600, false,
		    NULL), 0);
		bytes[at] ^= (char)(1 << i % 8);
		w->box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-QL1A",
		    w->at.pub,
		    &w->err);
		if (w->box == NULL) {
			assert_int_equal(w->err.kind, ERR_SETUP);
			free(read_whole(w->at.db, &again_len));
			assert_int_equal(again_len, len);
			refused++;
			continue;
		}
		outbox_notice(w->box, words);
		if (words[0] != '\0') {
			aside++;
			snprintf(copy, sizeof(copy), "%s.damaged-1", w->at.db);
			assert_int_equal(unlink(copy), 0);
		} else {
			assert_int_equal(outbox_verify(w->box, &w->err), 20);
		}
		outbox_close(w->box);
		w->box = NULL;
	}
	free(bytes);
	assert_true(aside > 20);
	assert_true(refused < 20);
}

/* As the recorder goes on with it; how many steps until it is set aside. */
static int
check_until(struct world *w, char words[ERR_TEXT_MAX])
{
	int steps = 0, more = 1;

	words[0] = '\0';
	while (more > 0 && words[0] == '\0') {
		more = outbox_check(w->box, &w->err);
		outbox_notice(w->box, words);
		steps++;
	}
	assert_int_not_equal(more, -1);
	if (more == 0)
		assert_int_equal(outbox_check_end(w->box, AT, &w->err), 0);
	return steps;
}

/* A file that no start walks whole: what is checked is its last records. */
static void
fill_large(struct world *w, int records)
{
	static char body[58001];
	struct outbox_id id;

	memset(body, ' ', sizeof(body) - 1);
	memcpy(body, "{}", 2);
	open_box(w);
	careless_set(true);
	for (int n = 1; n <= records; n++)
		assert_int_equal(outbox_put(w->box, RUN, n, body, AT, &id,
		    &w->err), 0);
	outbox_close(w->box);
	careless_set(false);
	w->box = NULL;
}

static void
test_a_change_in_the_middle_of_a_large_file_is_found(void **state)
{
	struct world *w = *state;
	char words[ERR_TEXT_MAX], aside[128];
	int64_t records, at;
	struct stat st;
	uint32_t epoch;

	fill_large(w, 1250);
	assert_int_equal(stat(w->at.db, &st), 0);
	assert_true(st.st_size > 64 << 20);
	open_box(w);
	epoch = outbox_epoch(w->box);
	assert_true(check_until(w, words) > 100);
	assert_string_equal(words, "");
	assert_int_equal(outbox_checked(w->at.db, &records, &at), 0);
	assert_int_equal(records, 1250);
	assert_int_equal(at, AT);
	outbox_close(w->box);
	w->box = NULL;

	change(w, "UPDATE record SET at = at + 1 WHERE seq = 120");
	open_box(w);
	outbox_notice(w->box, words);
	assert_string_equal(words, ""); /* this start does not see it */
	assert_int_equal(outbox_epoch(w->box), epoch);
	check_until(w, words);
	assert_non_null(strstr(words, "record 120 was changed"));
	assert_int_not_equal(outbox_epoch(w->box), epoch);
	snprintf(aside, sizeof(aside), "%s.damaged-1", w->at.db);
	assert_int_equal(stat(aside, &st), 0);
	put(w, RUN, 1251, 1); /* the run goes on at once */
	check_until(w, words);
	assert_string_equal(words, "");
	assert_int_equal(outbox_checked(w->at.db, &records, &at), 0);
	assert_int_equal(records, 1);
}

/* Records come and go while the chain is walked: that is no break. */
static void
test_the_check_goes_on_beside_the_work(void **state)
{
	struct world *w = *state;
	struct outbox_id id;
	char words[ERR_TEXT_MAX];
	int64_t records, at;

	open_box(w);
	put_many(w, 500);
	id.epoch = outbox_epoch(w->box);
	assert_int_equal(outbox_check(w->box, &w->err), 1);
	put(w, RUN, 501, 501);
	id.seq = 300;
	assert_int_equal(outbox_prune(w->box, id, AT + 100 * OUTBOX_KEEP_S,
	    &w->err), 300);
	check_until(w, words);
	assert_string_equal(words, "");
	assert_int_equal(outbox_checked(w->at.db, &records, &at), 0);
	assert_int_equal(records, 401); /* 200, and those from 301 on */
	/* But one that goes in the middle is missed. */
	change(w, "DELETE FROM record WHERE seq = 450");
	open_box(w);
	outbox_notice(w->box, words);
	assert_non_null(strstr(words, "record 450 is missing"));
}

/* The station's run goes on: the new outbox starts where it is. */
static void
test_a_run_goes_on_in_the_next_outbox(void **state)
{
	struct world *w = *state;

	open_box(w);
	put_many(w, 20);
	outbox_close(w->box);
	w->box = NULL;
	spoil(w->at.db, 4096, 512);
	open_box(w);
	outbox_close(w->box);
	w->box = NULL;
	open_box(w); /* killed before anything came */
	put(w, RUN, 21, 1);
	put(w, RUN, 22, 2);
	refuse(w, RUN, 24, "out of order");
	refuse(w, RUN, 20, "out of order");
	put(w, RUN + 1, 1, 3);
	put(w, RUN, 22, 2);
	refuse(w, RUN + 2, 2, "out of order");
}

static void
test_a_file_that_is_taken_away_is_noticed(void **state)
{
	struct world *w = *state;
	struct outbox_id id;
	uint32_t epoch;

	open_box(w);
	put_many(w, 3);
	epoch = outbox_epoch(w->box);
	assert_int_equal(unlink(w->at.db), 0);
	assert_int_equal(outbox_put(w->box, RUN, 4, "{}", AT, &id, &w->err),
	    -1);
	assert_int_equal(w->err.kind, ERR_RETRY);
	put(w, RUN, 4, 1);
	put(w, RUN, 5, 2);
	assert_int_not_equal(outbox_epoch(w->box), epoch);
	open_box(w);
	assert_int_equal(outbox_last(w->box, RUN), 5);
}

static void
test_a_set_aside_cut_in_two_is_finished(void **state)
{
	struct world *w = *state;
	char wal[128], aside[128];

	open_box(w);
	outbox_close(w->box);
	w->box = NULL;
	snprintf(wal, sizeof(wal), "%s-wal", w->at.db);
	snprintf(aside, sizeof(aside), "%s.damaged-1", w->at.db);
	assert_int_equal(rename(w->at.db, aside), 0);
	assert_int_equal(file_write(wal, "log", 3, 0600, false, NULL), 0);
	open_box(w);
	put(w, RUN, 7, 1); /* it follows a damaged one */
	snprintf(aside, sizeof(aside), "%s.damaged-1-wal", w->at.db);
	assert_true(file_holds(aside, "log"));
}

static void
test_readers_do_not_write(void **state)
{
	struct world *w = *state;
	struct outbox *reader;
	struct outbox_item item;
	int64_t seq = 0;

	assert_null(outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err));
	assert_int_equal(w->err.kind, ERR_ABSENT);
	assert_int_equal(access(w->at.db, F_OK), -1);
	open_box(w);
	put_many(w, 10);
	reader = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err);
	assert_non_null(reader);
	assert_string_equal(outbox_station(reader), "ST-QL1A");
	while (outbox_next(reader, seq, &item, &w->err) == 1)
		assert_int_equal(item.id.seq, ++seq);
	assert_int_equal(seq, 10);
	put(w, RUN, 11, 11); /* while it is open */
	assert_int_equal(outbox_verify(reader, &w->err), 11);
	outbox_close(reader);
}

static void
test_a_write_protected_card_can_be_read(void **state)
{
	struct world *w = *state;
	char disk[96];
	struct outbox *reader;
	int64_t count;

	snprintf(disk, sizeof(disk), "%s/a%%20 card?", w->at.dir);
	assert_int_equal(dir_make(disk, 0700, NULL), 0);
	if (mount("none", disk, "tmpfs", 0, "size=1m") != 0)
		skip();
	snprintf(w->at.db, sizeof(w->at.db), "%s/outbox.db", disk);
	open_box(w);
	put_many(w, 3);
	outbox_close(w->box);
	w->box = NULL;
	assert_int_equal(mount("none", disk, "tmpfs", MS_REMOUNT | MS_RDONLY,
	    "size=1m"), 0);
	reader = outbox_open(w->at.db, OUTBOX_READ, NULL, NULL, &w->err);
	count = reader == NULL ? -1 : outbox_verify(reader, &w->err);
	outbox_close(reader);
	umount2(disk, MNT_DETACH);
	assert_int_equal(count, 3);
}

static void
test_ids_of_posts_are_words(void **state)
{
	static const char *const bad[] = { "", "ST QL1A", "ST/QL1A", "A\n",
		"\xff", "\x7f" };
	struct world *w = *state;

	for (size_t i = 0; i < nitems(bad); i++) {
		assert_null(outbox_open(w->at.db, OUTBOX_WRITE, bad[i],
		    w->at.pub,
		    &w->err));
		assert_int_equal(w->err.kind, ERR_SETUP);
	}
	assert_int_equal(access(w->at.db, F_OK), -1);
}

static void
test_ballast_is_real_room(void **state)
{
	struct world *w = *state;
	char path[128];
	struct stat st;

	open_box(w);
	ballast_keep(w->at.db);
	snprintf(path, sizeof(path), "%s.ballast", w->at.db);
	if (stat(path, &st) != 0)
		skip(); /* little room here, or memory */
	assert_true(st.st_blocks * 512LL >= 16 << 20);
	ballast_keep(w->at.db);
	assert_true(ballast_drop(w->at.db));
	assert_false(ballast_drop(w->at.db));
}

static void
test_the_envelope_hash_is_fixed(void **state)
{
	static const unsigned char prev[OUTBOX_HASH_BYTES] = { 1, 2, 3 };
	static const unsigned char sealed[] = { 0xde, 0xad, 0xbe, 0xef };
	struct outbox_item item = {
		.id = { 0x7f3a91c2, 123 }, .at = AT, .prev = prev,
		.key_id = "0123456789abcdef", .schema = 1, .sealed = sealed,
		.sealed_len = sizeof(sealed),
	};
	unsigned char hash[OUTBOX_HASH_BYTES];
	char hex[2 * OUTBOX_HASH_BYTES + 1];

	(void)state;
	envelope_hash("ST-QL1A", &item, hash);
	hex_print(hash, sizeof(hash), hex);
	assert_string_equal(hex, ENVELOPE_WANT);
}

int
main(void)
{
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		WITH_WORLD(test_each_record_has_the_next_number),
		WITH_WORLD(test_a_record_sent_again_is_not_doubled),
		WITH_WORLD(test_out_of_order_is_refused),
		WITH_WORLD(test_too_long_is_refused_whole),
		WITH_WORLD(test_only_the_secret_key_opens),
		WITH_WORLD(test_a_thief_finds_no_name),
		WITH_WORLD(test_lengths_tell_no_name_from_a_longer_one),
		WITH_WORLD(test_changes_break_the_chain),
		WITH_WORLD(test_a_pruned_head_is_no_break),
		WITH_WORLD(test_the_second_recorder_is_told_of_the_first),
		WITH_WORLD(test_newer_and_foreign_databases_are_refused_untouched),
		WITH_WORLD(test_a_newer_log_is_refused_untouched),
		WITH_WORLD(test_a_damaged_file_is_set_aside_whole),
		WITH_WORLD(test_what_can_be_read_is_salvaged),
		WITH_WORLD(test_a_file_without_a_head_is_salvaged),
		WITH_WORLD(test_a_fork_without_a_head_is_salvaged),
		WITH_WORLD(test_pages_may_be_anything),
		WITH_WORLD(test_no_damage_passes_unnoticed),
		WITH_WORLD(test_a_change_in_the_middle_of_a_large_file_is_found),
		WITH_WORLD(test_the_check_goes_on_beside_the_work),
		WITH_WORLD(test_a_run_goes_on_in_the_next_outbox),
		WITH_WORLD(test_a_file_that_is_taken_away_is_noticed),
		WITH_WORLD(test_a_set_aside_cut_in_two_is_finished),
		WITH_WORLD(test_readers_do_not_write),
		WITH_WORLD(test_a_write_protected_card_can_be_read),
		WITH_WORLD(test_ids_of_posts_are_words),
		WITH_WORLD(test_ballast_is_real_room),
		cmocka_unit_test(test_the_envelope_hash_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
