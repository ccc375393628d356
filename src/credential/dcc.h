/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the claims of a health certificate may be; dcc.c and dcc_schema.c. */
#ifndef CREDENTIAL_DCC_H
#define CREDENTIAL_DCC_H

#include "parts.h"

enum dcc_type { DCC_TEXT, DCC_COUNTRY, DCC_DATE, DCC_TIME, DCC_COUNT };

struct dcc_field {
	const char *key;
	enum dcc_type type;
	bool required;
};

struct dcc_group { /* vaccination, test or recovery */
	const char *key, *word;
	enum key_usage usage;
	const struct dcc_field *fields;
	size_t nfields;
};

/* NULL: none of the groups is there. */
const struct dcc_group *dcc_group_of(const struct node *dcc);
bool dcc_schema_valid(const struct node *dcc);
/* ISO, partial or with a time part, or 31.12.2000; "" out when unknown. */
bool dcc_date(const char *text, char out[11]);

#endif
