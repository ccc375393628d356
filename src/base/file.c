/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file - small files, whole.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 4096

static int
fail(struct err *err, const char *path)
{
	enum err_kind kind = ERR_RETRY;

	if (errno == ENOENT || errno == ENOTDIR)
		kind = ERR_ABSENT;
	else if (errno == EACCES || errno == EPERM || errno == EROFS)
		kind = ERR_DENIED;
	else if (errno == EISDIR || errno == ELOOP || errno == ENAMETOOLONG)
		kind = ERR_SETUP; /* later is no better */
	return err_set(err, kind, "%s: %s", path, strerror(errno));
}

/* Until the end or one byte more than max. */
static char *
read_all(int fd, size_t max, size_t *len)
{
	char *bytes = NULL;
	size_t have = 0, size = 0;

	for (;;) {
		ssize_t got;
		size_t want;

		if (have + 1 >= size) {
			size = size == 0 ? READ_STEP : size * 2;
			bytes = mem_grow(bytes, size, 1);
		}
		want = size - have - 1;
		if (want > max + 1 - have)
			want = max + 1 - have;
		got = read(fd, bytes + have, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(bytes);
			return NULL;
		}
		have += (size_t)got;
		if (got == 0 || have > max)
			break;
	}
	bytes[have] = '\0';
	*len = have;
	return bytes;
}

/* What somebody hands over by a shell's <(...) is waited for. */
static bool
is_handed(const char *path)
{
	static const char dir[] = "/dev/fd/";

	return strncmp(path, dir, strlen(dir)) == 0 ||
	    strcmp(path, "/dev/stdin") == 0;
}

/* A pipe or a device in place of a small file would never end, or never
 * start: it is not even opened to wait. */
static int
open_small(const char *path, struct err *err)
{
	bool handed = is_handed(path);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    (handed ? 0 : O_NONBLOCK));

	if (fd < 0)
		return fail(err, path);
	if (handed || (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) ||
	    S_ISDIR(st.st_mode) || strcmp(path, "/dev/null") == 0)))
		return fd;
	close(fd);
	return err_set(err, ERR_INPUT, "%s: not a file", path);
}

char *
file_read(const char *path, size_t max, size_t *len, struct err *err)
{
	size_t have = 0;
	char *bytes;
	int fd = open_small(path, err);

	if (fd < 0)
		return NULL;
	bytes = read_all(fd, max, &have);
	if (bytes == NULL)
		fail(err, path);
	close(fd);
	if (bytes != NULL && have > max) {
		err_set(err, ERR_INPUT, "%s: larger than %zu bytes", path, max);
		free(bytes);
		return NULL;
	}
	if (bytes != NULL && len != NULL)
		*len = have;
	return bytes;
}

int
file_write_all(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t put = write(fd, at, n);

		if (put > 0) {
			at += put;
			n -= (size_t)put;
		} else if (put == 0) { /* write(2) does not do that */
			errno = EIO;
			return -1;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT },
			    1, -1);
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

/* The name itself is durable only when its directory is. */
static int
sync_parent(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd, result;

	if (slash == NULL)
		strcpy(dir, ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path + 1),
		    path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = fsync(fd);
	close(fd);
	return result;
}

static int
write_part(const char *part, const void *bytes, size_t n, unsigned mode,
    bool durable)
{
	int fd, saved;

	/* Left by a crash, or put there by somebody else: never followed. */
	if (unlink(part) != 0 && errno != ENOENT)
		return -1;
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    (mode_t)mode);
	if (fd < 0)
		return -1;
	if (file_write_all(fd, bytes, n) != 0 || (durable && fsync(fd) != 0)) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return close(fd);
}

int
file_write(const char *path, const void *bytes, size_t n, unsigned mode,
    bool durable, struct err *err)
{
	char part[PATH_MAX];

	if (snprintf(part, sizeof(part), "%s.part", path) >=
	    (int)sizeof(part)) {
		errno = ENAMETOOLONG;
		return fail(err, path);
	}
	if (write_part(part, bytes, n, mode, durable) != 0 ||
	    rename(part, path) != 0) {
		fail(err, path);
		unlink(part);
		return -1;
	}
	if (durable && sync_parent(path) != 0)
		return fail(err, path);
	return 0;
}

int
dir_make(const char *path, unsigned mode, struct err *err)
{
	char part[PATH_MAX];
	struct stat st;
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part))
		return err_set(err, ERR_SETUP, "not a directory name: \"%s\"",
		    path);
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
			/* A parent we may not write to may still be there. */
			if (stat(part, &st) != 0 || !S_ISDIR(st.st_mode))
				return fail(err, part);
		if (i < len)
			part[i] = '/';
	}
	if (stat(path, &st) != 0)
		return fail(err, path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_SETUP, "%s: not a directory", path);
	return 0;
}
