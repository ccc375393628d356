/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The look-up child answers every question with its number, whatever comes
 * in and whatever becomes of its files; and an answer survives its line.
 */
#include "../../src/register/parts.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define NOW 1634886000
#define WAIT_MS 10000

struct child_at { /* a served register in a directory of its own */
	char dir[64], db[96], csv[96], key_path[96];
	pid_t pid;
	int to, from;
	char line[EVENT_LINE_MAX];
};

static void
start(struct child_at *c)
{
	int in[2], out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		struct err err = { 0 };

		close(in[1]);
		close(out[0]);
		_exit(register_serve(c->db, c->key_path, in[0], out[1],
		    &err) == 0 ? 0 : 1);
	}
	close(in[0]);
	close(out[1]);
	c->to = in[1];
	c->from = out[0];
}

static const char *
answer(struct child_at *c)
{
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = c->from, .events = POLLIN };

		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		assert_int_equal(read(c->from, c->line + n, 1), 1);
		if (c->line[n] == '\n')
			break;
		assert_true(++n < sizeof(c->line));
	}
	c->line[n] = '\0';
	return c->line;
}

static const char *
ask(struct child_at *c, const char *line)
{
	assert_int_equal(write(c->to, line, strlen(line)), strlen(line));
	return answer(c);
}

static int
set_up(void **state)
{
	struct child_at *c = calloc(1, sizeof(*c));

	signal(SIGPIPE, SIG_IGN);
	strcpy(c->dir, "/tmp/chot-lookup-XXXXXX");
	assert_non_null(mkdtemp(c->dir));
	snprintf(c->db, sizeof(c->db), "%s/register.db", c->dir);
	snprintf(c->csv, sizeof(c->csv), "%s/list.csv", c->dir);
	snprintf(c->key_path, sizeof(c->key_path), "%s/key", c->dir);
	start(c);
	assert_string_equal(answer(c), "hello 1 lookup");
	*state = c;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "register.db", "register.db-wal",
	    "register.db-shm", "list.csv", "key", "second.db", "second.db-wal",
	    "second.db-shm", "granted.db",
	    "granted.db-wal", "granted.db-shm" };
	struct child_at *c = *state;
	char path[128];
	int status;

	close(c->to);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(c->from);
	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", c->dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(c->dir), 0);
	free(c);
	return 0;
}

static void
on_report(void *arg, const char *line)
{
	(void)arg;
	fail_msg("%s", line);
}

static void
import_to(struct child_at *c, const char *db, const char *text)
{
	struct err err = { 0 };
	struct register_key key;
	struct register_store *store = register_open(db, true, &err);
	FILE *file = fopen(c->csv, "w");

	assert_non_null(store);
	fputs(text, file);
	fclose(file);
	if (access(c->key_path, F_OK) < 0)
		assert_int_equal(register_key_make(c->key_path, &err), 0);
	assert_int_equal(register_key_load(c->key_path, &key, &err), 0);
	assert_true(register_import(store, &key, c->csv, NOW, 7 * 3600,
	    on_report, NULL, NULL, &err) >= 0);
	register_close(store);
	register_key_wipe(&key);
}

