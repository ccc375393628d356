/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ballast - room kept for the day on which the disk is full.
 *
 * Something else fills a disk, seldom the outbox. Dropping the ballast then
 * buys some thousand crossings more, while somebody makes room.
 */
#include "parts.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/statfs.h>
#include <sys/stat.h>
#include <unistd.h>

#define BALLAST_BYTES (16LL << 20)
#define AMPLE_BYTES (16 * BALLAST_BYTES) /* free, before any is taken */

static bool
ballast_path(const char *outbox_path, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s.ballast", outbox_path) < PATH_MAX;
}

bool
ballast_drop(const char *outbox_path)
{
	char path[PATH_MAX];

	return ballast_path(outbox_path, path) && unlink(path) == 0;
}

/* Not on a tmpfs, whose room is the machine's memory. */
static bool
ample(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type != TMPFS_MAGIC &&
	    fs.f_type != RAMFS_MAGIC &&
	    (long long)fs.f_bavail * fs.f_bsize >= AMPLE_BYTES;
}

void
ballast_keep(const char *outbox_path)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (!ballast_path(outbox_path, path) || !ample(outbox_path) ||
	    (lstat(path, &st) == 0 && st.st_blocks * 512LL >= BALLAST_BYTES))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	/* Room that is only promised (a sparse file) would be of no help. */
	if (posix_fallocate(fd, 0, BALLAST_BYTES) != 0)
		unlink(path);
	close(fd);
}
