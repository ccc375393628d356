/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room sync share. Only ledger.c knows SQLite, only
 * http.c libcurl, only reply.c jansson, only squeeze.c zlib, only tls.c
 * libcrypto, only context.c libssl, only
 * verify.c libsodium. The rest is ours, and can be tested without a network.
 */
#ifndef SYNC_PARTS_H
#define SYNC_PARTS_H

#include "register_published.h"
#include "sync.h"

#define SYNC_PATH_MAX (CONF_PATH_MAX + 64)
#define SYNC_HEX_MAX (2 * OUTBOX_HASH_BYTES + 1)
#define BATCH_RECORDS_MAX 500
#define BATCH_BYTES_MAX (3u << 20) /* of JSON; the hub takes 4 MiB */
#define REPLY_BYTES_MAX (1u << 20)

/* ---- trouble.c: what can be wrong, by name -------------------------------------- */

enum trouble {
	TROUBLE_NONE,
	TROUBLE_ADDRESS, TROUBLE_NO_IPV4, TROUBLE_NO_IPV6, TROUBLE_DNS,
	TROUBLE_ROUTE, TROUBLE_REFUSED,
	TROUBLE_TIMEOUT, TROUBLE_PROXY, TROUBLE_PORTAL, TROUBLE_CUT,
	TROUBLE_LONG, TROUBLE_CLOCK, TROUBLE_HUB_EXPIRED, TROUBLE_HUB_NAME,
	TROUBLE_HUB_CA, TROUBLE_HUB_TLS, TROUBLE_OWN_FILE, TROUBLE_OWN_EXPIRED,
	TROUBLE_OWN_REVOKED, TROUBLE_OWN_CA, TROUBLE_NOT_HUB, TROUBLE_REVOKED,
	TROUBLE_DENIED, TROUBLE_OLD, TROUBLE_BUSY, TROUBLE_LIE, TROUBLE_FORK,
	TROUBLE_LIST, TROUBLE_DISK, TROUBLE_WAIT, TROUBLE_STOPPED, TROUBLE_OTHER,
	TROUBLE_COUNT
};

struct trouble_row {
	const char *word; /* for programs */
	const char *text; /* msgid, for people */
	enum err_kind kind;
};

const struct trouble_row *trouble_row(enum trouble trouble);
/* This post is on no network that leads there: no use in trying soon. */
bool trouble_is_down(enum trouble trouble);
/* The translated text, and the detail behind it when there is one. */
void trouble_print(enum trouble trouble, const char *detail,
    char out[SYNC_WORDS_MAX]);

/* ---- ledger.c: sync.db ------------------------------------------------------------- */

struct ledger;

enum ledger_use { LEDGER_READ, LEDGER_WRITE, LEDGER_OWN /* holds sync.lock */ };

struct head {
	uint32_t epoch;
	int64_t seq; /* what the hub has, or was told that it cannot get */
	unsigned char hash[OUTBOX_HASH_BYTES]; /* of that record */
	int64_t acknowledged; /* what need not be kept for it any more */
	int64_t at;  /* the hub's time */
	char signature[200]; /* "KEY AT HEX", "" when it was not signed */
};

struct run { /* how the last try went */
	int64_t begun, ended; /* counts */
	int result; /* exit status */
	char words[SYNC_WORDS_MAX];
	int64_t sent;
	int failures; /* in a row */
	int64_t success_at, failure_at, hub_at, wall_at;
	char boot[40];
	int64_t boot_ms, not_before_ms, success_ms; /* of that boot */
};

struct ledger *ledger_open(const char *state, enum ledger_use use,
    struct err *err);
void ledger_close(struct ledger *ledger); /* NULL is allowed */
int ledger_head(struct ledger *ledger, uint32_t epoch, struct head *head,
    struct err *err);
/* acknowledged is worked out: what was refused here is still waited for. */
int ledger_set_head(struct ledger *ledger, const struct head *head,
    struct err *err);
int ledger_refuse(struct ledger *ledger, const struct sync_refusal *refusal,
    struct err *err);
