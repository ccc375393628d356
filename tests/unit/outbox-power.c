/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The power may go at any moment: what was answered is there afterwards.
 *
 * A shim below SQLite writes down every write, sync, truncation and deletion
 * while records are put. Afterwards the list is cut at each place, and the
 * disk is built as it may be then: what was synced, and of the rest nothing,
 * all, some of the writes, or some with a torn one. The outbox is opened on
 * each of these, POWER_CUTS times in all (2,000 unless told). Compiled with
 * synchronous=NORMAL (EXPECT_LOSS) the same must find lost records, and so
 * it must on a disk that lies, or it would find nothing at all.
 */
#include "../../src/outbox/parts.h"

#include "outbox_place.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#define RUN 0x5eed
#define PUTS 140       /* enough for the log to be emptied into the file */
#define BODY_LEN 2500
#define SECTOR 512
#define IMAGE_MAX (4 << 20)
#define VARIANTS 4     /* none, all, some, torn */
#define CUTS 2000
#define TORN_SEEDS 60

enum slot { SLOT_DB, SLOT_WAL, SLOT_JOURNAL, SLOT_COUNT };
static const char *const slot_names[SLOT_COUNT] = { "outbox.db",
	"outbox.db-wal", "outbox.db-journal" };

enum op_kind { OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_FORGET, OP_DELETE, OP_DONE };

struct op {
	enum op_kind kind;
	enum slot slot;
	int64_t at; /* offset, size, or for OP_DONE the count answered */
	size_t len;
	unsigned char *data;
	bool forgotten; /* a sync failed: never to be durable */
};

/* The list, and what the next syncs are to do. The shim is called back by
 * SQLite without an argument of ours. */
static struct {
	struct op *ops;
	size_t n, capacity;
	int syncs_to_failure; /* 0: none fails */
	bool lies;            /* says that it synced, and did not */
	bool hasty;           /* a record is answered before it is put */
	sqlite3_vfs *real;
} tape;

static struct op *
tape_add(enum op_kind kind, enum slot slot, int64_t at, const void *data,
    size_t len)
{
	struct op *op;

	if (tape.n == tape.capacity) {
		tape.capacity = tape.capacity == 0 ? 256 : tape.capacity * 2;
		tape.ops = realloc(tape.ops, tape.capacity * sizeof(*op));
	}
	op = &tape.ops[tape.n++];
	*op = (struct op){ .kind = kind, .slot = slot, .at = at, .len = len };
	if (len > 0) {
		op->data = malloc(len);
		memcpy(op->data, data, len);
	}
	return op;
}

static void
tape_clear(void)
{
	for (size_t i = 0; i < tape.n; i++)
		free(tape.ops[i].data);
	free(tape.ops);
	tape.ops = NULL;
	tape.n = tape.capacity = 0;
	tape.syncs_to_failure = 0;
	tape.lies = tape.hasty = false;
}

/* ---- the shim ------------------------------------------------------------------------ */

struct shim_file {
	sqlite3_file base;
	enum slot slot;
	sqlite3_file *real;
};

#define REAL(file) (((struct shim_file *)(file))->real)
#define SLOT(file) (((struct shim_file *)(file))->slot)

static int
shim_close(sqlite3_file *file)
{
	return REAL(file)->pMethods->xClose(REAL(file));
}

static int
shim_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	return REAL(file)->pMethods->xRead(REAL(file), out, n, at);
}

static int
shim_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	tape_add(OP_WRITE, SLOT(file), at, data, (size_t)n);
	return REAL(file)->pMethods->xWrite(REAL(file), data, n, at);
}

static int
shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	tape_add(OP_TRUNCATE, SLOT(file), size, NULL, 0);
	return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static int
shim_sync(sqlite3_file *file, int flags)
{
	(void)flags; /* the machine that runs the test keeps its power */
	if (tape.syncs_to_failure > 0 && --tape.syncs_to_failure == 0) {
		tape_add(OP_FORGET, SLOT(file), 0, NULL, 0);
		return SQLITE_IOERR_FSYNC;
	}
	if (!tape.lies)
		tape_add(OP_SYNC, SLOT(file), 0, NULL, 0);
	return SQLITE_OK;
}

