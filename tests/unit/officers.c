/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Officers are taken in whole or not at all; a PIN can be tried seldom, and
 * ending the program wins no try; a badge's secret gives the register's key
 * and nothing else does.
 */
#include "../../src/register/parts.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define WAIT_MS 10000

static char dir[64];

static const char *
at(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	strcpy(dir, "/tmp/chot-officers-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "officers", "list.csv",
		"wrong-pins", "sheets/a.txt", "shift" };
	char command[96];

	(void)state;
	for (size_t i = 0; i < nitems(names); i++)
		unlink(at(names[i]));
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static char reports[2048];

static void
on_report(void *arg, const char *line)
{
	(void)arg;
	strncat(reports, strstr(line, "list.csv") != NULL ?
	    strstr(line, "list.csv") : line, 200);
	strcat(reports, "|");
}

static void
write_csv(const char *text)
{
	assert_int_equal(file_write(at("list.csv"), text, strlen(text), 0600,
	    false, NULL), 0);
}

static int
import(const char *text, bool add, struct err *err)
{
	reports[0] = '\0';
	write_csv(text);
	return officers_import(at("list.csv"), at("officers"), add, on_report,
	    NULL, err);
}

/* Of the PIN 2468: cheap ones, the tests have many. */
#define HASH "\"$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2E$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE\""

/* ---- the list --------------------------------------------------------------------- */

static void
test_a_list_comes_in_and_is_read_again(void **state)
{
	struct officers officers;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(import("id,name,role,pin,badge,note\r\n"
	    "CB-01,Trần Văn Bình,leader," HASH ",00112233AABBCCDD,x\r\n"
	    "CB-02,Lê Thị Hoa,Medical," HASH ",,\r\n", false, &err), 2);
	assert_int_equal(officers_load(at("officers"), &officers, &err), 0);
	assert_int_equal(officers.n, 2);
	assert_string_equal(officers.list[0].name, "Trần Văn Bình");
	assert_string_equal(officers.list[0].badge, "00112233aabbccdd");
	assert_int_equal(officers.list[0].role, OFFICER_LEADER);
	assert_int_equal(officers.list[1].role, OFFICER_MEDICAL);
	assert_int_equal(import("id;name;role;pin\nCB-02;B;officer;" HASH "\n"
	    "CB-03;C;officer;" HASH "\n", true, &err), 3);
	assert_int_equal(officers_load(at("officers"), &officers, &err), 0);
	assert_string_equal(officers.list[1].name, "B");
	assert_true(officers_is(at("list.csv")));
	write_csv("id,declared_at\n");
	assert_false(officers_is(at("list.csv")));
}

static void
test_a_wrong_line_changes_nothing(void **state)
{
	static const struct {
		const char *line, *report;
	} cases[] = {
		{ "CB 1,A,officer," HASH ",", "list.csv:2: id:" },
		{ "CB-1,,officer," HASH ",", "name: " },
		{ "CB-1,A\x1b[2J,officer," HASH ",", "name: " },
		{ "CB-1,A,boss," HASH ",", "role: " },
		{ "CB-1,A,officer,1234,", "pin: " },
		{ "CB-1,A,officer,\"$argon2id$v=19$m=4194304,t=3,p=1$a$b\",",
		    "pin: " },
		{ "CB-1,A,officer,\"$argon2id$v=19$m=1024,t=99,p=1$a$b\",",
		    "pin: " },
		{ "CB-1,A,officer," HASH ",0011", "badge: " },
		{ "CB-1,A,officer," HASH, "fields" },
		{ "CB-1,A,officer," HASH ",\nCB-1,B,officer," HASH ",",
		    "list.csv:3: this id" },
		{ "C1,A,officer," HASH ",0011223344556677\n"
		  "C2,B,officer," HASH ",0011223344556677",
		    "list.csv:3: this badge" },
	};
	struct officers officers;
	char text[1024];

	(void)state;
	assert_int_equal(import("id,name,role,pin,badge\nOLD,A,officer," HASH
	    ",\n", false, NULL), 1);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };

		snprintf(text, sizeof(text), "id,name,role,pin,badge\n%s\n",
		    cases[i].line);
		assert_int_equal(import(text, false, &err), -1);
		if (strstr(reports, cases[i].report) == NULL)
			fail_msg("%s: %s", cases[i].line, reports);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(officers_load(at("officers"), &officers,
		    &err), 0);
		assert_string_equal(officers.list[0].id, "OLD");
	}
}

