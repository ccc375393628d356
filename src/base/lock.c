/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock - one owner for a directory or a database.
 *
 * POSIX locks, because they name their owner and end with the process. They
 * also end when the process closes any descriptor of the file: a lock file
 * is opened by lock_take() and by nothing else.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static pid_t
holder(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid;
}

int
lock_take(const char *path, struct err *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return err_set(err, errno == EACCES || errno == EROFS ?
		    ERR_DENIED : ERR_SETUP, "%s: %s", path, strerror(errno));
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	if (errno == EAGAIN || errno == EACCES)
		err_set(err, ERR_RETRY, "%s: in use by process %d", path,
		    (int)holder(fd));
	else
		err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	close(fd);
	return -1;
}

pid_t
lock_owner(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	pid_t pid;

	if (fd < 0)
		return 0;
	pid = holder(fd);
	close(fd);
	return pid;
}
