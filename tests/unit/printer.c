/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slip is printed once, or somebody is told why not. */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../../src/actuator/parts.h"

/* A printer that takes so many bytes and answers what it is told to. */
struct bench {
	struct tuning tuning;
	struct printlog log;
	struct printer printer;
	size_t room, pending; /* room: bytes it takes before it is full */
	bool answers, knows_gs_r;
	unsigned char status[5]; /* by question */
	unsigned char *sent;
	size_t nsent;
	unsigned char reply[64];
	size_t nreply;
	char said[2048];
};

static ssize_t
bench_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct bench *bench = arg;

	if (n > bench->room)
		n = bench->room;
	bench->room -= n;
	bench->sent = realloc(bench->sent, bench->nsent + n + 1);
	assert_non_null(bench->sent);
	memcpy(bench->sent + bench->nsent, bytes, n);
	bench->nsent += n;
	if (n == 3 && bytes[0] == 0x10 && bytes[1] == 4 && bench->answers)
		bench->reply[bench->nreply++] = bench->status[bytes[2]];
	if (n == 3 && bytes[0] == 0x1D && bytes[1] == 'r' &&
	    bench->knows_gs_r)
		bench->reply[bench->nreply++] = 0;
	return (ssize_t)n;
}

static size_t
bench_pending(void *arg)
{
	return ((struct bench *)arg)->pending;
}

static void
bench_say(void *arg, const char *line)
{
	struct bench *bench = arg;

	strcat(bench->said, line);
	strcat(bench->said, "|");
}

/* Lets it answer, and time pass in steps of 20 ms. */
static void
run(struct bench *bench, int64_t from_ms, int64_t to_ms)
{
	for (int64_t now = from_ms; now <= to_ms; now += 20) {
		while (bench->nreply > 0) {
			unsigned char reply[64];
			size_t n = bench->nreply;

			memcpy(reply, bench->reply, n);
			bench->nreply = 0;
			printer_bytes(&bench->printer, reply, n, now);
		}
		if (printer_deadline(&bench->printer) >= 0 &&
		    printer_deadline(&bench->printer) <= now)
			printer_tick(&bench->printer, now);
	}
}

static void
bench_start(struct bench *bench, bool answers)
{
	const struct sink_out sink = { bench_write, bench_pending, bench_say,
		NULL, bench };

	memset(bench, 0, sizeof(*bench));
	memset(bench->status, 0x12, sizeof(bench->status));
	bench->tuning = (struct tuning){ .role = ACTUATOR_PRINTER, .dots = 192,
		.band = 128, .cut = CUT_NONE, .ask = 1 };
	bench->room = SIZE_MAX;
	bench->answers = bench->knows_gs_r = answers;
	printlog_open(&bench->log, NULL);
	printer_init(&bench->printer, &bench->tuning, &bench->log, &sink);
	printer_up(&bench->printer, true, 1000);
	run(bench, 1000, 3000);
}

static void
bench_end(struct bench *bench)
{
	printer_free(&bench->printer);
	free(bench->sent);
}

static void
slip(struct bench *bench, const char *n, const char *serial, const char *more,
    int64_t now_ms)
{
	char line[400];
	struct order order;
	struct err err;

	snprintf(line, sizeof(line),
	    "slip %s {\"title\":\"T\",\"serial\":\"%s\"%s}", n, serial, more);
	assert_int_equal(order_parse(line, &order, &err), 0);
	printer_order(&bench->printer, &order, now_ms, 1634886207);
}

static void
test_one_that_answers_is_asked_before_and_after(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, true);
	assert_string_equal(bench.said, "status ready|");
	slip(&bench, "1", "a/1", "", 4000);
	run(&bench, 4000, 5000);
	assert_string_equal(bench.said, "status ready|ok 1|done 1|");
	bench_end(&bench);
}

static void
test_one_that_never_answers_is_unknown_and_prints(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, false);
	assert_string_equal(bench.said, "status unknown|");
	slip(&bench, "1", "a/1", "", 4000);
	run(&bench, 4000, 4100);
	assert_string_equal(bench.said, "status unknown|ok 1|done 1|");
	bench_end(&bench);
}

