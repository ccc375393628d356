/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * port - serial ports by libserialport, the only file that knows it.
 *
 * Used for finding, opening and setting up a port; the bytes go through the
 * descriptor. What version 0.1.1 gets wrong is mended here: links are not
 * followed, XON/XOFF is left on, the descriptor is neither closed on exec nor
 * locked.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
fail(const char *path, const char *what, struct err *err)
{
	return err_set(err, ERR_RETRY, "%s: %s: %s", path, what,
	    errno != 0 ? strerror(errno) : "failed");
}

/* Opening raised both; some adapters have neither. */
static void
lower(struct sp_port *port, const struct settings *settings)
{
	if (settings->dtr == 0)
		sp_set_dtr(port, SP_DTR_OFF);
	if (settings->rts == 0 && settings->flow != FLOW_RTSCTS)
		sp_set_rts(port, SP_RTS_OFF);
}

static int
set_up(struct sp_port *port, const struct settings *settings)
{
	static const enum sp_parity parities[] = { [PARITY_NONE] =
		SP_PARITY_NONE, [PARITY_EVEN] = SP_PARITY_EVEN,
		[PARITY_ODD] = SP_PARITY_ODD };
	static const enum sp_flowcontrol flows[] = { [FLOW_NONE] =
		SP_FLOWCONTROL_NONE, [FLOW_RTSCTS] = SP_FLOWCONTROL_RTSCTS,
		[FLOW_XONXOFF] = SP_FLOWCONTROL_XONXOFF };

	lower(port, settings); /* at once: something may hang on them */
	if (sp_set_baudrate(port, (int)settings->baud) != SP_OK ||
	    sp_set_bits(port, (int)settings->bits) != SP_OK ||
	    sp_set_parity(port, parities[settings->parity]) != SP_OK ||
	    sp_set_stopbits(port, (int)settings->stop) != SP_OK ||
	    sp_set_flowcontrol(port, flows[settings->flow]) != SP_OK)
		return -1;
	lower(port, settings); /* a driver may raise them with the speed */
	sp_flush(port, SP_BUF_BOTH);
	return 0;
}

static int
take_descriptor(const char *path, struct sp_port *port,
    const struct settings *settings, struct link *link, struct err *err)
{
	int fd = -1;

	if (sp_get_port_handle(port, &fd) != SP_OK || fd < 0)
		return fail(path, "no descriptor", err);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return fail(path, "fcntl", err);
	if (tty_lock(fd, path, err) < 0)
		return -1;
	if (set_up(port, settings) < 0)
		return fail(path, "cannot be set up", err);
	*link = (struct link){ .fd = fd, .port = port };
	return 0;
}

int
port_open(const char *path, const struct settings *settings,
    struct link *link, struct err *err)
{
	char real[PATH_MAX];
	struct sp_port *port;

	errno = 0;
	/* It takes no symbolic links, and /dev/serial/by-id holds only such. */
	if (realpath(path, real) == NULL)
		return err_set(err, ERR_RETRY, "%s: %s", path,
		    strerror(errno));
	if (sp_get_port_by_name(real, &port) != SP_OK)
		return 1; /* a pty, a FIFO: not one of its ports */
	errno = 0;
	if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK) {
		fail(path, "cannot be opened", err);
		sp_free_port(port);
		return -1;
	}
	if (take_descriptor(path, port, settings, link, err) < 0) {
		sp_close(port);
		sp_free_port(port);
		return -1;
	}
	return 0;
}

void
port_close(struct link *link)
{
	struct sp_port *port = link->port;

	sp_close(port);
	sp_free_port(port);
}

void
port_speed(struct link *link, long baud)
{
	struct sp_port *port = link->port;

	sp_set_baudrate(port, (int)baud);
	sp_flush(port, SP_BUF_INPUT);
}

/* ---- finding ---------------------------------------------------------------- */

static void
describe(struct sp_port *port, struct port_info *info)
{
	const char *words = sp_get_port_description(port);
	const char *serial = sp_get_port_usb_serial(port);
	int vid, pid;
	size_t n;

	*info = (struct port_info){ .words = "" };
	snprintf(info->name.path, sizeof(info->name.path), "%.399s",
	    sp_get_port_name(port));
	n = (size_t)snprintf(info->words, sizeof(info->words), "%.100s",
	    words == NULL ? "" : words);
	if (sp_get_port_usb_vid_pid(port, &vid, &pid) != SP_OK)
		return;
	snprintf(info->name.id, sizeof(info->name.id), "%04x:%04x %.40s", vid,
	    pid, serial == NULL ? "" : serial);
	snprintf(info->words + n, sizeof(info->words) - n, " %s",
	    info->name.id);
}

size_t
port_list(struct port_info *ports, size_t max)
{
	struct sp_port **list;
	struct byname *names[PORTS_MAX];
	size_t n = 0;

	if (sp_list_ports(&list) != SP_OK)
		return 0;
	for (; list[n] != NULL && n < max && n < PORTS_MAX; n++) {
		describe(list[n], &ports[n]);
		names[n] = &ports[n].name;
	}
	sp_free_port_list(list);
	byname_settle("/dev/serial", names, n);
	return n;
}

void
port_describe(const char *path, struct port_info *info)
{
	struct sp_port *port;
	char real[PATH_MAX];

	*info = (struct port_info){ .words = "" };
	if (realpath(path, real) != NULL &&
	    sp_get_port_by_name(real, &port) == SP_OK) {
		describe(port, info);
		sp_free_port(port);
	}
	/* Somebody named it: his name is the one to configure. */
	snprintf(info->name.path, sizeof(info->name.path), "%.399s", path);
}
