/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the claims of a health certificate may be; dcc.c and dcc_schema.c. */
#ifndef CREDENTIAL_DCC_H
#define CREDENTIAL_DCC_H

#include "parts.h"

enum dcc_type { DCC_TEXT, DCC_COUNTRY, DCC_DATE, DCC_TIME, DCC_COUNT,
	DCC_MAKER, DCC_DEVICE };

struct dcc_field {
	const char *key;
	enum dcc_type type;
	bool required;
};

struct dcc_group { /* vaccination, test or recovery */
	const char *key, *word;
	const char *when; /* the field that says which entry is the latest */
	enum key_usage usage;
	const struct dcc_field *fields;
	size_t nfields;
};

/* NULL: none of the groups is there. */
const struct dcc_group *dcc_group_of(const struct node *dcc);
/* The entry that counts: the latest. NULL: there is none. */
const struct node *dcc_entry(const struct node *dcc,
    const struct dcc_group *group);

struct dcc_signed { /* what the claims around it say */
	const char *issuer; /* NULL: not given */
	bool has_at;
	int64_t at;
};
bool dcc_schema_valid(const struct node *dcc, const struct dcc_signed *signed_by);
/* ISO, partial or with a time part, or 31.12.2000; "" out when unknown. */
bool dcc_date(const char *text, char out[11]);

#endif
