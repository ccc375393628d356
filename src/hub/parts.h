/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room hub share. Only http.c knows libmicrohttpd,
 * peer.c GnuTLS, db.c libpq, keys.c libsodium, inflate.c zlib, ca.c
 * libcrypto, sheet.c libqrencode.
 */
#ifndef HUB_PARTS_H
#define HUB_PARTS_H

#include "hub.h"
#include "outbox.h"
#include "sync.h"

#define HUB_VERSION 1              /* of the interface */
#define BATCH_MAX 500              /* records of a request */
#define REQUEST_MAX (4u << 20)     /* bytes of a body as sent */
#define INFLATED_MAX (16u << 20)   /* bytes of a body, inflated */
#define STATUS_MAX (64u << 10)     /* bytes of a status page */
#define SEALED_MAX 66000           /* bytes of one ciphertext */
#define KEY_ID_BYTES 17            /* 16 hex digits and NUL */
#define PROGRAM_MAX 64
#define OPEN_REQUEST_MAX (16u << 10) /* bytes of a body of one unknown yet */

/* A piece of somebody else's bytes; not NUL-ended. */
struct slice {
	const char *text;
	size_t len;
};

/* ---- text.c: a growing text, for replies ------------------------------------------ */

struct text {
	char *bytes; /* NUL-ended; NULL while empty */
	size_t len, size;
};

