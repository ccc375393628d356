/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plate in an event, however the camera's maker wraps it. */
#include "test.h"

#include "../../src/reader/plates.h"

#define MULTIPART "multipart/form-data; boundary=MIME_boundary"

static void
test_events_of_common_cameras(void **state)
{
	static const struct {
		const char *type, *body, *plate;
	} cases[] = {
		/* Hikvision, alone and as a part beside a picture */
		{ "application/xml", "<?xml version=\"1.0\"?>\n"
		    "<EventNotificationAlert xmlns=\"http://x\"><dateTime>"
		    "2021-10-22T14:00:00+07:00</dateTime><ANPR>"
		    "<licensePlateColor>white</licensePlateColor>"
		    "<licensePlate>51F67890</licensePlate><confidenceLevel>97"
		    "</confidenceLevel></ANPR></EventNotificationAlert>",
		    "51F67890" },
		{ MULTIPART, "--MIME_boundary\r\nContent-Disposition: "
		    "form-data; name=\"anpr.xml\"; filename=\"anpr.xml\"\r\n"
		    "Content-Type: text/xml\r\n\r\n<E><h:licensePlate>83A-123.45"
		    "</h:licensePlate></E>\r\n--MIME_boundary\r\nContent-Type: "
		    "image/jpeg\r\n\r\n\xff\xd8\xff\xe0plate=99Z99999\r\n"
		    "--MIME_boundary--\r\n", "83A-123.45" },
		/* Dahua, as JSON and as lines */
		{ "application/json", "{\"TrafficCar\":{\"PlateColor\":"
		    "\"White\",\"PlateNumber\":\"30A 123.45\"}}",
		    "30A 123.45" },
		{ "multipart/x-mixed-replace; boundary=\"b1\"", "--b1\r\n"
		    "Content-Type: text/plain\r\n\r\nEvents[0].EventBaseInfo."
		    "Code=TrafficJunction\r\nEvents[0].TrafficCar.PlateColor="
		    "Yellow1\r\nEvents[0].TrafficCar.PlateNumber=29C-555.55\r\n"
		    "--b1--", "29C-555.55" },
		/* LILIN, Axis, a form, a part of its own */
		{ "", "[{\"TS\":\"1\",\"LPR\":\"59X112345\",\"COUNTRY\":"
		    "\"VN\"}]", "59X112345" },
		{ "", "{\"plate\":\"65A12345\",\"timestamp\":1}", "65A12345" },
		{ "application/x-www-form-urlencoded", "cam=1&plate_number="
		    "51F-678%2E90&plate_color=w", "51F-678.90" },
		{ MULTIPART, "--MIME_boundary\r\nContent-Disposition: "
		    "form-data; name=\"license_plate\"\r\n\r\n51D1234\r\n"
		    "--MIME_boundary--", "51D1234" },
		/* the usual name counts more than one that is like it */
		{ "", "{\"plateAsRead\":\"11A11111\",\"plate\":\"22B22222\"}",
		    "22B22222" },
		{ "", "\xef\xbb\xbf {\"plate\":\" 14LD01234 \"}",
		    "14LD01234" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char plate[PLATE_TEXT_MAX];

		if (!plate_find(cases[i].type, cases[i].body,
		    strlen(cases[i].body), plate))
			fail_msg("case %zu: no plate", i);
		assert_string_equal(plate, cases[i].plate);
	}
}

static void
test_what_is_no_plate(void **state)
{
	static const char *const cases[] = {
		"", "{", "{}", "[[[[", "<", "<plate>", "<plate>unknown</plate>",
		"{\"plate\":\"unknown\"}", "{\"plate\":7}", "plate=",
		"{\"plateColor\":\"white1\"}", "heartbeat=1", "<plate/>12345",
		"{\"plate\":\"51F\\u001b[2J1234\"}", "plate=51F=12345",
		"<plate>51F<b>12345</plate>", "plate=%", "plate=%4",
		"{\"plate\":\"123456789012345678901234567890123456789\"}",
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char plate[PLATE_TEXT_MAX] = "x";

		if (plate_find("", cases[i], strlen(cases[i]), plate))
			fail_msg("%s: %s", cases[i], plate);
		assert_string_equal(plate, "");
	}
}

/* No byte behind the end is looked at: the body is not a string. */
static void
test_cut_anywhere_nothing_breaks(void **state)
{
	static const char *const bodies[] = {
		"<E><licensePlate>51F67890</licensePlate></E>",
		"{\"a\":{\"plate\":\"51F67890\"}}", "a=1&plate=51F%2D67890\r\n",
		"--M\r\nX: form-data; name=\"plate\"\r\n\r\n51F67890\r\n--M--",
	};

	(void)state;
	for (size_t i = 0; i < nitems(bodies); i++)
		for (size_t n = 0; n <= strlen(bodies[i]); n++) {
			char plate[PLATE_TEXT_MAX], *body = malloc(n + 1);

			body = realloc(body, n > 0 ? n : 1);
			memcpy(body, bodies[i], n);
			plate_find("", body, n, plate);
			plate_find("multipart/x; boundary=M", body, n, plate);
			free(body);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_of_common_cameras),
		cmocka_unit_test(test_what_is_no_plate),
		cmocka_unit_test(test_cut_anywhere_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
