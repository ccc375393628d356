/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire - opens what a device string names: a port, a printer's file, lines of
 * a GPIO chip.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* A printer of the kernel (/dev/usb/lp0), or a file that gets the bytes. */
static int
lp_open(const char *path, struct wire *wire, struct err *err)
{
	struct stat status;
	bool there = stat(path, &status) == 0;
	bool file = there ? S_ISREG(status.st_mode) :
	    strncmp(path, "/dev/", 5) != 0;
	/* What is missing in /dev is a printer that is off, no new file. */
	int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC, fd;

	if (file)
		fd = open(path, flags | O_WRONLY | O_APPEND | O_CREAT, 0600);
	else if (!there || S_ISCHR(status.st_mode))
		fd = open(path, flags | O_RDWR);
	else
		fd = open(path, flags | O_WRONLY);
	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = open(path, flags | O_WRONLY);
	if (fd < 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return err_set(err, ERR_RETRY, "%s: another program uses it",
		    path);
	}
	wire->kind = file ? WIRE_FILE : WIRE_LP;
	wire->port.fd = fd;
	return 0;
}

int
wire_open(const struct device *device, const struct tuning *tuning,
    struct wire *wire, struct err *err)
{
	*wire = (struct wire){ .kind = WIRE_PORT, .port = { .fd = -1 } };
	if (device->transport == TRANSPORT_LP)
		return lp_open(device->path, wire, err);
	if (tuning->board == NULL || tuning->board->frame != gpio_frame)
		return reader_port_open(device, tuning->board == NULL ? 9600 :
		    tuning->board->baud, &wire->port, err);
	wire->kind = WIRE_GPIO;
	wire->port.fd = gpio_open(device->path, tuning, err);
	return wire->port.fd < 0 ? -1 : 0;
}

void
wire_close(struct wire *wire)
{
	if (wire->kind == WIRE_PORT) {
		reader_port_close(&wire->port);
		return;
	}
	if (wire->port.fd >= 0)
		close(wire->port.fd);
	wire->port.fd = -1;
}

ssize_t
wire_write(const struct wire *wire, const unsigned char *bytes, size_t n)
{
	ssize_t done;

	if (wire->kind == WIRE_GPIO)
		return gpio_write(wire->port.fd, bytes, n);
	done = write(wire->port.fd, bytes, n);
	/* ENOSPC: the kernel's printer driver says so when paper is out. */
	if (done < 0 && (errno == EAGAIN || errno == EINTR ||
	    (errno == ENOSPC && wire->kind == WIRE_LP)))
		return 0;
	return done;
}

size_t
wire_pending(const struct wire *wire)
{
	int n = 0;

	if (wire->kind != WIRE_PORT || ioctl(wire->port.fd, TIOCOUTQ, &n) != 0)
		return 0;
	return n > 0 ? (size_t)n : 0;
}
