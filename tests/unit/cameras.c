/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera's formats become the line that configures it. */
#include "test.h"

#include "../../src/reader/parts.h"

static void
assert_printed(const struct camera_info *info, const char *want)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	camera_print(info, out);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void
test_the_smallest_picture_that_is_wide_enough(void **state)
{
	const struct camera_info info = { .name = { .path = "/dev/video0", .id = "HD Webcam" }, .nformats = 2, .formats = {
		{ "YUYV", true, 2, { { 640, 480 }, { 1920, 1080 } } },
		{ "MJPG", true, 3, { { 640, 480 }, { 1280, 720 },
		    { 1920, 1080 } } } } };

	(void)state;
	assert_printed(&info, "# /dev/video0  HD Webcam\n"
	    "#   YUYV 640x480 1920x1080\n"
	    "#   MJPG 640x480 1280x720 1920x1080\n"
	    "camera = { \"v4l2:/dev/video0,size=1280x720\" }\n");
}

static void
test_an_old_camera_gives_its_widest(void **state)
{
	const struct camera_info info = { .name = { .path = "/dev/video2", .id = "Cam\033[31m" }, .nformats = 2, .formats = {
		{ "YUYV", true, 2, { { 320, 240 }, { 640, 480 } } },
		{ "H264", false, 1, { { 1920, 1080 } } } } };

	(void)state;
	assert_printed(&info, "# /dev/video2  Cam\xef\xbf\xbd[31m\n"
	    "#   YUYV 320x240 640x480\n"
	    "#   H264 (not read) 1920x1080\n"
	    "camera = { \"v4l2:/dev/video2,size=640x480\" }\n");
}

static void
test_one_that_cannot_be_read_gives_no_line(void **state)
{
	const struct camera_info info = { .name = { .path = "/dev/video4", .id = "Coder" }, .nformats = 1, .formats = {
		{ "H264", false, 1, { { 1920, 1080 } } } } };

	(void)state;
	assert_printed(&info, "# /dev/video4  Coder\n"
	    "#   H264 (not read) 1920x1080\n"
	    "#   no format that chot-camera reads\n");
}

static void
test_what_is_no_camera(void **state)
{
	struct camera_info info;

	(void)state;
	assert_false(camera_ask("/dev/null", &info));
	assert_false(camera_ask("/nonexistent", &info));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_smallest_picture_that_is_wide_enough),
		cmocka_unit_test(test_an_old_camera_gives_its_widest),
		cmocka_unit_test(test_one_that_cannot_be_read_gives_no_line),
		cmocka_unit_test(test_what_is_no_camera),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
