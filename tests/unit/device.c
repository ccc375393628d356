/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device string comes apart as chot.conf(5) says, or is refused whole. */
#include "test.h"

#include "conf.h"

static void
test_parts(void **state)
{
	static const struct {
		const char *text;
		enum transport transport;
		const char *path, *option, *value;
		size_t noptions;
	} cases[] = {
		{ "serial:/dev/ttyUSB0", TRANSPORT_SERIAL, "/dev/ttyUSB0", "baud", NULL, 0 },
		{ "serial:/dev/ttyUSB0,baud=9600,protocol=line", TRANSPORT_SERIAL,
		    "/dev/ttyUSB0", "protocol", "line", 2 },
		{ "serial:/dev/pci-0000:00:14.0-usb,baud=9600", TRANSPORT_SERIAL,
		    "/dev/pci-0000:00:14.0-usb", "baud", "9600", 1 },
		{ "tcp:10.0.0.7:4001,end=cr", TRANSPORT_TCP, "10.0.0.7:4001", "end", "cr", 1 },
		{ "exec:sh -c 'a,b=c: d', x=1", TRANSPORT_EXEC, "sh -c 'a,b=c: d', x=1",
		    "x", NULL, 0 },
		{ "images:/a b/", TRANSPORT_IMAGES, "/a b/", "x", NULL, 0 },
		{ "y4m:f", TRANSPORT_Y4M, "f", "x", NULL, 0 },
		{ "lp:/dev/usb/lp0", TRANSPORT_LP, "/dev/usb/lp0", "x", NULL, 0 },
		{ "trace:f,speed=", TRANSPORT_TRACE, "f", "speed", "", 1 },
		{ "v4l2:/dev/video0,size=1280x720", TRANSPORT_V4L2, "/dev/video0",
		    "size", "1280x720", 1 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct device device;
		struct err err = { .text = "" };
		const char *value;

		if (device_parse(cases[i].text, &device, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(device.transport, cases[i].transport);
		assert_string_equal(device.path, cases[i].path);
		assert_int_equal(device.noptions, cases[i].noptions);
		value = device_option(&device, cases[i].option);
		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
	}
}

static void
test_bad_strings_are_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "a device is TRANSPORT:PATH" },
		{ "/dev/ttyUSB0", "a device is TRANSPORT:PATH" },
		{ "usb:/dev/x", "no transport \"usb\"" },
		{ "SERIAL:/dev/x", "no transport" },
		{ "serial:", "without a path" },
		{ "serial:,baud=1", "without a path" },
		{ "serial:x,", "not option=value" },
		{ "serial:x,baud", "not option=value" },
		{ "serial:x,=9", "not option=value" },
		{ "serial:x,Baud=9", "an option's name" },
		{ "serial:x,baud=1,baud=2", "baud is given twice" },
		{ "serial:x\n", "control character" },
		{ "serial:x,aaaaaaaaaaaaaaaaaaaaaaaa=1", "longer than 23" },
		{ "serial:x,a=0123456789012345678901234567890123456789012345678901234567890123",
		    "a is longer than 63" },
		{ "serial:x,a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,p=1,q=1",
		    "at most 16" },
	};
	char longest[CONF_DEVICE_MAX + 8] = "exec:";
	struct device device;
	struct err err;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		if (device_parse(cases[i].text, &device, &err) == 0)
			fail_msg("taken: %s", cases[i].text);
		if (strstr(err.text, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(err.kind, ERR_SETUP);
	}
	memset(longest + 5, 'x', CONF_DEVICE_MAX - 5);
	assert_int_equal(device_parse(longest, &device, &err), -1);
	longest[CONF_DEVICE_MAX - 1] = '\0';
	assert_int_equal(device_parse(longest, &device, &err), 0);
}

static void
test_numbers_keep_their_limits(void **state)
{
	struct device device;
	struct err err;
	long value;

	(void)state;
	assert_int_equal(device_parse(
	    "serial:x,a=5,b=6,c=5x,d=,e=99999999999999999999,f= 5,g=-1",
	    &device, &err), 0);
	assert_int_equal(device_number(&device, "a", 0, 5, 1, &value, &err), 0);
	assert_int_equal(value, 5);
	assert_int_equal(device_number(&device, "z", 0, 5, 1, &value, &err), 0);
	assert_int_equal(value, 1);
	for (const char *name = "bcdefg"; *name != '\0'; name++) {
		char word[2] = { *name, '\0' };

		assert_int_equal(device_number(&device, word, 0, 5, 1, &value,
		    &err), -1);
		assert_int_equal(err.text[0], *name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_bad_strings_are_refused),
		cmocka_unit_test(test_numbers_keep_their_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
