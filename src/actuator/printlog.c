/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printlog - which slips were printed: time, serial number, outcome. No
 * person is in it. It also keeps a slip from being printed twice unasked,
 * over restarts as well.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAX (512 * 1024) /* bytes; then it becomes FILE.1 */

static uint64_t
hash(const char *text, size_t n) /* FNV-1a */
{
	uint64_t h = 0xCBF29CE484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001B3u;
	return h;
}

static void
remember(struct printlog *log, const char *serial, size_t n)
{
	log->seen[log->nseen++ % PRINTED_MAX] = hash(serial, n);
}

/* "2021-10-22T07:03:27Z printed ST-QL1A/7f3a91c2/123" */
static void
learn(struct printlog *log, const char *line, size_t n)
{
	const char *word = memchr(line, ' ', n), *serial;

	if (word == NULL)
		return;
	word++;
	serial = memchr(word, ' ', n - (size_t)(word - line));
	if (serial == NULL || (strncmp(word, "printed ", 8) != 0 &&
	    strncmp(word, "again ", 6) != 0))
		return;
	serial++;
	remember(log, serial, n - (size_t)(serial - line));
}

static void
make_room(const char *path)
{
	struct stat status;
	char older[CONF_PATH_MAX + 8];

	if (stat(path, &status) != 0 || status.st_size < LOG_MAX)
		return;
	snprintf(older, sizeof(older), "%s.1", path);
	rename(path, older);
}

/* Before we are fenced off from all but the file itself. */
void
printlog_prepare(const char *path)
{
	int fd;

	if (path == NULL)
		return;
	make_room(path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd >= 0)
		close(fd); /* else it will be told when written */
}

void
printlog_open(struct printlog *log, const char *path)
{
	size_t len = 0;
	char *text;

	*log = (struct printlog){ .path = path };
	if (path == NULL)
		return;
	text = file_read(path, LOG_MAX + 4096, &len, NULL);
	if (text == NULL)
		return; /* the first day; or it will be told when written */
	for (char *line = text, *end; line < text + len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + len - line));
		if (end == NULL)
			break; /* cut short by a power failure */
		learn(log, line, (size_t)(end - line));
	}
	free(text);
}

bool
printlog_seen(const struct printlog *log, const char *serial)
{
	uint64_t wanted = hash(serial, strlen(serial));
	size_t n = log->nseen < PRINTED_MAX ? log->nseen : PRINTED_MAX;

	for (size_t i = 0; i < n; i++)
		if (log->seen[i] == wanted)
			return true;
	return false;
}

int
printlog_add(struct printlog *log, int64_t at, const char *serial,
    const char *how, bool printed, struct err *err)
{
	char time[21], line[SLIP_TEXT_MAX + 64];
	int fd, n;
	bool good;

	if (printed)
		remember(log, serial, strlen(serial));
	if (log->path == NULL)
		return 0;
	make_room(log->path);
	time_print(at, time);
	n = snprintf(line, sizeof(line), "%s %s %s\n", time, how, serial);
	fd = open(log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(err, ERR_RETRY, "%s: %s", log->path,
		    strerror(errno));
	good = n > 0 && (size_t)n < sizeof(line) && write(fd, line, (size_t)n)
	    == n;
	close(fd);
	return good ? 0 : err_set(err, ERR_RETRY, "%s: cannot be written",
	    log->path);
}
