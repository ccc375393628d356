/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle - the lists that are in force onto USB sticks, chot-bundle(5): a
 * LIST part for each manifest and piece. Each list is signed by itself, so
 * that the bundle needs no signature of its own.
 */
#include "parts.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which ones -------------------------------------------------------------------- */

struct wanting {
	struct bundle_lists *lists;
	const int64_t *have;
	size_t nhave;
};

static void
take_version(void *arg, char **fields, int count)
{
	const struct wanting *w = arg;
	int64_t version = strtoll(fields[0], NULL, 10);
	struct bundle_lists *lists = w->lists;

	(void)count;
	for (size_t i = 0; i < w->nhave; i++)
		if (w->have[i] == version)
			return;
	for (size_t i = 0; i < lists->count; i++)
		if (lists->list[i].version == version)
			return;
	if (lists->count == nitems(lists->list))
		return;
	lists->list[lists->count].version = version;
	lists->list[lists->count++].pieces = strtoll(fields[1], NULL, 10);
}

int
bundle_want(struct bundle_lists *lists, struct db *db, const char *station,
    const int64_t *have, size_t nhave, struct err *err)
{
	const struct db_value value = db_text(station);
	struct wanting wanting = { lists, have, nhave };

	return db_call(db, "SELECT f.version, f.pieces FROM hub.in_force f "
	    "WHERE $1 = '' OR EXISTS (SELECT FROM hub.station s WHERE "
	    "s.id = $1 AND hub.is_for(s.no, s.id, f.audience)) "
	    "ORDER BY f.version", &value, 1, take_version, &wanting, err);
}

/* ---- onto the stick ------------------------------------------------------------------ */

struct putting {
	struct stick_out *out;
	int error; /* errno, 0: none */
};

static void
put_hex(void *arg, char **fields, int count)
{
	size_t n = fields[0] != NULL ? strlen(fields[0]) / 2 : 0;
	unsigned char *bytes = malloc(n + 1);
	struct putting *p = arg;

	(void)count;
	if (bytes == NULL)
		mem_none();
	if (n > 0 && p->error == 0 &&
	    hex_parse(fields[0], 2 * n, bytes, n) == (ssize_t)n &&
	    stick_put(p->out, "LIST", bytes, n) < 0)
		p->error = errno;
	free(bytes);
}

static int
put_version(struct putting *p, struct db *db, int64_t which, int64_t pieces,
    struct err *err)
{
	uint64_t version = htobe64((uint64_t)which), i;
	struct db_value values[] = { { PG_INT8, &version, 8 },
		{ PG_INT8, &i, 8 } };

	if (db_call(db, "SELECT encode(manifest, 'hex') FROM hub.release "
	    "WHERE version = $1", values, 1, put_hex, p, err) < 0)
		return -1;
	for (int64_t piece = 0; piece < pieces && p->error == 0; piece++) {
		i = htobe64((uint64_t)piece);
		if (db_call(db, "SELECT encode(bytes, 'hex') FROM hub.piece"
		    " WHERE version = $1 AND i = $2", values, 2, put_hex, p,
		    err) < 0)
			return -1;
	}
	return p->error == 0 ? 0 : err_set(err, ERR_RETRY, "%s",
	    strerror(p->error));
}

static int
by_version(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
bundle_put(struct bundle_lists *lists, struct db *db, struct stick_out *out,
    struct err *err)
{
	struct putting putting = { .out = out };

	/* What adds to a version comes behind it. */
	qsort(lists->list, lists->count, sizeof(lists->list[0]), by_version);
	for (size_t i = 0; i < lists->count; i++)
		if (put_version(&putting, db, lists->list[i].version,
		    lists->list[i].pieces, err) < 0)
			return -1;
	return 0;
}

/* ---- a file of lists alone ------------------------------------------------------------- */

static int
put_all(struct bundle_lists *lists, struct db *db, const char *station,
    FILE *file, struct err *err)
{
	struct stick_out out;
	int ret;

	/* For one post its own; else those of all audiences. */
	if (bundle_want(lists, db, station, NULL, 0, err) < 0)
		return -1;
	if (lists->count == 0)
		return err_set(err, ERR_INPUT, "no list is published%s%s",
		    station[0] != '\0' ? " for " : "", station);
	ret = stick_begin(&out, file);
	if (ret == 0 && bundle_put(lists, db, &out, err) < 0) {
		stick_free(&out);
		return -1;
	}
	if (ret == 0)
		ret = stick_end(&out);
	stick_free(&out);
	if (ret < 0 || fflush(file) != 0 || fsync(fileno(file)) != 0)
		return err_set(err, ERR_RETRY, "%s", strerror(errno));
	return 0;
}

static int
write_file(struct bundle_lists *lists, struct db *db, const char *path,
    const char *station, struct err *err)
{
	char part[PATH_MAX];
	FILE *file;
	int ret;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return err_set(err, ERR_USAGE, "path too long");
	file = fopen(part, "we");
	if (file == NULL)
		return err_set(err, ERR_INPUT, "%s: %s", part,
		    strerror(errno));
	ret = put_all(lists, db, station, file, err);
	if ((fclose(file) != 0 || (ret == 0 && rename(part, path) < 0)) &&
	    ret == 0)
		ret = err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
	if (ret < 0)
		unlink(part);
	return ret;
}

int
hub_bundle(const char *database, const char *path, const char *station,
    struct err *err)
{
	struct bundle_lists *lists = calloc(1, sizeof(*lists));
	struct db *db = db_new(database);
	int ret;

	if (lists == NULL)
		mem_none();
	ret = migrate_check(db, err);
	if (ret == 0)
		ret = write_file(lists, db, path, station, err);
	if (ret == 0)
		printf("%s: %zu versions of lists\n", path, lists->count);
	db_free(db);
	free(lists);
	return ret;
}
