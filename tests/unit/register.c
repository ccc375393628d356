/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was imported is found, whole imports only, and a thief reads nothing. */
#include "../../src/register/parts.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#define NOW 1634886000 /* 2021-10-22T14:00+07:00 */
#define OFFSET_S (7 * 3600)
#define MAI "VNM:PIN:094300000123"
#define NAM "VNM:PIN:001085012345"

struct place { /* a register in a directory of its own */
	char dir[64], db[96], csv[96], key_path[96];
	struct register_store *store;
	struct register_key key;
	char reports[8192];
	int lines;
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct err err = { 0 };

	strcpy(p->dir, "/tmp/chot-register-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->db, sizeof(p->db), "%s/register.db", p->dir);
	snprintf(p->csv, sizeof(p->csv), "%s/list.csv", p->dir);
	snprintf(p->key_path, sizeof(p->key_path), "%s/register.key", p->dir);
	assert_int_equal(register_key_make(p->key_path, &err), 0);
	assert_int_equal(register_key_load(p->key_path, &p->key, &err), 0);
	p->store = register_open(p->db, true, &err);
	assert_non_null(p->store);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "register.db", "register.db-wal",
	    "register.db-shm", "list.csv", "register.key", "second.csv",
	    "other.key" };
	struct place *p = *state;
	char path[128];

