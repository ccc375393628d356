/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relay - pictures of the screen from the station's socket to standard
 * output, line by line as they are. The one end of a look from afar that runs
 * at the post, started by ssh; the other is look.c.
 */
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
knock(const char *run, struct err *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/look", run);
	int fd = n < (int)sizeof(at.sun_path) ? socket(AF_UNIX, SOCK_STREAM |
	    SOCK_CLOEXEC, 0) : -1;

	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	if (fd >= 0 && (errno == ENOENT || errno == ECONNREFUSED))
		err_set(err, ERR_ABSENT, "%s", _("The station does not run"));
	else
		err_set(err, errno == EACCES ? ERR_DENIED : ERR_SETUP,
		    "%s/look: %s", run, fd < 0 ? "too long" : strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
watch_relay(const char *run, const char *from, const char *who,
    struct err *err)
{
	char hello[2 * LOOK_WHO_MAX + 16], bytes[16384];
	int fd = knock(run, err), n;
	ssize_t got;

	if (fd < 0)
		return -1;
	n = snprintf(hello, sizeof(hello), "hello 1 %s %s\n", from, who);
	if (n >= (int)sizeof(hello))
		n = 0; /* refused there */
	/* Who is turned away is told so before anything was said. */
	(void)!send(fd, hello, (size_t)n, MSG_NOSIGNAL);
	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		if (file_write_all(STDOUT_FILENO, bytes, (size_t)got) != 0)
			break; /* nobody looks any more */
	if (got < 0 && errno != ECONNRESET)
		n = err_set(err, ERR_RETRY, "%s/look: %s", run,
		    strerror(errno));
	close(fd);
	return n < 0 ? -1 : 0;
}
