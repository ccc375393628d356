/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was switched on goes off, whatever happens in between. */
#include "test.h"

#include "../../src/actuator/parts.h"

/* A board that remembers, and what was said. */
struct bench {
	struct tuning tuning;
	struct relay relay;
	bool broken; /* takes nothing */
	long armed;
	char sent[4096], said[4096];
};

static ssize_t
bench_write(void *arg, const unsigned char *bytes, size_t n)
{
	struct bench *bench = arg;
	size_t len = strlen(bench->sent);

	if (bench->broken)
		return 0;
	len += hex_print(bytes, n, bench->sent + len);
	strcpy(bench->sent + len, " ");
	return (ssize_t)n;
}

static size_t
bench_pending(void *arg)
{
	(void)arg;
	return 0;
}

static void
bench_say(void *arg, const char *line)
{
	struct bench *bench = arg;

	strcat(bench->said, line);
	strcat(bench->said, "|");
}

static void
bench_arm(void *arg, long ms)
{
	((struct bench *)arg)->armed = ms;
}

static void
bench_start(struct bench *bench, const char *options)
{
	const struct sink_out sink = { bench_write, bench_pending, bench_say,
		bench_arm, bench };
	struct device device;
	struct err err;
	char text[200];

	memset(bench, 0, sizeof(*bench));
	snprintf(text, sizeof(text), "serial:/dev/x%s", options);
	assert_int_equal(device_parse(text, &device, &err), 0);
	assert_int_equal(tuning_fill(ACTUATOR_RELAY, &device, &bench->tuning,
	    &err), 0);
	relay_init(&bench->relay, &bench->tuning, &sink);
	relay_up(&bench->relay, 1000);
	/* Off-frames of several channels come with a pause between. */
	for (int64_t at = 1050; at < 1500; at += 50)
		relay_tick(&bench->relay, at);
}

static void
forget(struct bench *bench)
{
	bench->sent[0] = bench->said[0] = '\0';
}

static void
order(struct bench *bench, const char *text, int64_t now_ms)
{
	char line[200];
	struct order parsed;
	struct err err;

	strcpy(line, text);
	assert_int_equal(order_parse(line, &parsed, &err), 0);
	relay_order(&bench->relay, &parsed, now_ms);
}

static void
test_frames_are_those_of_the_boards(void **state)
{
	static const struct {
		const char *board;
		int channel;
		bool on;
		const char *want;
	} cases[] = {
		{ "lcus", 1, true, "A00101A2" },
		{ "lcus", 1, false, "A00100A1" },
		{ "lcus", 2, true, "A00201A3" },
		{ "lcus", 2, false, "A00200A2" },
		{ "hw667", 1, true, "AA" },
		{ "hw667", 1, false, "BB" },
		{ "kmtronic", 1, true, "FF0101" },
		{ "kmtronic", 2, false, "FF0200" },
		{ "modbus", 1, true, "01050000FF008C3A" },
		{ "modbus", 1, false, "010500000000CDCA" },
		{ "modbus", 2, true, "01050001FF00DDFA" },
		{ "gpio", 3, true, "0301" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		unsigned char frame[16];
		char hex[40] = "";

		for (size_t k = 0; k < nboards; k++)
			if (strcmp(boards[k].name, cases[i].board) == 0)
				hex_print(frame, boards[k].frame(1,
				    cases[i].channel, cases[i].on, frame),
				    hex);
		assert_string_equal(hex, cases[i].want);
	}
}

static void
test_all_is_off_at_the_start(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, ",protocol=lcus,channels=2");
	assert_string_equal(bench.sent, "A00100A1 A00200A2 ");
	assert_string_equal(bench.said, "switch 0 off channel=1 reason=start|"
	    "switch 0 off channel=2 reason=start|");
}

