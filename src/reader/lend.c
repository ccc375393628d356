/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lend - a port for the room actuator: the same traps of serial ports, and
 * the same options, as of the devices that are read.
 */
#include "parts.h"

#include <string.h>

static const char *const names[] = { "baud", "bits", "parity", "stop", "flow",
	"dtr", "rts" };

bool
reader_port_option(const char *name)
{
	for (size_t i = 0; i < nitems(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* What is the port's of a device string, as the settings of a plain line. */
static int
port_settings(const struct device *device, long baud,
    struct settings *settings, struct err *err)
{
	struct device line = { .transport = device->transport };

	strcpy(line.path, device->path);
	for (size_t i = 0; i < device->noptions; i++)
		if (reader_port_option(device->options[i].name))
			line.options[line.noptions++] = device->options[i];
	if (settings_fill(ROLE_SCANNER, &line, settings, err) < 0)
		return -1;
	if (device_option(device, "baud") == NULL)
		settings->baud = baud;
	return 0;
}

int
reader_port_check(const struct device *device, struct err *err)
{
	struct settings settings;

	return port_settings(device, 0, &settings, err);
}

int
reader_port_open(const struct device *device, long baud,
    struct reader_port *port, struct err *err)
{
	struct settings settings;
	struct link link;

	*port = (struct reader_port){ .fd = -1 };
	if (port_settings(device, baud, &settings, err) < 0 ||
	    link_open(device, &settings, &link, err) < 0)
		return -1;
	*port = (struct reader_port){ .fd = link.fd,
		.connecting = link.connecting, .handle = link.port };
	return 0;
}

int
reader_port_connected(struct reader_port *port, struct err *err)
{
	struct link link = { .fd = port->fd };

	port->connecting = false;
	return link_connected(&link, err);
}

void
reader_port_close(struct reader_port *port)
{
	struct link link = { .fd = port->fd, .port = port->handle };

	link_close(&link);
	*port = (struct reader_port){ .fd = -1 };
}
