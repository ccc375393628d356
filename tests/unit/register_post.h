/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A publisher and a post in a directory of their own, for the tests of
 * published lists.
 */
#ifndef REGISTER_POST_H
#define REGISTER_POST_H

#include "../../src/register/published.h"

#include <dirent.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define NOW 1634886000 /* 2021-10-22T14:00+07:00 */
#define DAY 86400
#define MAI "VNM:PIN:094300000123"
#define NAM "VNM:PIN:001085012345"
#define HEADER "id,status,since,ends,source\n"
#define MAI_F1 HEADER "094300000123,F1,2021-10-12,2021-11-02,CDC\n"
#define BOTH MAI_F1 "001085012345,F0,2021-10-13,,CDC 2\n"

#define PIECES_MAX 64

struct parcel { /* a version, as it travels */
	char *manifest;
	size_t manifest_len, count;
	char *pieces[PIECES_MAX];
	size_t lens[PIECES_MAX];
	FILE *data;
};

struct place {
	char dir[64], csv[96];
	struct register_key key;
	struct register_signer signer, other;
	int64_t version;
	char chain[SHELF_CHAIN_MAX][96]; /* at the publisher's */
	size_t nchain;
	int64_t last[SHELF_CHAIN_MAX];
	char list[24], check[25];
	unsigned given;
};

__attribute__((unused)) static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* NAME.key and, where wanted, its public half among the publishers. */
__attribute__((unused)) static void
make_signer(struct place *p, const char *name, bool known,
    struct register_signer *signer)
{
	unsigned char public[32], secret[64], hash[32];
	char path[160], line[256], hex[65], id[17];
	struct err err = { 0 };

	crypto_sign_keypair(public, secret);
	hash_digest(public, sizeof(public), hash);
	hash_hex(hash, 8, id);
	hash_hex(secret, 32, hex);
	snprintf(line, sizeof(line), "chot-sign-secret %s %s\n", hex, id);
	snprintf(path, sizeof(path), "%s/%s.key", p->dir, name);
	assert_int_equal(file_write(path, line, strlen(line), 0600, false,
	    &err), 0);
	assert_int_equal(register_signer_load(path, signer, &err), 0);
	if (!known)
		return;
	hash_hex(public, 32, hex);
	snprintf(line, sizeof(line), "chot-sign-public %s %s\n", hex, id);
	snprintf(path, sizeof(path), "%s/keys/publishers/%s.pub", p->dir, name);
	assert_int_equal(file_write(path, line, strlen(line), 0644, false,
	    &err), 0);
}

__attribute__((unused)) static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char path[160];
	struct err err = { 0 };

	strcpy(p->dir, "/tmp/chot-published-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->csv, sizeof(p->csv), "%s/list.csv", p->dir);
	snprintf(path, sizeof(path), "%s/keys/publishers", p->dir);
	assert_int_equal(dir_make(path, 0700, &err), 0);
	snprintf(path, sizeof(path), "%s/keys/register.key", p->dir);
	assert_int_equal(register_key_make(path, &err), 0);
	assert_int_equal(register_key_load(path, &p->key, &err), 0);
	make_signer(p, "hub", true, &p->signer);
	make_signer(p, "other", false, &p->other);
	*state = p;
	return 0;
}

