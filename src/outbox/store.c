/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - the rows of the outbox in one SQLite file; the one file here that
 * knows SQLite.
 *
 * seq is the key and only ever grows by one, so that a commit writes little.
 * Knows rows and whether they are durable; not what a chain or a run is.
 */
#include "parts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmts[STMT_COUNT];
	const char *path; /* borrowed */
	bool writing;
	struct store_view view;
	unsigned char prev[OUTBOX_HASH_BYTES], hash[OUTBOX_HASH_BYTES];
	char key_id[SEAL_ID_MAX];
	unsigned char sealed[SEALED_MAX]; /* these four: of the item in hand */
};

/* Told by phone: what, not where. */
static const struct {
	int code;
	enum store_trouble trouble;
	const char *words;
} troubles[] = {
	{ SQLITE_FULL, STORE_FULL, N_("disk full") },
	{ SQLITE_CORRUPT, STORE_DAMAGED, N_("outbox damaged") },
	{ SQLITE_NOTADB, STORE_DAMAGED, N_("outbox damaged") },
	{ SQLITE_ERROR, STORE_DAMAGED, N_("outbox damaged") }, /* no table */
	{ SQLITE_TOOBIG, STORE_DAMAGED, N_("outbox damaged") },
	{ SQLITE_IOERR, STORE_BROKEN, N_("disk error") },
	{ SQLITE_READONLY, STORE_BROKEN, N_("outbox is write-protected") },
	{ SQLITE_CANTOPEN, STORE_BROKEN, N_("outbox cannot be opened") },
	{ SQLITE_BUSY, STORE_BUSY, N_("outbox busy") },
};

/* ---- SQLite in words ------------------------------------------------------------- */

/* Of the database and of its log: sqlite3_system_errno() has often been
 * overwritten by what the library did since. */
static bool
disk_refused(struct store *store)
{
	static const int files[] = { SQLITE_FCNTL_FILE_POINTER,
		SQLITE_FCNTL_JOURNAL_POINTER };
	bool refused = false;

	for (size_t i = 0; i < nitems(files) && store->db != NULL; i++) {
		sqlite3_file *file = NULL;
		int why = 0;

		sqlite3_file_control(store->db, "main", files[i], &file);
		if (file != NULL && file->pMethods != NULL)
			file->pMethods->xFileControl(file,
			    SQLITE_FCNTL_LAST_ERRNO, &why);
		refused = refused || why == EFBIG || why == EDQUOT ||
		    why == ENOSPC;
	}
	return refused;
}

static int
fail(struct store *store, int code, struct err *err)
{
	/* A reader would take it for a bad page; a writer tries again. */
	if (!store->writing && (code == SQLITE_NOMEM || /* or, of exec: */
	    code == SQLITE_IOERR_NOMEM || code == SQLITE_ROW))
		mem_none();
	/* Only what was killed while it made the tables leaves a journal. */
	if (code == SQLITE_READONLY_ROLLBACK)
		return err_set(err, ERR_ABSENT, _("nothing was recorded yet"));
	if ((code & 0xff) == SQLITE_IOERR && disk_refused(store))
		code = SQLITE_FULL;
	if (code == SQLITE_IOERR_READ) /* ENODATA of a bad sector, as EIO */
		code = SQLITE_CORRUPT;
	for (size_t i = 0; i < nitems(troubles); i++)
		if (troubles[i].code == (code & 0xff)) {
			store->view.trouble = troubles[i].trouble;
			return err_set(err, ERR_RETRY, "%s",
			    troubles[i].words);
		}
	store->view.trouble = STORE_BROKEN;
	return err_set(err, ERR_RETRY, "%s", sqlite3_errstr(code));
}

static int
word_row(void *arg, int columns, char **values, char **names)
{
	struct store_word *word = arg;

	(void)names;
	if (columns > 0 && values[0] != NULL && word->text[0] == '\0')
		snprintf(word->text, sizeof(word->text), "%s", values[0]);
	return 0;
}

int
store_ask(struct store *store, const char *sql, struct store_word *word, struct err *err)
{
	int code;

	if (word != NULL)
		word->text[0] = '\0';
	code = sqlite3_exec(store->db, sql, word != NULL ? word_row : NULL,
	    word, NULL);
	return code == SQLITE_OK ? 0 : fail(store, code, err);
}