static void
test_it_follows_the_files(void **state)
{
	struct child_at *c = *state;
	char second[96], broken[96];
	struct err err = { 0 };
	struct register_answer a;
	int64_t n;

	assert_string_equal(ask(c, "look 1 VNM:PIN:094300000123 -\n"),
	    "found 1 {\"known\":false,\"why\":\"no register key\"}");
	assert_int_equal(register_key_make(c->key_path, &err), 0);
	assert_string_equal(ask(c, "look 2 VNM:PIN:094300000123 -\n"),
	    "found 2 {\"known\":false,\"why\":\"no register\"}");
	import_to(c, c->db, "id,wanted\n094300000123,1\n");
	assert_string_equal(ask(c, "look 3 VNM:PIN:094300000123 -\n"),
	    "found 3 {\"known\":true,\"oldest_list_at\":1634886000,\"wanted\":1}");
	/* A new import into the open file, ... */
	import_to(c, c->db, "id,wanted,exempt\n094300000123,0,doctor\n");
	assert_int_equal(register_found_parse(
	    ask(c, "look 4 VNM:PIN:094300000123 -\n"), &n, &a, &err), 0);
	assert_int_equal(n, 4);
	assert_int_equal(a.wanted, 0);
	assert_string_equal(a.exempt, "doctor");
	/* ... another file in its place, ... */
	snprintf(second, sizeof(second), "%s/second.db", c->dir);
	import_to(c, second, "plate,kind\n83A12345,car\n");
	assert_int_equal(rename(second, c->db), 0);
	assert_int_equal(register_found_parse(
	    ask(c, "look 5 VNM:PIN:094300000123 83A12345\n"), &n, &a, &err), 0);
	assert_true(a.known);
	assert_string_equal(a.vehicle_kind, "car");
	assert_string_equal(a.exempt, "");
	/* ... a file that is none, ... */
	snprintf(broken, sizeof(broken), "%s/second.db", c->dir);
	FILE *file = fopen(broken, "w");
	for (int i = 0; i < 200; i++)
		fputs("\x1b[31m", file);
	fclose(file);
	assert_int_equal(rename(broken, c->db), 0);
	assert_memory_equal(ask(c, "look 6 - 83A12345\n"), "fault 6 ", 8);
	/* ... and none at all. */
	unlink(c->db);
	assert_string_equal(ask(c, "look 7 - 83A12345\n"),
	    "found 7 {\"known\":false,\"why\":\"no register\"}");
	unlink(c->key_path);
	assert_string_equal(ask(c, "look 8 - 83A12345\n"),
	    "found 8 {\"known\":false,\"why\":\"no register key\"}");
}

/* What a post gives once is told at the next look, by whatever process. */
static void
test_what_was_granted_is_found(void **state)
{
	static const char mai[] = "VNM:PIN:094300000123";
	struct child_at *c = *state;
	struct err err = { 0 };
	struct register_key key;
	struct grants *grants;
	char line[256];
	int granted;
	int64_t at;

	/* Without a key nothing can be noted; it is said, and asked again. */
	snprintf(line, sizeof(line), "grant 1 %s aid 1000 2000 1000\n", mai);
	assert_string_equal(ask(c, line), "ungranted 1 no register key");
	import_to(c, c->db, "id,wanted\n094300000123,1\n");
	assert_null(strstr(ask(c, "look 2 VNM:PIN:094300000123 -\n"), "granted"));
	assert_non_null(strstr(ask(c, "look 3 VNM:PIN:094300000123 - 1500 aid\n"),
	    "\"granted\":0"));
	assert_string_equal(ask(c, line), "granted 1");
	assert_non_null(strstr(ask(c, "look 4 VNM:PIN:094300000123 - 1500 aid\n"),
	    "\"granted\":1,\"granted_at\":1000"));
	/* Once more is no other; another name is; its time ends. */
	assert_string_equal(ask(c, line), "granted 1");
	assert_non_null(strstr(ask(c, "look 5 VNM:PIN:094300000123 - 1500 food\n"),
	    "\"granted\":0"));
	assert_non_null(strstr(ask(c, "look 6 VNM:PIN:094300000123 - 2000 aid\n"),
	    "\"granted\":0"));
	assert_non_null(strstr(ask(c, "look 7 VNM:PIN:094300000123 - - aid\n"),
	    "\"granted\":1"));
	assert_non_null(strstr(ask(c, "look 8 VNM:PIN:001085012345 - 1500 aid\n"),
	    "\"granted\":0"));
	assert_string_equal(ask(c, "ungrant 9 VNM:PIN:094300000123 aid\n"),
	    "granted 9");
	assert_non_null(strstr(ask(c, "look 10 VNM:PIN:094300000123 - - aid\n"),
	    "\"granted\":0"));
	/* Another process, and another key, under which nothing can be told. */
	assert_string_equal(ask(c, line), "granted 1");
	grants = grants_new(c->db);
	assert_int_equal(register_key_load(c->key_path, &key, &err), 0);
	assert_int_equal(grants_find(grants, &key, "aid", mai, 0, &granted, &at,
	    &err), 0);
	assert_int_equal(granted, GRANTED_BEFORE);
	key.bytes[0] ^= 1;
	assert_int_equal(grants_find(grants, &key, "aid", mai, 0, &granted, &at,
	    &err), 0);
	assert_int_equal(granted, GRANTED_UNKNOWN);
	assert_int_equal(grants_find(grants, &key, "aid", mai, 2001, &granted,
	    &at, &err), 0);
	assert_int_equal(granted, GRANTED_NOT);
	grants_free(grants);
	register_key_wipe(&key);
	/* A file that is none is doubt, not "never". */
	snprintf(line, sizeof(line), "%s/granted.db", c->dir);
	assert_int_equal(unlink(line), 0);
	FILE *file = fopen(line, "w");
	for (int i = 0; i < 200; i++)
		fputs("not it", file);
	fclose(file);
	assert_memory_equal(ask(c, "look 11 VNM:PIN:094300000123 - - aid\n"),
	    "fault 11 ", 9);
}

