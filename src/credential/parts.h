/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of credential share. A format is a row of formats[] in
 * credential.c: one function that recognises, one that fills the fields.
 */
#ifndef CREDENTIAL_PARTS_H
#define CREDENTIAL_PARTS_H

#include "credential.h"

/* One scan, stripped of what readers put around it. */
struct scan {
	const char *text; /* NUL-ended copy; may hold NULs before its end */
	size_t n;
	bool utf8;        /* the whole text is valid UTF-8 */
	const struct credential_context *context;
};

/* ---- fields.c: the only way into a struct credential ------------------------ */

/* Recognised but broken: drops every field read so far. Words, no payload. */
void refuse(struct credential *out, const char *words);
/* Words of the list are static; a word is listed once. */
void warn(struct credential *out, const char *word);
/* Clean text (NFC, controls replaced and warned of, ends trimmed) into a
 * fixed array; false when it is too long or no UTF-8. */
bool put_text(struct credential *out, char *to, size_t capacity,
    const char *text, size_t n);
/* A kind's own field; an empty value is left out. False as put_text(), or
 * when there are too many. */
bool put_field(struct credential *out, const char *name, const char *text,
    size_t n);
bool put_string(struct credential *out, const char *name, const char *text);
bool put_number(struct credential *out, const char *name, int64_t number);
void put_identity(struct credential *out, const char *issuer,
    const char *number_kind, const char *number);

bool all_digits(const char *text, size_t n);
bool has_prefix(const struct scan *scan, const char *prefix);

#define VIETNAM_OFFSET_S (7 * 3600)

/* ---- dates.c: partial ISO dates as text ---------------------------------------- */

/* 00 for day or month is "unknown". False: no date. */
bool date_from_dmy(const char *text, size_t n, char out[11]);   /* 15032000 */
/* 2000-03-15, 2000-03, 2000; stars are "unknown"; a time part is dropped. */
bool date_from_iso(const char *text, size_t n, char out[11]);
bool date_put(int year, int month, int day, char out[11]); /* 0: unknown */
/* Both agree as far as both are known; "" agrees with all. */
bool date_agrees(const char *a, const char *b);
/* After and before today, as far as the date is known; false without a
 * clock. */
bool date_is_future(const struct credential_context *context, const char *date);
bool date_is_past(const struct credential_context *context, const char *date);

/* ---- number.c: personal numbers -------------------------------------------------- */

#define PIN_DIGITS 12
#define CMND_DIGITS 9

bool is_pin(const char *text, size_t n);
/* Not a citizen, by the nationality that is told. */
bool is_foreigner(const struct credential *c);
int pin_birth_year(const char *pin);
const char *pin_sex(const char *pin);
/* Province field, and warnings where birth and sex of out do not fit. */
void pin_check(struct credential *out, const char *pin,
    const struct credential_context *context);

/* ---- values.c: value sets as data --------------------------------------------------- */

enum value_set {
	VALUES_PROVINCE, /* of a personal number */
	VALUES_PLATE_PROVINCE,
	VALUES_DISEASE, VALUES_VACCINE, VALUES_PRODUCT, VALUES_MANUFACTURER,
	VALUES_TEST_TYPE, VALUES_TEST_RESULT, VALUES_TEST_DEVICE,
	VALUES_CVX, /* vaccines in SMART Health Cards */
	VALUES_COUNT,
};

/* NULL: the set is not here, or does not hold the code. */
const char *value_label(const struct credential_context *context,
    enum value_set set, const char *code);
bool value_known(const struct credential_context *context, enum value_set set);

/* ---- node.c: values of CBOR and JSON ------------------------------------------------- */

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_BYTES,
	NODE_TEXT, NODE_ARRAY, NODE_MAP, NODE_TAG };

struct node {
	enum node_kind kind;
	int64_t integer;   /* INT; BOOL: 0 or 1; TAG: its number */
	double real;       /* FLOAT */
	const char *bytes; /* BYTES, TEXT (valid UTF-8): NUL-ended, may hold NULs */
	size_t len;
	struct node *first, *last, *next; /* children; MAP: key, value, key... */
	size_t count;      /* of children */
};

