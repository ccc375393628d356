/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A intake asks, answers, and complains at most every ten seconds. */
#include "test.h"

#include "../../src/reader/parts.h"

struct got {
	char events[4096]; /* lines joined by '|' */
	char sent[1024];   /* hexadecimal, joined by ' ' */
};

static void
on_event(void *arg, const struct event *event)
{
	struct got *got = arg;
	char line[EVENT_LINE_MAX + 1];
	size_t n = strlen(got->events);

	event_print(event, line);
	snprintf(got->events + n, sizeof(got->events) - n, "%s|", line);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct got *got = arg;
	char *end = got->sent + strlen(got->sent);

	end += hex_print(bytes, n, end);
	strcpy(end, " ");
}

static void
begin(enum reader_role role, const char *text, struct settings *settings,
    struct intake *intake, struct got *got)
{
	const struct sink sink = { on_event, on_send, got };
	struct device device;
	struct err err = { .text = "" };

	memset(got, 0, sizeof(*got));
	if (device_parse(text, &device, &err) < 0 ||
	    settings_fill(role, &device, settings, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	intake_init(intake, settings, &sink);
	intake_start(intake, 1000);
}

static void
push(struct intake *intake, const char *text, int64_t now_ms)
{
	intake_bytes(intake, (const void *)text, strlen(text), now_ms);
}

static void
test_complaints_come_every_ten_seconds(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=ascii", &settings, &s,
	    &got);
	push(&s, "12.0\r", 2000);
	for (int i = 1; i < 10; i++)
		push(&s, "12.0\r", 2000 + i * 100);
	assert_string_equal(got.events, "fault a reading is out of range|");
	push(&s, "12.0\r", 11999);
	push(&s, "12.0\r", 12000);
	assert_string_equal(got.events, "fault a reading is out of range|"
	    "fault a reading is out of range, 11 times|");
	/* Good readings are not held up by bad ones. */
	push(&s, "36.5\r", 12001);
	assert_non_null(strstr(got.events, "temp 36500"));
}

static void
test_impossible_room_spoils_the_reading(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=ascii", &settings, &s,
	    &got);
	push(&s, "Tbody 36.5 Tamb 999999999999\r", 2000);
	assert_string_equal(got.events, "fault a reading is out of range|");
	push(&s, "Tbody 36.5 Tamb 25.0\r", 2100);
	assert_non_null(strstr(got.events, "temp 36500"));
}

static void
test_device_is_asked(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=optris,address=1",
	    &settings, &s, &got);
	assert_string_equal(got.sent, "B101 ");
	assert_int_equal(intake_deadline(&s), 1100);
	intake_tick(&s, 1099);
	assert_string_equal(got.sent, "B101 ");
	intake_tick(&s, 1100);
	assert_string_equal(got.sent, "B101 B101 ");
	begin(ROLE_THERMOMETER, "serial:x,protocol=modbus", &settings, &s,
	    &got);
	assert_string_equal(got.sent, "01040000000131CA ");
	begin(ROLE_THERMOMETER, "serial:x,protocol=gd60914,mode=wrist",
	    &settings, &s, &got);
	assert_string_equal(got.sent, "A1 AC ");
}

static void
test_a_device_that_never_answers_is_mute(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;
	int64_t now_ms = 1000;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=modbus", &settings, &s,
	    &got);
	for (; now_ms <= 34000; now_ms += 100) {
		got.sent[0] = '\0';
		intake_tick(&s, now_ms);
		if (now_ms <= 31000)
			assert_false(intake_mute(&s));
	}
	assert_true(intake_mute(&s));
	push(&s, "?", now_ms);
	assert_false(intake_mute(&s));
	/* Who is not asked may be silent for ever. */
	begin(ROLE_THERMOMETER, "serial:x,protocol=ascii", &settings, &s,
	    &got);
	intake_tick(&s, 1000000);
	assert_false(intake_mute(&s));
}

static void
test_start_bytes(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x", &settings, &s, &got);
	assert_string_equal(got.sent, "");
	begin(ROLE_THERMOMETER, "serial:x,continuous=1", &settings, &s, &got);
	assert_string_equal(got.sent, "A545EA ");
	begin(ROLE_THERMOMETER, "serial:x,protocol=gy-mcu90640", &settings,
	    &s, &got);
	assert_string_equal(got.sent, "A53502DC ");
}

