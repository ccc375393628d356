/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPIO lines are outputs and off from the first moment. Built with an ioctl()
 * of its own: no chip is needed. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <unistd.h>

#include "../../src/actuator/parts.h"

int fake_ioctl(int fd, unsigned long request, void *arg);

static struct gpio_v2_line_request asked;
static struct gpio_v2_line_values values;
static int fails_with;

int
fake_ioctl(int fd, unsigned long request, void *arg)
{
	assert_true(fd >= 0);
	if (fails_with != 0) {
		errno = fails_with;
		return -1;
	}
	if (request == GPIO_V2_GET_LINE_IOCTL) {
		struct gpio_v2_line_request *r = arg;

		asked = *r;
		r->fd = open("/dev/null", O_RDWR);
	} else {
		assert_int_equal(request, GPIO_V2_LINE_SET_VALUES_IOCTL);
		values = *(struct gpio_v2_line_values *)arg;
	}
	return 0;
}

static const struct tuning tuning = { .channels = 2, .lines = { 17, 27 },
	.active_low = 1 };

static void
test_lines_are_off_outputs(void **state)
{
	struct err err;
	int fd;

	(void)state;
	fails_with = 0;
	fd = gpio_open("/dev/null", &tuning, &err);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(asked.num_lines, 2);
	assert_int_equal(asked.offsets[0], 17);
	assert_int_equal(asked.offsets[1], 27);
	assert_true(asked.config.flags == (GPIO_V2_LINE_FLAG_OUTPUT |
	    GPIO_V2_LINE_FLAG_ACTIVE_LOW));
	assert_int_equal(asked.config.num_attrs, 1);
	assert_int_equal(asked.config.attrs[0].attr.id,
	    GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
	assert_true(asked.config.attrs[0].attr.values == 0);
	assert_true(asked.config.attrs[0].mask == 3);
	close(fd);
}

static void
test_one_line_at_a_time(void **state)
{
	unsigned char frame[16];

	(void)state;
	fails_with = 0;
	assert_int_equal(gpio_write(0, frame, gpio_frame(0, 2, true, frame)),
	    2);
	assert_true(values.mask == 2 && values.bits == 2);
	assert_int_equal(gpio_write(0, frame, gpio_frame(0, 1, false, frame)),
	    2);
	assert_true(values.mask == 1 && values.bits == 0);
	frame[0] = 9;
	assert_int_equal(gpio_write(0, frame, 2), -1);
}

static void
test_a_line_in_use_is_said(void **state)
{
	struct err err;

	(void)state;
	fails_with = EBUSY;
	assert_int_equal(gpio_open("/dev/null", &tuning, &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "another program uses it"));
	fails_with = EIO;
	assert_int_equal(gpio_write(0, (const unsigned char *)"\1\1", 2), -1);
	assert_int_equal(gpio_open("/nonexistent", &tuning, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_off_outputs),
		cmocka_unit_test(test_one_line_at_a_time),
		cmocka_unit_test(test_a_line_in_use_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