static void
test_a_broken_file_is_nobody(void **state)
{
	static const char *const texts[] = { "", "x", "chot officers 1\nA\tB\n",
		"chot officers 2\n" };
	struct officers officers;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		struct err err = { 0 };

		assert_int_equal(file_write(at("officers"), texts[i],
		    strlen(texts[i]), 0600, false, NULL), 0);
		assert_int_equal(officers_load(at("officers"), &officers,
		    &err), -1);
		assert_int_equal(officers.n, 0);
	}
	assert_int_equal(officers_load(at("none"), &officers, NULL), 0);
}

/* ---- PINs ----------------------------------------------------------------------------- */

static void
test_only_the_pin_matches_its_hash(void **state)
{
	static const char *const bad[] = { "", "123", "1234", "5555",
		"1234567890123", "12a4", "-123" };
	char hash[OFFICER_HASH_MAX];

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++)
		assert_int_equal(officer_pin_hash(bad[i], hash, NULL), -1);
	assert_int_equal(officer_pin_hash("246813", hash, NULL), 0);
	assert_true(hash_pin_bounded(hash));
	assert_true(hash_pin_matches(hash, "246813"));
	assert_false(hash_pin_matches(hash, "246814"));
	assert_false(hash_pin_matches(hash, ""));
	assert_false(hash_pin_matches("", "246813"));
}

static void
test_waits_grow_and_outlive_the_program(void **state)
{
	static const long want[] = { 0, 0, 5, 15, 60, 300, 900, 900 };
	struct waits *w = waits_open(at("wrong-pins"), "boot-1", 0);
	int64_t now_ms = 1000;

	(void)state;
	for (size_t i = 0; i < nitems(want); i++) {
		assert_int_equal(waits_left(w, "A", now_ms), 0);
		assert_int_equal(waits_try(w, "A", now_ms, NULL), want[i]);
		assert_int_equal(waits_left(w, "A", now_ms), want[i]);
		assert_int_equal(waits_left(w, "B", now_ms), 0);
		waits_close(w); /* and is started again */
		w = waits_open(at("wrong-pins"), "boot-1", now_ms);
		assert_int_equal(waits_left(w, "A", now_ms), want[i]);
		now_ms += want[i] * 1000;
	}
	waits_close(w);
	/* Another boot: its clock begins at nought, and so does the wait. */
	w = waits_open(at("wrong-pins"), "boot-2", 50);
	assert_int_equal(waits_left(w, "A", 50), 900);
	assert_int_equal(waits_forgive(w, "A", NULL), 0);
	assert_int_equal(waits_left(w, "A", 50), 0);
	waits_close(w);
	w = waits_open(at("wrong-pins"), "boot-2", 60);
	assert_int_equal(waits_left(w, "A", 60), 0);
	waits_close(w);
}

/* ---- badges ---------------------------------------------------------------------------- */