static int
shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int
shim_lock(sqlite3_file *file, int level)
{
	return REAL(file)->pMethods->xLock(REAL(file), level);
}

static int
shim_unlock(sqlite3_file *file, int level)
{
	return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int
shim_reserved(sqlite3_file *file, int *out)
{
	return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int
shim_control(sqlite3_file *file, int op, void *arg)
{
	return REAL(file)->pMethods->xFileControl(REAL(file), op, arg);
}

static int
shim_sector(sqlite3_file *file)
{
	return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int
shim_characteristics(sqlite3_file *file)
{
	return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int
shim_shm_map(sqlite3_file *file, int page, int size, int extend,
    void volatile **out)
{
	return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend,
	    out);
}

static int
shim_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void
shim_shm_barrier(sqlite3_file *file)
{
	REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int
shim_shm_unmap(sqlite3_file *file, int delete)
{
	return REAL(file)->pMethods->xShmUnmap(REAL(file), delete);
}

static const sqlite3_io_methods shim_methods = {
	2, shim_close, shim_read, shim_write, shim_truncate, shim_sync,
	shim_size, shim_lock, shim_unlock, shim_reserved, shim_control,
	shim_sector, shim_characteristics, shim_shm_map, shim_shm_lock,
	shim_shm_barrier, shim_shm_unmap, NULL, NULL,
};

static enum slot
slot_of(const char *path)
{
	for (int i = SLOT_COUNT - 1; i >= 0; i--) {
		size_t n = strlen(slot_names[i]), len = strlen(path);

		if (len >= n && strcmp(path + len - n, slot_names[i]) == 0)
			return (enum slot)i;
	}
	fail_msg("what is %s?", path);
	return SLOT_DB;
}

static int
shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct shim_file *shim = (struct shim_file *)file;
	int code;

	(void)vfs;
	shim->real = (sqlite3_file *)(shim + 1);
	shim->slot = slot_of(path);
	code = tape.real->xOpen(tape.real, path, shim->real, flags, out_flags);
	shim->base.pMethods = code == SQLITE_OK ? &shim_methods : NULL;
	return code;
}

static int
shim_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	(void)vfs;
	tape_add(OP_DELETE, slot_of(path), 0, NULL, 0);
	return tape.real->xDelete(tape.real, path, sync_dir);
}

static sqlite3_vfs shim;

static void
shim_on(void)
{
	tape.real = sqlite3_vfs_find(NULL);
	shim = *tape.real;
	shim.zName = "tape";
	shim.szOsFile = (int)sizeof(struct shim_file) + tape.real->szOsFile;
	shim.xOpen = shim_open;
	shim.xDelete = shim_delete;
	shim.pNext = NULL;
	assert_int_equal(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
}

static void
shim_off(void)
{
	assert_int_equal(sqlite3_vfs_unregister(&shim), SQLITE_OK);
}

/* ---- the disk after the power cut ------------------------------------------------------- */

struct image {
	bool there;
	size_t len;
	unsigned char bytes[IMAGE_MAX];
};

struct disk {
	struct image files[SLOT_COUNT];
};

/* Small, repeatable: a failure must come again. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
image_write(struct image *image, int64_t at, const unsigned char *data,
    size_t len)
{
	size_t end = (size_t)at + len;

	assert_true(end <= IMAGE_MAX);
	if (end > image->len) {
		memset(image->bytes + image->len, 0, end - image->len);
		image->len = end;
	}
	memcpy(image->bytes + at, data, len);
	image->there = true;
}

/* Some sectors of a write, the others stay as they were. */
static void
image_tear(struct image *image, const struct op *op, uint32_t *seed)
{
	for (size_t done = 0; done < op->len;) {
		size_t at = (size_t)op->at + done;
		size_t n = SECTOR - at % SECTOR;

		if (n > op->len - done)
			n = op->len - done;
		if (next_random(seed) % 2 == 0)
			image_write(image, (int64_t)at, op->data + done, n);
		done += n;
	}
}

static void
apply(struct disk *disk, const struct op *op)
{
	struct image *image = &disk->files[op->slot];

	if (op->forgotten)
		return;
	if (op->kind == OP_WRITE) {
		image_write(image, op->at, op->data, op->len);
	} else if (op->kind == OP_TRUNCATE) {
		if ((size_t)op->at < image->len)
			image->len = (size_t)op->at;
		image->there = true;
	} else if (op->kind == OP_DELETE) {
		image->there = false;
		image->len = 0;
	}
}

/* What is pending since is one of VARIANTS. A name that was made is there:
 * the directory is synced by SQLite and by the outbox. */
static void
apply_pending(struct disk *disk, size_t cut, const size_t synced[SLOT_COUNT],
    int variant, uint32_t seed)
{
	for (size_t i = 0; i < cut; i++) {
		const struct op *op = &tape.ops[i];

		if (i < synced[op->slot] || op->kind == OP_SYNC ||
		    op->kind == OP_FORGET || op->kind == OP_DONE)
			continue;
		disk->files[op->slot].there = true;
		if (variant == 0 || (variant >= 2 &&
		    next_random(&seed) % 3 == 0))
			continue;
		if (variant == 3 && op->kind == OP_WRITE && !op->forgotten &&
		    next_random(&seed) % 3 == 0)
			image_tear(&disk->files[op->slot], op, &seed);
		else
			apply(disk, op);
	}
}

/* A sync: what was written to that file is durable now. */
static void
advance(struct disk *disk, size_t i, size_t synced[SLOT_COUNT])
{
	enum slot slot = tape.ops[i].slot;

	if (tape.ops[i].kind != OP_SYNC && tape.ops[i].kind != OP_DELETE)
		return;
	for (size_t k = synced[slot]; k <= i; k++)
		if (tape.ops[k].slot == slot)
			apply(disk, &tape.ops[k]);
	synced[slot] = i + 1;
}

/* A failed sync drops what was waiting for it, and says so only once. */
static void
forget_failed(void)
{
	for (size_t i = 0; i < tape.n; i++) {
		if (tape.ops[i].kind != OP_FORGET)
			continue;
		for (size_t k = i; k-- > 0;) {
			struct op *op = &tape.ops[k];

			if (op->slot != tape.ops[i].slot)
				continue;
			if (op->kind == OP_SYNC || op->kind == OP_FORGET)
				break;
			op->forgotten = op->kind == OP_WRITE;
		}
	}
}

static void
disk_copy(struct disk *to, const struct disk *from)
{
	for (int i = 0; i < SLOT_COUNT; i++) {
		to->files[i].there = from->files[i].there;
		to->files[i].len = from->files[i].len;
		memcpy(to->files[i].bytes, from->files[i].bytes,
		    from->files[i].len);
	}
}

static void
disk_write(const struct disk *disk, const char *dir)
{
	static const char *const others[] = { "outbox.db-shm" };
	char path[160];

	for (size_t i = 0; i < nitems(others); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, others[i]);
		unlink(path);
	}
	for (int i = 0; i < SLOT_COUNT; i++) {
		const struct image *image = &disk->files[i];
		int fd;

		snprintf(path, sizeof(path), "%s/%s", dir, slot_names[i]);
		unlink(path);
		if (!image->there)
			continue;
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, image->bytes, image->len),
		    image->len);
		close(fd);
	}
}