/* Answers to commands come on the line of the scans, and are none. */
static void
test_a_scanner_says_what_it_is(void **state)
{
	static const struct {
		const char *device, *ask, *said, *events;
	} cases[] = {
		{ "serial:x,protocol=honeywell", "identity",
		    "Product Name: Xenon 1900\r\nSerial Number: 12345\r\n"
		    "REVINF\x06.", "identity Product Name: Xenon 1900, "
		    "Serial Number: 12345|" },
		{ "serial:x,protocol=honeywell", "identity", "REVINF\x05.",
		    "fault the scanner refused the command|" },
		{ "serial:x,protocol=newland", "identity",
		    "\x02\x01" "0000#QRYSYSNLS-FM430 1.2;\x06;\x03",
		    "identity NLS-FM430 1.2;|" },
		{ "serial:x,protocol=newland", "identity",
		    "\x02\x01" "0000#QRYSYS\x15;\x03",
		    "fault the scanner refused the command|" },
		{ "serial:x,protocol=newland", "identity", "",
		    "fault the scanner does not say what it is|" },
		/* Whatever it answers to a beep is no scan. */
		{ "serial:x,protocol=newland", "beep",
		    "\x02\x01" "0000#BEEPON1000F50T20V\x06;\x03", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct settings settings;
		struct intake s;
		struct got got;

		begin(ROLE_SCANNER, cases[i].device, &settings, &s, &got);
		intake_command(&s, cases[i].ask, 2000);
		push(&s, cases[i].said, 2010);
		intake_tick(&s, 2900);
		intake_tick(&s, 3000);
		assert_string_equal(got.events, cases[i].events);
		/* And a scan after it is one. */
		got.events[0] = '\0';
		push(&s, "41\r", 4000);
		assert_string_equal(got.events, "scan unknown 3431|");
	}
}

static void
test_commands(void **state)
{
	static const struct {
		const char *device, *line, *sent, *events;
	} cases[] = {
		{ "serial:x", "trigger", "", "fault no such command|" },
		{ "serial:x", "", "", "" },
		{ "serial:x,protocol=honeywell", "trigger", "16540D ", "" },
		{ "serial:x,protocol=honeywell", "beep", "16070D ", "" },
		{ "serial:x,protocol=newland", "trigger",
		    "7E01303030302353434E545247313B03 ", "" },
		{ "serial:x,trigger=7E000801000201ABCD", "trigger",
		    "7E000801000201ABCD ", "" },
		{ "serial:x,protocol=honeywell,beep=1b36", "beep", "1B36 ", "" },
		{ "serial:x,protocol=newland", "beep",
		    "7E013030303023424545504F4E31303030463530543230563B03 ", "" },
		{ "serial:x,protocol=newland", "identity",
		    "7E0130303030235152595359533B03 ", "" },
		{ "serial:x,protocol=honeywell", "identity",
		    "164D0D524556494E462E ", "" },
		{ "serial:x", "identity", "", "fault no such command|" },
		{ "serial:x,protocol=honeywell", "reboot", "", "fault no such command|" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct settings settings;
		struct intake s;
		struct got got;

		begin(ROLE_SCANNER, cases[i].device, &settings, &s, &got);
		intake_command(&s, cases[i].line, 2000);
		assert_string_equal(got.sent, cases[i].sent);
		assert_string_equal(got.events, cases[i].events);
	}
}

/* A code that lies there is read before the answer to the trigger is out. */
static void
test_code_behind_an_answer(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_SCANNER, "serial:x,protocol=newland", &settings, &s, &got);
	push(&s, "\x02\x01" "0000#SCNTRG1\x06;\x03\x02\x01" "0000#BEEPON1F1T\x06;"
	    "\x03" "WHOLE\r", 1000);
	assert_string_equal(got.events, "scan unknown 57484F4C45|");
	/* The answer to a beep is none to the question behind it. */
	intake_command(&s, "identity", 2000);
	push(&s, "\x02\x01" "0000#BEEPON1F1T\x06;\x03", 2010);
	intake_tick(&s, 2400);
	push(&s, "\x02\x01" "0000#QRYSYSName: N1\r\nVersion: 2\r\n\x06;\x03", 2500);
	intake_tick(&s, 2900);
	assert_string_equal(got.events, "scan unknown 57484F4C45|"
	    "identity Name: N1, Version: 2|");
}

/* CR may start a packet of thirteen bytes, and is held for a moment. */
static void
test_raw_text_of_ssi_ends_with_cr(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;
	int64_t at_ms;

	(void)state;
	begin(ROLE_SCANNER, "serial:x,protocol=ssi,end=cr", &settings, &s,
	    &got);
	push(&s, "WHOLE\r", 2000);
	while ((at_ms = intake_deadline(&s)) >= 0) {
		assert_true(at_ms > s.now_ms); /* it waits, and does not spin */
		intake_tick(&s, at_ms);
	}
	assert_string_equal(got.events, "scan unknown 57484F4C45|");
}

static void
test_reopened_device_starts_afresh(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_SCANNER, "serial:x", &settings, &s, &got);
	push(&s, "HALF", 1000);
	intake_start(&s, 1050);
	push(&s, "WHOLE\r", 1060);
	assert_string_equal(got.events, "scan unknown 57484F4C45|");
}