	register_close(p->store);
	register_key_wipe(&p->key);
	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void
on_report(void *arg, const char *line)
{
	struct place *p = arg;
	const char *name = strrchr(line, '/');

	p->lines++;
	strncat(p->reports, name != NULL ? name + 1 : line,
	    sizeof(p->reports) - strlen(p->reports) - 1);
	strncat(p->reports, "\n", sizeof(p->reports) - strlen(p->reports) - 1);
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int64_t
import_as(struct place *p, const char *text, bool add, int64_t made_at,
    struct err *err)
{
	struct register_file file = { .path = p->csv, .made_at = made_at };
	struct register_import import = { .files = &file, .nfiles = 1,
	    .add = add, .utc_offset_s = OFFSET_S, .now = NOW,
	    .report = on_report, .arg = p };

	*err = (struct err){ 0 };
	p->reports[0] = '\0';
	p->lines = 0;
	write_file(p->csv, text);
	return register_import_files(p->store, &p->key, &import, err);
}

static void
import(struct place *p, const char *text, int64_t rows)
{
	struct err err;

	assert_int_equal(import_as(p, text, false, NOW, &err), rows);
	assert_string_equal(p->reports, "");
}

static struct register_answer
look(struct place *p, const char *identity, const char *plate)
{
	struct register_answer answer;
	struct err err = { 0 };

	if (register_look(p->store, &p->key, identity, plate, &answer, &err) < 0)
		fail_msg("%s", err.text);
	return answer;
}

/* ---- answers ----------------------------------------------------------------------- */

static void
test_an_empty_register_knows_nothing(void **state)
{
	struct place *p = *state;
	struct register_answer a = look(p, MAI, "");

	assert_false(a.known);
	assert_string_equal(a.why, "the register holds no list");
	assert_string_equal(a.declaration, "");
	assert_string_equal(a.status, "");
	assert_int_equal(a.oldest_list_at, 0);
}

static void
test_a_list_not_loaded_is_not_known(void **state)
{
	struct place *p = *state;
	struct register_answer a;

	import(p, "id,status,since,ends,source\n"
	    "094300000123,F0,2021-10-12,2021-11-02,CDC\n", 1);
	a = look(p, MAI, "83A12345");
	assert_true(a.known);
	assert_string_equal(a.status, "F0");
	assert_string_equal(a.status_source, "CDC");
	assert_string_equal(a.declaration, "");
	assert_string_equal(a.permit, "");
	assert_string_equal(a.test, "");
	assert_string_equal(a.exempt, "");
	assert_string_equal(a.benefit, "");
	assert_int_equal(a.wanted, -1);
	assert_int_equal(a.plate_known, -1);
	assert_int_equal(a.green_lane, -1);
	assert_int_equal(a.oldest_list_at, NOW);
	a = look(p, NAM, "");
	assert_string_equal(a.status, "none"); /* looked up and not there */
	assert_string_equal(a.status_source, "");
	a = look(p, "", "");
	assert_true(a.known);
	assert_string_equal(a.status, ""); /* nobody was looked up */
}

static void
test_absent_is_none_where_the_list_has_the_column(void **state)
{
	struct place *p = *state;
	struct register_answer a;

	import(p, "id,wanted,doses\n094300000123,1,2\n001085012345,,\n", 2);
	a = look(p, MAI, "");
	assert_int_equal(a.wanted, 1);
	assert_int_equal(a.doses, 2);
	assert_int_equal(a.shipper, -1); /* no such column */
	assert_string_equal(a.exempt, "");
	a = look(p, NAM, "");
	assert_int_equal(a.wanted, -1); /* a blank cell */
	a = look(p, "VNM:PIN:001085099999", "");
	assert_int_equal(a.wanted, 0);
	assert_int_equal(a.doses, -1); /* in no list is not unvaccinated */
	assert_int_equal(a.shipper, -1);
	import(p, "id,exempt,benefit\n094300000123,doctor,paid\n"
	    "001085012345,,\n", 2);
	a = look(p, MAI, "");
	assert_string_equal(a.exempt, "doctor");
	assert_string_equal(a.benefit, "paid");
	assert_int_equal(a.wanted, -1); /* the list was replaced */
	a = look(p, NAM, "");
	assert_string_equal(a.exempt, "none");
	a = look(p, "VNM:PIN:001085099999", "");
	assert_string_equal(a.exempt, "none");
	assert_string_equal(a.benefit, "not-listed");
}

static void
test_vehicles_by_any_writing_of_the_plate(void **state)
{
	static const char *const plates[] = { "83A-123.45", "83a12345",
	    "83A 123 45" };
	struct place *p = *state;
	struct register_answer a;

	import(p, "plate,kind,green_lane,wanted,group_declared\n"
	    "83A-123.45,truck,1,0,2\n29MĐ1-123.45,,,,\nBKK1234,car,,,\n", 3);
	for (size_t i = 0; i < nitems(plates); i++) {
		a = look(p, NULL, plates[i]);
		assert_int_equal(a.plate_known, 1);
		assert_int_equal(a.green_lane, 1);
		assert_int_equal(a.vehicle_wanted, 0);
		assert_int_equal(a.group_declared, 2);
		assert_string_equal(a.vehicle_kind, "truck");
	}
	a = look(p, NULL, "29mđ1 12345");
	assert_int_equal(a.plate_known, 1);
	assert_int_equal(a.green_lane, -1);
	a = look(p, NULL, "BKK 1234");
	assert_int_equal(a.plate_known, 1);
	a = look(p, NULL, "83A12346");
	assert_int_equal(a.plate_known, 0);
	assert_int_equal(a.green_lane, 0);
	assert_int_equal(a.group_declared, -1);
	a = look(p, MAI, "");
	assert_int_equal(a.plate_known, -1); /* on foot */
}

static void
test_the_declared_plate_is_compared(void **state)
{
	struct place *p = *state;

	import(p, "id,declared_at,plate\n094300000123,2021-10-22,83A-123.45\n"
	    "001085012345,2021-10-22,\n", 2);
	assert_int_equal(look(p, MAI, "83A12345").plate_agrees, 1);
	assert_int_equal(look(p, MAI, "83A12346").plate_agrees, 0);
	assert_int_equal(look(p, MAI, "").plate_agrees, -1);
	assert_int_equal(look(p, NAM, "83A12345").plate_agrees, -1);
}

static void
test_the_newest_row_counts(void **state)
{
	struct place *p = *state;
	struct err err;

	import(p, "id,declared_at,to\n094300000123,2021-10-20,A\n"
	    "094300000123,2021-10-22,B\n094300000123,2021-10-21,C\n", 3);
	assert_string_equal(look(p, MAI, "").to, "B");
	/* --add neither brings an older one back ... */
	assert_int_equal(import_as(p, "id,declared_at,to\n"
	    "094300000123,2021-10-21,D\n001085012345,2021-10-21,E\n", true,
	    NOW, &err), 2);
	assert_string_equal(look(p, MAI, "").to, "B");
	assert_string_equal(look(p, NAM, "").to, "E");
	/* ... nor keeps out a newer one, nor makes the list younger. */
	assert_int_equal(import_as(p, "id,declared_at,to\n"
	    "094300000123,2021-10-23,F\n", true, NOW + 7200, &err), 1);
	assert_string_equal(look(p, MAI, "").to, "F");
	assert_int_equal(look(p, MAI, "").oldest_list_at, NOW);
}

static void
test_twice_in_a_list_without_times_is_refused(void **state)
{
	struct place *p = *state;
	struct err err;

	assert_int_equal(import_as(p, "plate,wanted\n83A12345,0\n83A99999,0\n"
	    "83A-123.45,1\n", false, NOW, &err), -1);
	/* "list.csv:4: the same plate as in DIR/list.csv:2", up to the last / */
	assert_string_equal(p->reports, "list.csv:2\n");
	assert_int_equal(p->lines, 1);
	assert_false(look(p, NULL, "83A99999").known);
}

/* ---- all or nothing ------------------------------------------------------------------- */

static void
test_every_bad_line_is_told_and_nothing_changed(void **state)
{
	struct place *p = *state;
	struct err err;

	import(p, "id,status,since,source\n094300000123,F1,2021-10-01,CDC\n", 1);
	assert_int_equal(import_as(p, "id,status,since,source\n"
	    "001085012345,F0,2021-10-01,CDC\n"
	    "001085012346,F0,,CDC\n"
	    "001085012347,F0,2021-10-01\n"
	    "001085012348,F0,2021-10-01,\n"
	    "00108501234,F0,2021-10-01,CDC\n", false, NOW, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(p->reports,
	    "list.csv:3: since is missing: a row without it is not taken\n"
	    "list.csv:4: 3 fields; the header has 4\n"
	    "list.csv:5: source is missing: a row without it is not taken\n"
	    "list.csv:6: id: 11 digits: did a spreadsheet drop a leading zero?\n");
	assert_string_equal(look(p, MAI, "").status, "F1");
	assert_string_equal(look(p, NAM, "").status, "none");
}

static void
test_reports_are_bounded(void **state)
{
	struct place *p = *state;
	char text[8192] = "id,wanted\n";
	struct err err;

	for (int i = 0; i < 250; i++)
		strcat(text, "123,1\n");
	assert_int_equal(import_as(p, text, false, NOW, &err), -1);
	assert_int_equal(p->lines, REGISTER_REPORTS_MAX + 1);
	assert_non_null(strstr(p->reports, "and 150 more"));
	assert_non_null(strstr(err.text, "250"));
}

static void
test_files_that_are_no_list_are_refused(void **state)
{
	static const char *const texts[] = { "", "\n\n", "\xef\xbb\xbf",
	    "nothing\n", "id,status,since,source", "\"id",
	    "id,status,since,source,note,more\n" };
	struct place *p = *state;
	struct register_import import = { .utc_offset_s = OFFSET_S,
	    .now = NOW, .report = on_report, .arg = p, .nfiles = 1 };
	struct register_file dir = { .path = p->dir, .made_at = NOW };
	struct err err;

	for (size_t i = 0; i < nitems(texts); i++) {
		int64_t rows = import_as(p, texts[i], false, NOW, &err);

		/* A header alone is a list of nobody. */
		assert_int_equal(rows, i == 4 ? 0 : -1);
	}
	import.files = &dir;
	assert_int_equal(register_import_files(p->store, &p->key, &import,
	    &err), -1);
	assert_string_equal(look(p, MAI, "").status, "none");
}

static void
test_files_join_and_fall_together(void **state)
{
	struct place *p = *state;
	char second[96];
	struct register_file files[2] = { { .path = p->csv, .made_at = NOW },
	    { .path = second, .made_at = NOW - 60 } };
	struct register_import import = { .files = files, .nfiles = 2,
	    .utc_offset_s = OFFSET_S, .now = NOW, .report = on_report,
	    .arg = p };
	struct err err = { 0 };

	snprintf(second, sizeof(second), "%s/second.csv", p->dir);
	write_file(p->csv, "id,wanted\n094300000123,1\n");
	write_file(second, "id,wanted\n001085012345,1\n");
	assert_int_equal(register_import_files(p->store, &p->key, &import,
	    &err), 2);
	assert_int_equal(look(p, MAI, "").wanted, 1);
	assert_int_equal(look(p, NAM, "").wanted, 1);
	assert_int_equal(look(p, NAM, "").oldest_list_at, NOW - 60);
	assert_string_equal(files[1].list, "persons");
	write_file(p->csv, "id,wanted\n094300000123,0\n");
	write_file(second, "id,wanted\n001085012345,7\n");
	assert_int_equal(register_import_files(p->store, &p->key, &import,
	    &err), -1);
	assert_int_equal(look(p, MAI, "").wanted, 1);
	write_file(second, "id,shipper\n001085012345,1\n");
	assert_int_equal(register_import_files(p->store, &p->key, &import,
	    &err), -1); /* one list has one set of columns */
	unlink(second);
	assert_int_equal(register_import_files(p->store, &p->key, &import,
	    &err), -1);
	assert_int_equal(look(p, MAI, "").wanted, 1);
}

static void
test_a_full_disk_leaves_the_old_lists(void **state)
{
	struct place *p = *state;
	struct rlimit before, little;
	char text[120000] = "id,wanted\n", line[32];
	size_t at = strlen(text);
	struct err err = { 0 };
	int64_t rows;

	import(p, "id,wanted\n094300000123,1\n", 1);
	for (int i = 0; i < 5000; i++) {
		snprintf(line, sizeof(line), "0010850%05d,0\n", i);
		strcpy(text + at, line);
		at += strlen(line);
	}
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = sizeof(text); /* the CSV still fits */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	rows = import_as(p, text, false, NOW, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(rows, -1);
	assert_int_equal(err.kind, ERR_RETRY);
	assert_int_equal(look(p, MAI, "").wanted, 1);
	assert_int_equal(register_verify(p->store, &p->key, &err), 0);
	import(p, text, 5000); /* and it works again */
	assert_int_equal(look(p, MAI, "").wanted, 0);
}

/* The look-up child reads while an import writes, and sees all or nothing. */
static void
test_readers_see_the_old_lists_until_the_commit(void **state)
{
	static const unsigned char hash[HASH_BYTES], packed[1] = { 2 };
	struct place *p = *state;
	struct register_store *reader;
	struct register_answer a;
	struct err err = { 0 };

	import(p, "id,wanted\n094300000123,1\n", 1);
	reader = register_open(p->db, false, &err);
	assert_non_null(reader);
	assert_int_equal(store_write_begin(p->store, &err), 0);
	assert_int_equal(store_clear(p->store, LIST_PERSONS, &err), 0);
	assert_int_equal(store_put(p->store, LIST_PERSONS, hash, packed, 1,
	    &err), 0);
	assert_int_equal(register_look(reader, &p->key, MAI, "", &a, &err), 0);
	assert_int_equal(a.wanted, 1);
	assert_int_equal(store_write_commit(p->store, &err), 0);
	assert_int_equal(register_look(reader, &p->key, MAI, "", &a, &err), 0);
	assert_int_equal(a.wanted, 0);
	register_close(reader);
}

static void
test_an_import_does_not_wait_for_ever_for_another(void **state)
{
	struct place *p = *state;
	struct register_store *other;
	struct err err = { 0 };

	other = register_open(p->db, true, &err);
	assert_non_null(other);
	assert_int_equal(store_write_begin(other, &err), 0);
	assert_int_equal(import_as(p, "id,wanted\n094300000123,1\n", false,
	    NOW, &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	store_write_abandon(other);
	register_close(other);
	import(p, "id,wanted\n094300000123,1\n", 1);
}

/* ---- the key, the file ------------------------------------------------------------------ */

static void
test_another_key_finds_nobody_and_says_so(void **state)
{
	struct place *p = *state;
	struct register_key other;
	struct register_answer a;
	char path[96];
	struct err err = { 0 };
	struct register_file file = { .path = p->csv, .made_at = NOW };
	struct register_import again = { .files = &file, .nfiles = 1,
	    .now = NOW, .report = on_report, .arg = p };

	import(p, "id,status,since,source\n094300000123,F0,2021-10-01,CDC\n", 1);
	snprintf(path, sizeof(path), "%s/other.key", p->dir);
	assert_int_equal(register_key_make(path, &err), 0);
	assert_int_equal(register_key_load(path, &other, &err), 0);
	assert_int_equal(register_look(p->store, &other, MAI, "", &a, &err), 0);
	assert_false(a.known);
	assert_string_equal(a.status, "");
	assert_string_equal(a.why, "the register was made with another key");
	assert_int_equal(register_look(p->store, NULL, MAI, "", &a, &err), 0);
	assert_false(a.known);
	assert_string_equal(a.why, "no register key");
	assert_int_equal(register_import_files(p->store, &other, &again, &err),
	    -1);
	assert_int_equal(err.kind, ERR_SETUP);
	assert_int_equal(register_verify(p->store, &other, &err), -1);
	assert_int_equal(register_verify(p->store, &p->key, &err), 0);
	assert_string_equal(look(p, MAI, "").status, "F0");
	register_key_wipe(&other);
}

static void
test_key_files(void **state)
{
	static const char *const bad[] = { "", "00", "zz",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20" };
	struct place *p = *state;
	struct register_key key;
	struct err err = { 0 };
	struct stat st;

	assert_int_equal(stat(p->key_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(register_key_make(p->key_path, &err), -1);
	assert_int_equal(chmod(p->key_path, 0644), 0);
	assert_int_equal(register_key_load(p->key_path, &key, &err), -1);
	assert_int_equal(chmod(p->key_path, 0600), 0);
	for (size_t i = 0; i < nitems(bad); i++) {
		write_file(p->key_path, bad[i]);
		assert_int_equal(register_key_load(p->key_path, &key, &err),
		    -1);
	}
	assert_int_equal(register_key_load(p->dir, &key, &err), -1);
	assert_int_equal(register_key_load("/nonexistent", &key, &err), -1);
	assert_int_equal(err.kind, ERR_ABSENT);
}

static char *
read_all(const char *path, size_t *len)
{
	struct err err = { 0 };
	char *bytes = file_read(path, 1 << 22, len, &err);

	if (bytes == NULL)
		fail_msg("%s", err.text);
	return bytes;
}

static bool
has(const char *path, const char *text)
{
	struct err err = { 0 };
	size_t n, len = strlen(text);
	char *bytes = file_read(path, 1u << 24, &n, &err);
	bool found = bytes != NULL && memmem(bytes, n, text, len) != NULL;

	free(bytes);
	return found;
}

/* Who has the disk learns no place that somebody declared. */
static void
test_declared_places_are_sealed(void **state)
{
	static const char *const places[] = { "Mỹ Xuyên", "Phường 2", "Sóc" };
	struct place *p = *state;
	struct register_answer answer;
	struct err err = { 0 };
	char wal[160];

	import(p, "id,declared_at,from,to\n"
	    "094300000123,2021-10-21,\"Mỹ Xuyên, Sóc Trăng\",Phường 2\n"
	    "094300000124,2021-10-21,\"Mỹ Xuyên, Sóc Trăng\",\n", 2);
	snprintf(wal, sizeof(wal), "%s-wal", p->db);
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < nitems(places); i++) {
			assert_false(has(p->db, places[i]));
			assert_false(has(wal, places[i]));
		}
		assert_int_equal(register_look(p->store, &p->key,
		    "VNM:PIN:094300000123", "", &answer, &err), 0);
		assert_string_equal(answer.from, "Mỹ Xuyên, Sóc Trăng");
		assert_string_equal(answer.to, "Phường 2");
		assert_int_equal(register_look(p->store, &p->key,
		    "VNM:PIN:094300000124", "", &answer, &err), 0);
		assert_string_equal(answer.from, "Mỹ Xuyên, Sóc Trăng");
		assert_string_equal(answer.to, "");
		register_close(p->store);
		p->store = register_open(p->db, true, &err);
		assert_non_null(p->store);
	}
}

/* Version 1 held places in clear: they go, and nothing else does. */
static void
test_the_first_version_loses_its_declarations(void **state)
{
	struct place *p = *state;
	struct register_answer answer;
	struct err err = { 0 };
	FILE *file;

	import(p, "id,declared_at,from\n094300000123,2021-10-21,A\n", 1);
	import(p, "id,wanted\n094300000123,1\n", 1);
	register_close(p->store);
	file = fopen(p->db, "r+");
	assert_int_equal(fseek(file, 63, SEEK_SET), 0);
	assert_int_equal(fputc(1, file), 1);
	assert_int_equal(fclose(file), 0);
	p->store = register_open(p->db, false, &err);
	assert_null(p->store);
	assert_int_equal(err.kind, ERR_ABSENT);
	p->store = register_open(p->db, true, &err);
	assert_non_null(p->store);
	assert_int_equal(register_look(p->store, &p->key,
	    "VNM:PIN:094300000123", "", &answer, &err), 0);
	assert_int_equal(answer.wanted, 1);
	assert_string_equal(answer.declaration, "");
	assert_string_equal(answer.from, "");
}

static void
test_a_later_version_is_refused_untouched(void **state)
{
	struct place *p = *state;
	size_t before_len, after_len;
	char *before, *after;
	struct err err = { 0 };
	FILE *file;

	import(p, "id,wanted\n094300000123,1\n", 1);
	register_close(p->store);
	p->store = NULL;
	file = fopen(p->db, "r+");
	assert_int_equal(fseek(file, 63, SEEK_SET), 0);
	assert_int_equal(fputc(99, file), 99); /* PRAGMA user_version */
	assert_int_equal(fclose(file), 0);
	before = read_all(p->db, &before_len);
	for (int create = 0; create < 2; create++) {
		assert_null(register_open(p->db, create, &err));
		assert_int_equal(err.kind, ERR_SETUP);
		assert_non_null(strstr(err.text, "later version"));
	}
	after = read_all(p->db, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, after_len);
	free(before);
	free(after);
}

static void
test_other_files_are_refused_untouched(void **state)
{
	struct place *p = *state;
	char other[300];
	struct err err = { 0 };
	size_t len;
	char *bytes;

	register_close(p->store);
	p->store = NULL;
	memset(other, 'x', sizeof(other) - 1);
	other[sizeof(other) - 1] = '\0';
	write_file(p->db, other);
	assert_null(register_open(p->db, true, &err));
	assert_null(register_open(p->db, false, &err));
	bytes = read_all(p->db, &len);
	assert_string_equal(bytes, other);
	free(bytes);
	unlink(p->db);
	assert_null(register_open(p->db, false, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_null(register_open(p->dir, false, &err));
}

static void
test_a_damaged_register_is_told(void **state)
{
	struct place *p = *state;
	char text[80000] = "id,wanted\n", line[32];
	size_t len, at = strlen(text);
	char *bytes;
	struct err err = { 0 };
	FILE *file;

	for (int i = 0; i < 3000; i++) {
		snprintf(line, sizeof(line), "0010850%05d,1\n", i);
		strcpy(text + at, line);
		at += strlen(line);
	}
	import(p, text, 3000);
	assert_int_equal(register_verify(p->store, &p->key, &err), 0);
	register_close(p->store);
	p->store = NULL;
	bytes = read_all(p->db, &len);
	free(bytes);
	file = fopen(p->db, "r+");
	for (size_t page = 4; page * 4096 < len; page++) {
		assert_int_equal(fseek(file, (long)page * 4096 + 100,
		    SEEK_SET), 0);
		for (int i = 0; i < 3000; i++)
			fputc(0x5a, file);
	}
	assert_int_equal(fclose(file), 0);
	p->store = register_open(p->db, false, &err);
	assert_non_null(p->store);
	assert_int_equal(register_verify(p->store, &p->key, &err), -1);
}

/* ---- a thief ---------------------------------------------------------------------------------- */

static void
assert_not_in(const char *path, const char *const *words, size_t n)
{
	size_t len;
	char *bytes;

	if (access(path, F_OK) < 0)
		return;
	bytes = read_all(path, &len);
	for (size_t i = 0; i < n; i++)
		if (memmem(bytes, len, words[i], strlen(words[i])) != NULL)
			fail_msg("%s holds %s", path, words[i]);
	free(bytes);
}

static void
test_a_thief_reads_no_name_number_or_plate(void **state)
{
	static const char *const words[] = { "094300000123", "365000123",
	    "Nguyễn", "NGUYEN", "83A12345", "83A-123.45", "C0000001",
	    "VNM:", "PLATE:", "list.csv:", "300000123" };
	struct place *p = *state;
	char wal[128];

	import(p, "id,name,declared_at,plate\n"
	    "094300000123,Nguyễn Thị Mẫu,2021-10-22,83A-123.45\n"
	    "365000123,NGUYEN VAN THU,2021-10-22,83A-123.45\n"
	    "VNM:PASSPORT:C0000001,NGUYEN VAN B,2021-10-22,\n", 3);
	import(p, "plate,kind,note\n83A-123.45,car,Nguyễn\n", 1);
	import(p, "id,state,holder\n094300000123,valid,Nguyễn Thị Mẫu\n", 1);
	import(p, "id,status,since,source\n094300000123,F0,2021-10-01,CDC\n", 1);
	snprintf(wal, sizeof(wal), "%s-wal", p->db);
	assert_not_in(p->db, words, nitems(words));
	assert_not_in(wal, words, nitems(words));
	assert_string_equal(look(p, MAI, "").status, "F0");
	register_close(p->store);
	p->store = NULL;
	assert_not_in(p->db, words, nitems(words));
}

static void
test_hostile_questions_are_refused(void **state)
{
	static const char *const identities[] = { "x", "VNM:PIN:", "' OR 1=1",
	    "VNM:PIN:******000123", "PLATE:83A12345", "VNM:PIN:0943\x1b[2J" };
	struct place *p = *state;
	struct register_answer a;
	struct err err = { 0 };
	char plate[5000];

	import(p, "plate,kind\n83A-123.45,car\n", 1);
	for (size_t i = 0; i < nitems(identities); i++)
		assert_int_equal(register_look(p->store, &p->key,
		    identities[i], "", &a, &err), -1);
	memset(plate, '8', sizeof(plate) - 1);
	plate[sizeof(plate) - 1] = '\0';
	assert_int_equal(look(p, "", plate).plate_known, 0);
	assert_int_equal(look(p, "", "\x1b[2J\xff").plate_known, 0);
}

static void
test_lists_are_described(void **state)
{
	struct place *p = *state;
	struct register_list out[REGISTER_LISTS_MAX];
	struct err err = { 0 };

	import(p, "id,wanted\n094300000123,1\n001085012345,1\n", 2);
	import(p, "plate\n83A12345\n", 1);
	assert_int_equal(register_lists(p->store, out, &err), 2);
	assert_string_equal(out[0].name, "vehicles");
	assert_string_equal(out[1].name, "persons");
	assert_int_equal(out[1].entries, 2);
	assert_int_equal(out[1].made_at, NOW);
	assert_string_equal(out[1].source, "list.csv");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_an_empty_register_knows_nothing),
		TEST(test_a_list_not_loaded_is_not_known),
		TEST(test_absent_is_none_where_the_list_has_the_column),
		TEST(test_vehicles_by_any_writing_of_the_plate),
		TEST(test_the_declared_plate_is_compared),
		TEST(test_the_newest_row_counts),
		TEST(test_twice_in_a_list_without_times_is_refused),
		TEST(test_every_bad_line_is_told_and_nothing_changed),
		TEST(test_reports_are_bounded),
		TEST(test_files_that_are_no_list_are_refused),
		TEST(test_files_join_and_fall_together),
		TEST(test_a_full_disk_leaves_the_old_lists),
		TEST(test_readers_see_the_old_lists_until_the_commit),
		TEST(test_an_import_does_not_wait_for_ever_for_another),
		TEST(test_another_key_finds_nobody_and_says_so),
		TEST(test_key_files),
		TEST(test_declared_places_are_sealed),
		TEST(test_the_first_version_loses_its_declarations),
		TEST(test_a_later_version_is_refused_untouched),
		TEST(test_other_files_are_refused_untouched),
		TEST(test_a_damaged_register_is_told),
		TEST(test_a_thief_reads_no_name_number_or_plate),
		TEST(test_hostile_questions_are_refused),
		TEST(test_lists_are_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