static void
test_one_without_gs_r_is_asked_by_status(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, true);
	bench.knows_gs_r = false;
	slip(&bench, "1", "a/1", "", 4000);
	run(&bench, 4000, 18000);
	assert_null(strstr(bench.said, "done 1"));
	run(&bench, 18000, 21000);
	assert_non_null(strstr(bench.said, "done 1"));
	slip(&bench, "2", "a/2", "", 22000); /* it is known by now */
	run(&bench, 22000, 23000);
	assert_non_null(strstr(bench.said, "done 2"));
	bench_end(&bench);
}

static void
test_status_words(void **state)
{
	static const struct {
		unsigned char status[5];
		const char *word;
		bool prints;
	} cases[] = {
		{ { 0, 0x12, 0x12, 0x12, 0x12 }, "ready", true },
		{ { 0, 0x12, 0x12, 0x12, 0x1E }, "paper-low", true },
		{ { 0, 0x12, 0x12, 0x12, 0x72 }, "paper-low", true },
		{ { 0, 0x1A, 0x12, 0x12, 0x72 }, "paper-out", false },
		{ { 0, 0x1A, 0x32, 0x12, 0x7E }, "paper-out", false },
		{ { 0, 0x1A, 0x16, 0x12, 0x12 }, "cover-open", false },
		{ { 0, 0x1A, 0x12, 0x12, 0x12 }, "offline", false },
		{ { 0, 0x1A, 0x52, 0x12, 0x12 }, "error", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct health h;
		unsigned char question[3];
		bool over = false;
		size_t n;

		health_init(&h);
		n = health_ask(&h, 0, question);
		while (n > 0) {
			/* Noise between answers is no answer. */
			assert_false(health_take(&h, 0xFF, 0, question, &n));
			over = health_take(&h, cases[i].status[question[2]],
			    0, question, &n);
		}
		assert_true(over);
		assert_string_equal(health_word(h.state), cases[i].word);
		assert_int_equal(health_prints(h.state), cases[i].prints);
	}
}

static void
test_without_paper_nothing_is_sent(void **state)
{
	struct bench bench;
	size_t before;

	(void)state;
	bench_start(&bench, true);
	bench.status[1] = 0x1A;
	bench.status[2] = 0x32;
	before = bench.nsent;
	slip(&bench, "1", "a/1", "", 3500);
	run(&bench, 3500, 3800);
	assert_non_null(strstr(bench.said, "status paper-out|"
	    "fault 1 the printer is out of paper|"));
	/* Questions alone: three, and three more to know why. */
	assert_true(bench.nsent - before <= 18);
	bench.status[1] = bench.status[2] = 0x12;
	slip(&bench, "2", "a/1", "", 9000);
	run(&bench, 9000, 9500);
	assert_non_null(strstr(bench.said, "done 2|"));
	bench_end(&bench);
}

static void
test_paper_that_ends_in_a_slip_is_no_success(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, true);
	bench.knows_gs_r = false;
	slip(&bench, "1", "a/1", "", 4000);
	run(&bench, 4000, 4100);
	bench.status[1] = 0x1A;
	bench.status[2] = 0x32;
	run(&bench, 4100, 20000);
	assert_non_null(strstr(bench.said,
	    "fault 1 the printer is out of paper|"));
	assert_null(strstr(bench.said, "done"));
	bench_end(&bench);
}

static void
test_no_progress_is_out_of_order(void **state)
{
	struct bench bench;
	size_t before;

	(void)state;
	bench_start(&bench, false);
	bench.room = 1000;
	slip(&bench, "1", "a/1", "", 4000);
	run(&bench, 4000, 18900);
	assert_null(strstr(bench.said, "fault"));
	run(&bench, 18900, 19200);
	assert_non_null(strstr(bench.said, "fault 1 the printer is out of "
	    "order: no progress for 15 s|"));
	/* It takes bytes again: the picture is filled up first. */
	before = bench.nsent;
	bench.room = SIZE_MAX;
	slip(&bench, "2", "a/2", "", 20000);
	run(&bench, 20000, 20500);
	assert_non_null(strstr(bench.said, "done 2|"));
	assert_true(bench.sent[before] == 0);
	for (size_t i = before; ; i++)
		if (bench.sent[i] != 0) {
			assert_memory_equal(bench.sent + i, "\x1B@", 2);
			break;
		}
	bench_end(&bench);
}