static void
test_lines_of_programs_are_checked(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "scan qr 4142", "scan qr 4142|" },
		{ "scan qr 4142 new=1", "scan qr 4142|" },
		{ "temp 36600", "temp 36600 quality=ok|" },
		{ "ok", "ok|" },
		{ "hello 1 scanner", "" },
		{ "later thing", "" },
		{ "scan qr 414", "fault a line that is no event line|" },
		{ "scan", "fault a line that is no event line|" },
		{ "temp hot", "fault a line that is no event line|" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct settings settings;
		struct intake s;
		struct got got;

		begin(ROLE_SCANNER, "exec:true", &settings, &s, &got);
		intake_line(&s, cases[i].line, 2000);
		if (strncmp(cases[i].want, "temp", 4) == 0)
			assert_non_null(strstr(got.events, "temp 36600"));
		else
			assert_string_equal(got.events, cases[i].want);
	}
}

static void
test_ambient_of_its_own_frame_is_kept(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=tn9,single=1", &settings,
	    &s, &got);
	intake_bytes(&s, (const void *)"\x66\x12\xc3\x3b\x0d", 5, 2000);
	intake_bytes(&s, (const void *)"\x4c\x13\x5a\xb9\x0d", 5, 2100);
	assert_string_equal(got.events, "temp 36475 raw=36475 ambient=27037 "
	    "samples=1 spread=0 quality=ok|");
}

/* What was sent to a sensor that is asked, told, asked again and believed. */
static void
test_sensor_is_told_the_emissivity(void **state)
{
	static const struct {
		const char *device, *ask, *other, *tell, *said, *same, *query;
	} cases[] = {
		{ "serial:x,protocol=optris,emissivity=0.98", "04 ", "03B6",
		    "8403D453 ", "03D4", "03D4", "01 " },
		{ "serial:x,protocol=optris,emissivity=1,address=1", "B104 ",
		    "03B6", "B18403E86F ", "", "03E8", "B101 " },
		{ "serial:x,protocol=modbus,emissivity=0.98,"
		    "emissivity_register=4,emissivity_scale=100",
		    "010300040001C5CB ", "010302005FF87C",
		    "01060004006249E2 ", "01060004006249E2",
		    "010302006239AD", "01040000000131CA " },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const char *answers[] = { cases[i].other, cases[i].said,
			cases[i].same };
		const char *sent[] = { cases[i].tell, cases[i].ask,
			cases[i].query };
		struct settings settings;
		struct intake s;
		struct got got;
		int64_t now_ms = 1000;

		begin(ROLE_THERMOMETER, cases[i].device, &settings, &s, &got);
		assert_string_equal(got.sent, cases[i].ask);
		for (size_t k = 0; k < nitems(answers); k++) {
			unsigned char bytes[16];
			ssize_t n = hex_parse(answers[k], strlen(answers[k]),
			    bytes, sizeof(bytes));

			for (ssize_t at = 0; at < n; at++) /* one by one */
				intake_bytes(&s, bytes + at, 1, now_ms + 10);
			got.sent[0] = '\0';
			now_ms = intake_deadline(&s);
			intake_tick(&s, now_ms);
			assert_string_equal(got.sent, sent[k]);
		}
		assert_string_equal(got.events, "");
	}
}

