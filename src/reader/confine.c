/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine - what a process that serves one device may still do.
 *
 * A device that is plugged in again is another file of /dev, so that the
 * right is to the directory; who may open what in it is told by its owners
 * and groups (udev). The rights of exec: are those of the site's program,
 * which would inherit ours: it keeps its own, but for set-user-id.
 */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

/* A port as a number, or any port when it is a service's name. */
static int
port_of(const char *path)
{
	const char *colon = strrchr(path, ':');
	char *end;
	long port = colon != NULL ? strtol(colon + 1, &end, 10) : 0;

	return port > 0 && port <= 65535 && *end == '\0' ? (int)port :
	    CONFINE_ANY_PORT;
}

/* "//user:word@host:port/path": the port, or the usual one. */
static int
port_of_url(const struct device *device)
{
	int usual = device->transport == TRANSPORT_URLS ? 443 : 80;
	const char *host = device->path + strspn(device->path, "/");
	size_t n = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', n), *colon;
	long port;

	if (at != NULL) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	colon = memrchr(host, ':', n);
	if (colon == NULL || memchr(colon, ']', n - (size_t)(colon - host)))
		return usual;
	port = strtol(colon + 1, NULL, 10);
	return port > 0 && port <= 65535 ? (int)port : usual;
}

#define PATHS_MAX 12

static void
add_paths(struct confine_path *paths, size_t *n, const struct confine_path *add,
    size_t nadd)
{
	for (size_t i = 0; i < nadd && *n < PATHS_MAX; i++)
		paths[(*n)++] = add[i];
}

void
reader_confine(const char *name, const struct device *device)
{
	reader_confine_with(name, device, &(struct confine){ 0 });
}

void
reader_confine_with(const char *name, const struct device *device,
    const struct confine *more)
{
	const struct confine_path port[] = {
		{ "/dev", CONFINE_DEVICE },
		{ device->path, CONFINE_DEVICE | CONFINE_BESIDE },
		/* Where libserialport and V4L2 look a device up. */
		{ "/sys", CONFINE_READ },
	};
	const struct confine_path file[] = {
		{ device->path, CONFINE_READ | CONFINE_BESIDE },
	};
	const struct confine_path directory[] = {
		{ device->path, CONFINE_READ },
	};
	struct confine_path all[PATHS_MAX];
	size_t n = 0;
	struct confine confine = { .paths = file, .npaths = nitems(file) };

	switch (device->transport) {
	case TRANSPORT_SERIAL:
	case TRANSPORT_V4L2:
	case TRANSPORT_LP:
		confine.paths = port;
		confine.npaths = nitems(port);
		break;
	case TRANSPORT_TCP:
		confine.npaths = 0; /* but the resolver's */
		confine.connect_port = port_of(device->path);
		break;
	case TRANSPORT_URL:
	case TRANSPORT_URLS:
		confine.npaths = 0; /* but the resolver's */
		confine.connect_port = port_of_url(device);
		break;
	case TRANSPORT_IMAGES:
		confine.paths = directory;
		break;
	case TRANSPORT_EXEC:
		confine.may_exec = true;
		break;
	case TRANSPORT_HTTP:
		confine.npaths = 0;
		confine.serves = true;
		break;
	case TRANSPORT_TRACE:
	case TRANSPORT_Y4M:
		break;
	}
	add_paths(all, &n, confine.paths, confine.npaths);
	add_paths(all, &n, more->paths, more->npaths);
	confine.paths = all;
	confine.npaths = n;
	confine.may_clone = more->may_clone;
	confine_self(name, &confine);
}