static void
test_broken_grants_are_told(void **state)
{
	static const char *const lines[] = {
		"grant 1\n", "grant x VNM:PIN:094300000123 a 1 2 3\n",
		"grant 1 VNM:PIN:094300000123 a 1 2\n",
		"grant 1 VNM:PIN:094300000123 a 1 2 3 4\n",
		"grant 1 VNM:PIN:094300000123 a 1 two 3\n",
		"grant 1 VNM:PIN:094300000123  1 2 3\n",
		"grant 1234567890123456789 VNM:PIN:094300000123 a 1 2 3\n",
		"ungrant 1 VNM:PIN:094300000123 a 1\n", "ungrant 1 \n",
		"grant 1 VNM:PIN:094300000123 "
		"a123456789a123456789a123456789a123456789a1234567 1 2 3\n",
		"grant 1 somebody a 1 2 3\n",
	};
	struct child_at *c = *state;
	struct err err = { 0 };

	assert_int_equal(register_key_make(c->key_path, &err), 0);
	for (size_t i = 0; i < nitems(lines); i++)
		assert_memory_equal(ask(c, lines[i]), "ungranted ", 10);
}

static void
test_broken_lines_are_told(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "look\nlook 1 - -\n", "found 1 " }, /* unknown: ignored */
		{ "hello 1 station\n\nlook 2 - -\n", "found 2 " },
		{ "look x - -\n", "fault 0 " },
		{ "look -3 - -\n", "fault 0 " },
		{ "look 99999999999999999999 - -\n", "fault 0 " },
		{ "look 4\n", "fault 0 " },
		{ "look 4 -\n", "fault 4 " },
		{ "look 5 - - x\n", "fault 5 " },
		{ "look 5 - - 1634886000 - -\n", "fault 5 " },
		{ "look 5 - - 1634886000 -\n", "found 5 " },
		{ "look 5 - - -\n", "found 5 " },
		{ "look 5 - - 1634886000\n", "found 5 " },
		{ "look 6 VNM:PIN:\x1b[2J -\n", "fault 6 " },
		{ "look 7 \xff\xff -\n", "fault 7 " },
	};
	struct child_at *c = *state;
	char line[9000];

	import_to(c, c->db, "id,wanted\n094300000123,1\n");
	for (size_t i = 0; i < nitems(cases); i++)
		assert_memory_equal(ask(c, cases[i].line), cases[i].want,
		    strlen(cases[i].want));
	memset(line, 'x', sizeof(line));
	memcpy(line, "look 8 ", 7);
	strcpy(line + sizeof(line) - 2, "\n");
	assert_memory_equal(ask(c, line), "fault 0 ", 8);
	assert_memory_equal(ask(c, "look 9 VNM:PIN:094300000123 -\n"),
	    "found 9 {\"known\":true", 21);
}