/* ---- the test -------------------------------------------------------------------------------- */

struct world {
	struct outbox_place at;
	uint32_t epoch;
	struct disk durable, cut;
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	return outbox_place_make(&w->at, access("/dev/shm", W_OK) == 0 ?
	    "/dev/shm/chot-power.XXXXXX" : "/tmp/chot-power.XXXXXX", &w->err);
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	tape_clear();
	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

static struct outbox *
open_box(struct world *w)
{
	struct outbox *box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1",
	    w->at.pub,
	    &w->err);

	if (box == NULL)
		fail_msg("%s", w->err.text);
	return box;
}

/* Put records as the station does: after a fault the same again. */
static void
record(struct world *w, int count, int fail_every)
{
	char body[BODY_LEN + 1];
	struct outbox *box;

	shim_on();
	box = open_box(w);
	w->epoch = outbox_epoch(box);
	for (int n = 1; n <= count;) {
		struct outbox_id id;

		snprintf(body, sizeof(body), "{\"n\":%d,\"x\":\"%0*d\"}", n,
		    BODY_LEN - 100 * (n % 20) - 40, n);
		if (fail_every > 0 && n % fail_every == 0)
			tape.syncs_to_failure = 1;
		if (tape.hasty)
			tape_add(OP_DONE, SLOT_DB, n, NULL, 0);
		if (outbox_put(box, RUN, n, body, 0, &id, &w->err) < 0) {
			assert_true(fail_every > 0);
			fail_every++; /* not for ever at the same place */
			continue;
		}
		assert_int_equal(id.seq, n);
		tape_add(OP_DONE, SLOT_DB, n, NULL, 0);
		n++;
	}
	outbox_close(box);
	shim_off();
	forget_failed();
}

