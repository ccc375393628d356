/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle - the lists that are in force as a file for USB sticks,
 * chot-bundle(5): a LIST part for each manifest and piece. Each list is
 * signed by itself, so that the bundle needs no signature of its own.
 */
#include "parts.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "chot-bundle-1\n";

struct bundle {
	struct db *db;
	FILE *file;
	struct sha256 *sha;
	uint64_t parts;
	size_t versions;
	struct {
		int64_t version, pieces;
	} list[1024];
};

static void
put(struct bundle *b, const void *bytes, size_t n)
{
	fwrite(bytes, 1, n, b->file); /* a fault is noticed at the end */
	sha256_add(b->sha, bytes, n);
}

static void
put_part(struct bundle *b, const char *type, const void *bytes, size_t n)
{
	uint32_t len = htobe32((uint32_t)n);

	put(b, type, 4);
	put(b, &len, sizeof(len));
	put(b, bytes, n);
	b->parts++;
}

static void
put_hex(void *arg, char **fields, int count)
{
	size_t n = fields[0] != NULL ? strlen(fields[0]) / 2 : 0;
	unsigned char *bytes = malloc(n + 1);

	(void)count;
	if (bytes == NULL)
		mem_none();
	if (n > 0 && hex_parse(fields[0], 2 * n, bytes, n) == (ssize_t)n)
		put_part(arg, "LIST", bytes, n);
	free(bytes);
}

static void
take_version(void *arg, char **fields, int count)
{
	struct bundle *b = arg;

	(void)count;
	if (b->versions == nitems(b->list))
		return;
	b->list[b->versions].version = strtoll(fields[0], NULL, 10);
	b->list[b->versions++].pieces = strtoll(fields[1], NULL, 10);
}

static int
put_version(struct bundle *b, size_t at, struct err *err)
{
	uint64_t version = htobe64((uint64_t)b->list[at].version), i;
	struct db_value values[] = { { PG_INT8, &version, 8 },
		{ PG_INT8, &i, 8 } };

	if (db_call(b->db, "SELECT encode(manifest, 'hex') FROM hub.release "
	    "WHERE version = $1", values, 1, put_hex, b, err) < 0)
		return -1;
	for (int64_t piece = 0; piece < b->list[at].pieces; piece++) {
		i = htobe64((uint64_t)piece);
		if (db_call(b->db, "SELECT encode(bytes, 'hex') FROM hub.piece"
		    " WHERE version = $1 AND i = $2", values, 2, put_hex, b,
		    err) < 0)
			return -1;
	}
	return 0;
}

static int
put_all(struct bundle *b, const char *station, struct err *err)
{
	const struct db_value value = { PG_TEXT, station, strlen(station) };
	unsigned char end[8 + 32];
	uint64_t parts;

	/* For one post its own; else those of all audiences. */
	if (db_call(b->db, "SELECT f.version, f.pieces FROM hub.in_force f "
	    "WHERE $1 = '' OR EXISTS (SELECT FROM hub.station s WHERE "
	    "s.id = $1 AND hub.is_for(s.no, s.id, f.audience)) "
	    "ORDER BY f.version", &value, 1, take_version, b, err) < 0)
		return -1;
	if (b->versions == 0)
		return err_set(err, ERR_INPUT, "no list is published%s%s",
		    station[0] != '\0' ? " for " : "", station);
	put(b, magic, sizeof(magic) - 1);
	for (size_t i = 0; i < b->versions; i++)
		if (put_version(b, i, err) < 0)
			return -1;
	parts = htobe64(b->parts);
	memcpy(end, &parts, sizeof(parts));
	sha256_so_far(b->sha, end + 8);
	put_part(b, "END ", end, sizeof(end));
	return 0;
}

static int
save(struct bundle *b, const char *part, const char *path, struct err *err)
{
	bool good = fflush(b->file) == 0 && !ferror(b->file) &&
	    fsync(fileno(b->file)) == 0;

	if (fclose(b->file) != 0 || !good || rename(part, path) < 0) {
		err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
		unlink(part);
		return -1;
	}
	printf("%s: %zu versions of lists\n", path, b->versions);
	return 0;
}

int
hub_bundle(const char *database, const char *path, const char *station,
    struct err *err)
{
	struct bundle *b = calloc(1, sizeof(*b));
	char part[PATH_MAX];
	int ret = -1;

	if (b == NULL)
		mem_none();
	snprintf(part, sizeof(part), "%s.part", path);
	b->db = db_new(database);
	b->sha = sha256_new();
	if (migrate_check(b->db, err) == 0) {
		b->file = fopen(part, "we");
		if (b->file == NULL)
			err_set(err, ERR_INPUT, "%s: %s", part,
			    strerror(errno));
		else
			ret = put_all(b, station, err);
	}
	if (ret == 0) {
		ret = save(b, part, path, err);
	} else if (b->file != NULL) {
		fclose(b->file);
		unlink(part);
	}
	sha256_free(b->sha);
	db_free(b->db);
	free(b);
	return ret;
}