static int
ask_number(struct store *store, const char *sql, int64_t *value,
    struct err *err)
{
	struct store_word word;

	if (store_ask(store, sql, &word, err) < 0)
		return -1;
	*value = strtoll(word.text, NULL, 10);
	return 0;
}

/* ---- opening ------------------------------------------------------------------------ */

static int
connect_file(struct store *store, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	    (store->writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	char uri[FILES_URI_MAX];
	bool fixed = !store->writing && files_immutable(store->path, uri);
	int code = sqlite3_open_v2(fixed ? uri : store->path, &store->db,
	    flags | (fixed ? SQLITE_OPEN_URI : 0), NULL);

	if (code != SQLITE_OK)
		return fail(store, code, err);
	/* Somebody may have had the card: nothing in it is run. */
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 4 * SEALED_MAX);
	return store_ask(store, store_settings, NULL, err);
}

static int
check_version(struct store *store, struct err *err)
{
	int64_t id, version;

	if (ask_number(store, "PRAGMA application_id", &id, err) < 0 ||
	    ask_number(store, "PRAGMA user_version", &version, err) < 0)
		return -1;
	if (id == STORE_APPLICATION_ID && version == STORE_VERSION)
		return 0;
	/* Not even its log is tidied away. */
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (id != STORE_APPLICATION_ID)
		return err_set(err, ERR_SETUP, _("not an outbox"));
	return err_set(err, ERR_SETUP,
	    _("made by a newer chot (version %d; this one knows %d)"),
	    (int)version, STORE_VERSION);
}

static int
create_tables(struct store *store, struct err *err)
{
	char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s INSERT INTO meta"
	    " VALUES (1, %u, %Q, %d); PRAGMA application_id=%d;"
	    " PRAGMA user_version=%d; COMMIT", store_tables,
	    (unsigned)store->view.meta.epoch, store->view.meta.station,
	    store->view.meta.gap, STORE_APPLICATION_ID, STORE_VERSION);
	int ret;

	if (sql == NULL)
		mem_none();
	ret = store_ask(store, sql, NULL, err);
	sqlite3_free(sql);
	return ret < 0 ? -1 : files_sync_dir(store->path, err);
}

/* A database that was begun but holds nothing is made now. */
static int
prepare_tables(struct store *store, struct err *err)
{
	struct store_word mode;
	int64_t any;

	if (ask_number(store, "SELECT (SELECT count(*) FROM sqlite_schema)"
	    " + user_version FROM pragma_user_version", &any, err) < 0)
		return -1;
	if (any != 0)
		return 0;
	if (!store->writing)
		return err_set(err, ERR_ABSENT, _("nothing was recorded yet"));
	if (store_ask(store, "PRAGMA journal_mode=WAL", &mode, err) < 0)
		return -1;
	if (strcmp(mode.text, "wal") != 0)
		return err_set(err, ERR_SETUP,
		    _("this disk cannot hold an outbox (no shared memory)"));
	return create_tables(store, err);
}

static int
read_meta(struct store *store, struct err *err)
{
	struct store_meta *meta = &store->view.meta;
	struct store_word station;
	int64_t both;

	if (ask_number(store, "SELECT 2 * epoch + (gap <> 0) FROM meta", &both,
	    err) < 0 || store_ask(store, "SELECT station FROM meta", &station, err) < 0)
		return -1;
	if (station.text[0] == '\0')
		return fail(store, SQLITE_CORRUPT, err);
	if (store->writing && strcmp(meta->station, station.text) != 0)
		return err_set(err, ERR_SETUP,
		    _("holds the records of post %s, not of %s"), station.text,
		    meta->station);
	memcpy(meta->station, station.text, sizeof(meta->station));
	meta->epoch = (uint32_t)(both >> 1);
	meta->gap = (both & 1) != 0;
	return 0;
}

static int
prepare_statements(struct store *store, struct err *err)
{
	int code = SQLITE_OK;

	for (int i = 0; i < STMT_COUNT && code == SQLITE_OK; i++)
		if (store->writing || (i != STMT_INSERT && i != STMT_PRUNE))
			code = sqlite3_prepare_v3(store->db,
			    store_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
			    &store->stmts[i], NULL);
	return code == SQLITE_OK ? 0 : fail(store, code, err);
}

