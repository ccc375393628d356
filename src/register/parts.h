/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register/parts - what the modules of the register share.
 *
 *   csv.c    bytes of a file -> records of fields
 *   lists.c  the lists and their columns: the one table everything reads
 *   cells.c  fields -> typed cells
 *   row.c    typed cells -> packed bytes -> fields of an answer
 *   hash.c   key files and the keyed hash (the only one that knows libsodium)
 *   store_file.c  may register.db be opened at all?
 *   sql.c    the only one that knows SQLite
 *   store.c  register.db: schema, transactions, what is known of the lists
 *   rows.c   its rows, and the texts they share
 *   import.c CSV files -> lists, all or nothing
 *   look.c   an identity and a plate -> an answer
 *   answer.c answer <-> JSON (the only one that knows jansson)
 *   serve.c  the look-up child
 *   keyring.c  the unwrapped key, in the kernel or in locked memory
 *   badge.c  the key under the secrets of badges
 *   officers.c  the list of officers
 *   waits.c  how long after wrong PINs
 *   roster.c  the child that checks PINs
 *   mail.c    what the hub wrote, and who has read it, for that child's lines
 *
 * and for what a hub publishes:
 *   rowfile.c, rowmake.c  a file of sorted rows, read and written
 *   manifest.c the signed first piece of a list
 *   edition.c  CSV files -> what is new -> a file of rows (at the hub)
 *   shelf.c    the published lists of a post, and what is found in them
 *   accept.c   pieces -> a list in force, or refused whole
 *   archive.c  files in one: messages, packs, trust keys; where they go
 */
#ifndef REGISTER_PARTS_H
#define REGISTER_PARTS_H

#include "register.h"

/* ---- csv: RFC 4180, bounded ------------------------------------------------- */

#define CSV_RECORD_MAX 8192 /* bytes of one record */
#define CSV_FIELDS_MAX 40

/*
 * One record: fields are NUL-ended, and the callee may change them. problem
 * not NULL: the record was refused whole, and there are no fields. line is
 * the one on which the record begins, from 1.
 */
typedef void (*csv_fn)(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem);

enum csv_state { CSV_START, CSV_BARE, CSV_QUOTED, CSV_QUOTE_SEEN };

struct csv {
	csv_fn fn;
	void *arg;
	enum csv_state state;
	char separator; /* ',', ';' or Tab: the first one that is met; 0 before */
	bool skip_lf, any, quoted;
	size_t bom;     /* bytes of the byte order mark met so far */
	int64_t line, record_line;
	const char *problem;
	size_t len, nfields;
	size_t starts[CSV_FIELDS_MAX];
	char text[CSV_RECORD_MAX + 1];
};

void csv_init(struct csv *csv, csv_fn fn, void *arg);
void csv_push(struct csv *csv, const char *bytes, size_t n);
void csv_end(struct csv *csv); /* the last record may lack its line end */

/* ---- lists --------------------------------------------------------------------- */

enum column_type {
	COLUMN_ID,     /* 12 or 9 digits or canonical text: the key */
	COLUMN_PLATE,  /* the key of vehicles */
	COLUMN_SEEN,   /* a plate of which only four bytes of its hash are kept */
	COLUMN_TIME,   /* a plain date means its midnight */
	COLUMN_UNTIL,  /* a plain date means its last second */
	COLUMN_NUMBER, /* min to max */
	COLUMN_FLAG,   /* 0 or 1 */
	COLUMN_WORD,   /* one of words[] */
	COLUMN_TEXT,   /* kept once in the table of words */
	COLUMN_DAYS,   /* 12345 */
	COLUMN_HOURS,  /* 05:00-21:00 */
};

enum {
	COLUMN_NEEDED = 1, /* a blank cell is refused */
	COLUMN_MAIN = 2,   /* counts as given when the header lacks it */
	COLUMN_NEWEST = 4, /* decides between two rows of one key */
	COLUMN_AFTER = 8,  /* not before the time in the column before it */
	COLUMN_SEALED = 16, /* a text that says where somebody is: kept sealed */
};

struct column {
	const char *name;
	enum column_type type;
	unsigned flags;
	int64_t min, max;
	const char *const *words; /* NULL-ended */
	size_t at, size;          /* the field of struct register_answer */
	size_t until_at;          /* hours have two */
	const char *absent;       /* the word when the key is not in the list */
	const char *blank;        /* the word when the cell is blank */
};

#define COLUMNS_MAX 16

/* The order of lists and of columns is part of the file's format: new ones
 * go to the end (a longer row is refused, a shorter one lacks its last). */
enum list_number {
	LIST_DECLARATIONS, LIST_STATUSES, LIST_PERMITS, LIST_VEHICLES,
	LIST_PERSONS, LIST_TESTS, LIST_COUNT
};