#define NODE_DEPTH_MAX 24
#define TREE_NODES_MAX 8192
#define TREE_BYTES_MAX (256u << 10)

/* Owns every node made in it; the limits hold for all of them together. */
struct tree;
struct tree *tree_new(void);
/* For files that an officer imports: lists of keys. */
struct tree *tree_new_sized(size_t nodes_max, size_t bytes_max);
void tree_free(struct tree *tree); /* NULL is allowed */
/* NULL: over the limit. */
struct node *tree_node(struct tree *tree, enum node_kind kind);
struct node *tree_text(struct tree *tree, const char *text);
struct node *tree_int(struct tree *tree, int64_t value);
/* Sets bytes and len to a copy. */
bool tree_bytes(struct tree *tree, struct node *node, const void *bytes,
    size_t n);
void node_append(struct node *parent, struct node *child);
/* All give NULL when node is NULL, of another kind, or has no such key. */
const struct node *node_get(const struct node *map, const char *key);
const struct node *node_get_int(const struct node *map, int64_t key);
const struct node *node_nth(const struct node *array, size_t i);
/* The string of a text node, NULL else, also when it holds a NUL. */
const char *node_string(const struct node *node);
/* Integers and integral floats. */
bool node_integer(const struct node *node, int64_t *value);
/* As that, but a fraction of a second is dropped. */
bool node_seconds(const struct node *node, int64_t *value);
/* Every tagged value becomes what was tagged. NULL is allowed. */
void node_strip_tags(struct node *node);
bool node_equal(const struct node *a, const struct node *b);
/* A map that has one key twice means two things: refused. */
bool node_has_duplicates(const struct node *map);

/* ---- cbor.c: libcbor ------------------------------------------------------------------- */

/* NULL: not one whole CBOR value within the limits. */
struct node *cbor_parse(struct tree *tree, const void *bytes, size_t n);
/* Bytes written, 0: does not fit. Definite lengths only. */
size_t cbor_print(const struct node *node, unsigned char *out,
    size_t capacity);

/* ---- json.c: jansson -------------------------------------------------------------------- */

struct node *json_parse(struct tree *tree, const char *text, size_t n);
/* As that; where it is none, words say what is wrong in which line. */
#define JSON_WORDS_MAX 96
struct node *json_parse_told(struct tree *tree, const char *text, size_t n,
    int *line, char words[JSON_WORDS_MAX]);

/* ---- canonical.c: RFC 8785 ----------------------------------------------------------------- */

/* Bytes written without the NUL, 0: does not fit, or is no JSON value. */
size_t canonical_json(const struct node *node, char *out, size_t capacity);

/* ---- coding: base45.c, base64.c, inflate.c ------------------------------------------------ */

/* Bytes written, -1: not base45, or over capacity. Encoding takes 1.5 n + 2
 * characters. */
ssize_t base45_decode(const char *text, size_t n, unsigned char *out,
    size_t capacity);
size_t base45_encode(const unsigned char *bytes, size_t n, char *out);

enum base64_form { BASE64_ANY, BASE64_URL };

/* ANY takes both alphabets, padding and white space; URL neither. */
ssize_t base64_decode(enum base64_form form, const char *text, size_t n,
    unsigned char *out, size_t capacity);

enum inflate_form { INFLATE_ZLIB, INFLATE_RAW };

/* Bytes written, -1: damaged, trailing bytes, or larger than capacity. */
ssize_t inflate_bytes(enum inflate_form form, const void *bytes, size_t n,
    unsigned char *out, size_t capacity);
ssize_t deflate_bytes(const void *bytes, size_t n, unsigned char *out,
    size_t capacity);

/* ---- crypto.c: libcrypto ---------------------------------------------------------------- */

#define SHA256_BYTES 32
void sha256(const void *bytes, size_t n, unsigned char out[SHA256_BYTES]);