int ledger_unrefuse(struct ledger *ledger, struct outbox_id id, struct err *err);
/* Returns the count, or -1. */
int64_t ledger_retry(struct ledger *ledger, struct outbox_id id,
    struct err *err);
/* The first one after `after`: 1, 0 for none, -1. */
int ledger_next_refusal(struct ledger *ledger, struct outbox_id after,
    bool again, struct sync_refusal *refusal, struct err *err);
/* 1 when the hub will not have it and nobody asked to try again. */
int ledger_is_barred(struct ledger *ledger, struct outbox_id id, struct err *err);
int ledger_count_refused(struct ledger *ledger, int64_t *count, struct err *err);
int ledger_run(struct ledger *ledger, struct run *run, struct err *err);
int ledger_set_run(struct ledger *ledger, const struct run *run,
    struct err *err);

/* ---- text.c: growing text, hexadecimal, base64 -------------------------------------------- */

struct text {
	char *bytes; /* free() them; NUL-ended */
	size_t len, capacity;
};

void text_add(struct text *text, const char *bytes, size_t n);
__attribute__((format(printf, 2, 3))) void text_printf(struct text *text,
    const char *format, ...);
/* Small letters, as the hub wants them. */
void text_hex(struct text *text, const unsigned char *bytes, size_t n);
void text_base64(struct text *text, const unsigned char *bytes, size_t n);
/* malloc'ed, or NULL: not strict base64. */
unsigned char *text_unbase64(const char *text, size_t n, size_t *len);
void text_json(struct text *text, const char *string); /* quoted, escaped */
void text_free(struct text *text);

/* ---- batch.c: the body of POST /v1/records --------------------------------------------------- */

struct batch {
	uint32_t epoch;
	int64_t first, last; /* seq; first > last: no records */
	int64_t count;
	unsigned char last_hash[OUTBOX_HASH_BYTES];
	struct text body;
};

struct batch_limits {
	int64_t records;
	size_t bytes;
	bool ask;   /* no records: what was refused, all of it */
	bool whole; /* pass over what is damaged */
	bool one; /* exactly the record behind head, barred or not */
};

/* What follows head in box. 0, or -1. free the body with text_free(). */
int batch_build(struct outbox *box, struct ledger *ledger,
    const struct head *head, const struct batch_limits *limits,
    struct batch *batch, struct err *err);

/* ---- squeeze.c ------------------------------------------------------------------------------------ */

/* Deflate (RFC 1950): malloc'ed, *len bytes. */
unsigned char *squeeze(const char *bytes, size_t n, size_t *len);

/* ---- http.c ------------------------------------------------------------------------------------------ */

struct http_request {
	const char *path; /* "/v1/records" */
	const char *body; /* NULL: GET */
	size_t len;
	bool deflated;
};

struct http_reply {
	enum trouble trouble; /* nothing usable came, when not NONE */
	char detail[200];
	int status;
	bool json; /* by its content type */
	int64_t retry_after_s; /* 0: not said */
	int64_t took_ms;
	char *body; /* free() it; NUL-ended */
	size_t len;
};

typedef void (*transport_fn)(void *arg, const struct http_request *request,
    struct http_reply *reply);

struct http;
/* tick is called about once a second while a request runs; true ends it. */
struct http *http_new(const struct conf_hub *hub, bool (*tick)(void *arg),
    void *arg, struct err *err);
void http_free(struct http *http);
bool http_any_proxy(void); /* one of the environment */
/* verify_at: the time to judge the hub's certificate by, 0: the clock's. */
void http_verify_at(struct http *http, int64_t verify_at);
/* Of the requests that follow, connecting and all. */
void http_limit(struct http *http, int64_t total_ms);
/* Whoever answers will do: only for what proves itself. */
void http_believe_anybody(struct http *http, bool anybody);
void http_send(void *http, const struct http_request *request,
    struct http_reply *reply);

/* ---- tls.c --------------------------------------------------------------------------------------------- */

#define TLS_DIGEST_BYTES STICK_DIGEST_BYTES
#define TLS_SIGNATURE_MAX 1024
#define TLS_CERTIFICATE_MAX 8192

/* For a whole program, before the first key: private keys stay in memory. */
void tls_lock_keys(void);