struct store *
store_new(void)
{
	struct store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		mem_none();
	return store;
}

void
store_free(struct store *store)
{
	store_close(store);
	free(store);
}

int
store_open(struct store *store, const char *path, bool writing,
    const struct store_meta *meta, struct err *err)
{
	store->path = path;
	store->writing = writing;
	store->view = (struct store_view){ .open = true, .meta = *meta };
	return connect_file(store, err) < 0 || prepare_tables(store, err) < 0 ||
	    check_version(store, err) < 0 || read_meta(store, err) < 0 ||
	    prepare_statements(store, err) < 0 ? -1 : 0;
}

void
store_close(struct store *store)
{
	for (int i = 0; i < STMT_COUNT; i++) {
		sqlite3_finalize(store->stmts[i]);
		store->stmts[i] = NULL;
	}
	sqlite3_close(store->db);
	store->db = NULL;
	store->view.open = false;
}

const struct store_view *
store_view(const struct store *store)
{
	return &store->view;
}

/* NULL: pread(2), as ever. */
static void
read_by(ssize_t (*fn)(int, void *, size_t, off_t))
{
	static const char *const names[] = { "pread", "pread64" };
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

	for (size_t i = 0; i < nitems(names) && vfs != NULL; i++)
		vfs->xSetSystemCall(vfs, names[i], (sqlite3_syscall_ptr)fn);
}

int
store_check(struct store *store, struct err *err)
{
	struct store_word word;
	int ret;

	read_by(files_read_backwards);
	ret = store_ask(store, "PRAGMA quick_check(1)", &word, err);
	read_by(NULL);
	if (ret < 0)
		return -1;
	return strcmp(word.text, "ok") == 0 ? 0 :
	    fail(store, SQLITE_CORRUPT, err);
}

int
store_settle(struct store *store, bool after_error, struct err *err)
{
	int code;

	if (files_sync_wal(store->path, err) < 0)
		return -1;
	code = sqlite3_wal_checkpoint_v2(store->db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (code == SQLITE_OK)
		return 0;
	/* A sync that failed once may say yes the second time and have
	 * forgotten the pages: then only the copy is trusted. A reader or a
	 * full disk is no harm otherwise. */
	fail(store, code, err);
	return !after_error && (store->view.trouble == STORE_BUSY ||
	    store->view.trouble == STORE_FULL) ? 0 : -1;
}

bool
store_moved(struct store *store)
{
	int moved = 0;

	return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED,
	    &moved) == SQLITE_OK && moved != 0;
}

/* ---- rows ------------------------------------------------------------------------------ */

int
store_insert(struct store *store, const struct outbox_item *item,
    uint64_t run, int64_t n, struct err *err)
{
	sqlite3_stmt *stmt = store->stmts[STMT_INSERT];
	int code;

	store->view.trouble = STORE_WELL;
	sqlite3_bind_int64(stmt, 1, item->id.seq);
	sqlite3_bind_int64(stmt, 2, item->at);
	sqlite3_bind_int64(stmt, 3, (int64_t)run);
	sqlite3_bind_int64(stmt, 4, n);
	sqlite3_bind_int(stmt, 5, item->schema);
	sqlite3_bind_text(stmt, 6, item->key_id, -1, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 7, item->prev, OUTBOX_HASH_BYTES,
	    SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 8, item->hash, OUTBOX_HASH_BYTES,
	    SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 9, item->sealed, (int)item->sealed_len,
	    SQLITE_STATIC);
	/* A transaction of its own: DONE means committed and synced. */
	code = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return code == SQLITE_DONE ? 0 : fail(store, code, err);
}

static bool
take_bytes(sqlite3_stmt *stmt, int column, void *out, size_t n)
{
	const void *bytes = sqlite3_column_blob(stmt, column);

	if (bytes == NULL || (size_t)sqlite3_column_bytes(stmt, column) != n)
		return false;
	memcpy(out, bytes, n);
	return true;
}

int
store_place(struct store *store, int64_t seq, struct store_place *place,
    struct err *err)
{
	sqlite3_stmt *stmt = store->stmts[seq == 0 ? STMT_LAST : STMT_PLACE];
	int code, ret = 1;