enum signature_alg { ALG_NONE, ALG_ES256, ALG_ES384, ALG_ES512, ALG_PS256,
	ALG_EDDSA,
	/* COSE binds no curve to a digest (RFC 9053, 2.1): JOSE does. */
	ALG_ECDSA_SHA256, ALG_ECDSA_SHA384, ALG_ECDSA_SHA512 };

#define KID_BYTES 8

enum key_usage { /* a bit each; none set: no restriction */
	USAGE_TEST = 1, USAGE_VACCINATION = 2, USAGE_RECOVERY = 4,
	USAGE_SEAL = 8, /* ICAO's, which signs no DCC */
};

/* Where a key came from says what it may prove: a health authority's
 * certificate signs no permit, and our own key no vaccination. */
enum key_origin { ORIGIN_CERTIFICATE, ORIGIN_PUBLIC_KEY, ORIGIN_KEY_SET };

struct key {
	enum key_origin origin;
	void *pkey;  /* libcrypto's */
	void *cert;  /* libcrypto's, NULL for a bare key */
	unsigned char kid[KID_BYTES]; /* start of the SHA-256 of the certificate,
	                               * or of the bare key */
	char thumbprint[48]; /* JWK thumbprint, base64url (RFC 7638), or "" */
	char issuer[128];    /* URL a JWKS was bound to, or "" */
	char country[3];     /* of the certificate's subject, or "" */
	unsigned usage;
	bool is_ca;
	bool distrusted; /* by the post: what it signs is a doubt */
	int64_t not_before, not_after; /* 0: not given */
};

/* False: no certificate, or a key of no use here. key_clear() what they fill. */
bool key_from_certificate(struct key *key, const unsigned char *der, size_t n);
bool key_from_point(struct key *key, const unsigned char x[32],
    const unsigned char y[32]);
/* SubjectPublicKeyInfo. */
bool key_from_public(struct key *key, const unsigned char *der, size_t n);
/* PKCS#8 or SEC1 in PEM without a password; P-256 or Ed25519. */
bool key_from_private(struct key *key, const char *pem);
/* A new Ed25519 key, both halves as PEM; the caller wipes the secret one. */
#define KEY_PEM_MAX CREDENTIAL_PEM_MAX
bool key_make(char secret[KEY_PEM_MAX], char public[KEY_PEM_MAX]);
void key_clear(struct key *key);
enum signature_alg key_alg(const struct key *key);
bool key_sign(const struct key *key, const void *message, size_t n,
    unsigned char signature[64]);
/* The algorithm has to be the one of the key's type: a header never chooses. */
bool key_verify(const struct key *key, enum signature_alg alg,
    const void *message, size_t message_len, const unsigned char *signature,
    size_t signature_len);
/* One certificate, every byte of it. */
bool key_same_certificate(const struct key *a, const struct key *b);
/* A detached CMS signature (DER) over the message, by the certificate of one
 * of the signers or by one that it issued. Nobody's dates are asked: the room
 * has no clock of its own. */
bool key_signed_cms(const struct credential_trust *signers,
    const unsigned char *der, size_t n, const void *message,
    size_t message_len);
/* Signed by the CA, which was valid when the certificate was issued. */
bool key_issued_by(const struct key *key, const struct key *ca);

/* ---- trust.c ----------------------------------------------------------------------------------- */

size_t trust_count(const struct credential_trust *trust);
const struct key *trust_key(const struct credential_trust *trust, size_t i);
/* Takes the key over. */
void trust_take(struct credential_trust *trust, const struct key *key);
/* trust_list.c: a national list of keys? */
bool trust_list_is(const char *text, size_t n);

/* ---- verify.c: words of the verification -------------------------------------------------------- */

/* Everything doubtful until it is proven. */
void verification_start(struct credential *out);
void verification_signature(struct credential *out, const char *word);
void verification_schema(struct credential *out, bool valid);
void verification_key_usage(struct credential *out, bool ok);
/* iat and exp NULL or no numbers: not given. */
void verification_time(struct credential *out,
    const struct credential_context *context, const struct node *iat,
    const struct node *exp);

