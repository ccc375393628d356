/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cddl - as much of RFC 8610 as contrib/credential.cddl is written in: does a
 * CBOR value fit a rule, and make one that does. For tests: what is no such
 * grammar ends the process. The members of the structs are for cddl.c and
 * cddl_make.c alone.
 */
#ifndef TESTS_CDDL_H
#define TESTS_CDDL_H

#include "../../src/credential/parts.h"

#define TYPES_MAX 1000
#define ENTRIES_MAX 500
#define MANY 1000000

enum form { FORM_NAME_OF, FORM_NUMBER_OF, FORM_ARRAY, FORM_MAP, FORM_GROUP,
	FORM_TAG };

struct type { /* one alternative; `or` is the next one */
	enum form form;
	char name[32];        /* NAME: a rule, or tstr, bstr, uint, bool, any */
	int64_t low, high;    /* NUMBER: both ends; TAG: its number */
	int first, n;         /* ARRAY, MAP, GROUP: of entries */
	int inside;           /* TAG: of types; NAME: `.cbor`; -1: none */
	bool sized;           /* NAME: `.size` */
	int64_t size_low, size_high;
	int or;               /* -1: the last */
};

struct entry {
	int64_t low, high;    /* how often */
	int key, type;        /* of types; key -1: none */
	bool cut;             /* the key stands for this entry alone */
};

struct rule {
	char name[32];
	int type;
};

struct cddl {
	const char *at; /* while it is parsed */
	struct type types[TYPES_MAX];
	struct entry entries[ENTRIES_MAX];
	struct rule rules[64];
	int ntypes, nentries, nrules;
};

struct cddl *cddl_parse(const char *text);
void cddl_free(struct cddl *grammar);
/* The index of its type; -1: no rule of that name. */
int cddl_rule(const struct cddl *grammar, const char *name);
/* The group that the entry names; NULL: it does not. */
const struct type *cddl_group(const struct cddl *grammar,
    const struct entry *entry);
/* tree: for what `.cbor` says is inside of bytes. */
bool cddl_fits(const struct cddl *grammar, const char *rule,
    const struct node *value, struct tree *tree);
/* A value of the rule by a stream of numbers; `make` (may be NULL) makes those
 * of rules of which a grammar does not say all, or gives NULL. */
typedef struct node *(*cddl_make_fn)(struct tree *tree, const char *rule,
    uint32_t (*random)(void *arg), void *arg);
struct node *cddl_make(const struct cddl *grammar, const char *rule,
    struct tree *tree, cddl_make_fn make, uint32_t (*random)(void *arg),
    void *arg);

#endif
