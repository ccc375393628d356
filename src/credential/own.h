/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The claims of our own signed documents (CP1:, chot-credential(7)); read by
 * own.c, written by issue.c, both from the tables in own_fields.c.
 */
#ifndef CREDENTIAL_OWN_H
#define CREDENTIAL_OWN_H

#include "parts.h"

#define OWN_PREFIX "CP1:"
#define OWN_PREFIX_LEN 4
#define OWN_INFLATED_MAX (16u << 10)

#define CLAIM_ISS 1
#define CLAIM_EXP 4
#define CLAIM_IAT 6
#define CLAIM_OWN (-65537) /* the first number that is free for private use */
#define OWN_KIND 0         /* key of the kind within the claim */
#define OWN_BADGE_SECRET 63
#define OWN_PEOPLE_MAX 60 /* of a list: a bus */
#define OWN_PERSON_NAME_MAX 160 /* bytes, in a list */
#define OWN_PERSON_ID_MAX 63

enum own_type {
	OWN_TEXT,
	OWN_COUNTRY, /* ISO 3166-1 alpha-3 */
	OWN_DATE,   /* yyyymmdd as a number; 00 for unknown */
	OWN_TIME,   /* Unix seconds */
	OWN_COUNT,  /* 0 and up */
	OWN_FLAG,   /* true or false */
	OWN_SEX,    /* 1 male, 2 female */
	OWN_WORDS,  /* list of texts */
	OWN_PEOPLE, /* list of [name, number, birth] */
	OWN_SECRET, /* bytes that only credential_badge_secret() gives */
};

struct own_field {
	int key;
	const char *name; /* in JSON */
	enum own_type type;
	bool required;
};

struct own_kind {
	int code;
	enum credential_kind kind;
	const struct own_field *fields; /* its own; own_person[] where person */
	size_t nfields;
	bool person;
};

const struct own_kind *own_kind_of_code(int64_t code); /* NULL: unknown */
const struct own_kind *own_kind_of_word(const char *word);
/* Fields of a kind one after the other; NULL after the last. */
const struct own_field *own_field_nth(const struct own_kind *kind, size_t i);

#endif