struct list {
	const char *name;
	const struct column *columns; /* columns[0] is the key */
	size_t ncolumns;
};

extern const struct list lists[LIST_COUNT];

/* columns[i] of the list that field i of a record fills, or one of: */
enum { FIELD_IGNORED = -1 };

struct header {
	enum list_number list;
	size_t nfields;
	int column[CSV_FIELDS_MAX];
	unsigned given; /* bit i: columns[i] is there */
};

/* Which list is it, and where are its columns? fields are changed. */
int header_parse(char **fields, size_t nfields, struct header *header,
    struct err *err);

/* Without blanks and tabs at both ends; within the same bytes. */
char *field_trim(char *text);

/* ---- rows -------------------------------------------------------------------------- */

#define STORED_TEXT_MAX 112 /* of a text as it is kept, maybe sealed */

struct cell {
	bool given;
	int64_t number;
	char text[STORED_TEXT_MAX]; /* keys, plates and texts */
};

#define CELL_TIME_MIN 0
#define CELL_TIME_MAX 4102444800 /* 2100: no list speaks of later */

struct row {
	struct cell cells[COLUMNS_MAX];
};

#define ROW_PACKED_MAX 160 /* bytes, COLUMNS_MAX varints of ten bytes */

/* Fields to cells. err says which column and why, without line or file. */
int row_parse(const struct header *header, char **fields, int utc_offset_s,
    struct row *row, struct err *err);
/* Texts and plates must have their numbers by now. Returns the length. */
size_t row_pack(const struct list *list, const struct row *row,
    unsigned char out[ROW_PACKED_MAX]);
/* -1: the bytes are not a row of this list. */
int row_unpack(const struct list *list, const unsigned char *bytes, size_t n,
    struct row *row);
/* The text of a cell that is given, as it is kept; and back: key may be NULL,
 * and what cannot be opened is not given. */
void seal_cell(const struct register_key *key, const struct column *column,
    struct cell *cell);
void open_cells(const struct register_key *key, const struct list *list,
    struct row *row);
/* Put the row into the answer; row NULL: the key is not in the list. given
 * tells which columns the list has. The texts must be filled in. */
void row_answer(const struct list *list, const struct row *row, unsigned given,
    struct register_answer *answer);

/* Time of the column that decides between two rows, or 0. */
int64_t row_weight(const struct list *list, const struct row *row);

/* "VNM:PIN:094300000123", by its shape only. */
bool identity_valid(const char *text);

/* ---- hash -------------------------------------------------------------------------- */

/* The first 12 of the 16 bytes of a keyed BLAKE2b: among ten million entries
 * somebody is taken for another with a chance of 1 in 10^21, and four bytes
 * an entry are 45 MB of such a list. */
#define HASH_BYTES 12

/* Of a canonical identity, or of "PLATE:30A12345". */
void hash_key(const struct register_key *key, const char *text,
    unsigned char hash[HASH_BYTES]);
/* What a register keeps to know its key again. */
void hash_check(const struct register_key *key,
    unsigned char check[HASH_BYTES]);
/* The four bytes that are kept of a plate seen. */
int64_t hash_seen(const unsigned char hash[HASH_BYTES]);

/* The same text under the same key is sealed to the same letters: it is kept
 * once, and rows that say the same are equal. Shorter than REGISTER_WORD_MAX. */
void hash_seal_text(const struct register_key *key, const char *text,
    char out[STORED_TEXT_MAX]);
/* False: it was not sealed, or under another key. */
bool hash_open_text(const struct register_key *key, const char *sealed,
    char out[REGISTER_WORD_MAX]);

/* What of a hash string may be tried here: argon2id within the bounds of a
 * small board. */
bool hash_pin_bounded(const char *hash);
bool hash_pin_matches(const char *hash, const char *pin);
void hash_random(unsigned char *bytes, size_t n);
void hash_wipe(void *bytes, size_t n);
/* Under a badge's secret: what proves it, and the key to seal with. */
void hash_badge(const unsigned char secret[BADGE_SECRET_BYTES],
    const char *what, unsigned char *out, size_t n);
#define WRAPPED_BYTES (24 + REGISTER_KEY_BYTES + 16) /* nonce, key, tag */
void hash_wrap(const unsigned char under[REGISTER_KEY_BYTES],
    const struct register_key *key, unsigned char out[WRAPPED_BYTES]);
int hash_unwrap(const unsigned char under[REGISTER_KEY_BYTES],
    const unsigned char wrapped[WRAPPED_BYTES], struct register_key *key);
void hash_lock_key(struct register_key *key); /* in memory */

/* ---- mail: what the hub wrote, as lines for the station ------------------------------ */

