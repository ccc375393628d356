/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tty - what looks like a serial port to us but not to libserialport: ptys
 * of simulators and FIFOs.
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

static const struct {
	long baud;
	speed_t speed;
} speeds[] = {
	{ 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 }, { 9600, B9600 },
	{ 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 },
	{ 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
	{ 921600, B921600 },
};

static void
set_speed(struct termios *tio, long baud)
{
	for (size_t i = 0; i < nitems(speeds); i++)
		if (speeds[i].baud == baud)
			cfsetspeed(tio, speeds[i].speed);
}

/* Raw and at speed, where the speed means anything. */
static int
set_up(int fd, const struct settings *settings)
{
	struct termios tio;

	if (tcgetattr(fd, &tio) != 0)
		return -1;
	cfmakeraw(&tio);
	tio.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
	if (settings->flow == FLOW_XONXOFF)
		tio.c_iflag |= IXON | IXOFF;
	tio.c_cflag |= CLOCAL | CREAD;
	set_speed(&tio, settings->baud);
	/* What came before is of somebody else's time. */
	return tcsetattr(fd, TCSAFLUSH, &tio);
}

int
tty_lock(int fd, const char *path, struct err *err)
{
	/* flock() for our kind, TIOCEXCL against the others (but not root). */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    errno == EWOULDBLOCK ? N_("another program reads it") :
		    strerror(errno));
	if (isatty(fd) && ioctl(fd, TIOCEXCL) != 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	return 0;
}

int
tty_open(const char *path, const struct settings *settings,
    struct link *link, struct err *err)
{
	struct stat status;
	int fd;

	if (stat(path, &status) != 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	if (!S_ISCHR(status.st_mode) && !S_ISFIFO(status.st_mode))
		return err_set(err, ERR_RETRY,
		    "%s: neither a port nor a pipe", path);
	/* A FIFO is also held open for writing: its writers come and go. */
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    errno == EBUSY ? N_("another program reads it") :
		    strerror(errno));
	if (S_ISCHR(status.st_mode) && !isatty(fd)) {
		close(fd);
		return err_set(err, ERR_RETRY, "%s: not a port", path);
	}
	if (tty_lock(fd, path, err) < 0) {
		close(fd);
		return -1;
	}
	if (S_ISCHR(status.st_mode) && set_up(fd, settings) != 0) {
		err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	*link = (struct link){ .fd = fd };
	return 0;
}

void
tty_speed(int fd, long baud)
{
	struct termios tio;

	if (tcgetattr(fd, &tio) != 0)
		return; /* a FIFO has none */
	set_speed(&tio, baud);
	tcsetattr(fd, TCSAFLUSH, &tio);
}

void
tty_keep_lines(int fd)
{
	struct termios tio;

	if (tcgetattr(fd, &tio) != 0)
		return;
	tio.c_cflag &= ~(tcflag_t)HUPCL;
	tcsetattr(fd, TCSANOW, &tio);
}