/* The post's certificate, key and CA file; at: the time, 0 not known. -1:
 * trouble says which kind. */
int tls_check_own(const struct conf_hub *hub, int64_t at,
    enum trouble *trouble, struct err *err);

struct tls_digest;
struct tls_digest *tls_digest_new(void);
void tls_digest_add(struct tls_digest *digest, const void *bytes, size_t n);
/* Of all that was added up to now; more may follow. */
void tls_digest_so_far(const struct tls_digest *digest,
    unsigned char out[TLS_DIGEST_BYTES]);
/* Frees it. */
void tls_digest_end(struct tls_digest *digest,
    unsigned char out[TLS_DIGEST_BYTES]);
/* By the post's key; out holds TLS_SIGNATURE_MAX bytes. */
int tls_sign(const struct conf_hub *hub, const unsigned char *bytes,
    size_t n, unsigned char *out, size_t *len, struct err *err);
/* Which of the machines that were this post the certificate is for. */
int tls_generation(const char *path);
/* The post's, as DER; out holds TLS_CERTIFICATE_MAX bytes. */
int tls_certificate(const struct conf_hub *hub, unsigned char *out,
    size_t *len, struct err *err);
/* A new secret key in a file for its owner alone; none may be there. */
int tls_make_key(const char *path, struct err *err);
/* A request for a certificate (PKCS #10, DER) by that key, of at most
 * TLS_CERTIFICATE_MAX bytes. */
int tls_request(const char *key_path, const char *station,
    unsigned char *out, size_t *len, struct err *err);
/* As PEM, durably. */
int tls_write_certificate(const char *path, const unsigned char *der,
    size_t n, struct err *err);
/* That it is for this key and this station. */
int tls_check_new(const unsigned char *der, size_t n, const char *key_path,
    const char *station, struct err *err);
/* Unix seconds. */
int tls_life(const char *path, int64_t *from, int64_t *until, struct err *err);
int64_t tls_until(const unsigned char *der, size_t n); /* 0: none */
bool tls_verify(const unsigned char *cert_der, size_t cert_len,
    const unsigned char *bytes, size_t n, const unsigned char *signature,
    size_t len);

/* ---- context.c ---------------------------------------------------------------------------------------- */

/* For an SSL_CTX of libcurl's: judge certificates by this time. */
void tls_verify_at(void *ssl_ctx, int64_t at);

/* ---- reply.c: what the hub says -------------------------------------------------------------------- */

struct reply {
	bool hub;        /* an object with version 1 and a time */
	int64_t time_ms; /* the hub's */
	char error[40], detail[200]; /* clean; "" when there are none */
	int64_t seq;     /* of an error, 0: none */
	bool has_head;
	struct head head;
	bool revoked;    /* a note says so; head has its signature */
	int generation;  /* of that */
	struct head fork; /* a note of one: its epoch, seq, signature; seq 0 */
	size_t refused;  /* of a Taken; SIZE_MAX: there was no such list */
	struct { int64_t seq; char reason[SYNC_REASON_MAX]; }
	    refusals[BATCH_RECORDS_MAX];
};

/* 0, or -1 with ERR_INPUT for what is not the hub's. */
int reply_parse(const char *bytes, size_t n, struct reply *reply,
    struct err *err);

/* A note of a bundle: for which station, and what the hub says of it. */
int note_parse(const char *bytes, size_t n, char station[OUTBOX_STATION_MAX],
    struct reply *reply, struct err *err);

/* A batch in a bundle: which records it holds. */
struct span {
	int64_t first, last, count;
};
int span_parse(const char *bytes, size_t n, struct span *span,
    struct err *err);

/* A reply to GET /v1/register. */
struct lists_reply {
	int64_t latest; /* number of the last piece of all */
	size_t count;
	struct {
		int64_t no;
		unsigned char *bytes;
		size_t len;
	} pieces[16];
};
int lists_parse(const char *bytes, size_t n, struct lists_reply *lists,
    struct err *err);
void lists_free(struct lists_reply *lists);

/* ---- address.c ----------------------------------------------------------------------------------------- */

