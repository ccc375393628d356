/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wipe - what a post may not keep once its access is taken away: the lists
 * of citizens and the key they are stored under. The queue stays.
 *
 * A card may keep what was overwritten; the lists are unreadable without
 * the key, and the key is a few bytes.
 */
#include "parts.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = { "keys/register.key", "register.db",
	"register.db-wal", "register.db-shm", "register.db-journal" };

static void
overwrite(const char *path)
{
	static const char zeros[65536];
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	off_t at = 0;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while (at < st.st_size) {
			size_t left = (size_t)(st.st_size - at);
			ssize_t n = write(fd, zeros,
			    left < sizeof(zeros) ? left : sizeof(zeros));

			if (n <= 0)
				break;
			at += n;
		}
	fsync(fd);
	close(fd);
}

bool
wipe_citizens(const char *state_dir)
{
	bool any = false;

	for (size_t i = 0; i < nitems(files); i++) {
		char path[SYNC_PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", state_dir, files[i]);
		if (access(path, F_OK) != 0)
			continue;
		any = true;
		overwrite(path);
		unlink(path);
	}
	return any;
}