/* What is there after the cut. -1: an outbox that is not sound. */
static int64_t
survivors(struct world *w)
{
	char words[ERR_TEXT_MAX];
	struct outbox *box;
	struct outbox_id id;
	int64_t count;

	disk_write(&w->cut, w->at.dir);
	box = outbox_open(w->at.db, OUTBOX_WRITE, "ST-1", w->at.pub, &w->err);
	if (box == NULL)
		return -1;
	outbox_notice(box, words);
	count = outbox_verify(box, &w->err);
	if (words[0] != '\0' || outbox_last(box, RUN) != count ||
	    (count > 0 && outbox_epoch(box) != w->epoch) ||
	    outbox_put(box, RUN, count + 1, "{}", 0, &id, &w->err) < 0 ||
	    id.seq != count + 1)
		count = -1;
	outbox_close(box);
	return count;
}

/* How many cuts are wanted of this run. */
static int
cuts_wanted(void)
{
	const char *wanted = getenv("POWER_CUTS");

	return wanted != NULL ? atoi(wanted) : CUTS;
}

/* One cut behind op i. Returns whether all that was answered is there. */
static bool
cut_at(struct world *w, size_t i, const size_t synced[SLOT_COUNT],
    int64_t answered, int variant, uint32_t seed)
{
	int64_t count;

	disk_copy(&w->cut, &w->durable);
	apply_pending(&w->cut, i + 1, synced, variant, seed);
	count = survivors(w);
	if (count < answered)
		print_message("# cut %d, variant %d, seed %u: %d of %d"
		    " (%s)\n", (int)i, variant, seed, (int)count,
		    (int)answered, w->err.text);
	return count >= answered;
}

/*
 * Cut at every step-th place and behind each answer, in every variant; once
 * round there are other seeds, until the cuts are enough. Returns how many
 * lost an answered record or left an outbox that is not sound; some are enough
 * to know.
 */
static int
cut_everywhere(struct world *w, size_t step, int *cuts)
{
	int lost = 0;

	for (uint32_t round = 0; round == 0 || *cuts < cuts_wanted(); round++) {
		size_t synced[SLOT_COUNT] = { 0 };
		int64_t answered = 0;

		memset(&w->durable, 0, sizeof(w->durable));
		for (size_t i = 0; i < tape.n && lost < 5; i++) {
			advance(&w->durable, i, synced);
			if (tape.ops[i].kind == OP_DONE)
				answered = tape.ops[i].at;
			if (i % step != round % step &&
			    tape.ops[i].kind != OP_DONE)
				continue;
			/* None and all are the same in every round. */
			for (int variant = round < step ? 0 : 2;
			    variant < VARIANTS; variant++, ++*cuts)
				lost += !cut_at(w, i, synced, answered,
				    variant, (round * (uint32_t)tape.n +
				    (uint32_t)i) * VARIANTS +
				    (uint32_t)variant);
		}
		if (lost >= 5)
			break;
	}
	return lost;
}