/* Whose key it was, and a warning when that is out of its time or distrusted.
 * What its true signature is then worth: valid or unknown-key. */
const char *verification_key(struct credential *out,
    const struct credential_context *context, const struct key *key);

/* ---- cose.c -------------------------------------------------------------------------------------- */

struct cose {
	enum signature_alg alg; /* NONE: not one of ours */
	const struct node *kid; /* NULL: none */
	const struct node *protected, *payload, *signature;
};

/* COSE_Sign1 with tag 18, under tag 61, or bare. False: no such message. */
bool cose_read(const struct node *root, struct tree *tree, struct cose *cose);
/* Sig_structure: what is signed. Bytes written, 0: too long. */
size_t cose_signed_bytes(const struct node *protected,
    const struct node *payload, unsigned char *out, size_t capacity);
/* Judges signature and key usage, by keys of that origin alone. */
void cose_verify(const struct cose *cose,
    const struct credential_context *context, enum key_origin origin,
    unsigned usage, struct credential *out);

/* ---- fhir.c --------------------------------------------------------------------------------------- */

/* False: not the one patient and the resources that a health card holds. */
bool fhir_read(const struct node *bundle,
    const struct credential_context *context, struct credential *out);

/* ---- shc.c ----------------------------------------------------------------------------------------- */

struct shc_part {
	size_t place, of; /* 1 is the first */
	char text[CREDENTIAL_TEXT_MAX + 1]; /* of the JWS */
	size_t n;
};

/* False: no part of a card that is spread over several codes. */
bool shc_part(const struct scan *scan, struct shc_part *part);

/* ---- alike.c --------------------------------------------------------------------------------------- */

/* What the numbers of one kind that two documents carry say. */
struct alike {
	bool agree, agree_masked; /* as far as masked ones can be seen */
	bool differ;
	const char *differing[2]; /* when they do: borrowed from each */
};

void alike_compare(const struct credential *a, const struct credential *b,
    struct alike *out);

/* ---- formats --------------------------------------------------------------------------------- */

bool card_is(const struct scan *scan);
void card_parse(const struct scan *scan, struct credential *out);
bool person_is(const struct scan *scan);
void person_parse(const struct scan *scan, struct credential *out);
bool dcc_is(const struct scan *scan);
void dcc_parse(const struct scan *scan, struct credential *out);
bool future_dcc_is(const struct scan *scan);
void future_dcc_parse(const struct scan *scan, struct credential *out);
bool own_is(const struct scan *scan);
void own_parse(const struct scan *scan, struct credential *out);
bool own_secret(const struct scan *scan, struct credential *out,
    unsigned char secret[CREDENTIAL_SECRET_BYTES]);
bool shc_is(const struct scan *scan);
void shc_parse(const struct scan *scan, struct credential *out);
bool vds_is(const struct scan *scan);
void vds_parse(const struct scan *scan, struct credential *out);
bool bhyt_is(const struct scan *scan);
void bhyt_parse(const struct scan *scan, struct credential *out);
bool mrz_is(const struct scan *scan);
void mrz_parse(const struct scan *scan, struct credential *out);
bool number_is(const struct scan *scan);
void number_parse(const struct scan *scan, struct credential *out);
bool plate_is(const struct scan *scan);
void plate_fill(const struct scan *scan, struct credential *out);
bool slip_token_is(const struct scan *scan);
void slip_token_parse(const struct scan *scan, struct credential *out);
bool link_is(const struct scan *scan);
void link_parse(const struct scan *scan, struct credential *out);
void opaque_parse(const struct scan *scan, struct credential *out);

#define FIELDS_MAX 16 /* of a text with separators */

struct slice {
	const char *text;
	size_t n;
};

/* Split at separator, keeping empty pieces; returns how many there are, also
 * when more than max were found (those are not stored). */
size_t split(const char *text, size_t n, char separator, struct slice *pieces,
    size_t max);

#endif
