/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credential - what the bytes of a scan say, and whether that is proven.
 *
 * Pure: no files, no clock, no globals; trust and time are handed in. The
 * bytes are hostile: every size is bounded, nothing is cut short, text comes
 * out valid UTF-8 in NFC (but not yet clean for a terminal: text_clean()).
 * Formats: devices-and-documents chapters 1 to 4 and 12, named in each module.
 */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include "base.h"

#define CREDENTIAL_TEXT_MAX EVENT_PAYLOAD_MAX /* bytes of one scan */
#define CREDENTIAL_VALUE_MAX 256              /* bytes with NUL, one field */
#define CREDENTIAL_FIELDS_MAX 88 /* a bus full of people, and more */
#define CREDENTIAL_WARNINGS_MAX 16

enum credential_kind {
	CREDENTIAL_ERROR, /* recognised but broken: error says how */
	CREDENTIAL_OPAQUE, /* well-formed but unknown */
	CREDENTIAL_CCCD, CREDENTIAL_PERSONAL_QR, CREDENTIAL_NUMBER,
	CREDENTIAL_PLATE, CREDENTIAL_MRZ, CREDENTIAL_DCC,
	CREDENTIAL_DECLARATION, CREDENTIAL_PERMIT, CREDENTIAL_GROUP,
	CREDENTIAL_GREEN_LANE, CREDENTIAL_BADGE, CREDENTIAL_SLIP,
	CREDENTIAL_SHC, CREDENTIAL_VDS_NC, CREDENTIAL_BHYT, CREDENTIAL_LINK,
};

struct credential_field { /* a kind's own field */
	char name[24];
	char value[CREDENTIAL_VALUE_MAX];
};

/* Signed kinds only; "" where it does not apply. Words of chot-credential(7). */
struct credential_verification {
	bool applies, readable;
	char signature[16]; /* valid, invalid, unknown-key, unsupported */
	char time[16];      /* valid, expired, not-yet, unknown */
	char schema[16];    /* valid, invalid */
	char key_usage[16]; /* ok, wrong */
};

struct credential {
	enum credential_kind kind;
	char error[160];     /* kind error: one line of words, no payload bytes */
	char identity[80];   /* canonical "VNM:PIN:094300000123", or "" */
	char id[64];         /* as printed; may hold '*' */
	char name[CREDENTIAL_VALUE_MAX];
	char birth[11];      /* 2000-03-15, 2000-03, 2000 or "" */
	char sex[8];         /* male, female or "" */
	char nationality[4]; /* ISO 3166-1 alpha-3 or "" */
	char address[CREDENTIAL_VALUE_MAX];
	char issued[11], expires[11];
	struct credential_field fields[CREDENTIAL_FIELDS_MAX];
	size_t nfields;
	const char *warnings[CREDENTIAL_WARNINGS_MAX]; /* static words */
	size_t nwarnings;
	struct credential_verification verification;
};

struct credential_trust; /* a set of issuers' keys */

struct credential_trust_report {
	size_t added, skipped; /* skipped: certificates that cannot be parsed */
	const char *list;      /* of a national list: german, swedish, dutch */
	int64_t made_at;       /* when the list says it was made; 0: it does not */
};

struct credential_trust *credential_trust_new(void);
void credential_trust_free(struct credential_trust *trust); /* NULL is allowed */
size_t credential_trust_count(const struct credential_trust *trust);
/* Add the keys of one file: certificates or bare public keys (of issuers of our
 * own documents) in PEM, DER or base64, a JSON Web Key Set, or a national list
 * of health authorities' keys, whose signature is not looked at here. Counts
 * are added to report (may be NULL). -1 with ERR_INPUT when there is no key in
 * it. */
int credential_trust_add(struct credential_trust *trust,
    const unsigned char *bytes, size_t n,
    struct credential_trust_report *report, struct err *err);
/* Add a German, Swedish or Dutch list of health authorities' keys. signers:
 * keys of which one must have signed it (or, a Dutch one, have issued the
 * certificate that did), NULL: nobody's signature is asked for. Certificates
 * that cannot be parsed are counted. ERR_INPUT: no such list, or not signed
 * by them. */
