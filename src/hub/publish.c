/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * publish - CSV files to the next signed version of a list, for posts.
 *
 * What posts have is read back from the database, compared with the files,
 * and only what differs is published, unless that is most of it. Nothing is
 * seen by posts before the last statement.
 */
#include "parts.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "register_published.h"

#define CHAIN_MAX 9
#define DAY_S 86400

struct publication {
	const struct hub_publish *what;
	struct db *db;
	char dir[64];          /* for the versions in force */
	char list[24];
	size_t nchain;
	int64_t versions[CHAIN_MAX], pieces[CHAIN_MAX];
	char paths[CHAIN_MAX][96];
	unsigned given;
	int64_t version, now;
	struct text with;
	int64_t npieces;
	bool drawn;            /* a line of progress */
	FILE *out;             /* a piece being read back */
};

static void
number(struct db_value *value, uint64_t *place, int64_t n)
{
	*place = htobe64((uint64_t)n);
	*value = (struct db_value){ PG_INT8, place, sizeof(*place) };
}

/* ---- what is in force ------------------------------------------------------------------ */

static void
take_version(void *arg, char **fields, int count)
{
	struct publication *p = arg;

	(void)count;
	if (p->nchain == CHAIN_MAX)
		return;
	p->versions[p->nchain] = strtoll(fields[0], NULL, 10);
	p->given = (unsigned)strtoll(fields[1], NULL, 10);
	p->pieces[p->nchain++] = strtoll(fields[2], NULL, 10);
}

static void
take_with(void *arg, char **fields, int count)
{
	struct publication *p = arg;

	(void)count;
	text_add(&p->with, "%s %s\n", fields[0], fields[1]);
}

static int
find_versions(struct publication *p, struct err *err)
{
	const struct db_value values[] = { db_text(p->list),
		db_text(p->what->audience) };

	text_add(&p->with, "%s", "");
	if (db_call(p->db, "SELECT version, given, pieces FROM hub.in_force "
	    "WHERE list = $1 AND audience = $2 ORDER BY version", values, 2,
	    take_version, p, err) < 0)
		return -1;
	return db_call(p->db, "SELECT list, max(version) FROM hub.in_force "
	    "WHERE list <> $1 AND audience = $2 GROUP BY list ORDER BY list",
	    values, 2, take_with, p, err);
}

static void
take_piece(void *arg, char **fields, int count)
{
	struct publication *p = arg;
	size_t n = strlen(fields[0]) / 2;
	unsigned char *bytes = malloc(n + 1);

	(void)count;
	if (bytes == NULL)
		mem_none();
	if (hex_parse(fields[0], 2 * n, bytes, n) == (ssize_t)n)
		fwrite(bytes, 1, n, p->out);
	free(bytes);
}

static int
read_back(struct publication *p, size_t i, struct err *err)
{
	struct db_value values[2];
	uint64_t places[2];
	int ret = 0;

	snprintf(p->paths[i], sizeof(p->paths[i]), "%s/%zu", p->dir, i);
	p->out = fopen(p->paths[i], "we");
	if (p->out == NULL)
		return err_set(err, ERR_RETRY, "%s: %s", p->paths[i],
		    strerror(errno));
	for (int64_t piece = 0; ret == 0 && piece < p->pieces[i]; piece++) {
		number(&values[0], &places[0], p->versions[i]);
		number(&values[1], &places[1], piece);
		ret = db_call(p->db, "SELECT encode(bytes, 'hex') FROM "
		    "hub.piece WHERE version = $1 AND i = $2", values, 2,
		    take_piece, p, err);
	}
	if (fclose(p->out) != 0 && ret == 0)
		ret = err_set(err, ERR_RETRY, "%s: %s", p->paths[i],
		    strerror(errno));
	return ret;
}

