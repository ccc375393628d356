/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of a device are known, in range and have a meaning there. */
#include "test.h"

#include "../../src/reader/parts.h"

static int
fill(enum reader_role role, const char *text, struct settings *settings,
    struct err *err)
{
	struct device device;

	if (device_parse(text, &device, err) < 0)
		fail_msg("%s", err->text);
	return settings_fill(role, &device, settings, err);
}

static void
test_defaults_of_drivers(void **state)
{
	struct settings s;
	struct err err;

	(void)state;
	assert_int_equal(fill(ROLE_SCANNER, "serial:x", &s, &err), 0);
	assert_string_equal(s.driver->name, "line");
	assert_int_equal(s.baud, 9600);
	assert_int_equal(s.idle_ms, 150);
	assert_int_equal(s.end, END_AUTO);
	assert_int_equal(s.aim, AIM_AUTO);
	assert_int_equal(s.bits, 8);
	assert_int_equal(s.stop, 1);
	assert_int_equal(s.dtr, 1);
	assert_int_equal(fill(ROLE_SCANNER, "serial:x,baud=115200", &s, &err), 0);
	assert_int_equal(s.idle_ms, 60);
	assert_int_equal(fill(ROLE_THERMOMETER, "serial:x", &s, &err), 0);
	assert_string_equal(s.driver->name, "gy-mcu90614");
	assert_int_equal(s.single, 0);
	assert_int_equal(fill(ROLE_THERMOMETER, "serial:x,protocol=ascii", &s, &err), 0);
	assert_int_equal(s.single, 1);
	assert_int_equal(fill(ROLE_THERMOMETER, "serial:x,protocol=optris", &s, &err), 0);
	assert_int_equal(s.baud, 115200);
	assert_int_equal(s.query_ms, 100);
	assert_int_equal(s.address, 0);
	assert_int_equal(fill(ROLE_PLATE, "tcp:10.0.0.1:4001", &s, &err), 0);
	assert_string_equal(s.driver->name, "line");
}

static void
test_values(void **state)
{
	struct settings s;
	struct err err;

	(void)state;
	assert_int_equal(fill(ROLE_SCANNER, "serial:x,end=crlf,idle_ms=500,"
	    "aim=off,parity=even,bits=7,stop=2,flow=rtscts,dtr=off,rts=off",
	    &s, &err), 0);
	assert_int_equal(s.end, END_CRLF);
	assert_int_equal(s.idle_ms, 500);
	assert_int_equal(s.aim, AIM_OFF);
	assert_int_equal(s.parity, PARITY_EVEN);
	assert_int_equal(s.bits, 7);
	assert_int_equal(s.stop, 2);
	assert_int_equal(s.flow, FLOW_RTSCTS);
	assert_int_equal(s.dtr, 0);
	assert_int_equal(s.rts, 0);
	assert_int_equal(fill(ROLE_THERMOMETER, "serial:x,offset=0.89,"
	    "emissivity=0.98,sensor_emissivity=1,distance=10", &s, &err), 0);
	assert_int_equal(s.offset_mc, 890);
	assert_int_equal(s.emissivity, 980);
	assert_int_equal(s.sensor_emissivity, 1000);
	assert_int_equal(fill(ROLE_THERMOMETER, "serial:x,offset=-1.005", &s, &err), 0);
	assert_int_equal(s.offset_mc, -1005);
	assert_int_equal(fill(ROLE_THERMOMETER, "trace:x,protocol=chuwo,"
	    "region=1:2:3:4,speed=2.5", &s, &err), 0);
	assert_int_equal(s.left, 1);
	assert_int_equal(s.top, 2);
	assert_int_equal(s.width, 3);
	assert_int_equal(s.height, 4);
	assert_int_equal(s.speed, 2500);
}

