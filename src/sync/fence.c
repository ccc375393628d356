/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fence - what chot-sync may still do: the state, the post's certificate, one
 * TCP port. Once and for good, before the first byte of the hub comes in.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

int
hub_port(const char *url)
{
	const char *host = strstr(url, "://"), *end, *colon = NULL;
	char *rest;
	long port;

	host = host != NULL ? host + 3 : url;
	end = host + strcspn(host, "/?#");
	for (const char *c = host; c < end; c++)
		colon = *c == ':' ? c : *c == ']' ? NULL : colon;
	if (colon == NULL || colon + 1 == end)
		return 443;
	port = strtol(colon + 1, &rest, 10);
	return rest == end && port > 0 && port <= 65535 ? (int)port :
	    CONFINE_ANY_PORT; /* libcurl will say what it thinks of it */
}

/* A proxy of the environment has a port of its own. */
static int
port_of(const char *url)
{
	return http_any_proxy() ? CONFINE_ANY_PORT : hub_port(url);
}

/* libcurl asks for names in a thread. */
static void
confine_to(const char *url, const struct confine_path *paths, size_t n)
{
	confine_self("sync", &(struct confine){ .paths = paths, .npaths = n,
	    .connect_port = port_of(url), .may_clone = true });
}

void
fence_sync(const struct conf *conf)
{
	const struct confine_path paths[] = {
		{ conf->state, CONFINE_UPDATE | CONFINE_REMOVE |
			CONFINE_FOLDERS },
		/* A renewed certificate is put in place of the old one. */
		{ conf->hub.certificate, CONFINE_UPDATE | CONFINE_REMOVE |
			CONFINE_BESIDE },
		{ conf->hub.key, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.ca, CONFINE_READ | CONFINE_BESIDE },
	};

	confine_to(conf->hub.url, paths, nitems(paths));
}

void
fence_pages(const struct conf *conf)
{
	const struct confine_path paths[] = {
		{ conf->hub.certificate, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.key, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.ca, CONFINE_READ | CONFINE_BESIDE },
	};

	confine_to(conf->hub.url, paths, nitems(paths));
}

void
fence_look(const struct conf *conf, const char *register_path)
{
	const struct confine_path paths[] = {
		{ register_path, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.certificate, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.key, CONFINE_READ | CONFINE_BESIDE },
		{ conf->hub.ca, CONFINE_READ | CONFINE_BESIDE },
	};

	confine_to(conf->hub.url, paths, nitems(paths));
}

void
fence_join(const char *keys, const char *url)
{
	const struct confine_path paths[] = {
		{ keys, CONFINE_UPDATE | CONFINE_REMOVE },
	};

	confine_to(url, paths, nitems(paths));
}