static void
test_only_its_secret_gives_the_key(void **state)
{
	struct register_key key, out;
	char secret[2 * BADGE_SECRET_BYTES + 1], mark[BADGE_MARK_MAX],
	    other[2 * BADGE_SECRET_BYTES + 1], again[BADGE_MARK_MAX];
	struct err err = { 0 };

	(void)state;
	memset(key.bytes, 7, sizeof(key.bytes));
	badge_make(secret, mark);
	badge_make(other, again);
	assert_string_not_equal(secret, other);
	assert_int_equal(badge_mark(secret, again), 0);
	assert_string_equal(mark, again);
	assert_int_equal(strspn(mark, "0123456789abcdef"), 16);
	assert_int_equal(badge_wrap(&key, secret, dir, &err), 0);
	assert_int_equal(badge_unwrap(secret, dir, &out, &err), 0);
	assert_memory_equal(out.bytes, key.bytes, sizeof(key.bytes));
	register_key_wipe(&out);
	assert_int_equal(badge_unwrap(other, dir, &out, &err), -1);
	assert_int_equal(badge_unwrap("xyz", dir, &out, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

static void
test_the_key_lasts_so_long(void **state)
{
	struct register_key key, out;
	struct keyring ring, again;

	(void)state;
	register_keyring();
	memset(key.bytes, 9, sizeof(key.bytes));
	keyring_init(&ring, "/a/register.db");
	assert_false(keyring_get(&ring, &out, 0));
	keyring_put(&ring, &key, 3600, 0);
	assert_true(keyring_get(&ring, &out, 1000));
	assert_memory_equal(out.bytes, key.bytes, sizeof(key.bytes));
	keyring_init(&again, "/b/register.db");
	assert_false(keyring_get(&again, &out, 0));
	keyring_drop(&ring);
	assert_false(keyring_get(&ring, &out, 1000));
	ring.held = true; /* without a kernel's keyring */
	ring.key = key;
	ring.until_ms = 5000;
	assert_true(keyring_get(&ring, &out, 4999));
	assert_false(keyring_get(&ring, &out, 5000));
}

/* ---- the child -------------------------------------------------------------------------- */

struct roster_at {
	pid_t pid;
	int to, from;
	char line[1024];
};

static void
start(struct roster_at *r)
{
	int in[2], out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	r->pid = fork();
	if (r->pid == 0) {
		close(in[1]);
		close(out[0]);
		_exit(register_roster(dir, in[0], out[1], NULL) != 0);
	}
	close(in[0]);
	close(out[1]);
	r->to = in[1];
	r->from = out[0];
}

static void
stop(struct roster_at *r)
{
	int status;

	close(r->to);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_int_equal(status, 0);
	close(r->from);
}

static const char *
answer(struct roster_at *r)
{
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = r->from, .events = POLLIN };

		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		assert_int_equal(read(r->from, r->line + n, 1), 1);
		if (r->line[n] == '\n')
			break;
		assert_true(++n < sizeof(r->line));
	}
	r->line[n] = '\0';
	return r->line;
}

static const char *
ask(struct roster_at *r, const char *line)
{
	assert_int_equal(write(r->to, line, strlen(line)), strlen(line));
	return answer(r);
}

static void
test_the_child_tells_checks_and_keeps(void **state)
{
	char hash[OFFICER_HASH_MAX], text[512], *kept;
	struct roster_at r;
	size_t n;

	(void)state;
	assert_int_equal(officer_pin_hash("246813", hash, NULL), 0);
	snprintf(text, sizeof(text), "id,name,role,pin\nCB-1,An Bình,leader,"
	    "\"%s\"\n", hash);
	assert_int_equal(import(text, false, NULL), 1);
	start(&r);
	assert_string_equal(answer(&r), "hello 1 roster");
	assert_string_equal(answer(&r), "officers 1");
	assert_string_equal(answer(&r), "officer CB-1 leader - An Bình");
	assert_string_equal(answer(&r), "messages 0");
	assert_string_equal(answer(&r), "zones 0");
	assert_string_equal(ask(&r, "check 1 CB-1 246813\n"), "right 1");
	assert_string_equal(ask(&r, "check 2 CB-9 246813\n"), "wrong 2 0");
	assert_string_equal(ask(&r, "check 3 CB-1 1\n"), "wrong 3 0");
	assert_string_equal(ask(&r, "check 4 CB-1 2\n"), "wrong 4 0");
	assert_string_equal(ask(&r, "check 5 CB-1 3\n"), "wrong 5 5");
	/* The right one is not looked at before the wait is over. */
	assert_string_equal(ask(&r, "check 6 CB-1 246813\n"), "wait 6 5");
	stop(&r);
	start(&r);
	assert_string_equal(answer(&r), "hello 1 roster");
	answer(&r);
	answer(&r);
	assert_string_equal(answer(&r), "messages 0");
	assert_string_equal(answer(&r), "zones 0");
	assert_memory_equal(ask(&r, "check 7 CB-1 246813\n"), "wait 7 ", 7);
	assert_string_equal(ask(&r, "keep 1 sheets/a.txt 61620a\n"), "kept 1");
	kept = file_read(at("sheets/a.txt"), 100, &n, NULL);
	assert_string_equal(kept, "ab\n");
	free(kept);
	assert_string_equal(ask(&r, "keep 1 read 61\n"), "kept 1");
	assert_memory_equal(ask(&r, "keep 2 ../x 61\n"), "fault 2", 7);
	assert_memory_equal(ask(&r, "keep 3 officers 61\n"), "fault 3", 7);
	assert_memory_equal(ask(&r, "keep 4 sheets/../../x 61\n"), "fault 4", 7);
	assert_memory_equal(ask(&r, "keep 5 shift 6\n"), "fault 5", 7);
	stop(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_comes_in_and_is_read_again),
		cmocka_unit_test(test_a_wrong_line_changes_nothing),
		cmocka_unit_test(test_a_broken_file_is_nobody),
		cmocka_unit_test(test_only_the_pin_matches_its_hash),
		cmocka_unit_test(test_waits_grow_and_outlive_the_program),
		cmocka_unit_test(test_only_its_secret_gives_the_key),
		cmocka_unit_test(test_the_key_lasts_so_long),
		cmocka_unit_test(test_the_child_tells_checks_and_keeps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