static int
fetch_chain(struct publication *p, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(p->dir, sizeof(p->dir), "%.40s/chot-hub-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(p->dir) == NULL)
		return err_set(err, ERR_RETRY, "%s: %s", p->dir,
		    strerror(errno));
	for (size_t i = 0; i < p->nchain; i++)
		if (read_back(p, i, err) < 0)
			return -1;
	return 0;
}

static void
drop_chain(const struct publication *p)
{
	for (size_t i = 0; i < p->nchain; i++)
		if (p->paths[i][0] != '\0')
			unlink(p->paths[i]);
	if (p->dir[0] != '\0')
		rmdir(p->dir);
}

/* ---- a new version ------------------------------------------------------------------------- */

static void
on_report(void *arg, const char *line)
{
	struct publication *p = arg;

	fprintf(stderr, "%s%s\n", p->drawn ? "\r\033[K" : "", line);
	p->drawn = false;
}

static void
on_progress(void *arg, int64_t rows)
{
	struct publication *p = arg;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%" PRId64 " rows", rows);
	p->drawn = true;
}

static int
put_piece(void *arg, int64_t i, const void *bytes, size_t n, struct err *err)
{
	struct publication *p = arg;
	struct db_value values[3];
	uint64_t places[2];

	number(&values[0], &places[0], p->version);
	number(&values[1], &places[1], i);
	values[2] = (struct db_value){ PG_BYTEA, bytes, n };
	p->npieces++;
	/* Again after a lost connection: the same bytes. */
	return db_call(p->db, "INSERT INTO hub.piece (version, i, bytes) "
	    "VALUES ($1, $2, $3) ON CONFLICT (version, i) DO NOTHING", values,
	    3, NULL, NULL, err);
}

static void
take_number(void *arg, char **fields, int count)
{
	(void)count;
	*(int64_t *)arg = fields[0] != NULL ? strtoll(fields[0], NULL, 10) : 0;
}

static int
announce(struct publication *p, const struct register_version *v,
    const char *manifest, size_t len, struct err *err)
{
	const int64_t numbers[] = { v->version, v->from, v->given, v->rows,
		v->entries, v->expires, p->npieces };
	struct db_value n[nitems(numbers)];
	uint64_t places[nitems(numbers)];

	for (size_t i = 0; i < nitems(numbers); i++)
		number(&n[i], &places[i], numbers[i]);
	return db_call(p->db, "SELECT hub.publish($1,$2,$3,$4,$5,$6,$7,$8,$9,"
	    "$10::bigint::integer)", (const struct db_value[]){ n[0],
		db_text(v->list), db_text(v->audience), n[1], n[2], n[3], n[4],
		n[5], { PG_BYTEA, manifest, len }, n[6] }, 10, NULL, NULL,
	    err);
}

static int
sign_and_put(struct publication *p, struct register_version *v, FILE *data,
    struct err *err)
{
	struct register_signer signer;
	char *manifest;
	size_t len;
	int ret;

	if (register_signer_load(p->what->sign, &signer, err) < 0)
		return -1;
	if (db_call(p->db, "SELECT nextval('hub.version')", NULL, 0,
	    take_number, &p->version, err) < 0) {
		register_signer_wipe(&signer);
		return -1;
	}
	v->version = p->version;
	manifest = register_version_sign(v, &signer, data, put_piece, p, &len,
	    err);
	register_signer_wipe(&signer);
	if (manifest == NULL)
		return -1;
	ret = announce(p, v, manifest, len, err);
	free(manifest);
	if (ret == 0)
		printf("%s for %s: version %" PRId64 ", %" PRId64
		    " entries, %" PRId64 " %s in %" PRId64 " pieces\n",
		    v->list, v->audience, v->version, v->entries, v->rows,
		    v->from > 0 ? "changes" : "rows", p->npieces);
	return ret;
}

static int
make_rows(struct publication *p, struct register_version *v, FILE *data,
    struct register_edition *edition, struct err *err)
{
	const char *chain[CHAIN_MAX];
	struct register_key key;
	int ret;

	for (size_t i = 0; i < p->nchain; i++)
		chain[i] = p->paths[i];
	edition->chain = chain;
	edition->nchain = p->nchain;
	edition->given = p->given;
	snprintf(edition->list, sizeof(edition->list), "%s", p->list);
	if (fetch_chain(p, err) < 0 ||
	    register_key_load(p->what->register_key, &key, err) < 0)
		return -1;
	ret = register_edition_make(&key, edition, data, err);
	register_key_wipe(&key);
	if (p->drawn)
		fprintf(stderr, "\r\033[K");
	v->from = edition->below > 0 ? p->versions[edition->below - 1] : 0;
	v->given = edition->given;
	v->check = edition->check;
	v->rows = edition->rows;
	v->entries = edition->entries;
	return ret;
}

static int
make(struct publication *p, const struct register_file *files,
    struct err *err)
{
	const struct hub_publish *what = p->what;
	const char *slash = strrchr(what->files[0], '/');
	struct register_version v = { .list = p->list, .check = "",
		.audience = what->audience, .published = p->now,
		.expires = p->now + what->days * DAY_S,
		.made_at = what->made_at != 0 ? what->made_at : p->now, .floors = what->floors,
		.source = what->source != NULL ? what->source :
		    slash != NULL ? slash + 1 : what->files[0],
		.with = p->with.bytes };
	struct register_edition edition = { .files = files,
		.nfiles = what->nfiles, .utc_offset_s = 7 * 3600,
		.whole = what->whole, .report = on_report,
		.progress = on_progress, .arg = p };
	FILE *data = tmpfile();
	int ret;

	if (data == NULL)
		return err_set(err, ERR_RETRY, "no temporary file: %s",
		    strerror(errno));
	if (what->list != NULL) {
		v.rows = v.entries = register_archive_make(what->list,
		    files, what->nfiles, data, on_report, p, err);
		ret = v.rows < 0 ? -1 : 0;
	} else {
		ret = make_rows(p, &v, data, &edition, err);
	}
	if (ret == 0)
		ret = sign_and_put(p, &v, data, err);
	fclose(data);
	return ret;
}

int
hub_publish(const struct hub_publish *what, struct err *err)
{
	struct register_file files[HUB_FILES_MAX];
	struct publication p = { .what = what };
	int ret;

	if (what->nfiles < 1 || what->nfiles > HUB_FILES_MAX)
		return err_set(err, ERR_USAGE, "publish takes 1 to %d files",
		    HUB_FILES_MAX);
	for (size_t i = 0; i < what->nfiles; i++)
		files[i] = (struct register_file){ .path = what->files[i] };
	if (what->list != NULL)
		snprintf(p.list, sizeof(p.list), "%s", what->list);
	else if (register_edition_list(what->files[0], p.list, err) < 0)
		return -1;
	p.now = wall_now();
	if (what->made_at > p.now)
		return err_set(err, ERR_USAGE, "--made is yet to come");
	p.db = db_new(what->database);
	ret = migrate_check(p.db, err);
	if (ret == 0)
		ret = find_versions(&p, err);
	if (ret == 0)
		ret = make(&p, files, err);
	drop_chain(&p);
	text_free(&p.with);
	db_free(p.db);
	return ret;
}
