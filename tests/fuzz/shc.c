/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SMART Health Cards. The first byte says what the rest is: 'J' a whole JWS,
 * 'D' the digits behind shc:/, 'P' a JWS over two codes, broken at the second
 * byte; else the claims as JSON, packed here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/credential/parts.h"

#define CLAIMS_MAX 2000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t
base64url(const unsigned char *bytes, size_t n, char *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t used = 0;
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 6; have -= 6)
			out[used++] = alphabet[bits >> (have - 6) & 63];
	}
	if (have > 0)
		out[used++] = alphabet[bits << (6 - have) & 63];
	return used;
}

/* zlib's stream without its header and checksum is the raw one. */
static size_t
pack(const uint8_t *bytes, size_t n, char *text)
{
	static const char header[] = "eyJ6aXAiOiJERUYiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.";
	unsigned char packed[2 * CLAIMS_MAX];
	ssize_t len = deflate_bytes(bytes, n, packed, sizeof(packed));
	size_t used = strlen(header);

	if (len < 7 || len > 3000)
		return 0;
	memcpy(text, header, used);
	used += base64url(packed + 2, (size_t)len - 6, text + used);
	memcpy(text + used, ".AAAA", 5);
	return used + 5;
}

/* Characters to pairs of digits; what has none becomes the first of them. */
static size_t
part(const char *place, const uint8_t *bytes, size_t n, char *text)
{
	size_t used = (size_t)sprintf(text, "shc:/%s/2/", place);

	for (size_t i = 0; i < n; i++)
		used += (size_t)sprintf(text + used, "%02d",
		    bytes[i] >= 45 && bytes[i] <= 122 ? bytes[i] - 45 : 0);
	return used;
}

static void
join_two(const uint8_t *bytes, size_t n, struct credential_context *context)
{
	static char text[2 * CLAIMS_MAX + 20];
	struct credential_parts parts = { 0 };
	size_t at = 2 + (n > 2 ? bytes[1] * 8u % (n - 2) : 0);
	struct credential c;

	credential_join(&parts, (const void *)text, part("2", bytes + at,
	    n - at, text), context, &c);
	credential_join(&parts, (const void *)text, part("1", bytes + 2,
	    at - 2, text), context, &c);
	free(credential_json(&c));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credential_context context = { .has_now = true,
		.now = 1633046400 };
	char text[8000] = "shc:/";
	struct credential c;
	size_t len;

	if (n == 0 || n > CLAIMS_MAX)
		return 0;
	if (bytes[0] == 'P' && n > 2) {
		join_two(bytes, n, &context);
		return 0;
	}
	if (bytes[0] == 'J') {
		len = n - 1;
		memcpy(text, bytes + 1, len);
	} else if (bytes[0] == 'D') {
		len = n + 4;
		memcpy(text + 5, bytes + 1, n - 1);
	} else {
		len = pack(bytes, n, text);
	}
	credential_decode((const void *)text, len, &context, &c);
	if (strcmp(c.verification.signature, "valid") == 0)
		abort();
	free(credential_json(&c));
	return 0;
}
