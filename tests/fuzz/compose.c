/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys of a method into a field: the first byte is the method, the second the
 * size of the field; '\b' erases. The text stays within its field, is UTF-8
 * and NFC, and a key adds at most one letter.
 */
#include "screen.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Letters, marks and all. */
static size_t
count(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void
check(const char *text, size_t capacity)
{
	char nfc[COMPOSE_TEXT_MAX * 2];
	size_t n = strnlen(text, capacity);

	assert(n < capacity);
	assert(utf8_valid(text, n));
	assert(text_nfc(text, n, nfc, sizeof(nfc)) == n);
	assert(memcmp(nfc, text, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[COMPOSE_TEXT_MAX] = "";
	struct compose compose = { 0 };
	size_t capacity, at = 2;

	if (size < 2)
		return 0;
	compose.method = data[0] % 3;
	capacity = 1 + data[1] % (COMPOSE_TEXT_MAX - 1);
	while (at < size) {
		char character[5] = "";
		uint32_t code = utf8_next((const char *)data, size, &at);
		size_t before = count(text);

		if (code == '\b') {
			compose_erase(&compose, text);
			assert(count(text) == (before > 0 ? before - 1 : 0));
		} else if (code >= ' ') {
			utf8_put(code, character);
			compose_type(&compose, text, capacity, character);
		}
		check(text, capacity);
	}
	return 0;
}