enum address_kind_bits { ADDRESS_IPV4 = 1, ADDRESS_IPV6 = 2 };
unsigned address_kinds(void); /* that this post has */
/* Which kinds would do to get there; ip may be empty. Pure. */
unsigned address_kind(const char *ip, const char *url);

/* ---- verify.c ------------------------------------------------------------------------------------------- */

/* 0 when the key in that file signed the head for the station; then head->at
 * is the time that was signed. */
int head_verify(const char *key_path, const char *station, struct head *head,
    struct err *err);
int fork_verify(const char *key_path, const char *station, struct head *head,
    struct err *err); /* the same of a fork at head's seq */
/* The same that the post is revoked, as far as it is of that generation;
 * head has the signature. */
int revoked_verify(const char *key_path, const char *station, int generation,
    struct head *head, struct err *err);

/* A page of GET /v1/stations, each post as one line of JSON. 1: there are
 * more behind `after`, which is moved on; 0; -1. */
int stations_print(const char *bytes, size_t n, char after[OUTBOX_STATION_MAX],
    FILE *out, struct err *err);
/* page.c: all of them, on standard output; an exit status. */
int page_show_all(const struct conf *conf);

/* ---- judge.c: what is to be done about a reply ------------------------------------------------------- */

enum judgement {
	JUDGE_TAKEN, /* the head says how far */
	JUDGE_SPLIT, /* one of these records is at fault */
	JUDGE_PLAIN, /* the hub does not inflate */
	JUDGE_FORK,
	JUDGE_STOP,  /* keep all, and see `trouble` */
};

/* reply is filled when the hub spoke. */
enum judgement judge(const struct http_reply *raw, struct reply *reply,
    enum trouble *trouble, char detail[SYNC_WORDS_MAX]);

/* ---- pace.c: when to try; pure -------------------------------------------------------------------------- */

#define SPREAD_S 300
#define BACKOFF_MIN_MS 5000
#define BACKOFF_MAX_MS (15 * 60 * 1000)

int64_t pace_spread_ms(const char *station);
/* Full jitter below a limit that doubles; random is any number. */
int64_t pace_backoff_ms(int failures, int64_t retry_after_s, uint64_t random);

#define LINK_HISTORY 5
#define LINK_SLOW_MS 10000

struct link {
	bool known, up;
	int n; /* of the history */
	bool good[LINK_HISTORY];
	int64_t took_ms[LINK_HISTORY];
};

/* One more request; down: no address or no route, which counts at once.
 * True when the link changed, or is known for the first time. */
bool link_note(struct link *link, bool good, bool down, int64_t took_ms);
/* A sync by hand that worked. */
bool link_reset(struct link *link);

/* ---- reach.c: may the hub be asked about somebody now; pure ------------------------------------- */

#define REACH_AGAIN_MS 2000

struct reach { /* zeros: not known yet */
	struct link link;
	int failures; /* in a row */
	int64_t not_before_ms;
};

struct reach_news { /* of a question, or of a try */
	bool good, down; /* down: as in link_note() */
	int64_t took_ms, retry_after_s;
};

bool reach_may_ask(const struct reach *reach, int64_t now_ms);
bool reach_is_up(const struct reach *reach);
/* When to try whether it is up again, by now_ms; -1: no need. */
int64_t reach_try_ms(const struct reach *reach);
/* True when up became down or down up, or it is known for the first time. */
bool reach_note(struct reach *reach, const struct reach_news *news,
    int64_t now_ms, uint64_t random);

/* ---- inquiry.c: the child that asks the hub about persons ------------------------------------------ */

struct told { /* large: what the hub says of lists that the post has not */
	size_t n;
	struct register_told lists[REGISTER_TOLD_MAX];
};
/* reply.c: refused whole when anything in it is odd. */
int told_parse(const char *bytes, size_t n, struct told *told,
    struct err *err);

/* Until its input ends; returns an exit status. clock_floor: of options. */
int inquiry_run(const struct conf *conf, int64_t clock_floor);

/* ---- push.c: one sync ---------------------------------------------------------------------------------------- */