struct mail;
typedef void (*mail_fn)(void *arg, const char *line); /* without LF */

struct mail *mail_open(const char *dir); /* of the post's state; borrowed */
void mail_close(struct mail *mail); /* NULL is allowed */
/* The lines of all that there is, when it is not what was told last. */
int mail_tell(struct mail *mail, mail_fn fn, void *arg, struct err *err);

/* ---- keyring ---------------------------------------------------------------------- */

struct keyring {
	char name[80];    /* what the key is called in the kernel */
	long serial;      /* 0: not in the kernel */
	bool held;        /* here instead */
	struct register_key key;
	int64_t until_ms;
};

/* Finds what an earlier look-up child of this station put there. */
void keyring_init(struct keyring *keyring, const char *register_path);
void keyring_put(struct keyring *keyring, const struct register_key *key,
    long seconds, int64_t now_ms);
/* The caller wipes the key. */
bool keyring_get(struct keyring *keyring, struct register_key *key,
    int64_t now_ms);
void keyring_drop(struct keyring *keyring);

/* ---- officers and their badges, as they are published ---------------------------------- */

/* CSV into officers, beside those that are there, whom it may replace. */
int officers_read(const char *name, const char *text, size_t n,
    struct officers *officers, void (*report)(void *arg, const char *line),
    void *arg, struct err *err);
char *officers_print(const struct officers *officers, size_t *n);
/* Is that file, by its name and its form, a key under a badge? */
int badge_check(const char *name, const char *text, size_t n,
    struct err *err);

/* ---- waits: after wrong PINs ---------------------------------------------------------- */

struct waits; /* of all officers; kept in a file */

struct waits *waits_open(const char *path, const char *boot, int64_t now_ms);
void waits_close(struct waits *waits);
/* Seconds until a PIN of this officer may be looked at; 0: now. */
long waits_left(const struct waits *waits, const char *id, int64_t now_ms);
/* Before it is looked at: counted as wrong, and on disk, so that ending the
 * program does not win a try. Gives back the wait that follows, or -1. */
long waits_try(struct waits *waits, const char *id, int64_t now_ms,
    struct err *err);
int waits_forgive(struct waits *waits, const char *id, struct err *err);

/* ---- store_file ----------------------------------------------------------------------- */

int store_file_check(const char *path, bool create, uint32_t application_id,
    int version, struct err *err);
int store_file_too_new(const char *path, int64_t version, struct err *err);

/* ---- sql: a file and its statements ------------------------------------------------- */

struct sqlite3_stmt;
struct sql;

#define SQL_KEPT_MAX 56

struct sql *sql_open(const char *path, bool write, struct err *err);
void sql_close(struct sql *sql); /* NULL is allowed */
const char *sql_path(const struct sql *sql);
/* Somebody writes now, whom it cannot see: open it anew. */
bool sql_is_outdated(const struct sql *sql);
int sql_exec(struct sql *sql, const char *text, struct err *err);
/* The statement in a slot, prepared from text the first time. */
struct sqlite3_stmt *sql_keep(struct sql *sql, size_t slot, const char *text,
    struct err *err);
/* What is bound is borrowed until sql_reset(). */
void sql_bind_number(struct sqlite3_stmt *statement, int at, int64_t number);
void sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text);
void sql_bind_bytes(struct sqlite3_stmt *statement, int at, const void *bytes,
    size_t n);
/* 1: a row, 0: no more, -1. */
int sql_step(struct sql *sql, struct sqlite3_stmt *statement, struct err *err);
void sql_reset(struct sqlite3_stmt *statement);
/* Step once and reset; statement NULL gives -1, and err stays. */
int sql_run(struct sql *sql, struct sqlite3_stmt *statement, struct err *err);
int64_t sql_number(struct sqlite3_stmt *statement, int column);
/* Never NULL. */
const void *sql_bytes(struct sqlite3_stmt *statement, int column, size_t *n);
/* False and "" when it does not fit whole. */
bool sql_text(struct sqlite3_stmt *statement, int column, char *out,
    size_t capacity);
bool sql_in_transaction(struct sql *sql);
void sql_checkpoint(struct sql *sql);

/* ---- store -------------------------------------------------------------------------- */

enum store_statement { /* slots of sql_keep() */
	STORE_BEGIN, STORE_BEGIN_WRITE, STORE_COMMIT, STORE_ROLLBACK,
	STORE_VERSION, STORE_DATA_VERSION, STORE_INTEGRITY,
	STORE_LISTS, STORE_LIST_SET, STORE_META_GET, STORE_META_SET,
	STORE_ROWS, /* from here on they are rows.c's */
	WORDS_FIND = STORE_ROWS, WORDS_ADD, WORDS_GET, WORDS_CLEAR,
	STAGE_PUT, STAGE_EACH,
	ROWS_GET, /* from here on one for each list */
	ROWS_PUT = ROWS_GET + LIST_COUNT,
	ROWS_CLEAR = ROWS_PUT + LIST_COUNT,
	ROWS_COUNT = ROWS_CLEAR + LIST_COUNT,
	ROWS_EACH = ROWS_COUNT + LIST_COUNT,
	STORE_STATEMENTS = ROWS_EACH + LIST_COUNT
};
_Static_assert(STORE_STATEMENTS <= SQL_KEPT_MAX, "a slot for each statement");

