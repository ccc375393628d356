/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KEY_TRUST_H
#define KEY_TRUST_H

#include <stdbool.h>

struct key_trust_options {
	const char *config; /* NULL: the default */
	const char *signer, *name;
	bool force, json;
};

/* words: what stands behind "chot key trust". */
int key_trust(const struct key_trust_options *options, char **words,
    int nwords);

#endif