struct push {
	struct outbox *box; /* NULL: nothing was recorded yet */
	struct ledger *ledger;
	const char *station;
	int failures; /* tries in a row that failed: smaller batches, then */
	transport_fn transport;
	void *transport_arg;
	void (*progress)(void *arg, int64_t sent, int64_t waiting);
	void (*request)(void *arg, const struct http_reply *reply, bool good);
	void *arg;
	bool whole; /* box was set aside: pass over what is damaged */
};

struct push_result {
	enum trouble trouble;
	char words[SYNC_WORDS_MAX];
	int64_t retry_after_s;
	int64_t sent;       /* records the hub took over in this one */
	struct head head;
	int64_t waiting, refused;
	int64_t oldest_at; /* of what waits; 0: nothing */
	int64_t hub_ms;     /* the hub's time, 0: not told */
	int64_t fork_seq;   /* 0: no fork */
	bool fell_back;     /* the hub had less than it had acknowledged */
};

void push_run(struct push *push, struct push_result *result);

/* ---- pull.c: the published lists --------------------------------------------------------------------------------- */

struct pull {
	struct register_intake *intake;
	transport_fn transport;
	void *transport_arg;
	void (*progress)(void *arg, int64_t bytes, int64_t of);
	void *arg;
};

struct pull_result {
	enum trouble trouble;
	char words[SYNC_WORDS_MAX];
	int lists; /* that came into force */
};

void pull_run(struct pull *pull, struct pull_result *result);
/* The post's, for its own id, unit and province; now 0: not known. */
struct register_intake *pull_intake(const struct conf *conf, int64_t now,
    struct err *err);

/* ---- join.c: how a machine becomes a post -------------------------------------------------------------------- */

#define TICKET_TEXT_MAX 1024
#define TICKET_URL_MAX 301
#define TICKET_SECRET_HEX 32
#define JOIN_FILES_MAX 16
#define JOIN_FILE_BYTES 4096

struct ticket {
	char station[OUTBOX_STATION_MAX], url[TICKET_URL_MAX];
	char secret[TICKET_SECRET_HEX + 1];
	unsigned char fingerprint[TLS_DIGEST_BYTES];
	int64_t expires;
};

/* "chot-enrol 1 STATION URL FINGERPRINT SECRET EXPIRES" */
int ticket_parse(const char *text, struct ticket *ticket, struct err *err);

struct join_answer { /* large */
	char name[256]; /* of the post; clean */
	unsigned char certificate[TLS_CERTIFICATE_MAX]; /* DER */
	size_t len;      /* 0: there was none */
	int64_t expires; /* of it */
	size_t count;
	struct {
		char name[44]; /* of small letters, digits and '-', then .pub */
		unsigned char bytes[JOIN_FILE_BYTES];
		size_t len;
	} files[JOIN_FILES_MAX];
};

/* reply.c: refused whole when anything in it is odd. */
int join_parse(const char *bytes, size_t n, struct join_answer *answer,
    struct err *err);
int join_exchange(struct http *http, const char *path,
    const struct text *body, struct join_answer *answer, struct err *err);
/* secret NULL: the certificate shown says who asks. */
int join_request(struct text *body, const char *station, const char *secret,
    const char *key_path, struct err *err);
int join_keep_files(const char *state, const struct join_answer *answer,
    struct err *err);
/* All of it; says what came of it. Returns an exit status. */
int join_run(const char *state, const char *text, bool json);

/* ---- renew.c -------------------------------------------------------------------------------------------------- */

bool renew_due(int64_t from, int64_t until, int64_t at);

/* ---- fence.c: each once, before the first word with a hub ---------------------------------------- */

int hub_port(const char *url); /* or CONFINE_ANY_PORT */
void fence_sync(const struct conf *conf);  /* to send, fetch and renew */
void fence_pages(const struct conf *conf); /* to ask, writing nothing */
/* to ask about persons, reading the register beside */
void fence_look(const struct conf *conf, const char *register_path);
void fence_join(const char *keys, const char *url);

/* ---- wipe.c ----------------------------------------------------------------------------------------------------- */

/* What a revoked post may not keep: lists of citizens and their key. True
 * when there was any. */
bool wipe_citizens(const char *state_dir);

#endif
