/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test includes: cmocka and what it wants before it.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* $SRCDIR/name or $BUILDDIR/name; static storage, until the next call. */
static inline const char *
test_path(const char *variable, const char *name)
{
	static char path[4096];
	const char *dir = getenv(variable);

	snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : ".", name);
	return path;
}

#endif