int credential_trust_add_list(struct credential_trust *trust,
    const unsigned char *bytes, size_t n,
    const struct credential_trust *signers,
    struct credential_trust_report *report, struct err *err);

/* A key as people name it: its country ("de"), its key id in base64 or
 * hexadecimal, or its JWK thumbprint. False: none of these. */
#define CREDENTIAL_KEY_NAME_MAX 48
bool credential_key_name(const char *text, char name[CREDENTIAL_KEY_NAME_MAX]);
/* What such keys sign is a doubt from now on. name is as the above gives it.
 * Returns how many keys it fits. */
size_t credential_trust_distrust(struct credential_trust *trust,
    const char *name);

struct credential_key {
	char name[CREDENTIAL_KEY_NAME_MAX]; /* key id or thumbprint */
	char country[3];      /* "" unknown */
	char proves[40];      /* health, or "vaccination test recovery" of it
	                       * and "seals"; cards, own */
	bool is_authority;    /* of ICAO seals too */
	bool distrusted;
	int64_t not_before, not_after; /* 0: not given */
};
/* The i-th of credential_trust_count(). */
void credential_trust_describe(const struct credential_trust *trust, size_t i,
    struct credential_key *out);

/* What codes stand for: value sets, one a text, as the EU publishes them and
 * contrib/value-sets/ has them. */
struct credential_values;
#define CREDENTIAL_VALUES_MAX (1u << 20) /* bytes of one */

struct credential_values *credential_values_new(void);
void credential_values_free(struct credential_values *values); /* NULL is allowed */
/* Takes a set in, in place of what was there of it. ERR_INPUT: refused whole,
 * "name:line: why". */
int credential_values_add(struct credential_values *values, const char *name,
    const char *text, size_t n, struct err *err);

struct credential_context {
	const struct credential_trust *trust; /* NULL: no keys */
	const struct credential_values *values; /* NULL: codes are left as they are */
	bool has_now;
	int64_t now; /* trusted Unix seconds, when has_now */
	bool joined; /* set by credential_join() alone */
};

/* So far a laboratory's clock may go before ours: a sample that was taken later
 * lies ahead. */
#define CREDENTIAL_CLOCKS_APART_S 1800

/* Warnings are static words, listed in chot-credential(7): birth-mismatch and
 * sex-mismatch (the number does not fit the document), document-expired,
 * key-expired, key-distrusted, ocr-repaired, ... Health papers of every format name their
 * fields alike: dcc_kind, doses, doses_required, dose_date, test_kind,
 * test_sampled, test_result, recovered, valid_from, valid_until. */

const char *credential_kind_word(enum credential_kind kind);

/* Always fills *out. */
void credential_decode(const unsigned char *bytes, size_t n,
    const struct credential_context *context, struct credential *out);

/* A health card may be spread over several codes, shown one after the other
 * in any order. As the above, but parts are kept until all of a card are
 * there: then out is the whole. Until then it is an unreadable card with
 * the fields "part" and "parts". A part of another card begins anew. */
#define CREDENTIAL_PARTS_MAX 9
struct credential_parts {
	size_t of; /* how many belong together; 0: none is kept */
	size_t lengths[CREDENTIAL_PARTS_MAX]; /* 0: still to come */
	char texts[CREDENTIAL_PARTS_MAX][1200];
};
void credential_join(struct credential_parts *parts,
    const unsigned char *bytes, size_t n,
    const struct credential_context *context, struct credential *out);

/*
 * The secret in the code of an officer's badge, which unwraps the register's
 * key. No struct credential holds it: its field "secret" is "********". True
 * only for a badge that a trusted key has signed; whether it is in time is
 * left to the caller. The caller wipes it. */
#define CREDENTIAL_SECRET_BYTES 16
bool credential_badge_secret(const unsigned char *bytes, size_t n,
    const struct credential_context *context,
    unsigned char secret[CREDENTIAL_SECRET_BYTES]);

