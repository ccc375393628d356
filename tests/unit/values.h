/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value sets as they are installed, for tests of the room credential. */
#ifndef TESTS_UNIT_VALUES_H
#define TESTS_UNIT_VALUES_H

#include <stdio.h>
#include <stdlib.h>

#include "credential.h"

static inline struct credential_values *
values_installed(void)
{
	static const char *const names[] = { "cvx", "diseases",
		"manufacturers", "products", "test-devices", "test-results",
		"test-types", "vaccines", "vn-plates", "vn-provinces" };
	static struct credential_values *values; /* until the test ends */
	struct err err = { 0 };

	if (values != NULL)
		return values;
	values = credential_values_new();
	for (size_t i = 0; i < nitems(names); i++) {
		char path[4096], *text;
		size_t n;

		snprintf(path, sizeof(path), "%s/contrib/value-sets/%s.json",
		    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".",
		    names[i]);
		text = file_read(path, CREDENTIAL_VALUES_MAX, &n, &err);
		if (text == NULL || credential_values_add(values, names[i],
		    text, n, &err) != 0) {
			fprintf(stderr, "%s\n", err.text);
			abort();
		}
		free(text);
	}
	return values;
}

#endif
