/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a value set: taken in or refused in one line, then used. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char card[] = "094300000123||A|15032000|Nam|X|10052021";
	struct credential_values *values = credential_values_new();
	struct credential_context context = { .values = values };
	struct err err = { 0 };
	struct credential c;
	char *json;

	if (credential_values_add(values, "set", (const char *)bytes, n,
	    &err) != 0 && (strncmp(err.text, "set:", 4) != 0 ||
	    strpbrk(err.text, "\n\033") != NULL))
		abort();
	credential_decode((const unsigned char *)card, strlen(card), &context,
	    &c);
	json = credential_json(&c);
	if (strpbrk(json, "\x1b\x7f\n") != NULL)
		abort();
	free(json);
	credential_decode((const unsigned char *)"51F12345", 8, &context, &c);
	credential_values_free(values);
	return 0;
}