void text_add(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_hex(struct text *text, const unsigned char *bytes, size_t n);
void text_free(struct text *text);

/* ---- json.c: reads JSON in place ----------------------------------------------------- */

/* Every function returns false at the first thing that is wrong, and for
 * ever after; nothing is copied, and nothing is read past the end. */
struct json {
	const char *at, *end;
	int depth;
	bool bad, first;
};

void json_init(struct json *json, const char *text, size_t len);
bool json_open(struct json *json, char bracket); /* '{' or '[' */
/* True: there is another member, its value comes next; false: the closing
 * bracket was read, or all is bad. An escape in a name is bad. */
bool json_member(struct json *json, struct slice *name);
bool json_element(struct json *json);
bool json_string(struct json *json, struct slice *out); /* no escapes in it */
bool json_integer(struct json *json, int64_t *out);
bool json_skip(struct json *json, struct slice *out); /* any value, raw */
bool json_end(struct json *json); /* nothing but spaces is left */
bool slice_is(struct slice slice, const char *text);

/* ---- base64.c --------------------------------------------------------------------------- */

/* Strict: padded, no spaces, no loose bits. The count, or -1. */
ssize_t base64_read(struct slice text, unsigned char *out, size_t capacity);

/* ---- inflate.c --------------------------------------------------------------------------- */

/* malloc'ed, NUL added; ERR_INPUT: broken; ERR_USAGE: more than max. */
char *inflate_body(const char *bytes, size_t n, size_t max, size_t *len,
    struct err *err);

/* ---- batch.c: a body as records ----------------------------------------------------------- */

struct envelope {
	struct outbox_item item; /* key_id and sealed point into the batch */
	unsigned char prev[OUTBOX_HASH_BYTES], hash[OUTBOX_HASH_BYTES];
	char key_id[KEY_ID_BYTES];
	const char *reason; /* NULL: all is well, body is what was sealed */
	const char *body;
	size_t body_len;
};

struct batch {
	char station[OUTBOX_STATION_MAX], program[PROGRAM_MAX];
	uint32_t epoch;
	int64_t previous_seq, from; /* from 0: not said */
	bool asks; /* for all that lies in quarantine, with no records */
	unsigned char previous_hash[OUTBOX_HASH_BYTES];
	int64_t version;
	size_t count;
	struct envelope *envelopes;
	unsigned char *sealed; /* all of them, decoded */
	char *bodies;          /* all that could be opened */
};

/* What is wrong with a request, for its reply. */
struct refusal {
	unsigned status;
	const char *error; /* a word of openapi.yaml */
	const char *detail;
	int64_t seq; /* 0: none */
};

/* 0, or -1 with why. Reads the form only; batch_free() in either case. */
int batch_read(struct batch *batch, const char *text, size_t len,
    struct refusal *why);
/* That each follows the other (-1: 422), and which hashes do not fit. */
int batch_check(struct batch *batch, struct refusal *why);
void batch_free(struct batch *batch); /* wipes what was opened */

bool station_valid(struct slice name);
/* Dotted numbers: <0, 0, >0; what is no number counts as 0. */
int program_compare(const char *a, const char *b);

/* ---- keys.c --------------------------------------------------------------------------------- */

struct keys;

/* All NAME.key files of a directory; one at least. NULL: err is set. */
struct keys *keys_load(const char *dir, const char *sign_path,
    struct err *err);
void keys_free(struct keys *keys);
size_t keys_count(const struct keys *keys);
/* Fill body or reason of what has none yet. */
void keys_open(const struct keys *keys, struct batch *batch);
/* Add ,"signature":{...} for a head; nothing without a signing key. */
void keys_sign(const struct keys *keys, const char *station, uint32_t epoch,
    int64_t seq, const unsigned char hash[OUTBOX_HASH_BYTES], int64_t at,
    struct text *out);

/* The same for a note that a post, up to that generation, is revoked. */
void keys_sign_revoked(const struct keys *keys, const char *station,
    int generation, int64_t at, struct text *out);

/* The same that records from seq on are others than the hub has. */
void keys_sign_fork(const struct keys *keys, const char *station,
    uint32_t epoch, int64_t seq, int64_t at, struct text *out);

/* ---- arrays.c: PostgreSQL's binary form of arrays ---------------------------------------------- */

enum pg_type { PG_BYTEA = 17, PG_INT8 = 20, PG_INT4 = 23, PG_TEXT = 25,
	PG_BYTEA_ARRAY = 1001, PG_INT4_ARRAY = 1007, PG_TEXT_ARRAY = 1009,
	PG_INT8_ARRAY = 1016 };

struct array {
	unsigned char *bytes;
	size_t len, size;
};

void array_begin(struct array *array, enum pg_type element, size_t count);
void array_bytes(struct array *array, const void *bytes, size_t n);
void array_null(struct array *array);
void array_number(struct array *array, int64_t value, size_t width);
void array_free(struct array *array);

/* ---- db.c -------------------------------------------------------------------------------------- */

struct db;

struct db_value {
	enum pg_type type;
	const void *bytes; /* binary form; NULL for NULL */
	size_t len;
};

struct db_value db_text(const char *text); /* borrowed */

/* A row, as text; NULL where it is NULL. */
typedef void (*db_row_fn)(void *arg, char **fields, int count);

/* Nothing is connected before the first call. conninfo is borrowed. */
struct db *db_new(const char *conninfo);
void db_free(struct db *db);
/* One statement in a transaction of its own; rows of the first field count
 * at most DB_FIELDS_MAX. When the connection turns out to be lost it is made
 * again and the statement tried once more: it must bear that. ERR_RETRY:
 * later; its outcome is unknown. */
#define DB_FIELDS_MAX 16
int db_call(struct db *db, const char *sql, const struct db_value *values,
    int count, db_row_fn fn, void *arg, struct err *err);
/* From now on its statements may read the records of weeks. */
int db_be_patient(struct db *db, struct err *err);
/* Many statements, in one transaction where they say so. */
int db_script(struct db *db, const char *sql, struct err *err);

/* ---- migrate.c ------------------------------------------------------------------------------------ */

struct migration { /* src/hub/sql, made into sql.c by make */
	const char *name, *sql;
};
extern const struct migration migrations[];
extern const size_t migrations_count;

int migrate_all(struct db *db, FILE *out, struct err *err);
/* That the database is of this version. */
int migrate_check(struct db *db, struct err *err);

/* ---- subject.c ----------------------------------------------------------------------------------- */

struct peer {
	char station[OUTBOX_STATION_MAX];
	int generation; /* of machines that were this post; 0: not said */
};

/* The common name and serialNumber of an RFC 4514 subject; false when there
 * is no name, more than one, or one that no station has. */
bool subject_peer(const char *subject, struct peer *peer);

/* ---- peer.c ----------------------------------------------------------------------------------------- */

/* Who is at the other end of a TLS session; false: nobody we trust, why says
 * it in words of a certificate library. */
bool peer_read(void *session, struct peer *peer, char why[ERR_TEXT_MAX]);

/* ---- ca.c --------------------------------------------------------------------------------------------- */

#define CA_HASH_BYTES 32
#define CA_CERTIFICATE_MAX 4096 /* bytes of DER */

struct ca;

struct ca_subject {
	const char *station;
	int generation;
	int days; /* of life */
};

/* The certificate of that key in a PEM file, and the key. */
struct ca *ca_load(const char *cert_path, const char *key_path,
    struct err *err);
void ca_free(struct ca *ca); /* NULL is allowed */
void ca_hash(const void *bytes, size_t n, unsigned char out[CA_HASH_BYTES]);
/* The first certificate of a PEM file, as DER. */
int ca_read(const char *path, unsigned char out[CA_CERTIFICATE_MAX],
    size_t *len, struct err *err);
/* That a request (PKCS #10, DER) is sound and its key strong; its hash. */
bool ca_request_key(const unsigned char *der, size_t n,
    unsigned char hash[CA_HASH_BYTES]);
/* What the request says of its sender does not count. */
int ca_sign(const struct ca *ca, const unsigned char *der, size_t n,
    const struct ca_subject *subject, int64_t now,
    unsigned char out[CA_CERTIFICATE_MAX], size_t *len, struct err *err);
/* Whose certificate that is, when the CA signed it, however long ago. */
bool ca_bundle_peer(const char *ca_path, const unsigned char *der, size_t n,
    struct peer *peer);

/* ---- answer.c: requests to replies -------------------------------------------------------------------- */

/* A request whose body is whole. */
struct request {
	const char *method, *path;
	const char *encoding; /* Content-Encoding, or NULL */
	const char *station;  /* by certificate, "" on open routes */
	int generation;
	const char *after;    /* of the query, or NULL */
	const char *since;    /* of the query, or NULL */
	const char *body;
	size_t body_len;
};

struct reply {
	unsigned status;
	struct text text;
	int retry_after_s; /* 0: none */
	char note[96];     /* for the log */
	bool ahead;        /* records behind others that the hub has not got:
	                    * nothing was stored */
	bool fork;         /* others than those that are held: nor here */
};

struct desk { /* what answering needs */
	struct db *db;
	const struct keys *keys;
	const struct hub_options *options;
	const struct ca *ca; /* NULL: no certificates are made here */
	int64_t now;
};

enum route { ROUTE_NONE, ROUTE_TIME, ROUTE_RECORDS, ROUTE_REGISTER,
	ROUTE_LOOKUP, ROUTE_STATUS, ROUTE_STATIONS, ROUTE_CA, ROUTE_ENROL, ROUTE_RENEW };

/* The path, and in *allowed whether the method goes with it. */
enum route answer_route(const char *method, const char *path, bool *allowed);
void answer(const struct desk *desk, const struct request *request,
    struct reply *reply);
void answer_error(struct reply *reply, int64_t now, unsigned status,
    const char *error, const char *detail);
/* Asked by machines that have no certificate yet: bounded all the more. */
bool answer_is_open(enum route route);

/* For what answers beside answer.c: an object is begun, "}" is to follow. */
void answer_begin(struct reply *reply, unsigned status, int64_t now);
void answer_later(const struct desk *desk, struct reply *reply,
    const struct err *err);
/* 403; error is a word of openapi.yaml. */
void answer_forbid(const struct desk *desk, struct reply *reply,
    const char *error);
/* Of the interface and of the program: false when it was refused. */
bool answer_new_enough(const struct desk *desk, int64_t version,
    const char *program, struct reply *reply);

/* ---- bundle.c: published lists on sticks ------------------------------------------------------------------- */

struct bundle_lists { /* large; begins as zeros */
	size_t count;
	struct {
		int64_t version, pieces;
	} list[1024];
};

/* Add those in force that are for the station ("": any) and that it does not
 * have. */
int bundle_want(struct bundle_lists *lists, struct db *db, const char *station,
    const int64_t *have, size_t nhave, struct err *err);
int bundle_put(struct bundle_lists *lists, struct db *db,
    struct stick_out *out, struct err *err);

/* ---- question.c -------------------------------------------------------------------------------------------- */

void question_answer(const struct desk *desk, const struct request *request,
    struct reply *reply);

/* ---- pages.c ----------------------------------------------------------------------------------------- */

void pages_answer_status(const struct desk *desk,
    const struct request *request, struct reply *reply);
void pages_answer_stations(const struct desk *desk,
    const struct request *request, struct reply *reply);

/* ---- enrol.c: certificates for posts ----------------------------------------------------------------- */

/* What is needed to sign, when options say that it is done here. A hub that
 * signs must have something to hand out: what posts seal to. */
int enrol_load(const struct hub_options *options, struct ca **ca,
    struct err *err);
void enrol_answer_ca(const struct desk *desk, struct reply *reply);
void enrol_answer_ticket(const struct desk *desk,
    const struct request *request, struct reply *reply);
void enrol_answer_renew(const struct desk *desk,
    const struct request *request, struct reply *reply);

/* ---- handout.c: files that every post is given ------------------------------------------------------- */

/* Add ,"files":[...] of all NAME.pub in a directory. */
int handout_add(const char *dir, struct text *out, struct err *err);

/* ---- cells.c: CSV of a few columns --------------------------------------------------------------------- */

#define CELLS_MAX 4

/* The wanted cells of a row, "" where there is none; -1 with err ends it. */
typedef int (*cells_row_fn)(void *arg, int line, const char *const *cells,
    struct err *err);
/* columns: names, of which the first must be there, 2 to CELLS_MAX of them;
 * others are passed over. Errors name the line, not the file. */
int cells_read(const char *path, const char *const *columns, size_t n,
    cells_row_fn fn, void *arg, struct err *err);

/* ---- tickets.c, sheet.c: one-time papers ------------------------------------------------------------- */

#define SHEET_NAME_MAX 200
#define TICKET_TEXT_MAX 1024

struct sheet {
	const char *station, *name, *ticket, *url, *expires;
};

/* One page as SVG, with the ticket as a QR code and as text. */
int sheet_write(const struct sheet *sheet, const char *path, struct err *err);

/* ---- take.c: a batch into the database ------------------------------------------------------------------- */

enum outcome { OUTCOME_TAKEN, OUTCOME_FORK, OUTCOME_UNKNOWN, OUTCOME_REVOKED };

struct taken {
	enum outcome outcome;
	int64_t seq, fork;
	unsigned char hash[OUTBOX_HASH_BYTES];
	struct text refused; /* JSON */
};

/* generation: of the machine that sent it. */
int take_batch(struct db *db, const struct batch *batch, int generation,
    struct taken *taken, struct err *err);

/* What of that epoch is refused, as JSON, instead of what is there. */
int take_refusals(struct db *db, const struct batch *batch,
    struct taken *taken, struct err *err);

/* ---- http.c ---------------------------------------------------------------------------------------------- */

struct http;

struct http_setup {
	int listen_fd;
	const struct hub_options *options;
	char *certificate, *key, *ca; /* PEM texts, NULL behind a proxy */
	struct db *db;
	const struct keys *keys;
	const struct ca *signer; /* NULL: makes no certificates */
	struct loop *loop;
};

struct http *http_start(const struct http_setup *setup, struct err *err);
void http_quiesce(struct http *http); /* take no new connections */
bool http_busy(const struct http *http); /* a request is being read or answered */
void http_stop(struct http *http);

/* ---- worker.c -------------------------------------------------------------------------------------------- */

/* One process: serve until told to end. Returns an exit status. */
int worker_run(const struct hub_options *options, int listen_fd);

#endif