/* What is kept of a list beside its rows. */
struct store_list {
	bool loaded;
	int64_t entries, made_at, imported_at;
	unsigned given; /* columns of its header */
	char source[REGISTER_WORD_MAX];
};

struct shelf;

struct register_store {
	struct sql *sql;     /* NULL: there are published lists only */
	struct shelf *shelf; /* maybe empty */
	bool write;
	int64_t data_version; /* of lists[]; -1: to be read again */
	struct store_list lists[LIST_COUNT];
};

/* Everything between begin and end is one snapshot. */
int store_read_begin(struct register_store *store, struct err *err);
void store_read_end(struct register_store *store);

int store_write_begin(struct register_store *store, struct err *err);
int store_write_commit(struct register_store *store, struct err *err);
void store_write_abandon(struct register_store *store);

/* Borrowed until the transaction ends. */
const struct store_list *store_list(struct register_store *store,
    enum list_number list);
int store_list_set(struct register_store *store, enum list_number list,
    const struct store_list *set, struct err *err);

/* The register keeps the hash of one fixed text, so that rows are never
 * looked for under another key than theirs, where nobody would be found. */
enum { STORE_KEY_NONE, STORE_KEY_FITS, STORE_KEY_OTHER };
int store_key_fits(struct register_store *store,
    const unsigned char check[HASH_BYTES], struct err *err); /* or -1 */
int store_key_set(struct register_store *store,
    const unsigned char check[HASH_BYTES], struct err *err);

/* Rows. store_get() gives 1, 0 or -1. */
int store_get(struct register_store *store, enum list_number list,
    const unsigned char hash[HASH_BYTES], unsigned char out[ROW_PACKED_MAX],
    size_t *len, struct err *err);
int store_put(struct register_store *store, enum list_number list,
    const unsigned char hash[HASH_BYTES], const unsigned char *bytes,
    size_t len, struct err *err);
int store_clear(struct register_store *store, enum list_number list,
    struct err *err);
/* The packed bytes of every row; fn gives -1 for a damaged one. */
int store_each(struct register_store *store, enum list_number list,
    int (*fn)(void *arg, const unsigned char *bytes, size_t n), void *arg,
    struct err *err);
int64_t store_count(struct register_store *store, enum list_number list,
    struct err *err);

/* Texts that many rows share, by number. */
int64_t store_word_number(struct register_store *store, enum list_number list,
    const char *text, struct err *err);
int store_word_text(struct register_store *store, enum list_number list,
    int64_t id, char *out, size_t capacity, struct err *err);

/* Rows wait in a temporary file and come back in the order of their keys,
 * so that the tree is written from left to right and packed. */
struct staged {
	unsigned char hash[HASH_BYTES];
	int64_t weight, file, line;
	const unsigned char *bytes; /* until the next one */
	size_t len;
};
typedef int (*staged_fn)(void *arg, const struct staged *staged,
    struct err *err);
int store_stage_begin(struct register_store *store, struct err *err);
int store_stage(struct register_store *store, enum list_number list,
    const struct staged *staged, struct err *err);
int store_staged_each(struct register_store *store, enum list_number list,
    staged_fn fn, void *arg, struct err *err);

int store_pages_check(struct register_store *store, struct err *err);
int store_damaged(struct register_store *store, struct err *err); /* -1 */

/* ---- grants: what this post gave once -------------------------------------------------- */

struct grants;

struct grant {
	const char *identity, *name;
	int64_t at, until, now; /* until 0: for ever; now 0: not known */
	bool drop;
};

struct grants *grants_new(const char *register_path); /* beside it */
void grants_free(struct grants *grants); /* NULL is allowed */
/* Noted, or taken back; on disk when it returns 0. */
int grants_change(struct grants *grants, const struct register_key *key,
    const struct grant *grant, struct err *err);
/* granted: enum register_granted. */
int grants_find(struct grants *grants, const struct register_key *key,
    const char *name, const char *identity, int64_t now, int *granted,
    int64_t *at, struct err *err);

/* ---- look ---------------------------------------------------------------------------- */

/* Nothing known, and why (N_()). Returns 0. */
int look_unknown(struct register_answer *answer, const char *why);

#endif