	*place = (struct store_place){ .seq = 0 };
	if (seq != 0)
		sqlite3_bind_int64(stmt, 1, seq);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		place->seq = sqlite3_column_int64(stmt, 0);
		place->run = (uint64_t)sqlite3_column_int64(stmt, 1);
		place->n = sqlite3_column_int64(stmt, 2);
		if (place->seq <= 0 || place->n <= 0 ||
		    !take_bytes(stmt, 3, place->hash, OUTBOX_HASH_BYTES))
			ret = fail(store, SQLITE_CORRUPT, err);
	} else {
		ret = code == SQLITE_DONE ? 0 : fail(store, code, err);
	}
	sqlite3_reset(stmt);
	return ret;
}

static bool
take_item(struct store *store, sqlite3_stmt *stmt, struct outbox_item *item)
{
	int len = sqlite3_column_bytes(stmt, 6);

	if (len < SEAL_OVERHEAD || len > SEALED_MAX ||
	    !take_bytes(stmt, 3, store->key_id, SEAL_ID_MAX - 1) ||
	    !take_bytes(stmt, 4, store->prev, OUTBOX_HASH_BYTES) ||
	    !take_bytes(stmt, 5, store->hash, OUTBOX_HASH_BYTES) ||
	    !take_bytes(stmt, 6, store->sealed, (size_t)len))
		return false;
	store->key_id[SEAL_ID_MAX - 1] = '\0';
	*item = (struct outbox_item){
		.id = { .epoch = store->view.meta.epoch,
		    .seq = sqlite3_column_int64(stmt, 0) },
		.at = sqlite3_column_int64(stmt, 1),
		.schema = sqlite3_column_int(stmt, 2),
		.key_id = store->key_id, .prev = store->prev,
		.hash = store->hash, .sealed = store->sealed,
		.sealed_len = (size_t)len,
	};
	return true;
}

int
store_walk(struct store *store, int64_t seq, store_walk_fn fn, void *arg,
    struct err *err)
{
	sqlite3_stmt *stmt = store->stmts[STMT_NEXT];
	struct outbox_item item;
	int code, ret = 0;

	sqlite3_bind_int64(stmt, 1, seq);
	while (ret == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		ret = take_item(store, stmt, &item) ? fn(arg, &item, err) :
		    fail(store, SQLITE_CORRUPT, err);
	if (ret == 0 && code != SQLITE_DONE)
		ret = fail(store, code, err);
	/* So that no reader keeps the log from being emptied. */
	sqlite3_reset(stmt);
	return ret;
}

int
store_ends(struct store *store, int64_t after, struct store_ends *ends,
    struct err *err)
{
	sqlite3_stmt *stmt = store->stmts[STMT_ENDS];
	int code;

	sqlite3_bind_int64(stmt, 1, after);
	code = sqlite3_step(stmt);
	ends->first = sqlite3_column_int64(stmt, 0);
	ends->last = sqlite3_column_int64(stmt, 1);
	ends->waiting_at = sqlite3_column_int64(stmt, 2);
	sqlite3_reset(stmt);
	return code == SQLITE_ROW ? 0 : fail(store, code, err);
}

int
store_prune(struct store *store, int64_t seq, int64_t before, int most,
    struct err *err)
{
	sqlite3_stmt *stmt = store->stmts[STMT_PRUNE];
	int code;

	sqlite3_bind_int64(stmt, 1, seq);
	sqlite3_bind_int64(stmt, 2, before);
	sqlite3_bind_int(stmt, 3, most);
	code = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE ? sqlite3_changes(store->db) :
	    fail(store, code, err);
}

int64_t
store_acknowledged(struct store *store, const char *sync_path)
{
	struct store_word word = { "" };
	char *sql = sqlite3_mprintf("ATTACH %Q AS sync; SELECT acknowledged"
	    " FROM sync.head WHERE epoch = %u", sync_path,
	    (unsigned)store->view.meta.epoch);

	/* A file that is damaged, or a later chot's, acknowledges nothing. */
	if (sql == NULL || (sqlite3_exec(store->db, sql, word_row, &word,
	    NULL) == SQLITE_NOMEM && !store->writing))
		mem_none(); /* as in fail() */
	sqlite3_free(sql);
	sqlite3_exec(store->db, "DETACH sync", NULL, NULL, NULL);
	return strtoll(word.text, NULL, 10);
}
