/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network - whether there is one, and if not, which of the reasons that a
 * person at the post can mend comes first.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUTES_MAX 65536 /* bytes of a table of routes */
#define LOOPBACK 772     /* ARPHRD_LOOPBACK */
#define FLAG_UP 1u       /* IFF_UP, RTF_UP */
#define LINK_LOCAL 0xfea9u /* 169.254/16 as /proc writes it */

struct search {
	const char *root, *routes4, *routes6;
	struct machine *machine;
};

/* 2: a way out by this interface; 1: a local net; 0: neither. */
static int
route4(const char *table, const char *name)
{
	int best = 0;

	for (const char *line = table; line != NULL && *line != '\0';
	    line = strchr(line, '\n'), line += line != NULL) {
		char link[MACHINE_LINK_MAX];
		unsigned to, gateway, flags;

		if (sscanf(line, "%15s %x %x %x", link, &to, &gateway,
		    &flags) != 4 || strcmp(link, name) != 0 ||
		    (flags & FLAG_UP) == 0)
			continue;
		if (to == 0)
			return 2;
		if ((to & 0xffff) != LINK_LOCAL)
			best = 1;
	}
	return best;
}

static int
route6(const char *table, const char *name)
{
	for (const char *line = table; line != NULL && *line != '\0';
	    line = strchr(line, '\n'), line += line != NULL) {
		char to[33], link[MACHINE_LINK_MAX];
		unsigned length, flags;

		if (sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %x %15s", to,
		    &length, &flags, link) != 4 || strcmp(link, name) != 0)
			continue;
		if (length == 0 && strspn(to, "0") == 32 &&
		    (flags & FLAG_UP) != 0)
			return 2;
	}
	return 0;
}

static bool
is_radio(const char *root, const char *name)
{
	char word[64];

	return strncmp(name, "wl", 2) == 0 || strncmp(name, "ww", 2) == 0 ||
	    strncmp(name, "ppp", 3) == 0 || kernel_word(root, word,
	    sizeof(word), "/sys/class/net/%s/phy80211/name", name);
}

static enum machine_network
state_of(const struct search *s, const char *name)
{
	int64_t flags = kernel_number(s->root, "/sys/class/net/%s/flags", name);
	int way;

	if (flags < 0 || (flags & FLAG_UP) == 0)
		return NETWORK_OFF;
	if (kernel_number(s->root, "/sys/class/net/%s/carrier", name) != 1)
		return is_radio(s->root, name) ? NETWORK_RADIO : NETWORK_CABLE;
	way = route4(s->routes4, name);
	if (way < 2 && route6(s->routes6, name) == 2)
		way = 2;
	return way == 2 ? NETWORK_UP : way == 1 ? NETWORK_LOCAL :
	    NETWORK_ADDRESS;
}

/* A name that would not fit a line as it is belongs to nobody's network. */
static void
add_link(struct machine *machine, const char *name, enum machine_network state)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	struct machine_link *link = &machine->links[machine->nlinks];

	if (machine->nlinks == MACHINE_LINKS_MAX ||
	    name[strspn(name, allowed)] != '\0')
		return;
	snprintf(link->name, sizeof(link->name), "%s", name);
	link->state = state;
	machine->nlinks++;
}

static void
look_at(void *arg, const char *name)
{
	const struct search *s = arg;
	char word[64];
	enum machine_network state;

	if (strlen(name) >= MACHINE_LINK_MAX || kernel_number(s->root,
	    "/sys/class/net/%s/type", name) == LOOPBACK)
		return;
	/* Bridges, dummies and the like have no device below them. A tunnel
	 * counts only when it is the way out. */
	state = state_of(s, name);
	if (state != NETWORK_UP && !kernel_word(s->root, word, sizeof(word),
	    "/sys/class/net/%s/device/uevent", name))
		return;
	add_link(s->machine, name, state);
	if (s->machine->link[0] != '\0' && (int64_t)state >= s->machine->network)
		return;
	s->machine->network = state;
	snprintf(s->machine->link, sizeof(s->machine->link), "%s", name);
}

void
network_read(const char *root, struct machine *machine)
{
	char path[MACHINE_PATH_MAX];
	struct search s = { .root = root, .machine = machine };
	char *routes4, *routes6;
	size_t n;

	snprintf(path, sizeof(path), "%s/proc/net/route", root);
	routes4 = file_read(path, ROUTES_MAX, &n, NULL);
	snprintf(path, sizeof(path), "%s/proc/net/ipv6_route", root);
	routes6 = file_read(path, ROUTES_MAX, &n, NULL);
	s.routes4 = routes4 != NULL ? routes4 : "";
	s.routes6 = routes6 != NULL ? routes6 : "";
	machine->network = NETWORK_NONE;
	machine->link[0] = '\0';
	machine->nlinks = 0;
	kernel_each(root, "/sys/class/net", look_at, &s);
	free(routes4);
	free(routes6);
}
