/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory - what libraries do when there is no memory: as we do ourselves.
 *
 * jansson would leave a member out and libcrypto call a signature false:
 * wrong answers that look right.
 */
#include "memory.h"

#include "base.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>

static void *
crypto_take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size == 0 ? NULL : mem_take(size);
}

static void *
crypto_retake(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return mem_retake(old, size);
}

static void
crypto_release(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

void
memory_for_libraries(void)
{
	json_set_alloc_funcs(mem_take, free);
	CRYPTO_set_mem_functions(crypto_take, crypto_retake, crypto_release);
}