static void
test_a_pulse_ends_by_itself(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	forget(&bench);
	order(&bench, "open 7 reason=pass", 2000);
	assert_string_equal(bench.sent, "A00101A2 ");
	assert_string_equal(bench.said,
	    "ok 7|switch 7 on channel=1 reason=pass|");
	assert_true(bench.armed >= 700);
	assert_int_equal(relay_deadline(&bench.relay), 2700);
	relay_tick(&bench.relay, 2699);
	assert_string_equal(bench.sent, "A00101A2 ");
	relay_tick(&bench.relay, 2700);
	assert_string_equal(bench.sent, "A00101A2 A00100A1 ");
	assert_string_equal(bench.said,
	    "ok 7|switch 7 on channel=1 reason=pass|"
	    "switch 7 off channel=1 reason=pass|done 7|");
	assert_int_equal(bench.armed, -1);
	assert_false(relay_busy(&bench.relay));
	assert_int_equal(relay_deadline(&bench.relay), -1);
}

static void
test_what_is_refused_switches_nothing(void **state)
{
	static const struct {
		const char *order, *want;
	} cases[] = {
		{ "on 1", "fault 1 on needs milliseconds|" },
		{ "on 1 30001", "fault 1 at most 30000 ms|" },
		{ "open 1 5001", "fault 1 a gate's pulse is at most 5000 ms|" },
		{ "open 1 0", "fault 1 milliseconds are a number from 1 on|" },
		{ "open 1 12x",
		    "fault 1 milliseconds are a number from 1 on|" },
		{ "open 1 9999999999",
		    "fault 1 milliseconds are a number from 1 on|" },
		{ "open 1 -5", "fault 1 what follows is neither milliseconds "
		    "nor name=value|" },
		{ "open 1 700 800", "fault 1 what follows is neither "
		    "milliseconds nor name=value|" },
		{ "open 1 channel=2", "fault 1 there is no channel 2|" },
		{ "open 1 channel=9", "fault 1 a channel is 1 to 8|" },
		{ "open 1 reason=", "fault 1 a reason is a word of at most 31 "
		    "letters|" },
		{ "open 1 reason=a\x1b[2J", "fault 1 a reason is a word of at "
		    "most 31 letters|" },
		{ "explode 1", "fault 1 no such order: explode|" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct bench bench;

		bench_start(&bench, "");
		forget(&bench);
		order(&bench, cases[i].order, 2000);
		relay_tick(&bench.relay, 3000);
		assert_string_equal(bench.said, cases[i].want);
		assert_string_equal(bench.sent, "");
	}
}

static void
test_unknown_pairs_are_a_later_programs(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	forget(&bench);
	order(&bench, "open 1 200 colour=green reason=emergency", 2000);
	assert_string_equal(bench.said,
	    "ok 1|switch 1 on channel=1 reason=emergency|");
}

static void
test_interlock(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, ",channels=2");
	forget(&bench);
	order(&bench, "on 1 5000", 2000);
	order(&bench, "open 2 channel=2", 2100);
	order(&bench, "open 3", 2200);
	assert_string_equal(bench.sent, "A00101A2 ");
	assert_non_null(strstr(bench.said, "fault 2 interlock"));
	assert_non_null(strstr(bench.said, "fault 3 interlock"));
	relay_tick(&bench.relay, 7000);
	order(&bench, "open 4 channel=2", 7100);
	assert_string_equal(bench.sent, "A00101A2 A00100A1 A00201A3 ");

	bench_start(&bench, ",channels=2,interlock=channel");
	forget(&bench);
	order(&bench, "on 1 5000", 2000);
	order(&bench, "open 2 channel=2", 2100);
	assert_string_equal(bench.sent, "A00101A2 A00201A3 ");
}

static void
test_off_is_always_obeyed(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	forget(&bench);
	order(&bench, "on 1 5000 reason=booth", 2000);
	order(&bench, "off 2 reason=officer", 2100);
	order(&bench, "off 3", 2200);
	assert_string_equal(bench.sent, "A00101A2 A00100A1 A00100A1 ");
	assert_string_equal(bench.said,
	    "ok 1|switch 1 on channel=1 reason=booth|"
	    "fault 1 switched off by 2|ok 2|"
	    "switch 2 off channel=1 reason=officer|done 2|"
	    "ok 3|switch 3 off channel=1 reason=none|done 3|");
}

