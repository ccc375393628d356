/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules share that know published lists: see parts.h.
 */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include "parts.h"
#include "register_published.h"

/* ---- hash: what is published ---------------------------------------------------------- */

#define DIGEST_BYTES 32
#define SIGNATURE_BYTES 64

struct public_key {
	char id[REGISTER_SIGNER_ID];
	unsigned char bytes[32];
};

void hash_digest(const void *bytes, size_t n, unsigned char out[DIGEST_BYTES]);
/* Small letters, as keys are named everywhere; 2n + 1 bytes. */
void hash_hex(const unsigned char *bytes, size_t n, char *out);
int hash_public_load(const char *path, struct public_key *key,
    struct err *err);
void hash_sign(const struct register_signer *signer, const void *bytes,
    size_t n, unsigned char signature[SIGNATURE_BYTES]);
bool hash_signed(const struct public_key *key, const void *bytes, size_t n,
    const unsigned char signature[SIGNATURE_BYTES]);

/* ---- manifest ---------------------------------------------------------------------------- */

#define MANIFEST_VERSION_MAX 1000000000000
#define MANIFEST_MARKS_MAX 32
#define MANIFEST_CHUNKS_MAX 8192

struct manifest_mark { /* a key or a list, and a version */
	char word[24];
	int64_t version;
};

struct manifest_chunk {
	uint32_t bytes;
	unsigned char digest[DIGEST_BYTES];
};

struct manifest {
	int64_t version; /* of all that this publisher ever published */
	int64_t from;    /* adds to that version; 0: whole */
	char list[24], audience[REGISTER_AUDIENCE_MAX];
	int64_t published, expires, made_at;
	char check[2 * HASH_BYTES + 1]; /* of the register's key; "-" */
	unsigned given;
	int64_t rows;    /* in it */
	int64_t entries; /* of the list, once it is there */
	char source[REGISTER_WORD_MAX];
	size_t nfloors, nwith;
	struct manifest_mark floors[MANIFEST_MARKS_MAX];
	struct manifest_mark with[MANIFEST_MARKS_MAX];
	size_t nchunks;
	struct manifest_chunk *chunks;
	int64_t bytes;   /* of all of them */
	char key[REGISTER_SIGNER_ID];
	unsigned char signature[SIGNATURE_BYTES];
	size_t signed_len;
};

const struct list *manifest_list(const char *name); /* of rows; or NULL */
bool manifest_audience_valid(const char *audience);
/* The form only; who signed it is looked at elsewhere. -1: nothing to free. */
int manifest_parse(const char *bytes, size_t n, struct manifest *manifest,
    struct err *err);
void manifest_free(struct manifest *manifest);
void manifest_add_chunk(struct manifest *manifest,
    const struct manifest_chunk *chunk);
/* malloc'ed, signed. */
char *manifest_print(const struct manifest *manifest,
    const struct register_signer *signer, size_t *len);

/* ---- rowfile and rowmake: sorted rows as they are published -------------------------- */

#define ROWFILE_HEAD 64
#define ROWFILE_BLOCK 4096
#define ROWFILE_GONE 255 /* a length: what was there is there no more */

struct rowfile_counts {
	int64_t rows;
	uint32_t blocks, words, words_bytes, first_word;
};

struct rowfile_row {
	const unsigned char *hash, *bytes; /* until the next one is read */
	size_t len;
	bool gone;
};

struct rowfile_place { /* zeros: the beginning */
	uint32_t block;
	unsigned left;
	size_t at;
};

struct rowfile;

struct rowfile *rowfile_open(const char *path, struct err *err);
void rowfile_close(struct rowfile *file); /* NULL is allowed */
const struct rowfile_counts *rowfile_counts(const struct rowfile *file);
/* 1, 0 or -1. */
int rowfile_find(struct rowfile *file, const unsigned char hash[HASH_BYTES],
    struct rowfile_row *row, struct err *err);
int rowfile_next(struct rowfile *file, struct rowfile_place *place,
    struct rowfile_row *row, struct err *err);
bool rowfile_word(const struct rowfile *file, int64_t number, char *out,
    size_t capacity);
/* Every row: in order, whole, of this list, and as many as it says. */
int rowfile_check(struct rowfile *file, const struct list *list,
    struct err *err);

struct rowmake {
	FILE *file;
	struct rowfile_counts counts;
	unsigned char *index;
	unsigned in_block;
	size_t at;
	unsigned char block[ROWFILE_BLOCK];
};