/* It is told three times and no more, and what it measures is not believed. */
static void
test_sensor_that_keeps_its_emissivity(void **state)
{
	struct settings settings;
	struct intake s;
	struct got got;
	unsigned told = 0;

	(void)state;
	begin(ROLE_THERMOMETER, "serial:x,protocol=optris,emissivity=0.98",
	    &settings, &s, &got);
	for (int i = 0; i < 100; i++) {
		bool asked = strcmp(got.sent, "04 ") == 0;

		told += strncmp(got.sent, "84", 2) == 0;
		if (asked)
			intake_bytes(&s, (const void *)"\x03\xb6", 2,
			    s.now_ms + 10);
		got.sent[0] = '\0';
		intake_tick(&s, intake_deadline(&s));
	}
	assert_int_equal(told, 3);
	assert_string_equal(got.events, "fault the device does not take the "
	    "emissivity|");
	/* Somebody else set it right meanwhile. */
	intake_tick(&s, intake_deadline(&s));
	intake_bytes(&s, (const void *)"\x03\xd4", 2, s.now_ms + 10);
	got.sent[0] = '\0';
	intake_tick(&s, intake_deadline(&s));
	assert_string_equal(got.sent, "01 ");
}

/* A gy-614v says in each frame what it reckons with. */
static void
test_emissivity_of_the_frame(void **state)
{
	static const unsigned char frame[] = "\xa4\x03\x07\x07\x5f\x0d\xde"
	    "\x0a\xfa\x0e\x38";
	unsigned char bytes[12];
	struct settings settings;
	struct intake s;
	struct got got;

	(void)state;
	memcpy(bytes, frame, 11);
	bytes[11] = 0;
	for (int i = 0; i < 11; i++)
		bytes[11] = (unsigned char)(bytes[11] + bytes[i]);
	begin(ROLE_THERMOMETER, "serial:x,protocol=gy-614v,single=1,"
	    "value=object,emissivity=0.98", &settings, &s, &got);
	intake_bytes(&s, bytes, 12, 2000);
	/* 35.50 of a sensor set to 0.95: less is the room's, so colder. */
	assert_string_equal(got.events, "temp 35281 raw=35500 ambient=28100 "
	    "emissivity=980 sensor_emissivity=950 samples=1 spread=0 "
	    "quality=ok|");
	begin(ROLE_THERMOMETER, "serial:x,protocol=gy-614v,single=1,"
	    "value=body,emissivity=0.98", &settings, &s, &got);
	intake_bytes(&s, bytes, 12, 2000);
	assert_string_equal(got.events,
	    "fault the device is set to another emissivity|");
	begin(ROLE_THERMOMETER, "serial:x,protocol=gy-614v,single=1,"
	    "value=body,emissivity=0.95", &settings, &s, &got);
	intake_bytes(&s, bytes, 12, 2000);
	assert_non_null(strstr(got.events, "temp 36400 raw=36400"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complaints_come_every_ten_seconds),
		cmocka_unit_test(test_impossible_room_spoils_the_reading),
		cmocka_unit_test(test_device_is_asked),
		cmocka_unit_test(test_a_device_that_never_answers_is_mute),
		cmocka_unit_test(test_start_bytes),
		cmocka_unit_test(test_a_scanner_says_what_it_is),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_code_behind_an_answer),
		cmocka_unit_test(test_raw_text_of_ssi_ends_with_cr),
		cmocka_unit_test(test_reopened_device_starts_afresh),
		cmocka_unit_test(test_lines_of_programs_are_checked),
		cmocka_unit_test(test_ambient_of_its_own_frame_is_kept),
		cmocka_unit_test(test_sensor_is_told_the_emissivity),
		cmocka_unit_test(test_sensor_that_keeps_its_emissivity),
		cmocka_unit_test(test_emissivity_of_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