/* Is the issuer of a signed kind one that this post trusts? "trusted",
 * "distrusted" (by the post: its keys or its country), "unknown" (no key of
 * it is here), "unproven" (the signature is false, or nobody can check it);
 * "" for what bears no signature or is not readable. */
const char *credential_issuer(const struct credential *credential);
bool credential_warns(const struct credential *credential, const char *word);

/* One JSON object, NUL-ended; malloc'ed, the caller frees it. */
char *credential_json(const struct credential *credential);

/* base64 of either alphabet to bytes; -1: no base64, or over capacity. */
ssize_t credential_base64(const char *text, size_t n, unsigned char *out,
    size_t capacity);

/* NULL when the kind has no such field. */
const char *credential_field(const struct credential *credential,
    const char *name);

/* A machine-readable zone as it is typed: the first and third line without
 * the fillers at their end; the third one may be still to come. NULL: every
 * check digit holds (a third line has none); else what is wrong. */
#define CREDENTIAL_ZONE_LINES 3
struct credential_zone {
	char text[96]; /* the lines, filled up; "" when they are no zone */
	size_t lines;  /* how many this kind has; 0: not known */
	size_t wrong;  /* in which one, from 0, what is wrong is */
};
const char *credential_zone_check(
    const char *const typed[CREDENTIAL_ZONE_LINES],
    struct credential_zone *zone);

/* Do two documents speak of one person? Numbers of one kind (masked characters
 * agree with any), birth dates (partial allowed) and names (folded) are
 * compared: the table of cases is in chot-credential(7). */
enum credential_match {
	MATCH_NONE,     /* different persons, or nothing to compare */
	MATCH_OTHER,    /* different persons: their numbers say so */
	MATCH_SAME,     /* same person, everything agrees */
	MATCH_MISMATCH, /* same number, but something else differs */
	MATCH_PARTLY,   /* no number in common: some of name, birth date, sex
	                 * and number agrees, and some does not */
};
enum credential_match credential_compare(const struct credential *a,
    const struct credential *b);
/* The fields in which two documents that may be one person's disagree, as
 * bits; 0 when nothing does, or they are two persons'. */
#define CREDENTIAL_DIFFERS_NAME 1u
#define CREDENTIAL_DIFFERS_BIRTH 2u
#define CREDENTIAL_DIFFERS_SEX 4u
#define CREDENTIAL_DIFFERS_NUMBER 8u
unsigned credential_differences(const struct credential *a,
    const struct credential *b);
/* What a says where it differs from b: borrowed from a; field is one bit. */
const char *credential_differing(const struct credential *a,
    const struct credential *b, unsigned field);

/* ---- issuing (chot-credential(7)) ------------------------------------------------ */

/*
 * Make a signed document (CP1:) from a JSON object: "kind" (declaration,
 * permit, group, green-lane, badge, slip), "iss", "exp", "iat" (else now),
 * and the fields of that kind as credential_json() names them. key_pem is a
 * private key, P-256 or Ed25519. ERR_INPUT: the object; ERR_SETUP: the key.
 */
int credential_issue(const char *json, size_t n, const char *key_pem,
    int64_t now, char out[CREDENTIAL_TEXT_MAX + 1], struct err *err);

/* A new Ed25519 key to sign with; the caller wipes the secret half. */
#define CREDENTIAL_PEM_MAX 512
int credential_key_make(char secret_pem[CREDENTIAL_PEM_MAX],
    char public_pem[CREDENTIAL_PEM_MAX], struct err *err);

/* ---- plates (devices-and-documents 11.1) -------------------------------------- */

enum plate_class { PLATE_NOT, PLATE_CAR, PLATE_MOTORBIKE, PLATE_SPECIAL };

/* Compact upper-case form ("30A12345") of what was typed or read, and its
 * class; PLATE_NOT leaves compact as cleaned input. compact holds 24 bytes. */
enum plate_class plate_parse(const char *text, char compact[24]);
/* As it stands on the vehicle and is read out: "30A-123.45". */
#define PLATE_SHOWN_MAX 32
void plate_print(const char *compact, char out[PLATE_SHOWN_MAX]);

#endif
