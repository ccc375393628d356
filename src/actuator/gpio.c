/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gpio - lines of a GPIO chip by the kernel's character device, version 2 of
 * its interface, so that neither libgpiod's version matters nor its presence.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A pseudo frame: what gpio_write() makes an ioctl of. */
size_t
gpio_frame(long address, int channel, bool on, unsigned char out[16])
{
	(void)address;
	out[0] = (unsigned char)channel;
	out[1] = on;
	return 2;
}

int
gpio_open(const char *path, const struct tuning *tuning, struct err *err)
{
	struct gpio_v2_line_request request = {
		.num_lines = (unsigned)tuning->channels,
		.config = { .flags = GPIO_V2_LINE_FLAG_OUTPUT,
		    .num_attrs = 1 },
	};
	int chip = open(path, O_RDWR | O_CLOEXEC);

	if (chip < 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	strcpy(request.consumer, "chot");
	if (tuning->active_low)
		request.config.flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
	/* Off from the first moment that they are outputs. */
	request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
	request.config.attrs[0].mask = (1u << tuning->channels) - 1;
	for (long i = 0; i < tuning->channels; i++)
		request.offsets[i] = (unsigned)tuning->lines[i];
	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0) {
		err_set(err, ERR_RETRY, "%s: line: %s", path,
		    errno == EBUSY ? "another program uses it" :
		    errno == ENOTTY ? "no GPIO chip" : strerror(errno));
		close(chip);
		return -1;
	}
	close(chip);
	fcntl(request.fd, F_SETFD, FD_CLOEXEC);
	return request.fd;
}

ssize_t
gpio_write(int fd, const unsigned char *frame, size_t n)
{
	struct gpio_v2_line_values values = { .bits = 0 };

	if (n != 2 || frame[0] < 1 || frame[0] > CHANNELS_MAX)
		return -1;
	values.mask = 1u << (frame[0] - 1);
	values.bits = frame[1] != 0 ? values.mask : 0;
	return ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0 ? -1 : 2;
}