static void
test_off_is_repeated_until_it_is_taken(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	forget(&bench);
	order(&bench, "open 1", 2000);
	bench.broken = true;
	for (int64_t at = 2700; at < 8000; at += 100)
		relay_tick(&bench.relay, at);
	assert_string_equal(bench.sent, "A00101A2 ");
	assert_non_null(strstr(bench.said, "fault 1 the relay does not "
	    "confirm that channel 1 is off|"));
	assert_true(bench.armed > 0);
	bench.broken = false;
	relay_tick(&bench.relay, 8600);
	assert_string_equal(bench.sent, "A00101A2 A00100A1 ");
	assert_int_equal(bench.armed, -1);
}

static void
echo(struct bench *bench, const char *hex, int64_t now_ms)
{
	unsigned char bytes[32];
	ssize_t n = hex_parse(hex, strlen(hex), bytes, sizeof(bytes));

	assert_true(n > 0);
	for (ssize_t i = 0; i < n; i++)
		relay_bytes(&bench->relay, &bytes[i], 1, now_ms);
}

#define ON1 "01050000FF008C3A"
#define OFF1 "010500000000CDCA"

static void
test_echoes_count_and_noise_does_not(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, ",protocol=modbus");
	relay_tick(&bench.relay, 3000);
	forget(&bench);
	order(&bench, "open 1", 3000);
	assert_non_null(strstr(bench.said, "fault 1 interlock"));
	relay_tick(&bench.relay, 5000); /* too late: asked again */
	relay_tick(&bench.relay, 5500);
	echo(&bench, "0105" OFF1, 5510);
	forget(&bench);
	order(&bench, "open 2", 6000);
	assert_string_equal(bench.said, "ok 2|");
	echo(&bench, OFF1, 6010); /* not what was sent */
	assert_string_equal(bench.said, "ok 2|");
	echo(&bench, ON1, 6020);
	assert_string_equal(bench.said,
	    "ok 2|switch 2 on channel=1 reason=none|");
	relay_tick(&bench.relay, 6720);
	echo(&bench, OFF1, 6730);
	assert_non_null(strstr(bench.said, "done 2|"));
}

static void
test_no_echo_ends_in_off(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, ",protocol=modbus");
	relay_tick(&bench.relay, 3000);
	echo(&bench, OFF1, 3010);
	forget(&bench);
	order(&bench, "open 1", 4000);
	for (int64_t at = 4000; at < 7000; at += 10)
		relay_tick(&bench.relay, at);
	assert_string_equal(bench.said, "ok 1|fault 1 the relay does not "
	    "answer|");
	assert_memory_equal(bench.sent, ON1 " " ON1 " " ON1 " " OFF1, 67);
}

static void
test_a_lost_board_is_told_and_off_when_back(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	forget(&bench);
	order(&bench, "on 1 20000", 2000);
	relay_down(&bench.relay, 3000);
	order(&bench, "open 2", 3100);
	assert_string_equal(bench.said, "ok 1|switch 1 on channel=1 "
	    "reason=none|fault 1 the relay was lost|fault 2 no relay|");
	assert_int_equal(relay_deadline(&bench.relay), -1);
	forget(&bench);
	relay_up(&bench.relay, 5000);
	assert_string_equal(bench.sent, "A00100A1 ");
}

static void
test_the_last_order_ends_booths_and_lets_gates_end(void **state)
{
	struct bench bench;

	(void)state;
	bench_start(&bench, "");
	order(&bench, "on 1 20000", 2000);
	relay_last(&bench.relay, 3000);
	assert_false(relay_busy(&bench.relay));
	order(&bench, "open 2", 4000);
	relay_last(&bench.relay, 4100);
	assert_true(relay_busy(&bench.relay));
	relay_tick(&bench.relay, 4700);
	assert_false(relay_busy(&bench.relay));
}