static void
test_refused(void **state)
{
	static const struct {
		enum reader_role role;
		const char *text, *want;
	} cases[] = {
		{ ROLE_SCANNER, "serial:x,colour=red", "no option \"colour\"" },
		{ ROLE_SCANNER, "serial:x,protocol=gy-mcu90614", "no protocol \"gy-mcu90614\" for a scanner" },
		{ ROLE_THERMOMETER, "serial:x,protocol=line", "no protocol \"line\" for a thermometer" },
		{ ROLE_SCANNER, "serial:x,offset=1", "the option offset has no meaning here" },
		{ ROLE_THERMOMETER, "serial:x,end=cr", "the option end has no meaning here" },
		{ ROLE_SCANNER, "tcp:h:1,baud=9600", "the option baud has no meaning here" },
		{ ROLE_SCANNER, "tcp:h", "tcp: needs HOST:PORT" },
		{ ROLE_SCANNER, "serial:x,speed=2", "the option speed has no meaning here" },
		{ ROLE_SCANNER, "serial:x,baud=0", "baud is not within 50 and 4000000" },
		{ ROLE_SCANNER, "serial:x,end=lfcr", "end is none of: auto cr lf crlf tab etx none" },
		{ ROLE_SCANNER, "serial:x,end=", "end is none of" },
		{ ROLE_SCANNER, "serial:x,end=auto cr", "end is none of" },
		{ ROLE_SCANNER, "serial:x,idle_ms=4", "idle_ms is not within 5 and 5000" },
		{ ROLE_THERMOMETER, "serial:x,offset=0,9", "\"9\" is not option=value" },
		{ ROLE_THERMOMETER, "serial:x,offset=1.0001", "offset is not a number like 0.9" },
		{ ROLE_THERMOMETER, "serial:x,offset=-", "offset is not a number" },
		{ ROLE_THERMOMETER, "serial:x,offset=99999999999999999999", "offset is not" },
		{ ROLE_THERMOMETER, "serial:x,offset=10.5", "offset is not within -10 and 10" },
		{ ROLE_THERMOMETER, "serial:x,emissivity=0.98", "gy-mcu90614 cannot be told an emissivity: give sensor_emissivity" },
		{ ROLE_THERMOMETER, "serial:x,sensor_emissivity=1", "what belongs to emissivity needs emissivity" },
		{ ROLE_THERMOMETER, "serial:x,emissivity=1.01,sensor_emissivity=1", "emissivity is not within 0.1 and 1" },
		{ ROLE_THERMOMETER, "serial:x,emissivity=0,sensor_emissivity=1", "emissivity is not within 0.1 and 1" },
		{ ROLE_THERMOMETER, "serial:x,protocol=gy-614v,emissivity=0.98,sensor_emissivity=1", "gy-614v says itself what it is set to" },
		{ ROLE_THERMOMETER, "serial:x,protocol=optris,emissivity=0.98,sensor_emissivity=1", "optris says itself what it is set to" },
		{ ROLE_THERMOMETER, "serial:x,protocol=optris,emissivity=0.98,emissivity_register=4", "optris has no emissivity_register" },
		{ ROLE_THERMOMETER, "serial:x,protocol=modbus,emissivity=0.98", "modbus needs emissivity_register and emissivity_scale" },
		{ ROLE_THERMOMETER, "serial:x,protocol=modbus,emissivity=0.985,emissivity_register=4,emissivity_scale=100", "emissivity has more digits than emissivity_scale" },
		{ ROLE_THERMOMETER, "serial:x,protocol=haiman,emissivity=0.98", "haiman takes no emissivity" },
		{ ROLE_THERMOMETER, "serial:x,protocol=ascii,emissivity=0.98", "ascii takes no emissivity" },
		{ ROLE_THERMOMETER, "serial:x,region=1:2:3", "region is not 4 numbers with ':' between" },
		{ ROLE_THERMOMETER, "serial:x,region=1:2:3:0", "region is empty" },
		{ ROLE_THERMOMETER, "serial:x,region=1:2:3:64", "region is not within 0 and 63" },
		{ ROLE_CAMERA, "serial:x", "a camera cannot be read that way" },
		{ ROLE_SCANNER, "v4l2:x", "a scanner cannot be read that way" },
		{ ROLE_THERMOMETER, "lp:x", "a thermometer cannot be read that way" },
		{ ROLE_CAMERA, "v4l2:x,size=1280", "size is not 2 numbers" },
		{ ROLE_CAMERA, "v4l2:x,size=1280x9999", "size is not within 16 and 8192" },
		{ ROLE_CAMERA, "v4l2:x,protocol=line", "no option \"protocol\"" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct device device;
		struct settings s;
		struct err err = { .text = "" };

		if (device_parse(cases[i].text, &device, &err) == 0 &&
		    settings_fill(cases[i].role, &device, &s, &err) == 0)
			fail_msg("taken: %s", cases[i].text);
		if (strstr(err.text, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(err.kind, ERR_SETUP);
	}
}

static void
test_taken(void **state)
{
	static const struct {
		enum reader_role role;
		const char *text;
	} cases[] = {
		{ ROLE_CAMERA, "v4l2:/dev/video0,size=1280x720" },
		{ ROLE_CAMERA, "images:/tmp" }, { ROLE_CAMERA, "y4m:/tmp/f" },
		{ ROLE_CAMERA, "exec:x" }, { ROLE_SCANNER, "exec:a, b" },
		{ ROLE_SCANNER, "serial:x,protocol=ssi,baud=19200,aim=on" },
		{ ROLE_THERMOMETER, "serial:x,protocol=modbus,address=2,function=3,register=1,scale=100" },
	};
	struct settings s;
	struct err err;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (fill(cases[i].role, cases[i].text, &s, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
}

/* Each row can be chosen, and what it sends is hexadecimal. */
static void
test_rows_of_drivers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ndrivers; i++) {
		const char *hex[] = { drivers[i].start, drivers[i].query,
			drivers[i].trigger, drivers[i].beep };
		unsigned char bytes[64];

		assert_true(drivers[i].roles != 0 && drivers[i].baud > 0);
		assert_true((drivers[i].kind == DRIVER_PACKET) ==
		    (drivers[i].take != NULL));
		for (size_t k = 0; k < nitems(hex); k++)
			if (hex[k] != NULL)
				assert_true(hex_parse(hex[k], strlen(hex[k]),
				    bytes, sizeof(bytes)) > 0);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(drivers[i].name,
			    drivers[k].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_of_drivers),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_rows_of_drivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