static void
test_many_at_once_keep_their_order(void **state)
{
	struct child_at *c = *state;
	char line[64], want[32];

	import_to(c, c->db, "id,wanted\n094300000123,1\n");
	for (int i = 0; i < 200; i++) {
		snprintf(line, sizeof(line), "look %d VNM:PIN:094300000123 -\n",
		    i);
		assert_int_equal(write(c->to, line, strlen(line)),
		    strlen(line));
	}
	for (int i = 0; i < 200; i++) {
		snprintf(want, sizeof(want), "found %d {\"known\":true", i);
		assert_memory_equal(answer(c), want, strlen(want));
	}
}

/* ---- an answer as a line ---------------------------------------------------------------- */

static void
test_an_answer_survives_its_line(void **state)
{
	struct register_answer a, back;
	struct err err = { 0 };
	char line[9000], *json;
	int64_t n;

	(void)state;
	memset(&a, 0, sizeof(a)); /* the padding too: it is compared whole */
	register_answer_init(&a);
	json = register_answer_json(&a);
	assert_string_equal(json, "{\"known\":false}");
	free(json);
	a.known = true;
	a.oldest_list_at = NOW;
	strcpy(a.declaration, "valid");
	a.declared_at = NOW - 7200;
	strcpy(a.from, "Mỹ Xuyên, \"Sóc Trăng\"");
	a.symptoms = 0;
	a.origin_zone = 4;
	strcpy(a.permit_days, "12345");
	a.permit_minute_from = 0;
	a.permit_minute_until = 1440;
	a.group_declared = 45;
	json = register_answer_json(&a);
	snprintf(line, sizeof(line), "found 77 %s", json);
	free(json);
	assert_int_equal(register_found_parse(line, &n, &back, &err), 0);
	assert_int_equal(n, 77);
	assert_true(back.known);
	assert_int_equal(back.declared_at, a.declared_at);
	assert_string_equal(back.from, a.from);
	assert_int_equal(back.symptoms, 0);
	assert_int_equal(back.doses, -1);
	assert_int_equal(back.permit_minute_from, 0);
	assert_int_equal(back.permit_minute_until, 1440);
	assert_int_equal(back.group_declared, 45);
	assert_string_equal(back.permit_days, "12345");
}

static void
test_bad_answers_are_refused(void **state)
{
	static const char *const lines[] = {
		"", "found", "found 1", "found 1 ", "found 1 {", "found 1 []",
		"found 1 {}", "found x {\"known\":true}",
		"found -1 {\"known\":true}",
		"found 99999999999999999999 {\"known\":true}",
		"found 1 {\"known\":1}",
		"found 1 {\"known\":true,\"wanted\":\"1\"}",
		"found 1 {\"known\":true,\"wanted\":-2}",
		"found 1 {\"known\":true,\"doses\":99999}",
		"found 1 {\"known\":true,\"doses\":1e99}",
		"found 1 {\"known\":true,\"declared_at\":-5}",
		"found 1 {\"known\":true,\"status\":3}",
		"found 1 {\"known\":true,\"status\":\"0123456789abcdef\"}",
		"found 1 {\"known\":true,\"known\":false}",
		"found 1 {\"known\":true,\"status\":\"\\u0000\"}",
		"found 1 {\"known\":true} x",
	};
	struct register_answer a;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		struct err err = { 0 };

		if (register_found_parse(lines[i], &n, &a, &err) == 0)
			fail_msg("taken: %s", lines[i]);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_false(a.known);
	}
}

static void
test_unknown_fields_are_ignored(void **state)
{
	struct register_answer a;
	struct err err = { 0 };
	int64_t n;

	(void)state;
	assert_int_equal(register_found_parse(
	    "found 1 {\"known\":true,\"later\":[1,{}],\"wanted\":1}", &n, &a,
	    &err), 0);
	assert_int_equal(a.wanted, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_it_follows_the_files),
		TEST(test_what_was_granted_is_found),
		TEST(test_broken_grants_are_told),
		TEST(test_broken_lines_are_told),
		TEST(test_many_at_once_keep_their_order),
		cmocka_unit_test(test_an_answer_survives_its_line),
		cmocka_unit_test(test_bad_answers_are_refused),
		cmocka_unit_test(test_unknown_fields_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
