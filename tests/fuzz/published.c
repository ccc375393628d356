/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a manifest, as a file of rows and as an archive: whole and
 * within bounds, or refused. What was found in a row file is what a walk
 * through it meets.
 */
#include "../../src/register/published.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
try_rows(const char *path)
{
	struct rowfile *file = rowfile_open(path, NULL);
	struct rowfile_place place = { 0 };
	struct rowfile_row row, again;
	unsigned char hash[HASH_BYTES];
	bool sound;
	int found;

	if (file == NULL)
		return;
	sound = rowfile_check(file, &lists[LIST_STATUSES], NULL) == 0;
	while (rowfile_next(file, &place, &row, NULL) > 0) {
		size_t len = row.len;

		memcpy(hash, row.hash, sizeof(hash));
		found = rowfile_find(file, hash, &again, NULL);
		require(!sound || (found == 1 && again.len == len));
	}
	rowfile_close(file);
}

static int
on_file(void *arg, const char *file, const unsigned char *bytes, size_t n,
    struct err *err)
{
	size_t sum = 0;

	(void)err;
	require(archive_name_valid(file));
	for (size_t i = 0; i < n; i++)
		sum += bytes[i];
	*(size_t *)arg += sum;
	return 0;
}

static const char *name;

static void
drop_file(void)
{
	unlink(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/chot-fuzz-XXXXXX";
	static int fd = -1;
	struct manifest m;
	size_t sum = 0;

	if (fd < 0) {
		fd = mkstemp(path);
		atexit(drop_file);
		name = path;
	}

	if (manifest_parse((const char *)data, size, &m, NULL) == 0) {
		require(m.version >= 1 && m.from < m.version);
		require(m.signed_len < size && m.expires > m.published);
		require(manifest_audience_valid(m.audience));
		manifest_free(&m);
	}
	archive_each(data, size, on_file, &sum, NULL);
	require(pwrite(fd, data, size, 0) == (ssize_t)size &&
	    ftruncate(fd, (off_t)size) == 0);
	try_rows(path);
	return 0;
}
