/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Machine-readable zones: the bytes become a text of the right length and
 * alphabet; when the first byte is odd, its check digits are made to fit, so
 * that the fields behind them are reached.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int
value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c == '<' ? 0 : c - 'A' + 10;
}

/* spans: pairs of start and length, ended by a length of 0. */
static void
fit(char *text, size_t check, const unsigned char *spans)
{
	static const int weights[] = { 7, 3, 1 };
	int sum = 0;
	size_t k = 0;

	for (; spans[1] > 0; spans += 2)
		for (size_t i = 0; i < spans[1]; i++)
			sum += value(text[spans[0] + i]) * weights[k++ % 3];
	text[check] = (char)('0' + sum % 10);
}

static void
fit_all(char *text, size_t len)
{
	static const struct {
		size_t len;
		unsigned char check, spans[10];
	} checks[] = {
		{ 88, 53, { 44, 9 } }, { 88, 63, { 57, 6 } },
		{ 88, 71, { 65, 6 } }, { 88, 86, { 72, 14 } },
		{ 88, 87, { 44, 10, 57, 7, 65, 22 } },
		{ 90, 14, { 5, 9 } }, { 90, 29, { 15, 14 } },
		{ 90, 36, { 30, 6 } }, { 90, 44, { 38, 6 } },
		{ 90, 59, { 5, 25, 30, 7, 38, 7, 48, 11 } },
		{ 72, 45, { 36, 9 } }, { 72, 55, { 49, 6 } },
		{ 72, 63, { 57, 6 } }, { 72, 71, { 36, 10, 49, 7, 57, 14 } },
	};

	for (size_t i = 0; i < nitems(checks); i++)
		if (checks[i].len == len)
			fit(text, checks[i].check, checks[i].spans);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char alphabet[] = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const size_t lengths[] = { 88, 90, 72 };
	struct credential_context context = { .has_now = true,
		.now = 1634230800 };
	struct credential c;
	char text[96];
	size_t len;

	if (n == 0)
		return 0;
	len = lengths[bytes[0] / 2 % 3];
	memset(text, '<', len);
	for (size_t i = 0; i < len && i + 1 < n; i++)
		text[i] = strchr(alphabet, bytes[i + 1]) != NULL &&
		    bytes[i + 1] != '\0' ? (char)bytes[i + 1] :
		    alphabet[bytes[i + 1] % 37];
	if (bytes[0] % 2 == 1)
		fit_all(text, len);
	credential_decode((const void *)text, len, &context, &c);
	free(credential_json(&c));
	return 0;
}
