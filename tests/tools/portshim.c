/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * portshim - preloaded, lets libserialport take a pty for a serial port, so
 * that our use of it is tested without hardware.
 *
 * It looks names up in /sys/class/tty, for which $PORTSHIM_SYS stands in where
 * it is set, and sets modem lines; ptys have neither. Its DTR and RTS are raised when it is opened, as by the kernel;
 * $PORTSHIM_LOG gets a line "dtr=1 rts=0" for each request, as they then are.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TTYS "/sys/class/tty"
#define PTS TTYS "/pts/"

DIR *opendir(const char *path);
FILE *fopen(const char *restrict path, const char *restrict mode);
int lstat(const char *restrict path, struct stat *restrict status);
int __lxstat(int version, const char *path, struct stat *status);
ssize_t readlink(const char *restrict path, char *restrict out, size_t size);
int ioctl(int fd, unsigned long request, ...);

/* Where path is to be looked for; to is borrowed. */
static const char *
moved(const char *path, char to[PATH_MAX])
{
	const char *sys = getenv("PORTSHIM_SYS");

	if (sys == NULL || strncmp(path, TTYS, strlen(TTYS)) != 0 ||
	    snprintf(to, PATH_MAX, "%s%s", sys, path + strlen(TTYS)) >=
	    PATH_MAX)
		return path;
	return to;
}

DIR *
opendir(const char *path)
{
	DIR *(*next)(const char *) =
	    (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");
	char to[PATH_MAX];

	return next(moved(path, to));
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	FILE *(*next)(const char *, const char *) =
	    (FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT, "fopen");
	char to[PATH_MAX];

	return next(moved(path, to), mode);
}

static int
pretend(struct stat *status)
{
	memset(status, 0, sizeof(*status));
	status->st_mode = S_IFLNK | 0777;
	return 0;
}

int
lstat(const char *restrict path, struct stat *restrict status)
{
	int (*next)(const char *, struct stat *) =
	    (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "lstat");
	char to[PATH_MAX];

	if (strncmp(path, PTS, strlen(PTS)) == 0)
		return pretend(status);
	return next(moved(path, to), status);
}

int
__lxstat(int version, const char *path, struct stat *status)
{
	int (*next)(int, const char *, struct stat *) =
	    (int (*)(int, const char *, struct stat *))dlsym(RTLD_NEXT,
	    "__lxstat");
	char to[PATH_MAX];

	if (strncmp(path, PTS, strlen(PTS)) == 0)
		return pretend(status);
	return next(version, moved(path, to), status);
}

ssize_t
readlink(const char *restrict path, char *restrict out, size_t size)
{
	static const char target[] = "../../devices/virtual/tty/pts";
	ssize_t (*next)(const char *, char *, size_t) =
	    (ssize_t (*)(const char *, char *, size_t))dlsym(RTLD_NEXT,
	    "readlink");
	char to[PATH_MAX];

	if (strncmp(path, PTS, strlen(PTS)) != 0)
		return next(moved(path, to), out, size);
	if (size > strlen(target))
		size = strlen(target);
	memcpy(out, target, size);
	return (ssize_t)size;
}

static int lines = TIOCM_DTR | TIOCM_RTS;

static void
note(void)
{
	const char *path = getenv("PORTSHIM_LOG");
	int fd;

	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	dprintf(fd, "dtr=%d rts=%d\n", (lines & TIOCM_DTR) != 0,
	    (lines & TIOCM_RTS) != 0);
	close(fd);
}

static void
obey(unsigned long request, int *bits)
{
	if (request == TIOCMGET)
		*bits = lines;
	else if (request == TIOCMSET)
		lines = *bits;
	else if (request == TIOCMBIS)
		lines |= *bits;
	else
		lines &= ~*bits;
	note();
}

int
ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) =
	    (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	void *argument;
	va_list ap;
	int done;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	done = next(fd, request, argument);
	if (request != TIOCMGET && request != TIOCMSET &&
	    request != TIOCMBIS && request != TIOCMBIC)
		return done;
	if (done < 0 && errno != ENOTTY && errno != EINVAL)
		return done;
	obey(request, argument);
	return 0;
}
