/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link - opens what a device string names, and closes it again.
 */
#include "parts.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
link_open(const struct device *device, const struct settings *settings,
    struct link *link, struct err *err)
{
	int done;

	*link = (struct link){ .fd = -1 };
	if (device->transport == TRANSPORT_TCP)
		return tcp_open(device->path, link, err);
	done = port_open(device->path, settings, link, err);
	if (done == 1)
		done = tty_open(device->path, settings, link, err);
	return done;
}

void
link_close(struct link *link)
{
	if (link->port != NULL)
		port_close(link);
	else if (link->fd >= 0)
		close(link->fd);
	*link = (struct link){ .fd = -1 };
}

void
link_speed(struct link *link, long baud)
{
	if (link->port != NULL)
		port_speed(link, baud);
	else
		tty_speed(link->fd, baud);
}

int
link_connected(struct link *link, struct err *err)
{
	int failed = 0;
	socklen_t n = sizeof(failed);

	link->connecting = false;
	if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &failed, &n) != 0 ||
	    failed != 0)
		return err_set(err, ERR_RETRY, "no connection: %s",
		    strerror(failed));
	return 0;
}