static void
check_cuts(struct world *w, bool loses)
{
	int cuts = 0, lost = cut_everywhere(w, 8, &cuts);

	print_message("# %d cuts, %d lost a record\n", cuts, lost);
	if (loses)
		assert_true(lost > 0);
	else
		assert_int_equal(lost, 0);
	assert_true(loses || cuts >= cuts_wanted());
}

static void
test_power_cuts_lose_nothing_answered(void **state)
{
	struct world *w = *state;

	record(w, PUTS, 0);
#ifdef EXPECT_LOSS
	check_cuts(w, true);
#else
	check_cuts(w, false);
#endif
}

#ifndef EXPECT_LOSS
/* Nothing is lost yet, and nothing may look as if it were. */
static void
test_a_torn_first_page_is_no_damage(void **state)
{
	struct world *w = *state;
	size_t synced[SLOT_COUNT] = { 0 };
	int unsound = 0;

	record(w, 1, 0);
	for (size_t i = 0; tape.ops[i].kind != OP_DONE; i++) {
		advance(&w->durable, i, synced);
		for (uint32_t seed = 1; seed <= TORN_SEEDS; seed++)
			unsound += !cut_at(w, i, synced, 0, VARIANTS - 1, seed);
	}
	assert_int_equal(unsound, 0);
}

static void
test_a_disk_that_lies_is_found_out(void **state)
{
	struct world *w = *state;

	tape.lies = true;
	record(w, 40, 0);
	check_cuts(w, true);
}

static void
test_done_before_the_commit_is_found_out(void **state)
{
	struct world *w = *state;

	tape.hasty = true;
	record(w, 40, 0);
	check_cuts(w, true);
}

/* The recorder was killed behind op i: all it wrote is still in the kernel's
 * memory, and the next one tells the station how far it is. Then the power
 * goes. Returns false when less is there than was told. */
static bool
killed_then_cut(struct world *w, size_t i)
{
	size_t synced[SLOT_COUNT] = { 0 }, whole = tape.n;
	struct op *behind = malloc((whole - i) * sizeof(*behind));
	struct outbox *box;
	int64_t told;
	size_t cut;

	memset(&w->durable, 0, sizeof(w->durable));
	memset(&w->cut, 0, sizeof(w->cut));
	memcpy(behind, tape.ops + i, (whole - i) * sizeof(*behind));
	tape.n = i;
	apply_pending(&w->cut, i, synced, 1, 0);
	disk_write(&w->cut, w->at.dir);
	shim_on();
	box = open_box(w);
	w->epoch = outbox_epoch(box);
	told = outbox_last(box, RUN);
	cut = tape.n;
	outbox_close(box);
	shim_off();
	for (size_t k = 0; k < cut; k++)
		advance(&w->durable, k, synced);
	disk_copy(&w->cut, &w->durable);
	for (size_t k = i; k < tape.n; k++)
		free(tape.ops[k].data);
	tape.n = i;
	for (size_t k = 0; k < whole - i; k++)
		*tape_add(OP_DONE, SLOT_DB, 0, NULL, 0) = behind[k];
	free(behind);
	return survivors(w) >= told;
}

static void
test_what_a_killed_recorder_left_is_durable_when_told(void **state)
{
	struct world *w = *state;
	int lost = 0;

	record(w, 12, 0);
	for (size_t i = 1; i < tape.n; i++)
		lost += !killed_then_cut(w, i);
	assert_int_equal(lost, 0);
}

/* The disk says no once and has forgotten the pages; the next sync says yes
 * all the same. */
static void
test_a_failed_sync_is_not_believed_later(void **state)
{
	struct world *w = *state;

	record(w, 40, 3);
	check_cuts(w, false);
}
#endif

int
main(void)
{
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		WITH_WORLD(test_power_cuts_lose_nothing_answered),
#ifndef EXPECT_LOSS
		WITH_WORLD(test_a_torn_first_page_is_no_damage),
		WITH_WORLD(test_a_disk_that_lies_is_found_out),
		WITH_WORLD(test_done_before_the_commit_is_found_out),
		WITH_WORLD(test_what_a_killed_recorder_left_is_durable_when_told),
		WITH_WORLD(test_a_failed_sync_is_not_believed_later),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