static void
test_orders(void **state)
{
	static const char *const bad[] = { "", "open", "open ", "open 0",
		"open x", "open 1234567890", "OPEN 1", "open\t1", "1 open",
		"averyveryverylongverb 1", "open 1x", " open 1" };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		char line[64];
		struct order parsed;
		struct err err;

		strcpy(line, bad[i]);
		assert_int_equal(order_parse(line, &parsed, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void
test_options(void **state)
{
	static const struct {
		enum actuator_role role;
		const char *device;
		bool good;
	} cases[] = {
		{ ACTUATOR_RELAY, "serial:/dev/x", true },
		{ ACTUATOR_RELAY, "tcp:host:4001,protocol=modbus,address=7",
		    true },
		{ ACTUATOR_RELAY, "tcp:host,protocol=modbus", false },
		{ ACTUATOR_RELAY, "lp:/dev/usb/lp0", false },
		{ ACTUATOR_RELAY, "exec:true", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,protocol=escpos", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,protocol=hw667,channels=2",
		    false },
		{ ACTUATOR_RELAY, "serial:/dev/x,baud=19200,parity=even,dtr=off",
		    true },
		{ ACTUATOR_RELAY, "serial:/dev/x,parity=maybe", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,pulse=5001", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,pulse=900,max=800", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,width=80", false },
		{ ACTUATOR_RELAY, "serial:/dev/x,active=low", false },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio,"
		    "line=17:27,active=low", true },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio", false },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio,"
		    "line=17:17", false },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio,"
		    "line=17:", false },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio,"
		    "line=1:2:3:4:5:6:7:8:9", false },
		{ ACTUATOR_RELAY, "serial:/dev/gpiochip0,protocol=gpio,"
		    "line=3,baud=9600", false },
		{ ACTUATOR_PRINTER, "serial:/dev/x,protocol=escpos,width=80,"
		    "cut=full,flow=rtscts", true },
		{ ACTUATOR_PRINTER, "lp:/dev/usb/lp0,dots=512,mode=tcvn3",
		    true },
		{ ACTUATOR_PRINTER, "lp:/dev/usb/lp0,dots=510", false },
		{ ACTUATOR_PRINTER, "lp:/dev/usb/lp0,width=70", false },
		{ ACTUATOR_PRINTER, "lp:/dev/usb/lp0,baud=9600", false },
		{ ACTUATOR_PRINTER, "lp:/dev/usb/lp0,band=129", false },
		{ ACTUATOR_PRINTER, "exec:lp -o raw", true },
		{ ACTUATOR_PRINTER, "tcp:10.0.0.9:9100", true },
		{ ACTUATOR_PRINTER, "serial:/dev/x,protocol=lcus", false },
		{ ACTUATOR_SOUND, "exec:aplay -q", true },
		{ ACTUATOR_SOUND, "lp:/dev/tty1", true },
		{ ACTUATOR_SOUND, "serial:/dev/x", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct device device;
		struct err err = { .text = "" };
		bool good;

		assert_int_equal(device_parse(cases[i].device, &device, &err),
		    0);
		good = actuator_check(cases[i].role, &device, &err) == 0;
		if (good != cases[i].good)
			print_message("# %s: %s\n", cases[i].device, err.text);
		assert_int_equal(good, cases[i].good);
		assert_true(good || err.kind == ERR_SETUP);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_are_those_of_the_boards),
		cmocka_unit_test(test_all_is_off_at_the_start),
		cmocka_unit_test(test_a_pulse_ends_by_itself),
		cmocka_unit_test(test_what_is_refused_switches_nothing),
		cmocka_unit_test(test_unknown_pairs_are_a_later_programs),
		cmocka_unit_test(test_interlock),
		cmocka_unit_test(test_off_is_always_obeyed),
		cmocka_unit_test(test_off_is_repeated_until_it_is_taken),
		cmocka_unit_test(test_echoes_count_and_noise_does_not),
		cmocka_unit_test(test_no_echo_ends_in_off),
		cmocka_unit_test(test_a_lost_board_is_told_and_off_when_back),
		cmocka_unit_test(
		    test_the_last_order_ends_booths_and_lets_gates_end),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
