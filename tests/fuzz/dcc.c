/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Health certificates and our own documents. A first byte 'T': what follows
 * is the text behind HC1:. 'O': a message of ours. Else a health message,
 * packed here: a fuzzer cannot guess zlib's checksum.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/credential/parts.h"

#define MESSAGE_MAX 2600

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t
pack(const uint8_t *bytes, size_t n, char *text)
{
	unsigned char packed[2 * MESSAGE_MAX];
	ssize_t len = deflate_bytes(bytes, n, packed, sizeof(packed));

	if (len < 0 || len > 2800)
		return 0;
	return base45_encode(packed, (size_t)len, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credential_context context = { .has_now = true,
		.now = 1633046400 };
	char text[CREDENTIAL_TEXT_MAX + 8] = "HC1:";
	struct credential c;
	size_t len;
	char *json;

	if (n == 0 || n > MESSAGE_MAX)
		return 0;
	if (bytes[0] == 'T') {
		len = n - 1;
		memcpy(text + 4, bytes + 1, len);
	} else if (bytes[0] == 'O') {
		memcpy(text, "CP1:", 4);
		len = pack(bytes + 1, n - 1, text + 4);
	} else {
		len = pack(bytes, n, text + 4);
	}
	credential_decode((const void *)text, len + 4, &context, &c);
	/* Nothing here is signed by a key that is known. */
	if (strcmp(c.verification.signature, "valid") == 0)
		abort();
	json = credential_json(&c);
	free(json);
	return 0;
}
