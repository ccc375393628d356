/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICAO seals: JSON, its canonical form, and the certificate in it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/credential/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credential_context context = { .has_now = true,
		.now = 1633046400 };
	char first[9000], again[9000];
	struct tree *tree = tree_new();
	const struct node *node;
	struct credential c;
	size_t len;

	credential_decode(bytes, n, &context, &c);
	free(credential_json(&c));
	/* The canonical form of the canonical form is itself. */
	node = json_parse(tree, (const char *)bytes, n);
	if (node != NULL && (len = canonical_json(node, first,
	    sizeof(first))) > 0) {
		node = json_parse(tree, first, len);
		if (node != NULL && (canonical_json(node, again,
		    sizeof(again)) != len || memcmp(first, again, len) != 0))
			abort();
	}
	tree_free(tree);
	return 0;
}