/* begin, rows, words, each word, end. */
void rowmake_begin(struct rowmake *make, FILE *file, uint32_t first_word);
void rowmake_row(struct rowmake *make, const struct rowfile_row *row);
void rowmake_words(struct rowmake *make);
void rowmake_word(struct rowmake *make, const char *text);
int rowmake_end(struct rowmake *make, struct err *err);

/* ---- shelf: the published lists of a post ------------------------------------------------ */

#define SHELF_STREAMS_MAX 64
#define SHELF_CHAIN_MAX 9 /* a whole list and what was added since */

/* A list for an audience: one stream of versions. */
struct shelf_stream {
	char list[24], audience[REGISTER_AUDIENCE_MAX];
	size_t count;
	int64_t chain[SHELF_CHAIN_MAX]; /* versions, the whole one first */
};

struct shelf_state { /* the file `current`; large */
	int64_t since;   /* the hub's number of the last piece that was taken */
	int64_t high;    /* the highest version that ever was in force */
	size_t nfloors, nstreams;
	struct manifest_mark floors[MANIFEST_MARKS_MAX];
	struct shelf_stream streams[SHELF_STREAMS_MAX];
};

/* ERR_ABSENT: there is none. */
int shelf_state_load(const char *dir, struct shelf_state *state,
    struct err *err);
int shelf_state_save(const char *dir, const struct shelf_state *state,
    struct err *err);
struct shelf_stream *shelf_stream_find(struct shelf_state *state,
    const char *list, const char *audience);
int shelf_manifest(const char *dir, int64_t version,
    struct manifest *manifest, struct err *err);

struct shelf_list {
	const struct list *list;  /* NULL: an archive */
	struct manifest manifest; /* of the last version, without its pieces */
	size_t count;
	struct rowfile *files[SHELF_CHAIN_MAX];
};

struct shelf;

struct shelf *shelf_new(const char *dir); /* empty until refreshed */
void shelf_free(struct shelf *shelf);
/* Open what `current` names now, when that has changed. */
int shelf_refresh(struct shelf *shelf, struct err *err);
const char *shelf_dir(const struct shelf *shelf);
size_t shelf_count(const struct shelf *shelf);
struct shelf_list *shelf_at(struct shelf *shelf, size_t i);
/* 1, 0 or -1; row may be NULL. */
int shelf_find(struct shelf_list *list, const unsigned char hash[HASH_BYTES],
    struct row *row, struct err *err);

/* ---- audit ------------------------------------------------------------------------------- */

/* All that `current` names: signatures, pieces, rows. None is good, too. */
int audit_lists(const char *dir, struct err *err);

/* ---- archive ------------------------------------------------------------------------------ */

#define ARCHIVE_BYTES_MAX (16u << 20)
#define ARCHIVE_NAME_MAX 64 /* bytes of a file's name */
#define ARCHIVE_FILES_MAX 4096

typedef int (*archive_fn)(void *arg, const char *name,
    const unsigned char *bytes, size_t n, struct err *err);
bool archive_name_valid(const char *name);
/* How many, or -1: not an archive, or fn said so. fn may be NULL. */
int64_t archive_each(const unsigned char *bytes, size_t n, archive_fn fn,
    void *arg, struct err *err);
/* The archives of that name that are in force, for the widest audience first;
 * all borrowed. */
typedef int (*archive_stream_fn)(void *arg, const struct manifest *manifest,
    const unsigned char *bytes, size_t n, struct err *err);
int archive_streams(const char *state_dir, const char *list,
    archive_stream_fn fn, void *arg, struct err *err);
/* The same file by file, where it does not matter which list one is of. */
int archive_files(const char *state_dir, const char *list, archive_fn fn,
    void *arg, struct err *err);
void archive_put(FILE *out, const char *name, const void *bytes, size_t n);

/* ---- placing: files of archives ----------------------------------------------------------- */

/* Each file of it is what such a list holds, or the list is refused whole;
 * what is wrong is said by line where report is given. */
int placing_check(const char *list, const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);
int placing_check_file(const char *list, const char *name,
    const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);
/* Where others read them: the pack, trust keys, officers, keys of badges. */
int placing_do(const char *state, const char *list, struct err *err);

/* ---- zonefile ------------------------------------------------------------------------------ */

#define ZONES_FILE "zones.csv" /* in STATE, from a file of the post */
#define ZONES_BYTES_MAX (4u << 20)
#define ZONES_OFFSET_S (7 * 3600) /* of times without one */

/* How many rows, or -1. */
int zonefile_check(const char *name, const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);

#endif
