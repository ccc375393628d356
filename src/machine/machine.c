/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine - the fields by name: as a line from the child that reads them to
 * the station, and one by one for the status and its metrics.
 */
#include "parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "disk_total_mb", offsetof(struct machine, disk_total_mb) },
	{ "disk_free_mb", offsetof(struct machine, disk_free_mb) },
	{ "disk_read_only", offsetof(struct machine, disk_read_only) },
	{ "card_worn_percent", offsetof(struct machine, card_worn_percent) },
	{ "card_spare", offsetof(struct machine, card_spare) },
	{ "board_mc", offsetof(struct machine, board_mc) },
	{ "power_weak", offsetof(struct machine, power_weak) },
	{ "battery_percent", offsetof(struct machine, battery_percent) },
	{ "mains", offsetof(struct machine, mains) },
	{ "memory_total_mb", offsetof(struct machine, memory_total_mb) },
	{ "memory_free_mb", offsetof(struct machine, memory_free_mb) },
	{ "swap_disk_mb", offsetof(struct machine, swap_disk_mb) },
	{ "uptime_s", offsetof(struct machine, uptime_s) },
	{ "updated_at", offsetof(struct machine, updated_at) },
	{ "network", offsetof(struct machine, network) },
};

static const char *const network_words[] = {
	[NETWORK_UP] = "up", [NETWORK_LOCAL] = "local",
	[NETWORK_ADDRESS] = "no-address", [NETWORK_CABLE] = "no-cable",
	[NETWORK_RADIO] = "no-radio", [NETWORK_OFF] = "off",
	[NETWORK_NONE] = "none",
};

void
machine_init(struct machine *machine)
{
	for (size_t i = 0; i < nitems(fields); i++)
		*(int64_t *)((char *)machine + fields[i].offset) = -1;
	memset(machine->link, 0, sizeof(machine->link));
	memset(machine->links, 0, sizeof(machine->links));
	machine->nlinks = 0;
}

bool
machine_field(const struct machine *machine, size_t i, const char **name,
    int64_t *value)
{
	if (i >= nitems(fields))
		return false;
	*name = fields[i].name;
	*value = *(const int64_t *)((const char *)machine + fields[i].offset);
	return true;
}

const char *
machine_network_word(int64_t network)
{
	return network >= 0 && (size_t)network < nitems(network_words) ?
	    network_words[network] : "unknown";
}

void
machine_print(const struct machine *machine, char out[MACHINE_LINE_MAX])
{
	size_t n = (size_t)snprintf(out, MACHINE_LINE_MAX, "machine");
	const char *name;
	int64_t value;

	for (size_t i = 0; machine_field(machine, i, &name, &value); i++)
		if (value >= 0)
			n += (size_t)snprintf(out + n, MACHINE_LINE_MAX - n,
			    " %s=%" PRId64, name, value);
	if (machine->link[0] != '\0')
		n += (size_t)snprintf(out + n, MACHINE_LINE_MAX - n,
		    " link=%s", machine->link);
	for (size_t i = 0; i < machine->nlinks; i++)
		n += (size_t)snprintf(out + n, MACHINE_LINE_MAX - n, "%s%s:%s",
		    i == 0 ? " links=" : ",", machine->links[i].name,
		    machine_network_word((int64_t)machine->links[i].state));
}

/* "eth0:no-cable,wlan0:up"; more than fit, or a word of a later program, is
 * left out. */
static int
take_links(struct machine *machine, char *list)
{
	char *one, *rest, *colon;

	for (one = strtok_r(list, ",", &rest); one != NULL;
	    one = strtok_r(NULL, ",", &rest)) {
		struct machine_link *link = &machine->links[machine->nlinks];

		colon = strchr(one, ':');
		if (colon == NULL || colon == one ||
		    colon - one >= MACHINE_LINK_MAX)
			return -1;
		*colon = '\0';
		for (size_t i = 0; i < nitems(network_words) &&
		    machine->nlinks < MACHINE_LINKS_MAX; i++) {
			if (strcmp(network_words[i], colon + 1) != 0)
				continue;
			text_clean(one, strlen(one), link->name,
			    sizeof(link->name));
			link->state = (enum machine_network)i;
			machine->nlinks++;
			break;
		}
	}
	return 0;
}

static int
take_pair(struct machine *machine, const char *name, char *value)
{
	int64_t n;
	char *end;

	if (strcmp(name, "link") == 0) {
		if (strlen(value) >= sizeof(machine->link))
			return -1;
		text_clean(value, strlen(value), machine->link,
		    sizeof(machine->link));
		return 0;
	}
	if (strcmp(name, "links") == 0)
		return take_links(machine, value);
	for (size_t i = 0; i < nitems(fields); i++) {
		if (strcmp(fields[i].name, name) != 0)
			continue;
		errno = 0;
		n = strtoll(value, &end, 10);
		if (end == value || *end != '\0' || errno != 0 || n < 0)
			return -1;
		*(int64_t *)((char *)machine + fields[i].offset) = n;
	}
	return 0;
}

int
machine_parse(const char *line, struct machine *machine)
{
	char text[MACHINE_LINE_MAX], *word, *rest, *equals;
	struct machine read;

	machine_init(&read);
	if (strlen(line) >= sizeof(text))
		return -1;
	snprintf(text, sizeof(text), "%s", line);
	word = strtok_r(text, " ", &rest);
	if (word == NULL || strcmp(word, "machine") != 0)
		return -1;
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		equals = strchr(word, '=');
		if (equals == NULL)
			return -1;
		*equals = '\0';
		if (take_pair(&read, word, equals + 1) != 0)
			return -1;
	}
	*machine = read;
	return 0;
}
