/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wipe - what a post may not keep once its access is taken away: the lists
 * of citizens and the key they are stored under, also as it lies under
 * officers' badges. The queue stays.
 *
 * A card may keep what was overwritten; the lists are unreadable without
 * the key, and the key is a few bytes.
 */
#include "parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = { "keys/register.key", "register.db",
	"register.db-wal", "register.db-shm", "register.db-journal",
	"granted.db", "granted.db-wal", "granted.db-shm" };

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

/* All of a folder that has that beginning, or none at all. */
static bool
wipe_folder(const char *state_dir, const char *folder, const char *begin)
{
	char path[SYNC_PATH_MAX + 256], dir_path[SYNC_PATH_MAX];
	struct dirent *entry;
	bool any = false;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), "%s/%s", state_dir, folder);
	dir = opendir(dir_path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, begin, strlen(begin)) != 0)
			continue;
		any = true;
		snprintf(path, sizeof(path), "%s/%s", dir_path, entry->d_name);
		overwrite(path);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	if (begin[0] == '\0')
		rmdir(dir_path);
	return any;
}

bool
wipe_citizens(const char *state_dir)
{
	/* The manifests and marks in it too. */
	bool any = wipe_folder(state_dir, "lists", "");

	any |= wipe_folder(state_dir, "keys", "badge-");
	any |= wipe_folder(state_dir, "keys", "hub.badge-");
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
