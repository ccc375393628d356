/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gpioshim - preloaded, makes a GPIO chip of the file $GPIOSHIM_CHIP, where
 * the kernel has none. It answers the two ioctls of the character device that
 * we use as Documentation/userspace-api/gpio describes them, and refuses what
 * the kernel refuses. $GPIOSHIM_LOG, a FIFO, gets a line for each level: "17 1".
 * The descriptor of the lines is one of it: a relay's guard keeps no other.
 *
 * What it cannot show: a pin controller that does not take a line, and what
 * the kernel does with lines whose process is gone (it leaves them).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES 32
#define KNOWN_FLAGS (GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW)

int ioctl(int fd, unsigned long request, ...);

/* Made while the process may still open things. */
static int log_fd = -1;
static struct gpio_v2_line_request held;
static bool active_low;

__attribute__((constructor)) static void
prepare(void)
{
	const char *path = getenv("GPIOSHIM_LOG");

	if (path != NULL)
		log_fd = open(path, O_RDWR | O_CLOEXEC);
}

static bool
same(int fd, const struct stat *wanted)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_dev == wanted->st_dev &&
	    status.st_ino == wanted->st_ino;
}

static int
refuse(int why)
{
	errno = why;
	return -1;
}

/* Levels at the pins: what is active is low where that was asked for. */
static void
set(int fd, const struct gpio_v2_line_values *values)
{
	char line[32];

	for (unsigned i = 0; i < held.num_lines; i++) {
		int n;

		if ((values->mask >> i & 1) == 0)
			continue;
		n = snprintf(line, sizeof(line), "%u %u\n", held.offsets[i],
		    (unsigned)(values->bits >> i & 1) ^ active_low);
		if (write(fd, line, (size_t)n) != n)
			abort();
	}
}

static int
request_lines(struct gpio_v2_line_request *r)
{
	struct gpio_v2_line_values values = { .bits = 0 };

	if (r->num_lines == 0 || r->num_lines > GPIO_V2_LINES_MAX ||
	    r->config.num_attrs > GPIO_V2_LINE_NUM_ATTRS_MAX ||
	    (r->config.flags & ~(__u64)KNOWN_FLAGS) != 0 ||
	    (r->config.flags & GPIO_V2_LINE_FLAG_OUTPUT) == 0 ||
	    memchr(r->consumer, '\0', sizeof(r->consumer)) == NULL)
		return refuse(EINVAL);
	for (size_t i = 0; i < sizeof(r->padding) / sizeof(r->padding[0]); i++)
		if (r->padding[i] != 0)
			return refuse(EINVAL);
	for (unsigned i = 0; i < r->num_lines; i++)
		if (r->offsets[i] >= LINES)
			return refuse(EINVAL);
	for (unsigned i = 0; i < r->config.num_attrs; i++)
		if (r->config.attrs[i].attr.id ==
		    GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES)
			values.bits = r->config.attrs[i].attr.values;
	r->fd = fcntl(log_fd, F_DUPFD, 3);
	if (r->fd < 0)
		return -1;
	held = *r;
	active_low = (r->config.flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0;
	values.mask = ~(__u64)0;
	set(r->fd, &values);
	return 0;
}

int
ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) =
	    (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	const char *chip = getenv("GPIOSHIM_CHIP");
	const char *lines = getenv("GPIOSHIM_LOG");
	struct stat wanted;
	void *argument;
	va_list ap;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	if (request == GPIO_V2_GET_LINE_IOCTL && chip != NULL &&
	    stat(chip, &wanted) == 0 && same(fd, &wanted))
		return request_lines(argument);
	if (request == GPIO_V2_LINE_SET_VALUES_IOCTL && lines != NULL &&
	    stat(lines, &wanted) == 0 && same(fd, &wanted)) {
		set(fd, argument);
		return 0;
	}
	return next(fd, request, argument);
}
