/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_file - is that file a register this program may open?
 *
 * Looks at the first bytes itself: SQLite may already write when it opens a
 * file, and a file of a later version must be left as it is.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Places in the header of sqlite.org/fileformat. */
#define HEADER_BYTES 100
#define USER_VERSION_AT 60
#define APPLICATION_ID_AT 68

static uint32_t
big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
}

int
store_file_too_new(const char *path, int64_t version, struct err *err)
{
	return err_set(err, ERR_SETUP, _("%s: of a later version (%d) of this "
	    "program; it was not touched"), path, (int)version);
}

static int
check_header(const char *path, int fd, uint32_t application_id, int version,
    struct err *err)
{
	unsigned char header[HEADER_BYTES];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_SETUP, _("%s: not a file"), path);
	n = pread(fd, header, sizeof(header), 0);
	if (n < 0)
		return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
	if (n == 0)
		return 0; /* made, and not yet filled */
	if (n != sizeof(header) || memcmp(header, "SQLite format 3", 16) != 0)
		return err_set(err, ERR_SETUP, _("%s: not a register"), path);
	if (big_endian(header + USER_VERSION_AT) > (uint32_t)version)
		return store_file_too_new(path, big_endian(header + USER_VERSION_AT), err);
	/* 0 in a file whose first import is still in the WAL. */
	if (big_endian(header + APPLICATION_ID_AT) != application_id &&
	    big_endian(header + APPLICATION_ID_AT) != 0)
		return err_set(err, ERR_SETUP, _("%s: not a register"), path);
	return 0;
}

int
store_file_check(const char *path, bool create, uint32_t application_id,
    int version, struct err *err)
{
	int fd = open(path, (create ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC |
	    O_NONBLOCK, 0600);
	int result;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_ABSENT :
		    errno == EACCES ? ERR_DENIED : ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	result = check_header(path, fd, application_id, version, err);
	close(fd);
	return result;
}

