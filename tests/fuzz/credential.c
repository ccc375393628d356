/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes from a scanner: decoded, printed, compared with themselves. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct credential_context context = { .has_now = true,
		.now = 1634230800 };
	struct credential c;
	char *json;

	credential_decode(bytes, n, &context, &c);
	json = credential_json(&c);
	if (!utf8_valid(json, strlen(json)) || strpbrk(json, "\x1b\x7f\n") != NULL)
		abort();
	free(json);
	credential_compare(&c, &c);
	return 0;
}