static void
test_a_line_that_drains_is_progress(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, false);
	bench.pending = 4000;
	slip(&bench, "1", "a/1", "", 4000);
	for (int64_t at = 4000; bench.pending > 0; at += 10000) {
		run(&bench, at, at + 10000);
		bench.pending -= 1000;
	}
	assert_null(strstr(bench.said, "fault"));
	assert_null(strstr(bench.said, "done"));
	run(&bench, 44000, 45000);
	assert_non_null(strstr(bench.said, "done 1|"));
	bench_end(&bench);
}

static void
test_once_unless_asked(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, true);
	slip(&bench, "1", "a/1", "", 4000);
	slip(&bench, "2", "a/1", "", 4000);
	run(&bench, 4000, 5000);
	slip(&bench, "3", "a/1", "", 6000);
	slip(&bench, "4", "a/1", ",\"again\":true", 6000);
	run(&bench, 6000, 7000);
	assert_string_equal(bench.said, "status ready|ok 1|"
	    "fault 2 already waits|done 1|fault 3 already printed|ok 4|"
	    "done 4|");
	bench_end(&bench);
}

static void
test_a_lost_printer_tells_every_slip(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, false);
	bench.room = 0;
	for (int i = 1; i <= PRINTER_JOBS_MAX + 1; i++) {
		char n[8], serial[8];

		snprintf(n, sizeof(n), "%d", i);
		snprintf(serial, sizeof(serial), "a/%d", i);
		slip(&bench, n, serial, "", 4000);
	}
	assert_non_null(strstr(bench.said, "fault 9 too many slips wait|"));
	printer_down(&bench.printer, 5000);
	assert_non_null(strstr(bench.said, "fault 1 the printer was lost|"));
	assert_non_null(strstr(bench.said, "fault 8 the printer was lost|"));
	slip(&bench, "10", "a/10", "", 6000);
	assert_non_null(strstr(bench.said, "fault 10 no printer|"));
	assert_false(printer_busy(&bench.printer));
	bench_end(&bench);
}

static void
test_the_log_remembers_and_stays_small(void **state)
{
	static struct printlog log;
	char folder[] = "/tmp/chot-printlog.XXXXXX", path[64], older[64];
	struct stat status;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/prints", folder);
	snprintf(older, sizeof(older), "%s/prints.1", folder);
	printlog_open(&log, path);
	assert_int_equal(printlog_add(&log, 1634886207, "a/1", "printed", true,
	    &err), 0);
	assert_int_equal(printlog_add(&log, 1634886208, "a/2", "broken", false,
	    &err), 0);
	printlog_open(&log, path);
	assert_true(printlog_seen(&log, "a/1"));
	assert_false(printlog_seen(&log, "a/2"));
	assert_false(printlog_seen(&log, "a/"));
	for (int i = 0; i < 20000; i++) {
		char serial[32];

		snprintf(serial, sizeof(serial), "ST-QL1A/7f3a91c2/%d", i);
		assert_int_equal(printlog_add(&log, 1634886207, serial,
		    "printed", true, &err), 0);
	}
	assert_int_equal(stat(older, &status), 0);
	assert_true(status.st_size < 600000);
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size < 600000);
	assert_true(printlog_seen(&log, "ST-QL1A/7f3a91c2/19999"));
	assert_false(printlog_seen(&log, "ST-QL1A/7f3a91c2/100"));
	unlink(path);
	unlink(older);
	rmdir(folder);
	assert_int_equal(printlog_add(&log, 0, "a/3", "printed", true, &err),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_one_that_answers_is_asked_before_and_after),
		cmocka_unit_test(
		    test_one_that_never_answers_is_unknown_and_prints),
		cmocka_unit_test(test_one_without_gs_r_is_asked_by_status),
		cmocka_unit_test(test_status_words),
		cmocka_unit_test(test_without_paper_nothing_is_sent),
		cmocka_unit_test(test_paper_that_ends_in_a_slip_is_no_success),
		cmocka_unit_test(test_no_progress_is_out_of_order),
		cmocka_unit_test(test_a_line_that_drains_is_progress),
		cmocka_unit_test(test_once_unless_asked),
		cmocka_unit_test(test_a_lost_printer_tells_every_slip),
		cmocka_unit_test(test_the_log_remembers_and_stays_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
