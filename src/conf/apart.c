/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * apart - reads a configuration in a process of its own.
 *
 * Without memory libconfuse and its scanner exit, abort or use what they did
 * not get. That ends the child; who asked is told in one line, and gets all of
 * a configuration or none.
 */
#include "parts.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Memory that child and parent share. */
struct reading {
	bool whole; /* set last */
	int done;
	struct err err;
	struct conf conf;
};

typedef int (*read_fn)(const char *path, struct conf *conf, struct err *err);

static int
failed(struct err *err, const char *what)
{
	return err_set(err, ERR_RETRY, "%s: %s", what, strerror(errno));
}

static int
read_apart(read_fn read, const char *path, struct conf *conf, struct err *err)
{
	struct reading *reading = mmap(NULL, sizeof(*reading),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int done;
	pid_t child;

	if (reading == MAP_FAILED)
		return failed(err, "mmap");
	child = fork();
	if (child == 0) {
		close(STDERR_FILENO); /* one line, and that is the parent's */
		reading->done = read(path, &reading->conf, &reading->err);
		reading->whole = true;
		_exit(0);
	}
	if (child < 0) {
		done = failed(err, "fork");
	} else {
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		if (!reading->whole)
			mem_none();
		*conf = reading->conf;
		done = reading->done;
		if (done < 0 && err != NULL)
			*err = reading->err;
	}
	munmap(reading, sizeof(*reading));
	return done;
}

int
conf_load(const char *path, struct conf *conf, struct err *err)
{
	return read_apart(conf_read, path, conf, err);
}

static int
read_defaults(const char *path, struct conf *conf, struct err *err)
{
	(void)path;
	(void)err;
	conf_read_defaults(conf);
	return 0;
}

void
conf_defaults(struct conf *conf)
{
	if (read_apart(read_defaults, NULL, conf, NULL) < 0)
		mem_none();
}
