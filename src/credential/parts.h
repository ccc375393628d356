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
void fail(struct credential *out, const char *words);
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

/* ---- dates.c: partial ISO dates as text ---------------------------------------- */

/* 00 for day or month is "unknown". False: no date. */
bool date_from_dmy(const char *text, size_t n, char out[11]);   /* 15032000 */
/* 2000-03-15, 2000-03, 2000; stars are "unknown"; a time part is dropped. */
bool date_from_iso(const char *text, size_t n, char out[11]);
bool date_put(int year, int month, int day, char out[11]); /* 0: unknown */
/* Both agree as far as both are known; "" agrees with all. */
bool date_agrees(const char *a, const char *b);
/* Later than today, as far as both are known; false without a clock. */
bool date_is_future(const struct credential_context *context, const char *date);

/* ---- number.c: personal numbers -------------------------------------------------- */

#define PIN_DIGITS 12
#define CMND_DIGITS 9

bool is_pin(const char *text, size_t n);
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
};

/* NULL: the set does not hold the code. */
const char *value_label(enum value_set set, const char *code);

/* ---- crypto.c: libcrypto ---------------------------------------------------------------- */

#define SHA256_BYTES 32
void sha256(const void *bytes, size_t n, unsigned char out[SHA256_BYTES]);

/* ---- formats --------------------------------------------------------------------------------- */

bool card_is(const struct scan *scan);
void card_parse(const struct scan *scan, struct credential *out);
bool person_is(const struct scan *scan);
void person_parse(const struct scan *scan, struct credential *out);
bool number_is(const struct scan *scan);
void number_parse(const struct scan *scan, struct credential *out);
bool plate_is(const struct scan *scan);
void plate_fill(const struct scan *scan, struct credential *out);
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
