/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tickets - a table of posts to one-time papers: chot-hub enrol. Nothing is
 * made until the whole table is understood.
 */
#include "parts.h"

#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define POSTS_MAX 20000
#define SECRET_BYTES 16
#define URL_BYTES_MAX 300

struct post {
	char station[OUTBOX_STATION_MAX], name[SHEET_NAME_MAX + 1];
};

struct table {
	struct post *posts;
	size_t count;
};

/* ---- the table ---------------------------------------------------------------------- */

static int
add_post(void *arg, int line, const char *const *cells, struct err *err)
{
	struct table *table = arg;
	struct post *post;

	if (table->count == POSTS_MAX)
		return err_set(err, ERR_INPUT, "more than %d posts", POSTS_MAX);
	if (!station_valid((struct slice){ cells[0], strlen(cells[0]) }))
		return err_set(err, ERR_INPUT, "line %d: not a station's id",
		    line);
	if (strlen(cells[1]) > SHEET_NAME_MAX)
		return err_set(err, ERR_INPUT, "line %d: a name is at most %d "
		    "bytes", line, SHEET_NAME_MAX);
	table->posts = realloc(table->posts, (table->count + 1) *
	    sizeof(*table->posts));
	if (table->posts == NULL)
		mem_none();
	post = &table->posts[table->count++];
	snprintf(post->station, sizeof(post->station), "%s", cells[0]);
	text_clean(cells[1], strlen(cells[1]), post->name,
	    sizeof(post->name) - 1);
	return 0;
}

static int
compare_posts(const void *a, const void *b)
{
	const struct post *one = a, *other = b;

	return strcmp(one->station, other->station);
}

static int
check_twice(const struct table *table, struct err *err)
{
	struct post *sorted = calloc(table->count + 1, sizeof(*sorted));
	int ret = 0;

	if (sorted == NULL)
		mem_none();
	memcpy(sorted, table->posts, table->count * sizeof(*sorted));
	qsort(sorted, table->count, sizeof(*sorted), compare_posts);
	for (size_t i = 1; i < table->count && ret == 0; i++)
		if (strcmp(sorted[i - 1].station, sorted[i].station) == 0)
			ret = err_set(err, ERR_INPUT, "%s is there twice",
			    sorted[i].station);
	free(sorted);
	return ret;
}

static int
read_table(const char *path, struct table *table, struct err *err)
{
	static const char *const columns[] = { "id", "name" };
	int ret = cells_read(path, columns, nitems(columns), add_post, table,
	    err);

	if (ret == 0 && table->count == 0)
		ret = err_set(err, ERR_INPUT, "names no post");
	if (ret == 0)
		ret = check_twice(table, err);
	return ret < 0 ? err_within(err, "%s", path) : 0;
}

/* ---- one ticket ---------------------------------------------------------------------- */

static void
take_expires(void *arg, char **fields, int count)
{
	(void)count;
	snprintf(arg, 32, "%s", fields[0] != NULL ? fields[0] : "");
}

static int
store(struct db *db, const struct hub_tickets *call, const struct post *post,
    const unsigned char secret[SECRET_BYTES], char expires[32],
    struct err *err)
{
	uint32_t seconds = htobe32((uint32_t)call->days * 86400);
	unsigned char hash[CA_HASH_BYTES];

	ca_hash(secret, SECRET_BYTES, hash);
	expires[0] = '\0';
	return db_call(db, "SELECT hub.ticket_make($1,$2,$3,$4)",
	    (const struct db_value[]){
		db_text(post->station),
		db_text(post->name),
		{ PG_BYTEA, hash, sizeof(hash) },
		{ PG_INT4, &seconds, sizeof(seconds) } }, 4, take_expires,
	    expires, err);
}

static int
make_one(struct db *db, const struct hub_tickets *call,
    const char *fingerprint, const struct post *post, struct err *err)
{
	char ticket[TICKET_TEXT_MAX], path[PATH_MAX], expires[32];
	char hex[2 * SECRET_BYTES + 1];
	unsigned char secret[SECRET_BYTES];
	struct sheet sheet = { post->station, post->name, ticket, call->url,
		expires };
	int ret;

	if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		return err_set(err, ERR_ABSENT, "no random numbers here");
	if (snprintf(path, sizeof(path), "%s/%s.svg", call->dir,
	    post->station) >= (int)sizeof(path))
		return err_set(err, ERR_USAGE, "path too long");
	if (store(db, call, post, secret, expires, err) < 0)
		return -1;
	hex_print(secret, sizeof(secret), hex);
	snprintf(ticket, sizeof(ticket), "chot-enrol 1 %s %s %s %s %s",
	    post->station, call->url, fingerprint, hex, expires);
	ret = sheet_write(&sheet, path, err);
	if (ret == 0)
		fprintf(call->out, "%s\n", call->plain ? ticket : path);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(hex, sizeof(hex));
	explicit_bzero(ticket, sizeof(ticket));
	return ret;
}

static int
check_url(const char *url, struct err *err)
{
	size_t n = url != NULL ? strlen(url) : 0;

	if (n < 9 || n > URL_BYTES_MAX || strncmp(url, "https://", 8) != 0)
		return err_set(err, ERR_USAGE, "--url is where posts reach "
		    "this hub, https://...");
	for (size_t i = 0; i < n; i++)
		if (url[i] <= ' ' || url[i] >= 0x7f || url[i] == '"')
			return err_set(err, ERR_USAGE, "--url holds a "
			    "character that no address has");
	return 0;
}

int
hub_enrol(const struct hub_tickets *call, struct err *err)
{
	unsigned char der[CA_CERTIFICATE_MAX], hash[CA_HASH_BYTES];
	char fingerprint[2 * CA_HASH_BYTES + 1];
	struct table table = { .count = 0 };
	struct db *db;
	size_t len;
	int ret;

	if (check_url(call->url, err) < 0 ||
	    ca_read(call->server_ca, der, &len, err) < 0)
		return -1;
	ca_hash(der, len, hash);
	hex_print(hash, sizeof(hash), fingerprint);
	db = db_new(call->database);
	ret = read_table(call->table, &table, err);
	if (ret == 0)
		ret = migrate_check(db, err);
	if (ret == 0)
		ret = dir_make(call->dir, 0700, err);
	for (size_t i = 0; i < table.count && ret == 0; i++)
		ret = make_one(db, call, fingerprint, &table.posts[i], err);
	db_free(db);
	free(table.posts);
	return ret;
}