__attribute__((unused)) static int
tear_down(void **state)
{
	struct place *p = *state;
	char command[128];

	register_key_wipe(&p->key);
	register_signer_wipe(&p->signer);
	register_signer_wipe(&p->other);
	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* ---- publishing ----------------------------------------------------------------------- */

__attribute__((unused)) static void
on_report(void *arg, const char *line)
{
	(void)arg;
	print_message("%s\n", line);
}

__attribute__((unused)) static int
keep_piece(void *arg, int64_t number, const void *bytes, size_t n,
    struct err *err)
{
	struct parcel *parcel = arg;

	(void)err;
	assert_true(number < PIECES_MAX);
	parcel->pieces[number] = malloc(n);
	memcpy(parcel->pieces[number], bytes, n);
	parcel->lens[number] = n;
	parcel->count++;
	return 0;
}

__attribute__((unused)) static void
sign(struct place *p, const struct register_signer *signer,
    const struct register_version *version, struct parcel *parcel)
{
	struct err err = { 0 };

	(void)p;
	parcel->manifest = register_version_sign(version, signer,
	    parcel->data, keep_piece, parcel, &parcel->manifest_len, &err);
	if (parcel->manifest == NULL)
		fail_msg("%s", err.text);
}

__attribute__((unused)) static struct register_version
plain_version(struct place *p)
{
	return (struct register_version){ .version = ++p->version,
		.audience = "all", .source = "test", .published = NOW - 60,
		.expires = NOW + 7 * DAY, .made_at = NOW - 3600,
		.floors = "", .with = "", .check = "", .list = "statuses" };
}

/* What of version is set already stays. */
__attribute__((unused)) static void
publish_as(struct place *p, const char *csv, bool whole,
    const struct register_signer *signer, struct register_version *version,
    struct parcel *parcel)
{
	const char *chain[SHELF_CHAIN_MAX];
	struct register_file file = { .path = p->csv };
	struct register_edition edition = { .files = &file, .nfiles = 1,
		.utc_offset_s = 7 * 3600, .chain = chain,
		.nchain = p->nchain, .whole = whole, .report = on_report,
		.given = p->given };
	struct err err = { 0 };
	char path[96];
	FILE *copy;
	int c;

	for (size_t i = 0; i < p->nchain; i++)
		chain[i] = p->chain[i];
	strcpy(edition.list, p->list);
	write_file(p->csv, csv);
	*parcel = (struct parcel){ .data = tmpfile() };
	if (register_edition_make(&p->key, &edition, parcel->data, &err) < 0)
		fail_msg("%s", err.text);
	version->from = edition.below > 0 ? p->last[edition.below - 1] : 0;
	version->list = edition.list;
	version->check = edition.check;
	version->given = edition.given;
	version->rows = edition.rows;
	version->entries = edition.entries;
	sign(p, signer, version, parcel);
	p->nchain = edition.below;
	snprintf(path, sizeof(path), "%s/hub-%lld", p->dir,
	    (long long)version->version);
	strcpy(p->chain[p->nchain], path);
	copy = fopen(path, "w");
	rewind(parcel->data);
	while ((c = fgetc(parcel->data)) != EOF)
		fputc(c, copy);
	assert_int_equal(fclose(copy), 0);
	p->last[p->nchain++] = version->version;
	strcpy(p->list, edition.list);
	p->given = edition.given;
	strcpy(p->check, edition.check);
	version->list = p->list;
	version->check = p->check;
}

__attribute__((unused)) static struct parcel
publish(struct place *p, const char *csv)
{
	struct register_version version = plain_version(p);
	struct parcel parcel;

	publish_as(p, csv, false, &p->signer, &version, &parcel);
	return parcel;
}

__attribute__((unused)) static void
drop(struct parcel *parcel)
{
	for (size_t i = 0; i < parcel->count; i++)
		free(parcel->pieces[i]);
	free(parcel->manifest);
	fclose(parcel->data);
}

/* ---- at the post ------------------------------------------------------------------------ */

__attribute__((unused)) static struct register_intake *
open_intake(struct place *p, int64_t now)
{
	struct register_intake_setup setup = { .state = p->dir, .now = now,
		.station = "ST-1", .unit = "941", .province = "94" };
	struct err err = { 0 };
	struct register_intake *in = register_intake_open(&setup, &err);

	if (in == NULL)
		fail_msg("%s", err.text);
	return in;
}

__attribute__((unused)) static int
deliver_to(struct register_intake *in, const struct parcel *parcel,
    int64_t no, struct err *err)
{
	int ret = register_intake_piece(in, no, parcel->manifest,
	    parcel->manifest_len, err);

	for (size_t i = 0; ret == REGISTER_PIECE_MORE && i < parcel->count; i++)
		ret = register_intake_piece(in, no == 0 ? 0 :
		    no + 1 + (int64_t)i, parcel->pieces[i], parcel->lens[i],
		    err);
	return ret;
}

__attribute__((unused)) static int
deliver(struct place *p, const struct parcel *parcel, struct err *err)
{
	struct register_intake *in = open_intake(p, NOW);
	int ret = deliver_to(in, parcel, 0, err);

	register_intake_close(in);
	return ret;
}

__attribute__((unused)) static void
bring(struct place *p, const char *csv)
{
	struct parcel parcel = publish(p, csv);
	struct err err = { 0 };

	if (deliver(p, &parcel, &err) != REGISTER_PIECE_DONE)
		fail_msg("%s", err.text);
	drop(&parcel);
}

__attribute__((unused)) static struct register_store *
open_store(struct place *p)
{
	struct register_store *store;
	struct err err = { 0 };
	char path[96];

	snprintf(path, sizeof(path), "%s/register.db", p->dir);
	store = register_open(path, false, &err);
	if (store == NULL)
		print_message("%s\n", err.text);
	return store;
}

/* "F1", "none", or why nothing is known. */
static const char *
status_at(struct place *p, const char *identity, int64_t now)
{
	static struct register_answer answer;
	struct register_store *store = open_store(p);
	struct err err = { 0 };

	if (store == NULL)
		return "no register";
	if (register_look_at(store, &p->key, identity, "", now, &answer,
	    &err) < 0)
		fail_msg("%s", err.text);
	register_close(store);
	return answer.known ? answer.status : answer.why;
}

__attribute__((unused)) static void
is_status(struct place *p, const char *identity, const char *want)
{
	assert_string_equal(status_at(p, identity, NOW), want);
}

__attribute__((unused)) static void
refused(struct place *p, const struct parcel *parcel, const char *words)
{
	struct err err = { 0 };

	assert_int_equal(deliver(p, parcel, &err), -1);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

#endif
