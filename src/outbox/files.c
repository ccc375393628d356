/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files - the database as a file: made, recognised, set aside whole.
 *
 * A damaged database is never deleted and never written again: somebody may
 * still read records from it. Its write-ahead log goes with it.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 100 /* of an SQLite file, and where its fields are */
#define USER_VERSION_AT 60
#define APPLICATION_ID_AT 68
#define AHEAD_BYTES (1LL << 20) /* a stretch that is fetched at once */

static const char sqlite_magic[16] = "SQLite format 3"; /* with its NUL */

/* The shared-memory index can be made again; it goes along all the same. */
static const char *const tails[] = { "", "-wal", "-shm", "-journal" };

static int
fail(struct err *err, const char *path)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		return err_set(err, ERR_RETRY, "%s", N_("disk full"));
	return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
join(char out[PATH_MAX], const char *path, const char *tail, struct err *err)
{
	if (snprintf(out, PATH_MAX, "%s%s", path, tail) >= PATH_MAX)
		return err_set(err, ERR_SETUP, _("path too long"));
	return 0;
}

static uint32_t
number_at(const unsigned char *header, size_t at)
{
	return (uint32_t)header[at] << 24 | (uint32_t)header[at + 1] << 16 |
	    (uint32_t)header[at + 2] << 8 | header[at + 3];
}

static enum files_kind
judge_header(const unsigned char header[HEADER_BYTES], size_t n,
    uint32_t application_id, uint32_t version)
{
	uint32_t id;

	if (n == 0)
		return FILES_EMPTY;
	if (n < HEADER_BYTES ||
	    memcmp(header, sqlite_magic, sizeof(sqlite_magic)) != 0)
		return FILES_DAMAGED;
	id = number_at(header, APPLICATION_ID_AT);
	/* 0: the rest of a new database may still be in its log. */
	if (id != 0 && id != application_id)
		return FILES_FOREIGN;
	return number_at(header, USER_VERSION_AT) > version ? FILES_NEWER :
	    FILES_OURS;
}

/* The power went while the tables were made, with the first page half written:
 * SQLite's journal beside it takes it back to nothing. */
static bool
was_never_made(const char *path, const unsigned char header[HEADER_BYTES])
{
	char journal[PATH_MAX];

	for (size_t i = 0; i < HEADER_BYTES; i++)
		if (header[i] != 0)
			return false;
	return join(journal, path, "-journal", NULL) == 0 && exists(journal);
}

int
files_sniff(const char *path, uint32_t application_id, uint32_t version,
    enum files_kind *kind, struct err *err)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*kind = FILES_NONE;
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(err, path);
	n = pread(fd, header, sizeof(header), 0);
	if (n < 0)
		fail(err, path);
	close(fd);
	if (n < 0)
		return -1;
	*kind = judge_header(header, (size_t)n, application_id, version);
	if (*kind == FILES_DAMAGED && was_never_made(path, header))
		*kind = FILES_EMPTY;
	return 0;
}

int
files_begin(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(err, path);
	close(fd);
	return 0;
}

static int
sync_path(const char *path, int flags, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	int ret;

	if (fd < 0)
		return fail(err, path);
	ret = fsync(fd) < 0 ? fail(err, path) : 0;
	close(fd);
	return ret;
}

static void
dir_of(const char *path, char dir[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(dir, PATH_MAX, ".");
	else
		snprintf(dir, PATH_MAX, "%.*s", (int)(slash - path + 1), path);
}

int
files_sync_dir(const char *path, struct err *err)
{
	char dir[PATH_MAX];

	dir_of(path, dir);
	return sync_path(dir, O_DIRECTORY, err);
}

int
files_sync_wal(const char *path, struct err *err)
{
	char wal[PATH_MAX];

	if (join(wal, path, "-wal", err) < 0)
		return -1;
	return exists(wal) ? sync_path(wal, 0, err) : 0;
}

static void
aside_name(char out[PATH_MAX], const char *path, int number, const char *tail)
{
	if (snprintf(out, PATH_MAX, "%s.damaged-%d%s", path, number, tail) >=
	    PATH_MAX)
		out[0] = '\0'; /* rename() will say no */
}

static bool
aside_taken(const char *path, int number, const char *tail)
{
	char name[PATH_MAX];

	aside_name(name, path, number, tail);
	return exists(name);
}

/* The first number that is free; 1 when nothing was set aside. */
static int
aside_next(const char *path)
{
	int number = 1;

	while (aside_taken(path, number, "") ||
	    aside_taken(path, number, "-wal"))
		number++;
	return number;
}

static int
move_all(const char *path, int number, struct err *err)
{
	/* The database first: without it the log is an orphan, which the
	 * next start recognises. A database without its log would look whole
	 * and give numbers out twice. */
	for (size_t i = 0; i < nitems(tails); i++) {
		char from[PATH_MAX], to[PATH_MAX];

		if (join(from, path, tails[i], err) < 0)
			return -1;
		if (!exists(from))
			continue;
		aside_name(to, path, number, tails[i]);
		if (rename(from, to) < 0)
			return fail(err, from);
	}
	return files_sync_dir(path, err);
}

int
files_aside(const char *path, char *to, size_t capacity, struct err *err)
{
	int number = aside_next(path);

	snprintf(to, capacity, "%s.damaged-%d", path, number);
	return move_all(path, number, err);
}

int
files_aside_rest(const char *path, struct err *err)
{
	char wal[PATH_MAX];
	int number;

	if (exists(path))
		return 0;
	if (join(wal, path, "-wal", err) < 0)
		return -1;
	if (!exists(wal))
		return 0;
	number = aside_next(path);
	if (number > 1 && !aside_taken(path, number - 1, "-wal"))
		number--; /* its database was moved already */
	return move_all(path, number, err);
}

bool
outbox_aside(const char *path, int number, char *out, size_t capacity)
{
	char name[PATH_MAX];

	aside_name(name, path, number, "");
	return exists(name) && (size_t)snprintf(out, capacity, "%s", name) <
	    capacity;
}

bool
files_was_aside(const char *path)
{
	return aside_next(path) > 1;
}

bool
files_immutable(const char *path, char uri[FILES_URI_MAX])
{
	char wal[PATH_MAX], dir[PATH_MAX];
	size_t n = (size_t)snprintf(uri, FILES_URI_MAX, "file:");

	dir_of(path, dir);
	if (join(wal, path, "-wal", NULL) < 0 || exists(wal) ||
	    access(dir, W_OK) == 0)
		return false;
	for (; *path != '\0'; path++)
		n += (size_t)snprintf(uri + n, FILES_URI_MAX - n, "%%%02x",
		    (unsigned char)*path);
	snprintf(uri + n, FILES_URI_MAX - n, "?immutable=1");
	return true;
}

size_t
files_lock_path(const char *path, char *out, size_t capacity)
{
	size_t n = strlen(path);

	if (n > 3 && strcmp(path + n - 3, ".db") == 0)
		n -= 3;
	return (size_t)snprintf(out, capacity, "%.*s.lock", (int)n, path);
}

ssize_t
files_read_backwards(int fd, void *buf, size_t n, off_t offset)
{
	off_t end = offset + (off_t)n;

	if (end % AHEAD_BYTES == 0 && end > AHEAD_BYTES)
		posix_fadvise(fd, end - 2 * AHEAD_BYTES, 2 * AHEAD_BYTES,
		    POSIX_FADV_WILLNEED);
	return pread(fd, buf, n, offset);
}
